//! A webhook that verifies may still be another merchant's, or tell its amount in another unit.

use doisoat::source::signature::{Algorithm, Layout, Recipe};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::push_links::{MOMO, desk, secret, signed, town, write};
use crate::town::{FIRST, Town, day, document, night, source};

/// Orders that were paid on the first day: id, amount, the provider's number, time.
fn paid(town: &Town) -> Vec<(String, i64, String, chrono::NaiveDateTime)> {
    let orders = town.sandbox.district().gateway_orders.iter();
    let paid = orders.filter_map(|order| {
        let mut states = order.states.iter();
        let state = states.find(|state| state.kind == "01" && state.status == "00")?;
        let at = state.paid_at.filter(|at| at.date().to_string() == FIRST)?;
        let id = order.order_id.clone();
        Some((id, state.amount, state.number.clone(), at))
    });
    paid.collect()
}

fn text_signed(algorithm: Algorithm, key: &str, text: &str) -> String {
    let layout = Layout::Ordered("");
    Recipe { algorithm, layout }.sign(&SecretString::from(key), &[("", text)])
}

fn listed(town: &Town, file: &str) -> String {
    std::fs::read_to_string(town.folder(FIRST).join(file)).unwrap()
}

/// One file is read and the other is a reject that names the field.
async fn one_is_another_merchants(town: &Town, keys: &str, field: &str) {
    town.morning_after(day(FIRST));
    let done = night(&desk(town, keys, &|text| text).await, FIRST).await;
    let run = document(&done);
    let inbox = source(&run, "pushed");
    assert_eq!(inbox["rejects"], 1, "{inbox}");
    let listed = listed(town, "exceptions.csv");
    let mut lines = listed.lines();
    let line = lines.find(|line| line.contains("other.json")).unwrap();
    assert!(line.contains(field), "{line}");
    assert!(line.contains("chữ ký đúng"), "{line}");
    assert!(
        !line.contains("chữ ký của nhà cung cấp không đúng"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ipn_of_momo_for_another_partner_is_no_money() {
    let town = town("momo").await;
    let orders = paid(&town);
    let (access, key) = (secret(&town, "access_key"), secret(&town, "secret_key"));
    for (name, partner, order) in [
        ("ours.json", "MOMOSANDBOX1", &orders[0]),
        ("other.json", "OTHERPARTNER", &orders[1]),
    ] {
        let (id, amount, number, at) = order;
        let mut body = json!({
            "partnerCode": partner, "orderId": id, "requestId": "r", "amount": amount,
            "orderInfo": "", "orderType": "momo_wallet", "resultCode": 0, "message": "ok",
            "transId": number.parse::<i64>().unwrap(), "payType": "qr", "extraData": "",
            "responseTime": at.and_utc().timestamp_millis() - 7 * 3_600_000,
        });
        body["signature"] = signed(&key, &body, &[("accessKey", &access)]).into();
        write(&town, name, &body);
    }
    one_is_another_merchants(&town, MOMO, "partnerCode").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_of_zalopay_for_another_application_is_no_money() {
    let town = town("zalopay").await;
    let orders = paid(&town);
    let key = secret(&town, "key1");
    for (name, app, order) in [
        ("ours.json", 2553, &orders[0]),
        ("other.json", 9999, &orders[1]),
    ] {
        let (id, amount, number, at) = order;
        let data = json!({
            "app_id": app, "app_trans_id": id, "amount": amount,
            "zp_trans_id": number.parse::<i64>().unwrap(),
            "server_time": at.and_utc().timestamp_millis() - 7 * 3_600_000,
        });
        let data = data.to_string();
        let mac = text_signed(Algorithm::HmacSha256, &key, &data);
        write(&town, name, &json!({"data": data, "mac": mac, "type": 1}));
    }
    let keys = "key2 = { env = \"DOISOAT_SANDBOX_ZALOPAY_KEY1\" }\n";
    one_is_another_merchants(&town, keys, "app_id").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_of_vnpay_in_another_unit_is_for_a_person() {
    let town = town("vnpay").await;
    town.morning_after(day(FIRST));
    let orders = paid(&town);
    let key = secret(&town, "hash_secret");
    // a hundredth of the order's amount, a hundred times as much, and the amount itself
    let units = [1, 10_000, 100];
    for ((id, amount, number, at), unit) in orders.iter().zip(units) {
        let at = at.format("%Y%m%d%H%M%S");
        let query = format!(
            "vnp_Amount={}&vnp_PayDate={at}&vnp_ResponseCode=00&vnp_TmnCode=SANDBOX1\
             &vnp_TransactionNo={number}&vnp_TransactionStatus=00&vnp_TxnRef={id}",
            amount * unit
        );
        let seal = text_signed(Algorithm::HmacSha512, &key, &query);
        let folder = town.dir().join("pushed");
        std::fs::create_dir_all(&folder).unwrap();
        let text = format!("{query}&vnp_SecureHash={seal}");
        std::fs::write(folder.join(format!("{id}.txt")), text).unwrap();
    }
    // the webhooks alone tell of the orders
    let url = town.sandbox.base_url("vnpay");
    let down = move |text: String| text.replace(&url, "http://127.0.0.1:1/vnpay");
    let keys = "hash_secret = { env = \"DOISOAT_SANDBOX_VNPAY_HASH_SECRET\" }\n";
    let done = night(&desk(&town, keys, &down).await, FIRST).await;
    let run: Value = document(&done);
    assert_eq!(
        source(&run, "vnpay")["rows"],
        3,
        "{}",
        source(&run, "vnpay")
    );
    let (listed, links) = (listed(&town, "exceptions.csv"), listed(&town, "links.csv"));
    let is_conflict = |id: &str| {
        let mut lines = listed.lines();
        lines.any(|line| line.contains(id) && line.contains("conflict"))
    };
    let is_settled = |id: &str| {
        let mut lines = links.lines();
        lines.any(|line| line.contains(id) && line.contains("settles"))
    };
    let found: Vec<(bool, bool)> = orders[..3]
        .iter()
        .map(|(id, ..)| (is_conflict(id), is_settled(id)))
        .collect();
    assert_eq!(
        found,
        [(true, false), (true, false), (false, true)],
        "{links}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_alone_knows_the_orders_of_its_provider() {
    let town = town("vnpay").await;
    town.morning_after(day(FIRST));
    let orders = paid(&town);
    let key = secret(&town, "hash_secret");
    let folder = town.dir().join("pushed");
    std::fs::create_dir_all(&folder).unwrap();
    for (id, amount, number, at) in &orders[..3] {
        let at = at.format("%Y%m%d%H%M%S");
        let query = format!(
            "vnp_Amount={}&vnp_PayDate={at}&vnp_ResponseCode=00&vnp_TmnCode=SANDBOX1\
             &vnp_TransactionNo={number}&vnp_TransactionStatus=00&vnp_TxnRef={id}",
            amount * 100
        );
        let seal = text_signed(Algorithm::HmacSha512, &key, &query);
        let text = format!("{query}&vnp_SecureHash={seal}");
        std::fs::write(folder.join(format!("{id}.txt")), text).unwrap();
    }
    // no source that asks this provider
    let alone = |text: String| {
        let (head, tail) = text.split_once("[[source]]\nname = \"vnpay\"").unwrap();
        let tail = tail.split_once("[[source]]").map_or("", |(_, tail)| tail);
        format!("{head}[[source]]{tail}")
    };
    let keys = "hash_secret = { env = \"DOISOAT_SANDBOX_VNPAY_HASH_SECRET\" }\n\
                tmn_code = \"SANDBOX1\"\nrequired = false\n";
    let done = night(&desk(&town, keys, &alone).await, FIRST).await;
    let run: Value = document(&done);
    assert_eq!(source(&run, "pushed")["rows"], 3);
    let (listed, links) = (listed(&town, "exceptions.csv"), listed(&town, "links.csv"));
    for (id, ..) in &orders[..3] {
        let mut lines = links.lines();
        let settles = |line: &str| line.contains(&**id) && line.contains("settles");
        assert!(lines.any(settles), "{id}: {links}\n{listed}");
    }
}
