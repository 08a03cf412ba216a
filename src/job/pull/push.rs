//! Reading a folder of webhooks. Each new file is archived, verified and stored; a file that does
//! not verify is a reject under its name, and is tried again every night: the key may have been
//! wrong.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use tracing::warn;

use super::raw::{self, Evidence};
use super::scale;
use super::transfers::{self, By};
use super::{Stage, count};
use crate::config::SourceSettings;
use crate::domain::{
    Completeness, Day, Piece, Reject, RejectCode, Side, SourceFacts, SourceName, Spot,
};
use crate::job::error::JobError;
use crate::normalise::{self, SourceContext, TxnRows, Window, ids};
use crate::source::file::inbox::{self, Found};
use crate::source::push::BYTES_MAX;
use crate::source::registry::{FolderNote, FolderTrouble};
use crate::source::{PushFault, PushSource, Record};
use crate::store::{Delivery, ExportFile, RegistryRows};
use crate::text::say;

/// The kinds under which files are remembered.
pub(super) const READ: &str = "push";
const UNVERIFIED: &str = "push-unverified";

pub(super) async fn read(stage: &Stage, push: &PushSource) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let lang = desk.config.lang;
    let partner = partner(stage, push)?;
    let inbox = inbox::look(&push.path, desk.file_pause, BYTES_MAX).await;
    let known = desk.store.known_files(&stage.settings.name).await?;
    let of_kind = |kind: &str| -> BTreeSet<Box<str>> {
        let files = known.iter().filter(|file| &*file.kind == kind);
        files.map(|file| file.sha256.clone()).collect()
    };
    let (known, refused) = (of_kind(READ), of_kind(UNVERIFIED));
    let mut troubles: Vec<String> = inbox.troubles.iter().map(|t| t.say(lang)).collect();
    let unreadable = inbox.files.is_empty() && !troubles.is_empty();
    let evidence = Evidence::new(stage);
    let mut batch = Batch::default();
    for found in &inbox.files {
        desk.checkpoint()?;
        match bytes_of(found).await {
            Ok(Some(bytes)) => {
                let sha256 = hex::encode(Sha256::digest(&bytes));
                if known.contains(&*sha256) {
                    continue;
                }
                if !refused.contains(&*sha256) {
                    evidence.put(&found.name, &bytes).await?;
                }
                batch.take(stage, push, found, (sha256, &bytes), (&refused, partner));
            }
            Ok(None) => {}
            Err(trouble) => troubles.push(trouble.say(lang)),
        }
    }
    evidence.record(stage).await?;
    for note in &inbox.notes {
        tell(stage, note);
    }
    let (rows, rejects) = batch.save(stage, push, partner).await?;
    let state = match partner {
        _ if unreadable => Completeness::Missing,
        // alone it cannot tell whether everything was pushed
        None => Completeness::Partial,
        Some(_) if !troubles.is_empty() => Completeness::Partial,
        Some(_) => Completeness::Complete,
    };
    if partner.is_none() {
        let alone = if stage.settings.required {
            "push-alone"
        } else {
            "push-alone-optional"
        };
        troubles.push(say(lang, alone, &[]));
    }
    let mut facts = stage.facts(state);
    if partner.is_none() {
        // its rows are known by the orders of that provider
        facts.kind = push.provider.into();
    }
    if !troubles.is_empty() {
        facts.trouble = Some(troubles.join("; ").into());
    }
    stage.judge_rejects(&mut facts, rows, rejects);
    Ok(facts)
}

/// The source that pulls the same events under the same ids: the one named, else the only one of
/// the provider.
fn partner<'s>(
    stage: &'s Stage,
    push: &PushSource,
) -> Result<Option<&'s SourceSettings>, JobError> {
    let sources = &stage.desk.config.sources;
    let fits = |source: &&SourceSettings| {
        // the ids of SePay's second interface are others than those of its webhooks
        source.kind() == push.provider && source.text("api") != Some("v2")
    };
    if let Some(name) = &push.into {
        let named = sources
            .iter()
            .filter(fits)
            .find(|source| source.name == *name);
        return named.map(Some).ok_or_else(|| {
            let of_kind: Vec<&str> = sources
                .iter()
                .filter(fits)
                .map(|s| s.name.as_str())
                .collect();
            let message = format!(
                "into = \"{name}\" names no source of kind {}",
                push.provider
            );
            let fix = format!("write one of: {}", of_kind.join(", "));
            stage.settings.fail(message, &fix).into()
        });
    }
    let mut of_kind = sources.iter().filter(fits);
    Ok(match (of_kind.next(), of_kind.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    })
}

/// The bytes of a file that is still as it was seen; none when it changed.
async fn bytes_of(found: &Found) -> Result<Option<Vec<u8>>, FolderTrouble> {
    let name = || found.name.clone();
    let fail = |error: std::io::Error| FolderTrouble::File {
        name: name(),
        error: error.to_string().into(),
    };
    let size = tokio::fs::metadata(&found.path).await.map_err(fail)?.len();
    if size > BYTES_MAX {
        return Err(FolderTrouble::TooLarge {
            name: name(),
            bytes: size,
            limit: BYTES_MAX,
        });
    }
    let bytes = tokio::fs::read(&found.path).await.map_err(fail)?;
    Ok(found.is_still().then_some(bytes))
}

fn tell(stage: &Stage, note: &FolderNote) {
    let (source, note) = (
        stage.settings.name.as_str(),
        note.say(stage.desk.config.lang),
    );
    warn!(
        source.id = source,
        stage = "pull",
        error = note,
        "file left alone"
    );
}

/// What the new files hold.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    refused: Vec<(ExportFile, Reject)>,
    files: Vec<ExportFile>,
}

impl Batch {
    fn take(
        &mut self,
        stage: &Stage,
        push: &PushSource,
        found: &Found,
        (sha256, bytes): (String, &[u8]),
        (refused, partner): (&BTreeSet<Box<str>>, Option<&SourceSettings>),
    ) {
        let file = |kind: &str, lines: u64| ExportFile {
            source: stage.settings.name.clone(),
            sha256: sha256.as_str().into(),
            name: found.name.clone(),
            kind: kind.into(),
            lines,
            day: stage.night,
            night: stage.night,
        };
        match push.read(&found.name, bytes, merchant(push, partner)) {
            Ok(records) => {
                self.files.push(file(READ, count(records.len())));
                self.records.extend(records);
            }
            // said before; the key is still the same, or the message nobody's
            Err(PushFault::Unverified(_)) if refused.contains(&*sha256) => {}
            Err(fault) => {
                let kind = match fault {
                    PushFault::Form(_) => READ,
                    PushFault::Unverified(_) => UNVERIFIED,
                };
                let reject = reject(&stage.settings.name, &found.name, bytes, fault, stage.night);
                self.refused.push((file(kind, 1), reject));
            }
        }
    }

    /// Stores everything; tells how many rows could be read and how many could not.
    async fn save(
        self,
        stage: &Stage,
        push: &PushSource,
        partner: Option<&SourceSettings>,
    ) -> Result<(u64, u64), JobError> {
        let store = &stage.desk.store;
        let context = context(stage, push, partner);
        let (mut delivery, (readable, unreadable)) =
            delivery(stage, &self.records, &context, partner).await?;
        let digests = self.files.iter();
        let digests = digests.map(|file| (file.name.clone(), (*file.sha256).into()));
        raw::name_bytes(&mut delivery.files, &digests.collect());
        let counts = (readable, unreadable + count(self.refused.len()));
        store
            .save_transactions(&context.name, stage.night, &delivery, normalise::merge)
            .await?;
        for (file, reject) in self.refused {
            let rows = RegistryRows {
                rejects: vec![reject],
                ..RegistryRows::default()
            };
            store.save_registry(&file, &rows).await?;
        }
        // remembered last: a killed reading is done again
        for file in &self.files {
            store.save_registry(file, &RegistryRows::default()).await?;
        }
        Ok(counts)
    }
}

/// Whose webhooks are wanted, where the source that pulls the same events says so.
fn merchant<'s>(push: &PushSource, partner: Option<&'s SourceSettings>) -> Option<&'s str> {
    partner?.text(push.merchant_key()?)
}

/// The account whose rows are wanted; none where all are.
fn account<'s>(stage: &'s Stage, partner: Option<&'s SourceSettings>) -> Option<&'s str> {
    let owner = partner.unwrap_or(&stage.settings);
    owner.account.as_deref()
}

/// Normalises records; tells how many could be read and how many could not.
async fn delivery(
    stage: &Stage,
    records: &[Record],
    context: &SourceContext,
    partner: Option<&SourceSettings>,
) -> Result<(Delivery, (u64, u64)), JobError> {
    let records = of_account(records, context, account(stage, partner));
    let TxnRows {
        mut txns,
        rejects,
        files,
    } = normalise::read_records(&records, context);
    let stored = transfers::stored(stage, (&context.name, &context.kind), &records).await?;
    transfers::name(&mut txns, &context.kind, By::Webhook, &stored);
    let counts = (count(txns.len()), count(rejects.len()));
    let (txns, mut conflicts) = normalise::dedupe(txns);
    conflicts.extend(scale::conflicts(stage, partner, &txns).await?);
    let delivery = Delivery {
        txns,
        rejects,
        conflicts,
        days: Vec::new(),
        files,
    };
    Ok((delivery, counts))
}

/// The records of the account that is wanted; those that tell none stay.
fn of_account(records: &[Record], context: &SourceContext, account: Option<&str>) -> Vec<Record> {
    // the key of a company verifies webhooks of all its accounts
    let of_other = |record: &Record| match (account, record.account.as_deref()) {
        (Some(ours), Some(told)) => ours.trim() != told.trim(),
        _ => false,
    };
    let (others, records): (Vec<Record>, Vec<Record>) = records.iter().cloned().partition(of_other);
    if !others.is_empty() {
        let (source, count) = (context.name.as_str(), count(others.len()));
        warn!(
            source.id = source,
            stage = "pull",
            row.count = count,
            "webhooks of other accounts left alone"
        );
    }
    records
}

/// The rows of webhooks read before, and whose they are.
pub(super) async fn again(
    stage: &Stage,
    push: &PushSource,
    files: &[(Box<str>, Vec<u8>)],
) -> Result<(SourceName, Delivery), JobError> {
    let partner = partner(stage, push)?;
    let context = context(stage, push, partner);
    let ours = merchant(push, partner);
    let read = files
        .iter()
        .map(|(name, bytes)| push.read(name, bytes, ours));
    // what was not verified then was refused, and is no row
    let records: Vec<Record> = read.filter_map(Result::ok).flatten().collect();
    let (delivery, _) = delivery(stage, &records, &context, partner).await?;
    Ok((context.name, delivery))
}

/// Rows are those of the source that pulls the same events, else of this one.
fn context(stage: &Stage, push: &PushSource, partner: Option<&SourceSettings>) -> SourceContext {
    let window = Window {
        from: stage.night,
        to: stage.desk.last_closed_day().max(stage.night),
    };
    let mut of_partner = stage.clone();
    if let Some(partner) = partner {
        of_partner.settings = partner.clone();
        return of_partner.context(Some(window));
    }
    SourceContext {
        kind: push.provider.into(),
        instrument: push.instrument,
        is_gateway: push.is_gateway,
        ..stage.context(Some(window))
    }
}

/// A file that is no evidence. Its content is not shown: nobody has vouched for it.
fn reject(source: &SourceName, name: &str, bytes: &[u8], fault: PushFault, day: Day) -> Reject {
    let code = match fault {
        PushFault::Form(_) => RejectCode::BadRecord,
        PushFault::Unverified(_) => RejectCode::Unverified,
    };
    Reject {
        side: Side::Txn,
        source: source.clone(),
        id: Piece::from(format!("{}-1", ids::content_id_of(bytes))),
        file: name.into(),
        line: 1,
        column: fault.field().into(),
        value: "".into(),
        code,
        amount: None,
        business_date: day,
        spot: Spot::line(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Instrument;
    use crate::normalise::Cutoff;

    #[test]
    fn webhooks_of_another_account_are_left_alone() {
        let day = Day::parse("2022-12-05").unwrap();
        let context = SourceContext {
            name: SourceName::new("sepay-main"),
            kind: "sepay".into(),
            instrument: Instrument::Transfer,
            cutoff: Cutoff::MIDNIGHT,
            window: None,
            reject_day: day,
            is_gateway: false,
        };
        let of = |id: &str, account: Option<&str>| Record {
            id: Some(id.into()),
            amount: Some("45000".into()),
            time: Some("2022-12-05 08:00:00".into()),
            status: Some(crate::domain::TxnStatus::Success),
            kind: Some(crate::domain::TxnKind::Payment),
            account: account.map(Into::into),
            ..Record::default()
        };
        let records = [of("1", Some("0123")), of("2", Some("0999")), of("3", None)];
        let ids = |account| {
            let kept = of_account(&records, &context, account).into_iter();
            let ids = kept.filter_map(|record| record.id.map(String::from));
            ids.collect::<Vec<_>>()
        };
        assert_eq!(ids(Some("0123")), ["1", "3"]);
        assert_eq!(ids(None), ["1", "2", "3"]);
    }
}
