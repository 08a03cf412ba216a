//! Rows that could not be read, and rows that contradict each other. Both are data: counted, valued
//! where possible, shown in the report with the reason and what to do.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::fee::words;
use super::ids::{RowKey, Side, SourceName};
use super::origin::{Aside, Spot};
use super::piece::Piece;
use super::vnd::Vnd;

words!(
    /// Why a row could not be read; the texts for people stand in `text::reject`.
    RejectCode {
        /// The amount is not written as the format demands (`1.250.00`).
        BadAmount = "bad_amount",
        /// A part of a dong.
        FractionOfDong = "fraction_of_dong",
        /// `45.000` where the point is the decimal sign: it may stand for thousands.
        ThreeDecimals = "three_decimals",
        /// A cell that should tell whether money came in or went out and tells neither.
        BadDirection = "bad_direction",
        /// A cell that is computed: what it was saved with may be stale.
        Formula = "formula",
        /// More than fifteen digits.
        AmountTooLarge = "amount_too_large",
        /// A negative amount where the kind carries the sign.
        NegativeAmount = "negative_amount",
        /// An amount beside the word that says that the rate is zero.
        ZeroWithAmount = "zero_with_amount",
        /// A row of sums of an export that tells something else than its rows come to.
        TotalDiffers = "total_differs",
        /// Another currency than VND.
        NotVnd = "not_vnd",
        /// No time of the required form, or an impossible one.
        BadTime = "bad_time",
        /// A date that is one with the month first alone, or in both ways where the column tells of
        /// both.
        MonthFirst = "month_first",
        /// No day of the required form, or an impossible one.
        BadDay = "bad_day",
        /// A time outside the years in which money can have moved.
        ImplausibleYear = "implausible_year",
        /// Dated after the window by more than a day.
        FutureRow = "future_row",
        /// Not the shape of a dossier code.
        BadDossierCode = "bad_dossier_code",
        /// A dossier code with an impossible date.
        ImpossibleDossierDate = "impossible_dossier_date",
        /// A word outside the closed list of the column.
        UnknownWord = "unknown_word",
        /// A required value is missing.
        MissingValue = "missing_value",
        /// The row has another number of fields than the header.
        WrongFieldCount = "wrong_field_count",
        /// Bytes that are not UTF-8.
        NotUtf8 = "not_utf8",
        /// A cell beyond the size limit.
        CellTooLarge = "cell_too_large",
        /// A number of which a spreadsheet kept only the first fifteen digits.
        LostDigits = "lost_digits",
        /// The statement ends in or right after the row: its end may be missing.
        CutOff = "cut_off",
        /// The record is not an object of the documented form.
        BadRecord = "bad_record",
        /// A webhook whose signature is missing, wrong, or another merchant's.
        Unverified = "unverified",
        /// The identity again with other content, on a row that cannot be a conflict of its own
        /// (payment orders, agencies).
        RepeatedId = "repeated_id",
    }
);

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reject {
    /// Fee, receipt or transaction (what the row would have been).
    pub side: Side,
    /// The source it came from.
    pub source: SourceName,
    /// Its own id where readable, else `~<12 hex of its content>-<occurrence>`.
    pub id: Piece,
    /// File name, or the request that brought it.
    pub file: Box<str>,
    /// Line in the file, or position of the record in the answer; the first is 1.
    pub line: u64,
    /// The column or field at fault.
    pub column: Box<str>,
    /// The value at fault, cut at 200 characters.
    pub value: Box<str>,
    /// Why.
    pub code: RejectCode,
    /// The amount, when that much was readable.
    pub amount: Option<Vnd>,
    /// The day it counts under: its file's or window's day.
    pub business_date: Day,
    /// Where it stood in the bytes that were delivered.
    #[serde(skip)]
    pub spot: Aside<Spot>,
}

impl Reject {
    /// The identity under which it is listed.
    pub fn key(&self) -> RowKey {
        let source = match self.side {
            Side::Fee => SourceName::none(),
            Side::Receipt => SourceName::cash(),
            Side::Txn => self.source.clone(),
        };
        RowKey {
            side: self.side,
            source,
            id: self.id.clone(),
            dossier: None,
        }
    }
}

/// The same id delivered with different content. The version first stored stays canonical.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// The row at stake.
    pub key: RowKey,
    /// The canonical version's amount.
    pub kept: Vnd,
    /// The largest amount of any version.
    pub largest: Vnd,
    /// What the versions say, for a person, in byte order.
    pub versions: Vec<Box<str>>,
    /// The day it counts under.
    pub business_date: Day,
}
