//! The margins of a paper's sheets.

use rust_xlsxwriter::Worksheet;

/// Left 30 mm, right 15 mm, above and below 20 mm (Decree 30/2020/NĐ-CP, annex I), header and
/// footer at 8 mm; a spreadsheet's margins are inches.
pub(super) fn set(sheet: &mut Worksheet) {
    sheet.set_margins(1.18, 0.59, 0.79, 0.79, 0.3, 0.3);
}
