//! PURE: a row of `cash_receipts*.csv` -> `Receipt`.

use std::cmp::Ordering;

use super::cells::{self, Fault};
use super::known::Known;
use super::registry::RegistryRow;
use super::versions::Versioned;
use crate::domain::{AgencyCode, FeeId, Receipt, ReceiptStatus, RowKey, Side, Vnd, sorting};
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
    ids: Known<FeeId>,
    agencies: Known<AgencyCode>,
}

impl RegistryRow for Receipt {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Receipt;
    const ID: &'static str = "receipt_id";
    const AMOUNT: &'static str = "amount_vnd";
    const CONFLICTS: bool = true;
    type Columns = ReceiptColumns;

    fn columns(table: &Table<'_>) -> ReceiptColumns {
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
            ids: Known::default(),
            agencies: Known::default(),
        }
    }

    fn read(row: Row<'_>, columns: &ReceiptColumns) -> Result<Self, Fault> {
        Ok(Self {
            receipt_id: (*cells::need_str(row, columns.receipt_id)?).into(),
            receipt_no: cells::text(row, columns.receipt_no),
            dossier_code: cells::dossier(row, columns.dossier_code)?,
            fee_id: columns
                .ids
                .get(&cells::need_str(row, columns.fee_id)?, FeeId::new),
            amount: cells::dong(row, columns.amount_vnd)?,
            collected_at: cells::plausible(
                cells::time(row, columns.collected_at)?,
                columns.collected_at.name,
                row.get(columns.collected_at),
            )?,
            cashier: cells::text(row, columns.cashier),
            agency_code: columns
                .agencies
                .get(&cells::need_str(row, columns.agency_code)?, AgencyCode::new),
            status: cells::word(row, columns.status, ReceiptStatus::parse)?,
        })
    }
}

impl Versioned for Receipt {
    fn key(&self) -> RowKey {
        Receipt::key(self)
    }

    fn prefix(&self) -> u128 {
        sorting::prefix(&self.receipt_id)
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
            ("collected_at", self.collected_at.text().to_owned()),
            ("cashier", self.cashier.to_string()),
            ("agency_code", self.agency_code.to_string()),
            ("status", self.status.id().to_owned()),
        ]
    }
}
