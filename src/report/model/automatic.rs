//! Pure: how many payments of a night the rules matched without a person.

use std::collections::BTreeSet;

use crate::classify::Bucket;
use crate::domain::{Fraction, RowKey, Side};
use crate::report::facts::RunFacts;
use crate::settle::Settlement;
use crate::text;

/// The pass that applies what people decided.
const BY_HAND: &str = "decision";

/// The share of the night's transactions that were matched by rules among those that had to be:
/// matched and open ones, in a sentence. None in a period, and where there was nothing to match.
pub(super) fn sentence(settlement: &Settlement, facts: &RunFacts) -> Option<String> {
    if facts.period().is_some() {
        return None;
    }
    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    let by_hand = legs.filter(|leg| leg.pass == BY_HAND);
    let by_hand: BTreeSet<&RowKey> = by_hand.map(|leg| &leg.money).collect();
    let (mut all, mut matched) = (0_u32, 0_u32);
    for row in &settlement.rows {
        let tonight = row.key.side == Side::Txn && row.business_date == facts.business_date;
        if !tonight || !matches!(row.bucket, Bucket::Matched | Bucket::Open) {
            continue;
        }
        all += 1;
        matched += u32::from(row.bucket == Bucket::Matched && !by_hand.contains(&row.key));
    }
    let lang = facts.lang;
    let share = text::percent(lang, Fraction::new(matched.into(), all.into())?);
    let (n, all) = (text::number(lang, matched), text::number(lang, all));
    let args = [("share", &*share), ("n", &*n), ("all", &*all)];
    Some(text::say(lang, "tie-automatic", &args))
}
