//! By what a share is broken down beside agencies, and one cell of such a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fee::{Fee, words};

words!(
    /// By what a share is broken down.
    Dimension {
        /// An agency with all its sub-units.
        Unit = "unit",
        /// The agency that does the work today ("theo cơ cấu hiện hành"): successors take over what
        /// their predecessors did.
        Current = "current",
        /// The administrative procedure.
        Procedure = "procedure",
        /// The field (lĩnh vực).
        Field = "field",
        /// The source that delivered the money; `cash` for counter receipts.
        Source = "source",
        /// The means of payment.
        Instrument = "instrument",
        /// The grey zone that a payment lies in; payments in none have no cell.
        Grey = "grey",
    }
);

/// One cell of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// By what.
    pub dimension: Dimension,
    /// Which one; [`Cell::NOT_TOLD`] where the registry does not say.
    pub value: Box<str>,
}

impl Cell {
    /// The value of what may lie in any cell of its dimension.
    const ANY: &'static str = "*";
    /// The value of what the registry does not tell.
    pub const NOT_TOLD: &'static str = "-";

    /// A cell.
    pub fn new(dimension: Dimension, value: &str) -> Self {
        Self {
            dimension,
            value: value.into(),
        }
    }

    /// The value of a fee line in a dimension of lines: field, or procedure.
    pub fn of_line(fee: &Fee, dimension: Dimension) -> &str {
        let value = match dimension {
            Dimension::Field => fee.more.field_code.as_deref().unwrap_or(""),
            _ => &*fee.procedure_code,
        };
        Some(value)
            .filter(|value| !value.is_empty())
            .unwrap_or(Self::NOT_TOLD)
    }

    /// Where items stand that may lie in any cell.
    pub fn any(dimension: Dimension) -> Self {
        Self::new(dimension, Self::ANY)
    }

    /// True for the place of items that may lie in any cell.
    pub fn is_any(&self) -> bool {
        *self.value == *Self::ANY
    }

    /// Reads the text of `Display`.
    pub fn parse(raw: &str) -> Option<Self> {
        let (dimension, value) = raw.split_once('=')?;
        Some(Self::new(Dimension::parse(dimension)?, value))
    }
}

impl fmt::Display for Cell {
    /// `procedure=1.001612`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.dimension.id(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_as_it_is_written() {
        for cell in [
            Cell::new(Dimension::Procedure, "1.001612"),
            Cell::new(Dimension::Source, "a=b"),
            Cell::any(Dimension::Unit),
        ] {
            assert_eq!(Cell::parse(&cell.to_string()), Some(cell));
        }
        for other in ["", "*", "H48.18", "colour=red"] {
            assert_eq!(Cell::parse(other), None, "{other}");
        }
    }
}
