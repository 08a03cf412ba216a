//! The period as known then and now: what the page shows of it. The rest stands in `arrived.csv`
//! and `moved.csv`.

use std::borrow::Borrow;

use crate::report::model::{ArrivedRow, KnownFigure, KnownRow, KnownView, MovedRow, ShareRow};
use crate::text;

use super::Page;

/// So many rows of a list are shown.
const SHOWN_MAX: usize = 50;

fn head<T>(list: &[T], count: usize) -> &[T] {
    list.get(..count.min(SHOWN_MAX)).unwrap_or_default()
}

impl Page<'_> {
    pub(super) fn known_then(&self, known: &KnownView) -> String {
        self.t1("known-then", "day", self.day(known.then))
    }

    pub(super) fn known_now(&self, known: &KnownView) -> String {
        self.t1("known-now", "day", self.day(known.now))
    }

    pub(super) fn known_sides<'k>(&self, row: &'k KnownRow) -> [Option<&'k ShareRow>; 2] {
        [Some(&row.then), row.now.as_ref()]
    }

    /// The way of the share; a dash without both.
    pub(super) fn known_points(&self, row: &KnownRow) -> String {
        row.points(self.r.lang).map_or_else(
            || "—".to_owned(),
            |points| self.t1("known-points", "points", points),
        )
    }

    /// The ways of numerator and denominator.
    pub(super) fn known_parts(&self, row: &KnownRow) -> String {
        let Some(now) = &row.now else {
            return String::new();
        };
        let way = |then: i128, now: i128| {
            if row.then.in_dong {
                self.signed(now - then, |n| self.money(n))
            } else {
                self.signed(now - then, |n| self.wide(n))
            }
        };
        let part = way(row.then.numerator, now.numerator);
        format!("{part} / {}", way(row.then.denominator, now.denominator))
    }

    fn signed(&self, number: i128, print: impl Fn(i128) -> String) -> String {
        match number {
            0 => "0".to_owned(),
            n if n > 0 => format!("+{}", print(n)),
            n => format!("−{}", print(-n)),
        }
    }

    pub(super) fn known_rows(&self, figure: &KnownFigure) -> String {
        let way = i128::from(figure.now.count) - i128::from(figure.then.count);
        self.signed(way, |n| self.wide(n))
    }

    pub(super) fn known_money(&self, figure: &KnownFigure) -> String {
        let way = figure.now.sum_vnd - figure.then.sum_vnd;
        self.signed(way, |n| self.money(n))
    }

    /// True where bounds of the table are outer ones.
    pub(super) fn known_outer(&self, known: &KnownView) -> bool {
        known.shares.iter().any(KnownRow::any_outer)
    }

    /// The shares of which more is possible now than was proven then, and why.
    pub(super) fn known_wider<'k>(&self, known: &'k KnownView) -> Vec<(&'k str, &'k str)> {
        let rows = known.shares.iter();
        rows.filter_map(|row| Some((row.then.name.as_str(), row.wider.as_deref()?)))
            .collect()
    }

    /// The agencies whose share of the leading definition differs.
    pub(super) fn known_agencies<'k>(&self, known: &'k KnownView) -> Vec<&'k KnownRow> {
        let leads = known.shares.first().map(|row| row.then.definition);
        let rows = known.agencies.iter();
        rows.filter(|row| Some(row.then.definition) == leads && row.differs())
            .collect()
    }

    pub(super) fn known_count(&self, key: &str, count: impl Borrow<usize>) -> String {
        self.t1(key, "n", self.n_of(*count.borrow()))
    }

    pub(super) fn known_arrived<'k>(&self, known: &'k KnownView) -> &'k [ArrivedRow] {
        head(&known.arrived, known.arrived.len())
    }

    pub(super) fn known_moved<'k>(&self, known: &'k KnownView) -> &'k [MovedRow] {
        head(&known.moved, known.leading)
    }

    pub(super) fn known_more(&self, count: impl Borrow<usize>) -> u64 {
        u64::try_from(count.borrow().saturating_sub(SHOWN_MAX)).unwrap_or(u64::MAX)
    }

    pub(super) fn known_dong(&self, dong: &i64) -> String {
        text::money(self.r.lang, *dong)
    }

    /// What an item counted as and counts as: numerator of denominator.
    pub(super) fn known_pairs(&self, row: &MovedRow) -> [String; 2] {
        let number = |n: i64| text::number(self.r.lang, n);
        [row.then, row.now].map(|(part, whole)| format!("{} / {}", number(part), number(whole)))
    }
}
