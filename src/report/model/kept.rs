//! Pure: what the money of the day holds that no row tells, in words.

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

    /// The sentences under the heading of the money of the day, or of the nights of the period.
    pub fn flow_intro(&self) -> String {
        let intro = self.say_of_nights("flow-intro", "flow-intro-period");
        match self.kept_before_note() {
            Some(note) => format!("{intro} {note}"),
            None => intro,
        }
    }
}
