//! PURE: whether an entry of a table is one in dong, as the nights take it.

use rust_decimal::Decimal;

use super::Statement;
use super::amount::{self, text};
use super::heading::Role;
use super::rows::opt;
use crate::domain::RejectCode;
use crate::format::GridRow;
use crate::normalise::amount as dong;
use crate::normalise::cells::Fault;
use crate::normalise::txn::is_dong;
use crate::source::AmountForm;

/// Rows of which what is left is not the amount less the fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nets {
    /// The line of the first.
    pub line: u64,
    /// The heading of what is left, with its sheet.
    pub column: String,
    /// How many.
    pub rows: u64,
}

impl Statement {
    /// True for a row that tells amount, fee and what is left, and of which these do not add up.
    pub(super) fn is_off(&self, row: &GridRow, amount: Decimal) -> bool {
        let read = |role| amount::read(self.header.cell(row, role), self.style);
        let both = read(Role::Fee).zip(read(Role::Net));
        both.is_some_and(|(fee, net)| amount.abs().saturating_sub(fee.abs()) != net.abs())
    }

    /// The text of a part of the money as records have it; what is no amount stays as it stands.
    pub(super) fn part(&self, row: &GridRow, role: Role) -> Option<String> {
        let cell = self.header.cell(row, role);
        let plain = amount::read(cell, self.style).map(|part| text(part.abs()));
        plain.or_else(|| opt(cell).map(str::to_owned))
    }

    /// The cell for which the nights refuse an entry although it can be read: another currency of
    /// its own, a part of a dong, more digits than any amount has. That a whole statement is in
    /// another currency is told of the statement.
    pub(super) fn refused(&self, row: &GridRow, amount: Decimal) -> Option<(Role, Fault)> {
        if self.unit.is_some() {
            return None;
        }
        let own = opt(self.header.cell(row, Role::Currency));
        if let Some(other) = own.filter(|own| !is_dong(own)) {
            let fault = Fault::new("currency", other, RejectCode::NotVnd);
            return Some((Role::Currency, fault));
        }
        if own.is_none() && !is_dong(self.currency.as_deref().unwrap_or_default()) {
            return None;
        }
        let told = self.header.told(row).into_iter();
        let told = told.map(|(at, _)| self.header.role(at)).next();
        let whole = (told.unwrap_or(Role::Amount), Some(text(amount)));
        let parts = [Role::Fee, Role::Net].map(|role| (role, self.part(row, role)));
        let mut all = [whole].into_iter().chain(parts);
        all.find_map(|(role, told)| {
            let told = told?;
            let code = dong::read(&told, AmountForm::Decimal).err()?;
            Some((role, Fault::new("amount", &told, code)))
        })
    }
}
