//! PURE: what a person reads of a row or a file that could not be read: where, what is wrong, what
//! to do. Vietnamese first. `tests/it/normalise/messages.rs` asserts the exact texts.

mod either;
mod file;
mod masked;
mod table;
mod webhook;
mod words;

pub use file::{explain_file, say_assumed, say_currency, say_file, say_nets, say_turned};
pub use masked::{explain_masked, mask_value, say_masked};

use crate::domain::{Lang, Reject, RejectCode, Side, Text};
use either::{EITHER_FIRST, MONTH_FIRST, SHORT_YEAR, TOTAL_DIFFERS, ZERO_WITH_AMOUNT};
use either::{is_short, is_turned};

/// A cell that could not be read, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// Why.
    pub code: RejectCode,
    /// What kind of row.
    pub side: Side,
    /// The file or request.
    pub file: &'a str,
    /// The column.
    pub column: &'a str,
    /// What stands there.
    pub value: &'a str,
}

impl<'a> Cell<'a> {
    /// The cell at fault in a row.
    pub fn of(reject: &'a Reject) -> Self {
        Self {
            code: reject.code,
            side: reject.side,
            file: &reject.file,
            column: &reject.column,
            value: &reject.value,
        }
    }
}

/// What is wrong, and what to do.
pub fn say(reject: &Reject, lang: Lang) -> (String, String) {
    let (reason, advice) = explain(Cell::of(reject), lang);
    (reason, format!("{} {advice}", left_out(reject, lang)))
}

/// What is wrong with a value, and what to do, where the row itself is told elsewhere. Of a word
/// that is not allowed: which ones are.
pub fn explain(cell: Cell<'_>, lang: Lang) -> (String, &'static str) {
    explain_as(cell, cell.value, lang)
}

/// The same, with `shown` for the value.
fn explain_as(cell: Cell<'_>, shown: &str, lang: Lang) -> (String, &'static str) {
    if let Some([reason, advice]) = webhook::texts(&cell) {
        return (reason.get(lang).into(), advice.get(lang));
    }
    let text = match cell.code {
        RejectCode::LostDigits if ends_in_zeros(cell.value) => LOST_ZEROS,
        RejectCode::Formula if !cell.value.contains('=') => UNSOLVED,
        RejectCode::MonthFirst if !is_turned(cell.value) => EITHER_FIRST,
        code => reason(code),
    };
    let mut reason = text.get(lang).replace("{}", &quoted(shown));
    let word = cell.code == RejectCode::UnknownWord;
    let allowed = || words::allowed(cell.file, cell.side, cell.column, lang);
    if let Some(words) = word.then(allowed).flatten() {
        reason = match lang {
            Lang::Vi => format!("{reason}; được phép: {words}"),
            Lang::En => format!("{reason}: {words}"),
        };
    }
    let advice = match cell.code {
        RejectCode::BadTime | RejectCode::BadDay if is_short(cell.value) => SHORT_YEAR,
        code => advice(code),
    };
    (reason, advice.get(lang))
}

/// The whole message: where, what is wrong, what to do.
pub fn sentence(reject: &Reject, lang: Lang) -> String {
    let (reason, advice) = say(reject, lang);
    let (line, column) = match lang {
        Lang::Vi => ("dòng", "cột"),
        Lang::En => ("line", "column"),
    };
    let column = if reject.column.is_empty() {
        String::new()
    } else {
        format!(", {column} {}", quoted(&reject.column))
    };
    let (source, file) = (&reject.source, &reject.file);
    format!(
        "{source} {file} {line} {}{column}: {reason}. {advice}",
        reject.line
    )
}

/// Which row is left out of matching: its id and amount, as far as they could be read.
fn left_out(reject: &Reject, lang: Lang) -> String {
    let mut known = Vec::new();
    if !reject.id.starts_with(crate::domain::ids::MADE) && !reject.id.is_empty() {
        known.push(match lang {
            Lang::Vi => format!("mã {}", reject.id),
            Lang::En => format!("id {}", reject.id),
        });
    }
    if let Some(amount) = reject.amount {
        known.push(match lang {
            Lang::Vi => format!("{} đồng", amount.grouped()),
            Lang::En => format!("{} VND", amount.grouped()),
        });
    }
    let known = if known.is_empty() {
        String::new()
    } else {
        format!(" ({})", known.join(", "))
    };
    match lang {
        Lang::Vi => format!("Dòng này không được đưa vào đối chiếu{known}."),
        Lang::En => format!("This row is left out of matching{known}."),
    }
}

/// The value between quotes, control characters and direction marks made visible.
fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        let hidden = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('"');
    out
}

/// A webhook that nobody vouches for.
const UNVERIFIED: Text = Text {
    vi: "chữ ký của nhà cung cấp không đúng hoặc không có",
    en: "the provider's signature is wrong or missing",
};

/// The last entry of a statement without an end.
const CUT_OFF: Text = Text {
    vi: "sao kê bị cắt ở đây, thiếu số dư cuối kỳ, nên phần cuối có thể không đủ: {}",
    en: "the statement is cut here, without its closing balance, so its end may be missing: {}",
};

/// A cell beyond all measure.
const TOO_LARGE: Text = Text {
    vi: "ô dài hơn 32 KiB, bắt đầu bằng {}",
    en: "the cell is longer than 32 KiB and begins with {}",
};

/// What is wrong and what to do: another currency.
const NOT_VND: [Text; 2] = [
    Text {
        vi: "loại tiền {} không phải là VND",
        en: "the currency {} is not VND",
    },
    Text {
        vi: "Chương trình chỉ đối soát VND và không quy đổi; hãy xử lý khoản này thủ công.",
        en: "Only VND is reconciled and nothing is converted; settle this item by hand.",
    },
];

/// What is wrong and what to do: `45.000` with a decimal point.
const THREE_DECIMALS: [Text; 2] = [
    Text {
        vi: "{} có ba chữ số sau dấu thập phân, không rõ đó là phần lẻ hay là hàng nghìn",
        en: "{} has three digits behind the decimal sign: a fraction or thousands, it cannot be told",
    },
    Text {
        vi: "Tiền đồng không có phần lẻ: nếu dấu này ngăn hàng nghìn, ghi thousands = \".\" (hoặc \",\") trong \
             [source.map] của nguồn; nếu đã ghi, hoặc nếu không phải, đề nghị xuất lại số tiền không có phần lẻ, rồi chạy lại.",
        en: "The dong has no fractions: if the sign separates thousands, write thousands = \".\" (or \",\") into \
             [source.map] of the source; if that is set already, or if not, ask for the amount without decimals, then run again.",
    },
];

/// The same: neither money in nor money out.
const BAD_DIRECTION: [Text; 2] = [
    Text {
        vi: "{} không cho biết tiền vào hay tiền ra",
        en: "{} does not tell whether money came in or went out",
    },
    Text {
        vi: "Ghi các chữ của cột này vào in và out trong [source.map] của nguồn (ngăn bằng ;), hoặc sửa ô ở nguồn, \
             rồi chạy lại.",
        en: "Write the words of the column into in and out under [source.map] of the source (separated by ;), or \
             correct the cell at the source, then run again.",
    },
];

/// The same: a computed cell.
const FORMULA: [Text; 2] = [
    Text {
        vi: "ô chứa công thức, giá trị đã lưu có thể không còn đúng: {}",
        en: "the cell holds a formula, and the value it was saved with may be out of date: {}",
    },
    Text {
        vi: "Dùng tệp gốc của ngân hàng; nếu đã mở và lưu bằng Excel, hãy tải lại tệp.",
        en: "Use the file as the bank made it; if it was opened and saved in a spreadsheet, fetch it again.",
    },
];

/// A computed cell without a value.
const UNSOLVED: Text = Text {
    vi: "ô chứa công thức chưa có kết quả: {}",
    en: "the cell holds a formula without a result: {}",
};

/// A code that was saved as a number with a fraction.
const LOST_ZEROS: Text = Text {
    vi: "mã được lưu thành số, các chữ số 0 ở cuối có thể đã mất: {}",
    en: "the code was saved as a number, so zeros at its end may be gone: {}",
};

/// True for a number of which only zeros at the end can be gone: `5091.1234`.
fn ends_in_zeros(value: &str) -> bool {
    let parts = value.split_once('.');
    parts.is_some_and(|(whole, rest)| whole.len() <= 15 && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// What is wrong with a row, without the value: `không phải là số tiền`.
pub fn what(code: RejectCode, lang: Lang) -> String {
    let said = reason(code).get(lang);
    let places = [": {}", "{} ", " {}"].iter();
    places.fold(said.to_owned(), |said, place| said.replace(place, ""))
}

/// What is wrong; `{}` stands for the value.
fn reason(code: RejectCode) -> Text {
    let text = |vi, en| Text { vi, en };
    match code {
        RejectCode::BadAmount => text("{} không phải là số tiền", "{} is not an amount"),
        RejectCode::FractionOfDong => {
            text("{} có phần lẻ của đồng", "{} holds a fraction of a dong")
        }
        RejectCode::ThreeDecimals => THREE_DECIMALS[0],
        RejectCode::BadDirection => BAD_DIRECTION[0],
        RejectCode::Formula => FORMULA[0],
        RejectCode::AmountTooLarge => text(
            "số tiền {} dài hơn 15 chữ số",
            "the amount {} is longer than 15 digits",
        ),
        RejectCode::NegativeAmount => text(
            "số tiền {} mang dấu âm hoặc dẫn đến số âm",
            "the amount {} is negative or leads to a negative one",
        ),
        RejectCode::ZeroWithAmount => ZERO_WITH_AMOUNT[0],
        RejectCode::TotalDiffers => TOTAL_DIFFERS[0],
        RejectCode::NotVnd => NOT_VND[0],
        RejectCode::BadTime => text(
            "{} không phải là thời điểm hợp lệ",
            "{} is not a valid time",
        ),
        RejectCode::MonthFirst => MONTH_FIRST[0],
        RejectCode::ImplausibleYear => text(
            "thời điểm {} không nằm trong các năm 1990 đến 2099",
            "the time {} does not lie in the years 1990 to 2099",
        ),
        RejectCode::BadDay => text("{} không phải là ngày hợp lệ", "{} is not a valid day"),
        RejectCode::FutureRow => text(
            "thời điểm {} muộn hơn kỳ lấy dữ liệu, hoặc hôm nay, quá một ngày",
            "the time {} lies more than a day after the period asked for, or after today",
        ),
        RejectCode::BadDossierCode => text(
            "{} không đúng dạng mã hồ sơ",
            "{} does not have the form of a dossier code",
        ),
        RejectCode::ImpossibleDossierDate => text(
            "mã hồ sơ {} chứa ngày không có thật",
            "the dossier code {} holds an impossible date",
        ),
        RejectCode::UnknownWord => text(
            "{} không thuộc các giá trị được phép của cột",
            "{} is not one of the words allowed in the column",
        ),
        RejectCode::MissingValue => text("thiếu giá trị bắt buộc", "a required value is missing"),
        RejectCode::WrongFieldCount => text(
            "số ô của dòng khác số ô của dòng tiêu đề: {}",
            "the row has another number of cells than the header: {}",
        ),
        RejectCode::NotUtf8 => text("{} không phải là chữ UTF-8", "{} is not UTF-8 text"),
        RejectCode::CellTooLarge => TOO_LARGE,
        RejectCode::LostDigits => text(
            "số dài hơn 15 chữ số đã bị Excel làm mất phần cuối: {}",
            "a spreadsheet kept only the first 15 digits of the number: {}",
        ),
        RejectCode::CutOff => CUT_OFF,
        RejectCode::BadRecord => text(
            "bản ghi không đúng dạng đã công bố: {}",
            "the record does not have its documented form: {}",
        ),
        RejectCode::Unverified => UNVERIFIED,
        RejectCode::RepeatedId => text(
            "{} đã có ở dòng khác với nội dung khác",
            "{} stands in another row with other content",
        ),
    }
}

/// What to do.
fn advice(code: RejectCode) -> Text {
    let text = |vi, en| Text { vi, en };
    match code {
        RejectCode::BadAmount | RejectCode::FractionOfDong | RejectCode::AmountTooLarge => text(
            "Đề nghị nơi lập dữ liệu gửi lại số tiền đúng (chỉ gồm chữ số), rồi chạy lại.",
            "Ask whoever made the data for the right amount (digits only), then run again.",
        ),
        RejectCode::ThreeDecimals => THREE_DECIMALS[1],
        RejectCode::BadDirection => BAD_DIRECTION[1],
        RejectCode::Formula => FORMULA[1],
        RejectCode::NegativeAmount => text(
            "Chiều của khoản tiền nằm ở cột loại giao dịch; đề nghị gửi lại số tiền không dấu, rồi chạy lại.",
            "The kind of the row tells the direction; ask for the amount without a sign, then run again.",
        ),
        RejectCode::ZeroWithAmount => ZERO_WITH_AMOUNT[1],
        RejectCode::TotalDiffers => TOTAL_DIFFERS[1],
        RejectCode::NotVnd => NOT_VND[1],
        RejectCode::BadTime | RejectCode::BadDay => text(
            "Cần dạng 2022-12-05T14:30:00 (ngày: 2022-12-05); đề nghị nơi lập dữ liệu sửa, rồi chạy lại.",
            "The form is 2022-12-05T14:30:00 (a day: 2022-12-05); ask whoever made the data to correct it, then run again.",
        ),
        RejectCode::MonthFirst => MONTH_FIRST[1],
        RejectCode::ImplausibleYear => text(
            "Năm có thể bị gõ sai; đề nghị nơi lập dữ liệu sửa, rồi chạy lại.",
            "The year may be a slip; ask whoever made the data to correct it, then run again.",
        ),
        RejectCode::FutureRow => text(
            "Kiểm tra ngày giờ ở nguồn; nếu đúng, dòng này sẽ được đọc lại vào kỳ của nó.",
            "Check the date at the source; if it is right, the row is read again in its own period.",
        ),
        RejectCode::BadDossierCode | RejectCode::ImpossibleDossierDate => text(
            "Tra mã đúng trên hệ thống một cửa (ví dụ H48.18.22-221202-0001), sửa ở nguồn, rồi chạy lại.",
            "Look up the right code in the one-stop system (such as H48.18.22-221202-0001), correct it at the source, then run again.",
        ),
        RejectCode::Unverified => text(
            "Nội dung không được dùng. Kiểm tra khóa trong cấu hình, và bên nhận webhook có lưu nguyên văn phần thân \
             và tiêu đề không; nếu cả hai đều đúng, đây không phải là bản tin của nhà cung cấp.",
            "Nothing of it is used. Check the key in the configuration, and that the receiver keeps body \
             and headers exactly as they came; if both are right, the message is not the provider's.",
        ),
        RejectCode::UnknownWord | RejectCode::MissingValue => text(
            "Sửa ô này ở nguồn, rồi chạy lại.",
            "Correct the cell at the source, then run again.",
        ),
        RejectCode::WrongFieldCount | RejectCode::CellTooLarge => text(
            "Dòng có thể thừa hoặc thiếu dấu phẩy hay dấu ngoặc kép; đề nghị xuất lại tệp, rồi chạy lại.",
            "A comma or a quote may be missing or too many; export the file again, then run again.",
        ),
        RejectCode::CutOff => text(
            "Tải lại sao kê đủ cả kỳ từ ngân hàng, đặt vào thư mục, rồi chạy lại.",
            "Download the statement of the whole period again, put it into the folder, then run again.",
        ),
        RejectCode::LostDigits => text(
            "Định dạng cột mã là Văn bản (Text) rồi xuất lại từ ngân hàng; không gõ lại bằng tay.",
            "Export again with the column as text; do not type the number again by hand.",
        ),
        RejectCode::NotUtf8 => text(
            "Xuất lại tệp với bảng mã UTF-8, rồi chạy lại.",
            "Export the file again in UTF-8, then run again.",
        ),
        RejectCode::BadRecord => text(
            "Đề nghị nhà cung cấp kiểm tra bản ghi này, rồi chạy lại.",
            "Ask the provider to check this record, then run again.",
        ),
        RejectCode::RepeatedId => text(
            "Giữ lại dòng đúng ở nguồn, rồi chạy lại.",
            "Keep the right row at the source, then run again.",
        ),
    }
}
