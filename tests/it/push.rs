//! Webhooks in a folder: the same event pushed and pulled is one row, what does not verify is
//! shown by its file, and nothing of a folder is changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::path::PathBuf;

use doisoat::config::Surroundings;
use doisoat::job::Desk;
use doisoat::sandbox::{District, Sandbox};
use doisoat::source::signature::{Algorithm, Layout, Recipe};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::database::Kind;
use crate::town::{FIRST, Town, codes, day, document, files, night, source};

const TOKEN: &str = "CANARY-SEPAY-KEY";
const VNPAY: &str = "CANARY-VNPAY-KEY";

/// Webhooks of SePay for the rows of a day.
fn sepay(sandbox: &Sandbox, date: &str) -> Vec<(String, String)> {
    let (district, account) = (sandbox.district(), sandbox.account("sepay").unwrap());
    let rows = district.sepay.iter();
    let rows = rows.filter(|row| row.at.format("%Y-%m-%d").to_string() == date);
    let webhook = |row: &doisoat::sandbox::district::BankRow| {
        let body = json!({
            "id": row.id,
            "gateway": "Vietcombank",
            "transactionDate": row.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            "accountNumber": account,
            "code": null,
            "content": row.memo,
            "transferType": if row.amount < 0 { "out" } else { "in" },
            "transferAmount": row.amount.abs(),
            "accumulated": row.balance,
            "subAccount": null,
            "referenceCode": row.reference,
            "description": "",
        });
        (format!("sepay-{}.json", row.id), envelope(TOKEN, &body))
    };
    rows.map(webhook).collect()
}

fn envelope(token: &str, body: &Value) -> String {
    let headers = json!({"Authorization": format!("Apikey {token}")});
    json!({"headers": headers, "body": body.to_string()}).to_string()
}

/// IPNs of VNPAY for the payments of a day.
fn vnpay(district: &District, date: &str) -> Vec<(String, String)> {
    let recipe = Recipe {
        algorithm: Algorithm::HmacSha512,
        layout: Layout::Ordered(""),
    };
    let mut all = Vec::new();
    for order in &district.gateway_orders {
        let paid = order.states.iter().find(|state| {
            let of_day = state
                .paid_at
                .is_some_and(|at| at.date().to_string() == date);
            of_day && state.kind == "01" && state.status == "00"
        });
        let Some(state) = paid else { continue };
        let at = state.paid_at.unwrap().format("%Y%m%d%H%M%S");
        let info = order.info.replace(' ', "+").replace(':', "%3A");
        let query = format!(
            "vnp_Amount={}&vnp_BankCode={}&vnp_OrderInfo={info}&vnp_PayDate={at}\
             &vnp_ResponseCode=00&vnp_TmnCode=DEMO0001&vnp_TransactionNo={}\
             &vnp_TransactionStatus=00&vnp_TxnRef={}",
            state.amount * 100,
            order.bank,
            state.number,
            order.order_id
        );
        let signature = recipe.sign(&SecretString::from(VNPAY), &[("", &query)]);
        let text = format!("{query}&vnp_SecureHash={signature}");
        all.push((format!("ipn-{}.txt", order.order_id), text));
    }
    all
}

fn inbox(town: &Town, name: &str, webhooks: &[(String, String)]) -> PathBuf {
    let folder = town.dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in webhooks {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn with_push(mut text: String) -> String {
    text.push_str(PUSHED);
    text
}

const PUSHED: &str = "
[[source]]
name = \"sepay-push\"
kind = \"push\"
path = \"sepay\"
provider = \"sepay\"
token = { env = \"PUSH_SEPAY\" }
[[source]]
name = \"vnpay-push\"
kind = \"push\"
path = \"vnpay\"
provider = \"vnpay\"
hash_secret = { env = \"PUSH_VNPAY\" }
";

/// A desk whose keys of webhooks are these.
async fn desk(town: &Town, edit: &dyn Fn(String) -> String, token: &str) -> Desk {
    let mut desk = town.desk(edit).await;
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name));
    let known = known.into_iter().flatten();
    let known = known.map(|c| (c.env.to_owned(), c.value.to_owned()));
    let own = [("PUSH_SEPAY", token), ("PUSH_VNPAY", VNPAY)];
    let own = own.map(|(env, value)| (env.to_owned(), value.to_owned()));
    desk.around = Surroundings::fixed(known.chain(own).collect(), None);
    desk
}

fn same_reports(one: &Town, other: &Town, date: &str) {
    for file in ["exceptions.csv", "links.csv", "share.csv"] {
        let read = |town: &Town| std::fs::read_to_string(town.folder(date).join(file)).unwrap();
        let (left, right) = (read(one), read(other));
        let differ = left
            .lines()
            .zip(right.lines())
            .find(|(left, right)| left != right);
        assert_eq!(differ, None, "{date} {file}");
        assert_eq!(left.len(), right.len(), "{date} {file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_pushed_and_pulled_is_one_row() {
    let (plain, town) = (Town::new(Kind::Sqlite).await, Town::new(Kind::Sqlite).await);
    let mut pushed = sepay(&town.sandbox, FIRST);
    let gateway = vnpay(town.sandbox.district(), FIRST);
    assert!(
        pushed.len() > 20 && gateway.len() > 5,
        "{} {}",
        pushed.len(),
        gateway.len()
    );
    // the provider repeats itself
    let again: Vec<_> = pushed.iter().take(5).cloned().collect();
    pushed.extend(
        again
            .into_iter()
            .map(|(name, text)| (format!("again-{name}"), format!("{text}\n"))),
    );
    let folder = inbox(&town, "sepay", &pushed);
    inbox(&town, "vnpay", &gateway);
    let before = files(&folder);
    let (plain_desk, desk) = (
        plain.desk(&|text| text).await,
        desk(&town, &with_push, TOKEN).await,
    );
    for date in [FIRST, "2022-12-06"] {
        plain.morning_after(day(date));
        town.morning_after(day(date));
        let (one, other) = (night(&plain_desk, date).await, night(&desk, date).await);
        let run = document(&other);
        assert_eq!(codes(&one), codes(&other), "{date} {}", run["sources"]);
        for name in ["sepay-push", "vnpay-push"] {
            let push = source(&run, name);
            let told = (&push["state"], &push["rows"], &push["rejects"]);
            assert_eq!(
                told,
                (&"complete".into(), &0.into(), &0.into()),
                "{date} {push}"
            );
        }
        same_reports(&plain, &town, date);
        assert!(!night(&desk, date).await.published, "{date}");
    }
    assert_eq!(files(&folder), before, "files are never changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_are_evidence_while_the_feed_is_down_and_agree_with_it_afterwards() {
    let (plain, town) = (Town::new(Kind::Sqlite).await, Town::new(Kind::Sqlite).await);
    let pushed = sepay(&town.sandbox, FIRST);
    inbox(&town, "sepay", &pushed);
    inbox(&town, "vnpay", &vnpay(town.sandbox.district(), FIRST));
    town.morning_after(day(FIRST));
    plain.morning_after(day(FIRST));
    let [sepay_url, vnpay_url] = ["sepay", "vnpay"].map(|name| town.sandbox.base_url(name));
    let down = |text: String| {
        let text = with_push(text).replace(&sepay_url, "http://127.0.0.1:1/sepay");
        text.replace(&vnpay_url, "http://127.0.0.1:1/vnpay")
    };
    let late = night(&desk(&town, &down, TOKEN).await, FIRST).await;
    let run = document(&late);
    assert_eq!(codes(&late), [3]);
    assert_eq!(source(&run, "sepay-main")["state"], "late");
    // as many rows as were pushed, under the name of the feed
    let rows = source(&run, "sepay-main")["rows"].as_u64();
    assert_eq!(rows, u64::try_from(pushed.len()).ok());
    let healed = night(&desk(&town, &with_push, TOKEN).await, FIRST).await;
    let one = night(&plain.desk(&|text| text).await, FIRST).await;
    assert_eq!(codes(&healed), codes(&one));
    let conflicts = |night| {
        document(night)["exceptions"]
            .to_string()
            .contains("\"conflict\"")
    };
    assert_eq!(conflicts(&healed), conflicts(&one));
    same_reports(&plain, &town, FIRST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_a_webhook_told_first_leads_to_its_file() {
    let town = Town::new(Kind::Sqlite).await;
    let (pushed, ipns) = (
        sepay(&town.sandbox, FIRST),
        vnpay(town.sandbox.district(), FIRST),
    );
    inbox(&town, "sepay", &pushed);
    inbox(&town, "vnpay", &ipns);
    town.morning_after(day(FIRST));
    let [sepay_url, vnpay_url] = ["sepay", "vnpay"].map(|name| town.sandbox.base_url(name));
    let down = |text: String| {
        let text = with_push(text).replace(&sepay_url, "http://127.0.0.1:1/sepay");
        text.replace(&vnpay_url, "http://127.0.0.1:1/vnpay")
    };
    night(&desk(&town, &down, TOKEN).await, FIRST).await;
    let origins = crate::origin::origins(&town).await;
    let of = |source: &str| -> Vec<_> {
        let of_source = origins.iter().filter(|((row, _), _)| row[1] == source);
        of_source.map(|((row, _), line)| (&*row[2], line)).collect()
    };
    for (source, all) in [("sepay-main", &pushed), ("vnpay", &ipns)] {
        let told = of(source);
        assert_eq!(told.len(), all.len(), "{source}: {told:?}");
        for (id, line) in told {
            let (name, text) = all.iter().find(|(name, _)| *name == line.name).unwrap();
            let bare = name.split_once('-').unwrap().1;
            assert!(bare.starts_with(id), "{id}: {line:?}");
            let sha256 = hex::encode(sha2::Sha256::digest(text.as_bytes()));
            assert_eq!((&line.sha256, line.at), (&sha256, 1), "{id}");
        }
    }
    // what the feed tells later of the same rows changes nothing
    night(&desk(&town, &with_push, TOKEN).await, FIRST).await;
    let later = crate::origin::origins(&town).await;
    assert!(
        origins
            .iter()
            .all(|(row, line)| later.get(row) == Some(line))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_verify_is_shown_by_its_file_and_read_once_the_key_is_right() {
    let town = Town::new(Kind::Sqlite).await;
    let pushed = sepay(&town.sandbox, FIRST);
    let secret = json!({"id": 1, "content": "CANARY-MEMO", "accountNumber": "CANARY-ACCOUNT"});
    let mut all = pushed.clone();
    all.push(("forged.json".to_owned(), envelope("CANARY-FORGED", &secret)));
    all.push(("half.json".to_owned(), "{\"headers\":".to_owned()));
    all.push(("new.json.part".to_owned(), "{".to_owned()));
    inbox(&town, "sepay", &all);
    inbox(&town, "vnpay", &[]);
    town.morning_after(day(FIRST));
    let done = night(&desk(&town, &with_push, TOKEN).await, FIRST).await;
    let run = document(&done);
    assert_eq!(source(&run, "sepay-push")["rejects"], 2);
    let listed = std::fs::read_to_string(town.folder(FIRST).join("exceptions.csv")).unwrap();
    let line = listed
        .lines()
        .find(|line| line.contains("forged.json"))
        .unwrap();
    assert!(
        line.contains("chữ ký của nhà cung cấp không đúng"),
        "{line}"
    );
    assert!(line.contains("Kiểm tra khóa trong cấu hình"), "{line}");
    assert!(listed.contains("half.json"), "{listed}");
    for (name, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("CANARY"),
            "{name} shows what nobody vouched for"
        );
    }
    assert!(
        !night(&desk(&town, &with_push, TOKEN).await, FIRST)
            .await
            .published
    );
    // the key of the forger turns out to be the right one: its file is read after all, and so is
    // the one that was still being written
    std::fs::rename(
        town.dir().join("sepay/new.json.part"),
        town.dir().join("sepay/new.json"),
    )
    .unwrap();
    let again = night(&desk(&town, &with_push, "CANARY-FORGED").await, FIRST).await;
    let rejects = source(&document(&again), "sepay-push")["rejects"].as_u64();
    assert_eq!(rejects, Some(3), "the half file that was renamed");
    // it names no amount: a reject of the feed now, and no longer one of the inbox
    assert_eq!(source(&document(&again), "sepay-main")["rejects"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_alone_cannot_tell_that_everything_came() {
    let town = Town::new(Kind::Sqlite).await;
    inbox(&town, "sepay", &sepay(&town.sandbox, FIRST));
    inbox(&town, "vnpay", &[]);
    town.morning_after(day(FIRST));
    let alone = |text: String| {
        let text = with_push(text);
        let (head, tail) = text
            .split_once("[[source]]\nname = \"sepay-main\"")
            .unwrap();
        let (_, tail) = tail.split_once("[[source]]").unwrap();
        format!("{head}[[source]]{tail}")
    };
    let done = night(&desk(&town, &alone, TOKEN).await, FIRST).await;
    let run = document(&done);
    let push = source(&run, "sepay-push");
    assert_eq!(push["state"], "partial", "{push}");
    let advice = push["trouble"].as_str().unwrap();
    assert!(advice.contains("ghi required = false"), "{advice}");
    assert!(push["rows"].as_u64().unwrap() > 20, "{push}");
    assert_eq!(codes(&done), [3]);
    // who wrote required = false is not told to write it
    let optional = |text: String| {
        let provider = "provider = \"sepay\"\n";
        alone(text).replace(provider, &format!("{provider}required = false\n"))
    };
    let done = night(&desk(&town, &optional, TOKEN).await, FIRST).await;
    let run = document(&done);
    let push = source(&run, "sepay-push");
    let advice = push["trouble"].as_str().unwrap();
    assert!(!advice.contains("required = false"), "{advice}");
    assert!(
        advice.contains("thêm một nguồn lấy cùng các giao dịch"),
        "{advice}"
    );
    assert_eq!(codes(&done), [0]);
    // a partner that does not exist is said
    let wrong = |text: String| {
        with_push(text).replace(
            "provider = \"sepay\"",
            "provider = \"sepay\"\ninto = \"sepay\"",
        )
    };
    let desk = desk(&town, &wrong, TOKEN).await;
    let error =
        doisoat::job::nightly::run(&desk, day(FIRST), doisoat::job::nightly::Mode::Publish).await;
    let said = format!("{:?}", error.err().unwrap());
    assert!(said.contains("sepay-main"), "{said}");
}
