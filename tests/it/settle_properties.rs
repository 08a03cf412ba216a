//! What holds of every day: shuffled, mixed with strangers' rows, resolved by hand, and against a
//! second matcher that is written as plainly as possible.
//!
//! A failing case prints the smallest day that fails; nothing is kept beside the tests.

pub(crate) mod crowd;
pub(crate) mod day;
mod naive;
mod nights;
pub(crate) mod settings;
mod shuffle;

use std::collections::BTreeSet;

use doisoat::classify::OPEN_CREDITS;
use doisoat::domain::{
    DecidedShare, Decision, Fee, FeeKind, Fraction, Inputs, Rules, Ruling, Side, TxnKind,
    TxnStatus, Vnd,
};
use doisoat::kpi::{Contribution, Share};
use doisoat::settle::{Keep, Settlement, settle, settle_keeping};
use proptest::prelude::*;

use crate::cases::check::{holds, turned};
use crowd::a_crowd;
use day::{ADay, a_day, a_plain_day, stranger};
use nights::{a_night, ids};
use settings::{a_setting, items_of};
use shuffle::shuffled;

/// So many days; more by `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(256, |told| told.parse().expect("a number"))
}

pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: cases(),
        rng_seed: settings::seed(),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn settled(inputs: &Inputs) -> Settlement {
    settle(inputs, &Rules::default(), &Vec::new()).unwrap()
}

proptest! {
    #![proptest_config(config())]

    /// Conservation, once, explained, bounds around the point: whatever came in.
    #[test]
    fn every_day_is_conserved_and_explained(ADay(day) in a_day()) {
        holds(&day, &settled(&day)).map_err(TestCaseError::fail)?;
    }

    /// The independent checker proves it, whatever came in.
    #[test]
    fn every_day_is_proved(ADay(day) in a_day()) {
        let found = doisoat::prove::prove(&day, &Rules::default(), &Vec::new(), &settled(&day));
        prop_assert!(found.is_empty(), "{}", crate::prove::told(&found));
    }

    /// So it does where plain dossiers are told from their rows, in one period or in several.
    #[test]
    fn every_day_is_proved_row_by_row(ADay(day) in a_day(), crowd in a_crowd(), split in 0_u32..9) {
        let first = day.txns.iter().map(|txn| txn.paid_on).min();
        let period = |from: doisoat::domain::Day, days: u32| doisoat::domain::Period {
            label: days.to_string().into(),
            from,
            to: from.plus(days),
        };
        let periods = first.into_iter();
        let periods = periods.flat_map(|from| [period(from, split), period(from, 40)]);
        let rules = Rules {
            periods: periods.collect(),
            ..Rules::default()
        };
        for (day, rules) in [(&day, &Rules::default()), (&day, &rules), (&crowd.0, &rules)] {
            crate::prove::lane::proved(day, rules).map_err(TestCaseError::fail)?;
        }
    }

    /// The same as a night: some rows ruled upon, go-live in between, a source that has not
    /// delivered, every definition.
    #[test]
    fn every_night_is_proved(ADay(day) in a_day(), seed in any::<u64>()) {
        let (night, rules) = a_night(&day, seed);
        let settled = settle(&night, &rules, &Vec::new()).unwrap();
        let found = doisoat::prove::prove(&night, &rules, &Vec::new(), &settled);
        prop_assert!(found.is_empty(), "{}", crate::prove::told(&found));
    }

    /// The same where very much happens to few dossiers.
    #[test]
    fn every_crowded_day_is_proved(ADay(day) in a_crowd(), seed in any::<u64>()) {
        holds(&day, &settled(&day)).map_err(TestCaseError::fail)?;
        let found = doisoat::prove::prove(&day, &Rules::default(), &Vec::new(), &settled(&day));
        prop_assert!(found.is_empty(), "{}{:?}", crate::prove::told(&found), ADay(day));
        let (night, rules) = a_night(&day, seed);
        let settled = settle(&night, &rules, &Vec::new()).unwrap();
        let found = doisoat::prove::prove(&night, &rules, &Vec::new(), &settled);
        prop_assert!(found.is_empty(), "night: {}{:?}", crate::prove::told(&found), ADay(night));
    }

    /// The order of delivery means nothing.
    #[test]
    fn a_shuffled_day_is_the_same_day(ADay(day) in a_day(), seed in any::<u64>()) {
        let one = settled(&day);
        prop_assert_eq!(&one, &settled(&day));
        prop_assert_eq!(&one, &settled(&turned(&day)));
        prop_assert_eq!(&one, &settled(&shuffled(&day, seed)));
    }

    /// Summing what is settled at once gives the same shares, and keeps what is open.
    #[test]
    fn sums_are_the_sums_of_each(ADay(day) in a_day()) {
        let each = settled(&day);
        let open = settle_keeping(&day, &Rules::default(), &Vec::new(), Keep::Open).unwrap();
        prop_assert_eq!(&each.shares, &open.shares);
        prop_assert_eq!((&each.rows, &each.groups), (&open.rows, &open.groups));
        // what is resolved with others is kept as well, though it be settled
        let all: BTreeSet<&Contribution> = each.contributions.iter().collect();
        let kept: BTreeSet<&Contribution> = open.contributions.iter().collect();
        prop_assert_eq!(kept.len(), open.contributions.len());
        prop_assert!(kept.is_subset(&all));
        prop_assert!(all.difference(&kept).all(|c| !c.is_open() && !c.coupled));
    }

    /// Files are written alike whether every row is held or not.
    #[test]
    fn files_are_written_alike(ADay(day) in a_day(), plain in any::<bool>()) {
        let mut day = day;
        if plain {
            // plain dossiers go through the lane only without rulings
            day.decisions.clear();
            day.business_date = None;
        }
        crate::settle_lean::alike(&day, &Rules::default()).map_err(TestCaseError::fail)?;
    }

    /// A stranger's dossier and payment change nothing but their own rows.
    #[test]
    fn an_unrelated_row_changes_only_its_own(ADay(day) in a_day()) {
        let before = settled(&day);
        let after = settled(&stranger(&day));
        let own = |id: &str| id == "STRANGER-FEE" || id == "STRANGER-TXN";
        let rows: Vec<_> = after.rows.iter().filter(|r| !own(&r.key.id)).cloned().collect();
        prop_assert_eq!(before.rows, rows);
        let strange = |g: &doisoat::matching::MatchGroup| g.legs.iter().any(|l| own(&l.money.id));
        let groups: Vec<_> = after.groups.iter().filter(|g| !strange(g)).cloned().collect();
        prop_assert_eq!(before.groups, groups);
        let theirs = after.rows.iter().filter(|r| own(&r.key.id) && r.class == "ok").count();
        prop_assert_eq!(theirs, 2);
    }

    /// However a person settles one open payment, the new share lies between the old bounds.
    #[test]
    fn a_hand_resolution_stays_inside_the_bounds(
        ADay(day) in a_day(),
        pick in any::<usize>(),
        how in 0_usize..4,
    ) {
        let before = settled(&day);
        let Some(resolved) = resolve(&day, &before, pick, how) else {
            return Ok(());
        };
        let after = settled(&resolved);
        for definition in ["TX_CASHLESS", "AMOUNT_CASHLESS"] {
            let (old, new) = (total(&before, definition), total(&after, definition));
            within(old, new.low).map_err(TestCaseError::fail)?;
            within(old, new.high).map_err(TestCaseError::fail)?;
        }
    }

    /// On plain days a second matcher, written without looking at the first, says the same.
    #[test]
    fn the_naive_matcher_agrees_on_plain_days(ADay(day) in a_plain_day()) {
        let got: Vec<(String, String)> = settled(&day)
            .rows
            .iter()
            .map(|row| (row.key.id.to_string(), row.class.to_owned()))
            .collect();
        let mut expected = naive::classes(&day);
        expected.sort();
        let mut got = got;
        got.sort();
        prop_assert_eq!(got, expected);
    }

    /// No money appears: what settles and does not go back is at most what came in for certain.
    #[test]
    fn the_share_never_counts_more_money_than_came(ADay(day) in a_day()) {
        let settlement = settled(&day);
        let came: i128 = day
            .txns
            .iter()
            .filter(|t| t.status == TxnStatus::Success && t.kind == TxnKind::Payment)
            .map(|t| t.amount.wide() * 102 / 100 + 220)
            .chain(day.receipts.iter().map(|r| r.amount.wide().max(60_000)))
            .sum();
        let share = total(&settlement, "AMOUNT_CASHLESS");
        prop_assert!(share.denominator <= came, "{} dong of {came}", share.denominator);
    }
}

proptest! {
    #![proptest_config(settings::config(cases() / 2))]

    /// Whatever an own definition, the grey zones and the breakdowns are set to, the checker proves
    /// the day.
    #[test]
    fn every_setting_is_proved(ADay(day) in a_day(), seed in any::<u64>(), set in a_setting()) {
        let day = settings::with_more(&day, seed);
        let rules = set.rules();
        let settled = settle(&day, &rules, &Vec::new()).unwrap();
        let found = doisoat::prove::prove(&day, &rules, &Vec::new(), &settled);
        prop_assert!(found.is_empty(), "{}{:?}", crate::prove::told(&found), ADay(day));
        let (night, of_night) = a_night(&day, seed);
        let rules = Rules {
            start: of_night.start,
            e_receipts: of_night.e_receipts,
            collection_accounts: of_night.collection_accounts,
            ..rules
        };
        let settled = settle(&night, &rules, &Vec::new()).unwrap();
        let found = doisoat::prove::prove(&night, &rules, &Vec::new(), &settled);
        prop_assert!(found.is_empty(), "night: {}{:?}", crate::prove::told(&found), ADay(night));
    }

    /// However a person settles one open payment, the new share lies between the old bounds,
    /// whatever an own definition and the grey zones are set to.
    #[test]
    fn a_hand_resolution_stays_inside_the_bounds_of_every_setting(
        ADay(day) in a_day(),
        seed in any::<u64>(),
        set in a_setting(),
        pick in any::<usize>(),
        how in 0_usize..4,
    ) {
        let day = settings::with_more(&day, seed);
        let mut rules = set.rules();
        // without periods the whole of what came is one, and it may grow
        rules.periods = vec![settings::year()];
        let settled = |day: &Inputs| settle(day, &rules, &Vec::new()).unwrap();
        let before = settled(&day);
        let mut after = settled(&day);
        let mut resolved = day;
        // one row after the other
        for step in 0..4 {
            let next = resolve(&resolved, &after, pick >> step, (how + step) % 4);
            let Some(next) = next else { break };
            after = settled(&next);
            resolved = next;
            for definition in ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS", "CUSTOM"] {
                let (old, new) = (total(&before, definition), total(&after, definition));
                let told = |why: String| {
                    let items = |settled| items_of(settled, definition);
                    let (old, new) = (items(&before), items(&after));
                    TestCaseError::fail(format!("{why}\nbefore {old:#?}\nafter {new:#?}"))
                };
                within(old, new.point()).map_err(told)?;
                // what is left may be told more widely than before
                if !new.outer {
                    within(old, new.low).map_err(told)?;
                    within(old, new.high).map_err(told)?;
                }
            }
        }
    }
}

/// The share of a definition over everything.
fn total<'s>(settlement: &'s Settlement, definition: &str) -> &'s Share {
    let wanted = |share: &&Share| share.definition == definition && share.agency.is_none();
    settlement.shares.iter().find(wanted).unwrap()
}

fn within(old: &Share, new: Option<Fraction>) -> Result<(), String> {
    let Some(new) = new else { return Ok(()) };
    let (Some(low), Some(high)) = (old.low, old.high) else {
        return Err(format!("{}: {new:?} came out of no data", old.definition));
    };
    let inside = !new.compare(low).is_lt() && !new.compare(high).is_gt();
    inside
        .then_some(())
        .ok_or_else(|| format!("{}: {new:?} is outside {low:?}..{high:?}", old.definition))
}

/// Settles one open payment by hand: a decision for a credit, the final state for a pending row.
fn resolve(day: &Inputs, settlement: &Settlement, pick: usize, how: usize) -> Option<Inputs> {
    let open = settlement.rows.iter().filter(|row| {
        let credit = OPEN_CREDITS.contains(&row.class) || row.class == "pending";
        row.key.side == Side::Txn && credit
    });
    let open: Vec<_> = open.collect();
    let row = open.get(pick.checked_rem(open.len())?)?;
    let mut resolved = day.clone();
    let txn = resolved.txns.iter_mut().find(|txn| txn.key() == row.key)?;
    if row.class == "pending" {
        txn.status = [TxnStatus::Success, TxnStatus::Failed, TxnStatus::Void][how % 3];
        return Some(resolved);
    }
    let ruling = match how {
        // an ambiguous payment whose dossiers all lack money is a fee by the rules
        0 if row.class != "ambiguous" => Ruling::NotFee,
        _ => Ruling::Pays(pays(day, settlement, row, pick / 7)?),
    };
    resolved.decisions.push(Decision {
        row: row.key.clone(),
        ruling,
        amount_then: row.amount,
        class_then: "".into(),
        by: "ke-toan".into(),
        reason: "asked the payer".into(),
    });
    Some(resolved)
}

/// A dossier without money that the payment may be for: its lines, phí first, as far as the payment
/// reaches.
fn pays(
    day: &Inputs,
    settlement: &Settlement,
    row: &doisoat::classify::Classified,
    pick: usize,
) -> Option<Vec<DecidedShare>> {
    let named = |code: &str| row.nearest.iter().any(|near| &*near.candidate == code);
    let mut fees: Vec<&Fee> = day
        .fees
        .iter()
        .filter(|fee| row.class != "ambiguous" || named(fee.dossier_code.as_str()))
        // money put into a dossier that has some changes what its other payments are: a reading
        // that rested on there being no other payment becomes ambiguous
        .filter(|fee| fee.amount.get() > 0 && !has_money(settlement, fee))
        .filter(|fee| fee.kind != FeeKind::LandObligation)
        .collect();
    fees.sort_by_key(|fee| (fee.kind, fee.fee_id.clone()));
    let code = &fees.get(pick.checked_rem(fees.len())?)?.dossier_code;
    let mut left = row.amount.wide();
    let mut shares = Vec::new();
    for fee in fees.iter().filter(|fee| fee.dossier_code == *code) {
        let part = fee.amount.wide().min(left);
        left -= part;
        if part > 0 {
            shares.push(DecidedShare {
                dossier_code: fee.dossier_code.clone(),
                fee_id: fee.fee_id.clone(),
                amount: Vnd::from_wide(part).ok()?,
                fee_then: None,
            });
        }
    }
    Some(shares)
}

/// True when money is linked to the fee's dossier.
fn has_money(settlement: &Settlement, fee: &Fee) -> bool {
    let mut legs = settlement.groups.iter().flat_map(|group| &group.legs);
    legs.any(|leg| leg.dossier_code.as_ref() == Some(&fee.dossier_code))
}
