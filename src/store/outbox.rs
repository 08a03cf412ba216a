//! What is to be sent of each publication: written with it, struck off when it went out. Delivery
//! is no business state, so two databases that agree on everything else may differ here.

use super::batch::batches;
use super::exec::{Bind, Row, Tx};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, RunId};

/// One thing to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Message-ID or idempotency key.
    pub key: String,
    /// The run that it tells of.
    pub run_id: RunId,
    /// The channel's id.
    pub channel: String,
    /// Who is told, as the settings hash it.
    pub target: String,
}

/// One thing that was to be sent, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// What.
    pub what: Outgoing,
    /// Since when, RFC 3339.
    pub queued_wall: String,
    /// Attempts so far.
    pub attempts: u32,
    /// What the last one met; may be empty.
    pub error: String,
    /// When that was, RFC 3339; empty before the first.
    pub tried_wall: String,
}

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Not yet; the next start tries again.
    Waiting,
    /// It went out.
    Sent,
    /// It went out, and somebody was refused for good.
    InPart,
    /// It never will: too many attempts, or nobody is to be told any more.
    GivenUp,
}

impl Delivered {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            // whom it did not reach stands in what the attempt met
            Self::Sent | Self::InPart => "sent",
            Self::GivenUp => "given_up",
        }
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    outbox: &[Outgoing],
    now_wall: &str,
) -> Result<(), StoreError> {
    let rows = batches(outbox, |row, out| {
        row.text("key", &out.key)
            .text("run_id", out.run_id.as_str())
            .text("channel", &out.channel)
            .text("target", &out.target);
    });
    let more = [Bind::Text(now_wall)];
    tx.run_batches(&sql::INSERT_OUTBOX, &rows, &more).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Queued, StoreError> {
    Ok(Queued {
        what: Outgoing {
            key: row.text("key")?.to_owned(),
            run_id: RunId::new(row.text("run_id")?),
            channel: row.text("channel")?.to_owned(),
            target: row.text("target")?.to_owned(),
        },
        queued_wall: row.text("queued_wall")?.to_owned(),
        attempts: u32::try_from(row.int("attempts")?).map_err(|_| row.damaged("attempts"))?,
        error: row.text("error")?.to_owned(),
        tried_wall: row.text("tried_wall")?.to_owned(),
    })
}

impl Store {
    /// What has come so far, the oldest first.
    pub async fn outbox(&self, state: Delivered) -> Result<Vec<Queued>, StoreError> {
        let rows = self
            .read(&sql::SELECT_OUTBOX, &[Bind::Text(state.word())])
            .await?;
        let mut all: Vec<Queued> = rows.iter().map(read).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| (&a.queued_wall, &a.what.key).cmp(&(&b.queued_wall, &b.what.key)));
        Ok(all)
    }

    /// What went out since a day but not to everybody, the oldest first.
    pub async fn sent_in_part(&self, since: Day) -> Result<Vec<Queued>, StoreError> {
        let since = since.to_string();
        let rows = self
            .read(&sql::SELECT_OUTBOX_IN_PART, &[Bind::Text(&since)])
            .await?;
        let mut all: Vec<Queued> = rows.iter().map(read).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| (&a.queued_wall, &a.what.key).cmp(&(&b.queued_wall, &b.what.key)));
        Ok(all)
    }

    /// Writes down how an attempt went; `error` is empty when it went well.
    pub async fn tell_attempt(
        &self,
        key: &str,
        state: Delivered,
        error: &str,
        now_wall: &str,
    ) -> Result<(), StoreError> {
        let binds = [key, state.word(), error, now_wall].map(Bind::Text);
        let mut tx = self.begin().await?;
        tx.run(&sql::UPDATE_OUTBOX, &binds).await?;
        tx.commit().await
    }
}
