//! Whose rows make a contribution: what comes into the pool with them, and out of the prior sums.
//!
//! Items of contributions are named `txn|<source>|<id>` (also for conflicts of money
//! rows) or `<kind>|<dossier code>|...` (`cash|..`, `fee|..`, `dossier|..`), those of rows that
//! could not be read `unread|<side>|<source>|<id>`.

use std::collections::BTreeSet;

use super::StoreError;
use super::codec::code;
use super::exec::{Bind, Tx};
use super::statement as sql;
use crate::domain::{DossierCode, Reject, RowKey, Side, SourceName, Txn};
use crate::settle::Inputs;

/// What the items of rows that could not be read begin with.
const UNREAD: &str = "unread";

/// The owner of a contribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// One transaction.
    Txn(RowKey),
    /// All rows of one dossier.
    Dossier(DossierCode),
    /// One row that could not be read, by the name of its item. Each night decides all of them.
    Unread(String),
}

impl Owner {
    /// The owner of the item; none when the name has neither form.
    pub(super) fn of_item(item: &str) -> Option<Self> {
        let (kind, rest) = item.split_once('|')?;
        if kind == UNREAD {
            let whole = rest.splitn(3, '|').count() == 3;
            return whole.then(|| Self::Unread(item.to_owned()));
        }
        if kind == "txn" {
            let (source, id) = rest.split_once('|')?;
            return Some(Self::Txn(RowKey::txn(&SourceName::new(source), id)));
        }
        let code = rest.split('|').next()?;
        DossierCode::parse(code).ok().map(Self::Dossier)
    }

    /// The owner of what a row adds that could not be read.
    pub(super) fn unread(key: &RowKey) -> Self {
        let (side, source, id) = (key.side.id(), &key.source, &key.id);
        Self::Unread(format!("{UNREAD}|{side}|{source}|{id}"))
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
            Self::Unread(name) => name.clone(),
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
    // rows that could not be read before: those that are mended, or no longer listed, end here
    for row in tx
        .rows(&sql::SELECT_OPEN_OWNER, &[Bind::Text(night)])
        .await?
    {
        if let Some(owner @ Owner::Unread(_)) = Owner::parse(row.text("owner")?) {
            owners.insert(owner.text());
        }
    }
    Ok(owners)
}

/// The owner of an item of a contribution, as [`owners`] names it; none of a name that is no
/// item's.
pub fn owner_of(item: &str) -> Option<String> {
    Owner::of_item(item).map(|owner| owner.text())
}

/// Every owner whose rows are in the pool: what they contribute is decided anew by whoever reads
/// it.
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
    let unread = pool.rejects.iter().map(|row| Owner::unread(&row.key()));
    money
        .map(Owner::Txn)
        .chain(unread)
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
        check("unread|fee||F|1", Some("unread|fee||F|1"));
        check("unread|fee", None);
        check("cash|x", None);
        check("nothing", None);
    }
}
