//! What a share counts beside the rules of matching: `[rules.grey]`, `[definitions.custom]`, and
//! the breakdowns.

use super::error::ConfigError;
use super::lint::Finding;
use super::rules::RulesConfig;
use super::section::{Item, Section};
use crate::domain::custom::{CountUnit, Counted, DateBasis, PartialRule, RefundRule, RollUp};
use crate::domain::{Custom, Dimension, Grey, GreyRule, GreyZone, Target, Treat};

/// One word of a closed list of the domain, by its id.
fn word<T: Copy>(item: &Item<'_>, all: &[T], id: fn(T) -> &'static str) -> Result<T, ConfigError> {
    let words: Vec<(&str, T)> = all.iter().map(|value| (id(*value), *value)).collect();
    item.word(&words)
}

/// The breakdowns that a night makes.
pub(super) fn breakdowns(item: &Item<'_>) -> Result<Vec<Dimension>, ConfigError> {
    let mut made = Vec::new();
    for item in item.list()? {
        let dimension = word(&item, Dimension::ALL, Dimension::id)?;
        if !made.contains(&dimension) {
            made.push(dimension);
        }
    }
    made.sort();
    Ok(made)
}

/// `[rules.grey]`: one table a zone, each key of it optional.
pub(super) fn grey(mut section: Section<'_>) -> Result<Grey, ConfigError> {
    let mut grey = Grey::default();
    for (key, zone) in [
        ("post", GreyZone::Post),
        ("bank_cash", GreyZone::BankCash),
        ("on_behalf", GreyZone::OnBehalf),
    ] {
        let Some(own) = section.section(key)? else {
            continue;
        };
        if let Some(rule) = grey.rules.iter_mut().find(|rule| rule.zone == zone) {
            *rule = zone_rule(own, rule.clone())?;
        }
    }
    section.finish()?;
    Ok(grey)
}

fn zone_rule(mut section: Section<'_>, mut rule: GreyRule) -> Result<GreyRule, ConfigError> {
    if let Some(item) = section.get("count_as") {
        rule.treat = word(&item, Treat::ALL, Treat::id)?;
    }
    if let Some(item) = section.get("words") {
        rule.words = texts(&item)?;
    }
    if let Some(item) = section.get("payers") {
        rule.payers = texts(&item)?;
    }
    if let Some(item) = section.get("together_min") {
        let fix = "write 0 (never) or a number of dossiers from 2 on";
        let number = u32::try_from(item.number()?).ok();
        let fits = number.filter(|n| *n != 1);
        let message = format!("{} is out of range", item.path());
        rule.together = fits.ok_or_else(|| item.fail(message, fix))?;
    }
    section.finish()?;
    Ok(rule)
}

/// Texts with something in each of them.
fn texts(item: &Item<'_>) -> Result<Vec<Box<str>>, ConfigError> {
    let read = |item: &Item<'_>| {
        item.parse("words in quotes", |raw| {
            let says = raw.chars().any(char::is_alphanumeric);
            says.then(|| raw.trim().into())
        })
    };
    item.list()?.iter().map(read).collect()
}

/// `[definitions.custom]`: the parameters of `CUSTOM`.
pub(super) fn custom(mut section: Section<'_>) -> Result<Custom, ConfigError> {
    let mut custom = Custom::default();
    if let Some(item) = section.get("unit") {
        custom.unit = word(&item, CountUnit::ALL, CountUnit::id)?;
    }
    if let Some(item) = section.get("numerator") {
        custom.numerator = word(&item, Counted::ALL, Counted::id)?;
    }
    for (key, into) in [
        ("zero_fee", &mut custom.zero_fee),
        ("exempt", &mut custom.exempt),
        ("land", &mut custom.land),
        ("unpaid", &mut custom.unpaid),
    ] {
        if let Some(item) = section.get(key) {
            *into = item.flag()?;
        }
    }
    if let Some(item) = section.get("partial") {
        custom.partial = word(&item, PartialRule::ALL, PartialRule::id)?;
    }
    if let Some(item) = section.get("date") {
        custom.date = word(&item, DateBasis::ALL, DateBasis::id)?;
    }
    if let Some(item) = section.get("refunded") {
        custom.refunded = word(&item, RefundRule::ALL, RefundRule::id)?;
    }
    if let Some(item) = section.get("roll_up") {
        custom.roll_up = word(&item, RollUp::ALL, RollUp::id)?;
    }
    if let Some((key, why)) = custom.idle() {
        let message = format!("definitions.custom.{key} has no effect with this unit: {why}");
        return Err(section.fail(message, "take it out, or choose another unit"));
    }
    if let Some((key, why)) = custom.clash() {
        let message =
            format!("definitions.custom.{key} does not go with the other settings: {why}");
        return Err(section.fail(message, "take it out, or change the others"));
    }
    section.finish()?;
    Ok(custom)
}

/// Settings that can never fire, and definitions that lack what they need.
pub(super) fn lint(rules: &RulesConfig, targets: &[Target]) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in &rules.grey.rules {
        let told = !rule.words.is_empty() || !rule.payers.is_empty() || rule.together > 0;
        if rule.treat != Treat::Cashless && !told {
            let zone = rule.zone.id();
            found.push(Finding {
                rule: "rules.grey",
                message: format!("{zone} can never fire: nothing tells its payments"),
                fix: "write words, payers or together_min".into(),
                refused: true,
            });
        }
    }
    let asked = |id: &str| {
        let target = targets.iter().any(|target| *target.definition == *id);
        target || rules.definitions.iter().any(|asked| **asked == *id)
    };
    if asked("CUSTOM") != rules.custom.is_some() {
        let both = "CUSTOM is measured where [definitions.custom] has its parameters and a target \
                    or rules.definitions names it; one of the two is missing";
        found.push(Finding {
            rule: "definitions.custom",
            message: both.into(),
            fix: "write both, or neither".into(),
            refused: false,
        });
    }
    if asked("QD766_3_5a") && rules.fee_procedures.is_empty() {
        found.push(Finding {
            rule: "rules.fee_procedures",
            message: "is empty: QD766_3_5a has no denominator and prints no figure".into(),
            fix: "list the procedures with a fee in the national database".into(),
            refused: false,
        });
    }
    found
}
