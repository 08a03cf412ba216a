//! PURE: a table of others -> the same as a file of ours, line for line, for the same reader.
//! Columns are found by the office's headings, words by its words and the usual ones; what cannot
//! be rewritten is left as it stands: the reader refuses it and shows it.

mod found;
mod total;
mod word;

pub(super) use found::Found;
pub(super) use total::differing;

use super::ids::{self, Refused};
use super::memo::stored;
use super::statement::amount::{self, Style};
use super::statement::time;
use super::{agency, fee, order, receipt};
use crate::domain::{Day, DossierCode, Moment, Reject, RejectCode, Side, SourceName, Spot};
use crate::format::book::Sheet;
use crate::format::{FormatError, GridRow, Layout};
use crate::source::Words;
use crate::source::registry::FileKind;

/// A table in our columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Comma-separated, with our header in the first line.
    pub csv: Vec<u8>,
    /// Rows of which a spreadsheet kept only a part.
    pub rejects: Vec<Reject>,
}

/// Where the file comes from, for rejects.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its name.
    pub file: &'a str,
    /// Its source.
    pub source: &'a SourceName,
    /// The day its rejects count under.
    pub day: Day,
}

/// The layout of a kind of file and the columns that a foreign one must have.
fn layout(kind: FileKind) -> (&'static Layout, &'static [&'static str]) {
    match kind {
        FileKind::Agencies => (&agency::LAYOUT, &["code", "valid_from", "name"]),
        FileKind::DossierFees | FileKind::PaymentFiles => (
            &fee::LAYOUT,
            &["dossier_code", "fee_id", "fee_kind", "amount_vnd", "status"],
        ),
        FileKind::PaymentOrders => (
            &order::LAYOUT,
            &[
                "provider",
                "order_id",
                "dossier_code",
                "amount_vnd",
                "created_at",
                "status",
            ],
        ),
        FileKind::CashReceipts => (
            &receipt::LAYOUT,
            &[
                "receipt_id",
                "dossier_code",
                "fee_id",
                "amount_vnd",
                "collected_at",
                "status",
            ],
        ),
    }
}

/// Rewrites the first sheet that has the columns.
///
/// # Errors
/// No row of any sheet has the columns that the file must have.
pub fn rewrite(
    sheets: &[Sheet],
    kind: FileKind,
    words: &Words,
    place: Place<'_>,
) -> Result<Rewritten, FormatError> {
    let (layout, need) = layout(kind);
    let names: Vec<&'static str> = layout.columns().collect();
    let found = Found::of(sheets, &names, need, words)?;
    let style = found.style("amount_vnd", words);
    // an optional column that the table does not have is none, and not an empty one
    let written = |name: &&&str| layout.required.contains(*name) || found.has(name);
    let names: Vec<&'static str> = names.iter().filter(written).copied().collect();
    let mut out = Lines::new(&names);
    let mut refused = differing(&found, place, kind, &[("amount_vnd", style)]);
    let unit = found.unit("amount_vnd");
    for row in found.rows() {
        if let Some(unit) = unit {
            // thousands, or another currency: nothing is converted
            let fault = ("amount_vnd", unit, RejectCode::NotVnd);
            refused.push(self::refused(place, kind, row, fault, ""));
            continue;
        }
        if let Some((column, value)) = found.lost(row) {
            let amount = found.cell(row, "amount_vnd");
            refused.push(lost(place, kind, row, (column, value), amount));
            continue;
        }
        let code = found.cell(row, "dossier_code");
        let cells = names.iter().map(|name| {
            let raw = found.cell(row, name);
            if *name == "agency_code" && raw.is_empty() {
                let told = DossierCode::parse(code).ok();
                return told.map_or_else(String::new, |code| code.agency().to_string());
            }
            cell(name, raw, &Forms { kind, words, style })
        });
        out.put(row.line, cells);
    }
    Ok(Rewritten {
        csv: out.finish(),
        rejects: ids::settle_refused(refused, |_| false),
    })
}

/// How cells are read.
pub(super) struct Forms<'a> {
    pub(super) kind: FileKind,
    pub(super) words: &'a Words,
    pub(super) style: Style,
}

/// A cell as our files write it, or as it stands.
pub(super) fn cell(name: &str, raw: &str, forms: &Forms<'_>) -> String {
    let as_is = || raw.replace(['\n', '\r'], " ");
    let time = |whole: bool| time_text(raw, forms.words.form("time_format"), whole);
    match name {
        "amount_vnd" => {
            // a fee has no side, so a mark of one is no part of its amount
            let plain = !amount::is_marked(raw);
            let read = amount::read(raw, forms.style).filter(|_| plain);
            let read = read.filter(|dong| dong.fract().is_zero());
            read.map_or_else(as_is, |dong| dong.trunc().normalize().to_string())
        }
        "received_at" | "processing_started_at" | "result_at" | "paid_at" | "collected_at" => {
            time(true).unwrap_or_else(as_is)
        }
        "due_at" | "valid_from" | "valid_to" => time(false).unwrap_or_else(as_is),
        // some providers want the text back as it was given out
        "created_at" if Moment::parse(raw).is_err() && Moment::parse_compact(raw).is_err() => {
            time(true).unwrap_or_else(as_is)
        }
        "fee_kind" | "status" | "declared_method" | "collection_mode" | "filing_channel" => {
            word::of(name, raw, forms).unwrap_or_else(as_is)
        }
        "online_payment_flag" => match word::of(name, raw, forms).as_deref() {
            Some("true") => "1".to_owned(),
            Some("false") => "0".to_owned(),
            _ => as_is(),
        },
        _ => as_is(),
    }
}

/// A time as ISO text; a day alone is its start when a `whole` time is wanted.
fn time_text(raw: &str, form: Option<&str>, whole: bool) -> Option<String> {
    if raw.len() == 13 && raw.bytes().all(|b| b.is_ascii_digit()) {
        let ms = raw.parse().ok()?;
        return Some(Moment::of_ms(ms).text().into_owned());
    }
    let iso = time::iso(raw, form)?;
    let day_alone = iso.len() == 10;
    Some(if day_alone && whole {
        format!("{iso}T00:00:00")
    } else {
        iso
    })
}

/// A row of which a spreadsheet kept only a part.
pub(super) fn lost(
    place: Place<'_>,
    kind: FileKind,
    row: &GridRow,
    (column, value): (&'static str, &str),
    amount: &str,
) -> Refused {
    let fault = (column, value, RejectCode::LostDigits);
    refused(place, kind, row, fault, amount)
}

fn refused(
    place: Place<'_>,
    kind: FileKind,
    row: &GridRow,
    (column, value, code): (&'static str, &str, RejectCode),
    amount: &str,
) -> Refused {
    let parts: Vec<&str> = row.cells.iter().map(AsRef::as_ref).collect();
    let content = ids::content_id(&parts);
    let side = match kind {
        FileKind::CashReceipts => Side::Receipt,
        _ => Side::Fee,
    };
    Refused {
        named: false,
        reject: Reject {
            side,
            source: place.source.clone(),
            id: content.as_str().into(),
            file: place.file.into(),
            line: row.line,
            column: column.into(),
            value: stored(value).into(),
            code,
            amount: crate::domain::Vnd::parse_digits(amount).ok(),
            business_date: place.day,
            spot: Spot::line(row.line),
        },
        content,
    }
}

/// Lines of a file of ours under the numbers of those they were made from; the rest is blank.
pub(super) struct Lines {
    out: Vec<u8>,
    width: usize,
    line: u64,
}

impl Lines {
    pub(super) fn new(names: &[&str]) -> Self {
        let mut lines = Self {
            out: Vec::new(),
            width: names.len(),
            line: 0,
        };
        lines.write(names.iter().map(|name| (*name).to_owned()));
        lines
    }

    /// Puts a row on its line.
    pub(super) fn put(&mut self, line: u64, cells: impl Iterator<Item = String>) {
        while self.line + 1 < line {
            self.out.push(b'\n');
            self.line += 1;
        }
        self.write(cells);
    }

    fn write(&mut self, cells: impl Iterator<Item = String>) {
        for (at, cell) in cells.take(self.width).enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            if cell.contains([',', '"']) || cell.is_empty() && self.width == 1 {
                self.out.push(b'"');
                self.out.extend(cell.replace('"', "\"\"").bytes());
                self.out.push(b'"');
            } else {
                self.out.extend(cell.bytes());
            }
        }
        self.out.push(b'\n');
        self.line += 1;
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests;
