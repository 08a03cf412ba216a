//! What new rows name: the keys under which a night looks up the settled rows it must decide again.

use std::collections::BTreeSet;

use crate::domain::{AgencyCode, DossierCode, Fee, PaymentOrder, Receipt, Txn};

use super::code_scan::Scanner;
use super::edit::one_edit;

/// Keys that new rows name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Squeezed spellings of dossier codes that may exist.
    pub dossiers: BTreeSet<String>,
    /// Structured references: order ids.
    pub orders: BTreeSet<String>,
    /// Words in memos that may be another source's transaction id or bank reference.
    pub references: BTreeSet<String>,
}

/// Shorter words are no transaction ids.
const WORD_LENGTH: std::ops::RangeInclusive<usize> = 6..=40;

/// The names in new rows. `near` adds the spellings one edit away from codes in memos, which the
/// repair look-up of orphans and rivals needs.
pub fn names<'r>(
    agencies: impl IntoIterator<Item = &'r AgencyCode>,
    txns: &[Txn],
    fees: &[Fee],
    orders: &[PaymentOrder],
    receipts: &[Receipt],
) -> Names {
    let scanner = Scanner::new(agencies);
    let mut names = Names::default();
    for txn in txns {
        txn_names(&scanner, txn, &mut names);
    }
    let codes = fees.iter().map(|fee| &fee.dossier_code);
    let codes = codes.chain(orders.iter().map(|order| &order.dossier_code));
    for code in codes.chain(receipts.iter().map(|receipt| &receipt.dossier_code)) {
        names.dossiers.insert(code.squeezed());
    }
    names
}

fn txn_names(scanner: &Scanner, txn: &Txn, names: &mut Names) {
    if let Some(reference) = txn.order_ref.as_deref().filter(|text| !text.is_empty()) {
        names.orders.insert(reference.to_owned());
        if let Ok(code) = DossierCode::parse(reference) {
            with_neighbours(&code.squeezed(), names);
        }
    }
    for spot in scanner.spots(&txn.memo) {
        for spelling in &spot.spellings {
            with_neighbours(spelling, names);
        }
    }
    for code in Scanner::written_codes(&txn.memo) {
        with_neighbours(&code.squeezed(), names);
    }
    let upper = txn.memo.to_ascii_uppercase();
    let words = upper.split(|c: char| !c.is_ascii_alphanumeric());
    names.references.extend(
        words
            .filter(|w| WORD_LENGTH.contains(&w.len()))
            .map(str::to_owned),
    );
    names
        .references
        .extend(txn.bank_ref.iter().map(ToString::to_string));
}

fn with_neighbours(code: &str, names: &mut Names) {
    names.dossiers.insert(code.to_owned());
    one_edit(code, |spelling, _| {
        names.dossiers.insert(spelling.to_owned());
    });
}
