//! PURE: a row of `payment_orders*.csv` -> `PaymentOrder`.

use super::cells::{self, Fault};
use super::registry::RegistryRow;
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::{
    FeeId, Moment, OrderStatus, PaymentOrder, RejectCode, RowKey, Side, SourceName, Vnd,
};
use crate::format::{Column, Layout, Row, Table};
use crate::source::TimeForm;

/// The columns of `payment_orders*.csv`.
pub const LAYOUT: Layout = Layout {
    name: "payment_orders",
    required: &[
        "provider",
        "order_id",
        "dossier_code",
        "fee_ids",
        "amount_vnd",
        "created_at",
        "status",
    ],
    optional: &[],
};

pub(super) struct OrderColumns {
    provider: Column,
    order_id: Column,
    dossier_code: Column,
    fee_ids: Column,
    amount_vnd: Column,
    created_at: Column,
    status: Column,
}

impl RegistryRow for PaymentOrder {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Fee;
    const ID: &'static str = "order_id";
    const AMOUNT: &'static str = "amount_vnd";
    const CONFLICTS: bool = false;
    type Columns = OrderColumns;

    fn columns(table: &Table) -> OrderColumns {
        OrderColumns {
            provider: table.column("provider"),
            order_id: table.column("order_id"),
            dossier_code: table.column("dossier_code"),
            fee_ids: table.column("fee_ids"),
            amount_vnd: table.column("amount_vnd"),
            created_at: table.column("created_at"),
            status: table.column("status"),
        }
    }

    fn read(row: Row<'_>, columns: &OrderColumns, _: &mut Texts) -> Result<Self, Fault> {
        let ids = row.get(columns.fee_ids).split(';').map(str::trim);
        Ok(Self {
            provider: cells::need_text(row, columns.provider)?
                .to_lowercase()
                .into(),
            order_id: cells::need_text(row, columns.order_id)?,
            dossier_code: cells::dossier(row, columns.dossier_code)?,
            fee_ids: ids.filter(|id| !id.is_empty()).map(FeeId::new).collect(),
            amount: cells::dong(row, columns.amount_vnd)?,
            created_at: created_at(row, columns.created_at)?,
            status: cells::word(row, columns.status, OrderStatus::parse)?,
        })
    }
}

/// Fourteen digits or ISO; the text is kept because some providers want it back verbatim.
fn created_at(row: Row<'_>, column: Column) -> Result<Moment, Fault> {
    let raw = row.get(column);
    let all_digits = !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit());
    let form = if all_digits {
        TimeForm::Compact
    } else {
        TimeForm::Iso
    };
    let at = cells::moment(column.name, raw, form)?;
    if at.text() == raw {
        Ok(at)
    } else {
        Err(Fault::new(column.name, raw, RejectCode::BadTime))
    }
}

impl Versioned for PaymentOrder {
    /// The identity of an order is not a row of an output; it takes the fee side's form.
    fn key(&self) -> RowKey {
        RowKey {
            side: Side::Fee,
            source: SourceName::new(&self.provider),
            id: (*self.order_id).into(),
            dossier: None,
        }
    }

    fn amount(&self) -> Vnd {
        self.amount
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let ids: Vec<&str> = self.fee_ids.iter().map(FeeId::as_str).collect();
        vec![
            ("dossier_code", self.dossier_code.to_string()),
            ("fee_ids", ids.join(";")),
            ("amount_vnd", self.amount.to_string()),
            ("created_at", self.created_at.text().into_owned()),
            ("status", self.status.id().to_owned()),
        ]
    }
}
