//! PURE: the arithmetic of a statement: opening, entries, closing, and running balances.

use rust_decimal::Decimal;

use super::Statement;

impl Statement {
    /// See [`Statement::balanced`]. Rows may run up or down in time.
    pub(super) fn check(&self, balances: &[(Decimal, Decimal)]) -> Option<bool> {
        if let (Some(opening), Some(closing)) = (self.opening, self.closing) {
            let end = opening
                .checked_add(self.credits.sum)?
                .checked_sub(self.debits.sum)?;
            return Some(end == closing);
        }
        if !self.is_whole(balances) {
            return None;
        }
        Some(runs_up(balances) || runs_down(balances))
    }

    /// The balances before the first and after the last entry, where each entry has one and they
    /// run.
    pub(super) fn ends_of(&self, balances: &[(Decimal, Decimal)]) -> Option<(Decimal, Decimal)> {
        if !self.is_whole(balances) {
            return None;
        }
        let (first, last) = (balances.first()?, balances.last()?);
        if runs_up(balances) {
            Some((first.1.checked_sub(first.0)?, last.1))
        } else if runs_down(balances) {
            Some((last.1.checked_sub(last.0)?, first.1))
        } else {
            None
        }
    }

    fn is_whole(&self, balances: &[(Decimal, Decimal)]) -> bool {
        let whole = u64::try_from(balances.len()).is_ok_and(|n| n == self.entries);
        balances.len() >= 2 && whole
    }
}

fn runs_up(balances: &[(Decimal, Decimal)]) -> bool {
    balances
        .windows(2)
        .all(|w| w[0].1.checked_add(w[1].0) == Some(w[1].1))
}

fn runs_down(balances: &[(Decimal, Decimal)]) -> bool {
    balances
        .windows(2)
        .all(|w| w[1].1.checked_add(w[0].0) == Some(w[0].1))
}
