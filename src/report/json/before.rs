//! The period before in the `run.json` of a period: what its five numbers are compared with.
//! Written, and read again where a closed period is told in another format.

use serde::{Deserialize, Serialize};

use super::period::StretchJson;
use super::previous::FractionJson;
use crate::domain::{Day, Fraction, Period};
use crate::report::facts::{AtEnd, BeforeFigures, Figure, PeriodBefore, RunFacts};

/// The block.
#[derive(Serialize, Deserialize)]
pub(super) struct BeforeJson {
    label: Box<str>,
    from: String,
    to: String,
    /// The stretches of it without a published night.
    lacking: Vec<StretchJson>,
    /// The required sources that did not tell nights of it in full.
    short: Vec<ShortJson>,
    /// True where every day has its night and every required source told all of it.
    whole: bool,
    /// None where no night of it was published.
    last_night: Option<String>,
    transactions: Option<Figure>,
    share: Option<FractionJson>,
    open: Option<Figure>,
    exceptions: Option<Figure>,
    overdue: Option<Figure>,
}

#[derive(Serialize, Deserialize)]
struct ShortJson {
    source: Box<str>,
    nights: Vec<String>,
}

/// The block of a document.
#[derive(Deserialize)]
struct Told {
    previous_period: Option<BeforeJson>,
}

impl BeforeJson {
    fn of(before: &PeriodBefore) -> Self {
        let told = before.told.as_ref();
        let end = |part: fn(&AtEnd) -> Figure| told.and_then(|told| told.end.as_ref().map(part));
        let short = before.short.iter().map(|(source, nights)| ShortJson {
            source: source.clone(),
            nights: nights.iter().map(Day::to_string).collect(),
        });
        Self {
            label: before.period.label.clone(),
            from: before.period.from.to_string(),
            to: before.period.to.to_string(),
            lacking: before
                .lacking
                .iter()
                .copied()
                .map(StretchJson::of)
                .collect(),
            short: short.collect(),
            whole: before.is_whole(),
            last_night: told.map(|told| told.last.to_string()),
            transactions: told.map(|told| told.transactions),
            share: told.and_then(|told| told.share).map(FractionJson::of),
            open: end(|end| end.open),
            exceptions: end(|end| end.exceptions),
            overdue: end(|end| end.overdue),
        }
    }

    fn told(self) -> Option<PeriodBefore> {
        let day = |raw: &String| Day::parse(raw).ok();
        let end = match (self.open, self.exceptions, self.overdue) {
            (Some(open), Some(exceptions), Some(overdue)) => Some(AtEnd {
                open,
                exceptions,
                overdue,
            }),
            _ => None,
        };
        let share = |share: FractionJson| Fraction::new(share.numerator, share.denominator);
        let told = self.last_night.as_ref().and_then(day);
        let told = told.zip(self.transactions);
        let short = self.short.into_iter().map(|one| {
            let nights = one.nights.iter().filter_map(day).collect();
            (one.source, nights)
        });
        Some(PeriodBefore {
            period: Period {
                label: self.label,
                from: day(&self.from)?,
                to: day(&self.to)?,
            },
            lacking: self.lacking.iter().filter_map(StretchJson::days).collect(),
            short: short.collect(),
            told: told.map(|(last, transactions)| BeforeFigures {
                last,
                transactions,
                share: self.share.and_then(share),
                end,
            }),
        })
    }
}

/// None in a night, and where nobody asked for the period before.
pub(super) fn of(facts: &RunFacts) -> Option<BeforeJson> {
    let before = facts.page.period_before.as_deref();
    before
        .filter(|_| facts.period().is_some())
        .map(BeforeJson::of)
}

/// The period before as the document of a period tells it; none where an older program wrote it.
pub fn told_before(run_json: &str) -> Option<PeriodBefore> {
    let told: Told = serde_json::from_str(run_json).ok()?;
    told.previous_period?.told()
}
