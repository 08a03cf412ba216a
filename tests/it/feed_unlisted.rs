//! Rows that are stored and that the whole list of their day does not have: a person sees each by
//! its number, no figure takes it for certain, and once it is decided the nights go on.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json as value};

use crate::cli::stdout;
use crate::database::Kind;
use crate::feed_switch::{LINES, Line, Lines, sepay, server};
use crate::night_cli::{code, run};
use crate::office::{Office, figures};
use crate::town::{FIRST, codes, document};

const INBOX: &str = "[[source]]\nname = \"pushed\"\nkind = \"push\"\npath = \"pushed\"\n\
    provider = \"sepay\"\ntoken = { env = \"DOISOAT_SANDBOX_SEPAY_TOKEN\" }\n";

/// An office that lists these lines, and has an inbox of webhooks.
async fn office(lines: &Lines) -> Office {
    let fake = server(lines).await;
    let source = format!("{}{INBOX}", sepay(fake.port, "v1"));
    let office = Office::new(Kind::Sqlite, &source).await;
    std::fs::create_dir_all(office.town.dir().join("pushed")).unwrap();
    std::mem::forget(fake);
    office
}

/// The webhook of a line.
fn push(office: &Office, line: Line) {
    let Line(id, dong, at, reference, memos) = line;
    let body = value!({
        "id": id, "gateway": "B", "transactionDate": format!("{FIRST} {at}"), "accountNumber": "0123499999",
        "code": null, "content": memos[0], "transferType": "in", "transferAmount": dong, "accumulated": 0,
        "subAccount": null, "referenceCode": reference, "description": ""
    });
    let known = office.town.sandbox.credentials("sepay");
    let token = known
        .iter()
        .find(|known| known.env == "DOISOAT_SANDBOX_SEPAY_TOKEN")
        .unwrap()
        .value;
    let headers = value!({"Authorization": format!("Apikey {token}")});
    let text = value!({"headers": headers, "body": body.to_string()}).to_string();
    std::fs::write(office.town.dir().join(format!("pushed/{id}.json")), text).unwrap();
}

/// The conflicts on the work list.
async fn waiting(office: &Office) -> Vec<Value> {
    let args = ["exceptions", "list", "--class", "conflict", "--json"];
    let list = run(&office.town, &args).await;
    assert_eq!(code(&list), 0, "{}", stdout(&list));
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    list["exceptions"].as_array().unwrap().clone()
}

async fn decide(office: &Office, id: &str) {
    let args = [
        "exceptions",
        "decide",
        id,
        "--not-fee",
        "--by",
        "an",
        "--reason",
        "ngan hang bo",
    ];
    assert_eq!(code(&run(&office.town, &args).await), 0);
}

fn exports(office: &Office) -> bool {
    office
        .town
        .reports()
        .contains_key(&format!("{FIRST}/links.csv"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_source_took_back_holds_up_the_night_until_it_is_decided() {
    let lines: Lines = Arc::new(Mutex::new(LINES.to_vec()));
    let office = office(&lines).await;
    let (first, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&first), figures(&of)),
        (vec![0], ("complete", 3, 78_000)),
        "{of}"
    );
    lines.lock().unwrap().remove(1);
    let (night, of) = office.night(FIRST).await;
    assert_eq!(codes(&night), [5], "{of}");
    assert!(!exports(&office));
    let found = waiting(&office).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["amount_vnd"], 8_000, "{found:?}");
    let id = found[0]["exception_id"].as_str().unwrap();
    let shown = stdout(&run(&office.town, &["exceptions", "show", id]).await);
    assert!(shown.contains("amount_vnd=0 (list 2022-12-05)"), "{shown}");
    decide(&office, id).await;
    let (decided, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&decided), &of["control"]["ties"]),
        (vec![0], &true.into()),
        "{of}"
    );
    assert_eq!(of["trouble"], Value::Null, "{of}");
    assert!(exports(&office));
    // the decision counts from the next night
    let (next, of) = office.next("2022-12-06").await;
    assert_eq!(codes(&next), [0], "{of}");
    assert!(waiting(&office).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_signed_webhook_told_is_for_a_person_and_withholds_nothing() {
    let lines: Lines = Arc::new(Mutex::new(LINES.to_vec()));
    lines.lock().unwrap().remove(1);
    let office = office(&lines).await;
    push(&office, LINES[1]);
    push(&office, LINES[2]);
    // in the same night, and in every one until somebody decides
    for _ in 0..2 {
        let (night, of) = office.night(FIRST).await;
        assert_eq!(
            (codes(&night), figures(&of)),
            (vec![3], ("partial", 3, 78_000)),
            "{of}"
        );
        assert_eq!(of["control"]["ties"], true, "{of}");
        assert_eq!(of["missing_days"], value!([FIRST]), "{of}");
        let said = of["trouble"].as_str().unwrap();
        assert!(
            said.contains("1 dòng do webhook") && said.contains("(2)"),
            "{said}"
        );
        assert!(exports(&office));
    }
    let (night, _) = office.night(FIRST).await;
    let matched = document(&night)["totals"]["matched"]["sum_vnd"].as_i64();
    assert_eq!(matched, Some(50_000), "the row is not taken for certain");
    let found = waiting(&office).await;
    assert_eq!(found.len(), 1, "{found:?}");
    // what is listed and pushed is no conflict
    assert_eq!(found[0]["amount_vnd"], 8_000, "{found:?}");
    decide(&office, found[0]["exception_id"].as_str().unwrap()).await;
    let (decided, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&decided), figures(&of).0),
        (vec![0], "complete"),
        "{of}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_has_the_row_later_is_whole() {
    let lines: Lines = Arc::new(Mutex::new(LINES.to_vec()));
    lines.lock().unwrap().remove(1);
    let office = office(&lines).await;
    push(&office, LINES[1]);
    let (night, _) = office.night(FIRST).await;
    assert_eq!(codes(&night), [3]);
    *lines.lock().unwrap() = LINES.to_vec();
    let (night, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&night), figures(&of)),
        (vec![0], ("complete", 3, 78_000)),
        "{of}"
    );
    assert_eq!(of["trouble"], Value::Null, "{of}");
}
