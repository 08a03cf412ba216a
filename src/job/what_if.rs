//! What if a rule were set otherwise? The night's rows, settled again under a few neighbouring
//! settings: tolerances are set from evidence, not from hope.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{RowKey, Vnd};
use crate::kpi::{Period, Share};
use crate::matching::Role;
use crate::report::Figure;
use crate::report::facts::{Setting, WhatIf};
use crate::settle::{self, Inputs, Prior, Rules, Settlement};

/// Larger nights are not settled again: the grid is an aid, the report must not wait for it.
const ROWS_MAX: usize = 50_000;

/// The grid: each setting a step to either side, one at a time.
fn grid(base: &Rules) -> Vec<(Setting, Rules)> {
    let mut grid = Vec::new();
    let mut add = |rule: &'static str, value: String, edit: &dyn Fn(&mut Rules)| {
        let mut rules = base.clone();
        edit(&mut rules);
        if rules != *base {
            grid.push((
                Setting {
                    rule,
                    value: value.into(),
                },
                rules,
            ));
        }
    };
    for margin in [
        base.margin_min.saturating_sub(50).max(500),
        (base.margin_min + 25).min(1000),
    ] {
        add("margin_min", margin.to_string(), &|rules| {
            rules.margin_min = margin;
        });
    }
    for days in [base.pairing_days / 2, base.pairing_days * 2] {
        add("pairing_days", days.to_string(), &|rules| {
            rules.pairing_days = days;
        });
    }
    for days in [
        base.deposit_days.saturating_sub(1),
        (base.deposit_days + 2).min(base.window_days),
    ] {
        add("deposit_days", days.to_string(), &|rules| {
            rules.deposit_days = days;
        });
    }
    add("net_rates", "–".to_owned(), &|rules| {
        rules.net_rates.clear();
    });
    grid
}

/// What each setting of the grid would change; empty for a night too large to settle again.
pub fn grid_of(
    pool: &Inputs,
    rules: &Rules,
    prior: &Prior,
    settlement: &Settlement,
) -> Vec<WhatIf> {
    // the headline is enough, its own definition over the year to date
    let definition = rules
        .targets
        .first()
        .map_or("TX_CASHLESS", |target| &*target.definition);
    let rules = &Rules {
        targets: rules.targets.iter().take(1).cloned().collect(),
        definitions: Vec::new(),
        breakdowns: Vec::new(),
        periods: pool
            .business_date
            .map(Period::year_to)
            .into_iter()
            .collect(),
        ..rules.clone()
    };
    let rows = pool.fees.len() + pool.txns.len() + pool.receipts.len();
    if rows > ROWS_MAX {
        return Vec::new();
    }
    let base = links(settlement);
    let ambiguous: BTreeSet<&RowKey> = settlement
        .rows
        .iter()
        .filter(|row| row.class == "ambiguous")
        .map(|row| &row.key)
        .collect();
    let tried = grid(rules).into_iter().filter_map(|(setting, rules)| {
        // a setting under which the rows cannot be settled is no choice
        let settled = settle::settle(pool, &rules, prior).ok()?;
        let now = links(&settled);
        let won = || {
            now.iter()
                .filter(|(money, to)| base.get(*money) != Some(to))
        };
        let lost = base
            .iter()
            .filter(|(money, to)| now.get(*money) != Some(to));
        Some(WhatIf {
            setting,
            won: figure(won().map(|(_, to)| to)),
            ambiguous: count(won().filter(|(money, _)| ambiguous.contains(money)).count()),
            lost: figure(lost.map(|(_, to)| to)),
            share: headline(&settled, definition).cloned(),
        })
    });
    tried.collect()
}

/// What a money row settles, dong by fee line.
type Links = BTreeMap<RowKey, BTreeMap<(String, String), i64>>;

fn links(settlement: &Settlement) -> Links {
    let mut links = Links::new();
    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    for leg in legs.filter(|leg| leg.role == Role::Settles) {
        let dossier = leg
            .dossier_code
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        let fee = leg
            .fee_id
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        let to = links.entry(leg.money.clone()).or_default();
        *to.entry((dossier, fee)).or_default() += leg.amount.get();
    }
    links
}

fn figure<'l>(links: impl Iterator<Item = &'l BTreeMap<(String, String), i64>>) -> Figure {
    let mut sum = Figure::default();
    for to in links {
        sum.add(Vnd::new(to.values().sum()));
    }
    sum
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The share of a definition for the whole unit.
pub(super) fn headline<'s>(settlement: &'s Settlement, definition: &str) -> Option<&'s Share> {
    let mut shares = settlement.shares.iter();
    shares.rfind(|share| share.agency.is_none() && share.definition == definition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_steps_to_both_sides_and_stays_in_bounds() {
        let said = |rules: &Rules| -> Vec<String> {
            let said = |(s, _): &(Setting, Rules)| format!("{}={}", s.rule, s.value);
            grid(rules).iter().map(said).collect()
        };
        let base = Rules::default();
        assert_eq!(
            said(&base),
            [
                "margin_min=900",
                "margin_min=975",
                "pairing_days=3",
                "pairing_days=14",
                "deposit_days=2",
                "deposit_days=5",
                "net_rates=–"
            ]
        );
        let edge = Rules {
            margin_min: 1000,
            pairing_days: 0,
            deposit_days: 7,
            net_rates: Vec::new(),
            ..base
        };
        assert_eq!(said(&edge), ["margin_min=950", "deposit_days=6"]);
    }
}
