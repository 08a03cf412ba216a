//! CSV.
use super::{FormatError, Limits};
/// The columns a layout knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// Name for messages.
    pub name: &'static str,
    /// Columns that a file must have.
    pub required: &'static [&'static str],
    /// Columns that it may have.
    pub optional: &'static [&'static str],
}
/// An open file.
pub struct Table<'a>(&'a [u8]);
/// One row.
pub struct Row<'r>(&'r [u8]);
/// A row that is no row.
pub struct Spoiled;
/// Next.
pub enum Line<'r> {
    /// Fine.
    Row(Row<'r>),
    /// Not.
    Spoiled(Spoiled),
}
impl<'a> Table<'a> {
    /// Opens.
    pub fn open(
        bytes: &'a [u8],
        _layout: &'static Layout,
        _limits: Limits,
    ) -> Result<Self, FormatError> {
        let _ = bytes;
        todo!()
    }
}
