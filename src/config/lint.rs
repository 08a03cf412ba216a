//! The rule linter: rules that can never fire, are shadowed, compare nothing, or whose tolerance is
//! as wide as the gap between two tariffs. Pure: what the registry told is handed in.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::RulesConfig;
use crate::domain::vnd::grouped;
use crate::domain::{Agency, Day, Target, Vnd};
use crate::settle::NetRate;

/// What is known about the place where the rules are to work.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// Every amount that a fee line has had.
    pub tariffs: BTreeSet<Vnd>,
    /// The agencies; empty when none were told.
    pub agencies: &'a [Agency],
}

/// A rule that does not do what whoever wrote it must have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands: `rules.net_rates`.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// True when the rule cannot be meant so; false when it may cost matches.
    pub refused: bool,
}

const NET_RATES: &str = "rules.net_rates";
/// How many examples a message names.
const EXAMPLES: usize = 3;

/// Looks at every rule.
pub fn lint(
    rules: &RulesConfig,
    targets: &[Target],
    start: Option<Day>,
    today: Day,
    known: &Known<'_>,
) -> Vec<Finding> {
    let mut found = windows(rules);
    found.extend(net_rates(&rules.net_rates, &known.tariffs));
    found.extend(accounts(rules, known.agencies));
    found.extend(shadowed_targets(targets));
    found.extend(super::measure::lint(rules, targets));
    if start.is_some_and(|start| start > today) {
        found.push(Finding {
            rule: "start.date",
            message: "lies in the future: every row is an opening item and no share has data"
                .into(),
            fix: "write the day of go-live".into(),
            refused: false,
        });
    }
    found
}

fn windows(rules: &RulesConfig) -> Vec<Finding> {
    let mut found = Vec::new();
    let sums = [
        ("rules.batch_days", rules.batch_days),
        ("rules.deposit_days", rules.deposit_days),
    ];
    for (rule, days) in sums {
        if days > rules.window_days {
            let window = rules.window_days;
            found.push(Finding {
                rule,
                message: format!(
                    "{days} days can never fire beyond window_days = {window}: a night reads no \
                     whole day older than that"
                ),
                fix: format!("write at most {window}, or raise window_days"),
                refused: true,
            });
        }
    }
    if rules.reprobe_days == 0 {
        found.push(Finding {
            rule: "rules.reprobe_days",
            message: "0 asks no settled order again: refunds at a gateway are never learnt".into(),
            fix: "write 7, the default".into(),
            refused: false,
        });
    }
    if rules.reject_share_max.num >= rules.reject_share_max.den {
        found.push(Finding {
            rule: "rules.reject_share_max",
            message: "can never fire: no delivery has more unreadable rows than rows".into(),
            fix: "write a share below 100%".into(),
            refused: true,
        });
    }
    found
}

fn net_rates(rates: &[NetRate], tariffs: &BTreeSet<Vnd>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, rate) in rates.iter().enumerate() {
        if rate.rate.num == 0 && rate.minimum <= Vnd::ZERO {
            found.push(Finding {
                rule: NET_RATES,
                message: format!("{} compares nothing: its fee is always 0", shown(rate)),
                fix: "take it out".into(),
                refused: true,
            });
            continue;
        }
        if rate.rate.num >= rate.rate.den {
            found.push(Finding {
                rule: NET_RATES,
                message: format!(
                    "{} can never fire: the fee is the whole payment",
                    shown(rate)
                ),
                fix: "write the percentage that the provider keeps".into(),
                refused: true,
            });
            continue;
        }
        found.extend(shadowed_rate(rate, &rates[..at], tariffs));
        found.extend(too_wide(rate, tariffs));
    }
    found
}

/// A rate that stands there twice never fires; one that gives the same fee as another on the
/// tariffs of today may fire on a tariff to come.
fn shadowed_rate(rate: &NetRate, before: &[NetRate], tariffs: &BTreeSet<Vnd>) -> Option<Finding> {
    let alike = |other: &&NetRate| {
        let fees = |due: &Vnd| other.fee_on(*due) == rate.fee_on(*due);
        !tariffs.is_empty() && tariffs.iter().all(fees)
    };
    let same = before.iter().find(|other| *other == rate);
    let other = same.or_else(|| before.iter().find(alike))?;
    let (mine, other) = (shown(rate), shown(other));
    Some(Finding {
        rule: NET_RATES,
        message: format!("{mine} is shadowed by {other}: the same fee on every tariff"),
        fix: "take one of them out".into(),
        refused: same.is_some(),
    })
}

/// A tariff less the fee is another tariff: a payment in full of one and of the other net of the
/// fee look alike.
fn too_wide(rate: &NetRate, tariffs: &BTreeSet<Vnd>) -> Option<Finding> {
    let alike = tariffs.iter().filter_map(|due| {
        let net = Vnd::from_wide(due.wide() - rate.fee_on(*due)).ok()?;
        tariffs.contains(&net).then(|| {
            let (due, net) = (grouped(due.wide()), grouped(net.wide()));
            format!("{due} less the fee is {net}")
        })
    });
    let alike: Vec<String> = alike.collect();
    let more = alike.len().saturating_sub(EXAMPLES);
    let mut examples: Vec<String> = alike.into_iter().take(EXAMPLES).collect();
    if examples.is_empty() {
        return None;
    }
    examples.extend((more > 0).then(|| format!("and {more} more")));
    let (rate, examples) = (shown(rate), examples.join("; "));
    Some(Finding {
        rule: NET_RATES,
        message: format!("{rate} is as wide as the gap between two tariffs: {examples}"),
        fix: "have the provider deliver the fee of each payment, or name a narrower rate".into(),
        refused: false,
    })
}

fn shown(rate: &NetRate) -> String {
    let (num, den, least) = (rate.rate.num, rate.rate.den, rate.minimum.wide());
    format!("{num}/{den} min {}", grouped(least))
}

fn accounts(rules: &RulesConfig, agencies: &[Agency]) -> Vec<Finding> {
    const RULE: &str = "rules.collection_accounts";
    let mut found = Vec::new();
    let mut seen: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for (account, agency) in &rules.collection_accounts {
        if let Some(before) = seen.insert(account, agency.as_deref()) {
            let clash = before != agency.as_deref();
            let word = if clash { "two agencies" } else { "one agency" };
            found.push(Finding {
                rule: RULE,
                message: format!("an account stands there twice, with {word}: one never fires"),
                fix: "name each account once".into(),
                refused: true,
            });
        }
        let Some(agency) = agency else { continue };
        let known = agencies
            .iter()
            .any(|known| known.code.as_str() == &**agency);
        if !agencies.is_empty() && !known {
            found.push(Finding {
                rule: RULE,
                message: format!("compares nothing: there is no agency {agency}"),
                fix: "write the code as it stands in agencies*.csv".into(),
                refused: false,
            });
        }
    }
    found
}

/// The first target of a definition whose validity holds a day is the one that counts: one whose
/// days are all an earlier one's never does.
fn shadowed_targets(targets: &[Target]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        let overlaps = |other: &&Target| {
            let mine_ends = target.valid_to.is_some_and(|to| to < other.valid_from);
            let other_ends = other.valid_to.is_some_and(|to| to < target.valid_from);
            other.definition == target.definition && !mine_ends && !other_ends
        };
        let hides = |other: &&Target| {
            let mine = target.valid_to.unwrap_or(Day::new(chrono::NaiveDate::MAX));
            let longer = other
                .valid_to
                .is_none_or(|to| target.valid_to.is_some() && mine <= to);
            overlaps(other) && other.valid_from <= target.valid_from && longer
        };
        let earlier = &targets[..at];
        if earlier.iter().any(|other| overlaps(&other)) {
            let (id, from) = (&target.definition, target.valid_from);
            found.push(Finding {
                rule: "target",
                message: format!("{id} from {from} is shadowed by an earlier one that still holds"),
                fix: "end the earlier one with valid_to".into(),
                refused: earlier.iter().any(|other| hides(&other)),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fraction;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn said(edit: impl Fn(&mut RulesConfig), tariffs: &[i64]) -> Vec<String> {
        let mut rules = RulesConfig::default();
        edit(&mut rules);
        let known = Known {
            tariffs: tariffs.iter().map(|t| Vnd::new(*t)).collect(),
            agencies: &[],
        };
        let found = lint(&rules, &[], None, day("2022-12-05"), &known);
        let word = |f: &Finding| if f.refused { "refused" } else { "warned" };
        found
            .iter()
            .map(|f| format!("{} {}: {}", word(f), f.rule, f.message))
            .collect()
    }

    fn check(edit: impl Fn(&mut RulesConfig), tariffs: &[i64], expected: &[&str]) {
        let said = said(edit, tariffs);
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (said, begin) in said.iter().zip(expected) {
            assert!(said.contains(begin), "{said}");
        }
    }

    fn rate(num: i128, den: i128, minimum: i64) -> NetRate {
        NetRate {
            rate: Fraction { num, den },
            minimum: Vnd::new(minimum),
        }
    }

    #[test]
    fn the_defaults_are_in_order() {
        check(|_| {}, &[8_000, 50_000, 150_000], &[]);
    }

    #[test]
    fn rules_that_never_fire_or_compare_nothing_are_refused() {
        check(
            |r| r.batch_days = 8,
            &[],
            &["refused rules.batch_days: 8 days can never fire"],
        );
        check(|r| r.deposit_days = 9, &[], &["refused rules.deposit_days"]);
        check(|r| r.reprobe_days = 0, &[], &["warned rules.reprobe_days"]);
        let all = Fraction { num: 1, den: 1 };
        check(
            |r| r.reject_share_max = all,
            &[],
            &["refused rules.reject_share_max"],
        );
        check(
            |r| r.net_rates = vec![rate(0, 1, 0)],
            &[],
            &["refused rules.net_rates: 0/1"],
        );
        check(
            |r| r.net_rates = vec![rate(1, 1, 0)],
            &[],
            &["can never fire"],
        );
    }

    #[test]
    fn what_is_measured_has_what_it_needs() {
        use crate::domain::{Custom, Treat};
        let silent = |r: &mut RulesConfig| {
            r.grey.rules[0].treat = Treat::Cash;
            r.grey.rules[0].words.clear();
        };
        check(silent, &[], &["refused rules.grey: post can never fire"]);
        let named = |r: &mut RulesConfig| r.definitions = vec!["CUSTOM".into()];
        check(
            named,
            &[],
            &["warned definitions.custom: CUSTOM is measured"],
        );
        let unnamed = |r: &mut RulesConfig| r.custom = Some(Custom::default());
        check(unnamed, &[], &["warned definitions.custom"]);
        let listed = |r: &mut RulesConfig| r.definitions = vec!["QD766_3_5a".into()];
        check(listed, &[], &["warned rules.fee_procedures: is empty"]);
    }

    #[test]
    fn tolerances_are_held_against_the_tariffs() {
        // 50,550 net of 1.1 % is 49,994; 100,000 less 1,100 is 98,900
        let tariffs = &[98_900, 100_000];
        check(|_| {}, tariffs, &["100.000 less the fee is 98.900"]);
        check(|_| {}, &[98_901, 100_000], &[]);
        let alike = |r: &mut RulesConfig| r.net_rates = vec![rate(11, 1000, 220), rate(1, 91, 220)];
        check(
            alike,
            &[8_000],
            &["warned rules.net_rates: 1/91 min 220 is shadowed by 11/1000 min 220: the same fee"],
        );
        let twice = |r: &mut RulesConfig| r.net_rates = vec![rate(11, 1000, 220); 2];
        let refused = "refused rules.net_rates: 11/1000 min 220 is shadowed by 11/1000 min 220";
        check(twice, &[], &[refused]);
        check(twice, &[8_000], &[refused]);
    }

    #[test]
    fn accounts_and_targets_are_named_once() {
        let twice = |r: &mut RulesConfig| {
            r.collection_accounts = vec![
                ("0123".into(), Some("H48.18".into())),
                ("0123".into(), Some("H48.19".into())),
            ];
        };
        check(
            twice,
            &[],
            &["refused rules.collection_accounts: an account stands there twice"],
        );
        let target = |from: &str, to: Option<&str>| Target {
            definition: "TX_CASHLESS".into(),
            share: Fraction { num: 1, den: 2 },
            valid_from: day(from),
            valid_to: to.map(day),
        };
        let shadowed = |targets: &[Target]| -> Vec<bool> {
            let found = shadowed_targets(targets);
            found.iter().map(|finding| finding.refused).collect()
        };
        let (old, new) = (target("2022-01-01", None), target("2025-01-01", None));
        assert_eq!(shadowed(&[old.clone(), new.clone()]), [true]);
        let ended = target("2022-01-01", Some("2024-12-31"));
        assert!(shadowed(&[ended.clone(), new.clone()]).is_empty());
        // it still holds before or behind the other
        assert_eq!(shadowed(&[new, old.clone()]), [false]);
        assert_eq!(shadowed(&[ended.clone(), old]), [false]);
        assert_eq!(shadowed(&[ended.clone(), ended]), [true]);
    }
}
