//! Which dossiers of the store have a code one edit away from given ones. A code has two hundred
//! such spellings; nearly all of those of a day's codes begin as no dossier does, so the store is
//! asked about beginnings first.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Day;
use crate::matching::edit::one_edit;
use crate::store::{Store, StoreError};

/// What follows the beginning: most of the counter of a code.
const TAIL: usize = 4;
/// A shorter beginning would stand for too much: such a code is spelled out.
const HEAD_MIN: usize = 6;
/// Codes and beginnings that are asked about together.
const CODES_MAX: usize = 20_000;
const HEADS_MAX: usize = 500;

/// Codes by their beginnings.
#[derive(Debug)]
pub(super) struct Near {
    tails: BTreeMap<String, BTreeSet<String>>,
}

/// Some of the codes.
type Part<'n> = Vec<(&'n String, &'n BTreeSet<String>)>;

impl Near {
    pub(super) fn new<'c>(codes: impl Iterator<Item = &'c String>) -> Self {
        let mut tails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for code in codes {
            let (head, tail) = halves(code);
            tails.entry(head.into()).or_default().insert(tail.into());
        }
        Self { tails }
    }

    /// Spellings that dossiers may have, in parts of bounded size: all that exist and are one edit
    /// away, and some that are not.
    pub(super) async fn existing(
        &self,
        store: &Store,
        day: Day,
    ) -> Result<Vec<BTreeSet<String>>, StoreError> {
        let mut found = Vec::new();
        for part in self.parts() {
            let begun = store.begun_dossiers(&beginnings(&part)).await?;
            let own = part.iter().map(|(head, _)| (*head).clone());
            let own: BTreeSet<String> = own.filter(|head| begun.contains(head)).collect();
            let mut wanted = store.squeezed_begun(day, &own).await?;
            elsewhere(&part, &begun, &mut wanted);
            if !wanted.is_empty() {
                found.push(wanted);
            }
        }
        Ok(found)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        let (mut part, mut codes) = (Vec::new(), 0);
        for (head, tails) in &self.tails {
            codes += tails.len();
            part.push((head, tails));
            if codes >= CODES_MAX || part.len() >= HEADS_MAX {
                parts.push(std::mem::take(&mut part));
                codes = 0;
            }
        }
        parts.push(part);
        parts
    }

    /// True when `spelling` is one edit away from one of the codes that `counts` takes.
    pub(super) fn written(&self, spelling: &str, counts: impl Fn(&str) -> bool) -> bool {
        let mut found = false;
        before_an_edit(spelling, |code| {
            let (head, tail) = halves(code);
            let is_ours = self.tails.get(head).is_some_and(|t| t.contains(tail));
            if !found && is_ours && counts(code) {
                one_edit(code, |edited, _| found |= edited == spelling);
            }
        });
        found
    }
}

/// The beginning of a code and the rest; all of it where it is too short or no plain text.
fn halves(code: &str) -> (&str, &str) {
    let at = code.len().saturating_sub(TAIL);
    let halves = (at >= HEAD_MIN).then(|| code.split_at_checked(at));
    halves.flatten().unwrap_or((code, ""))
}

/// How dossiers one edit away from these codes may begin.
fn beginnings(part: &Part<'_>) -> BTreeSet<String> {
    let mut heads = BTreeSet::new();
    for (head, tails) in part {
        heads.insert((*head).clone());
        one_edit(head, |edited, _| {
            heads.insert(edited.to_owned());
        });
        heads.extend(
            tails
                .iter()
                .filter_map(|tail| swapped(head, tail))
                .map(|(h, _)| h),
        );
    }
    heads
}

/// Spellings whose beginning is another one, which some dossier has.
fn elsewhere(part: &Part<'_>, begun: &BTreeSet<String>, wanted: &mut BTreeSet<String>) {
    for (head, tails) in part {
        one_edit(head, |edited, _| {
            if begun.contains(edited) {
                wanted.extend(tails.iter().map(|tail| format!("{edited}{tail}")));
            }
        });
        let swaps = tails.iter().filter_map(|tail| swapped(head, tail));
        let swaps = swaps.filter(|(head, _)| begun.contains(head));
        wanted.extend(swaps.map(|(head, tail)| head + &tail));
    }
}

/// The two neighbours on both sides of the cut swapped; none where they are equal.
fn swapped(head: &str, tail: &str) -> Option<(String, String)> {
    let (last, first) = (head.chars().next_back()?, tail.chars().next()?);
    let differ = last != first && head.is_ascii() && tail.is_ascii();
    let kept = head.strip_suffix(last).filter(|_| differ)?;
    let rest = tail.strip_prefix(first)?;
    Some((format!("{kept}{first}"), format!("{last}{rest}")))
}

/// Calls `visit` for everything that may have been written where `spelling` is one edit away.
fn before_an_edit(spelling: &str, mut visit: impl FnMut(&str)) {
    one_edit(spelling, |code, _| visit(code));
    // an edit reads L as 1, none reads 1 as L
    for (at, _) in spelling.match_indices('1') {
        let mut code = spelling.to_owned();
        code.replace_range(at..=at, "L");
        visit(&code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the store would say, of dossiers with these codes.
    fn found(near: &Near, dossiers: &BTreeSet<String>) -> BTreeSet<String> {
        let begins = |head: &str| -> Vec<String> {
            let begun = dossiers.iter().filter(|dossier| dossier.starts_with(head));
            begun.cloned().collect()
        };
        let mut wanted = BTreeSet::new();
        for part in near.parts() {
            let mut begun = beginnings(&part);
            begun.retain(|head| !begins(head).is_empty());
            let own = part.iter().filter(|(head, _)| begun.contains(*head));
            wanted.extend(own.flat_map(|(head, _)| begins(head)));
            elsewhere(&part, &begun, &mut wanted);
        }
        wanted.retain(|code| dossiers.contains(code) && near.written(code, |_| true));
        wanted
    }

    proptest! {
        #[test]
        fn every_dossier_one_edit_away_is_found_and_no_other(
            codes in prop::collection::btree_set(
                "(H481|H4L)[012]{2,7}[01OIL][012L]{3}|[01L]{1,8}",
                1..20,
            ),
            others in prop::collection::btree_set("H481[012]{6}[01][012]{3}", 0..20),
        ) {
            let mut all = BTreeSet::new();
            for code in &codes {
                one_edit(code, |spelling, _| {
                    all.insert(spelling.to_owned());
                });
            }
            // every third spelling exists, and dossiers that are not near, and the codes themselves
            let mut dossiers: BTreeSet<String> = all.iter().step_by(3).cloned().collect();
            dossiers.extend(others);
            dossiers.extend(codes.iter().cloned());
            let expected: BTreeSet<String> = dossiers.intersection(&all).cloned().collect();
            prop_assert_eq!(found(&Near::new(codes.iter()), &dossiers), expected);
        }
    }
}
