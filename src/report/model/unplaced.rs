//! Pure: what the total counts and no row of a breakdown does, because nobody knows yet where it
//! belongs. A table that says less than the total says so.

use std::collections::BTreeSet;

use crate::domain::{Cell, Dimension, Lang};
use crate::kpi::{Scope, Share};
use crate::settle::Settlement;
use crate::text;

/// What lies in no row, in the definition's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unplaced {
    /// Its part of the numerator.
    pub numerator: i128,
    /// Its part of the denominator.
    pub denominator: i128,
    /// True when both are dong.
    pub in_dong: bool,
}

impl Unplaced {
    /// The headline's items that may lie in any row of the dimension, by the outcome that the point
    /// figure takes; none where every item has its row.
    pub(super) fn of(
        settlement: &Settlement,
        headline: &Share,
        dimension: Dimension,
    ) -> Option<Self> {
        let any = Scope::Cell(Cell::any(dimension));
        let (mut items, mut totals) = (BTreeSet::new(), Vec::new());
        for item in &settlement.contributions {
            let mine = item.definition == headline.definition && headline.period.holds(item.day);
            match &item.scope {
                Scope::Total if mine => totals.push(item),
                scope if mine && *scope == any => {
                    items.insert(&item.item);
                }
                _ => {}
            }
        }
        let mut all = Self {
            in_dong: headline.definition.starts_with("AMOUNT_"),
            ..Self::default()
        };
        let counted = totals.into_iter().filter(|c| items.contains(&c.item));
        for (numerator, denominator) in counted.filter_map(|c| c.outcomes.first()) {
            all.numerator += i128::from(*numerator);
            all.denominator += i128::from(*denominator);
        }
        (all.denominator != 0).then_some(all)
    }

    /// The sentence below the table.
    pub fn said(&self, lang: Lang) -> String {
        let print = |n: i128| {
            if self.in_dong {
                text::money(lang, n)
            } else {
                text::number(lang, n)
            }
        };
        let parts = format!("{} / {}", print(self.numerator), print(self.denominator));
        text::say(lang, "cells-unplaced", &[("parts", &parts)])
    }
}
