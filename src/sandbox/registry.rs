//! The one-stop system's nightly export: what it would write after the close of a day.
//!
//! Delta files: a day's file holds the new dossiers and those whose state changed on that day.

use std::fs;
use std::io;
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};

use super::district::{District, Dossier, Fee, FeeKind, FeeState, Method, Mode};
use super::gateway::{self, Refunds};

const FEE_COLUMNS: [&str; 22] = [
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
];

const ORDER_COLUMNS: [&str; 7] = [
    "provider",
    "order_id",
    "dossier_code",
    "fee_ids",
    "amount_vnd",
    "created_at",
    "status",
];

const RECEIPT_COLUMNS: [&str; 9] = [
    "receipt_id",
    "receipt_no",
    "dossier_code",
    "fee_id",
    "amount_vnd",
    "collected_at",
    "cashier",
    "agency_code",
    "status",
];

const AGENCY_COLUMNS: [&str; 8] = [
    "code",
    "valid_from",
    "valid_to",
    "name",
    "level",
    "parent_code",
    "successor_code",
    "kind",
];

impl District {
    /// Writes the export of `day` into `dir`: `dossier_fees_<day>.csv`, `payment_orders_<day>.csv`,
    /// `cash_receipts_<day>.csv` and, on the first day, `agencies_<day>.csv`.
    ///
    /// UTF-8 without BOM, LF. Each file appears whole: it is written under a name that readers skip
    /// and then renamed.
    pub fn write_registry(&self, dir: &Path, day: NaiveDate) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        let write = |name: &str, columns: &[&str], rows: Vec<Vec<String>>| {
            write_whole(dir, &format!("{name}_{day}.csv"), columns, rows)
        };
        if day == self.first_day {
            write("agencies", &AGENCY_COLUMNS, self.agency_rows())?;
        }
        write("dossier_fees", &FEE_COLUMNS, self.fee_rows(day))?;
        write("payment_orders", &ORDER_COLUMNS, self.order_rows(day))?;
        write("cash_receipts", &RECEIPT_COLUMNS, self.receipt_rows(day))
    }

    fn agency_rows(&self) -> Vec<Vec<String>> {
        let row = |agency: &super::district::Agency| {
            vec![
                agency.code.to_owned(),
                agency.valid_from.to_string(),
                agency
                    .valid_to
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                agency.name.to_owned(),
                agency.level.to_owned(),
                agency.parent.to_owned(),
                agency.successor.to_owned(),
                agency.kind.to_owned(),
            ]
        };
        self.agencies.iter().map(row).collect()
    }

    fn fee_rows(&self, day: NaiveDate) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for dossier in &self.dossiers {
            for fee in &dossier.fees {
                if let Some(state) = fee.history.iter().rev().find(|state| state.day == day) {
                    rows.push(fee_row(dossier, fee, state));
                }
            }
        }
        rows
    }

    fn order_rows(&self, day: NaiveDate) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for order in &self.orders {
            if let Some((_, status)) = order.history.iter().rev().find(|(on, _)| *on == day) {
                rows.push(vec![
                    self.gateway.to_owned(),
                    self.order_id_at_gateway(&order.order_id, order.created_at),
                    order.dossier.clone(),
                    order.fee_ids.join(";"),
                    order.amount.to_string(),
                    order.created_at.format("%Y%m%d%H%M%S").to_string(),
                    (*status).to_owned(),
                ]);
            }
        }
        rows.extend(self.refund_rows(day));
        rows
    }

    /// Refunds that the gateway tells of only by their own id: orders of their own.
    fn refund_rows(&self, day: NaiveDate) -> Vec<Vec<String>> {
        let Some((_, gateway)) = gateway::named(self.gateway) else {
            return Vec::new();
        };
        let Refunds::OwnId(own_id) = gateway.refunds else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for (order, seen) in self.orders.iter().zip(&self.gateway_orders) {
            let asked = seen.states.iter().find(|state| state.kind != "01");
            if let Some(asked) = asked.filter(|state| state.at.date() == day) {
                rows.push(vec![
                    self.gateway.to_owned(),
                    own_id(seen, asked),
                    order.dossier.clone(),
                    order.fee_ids.join(";"),
                    asked.amount.to_string(),
                    asked.at.format("%Y%m%d%H%M%S").to_string(),
                    "refunded".to_owned(),
                ]);
            }
        }
        rows
    }

    fn receipt_rows(&self, day: NaiveDate) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for receipt in &self.receipts {
            if let Some((_, status)) = receipt.history.iter().rev().find(|(on, _)| *on == day) {
                rows.push(vec![
                    receipt.id.clone(),
                    receipt.no.clone(),
                    receipt.dossier.clone(),
                    receipt.fee_id.clone(),
                    receipt.amount.to_string(),
                    stamp(receipt.collected_at),
                    receipt.cashier.clone(),
                    receipt.agency.to_owned(),
                    (*status).to_owned(),
                ]);
            }
        }
        rows
    }
}

fn stamp(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+07:00").to_string()
}

fn fee_row(dossier: &Dossier, fee: &Fee, state: &FeeState) -> Vec<String> {
    let ours = fee.kind != FeeKind::LandObligation;
    let asked = ours && matches!(dossier.mode, Mode::Before | Mode::After);
    let flag = match (state.status, state.method) {
        ("paid", Some(Method::Portal)) => "1",
        ("paid", Some(Method::Card | Method::Wallet | Method::MobileMoney)) => "2",
        _ => "0",
    };
    let request = format!(
        "{}-{}",
        dossier.code,
        dossier.received_at.format("%Y%m%d%H%M%S")
    );
    let year = dossier.received_at.format("%y");
    let receipt = state.receipt_no.clone();
    let when = |issued: bool, text: String| if issued { text } else { String::new() };
    vec![
        dossier.code.clone(),
        fee.id.clone(),
        fee.kind.id().to_owned(),
        state.amount.to_string(),
        dossier.agency.to_owned(),
        dossier.procedure.to_owned(),
        state.method.map(Method::id).unwrap_or_default().to_owned(),
        when(ours, stamp(dossier.due_at)),
        dossier.payer.name.clone(),
        state.status.to_owned(),
        stamp(dossier.received_at),
        stamp(dossier.received_at),
        dossier
            .result_at
            .filter(|at| at.date() <= state.day)
            .map(stamp)
            .unwrap_or_default(),
        dossier.field.to_owned(),
        dossier.channel.to_string(),
        dossier.mode.id().to_owned(),
        flag.to_owned(),
        state.paid_at.map(stamp).unwrap_or_default(),
        when(asked, request),
        when(receipt.is_some(), "01BLP0-001".to_owned()),
        when(receipt.is_some(), format!("BI-{year}T")),
        receipt.unwrap_or_default(),
    ]
}

/// Writes a CSV under a name that readers skip, then gives it its own.
fn write_whole(dir: &Path, name: &str, columns: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
    let hidden = dir.join(format!(".{name}.tmp"));
    let mut writer = csv::Writer::from_path(&hidden).map_err(io::Error::other)?;
    writer.write_record(columns).map_err(io::Error::other)?;
    for row in rows {
        writer.write_record(&row).map_err(io::Error::other)?;
    }
    writer.flush()?;
    drop(writer);
    fs::rename(hidden, dir.join(name))
}
