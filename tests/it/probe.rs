//! Asking VNPAY about orders: what is kept, what is refused, what is asked again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use doisoat::domain::{
    Completeness, DossierCode, Moment, OrderStatus, PaymentOrder, TxnKind, TxnStatus, Vnd,
};
use doisoat::source::Pull;

use crate::fake::{Fake, Kept, Step, answer, json, probe};

fn ids(pull: &Pull) -> Vec<&str> {
    pull.records
        .iter()
        .map(|record| record.id.as_deref().unwrap())
        .collect()
}

fn order(id: &str) -> PaymentOrder {
    PaymentOrder {
        provider: "vnpay".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse("2022-12-05T08:00:00").unwrap(),
        status: OrderStatus::Pending,
    }
}

/// A signed answer with these members, in the documented order of signing.
pub(crate) fn vnpay_answer(members: &[(&str, &str)]) -> Step {
    use hmac::{Hmac, KeyInit, Mac};
    let of = |key: &str| {
        members
            .iter()
            .find(|(name, _)| *name == key)
            .map_or("", |(_, value)| *value)
    };
    let signed = [
        "ResponseId",
        "Command",
        "ResponseCode",
        "Message",
        "TmnCode",
        "TxnRef",
        "Amount",
        "BankCode",
        "PayDate",
        "TransactionNo",
        "TransactionType",
        "TransactionStatus",
        "OrderInfo",
        "PromotionCode",
        "PromotionAmount",
    ];
    let text = signed.map(of).join("|");
    let mut mac = Hmac::<sha2::Sha512>::new_from_slice(crate::fake::TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let signed = ("SecureHash", signature.as_str());
    let all = members.iter().chain([&signed]);
    let body: Vec<String> = all
        .map(|(key, value)| format!("\"vnp_{key}\":\"{value}\""))
        .collect();
    json(format!("{{{}}}", body.join(",")))
}

fn vnpay_coded(code: &str, reference: &str) -> Step {
    vnpay_answer(&[
        ("ResponseCode", code),
        ("TmnCode", "TESTTMN1"),
        ("TxnRef", reference),
    ])
}

fn vnpay_paid(reference: &str) -> Step {
    vnpay_answer(&[
        ("ResponseCode", "00"),
        ("TmnCode", "TESTTMN1"),
        ("TxnRef", reference),
        ("Amount", "4500000"),
        ("PayDate", "20221205091530"),
        ("TransactionNo", "14422574"),
        ("TransactionType", "01"),
        ("TransactionStatus", "00"),
    ])
}

async fn ask(steps: Vec<Step>, orders: &[&str]) -> (Pull, Fake, usize) {
    let fake = Fake::doing(steps).await;
    let probe = probe(fake.port, "retries = 3");
    let orders: Vec<PaymentOrder> = orders.iter().map(|id| order(id)).collect();
    let kept = Kept::default();
    let pull = probe.ask(&orders, &kept).await.unwrap();
    let kept = kept.all.lock().unwrap().len();
    (pull, fake, kept)
}

#[tokio::test]
async fn vnpay_is_asked_order_by_order() {
    let steps = vec![
        vnpay_paid("O-1"),
        vnpay_coded("91", "O-2"),
        vnpay_coded("03", "O-3"),
        vnpay_paid("O-4"),
    ];
    let (pull, fake, kept) = ask(steps, &["O-1", "O-2", "O-3", "O-4"]).await;
    assert_eq!((pull.asked, pull.answered, pull.known, kept), (4, 3, 2, 4));
    assert_eq!(
        (pull.state, &*pull.unanswered[0]),
        (Completeness::Partial, "O-3")
    );
    assert_eq!(ids(&pull), ["O-1", "O-4"]);
    assert_eq!(
        (pull.records[0].kind, pull.records[0].status),
        (Some(TxnKind::Payment), Some(TxnStatus::Success))
    );
    let head = &fake.requests()[0];
    assert!(
        head.starts_with("POST /merchant_webapi/api/transaction HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\"vnp_TransactionDate\":\"20221205080000\""));
    assert!(!head.contains(crate::fake::TOKEN));
}

#[tokio::test]
async fn vnpay_asked_too_soon_is_asked_again_with_a_new_request_id() {
    let (pull, fake, kept) = ask(vec![vnpay_coded("94", "O-1"), vnpay_paid("O-1")], &["O-1"]).await;
    assert_eq!(
        (pull.state, pull.records.len(), kept),
        (Completeness::Complete, 1, 2)
    );
    let id = |request: &String| {
        request
            .split_once("\"vnp_RequestId\":\"")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let [first, second] = fake.requests().try_into().unwrap();
    assert_ne!(id(&first), id(&second));
}

#[tokio::test]
async fn vnpay_refused_means_no_row_of_the_pull_but_every_raw_answer() {
    for (bad, code) in [
        (vnpay_paid("O-1"), "signature"),
        (json(r#"{"vnp_ResponseCode":"97"}"#), "refused_by_code"),
        (json(r#"{"vnp_ResponseCode":"02"}"#), "refused_by_code"),
        (
            json(r#"{"vnp_ResponseCode":"00","vnp_TxnRef":"O-2"}"#),
            "signature",
        ),
    ] {
        let (pull, fake, kept) = ask(vec![vnpay_paid("O-1"), bad], &["O-1", "O-2", "O-3"]).await;
        assert_eq!((pull.state, pull.records.len()), (Completeness::Refused, 0));
        assert_eq!(
            (pull.asked, pull.answered, pull.unanswered.len()),
            (3, 0, 2)
        );
        assert_eq!((fake.requests().len(), kept), (2, 2), "never tried again");
        assert_eq!(pull.trouble.unwrap().code(), code);
    }
}

#[tokio::test]
async fn vnpay_that_fails_ends_for_the_night_with_what_it_gave() {
    let (pull, fake, _) = ask(
        vec![vnpay_paid("O-1"), answer(502, &[], "<html>")],
        &["O-1", "O-2", "O-3"],
    )
    .await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Partial, vec!["O-1"])
    );
    assert_eq!((pull.unanswered.len(), fake.requests().len()), (2, 4));
    let (pull, ..) = ask(vec![answer(502, &[], "<html>")], &["O-1"]).await;
    assert_eq!(pull.state, Completeness::Missing);
    let (pull, ..) = ask(vec![answer(502, &[], "<html>")], &[]).await;
    assert_eq!(pull.state, Completeness::Complete, "nothing to ask");
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_concerns_its_order_alone() {
    let bad = || vnpay_coded("99", "O-1");
    let steps = vec![
        bad(),
        bad(),
        bad(),
        vnpay_paid("O-4"),
        vnpay_paid("O-2"),
        vnpay_paid("O-3"),
    ];
    let (pull, fake, _) = ask(steps, &["O-1", "O-2", "O-3", "O-4"]).await;
    assert_eq!((pull.state, pull.answered), (Completeness::Partial, 3));
    // an order of the other end tells whether the source answers at all
    assert_eq!(ids(&pull), ["O-4", "O-2", "O-3"]);
    assert_eq!(fake.requests().len(), 6);
    assert_eq!(
        (&*pull.unanswered, &*pull.failed),
        (&["O-1".into()][..], &["O-1".into()][..])
    );
    let said = pull.trouble.unwrap().say(doisoat::domain::Lang::En);
    assert!(
        said.contains("1 (the first is O-1)") && said.contains("99"),
        "{said}"
    );
    assert!(!said.contains("not asked any more"), "{said}");
}

#[tokio::test]
async fn five_such_answers_in_a_row_are_one_cause() {
    let asked = ["O-1", "O-2", "O-3", "O-4", "O-5", "O-6", "O-7", "O-8"];
    let order = ["O-1", "O-8", "O-7", "O-6", "O-5"];
    let steps: Vec<Step> = order
        .iter()
        .flat_map(|id| vec![vnpay_coded("99", id); 3])
        .collect();
    let (pull, fake, _) = ask(steps, &asked).await;
    assert_eq!(
        (pull.state, fake.requests().len()),
        (Completeness::Missing, 15)
    );
    assert_eq!(pull.failed, order.map(Into::into));
    assert_eq!(pull.unanswered, asked.map(Into::into));
    let said = pull.trouble.unwrap().say(doisoat::domain::Lang::En);
    assert!(said.contains("5 (the first is O-1)"), "{said}");
    assert!(said.contains("not asked any more tonight"), "{said}");
    // one good answer between them, and they are five matters of five orders
    let mut steps: Vec<Step> = ["O-1", "O-8", "O-7", "O-6"]
        .iter()
        .flat_map(|id| vec![vnpay_coded("99", id); 3])
        .collect();
    steps.push(vnpay_paid("O-5"));
    steps.extend(vec![vnpay_coded("99", "O-2"); 3]);
    steps.extend([vnpay_paid("O-4"), vnpay_paid("O-3")]);
    let (pull, ..) = ask(steps, &asked).await;
    assert_eq!((pull.state, pull.answered), (Completeness::Partial, 3));
    assert_eq!(pull.unanswered.len(), 5);
}
