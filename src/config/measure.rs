//! What a share counts beside the rules of matching: `[rules.grey]`, `[definitions.custom]`, and
//! the breakdowns.

use super::error::ConfigError;
use super::section::{Item, Section};
use crate::domain::custom::{CountUnit, Counted, DateBasis, PartialRule, RefundRule, RollUp};
use crate::domain::{Custom, Dimension, Grey, GreyRule, GreyZone, Treat};

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
        for rule in grey.rules.iter_mut().filter(|rule| rule.zone == zone) {
            *rule = zone_rule(own, rule.clone())?;
            break;
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
    section.finish()?;
    Ok(custom)
}
