//! The expected side, as the registry's exports told it: versions by the day they count from.

use std::collections::BTreeMap;

use super::again::Attempts;
use super::batch::{RowText, batches};
use super::codec::{
    day, digest, read_agency, write_agency, write_fee, write_order, write_receipt, write_reject,
};
use super::exec::{Bind, Row, Tx};
use super::statement::{self as sql, Statement};
use super::txn::{Version, save_versions, versions_of};
use super::version::{Kind, Saying, place};
use super::{Store, StoreError, origin, staged};
use crate::domain::{
    Agency, Conflict, Day, DossierCode, Fee, Moment, PaymentOrder, Period, Receipt, Reject, RowKey,
    SourceName, Spot, ToldBy,
};

/// One export file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// The registry source.
    pub source: SourceName,
    /// 64 hex digits over its bytes.
    pub sha256: Box<str>,
    /// Its name, without folder.
    pub name: Box<str>,
    /// What it holds: `dossier_fees`, `payment_orders`, `cash_receipts`, `agencies`.
    pub kind: Box<str>,
    /// Data lines in it.
    pub lines: u64,
    /// The day that it tells of: what replaces something told before counts from it.
    pub day: Day,
    /// The night that read it.
    pub night: Day,
}

/// The rows of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies with validity.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Counter receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Contradictions inside the file; the kept version also stands in the list of its kind.
    pub conflicts: Vec<Conflict>,
    /// The answers in which the rows stood; empty where that is the file itself.
    pub files: Vec<ToldBy>,
}

impl Store {
    /// Every file of `source` read so far, by name.
    pub async fn known_files(&self, source: &SourceName) -> Result<Vec<ExportFile>, StoreError> {
        let binds = [Bind::Text(source.as_str())];
        files(&self.read(&sql::SELECT_KNOWN_FILE, &binds).await?)
    }

    /// The files of `source` that cover `night`, by name: those that tell of it, whichever night
    /// read them; where there are none, the older ones that it read.
    pub async fn files_of_night(
        &self,
        source: &SourceName,
        night: Day,
    ) -> Result<Vec<ExportFile>, StoreError> {
        let text = night.to_string();
        let binds = [Bind::Text(source.as_str()), Bind::Text(&text)];
        let mut files = files(&self.read(&sql::SELECT_NIGHT_FILE, &binds).await?)?;
        let has_own = files.iter().any(|file| file.day == night);
        files.retain(|file| {
            if has_own {
                file.day == night
            } else {
                file.day < night
            }
        });
        Ok(files)
    }

    /// The files that the pulls of `night` read, each with the instant of the first that did,
    /// milliseconds since 1970 in UTC; by name.
    pub async fn files_read(&self, night: Day) -> Result<Vec<(ExportFile, i64)>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        read_at(&self.read(&sql::SELECT_READ_FILE, &binds).await?)
    }

    /// The files that tell of a day of the period, in the same form.
    pub async fn files_told(&self, over: &Period) -> Result<Vec<(ExportFile, i64)>, StoreError> {
        let days = [over.from, over.to].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        read_at(&self.read(&sql::SELECT_TOLD_FILE, &binds).await?)
    }

    /// Stores one file's rows in one transaction; a known file changes nothing (`false`). What is
    /// told of a row first counts from its own date; what replaces it counts from the day of the
    /// file, unless a newer file has told it otherwise.
    pub async fn save_registry(
        &self,
        file: &ExportFile,
        rows: &RegistryRows,
    ) -> Result<bool, StoreError> {
        let mut attempts = Attempts::new();
        loop {
            let done = self.save_registry_once(file, rows).await;
            if !attempts.again(&done).await {
                return done;
            }
        }
    }

    async fn save_registry_once(
        &self,
        file: &ExportFile,
        rows: &RegistryRows,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if !save_file(&mut tx, file).await? {
            return Ok(false);
        }
        save_agencies(&mut tx, file, &rows.agencies).await?;
        let files = files_of(file, rows);
        save_fees(&mut tx, (file, &files), &rows.fees).await?;
        save_orders(&mut tx, file, &rows.orders).await?;
        save_receipts(&mut tx, (file, &files), &rows.receipts).await?;
        let batch = batches(&rows.rejects, |row, reject| {
            write_reject(row, reject, file.day);
        });
        let night = file.night.to_string();
        let insert = (&sql::INSERT_REJECT_ROW, "reject_row");
        staged::store(&mut tx, insert, (&batch, &[]), &night).await?;
        let rejects = rows.rejects.iter().map(|row| (row.key(), row.spot.0));
        origin::keep(&mut tx, (origin::REJECT, &night), &files, rejects).await?;
        let versions: Vec<Version> = rows
            .conflicts
            .iter()
            .flat_map(|conflict| versions_of(conflict, Some(told_on(file, rows, conflict))))
            .collect();
        save_versions(&mut tx, &versions, &night).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The agencies as of `night`, by code and first day.
    pub async fn agencies(&self, night: Day) -> Result<Vec<Agency>, StoreError> {
        let mut tx = self.begin_read().await?;
        load_agencies(&mut tx, night).await
    }
}

/// In what the rows of a file stood.
fn files_of(file: &ExportFile, rows: &RegistryRows) -> Vec<ToldBy> {
    if rows.files.is_empty() {
        let (name, sha256) = (&file.name, &file.sha256);
        return vec![ToldBy::new(name, sha256)];
    }
    rows.files.clone()
}

/// Export files out of their rows, by name.
fn read_file(row: &Row) -> Result<ExportFile, StoreError> {
    Ok(ExportFile {
        source: SourceName::new(row.text("source")?),
        sha256: row.text("sha256")?.into(),
        name: row.text("name")?.into(),
        kind: row.text("kind")?.into(),
        lines: u64::try_from(row.int("lines")?).map_err(|_| row.damaged("lines"))?,
        day: row.parsed("day", day)?,
        night: row.parsed("night", day)?,
    })
}

fn read_at(rows: &[Row]) -> Result<Vec<(ExportFile, i64)>, StoreError> {
    let file = |row: &Row| Ok((read_file(row)?, row.int("read_ms")?));
    let mut files = rows
        .iter()
        .map(file)
        .collect::<Result<Vec<_>, StoreError>>()?;
    files.sort_by(|(a, _), (b, _)| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
    Ok(files)
}

fn files(rows: &[Row]) -> Result<Vec<ExportFile>, StoreError> {
    let files: Result<Vec<_>, StoreError> = rows.iter().map(read_file).collect();
    let mut files = files?;
    files.sort_by(|a, b| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
    Ok(files)
}

/// The agencies as of `night`, by code and first day.
pub(super) async fn load_agencies(tx: &mut Tx, night: Day) -> Result<Vec<Agency>, StoreError> {
    let night = night.to_string();
    let rows = tx.rows(&sql::SELECT_AGENCY, &[Bind::Text(&night)]).await?;
    let mut agencies: Vec<Agency> = rows.iter().map(read_agency).collect::<Result<_, _>>()?;
    agencies.sort();
    Ok(agencies)
}

/// A fee's own date: that of the receipt of its dossier.
fn fee_date(file: &ExportFile, fee: &Fee) -> Day {
    let received = fee.more.received_at.as_ref().map(Moment::day);
    let own = received.or_else(|| fee.dossier_code.received_on());
    own.unwrap_or(file.day)
}

/// The day on which the row of a contradiction inside the file was told.
fn told_on(file: &ExportFile, rows: &RegistryRows, conflict: &Conflict) -> Day {
    let fee = rows.fees.iter().find(|fee| fee.key() == conflict.key);
    let receipt = rows.receipts.iter().find(|r| r.key() == conflict.key);
    let own = fee.map(|fee| fee_date(file, fee));
    let own = own.or_else(|| receipt.map(|receipt| receipt.collected_at.day()));
    own.map_or(file.day, |own| own.max(file.day))
}

pub(super) async fn save_file(tx: &mut Tx, file: &ExportFile) -> Result<bool, StoreError> {
    let lines = i64::try_from(file.lines).map_err(|_| StoreError::Overflow("lines"))?;
    let batch = batches([file], |row, file| {
        row.text("source", file.source.as_str())
            .text("sha256", &file.sha256)
            .text("name", &file.name)
            .text("kind", &file.kind)
            .int("lines", lines)
            .text("day", &file.day.to_string())
            .text("night", &file.night.to_string());
    });
    let insert = (&sql::INSERT_EXPORT_FILE, "export_file");
    let night = file.night.to_string();
    Ok(staged::store(tx, insert, (&batch, &[]), &night).await? == 1)
}

async fn save_agencies(
    tx: &mut Tx,
    file: &ExportFile,
    agencies: &[Agency],
) -> Result<(), StoreError> {
    let by_key: BTreeMap<_, _> = agencies
        .iter()
        .map(|a| ((&a.code, a.valid_from), a))
        .collect();
    let batch = batches(by_key.values(), |row, agency| {
        write_agency(row, agency);
        row.text("night", &file.day.to_string());
    });
    let upsert = (&sql::UPSERT_AGENCY_VERSION, "agency_version");
    staged::store(tx, upsert, (&batch, &[]), &file.night.to_string()).await?;
    Ok(())
}

/// A row with its saying's own date and the digest of its content.
struct Told<'a, T> {
    row: &'a T,
    own: Day,
    content: String,
}

/// Rows in key order, a later row of the same key winning.
fn by_key<'a, T: serde::Serialize>(
    rows: &'a [T],
    key: impl Fn(&'a T) -> (&'a str, &'a str),
    own: impl Fn(&'a T) -> Day,
) -> Result<BTreeMap<(&'a str, &'a str), Told<'a, T>>, StoreError> {
    let told = |row| {
        let (own, content) = (own(row), digest(row)?);
        Ok((key(row), Told { row, own, content }))
    };
    rows.iter().map(told).collect()
}

/// Finds the place of each row among its versions and writes those that are versions of their own;
/// tells their keys.
async fn save<'a, T>(
    tx: &mut Tx,
    file: &ExportFile,
    (kind, upsert): (&Kind, &'static Statement),
    rows: &'a BTreeMap<(&'a str, &'a str), Told<'a, T>>,
    write: impl Fn(&mut RowText<'_>, &T),
) -> Result<Vec<(&'a str, &'a str)>, StoreError> {
    let saying = |(id, told): (&(&'a str, &'a str), &'a Told<'a, T>)| Saying {
        id: *id,
        own: told.own,
        told: told.own.max(file.day),
        content: &told.content,
    };
    let sayings: Vec<Saying<'a>> = rows.iter().map(saying).collect();
    let night = file.night.to_string();
    let places = place(tx, kind, &sayings, &night).await?;
    let added = places.keys().copied().collect();
    let batch = batches(places, |row, (id, night)| {
        let Some(told) = rows.get(&id) else { return };
        write(row, told.row);
        row.text("night", &night.to_string())
            .text("content", &told.content)
            .text("file_sha256", &file.sha256)
            .text("told", &told.own.max(file.day).to_string());
    });
    staged::store(tx, (upsert, kind.table), (&batch, &[]), &night).await?;
    Ok(added)
}

/// Keeps where the rows of these keys stood.
async fn keep_origins<'a, T>(
    tx: &mut Tx,
    (file, files): (&ExportFile, &[ToldBy]),
    rows: &BTreeMap<(&'a str, &'a str), Told<'a, T>>,
    added: &[(&'a str, &'a str)],
    of: impl Fn(&T) -> (RowKey, Spot),
) -> Result<(), StoreError> {
    let told = added.iter().filter_map(|key| rows.get(key));
    let told = told.map(|told| of(told.row));
    let (version, night) = (origin::version(&file.sha256), file.night.to_string());
    origin::keep(tx, (version, &night), files, told).await
}

async fn save_fees(
    tx: &mut Tx,
    (file, files): (&ExportFile, &[ToldBy]),
    fees: &[Fee],
) -> Result<(), StoreError> {
    let mut dossiers: BTreeMap<&DossierCode, Day> = BTreeMap::new();
    for fee in fees {
        let own = fee_date(file, fee);
        let known = dossiers.entry(&fee.dossier_code).or_insert(own);
        *known = own.min(*known);
    }
    let batch = batches(dossiers, |row, (code, night)| {
        row.text("dossier_code", code.as_str())
            .text("squeezed", &code.squeezed())
            .text("night", &night.to_string());
    });
    let upsert = (&sql::UPSERT_DOSSIER, "dossier");
    staged::store(tx, upsert, (&batch, &[]), &file.night.to_string()).await?;
    let rows = by_key(
        fees,
        |fee| (fee.dossier_code.as_str(), fee.fee_id.as_str()),
        |fee| fee_date(file, fee),
    )?;
    let kind = Kind {
        table: "fee_version",
        said: &sql::SELECT_FEE_SAID,
        amend: &sql::AMEND_FEE_VERSION,
    };
    let upsert = (&kind, &sql::UPSERT_FEE_VERSION);
    let added = save(tx, file, upsert, &rows, write_fee).await?;
    let of = |fee: &Fee| (fee.key(), fee.spot.0);
    keep_origins(tx, (file, files), &rows, &added, of).await
}

async fn save_orders(
    tx: &mut Tx,
    file: &ExportFile,
    orders: &[PaymentOrder],
) -> Result<(), StoreError> {
    let rows = by_key(
        orders,
        |order| (&*order.provider, &*order.order_id),
        |order| order.created_at.day(),
    )?;
    let kind = Kind {
        table: "order_version",
        said: &sql::SELECT_ORDER_SAID,
        amend: &sql::AMEND_ORDER_VERSION,
    };
    let upsert = (&kind, &sql::UPSERT_ORDER_VERSION);
    save(tx, file, upsert, &rows, write_order).await?;
    Ok(())
}

async fn save_receipts(
    tx: &mut Tx,
    (file, files): (&ExportFile, &[ToldBy]),
    receipts: &[Receipt],
) -> Result<(), StoreError> {
    let rows = by_key(
        receipts,
        |receipt| (&*receipt.receipt_id, ""),
        |receipt| receipt.collected_at.day(),
    )?;
    let kind = Kind {
        table: "receipt_version",
        said: &sql::SELECT_RECEIPT_SAID,
        amend: &sql::AMEND_RECEIPT_VERSION,
    };
    let upsert = (&kind, &sql::UPSERT_RECEIPT_VERSION);
    let added = save(tx, file, upsert, &rows, write_receipt).await?;
    let of = |receipt: &Receipt| (receipt.key(), receipt.spot.0);
    keep_origins(tx, (file, files), &rows, &added, of).await
}
