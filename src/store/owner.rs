//! Whose rows make a contribution: what comes into the pool with them, and out of the prior sums.
//!
//! Items of contributions are named `txn|<source>|<id>` (also for rejects and conflicts of money
//! rows) or `<kind>|<dossier code>|...` (`cash|..`, `fee|..`, `dossier|..`).

use std::collections::BTreeSet;

use super::StoreError;
use super::codec::code;
use super::exec::{Bind, Tx};
use super::statement as sql;
use crate::domain::{DossierCode, Reject, RowKey, Side, SourceName, Txn};
use crate::settle::Inputs;

/// The owner of a contribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// One transaction.
    Txn(RowKey),
    /// All rows of one dossier.
    Dossier(DossierCode),
}

impl Owner {
    /// The owner of the item; none when the name has neither form.
    pub(super) fn of_item(item: &str) -> Option<Self> {
        let (kind, rest) = item.split_once('|')?;
        if kind == "txn" {
            let (source, id) = rest.split_once('|')?;
            return Some(Self::Txn(RowKey::txn(&SourceName::new(source), id)));
        }
        let code = rest.split('|').next()?;
        DossierCode::parse(code).ok().map(Self::Dossier)
    }

    /// Reads the text of [`Owner::text`].
    pub(super) fn parse(raw: &str) -> Option<Self> {
        Self::of_item(raw)
    }

    /// `txn|<source>|<id>` or `dossier|<code>`.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Txn(key) => format!("txn|{}|{}", key.source, key.id),
            Self::Dossier(code) => format!("dossier|{code}"),
        }
    }
}

/// Every owner whose rows the night decides: those in the pool, and the dossiers that lost a row to
/// another one, also where nothing of them is left to read.
pub(super) async fn owners_of_night(
    tx: &mut Tx,
    pool: &Inputs,
    night: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let mut owners = owners(pool);
    for row in tx
        .rows(&sql::SELECT_NEW_DOSSIER, &[Bind::Text(night)])
        .await?
    {
        let dossier = row.parsed("dossier_code", code)?;
        owners.insert(Owner::Dossier(dossier).text());
    }
    Ok(owners)
}

/// The owner of an item of a contribution, as [`owners`] names it; none of a name that is no item's.
pub fn owner_of(item: &str) -> Option<String> {
    Owner::of_item(item).map(|owner| owner.text())
}

/// Every owner whose rows are in the pool: what they contribute is decided anew by whoever reads it.
pub fn owners(pool: &Inputs) -> BTreeSet<String> {
    let txns = pool.txns.iter().map(Txn::key);
    let rejects = pool.rejects.iter().map(Reject::key);
    let money = txns
        .chain(rejects)
        .filter(|key| key.side != Side::Fee)
        .map(|key| RowKey::txn(&key.source, &key.id));
    let fees = pool.fees.iter().map(|fee| &fee.dossier_code);
    let receipts = pool.receipts.iter().map(|receipt| &receipt.dossier_code);
    let orders = pool.orders.iter().map(|order| &order.dossier_code);
    let dossiers = fees.chain(receipts).chain(orders).cloned();
    money
        .map(Owner::Txn)
        .chain(dossiers.map(Owner::Dossier))
        .map(|owner| owner.text())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_tells_its_owner() {
        let check = |item: &str, expected: Option<&str>| {
            let owner = Owner::of_item(item);
            assert_eq!(
                owner.as_ref().map(Owner::text).as_deref(),
                expected,
                "{item}"
            );
            assert_eq!(owner, owner.as_ref().and_then(|o| Owner::parse(&o.text())));
        };
        let dossier = Some("dossier|H48.18.22-221202-0001");
        check("txn|sepay-main|1|2", Some("txn|sepay-main|1|2"));
        check("dossier|H48.18.22-221202-0001", dossier);
        check(
            "cash|H48.18.22-221202-0001|LE THI B|2022-12-02T09:00:00",
            dossier,
        );
        check("fee|H48.18.22-221202-0001|F1", dossier);
        check("cash|x", None);
        check("nothing", None);
    }
}
