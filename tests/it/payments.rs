//! The form of payments is made from one state, also where an earlier night was published again.

use doisoat::domain::Period;
use doisoat::job::forms::Form;
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};

use crate::database::Kind;
use crate::diff::corrected;
use crate::forms::{behind, bridge, figure, said, write_of};
use crate::town::{FIRST, Town, as_is, day, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const AGAIN: &str = "đã công bố lại; mọi số liệu của biểu là của sổ đối soát hiện nay";

fn both() -> Span {
    Span::Days(Period::range(day(FIRST), day(SECOND)))
}

async fn form(desk: &Desk, span: Span) -> Vec<String> {
    said(&write_of(desk, Form::Payments, span).await["thanh-toan-766.docx"])
}

/// Dossiers that paid, and the sum of the form.
fn told(texts: &[String]) -> [i64; 2] {
    let total = behind(texts, "Tổng cộng", 7);
    assert_eq!(bridge(texts)[0], figure(&total[6]));
    [figure(&total[0]), figure(&total[6])]
}

fn says(texts: &[String], what: &str) -> bool {
    texts.iter().any(|text| text.contains(what))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_payments_is_of_one_state() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        let before = form(&desk, both()).await;
        assert!(!says(&before, AGAIN));
        let alone = told(&form(&desk, Span::Night(day(SECOND))).await);
        // a line that was in order becomes dearer: its dossier has not paid in full any more
        corrected(&town);
        assert_eq!(night(&desk, FIRST).await.run.version, 2);
        let after = form(&desk, both()).await;
        assert!(
            says(&after, AGAIN) && says(&after, "các đêm 05/12/2022"),
            "{kind:?}"
        );
        let (was, now) = (told(&before), told(&after));
        assert_eq!(
            now[0],
            was[0] - 1,
            "{kind:?}: one dossier less has paid in full"
        );
        assert_eq!(now[1], was[1], "{kind:?}: the same money is on lines");
        // what the last night kept is of before: its own day is not touched by the other
        assert_eq!(told(&form(&desk, Span::Night(day(SECOND))).await), alone);
        // the next night knows the new state, so nothing is to be said any more
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        let later = form(&desk, both()).await;
        assert!(!says(&later, AGAIN));
        assert_eq!(told(&later), now, "{kind:?}");
        desk.close().await;
    }
}

/// A closed period is told as it was closed, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_closed_period_does_not_mix_states() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, SECOND] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let open = form(&desk, both()).await;
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "an".into(),
        reason: "month end".into(),
    };
    let period = Period::range(day(FIRST), day(SECOND));
    period::close(&desk, &lease, &period, &word).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    assert_eq!(told(&form(&desk, both()).await), told(&open));
    // the book is changed behind the closing
    let edit = "UPDATE contribution SET denominator = denominator + 1 \
                WHERE definition = 'AMOUNT_CASHLESS' AND scope = '' AND live = 1";
    town.database.execute(edit).await;
    let asked = Asked {
        form: Some(Form::Payments),
        ..Asked::of(both())
    };
    let made = report_again::write(&desk, &asked, &desk.config.report_dir).await;
    assert_eq!(
        made.unwrap_err().exit(),
        Exit::Failed,
        "no two states in one form"
    );
    desk.close().await;
}
