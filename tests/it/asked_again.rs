//! Which orders a gateway is asked about: those of every registry, wherever its table stands, and
//! those that another source's money settled while the gateway still waited.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use doisoat::config::Surroundings;
use doisoat::job::Desk;
use doisoat::source::signature::{Algorithm, Layout, Recipe};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::database::Kind;
use crate::fake::{Fake, Step, TOKEN};
use crate::office::csv;
use crate::town::{FIRST, Town, day, document, headline, night, source};

const ORDER: i64 = 2_212_050_001;
const CODE: &str = "H48.18.22-221205-0001";
const ACCOUNT: &str = "0071000000001";
const REGISTRY: &str = "[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n";

/// The signature of `data`: its members as sorted pairs.
fn sign(data: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let members = data.as_object().unwrap();
    let texts: Vec<(&str, String)> = members.iter().map(|(k, v)| (k.as_str(), text(v))).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let recipe = Recipe {
        algorithm: Algorithm::HmacSha256,
        layout: Layout::SortedPairs,
    };
    recipe.sign(&SecretString::from(TOKEN), &pairs)
}

/// What payOS says of the one order.
fn link(paid: bool) -> Step {
    let transfer = json!({
        "accountNumber": ACCOUNT, "amount": 50_000, "counterAccountBankId": null,
        "counterAccountBankName": null, "counterAccountName": null, "counterAccountNumber": null,
        "description": format!("CSX {CODE}"), "reference": "FT1",
        "transactionDateTime": "2022-12-05T09:15:30+07:00",
        "virtualAccountName": null, "virtualAccountNumber": null,
    });
    let transfers = if paid { vec![transfer] } else { Vec::new() };
    let (word, dong) = if paid {
        ("PAID", 50_000)
    } else {
        ("PENDING", 0)
    };
    let data = json!({
        "id": "124c33293c43417ab7879e14c8d9eb18", "orderCode": ORDER, "amount": 50_000,
        "amountPaid": dong, "amountRemaining": 50_000 - dong, "status": word,
        "createdAt": "2022-12-05T09:12:00+07:00", "transactions": transfers,
        "cancellationReason": null, "canceledAt": null,
    });
    let body = json!({"code": "00", "desc": "success", "signature": sign(&data), "data": data});
    crate::fake::json(body.to_string())
}

fn payos(port: u16) -> String {
    format!(
        "[[source]]\nname = \"payos\"\nkind = \"payos\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
         allow_loopback = true\nclient_id = \"c\"\napi_key = {{ env = \"T\" }}\n\
         checksum_key = {{ env = \"T\" }}\nrate_limit = \"1000/s\"\n"
    )
}

/// A town with one dossier and one order, and a desk that reads these sources.
async fn town(kind: Kind, sources: &str) -> (Town, Desk) {
    let town = Town::new(kind).await;
    let sources = sources.to_owned();
    let edit = move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!("{head}{sources}")
    };
    let mut desk = town.desk(&edit).await;
    let secret = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    desk.around = Surroundings::fixed(secret, None);
    let inbox = town.dir().join("inbox");
    std::fs::create_dir_all(inbox.join("bank")).unwrap();
    let orders = format!(
        "provider,order_id,dossier_code,fee_ids,amount_vnd,created_at,status\n\
         payos,{ORDER},{CODE},F1,50000,20221205091200,pending\n"
    );
    let write = |name: &str, text: &str| std::fs::write(inbox.join(name), text).unwrap();
    write(&format!("payment_orders_{FIRST}.csv"), &orders);
    fees(&town, FIRST, &format!("{CODE},F1,phi,50000"));
    (town, desk)
}

fn fees(town: &Town, date: &str, row: &str) {
    let text = format!(
        "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,declared_method,\
         due_at,payer_name,status\n{row},H48.18.22,P1,transfer,,NGUYEN VAN A,unpaid\n"
    );
    let name = format!("inbox/dossier_fees_{date}.csv");
    std::fs::write(town.dir().join(name), text).unwrap();
}

async fn next(town: &Town, desk: &Desk, date: &str) -> Value {
    town.set_now(day(date).plus(1).start_ms() + 5_400_000);
    document(&night(desk, date).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_tables_decides_nothing() {
    let mut told = Vec::new();
    for registry_first in [true, false] {
        let fake = Fake::answering(|_| link(true)).await;
        let payos = payos(fake.port);
        let sources = if registry_first {
            format!("{REGISTRY}{payos}")
        } else {
            format!("{payos}{REGISTRY}")
        };
        let (town, desk) = town(Kind::Sqlite, &sources).await;
        let run = next(&town, &desk, FIRST).await;
        assert_eq!(fake.requests().len(), 1, "registry first: {registry_first}");
        assert_eq!(source(&run, "payos")["rows"], 1, "{run}");
        let read = |name: &str| std::fs::read_to_string(town.folder(FIRST).join(name)).unwrap();
        told.push(["links.csv", "exceptions.csv", "share.csv"].map(read));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0][0].contains(&ORDER.to_string()), "{}", told[0][0]);
}

/// payOS waits on the first night, on which the bank settles the fee; `second` is the night by
/// which payOS has seen the transfer.
async fn settled_by_the_bank(kind: Kind, second: &str) {
    let paid = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&paid);
    let fake = Fake::answering(move |_| link(says.load(Ordering::SeqCst))).await;
    let bank = format!(
        "[[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"inbox/bank\"\n\
         account = \"{ACCOUNT}\"\n"
    );
    let sources = format!("{REGISTRY}{}{bank}", payos(fake.port));
    let (town, desk) = town(kind, &sources).await;
    let put = |date: &str, row: &str| {
        let path = format!("inbox/bank/saoke_{date}.csv");
        std::fs::write(town.dir().join(path), csv(&[row])).unwrap();
    };
    put(
        FIRST,
        &format!("05/12/2022 09:15:30;FT1;0;50.000;150.000;NOP PHI {CODE}"),
    );
    let first = next(&town, &desk, FIRST).await;
    assert_eq!(fake.requests().len(), 1);
    assert!(
        first["exceptions"].to_string().contains("\"pending\""),
        "{first}"
    );
    paid.store(true, Ordering::SeqCst);
    let compact = second[2..].replace('-', "");
    fees(
        &town,
        second,
        &format!("H48.18.22-{compact}-0009,F1,phi,8000"),
    );
    let of = &second[8..];
    put(
        second,
        &format!("{of}/12/2022 10:00:00;FT9;8.000;0;142.000;phi dich vu"),
    );
    let run = next(&town, &desk, second).await;
    let what = format!("{kind:?} {second}");
    assert_eq!(fake.requests().len(), 2, "{what}: asked again");
    let share = headline(&run);
    let figures = ["numerator", "denominator", "low", "high"].map(|name| share[name].to_string());
    assert_eq!(figures, ["1", "1", "\"1.0000\"", "\"1.0000\""], "{what}");
    assert!(
        !run["exceptions"].to_string().contains("\"pending\""),
        "{what}: {run}"
    );
    let links = std::fs::read_to_string(town.folder(second).join("links.csv")).unwrap();
    let mut mine = links
        .lines()
        .filter(|line| line.contains(&ORDER.to_string()));
    let mine = mine.next().unwrap_or_default();
    assert!(mine.contains("sighting"), "{what}: {links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_the_bank_settled_is_asked_about_until_the_gateway_has_seen_the_end() {
    settled_by_the_bank(Kind::Sqlite, "2022-12-06").await;
    // four days after it was made no calendar of open orders asks about it
    for kind in [Kind::Sqlite, Kind::Postgres] {
        settled_by_the_bank(kind, "2022-12-09").await;
    }
}

/// One transfer told by payOS and two lines of the account, each with a reference of its own, in
/// every order of arrival: one payment, the end of which is the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_arrival_decides_nothing() {
    const OTHER: [[usize; 3]; 6] = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    let mut ends = Vec::new();
    for order in OTHER {
        let paid = Arc::new(AtomicBool::new(false));
        let says = Arc::clone(&paid);
        let fake = Fake::answering(move |_| link(says.load(Ordering::SeqCst))).await;
        let bank = |name: &str| {
            format!(
                "[[source]]\nname = \"{name}\"\nkind = \"statement\"\npath = \"inbox/{name}\"\n\
                 account = \"{ACCOUNT}\"\n"
            )
        };
        let sources = format!(
            "{REGISTRY}{}{}{}",
            payos(fake.port),
            bank("bank"),
            bank("feed")
        );
        let (town, desk) = town(Kind::Sqlite, &sources).await;
        std::fs::create_dir_all(town.dir().join("inbox/feed")).unwrap();
        let mut run = Value::Null;
        for (at, which) in order.into_iter().enumerate() {
            let put = |name: &str, reference: &str| {
                let path = format!("inbox/{name}/saoke_{FIRST}.csv");
                let row =
                    format!("05/12/2022 09:15:30;{reference};0;50.000;150.000;NOP PHI {CODE}");
                std::fs::write(town.dir().join(path), csv(&[&row])).unwrap();
            };
            match which {
                0 => paid.store(true, Ordering::SeqCst),
                1 => put("bank", "FT1\\BNN"),
                _ => put("feed", "FT1-1"),
            }
            let date = if at == 2 { "2022-12-06" } else { FIRST };
            run = next(&town, &desk, date).await;
        }
        let share = headline(&run);
        let figures =
            ["numerator", "denominator", "low", "high"].map(|name| share[name].to_string());
        assert_eq!(figures, ["1", "1", "\"1.0000\"", "\"1.0000\""], "{order:?}");
        let classes = run["exceptions"].as_array().unwrap().iter();
        let classes: Vec<String> = classes.map(|one| one["class"].to_string()).collect();
        assert!(
            !classes.contains(&"\"duplicate\"".to_owned()),
            "{order:?}: {run}"
        );
        ends.push(classes);
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}
