//! The interval is a promise about endings: whatever people, providers and the registry will say of
//! the rows that are open, row after row, the share that comes out lies in every interval told
//! before. Random days with every kind of defect are walked to an end, each step a word about one
//! open row; the rules are run again after each. An interval that is exact lies in all that were
//! told before it, and so does every figure.

mod closed;
mod left;
mod lists;
mod sent_back;
mod steps;
mod unread;

use doisoat::domain::{Day, Fraction, Inputs, Period, Rules};
use doisoat::kpi::Share;
use doisoat::settle::{Settlement, settle};
use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::settle_properties::day::{ADay, a_day};
use steps::Scene;

const DEFINITIONS: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];
/// A walk ends here at the latest.
const STEPS_MAX: usize = 40;

fn first_day() -> Day {
    Day::parse("2022-12-02").unwrap()
}

/// Single days, two, and all.
fn rules() -> Rules {
    let day = |n: u32| first_day().plus(n);
    let spans = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 20)];
    let period = |(from, to): (u32, u32)| Period {
        label: format!("{from}-{to}").into(),
        from: day(from),
        to: day(to),
    };
    let mut rules = Rules {
        periods: spans.map(period).into(),
        ..Rules::default()
    };
    // the money of a day may be seen on the day before
    rules.periods.push(Period {
        label: "all".into(),
        from: day(0).minus(9),
        to: day(20),
    });
    rules
}

/// A payment that two sources tell of is in order in both: which of its rows carries it, and what
/// else it is joined with, is told anew when one of them falls.
fn told_alike(day: &mut Inputs) {
    let told = |txn: &doisoat::domain::Txn| txn.bank_ref.is_some();
    let keys: Vec<_> = day
        .txns
        .iter()
        .filter(|txn| told(txn))
        .map(|txn| txn.key())
        .collect();
    day.conflicts
        .retain(|conflict| !keys.contains(&conflict.key));
    for txn in day.txns.iter_mut().filter(|txn| told(txn)) {
        txn.status = doisoat::domain::TxnStatus::Success;
    }
}

/// The rows over three days; a sighting keeps its distance.
fn spread(day: &mut Inputs, rng: &mut ChaCha8Rng) {
    if rng.random_range(0..3) == 0 {
        return;
    }
    for txn in &mut day.txns {
        if txn.account.is_none() {
            let later = rng.random_range(0..3) * 86_400_000;
            txn.paid_at = doisoat::domain::Moment::of_ms(txn.paid_at.ms() + later);
            txn.paid_on = txn.paid_at.day();
            txn.business_date = txn.paid_on;
        }
    }
    for receipt in &mut day.receipts {
        let later = rng.random_range(0..3) * 86_400_000;
        receipt.collected_at = doisoat::domain::Moment::of_ms(receipt.collected_at.ms() + later);
    }
}

/// What was told before, with the way that led there.
struct Told {
    at: usize,
    shares: Vec<Share>,
}

fn fraction(f: Option<Fraction>) -> String {
    f.map_or_else(|| "-".to_owned(), |f| format!("{}/{}", f.num, f.den))
}

/// The figures of `new` that lie outside what was told before.
fn outside(before: &[Told], new: &Settlement, left_out: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for told in before {
        for old in &told.shares {
            if !DEFINITIONS.contains(&old.definition) || left_out.contains(&old.definition) {
                continue;
            }
            let same = |new: &&Share| {
                new.definition == old.definition
                    && new.agency == old.agency
                    && new.period == old.period
            };
            let Some(new) = new.shares.iter().find(same) else {
                continue;
            };
            let mut figures = vec![("point", new.point())];
            if !new.outer {
                figures.extend([("low", new.low), ("high", new.high)]);
            }
            let Some((low, high)) = old.low.zip(old.high) else {
                if old.agency.is_none() && new.point().is_some() {
                    found.push(format!(
                        "{} {:?} came out of no data",
                        old.definition, old.period.label
                    ));
                }
                continue;
            };
            for (what, figure) in figures {
                let out = |f: Fraction| f.compare(low).is_lt() || f.compare(high).is_gt();
                if figure.is_some_and(out) {
                    let of = old.agency.as_ref().map_or("", |agency| agency.as_str());
                    found.push(format!(
                        "{} [{of}] {}: {what} {} (outer {}) outside {}..{} (outer {}), step {}",
                        old.definition,
                        old.period.label,
                        fraction(figure),
                        new.outer,
                        fraction(Some(low)),
                        fraction(Some(high)),
                        old.outer,
                        told.at,
                    ));
                }
            }
        }
    }
    found
}

/// Rulings that do not fit what came of their rows.
fn overruled(settled: &Settlement) -> usize {
    let rows = settled.rows.iter();
    rows.filter(|row| row.class == "decision_stale").count()
}

/// Walks a day to an end; tells the first step that leads out of what was told before.
fn walk(day: &Inputs, rng: &mut ChaCha8Rng) -> Result<usize, String> {
    let rules = rules();
    let settled = |day: &Inputs| settle(day, &rules, &Vec::new()).unwrap();
    let (mut now, mut path) = (day.clone(), Vec::new());
    let mut is = settled(&now);
    let mut left_out = Vec::new();
    let mut before = Vec::new();
    for step in 0..STEPS_MAX {
        before.push(Told {
            at: step,
            shares: is.shares.clone(),
        });
        let scene = Scene {
            day: &now,
            settled: &is,
        };
        let open = scene.open();
        let ways = open.choose(rng).map(|row| scene.ways(row));
        let Some(ways) = ways else {
            return Ok(step);
        };
        let Some((said, next)) = ways.choose(rng) else {
            return Ok(step);
        };
        path.push(said.clone());
        // a dossier that nobody knew of counts nowhere before it comes
        if said.contains("far dossier") {
            left_out.push("DOSSIER_CASHLESS");
        }
        now = next.clone();
        let next = settled(&now);
        // a ruling that a later one upsets has to be made again: what it was is no open row
        if overruled(&next) > overruled(&is) {
            return Ok(step);
        }
        is = next;
        let found = outside(&before, &is, &left_out);
        if !found.is_empty() {
            return Err(format!("{path:#?}\n{found:#?}"));
        }
    }
    Ok(STEPS_MAX)
}

/// A quarter of the days of other properties, six walks each.
fn config() -> ProptestConfig {
    let config = crate::settle_properties::config();
    ProptestConfig {
        cases: config.cases.div_ceil(4),
        ..config
    }
}

proptest! {
    #![proptest_config(config())]

    /// However the open rows of a day turn out, the share lies in every interval told before.
    #[test]
    fn every_ending_lies_in_the_intervals_told_before(ADay(day) in a_day(), seed in any::<u64>()) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut day = day;
        told_alike(&mut day);
        // what lines that cannot be read turn out to be, `unread` walks
        day.rejects.retain(|reject| reject.side != doisoat::domain::Side::Fee);
        spread(&mut day, &mut rng);
        for _ in 0..6 {
            if let Err(why) = walk(&day, &mut rng) {
                prop_assert!(false, "{why}{:?}", ADay(day));
            }
        }
    }
}

/// The fees and payments of a day, as in the cases.
fn day_of(rows: &str) -> Inputs {
    let text = format!("case  one day\n# one of those that were told too narrowly\n{rows}");
    let mut cases = crate::cases::parse::parse("endings", &text);
    cases.remove(0).unwrap().inputs
}

/// What is told before a pending payment has come holds once it has: every exact figure, and the
/// least share of the events.
fn holds_once_it_came(rows: &str) {
    let (old, new) = (day_of(rows), day_of(&rows.replace(" status=pending", "")));
    let rules = Rules::default();
    let settled = |day: &Inputs| settle(day, &rules, &Vec::new()).unwrap();
    let least = |settled: &Settlement| {
        let mut shares = settled.shares.iter();
        let events = |s: &&Share| s.definition == "TX_CASHLESS" && s.agency.is_none();
        shares.find(events).and_then(|share| share.low).unwrap()
    };
    let (told, is) = (least(&settled(&old)), least(&settled(&new)));
    assert!(!is.compare(told).is_lt(), "{is:?} is below {told:?}");
    holds_once(&old, &new, &rules);
    holds_once(&old, &new, &self::rules());
}

/// What is told of a day holds of what becomes of it, and the checker believes both.
fn holds_once(old: &Inputs, new: &Inputs, rules: &Rules) {
    let settled = [old, new].map(|day| {
        let settled = settle(day, rules, &Vec::new()).unwrap();
        let found = doisoat::prove::prove(day, rules, &Vec::new(), &settled);
        assert!(found.is_empty(), "{}", crate::prove::told(&found));
        settled
    });
    let [old, new] = settled;
    let told = Told {
        at: 0,
        shares: old.shares,
    };
    let found = outside(&[told], &new, &[]);
    assert!(found.is_empty(), "{found:#?}");
}

/// A day on which a person said of a row that it is no fee.
fn without(day: &Inputs, id: &str) -> Inputs {
    let mut day = day.clone();
    let row = day.txns.iter().find(|txn| *txn.id == *id).unwrap();
    day.decisions.push(doisoat::domain::Decision {
        row: row.key(),
        ruling: doisoat::domain::Ruling::NotFee,
        amount_then: row.amount,
        class_then: "".into(),
        by: "ke-toan".into(),
        reason: "asked the bank".into(),
    });
    day
}

/// While R1 may have taken money back, dossier 1 lacks some and B1 is put there; once R1 is none of
/// its money, V1 has paid it, and B1 may be of dossier 2.
#[test]
fn a_payment_by_memo_may_move_once_a_refund_falls() {
    let day = day_of(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         fee F2 H48.18.22-221202-0002 phi 50.000
         fee F3 H48.18.22-221202-7777 phi 50.000 method=cash
         vnpay R1 2022-12-02 08:00 refund 1.000 ref=H48.18.22-221202-0001
         bank B1 2022-12-02 08:01 50.000 memo=\"NOP PHI H48.18.22-221202-0001\"
         receipt T1 2022-12-02 08:02 F3 50.000
         vnpay V1 2022-12-03 08:03 50.000 ref=H48.18.22-221202-0001",
    );
    holds_once(&day, &without(&day, "R1"), &rules());
}

/// Once P1 has come, B1 is read as another's, and the receipt finds room.
#[test]
fn a_receipt_over_another_amount_counts_once_the_payment_beside_it_goes() {
    holds_once_it_came(
        "fee F1 H48.18.22-221202-0001 phi 50.000 method=cash
         fee F2 H48.18.22-221202-0002 phi 50.000 method=cash
         bank B1 2022-12-02 08:00 49.450 memo=\"H48.18.22-221202-0001\"
         vnpay P1 2022-12-02 08:00 58.000 ref=H48.18.22-221202-0001 status=pending
         receipt R1 2022-12-02 08:00 F1 20.000",
    );
}

/// B1 pays a part of what the dossier owes, so no line of it is said to have no money. Once P1 has
/// paid F1, only the registry tells that F2 was paid.
#[test]
fn a_line_passed_over_may_be_told_paid_once_open_money_comes() {
    holds_once_it_came(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         fee F2 H48.18.22-221202-0001 le_phi 8.000
         bank B1 2022-12-02 08:00 30.000 memo=\"NOP PHI H48.18.22-221202-0001\"
         vnpay P1 2022-12-02 07:00 50.000 ref=H48.18.22-221202-0001 status=pending",
    );
}

/// Dossiers 2, 3 and 4 lack money and fit B2; once P3 has paid 3, B2 may be its repeat.
#[test]
fn a_payment_of_one_of_several_may_be_the_repeat_of_one_that_is_pending() {
    holds_once_it_came(
        "fee F1 H48.18.22-221202-0001 phi 50.000 method=cash
         fee F2 H48.18.22-221202-0002 le_phi 8.000 method=cash
         fee F3 H48.18.22-221202-0002 le_phi 8.000 method=cash
         fee F4 H48.18.22-221202-0003 phi 50.000 method=cash
         fee F5 H48.18.22-221202-0004 phi 50.000 method=cash
         vnpay T1 2022-12-02 08:01 50.000 ref=H48.18.22-221202-0001
         vnpay P3 2022-12-02 08:02 49.450 ref=H48.18.22-221202-0003 status=pending
         vnpay R3 2022-12-02 08:03 refund 58.000 ref=H48.18.22-221202-0003
         bank B3 2022-12-02 08:04 20.000 memo=\"NOP PHI H48.18.22-221202-0003\"
         bank B2 2022-12-02 08:05 49.450 memo=\"NOP PHI H48.18.22-221202-0002\"
         feed S1 2022-12-02 08:06 20.000 memo=\"VNPAY TXN0004\"",
    );
}

/// P1 takes the places of T1 and T2 at once: two events less, one more. The refund of nobody keeps
/// the day from being resolved.
#[test]
fn one_payment_may_take_the_places_of_two() {
    holds_once_it_came(
        "fee F1 H48.18.22-221202-1111 phi 50.000
         fee F2 H48.18.22-221202-1111 le_phi 8.000
         fee F3 H48.18.22-221202-7777 phi 50.000 method=cash
         vnpay P1 2022-12-02 08:01 58.000 ref=H48.18.22-221202-1111 status=pending
         vnpay T1 2022-12-02 08:02 50.000 ref=H48.18.22-221202-1111
         vnpay T2 2022-12-02 08:03 8.000 ref=H48.18.22-221202-1111
         receipt R1 2022-12-02 08:04 F3 50.000
         vnpay B1 2022-12-02 08:05 refund 1.000 memo=\"HOAN TIEN\"",
    );
}
