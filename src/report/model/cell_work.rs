//! Pure: the open work of each cell of a breakdown: how many rows, and the money at risk in them.
//!
//! A row lies where its dossier lies: in the units over its agency, in the procedure or field of
//! its lines where they name one only. A payment lies at its source and its means; a fee of which
//! no money was seen has no source, and the means that the one-stop system declared.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Classified;
use crate::domain::{Cell, Day, Dimension, DossierCode, Fee, Instrument, RowKey, Side, Vnd};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;

use super::breakdown::declared_methods;
use super::index::Index;
use super::nights::is_open_work;

/// The open rows of a night, and what tells their cells.
pub(super) struct OpenWork<'s> {
    index: &'s Index<'s>,
    night: Day,
    rows: Vec<(&'s Classified, Vnd)>,
    declared: BTreeMap<&'s RowKey, &'static str>,
    lines: BTreeMap<&'s str, Vec<&'s Fee>>,
}

impl<'s> OpenWork<'s> {
    pub(super) fn of(index: &'s Index<'s>, settlement: &'s Settlement, facts: &RunFacts) -> Self {
        let night = facts.business_date;
        let rows = settlement.rows.iter();
        let rows = rows.filter(|row| is_open_work(row, night));
        let mut lines: BTreeMap<&str, Vec<&Fee>> = BTreeMap::new();
        for fee in index.every_fee() {
            lines
                .entry(fee.dossier_code.as_str())
                .or_default()
                .push(fee);
        }
        Self {
            index,
            night,
            rows: rows.map(|row| (row, row.at_risk().here())).collect(),
            declared: declared_methods(index, settlement),
            lines,
        }
    }

    /// The open work of each of these values, and of what lies in none of them.
    pub(super) fn by(
        &self,
        dimension: Dimension,
        values: &BTreeSet<&str>,
    ) -> (BTreeMap<Box<str>, Figure>, Figure) {
        let mut by: BTreeMap<Box<str>, Figure> = BTreeMap::new();
        let mut rest = Figure::default();
        for (row, at_risk) in &self.rows {
            let mut places = self.places(dimension, row);
            places.retain(|place| values.contains(&**place));
            if places.is_empty() {
                rest.add(*at_risk);
            }
            for place in places {
                by.entry(place).or_default().add(*at_risk);
            }
        }
        (by, rest)
    }

    /// The cells of a row; none where nobody knows, or where it may be several.
    fn places(&self, dimension: Dimension, row: &Classified) -> BTreeSet<Box<str>> {
        let key = &row.key;
        let one = match dimension {
            Dimension::Unit | Dimension::Current => {
                return self.units(dimension, row.dossier_code.as_ref());
            }
            Dimension::Procedure | Dimension::Field => self.line(dimension, row),
            Dimension::Source => match key.side {
                Side::Txn => Some(key.source.as_str()),
                Side::Receipt => Some("cash"),
                Side::Fee => None,
            },
            Dimension::Instrument => self.means(key),
            Dimension::Grey => None,
        };
        one.into_iter().map(Into::into).collect()
    }

    fn units(&self, dimension: Dimension, dossier: Option<&DossierCode>) -> BTreeSet<Box<str>> {
        let Some(code) = dossier.and_then(|dossier| self.index.agency_of(dossier)) else {
            return BTreeSet::new();
        };
        let directory = &self.index.directory;
        if dimension == Dimension::Current {
            let current = directory.current(&code, self.night, self.night);
            return BTreeSet::from([current.as_str().into()]);
        }
        let above = directory.above(&code, self.night);
        let all = above.into_iter().chain([code]);
        all.map(|unit| unit.as_str().into()).collect()
    }

    /// The procedure or field of a fee line, or of all lines of the row's dossier.
    fn line(&self, dimension: Dimension, row: &Classified) -> Option<&str> {
        let own = self.index.fee(&row.key).map(|fee| vec![fee]);
        let dossier = row.dossier_code.as_ref();
        let of_dossier = dossier.and_then(|code| self.lines.get(code.as_str()));
        let lines = own.or_else(|| of_dossier.cloned())?;
        let values: BTreeSet<&str> = lines
            .iter()
            .map(|fee| Cell::of_line(fee, dimension))
            .collect();
        let mut values = values.into_iter();
        values.next().filter(|_| values.next().is_none())
    }

    fn means(&self, key: &RowKey) -> Option<&str> {
        if let Some(txn) = self.index.txn(key) {
            let declared = self.declared.get(key).copied();
            return Some(declared.unwrap_or(txn.instrument.id()));
        }
        match key.side {
            Side::Receipt => Some(Instrument::Cash.id()),
            _ => self.index.fee(key).map(|fee| fee.declared_method.id()),
        }
    }
}
