//! The exceptions that decide an open verdict, as links.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::{ExceptionId, Vnd};
use crate::report::facts::Figure;
use crate::report::model::ShareRow;

use super::Page;

/// Ids, where the page has their row, with their texts.
type Ids = Vec<(Option<String>, String)>;

/// At most this many ids of a list are linked.
const DECIDING_MAX: usize = 20;

impl Page<'_> {
    /// The lists that decide the verdict: heading, id and text of the first exceptions, and what
    /// the others are by class; empty where there are no others.
    pub(super) fn deciding_lists(&self, row: &ShareRow) -> Vec<(String, Ids, String)> {
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
            let more = list.get(DECIDING_MAX..).unwrap_or_default();
            let more = if more.is_empty() {
                String::new()
            } else {
                self.groups(more)
            };
            (
                self.t1(key, "n", self.n(n)),
                self.first_deciding(list),
                more,
            )
        })
        .collect()
    }

    /// How many there are of each class, and with how much money at risk, the most money first: of
    /// thousands nobody reads a line each.
    fn groups(&self, list: &[ExceptionId]) -> String {
        let exceptions = &self.r.exceptions;
        let shown = exceptions.shown.iter();
        let shown = shown.map(|view| (&*view.id, (&*view.label, view.amount)));
        let lines = exceptions.lines();
        let lines = lines.map(|line| (line.id.as_str(), (&*line.label, line.amount)));
        let known: BTreeMap<&str, (&str, Vnd)> = shown.chain(lines).collect();
        let mut groups: BTreeMap<&str, Figure> = BTreeMap::new();
        let mut untold = 0_u64;
        for id in list {
            match known.get(id.as_str()) {
                Some((label, amount)) => groups.entry(*label).or_default().add(*amount),
                None => untold += 1,
            }
        }
        let mut groups: Vec<(&str, Figure)> = groups.into_iter().collect();
        groups.sort_by_key(|(label, figure)| (Reverse(figure.sum_vnd), *label));
        let of = |(label, figure): &(&str, Figure)| {
            let (n, sum) = (self.n(figure.count), self.money(figure.sum_vnd));
            format!("{label}: {n} – {sum}")
        };
        let mut told: Vec<String> = groups.iter().map(of).collect();
        if untold > 0 {
            told.push(self.t1("share-deciding-untold", "n", self.n(untold)));
        }
        let args = [("n", self.n_of(list.len())), ("groups", told.join("; "))];
        self.say("share-deciding-more", &args)
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
