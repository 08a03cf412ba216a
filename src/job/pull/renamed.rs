//! Lines that a provider names anew. SePay numbers its lines in v1 and gives them UUIDs in v2, so
//! after a change of version every line of the look-back window comes again under another name. It
//! is the same money: such a line keeps the name under which it was stored first.
//!
//! The same line is the same account, bank reference, amount, direction and second, under a name of
//! the other form. Lines of one form stay apart however alike they are, because one version never
//! names a line twice; of several alike, the first by name takes the first name.

use std::collections::{BTreeMap, BTreeSet};

use super::Stage;
use crate::domain::{Piece, Txn, TxnKind, Vnd};
use crate::job::error::JobError;

/// What two names of one line have in common.
type Line<'t> = (Option<&'t str>, &'t str, Vnd, TxnKind, i64);

/// Gives delivered lines the names under which they are stored.
pub(super) async fn keep_names(stage: &Stage, txns: &mut [Txn]) -> Result<(), JobError> {
    if stage.settings.kind() != "sepay" || txns.is_empty() {
        return Ok(());
    }
    let (store, source) = (&stage.desk.store, &stage.settings.name);
    let ids: Vec<&str> = txns.iter().map(|txn| txn.id.as_ref()).collect();
    let known = store.known_txns(source, &ids).await?;
    let is_new = |txn: &&Txn| !known.contains(txn.id.as_ref());
    let references: BTreeSet<&str> = txns
        .iter()
        .filter(is_new)
        .filter_map(|txn| txn.bank_ref.as_deref())
        .collect();
    if references.is_empty() {
        return Ok(());
    }
    let stored = store.txns_with_references(source, &references).await?;
    let names = names(txns, &known, &stored);
    for txn in txns {
        if let Some(name) = names.get(txn.id.as_ref()) {
            txn.id = name.clone();
        }
    }
    Ok(())
}

/// New name -> stored name.
fn names(txns: &[Txn], known: &BTreeSet<Box<str>>, stored: &[Txn]) -> BTreeMap<Box<str>, Piece> {
    let mut free: BTreeMap<(Line<'_>, bool), BTreeSet<&str>> = BTreeMap::new();
    for txn in stored.iter().filter(|txn| !known.contains(txn.id.as_ref())) {
        if let Some(line) = line(txn) {
            let form = is_number(&txn.id);
            free.entry((line, form)).or_default().insert(&txn.id);
        }
    }
    let new: BTreeMap<&str, Line<'_>> = txns
        .iter()
        .filter(|txn| !known.contains(txn.id.as_ref()))
        .filter_map(|txn| Some((txn.id.as_ref(), line(txn)?)))
        .collect();
    let mut names = BTreeMap::new();
    for (id, line) in new {
        let others = free.get_mut(&(line, !is_number(id)));
        if let Some(name) = others.and_then(BTreeSet::pop_first) {
            names.insert(id.into(), name.into());
        }
    }
    names
}

/// What a line is but for its name; none where the name is of neither form, or the line has no
/// reference of the bank.
fn line(txn: &Txn) -> Option<Line<'_>> {
    if !is_number(&txn.id) && !is_uuid(&txn.id) {
        return None;
    }
    let reference = txn.bank_ref.as_deref()?;
    let account = txn.account.as_deref();
    Some((account, reference, txn.amount, txn.kind, txn.paid_at.ms()))
}

/// UUIDs are written with hyphens.
fn is_uuid(id: &str) -> bool {
    id.contains('-')
}

fn is_number(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instrument, Moment, SourceName, TxnStatus};

    fn txn(id: &str, reference: &str, dong: i64, at: &str) -> Txn {
        let paid_at = Moment::parse(at).unwrap();
        Txn {
            source: SourceName::new("s"),
            id: id.into(),
            order_ref: None,
            memo: "x".into(),
            amount: Vnd::new(dong),
            fee: Vnd::ZERO,
            net: Vnd::new(dong),
            paid_on: paid_at.day(),
            business_date: paid_at.day(),
            paid_at,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: "".into(),
            account: Some("1".into()),
            bank_ref: Some(reference.into()),
            instrument: Instrument::Transfer,
        }
    }

    #[test]
    fn a_line_under_its_other_name_is_the_same_line() {
        let at = "2022-12-05 08:00:00";
        let stored = [
            txn("7", "R", 5, at),
            txn("8", "R", 5, at),
            txn("9", "R", 6, at),
        ];
        let delivered = [
            txn("b-1", "R", 5, at),
            txn("a-1", "R", 5, at),
            txn("c-1", "R", 5, at),
            txn("d-1", "R", 6, "2022-12-05 08:00:01"),
            txn("10", "R", 6, at),
        ];
        let found = names(&delivered, &BTreeSet::new(), &stored);
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, b.as_ref())).collect();
        assert_eq!(
            found,
            [("a-1", "7"), ("b-1", "8")],
            "a third alike, another second and a name of the same form are lines of their own"
        );
    }

    #[test]
    fn a_name_that_is_stored_stays() {
        let at = "2022-12-05 08:00:00";
        let stored = [txn("7", "R", 5, at), txn("a-1", "R", 5, at)];
        let delivered = [txn("a-1", "R", 5, at), txn("b-1", "R", 5, at)];
        let known = BTreeSet::from(["a-1".into()]);
        let found = names(&delivered, &known, &stored);
        assert_eq!(found.len(), 1);
        assert_eq!(found["b-1"].as_ref(), "7");
    }
}
