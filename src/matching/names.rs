//! What new rows name: the keys under which a night looks up the settled rows it must decide again.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fold::{fold_name, squeeze};
use crate::domain::{AgencyCode, DossierCode, Fee, PaymentOrder, Receipt, RowKey, Txn};

use super::code_scan::Scanner;

/// What new rows say, before anyone knows which of it exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// Squeezed spellings of dossier codes that may exist.
    pub spellings: BTreeSet<String>,
    /// Structured references: order ids.
    pub orders: BTreeSet<Box<str>>,
    /// Words that may be another source's transaction id or bank reference.
    pub references: BTreeSet<Box<str>>,
}

/// Keys read out of new rows. The store turns them into rows through indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Dossiers that exist.
    pub dossiers: BTreeSet<DossierCode>,
    /// Order ids (structured references that are no dossier code).
    pub orders: BTreeSet<Box<str>>,
    /// Native ids of transactions, as they stand in memos and in refunds.
    pub txn_ids: BTreeSet<Box<str>>,
    /// Bank references.
    pub bank_refs: BTreeSet<Box<str>>,
    /// Transactions that spell the dossiers of new rows.
    pub txns: BTreeSet<RowKey>,
}

impl Spoken {
    /// The names, once the store has said which dossiers exist.
    pub fn resolve(self, existing: impl IntoIterator<Item = DossierCode>) -> Names {
        Names {
            dossiers: existing.into_iter().collect(),
            orders: self.orders,
            txn_ids: self.references.clone(),
            bank_refs: self.references,
            txns: BTreeSet::new(),
        }
    }
}

/// Shorter words are no transaction ids.
const WORD_LENGTH: std::ops::RangeInclusive<usize> = 6..=40;

/// What new rows name.
pub fn spoken<'r>(
    agencies: impl IntoIterator<Item = &'r AgencyCode>,
    txns: &[Txn],
    fees: &[Fee],
    orders: &[PaymentOrder],
    receipts: &[Receipt],
) -> Spoken {
    let scanner = Scanner::new(agencies);
    let mut spoken = Spoken::default();
    for txn in txns {
        say(&scanner, txn, &mut spoken);
    }
    let ids = orders.iter().map(|order| order.order_id.as_ref().into());
    spoken.orders.extend(ids);
    let codes = fees.iter().map(|fee| &fee.dossier_code);
    let codes = codes.chain(orders.iter().map(|order| &order.dossier_code));
    for code in codes.chain(receipts.iter().map(|receipt| &receipt.dossier_code)) {
        spoken.spellings.insert(code.squeezed());
    }
    spoken
}

/// The codes, as they are written, of rows that name no existing dossier: what is one edit away
/// from them may be what was meant, settled or not. (Rivals of a code that exists matter only while
/// they are open, and open dossiers are read anyway.)
pub fn lost_codes<'r>(
    agencies: impl IntoIterator<Item = &'r AgencyCode>,
    txns: &[Txn],
    existing: &BTreeSet<DossierCode>,
) -> BTreeSet<String> {
    let scanner = Scanner::new(agencies);
    let existing: BTreeSet<String> = existing.iter().map(DossierCode::squeezed).collect();
    let mut lost = BTreeSet::new();
    for txn in txns {
        let codes = codes_of(&scanner, txn);
        if !codes.iter().any(|code| existing.contains(code)) {
            lost.extend(codes);
        }
    }
    lost
}

/// The folded names of the payers of fees, by the squeezed code of their dossier.
pub fn payers_of(fees: &[Fee]) -> BTreeMap<String, BTreeSet<String>> {
    let mut payers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fee in fees.iter().filter(|fee| !fee.payer_name.is_empty()) {
        let of_dossier = payers.entry(fee.dossier_code.squeezed()).or_default();
        of_dossier.insert(fold_name(&fee.payer_name));
    }
    payers
}

/// Every spelling of a dossier code in the reference and the memo.
fn codes_of(scanner: &Scanner, txn: &Txn) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let reference = txn.order_ref.as_deref().map(DossierCode::parse);
    codes.extend(reference.and_then(Result::ok).map(|code| code.squeezed()));
    let squeezed = squeeze(&txn.memo);
    let spots = scanner.spots(&squeezed).into_iter();
    codes.extend(spots.flat_map(|spot| spot.spellings()).map(str::to_owned));
    let almost = scanner.almost(&squeezed);
    codes.extend(almost.into_iter().flat_map(|place| place.written));
    let written = Scanner::written_codes(&txn.memo);
    codes.extend(written.iter().map(DossierCode::squeezed));
    codes
}

fn say(scanner: &Scanner, txn: &Txn, spoken: &mut Spoken) {
    let reference = txn.order_ref.as_deref().filter(|text| !text.is_empty());
    spoken.orders.extend(reference.map(Into::into));
    spoken.spellings.extend(codes_of(scanner, txn));
    let reference = reference.unwrap_or_default();
    let text = format!("{} {reference}", txn.memo);
    for text in [text.to_ascii_uppercase(), text] {
        let words = id_words(&text).filter(|w| WORD_LENGTH.contains(&w.len()));
        spoken.references.extend(words.map(Into::into));
    }
    let told = txn.bank_ref.as_deref();
    let bare = told.and_then(bare_reference);
    let told = told.into_iter().chain(bare);
    spoken.references.extend(told.map(Into::into));
    spoken.references.insert(txn.id.as_ref().into());
}

/// The words of a text that may be ids: with inner dots, dashes and underscores, and without.
pub(super) fn id_words(text: &str) -> impl Iterator<Item = &str> {
    let inner = |c: char| matches!(c, '-' | '.' | '_');
    let words = text.split(move |c: char| !c.is_ascii_alphanumeric() && !inner(c));
    let pieces = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.chain(pieces).filter(|word| !word.is_empty())
}

/// A bank reference without what a bank or its reader appends to it (`FT22339000001\BNN`,
/// `FT22339000001-1`): none where nothing is appended, where what stands before it is too short to
/// be a number of one transfer, or where it may be a date with a count.
pub(super) fn bare_reference(reference: &str) -> Option<&str> {
    let end = reference.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (bare, rest) = reference.split_at(end);
    let tail = rest.get(1..)?;
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let short = (1..=APPENDED_MAX).contains(&tail.len());
    let plain = tail.bytes().all(|b| b.is_ascii_alphanumeric());
    (short && plain && bare.len() >= BARE_MIN && digits >= DIGITS_MIN).then_some(bare)
}

/// The longest mark that is taken for appended to a reference.
const APPENDED_MAX: usize = 4;
/// The shortest reference that something may be appended to: longer than a date.
const BARE_MIN: usize = 10;
/// As many digits it has at least.
const DIGITS_MIN: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_to_a_reference_is_seen() {
        for (reference, bare) in [
            ("FT22339000001\\BNN", Some("FT22339000001")),
            ("FT22339000001-1", Some("FT22339000001")),
            ("FT22339000001", None),
            ("20221205-1", None),
            ("VCB.1234567890", None),
            ("FT22339000001-12345", None),
            ("FT22339000001-1-2", None),
            ("FT22339000001-", None),
            ("FT22339000001é1", None),
        ] {
            assert_eq!(bare_reference(reference), bare, "{reference}");
        }
    }

    fn check(text: &str, expected: &[&str]) {
        let words: BTreeSet<&str> = id_words(text).filter(|w| w.len() >= 6).collect();
        assert_eq!(words, expected.iter().copied().collect(), "{text}");
    }

    #[test]
    fn ids_are_found_with_and_without_their_inner_marks() {
        check("VNPAY 14012345 TT PHI", &["14012345"]);
        check(
            "HOAN GD (221202_000123)",
            &["000123", "221202", "221202_000123"],
        );
        check(
            "MOMO-998877.FT22336",
            &["998877", "FT22336", "MOMO-998877.FT22336"],
        );
        check("TT DVC", &[]);
    }
}
