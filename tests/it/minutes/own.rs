//! From party B's figure to party A's: each difference is a line, the lines add up, and what they
//! do not explain is told.

use std::collections::BTreeSet;

use doisoat::classify::CLASSES;
use doisoat::domain::{OrderStatus, Ordered, OwnOrder, Period, ProviderRow, SourceName, Vnd};
use doisoat::job::forms::Form;
use doisoat::job::report_again::Span;
use doisoat::report::forms::{self, Minutes, Why};

use super::{of, told};
use crate::database::Kind;
use crate::forms::{TURNOVER, december, minutes, row, said, write_of};
use crate::town::{FIRST, Town, as_is, day, night};

const OWN: &str =
    "Số liệu bên A: yêu cầu thanh toán lập trong kỳ qua bên B, hệ thống một cửa ghi đã thu";
const BY_B: &str = "Theo bên B: thanh toán thành công (dòng II.1)";
const REST: &str = "Chênh lệch còn lại, chưa giải thích được";

fn order(id: &str, status: OrderStatus, amount: i64) -> OwnOrder {
    OwnOrder {
        id: id.into(),
        dossier: "H48.18.22-221205-0001".into(),
        made_on: day(FIRST),
        amount: Vnd::new(amount),
        status,
    }
}

fn payment(id: &str, of: &str, amount: i64) -> ProviderRow {
    ProviderRow {
        order_ref: Some(of.into()),
        amount: Vnd::new(amount),
        ..row(id, "ok", "matched")
    }
}

/// One order of every kind over which the two differ, and one over which they agree.
fn differing<'a>(period: &'a Period, run: &'a doisoat::domain::RunId) -> Minutes<'a> {
    use OrderStatus::{Expired, Paid, Pending, Refunded};
    let before = OwnOrder {
        made_on: day("2022-11-30"),
        ..order("BEFORE", Paid, 16)
    };
    let orders = vec![
        order("AGAIN", Paid, 1_000),
        order("AMOUNT", Paid, 500),
        before,
        order("BOTH", Paid, 1),
        order("FAILED", Expired, 8),
        order("ONLY-A", Paid, 64),
        order("OTHERWISE", Paid, 128),
        order("REFUNDED", Refunded, 2),
        order("WAITING", Pending, 4),
    ];
    let waits = ProviderRow {
        class: "pending".into(),
        bucket: "open".into(),
        status: "pending".into(),
        ..payment("p8", "OTHERWISE", 128)
    };
    let paid = orders.iter().filter(|order| order.status == Paid);
    let paid = paid.filter(|order| order.made_on == day(FIRST));
    let ordered = Ordered {
        orders: 8,
        paid: u64::try_from(paid.clone().count()).unwrap(),
        paid_vnd: paid.map(|order| order.amount.get()).sum(),
    };
    let rows = vec![
        payment("p1", "BOTH", 1),
        payment("p2", "REFUNDED", 2),
        payment("p3", "WAITING", 4),
        payment("p4", "FAILED", 8),
        payment("p5", "BEFORE", 16),
        payment("p6", "NOBODY-S", 32),
        waits,
        payment("p9", "AGAIN", 999),
        payment("q1", "AGAIN", 1_000),
        payment("q2", "AMOUNT", 700),
    ];
    Minutes {
        ordered,
        orders,
        ..minutes(period, run, rows)
    }
}

#[test]
fn each_difference_between_the_parties_is_a_line() {
    let (period, run) = december();
    let paper = differing(&period, &run);
    let steps = paper.steps();
    let why: Vec<(Why, &str, (i128, i128))> = steps
        .iter()
        .map(|step| (step.why, step.id, step.adds()))
        .collect();
    let wanted = [
        (Why::Returned, "p2", (-1, -2)),
        (Why::Waiting, "p3", (-1, -4)),
        (Why::Failed, "p4", (-1, -8)),
        (Why::OtherPeriod, "p5", (-1, -16)),
        (Why::Unknown, "p6", (-1, -32)),
        (Why::Again, "p9", (-1, -999)),
        (Why::Otherwise, "OTHERWISE", (1, 128)),
        (Why::OnlyA, "ONLY-A", (1, 64)),
        (Why::Amount, "q2", (0, -200)),
    ];
    assert_eq!(why, wanted);
    let texts = of(&paper);
    assert_eq!(told(&texts, BY_B), told(&texts, TURNOVER[0]));
    assert_eq!(told(&texts, OWN), [5, 1 + 1_000 + 500 + 64 + 128]);
    assert_eq!(told(&texts, "Bên B đã thu, bên A ghi đã hoàn"), [-1, -2]);
    assert_eq!(told(&texts, REST), [0, 0], "all is explained");
    let xlsx = forms::xlsx(&paper.paper(CLASSES), day(FIRST)).unwrap();
    crate::forms_book::tells_the_same(&xlsx, &texts, "bridge");
    // what nobody explains is shown
    let mut unexplained = differing(&period, &run);
    unexplained.ordered.paid += 1;
    unexplained.ordered.paid_vnd += 77;
    let texts = of(&unexplained);
    assert_eq!(told(&texts, REST), [1, 77]);
    let silent = of(&minutes(&period, &run, vec![payment("p1", "BOTH", 1)]));
    assert!(!super::has(&silent, REST) && !super::has(&silent, BY_B));
}

/// Nights of a district: whatever the two differ by is told.
#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_district_lead_from_one_party_to_the_other() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = Box::pin(town.desk(&as_is)).await;
        let second = "2022-12-06";
        for date in [FIRST, second] {
            town.morning_after(day(date));
            Box::pin(night(&desk, date)).await;
        }
        let gateway = desk.config.sources.iter();
        let mut gateway = gateway.filter(|source| source.registration.is_gateway);
        let name = SourceName::new(gateway.next().unwrap().name.as_str());
        let file = format!("bien-ban-doi-soat_{name}.docx");
        for span in [
            Span::Night(day(FIRST)),
            Span::Night(day(second)),
            Span::Days(Period::range(day(FIRST), day(second))),
        ] {
            let form = Form::Minutes(Some(name.clone()));
            let texts = said(&write_of(&desk, form, span).await[&file]);
            assert_eq!(told(&texts, BY_B), told(&texts, TURNOVER[0]), "{kind:?}");
            assert_eq!(told(&texts, REST), [0, 0], "{kind:?}");
            let at = |what: &str| texts.iter().position(|text| text == what).unwrap();
            assert!(at(OWN) < at(BY_B) && at(BY_B) < at(REST));
        }
        let span = Period::range(day(FIRST), day(second));
        let nobody = BTreeSet::new();
        let orders = desk.store.own_orders("vnpay", &span, &nobody, day(second));
        let orders = orders.await.unwrap();
        let told = desk
            .store
            .ordered("vnpay", &span, day(second))
            .await
            .unwrap();
        assert_eq!(told.orders, u64::try_from(orders.len()).unwrap());
        assert!(told.orders > 0, "a district orders at its gateway");
        let named = BTreeSet::from([&*orders[0].id, "nobody-s"]);
        let later = Period::range(day("2022-12-07"), day("2022-12-07"));
        let found = desk.store.own_orders("vnpay", &later, &named, day(second));
        assert_eq!(found.await.unwrap(), orders[..1]);
        Box::pin(desk.close()).await;
    }
}
