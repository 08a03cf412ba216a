//! What one paper did not count, or counted, and the next one takes up or takes off: consecutive
//! papers conserve what is due.

use doisoat::domain::{Period, ProviderRow, Txn, TxnStatus};
use doisoat::job::forms::Form;
use doisoat::job::report_again::Span;
use doisoat::normalise::merge;
use doisoat::report::forms::Minutes;
use doisoat::store::Delivery;

use super::{adds_up, of, rows, told};
use crate::database::Kind;
use crate::forms::{TURNOVER, behind, december, figure, minutes, row, said, write_of};
use crate::town::{FIRST, Town, as_is, day, night};

/// What is to be transferred of the period, negative where party A transfers back.
fn due(texts: &[String]) -> i64 {
    figure(&behind(texts, super::DUE, 2)[1])
}

const TAKEN_UP: &str = "Kỳ trước chưa tính (chờ xử lý), nay thành công: cộng vào kỳ này";
const TAKEN_BACK: &str = "Kỳ trước đã tính, nay không còn tính: trừ ở kỳ này";
const WAITING: &str =
    "Trong đó chờ bên B xử lý: khi thành công sẽ tính vào số phải chuyển của kỳ đó";

/// A payment that waits while one paper is made and succeeds before the next stands in the next
/// one's due, and the dues of both are the due of a paper over both.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_waited_is_due_once() {
    let second = "2022-12-06";
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = Box::pin(town.desk(&as_is)).await;
        let gateway = desk.config.sources.iter();
        let gateway = gateway.filter(|source| source.registration.is_gateway);
        let name = gateway.clone().next().unwrap().name.clone();
        let row = |status| Txn {
            source: name.clone(),
            status,
            ..crate::rows::txn("wait-1", 77_000, FIRST)
        };
        let before = "2022-12-04";
        town.morning_after(day(before));
        Box::pin(night(&desk, before)).await;
        let save = async |at: &str, status| {
            let delivery = Delivery {
                txns: vec![row(status)],
                ..Delivery::default()
            };
            let saved = desk
                .store
                .save_transactions(&name, day(at), &delivery, merge);
            saved.await.unwrap();
            town.morning_after(day(at));
            Box::pin(night(&desk, at)).await;
        };
        save(FIRST, TxnStatus::Pending).await;
        let file = format!("bien-ban-doi-soat_{name}.docx");
        let paper = async |span| {
            let form = Form::Minutes(Some(name.clone()));
            said(&write_of(&desk, form, span).await[&file])
        };
        let early = paper(Span::Night(day(FIRST))).await;
        assert_eq!(told(&early, WAITING), [1, 77_000]);
        save(second, TxnStatus::Success).await;
        let (one, two) = (
            paper(Span::Night(day(FIRST))).await,
            paper(Span::Night(day(second))).await,
        );
        let both = paper(Span::Days(Period::range(day(FIRST), day(second)))).await;
        assert_eq!(
            due(&one),
            due(&early),
            "{kind:?}: made again it is the same"
        );
        assert_eq!(told(&one, TURNOVER[0]), told(&early, TURNOVER[0]));
        assert_eq!(told(&two, TAKEN_UP), [1, 77_000], "{kind:?}");
        assert_eq!(
            (told(&one, TAKEN_UP), told(&two, TAKEN_BACK)),
            ([0, 0], [0, 0])
        );
        assert_eq!(due(&one) + due(&two), due(&both), "{kind:?}");
        assert_eq!(told(&both, TAKEN_UP), [0, 0]);
        let paid = [&one, &two].map(|texts| told(texts, TURNOVER[0])[1]);
        assert_eq!(paid[0] + paid[1] + 77_000, told(&both, TURNOVER[0])[1]);
        adds_up(&two, &file);
        Box::pin(desk.close()).await;
    }
}

/// A payment that waits at the end of a period and is paid on a later day stays in the paper of the
/// period, made again: as waiting then, with every figure as it was, and named as paid since. The
/// next paper begins with it and tells it as paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_paid_on_a_later_day_is_named_where_it_waited() {
    let second = "2022-12-06";
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = Box::pin(town.desk(&as_is)).await;
        let mut gateway = desk.config.sources.iter();
        let gateway = gateway.find(|source| source.registration.is_gateway);
        let name = gateway.unwrap().name.clone();
        let save = async |at: &str, status| {
            let row = Txn {
                source: name.clone(),
                status,
                ..crate::rows::txn("wait-2", 77_000, at)
            };
            let delivery = Delivery {
                txns: vec![row],
                ..Delivery::default()
            };
            let saved = desk
                .store
                .save_transactions(&name, day(at), &delivery, merge);
            saved.await.unwrap();
            town.morning_after(day(at));
            Box::pin(night(&desk, at)).await;
        };
        save(FIRST, TxnStatus::Pending).await;
        let file = format!("bien-ban-doi-soat_{name}");
        let paper = async |span| {
            let form = Form::Minutes(Some(name.clone()));
            let files = write_of(&desk, form, span).await;
            said(&files[&format!("{file}.docx")])
        };
        let early = paper(Span::Night(day(FIRST))).await;
        save(second, TxnStatus::Success).await;
        let one = paper(Span::Night(day(FIRST))).await;
        let two = paper(Span::Night(day(second))).await;
        let both = paper(Span::Days(Period::range(day(FIRST), day(second)))).await;
        let lines = [super::ROWS, super::CLOSING, super::SETTLED];
        for line in lines.into_iter().chain(TURNOVER) {
            assert_eq!(told(&one, line), told(&early, line), "{kind:?} {line}");
        }
        assert_eq!(told(&one, super::PAID_SINCE), [1, 77_000], "{kind:?}");
        assert!(!super::has(&early, super::PAID_SINCE));
        let since = "đã thanh toán, tính vào ngày 06/12/2022";
        assert!(super::has(&one, since), "{one:?}");
        assert_eq!(told(&two, super::OPENING), told(&one, super::CLOSING));
        assert_eq!(told(&two, super::OPENING), told(&early, super::CLOSING));
        let settled = told(&two, super::SETTLED);
        assert!(settled[0] >= 1 && settled[1] >= 77_000, "{settled:?}");
        assert_eq!(told(&two, TAKEN_UP), [0, 0]);
        assert_eq!(due(&one) + due(&two), due(&both), "{kind:?}: due once");
        adds_up(&one, &file);
        adds_up(&two, &file);
        Box::pin(desk.close()).await;
    }
}

/// What an earlier paper counted and nobody counts any more is taken off, with its fee.
#[test]
fn what_was_counted_before_is_taken_off() {
    let (period, run) = december();
    let of_november = |id: &str, class: &str, bucket: &str| ProviderRow {
        business_date: day("2022-11-30"),
        ..row(id, class, bucket)
    };
    let changed = |was: [&str; 2], now: [&str; 2]| {
        (
            of_november("1", was[0], was[1]),
            of_november("1", now[0], now[1]),
        )
    };
    let (fine, seen_twice) = (["ok", "matched"], ["sighting", "excluded"]);
    let waits = ["pending", "open"];
    let paper = Minutes {
        changed: vec![
            changed(fine, seen_twice),
            changed(waits, fine),
            changed(waits, ["unidentified", "open"]),
            changed(["unidentified", "open"], fine),
        ],
        ..minutes(&period, &run, rows())
    };
    let sums = paper.sums();
    assert_eq!((sums.taken_up.count, sums.taken_up.sum_vnd), (2, 2_010_000));
    assert_eq!(
        (sums.taken_back.count, sums.taken_back.sum_vnd),
        (1, 1_005_000)
    );
    let alone = minutes(&period, &run, rows()).sums();
    assert_eq!(sums.due - alone.due, 1_005_000 - 5_000);
    let texts = of(&paper);
    assert_eq!(told(&texts, TAKEN_BACK), [1, 1_005_000]);
    let carried = "Chuyển kỳ: giao dịch của kỳ trước nay đổi kết quả";
    assert_eq!(told(&texts, carried), [3, 1_005_000]);
}
