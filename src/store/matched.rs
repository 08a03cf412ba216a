//! Why a row was matched: the groups of a payment, a receipt or a dossier, as of any night.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{day, from_json, write_key};
use super::exception::{NOW, read_leg};
use super::exec::{Bind, Row, Tx};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, DossierCode, RowKey, RunId, Side, SourceName, Vnd};
use crate::matching::{Difference, MatchGroup};

/// A match group, with the night and the run that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The group.
    pub group: MatchGroup,
    /// It stands as it is since this night.
    pub since: Day,
    /// The run that decided it so.
    pub run: RunId,
}

impl Store {
    /// The groups of a name: of a dossier's code, of a payment's or receipt's id, or of the id of a
    /// group itself, as known on a night (none: now), by group id.
    pub async fn matches(
        &self,
        name: &str,
        as_of: Option<Day>,
    ) -> Result<Vec<Matched>, StoreError> {
        let as_of = as_of.map_or_else(|| NOW.to_owned(), |day| day.to_string());
        let mut tx = self.begin_read().await?;
        let mut groups = BTreeSet::from([name.to_owned()]);
        let binds = [Bind::Text(&as_of)];
        let dossier = DossierCode::parse(name).ok();
        let dossier = dossier.as_ref().map_or(name, DossierCode::as_str);
        let (by_dossier, by_money) = (&sql::SELECT_LEG_BY_DOSSIER, &sql::SELECT_LEG_BY_MONEY);
        let money = money_of(&mut tx, name, &as_of).await?;
        for (statement, batch) in [(by_dossier, keys([dossier])), (by_money, money)] {
            for row in &tx.rows_of_batches(statement, &batch, &binds).await? {
                groups.insert(row.text("group_id")?.to_owned());
            }
        }
        read_groups(&mut tx, &groups, &binds).await
    }
}

/// The groups of a row of the work list; of a fee those of its dossier.
pub(super) async fn matches_of(
    tx: &mut Tx,
    key: &RowKey,
    as_of: &str,
) -> Result<Vec<Matched>, StoreError> {
    let binds = [Bind::Text(as_of)];
    let (statement, batch) = match &key.dossier {
        Some(dossier) => (&sql::SELECT_LEG_BY_DOSSIER, keys([dossier.as_str()])),
        None => (&sql::SELECT_LEG_BY_MONEY, keys_of(&[key])),
    };
    let mut groups = BTreeSet::new();
    for row in &tx.rows_of_batches(statement, &batch, &binds).await? {
        groups.insert(row.text("group_id")?.to_owned());
    }
    read_groups(tx, &groups, &binds).await
}

fn keys_of<K: std::borrow::Borrow<RowKey>>(keys: &[K]) -> Vec<String> {
    batches(keys, |row, key| {
        write_key(row, key.borrow());
    })
}

/// Money rows with this native id, whatever the source.
async fn money_of(tx: &mut Tx, id: &str, as_of: &str) -> Result<Vec<String>, StoreError> {
    let row_key = |side, source: &str| RowKey {
        side,
        source: SourceName::new(source),
        id: id.into(),
        dossier: None,
    };
    let found = tx
        .rows_of_batches(
            &sql::SELECT_TXN_KEY_BY_ID,
            &keys([id]),
            &[Bind::Text(as_of)],
        )
        .await?;
    let mut money = vec![row_key(Side::Receipt, "cash")];
    for row in &found {
        money.push(row_key(Side::Txn, row.text("source")?));
    }
    Ok(keys_of(&money))
}

pub(super) async fn read_groups(
    tx: &mut Tx,
    groups: &BTreeSet<String>,
    as_of: &[Bind<'_>],
) -> Result<Vec<Matched>, StoreError> {
    let batch = keys(groups);
    let heads = tx
        .rows_of_batches(&sql::SELECT_MATCH_GROUP, &batch, as_of)
        .await?;
    let mut found: BTreeMap<String, Matched> = BTreeMap::new();
    for row in &heads {
        found.insert(row.text("group_id")?.to_owned(), read_head(row)?);
    }
    let legs = tx
        .rows_of_batches(&sql::SELECT_MATCH_LEG, &batch, as_of)
        .await?;
    let mut placed = Vec::new();
    for row in &legs {
        placed.push((row.text("group_id")?, row.int("seq")?, read_leg(row)?));
    }
    placed.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    for (group, _, leg) in placed {
        if let Some(matched) = found.get_mut(group) {
            matched.group.legs.push(leg);
        }
    }
    Ok(found.into_values().collect())
}

fn read_head(row: &Row) -> Result<Matched, StoreError> {
    let number = |column: &'static str| -> Result<u16, StoreError> {
        u16::try_from(row.int(column)?).map_err(|_| row.damaged(column))
    };
    let class = row.opt_text("difference_class")?;
    let left = row.opt_int("difference_vnd")?;
    let runner_up = row.opt_text("runner_up")?;
    let group = MatchGroup {
        id: row.text("group_id")?.into(),
        pass: row.parsed("pass", crate::matching::pass::id)?,
        legs: Vec::new(),
        score: number("score")?,
        margin: row
            .opt_int("margin")?
            .map(|_| number("margin"))
            .transpose()?,
        evidence: from_json(row, "evidence")?,
        runner_up: runner_up.map(|_| from_json(row, "runner_up")).transpose()?,
        difference: class
            .zip(left)
            .and_then(|(class, left)| Difference::read(class, Vnd::new(left))),
    };
    Ok(Matched {
        group,
        since: row.parsed("night", day)?,
        run: RunId::new(row.text("run_id")?),
    })
}
