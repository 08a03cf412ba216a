//! PURE: a row of `agencies*.csv` -> `Agency`.

use super::cells::{self, Fault};
use super::registry::RegistryRow;
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::{Agency, AgencyCode, RejectCode, RowKey, Side, SourceName, Vnd};
use crate::format::{Column, Layout, Row, Table};

/// The columns of `agencies*.csv`.
pub const LAYOUT: Layout = Layout {
    name: "agencies",
    required: &[
        "code",
        "valid_from",
        "valid_to",
        "name",
        "level",
        "parent_code",
        "successor_code",
        "kind",
    ],
    optional: &[],
};

pub(super) struct AgencyColumns {
    code: Column,
    valid_from: Column,
    valid_to: Column,
    name: Column,
    level: Column,
    parent_code: Column,
    successor_code: Column,
    kind: Column,
}

impl RegistryRow for Agency {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Fee;
    const ID: &'static str = "code";
    const AMOUNT: &'static str = "";
    const CONFLICTS: bool = false;
    type Columns = AgencyColumns;

    fn columns(table: &Table) -> AgencyColumns {
        AgencyColumns {
            code: table.column("code"),
            valid_from: table.column("valid_from"),
            valid_to: table.column("valid_to"),
            name: table.column("name"),
            level: table.column("level"),
            parent_code: table.column("parent_code"),
            successor_code: table.column("successor_code"),
            kind: table.column("kind"),
        }
    }

    /// Unknown levels and kinds are kept: the hierarchy changes by law, not by release.
    fn read(row: Row<'_>, columns: &AgencyColumns, _: &mut Texts) -> Result<Self, Fault> {
        let code = |column| cells::opt_text(row, column).map(|code| AgencyCode::new(&code));
        let word = |column| cells::text(row, column).to_lowercase().into();
        let agency = Self {
            code: AgencyCode::new(&cells::need_text(row, columns.code)?),
            valid_from: cells::day(row, columns.valid_from)?,
            valid_to: cells::opt_day(row, columns.valid_to)?,
            name: cells::text(row, columns.name),
            level: word(columns.level),
            parent_code: code(columns.parent_code),
            successor_code: code(columns.successor_code),
            kind: word(columns.kind),
        };
        if agency.valid_to.is_some_and(|to| to < agency.valid_from) {
            let to = row.get(columns.valid_to);
            return Err(Fault::new(columns.valid_to.name, to, RejectCode::BadDay));
        }
        Ok(agency)
    }
}

impl Versioned for Agency {
    /// Code and first day; the form is the fee side's, an agency is no row of an output.
    fn key(&self) -> RowKey {
        RowKey {
            side: Side::Fee,
            source: SourceName::new(&self.valid_from.to_string()),
            id: self.code.as_str().into(),
            dossier: None,
        }
    }

    fn amount(&self) -> Vnd {
        Vnd::ZERO
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let code =
            |code: &Option<AgencyCode>| code.as_ref().map_or("", AgencyCode::as_str).to_owned();
        vec![
            (
                "valid_to",
                self.valid_to
                    .map_or_else(String::new, |day| day.to_string()),
            ),
            ("name", self.name.to_string()),
            ("level", self.level.to_string()),
            ("parent_code", code(&self.parent_code)),
            ("successor_code", code(&self.successor_code)),
            ("kind", self.kind.to_string()),
        ]
    }
}
