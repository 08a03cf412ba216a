//! Rows that only the later version of a night has read, although the store held them when the
//! earlier one was made: nothing new of theirs came, something named them.

use std::collections::BTreeMap;

use super::rows::{self, Nights};
use super::{Became, Desk, JobError, RowChange};
use crate::domain::{Day, RowKey, SourceName};
use crate::job::order::Answers;

/// Says so of every such transaction, fee line, order and receipt. A row of which it cannot be told
/// stays "added".
pub(super) async fn mark(
    desk: &Desk,
    nights: &Nights<'_>,
    changes: &mut [RowChange],
) -> Result<(), JobError> {
    let mut held = Held {
        desk,
        nights,
        answers: Answers::new(&desk.store, &desk.archive).await?,
        quiet: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    for source in &desk.config.sources {
        for file in desk.store.known_files(&source.name).await? {
            held.files.insert(file.sha256, file.night);
        }
    }
    let added = |change: &&mut RowChange| change.became == Became::Added;
    let of_money = changes.iter().filter(|change| change.kind == "txn");
    let keys: Vec<RowKey> = of_money.filter_map(|change| key(&change.key)).collect();
    let seen = desk.store.first_nights(&keys).await?;
    for change in changes.iter_mut().filter(added) {
        let first = match change.kind {
            "txn" => change.key.split_once('/').and_then(|(source, id)| {
                let key: (Box<str>, Box<str>) = (source.into(), id.into());
                seen.get(&key).copied()
            }),
            "fee" | "order" | "receipt" => held.first_told(change).await?,
            _ => None,
        };
        if let Some(night) = first
            && held.before(night).await?
        {
            change.became = Became::Entered;
        }
    }
    Ok(())
}

fn key(text: &str) -> Option<RowKey> {
    let (source, id) = text.split_once('/')?;
    Some(RowKey::txn(&SourceName::new(source), id))
}

struct Held<'r> {
    desk: &'r Desk,
    nights: &'r Nights<'r>,
    answers: Answers<'r>,
    /// Nights of which nothing was read after the earlier version was made.
    quiet: BTreeMap<Day, bool>,
    /// The nights that read the files, by the digest of the file.
    files: BTreeMap<Box<str>, Day>,
}

impl Held<'_> {
    /// The night that read the first file which tells the row.
    async fn first_told(&self, change: &RowChange) -> Result<Option<Day>, JobError> {
        let parts = rows::identity(change);
        let until = self.nights.to.business_date;
        let told = self.desk.store.told_by(change.kind, &parts, until).await?;
        Ok(told
            .first()
            .and_then(|sha256| self.files.get(sha256))
            .copied())
    }

    /// True when what the pulls of `night` brought was there for the earlier version.
    async fn before(&mut self, night: Day) -> Result<bool, JobError> {
        if night >= self.nights.from.business_date {
            return Ok(false);
        }
        if let Some(known) = self.quiet.get(&night) {
            return Ok(*known);
        }
        let by = self.answers.known(self.nights.from);
        let (_, later) = self.answers.by(night, by).await?;
        let quiet = later.is_empty();
        self.quiet.insert(night, quiet);
        Ok(quiet)
    }
}
