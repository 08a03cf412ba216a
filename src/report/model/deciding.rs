//! Pure: which exceptions decide the verdict, and how many of them a short list or a paper has.

use super::{ExceptionList, ExceptionView, FIRST_MAX, PAPER_MAX, Report};
use crate::domain::{ExceptionId, Lang};
use crate::text;

impl ExceptionList {
    /// Everything on the work list, rejects aside.
    pub fn listed(&self) -> u64 {
        let told = self.shown.len() + self.lines().count();
        let told = u64::try_from(told).unwrap_or(u64::MAX);
        told.saturating_add(self.more)
    }
}

impl Report {
    /// The few exceptions that decide the verdict most; where none does, the first of the list.
    pub fn first_work(&self) -> Vec<&ExceptionView> {
        let first = self.exceptions.shown.iter().take(FIRST_MAX);
        let any = first.clone().any(|e| e.deciding);
        first.filter(|e| e.deciding || !any).collect()
    }

    /// How many exceptions a paper lists in full, from the first on; after them it has a line for
    /// each of [`ExceptionList::further`].
    pub fn on_paper(&self) -> usize {
        let shown = &self.exceptions.shown;
        let deciding = shown.iter().take_while(|view| view.deciding).count();
        deciding.max(PAPER_MAX).min(shown.len())
    }

    /// The lists that decide the verdict: what proves the target met, what proves it missed.
    pub fn deciding_lists(&self) -> [&[ExceptionId]; 2] {
        let lists = self.headline.as_ref().map(|row| &row.deciding);
        lists.map_or([&[], &[]], |lists| [&lists.met[..], &lists.missed[..]])
    }

    /// True where these lists prove it for certain, and not only perhaps.
    pub fn lists_prove(&self) -> bool {
        self.headline
            .as_ref()
            .is_some_and(|row| row.deciding.proved)
    }

    /// Whether an exception stands in each of them.
    pub fn decides(&self, view: &ExceptionView) -> [bool; 2] {
        let holds = |list: &[ExceptionId]| list.iter().any(|id| *id.as_str() == *view.id);
        self.deciding_lists().map(holds)
    }

    /// How much of each list [`Report::first_work`] has, and where the others stand; none where it
    /// has everything.
    pub fn first_rest(&self) -> Option<String> {
        let first = self.first_work();
        let of_list = |at: usize, list: &[ExceptionId], key: &str| {
            let mine = first
                .iter()
                .filter(|view| self.decides(view).get(at) == Some(&true));
            let (n, all) = (mine.count(), list.len());
            let args = [("n", count(self.lang, n)), ("all", count(self.lang, all))];
            let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
            (n < all).then(|| text::say(self.lang, key, &args))
        };
        let [met, missed] = self.deciding_lists();
        let [to_met, to_missed] = if self.lists_prove() {
            ["first-of-met", "first-of-missed"]
        } else {
            ["first-of-met-perhaps", "first-of-missed-perhaps"]
        };
        let parts = [of_list(0, met, to_met), of_list(1, missed, to_missed)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let parts = parts.join("; ");
        (!parts.is_empty()).then(|| text::say(self.lang, "first-rest", &[("parts", &parts)]))
    }
}

/// A number of exceptions, for people.
pub fn count(lang: Lang, n: usize) -> String {
    text::number(lang, u64::try_from(n).unwrap_or(u64::MAX))
}
