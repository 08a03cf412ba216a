//! PURE: a row of `cash_receipts*.csv` -> `Receipt`.

use std::cmp::Ordering;

use super::cells::{self, Fault};
use super::registry::RegistryRow;
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::{FeeId, Receipt, ReceiptStatus, RowKey, Side, Spot, Vnd, sorting};
use crate::format::{Column, Layout, Row, Table};

/// The columns of `cash_receipts*.csv`.
pub const LAYOUT: Layout = Layout {
    name: "cash_receipts",
    required: &[
        "receipt_id",
        "receipt_no",
        "dossier_code",
        "fee_id",
        "amount_vnd",
        "collected_at",
        "cashier",
        "agency_code",
        "status",
    ],
    optional: &[],
};

pub(super) struct ReceiptColumns {
    receipt_id: Column,
    receipt_no: Column,
    dossier_code: Column,
    fee_id: Column,
    amount_vnd: Column,
    collected_at: Column,
    cashier: Column,
    agency_code: Column,
    status: Column,
}

impl RegistryRow for Receipt {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Receipt;
    const ID: &'static str = "receipt_id";
    const AMOUNT: &'static str = "amount_vnd";
    const CONFLICTS: bool = true;
    type Columns = ReceiptColumns;

    fn columns(table: &Table) -> ReceiptColumns {
        ReceiptColumns {
            receipt_id: table.column("receipt_id"),
            receipt_no: table.column("receipt_no"),
            dossier_code: table.column("dossier_code"),
            fee_id: table.column("fee_id"),
            amount_vnd: table.column("amount_vnd"),
            collected_at: table.column("collected_at"),
            cashier: table.column("cashier"),
            agency_code: table.column("agency_code"),
            status: table.column("status"),
        }
    }

    fn read(row: Row<'_>, columns: &ReceiptColumns, texts: &mut Texts) -> Result<Self, Fault> {
        let amount = cells::dong(row, columns.amount_vnd)?;
        let status = cells::word(row, columns.status, ReceiptStatus::parse)?;
        Ok(Self {
            receipt_id: cells::need_own(row, columns.receipt_id, texts)?,
            receipt_no: texts.own(row.get(columns.receipt_no)),
            dossier_code: cells::code(row, columns.dossier_code, texts)?,
            fee_id: FeeId::of_shared(cells::need_own(row, columns.fee_id, texts)?),
            amount,
            collected_at: cells::plausible(
                cells::time(row, columns.collected_at)?,
                columns.collected_at.name,
                row.get(columns.collected_at),
            )?,
            cashier: texts.shared(row.get(columns.cashier)),
            agency_code: cells::agency(row, columns.agency_code, texts)?,
            // a receipt of nothing says of no money that it came
            status: if amount.is_zero() {
                ReceiptStatus::Void
            } else {
                status
            },
            spot: Spot::line(row.line),
        })
    }
}

impl Versioned for Receipt {
    fn key(&self) -> RowKey {
        Receipt::key(self)
    }

    fn prefix(&self) -> u128 {
        sorting::prefix_of(self.receipt_id.as_bytes())
    }

    fn cmp_key(&self, other: &Self) -> Ordering {
        self.receipt_id.cmp(&other.receipt_id)
    }

    fn amount(&self) -> Vnd {
        self.amount
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("receipt_no", self.receipt_no.to_string()),
            ("dossier_code", self.dossier_code.to_string()),
            ("fee_id", self.fee_id.to_string()),
            ("amount_vnd", self.amount.to_string()),
            ("collected_at", self.collected_at.text().into_owned()),
            ("cashier", self.cashier.to_string()),
            ("agency_code", self.agency_code.to_string()),
            ("status", self.status.id().to_owned()),
        ]
    }
}
