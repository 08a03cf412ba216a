//! The tables as the checks of a run read them: each row once with its name and its seal, found by
//! name, by the night or run that it belongs to, and by its key. Built once for all runs.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::store::{SEALED, Sealed, Tables, seal_of};

/// A row with its name and its seal.
pub(super) struct SealedRow<'t> {
    pub(super) name: Arc<str>,
    pub(super) seal: String,
    pub(super) row: &'t Value,
}

/// One sealed table.
#[derive(Default)]
pub(super) struct Sheet<'t> {
    rows: Vec<SealedRow<'t>>,
    by_name: HashMap<Arc<str>, Vec<usize>>,
    by_owner: HashMap<&'t str, Vec<usize>>,
    by_writer: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Sheet<'t> {
    /// Every row.
    pub(super) fn all(&self) -> impl Iterator<Item = &SealedRow<'t>> {
        self.rows.iter()
    }

    /// Rows of that name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &SealedRow<'t>> {
        self.at(self.by_name.get(name))
    }

    /// The entry of that name that holds after a night.
    pub(super) fn holding(&self, name: &str, night: &str) -> Option<&'t Value> {
        let mut rows = self.named(name).map(|found| found.row);
        rows.find(|row| holds(row, night))
    }

    /// Rows that a night decided for itself; of shares, those of a run.
    pub(super) fn of(&self, owner: &str) -> impl Iterator<Item = &SealedRow<'t>> {
        self.at(self.by_owner.get(owner))
    }

    /// Entries that a run wrote as of later nights than its own.
    pub(super) fn written_by(&self, run: &str) -> impl Iterator<Item = &SealedRow<'t>> {
        self.at(self.by_writer.get(run))
    }

    fn at(&self, places: Option<&Vec<usize>>) -> impl Iterator<Item = &SealedRow<'t>> {
        let places = places.into_iter().flatten();
        places.filter_map(|place| self.rows.get(*place))
    }
}

/// A column that holds a text; empty where it holds none.
pub(super) fn word<'t>(row: &'t Value, name: &str) -> &'t str {
    row[name].as_str().unwrap_or_default()
}

/// True of an entry that holds after a night.
pub(super) fn holds(row: &Value, night: &str) -> bool {
    word(row, "night") <= night && night < word(row, "until")
}

/// The run that wrote an entry as of a later night than its own, so that what that night decided
/// stands; none of an entry that its own night wrote. A leg is its group's.
pub(super) struct Writers<'t> {
    groups: HashMap<(&'t str, &'t str), &'t str>,
}

impl<'t> Writers<'t> {
    pub(super) fn new(tables: &'t Tables) -> Self {
        let rows = tables.get("match_group").into_iter().flatten();
        let groups = rows.map(|row| {
            let [group, night, run] = ["group_id", "night", "run_id"].map(|name| word(row, name));
            ((group, night), run)
        });
        Self {
            groups: groups.collect(),
        }
    }

    pub(super) fn of(&self, sealed: &Sealed, row: &'t Value) -> Option<&'t str> {
        if !sealed.is_entry() {
            return None;
        }
        let night = word(row, "night");
        let run = match sealed.table {
            "match_leg" => *self.groups.get(&(word(row, "group_id"), night))?,
            _ => word(row, "run_id"),
        };
        (!run.starts_with(night)).then_some(run)
    }
}

/// Every sealed table.
pub(super) struct Ledger<'t> {
    sheets: HashMap<&'static str, Sheet<'t>>,
    none: Sheet<'t>,
    legs: HashMap<&'t str, HashMap<&'t str, Vec<&'t Value>>>,
}

impl<'t> Ledger<'t> {
    pub(super) fn new(tables: &'t Tables) -> Self {
        let writers = Writers::new(tables);
        let sheets = SEALED.iter().map(|sealed| {
            let rows = tables.get(sealed.table).into_iter().flatten();
            (sealed.table, sheet(sealed, rows, &writers))
        });
        let mut legs: HashMap<_, HashMap<_, Vec<&Value>>> = HashMap::new();
        for leg in tables.get("match_leg").into_iter().flatten() {
            let group = legs.entry(word(leg, "group_id")).or_default();
            group.entry(word(leg, "night")).or_default().push(leg);
        }
        for legs in legs.values_mut().flat_map(HashMap::values_mut) {
            legs.sort_by_key(|leg| leg["seq"].as_i64());
        }
        Self {
            sheets: sheets.collect(),
            none: Sheet::default(),
            legs,
        }
    }

    /// The legs of a group's entry of a night, in their order.
    pub(super) fn legs(&self, group: &str, night: &str) -> &[&'t Value] {
        let entry = self.legs.get(group).and_then(|legs| legs.get(night));
        entry.map_or(&[], Vec::as_slice)
    }

    pub(super) fn sheet(&self, table: &str) -> &Sheet<'t> {
        self.sheets.get(table).unwrap_or(&self.none)
    }
}

fn sheet<'t>(
    sealed: &Sealed,
    rows: impl Iterator<Item = &'t Value>,
    writers: &Writers<'t>,
) -> Sheet<'t> {
    let mut sheet = Sheet::default();
    let owner = match sealed.table {
        "kpi" => "run_id",
        _ => sealed.marker,
    };
    for (place, row) in rows.enumerate() {
        let (name, seal) = seal_of(sealed, row);
        let name: Arc<str> = name.into();
        match writers.of(sealed, row) {
            Some(run) => sheet.by_writer.entry(run).or_default().push(place),
            None => sheet
                .by_owner
                .entry(word(row, owner))
                .or_default()
                .push(place),
        }
        let same = sheet.by_name.entry(Arc::clone(&name)).or_default();
        same.push(place);
        sheet.rows.push(SealedRow { name, seal, row });
    }
    sheet
}
