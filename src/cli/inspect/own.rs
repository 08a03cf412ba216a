//! Files in the layouts of our own contract: dossier fees, transactions, receipts, orders,
//! agencies.

use super::{BadRow, Found, Inspection, Total};
use crate::domain::{Day, Lang, SourceName, Txn, TxnKind, TxnStatus, Vnd};
use crate::format::limits::CELLS_MAX;
use crate::format::{FileError, Layout, Limits, read_grid};
use crate::normalise::{agency, fee, order, receipt, registry, transactions};
use crate::source::registry::FileKind;

/// Every layout of the contract; a registry's has a kind.
const LAYOUTS: [(&Layout, Option<FileKind>); 5] = [
    (&fee::LAYOUT, Some(FileKind::DossierFees)),
    (&transactions::LAYOUT, None),
    (&receipt::LAYOUT, Some(FileKind::CashReceipts)),
    (&order::LAYOUT, Some(FileKind::PaymentOrders)),
    (&agency::LAYOUT, Some(FileKind::Agencies)),
];

/// The layout whose columns the first row names: the one with the largest part of its required
/// columns, at least two thirds, so that a file with a missing column is still told what it is.
pub(super) fn layout_of(bytes: &[u8]) -> Option<&'static Layout> {
    let head = bytes.get(..16 << 10).unwrap_or(bytes);
    let line_end = head.iter().rposition(|byte| *byte == b'\n');
    let head = line_end.and_then(|at| head.get(..at)).unwrap_or(head);
    let grid = read_grid(head, Some(','), Limits::TEXT, CELLS_MAX).ok()?;
    let header = grid.rows.first()?;
    let known = |layout: &Layout| {
        let has = |name: &&&str| {
            header
                .cells
                .iter()
                .any(|cell| cell.eq_ignore_ascii_case(name))
        };
        layout.required.iter().filter(has).count()
    };
    let part = |layout: &Layout| (known(layout) * 100) / layout.required.len();
    let best = LAYOUTS
        .iter()
        .map(|(layout, _)| *layout)
        .max_by_key(|layout| part(layout));
    best.filter(|layout| part(layout) >= 66)
}

/// Reads the file as `match` and the registry do, and counts.
pub(super) fn describe(
    file: &mut Inspection,
    layout: &'static Layout,
    base: &str,
    bytes: &[u8],
    lang: Lang,
) -> Result<(), FileError> {
    let day = Day::of_ms(0);
    let kind = LAYOUTS.iter().find(|(known, _)| known.name == layout.name);
    let mut found = Found {
        currency: Some("VND".into()),
        ..Found::default()
    };
    let rejects = if let Some(kind) = kind.and_then(|(_, kind)| *kind) {
        let rows = registry::read(base, kind, bytes, &SourceName::new(""), day)?;
        let fees = rows.fees.iter().map(|fee| fee.amount);
        let receipts = rows.receipts.iter().map(|receipt| receipt.amount);
        let orders = rows.orders.iter().map(|order| order.amount);
        found.credits = total(fees.chain(receipts).chain(orders));
        found.entries = found.credits.count.max(count(rows.agencies.len()));
        file.source = Some(super::propose::export());
        rows.rejects
    } else {
        let read = transactions::read(base, bytes, day)?;
        sums(&mut found, &read.rows.txns);
        read.rows.rejects
    };
    let header = read_grid(bytes, Some(','), Limits::TEXT, CELLS_MAX).ok();
    file.header_row = header.and_then(|grid| grid.rows.first().map(|row| row.line));
    file.statements.push(found);
    file.rejects = rejects
        .iter()
        .map(|reject| BadRow::of(reject, lang))
        .collect();
    file.rejects.sort_by_key(|row| row.line);
    Ok(())
}

/// Every row by its direction, whatever its state.
fn sums(found: &mut Found, txns: &[Txn]) {
    let is_in = |txn: &&Txn| txn.kind == TxnKind::Payment;
    found.entries = count(txns.len());
    found.credits = total(txns.iter().filter(is_in).map(|txn| txn.amount));
    found.debits = total(txns.iter().filter(|txn| !is_in(txn)).map(|txn| txn.amount));
    let reversals = txns.iter().filter(|txn| txn.kind == TxnKind::Reversal);
    found.reversals = count(reversals.count());
    let pending = txns.iter().filter(|txn| txn.status == TxnStatus::Pending);
    found.pending = count(pending.count());
}

fn total(amounts: impl Iterator<Item = Vnd>) -> Total {
    let (mut entries, mut sum) = (0, 0_i128);
    for amount in amounts {
        entries += 1;
        sum += amount.wide();
    }
    Total {
        count: entries,
        sum: sum.to_string(),
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
