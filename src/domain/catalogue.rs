//! The catalogue (danh mục): what procedures and fields of administration are called. Exports tell
//! codes alone; people read names. It decides nothing: no class, no share, no version of a night.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fee::words;
use super::reject::Reject;

words!(
    /// What a line of the catalogue names.
    CatalogueKind {
        /// An administrative procedure (thủ tục hành chính), by its national or local code.
        Procedure = "procedure",
        /// A field of administration (lĩnh vực), by the code of the export.
        Field = "field",
    }
);

/// One line: a code and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogueName {
    /// What it names.
    pub kind: CatalogueKind,
    /// The code.
    pub code: Box<str>,
    /// The name, as people write it.
    pub name: Box<str>,
}

/// Names by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    procedures: BTreeMap<Box<str>, Box<str>>,
    fields: BTreeMap<Box<str>, Box<str>>,
    /// The lines that could not be read, for those who mend the file.
    #[serde(skip)]
    pub problems: Vec<Reject>,
}

impl Catalogue {
    /// The names of the lines, and the lines that could not be read.
    pub fn new(names: Vec<CatalogueName>, problems: Vec<Reject>) -> Self {
        let mut catalogue = Self {
            problems,
            ..Self::default()
        };
        for line in names {
            let names = match line.kind {
                CatalogueKind::Procedure => &mut catalogue.procedures,
                CatalogueKind::Field => &mut catalogue.fields,
            };
            names.insert(line.code, line.name);
        }
        catalogue
    }

    /// True when it names nothing.
    pub fn is_empty(&self) -> bool {
        self.procedures.is_empty() && self.fields.is_empty()
    }

    /// How many codes have a name.
    pub fn len(&self) -> usize {
        self.procedures.len() + self.fields.len()
    }

    /// What a procedure is called: the code itself, else its national part, as in the fee table
    /// (`1.001612.000.00.00.H48` is `1.001612`). None where neither is named.
    pub fn procedure(&self, code: &str) -> Option<&str> {
        let named = |code: &str| self.procedures.get(code).map(|name| &**name);
        named(code).or_else(|| named(national(code)))
    }

    /// What a field is called; none where it is not named.
    pub fn field(&self, code: &str) -> Option<&str> {
        self.fields.get(code).map(|name| &**name)
    }
}

/// The national part of a procedure's code: its first two groups.
pub fn national(code: &str) -> &str {
    let second = code.match_indices('.').nth(1);
    second.map_or(code, |(at, _)| &code[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_code_has_the_name_of_its_national_part() {
        let line = |kind, code: &str, name: &str| CatalogueName {
            kind,
            code: code.into(),
            name: name.into(),
        };
        let lines = vec![
            line(
                CatalogueKind::Procedure,
                "1.001612",
                "Đăng ký hộ kinh doanh",
            ),
            line(
                CatalogueKind::Procedure,
                "1.001612.000.00.00.H49",
                "Ở tỉnh khác",
            ),
            line(CatalogueKind::Field, "HT", "Hộ tịch"),
        ];
        let catalogue = Catalogue::new(lines, Vec::new());
        let check = |code: &str, name: Option<&str>| assert_eq!(catalogue.procedure(code), name);
        check("1.001612", Some("Đăng ký hộ kinh doanh"));
        check("1.001612.000.00.00.H48", Some("Đăng ký hộ kinh doanh"));
        check("1.001612.000.00.00.H49", Some("Ở tỉnh khác"));
        check("1.0016120", None);
        check("HT", None);
        assert_eq!(
            (catalogue.field("HT"), catalogue.field("XD")),
            (Some("Hộ tịch"), None)
        );
        assert_eq!((catalogue.len(), catalogue.is_empty()), (3, false));
    }
}
