//! `[rules]`: windows, tolerances, rates, accounts; and the digest that enters a run's id.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Config;
use super::error::ConfigError;
use super::forms::{SHARE_FORM, share};
use super::measure;
use super::section::{Item, Section};
use crate::domain::rest_days::REST_REACH;
use crate::domain::{
    Calendar, Custom, Day, Dimension, FeeTable, Fraction, Grey, Period, Target, Vnd,
};

use crate::settle::{NetRate, Rules};

/// How a budget of false pairs is written, for messages.
pub const BUDGET_FORM: &str = "a percentage above 0% and up to 1%: \"0.01%\"";
/// How a net rate is written, for messages.
pub const NET_RATE_FORM: &str = "a percentage, with a minimum in dong if any: \"1.1% min 220\"";
/// How a collection account is written, for messages.
pub const ACCOUNT_FORM: &str =
    "an account, with its agency if it has one: \"0123456789=H48.18.22\"";

/// A dedicated collection account and its agency.
pub type CollectionAccount = (Box<str>, Option<Box<str>>);

/// What people may tune. Every value here enters the rules digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesConfig {
    /// Settled gateway payments and receipts of the last days that every night reads again.
    pub window_days: u32,
    /// A gateway's batch may land this many days later.
    pub batch_days: u32,
    /// A cash deposit may land this many days after the receipts.
    pub deposit_days: u32,
    /// A payment that does not name its dossier exactly may be for it so many days later; what was
    /// decided so stays open to change as long.
    pub pairing_days: u32,
    /// How far ahead of the best other pairing a scored one must be, 0-1000.
    pub margin_min: u16,
    /// The largest share of scored pairs that may be false; the margin then follows from the
    /// nights before, instead of `margin_min`.
    pub max_false_match: Option<Fraction>,
    /// The provider's fee where the row does not tell it.
    pub net_rates: Vec<NetRate>,
    /// Dedicated collection accounts.
    pub collection_accounts: Vec<CollectionAccount>,
    /// A delivery with a greater share of unreadable rows counts as partial.
    pub reject_share_max: Fraction,
    /// Settled orders are asked again for this many days, to learn of refunds.
    pub reprobe_days: u32,
    /// Definitions to measure beside the targets'.
    pub definitions: Vec<Box<str>>,
    /// By what the first target's share is broken down.
    pub breakdowns: Vec<Dimension>,
    /// The procedures with a fee in the national database.
    pub fee_procedures: Vec<Box<str>>,
    /// The grey zones.
    pub grey: Grey,
    /// What `CUSTOM` counts.
    pub custom: Option<Custom>,
}

impl Default for RulesConfig {
    fn default() -> Self {
        let rules = Rules::default();
        Self {
            window_days: rules.window_days,
            batch_days: rules.batch_days,
            deposit_days: rules.deposit_days,
            pairing_days: rules.pairing_days,
            margin_min: rules.margin_min,
            max_false_match: None,
            net_rates: rules.net_rates,
            collection_accounts: Vec::new(),
            reject_share_max: Fraction { num: 1, den: 5 },
            reprobe_days: 7,
            definitions: Vec::new(),
            breakdowns: Dimension::ALL.to_vec(),
            fee_procedures: Vec::new(),
            grey: Grey::default(),
            custom: None,
        }
    }
}

impl RulesConfig {
    /// Reads the table; without one every rule has its default. Named definitions and where they
    /// stand are added to `places`.
    pub(super) fn read(
        section: Option<Section<'_>>,
        places: &mut Vec<(Box<str>, String)>,
    ) -> Result<Self, ConfigError> {
        let mut rules = Self::default();
        let Some(mut section) = section else {
            return Ok(rules);
        };
        let mut days = |key, into: &mut u32| -> Result<(), ConfigError> {
            if let Some(item) = section.get(key) {
                *into = u32::try_from(item.number()?)
                    .ok()
                    .filter(|n| *n <= 366)
                    .ok_or_else(|| {
                        item.fail(
                            format!("{} is out of range", item.path()),
                            "write 0 to 366 days",
                        )
                    })?;
            }
            Ok(())
        };
        days("window_days", &mut rules.window_days)?;
        days("batch_days", &mut rules.batch_days)?;
        days("deposit_days", &mut rules.deposit_days)?;
        days("pairing_days", &mut rules.pairing_days)?;
        days("reprobe_days", &mut rules.reprobe_days)?;
        if let Some(item) = section.get("margin_min") {
            rules.margin_min = margin(&item)?;
        }
        if let Some(item) = section.get("max_false_match") {
            rules.max_false_match = Some(item.parse(BUDGET_FORM, budget)?);
        }
        if let Some(item) = section.get("net_rates") {
            let read = |item: &Item<'_>| item.parse(NET_RATE_FORM, net_rate);
            rules.net_rates = item.list()?.iter().map(read).collect::<Result<_, _>>()?;
        }
        if let Some(item) = section.get("collection_accounts") {
            let read = |item: &Item<'_>| item.parse(ACCOUNT_FORM, collection_account);
            rules.collection_accounts = item.list()?.iter().map(read).collect::<Result<_, _>>()?;
        }
        if let Some(item) = section.get("reject_share_max") {
            rules.reject_share_max = item.parse(SHARE_FORM, share)?;
        }
        if let Some(item) = section.get("definitions") {
            for item in item.list()? {
                let id = definition(&item)?;
                places.push((id.clone(), item.place()));
                rules.definitions.push(id);
            }
        }
        rules.read_measures(&mut section)?;
        section.finish()?;
        Ok(rules)
    }

    /// What is measured beside the shares.
    fn read_measures(&mut self, section: &mut Section<'_>) -> Result<(), ConfigError> {
        if let Some(item) = section.get("breakdowns") {
            self.breakdowns = measure::breakdowns(&item)?;
        }
        if let Some(item) = section.get("fee_procedures") {
            let code = |item: &Item<'_>| {
                item.parse("the code of a procedure: \"1.001612\"", |raw| {
                    let raw = raw.trim();
                    (!raw.is_empty()).then(|| raw.into())
                })
            };
            let codes = item
                .list()?
                .iter()
                .map(code)
                .collect::<Result<BTreeSet<_>, _>>()?;
            self.fee_procedures = codes.into_iter().collect();
        }
        if let Some(grey) = section.section("grey")? {
            self.grey = measure::grey(grey)?;
        }
        Ok(())
    }

    /// Reads `[definitions]`.
    pub(super) fn read_definitions(
        &mut self,
        section: Option<Section<'_>>,
    ) -> Result<(), ConfigError> {
        if let Some(mut section) = section {
            let custom = section.section("custom")?;
            self.custom = custom.map(measure::custom).transpose()?;
            section.finish()?;
        }
        Ok(())
    }
}

/// A distance between two pairings; below 500 a pairing would be little more than a guess.
fn margin(item: &Item<'_>) -> Result<u16, ConfigError> {
    let margin = u16::try_from(item.number()?).ok();
    margin.filter(|n| (500..=1000).contains(n)).ok_or_else(|| {
        let message = format!("{} is out of range", item.path());
        item.fail(message, "write 500 to 1000; 950 is the default")
    })
}

/// Reads a share of false pairs, above 0% and at most 1%.
pub fn budget(raw: &str) -> Option<Fraction> {
    share(raw).filter(|share| share.num > 0 && share.num * 100 <= share.den)
}

/// Reads `1.1% min 220` or `0.5%`.
pub fn net_rate(raw: &str) -> Option<NetRate> {
    let (rate, minimum) = match raw.split_once("min") {
        Some((rate, minimum)) => (rate.trim(), Vnd::parse_digits(minimum.trim()).ok()?),
        None => (raw.trim(), Vnd::ZERO),
    };
    share(rate).map(|rate| NetRate { rate, minimum })
}

/// Reads `ACCOUNT` or `ACCOUNT=AGENCY`.
pub fn collection_account(raw: &str) -> Option<CollectionAccount> {
    let (account, agency) = match raw.split_once('=') {
        Some((account, agency)) if !agency.trim().is_empty() => {
            (account, Some(agency.trim().to_ascii_uppercase().into()))
        }
        Some(_) => return None,
        None => (raw, None),
    };
    let account = account.trim();
    (!account.is_empty()).then(|| (account.into(), agency))
}

/// The id of a definition; whether there is one is the measuring stage's to say.
pub(super) fn definition(item: &Item<'_>) -> Result<Box<str>, ConfigError> {
    item.parse("the id of a definition: \"TX_CASHLESS\"", |raw| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        (!raw.is_empty() && raw.bytes().all(plain)).then(|| raw.into())
    })
}

/// What decides a night beside its inputs, in the form that is digested.
#[derive(Serialize)]
struct Digested<'a> {
    version: &'static str,
    rules: &'a RulesConfig,
    targets: &'a [Target],
    start: Option<Day>,
    open_vnd_max: Option<Vnd>,
}

impl Config {
    /// The rules of one night, with its three periods.
    pub fn rules_for(&self, day: Day) -> Rules {
        Rules {
            periods: vec![
                Period::night(day),
                Period::month_to(day),
                Period::year_to(day),
            ],
            fee_table: self.fee_table.as_of(day),
            days_off: self.days_off(day),
            ..self.rules_without_periods()
        }
    }

    /// The days off among those that the sums of a night, and of the next, may reach.
    fn days_off(&self, day: Day) -> Vec<Day> {
        let back = REST_REACH + self.rules.window_days.max(self.rules.batch_days);
        self.calendar
            .days_off(day.minus(back), day.plus(REST_REACH))
    }

    /// The days off of a night as the office's own file tells them; none where it tells nothing
    /// else of them than the program knows. They enter the digest of the night's rules.
    pub fn own_days_off(&self, day: Day) -> Option<Vec<Day>> {
        let own = self.days_off(day);
        let known = Self {
            calendar: Calendar::default(),
            ..self.clone()
        };
        (own != known.days_off(day)).then_some(own)
    }

    /// The rules, for reports that name their own periods.
    pub fn rules_without_periods(&self) -> Rules {
        Rules {
            window_days: self.rules.window_days,
            batch_days: self.rules.batch_days,
            deposit_days: self.rules.deposit_days,
            days_off: Vec::new(),
            pairing_days: self.rules.pairing_days,
            margin_min: self.rules.margin_min,
            net_rates: self.rules.net_rates.clone(),
            collection_accounts: self.rules.collection_accounts.clone(),
            targets: self.targets.clone(),
            definitions: self.rules.definitions.clone(),
            periods: Vec::new(),
            start: self.start,
            e_receipts: false,
            breakdowns: self.rules.breakdowns.clone(),
            grey: self.rules.grey.clone(),
            custom: self.rules.custom,
            fee_procedures: self.rules.fee_procedures.clone(),
            fee_table: FeeTable::default(),
        }
    }

    /// 64 hex of SHA-256 over the rules in canonical JSON and the program's version.
    pub fn rules_digest(&self) -> String {
        let digested = Digested {
            version: env!("CARGO_PKG_VERSION"),
            rules: &self.rules,
            targets: &self.targets,
            start: self.start,
            open_vnd_max: self.open_vnd_max,
        };
        // Plain values of our own serialise without fail; an empty text would still be a digest.
        let text = serde_json::to_string(&digested).unwrap_or_default();
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_accounts_have_one_form() {
        let rate = |num, den, minimum| {
            Some(NetRate {
                rate: Fraction { num, den },
                minimum: Vnd::new(minimum),
            })
        };
        assert_eq!(net_rate("1.1% min 220"), rate(11, 1000, 220));
        assert_eq!(net_rate("0.5%"), rate(1, 200, 0));
        for bad in [
            "",
            "1.1",
            "1.1% min",
            "1.1% min -5",
            "min 220",
            "1.1% max 3",
        ] {
            assert_eq!(net_rate(bad), None, "{bad:?}");
        }
        assert_eq!(budget("0.01%"), Fraction::new(1, 10_000));
        for bad in ["", "0%", "1.01%", "0.0001", "-1%"] {
            assert_eq!(budget(bad), None, "{bad:?}");
        }
        assert_eq!(collection_account("123"), Some(("123".into(), None)));
        let with = Some(("123".into(), Some("H48.18".into())));
        assert_eq!(collection_account(" 123 = h48.18"), with);
        for bad in ["", "=H48", "123="] {
            assert_eq!(collection_account(bad), None, "{bad:?}");
        }
    }
}
