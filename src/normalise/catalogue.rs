//! PURE: the bytes of a catalogue -> names of procedures and fields, and what of it cannot be read.

use super::cells::{self, Fault};
use super::registry::{FileAt, RegistryRow, read_file};
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::{Catalogue, CatalogueKind, CatalogueName, Day, RowKey, Side, SourceName, Vnd};
use crate::format::{Column, FileError, Layout, Row, Table};

/// The columns of a catalogue.
pub const LAYOUT: Layout = Layout {
    name: "catalogue",
    required: &["kind", "code", "name"],
    optional: &[],
};

/// Reads a catalogue. A code that is named twice keeps the first name in byte order; the other is a
/// line that cannot be read.
///
/// # Errors
/// The file as a whole is no table: encoding, size, a missing or repeated column.
pub fn read(name: &str, bytes: &[u8]) -> Result<Catalogue, FileError> {
    let source = &SourceName::new(LAYOUT.name);
    // no reject of it is stored, so its day is nobody's
    let day = Day::of_ms(0);
    let found = read_file::<CatalogueName>(&bytes, &FileAt { name, source, day })?;
    Ok(Catalogue::new(found.rows, found.rejects))
}

pub(super) struct NameColumns {
    kind: Column,
    code: Column,
    name: Column,
}

impl RegistryRow for CatalogueName {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Fee;
    const ID: &'static str = "code";
    const AMOUNT: &'static str = "";
    const CONFLICTS: bool = false;
    type Columns = NameColumns;

    fn columns(table: &Table) -> NameColumns {
        NameColumns {
            kind: table.column("kind"),
            code: table.column("code"),
            name: table.column("name"),
        }
    }

    fn read(row: Row<'_>, columns: &NameColumns, _: &mut Texts) -> Result<Self, Fault> {
        Ok(Self {
            kind: cells::word(row, columns.kind, CatalogueKind::parse)?,
            code: cells::need_text(row, columns.code)?,
            name: cells::need_text(row, columns.name)?,
        })
    }
}

impl Versioned for CatalogueName {
    fn key(&self) -> RowKey {
        RowKey {
            side: Side::Fee,
            source: SourceName::new(self.kind.id()),
            id: self.code.clone().into(),
            dossier: None,
        }
    }

    fn amount(&self) -> Vnd {
        Vnd::ZERO
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("name", self.name.to_string())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_kept() {
        let text = "kind,code,name\nprocedure,1.001612,Đăng ký hộ kinh doanh\nfield,HT,Hộ tịch\n\
                    FIELD,CT,Chứng thực\nlĩnh vực,XD,Xây dựng\nfield,,Đất đai\nfield,DD,\n\
                    field,HT,Tư pháp\n";
        let catalogue = read("danh-muc.csv", text.as_bytes()).unwrap();
        assert_eq!(catalogue.len(), 3);
        assert_eq!(catalogue.field("CT"), Some("Chứng thực"));
        let lines = catalogue.problems.iter();
        let mut lines: Vec<_> = lines.map(|p| (p.line, &*p.column, p.code.id())).collect();
        lines.sort_unstable();
        let wanted = [
            (5, "kind", "unknown_word"),
            (6, "code", "missing_value"),
            (7, "name", "missing_value"),
            (8, "code", "repeated_id"),
        ];
        assert_eq!(lines, wanted);
        let bare = read("danh-muc.csv", b"code,name\n1,2\n").unwrap_err();
        assert!(bare.to_string().contains("kind"), "{bare}");
    }
}
