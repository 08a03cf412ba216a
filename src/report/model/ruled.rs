//! Pure: what a person ruled on a row, as the next night tells it, and what is to be done since.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::Classified;
use crate::domain::{Day, DossierCode, Lang, RowKey, Ruling};
use crate::report::facts::{Ruled, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::index::Index;
use super::row::refund_letter;
use super::status::Handled;

/// A refund that was asked for may take so many days; then somebody asks where it is. No rule sets
/// a term: a bank returns money within days, a refund order of the Treasury takes longer.
pub const REFUND_DAYS: u32 = 10;

/// What was ruled on a row: what, who, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuledView {
    /// Stable id of the ruling: `refund_requested`.
    pub id: &'static str,
    /// Its word, as the drop-down of the workbook has it.
    pub what: String,
    /// Who.
    pub by: Box<str>,
    /// When it was written.
    pub on: Day,
    /// Why, with the note behind it.
    pub reason: Box<str>,
}

impl RuledView {
    pub(super) fn new(lang: Lang, ruled: &Ruled) -> Self {
        Self {
            id: ruled.ruling.id(),
            what: ruling_word(lang, &ruled.ruling),
            by: ruled.by.clone(),
            on: ruled.on,
            reason: ruled.reason.clone(),
        }
    }

    /// All of it in a line.
    pub fn said(&self, lang: Lang) -> String {
        let day = text::day(lang, self.on);
        let args = [
            ("what", &*self.what),
            ("by", &*self.by),
            ("day", &*day),
            ("reason", &*self.reason),
        ];
        text::say(lang, "ruled-said", &args)
    }
}

/// A ruling in words.
pub fn ruling_word(lang: Lang, ruling: &Ruling) -> String {
    let key = match ruling {
        Ruling::Pays(_) => "ruling-pays",
        Ruling::Payout { .. } => "choice-payout",
        Ruling::NotFee => "choice-not-fee",
        Ruling::WriteOff => "choice-write-off",
        Ruling::RefundRequested => "choice-refund-requested",
    };
    text::say(lang, key, &[])
}

/// The refunds that were asked for, by dossier and class: a matter of two rows is ruled on at one
/// of them, and the other waits with it.
#[derive(Debug, Default)]
pub(super) struct Asked<'s>(BTreeMap<(&'s DossierCode, &'s str), &'s RowKey>);

impl<'s> Asked<'s> {
    pub(super) fn new(index: &Index<'_>, settlement: &'s Settlement) -> Self {
        if index.inputs.decisions.is_empty() {
            return Self::default();
        }
        let asked = |row: &&Classified| Handled::of(index, row) == Some(Handled::RefundRequested);
        let rows = settlement.rows.iter().filter(asked);
        let of = |row: &'s Classified| Some(((row.dossier_code.as_ref()?, row.class), &row.key));
        Self(rows.filter_map(of).collect())
    }

    /// The row on which the matter of this one was ruled: itself, or the one at which its money is
    /// counted.
    fn ruled_at<'r>(&self, row: &'r Classified) -> &'r RowKey
    where
        's: 'r,
    {
        let other = row.dossier_code.as_ref();
        let other = other.filter(|_| !row.at_risk().is_here());
        let other = other.and_then(|code| self.0.get(&(code, row.class)));
        other.copied().unwrap_or(&row.key)
    }
}

/// What a ruling on handling leaves to do.
pub(super) struct Since {
    /// Which ruling it is.
    pub(super) handled: Handled,
    /// What to do, and who does it.
    pub(super) advice: String,
    /// What to write, and to whom; none where nobody has to do anything.
    pub(super) letter: Option<(String, String)>,
    /// The last day on which nobody has to ask where the money is.
    pub(super) waits_until: Option<Day>,
}

/// What is to be done about a row on whose handling somebody ruled; none where nobody did, or the
/// row is not any more what was ruled upon.
pub(super) fn since(
    index: &Index<'_>,
    facts: &RunFacts,
    asked: &Asked<'_>,
    row: &Classified,
) -> Option<Since> {
    let own = Handled::of(index, row);
    let at = if own.is_some() {
        &row.key
    } else {
        asked.ruled_at(row)
    };
    let handled = own.or_else(|| (*at != row.key).then_some(Handled::RefundRequested))?;
    let Some(ruled) = facts.page.ruled(at) else {
        let advice = match handled {
            Handled::WrittenOff => text::say(facts.lang, "advice-written-off-by", &[]),
            Handled::RefundRequested => text::say(facts.lang, "advice-refund-asked", &[]),
        };
        let letter =
            (handled == Handled::RefundRequested).then(|| text::letter::note(facts.lang, &advice));
        return Some(Since {
            handled,
            advice,
            letter,
            waits_until: None,
        });
    };
    let until = ruled.on.plus(REFUND_DAYS);
    let (on, last) = (
        text::day(facts.lang, ruled.on),
        text::day(facts.lang, until),
    );
    let days = REFUND_DAYS.to_string();
    let args = [
        ("day", &*on),
        ("by", &*ruled.by),
        ("until", &*last),
        ("n", &*days),
    ];
    let say = |key| text::say(facts.lang, key, &args);
    Some(match handled {
        Handled::WrittenOff => Since {
            handled,
            advice: say("advice-written-off"),
            letter: None,
            waits_until: None,
        },
        Handled::RefundRequested if facts.business_date <= until => {
            let advice = say("advice-refund-waits");
            Since {
                handled,
                letter: Some(text::letter::note(facts.lang, &advice)),
                advice,
                waits_until: Some(until),
            }
        }
        Handled::RefundRequested => {
            let advice = say("advice-refund-ask");
            let letter = refund_letter(index, facts.lang, row, ruled.on);
            Since {
                handled,
                letter: letter.or_else(|| Some(text::letter::note(facts.lang, &advice))),
                advice,
                waits_until: Some(until),
            }
        }
    })
}
