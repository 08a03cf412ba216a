//! The grey zones applied to what was measured: a payment of a zone that is set to count as cash,
//! or not at all, does so in every definition that follows the money.

use crate::domain::{Grey, GreyZone, Treat};

use super::origin::{Origin, Origins};
use super::share::Contribution;

/// The definitions that follow the money.
const MONEY: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// Changes the contributions of payments that lie in a zone.
pub(super) fn treat(origins: &Origins, grey: &Grey, contributions: &mut [Contribution]) {
    for item in contributions {
        if !MONEY.contains(&item.definition) {
            continue;
        }
        let zones = origins.zones_of(&Origin::parse(&item.item), grey);
        let treat = |zone: &GreyZone| grey.rule(*zone).map(|rule| rule.treat);
        let treats = || zones.iter().filter_map(treat);
        let changed = |pair: (i64, i64)| match pair {
            (a, _) if a <= 0 => pair,
            _ if treats().any(|treat| treat == Treat::Out) => (0, 0),
            (_, b) if treats().any(|treat| treat == Treat::Cash) => (0, b),
            _ => pair,
        };
        if zones.is_empty() {
            continue;
        }
        let mut once = Vec::new();
        for pair in item.outcomes.iter().copied().map(changed) {
            if !once.contains(&pair) {
                once.push(pair);
            }
        }
        item.outcomes = once;
        for span in &mut item.elsewhere {
            span.outcome = changed(span.outcome);
        }
        item.elsewhere.retain(|span| span.outcome != (0, 0));
        item.elsewhere.sort_unstable();
        item.elsewhere.dedup();
        if !item.is_open() {
            item.exceptions.clear();
        }
    }
}
