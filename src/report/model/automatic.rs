//! Pure: how many payments of a night the rules matched without a person, in all, by source and by
//! agency.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Bucket;
use crate::domain::{AgencyCode, Fraction, Lang, RowKey, Side};
use crate::report::facts::RunFacts;
use crate::settle::Settlement;
use crate::text;

use super::index::Index;

/// The pass that applies what people decided.
const BY_HAND: &str = "decision";

/// Transactions that were matched by rules, among those that had to be: matched and open ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Matched by rules.
    pub matched: u32,
    /// All of them.
    pub all: u32,
}

impl Rate {
    fn add(&mut self, matched: bool) {
        self.all += 1;
        self.matched += u32::from(matched);
    }

    /// The share; none where there was nothing to match.
    pub fn share(self) -> Option<Fraction> {
        Fraction::new(self.matched.into(), self.all.into())
    }

    /// `90,00 % (9/10)`; empty where there was nothing to match.
    pub fn say(self, lang: Lang) -> String {
        self.share().map_or_else(String::new, |share| {
            let (n, all) = (
                text::number(lang, self.matched),
                text::number(lang, self.all),
            );
            format!("{} ({n}/{all})", text::percent(lang, share))
        })
    }
}

/// The rates of a night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of all transactions of the night.
    pub whole: Rate,
    sources: BTreeMap<Box<str>, Rate>,
    agencies: BTreeMap<AgencyCode, Rate>,
}

impl Rates {
    /// Of the transactions of a source.
    pub fn of_source(&self, name: &str) -> Rate {
        self.sources.get(name).copied().unwrap_or_default()
    }

    /// Of the transactions that are linked to a dossier of the agency, or name one.
    pub fn of_agency(&self, code: &AgencyCode) -> Rate {
        self.agencies.get(code).copied().unwrap_or_default()
    }
}

/// The rates of the night; none in a period, whose nights do not tell theirs.
pub(super) fn rates(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Option<Rates> {
    if facts.period().is_some() {
        return None;
    }
    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    let by_hand = legs.filter(|leg| leg.pass == BY_HAND);
    let by_hand: BTreeSet<&RowKey> = by_hand.map(|leg| &leg.money).collect();
    let mut rates = Rates::default();
    for row in &settlement.rows {
        let tonight = row.key.side == Side::Txn && row.business_date == facts.business_date;
        if !tonight || !matches!(row.bucket, Bucket::Matched | Bucket::Open) {
            continue;
        }
        let matched = row.bucket == Bucket::Matched && !by_hand.contains(&row.key);
        rates.whole.add(matched);
        let source = rates.sources.entry(row.key.source.as_str().into());
        source.or_default().add(matched);
        let dossier = row.dossier_code.as_ref();
        if let Some(agency) = dossier.and_then(|dossier| index.agency_of(dossier)) {
            rates.agencies.entry(agency).or_default().add(matched);
        }
    }
    Some(rates)
}

/// The rate of the whole night in a sentence; none where there was nothing to match.
pub(super) fn sentence(rates: Option<&Rates>, lang: Lang) -> Option<String> {
    let whole = rates?.whole;
    let share = text::percent(lang, whole.share()?);
    let (n, all) = (
        text::number(lang, whole.matched),
        text::number(lang, whole.all),
    );
    let args = [("share", &*share), ("n", &*n), ("all", &*all)];
    Some(text::say(lang, "tie-automatic", &args))
}
