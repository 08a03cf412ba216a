//! A closed period in a look in which it was not closed, once late rows came, and what changed it
//! since.

use doisoat::domain::{Lang, RowKey, Txn, TxnKind};
use doisoat::job::as_known::Known;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::normalise::merge;
use doisoat::store::Delivery;
use serde_json::Value;

use crate::database::Kind;
use crate::periods::{both, close, late_of, report, two};
use crate::town::{FIRST, day, document, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";

/// A night after the period is published again once the period was closed, with late rows of its
/// days: every look of the closed period tells what was closed.
#[tokio::test(flavor = "multi_thread")]
async fn every_look_of_a_closed_period_tells_what_was_closed() {
    let (town, desk) = two(Kind::Sqlite).await;
    let sepay = desk.config.sources.iter();
    let mut sepay = sepay.filter(|source| source.registration.kind == "sepay");
    let sepay = sepay.next().unwrap().name.clone();
    late_of(&desk, &sepay, day(THIRD), &[("late-1", 35_000, FIRST)]).await;
    town.morning_after(day(THIRD));
    night(&desk, THIRD).await;
    let closed = Box::pin(close(&desk, &both())).await.unwrap();
    let closed: Value = serde_json::from_slice(&files(&closed)["run.json"]).unwrap();
    assert_eq!(closed["business_date"], THIRD);
    let outside = &closed["period"]["outside"];
    assert_eq!(crate::town::amount_of(&closed), 35_000);
    let rows = [("late-2", 654_000, SECOND), ("late-3", 9_000, FIRST)];
    late_of(&desk, &sepay, day(THIRD), &rows).await;
    town.set_now(day("2022-12-09").start_ms());
    assert_eq!(document(&night(&desk, THIRD).await)["version_of_night"], 2);
    for (lang, definition) in [
        (Some(Lang::En), None),
        (None, Some("AMOUNT_CASHLESS")),
        (Some(Lang::En), Some("AMOUNT_CASHLESS")),
    ] {
        let asked = Asked {
            lang,
            definition: definition.map(Into::into),
            ..Asked::of(Span::Days(both()))
        };
        let made = report_again::write(&desk, &asked, &desk.config.report_dir);
        let made = files(&Box::pin(made).await.unwrap());
        let run: Value = serde_json::from_slice(&made["run.json"]).unwrap();
        let told = &run["period"]["outside"];
        assert_eq!(told, outside, "{lang:?} {definition:?}");
        assert_eq!(run["totals"], closed["totals"]);
        let page = String::from_utf8(made["index.html"].clone()).unwrap();
        let word = if lang.is_some() { "en" } else { "vi" };
        assert!(page.contains(&format!("<html lang=\"{word}\"")));
    }
    // as it is known now the late rows are there
    let (_, _, names) = Box::pin(report(&desk, both(), Known::Now)).await;
    assert!(names.contains(&"arrived.csv".to_owned()));
}

/// A refund that came after the close, of a later day, took a payment of the period back: it is
/// among what came between, and the item that it moved names it.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_after_the_close_is_among_what_came_between() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two(kind).await;
        Box::pin(close(&desk, &both())).await.unwrap();
        let links = "SELECT l.source || '|' || l.id FROM match_leg AS l \
            JOIN txn AS t ON t.source = l.source AND t.id = l.id \
            WHERE l.role = 'settles' AND l.side = 'txn' AND t.order_ref IS NOT NULL \
            AND t.paid_on = '2022-12-06' AND t.kind = 'payment' AND t.status = 'success' \
            AND (SELECT COUNT(*) FROM match_leg AS o WHERE o.group_id = l.group_id) = 1 \
            ORDER BY l.source, l.id";
        let paid = town.database.texts(links).await;
        let (source, id) = paid[0].split_once('|').unwrap();
        let sources = desk.config.sources.iter();
        let name = sources.map(|source| source.name.clone());
        let name = name
            .into_iter()
            .find(|name| name.as_str() == source)
            .unwrap();
        let key = RowKey::txn(&name, id);
        let payment = desk.store.txn(&key).await.unwrap().unwrap();
        let back = format!("{id}#refund-{THIRD}");
        let refund = Txn {
            source: name.clone(),
            kind: TxnKind::Refund,
            order_ref: payment.order_ref.clone(),
            memo: payment.memo.clone(),
            instrument: payment.instrument,
            ..crate::rows::txn(&back, payment.amount.get(), THIRD)
        };
        let delivery = Delivery {
            txns: vec![refund],
            ..Delivery::default()
        };
        let saved = desk
            .store
            .save_transactions(&name, day(THIRD), &delivery, merge);
        saved.await.unwrap();
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        // and a night on which nobody looks at it any more
        town.morning_after(day("2022-12-08"));
        night(&desk, "2022-12-08").await;
        let (folder, told, _) = Box::pin(report(&desk, both(), Known::Now)).await;
        let arrived = told["arrived"].as_array().unwrap();
        let refund = format!("{source}/{back}");
        let row = arrived.iter().find(|row| row["key"] == *refund);
        let row = row.unwrap_or_else(|| panic!("{refund}: {arrived:?}"));
        assert_eq!(row["told"], THIRD);
        assert_eq!(row["amount_vnd"], payment.amount.get());
        let moved = told["moved"].as_array().unwrap();
        let item = format!("txn|{source}|{id}");
        assert!(moved.iter().any(|row| row["item"] == *item), "{moved:?}");
        let page = desk.config.report_dir.join(folder).join("index.html");
        let page = std::fs::read_to_string(page).unwrap();
        let said = format!("đã hoàn bằng {refund} (đến đêm 07/12/2022)");
        assert!(page.contains(&said), "{said}");
    }
}
