//! PURE: one file of a registry export -> fees, orders, receipts or agencies.
//!
//! In one file the same identity twice is one row if equal; fees and receipts with other content
//! are a conflict, orders and agencies a reject of the later version. The smallest content in byte
//! order stays, so the order of rows plays no part. From file to file a later row replaces the
//! earlier one: that is the store's work.

use std::collections::BTreeSet;

use super::cells::Fault;
use super::columns::Columns;
use super::ids::{self, Refused};
use super::memo::stored;
use super::versions::{self, Versioned};
use crate::domain::{
    Agency, Conflict, Day, Fee, PaymentOrder, Receipt, Reject, RejectCode, RowKey, Side,
    SourceName, Vnd, sorting,
};
use crate::format::{Column, FileError, FormatError, Layout, Limits, Line, Row, Spoiled, Table};
use crate::source::registry::FileKind;

/// What one file holds, in order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Fees and receipts that contradict each other inside the file.
    pub conflicts: Vec<Conflict>,
    /// The known columns that the file had.
    pub columns: Columns,
    /// Data rows of the file, rejects included.
    pub lines: u64,
}

/// A noun of the registry: how its file looks and how a row of it is read.
pub(super) trait RegistryRow: Versioned + Sized {
    /// The columns.
    const LAYOUT: Layout;
    /// What a refused row would have been.
    const SIDE: Side;
    /// The column of its identity.
    const ID: &'static str;
    /// The column of its amount, empty where it has none.
    const AMOUNT: &'static str;
    /// True when two versions of one identity are a conflict, false when the second is a reject.
    const CONFLICTS: bool;
    /// Where the columns stand.
    type Columns;

    /// Finds the columns once a file.
    fn columns(table: &Table<'_>) -> Self::Columns;
    /// Reads a row.
    fn read(row: Row<'_>, columns: &Self::Columns) -> Result<Self, Fault>;
}

/// Reads one file; `day` is the day its rejects count under.
pub fn read(
    name: &str,
    kind: FileKind,
    bytes: &[u8],
    source: &SourceName,
    day: Day,
) -> Result<RegistryRows, FileError> {
    let file = &FileAt { name, source, day };
    let mut all = RegistryRows::default();
    match kind {
        FileKind::Agencies => all.agencies = all.take(read_file(bytes, file)?),
        FileKind::DossierFees => all.fees = all.take(read_file(bytes, file)?),
        FileKind::PaymentOrders => all.orders = all.take(read_file(bytes, file)?),
        FileKind::CashReceipts => all.receipts = all.take(read_file(bytes, file)?),
    }
    Ok(all)
}

/// The open fees that the newest snapshot no longer holds: the registry withdrew them.
pub fn withdrawn<'a>(
    open: impl IntoIterator<Item = &'a RowKey>,
    snapshot: &[Fee],
) -> BTreeSet<RowKey> {
    let held: BTreeSet<RowKey> = snapshot.iter().map(Fee::key).collect();
    let fees = open.into_iter().filter(|key| key.side == Side::Fee);
    fees.filter(|key| !held.contains(key)).cloned().collect()
}

impl RegistryRows {
    fn take<T>(&mut self, file: FileRows<T>) -> Vec<T> {
        self.rejects = file.rejects;
        self.conflicts = file.conflicts;
        self.columns = file.columns;
        self.lines = file.lines;
        file.rows
    }
}

/// Where a file comes from.
pub(super) struct FileAt<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a SourceName,
    pub(super) day: Day,
}

impl FileAt<'_> {
    /// The error of the whole file.
    pub(super) fn fail(&self, error: FormatError) -> FileError {
        FileError {
            file: self.name.into(),
            error,
        }
    }

    /// A row that is none.
    pub(super) fn spoiled(&self, row: &Spoiled, side: Side, id: &str, amount: &str) -> Refused {
        let own = row.get(id).map(|id| stored(id.trim())).unwrap_or_default();
        let content = ids::content_id_of(&row.content);
        Refused {
            named: !own.is_empty(),
            reject: Reject {
                side,
                source: self.source.clone(),
                id: if own.is_empty() {
                    content.as_str()
                } else {
                    &own
                }
                .into(),
                file: self.name.into(),
                line: row.line,
                column: row.column.into(),
                value: stored(&row.value).into(),
                code: row.code,
                amount: row.get(amount).and_then(|raw| Vnd::parse_digits(raw).ok()),
                business_date: self.day,
            },
            content,
        }
    }

    fn refused(
        &self,
        row: Row<'_>,
        fault: Fault,
        side: Side,
        id: Column,
        amount: Column,
    ) -> Refused {
        let own = stored(row.get(id).trim());
        let content = ids::content_id(&row.known().collect::<Vec<_>>());
        Refused {
            named: !own.is_empty(),
            reject: Reject {
                side,
                source: self.source.clone(),
                id: if own.is_empty() {
                    content.as_str()
                } else {
                    &own
                }
                .into(),
                file: self.name.into(),
                line: row.line,
                column: fault.column.into(),
                value: fault.value,
                code: fault.code,
                amount: Vnd::parse_digits(row.get(amount)).ok(),
                business_date: self.day,
            },
            content,
        }
    }
}

/// What one file of one noun holds.
pub(super) struct FileRows<T> {
    pub(super) rows: Vec<T>,
    pub(super) rejects: Vec<Reject>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) columns: Columns,
    pub(super) lines: u64,
}

/// Reads a file of one noun.
pub(super) fn read_file<T: RegistryRow>(
    bytes: &[u8],
    file: &FileAt<'_>,
) -> Result<FileRows<T>, FileError> {
    let layout = const { &T::LAYOUT };
    let fail = |error| file.fail(error);
    let mut table = Table::open(bytes, layout, Limits::TEXT).map_err(fail)?;
    let columns = T::columns(&table);
    let (id, amount) = (table.column(T::ID), table.column(T::AMOUNT));
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    while let Some(line) = table.next_line() {
        match line {
            Line::Spoiled(row) => refused.push(file.spoiled(&row, T::SIDE, T::ID, T::AMOUNT)),
            Line::Row(row) => match T::read(row, &columns) {
                Ok(noun) => rows.push((row.line, noun)),
                Err(fault) => refused.push(file.refused(row, fault, T::SIDE, id, amount)),
            },
        }
    }
    table.finish().map_err(fail)?;
    let (rows, conflicts) = one_a_key(rows, file, &mut refused);
    // only a receipt is identified by its id alone, as its refused twin is
    let ids = rows
        .iter()
        .filter(|_| T::SIDE == Side::Receipt && !refused.is_empty());
    let taken: BTreeSet<_> = ids.map(|row| row.key().id).collect();
    Ok(FileRows {
        rows,
        conflicts,
        rejects: ids::settle_refused(refused, |id| taken.contains(id)),
        columns: Columns::new(table.present()),
        lines: table.rows(),
    })
}

/// One row an identity; see the head of this file.
fn one_a_key<T: RegistryRow>(
    mut rows: Vec<(u64, T)>,
    file: &FileAt<'_>,
    refused: &mut Vec<Refused>,
) -> (Vec<T>, Vec<Conflict>) {
    sorting::sort(&mut rows, |row| row.1.prefix(), |a, b| a.1.cmp_key(&b.1));
    let mut kept: Vec<T> = Vec::with_capacity(rows.len());
    let mut conflicts = Vec::new();
    let mut rest = rows.into_iter().peekable();
    while let Some((line, first)) = rest.next() {
        let mut others: Vec<(u64, T)> = Vec::new();
        while let Some(next) = rest.next_if(|(_, row)| row.cmp_key(&first).is_eq()) {
            others.push(next);
        }
        let canonical = if others.is_empty() {
            first
        } else {
            others.push((line, first));
            smallest(&mut others)
        };
        if T::CONFLICTS && !others.is_empty() {
            let others: Vec<&T> = others.iter().map(|(_, row)| row).collect();
            conflicts.push(versions::conflict(&canonical, &others, file.day));
        } else {
            refused.extend(
                others
                    .into_iter()
                    .map(|(line, row)| repeated(line, &row, file)),
            );
        }
        kept.push(canonical);
    }
    (kept, conflicts)
}

/// Takes the version with the smallest content out of `versions`, equal ones left once.
fn smallest<T: Versioned>(versions: &mut Vec<(u64, T)>) -> T {
    versions.sort_by_cached_key(|(line, row)| (versions::content(row), *line));
    versions.dedup_by(|b, a| versions::content(&a.1) == versions::content(&b.1));
    versions.remove(0).1
}

/// A later version of an order or an agency.
fn repeated<T: RegistryRow>(line: u64, row: &T, file: &FileAt<'_>) -> Refused {
    let id = row.key().id;
    Refused {
        named: true,
        content: ids::content_id_of(versions::content(row).as_bytes()),
        reject: Reject {
            side: T::SIDE,
            source: file.source.clone(),
            file: file.name.into(),
            line,
            column: T::ID.into(),
            value: (*id).into(),
            code: RejectCode::RepeatedId,
            amount: (!T::AMOUNT.is_empty()).then(|| row.amount()),
            business_date: file.day,
            id,
        },
    }
}
