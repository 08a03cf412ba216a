//! The balances of statements.

use crate::report::StatementBalance;

use super::Page;

impl Page<'_> {
    /// A sum that may not be told.
    pub(super) fn told(&self, dong: impl std::borrow::Borrow<Option<i128>>) -> String {
        let dong = *dong.borrow();
        dong.map_or_else(|| "—".to_owned(), |dong| self.money(dong))
    }

    /// What the difference is.
    pub(super) fn balance_note(&self, balance: &StatementBalance) -> String {
        balance.note(self.r.lang)
    }
}
