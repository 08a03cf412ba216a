//! The raw answers of a night against the rows that the store and the run hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Desk, JobError, RunRecord, State};
use crate::domain::{Inputs, RowKey, SourceName, Txn};
use crate::job::order;
use crate::job::pull::again::{self, Came, Lost, Part};
use crate::normalise;
use crate::store::{Difference, Reading, Removed, SealList};

/// Transactions as the answers tell them.
pub(super) type Told = Vec<Txn>;

/// Reads every answer again and compares its rows with the stored ones; hands on what was told.
pub(super) async fn compare(
    desk: &Desk,
    run: &RunRecord,
    checks: &mut Vec<Check>,
) -> Result<Told, JobError> {
    let (mut readings, later) = order::answers_of(desk, run).await?;
    let later = !later.is_empty();
    let recorded = !readings.is_empty();
    readings.extend(files_without(desk, run, &readings).await?);
    let parts = again::read(desk, run.business_date, &readings).await?;
    let pruned = desk.store.pruned().await?;
    archived(&parts, &pruned, checks);
    if !recorded {
        checks.push(without_answers(sealed_answers(desk, run).await?));
    }
    let (mut rows, mut found) = (0, Vec::new());
    let (mut told, mut ids) = (
        Told::new(),
        BTreeMap::<SourceName, BTreeSet<Box<str>>>::new(),
    );
    for part in parts {
        let store = &desk.store;
        match part.came {
            Came::Money(delivery, filling) => {
                rows += delivery.txns.len() + delivery.rejects.len();
                let differing = store
                    .differences(
                        (&part.source, run.business_date),
                        &delivery,
                        normalise::merge,
                    )
                    .await?;
                found.extend(differing.into_iter().map(|d| (part.asked.clone(), d)));
                let of_source = ids.entry(part.source.clone()).or_default();
                of_source.extend(delivery.txns.iter().map(|txn| (*txn.id).into()));
                of_source.extend(filling);
                told.extend(delivery.txns);
            }
            Came::Registry(files) => {
                for (file, read) in &files {
                    rows += read.fees.len() + read.orders.len() + read.receipts.len();
                    rows += read.agencies.len() + read.rejects.len();
                    let differing = store.registry_differences(file, read).await?;
                    found.extend(differing.into_iter().map(|d| (part.asked.clone(), d)));
                }
            }
            Came::Nothing | Came::Lost(_) | Came::Unknown => {}
        }
    }
    if recorded && !later {
        found.extend(untold(desk, run, &readings, &ids).await?);
    }
    checks.push(as_stored(rows, &found, recorded));
    Ok(told)
}

/// Files that the night read although their reading was not recorded: by an older program, or one
/// that was killed before it could.
async fn files_without(
    desk: &Desk,
    run: &RunRecord,
    readings: &[Reading],
) -> Result<Vec<Reading>, JobError> {
    let known: BTreeSet<(&SourceName, &str)> =
        readings.iter().map(|r| (&r.source, &*r.what)).collect();
    let mut more = Vec::new();
    // what a source that answers online told is in its answers, not in a file
    let of_files = desk.config.sources.iter();
    let of_files = of_files.filter(|source| !source.registration.speaks_http());
    for source in of_files {
        for file in desk.store.known_files(&source.name).await? {
            let is_new = !known.contains(&(&source.name, &*file.name));
            if file.night == run.business_date && is_new && &*file.kind != "withdrawn" {
                more.push(Reading {
                    night: run.business_date,
                    source: source.name.clone(),
                    // each a part of its own, behind those recorded
                    part: u32::MAX - u32::try_from(more.len()).unwrap_or(0),
                    pulled_at_ms: run.pulled_at_ms,
                    asked: "".into(),
                    what: file.name,
                    sha256: Some(file.sha256),
                });
            }
        }
    }
    Ok(more)
}

/// Whether every byte is still there.
fn archived(parts: &[Part], pruned: &Removed, checks: &mut Vec<Check>) {
    let lost = parts.iter().filter_map(|part| match &part.came {
        Came::Lost(lost) => Some((part, lost)),
        _ => None,
    });
    let lost: Vec<(&Part, &Lost)> = lost
        .flat_map(|(part, lost)| lost.iter().map(move |lost| (part, lost)))
        .collect();
    not_there(&lost, pruned, checks);
    let gone = parts.iter().find(|part| matches!(part.came, Came::Unknown));
    if let Some(part) = gone {
        let source = &part.source;
        checks.push(Check::new(
            "archive",
            State::NotCompared,
            format!(
                "nguồn {source} không còn trong cấu hình: câu trả lời của nó không đọc lại được"
            ),
            format!(
                "source {source} is not in the configuration any more: its answers are not read"
            ),
        ));
    }
    let answers: usize = parts.iter().map(|part| part.answers).sum();
    let sources: BTreeSet<&SourceName> = parts.iter().map(|part| &part.source).collect();
    if lost.is_empty() && answers > 0 {
        let sources = sources.len();
        checks.push(Check::new(
            "archive",
            State::Same,
            format!("kho lưu: {answers} câu trả lời và tệp gốc của {sources} nguồn, đúng sha256"),
            format!(
                "archive: {answers} raw answers and files of {sources} sources, sha256 as named"
            ),
        ));
    }
}

/// How many answers of its own night the chain sealed with the run; none for one from before the
/// chain told them.
async fn sealed_answers(desk: &Desk, run: &RunRecord) -> Result<Option<Sealed>, JobError> {
    let Some(sha256) = desk.store.sealed_evidence(&run.id).await? else {
        return Ok(None);
    };
    let Ok(bytes) = desk.archive.get(&sha256) else {
        return Ok(Some(Sealed::Lost(sha256)));
    };
    let mine = format!("{} ", run.business_date);
    let list = SealList::read(&bytes);
    let names = list
        .lines
        .get("reading")
        .into_iter()
        .flat_map(BTreeMap::keys);
    let count = names.filter(|name| name.starts_with(&mine)).count();
    Ok(Some(Sealed::Answers(count)))
}

/// What the chain sealed of the answers of a night.
enum Sealed {
    /// So many.
    Answers(usize),
    /// Their list is not in the archive: its digest.
    Lost(Box<str>),
}

/// Why a night has no answers.
fn without_answers(sealed: Option<Sealed>) -> Check {
    let (state, vi, en) = match sealed {
        None => (
            State::NotCompared,
            "câu trả lời gốc: bản chương trình cũ không ghi đêm nào đọc gì; chỉ đọc lại các tệp"
                .to_owned(),
            "raw answers: an older program did not record what this night read; only its files are read"
                .to_owned(),
        ),
        Some(Sealed::Answers(0)) => (
            State::Same,
            "câu trả lời gốc: đêm này không nguồn nào trả lời và không có tệp mới".to_owned(),
            "raw answers: no source answered this night and no new file lay there".to_owned(),
        ),
        Some(Sealed::Answers(count)) => (
            State::Differs,
            format!(
                "câu trả lời gốc: đêm này đã niêm phong {count} câu trả lời, nay trong cơ sở dữ liệu \
                 không còn câu nào; xem doisoat verify"
            ),
            format!(
                "raw answers: {count} were sealed with this night, and the database holds none any \
                 more; see doisoat verify"
            ),
        ),
        Some(Sealed::Lost(sha256)) => (
            State::Differs,
            format!("câu trả lời gốc: danh sách niêm phong {sha256} không còn trong kho lưu"),
            format!("raw answers: the list that seals them, {sha256}, is not in the archive"),
        ),
    };
    Check::new("archive", state, vi, en)
}

/// What was removed by rule is told apart from what should be there.
fn not_there(lost: &[(&Part, &Lost)], pruned: &Removed, checks: &mut Vec<Check>) {
    let (by_rule, missing): (Vec<_>, Vec<_>) = lost
        .iter()
        .partition(|(_, lost)| pruned.holds(&lost.sha256));
    if let Some((part, first)) = missing.first() {
        let Lost { what, sha256, why } = first;
        let (source, count) = (&part.source, missing.len());
        let which = format!("{source} {what}, {sha256}: {why}");
        checks.push(Check::new(
            "archive",
            State::Differs,
            format!("kho lưu: {count} tệp gốc không đọc được; đầu tiên: {which}"),
            format!("archive: {count} raw files cannot be read; first: {which}"),
        ));
    }
    if let Some((part, first)) = by_rule.first() {
        let (count, which) = (by_rule.len(), format!("{} {}", part.source, first.what));
        checks.push(Check::new(
            "archive",
            State::NotCompared,
            format!("kho lưu: {count} tệp gốc đã xóa theo hạn lưu; đầu tiên: {which}"),
            format!("archive: {count} raw files were pruned by rule; first: {which}"),
        ));
    }
}

/// Rows that the night brought first, and that no answer tells.
async fn untold(
    desk: &Desk,
    run: &RunRecord,
    readings: &[Reading],
    ids: &BTreeMap<SourceName, BTreeSet<Box<str>>>,
) -> Result<Vec<(String, Difference)>, JobError> {
    let mut found = Vec::new();
    for source in &desk.config.sources {
        // entries of files have no id of their own, and a lost answer tells nothing
        let mut mine = readings.iter().filter(|r| r.source == source.name);
        if !source.registration.speaks_http() || mine.next().is_none() {
            continue;
        }
        let Some(told) = ids.get(&source.name) else {
            continue;
        };
        let seen = desk.store.seen_first(&source.name, run.business_date);
        for id in seen.await? {
            if !told.contains(&id) {
                let key = format!("{}/{id}", source.name);
                let difference = Difference {
                    table: "txn",
                    key,
                    column: String::new(),
                    stored: "1".into(),
                    told: String::new(),
                };
                found.push((String::new(), difference));
            }
        }
    }
    Ok(found)
}

/// The comparison with the store, in words.
fn as_stored(rows: usize, found: &[(String, Difference)], recorded: bool) -> Check {
    let Some((asked, first)) = found.first() else {
        let state = if rows == 0 && !recorded {
            State::NotCompared
        } else {
            State::Same
        };
        return Check::new(
            "rows",
            state,
            format!("dòng đọc lại từ tệp gốc: {rows} dòng, như trong cơ sở dữ liệu"),
            format!("rows read again: {rows}, as stored"),
        );
    };
    let (vi, en) = said(first);
    let count = found.len();
    Check::new(
        "rows",
        State::Differs,
        format!("dòng đọc lại từ tệp gốc: {count} dòng khác; đầu tiên ({asked}): {vi}"),
        format!("rows read again: {count} differ; first ({asked}): {en}"),
    )
}

fn said(difference: &Difference) -> (String, String) {
    let Difference {
        table,
        key,
        column,
        stored,
        told,
    } = difference;
    if column.is_empty() && stored.is_empty() {
        return (
            format!("bảng {table}, {key}: không có dòng này như tệp gốc nói"),
            format!("table {table}, {key}: no such row as the answer tells"),
        );
    }
    if column.is_empty() {
        return (
            format!("bảng {table}, {key}: không câu trả lời nào nói đến dòng này"),
            format!("table {table}, {key}: no answer tells this row"),
        );
    }
    (
        format!("bảng {table}, {key}, cột {column}: đang lưu \"{stored}\", gốc là \"{told}\""),
        format!("table {table}, {key}, column {column}: stored \"{stored}\", told \"{told}\""),
    )
}

/// What the run settled is what the answers told: nothing told would change a row of its inputs.
pub(super) fn in_pool(pool: &Inputs, told: Told, checks: &mut Vec<Check>) {
    let known: BTreeSet<RowKey> = pool.txns.iter().map(Txn::key).collect();
    let contested: BTreeSet<&RowKey> = pool.conflicts.iter().map(|c| &c.key).collect();
    let told: Vec<Txn> = told
        .into_iter()
        .filter(|txn| known.contains(&txn.key()))
        .collect();
    let count = told.len();
    let merged = normalise::merge(&pool.txns, told);
    let mut differing: BTreeSet<RowKey> = merged.updated.iter().map(Txn::key).collect();
    let conflicts = merged.conflicts.iter().map(|conflict| &conflict.key);
    differing.extend(conflicts.filter(|key| !contested.contains(key)).cloned());
    let check = match differing.first() {
        None => Check::new(
            "told",
            State::Same,
            format!("{count} giao dịch đã đối soát đúng như câu trả lời gốc"),
            format!("{count} transactions were settled as the raw answers tell them"),
        ),
        Some(key) => Check::new(
            "told",
            State::Differs,
            format!(
                "giao dịch {}/{} đã đối soát khác với câu trả lời gốc",
                key.source, key.id
            ),
            format!(
                "{}/{} was settled otherwise than the raw answers tell it",
                key.source, key.id
            ),
        ),
    };
    checks.push(check);
}
