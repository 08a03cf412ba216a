//! Asking about orders: what is refused, what stays open, what is not asked.

use doisoat::domain::{Completeness, DossierCode, Moment, OrderStatus, PaymentOrder, Vnd};
use doisoat::source::Pull;

use super::probe;
use crate::fake::{Fake, Kept, Step, answer, json};

const TABLES: &str = "[source.request]\nmethod = \"GET\"\npath = \"/orders/{order_id}\"\n\
    [source.answer]\norder = \"/id\"\nhttp_404 = \"not_found\"\n\
    [source.answer.code]\nat = \"/code\"\nok = [\"0\"]\nunaskable = [\"3\"]\nrefused = [\"9\"]\nothers = \"order\"\n\
    [source.record]\namount_sum = { list = \"/parts\", at = \"/amount\" }\namount_else = \"{order_amount}\"\n\
    time = \"/at\"\ntime_else = \"{created_at}\"\n\
    [source.record.status]\nat = \"/state\"\nsuccess = [\"PAID\"]\npending = [\"OPEN\"]\n";

fn order(id: &str) -> PaymentOrder {
    PaymentOrder {
        provider: "s".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse("2022-12-05T08:00:00").unwrap(),
        status: OrderStatus::Pending,
    }
}

async fn ask(steps: Vec<Step>, orders: &[&str]) -> (Pull, Fake) {
    let fake = Fake::doing(steps).await;
    let probe = probe(fake.port, TABLES);
    let orders: Vec<PaymentOrder> = orders.iter().map(|id| order(id)).collect();
    let pull = probe.ask(&orders, &Kept::default()).await.unwrap();
    (pull, fake)
}

fn told(id: &str, state: &str, parts: &str) -> Step {
    json(format!(
        r#"{{"code":0,"id":"{id}","state":"{state}","parts":[{parts}],"at":"2022-12-05T09:00:00"}}"#
    ))
}

#[tokio::test]
async fn each_answer_is_what_the_tables_say() {
    let steps = vec![
        told("A/1", "PAID", r#"{"amount":20000},{"amount":"25000.00"}"#),
        told("B", "OPEN", ""),
        told("C", "STRANGE", r#"{"amount":1}"#),
        answer(404, &[], "{}"),
        json(r#"{"code":3}"#),
    ];
    let (pull, fake) = ask(steps, &["A/1", "B", "C", "D", "E"]).await;
    assert_eq!((pull.asked, pull.answered, pull.known), (5, 4, 3));
    assert_eq!(pull.unanswered, ["E".into()]);
    let rows: Vec<_> = pull
        .records
        .iter()
        .map(|r| {
            (
                r.id.as_deref().unwrap(),
                r.status.unwrap().id(),
                r.amount.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("A/1", "success", "45000"),
            ("B", "pending", "45000"),
            ("C", "unmapped", "1")
        ],
        "a state that is not listed is never paid"
    );
    assert!(
        fake.requests()[0].starts_with("GET /api/orders/A%2F1 HTTP"),
        "{}",
        fake.requests()[0]
    );
}

#[tokio::test]
async fn another_order_or_our_identity_refused_keeps_nothing() {
    for (bad, code) in [
        (told("B", "PAID", ""), "signature"),
        (json(r#"{"code":9}"#), "refused_by_code"),
        (answer(403, &[], "{}"), "refused"),
    ] {
        let (pull, fake) = ask(
            vec![told("A", "PAID", r#"{"amount":1}"#), bad],
            &["A", "X", "Y"],
        )
        .await;
        assert_eq!(
            (pull.state, pull.records.len()),
            (Completeness::Refused, 0),
            "{code}"
        );
        assert_eq!(
            (pull.trouble.unwrap().code(), fake.requests().len()),
            (code, 2)
        );
    }
}

#[tokio::test]
async fn trouble_about_one_order_leaves_only_that_order_open() {
    let steps = vec![
        json(r#"{"code":77,"id":"A"}"#),
        json(r#"{"code":77,"id":"A"}"#),
        told("B", "PAID", r#"{"amount":45000}"#),
    ];
    let (pull, _) = ask(steps, &["A", "B"]).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Partial, 1));
    assert_eq!(pull.unanswered, ["A".into()]);
    // An answer that knows the order but does not name it is no answer.
    let nameless = json(r#"{"code":0,"state":"PAID","parts":[{"amount":1}]}"#);
    let (pull, _) = ask(vec![nameless], &["A"]).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    let text = pull.trouble.unwrap().to_string();
    assert!(text.contains("id is missing"), "{text}");
}

#[tokio::test]
async fn an_id_that_would_lead_elsewhere_is_not_asked_about() {
    let (pull, fake) = ask(vec![told("B", "PAID", r#"{"amount":1}"#)], &["..", "B"]).await;
    assert_eq!((pull.answered, fake.requests().len()), (1, 1));
    assert_eq!(pull.unanswered, ["..".into()]);
    assert!(fake.requests()[0].starts_with("GET /api/orders/B "));
}
