//! Why rows were linked or were not, as values with their own Vietnamese and English sentences.

use serde::{Deserialize, Serialize};

use super::say;
use super::words::plain;
use crate::domain::lang::{Word, read_word};
use crate::domain::vnd::grouped;
use crate::domain::{Day, DossierCode, Lang, RejectCode, Vnd};

/// One reason. Rendered only where a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The order reference is the dossier code, or an order of it.
    OrderRef(DossierCode),
    /// The memo is nothing but the dossier code.
    MemoIsCode(DossierCode),
    /// The code was read out of the memo.
    MemoHolds(DossierCode),
    /// A receipt names its fee line.
    ReceiptNames(DossierCode),
    /// The amount equals what one line, or several together, had due.
    AmountFits(Vnd),
    /// The amount differs: (due, paid).
    AmountDiffers(Vnd, Vnd),
    /// The payer is the person expected.
    PayerAgrees,
    /// The payer is somebody else.
    PayerDiffers,
    /// Paid on a day after the due day: (due, paid).
    PaidAfterDue(Day, Day),
    /// The native id of another row stands in it.
    NamesTransaction(Box<str>),
    /// It undoes or returns this row.
    Undoes(Box<str>),
    /// It repeats what this row already paid.
    Repeats(Box<str>),
    /// This row paid it again.
    PaidAgainBy(Box<str>),
    /// This row sent its money back.
    ReturnedBy(Box<str>),
    /// Same account and bank reference, or same code, amount and time, as this row.
    SameAs(Box<str>),
    /// The net sum of a gateway's day: (source, day, sum).
    BatchOf(Box<str>, Day, Vnd),
    /// The sum of an agency's receipts of a day: (agency, day, sum).
    DepositOf(Box<str>, Day, Vnd),
    /// Several dossiers in one payment, the sum exact.
    SumOverDossiers(u32, Vnd),
    /// Instalments: (number, sum so far, due).
    Instalments(u32, Vnd, Vnd),
    /// The shortfall equals the provider's fee: (fee).
    NetOfFee(Vnd),
    /// Declared and real means differ: (declared word, real word).
    Declared(
        #[serde(deserialize_with = "read_word")] Word,
        #[serde(deserialize_with = "read_word")] Word,
    ),
    /// The registry's status word.
    RegistrySays(#[serde(deserialize_with = "read_word")] Word),
    /// The provider's status word.
    ProviderSays(#[serde(deserialize_with = "read_word")] Word),
    /// The registry's day and the accounting day differ.
    DaysDiffer(Day, Day),
    /// No money names this fee.
    NoMoney,
    /// No valid receipt names this fee.
    NoReceipt,
    /// The text names no dossier.
    NoCode,
    /// The text holds a well-formed code that does not exist.
    UnknownCode(Box<str>),
    /// The code belongs to another province.
    OtherProvince(Box<str>),
    /// The text names several dossiers.
    SeveralCodes(Vec<DossierCode>),
    /// A repaired reading: (as written, repaired, the edit).
    OneEdit(
        Box<str>,
        DossierCode,
        #[serde(deserialize_with = "read_word")] Word,
    ),
    /// Another open dossier within one edit has this amount and payer.
    Rival(DossierCode),
    /// The source is not yet due.
    WaitingFor(Box<str>),
    /// Different content under one id.
    Versions(Vec<Box<str>>),
    /// Money going out that names no dossier.
    OutgoingUnnamed,
    /// Where an unreadable row stands and why it is: (file, line, column, value, why). The reason
    /// and the advice for people stand in `text::reject`.
    At(Box<str>, u64, Box<str>, Box<str>, RejectCode),
    /// Another class that would have applied too.
    Also(#[serde(deserialize_with = "read_word")] Word),
    /// Decided by a person: (who, why).
    DecidedBy(Box<str>, Box<str>),
    /// A decision whose row or lines changed: (who, why).
    StaleDecision(Box<str>, Box<str>),
    /// A receipt names a line that is not there.
    NoSuchLine(Box<str>),
    /// Older than go-live: an opening item.
    BeforeStart(Day),
    /// Collected by another agency's account: (account's agency, fee's agency).
    AccountOf(Box<str>, Box<str>),
}

/// A test that a candidate had to pass; the first one failed is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The dossier exists.
    Exists,
    /// The text names it exactly.
    Named,
    /// The amount fits.
    Amount,
    /// The payer agrees.
    Payer,
    /// It is still open.
    Open,
    /// Only one reading is left.
    Unique,
    /// The sum is exact.
    Sum,
    /// The day lies in the window.
    Window,
}

/// A candidate that was not taken, and the first test it failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Nearest {
    /// The candidate: a dossier code, transaction id, receipt id or batch.
    pub candidate: Box<str>,
    /// Its amount.
    pub amount: Option<Vnd>,
    /// The first test it failed.
    pub failed: Test,
}

impl Test {
    /// What failed, for people.
    pub fn say(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Self::Exists => ("không có hồ sơ này", "no such dossier"),
            Self::Named => (
                "nội dung không ghi đúng mã này",
                "the text does not name it exactly",
            ),
            Self::Amount => ("số tiền không khớp", "the amount does not fit"),
            Self::Payer => ("người nộp khác", "another payer"),
            Self::Open => ("đã được thanh toán đủ", "already paid in full"),
            Self::Unique => ("còn cách hiểu khác", "another reading is left"),
            Self::Sum => ("tổng không khớp", "the sum is not exact"),
            Self::Window => ("ngoài khoảng ngày cho phép", "outside the window of days"),
        };
        if lang == Lang::Vi { vi } else { en }
    }
}

impl Nearest {
    /// `candidate (amount): what failed`.
    pub fn say(&self, lang: Lang) -> String {
        let amount = self
            .amount
            .map_or_else(String::new, |a| format!(" ({})", dong(a, lang)));
        format!("{}{amount}: {}", self.candidate, self.failed.say(lang))
    }
}

/// An amount for people: `50.000 đồng`, `50,000 dong`.
pub fn dong(amount: Vnd, lang: Lang) -> String {
    let groups = grouped(amount.wide());
    match lang {
        Lang::Vi => format!("{groups} đồng"),
        Lang::En => format!("{} dong", groups.replace('.', ",")),
    }
}

/// A day for people.
fn date(day: Day, lang: Lang) -> String {
    match lang {
        Lang::Vi => day.vi(),
        Lang::En => day.to_string(),
    }
}

impl Evidence {
    /// The sentence, in `lang`.
    pub fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.vi(),
            Lang::En => self.en(),
        }
    }

    fn vi(&self) -> String {
        let d = |amount: &Vnd| dong(*amount, Lang::Vi);
        let day = |day: &Day| date(*day, Lang::Vi);
        match self {
            Self::OrderRef(code) => format!("{}{code}", say::ORDER_REF.vi),
            Self::MemoIsCode(code) => format!("{}{code}", say::MEMO_IS_CODE.vi),
            Self::MemoHolds(code) => format!("{}{code}", say::MEMO_HOLDS.vi),
            Self::ReceiptNames(code) => format!("{}{code}", say::RECEIPT_NAMES.vi),
            Self::AmountFits(amount) => format!("{}{}", say::AMOUNT_FITS.vi, d(amount)),
            Self::AmountDiffers(due, paid) => format!("phải thu {}, đã nộp {}", d(due), d(paid)),
            Self::PayerAgrees => "đúng người nộp".into(),
            Self::PayerDiffers => "người nộp khác tên trong hồ sơ".into(),
            Self::PaidAfterDue(due, paid) => format!("hạn {}, nộp {}", day(due), day(paid)),
            Self::NamesTransaction(id) => format!("nội dung ghi mã giao dịch {id}"),
            Self::Undoes(id) => format!("hoàn hoặc hủy giao dịch {id}"),
            Self::Repeats(id) => format!("khoản này đã được nộp bằng {id}"),
            Self::PaidAgainBy(id) => format!("được nộp thêm một lần bằng {id}"),
            Self::ReturnedBy(id) => format!("đã hoàn bằng giao dịch {id}"),
            Self::SameAs(id) => format!("cùng một giao dịch với {id}"),
            Self::BatchOf(source, on, sum) => format!(
                "bằng tổng sau phí của {source} ngày {}: {}",
                day(on),
                d(sum)
            ),
            Self::DepositOf(agency, on, sum) => format!(
                "bằng tổng biên lai của {agency} ngày {}: {}",
                day(on),
                d(sum)
            ),
            Self::SumOverDossiers(n, sum) => {
                format!("một lần chuyển cho {n} hồ sơ, tổng đúng {}", d(sum))
            }
            Self::Instalments(n, paid, due) => {
                format!("nộp {n} lần, đã nộp {} trên {}", d(paid), d(due))
            }
            Self::NetOfFee(fee) => format!("phần thiếu đúng bằng phí dịch vụ {}", d(fee)),
            Self::Declared(said, real) => {
                let (said, real) = (plain(said, Lang::Vi), plain(real, Lang::Vi));
                format!("khai báo \"{said}\", thực tế \"{real}\"")
            }
            Self::RegistrySays(word) => format!("một cửa ghi \"{}\"", plain(word, Lang::Vi)),
            Self::ProviderSays(word) => {
                format!("nhà cung cấp ghi \"{}\"", plain(word, Lang::Vi))
            }
            Self::DaysDiffer(a, b) => format!(
                "một cửa ghi ngày {}, nguồn hạch toán ngày {}",
                day(a),
                day(b)
            ),
            Self::NoMoney => "không thấy giao dịch nào cho khoản này".into(),
            Self::NoReceipt => "không có biên lai hợp lệ cho khoản này".into(),
            Self::NoCode => "nội dung không có mã hồ sơ".into(),
            Self::UnknownCode(code) => format!("mã {code} đúng dạng nhưng không có hồ sơ"),
            Self::OtherProvince(code) => format!("mã {code} thuộc tỉnh khác"),
            Self::SeveralCodes(codes) => {
                format!("nội dung có {} mã hồ sơ: {}", codes.len(), join(codes))
            }
            Self::OneEdit(raw, code, edit) => format!(
                "ghi \"{raw}\", gần nhất là {code} ({})",
                edit_name(edit, Lang::Vi)
            ),
            Self::Rival(code) => {
                format!("hồ sơ {code} chỉ khác một ký tự, có cùng số tiền và người nộp")
            }
            Self::WaitingFor(source) => format!("nguồn {source} chưa tới hạn giao dữ liệu"),
            Self::Versions(versions) => format!(
                "{} nội dung khác nhau: {}",
                versions.len(),
                versions.join(" | ")
            ),
            Self::OutgoingUnnamed => "tiền ra, không ghi mã hồ sơ".into(),
            Self::At(file, line, column, value, _) => {
                format!("{file}, dòng {line}, cột \"{column}\": \"{value}\"")
            }
            Self::Also(class) => format!("cũng thuộc loại {class}"),
            Self::DecidedBy(who, why) => format!("{who} quyết định: {why}"),
            Self::StaleDecision(who, why) => {
                format!("quyết định của {who} ({why}) không còn khớp dữ liệu")
            }
            Self::NoSuchLine(line) => format!("không có khoản thu {line}"),
            Self::BeforeStart(start) => {
                format!(
                    "số dư đầu kỳ: phát sinh trước ngày bắt đầu đối soát {}",
                    day(start)
                )
            }
            Self::AccountOf(account, fee) => {
                format!("tài khoản của {account}, khoản thu của {fee}")
            }
        }
    }

    fn en(&self) -> String {
        let d = |amount: &Vnd| dong(*amount, Lang::En);
        let day = |day: &Day| date(*day, Lang::En);
        match self {
            Self::OrderRef(code) => format!("{}{code}", say::ORDER_REF.en),
            Self::MemoIsCode(code) => format!("{}{code}", say::MEMO_IS_CODE.en),
            Self::MemoHolds(code) => format!("{}{code}", say::MEMO_HOLDS.en),
            Self::ReceiptNames(code) => format!("{}{code}", say::RECEIPT_NAMES.en),
            Self::AmountFits(amount) => format!("{}{}", say::AMOUNT_FITS.en, d(amount)),
            Self::AmountDiffers(due, paid) => format!("due {}, paid {}", d(due), d(paid)),
            Self::PayerAgrees => "the payer agrees".into(),
            Self::PayerDiffers => "the payer differs".into(),
            Self::PaidAfterDue(due, paid) => format!("due {}, paid {}", day(due), day(paid)),
            Self::NamesTransaction(id) => format!("the memo names transaction {id}"),
            Self::Undoes(id) => format!("returns or undoes transaction {id}"),
            Self::Repeats(id) => format!("already paid by {id}"),
            Self::PaidAgainBy(id) => format!("paid again by {id}"),
            Self::ReturnedBy(id) => format!("sent back by transaction {id}"),
            Self::SameAs(id) => format!("the same payment as {id}"),
            Self::BatchOf(source, on, sum) => {
                format!("equals the net sum of {source} on {}: {}", day(on), d(sum))
            }
            Self::DepositOf(agency, on, sum) => {
                format!("equals the receipts of {agency} on {}: {}", day(on), d(sum))
            }
            Self::SumOverDossiers(n, sum) => format!(
                "one transfer for {n} dossiers, the sum is exact: {}",
                d(sum)
            ),
            Self::Instalments(n, paid, due) => {
                format!("{n} instalments, {} of {} paid", d(paid), d(due))
            }
            Self::NetOfFee(fee) => format!("the shortfall is the provider's fee {}", d(fee)),
            Self::Declared(said, real) => {
                let (said, real) = (plain(said, Lang::En), plain(real, Lang::En));
                format!("declared \"{said}\", really \"{real}\"")
            }
            Self::RegistrySays(word) => format!("the registry says \"{}\"", plain(word, Lang::En)),
            Self::ProviderSays(word) => {
                format!("the provider says \"{}\"", plain(word, Lang::En))
            }
            Self::DaysDiffer(a, b) => format!("registry day {}, accounting day {}", day(a), day(b)),
            Self::NoMoney => "no transaction names this fee".into(),
            Self::NoReceipt => "no valid receipt names this fee".into(),
            Self::NoCode => "the memo holds no dossier code".into(),
            Self::UnknownCode(code) => format!("{code} is well formed but no such dossier exists"),
            Self::OtherProvince(code) => format!("{code} belongs to another province"),
            Self::SeveralCodes(codes) => format!(
                "the memo holds {} dossier codes: {}",
                codes.len(),
                join(codes)
            ),
            Self::OneEdit(raw, code, edit) => format!(
                "written \"{raw}\", nearest is {code} ({})",
                edit_name(edit, Lang::En)
            ),
            Self::Rival(code) => {
                format!("dossier {code} is one edit away with this amount and payer")
            }
            Self::WaitingFor(source) => format!("source {source} is not yet due"),
            Self::Versions(versions) => format!(
                "{} different contents: {}",
                versions.len(),
                versions.join(" | ")
            ),
            Self::OutgoingUnnamed => "money going out, no dossier named".into(),
            Self::At(file, line, column, value, _) => {
                format!("{file}, line {line}, column \"{column}\": \"{value}\"")
            }
            Self::Also(class) => format!("also {class}"),
            Self::DecidedBy(who, why) => format!("decided by {who}: {why}"),
            Self::StaleDecision(who, why) => {
                format!("the decision of {who} ({why}) no longer fits the data")
            }
            Self::NoSuchLine(line) => format!("no such fee line: {line}"),
            Self::BeforeStart(start) => format!("opening item: older than go-live {}", day(start)),
            Self::AccountOf(account, fee) => format!("account of {account}, fee of {fee}"),
        }
    }
}

/// The name of an edit: `digit`, `swap`, `letter`, `cut`, `two`.
fn edit_name(edit: &str, lang: Lang) -> &'static str {
    let (vi, en) = match edit {
        "digit" => ("sai một chữ số", "one digit wrong"),
        "swap" => ("đảo hai ký tự liền nhau", "two neighbours swapped"),
        "letter" => ("nhầm O/0 hoặc I/1", "O/0 or I/1"),
        "cut" => ("mã bị cắt cuối", "cut at the end"),
        _ => ("khác hai ký tự", "two edits"),
    };
    if lang == Lang::Vi { vi } else { en }
}

fn join(codes: &[DossierCode]) -> String {
    codes
        .iter()
        .map(DossierCode::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
