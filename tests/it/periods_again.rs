//! What was known on a day, once a night was published again: then is what was told then, and
//! what came between is named.

use std::sync::Arc;

use doisoat::clock::FixedClock;
use doisoat::domain::Period;
use doisoat::job::Desk;
use doisoat::job::as_known::Known;
use doisoat::job::report_again::{self, Asked, Span};
use serde_json::Value;

use crate::database::Kind;
use crate::periods::{adds_up, both, late_of, report, share, two};
use crate::town::{FIRST, Town, day, document, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const DEFINITIONS: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// The first night again, with a payment that it had not seen.
async fn again(town: &Town, desk: &Desk, id: &str, hours: i64) -> Value {
    let config = &desk.config.sources;
    let bank = config.iter().find(|s| s.registration.kind == "sepay");
    let rows = [(id, 35_000, FIRST)];
    late_of(desk, &bank.unwrap().name.clone(), day(FIRST), &rows).await;
    town.set_now(day(THIRD).start_ms() + hours * 3_600_000);
    let again = night(desk, FIRST).await;
    document(&again)
}

fn then(document: &Value) -> Vec<Value> {
    let of = |name: &&str| share(document, name)["then"].clone();
    DEFINITIONS.iter().map(of).collect()
}

fn named(document: &Value, list: &str, name: &str) -> bool {
    let rows = document[list].as_array().unwrap();
    rows.iter().any(|row| row.to_string().contains(name))
}

/// Whether a night was published again or not, then is told as it was told then.
#[tokio::test(flavor = "multi_thread")]
async fn then_is_as_it_was_told_though_a_night_was_published_again() {
    let (town, desk) = two(Kind::Sqlite).await;
    let first = Period::range(day(FIRST), day(FIRST));
    let spans = [first.clone(), both()];
    let mut before = Vec::new();
    for span in &spans {
        let (_, told, _) = report(&desk, span.clone(), Known::On(day(SECOND))).await;
        assert_eq!(told["arrived"], Value::Array(Vec::new()));
        before.push(then(&told));
    }
    let (_, own, _) = report(&desk, first.clone(), Known::On(day(FIRST))).await;
    let own = then(&own);
    let second = again(&town, &desk, "late-1", 3).await;
    assert_eq!(second["version_of_night"], 2);
    for hours in [0, 4] {
        // also once the next night stands, and the first came a third time
        if hours > 0 {
            town.morning_after(day(THIRD));
            night(&desk, THIRD).await;
            again(&town, &desk, "late-2", 24 + hours).await;
        }
        for (span, before) in spans.iter().zip(&before) {
            let (_, told, _) = report(&desk, span.clone(), Known::On(day(SECOND))).await;
            assert_eq!(then(&told), *before, "{} {hours}", span.label);
            adds_up(&told);
            assert!(named(&told, "arrived", "late-1"), "{}", told["arrived"]);
            assert!(named(&told, "moved", "late-1"), "{}", told["moved"]);
            let is_later = named(&told, "arrived", "late-2");
            assert_eq!(is_later, hours > 0, "{}", told["arrived"]);
        }
        let (_, told, _) = report(&desk, first.clone(), Known::On(day(FIRST))).await;
        assert_eq!(then(&told), own, "{hours}");
        adds_up(&told);
        assert!(named(&told, "arrived", "late-1") && named(&told, "moved", "late-1"));
    }
    let asked = Asked {
        known: Known::On(day(FIRST)),
        ..Asked::of(Span::Night(day(FIRST)))
    };
    let root = &desk.config.report_dir;
    let folder = report_again::write(&desk, &asked, root).await.unwrap();
    assert!(files(&folder).contains_key("known.json"));
}

/// The same where the clock of the machine went back behind the pull of either night before the
/// first was published again: the chain of runs tells what was known.
#[tokio::test(flavor = "multi_thread")]
async fn then_is_as_it_was_told_though_the_clock_went_back() {
    let (_town, mut desk) = two(Kind::Sqlite).await;
    let first = Period::range(day(FIRST), day(FIRST));
    let spans = [first.clone(), both()];
    let mut before = Vec::new();
    for span in &spans {
        let (_, told, _) = report(&desk, span.clone(), Known::On(day(SECOND))).await;
        before.push(then(&told));
    }
    let config = &desk.config.sources;
    let bank = config.iter().find(|s| s.registration.kind == "sepay");
    let rows = [("late-1", 35_000, FIRST)];
    late_of(&desk, &bank.unwrap().name.clone(), day(FIRST), &rows).await;
    desk.clock = Arc::new(FixedClock::new(day(SECOND).start_ms() + 3_600_000));
    let again = document(&night(&desk, FIRST).await);
    assert_eq!(again["version_of_night"], 2);
    let runs = desk.store.runs().await.unwrap();
    let (last, others): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.version == 2);
    let is_back = |run: &&&doisoat::store::RunRecord| run.pulled_at_ms > last[0].pulled_at_ms;
    assert_eq!(
        others.iter().filter(is_back).count(),
        2,
        "the clock went back"
    );
    for (span, before) in spans.iter().zip(&before) {
        let (_, told, _) = report(&desk, span.clone(), Known::On(day(SECOND))).await;
        assert_eq!(then(&told), *before, "{}", span.label);
        adds_up(&told);
        assert!(named(&told, "arrived", "late-1"), "{}", told["arrived"]);
        assert!(named(&told, "moved", "late-1"), "{}", told["moved"]);
    }
}
