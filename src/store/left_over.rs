//! What is left over at the dossiers that rows of a provider are linked to: collected less due.

use std::collections::{BTreeMap, BTreeSet};

use super::StoreError;
use super::batch::{batches, keys};
use super::exec::{Bind, Row, Tx};
use super::matched::read_groups;
use super::statement as sql;
use super::txn::load_txns;
use crate::domain::{RowKey, Side, Vnd};
use crate::matching::{MatchGroup, Role};

/// Amounts by what they belong to.
#[derive(Debug, Default)]
struct Amounts {
    /// Of every transaction and receipt, as a whole.
    money: BTreeMap<RowKey, i128>,
    /// Of every line: what it asks for, and whether it does so where no money is linked to it.
    due: BTreeMap<String, BTreeMap<String, (i128, bool)>>,
}

/// By the id of a row of `source`: what was collected of the dossiers of its group, less what they
/// owe, as of `night`. Rows whose dossiers have neither too much nor too little are left out.
pub(super) async fn left_over(
    tx: &mut Tx,
    rows: &[(&str, &str)],
    night: &str,
) -> Result<BTreeMap<Box<str>, Vnd>, StoreError> {
    let binds = [Bind::Text(night)];
    let batch = batches(rows, |row, (source, id)| {
        row.text("side", Side::Txn.id());
        row.text("source", source).text("id", id);
    });
    let legs = tx
        .rows_of_batches(&sql::SELECT_LEG_BY_MONEY, &batch, &binds)
        .await?;
    let mut ids = BTreeSet::new();
    for leg in &legs {
        ids.insert(leg.text("group_id")?.to_owned());
    }
    let groups = read_groups(tx, &ids, &binds).await?;
    let groups: Vec<MatchGroup> = groups.into_iter().map(|matched| matched.group).collect();
    let amounts = amounts(tx, &groups, night).await?;
    let wanted: BTreeSet<(&str, &str)> = rows.iter().copied().collect();
    let mut found = BTreeMap::new();
    for group in &groups {
        let Some(dong) = amounts.left_over(group) else {
            continue;
        };
        let money = group.legs.iter().map(|leg| &leg.money);
        let mine = money.filter(|key| key.side == Side::Txn);
        for key in mine.filter(|key| wanted.contains(&(key.source.as_str(), &*key.id))) {
            found.insert((&*key.id).into(), dong);
        }
    }
    Ok(found)
}

async fn amounts(tx: &mut Tx, groups: &[MatchGroup], night: &str) -> Result<Amounts, StoreError> {
    let mut amounts = Amounts::default();
    let (mut txns, mut dossiers) = (BTreeSet::new(), BTreeSet::new());
    for leg in groups.iter().flat_map(|group| &group.legs) {
        if leg.money.side == Side::Txn {
            txns.insert(leg.money.clone());
        }
        dossiers.extend(leg.dossier_code.as_ref().map(|code| code.as_str()));
    }
    for txn in load_txns(tx, &txns, night).await? {
        amounts.money.insert(txn.key(), txn.amount.wide());
    }
    let (codes, binds) = (keys(dossiers), [Bind::Text(night)]);
    let receipts = tx
        .rows_of_batches(&sql::SELECT_RECEIPT_BY_DOSSIER, &codes, &binds)
        .await?;
    for row in &receipts {
        let key = RowKey::receipt(row.text("receipt_id")?);
        amounts.money.insert(key, row.int("amount_vnd")?.into());
    }
    let lines = tx
        .rows_of_batches(&sql::SELECT_FEE_BY_DOSSIER, &codes, &binds)
        .await?;
    for row in &lines {
        let due = (row.int("amount_vnd")?.into(), owes(row)?);
        let of = amounts.due.entry(row.text("dossier_code")?.to_owned());
        of.or_default().insert(row.text("fee_id")?.to_owned(), due);
    }
    Ok(amounts)
}

/// True for a line that asks for its money before anybody paid of it.
fn owes(row: &Row) -> Result<bool, StoreError> {
    let mode = row.opt_text("collection_mode")?.unwrap_or_default();
    Ok(row.text("status")? != "cancelled"
        && row.text("kind")? != "land_obligation"
        && !matches!(mode, "after" | "exempt" | "zero"))
}

impl Amounts {
    /// Collected less due of a group; none where nothing is left over, and none of certified sets
    /// and sightings, which have no links.
    fn left_over(&self, group: &MatchGroup) -> Option<Vnd> {
        let (mut money, mut lines) = (BTreeMap::new(), BTreeSet::new());
        for leg in &group.legs {
            let way: i128 = match leg.role {
                Role::Settles | Role::Surplus | Role::Duplicate => 1,
                Role::Refund | Role::Reversal => -1,
                Role::Sighting | Role::Member => continue,
            };
            money.insert(&leg.money, way);
            if let (Some(code), Some(fee)) = (&leg.dossier_code, &leg.fee_id) {
                lines.insert((code.as_str(), fee.as_str()));
            }
        }
        let codes: BTreeSet<&str> = lines.iter().map(|(code, _)| *code).collect();
        let mut left: i128 = 0;
        for (key, way) in money {
            left += way * self.money.get(key)?;
        }
        for code in codes {
            for (fee, (due, owes)) in self.due.get(code)? {
                if *owes || lines.contains(&(code, fee.as_str())) {
                    left -= due;
                }
            }
        }
        Vnd::from_wide(left).ok().filter(|left| !left.is_zero())
    }
}
