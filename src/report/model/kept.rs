//! Pure: what the money of the day holds that no row tells, and what nobody knows the payer of, in
//! words.

use crate::report::facts::Figure;
use crate::text;

use super::Report;

impl Report {
    /// The part of what people paid that no row tells, source by source, in a sentence; none where
    /// there is nothing. Minutes with a provider hold it on a line of its own.
    pub fn kept_before_note(&self) -> Option<String> {
        let rows = self.flows.iter().filter(|row| !row.kept_before.is_empty());
        let said = rows.map(|row| {
            let n = text::number(self.lang, row.kept_before.count);
            let sum = text::money(self.lang, row.kept_before.sum_vnd);
            let args = [("source", &*row.source), ("n", &*n), ("sum", &*sum)];
            text::say(self.lang, "flow-kept-before-part", &args)
        });
        let parts = said.collect::<Vec<_>>().join("; ");
        (!parts.is_empty()).then(|| text::say(self.lang, "flow-kept-before", &[("parts", &parts)]))
    }

    /// The lines that equal a sum of the day and may be something else: they stand in no sum of
    /// what people paid, and are told beside each of them. None where there are none.
    pub fn doubtful_note(&self) -> Option<String> {
        let mut all = Figure::default();
        for row in &self.flows {
            all.plus(row.doubtful);
        }
        let n = text::number(self.lang, all.count);
        let sum = text::money(self.lang, all.sum_vnd);
        let args = [("n", &*n), ("sum", &*sum)];
        (!all.is_empty()).then(|| text::say(self.lang, "flow-doubtful", &args))
    }

    /// What a table of people's payments is headed with, of a night or of a period, with what it
    /// leaves out because nobody knows the payer.
    pub fn payments_intro(&self, night: &str, period: &str) -> String {
        let intro = self.say_of_nights(night, period);
        match self.doubtful_note() {
            Some(note) => format!("{intro} {note}"),
            None => intro,
        }
    }

    /// The sentences under the heading of the money of the day, or of the nights of the period.
    pub fn flow_intro(&self) -> String {
        let intro = self.payments_intro("flow-intro", "flow-intro-period");
        match self.kept_before_note() {
            Some(note) => format!("{intro} {note}"),
            None => intro,
        }
    }
}
