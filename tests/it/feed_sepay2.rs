//! SePay v2: pages against its own total, and a change of version that doubles nothing.

use doisoat::domain::{Completeness, Day};
use doisoat::job::Desk;

use crate::database::Kind;
use crate::fake::{Fake, Step, feed, json, list_one, param};
use crate::town::{FIRST, Town, as_is, codes, day, night};

/// A page of rows, three a page.
fn page(at: usize, rows: usize, total: usize) -> Step {
    let from = (at - 1) * 3 + 1;
    let one = |id: usize| {
        format!(
            r#"{{"id":"u-{id}","transaction_date":"2022-12-05 08:00:00","account_number":"0123499999",
            "amount_in":45000,"amount_out":0,"transaction_content":"x","reference_number":"FT{id}"}}"#
        )
    };
    let ids = from..(from + 3).min(rows + 1);
    let rows: Vec<String> = ids.map(one).collect();
    let more = at * 3 < total;
    json(format!(
        r#"{{"status":"success","data":[{}],"meta":{{"pagination":{{"total":{total},"has_more":{more}}}}}}}"#,
        rows.join(",")
    ))
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_held_against_the_total() {
    let number = |line: &str| param(line, "page").unwrap().parse::<usize>().unwrap();
    let fake = Fake::answering(move |line| page(number(line), 7, 7)).await;
    let (list, _) = feed("sepay", fake.port, "api = \"v2\"");
    let (pull, what) = list_one(list.as_ref()).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 7)
    );
    assert_eq!(what.last().unwrap(), "transactions 2022-12-05 page 3");
    let line = fake.requests()[0].clone();
    assert!(
        line.starts_with("GET /v2/transactions?transaction_date_from=2022-12-05+00%3A00%3A00&"),
        "{line}"
    );
    assert!(
        line.to_lowercase().contains("authorization: bearer"),
        "{line}"
    );
    let fake = Fake::answering(move |line| page(number(line), 7, 9)).await;
    let (list, _) = feed("sepay", fake.port, "api = \"v2\"");
    let (pull, _) = list_one(list.as_ref()).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    let text = pull.trouble.unwrap().to_string();
    assert!(
        text.contains("the source counts 9 rows but delivered 7"),
        "{text}"
    );
}

#[tokio::test]
async fn only_rows_of_the_account_are_kept() {
    let fake = Fake::answering(|_| page(1, 3, 3)).await;
    let (list, _) = feed("sepay", fake.port, "api = \"v2\"\naccount = \"other\"");
    let (pull, _) = list_one(list.as_ref()).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 0)
    );
}

#[test]
fn the_address_of_v1_is_not_that_of_v2() {
    let text =
        "[[source]]\nname = \"s\"\nkind = \"sepay\"\napi = \"v2\"\ntoken = { env = \"T\" }\n";
    let settings = crate::rest::read(text).unwrap();
    let error = crate::fake::try_open(&settings, doisoat::source::Pace::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "doisoat.toml:1:1: source \"s\": https://my.sepay.vn is the address of v1\n  \
         write base_url = \"https://userapi.sepay.vn\""
    );
}

/// The same configuration with version 2.
fn v2(town: &Town) -> impl Fn(String) -> String {
    let (v1, v2) = (
        town.sandbox.base_url("sepay"),
        town.sandbox.base_url("sepay2"),
    );
    move |text: String| {
        let changed = text
            .replace("api = \"v1\"", "api = \"v2\"")
            .replace(&format!("\"{v1}\""), &format!("\"{v2}\""))
            .replace(
                "DOISOAT_SANDBOX_SEPAY_TOKEN",
                "DOISOAT_SANDBOX_SEPAY2_TOKEN",
            );
        assert!(changed.contains("api = \"v2\"") && changed.contains(&v2));
        changed
    }
}

/// Rows and sums of the nights' sources as the store counts them.
async fn counts(desk: &Desk, days: &[Day]) -> Vec<String> {
    let mut all = Vec::new();
    for day in days {
        for count in desk.store.source_counts(*day).await.unwrap() {
            if count.source.as_str() == "sepay-main" {
                let (kind, status) = (count.kind.id(), count.status.id());
                all.push(format!(
                    "{day} {kind} {status} {} {}",
                    count.count, count.sum
                ));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_version_doubles_nothing() {
    let days: Vec<Day> = (0..3).map(|n| day(FIRST).plus(n)).collect();
    let plain = Town::new(Kind::Sqlite).await;
    let by_v1 = plain.desk(&as_is).await;
    for day in &days {
        plain.morning_after(*day);
        night(&by_v1, &day.to_string()).await;
    }
    let wanted = counts(&by_v1, &days).await;
    assert!(wanted.len() >= 3, "{wanted:?}");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        // The first night by v1, and the same days again by v2: the rows are the same rows.
        town.morning_after(days[0]);
        let desk = town.desk(&as_is).await;
        assert_eq!(codes(&night(&desk, FIRST).await), [0], "{kind:?}");
        let before = town.dump().await;
        let desk = town.desk(&v2(&town)).await;
        let again = night(&desk, FIRST).await;
        assert!(!again.published, "{kind:?}: nothing changed");
        assert_eq!(town.dump().await, before, "{kind:?}");
        // The second night by v2, whose look-back lists the first day, too; then back to v1.
        town.morning_after(days[1]);
        night(&desk, &days[1].to_string()).await;
        town.morning_after(days[2]);
        let desk = town.desk(&as_is).await;
        night(&desk, &days[2].to_string()).await;
        assert_eq!(counts(&desk, &days).await, wanted, "{kind:?}");
    }
}
