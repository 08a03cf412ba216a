//! PURE: what a person reads of a file that cannot be read as a whole.

use super::quoted;
use super::table::of_table;
use crate::domain::{Day, Lang, Text};
use crate::format::{BookFault, BookPlace, FileError, FormatError, XmlFault};

/// The message of a whole file: where, what is wrong, what to do.
pub fn say_file(error: &FileError, lang: Lang) -> String {
    let (what, fix) = explain_file(error, lang);
    format!("{what}. {fix}")
}

/// The same in two parts: where and what is wrong, and what to do.
pub fn explain_file(error: &FileError, lang: Lang) -> (String, String) {
    let (what, fix) = match lang {
        Lang::Vi => format_vi(&error.error),
        Lang::En => format_en(&error.error),
    };
    (format!("{}: {what}", error.file), fix)
}

/// What was assumed of a file whose dates can be read in two ways: a cell, the day it was taken
/// for, and the form that it would have with the month first.
pub fn say_assumed(file: &str, (cell, on, other): (&str, Day, &str), lang: Lang) -> String {
    let (form, day) = (other.replace("MM/dd", "dd/MM"), crate::text::day(lang, on));
    let args = [
        ("file", file),
        ("cell", cell),
        ("day", &*day),
        ("form", &*form),
        ("other", other),
    ];
    crate::text::say(lang, "file-dates-assumed", &args)
}

/// A file whose dates are read with the month first, as they show it alone, in the form `form`.
pub fn say_turned(file: &str, form: &str, lang: Lang) -> String {
    let day_first = form.replace("MM/dd", "dd/MM");
    let args = [("file", file), ("form", form), ("other", &*day_first)];
    crate::text::say(lang, "file-dates-turned", &args)
}

/// A statement that is not in dong, which no night takes entries of.
pub fn say_currency(file: &str, currency: &str, lang: Lang) -> String {
    let args = [("file", file), ("currency", currency)];
    crate::text::say(lang, "file-other-currency", &args)
}

/// Rows of a file of which what is left is not the amount less the fee: how many, the line and the
/// column of the first.
pub fn say_nets(file: &str, (rows, line, column): (u64, u64, &str), lang: Lang) -> String {
    let [rows, line] = [rows, line].map(|n| n.to_string());
    let args = [
        ("file", file),
        ("n", &*rows),
        ("line", &*line),
        ("column", column),
    ];
    crate::text::say(lang, "file-net-differs", &args)
}

fn format_vi(error: &FormatError) -> (String, String) {
    let (what, fix): (String, &str) = match error {
        FormatError::Empty => (
            "tệp rỗng, không có dòng tiêu đề".into(),
            "Hãy xuất lại tệp.",
        ),
        FormatError::TooLarge { bytes, limit } => (
            format!("tệp dài {bytes} byte, quá giới hạn {limit} byte"),
            LARGER.get(Lang::Vi),
        ),
        FormatError::TooManyRows { limit } => {
            (format!("bảng có hơn {limit} dòng"), MORE_ROWS.get(Lang::Vi))
        }
        FormatError::RecordTooLarge { line, limit } => (
            format!("dòng bắt đầu ở dòng {line} dài hơn {limit} byte"),
            "Tệp có thể không phải là CSV hoặc thiếu dấu xuống dòng: hãy xuất lại tệp.",
        ),
        FormatError::NotUtf8 { found } => (
            format!("tệp không phải là chữ UTF-8 ({found})"),
            "Hãy lưu tệp dạng CSV UTF-8, rồi chạy lại.",
        ),
        FormatError::MissingColumns { columns, separator } => {
            let what = format!("thiếu cột {}", listed(columns));
            if let Some(c) = separator {
                let fix = format!(
                    "Dòng tiêu đề có vẻ dùng {} để ngăn ô: hãy lưu tệp dạng CSV ngăn bằng dấu phẩy, rồi chạy lại.",
                    quoted(&c.to_string())
                );
                return (what, fix);
            }
            (what, "Hãy thêm cột vào dòng tiêu đề, rồi chạy lại.")
        }
        FormatError::RepeatedColumn { column } => (
            format!("cột \"{column}\" xuất hiện hai lần"),
            "Hãy giữ lại một cột, rồi chạy lại.",
        ),
        FormatError::UnclosedQuote { line } => (
            format!(
                "dấu ngoặc kép mở ở dòng {line} không được đóng, phần còn lại của tệp không đọc được"
            ),
            "Hãy xuất lại tệp.",
        ),
        FormatError::NoHeader { missing } => {
            let (what, fix) = no_header(missing);
            return (
                what.get(Lang::Vi).replace("{}", &listed(missing)),
                fix.get(Lang::Vi).into(),
            );
        }
        FormatError::NotRead { .. }
        | FormatError::NoDirection { .. }
        | FormatError::TooManyStatements { .. } => of_table(error, Lang::Vi),
        FormatError::TooWide { line } => (
            format!("từ dòng {line} bảng có quá nhiều cột hoặc ô để là sao kê"),
            WIDER.get(Lang::Vi),
        ),
        FormatError::Book(fault) => of_book(*fault, None, Lang::Vi),
        FormatError::BookAt { fault, place } => of_book(*fault, Some(place), Lang::Vi),
        FormatError::Unreadable { why } => (
            format!("hệ thống không đọc được tệp ({why})"),
            "Hãy kiểm tra đường dẫn và quyền đọc tệp.",
        ),
        FormatError::BadXml { line, what } => (
            format!("dòng {line}: {}", xml_fault(*what).get(Lang::Vi)),
            "Hãy lấy lại tệp từ ngân hàng; không sửa tay.",
        ),
    };
    (what, fix.into())
}

const LARGER: Text = Text {
    vi: "Hãy xuất thành nhiều tệp nhỏ hơn, hoặc ghi bytes_max lớn hơn cho nguồn trong doisoat.toml (tối đa \"2GiB\"; bảng tính và \
         trang HTML \"256MiB\").",
    en: "Export it in smaller files, or write a larger bytes_max for the source in doisoat.toml (at most \"2GiB\"; for a \
         spreadsheet or page \"256MiB\").",
};

const MORE_ROWS: Text = Text {
    vi: "Hãy xuất thành nhiều tệp nhỏ hơn, hoặc ghi rows_max lớn hơn cho nguồn trong doisoat.toml (tối đa 100000000).",
    en: "Export it in smaller files, or write a larger rows_max for the source in doisoat.toml (at most 100000000).",
};

const WIDER: Text = Text {
    vi: "Kiểm tra có đúng tệp không; chép phần sao kê sang tệp mới. Nếu đúng là bảng có nhiều ô như vậy, ghi cells_max lớn hơn cho \
         nguồn trong doisoat.toml (tối đa 20000000); hơn 256 cột thì không đọc.",
    en: "Check that it is the right file; copy the statement into a new one. If it really has so many cells, write a larger cells_max \
         for the source in doisoat.toml (at most 20000000); more than 256 columns are never read.",
};

fn format_en(error: &FormatError) -> (String, String) {
    let (what, fix): (String, &str) = match error {
        FormatError::Empty => (
            "the file is empty, there is no header row".into(),
            "Export it again.",
        ),
        FormatError::TooLarge { bytes, limit } => (
            format!("the file has {bytes} bytes, more than the {limit} allowed"),
            LARGER.get(Lang::En),
        ),
        FormatError::TooManyRows { limit } => (
            format!("the table has more than {limit} rows"),
            MORE_ROWS.get(Lang::En),
        ),
        FormatError::RecordTooLarge { line, limit } => (
            format!("the row that begins in line {line} has more than {limit} bytes"),
            "The file may be no CSV, or lack line ends: export it again.",
        ),
        FormatError::NotUtf8 { found } => (
            format!("the file is not UTF-8 text ({found})"),
            "Save it as CSV UTF-8, then run again.",
        ),
        FormatError::MissingColumns { columns, separator } => {
            let what = format!("missing column {}", listed(columns));
            if let Some(c) = separator {
                let fix = format!(
                    "The header row seems to separate cells by {}: save the file as CSV with commas, then run again.",
                    quoted(&c.to_string())
                );
                return (what, fix);
            }
            (what, "Add it to the header row, then run again.")
        }
        FormatError::RepeatedColumn { column } => (
            format!("the column \"{column}\" stands there twice"),
            "Keep one of them, then run again.",
        ),
        FormatError::UnclosedQuote { line } => (
            format!(
                "the quote opened in line {line} is never closed, the rest of the file cannot be read"
            ),
            "Export it again.",
        ),
        FormatError::NoHeader { missing } => {
            let (what, fix) = no_header(missing);
            return (
                what.get(Lang::En).replace("{}", &listed(missing)),
                fix.get(Lang::En).into(),
            );
        }
        FormatError::NotRead { .. }
        | FormatError::NoDirection { .. }
        | FormatError::TooManyStatements { .. } => of_table(error, Lang::En),
        FormatError::TooWide { line } => (
            format!("from line {line} on the table has more columns or cells than a statement has"),
            WIDER.get(Lang::En),
        ),
        FormatError::Book(fault) => of_book(*fault, None, Lang::En),
        FormatError::BookAt { fault, place } => of_book(*fault, Some(place), Lang::En),
        FormatError::Unreadable { why } => (
            format!("the file cannot be read ({why})"),
            "Check the path and its permissions.",
        ),
        FormatError::BadXml { line, what } => (
            format!("line {line}: {}", xml_fault(*what).get(Lang::En)),
            "Fetch the file from the bank again; do not edit it.",
        ),
    };
    (what, fix.into())
}

/// Without a header; `{}` stands for the headings that are missing.
fn no_header(missing: &[Box<str>]) -> (Text, Text) {
    if missing.is_empty() {
        return (
            Text {
                vi: "không tìm thấy dòng tiêu đề trong 30 dòng đầu (cần cột ngày và cột số tiền, ghi nợ hoặc ghi có)",
                en: "no header row within the first 30 rows (a date and an amount, debit or credit column are needed)",
            },
            Text {
                vi: "Hãy kiểm tra đây có phải là sao kê hay không.",
                en: "Check whether this is a statement.",
            },
        );
    }
    (
        Text {
            vi: "không dòng nào trong 30 dòng đầu có đủ các tiêu đề của [source.map]; thiếu {}",
            en: "no row within the first 30 holds every heading of [source.map]; missing: {}",
        },
        Text {
            vi: "Chạy `doisoat inspect` với tệp này rồi sửa [source.map], hoặc đưa tệp về đúng thư mục của nó.",
            en: "Run `doisoat inspect` on the file and correct [source.map], or move the file to its own folder.",
        },
    )
}

/// What is wrong with a spreadsheet, and where where that is known.
fn of_book(fault: BookFault, place: Option<&BookPlace>, lang: Lang) -> (String, &'static str) {
    let (what, fix) = book_fault(fault, lang);
    let said = place.map(|place| format!("{}: {what}", in_book(place, lang)));
    (said.unwrap_or_else(|| what.to_owned()), fix)
}

fn book_fault(fault: BookFault, lang: Lang) -> (&'static str, &'static str) {
    let (what, fix) = match fault {
        BookFault::Unreadable => (
            Text {
                vi: "bảng tính bị hỏng hoặc có mật khẩu",
                en: "the spreadsheet is damaged or has a password",
            },
            Text {
                vi: "Mở bằng Excel, bỏ mật khẩu, lưu lại; hoặc tải lại từ ngân hàng.",
                en: "Open it in Excel, take the password off and save it; or fetch it again.",
            },
        ),
        BookFault::Bomb => (
            Text {
                vi: "bảng tính nén bất thường, bung ra lớn gấp hàng trăm lần",
                en: "the spreadsheet would inflate to hundreds of times its size",
            },
            Text {
                vi: "Không mở tệp này; tải lại từ ngân hàng.",
                en: "Do not open it; fetch it again from the bank.",
            },
        ),
        BookFault::DocType => (
            Text {
                vi: "bảng tính có khai báo DOCTYPE, không bao giờ được đọc",
                en: "the spreadsheet has a document type, which is never read",
            },
            Text {
                vi: "Không mở tệp này; tải lại từ ngân hàng.",
                en: "Do not open it; fetch it again from the bank.",
            },
        ),
        BookFault::Lies => (
            Text {
                vi: "độ dài thật khác với độ dài ghi trong bảng tính (tệp bị hỏng hoặc bị sửa)",
                en: "the spreadsheet tells another length than it has: it is damaged or was tampered with",
            },
            Text {
                vi: "Không mở tệp này; tải lại từ ngân hàng.",
                en: "Do not open it; fetch it again from the bank.",
            },
        ),
        BookFault::TooWide => (
            Text {
                vi: "bảng tính có quá nhiều cột hoặc ô để là sao kê",
                en: "the spreadsheet has more columns or cells than a statement has",
            },
            WIDER,
        ),
    };
    (what.get(lang), fix.get(lang))
}

/// Where in a spreadsheet.
fn in_book(place: &BookPlace, lang: Lang) -> String {
    let (vi, en, name, row) = match place {
        BookPlace::Part(name) => ("phần {} bên trong", "part {} inside", name, 0),
        BookPlace::Sheet(name) => ("trang tính {}", "sheet {}", name, 0),
        BookPlace::Row(name, row) => ("trang tính {}, dòng {n}", "sheet {}, row {n}", name, *row),
    };
    let text = Text { vi, en }.get(lang).replace("{n}", &row.to_string());
    text.replace("{}", &quoted(name))
}

fn xml_fault(fault: XmlFault) -> Text {
    match fault {
        XmlFault::Syntax => Text {
            vi: "XML không đúng cú pháp",
            en: "the XML is not well-formed",
        },
        XmlFault::Cut => Text {
            vi: "XML bị cắt giữa chừng",
            en: "the XML is cut before its end",
        },
        XmlFault::Depth => Text {
            vi: "XML lồng quá sâu",
            en: "the XML is nested too deeply",
        },
        XmlFault::Long => Text {
            vi: "XML có một thẻ hoặc đoạn chữ dài bất thường",
            en: "the XML holds a tag or text that is far too long",
        },
        XmlFault::DocType => Text {
            vi: "XML có khai báo DOCTYPE, không bao giờ được đọc",
            en: "the XML has a document type, which is never read",
        },
        XmlFault::Entity => Text {
            vi: "XML dùng thực thể lạ",
            en: "the XML uses an entity that XML does not know",
        },
    }
}

/// `"a", "b"`.
fn listed<T: std::fmt::Display>(columns: &[T]) -> String {
    let quoted: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}
