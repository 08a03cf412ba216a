//! What a printed page has and what it leaves to the screen. The paper is short: the first
//! exceptions in two lines each, the first rows of long tables, nothing that is folded up. Each
//! place says how much is not printed and where it stands.

use crate::report::model::PAPER_MAX;

use super::Page;

/// So many rows of a long table are printed; `report.css` has the same number.
const ROWS_MAX: usize = 10;

/// The same of a table whose rows are high.
const HIGH_MAX: usize = 5;

/// The same of the table of agencies.
const AGENCIES_MAX: usize = 30;

impl Page<'_> {
    /// What is left to the screen as a whole.
    pub(super) fn paper_note(&self) -> String {
        self.t("paper-short")
    }

    /// Where a table goes on; none where all of it is printed.
    pub(super) fn cut(&self, rows: usize) -> Option<String> {
        self.cut_at(rows, ROWS_MAX)
    }

    /// The same of a table whose rows are high.
    pub(super) fn cut_few(&self, rows: usize) -> Option<String> {
        self.cut_at(rows, HIGH_MAX)
    }

    /// The same of the agencies.
    pub(super) fn cut_long(&self, rows: usize) -> Option<String> {
        self.cut_at(rows, AGENCIES_MAX)
    }

    fn cut_at(&self, rows: usize, max: usize) -> Option<String> {
        let args = [("n", self.n_of(max)), ("all", self.n_of(rows))];
        (rows > max).then(|| self.say("paper-cut", &args))
    }

    /// True when the exception in this place, from 0, is not printed.
    pub(super) fn off_paper(&self, at: &usize) -> bool {
        *at >= self.r.on_paper()
    }

    /// So many are printed whatever is chosen; those that decide the verdict always.
    pub(super) fn paper_max(&self) -> usize {
        PAPER_MAX
    }

    /// All exceptions of the work list, rejects aside.
    pub(super) fn listed(&self) -> u64 {
        self.r.exceptions.listed()
    }

    pub(super) fn all_on_paper(&self) -> bool {
        u64::try_from(self.printed_rows()).is_ok_and(|printed| printed == self.listed())
    }

    /// The text of what is printed, for the script to put the numbers in.
    pub(super) fn paper_text(&self) -> String {
        self.printed(["#n", "#all", "#more"].map(str::to_owned))
    }

    /// How many exceptions are printed, of how many, how many are not, and where these are.
    pub(super) fn paper_said(&self) -> String {
        let (rows, all) = (self.printed_rows(), self.listed());
        let more = all.saturating_sub(u64::try_from(rows).unwrap_or(all));
        self.printed([self.n_of(rows), self.n(all), self.n(more)])
    }

    /// Exceptions on the paper, in full or in a line.
    fn printed_rows(&self) -> usize {
        self.r.on_paper() + self.r.exceptions.further.len()
    }

    fn printed(&self, [n, all, more]: [String; 3]) -> String {
        let key = if self.r.exports_withheld {
            "paper-exceptions-withheld"
        } else {
            "paper-exceptions"
        };
        self.say(key, &[("n", n), ("all", all), ("more", more)])
    }
}
