//! The book of closings (chốt số liệu): whose figures people closed, and opened again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::audit::{append_closing, chain_seal};
use super::batch::batches;
use super::exec::Bind;
use super::statement as sql;
use super::{KeptFile, Lease, Store, StoreError};
use crate::domain::{Day, Period, RunId};

/// One entry of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Its place, from 1; what is given to [`Store::close_period`] has 0.
    pub seq: i64,
    /// The period.
    pub period: Period,
    /// True for a closing, false for a reopening.
    pub closes: bool,
    /// The run that the closed figures are of.
    pub run_id: RunId,
    /// Name and SHA-256 of each closed file, in the archive; none of a reopening.
    pub files: Vec<KeptFile>,
    /// Who.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// How many decisions no night had counted yet; none of a reopening, and of closings of older
    /// programs, which kept the figures of the last night in the period.
    pub left: Option<u64>,
    /// The closed periods that had days in common with it.
    pub beside: Vec<Beside>,
    /// When, RFC 3339.
    pub at_wall: Box<str>,
    /// What the entry says, as it is sealed.
    pub says: Box<str>,
    /// 64 hex digits, see [`chain_seal`].
    pub seal: Box<str>,
}

/// A figure of the shared days that two closed reports tell otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// The definition of the share, of the whole unit.
    pub definition: Box<str>,
    /// As the earlier closing knows it; none where it measured no such share.
    pub before: Option<Measured>,
    /// As this one knows it.
    pub here: Option<Measured>,
}

/// A share as a closing says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Numerator of the point figure.
    pub numerator: i64,
    /// Denominator of the point figure.
    pub denominator: i64,
    /// Proven lower bound with four decimals, rounded down; none without data.
    pub low: Option<Box<str>>,
    /// Proven upper bound with four decimals, rounded up.
    pub high: Option<Box<str>>,
}

/// A period that was closed when another one with some of the same days was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The place of its closing in the book.
    pub seq: i64,
    /// First and last of the shared days.
    pub days: (Day, Day),
    /// What the two tell otherwise of them; none where one of them cannot be measured over them.
    pub apart: Option<Vec<Apart>>,
}

impl Closing {
    /// The word of the action.
    pub fn action(&self) -> &'static str {
        if self.closes { "close" } else { "reopen" }
    }
}

/// What is sealed of an entry beside its place and label; `audit` is place and seal of the last
/// publication before it. What older programs did not know is left out where there is none.
pub fn says_of(closing: &Closing, audit: &Value) -> String {
    let mut says = json!({
        "action": closing.action(),
        "from": closing.period.from.to_string(),
        "to": closing.period.to.to_string(),
        "run_id": closing.run_id.as_str(),
        "files": closing.files,
        "by": closing.by,
        "reason": closing.reason,
        "at": closing.at_wall,
        "audit": audit,
    });
    if let Some(left) = closing.left {
        says["left"] = left.into();
    }
    if !closing.beside.is_empty() {
        says["beside"] = json!(closing.beside);
    }
    says.to_string()
}

impl Store {
    /// Every entry, in order of the book.
    pub async fn closings(&self) -> Result<Vec<Closing>, StoreError> {
        let rows = self.read(&sql::DUMP_CLOSING_BOOK, &[]).await?;
        let mut all = Vec::new();
        for row in &rows {
            let says: Value = serde_json::from_str(row.text("says_wall")?).unwrap_or_default();
            let text = |name: &str| says[name].as_str();
            let damaged = || row.damaged("says_wall");
            let day = |name| text(name).and_then(Day::read_text).ok_or_else(damaged);
            let word = |name| text(name).map(Into::into).ok_or_else(damaged);
            all.push(Closing {
                seq: row.int("seq")?,
                period: Period {
                    label: row.text("period")?.into(),
                    from: day("from")?,
                    to: day("to")?,
                },
                closes: row.text("action")? == "close",
                run_id: RunId::new(row.text("run_id")?),
                files: serde_json::from_value(says["files"].clone()).map_err(|_| damaged())?,
                left: says["left"].as_u64(),
                beside: match &says["beside"] {
                    Value::Null => Vec::new(),
                    beside => serde_json::from_value(beside.clone()).map_err(|_| damaged())?,
                },
                by: word("by")?,
                reason: word("reason")?,
                at_wall: word("at")?,
                says: row.text("says_wall")?.into(),
                seal: row.text("seal_wall")?.into(),
            });
        }
        all.sort_by_key(|closing| closing.seq);
        Ok(all)
    }

    /// Appends an entry while the lease is held.
    pub async fn close_period(
        &self,
        lease: &Lease,
        closing: &Closing,
        now_wall: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let fence = [Bind::Text(&lease.token), Bind::Text(now_wall)];
        if tx.run(&sql::FENCE_LEASE, &fence).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        let last = tx.rows(&sql::SELECT_LAST_AUDIT, &[]).await?;
        let audit = match last.first() {
            Some(row) => json!([row.int("seq")?, row.text("seal_wall")?]),
            None => Value::Null,
        };
        let last = tx.rows(&sql::SELECT_LAST_CLOSING, &[]).await?;
        let (seq, before) = match last.first() {
            Some(row) => (row.int("seq")?, row.text("seal_wall")?.to_owned()),
            None => (0, String::new()),
        };
        let seq = seq.saturating_add(1);
        let says = says_of(closing, &audit);
        let seal = chain_seal(&before, seq, &closing.period.label, &says);
        let batch = batches([()], |row, ()| {
            row.int("seq", seq)
                .text("period", &closing.period.label)
                .text("action", closing.action())
                .text("run_id", closing.run_id.as_str())
                .text("says_wall", &says)
                .text("seal_wall", &seal);
        });
        tx.run_batches(&sql::INSERT_CLOSING, &batch, &[]).await?;
        append_closing(&mut tx, &closing.run_id, (seq, &seal)).await?;
        tx.commit().await
    }
}
