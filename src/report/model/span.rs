//! Pure: what a report is of, in words: a night, or a month or range as its last night knew it.
//! Figures that are of that night alone say so, so that nobody takes them for the period's.

mod stamp;

use serde::Serialize;

use crate::domain::Lang;
use crate::report::facts::{Figure, RunFacts, StatementBalance};
use crate::text;

use super::bridge::{Break, CarryRow};
use super::later;
use super::light::lower_first;
use super::nights::{NightFigures, OfNights, Outside, Work};
use super::shares::period_name;
use super::sources::{row_kind, source_word};
use super::{Report, Totals};

/// The period in words, within a sentence; none in the report of a night.
pub(super) fn period_words(facts: &RunFacts) -> Option<String> {
    let period = facts.period()?;
    Some(lower_first(&period_name(facts.lang, period)))
}

/// The totals of the nights of a period, else of the night.
pub(super) fn totals(facts: &RunFacts, of_night: Totals) -> Totals {
    facts.of_nights().map_or(of_night, |nights| nights.totals)
}

/// The balances that statements tell. They are of the night's files: a period tells no sum of them.
pub(super) fn balances(facts: &RunFacts) -> Vec<StatementBalance> {
    match facts.period() {
        Some(_) => Vec::new(),
        None => facts.page.balances.clone(),
    }
}

/// The night in words within a sentence: "this night", in the report of a period with its day.
pub(super) fn night_words(facts: &RunFacts) -> String {
    let day = text::day(facts.lang, facts.end_night());
    night(facts.lang, facts.period().is_some(), &day)
}

fn night(lang: Lang, of_period: bool, day: &str) -> String {
    let key = if of_period {
        "that-night"
    } else {
        "this-night"
    };
    text::say(lang, key, &[("day", day)])
}

/// The label of a figure that tells how things stood after the night: in a period after its last.
pub(super) fn at_end(facts: &RunFacts, label: String) -> String {
    if facts.period().is_none() {
        return label;
    }
    let day = text::day(facts.lang, facts.business_date);
    let key = if facts.is_told_later() {
        "at-end-later"
    } else {
        "at-end"
    };
    text::say(facts.lang, key, &[("label", &label), ("day", &day)])
}

/// What waits: of the night's transactions; in a period all money that is open after its
/// last night.
pub(super) fn open_at_end(facts: &RunFacts, night: &NightFigures) -> Figure {
    match facts.period() {
        None => night.totals().open,
        Some(_) => night.open_money(),
    }
}

/// The sums that are told: those of the night, or of the nights of the period; none of a period
/// where a night does not tell its own.
pub(super) fn told(facts: &RunFacts, night: NightFigures) -> NightFigures {
    facts
        .of_nights()
        .map_or(night, |nights| nights.figures.clone().unwrap_or_default())
}

/// Why the sums of the nights cannot be told.
pub(super) fn untold(facts: &RunFacts) -> Option<String> {
    let nights = facts.of_nights()?;
    if nights.figures.is_some() {
        return None;
    }
    let days = nights.untold.iter().map(|day| text::day(facts.lang, *day));
    let days = days.collect::<Vec<_>>().join(", ");
    let key = if days.is_empty() {
        "nights-none"
    } else {
        "nights-untold"
    };
    Some(text::say(facts.lang, key, &[("days", &days)]))
}

/// Which nights tell none of their links and fee lines.
pub(super) fn without_rows(facts: &RunFacts) -> Option<String> {
    let nights = &facts.of_nights()?.without_rows;
    let days = nights.iter().map(|day| text::day(facts.lang, *day));
    let days = days.collect::<Vec<_>>().join(", ");
    let said = text::say(facts.lang, "nights-without-rows", &[("days", &days)]);
    (!nights.is_empty()).then_some(said)
}

/// How many nights the sums are of, and what is in none of them or told too much.
pub(super) fn of_how_many(facts: &RunFacts, nights: &OfNights) -> String {
    let n = u64::try_from(nights.nights.len()).unwrap_or(u64::MAX);
    let n = text::number(facts.lang, n);
    let said = text::say(facts.lang, "nights-count", &[("n", &n)]);
    let parts = [Some(said), outside_in_all(facts, nights)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// By how much all rows of the period's days differ from the sum of its nights, over all sources.
pub(super) fn outside_in_all(facts: &RunFacts, nights: &OfNights) -> Option<String> {
    let lang = facts.lang;
    let [untold, gone] = nights.all_outside();
    let parts = [("nights-outside", untold), ("nights-twice", gone)];
    let parts = parts
        .into_iter()
        .filter(|(_, figure)| *figure != Figure::default());
    let said = parts.map(|(key, figure)| {
        let n = text::number(lang, figure.count);
        let sum = text::money(lang, figure.sum_vnd);
        text::say(lang, key, &[("n", &n), ("sum", &sum)])
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// The same as a sentence.
pub(super) fn nights_less(facts: &RunFacts) -> Option<String> {
    let said = outside_in_all(facts, facts.of_nights()?)?;
    Some(text::say(facts.lang, "nights-less", &[("said", &said)]))
}

/// Rows of one source and kind that no night tells, or (negative) that nights tell too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutsideRow {
    /// The source.
    pub source: Box<str>,
    /// The kind as a word.
    pub kind: String,
    /// Rows and dong.
    pub figure: (i128, i128),
    /// Why they are in no night, or in two.
    pub why: String,
}

pub(super) fn outside(facts: &RunFacts) -> Vec<OutsideRow> {
    let outside = facts.of_nights().map_or(&[][..], |nights| &nights.outside);
    let row = |one: &Outside, (sign, figure, key): (i128, Figure, &str)| OutsideRow {
        source: one.source.clone(),
        kind: row_kind(facts.lang, one.kind),
        figure: (sign * i128::from(figure.count), sign * figure.sum_vnd),
        why: text::say(facts.lang, key, &[]),
    };
    let rows = outside.iter().flat_map(|one| {
        let parts = [
            (1, one.untold, "outside-row"),
            (-1, one.gone, "outside-twice"),
        ];
        let told = parts
            .into_iter()
            .filter(|(_, figure, _)| *figure != Figure::default());
        told.map(move |part| row(one, part))
    });
    rows.collect()
}

fn work_of(facts: &RunFacts) -> Option<&Work> {
    Some(&facts.of_nights()?.figures.as_ref()?.work)
}

/// What came and went of the work list in the period.
pub(super) fn work_moved(facts: &RunFacts) -> Option<String> {
    let work = work_of(facts)?;
    let moved = say_work(facts, work, "work-moved");
    let since = |later| later::say(facts, later, work.closing.count, "work-moved-later");
    Some(format!(
        "{moved}{}",
        work.later.map(since).unwrap_or_default()
    ))
}

/// The work list from before the first night of the period to its last.
pub(super) fn work(facts: &RunFacts) -> Option<String> {
    let work = work_of(facts)?;
    let key = match work.rest() {
        0 => "work-chain",
        _ => "work-chain-rest",
    };
    let chain = say_work(facts, work, key);
    let since = |later| later::say(facts, later, work.closing.count, "work-chain-later");
    let parts = [Some(chain), work.later.map(since)];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn say_work(facts: &RunFacts, work: &Work, key: &str) -> String {
    let lang = facts.lang;
    let args = [
        ("opening", text::number(lang, work.opening.count)),
        ("opened", text::number(lang, work.opened)),
        ("settled", text::number(lang, work.settled)),
        ("changed", text::number(lang, work.changed)),
        ("closing", text::number(lang, work.at_end().count)),
        ("rest", text::number(lang, -work.rest())),
    ];
    let args = args.each_ref().map(|(name, value)| (*name, &**value));
    text::say(lang, key, &args)
}

fn with_night(lang: Lang, label: &str, day: &str) -> String {
    text::say(lang, "of-night", &[("label", label), ("day", day)])
}

impl Report {
    fn day(&self) -> String {
        text::day(self.lang, self.business_date)
    }

    /// One of two messages: that of a period, or that of a night.
    fn span(&self, of_period: &str, of_night: &str) -> String {
        let day = self.day();
        match &self.period {
            None => text::say(self.lang, of_night, &[("day", &day)]),
            Some(period) => {
                let args = [("period", &**period), ("day", &*day)];
                text::say(self.lang, of_period, &args)
            }
        }
    }

    /// What it is, for the title of a document.
    pub fn title(&self) -> String {
        let key = self.if_later("page-title-later", "page-title-period");
        self.span(key, "page-title")
    }

    /// What it is of, under the heading.
    pub fn subtitle(&self) -> String {
        let key = self.if_later("page-subtitle-later", "page-subtitle-period");
        self.span(key, "page-subtitle")
    }

    /// Which version of the night it is.
    pub fn version_note(&self) -> String {
        let version = self.version_of_night.to_string();
        if self.period.is_none() {
            return text::say(self.lang, "version-note", &[("version", &version)]);
        }
        let args = [("version", &*version), ("day", &*self.day())];
        text::say(self.lang, "version-note-period", &args)
    }

    /// The heading over what is of the night alone, and the sentence that says so; none in the
    /// report of a night.
    pub fn night_heading(&self) -> Option<[String; 2]> {
        let period = self.period.as_ref()?;
        let (day, end) = (self.day(), text::day(self.lang, self.end_night));
        let args = [("day", &*day), ("end", &*end), ("period", &**period)];
        let say = |key| text::say(self.lang, key, &args);
        Some([
            say(self.if_later("night-heading-later", "night-heading")),
            say(self.if_later("night-intro-later", "night-intro")),
        ])
    }

    /// The night in words within a sentence.
    pub fn night_words(&self) -> String {
        let day = text::day(self.lang, self.end_night);
        night(self.lang, self.period.is_some(), &day)
    }

    /// A sentence with the night in it, by its key.
    pub fn say_of_night(&self, key: &str) -> String {
        text::say(self.lang, key, &[("night", &self.night_words())])
    }

    /// What the filter calls that was not open the night before.
    pub fn new_label(&self) -> String {
        self.span("filter-new-night", "filter-new")
    }

    /// A heading of figures that are of the night, or of the nights of the period.
    pub fn heading_of_nights(&self, heading: &str) -> String {
        match &self.period {
            None => heading.to_owned(),
            Some(period) => {
                let args = [("label", heading), ("period", &**period)];
                text::say(self.lang, "of-nights", &args)
            }
        }
    }

    /// The key of the column of what did not match: in a period each night's own, whatever came of
    /// it since.
    pub fn open_key(&self, of_night: &'static str) -> &'static str {
        self.one_of(of_night, "column-open-night")
    }

    /// What the page calls the open items from night to night, or over the period.
    pub fn carry_heading(&self) -> String {
        self.say_of_nights("carry-heading", "carry-heading-period")
    }

    /// What the page calls the money of the day, or of the nights of the period.
    pub fn flow_heading(&self) -> String {
        self.say_of_nights("flow-heading", "flow-heading-period")
    }

    /// True when a night of the period does not begin with what the one before it left.
    pub fn is_broken(&self) -> bool {
        self.carries.iter().any(|row| !row.breaks.is_empty())
    }

    /// Where the nights of the period do not join, in sentences.
    pub fn breaks(&self) -> Vec<String> {
        let said = |row: &CarryRow, one: &Break| {
            let source = if row.money {
                row.source.to_string()
            } else {
                source_word(self.lang, &row.source)
            };
            let args = [
                ("source", source),
                ("day", text::day(self.lang, one.before)),
                ("before", text::day(self.lang, one.after)),
                ("n", text::number(self.lang, one.count)),
                ("sum", text::money(self.lang, one.sum_vnd)),
            ];
            let args = args.each_ref().map(|(name, value)| (*name, &**value));
            let key = if one.later {
                "carry-later"
            } else {
                "carry-break"
            };
            text::say(self.lang, key, &args)
        };
        let rows = self.carries.iter();
        rows.flat_map(|row| row.breaks.iter().map(move |one| said(row, one)))
            .collect()
    }

    /// The transactions of the nights and those outside of them: rows and dong.
    pub fn with_outside(&self) -> (i128, i128) {
        let all = self.totals.transactions;
        let rows = self.outside.iter().map(|row| row.figure);
        rows.fold((all.count.into(), all.sum_vnd), |sum, one| {
            (sum.0 + one.0, sum.1 + one.1)
        })
    }

    /// One of two keys: that of a night, or that of a period.
    pub fn one_of(&self, of_night: &'static str, of_period: &'static str) -> &'static str {
        match self.period {
            None => of_night,
            Some(_) => of_period,
        }
    }

    /// A message about figures of the night or, by another key, of the nights of the period.
    pub fn say_of_nights(&self, of_night: &str, of_period: &str) -> String {
        self.span(of_period, of_night)
    }

    /// A heading of what is open after the night, in a period after its last.
    pub fn heading_at_end(&self, heading: &str) -> String {
        if self.period.is_none() {
            return heading.to_owned();
        }
        let args = [("label", heading), ("day", &*self.day())];
        text::say(self.lang, self.if_later("at-end-later", "at-end"), &args)
    }

    /// A heading of figures that are of the night alone.
    pub fn heading_of_night(&self, heading: &str) -> String {
        match &self.period {
            None => heading.to_owned(),
            Some(_) => with_night(self.lang, heading, &self.day()),
        }
    }
}
