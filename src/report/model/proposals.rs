//! Pure: pairings that the program proposes and does not make, by open payment: a reading is near,
//! and what speaks for it does not reach. A person takes one of them or none.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::classify::{Bucket, Classified};
use crate::domain::{ExceptionId, RowKey, Vnd};
use crate::matching::Suggestion;
use crate::report::RunFacts;
use crate::settle::Settlement;
use crate::text;

use super::index::Index;
use super::{SHOWN_MAX, compare, source_word};

/// At most so many proposals of one payment are told in full.
const OF_ONE_MAX: usize = 3;

/// An open payment with what is proposed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalView {
    /// The exception that waits for the decision.
    pub id: ExceptionId,
    /// What others know the payment by.
    pub reference: String,
    /// Its source and day.
    pub origin: String,
    /// Its amount.
    pub amount: Vnd,
    /// What speaks for several of the candidates and names none of those shown.
    pub shared: Vec<String>,
    /// Dossier, score and what speaks for it alone, the best first.
    pub candidates: Vec<String>,
    /// What the score of each of these is made of.
    pub parts: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

impl ProposalView {
    /// The candidates, each with what its score is made of.
    pub fn lines(&self) -> Vec<(&str, &str)> {
        let said = self.candidates.iter().map(String::as_str);
        said.zip(self.parts.iter().map(String::as_str)).collect()
    }
}

/// The payments with proposals: all of them counted, the first shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals {
    /// How many payments there are.
    pub count: u64,
    /// The first of them, those with the best proposal and the most money first.
    pub shown: Vec<ProposalView>,
}

pub(super) fn list(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Proposals {
    let mut of: BTreeMap<&RowKey, Vec<&Suggestion>> = BTreeMap::new();
    for suggestion in &settlement.suggestions {
        of.entry(&suggestion.txn).or_default().push(suggestion);
    }
    let waits = |row: &&Classified| row.bucket == Bucket::Open && row.exception_id.is_some();
    let open = settlement.rows.iter().filter(waits);
    let mut open: Vec<(&Classified, Vec<&Suggestion>)> = open
        .filter_map(|row| Some((row, of.remove(&row.key)?)))
        .collect();
    for (_, proposed) in &mut open {
        proposed.sort_by_key(|one| (Reverse(one.score), one.dossier_code.clone()));
    }
    open.sort_by_key(|(row, proposed)| {
        let best = proposed.first().map(|one| one.score);
        (Reverse(best), Reverse(row.amount), row.key.clone())
    });
    let shown = open.iter().take(SHOWN_MAX);
    Proposals {
        count: u64::try_from(open.len()).unwrap_or(u64::MAX),
        shown: shown
            .filter_map(|(row, proposed)| view(index, row, proposed, facts))
            .collect(),
    }
}

fn view(
    index: &Index<'_>,
    row: &Classified,
    proposed: &[&Suggestion],
    facts: &RunFacts,
) -> Option<ProposalView> {
    let lang = facts.lang;
    let day = index
        .txn(&row.key)
        .map_or(row.business_date, |txn| txn.paid_on);
    let source = source_word(lang, row.key.source.as_str());
    let told = proposed.get(..OF_ONE_MAX).unwrap_or(proposed);
    let candidates = compare::suggestions(index, lang, told, &row.nearest, &[]);
    let named = |said: &String| {
        let mut codes = proposed.iter().map(|one| one.dossier_code.to_string());
        codes.any(|code| said.contains(&code))
    };
    let mut shared = compare::shared(index, lang, told);
    shared.retain(|said| !named(said));
    Some(ProposalView {
        id: row.exception_id.clone()?,
        reference: index.person_reference(lang, &row.key),
        origin: format!("{source}, {}", text::day(lang, day)),
        amount: row.amount,
        shared,
        candidates,
        parts: told.iter().map(|one| compare::parts(lang, one)).collect(),
        more: proposed.len().saturating_sub(OF_ONE_MAX),
    })
}
