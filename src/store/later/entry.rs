//! Entries of the three tables of decisions as they are stored, without a look at what they say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::domain::Side;
use crate::store::StoreError;
use crate::store::batch::documents;
use crate::store::decide::ENDED;
use crate::store::exec::{Bind, Row, Tx};
use crate::store::statement::{self as sql, Statement};

/// A table of entries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    State,
    Group,
    Contribution,
}

/// How its entries are read and written.
pub(super) struct Entries {
    pub(super) kind: Kind,
    pub(super) key: &'static [&'static str],
    pub(super) of_night: &'static Statement,
    pub(super) closed: &'static Statement,
    pub(super) insert: &'static Statement,
    pub(super) close: &'static Statement,
}

pub(super) static ENTRIES: [Entries; 3] = [
    Entries {
        kind: Kind::State,
        key: &["side", "source", "id", "dossier"],
        of_night: &sql::SELECT_SEALED_ROW_STATE,
        closed: &sql::SELECT_CLOSED_ROW_STATE,
        insert: &sql::INSERT_ROW_STATE,
        close: &sql::CLOSE_ROW_STATE,
    },
    Entries {
        kind: Kind::Group,
        key: &["group_id"],
        of_night: &sql::SELECT_SEALED_MATCH_GROUP,
        closed: &sql::SELECT_CLOSED_MATCH_GROUP,
        insert: &sql::INSERT_MATCH_GROUP,
        close: &sql::CLOSE_MATCH_GROUP,
    },
    Entries {
        kind: Kind::Contribution,
        key: &["definition", "item", "scope"],
        of_night: &sql::SELECT_SEALED_CONTRIBUTION,
        closed: &sql::SELECT_CLOSED_CONTRIBUTION,
        insert: &sql::INSERT_CONTRIBUTION,
        close: &sql::CLOSE_CONTRIBUTION,
    },
];

/// An entry as it is stored, a group with its legs.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: Map<String, Value>,
    pub(super) legs: Vec<Map<String, Value>>,
}

impl Entry {
    pub(super) fn column(&self, name: &str) -> &str {
        column(&self.row, name)
    }

    pub(super) fn is_live(&self) -> bool {
        self.row.get("live").is_none_or(|live| *live == json!(1))
    }

    /// The money rows and dossiers that it is about, by the names of owners.
    pub(super) fn things(&self, kind: &Kind) -> BTreeSet<String> {
        match kind {
            Kind::Contribution => [self.column("owner").to_owned()].into(),
            Kind::State => things(&self.row, "dossier").collect(),
            Kind::Group => {
                let legs = self.legs.iter();
                legs.flat_map(|leg| things(leg, "dossier_code")).collect()
            }
        }
    }

    /// The same thing, ended.
    pub(super) fn ended(&self, kind: &Kind) -> Self {
        let mut row = self.row.clone();
        let over = match kind {
            Kind::Group => json!({
                "pass": "", "score": 0, "margin": null, "evidence": "[]", "runner_up": null,
                "difference_class": null, "difference_vnd": null,
            }),
            Kind::State | Kind::Contribution => json!({
                "numerator": 0, "denominator": 0, "firm": 1, "outcomes": "[]", "coupled": 0,
                "exceptions": "[]",
            }),
        };
        row.extend(over.as_object().cloned().unwrap_or_default());
        row.insert("live".into(), json!(0));
        row.insert("content".into(), json!(ENDED));
        let legs = Vec::new();
        Self { row, legs }
    }
}

pub(super) fn column<'r>(row: &'r Map<String, Value>, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The money row that a row of a table names, and the dossiers in two of its columns.
fn things(row: &Map<String, Value>, dossier: &str) -> impl Iterator<Item = String> {
    let [side, source, id] = ["side", "source", "id"].map(|name| column(row, name));
    let money = (side != Side::Fee.id()).then(|| format!("txn|{source}|{id}"));
    let dossiers = [dossier, "dossier_code"].map(|name| column(row, name));
    let dossiers = dossiers.into_iter().filter(|code| !code.is_empty());
    let dossiers: Vec<String> = dossiers.map(|code| format!("dossier|{code}")).collect();
    money.into_iter().chain(dossiers)
}

/// Entries by their table and key.
pub(super) type ByKey = BTreeMap<(usize, String), Entry>;

/// The entries of a night that are wanted.
pub(super) async fn entries(
    tx: &mut Tx,
    night: &str,
    wanted: impl Fn(&Map<String, Value>) -> bool,
) -> Result<ByKey, StoreError> {
    let binds = [Bind::Text(night)];
    let mut found = ByKey::new();
    for (at, table) in ENTRIES.iter().enumerate() {
        let rows = tx.rows(table.of_night, &binds).await?;
        gather(&mut found, at, &rows, &wanted)?;
    }
    let legs = tx.rows(&sql::SELECT_SEALED_MATCH_LEG, &binds).await?;
    add_legs(&mut found, &legs)?;
    Ok(found)
}

/// What these entries took the place of.
pub(super) async fn closed(
    tx: &mut Tx,
    now: &ByKey,
    new: &BTreeSet<(usize, String)>,
    night: &str,
) -> Result<ByKey, StoreError> {
    let binds = [Bind::Text(night)];
    let mut found = ByKey::new();
    for (at, table) in ENTRIES.iter().enumerate() {
        let of_table = now
            .iter()
            .filter(|(key, _)| key.0 == at && new.contains(key));
        let keys = documents(of_table.map(|(_, entry)| {
            let columns = table.key.iter();
            let named = columns.map(|name| (String::from(*name), entry.column(name).into()));
            named.collect::<Map<String, Value>>()
        }));
        let rows = tx.rows_of_batches(table.closed, &keys, &binds).await?;
        gather(&mut found, at, &rows, &|_| true)?;
        if table.kind == Kind::Group {
            let legs = &sql::SELECT_CLOSED_MATCH_LEG;
            let legs = tx.rows_of_batches(legs, &keys, &binds).await?;
            add_legs(&mut found, &legs)?;
        }
    }
    Ok(found)
}

/// Adds the wanted ones of these rows.
fn gather(
    found: &mut ByKey,
    at: usize,
    rows: &[Row],
    wanted: &impl Fn(&Map<String, Value>) -> bool,
) -> Result<(), StoreError> {
    let key = ENTRIES.get(at).map_or(&[][..], |table| table.key);
    for row in rows {
        let row = object(row)?;
        if wanted(&row) {
            let key: Vec<&str> = key.iter().map(|name| column(&row, name)).collect();
            let key = (at, key.join("\u{1f}"));
            let legs = Vec::new();
            found.insert(key, Entry { row, legs });
        }
    }
    Ok(())
}

/// Adds legs to their groups, as far as these are among the entries.
fn add_legs(found: &mut ByKey, legs: &[Row]) -> Result<(), StoreError> {
    let is_group = |table: &Entries| table.kind == Kind::Group;
    let at = ENTRIES.iter().position(is_group).unwrap_or_default();
    for leg in legs {
        let leg = object(leg)?;
        if let Some(group) = found.get_mut(&(at, column(&leg, "group_id").to_owned())) {
            group.legs.push(leg);
        }
    }
    Ok(())
}

fn object(row: &Row) -> Result<Map<String, Value>, StoreError> {
    match row.object()? {
        Value::Object(columns) => Ok(columns),
        _ => Err(row.damaged("columns")),
    }
}
