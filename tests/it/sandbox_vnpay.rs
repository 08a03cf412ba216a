//! The VNPAY simulator speaks `querydr` as documented.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use super::{client, sandbox};
use doisoat::sandbox::Sandbox;

fn sign(secret: &str, parts: &[&str]) -> String {
    let mut mac = Hmac::<sha2::Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(parts.join("|").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// A signed query; `alter` may spoil it after signing.
pub(super) async fn querydr(
    sandbox: &Sandbox,
    (request_id, order, created): (&str, &str, &str),
    alter: impl Fn(&mut Value),
) -> Value {
    let secret = sandbox.credentials("vnpay")[0].value;
    let parts = [
        request_id,
        "2.1.0",
        "querydr",
        "SANDBOX1",
        order,
        created,
        "20221208013000",
        "127.0.0.1",
        "Truy van ho so",
    ];
    let mut body = json!({
        "vnp_RequestId": parts[0],
        "vnp_Version": parts[1],
        "vnp_Command": parts[2],
        "vnp_TmnCode": parts[3],
        "vnp_TxnRef": parts[4],
        "vnp_TransactionDate": parts[5],
        "vnp_CreateDate": parts[6],
        "vnp_IpAddr": parts[7],
        "vnp_OrderInfo": parts[8],
        "vnp_SecureHash": sign(secret, &parts),
    });
    alter(&mut body);
    let url = format!(
        "{}/merchant_webapi/api/transaction",
        sandbox.base_url("vnpay")
    );
    client()
        .post(url)
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

pub(super) fn verified(sandbox: &Sandbox, answer: &Value) -> bool {
    let fields = [
        "vnp_ResponseId",
        "vnp_Command",
        "vnp_ResponseCode",
        "vnp_Message",
        "vnp_TmnCode",
        "vnp_TxnRef",
        "vnp_Amount",
        "vnp_BankCode",
        "vnp_PayDate",
        "vnp_TransactionNo",
        "vnp_TransactionType",
        "vnp_TransactionStatus",
        "vnp_OrderInfo",
        "vnp_PromotionCode",
        "vnp_PromotionAmount",
    ];
    let values: Vec<&str> = fields
        .iter()
        .map(|field| answer[*field].as_str().unwrap_or(""))
        .collect();
    answer["vnp_SecureHash"] == sign(sandbox.credentials("vnpay")[0].value, &values)
}

#[tokio::test]
async fn vnpay_answers_signed_and_keeps_the_two_codes_apart() {
    let sandbox = sandbox(None).await;
    let mut statuses = BTreeSet::new();
    for (number, order) in sandbox.district().gateway_orders.iter().enumerate() {
        let created = order.created_at.format("%Y%m%d%H%M%S").to_string();
        let request = format!("R{number}");
        let answer = querydr(&sandbox, (&request, &order.order_id, &created), |_| {}).await;
        assert!(verified(&sandbox, &answer), "{answer}");
        assert_eq!(answer["vnp_TxnRef"], order.order_id.as_str());
        if answer["vnp_ResponseCode"] == "00" {
            let state = order
                .states
                .iter()
                .rev()
                .find(|one| one.status == answer["vnp_TransactionStatus"]);
            assert_eq!(
                answer["vnp_Amount"],
                (state.unwrap().amount * 100).to_string()
            );
            let (status, kind) = (
                &answer["vnp_TransactionStatus"],
                &answer["vnp_TransactionType"],
            );
            statuses.insert(format!(
                "{}/{}",
                status.as_str().unwrap(),
                kind.as_str().unwrap()
            ));
        }
    }
    assert!(
        statuses.contains("00/01") && statuses.contains("01/01"),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn vnpay_refuses_by_code() {
    let sandbox = sandbox(None).await;
    let order = sandbox.district().gateway_orders[0].clone();
    let created = order.created_at.format("%Y%m%d%H%M%S").to_string();
    let ask = (order.order_id.as_str(), created.as_str());
    let code = |answer: Value| answer["vnp_ResponseCode"].as_str().unwrap().to_owned();
    let untouched = |_: &mut Value| {};
    assert_eq!(
        code(querydr(&sandbox, ("A1", ask.0, ask.1), untouched).await),
        "00"
    );
    assert_eq!(
        code(querydr(&sandbox, ("A1", ask.0, ask.1), untouched).await),
        "94"
    );
    assert_eq!(
        code(querydr(&sandbox, ("A2", ask.0, "20221205000000"), untouched).await),
        "91"
    );
    assert_eq!(
        code(querydr(&sandbox, ("A3", "no-such-order", ask.1), untouched).await),
        "91"
    );
    assert_eq!(
        code(querydr(&sandbox, ("not-a-request-id", ask.0, ask.1), untouched).await),
        "03"
    );
    let spoil =
        |key: &'static str, value: &'static str| move |body: &mut Value| body[key] = json!(value);
    let altered = spoil("vnp_IpAddr", "127.0.0.2");
    assert_eq!(
        code(querydr(&sandbox, ("A4", ask.0, ask.1), altered).await),
        "97"
    );
    let stranger = spoil("vnp_TmnCode", "OTHER001");
    assert_eq!(
        code(querydr(&sandbox, ("A5", ask.0, ask.1), stranger).await),
        "02"
    );
}
