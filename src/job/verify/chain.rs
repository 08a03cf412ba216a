//! The chain over runs: every entry is as it was sealed, every run is as its entry tells it, and
//! the decisions are those that it was sealed with.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::decision::Entry;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::violation::{Findings, text};
use crate::prove::{Invariant, Violation};
use crate::store::{Audit, Closing, RunRecord, chain_seal, says_of};

/// What does not hold; each is told with the place in the chain, or the run.
pub(super) async fn broken(
    desk: &Desk,
    runs: &[RunRecord],
    book: &[Entry],
) -> Result<Vec<Violation>, JobError> {
    let chain = desk.store.audits().await?;
    let mut findings = Findings::default();
    sealed(&chain, &mut findings);
    let closings = desk.store.closings().await?;
    closed(desk, &closings, &chain, &mut findings);
    let last: BTreeMap<u64, &str> = book.iter().map(|entry| (entry.seq, &*entry.seal)).collect();
    for entry in &chain {
        let says: Value = serde_json::from_str(&entry.says).unwrap_or_default();
        let now = desk
            .store
            .audit_of(&entry.run_id)
            .await?
            .unwrap_or_default();
        told(entry, &says, &now, &mut findings);
        told_closing(&says, &closings, &mut findings);
        let decision = (says["decision"][0].as_u64(), says["decision"][1].as_str());
        if let (Some(seq), Some(seal)) = decision
            && last.get(&seq).copied() != Some(seal)
        {
            let what = text(
                "quyết định trước lần chạy phải còn nguyên",
                "the decision before a run is as it was",
            );
            let found = last.get(&seq).copied().unwrap_or("-");
            findings.add(
                Invariant::Stored,
                format!("decision {seq}"),
                what,
                seal,
                found,
            );
        }
    }
    // a run from before the chain is in no entry; one after its beginning must be
    let first = runs
        .iter()
        .position(|run| chain.iter().any(|entry| entry.run_id == run.id));
    let begun = first
        .and_then(|at| runs.get(at))
        .map(|run| run.pulled_at_ms);
    for run in runs {
        let known = chain.iter().any(|entry| entry.run_id == run.id);
        if !known && begun.is_some_and(|begun| run.pulled_at_ms > begun) {
            let what = text(
                "mỗi lần chạy phải có trong chuỗi",
                "every run stands in the chain",
            );
            findings.add(Invariant::Stored, run.id.as_str(), what, "1", "0");
        }
    }
    Ok(findings.0)
}

/// Every entry stands at its place and has the seal that follows from the one before.
fn sealed(chain: &[Audit], findings: &mut Findings) {
    let mut before = "";
    for (place, entry) in (1_i64..).zip(chain) {
        let wanted = chain_seal(before, entry.seq, entry.run_id.as_str(), &entry.says);
        if entry.seq != place || wanted != entry.seal {
            let what = text(
                "chuỗi các lần chạy phải còn nguyên như khi ghi",
                "the chain of runs is as it was sealed",
            );
            let about = format!("audit {place}");
            findings.add(Invariant::Stored, about, what, wanted, &entry.seal);
            return;
        }
        before = &entry.seal;
    }
}

/// The book of closings is as it was sealed, each entry says what its columns say and was written
/// after the publication that it names, and the closed files are in the archive.
fn closed(desk: &Desk, book: &[Closing], chain: &[Audit], findings: &mut Findings) {
    let what = || {
        text(
            "sổ chốt số liệu phải còn nguyên như khi ghi",
            "the book of closings is as it was sealed",
        )
    };
    let mut before = "";
    for (place, closing) in (1_i64..).zip(book) {
        let about = format!("closing {place}");
        let says: Value = serde_json::from_str(&closing.says).unwrap_or_default();
        let label = &closing.period.label;
        let wanted = chain_seal(before, closing.seq, label, &closing.says);
        if closing.seq != place
            || wanted != closing.seal
            || says_of(closing, &says["audit"]) != *closing.says
        {
            findings.add(Invariant::Stored, about, what(), wanted, &closing.seal);
            return;
        }
        let (seq, seal) = (says["audit"][0].as_i64(), says["audit"][1].as_str());
        let named = chain.iter().find(|entry| Some(entry.seq) == seq);
        if named.is_some_and(|entry| Some(&*entry.seal) != seal)
            || (seq.is_some() && named.is_none())
        {
            let found = named.map_or("-", |entry| &*entry.seal);
            findings.add(
                Invariant::Stored,
                &*about,
                what(),
                seal.unwrap_or("-"),
                found,
            );
        }
        for (name, sha256) in &closing.files {
            if let Err(error) = desk.archive.check(sha256) {
                let about = format!("{about} {label} {name}");
                findings.add(Invariant::Stored, about, what(), sha256, error.to_string());
            }
        }
        before = &closing.seal;
    }
}

/// The last closing before a run is the one that the run was sealed with.
fn told_closing(says: &Value, book: &[Closing], findings: &mut Findings) {
    let (seq, seal) = (says["closing"][0].as_i64(), says["closing"][1].as_str());
    let (Some(seq), Some(seal)) = (seq, seal) else {
        return;
    };
    let found = book.iter().find(|closing| closing.seq == seq);
    let found = found.map_or("-", |closing| &*closing.seal);
    if found != seal {
        let what = text(
            "lần chốt số liệu trước lần chạy phải còn nguyên",
            "the closing before a run is as it was",
        );
        findings.add(
            Invariant::Stored,
            format!("closing {seq}"),
            what,
            seal,
            found,
        );
    }
}

/// The run and its documents are as the entry tells them.
fn told(entry: &Audit, says: &Value, now: &Value, findings: &mut Findings) {
    for part in ["run", "kept"] {
        let (was, now) = (&says[part], &now[part]);
        if was == now {
            continue;
        }
        let fields = was.as_object().into_iter().flatten();
        let column = fields
            .map(|(name, _)| name)
            .find(|name| was[*name] != now[*name]);
        let column = column.map_or("", String::as_str);
        let what = text(
            "lần chạy phải như đã ghi vào chuỗi",
            "a run is as the chain tells it",
        );
        let about = format!("{part} {} {column}", entry.run_id);
        let (was, now) = (was[column].to_string(), now[column].to_string());
        findings.add(Invariant::Stored, about, what, was, now);
    }
}
