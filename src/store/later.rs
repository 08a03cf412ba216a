//! A night that is published again after later ones: what these decided stands.
//!
//! An entry runs on until the next one of its thing, and a night that comes to what holds already
//! writes none. So what an earlier night, published again, decides otherwise would run on over
//! later ones that came to something else. Of each thing that both decided, the later night gets
//! the entry that it did without, written by the run that is published: its id begins with another
//! day than the night of the entry. The next night reads such rows again, and makes the entries
//! its own. What no later night looked at runs on.
//!
//! What is linked goes together: where a later night decided any of the rows that old or new groups
//! hold together, all that the earlier night changed of them stands as it was for the later one. A
//! row that only the earlier night knows is then not decided for good: the next night reads it as
//! new, and with it whatever it names.

mod entry;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::archive::Archive;
use super::batch::documents;
use super::exec::{Bind, Tx};
use super::owner::Owner;
use super::statement as sql;
use super::{StoreError, audit};
use entry::{ByKey, ENTRIES, Entry, Kind, closed, column, entries};

use crate::classify::Bucket;
use crate::domain::{DossierCode, RowKey, Side};

/// What a later night decided upon: its rows, as far as they are of interest here.
#[derive(Deserialize)]
struct Settled {
    rows: Vec<SettledRow>,
}

#[derive(Deserialize)]
struct SettledRow {
    key: RowKey,
    dossier_code: Option<DossierCode>,
    #[serde(default)]
    bucket: Option<Bucket>,
}

impl Settled {
    /// What the run of `night` decided, out of the archive; none where the rule of retention
    /// removed it.
    async fn read(
        tx: &mut Tx,
        archive: &Archive,
        (night, sha256): (&str, &str),
    ) -> Result<Option<Self>, StoreError> {
        let lost = |detail: String| StoreError::LaterLost {
            night: night.to_owned(),
            sha256: sha256.to_owned(),
            detail,
        };
        match archive.check(sha256) {
            Ok(()) => {}
            Err(_) if audit::is_pruned(tx, sha256).await? => return Ok(None),
            Err(error) => return Err(lost(error.to_string())),
        }
        let content = std::io::BufReader::new(archive.open_stream(sha256)?);
        let settled = serde_json::from_reader(content);
        settled.map(Some).map_err(|error| lost(error.to_string()))
    }

    fn things(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for row in &self.rows {
            let SettledRow {
                key, dossier_code, ..
            } = row;
            if row.bucket == Some(Bucket::Rejected) {
                all.insert(Owner::unread(key).text());
            }
            if key.side != Side::Fee {
                all.insert(Owner::Txn(key.clone()).text());
            }
            let dossiers = [&key.dossier, dossier_code].into_iter().flatten();
            all.extend(dossiers.map(|code| Owner::Dossier(code.clone()).text()));
        }
        all
    }
}

/// A thing that the night decides otherwise than before.
struct Change {
    table: usize,
    /// What held; none where nothing did.
    was: Option<Entry>,
    /// The night's entry; none where what held before it holds again.
    is: Option<Entry>,
    /// The night of the next entry of the thing.
    until: String,
    things: BTreeSet<String>,
}

impl Change {
    fn new(table: usize, was: Option<Entry>, is: Option<Entry>) -> Option<Self> {
        let kind = &ENTRIES.get(table)?.kind;
        let until = was.as_ref().or(is.as_ref())?.column("until").to_owned();
        let both = was.iter().chain(&is);
        let things = both.flat_map(|entry| entry.things(kind)).collect();
        Some(Self {
            table,
            was,
            is,
            until,
            things,
        })
    }

    /// What a later night has to hold of it; none of a row that it did not know.
    fn stands(&self, kind: &Kind) -> Option<Entry> {
        let ends = *kind != Kind::State && self.is.as_ref().is_some_and(Entry::is_live);
        let ended = || self.is.as_ref().filter(|_| ends).map(|is| is.ended(kind));
        self.was.clone().or_else(ended)
    }
}

/// The published nights after one that is about to be published, and what held of it for them.
pub(super) struct Later {
    night: String,
    /// The nights, and the digest of what each decided.
    nights: Vec<(String, Option<String>)>,
    /// Nights as of which earlier runs of the night wrote entries.
    pub(super) written: Vec<String>,
    held: ByKey,
}

impl Later {
    /// Reads what the earlier run of the night decided, before it is taken back.
    pub(super) async fn before(tx: &mut Tx, night: &str) -> Result<Self, StoreError> {
        let mut later = Self {
            night: night.to_owned(),
            nights: Vec::new(),
            written: Vec::new(),
            held: ByKey::new(),
        };
        let binds = [Bind::Text(night)];
        for row in tx.rows(&sql::SELECT_LATER_NIGHT, &binds).await? {
            let sha256 = row.opt_text("sha256")?.map(str::to_owned);
            let night = row.text("business_date")?.to_owned();
            later.nights.push((night, sha256));
        }
        if later.nights.is_empty() {
            return Ok(later);
        }
        for row in tx.rows(&sql::SELECT_WRITTEN_NIGHT, &binds).await? {
            later.written.push(row.text("night")?.to_owned());
        }
        later.written.sort();
        later.held = entries(tx, night, |_| true).await?;
        for of in &later.written {
            let mine = |row: &Map<String, Value>| column(row, "run_id").starts_with(night);
            later.held.extend(entries(tx, of, mine).await?);
        }
        Ok(later)
    }

    /// Writes what later nights decided as of them, where the night now says otherwise. Tells of
    /// which nights there was anything to write.
    pub(super) async fn stand(
        self,
        tx: &mut Tx,
        archive: Option<&Archive>,
        run_id: &str,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut stood = BTreeSet::new();
        let Some(archive) = archive.filter(|_| !self.nights.is_empty()) else {
            return Ok(stood);
        };
        let mut changes = self.changes(tx).await?;
        for (night, sha256) in &self.nights {
            // its own entries begin there
            changes.retain(|change| change.until > *night);
            if changes.is_empty() {
                break;
            }
            // an older program kept nothing
            let Some(sha256) = sha256 else { continue };
            let settled = Settled::read(tx, archive, (night, sha256)).await?;
            let Some(settled) = settled else { continue };
            let of_night = take_linked(&mut changes, settled.things());
            if write(tx, &of_night, (night, run_id)).await? > 0 {
                stood.insert(night.clone());
            }
        }
        Ok(stood)
    }

    /// What the night now says otherwise.
    async fn changes(&self, tx: &mut Tx) -> Result<Vec<Change>, StoreError> {
        let mut now = entries(tx, &self.night, |_| true).await?;
        let is_new = |key: &&(usize, String)| !self.held.contains_key(key);
        let new: BTreeSet<(usize, String)> = now.keys().filter(is_new).cloned().collect();
        let mut before = closed(tx, &now, &new, &self.night).await?;
        let mut changes = Vec::new();
        for (key, was) in &self.held {
            let is = now.remove(key);
            let same = |is: &Entry| is.column("content") == was.column("content");
            if !is.as_ref().is_some_and(same) {
                changes.extend(Change::new(key.0, Some(was.clone()), is));
            }
        }
        for (key, is) in now {
            let was = before.remove(&key).map(|mut was| {
                // it ended with the night, and would have held as long as the night's entry does
                was.row.insert("until".into(), is.column("until").into());
                was
            });
            changes.extend(Change::new(key.0, was, Some(is)));
        }
        Ok(changes)
    }
}

/// Takes the changes about these things out, and those that hang together with them.
fn take_linked(changes: &mut Vec<Change>, mut things: BTreeSet<String>) -> Vec<Change> {
    let mut taken = Vec::new();
    loop {
        let touches = |change: &mut Change| !change.things.is_disjoint(&things);
        let more: Vec<Change> = changes.extract_if(.., touches).collect();
        if more.is_empty() {
            return taken;
        }
        things.extend(more.iter().flat_map(|change| change.things.iter().cloned()));
        taken.extend(more);
    }
}

/// Writes what stands as of a night. Tells how many entries.
async fn write(
    tx: &mut Tx,
    changes: &[Change],
    (night, run_id): (&str, &str),
) -> Result<u64, StoreError> {
    let binds = [Bind::Text(night), Bind::Text(run_id)];
    let mut written = 0;
    for (at, table) in ENTRIES.iter().enumerate() {
        let of_table = changes.iter().filter(|change| change.table == at);
        let stands = of_table.filter_map(|change| change.stands(&table.kind));
        let (rows, legs): (Vec<_>, Vec<_>) = stands.map(|e| (e.row, e.legs)).unzip();
        written += tx
            .run_batches(table.insert, &documents(rows), &binds)
            .await?;
        tx.run(table.close, &[Bind::Text(night)]).await?;
        let legs = documents(legs.into_iter().flatten());
        tx.run_batches(&sql::INSERT_MATCH_LEG, &legs, &[Bind::Text(night)])
            .await?;
    }
    Ok(written)
}
