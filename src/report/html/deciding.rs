//! The exceptions that decide an open verdict, as links.

use crate::domain::ExceptionId;
use crate::report::model::ShareRow;

use super::Page;

/// Ids, where the page has their row, with their texts.
type Ids = Vec<(Option<String>, String)>;

/// At most this many ids of a list are linked.
const DECIDING_MAX: usize = 20;

impl Page<'_> {
    /// The lists that decide the verdict: heading, id and text of the first exceptions, and how
    /// many more there are.
    pub(super) fn deciding_lists(&self, row: &ShareRow) -> Vec<(String, Ids, u64)> {
        let [met, missed] = if row.deciding.proved {
            ["share-deciding-met", "share-deciding-missed"]
        } else {
            [
                "share-deciding-met-perhaps",
                "share-deciding-missed-perhaps",
            ]
        };
        let lists = [(met, &row.deciding.met), (missed, &row.deciding.missed)];
        let told = lists.into_iter().filter(|(_, list)| !list.is_empty());
        told.map(|(key, list)| {
            let n = u64::try_from(list.len()).unwrap_or(u64::MAX);
            let more = list.len().saturating_sub(DECIDING_MAX);
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            (
                self.t1(key, "n", self.n(n)),
                self.first_deciding(list),
                more,
            )
        })
        .collect()
    }

    /// Id and text of the first of these exceptions.
    fn first_deciding(&self, list: &[ExceptionId]) -> Ids {
        let shown = |id: &ExceptionId| {
            let view = self
                .r
                .exceptions
                .shown
                .iter()
                .find(|e| *e.id == *id.as_str());
            let line = || {
                let line = self.r.exceptions.lines().find(|e| e.id == *id)?;
                let stake = line.stake(self.r.lang);
                Some(format!("{} – {} – {stake}", line.label, line.what))
            };
            let shown = view.map(|e| {
                let what = if e.dossier.is_empty() {
                    &e.reference
                } else {
                    &e.dossier
                };
                format!("{} – {what} – {}", e.label, e.stake(self.r.lang))
            });
            match shown.or_else(line) {
                Some(text) => (Some(id.to_string()), text),
                None => (None, self.t1("share-deciding-elsewhere", "id", id.as_str())),
            }
        };
        list.iter().take(DECIDING_MAX).map(shown).collect()
    }
}
