//! The looser passes under load: equal rows by the ten thousand are never compared pair by pair.
//! Each block here has 10^8 pairs and more; the dev profile settles it in seconds, or the test
//! fails.

use std::time::Duration;

use doisoat::clock::Stopwatch;
use doisoat::domain::{
    Day, DeclaredMethod, Fee, FeeId, Inputs, Moment, Receipt, Rules, Txn, TxnKind, Vnd,
};
use doisoat::matching::desk::Standing;
use doisoat::matching::lane::Lane;
use doisoat::matching::pool::Pool;
use doisoat::matching::{Evidence, run};
use doisoat::settle::{Settlement, settle};

use crate::rows::{fee, receipt, txn};

const ROWS: usize = 20_000;
/// A machine under load needs its time; comparing pairs would take hours.
const LIMIT: Duration = Duration::from_mins(1);

fn dossier(i: usize, payer: &str) -> Fee {
    // seven digits, spread so that few codes are one edit apart
    Fee {
        payer_name: payer.into(),
        ..fee(
            &format!("H48.18.22-221205-{:07}", i * 37 + 1_000_000),
            &format!("F{i}"),
            50_000,
        )
    }
}

fn payment(i: usize, memo: &str, payer: &str) -> Txn {
    Txn {
        memo: memo.into(),
        payer: payer.into(),
        account: Some("8888".into()),
        ..txn(&format!("T{i:06}"), 50_000, "2022-12-05")
    }
}

/// Settles the block in time; tells how many payments were credited, how many are in a set, and how
/// many say that too many rows hang together.
fn check(what: &str, mut day: Inputs, expected: [usize; 3]) {
    day.sort();
    let rules = Rules {
        collection_accounts: vec![("8888".into(), Some("H48.18.22".into()))],
        ..Rules::default()
    };
    let start = Stopwatch::start();
    let pool = Pool::new(&day, &rules);
    let desk = run(&pool, Lane::Closed);
    let took = start.elapsed();
    let count = |is: fn(&Standing) -> bool| desk.txns.iter().filter(|s| is(s)).count();
    let credited = count(|s| matches!(s, Standing::Credited));
    let in_sets = count(|s| matches!(s, Standing::InSet(_)));
    let too_many = count(|s| {
        let evidence = s.out().into_iter().flat_map(|out| &out.evidence);
        evidence
            .into_iter()
            .any(|said| matches!(said, Evidence::TooMany(..)))
    });
    assert_eq!([credited, in_sets, too_many], expected, "{what}");
    assert!(took < LIMIT, "{what} took {took:?}");
}

fn day(fees: impl Iterator<Item = Fee>, txns: impl Iterator<Item = Txn>) -> Inputs {
    Inputs {
        fees: fees.collect(),
        txns: txns.collect(),
        ..Inputs::default()
    }
}

#[test]
fn equal_amounts_of_one_day_without_any_name_are_one_set() {
    let fees = (0..ROWS).map(|i| dossier(i, ""));
    let txns = (0..ROWS).map(|i| payment(i, "nop le phi", ""));
    check("a set", day(fees, txns), [0, ROWS, 0]);
}

#[test]
fn one_payment_too_many_and_nothing_is_certified() {
    let fees = (0..ROWS).map(|i| dossier(i, ""));
    let txns = (0..=ROWS).map(|i| payment(i, "nop le phi", ""));
    check("one too many", day(fees, txns), [0, 0, 0]);
}

#[test]
fn one_payer_with_twenty_thousand_dossiers_is_too_much_to_tell_apart() {
    let payer = "CONG TY DO DAC";
    let fees = (0..ROWS).map(|i| dossier(i, payer));
    let txns = (0..ROWS - 1).map(|i| payment(i, "nop le phi", payer));
    check("one payer", day(fees, txns), [0, 0, ROWS - 1]);
}

#[test]
fn twenty_thousand_payers_with_one_dossier_each_are_twenty_thousand_components() {
    let name = |i: usize| format!("NGUYEN VAN {i}");
    let fees = (0..ROWS).map(|i| dossier(i, &name(i)));
    let txns = (0..ROWS).map(|i| payment(i, "nop le phi", &name(i)));
    // so common an amount that a name and an account are not enough
    check("many payers", day(fees, txns), [0, 0, 0]);
}

#[test]
fn twenty_thousand_codes_with_a_slip_are_each_looked_up() {
    let name = |i: usize| format!("NGUYEN VAN {i}");
    let fees = (0..ROWS).map(|i| dossier(i, &name(i)));
    let slip = |i: usize| {
        let code = dossier(i, "").dossier_code.squeezed();
        // the first two digits of the date changed places
        code.replace("221205", "212205")
    };
    let txns = (0..ROWS / 4).map(|i| payment(i, &slip(i), &name(i)));
    let mut day = day(fees, txns);
    for txn in &mut day.txns {
        txn.account = None;
    }
    check("slips", day, [ROWS / 4, 0, 0]);
}

/// Settles the day and proves it, in time.
fn proved(what: &str, mut day: Inputs) -> Settlement {
    day.sort();
    let rules = Rules {
        collection_accounts: vec![("8888".into(), Some("H48.18.22".into()))],
        ..Rules::default()
    };
    let start = Stopwatch::start();
    let settled = settle(&day, &rules, &Vec::new()).unwrap();
    let found = doisoat::prove::prove(&day, &rules, &Vec::new(), &settled);
    let took = start.elapsed();
    assert!(found.is_empty(), "{what}: {}", crate::prove::told(&found));
    assert!(took < LIMIT, "{what} took {took:?}");
    settled
}

/// The first payment settles, each later one repeats it.
#[test]
fn a_dossier_paid_twenty_thousand_times_is_proved() {
    let code = dossier(0, "").dossier_code;
    let txns = (0..ROWS).map(|i| payment(i, code.as_str(), "NGUYEN VAN A"));
    let day = day([dossier(0, "")].into_iter(), txns);
    let settled = proved("one dossier", day);
    // the line that was paid again says so too
    let repeats = settled.rows.iter().filter(|row| row.class == "duplicate");
    assert_eq!(repeats.count(), ROWS);
}

#[test]
fn equal_amounts_without_any_name_are_proved() {
    let fees = || (0..ROWS).map(|i| dossier(i, ""));
    let txns = |count| (0..count).map(|i| payment(i, "nop le phi", ""));
    proved("a set", day(fees(), txns(ROWS)));
    proved("one too many", day(fees(), txns(ROWS + 1)));
}

#[test]
fn one_payer_with_twenty_thousand_dossiers_is_proved() {
    let payer = "CONG TY DO DAC";
    let fees = || (0..ROWS).map(|i| dossier(i, payer));
    let unnamed = (0..ROWS - 1).map(|i| payment(i, "nop le phi", payer));
    proved("nothing named", day(fees(), unnamed));
    let code = |i: usize| dossier(i, "").dossier_code.as_str().to_owned();
    let named = (0..ROWS).map(|i| payment(i, &code(i), payer));
    proved("each named", day(fees(), named));
}

/// Fee lines of one dossier.
const LINES: usize = 10_000;

/// The lines of one dossier, each over an amount of its own.
fn lines(count: usize, method: DeclaredMethod) -> impl Iterator<Item = Fee> {
    (0..count).map(move |i| Fee {
        fee_id: FeeId::new(&format!("F{i:06}")),
        amount: due(i),
        declared_method: method,
        ..dossier(0, "NGUYEN VAN A")
    })
}

fn due(i: usize) -> Vnd {
    Vnd::new(i64::try_from(1_000 * (i + 10)).unwrap())
}

/// A payment that names the dossier of the lines.
fn paid(i: usize, amount: Vnd) -> Txn {
    let code = dossier(0, "").dossier_code;
    Txn {
        amount,
        net: amount,
        ..payment(i, code.as_str(), "NGUYEN VAN A")
    }
}

fn in_class(settled: &Settlement, class: &str) -> usize {
    settled.rows.iter().filter(|row| row.class == class).count()
}

#[test]
fn a_dossier_with_ten_thousand_lines_is_proved() {
    let qr = || lines(LINES, DeclaredMethod::Qr);
    let each = proved("each paid", day(qr(), (0..LINES).map(|i| paid(i, due(i)))));
    assert_eq!(in_class(&each, "ok"), 2 * LINES);
    // the last line first, so that none is where it is looked for first
    let last = (0..LINES).map(|i| paid(i, due(LINES - 1 - i)));
    let last = proved("the last first", day(qr(), last));
    assert_eq!(in_class(&last, "ok"), 2 * LINES);
    let none = proved("none paid", day(qr(), std::iter::empty()));
    assert_eq!(in_class(&none, "missing_payment"), LINES);
    let half = (0..LINES).step_by(2).map(|i| paid(i, due(i)));
    let half = proved("half paid", day(qr(), half));
    assert_eq!(in_class(&half, "missing_payment"), LINES / 2);
}

#[test]
fn one_payment_for_ten_thousand_lines_is_proved() {
    let all: i64 = (0..LINES).map(|i| due(i).get()).sum();
    let qr = || lines(LINES, DeclaredMethod::Qr);
    let whole = proved("all", day(qr(), std::iter::once(paid(0, Vnd::new(all)))));
    assert_eq!(in_class(&whole, "ok"), LINES + 1);
    let short = std::iter::once(paid(0, Vnd::new(all / 2)));
    let short = proved("not all", day(qr(), short));
    assert!(in_class(&short, "underpaid") > LINES / 4);
}

/// What is open beside them is tried on the dossier in every way.
#[test]
fn an_open_payment_beside_ten_thousand_lines_is_proved() {
    let stranger = payment(LINES, "chuyen tien", "LE THI C");
    let stranger = Txn {
        amount: Vnd::new(777),
        net: Vnd::new(777),
        account: None,
        ..stranger
    };
    let txns = (1..LINES).map(|i| paid(i, due(i))).chain([stranger]);
    let settled = proved("one open", day(lines(LINES, DeclaredMethod::Qr), txns));
    assert_eq!(in_class(&settled, "missing_payment"), 1);
    assert_eq!(in_class(&settled, "unidentified"), 1);
}

#[test]
fn ten_thousand_refunds_of_one_dossier_are_proved() {
    let back = |i: usize, kind| Txn {
        id: format!("Z{i:06}").into(),
        kind,
        paid_at: Moment::parse("2022-12-06T10:00:00").unwrap(),
        paid_on: Day::parse("2022-12-06").unwrap(),
        business_date: Day::parse("2022-12-06").unwrap(),
        ..paid(i, due(i))
    };
    for kind in [TxnKind::Refund, TxnKind::Reversal] {
        let txns = (0..LINES).flat_map(|i| [paid(i, due(i)), back(i, kind)]);
        let settled = proved("gone", day(lines(LINES, DeclaredMethod::Qr), txns));
        let gone = in_class(&settled, "refunded") + in_class(&settled, "reversed");
        assert_eq!(gone, 2 * LINES, "{kind:?}");
    }
}

#[test]
fn payments_that_fit_no_line_of_ten_thousand_are_proved() {
    let odd = |i: usize| Vnd::new(i64::try_from(777 * (i + 3)).unwrap());
    let qr = lines(LINES, DeclaredMethod::Qr);
    let settled = proved("odd", day(qr, (0..LINES).map(|i| paid(i, odd(i)))));
    assert!(in_class(&settled, "partial") > LINES / 2);
}

#[test]
fn lines_of_one_amount_paid_twice_are_proved() {
    let equal = lines(LINES, DeclaredMethod::Qr).map(|fee| Fee {
        amount: due(0),
        ..fee
    });
    let twice = (0..2 * LINES).map(|i| paid(i, due(0)));
    let settled = proved("twice", day(equal, twice));
    // each of the second half repeats the first payment, whose line says so too
    assert_eq!(in_class(&settled, "duplicate"), LINES + 1);
    assert_eq!(in_class(&settled, "ok"), 2 * LINES - 1);
}

#[test]
fn ten_thousand_receipts_of_one_dossier_are_proved() {
    let mut day = day(lines(LINES, DeclaredMethod::Cash), std::iter::empty());
    day.receipts = (0..LINES)
        .map(|i| {
            let id = format!("R{:06}", LINES - i);
            let code = dossier(0, "").dossier_code;
            Receipt {
                fee_id: FeeId::new(&format!("F{i:06}")),
                ..receipt(&id, code.as_str(), due(i).get(), "2022-12-05")
            }
        })
        .collect();
    let settled = proved("receipts", day);
    assert_eq!(in_class(&settled, "ok"), 2 * LINES);
}

#[test]
fn a_payment_that_names_two_thousand_dossiers_is_proved() {
    let named = 2_000;
    let fees = || (0..named).map(|i| dossier(i, "NGUYEN VAN A"));
    let memo: Vec<String> = (0..named)
        .map(|i| dossier(i, "").dossier_code.as_str().to_owned())
        .collect();
    let memo = memo.join(" ");
    let whole = |over: i64| {
        let amount = Vnd::new(i64::try_from(named).unwrap() * 50_000 + over);
        let payment = payment(0, &memo, "NGUYEN VAN A");
        std::iter::once(Txn {
            amount,
            net: amount,
            ..payment
        })
    };
    let exact = proved("many dossiers", day(fees(), whole(0)));
    assert_eq!(in_class(&exact, "ok"), named + 1);
    let beyond = proved("too much for many", day(fees(), whole(5)));
    assert_eq!(in_class(&beyond, "ambiguous"), 1);
}
