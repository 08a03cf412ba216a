//! The bridges of a town's nights, as the workbooks tell them: what one night carries forward is
//! what the next one opens with, and nothing is left unexplained.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx, open_workbook};
use doisoat::sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, day, document, night};

const NIGHTS: u32 = 7;

/// A figure that nobody told.
const UNTOLD: i64 = i64::MIN;

fn number(cell: &Data) -> i64 {
    let text = match cell {
        Data::Float(number) => format!("{number:.0}"),
        Data::Int(number) => number.to_string(),
        Data::String(text) if text == "—" => return UNTOLD,
        other => panic!("no number: {other:?}"),
    };
    text.parse().unwrap()
}

/// The figures of a sheet by source.
fn rows(town: &Town, date: &str, sheet: &str) -> BTreeMap<String, Vec<i64>> {
    let path = town.folder(date).join("doisoat.xlsx");
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let rows = range.rows().skip(4);
    rows.map(|row| (row[0].to_string(), row[1..].iter().map(number).collect()))
        .collect()
}

/// Every total of the workbook is what its formulas find, those of the gateway too.
fn checks_hold(town: &Town, date: &str) {
    let path = town.folder(date).join("doisoat.xlsx");
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let checks = book.worksheet_range("Kiểm tra").unwrap();
    let rows = checks.rows().skip(4);
    let marks: Vec<[String; 2]> = rows
        .map(|row| [row[0].to_string(), row[4].to_string()])
        .collect();
    assert!(
        marks.iter().all(|[_, mark]| mark == "✓"),
        "{date}: {marks:?}"
    );
    let parts = [
        "Tiền cổng còn giữ",
        "Quyết toán của cổng",
        "Từ một cửa qua cổng",
    ];
    let own = marks
        .iter()
        .filter(|[what, _]| parts.iter().any(|part| what.starts_with(part)));
    assert_eq!(own.count(), 9, "{date}: {marks:?}");
}

/// What the table of fees tells of each source is what people paid, as the bridge tells it.
pub(crate) fn fees_are_of_the_paid(run: &Value) -> i64 {
    let mut kept: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
    for row in run["provider_fees"].as_array().unwrap() {
        let figure = |key: &str| row[key].as_i64().unwrap();
        let of = kept.entry(row["source"].as_str().unwrap()).or_default();
        of.0 += figure("count");
        of.1 += figure("gross_vnd");
        of.2 += figure("fee_vnd");
    }
    let mut uncounted = 0;
    for row in run["money_bridge"].as_array().unwrap() {
        let source = row["source"].as_str().unwrap();
        let figure = |at: &str| row.pointer(at).unwrap().as_i64().unwrap();
        let paid = ["/paid/count", "/paid/sum_vnd", "/fees_vnd"].map(figure);
        let told = kept.get(source).copied().unwrap_or_default();
        assert_eq!([told.0, told.1, told.2], paid, "{source}");
        uncounted += figure("/uncounted/sum_vnd");
    }
    uncounted
}

/// The first tile names the sum of all rows as a turnover, and says what people paid beside it.
pub(crate) fn turnover_is_named(run: &Value, page: &str) {
    let flows = run["money_bridge"].as_array().unwrap().iter();
    let paid: i64 = flows
        .map(|row| row["paid"]["sum_vnd"].as_i64().unwrap())
        .sum();
    let all = run["totals"]["transactions"]["sum_vnd"].as_i64().unwrap();
    assert!(0 < paid && paid < all, "{paid} of {all}");
    let [all, paid] = [all, paid].map(|n| doisoat::text::money(doisoat::domain::Lang::Vi, n));
    let turnover = format!("phát sinh {all} (gồm hoàn, quyết toán); người dân nộp {paid}");
    assert!(page.contains(&turnover), "{turnover}");
}

/// What the gateway holds begins with what it held the night before, and ties; tells the credits.
fn gateway(run: &Value, before: &mut Option<i64>) -> u64 {
    let date = &run["business_date"];
    let [row] = run["gateway_bridge"].as_array().unwrap().as_slice() else {
        panic!("{date}: one gateway");
    };
    let dong = |part: &str| row[part].as_i64().unwrap();
    assert_eq!(row["recomputed"], before.is_none(), "{date}");
    assert_eq!(dong("opening_vnd"), before.unwrap_or(0), "{date}: opening");
    assert_eq!(dong("rest_vnd"), 0, "{date}: unexplained {row}");
    assert!(
        dong("closing_vnd") > 0,
        "{date}: tonight's payments are not at the bank yet"
    );
    let days = run["gateway_days"].as_array().unwrap().iter();
    let of_days = days.map(|day| day["held_vnd"].as_i64().unwrap());
    assert_eq!(
        of_days.sum::<i64>() + dong("older_vnd"),
        dong("closing_vnd"),
        "{date}"
    );
    chain_adds_up(run);
    *before = Some(dong("closing_vnd"));
    row["batches"]["count"].as_u64().unwrap() + row["singles"]["count"].as_u64().unwrap()
}

/// From the one-stop system to the bank every stage is the one before it and the steps between
/// them, and no step is unexplained.
fn chain_adds_up(run: &Value) {
    let (mut sum, mut stages) = (0, 0);
    for row in run["gateway_chain"].as_array().unwrap() {
        let (stage, dong) = (
            row["stage"].as_str().unwrap(),
            row["sum_vnd"].as_i64().unwrap(),
        );
        assert!(
            !stage.ends_with("_rest") || dong == 0,
            "{}: {row}",
            run["business_date"]
        );
        match row["is_total"].as_bool().unwrap() {
            true if stages == 0 => sum = dong,
            true => assert_eq!(sum, dong, "{}: {stage}", run["business_date"]),
            false => sum += dong,
        }
        stages += i32::from(row["is_total"] == true);
    }
    assert_eq!(stages, 4);
}

/// A row that somebody changes after its night is left over in the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_changed_since_is_left_over() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let days: Vec<String> = (0..2).map(|n| day(FIRST).plus(n).to_string()).collect();
    town.morning_after(day(&days[0]));
    let first = document(&night(&desk, &days[0]).await);
    town.database
        .execute(
            "UPDATE txn SET amount_vnd = amount_vnd + 700, net_vnd = net_vnd + 700 \
             WHERE source = 'vnpay' AND id IN (SELECT MIN(id) FROM txn \
             WHERE source = 'vnpay' AND status = 'success' AND kind = 'payment')",
        )
        .await;
    town.morning_after(day(&days[1]));
    let second = document(&night(&desk, &days[1]).await);
    let [first, second] = [&first, &second].map(|run| &run["gateway_bridge"][0]);
    assert_eq!(second["opening_vnd"], first["closing_vnd"]);
    assert_eq!([&first["rest_vnd"], &second["rest_vnd"]], [0, -700]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_night_carries_forward_the_next_one_opens_with() {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: day(FIRST).date(),
        days: NIGHTS,
    };
    let town = Town::around(Kind::Sqlite, Sandbox::start(options).await.unwrap()).await;
    let desk = town.desk(&as_is).await;
    let mut forward: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    let (mut matched, mut uncounted) = (0, 0);
    let (mut held, mut banked) = (None, 0);
    for n in 0..NIGHTS {
        let of = day(FIRST).plus(n);
        let date = of.to_string();
        town.morning_after(of);
        let run = document(&night(&desk, &date).await);
        banked += gateway(&run, &mut held);
        checks_hold(&town, &date);
        let carries = rows(&town, &date, "Còn mở");
        let opening = carries.iter().map(|(s, row)| (s.clone(), [row[0], row[1]]));
        let opening: BTreeMap<_, _> = opening.filter(|(_, pair)| *pair != [0, 0]).collect();
        assert_eq!(opening, forward, "{date}: opening");
        for (source, row) in &carries {
            assert_eq!(row[12..], [0, 0], "{date}, {source}: unexplained");
            matched += row[6];
        }
        let closing = carries
            .iter()
            .map(|(s, row)| (s.clone(), [row[10], row[11]]));
        forward = closing.filter(|(_, pair)| *pair != [0, 0]).collect();
        assert!(!forward.is_empty(), "{date}: something stays open");
        for (source, row) in rows(&town, &date, "Tiền trong ngày") {
            if row[1] == UNTOLD {
                assert_eq!(
                    (&*source, row[2]),
                    ("vnpay", UNTOLD),
                    "{date}: no fee, no net"
                );
            } else {
                assert_eq!(row[0] - row[1], row[2], "{date}, {source}: paid");
            }
            assert_eq!(row[7], 0, "{date}, {source}: unexplained");
            uncounted += row[1];
        }
    }
    assert!(banked >= 3, "gateways paid out");
    assert!(matched > 0, "something open was matched later");
    assert!(uncounted > 0, "some lines are no payments of their own");
}
