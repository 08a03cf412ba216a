//! What gateways hold, by figures told by hand: the bridge from the night before to tonight, the
//! days, the first night, and what is left over where rows vanish or change.

use doisoat::classify::Bucket;
use doisoat::domain::{Lang, RowKey, SourceName, TxnKind, TxnStatus, Vnd};
use doisoat::matching::Evidence;
use doisoat::report::model::{GatewayDay, HeldRow};
use doisoat::report::{Figure, GatewayFacts, HeldBefore, StandingRow};
use doisoat::settle::Rules;
use serde_json::Value;

use super::example::{self, Scene, day};
use super::{build, files, page, text};

mod told;

const MOMO: &str = "momo";
const BANK: &str = "sepay-main";

fn facts(scene: &mut Scene) -> &mut GatewayFacts {
    scene.facts.page.gateways.as_mut().unwrap()
}

/// One more line, decided as this class.
fn line(scene: &mut Scene, (source, id): (&str, &str), on: &str, dong: i64, class: &'static str) {
    let mut txn = scene.inputs.txns[0].clone();
    let key = txn.key();
    let row = scene.settlement.rows.iter().find(|row| row.key == key);
    let mut row = row.unwrap().clone();
    (txn.source, txn.id) = (SourceName::new(source), id.into());
    (txn.amount, txn.fee, txn.net) = (Vnd::new(dong), Vnd::ZERO, Vnd::new(dong));
    (txn.paid_on, txn.business_date) = (day(on), day(on));
    (row.key, row.class, row.amount) = (txn.key(), class, txn.amount);
    row.evidence.clear();
    if class != "ok" {
        row.bucket = Bucket::Excluded;
    }
    scene.inputs.txns.push(txn);
    scene.settlement.rows.push(row);
}

/// What the last line was taken for.
fn because(scene: &mut Scene, why: Evidence) {
    scene.settlement.rows.last_mut().unwrap().evidence = vec![why];
}

/// What stood decided before the night of the last line.
fn stood(scene: &mut Scene, class: &str) {
    let txn = scene.inputs.txns.last().unwrap();
    let row = StandingRow {
        key: txn.key(),
        class: class.into(),
        evidence: Vec::new(),
        amount: txn.amount,
        paid_on: txn.paid_on,
        business_date: txn.business_date,
        bank_ref: None,
    };
    facts(scene).standing.push(row);
}

fn told(on: &str, rows: u64, held: i128) -> GatewayDay {
    GatewayDay {
        source: MOMO.into(),
        day: day(on),
        paid: Figure::new(rows, held),
        fees: 0,
        returned: Figure::default(),
        due: held,
        rows,
        batch: None,
        singles: Figure::default(),
        singles_settled: 0,
        singles_on: None,
        expected: Some(0),
        odd: Figure::default(),
        overdue: false,
    }
}

/// A gateway on 5 December: a credit for the 3rd, a payment of the 4th seen by itself at the bank,
/// one that came late, one that waited, and of the day a payment with its fee and a refund.
fn scene() -> Scene {
    let mut scene = example::undecided();
    let rules = Rules::default();
    let before = HeldBefore {
        rows: vec![HeldRow {
            source: MOMO.into(),
            closing: 187_000,
            older: 7_000,
            ..HeldRow::default()
        }],
        days: vec![
            told("2022-11-27", 1, 1_000),
            told("2022-12-03", 2, 150_000),
            told("2022-12-04", 2, 29_000),
        ],
    };
    scene.facts.page.gateways = Some(Box::new(GatewayFacts {
        gateways: vec![SourceName::new(MOMO)],
        first: day("2022-11-28"),
        due_from: day("2022-12-02"),
        rates: rules.net_rates,
        standing: Vec::new(),
        before: Some(before),
    }));
    for (id, on, dong) in [
        ("a1", "2022-12-03", 100_000),
        ("a2", "2022-12-03", 50_000),
        ("b1", "2022-12-04", 20_000),
        ("b2", "2022-12-04", 9_000),
    ] {
        line(&mut scene, (MOMO, id), on, dong, "ok");
        stood(&mut scene, "ok");
    }
    line(&mut scene, (MOMO, "late"), "2022-12-04", 60_000, "ok");
    line(&mut scene, (MOMO, "waited"), "2022-12-04", 4_000, "ok");
    stood(&mut scene, "pending");
    line(&mut scene, (MOMO, "c1"), "2022-12-05", 30_000, "ok");
    let txn = scene.inputs.txns.last_mut().unwrap();
    (txn.fee, txn.net) = (Vnd::new(330), Vnd::new(29_670));
    line(&mut scene, (MOMO, "c2"), "2022-12-05", 5_000, "ok");
    scene.inputs.txns.last_mut().unwrap().kind = TxnKind::Refund;
    line(&mut scene, (MOMO, "c3"), "2022-12-05", 77_000, "failed");
    scene.inputs.txns.last_mut().unwrap().status = TxnStatus::Failed;
    line(
        &mut scene,
        (BANK, "credit"),
        "2022-12-05",
        148_350,
        "batch_settlement",
    );
    let of = Evidence::BatchOf(MOMO.into(), day("2022-12-03"), Vnd::new(148_350));
    because(&mut scene, of);
    line(&mut scene, (BANK, "seen"), "2022-12-05", 20_000, "sighting");
    because(&mut scene, Evidence::NamesTransaction("b1".into()));
    scene
}

fn row(scene: &Scene) -> HeldRow {
    let held = build(scene).held.unwrap();
    assert_eq!(held.rows.len(), 1);
    held.rows[0].clone()
}

fn of_day(scene: &Scene, on: &str) -> GatewayDay {
    let held = build(scene).held.unwrap();
    let found = held.days.into_iter().find(|of| of.day == day(on));
    found.unwrap()
}

fn find<'s>(scene: &'s mut Scene, id: &str) -> &'s mut doisoat::domain::Txn {
    let mut txns = scene.inputs.txns.iter_mut();
    txns.find(|txn| &*txn.id == id).unwrap()
}

fn forget(scene: &mut Scene, id: &str) {
    scene.inputs.txns.retain(|txn| &*txn.id != id);
    scene.settlement.rows.retain(|row| &*row.key.id != id);
}

#[test]
fn from_what_it_held_to_what_it_holds() {
    let scene = scene();
    let held = row(&scene);
    assert_eq!((held.opening, held.recomputed), (187_000, false));
    assert_eq!((held.paid, held.fees), (Figure::new(1, 30_000), 330));
    assert_eq!(held.returned, Figure::new(1, 5_000));
    assert_eq!(
        held.late,
        Figure::new(2, 64_000),
        "one came, one is final now"
    );
    assert_eq!(held.batches, Figure::new(1, 148_350));
    assert_eq!(held.singles, Figure::new(1, 20_000));
    assert_eq!(held.kept, 1_650, "known since the money came");
    assert_eq!(held.older, 8_000, "with the day that left the window");
    assert_eq!(held.closing, 8_000 + 9_000 + 64_000 + 29_670 - 5_000);
    assert_eq!(held.rest(), 0);
    let credited = of_day(&scene, "2022-12-03");
    assert_eq!(
        (credited.held(), credited.kept(), credited.expected),
        (0, 1_650, Some(1_650))
    );
    let batch = credited.batch.as_ref().unwrap();
    assert_eq!(
        (&*batch.bank, batch.received, batch.settled),
        (BANK, 148_350, 150_000)
    );
    assert_eq!(credited.after(example::night()), 2);
    let seen = of_day(&scene, "2022-12-04");
    assert_eq!((seen.singles, seen.rows), (Figure::new(1, 20_000), 4));
    assert_eq!((seen.held(), seen.overdue), (73_000, false));
    let page = page(&scene);
    for said in [
        "Tiền cổng còn giữ, từ đêm trước chuyển sang",
        "187.000\u{a0}₫",
        "Trong số còn giữ có 8.000\u{a0}₫ của các ngày đã ra khỏi cửa sổ",
        "gộp, sepay-main",
        "từng khoản, 1/4 dòng",
        "chưa về",
        "dự kiến 1.650\u{a0}₫",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// The closing is added up from the rows: whatever becomes of them stays in sight.
#[test]
fn what_vanished_or_changed_is_left_over() {
    let check = |change: &dyn Fn(&mut Scene), rest: i128| {
        let mut scene = scene();
        change(&mut scene);
        assert_eq!(row(&scene).rest(), rest);
        let bad = format!(
            "<td class=\"num bad\">{}",
            doisoat::text::money(Lang::Vi, rest)
        );
        assert!(page(&scene).contains(&bad), "{rest}");
        let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
        assert_eq!(
            run["gateway_bridge"][0]["rest_vnd"],
            i64::try_from(rest).unwrap()
        );
    };
    check(&|scene| forget(scene, "b2"), 9_000);
    check(&|scene| find(scene, "b2").net = Vnd::new(8_500), 500);
    check(&|scene| find(scene, "b2").status = TxnStatus::Void, 9_000);
    // a row of a day that a credit settled: the credit settles less
    check(&|scene| forget(scene, "a2"), 50_000);
    // the night before says that it held more than its days
    let more = |scene: &mut Scene| {
        let before = facts(scene).before.as_mut().unwrap();
        before.rows[0].closing += 11;
    };
    check(&more, 11);
    // a fee that is not what the net lacks
    check(&|scene| find(scene, "c1").fee = Vnd::new(300), 30);
}

#[test]
fn a_credit_that_is_none_any_more_is_held_again() {
    let mut scene = scene();
    let stood_on = |scene: &mut Scene, id: &str, class: &str, why: Evidence| {
        let row = StandingRow {
            key: RowKey::txn(&SourceName::new(BANK), id),
            class: class.into(),
            evidence: vec![why],
            amount: Vnd::new(20_000),
            paid_on: day("2022-12-04"),
            business_date: day("2022-12-04"),
            bank_ref: Some("FT1".into()),
        };
        facts(scene).standing.push(row);
    };
    let named = || Evidence::NamesTransaction("b1".into());
    // seen the night before, and not read tonight: it stands, and is no movement
    forget(&mut scene, "seen");
    stood_on(&mut scene, "seen", "sighting", named());
    let before = facts(&mut scene).before.as_mut().unwrap();
    before.rows[0].closing -= 20_000;
    before.days[2].singles = Figure::new(1, 20_000);
    before.days[2].singles_settled = 20_000;
    let held = row(&scene);
    assert_eq!(
        (held.opening, held.singles, held.rest()),
        (167_000, Figure::default(), 0)
    );
    assert_eq!(of_day(&scene, "2022-12-04").singles, Figure::new(1, 20_000));
    // read again tonight, and it names nothing any more
    line(
        &mut scene,
        (BANK, "seen"),
        "2022-12-04",
        20_000,
        "unidentified",
    );
    let held = row(&scene);
    assert_eq!((held.singles, held.rest()), (Figure::new(1, -20_000), 0));
    assert_eq!(of_day(&scene, "2022-12-04").held(), 93_000);
}

#[test]
fn the_first_night_adds_up_what_came_before_it_and_says_so() {
    let mut scene = scene();
    facts(&mut scene).before = None;
    facts(&mut scene).standing.clear();
    let held = row(&scene);
    assert!(held.recomputed);
    assert_eq!((held.opening, held.older), (150_000 + 93_000, 0));
    assert_eq!((held.late, held.rest()), (Figure::default(), 0));
    let said = "momo: Chưa có đêm trước báo số này: số đầu kỳ cộng lại từ các ngày trong cửa sổ.";
    assert!(page(&scene).contains(said));
    // a line of the bank of an earlier day was there before
    let seen = find(&mut scene, "seen");
    (seen.paid_on, seen.business_date) = (day("2022-12-04"), day("2022-12-04"));
    let held = row(&scene);
    assert_eq!(
        (held.opening, held.singles),
        (150_000 + 73_000, Figure::default())
    );
    assert_eq!(held.rest(), 0);
}

/// A settlement file tells the gateway's payments again: they are one gateway, and count once.
#[test]
fn a_payment_that_two_sources_of_a_gateway_tell_is_held_once() {
    let mut scene = scene();
    let alone = row(&scene);
    facts(&mut scene)
        .gateways
        .push(SourceName::new("momo-file"));
    for (id, of) in [("f1", "b2"), ("f2", "c1")] {
        let on = find(&mut scene, of).paid_on.to_string();
        let dong = find(&mut scene, of).amount.get();
        line(&mut scene, ("momo-file", id), &on, dong, "sighting");
        because(&mut scene, Evidence::SameAs(of.into()));
    }
    // the bank names the file's row
    forget(&mut scene, "seen");
    line(&mut scene, (BANK, "seen"), "2022-12-05", 9_000, "sighting");
    because(&mut scene, Evidence::NamesTransaction("f1".into()));
    let held = row(&scene);
    assert_eq!(&*held.also, ["momo-file".into()]);
    assert_eq!((held.paid, held.late), (alone.paid, alone.late));
    assert_eq!((held.singles, held.rest()), (Figure::new(1, 9_000), 0));
    assert!(page(&scene).contains("momo: Gồm cả momo-file, cùng một cổng."));
}

#[test]
fn days_that_are_overdue_and_fees_that_no_rate_gives_are_marked() {
    let mut scene = scene();
    line(&mut scene, (MOMO, "old"), "2022-12-01", 40_000, "ok");
    find(&mut scene, "c1").fee = Vnd::new(500);
    find(&mut scene, "c1").net = Vnd::new(29_500);
    let late = of_day(&scene, "2022-12-01");
    assert!(late.overdue && late.after(example::night()) == 4);
    assert_eq!((late.known_fee(), late.expected), (None, Some(440)));
    let odd = of_day(&scene, "2022-12-05");
    assert_eq!((odd.odd, odd.expected), (Figure::new(1, 30_000), Some(330)));
    let told = page(&scene);
    assert_eq!(told.matches("⚠ quá hạn").count(), 1);
    assert!(told.contains("1 khoản, 30.000\u{a0}₫: không mức phí nào cho số phí này"));
    // a credit that lacks another fee than the rates give: of all payments of the day
    find(&mut scene, "credit").amount = Vnd::new(148_000);
    assert_eq!(of_day(&scene, "2022-12-03").odd, Figure::new(2, 150_000));
    facts(&mut scene).rates.clear();
    let none = of_day(&scene, "2022-12-03");
    assert_eq!((none.expected, none.odd), (None, Figure::default()));
    scene.facts.lang = Lang::En;
    assert!(page(&scene).contains("⚠ overdue"));
}
