//! Pure: how many matters the work list holds. Two rows tell of many a matter, a fee line and a
//! payment; the money is counted at one of them ([`AtRisk`]), and the other is its second row.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::{AtRisk, Classified};
use crate::domain::{DossierCode, ExceptionId, Side};

/// The exceptions whose money is counted at another row of the same list, by what both name: the
/// fee lines of the same dossier, or its payments and receipts.
pub(super) fn seconds<'s>(
    rows: impl Iterator<Item = &'s Classified> + Clone,
) -> BTreeSet<&'s ExceptionId> {
    let of = |row: &'s Classified| Some((row.dossier_code.as_ref()?, row.key.side == Side::Fee));
    let counted = rows.clone().filter(|row| row.at_risk().is_here());
    let counted: BTreeSet<(&DossierCode, bool)> = counted.filter_map(of).collect();
    let second = |row: &&'s Classified| {
        let is_fee = match row.at_risk() {
            AtRisk::Here(_) => return false,
            AtRisk::AtFee(_) => true,
            AtRisk::AtMoney(_) => false,
        };
        let dossier = row.dossier_code.as_ref();
        dossier.is_some_and(|code| counted.contains(&(code, is_fee)))
    };
    let second = rows.filter(second);
    second.filter_map(|row| row.exception_id.as_ref()).collect()
}

/// Adds a row of a class; a second row is no matter of its own.
pub(super) fn add<K: Ord>(matters: &mut BTreeMap<K, u64>, class: K, is_second: bool) {
    *matters.entry(class).or_default() += u64::from(!is_second);
}
