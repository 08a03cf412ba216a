//! Domain values to rows and back.

use serde_json::Value;

use super::StoreError;
use super::batch::RowText;
use super::exec::Row;
use crate::domain::fee::FeeMore;
use crate::domain::ids::short_hash;
use crate::domain::{
    Agency, AgencyCode, Aside, CollectionMode, Day, DeclaredMethod, DossierCode, Fee, FeeId,
    FeeKind, FeeStatus, FilingChannel, Instrument, Moment, OrderStatus, PaymentOrder, Piece,
    Receipt, ReceiptStatus, Reject, RejectCode, RowKey, Side, SourceName, Txn, TxnKind, Vnd,
};

/// Not yet decided; not yet ended.
pub(super) const NEVER: &str = "9999-12-31";

/// Sixteen hex digits over a value's canonical JSON.
pub(super) fn digest(value: &impl serde::Serialize) -> Result<String, StoreError> {
    Ok(short_hash(json(value)?.as_bytes(), 16))
}

/// Canonical JSON of a value of ours.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt {
        what: "a value to store".to_owned(),
        detail: error.to_string(),
    })
}

/// Reads a column of JSON that the program wrote.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row,
    column: &str,
) -> Result<T, StoreError> {
    row.parsed(column, |raw| serde_json::from_str(raw).ok())
}

pub(super) fn day(raw: &str) -> Option<Day> {
    Day::parse(raw).ok()
}

pub(super) fn code(raw: &str) -> Option<DossierCode> {
    DossierCode::parse(raw).ok()
}

fn moment(row: &Row, text: &str, ms: &str) -> Result<Moment, StoreError> {
    Ok(Moment::from_parts(row.int(ms)?, row.text(text)?))
}

fn opt_moment(row: &Row, text: &str, ms: &str) -> Result<Option<Moment>, StoreError> {
    let parts = row.opt_int(ms)?.zip(row.opt_text(text)?);
    Ok(parts.map(|(ms, text)| Moment::from_parts(ms, text)))
}

fn write_moment(row: &mut RowText<'_>, text: &'static str, ms: &'static str, at: Option<&Moment>) {
    row.opt_text(text, at.map(Moment::text).as_deref())
        .opt_int(ms, at.map(Moment::ms));
}

pub(super) fn read_key(row: &Row) -> Result<RowKey, StoreError> {
    let dossier = row.text("dossier")?;
    Ok(RowKey {
        side: row.parsed("side", Side::parse)?,
        source: SourceName::new(row.text("source")?),
        id: row.text("id")?.into(),
        dossier: if dossier.is_empty() {
            None
        } else {
            Some(row.parsed("dossier", code)?)
        },
    })
}

pub(super) fn write_key<'a, 'b>(row: &'a mut RowText<'b>, key: &RowKey) -> &'a mut RowText<'b> {
    row.text("side", key.side.id())
        .text("source", key.source.as_str())
        .text("id", &key.id)
        .text(
            "dossier",
            key.dossier.as_ref().map_or("", DossierCode::as_str),
        )
}

pub(super) fn write_txn(row: &mut RowText<'_>, txn: &Txn) {
    row.text("source", txn.source.as_str())
        .text("id", &txn.id)
        .opt_text("order_ref", txn.order_ref.as_deref())
        .text("memo", &txn.memo)
        .int("amount_vnd", txn.amount.get())
        .int("fee_vnd", txn.fee.get())
        .int("net_vnd", txn.net.get())
        .text("paid_at", &txn.paid_at.text())
        .int("paid_at_ms", txn.paid_at.ms())
        .text("paid_on", &txn.paid_on.to_string())
        .text("business_date", &txn.business_date.to_string())
        .text("status", &txn.state())
        .text("kind", txn.kind.id())
        .text("payer", &txn.payer)
        .opt_text("account", txn.account.as_deref())
        .opt_text("bank_ref", txn.bank_ref.as_deref())
        .text("instrument", txn.instrument.id());
}

pub(super) fn read_txn(row: &Row) -> Result<Txn, StoreError> {
    let boxed =
        |column| -> Result<Option<Piece>, StoreError> { Ok(row.opt_text(column)?.map(Into::into)) };
    let (status, status_word) = row.parsed("status", Txn::read_state)?;
    Ok(Txn {
        source: SourceName::new(row.text("source")?),
        id: row.text("id")?.into(),
        order_ref: boxed("order_ref")?,
        memo: row.text("memo")?.into(),
        amount: Vnd::new(row.int("amount_vnd")?),
        fee: Vnd::new(row.int("fee_vnd")?),
        net: Vnd::new(row.int("net_vnd")?),
        paid_at: moment(row, "paid_at", "paid_at_ms")?,
        paid_on: row.parsed("paid_on", day)?,
        business_date: row.parsed("business_date", day)?,
        status,
        status_word,
        kind: row.parsed("kind", TxnKind::parse)?,
        payer: row.text("payer")?.into(),
        account: boxed("account")?,
        bank_ref: boxed("bank_ref")?,
        instrument: row.parsed("instrument", Instrument::parse)?,
        spot: Aside::default(),
    })
}

pub(super) fn write_fee(row: &mut RowText<'_>, fee: &Fee) {
    let more = &fee.more;
    row.text("dossier_code", fee.dossier_code.as_str())
        .text("fee_id", fee.fee_id.as_str())
        .text("kind", fee.kind.id())
        .int("amount_vnd", fee.amount.get())
        .text("agency_code", fee.agency_code.as_str())
        .text("procedure_code", &fee.procedure_code)
        .text("declared_method", fee.declared_method.id())
        .text("payer_name", &fee.payer_name)
        .text("status", fee.status.id())
        .opt_text("field_code", more.field_code.as_deref())
        .opt_text("filing_channel", more.filing_channel.map(FilingChannel::id))
        .opt_text(
            "collection_mode",
            more.collection_mode.map(CollectionMode::id),
        )
        .opt_int(
            "online_payment_flag",
            more.online_payment_flag.map(i64::from),
        )
        .opt_text("request_id", more.request_id.as_deref())
        .opt_text("receipt_form", more.receipt_form.as_deref())
        .opt_text("receipt_series", more.receipt_series.as_deref())
        .opt_text("receipt_no", more.receipt_no.as_deref());
    for (text, ms, at) in [
        ("due_at", "due_at_ms", &fee.due_at),
        ("received_at", "received_at_ms", &more.received_at),
        (
            "processing_started_at",
            "processing_started_at_ms",
            &more.processing_started_at,
        ),
        ("result_at", "result_at_ms", &more.result_at),
        ("paid_at", "paid_at_ms", &more.paid_at),
    ] {
        write_moment(row, text, ms, at.as_ref());
    }
}

pub(super) fn read_fee(row: &Row) -> Result<Fee, StoreError> {
    let boxed =
        |column| -> Result<Option<Piece>, StoreError> { Ok(row.opt_text(column)?.map(Into::into)) };
    let flag = row.opt_int("online_payment_flag")?;
    let more = FeeMore {
        received_at: opt_moment(row, "received_at", "received_at_ms")?,
        processing_started_at: opt_moment(
            row,
            "processing_started_at",
            "processing_started_at_ms",
        )?,
        result_at: opt_moment(row, "result_at", "result_at_ms")?,
        field_code: boxed("field_code")?,
        filing_channel: row.opt_parsed("filing_channel", FilingChannel::parse)?,
        collection_mode: row.opt_parsed("collection_mode", CollectionMode::parse)?,
        online_payment_flag: flag
            .map(|n| u8::try_from(n).map_err(|_| row.damaged("online_payment_flag")))
            .transpose()?,
        paid_at: opt_moment(row, "paid_at", "paid_at_ms")?,
        request_id: boxed("request_id")?,
        receipt_form: boxed("receipt_form")?,
        receipt_series: boxed("receipt_series")?,
        receipt_no: boxed("receipt_no")?,
    };
    Ok(Fee {
        dossier_code: row.parsed("dossier_code", code)?,
        fee_id: FeeId::new(row.text("fee_id")?),
        kind: row.parsed("kind", FeeKind::parse)?,
        amount: Vnd::new(row.int("amount_vnd")?),
        agency_code: AgencyCode::new(row.text("agency_code")?),
        procedure_code: row.text("procedure_code")?.into(),
        declared_method: row.parsed("declared_method", DeclaredMethod::parse)?,
        due_at: opt_moment(row, "due_at", "due_at_ms")?,
        payer_name: row.text("payer_name")?.into(),
        status: row.parsed("status", FeeStatus::parse)?,
        more: more.into(),
        spot: Aside::default(),
    })
}

pub(super) fn write_order(row: &mut RowText<'_>, order: &PaymentOrder) {
    let ids: Vec<Value> = order.fee_ids.iter().map(|id| id.as_str().into()).collect();
    row.text("provider", &order.provider)
        .text("order_id", &order.order_id)
        .text("dossier_code", order.dossier_code.as_str())
        .text("fee_ids", &Value::Array(ids).to_string())
        .int("amount_vnd", order.amount.get())
        .text("created_at", &order.created_at.text())
        .int("created_at_ms", order.created_at.ms())
        .text("created_on", &order.created_at.day().to_string())
        .text("status", order.status.id());
}

pub(super) fn read_order(row: &Row) -> Result<PaymentOrder, StoreError> {
    let ids: Vec<Box<str>> = from_json(row, "fee_ids")?;
    Ok(PaymentOrder {
        provider: row.text("provider")?.into(),
        order_id: row.text("order_id")?.into(),
        dossier_code: row.parsed("dossier_code", code)?,
        fee_ids: ids.iter().map(|id| FeeId::new(id)).collect(),
        amount: Vnd::new(row.int("amount_vnd")?),
        created_at: moment(row, "created_at", "created_at_ms")?,
        status: row.parsed("status", OrderStatus::parse)?,
    })
}

pub(super) fn write_receipt(row: &mut RowText<'_>, receipt: &Receipt) {
    row.text("receipt_id", &receipt.receipt_id)
        .text("receipt_no", &receipt.receipt_no)
        .text("dossier_code", receipt.dossier_code.as_str())
        .text("fee_id", receipt.fee_id.as_str())
        .int("amount_vnd", receipt.amount.get())
        .text("collected_at", &receipt.collected_at.text())
        .int("collected_at_ms", receipt.collected_at.ms())
        .text("collected_on", &receipt.collected_at.day().to_string())
        .text("cashier", &receipt.cashier)
        .text("agency_code", receipt.agency_code.as_str())
        .text("status", receipt.status.id());
}

pub(super) fn read_receipt(row: &Row) -> Result<Receipt, StoreError> {
    Ok(Receipt {
        receipt_id: row.text("receipt_id")?.into(),
        receipt_no: row.text("receipt_no")?.into(),
        dossier_code: row.parsed("dossier_code", code)?,
        fee_id: FeeId::new(row.text("fee_id")?),
        amount: Vnd::new(row.int("amount_vnd")?),
        collected_at: moment(row, "collected_at", "collected_at_ms")?,
        cashier: row.text("cashier")?.into(),
        agency_code: AgencyCode::new(row.text("agency_code")?),
        status: row.parsed("status", ReceiptStatus::parse)?,
        spot: Aside::default(),
    })
}

pub(super) fn read_agency(row: &Row) -> Result<Agency, StoreError> {
    let agency = |column| -> Result<Option<AgencyCode>, StoreError> {
        Ok(row.opt_text(column)?.map(AgencyCode::new))
    };
    Ok(Agency {
        code: AgencyCode::new(row.text("code")?),
        valid_from: row.parsed("valid_from", day)?,
        valid_to: row.opt_parsed("valid_to", day)?,
        name: row.text("name")?.into(),
        level: row.text("level")?.into(),
        parent_code: agency("parent_code")?,
        successor_code: agency("successor_code")?,
        kind: row.text("kind")?.into(),
    })
}

pub(super) fn write_agency(row: &mut RowText<'_>, agency: &Agency) {
    let until = agency.valid_to.map(|day| day.to_string());
    row.text("code", agency.code.as_str())
        .text("valid_from", &agency.valid_from.to_string())
        .opt_text("valid_to", until.as_deref())
        .text("name", &agency.name)
        .text("level", &agency.level)
        .opt_text(
            "parent_code",
            agency.parent_code.as_ref().map(AgencyCode::as_str),
        )
        .opt_text(
            "successor_code",
            agency.successor_code.as_ref().map(AgencyCode::as_str),
        )
        .text("kind", &agency.kind);
}

pub(super) fn write_reject(row: &mut RowText<'_>, reject: &Reject, night: Day) {
    row.text("side", reject.side.id())
        .text("source", reject.source.as_str())
        .text("id", &reject.id)
        .text("file", &reject.file)
        .int("line", i64::try_from(reject.line).unwrap_or(i64::MAX))
        .text("column_name", &reject.column)
        .text("value", &reject.value)
        .text("code", reject.code.id())
        .opt_int("amount_vnd", reject.amount.map(Vnd::get))
        .text("business_date", &reject.business_date.to_string())
        .text("night", &night.to_string());
}

pub(super) fn read_reject(row: &Row) -> Result<Reject, StoreError> {
    Ok(Reject {
        side: row.parsed("side", Side::parse)?,
        source: SourceName::new(row.text("source")?),
        id: row.text("id")?.into(),
        file: row.text("file")?.into(),
        line: u64::try_from(row.int("line")?).map_err(|_| row.damaged("line"))?,
        column: row.text("column_name")?.into(),
        value: row.text("value")?.into(),
        code: row.parsed("code", RejectCode::parse)?,
        amount: row.opt_int("amount_vnd")?.map(Vnd::new),
        business_date: row.parsed("business_date", day)?,
        spot: Aside::default(),
    })
}
