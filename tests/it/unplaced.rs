//! A breakdown and what lies in none of its rows come to the total.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::database::Kind;
use crate::town::{Town, as_is, day, document, night};

/// The rows of a breakdown added up, and the total, of the headline's year.
fn sums(run: &Value, by: &str) -> ([i64; 2], [i64; 2]) {
    let parts = |row: &Value| ["numerator", "denominator"].map(|part| row[part].as_i64().unwrap());
    let year = |row: &&Value| row["definition"] == "TX_CASHLESS" && row["period"] == "2022";
    let all = run["share"].as_array().unwrap().iter().filter(year);
    let total = all.filter(|row| row["scope"] == "").map(parts).next();
    let rows = run["breakdown"].as_array().unwrap().iter().filter(year);
    let rows = rows.filter(|row| row["by"] == by).map(parts);
    let sum = rows.fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
    (sum, total.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_no_row_is_told_below_them() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let mut told = BTreeMap::new();
    for date in [
        "2022-12-05",
        "2022-12-06",
        "2022-12-07",
        "2022-12-08",
        "2022-12-09",
    ] {
        town.morning_after(day(date));
        let run = document(&night(&desk, date).await);
        let page = std::fs::read_to_string(town.folder(date).join("index.html")).unwrap();
        for by in ["procedure", "field"] {
            let section = page
                .split_once(&format!("<section id=\"by-{by}\""))
                .unwrap()
                .1;
            let section = section.split_once("</section>").unwrap().0;
            let said = section.split_once("chưa rõ thuộc dòng nào: ");
            let said = said.map(|(_, rest)| rest.split_once("</p>").unwrap().0);
            let (rows, total) = sums(&run, by);
            // no payment of these days touches two fields; some touch two procedures
            let lacks = [total[0] - rows[0], total[1] - rows[1]];
            let wanted = (lacks != [0, 0]).then(|| format!("{} / {}", lacks[0], lacks[1]));
            if by == "field" {
                assert_eq!(said, wanted.as_deref(), "{date} {by}");
            }
            if let Some(said) = said {
                told.insert((by, date), said.to_owned());
            }
        }
    }
    assert!(!told.is_empty());
}
