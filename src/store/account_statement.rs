//! What statement and settlement files told of an account: days and balances.

use rust_decimal::Decimal;

use super::batch::batches;
use super::codec::{NEVER, day};
use super::exec::{Bind, Row};
use super::registry::save_file;
use super::statement as sql;
use super::txn::load_txns;
use super::{ExportFile, Store, StoreError, staged};
use crate::domain::{Checked, Day, RowKey, SourceName, Txn};

/// What one file told of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatement {
    /// The source whose folder it lay in.
    pub source: SourceName,
    /// 64 hex digits over the file's bytes.
    pub sha256: Box<str>,
    /// File name, without folder.
    pub name: Box<str>,
    /// Place in the file, from 0.
    pub seq: u32,
    /// Account number; empty where it is not told.
    pub account: Box<str>,
    /// First day it tells of.
    pub from: Day,
    /// Last day it tells of.
    pub to: Day,
    /// Last day it tells in full; before `from` when none is.
    pub whole_to: Day,
    /// Entries read.
    pub entries: u64,
    /// Entries that could not be read.
    pub rejects: u64,
    /// Money in.
    pub credits: Decimal,
    /// Balance before the first entry, where told.
    pub opening: Option<Decimal>,
    /// Balance after the last entry, where told.
    pub closing: Option<Decimal>,
    /// What its own figures lack: zero when they agree, none when there is nothing to check.
    pub gap: Option<Decimal>,
    /// The night that read it.
    pub night: Day,
    /// Its pages, and what in it is cut or does not agree; nothing of statements that were read
    /// before these were kept.
    pub checked: Checked,
}

/// What succeeded on one account on one day, by the stored rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turnover {
    /// The day of payment.
    pub day: Day,
    /// Account number; none where it is not told.
    pub account: Option<Box<str>>,
    /// Money in, dong.
    pub credits: i64,
    /// Money out, dong.
    pub debits: i64,
}

impl Store {
    /// Remembers a file that was read to its end, in one transaction; a known one changes nothing.
    pub async fn save_statement_file(
        &self,
        file: &ExportFile,
        statements: &[AccountStatement],
    ) -> Result<(), StoreError> {
        let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let text = |sum: Decimal| sum.normalize().to_string();
        let rows = batches(statements, |row, told| {
            row.text("source", told.source.as_str())
                .text("sha256", &told.sha256)
                .text("name", &told.name)
                .int("seq", told.seq.into())
                .text("account", &told.account)
                .text("from_day", &told.from.to_string())
                .text("to_day", &told.to.to_string())
                .text("whole_to", &told.whole_to.to_string())
                .int("entries", int(told.entries))
                .int("rejects", int(told.rejects))
                .text("credits", &text(told.credits))
                .opt_text("opening", told.opening.map(text).as_deref())
                .opt_text("closing", told.closing.map(text).as_deref())
                .opt_text("gap", told.gap.map(text).as_deref())
                .text("night", &told.night.to_string());
        });
        let checks = checks(statements)?;
        let mut tx = self.begin().await?;
        if save_file(&mut tx, file).await? {
            let night = file.night.to_string();
            let insert = (&sql::INSERT_ACCOUNT_STATEMENT, "account_statement");
            staged::store(&mut tx, insert, (&rows, &[]), &night).await?;
            let insert = (&sql::INSERT_STATEMENT_CHECK, "statement_check");
            staged::store(&mut tx, insert, (&checks, &[]), &night).await?;
        }
        tx.commit().await
    }

    /// Statements of `source` that end on `from` or later, or that `night` read, by account and
    /// first day.
    pub async fn statements(
        &self,
        source: &SourceName,
        from: Day,
        night: Day,
    ) -> Result<Vec<AccountStatement>, StoreError> {
        let (from, night) = (from.to_string(), night.to_string());
        let binds = [
            Bind::Text(source.as_str()),
            Bind::Text(&from),
            Bind::Text(&night),
        ];
        let rows = self.read(&sql::SELECT_ACCOUNT_STATEMENT, &binds).await?;
        let mut all: Vec<_> = rows.iter().map(read).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| {
            let key =
                |s: &AccountStatement| (s.account.clone(), s.from, s.to, s.name.clone(), s.seq);
            key(a).cmp(&key(b))
        });
        Ok(all)
    }

    /// The first day that any statement of `source` tells of.
    pub async fn first_statement_day(
        &self,
        source: &SourceName,
    ) -> Result<Option<Day>, StoreError> {
        let binds = [Bind::Text(source.as_str())];
        let rows = self.read(&sql::SELECT_FIRST_STATEMENT_DAY, &binds).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let told = row.opt_text("day")?.is_some();
        told.then(|| row.parsed("day", day)).transpose()
    }

    /// What succeeded at `source` by day of payment and account, of these accounting days.
    pub async fn turnover(
        &self,
        source: &SourceName,
        (from, to): (Day, Day),
    ) -> Result<Vec<Turnover>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let binds = [
            Bind::Text(source.as_str()),
            Bind::Text(&from),
            Bind::Text(&to),
        ];
        let rows = self.read(&sql::SELECT_TURNOVER, &binds).await?;
        let read = |row: &Row| -> Result<Turnover, StoreError> {
            Ok(Turnover {
                day: row.parsed("day", day)?,
                account: row.opt_text("account")?.map(Into::into),
                credits: row.int("credits")?,
                debits: row.int("debits")?,
            })
        };
        let mut all: Vec<Turnover> = rows.iter().map(read).collect::<Result<_, _>>()?;
        all.sort();
        Ok(all)
    }

    /// The stored rows of `source` with these ids, whatever their day, in order of the ids.
    pub async fn txns_named(
        &self,
        source: &SourceName,
        ids: &[String],
    ) -> Result<Vec<Txn>, StoreError> {
        let keys = ids.iter().map(|id| RowKey::txn(source, id)).collect();
        let mut tx = self.begin_read().await?;
        load_txns(&mut tx, &keys, NEVER).await
    }
}

fn checks(statements: &[AccountStatement]) -> Result<Vec<String>, StoreError> {
    let told = statements.iter().map(|told| {
        let says = serde_json::to_string(&told.checked);
        let says = says.map_err(|error| StoreError::Corrupt {
            what: "statement_check".to_owned(),
            detail: error.to_string(),
        })?;
        Ok((told, says))
    });
    let told: Vec<_> = told.collect::<Result<_, StoreError>>()?;
    Ok(batches(&told, |row, (told, says)| {
        row.text("source", told.source.as_str())
            .text("sha256", &told.sha256)
            .text("name", &told.name)
            .int("seq", told.seq.into())
            .text("says", says)
            .text("night", &told.night.to_string());
    }))
}

fn read(row: &Row) -> Result<AccountStatement, StoreError> {
    let count = |column| u64::try_from(row.int(column)?).map_err(|_| row.damaged(column));
    let sum = |column: &'static str| -> Result<Option<Decimal>, StoreError> {
        let told = row.opt_text(column)?;
        told.map(|text| text.parse().map_err(|_| row.damaged(column)))
            .transpose()
    };
    let says = row.opt_text("says")?;
    let checked = says.map(|says| serde_json::from_str(says).map_err(|_| row.damaged("says")));
    Ok(AccountStatement {
        checked: checked.transpose()?.unwrap_or_default(),
        source: SourceName::new(row.text("source")?),
        sha256: row.text("sha256")?.into(),
        name: row.text("name")?.into(),
        seq: u32::try_from(row.int("seq")?).map_err(|_| row.damaged("seq"))?,
        account: row.text("account")?.into(),
        from: row.parsed("from_day", day)?,
        to: row.parsed("to_day", day)?,
        whole_to: row.parsed("whole_to", day)?,
        entries: count("entries")?,
        rejects: count("rejects")?,
        credits: sum("credits")?.ok_or_else(|| row.damaged("credits"))?,
        opening: sum("opening")?,
        closing: sum("closing")?,
        gap: sum("gap")?,
        night: row.parsed("night", day)?,
    })
}
