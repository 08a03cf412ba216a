//! Pure: what a report is of, in words: a night, or a month or range as its last night knew it.
//! Figures that are of that night alone say so, so that nobody takes them for the period's.

use crate::domain::Lang;
use crate::report::facts::RunFacts;
use crate::text;

use super::Report;
use super::light::lower_first;
use super::shares::period_name;

/// The period in words, within a sentence; none in the report of a night.
pub(super) fn period_words(facts: &RunFacts) -> Option<String> {
    let period = facts.period()?;
    Some(lower_first(&period_name(facts.lang, period)))
}

/// The night in words within a sentence: "this night", in the report of a period with its day.
pub(super) fn night_words(facts: &RunFacts) -> String {
    let day = text::day(facts.lang, facts.business_date);
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

/// The label of a figure that is of the night alone.
pub(super) fn of_night(facts: &RunFacts, label: String) -> String {
    match facts.period() {
        None => label,
        Some(_) => with_night(
            facts.lang,
            &label,
            &text::day(facts.lang, facts.business_date),
        ),
    }
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
        self.span("page-title-period", "page-title")
    }

    /// What it is of, under the heading.
    pub fn subtitle(&self) -> String {
        self.span("page-subtitle-period", "page-subtitle")
    }

    /// Who closed the figures of the period, when and why; none in any other report.
    pub fn closed_note(&self) -> Option<String> {
        let mark = self.closed_mark.as_ref()?;
        let args = [
            ("at", &*mark.at),
            ("by", &*mark.by),
            ("reason", &*mark.reason),
        ];
        Some(text::say(self.lang, "closed-note", &args))
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
        self.period.as_ref()?;
        let day = self.day();
        let say = |key| text::say(self.lang, key, &[("day", &day)]);
        Some([say("night-heading"), say("night-intro")])
    }

    /// The night in words within a sentence.
    pub fn night_words(&self) -> String {
        night(self.lang, self.period.is_some(), &self.day())
    }

    /// A sentence with the night in it, by its key.
    pub fn say_of_night(&self, key: &str) -> String {
        text::say(self.lang, key, &[("night", &self.night_words())])
    }

    /// What the filter calls that was not open the night before.
    pub fn new_label(&self) -> String {
        self.span("filter-new-night", "filter-new")
    }

    /// A heading of figures that are of the night alone.
    pub fn heading_of_night(&self, heading: &str) -> String {
        match &self.period {
            None => heading.to_owned(),
            Some(_) => with_night(self.lang, heading, &self.day()),
        }
    }
}
