//! Pure: the headline's share broken down (units with their sub-units, the present structure,
//! procedures, fields, sources, means), and the grey zones with what each setting does to it.

use std::cmp::Reverse;

use serde::Serialize;

use crate::domain::{AgencyCode, Cell, Day, Dimension, Fraction, GreyZone, Lang, Treat};
use crate::kpi::Share;
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::breakdown::{instrument_word, week};
use super::cell_work::OpenWork;
use super::index::Index;
use super::shares::{self, ShareRow};
use super::unplaced::Unplaced;

/// A table shows this many rows, the greatest first; the rest stands in `run.json`.
const ROWS_MAX: usize = 30;

/// The tables, or why there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Breakdowns {
    /// The tables.
    pub tables: Vec<CellTable>,
    /// Why they are left out, where they cannot be told.
    pub left_out: Option<String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellTable {
    /// By what.
    pub dimension: &'static str,
    /// The heading.
    pub heading: String,
    /// What the first column holds.
    pub column: String,
    /// The rows.
    pub rows: Vec<CellRow>,
    /// How many rows are not shown.
    pub more: u64,
    /// The open work that lies in no row: of no dossier, or of several cells.
    pub rest: Figure,
    /// What the total counts and no row does.
    #[serde(skip)]
    pub unplaced: Option<Unplaced>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellRow {
    /// Its name.
    pub name: String,
    /// Its code, where the name is another.
    pub code: String,
    /// Its value in `run.json`.
    #[serde(skip)]
    pub value: Box<str>,
    /// The share.
    pub share: ShareRow,
    /// Its open work, with the money at risk.
    pub work: Figure,
    /// Its share on the last seven days, as an agency's.
    pub days: Vec<(Day, Option<Fraction>)>,
}

/// One grey zone: how it counts and what another setting would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GreyRow {
    /// The zone's id.
    pub zone: &'static str,
    /// What it is, how it counts, how much lies in it, and the share if it counted otherwise.
    pub text: String,
}

/// The shares of the headline's definition and period.
fn of_headline<'s>(
    settlement: &'s Settlement,
    facts: &RunFacts,
) -> Option<(&'s Share, Vec<&'s Share>)> {
    let headline = shares::headline_share(settlement, facts)?;
    let of = |s: &&Share| s.definition == headline.definition && s.period == headline.period;
    // what earlier nights settled is in no cell: a wrong figure is worse than none
    if facts.page.lacks_cells(&headline.period) {
        return None;
    }
    Some((headline, settlement.breakdown.iter().filter(of).collect()))
}

/// The tables that say more than the table by agency, as the page shows them.
pub(super) fn tables(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Breakdowns {
    let mut tables = every_cell(index, settlement, facts);
    for table in &mut tables {
        let more = table.rows.len().saturating_sub(ROWS_MAX);
        table.rows.truncate(ROWS_MAX);
        table.more = u64::try_from(more).unwrap_or(u64::MAX);
    }
    Breakdowns {
        tables,
        left_out: left_out(settlement, facts),
    }
}

/// Why there are no tables of the headline's share; none where they are told, or nobody asked for
/// any.
fn left_out(settlement: &Settlement, facts: &RunFacts) -> Option<String> {
    let headline = shares::headline_share(settlement, facts)?;
    let mine = |s: &Share| s.definition == headline.definition && s.period == headline.period;
    let asked = settlement.breakdown.iter().any(mine);
    let lacks = asked && facts.page.lacks_cells(&headline.period);
    lacks.then(|| text::say(facts.lang, "cells-left-out", &[]))
}

/// The same with every row.
pub fn every_cell(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<CellTable> {
    let Some((headline, cells)) = of_headline(settlement, facts) else {
        return Vec::new();
    };
    let of = |dimension: Dimension| -> Vec<(&Cell, &Share)> {
        let cell = |share: &&'_ Share| share.cell.as_ref().map(|c| c.dimension) == Some(dimension);
        let mine = cells.iter().copied().filter(|share| cell(share));
        mine.filter_map(|share| Some((share.cell.as_ref()?, share)))
            .collect()
    };
    let told = Dimension::ALL.iter().filter(|d| **d != Dimension::Grey);
    let work = OpenWork::of(index, settlement, facts);
    let tables = told.filter_map(|dimension| {
        let mut rows = of(*dimension);
        rows.retain(|(cell, _)| is_shown(index, facts, cell, &of(Dimension::Unit)));
        let says = match dimension {
            Dimension::Current => succession(index, facts, &rows),
            _ => rows.iter().any(|(cell, _)| &*cell.value != Cell::NOT_TOLD),
        };
        says.then(|| CellTable {
            unplaced: Unplaced::of(settlement, headline, *dimension),
            ..table((index, facts, &work), *dimension, &mut rows)
        })
    });
    tables.collect()
}

/// A unit is shown where it has sub-units; everything else always.
fn is_shown(index: &Index<'_>, facts: &RunFacts, cell: &Cell, units: &[(&Cell, &Share)]) -> bool {
    let above = |other: &&(&Cell, &Share)| {
        let code = AgencyCode::new(&other.0.value);
        let above = index.directory.above(&code, facts.business_date);
        above.iter().any(|unit| unit.as_str() == &*cell.value)
    };
    cell.dimension != Dimension::Unit || units.iter().any(|unit| above(&unit))
}

/// True when some agency's work is done by another today.
fn succession(index: &Index<'_>, facts: &RunFacts, rows: &[(&Cell, &Share)]) -> bool {
    let today = facts.business_date;
    let mut known = index.directory.agencies();
    !rows.is_empty()
        && known.any(|agency| {
            let ended = agency.valid_to.is_some_and(|to| to < today);
            ended && agency.successor_code.is_some()
        })
}

fn table(
    (index, facts, work): (&Index<'_>, &RunFacts, &OpenWork<'_>),
    dimension: Dimension,
    rows: &mut Vec<(&Cell, &Share)>,
) -> CellTable {
    let lang = facts.lang;
    let by_agency = matches!(dimension, Dimension::Unit | Dimension::Current);
    if !by_agency {
        rows.sort_by_key(|(cell, share)| (Reverse(share.denominator), &cell.value));
    }
    let values = rows.iter().map(|(cell, _)| &*cell.value).collect();
    let (mut open, rest) = work.by(dimension, &values);
    let mut row = |(cell, share): &(&Cell, &Share)| {
        let name = name(index, facts, (cell, share));
        CellRow {
            code: if *name == *cell.value || !has_code(cell) {
                String::new()
            } else {
                cell.value.to_string()
            },
            name,
            value: cell.value.clone(),
            work: open.remove(&cell.value).unwrap_or_default(),
            days: week(facts, facts.page.cell_days.get(&*cell.to_string()), share),
            share: shares::row(share, facts),
        }
    };
    let heading = dimension_heading(dimension);
    let column = match dimension {
        Dimension::Unit | Dimension::Current => "column-agency",
        Dimension::Procedure => "column-procedure",
        Dimension::Field => "column-field",
        Dimension::Source => "column-source",
        Dimension::Instrument | Dimension::Grey => "column-instrument-declared",
    };
    CellTable {
        dimension: dimension.id(),
        heading: text::say(lang, heading, &[]),
        column: text::say(lang, column, &[]),
        rows: rows.iter().map(&mut row).collect(),
        more: 0,
        rest,
        unplaced: None,
    }
}

/// The key of what a table of the dimension is called.
pub(super) fn dimension_heading(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Unit => "cells-unit",
        Dimension::Current => "cells-current",
        Dimension::Procedure => "cells-procedure",
        Dimension::Field => "cells-field",
        Dimension::Source => "cells-source",
        Dimension::Instrument | Dimension::Grey => "cells-instrument",
    }
}

/// True for a value that people know by a code: that of an agency, a procedure or a field.
fn has_code(cell: &Cell) -> bool {
    let by_word = [Dimension::Source, Dimension::Instrument, Dimension::Grey];
    !by_word.contains(&cell.dimension) && &*cell.value != Cell::NOT_TOLD
}

fn name(index: &Index<'_>, facts: &RunFacts, (cell, share): (&Cell, &Share)) -> String {
    let lang = facts.lang;
    match (cell.dimension, &*cell.value) {
        (_, Cell::NOT_TOLD) => text::say(lang, "cells-not-told", &[]),
        (Dimension::Unit, code) => {
            let period = (share.period.from, share.period.to);
            index.agency_within(&AgencyCode::new(code), period, lang)
        }
        (Dimension::Current, code) => {
            index.agency_name(&AgencyCode::new(code), facts.business_date)
        }
        (Dimension::Source, "cash") | (Dimension::Instrument, _) => {
            instrument_word(lang, &cell.value)
        }
        (Dimension::Procedure, code) => named(facts.catalogue.procedure(code), code),
        (Dimension::Field, code) => named(facts.catalogue.field(code), code),
        (_, value) => value.to_owned(),
    }
}

/// The name, else the code itself.
fn named(name: Option<&str>, code: &str) -> String {
    name.unwrap_or(code).to_owned()
}

/// Every grey zone in which something lies, or that is set to count as another thing.
pub(super) fn grey(settlement: &Settlement, facts: &RunFacts) -> Vec<GreyRow> {
    let Some((headline, cells)) = of_headline(settlement, facts) else {
        return Vec::new();
    };
    let rows = settlement.grey.rules.iter().filter_map(|rule| {
        let cell = Cell::new(Dimension::Grey, rule.zone.id());
        let share = cells
            .iter()
            .find(|share| share.cell.as_ref() == Some(&cell));
        let inside = share.map_or(0, |share| share.numerator);
        if inside == 0 && rule.treat == Treat::Cashless {
            return None;
        }
        Some(GreyRow {
            zone: rule.zone.id(),
            text: told(headline, facts, rule.zone, rule.treat, inside),
        })
    });
    rows.collect()
}

fn told(headline: &Share, facts: &RunFacts, zone: GreyZone, treat: Treat, inside: i128) -> String {
    let lang = facts.lang;
    // without the zone, then as each setting has it
    let rest = match treat {
        Treat::Cashless => (headline.numerator - inside, headline.denominator - inside),
        Treat::Cash => (headline.numerator, headline.denominator - inside),
        Treat::Out => (headline.numerator, headline.denominator),
    };
    let others = Treat::ALL.iter().filter(|other| **other != treat);
    let others: Vec<String> = others
        .map(|other| {
            let (a, b) = match other {
                Treat::Cashless => (rest.0 + inside, rest.1 + inside),
                Treat::Cash => (rest.0, rest.1 + inside),
                Treat::Out => rest,
            };
            let share = Fraction::new(a, b);
            let share = share.map_or_else(|| "—".to_owned(), |f| text::percent(lang, f));
            let args = [("as", &*treat_word(lang, *other)), ("share", &*share)];
            text::say(lang, "grey-other", &args)
        })
        .collect();
    let n = if headline.definition == "AMOUNT_CASHLESS" {
        text::money(lang, inside)
    } else {
        text::number(lang, inside)
    };
    let args = [
        ("zone", &*zone_word(lang, zone)),
        ("n", &*n),
        ("as", &*treat_word(lang, treat)),
        ("others", &*others.join("; ")),
    ];
    text::say(lang, "grey-row", &args)
}

/// What a grey zone is called.
pub(super) fn zone_word(lang: Lang, zone: GreyZone) -> String {
    let key = match zone {
        GreyZone::BankCash => "grey-bank-cash",
        GreyZone::OnBehalf => "grey-on-behalf",
        GreyZone::Post => "grey-post",
    };
    text::say(lang, key, &[])
}

/// How a grey zone counts, in words.
pub(super) fn treat_word(lang: Lang, treat: Treat) -> String {
    let key = match treat {
        Treat::Cashless => "grey-as-cashless",
        Treat::Cash => "grey-as-cash",
        Treat::Out => "grey-as-out",
    };
    text::say(lang, key, &[])
}
