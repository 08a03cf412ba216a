//! PURE: a row of `dossier_fees*.csv` -> `Fee`.

use std::cmp::Ordering;

use super::cells::{self, Fault};
use super::registry::RegistryRow;
use super::texts::Texts;
use super::versions::Versioned;
use crate::domain::fee::{FeeMore, More};
use crate::domain::{
    CollectionMode, DeclaredMethod, Fee, FeeId, FeeKind, FeeStatus, FilingChannel, Moment, Piece,
    RejectCode, RowKey, Side, Spot, Vnd,
};
use crate::format::{Column, Layout, Row, Table};

/// The columns of `dossier_fees*.csv`.
pub const LAYOUT: Layout = Layout {
    name: "dossier_fees",
    required: &[
        "dossier_code",
        "fee_id",
        "fee_kind",
        "amount_vnd",
        "agency_code",
        "procedure_code",
        "declared_method",
        "due_at",
        "payer_name",
        "status",
    ],
    optional: &[
        "received_at",
        "processing_started_at",
        "result_at",
        "field_code",
        "filing_channel",
        "collection_mode",
        "online_payment_flag",
        "paid_at",
        "request_id",
        "receipt_form",
        "receipt_series",
        "receipt_no",
    ],
};

pub(super) struct FeeColumns {
    dossier_code: Column,
    fee_id: Column,
    fee_kind: Column,
    amount_vnd: Column,
    agency_code: Column,
    procedure_code: Column,
    declared_method: Column,
    due_at: Column,
    payer_name: Column,
    status: Column,
    received_at: Column,
    processing_started_at: Column,
    result_at: Column,
    field_code: Column,
    filing_channel: Column,
    collection_mode: Column,
    online_payment_flag: Column,
    paid_at: Column,
    request_id: Column,
    receipt_form: Column,
    receipt_series: Column,
    receipt_no: Column,
    /// False when the file has required columns only.
    has_more: bool,
}

impl RegistryRow for Fee {
    const LAYOUT: Layout = LAYOUT;
    const SIDE: Side = Side::Fee;
    const ID: &'static str = "fee_id";
    const AMOUNT: &'static str = "amount_vnd";
    const CONFLICTS: bool = true;
    type Columns = FeeColumns;

    fn columns(table: &Table) -> FeeColumns {
        FeeColumns {
            dossier_code: table.column("dossier_code"),
            fee_id: table.column("fee_id"),
            fee_kind: table.column("fee_kind"),
            amount_vnd: table.column("amount_vnd"),
            agency_code: table.column("agency_code"),
            procedure_code: table.column("procedure_code"),
            declared_method: table.column("declared_method"),
            due_at: table.column("due_at"),
            payer_name: table.column("payer_name"),
            status: table.column("status"),
            received_at: table.column("received_at"),
            processing_started_at: table.column("processing_started_at"),
            result_at: table.column("result_at"),
            field_code: table.column("field_code"),
            filing_channel: table.column("filing_channel"),
            collection_mode: table.column("collection_mode"),
            online_payment_flag: table.column("online_payment_flag"),
            paid_at: table.column("paid_at"),
            request_id: table.column("request_id"),
            receipt_form: table.column("receipt_form"),
            receipt_series: table.column("receipt_series"),
            receipt_no: table.column("receipt_no"),
            has_more: table.present().any(|name| LAYOUT.optional.contains(&name)),
        }
    }

    fn read(row: Row<'_>, columns: &FeeColumns, texts: &mut Texts) -> Result<Self, Fault> {
        let fee = Self {
            dossier_code: cells::code(row, columns.dossier_code, texts)?,
            fee_id: FeeId::of_shared(cells::need_own(row, columns.fee_id, texts)?),
            kind: cells::word(row, columns.fee_kind, FeeKind::parse)?,
            amount: cells::dong(row, columns.amount_vnd)?,
            agency_code: cells::agency(row, columns.agency_code, texts)?,
            procedure_code: texts.shared(row.get(columns.procedure_code)),
            declared_method: cells::word(row, columns.declared_method, DeclaredMethod::parse)?,
            due_at: cells::opt_deadline(row, columns.due_at)?,
            payer_name: texts.shared(row.get(columns.payer_name)),
            status: cells::word(row, columns.status, FeeStatus::parse)?,
            more: more(row, columns, texts)?,
            spot: Spot::line(row.line),
        };
        // an exempt person has a rate of which nothing is due; a rate of zero is no amount
        let zero = fee.more.collection_mode == Some(CollectionMode::Zero);
        if zero && !fee.amount.is_zero() {
            let (column, told) = (columns.amount_vnd, row.get(columns.amount_vnd));
            return Err(Fault::new(column.name, told, RejectCode::ZeroWithAmount));
        }
        Ok(fee)
    }
}

fn more(row: Row<'_>, columns: &FeeColumns, texts: &mut Texts) -> Result<More, Fault> {
    if !columns.has_more {
        return Ok(More::default());
    }
    let flag = |raw: &str| raw.trim().parse().ok().filter(|flag| *flag <= 2);
    let more = FeeMore {
        received_at: cells::opt_time(row, columns.received_at)?,
        processing_started_at: cells::opt_time(row, columns.processing_started_at)?,
        result_at: cells::opt_time(row, columns.result_at)?,
        field_code: cells::opt_own(row, columns.field_code, texts),
        filing_channel: channel(row, columns.filing_channel)?,
        collection_mode: cells::opt_word(row, columns.collection_mode, CollectionMode::parse)?,
        online_payment_flag: cells::opt_word(row, columns.online_payment_flag, flag)?,
        paid_at: cells::opt_time(row, columns.paid_at)?,
        request_id: cells::opt_own(row, columns.request_id, texts),
        receipt_form: cells::opt_own(row, columns.receipt_form, texts),
        receipt_series: cells::opt_own(row, columns.receipt_series, texts),
        receipt_no: cells::opt_own(row, columns.receipt_no, texts),
    };
    Ok(more.into())
}

/// The filing channel: an empty cell says something, a column that is not there does not.
fn channel(row: Row<'_>, column: Column) -> Result<Option<FilingChannel>, Fault> {
    let told = cells::opt_word(row, column, FilingChannel::parse)?;
    Ok(told.or_else(|| column.is_there().then_some(FilingChannel::Empty)))
}

impl Versioned for Fee {
    fn key(&self) -> RowKey {
        Fee::key(self)
    }

    fn prefix(&self) -> u128 {
        self.dossier_code.prefix()
    }

    fn cmp_key(&self, other: &Self) -> Ordering {
        (&self.dossier_code, &self.fee_id).cmp(&(&other.dossier_code, &other.fee_id))
    }

    fn amount(&self) -> Vnd {
        self.amount
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<Piece>| value.as_deref().unwrap_or("").to_owned();
        let time =
            |at: &Option<Moment>| at.as_ref().map_or_else(String::new, |at| at.text().into());
        let more = &self.more;
        let flag = more.online_payment_flag.map(|flag| flag.to_string());
        vec![
            ("fee_kind", self.kind.id().to_owned()),
            ("amount_vnd", self.amount.to_string()),
            ("agency_code", self.agency_code.to_string()),
            ("procedure_code", self.procedure_code.to_string()),
            ("declared_method", self.declared_method.id().to_owned()),
            ("due_at", time(&self.due_at)),
            ("payer_name", self.payer_name.to_string()),
            ("status", self.status.id().to_owned()),
            ("received_at", time(&more.received_at)),
            ("processing_started_at", time(&more.processing_started_at)),
            ("result_at", time(&more.result_at)),
            ("field_code", text(&more.field_code)),
            (
                "filing_channel",
                more.filing_channel.map_or("", FilingChannel::id).to_owned(),
            ),
            (
                "collection_mode",
                more.collection_mode
                    .map_or("", CollectionMode::id)
                    .to_owned(),
            ),
            ("online_payment_flag", flag.unwrap_or_default()),
            ("paid_at", time(&more.paid_at)),
            ("request_id", text(&more.request_id)),
            ("receipt_form", text(&more.receipt_form)),
            ("receipt_series", text(&more.receipt_series)),
            ("receipt_no", text(&more.receipt_no)),
        ]
    }
}
