//! The form of payments is made from one state, also where an earlier night was published again.

use doisoat::domain::{Period, Txn, TxnStatus};
use doisoat::job::forms::Form;
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use doisoat::normalise::merge;
use doisoat::store::Delivery;

use crate::by_hand::open_of;
use crate::database::Kind;
use crate::diff::corrected;
use crate::forms::{behind, figure, said, write_of};
use crate::town::{FIRST, Town, as_is, day, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const HOUR_MS: i64 = 3_600_000;
const AGAIN: &str = "đã công bố lại; mọi số liệu của biểu là của sổ đối soát hiện nay";

fn both() -> Span {
    Span::Days(Period::range(day(FIRST), day(SECOND)))
}

async fn form(desk: &Desk, span: Span) -> Vec<String> {
    said(&write_of(desk, Form::Payments, span).await["thanh-toan-766.docx"])
}

/// The amounts of the bridge, which add up to its last.
pub(crate) fn bridge(texts: &[String]) -> Vec<i64> {
    let at = |name: &str| texts.iter().position(|text| text == name).unwrap();
    let first = at("Tổng số phí, lệ phí của biểu này");
    let last = at("Tổng số của chỉ tiêu AMOUNT_CASHLESS cùng kỳ");
    let lines: Vec<i64> = texts[first..=last + 1]
        .chunks(2)
        .map(|line| figure(&line[1]))
        .collect();
    let (counted, parts) = lines.split_last().unwrap();
    assert_eq!(
        parts.iter().sum::<i64>(),
        *counted,
        "{:?}",
        &texts[first..=last + 1]
    );
    lines
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

/// A dossier of the first day that nobody had told, and the transfer that pays it; tells its
/// amount.
async fn one_more(town: &Town, desk: &Desk) -> i64 {
    let inbox = town.dir().join("inbox");
    let text = std::fs::read_to_string(inbox.join("dossier_fees_2022-12-05.csv")).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let links = std::fs::read_to_string(town.folder(FIRST).join("links.csv")).unwrap();
    let paid = |line: &&str| {
        let fields: Vec<&str> = line.split(',').collect();
        links.contains(fields[0]) && fields[6] == "transfer" && fields[9] == "paid"
    };
    let mut fields: Vec<&str> = rest.lines().find(paid).unwrap().split(',').collect();
    let code = format!("{}-9001", fields[0].rsplit_once('-').unwrap().0);
    fields[0] = &code;
    for own in &mut fields[18..] {
        *own = "";
    }
    let amount: i64 = fields[3].parse().unwrap();
    let file = format!("{head}\n{}\n", fields.join(","));
    std::fs::write(inbox.join("dossier_fees_2022-12-05_more.csv"), file).unwrap();
    let bank = desk.config.sources.iter();
    let mut bank = bank.filter(|source| source.registration.kind == "sepay");
    let source = bank.next().unwrap().name.clone();
    let txn = Txn {
        source: source.clone(),
        memo: format!("nop phi {code}").as_str().into(),
        ..crate::rows::txn("more-1", amount, FIRST)
    };
    let delivery = Delivery {
        txns: vec![txn],
        ..Delivery::default()
    };
    let saved = desk
        .store
        .save_transactions(&source, day(FIRST), &delivery, merge);
    saved.await.unwrap();
    amount
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
        // a dossier more, paid: the last night kept sums without it, the book has it
        let amount = one_more(&town, &desk).await;
        town.set_now(day(THIRD).start_ms() + 3 * HOUR_MS);
        assert_eq!(night(&desk, FIRST).await.run.version, 2);
        let after = form(&desk, both()).await;
        assert!(
            says(&after, AGAIN) && says(&after, "các đêm 05/12/2022"),
            "{kind:?}"
        );
        let (was, now) = (told(&before), told(&after));
        assert_eq!(now, [was[0] + 1, was[1] + amount], "{kind:?}");
        // its own day is not touched by the other
        assert_eq!(told(&form(&desk, Span::Night(day(SECOND))).await), alone);
        // a line that was in order becomes dearer and is open again: the last night did not read
        // it, so there is no one state until it is run again
        corrected(&town);
        town.set_now(day(THIRD).start_ms() + 4 * HOUR_MS);
        assert_eq!(night(&desk, FIRST).await.run.version, 3);
        let asked = Asked {
            form: Some(Form::Payments),
            ..Asked::of(both())
        };
        let made = report_again::write(&desk, &asked, &desk.config.report_dir).await;
        let refused = made.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage, "{refused}");
        let (message, fix) = refused.message_and_fix();
        assert!(message.contains("không cùng một trạng thái"), "{message}");
        assert!(fix.contains("doisoat run --date 2022-12-06"), "{fix}");
        town.set_now(day(THIRD).start_ms() + 5 * HOUR_MS);
        assert_eq!(night(&desk, SECOND).await.run.version, 2);
        let last = form(&desk, both()).await;
        assert!(!says(&last, AGAIN), "{kind:?}");
        assert_eq!(
            told(&last)[0],
            now[0] - 1,
            "{kind:?}: one has not paid in full"
        );
        // made again after a later night it is still as of its own end
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        assert_eq!(form(&desk, both()).await, last, "{kind:?}");
        desk.close().await;
    }
}

/// A closed period is told as it was closed, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_closed_period_does_not_mix_states() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, SECOND, THIRD] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let period = Period::range(day(SECOND), day(THIRD));
    let closed = || Span::Days(period.clone());
    let open = form(&desk, closed()).await;
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "an".into(),
        reason: "month end".into(),
    };
    period::close(&desk, &lease, &period, &word).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    assert_eq!(form(&desk, closed()).await, open);
    // a night before it is published again: what the run knew is told no more, and the book of
    // today is not what was closed
    corrected(&town);
    town.set_now(day("2022-12-08").start_ms() + 3 * HOUR_MS);
    assert_eq!(night(&desk, FIRST).await.run.version, 2);
    let asked = Asked {
        form: Some(Form::Payments),
        ..Asked::of(closed())
    };
    let made = report_again::write(&desk, &asked, &desk.config.report_dir).await;
    let refused = made.unwrap_err();
    assert_eq!(refused.exit(), Exit::Usage);
    let (message, fix) = refused.message_and_fix();
    assert!(
        message.contains("đã chốt, và các đêm 2022-12-05"),
        "{message}"
    );
    assert!(fix.contains("doisoat run --date 2022-12-07"), "{fix}");
    desk.close().await;
}

/// What a form carries over, dong.
fn carried(texts: &[String]) -> i64 {
    let line = texts.iter().find(|text| text.starts_with("Chuyển kỳ: "));
    line.map_or(0, |line| {
        let (_, sum) = line.split_once(", cộng ").unwrap();
        figure(sum.split(" đồng").next().unwrap())
    })
}

/// A payment that waits while one form is made and succeeds before the next is carried over in the
/// next one: the sums of both, with what they carry over, are those of a form over both.
#[tokio::test(flavor = "multi_thread")]
async fn consecutive_forms_conserve_what_was_paid() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let open = open_of(&desk.store, "missing_payment").await;
        let fee = open.first().expect("a fee without money").clone();
        let bank = desk.config.sources.iter();
        let bank = bank.filter(|source| source.registration.kind == "sepay");
        let source = bank.clone().next().unwrap().name.clone();
        let code = fee.dossier_code.clone().unwrap();
        let save = async |at: &str, status| {
            let txn = Txn {
                source: source.clone(),
                memo: format!("nop phi {code}").as_str().into(),
                status,
                ..crate::rows::txn("wait-1", fee.amount.get(), SECOND)
            };
            let delivery = Delivery {
                txns: vec![txn],
                ..Delivery::default()
            };
            let saved = desk
                .store
                .save_transactions(&source, day(at), &delivery, merge);
            saved.await.unwrap();
            town.morning_after(day(at));
            night(&desk, at).await;
        };
        save(SECOND, TxnStatus::Pending).await;
        let early = form(&desk, Span::Night(day(SECOND))).await;
        save(THIRD, TxnStatus::Success).await;
        let one = form(&desk, Span::Night(day(SECOND))).await;
        assert_eq!(one, early, "{kind:?}: as of its own end");
        let two = form(&desk, Span::Night(day(THIRD))).await;
        assert!(says(&two, "sau đêm 06/12/2022"), "{kind:?}: {two:?}");
        assert!(carried(&two) >= fee.amount.get(), "{kind:?}");
        let span = Period::range(day(SECOND), day(THIRD));
        let both = form(&desk, Span::Days(span)).await;
        let sum = |texts: &[String]| told(texts)[1] + carried(texts);
        assert_eq!(sum(&one) + sum(&two), sum(&both), "{kind:?}");
        desk.close().await;
    }
}
