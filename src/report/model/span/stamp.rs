//! The mark of a closed period in words: who closed it, what its figures know, and which other
//! closed reports have days in common with it.

use crate::report::model::Report;
use crate::text;

impl Report {
    /// Who closed the figures of the period, or opened them again, when and why; none in any other
    /// report.
    pub fn closed_note(&self) -> Option<String> {
        let mark = self.closed_mark.as_ref()?;
        let args = [
            ("at", &*mark.at),
            ("by", &*mark.by),
            ("reason", &*mark.reason),
        ];
        let mut said = vec![text::say(self.lang, mark.key(), &args)];
        if let Some(left) = mark.left {
            let (day, n) = (self.day(), text::number(self.lang, left));
            let args = [("night", &*day), ("n", &*n)];
            let key = if left == 0 {
                "closed-knows"
            } else {
                "closed-knows-less"
            };
            said.push(text::say(self.lang, key, &args));
        }
        said.extend(mark.beside.iter().map(ToString::to_string));
        Some(said.join(" "))
    }
}
