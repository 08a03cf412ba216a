//! PURE: what a person reads of a file of which the statements cannot be read as they stand.

use super::quoted;
use crate::domain::{Lang, Text};
use crate::format::FormatError;

/// What a table of entries lacks.
pub(super) fn of_table(error: &FormatError, lang: Lang) -> (String, &'static str) {
    let text = |vi, en| Text { vi, en };
    let (what, fix, value, line) = match error {
        FormatError::NotRead { sheet, line } if sheet.is_empty() => (
            text(
                "từ dòng {n} còn các dòng không thuộc bảng sao kê được đọc{}",
                "from row {n} on there are rows of no statement that is read{}",
            ),
            NOT_READ,
            String::new(),
            *line,
        ),
        FormatError::NotRead { sheet, line } => (
            text(
                "trang tính {}, từ dòng {n} còn các dòng không thuộc bảng sao kê được đọc",
                "sheet {}: from row {n} on there are rows of no statement that is read",
            ),
            NOT_READ,
            quoted(sheet),
            *line,
        ),
        FormatError::NoDirection { column } => (
            text(
                "cột số tiền {} không có dấu, và tệp không có cột cho biết tiền vào hay tiền ra",
                "the amounts in {} have no sign, and no column tells whether money came in or went out",
            ),
            text(
                "Trong [source.map] hãy ghi direction là tên cột cho biết chiều tiền, hoặc amounts = \"in\" nếu tệp chỉ \
                 liệt kê tiền vào, hoặc amounts = \"signed\" nếu tiền ra mang dấu trừ.",
                "Under [source.map] write direction with the heading that tells it, or amounts = \"in\" if the file \
                 lists money in only, or amounts = \"signed\" if money out carries a minus.",
            ),
            quoted(column),
            0,
        ),
        FormatError::TooManyStatements { limit } => (
            text(
                "tệp có hơn {n} sao kê",
                "the file has more than {n} statements",
            ),
            text(
                "Kiểm tra có đúng tệp không; nếu đúng, hãy xuất thành nhiều tệp nhỏ hơn.",
                "Check that it is the right file; if it is, export it in smaller files.",
            ),
            String::new(),
            *limit,
        ),
        _ => return (String::new(), ""),
    };
    let what = what.get(lang).replace("{n}", &line.to_string());
    (what.replace("{}", &value), fix.get(lang))
}

const NOT_READ: Text = Text {
    vi: "Hãy tách bảng đó sang tệp riêng; nếu không phải bút toán thì bỏ đi, hoặc ghi tên trang tính cần đọc vào sheet \
         trong [source.map], rồi chạy lại.",
    en: "Save that table as a file of its own; if it holds no entries, take it out, or name the sheet to read as sheet \
         under [source.map], then run again.",
};
