//! PURE: the bytes of a fee table -> its rates, and what of it cannot be read.

#[cfg(test)]
mod tests;

use super::cells::{self, Fault};
use super::registry::{FileAt, RegistryRow, read_file};
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::fee_table::WHOLE;
use crate::domain::{
    Day, FeeKind, FeeRate, FeeTable, FilingChannel, RateUnit, RejectCode, RowKey, Side, SourceName,
    Vnd,
};
use crate::format::{Column, FileError, Layout, Row, Table};

/// The columns of a fee table.
pub const LAYOUT: Layout = Layout {
    name: "fee_table",
    required: &[
        "procedure_code",
        "fee_kind",
        "rate_vnd",
        "unit",
        "valid_from",
        "valid_to",
        "legal_basis",
    ],
    optional: &[
        "field_code",
        "item",
        "channel",
        "applicant",
        "percent",
        "first_pages",
        "next_rate_vnd",
        "max_vnd",
    ],
};

/// Words of the column `channel` beside the codes of the file contract.
const CHANNELS: [(&str, FilingChannel); 3] = [
    ("counter", FilingChannel::Counter),
    ("online", FilingChannel::Online),
    ("post", FilingChannel::Post),
];

/// Between the fields of an identity.
const MARK: char = '\u{1f}';

/// Reads a table; `day` is the day its unreadable lines count under.
///
/// # Errors
/// The file as a whole is no table: encoding, size, a missing or repeated column.
pub fn read(name: &str, bytes: &[u8], day: Day) -> Result<FeeTable, FileError> {
    let source = &SourceName::new(LAYOUT.name);
    let file = &FileAt { name, source, day };
    let found = read_file::<FeeRate>(&bytes, file)?;
    let mut rates = found.rows;
    rates.sort();
    let procedure = |id: &str| id.split(MARK).next().unwrap_or_default().into();
    let ids = found.rejects.iter().map(|reject| &*reject.id);
    let mut unread: Vec<Box<str>> = ids.map(procedure).collect();
    unread.sort();
    unread.dedup();
    Ok(FeeTable {
        rates,
        unread,
        problems: found.rejects,
        lost: None,
    })
}

pub(super) struct RateColumns {
    procedure: Column,
    field: Column,
    kind: Column,
    item: Column,
    channel: Column,
    applicant: Column,
    valid_from: Column,
    valid_to: Column,
    rate: Column,
    unit: Column,
    first_pages: Column,
    next_rate: Column,
    most: Column,
    percent: Column,
    legal_basis: Column,
}

impl RegistryRow for FeeRate {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Fee;
    const ID: &'static str = "procedure_code";
    const AMOUNT: &'static str = "rate_vnd";
    const CONFLICTS: bool = false;
    type Columns = RateColumns;

    fn columns(table: &Table) -> RateColumns {
        RateColumns {
            procedure: table.column("procedure_code"),
            field: table.column("field_code"),
            kind: table.column("fee_kind"),
            item: table.column("item"),
            channel: table.column("channel"),
            applicant: table.column("applicant"),
            valid_from: table.column("valid_from"),
            valid_to: table.column("valid_to"),
            rate: table.column("rate_vnd"),
            unit: table.column("unit"),
            first_pages: table.column("first_pages"),
            next_rate: table.column("next_rate_vnd"),
            most: table.column("max_vnd"),
            percent: table.column("percent"),
            legal_basis: table.column("legal_basis"),
        }
    }

    fn read(row: Row<'_>, columns: &RateColumns, _: &mut Texts) -> Result<Self, Fault> {
        let rate = Self {
            procedure: cells::opt_text(row, columns.procedure),
            field: cells::opt_text(row, columns.field),
            kind: cells::word(row, columns.kind, kind)?,
            item: cells::text(row, columns.item),
            channel: cells::opt_word(row, columns.channel, channel)?,
            applicant: cells::text(row, columns.applicant),
            valid_from: cells::day(row, columns.valid_from)?,
            valid_to: cells::opt_day(row, columns.valid_to)?,
            rate: cells::dong(row, columns.rate)?,
            unit: cells::word(row, columns.unit, RateUnit::parse)?,
            first_pages: first_pages(row, columns.first_pages)?,
            next_rate: opt_dong(row, columns.next_rate)?,
            most: opt_dong(row, columns.most)?,
            part: percent(row, columns.percent)?,
            legal_basis: cells::need_text(row, columns.legal_basis)?,
        };
        let fault = |column: Column, code| Err(Fault::new(column.name, row.get(column), code));
        if rate.procedure.is_none() && rate.field.is_none() {
            return fault(columns.procedure, RejectCode::MissingValue);
        }
        if rate.valid_to.is_some_and(|to| to < rate.valid_from) {
            return fault(columns.valid_to, RejectCode::BadDay);
        }
        if rate.unit != RateUnit::Page {
            // what only pages have, on another unit, is a slip in one of the two
            for (column, told) in [
                (columns.first_pages, rate.first_pages.is_some()),
                (columns.next_rate, rate.next_rate.is_some()),
                (columns.most, rate.most.is_some()),
            ] {
                if told {
                    return fault(column, RejectCode::UnknownWord);
                }
            }
        } else if rate.first_pages.is_some() != rate.next_rate.is_some() {
            let lacks = match rate.first_pages {
                None => columns.first_pages,
                Some(_) => columns.next_rate,
            };
            return fault(lacks, RejectCode::MissingValue);
        } else if rate.most.is_some_and(|most| most < rate.rate) {
            return fault(columns.most, RejectCode::BadAmount);
        } else if rate.grains() > GRAINS_MAX {
            return fault(columns.rate, RejectCode::BadAmount);
        }
        Ok(rate)
    }
}

/// A rate a page must be at most so many times the greatest common divisor of its amounts: what
/// the pages of several copies can add up to is told by remainders.
const GRAINS_MAX: i64 = 1_000;

impl FeeRate {
    /// How many times the greatest common divisor of its amounts the rate is.
    fn grains(&self) -> i64 {
        let next = self.next_rate.map_or(0, Vnd::get);
        let most = self.most.map_or(0, Vnd::get);
        let common = gcd(gcd(self.rate.get(), next), most);
        self.rate.get().checked_div(common).unwrap_or(0)
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A land obligation is set by the tax office, case by case.
fn kind(raw: &str) -> Option<FeeKind> {
    FeeKind::parse(raw).filter(|kind| *kind != FeeKind::LandObligation)
}

fn channel(raw: &str) -> Option<FilingChannel> {
    let word = raw.trim().to_ascii_lowercase();
    let known = CHANNELS.iter().find(|(known, _)| *known == word);
    known
        .map(|(_, channel)| *channel)
        .or_else(|| FilingChannel::parse(raw))
}

fn opt_dong(row: Row<'_>, column: Column) -> Result<Option<Vnd>, Fault> {
    if row.get(column).trim().is_empty() {
        return Ok(None);
    }
    cells::dong(row, column).map(Some)
}

fn first_pages(row: Row<'_>, column: Column) -> Result<Option<u32>, Fault> {
    let count = |raw: &str| raw.trim().parse().ok().filter(|n| (1..=10_000).contains(n));
    cells::opt_word(row, column, count)
}

/// `50%`, with at most two decimals; nothing is the whole.
fn percent(row: Row<'_>, column: Column) -> Result<u32, Fault> {
    let raw = row.get(column).trim();
    if raw.is_empty() {
        return Ok(WHOLE);
    }
    let part = ten_thousandths(raw).filter(|part| *part <= WHOLE);
    part.ok_or_else(|| Fault::new(column.name, raw, RejectCode::BadAmount))
}

fn ten_thousandths(raw: &str) -> Option<u32> {
    let number = raw.strip_suffix('%')?.trim_end();
    let (whole, rest) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<2}").parse().ok()
}

impl Versioned for FeeRate {
    /// What a rate is for, and its first day.
    fn key(&self) -> RowKey {
        let channel = self.channel.map_or("", FilingChannel::id);
        let id = [
            self.procedure.as_deref().unwrap_or_default(),
            self.field.as_deref().unwrap_or_default(),
            self.kind.id(),
            &self.item,
            channel,
            &self.applicant,
        ];
        RowKey {
            side: Side::Fee,
            source: SourceName::new(&self.valid_from.to_string()),
            id: id.join(&MARK.to_string()).into(),
            dossier: None,
        }
    }

    fn amount(&self) -> Vnd {
        self.rate
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let dong = |amount: Option<Vnd>| amount.map_or_else(String::new, |a| a.get().to_string());
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        let pages = |pages: Option<u32>| pages.map_or_else(String::new, |n| n.to_string());
        let until = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
        vec![
            ("procedure_code", text(&self.procedure)),
            ("field_code", text(&self.field)),
            ("fee_kind", self.kind.id().to_owned()),
            ("item", self.item.to_string()),
            ("applicant", self.applicant.to_string()),
            ("valid_to", until(self.valid_to)),
            ("rate_vnd", self.rate.get().to_string()),
            ("unit", self.unit.id().to_owned()),
            ("first_pages", pages(self.first_pages)),
            ("next_rate_vnd", dong(self.next_rate)),
            ("max_vnd", dong(self.most)),
            ("percent", self.part.to_string()),
            ("legal_basis", self.legal_basis.to_string()),
        ]
    }
}
