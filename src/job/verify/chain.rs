//! The chain over runs: every entry is as it was sealed, every run is as its entry tells it, and
//! the decisions are those that it was sealed with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::decision::{self, Entry};
use crate::domain::{Day, RunId};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::violation::{Findings, text};
use crate::prove::{Invariant, Violation};
use crate::store::{Audit, Closing, EVIDENCE_FORM, Removed, RunRecord, chain_seal, says_of};

/// A publication, as its entry tells it.
#[derive(Debug)]
pub(super) struct Link {
    /// Its place in the chain.
    pub(super) seq: i64,
    /// The run.
    pub(super) run_id: RunId,
    /// Its night.
    pub(super) night: Day,
    /// The pull by which freshness was judged, milliseconds since 1970 in UTC.
    pub(super) pulled_ms: i64,
    /// The digest of its list of seals; none where an older program sealed nothing.
    pub(super) seals: Option<Box<str>>,
    /// The digest of its list of answers; none where an older program sealed none.
    pub(super) evidence: Option<Box<str>>,
    /// The digest of its list of where rows stood; none where an older program sealed none.
    pub(super) origins: Option<Box<str>>,
    /// Answers that came since waited in the stage, and an older program pulled none of them.
    pub(super) is_staged: bool,
}

/// The chain, read once.
pub(super) struct Chain {
    all: Vec<(Audit, Value)>,
    /// The publications, in their order.
    pub(super) links: Vec<Link>,
    /// Nights of runs that are in no entry: they were published before it began.
    before: BTreeSet<Day>,
}

impl Chain {
    /// Reads it.
    pub(super) async fn read(desk: &Desk, runs: &[RunRecord]) -> Result<Self, JobError> {
        let audits = desk.store.audits().await?.into_iter();
        let all: Vec<(Audit, Value)> = audits
            .map(|entry| {
                let says = serde_json::from_str(&entry.says).unwrap_or_default();
                (entry, says)
            })
            .collect();
        let text = |value: &Value| value.as_str().map(Into::into);
        let link = |(entry, says): &(Audit, Value)| {
            let night = says["run"]["business_date"].as_str()?;
            Some(Link {
                seq: entry.seq,
                run_id: entry.run_id.clone(),
                night: Day::read_text(night)?,
                pulled_ms: says["run"]["pulled_ms_wall"].as_i64().unwrap_or(0),
                seals: text(&says["kept"]["seals"]),
                evidence: text(&says["evidence"][1]),
                origins: text(&says["origin"][1]),
                is_staged: says["evidence"][2].as_u64() >= Some(EVIDENCE_FORM),
            })
        };
        let links: Vec<Link> = all.iter().filter_map(link).collect();
        let known: BTreeSet<&RunId> = links.iter().map(|link| &link.run_id).collect();
        let before = runs.iter().filter(|run| !known.contains(&run.id));
        let before = before.map(|run| run.business_date).collect();
        Ok(Self { all, links, before })
    }

    /// The publication of a run.
    pub(super) fn link(&self, run_id: &RunId) -> Option<&Link> {
        self.links.iter().find(|link| link.run_id == *run_id)
    }

    /// Runs stand in no entry: they were published before it began.
    pub(super) fn begins_later(&self) -> bool {
        !self.before.is_empty()
    }

    /// An older program published: it may have pulled without keeping the digest of what no list
    /// holds yet, and sealed less.
    pub(super) fn is_of_older(&self) -> bool {
        let mut links = self.links.iter();
        links.any(|link| !link.is_staged || link.seals.is_none())
    }

    /// A night was published after this run.
    pub(super) fn published_since(&self, run_id: &RunId, night: Day) -> bool {
        let seq = self.link(run_id).map(|link| link.seq);
        let mut later = self.links.iter().filter(|link| link.night == night);
        later.any(|link| Some(link.seq) > seq)
    }

    /// A night before that of the run was published after it: its sums to date were others then.
    /// Of runs from before the chain the pulls tell.
    pub(super) fn earlier_night_since(&self, run: &RunRecord, all: &[RunRecord]) -> bool {
        let seq = self.link(&run.id).map(|link| link.seq);
        let since = |other: &RunRecord| match self.link(&other.id) {
            Some(link) => Some(link.seq) > seq,
            None => seq.is_none() && other.pulled_at_ms > run.pulled_at_ms,
        };
        let mut earlier = all.iter();
        earlier.any(|other| other.business_date < run.business_date && since(other))
    }

    /// The night before that of a publication, as it was then; empty where there was none.
    pub(super) fn night_before(&self, link: &Link) -> String {
        let earlier = self.links.iter().filter(|other| other.seq < link.seq);
        let nights = earlier
            .map(|other| other.night)
            .chain(self.before.iter().copied());
        let nights = nights.filter(|night| *night < link.night);
        nights
            .max()
            .map_or_else(String::new, |night| night.to_string())
    }

    /// The run that stands for each night: the one published last.
    fn standing(&self, runs: &[RunRecord]) -> BTreeMap<Day, RunId> {
        let mut standing = BTreeMap::new();
        // runs from before the chain, by their versions
        for run in runs.iter().filter(|run| self.link(&run.id).is_none()) {
            standing.insert(run.business_date, run.id.clone());
        }
        for link in &self.links {
            standing.insert(link.night, link.run_id.clone());
        }
        standing
    }
}

/// Gives every run the state that follows from the chain; tells the runs that say otherwise.
pub(super) fn set_states(chain: &Chain, runs: &mut [RunRecord]) -> Findings {
    let mut findings = Findings::default();
    let standing = chain.standing(runs);
    for run in runs {
        let stands = standing.get(&run.business_date) == Some(&run.id);
        let wanted = if stands { "published" } else { "superseded" };
        if &*run.state != wanted {
            let what = text(
                "trạng thái lần chạy phải theo chuỗi: bản công bố sau cùng của đêm là bản đang dùng",
                "the state of a run follows from the chain: the night's last publication stands",
            );
            let about = format!("run {} state", run.id);
            findings.add(Invariant::Stored, about, what, wanted, &run.state);
            run.state = wanted.into();
        }
    }
    findings
}

/// What does not hold; each is told with the place in the chain, or the run.
pub(super) async fn broken(
    desk: &Desk,
    chain: &Chain,
    runs: &[RunRecord],
    book: &[Entry],
    pruned: &Removed,
) -> Result<Vec<Violation>, JobError> {
    let mut findings = Findings::default();
    sealed(&chain.all, &mut findings);
    let closings = desk.store.closings().await?;
    closed(desk, &closings, &chain.all, &mut findings);
    let last: BTreeMap<u64, &str> = book.iter().map(|entry| (entry.seq, &*entry.seal)).collect();
    for (_, says) in &chain.all {
        told_closing(says, &closings, &mut findings);
    }
    for (entry, says) in chain.all.iter().filter(|(_, says)| says["run"].is_object()) {
        let now = desk
            .store
            .audit_of(&entry.run_id)
            .await?
            .unwrap_or_default();
        told(entry, says, &now, &mut findings);
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
    outside(desk, chain, runs, &mut findings).await?;
    removed(chain, pruned, &mut findings);
    Ok(findings.0)
}

/// A run from before the chain is in no entry; one after its beginning must be, and one whose rows
/// were sealed.
async fn outside(
    desk: &Desk,
    chain: &Chain,
    runs: &[RunRecord],
    findings: &mut Findings,
) -> Result<(), JobError> {
    let begun = chain.links.first();
    let chained: BTreeSet<&RunId> = chain.links.iter().map(|link| &link.run_id).collect();
    for run in runs.iter().filter(|run| chain.link(&run.id).is_none()) {
        let replaces = run.replaces.as_ref().is_some_and(|id| chained.contains(id));
        // the clock may have gone back since, but the nights went on
        let after =
            |link: &Link| run.business_date >= link.night && run.pulled_at_ms > link.pulled_ms;
        if replaces
            || begun.is_some_and(after)
            || desk.store.kept(&run.id).await?.contains_key("seals")
        {
            let what = text(
                "mỗi lần chạy phải có trong chuỗi",
                "every run stands in the chain",
            );
            findings.add(Invariant::Stored, run.id.as_str(), what, "1", "0");
        }
    }
    Ok(())
}

/// The first entry of the book that is not what was sealed.
pub(super) fn changed_entry(book: &[Entry]) -> Option<Violation> {
    let at = decision::broken(book)?;
    let mut findings = Findings::default();
    let what = text(
        "sổ quyết định phải còn nguyên như khi ghi (chuỗi niêm phong)",
        "the book of decisions is as it was sealed",
    );
    let about = format!("decision {at}");
    findings.add(Invariant::Stored, about, what, "sealed", "changed");
    findings.0.pop()
}

/// What was removed from the archive by rule is what the chain tells.
fn removed(chain: &Chain, pruned: &Removed, findings: &mut Findings) {
    let Some(told) = chain.all.last().and_then(|(_, says)| says.get("pruned")) else {
        return;
    };
    let found = pruned.says();
    if found != *told {
        let what = text(
            "những tệp đã xóa theo hạn lưu phải như chuỗi đã ghi",
            "what was removed by rule is what the chain tells",
        );
        findings.add(
            Invariant::Stored,
            "pruned",
            what,
            told.to_string(),
            found.to_string(),
        );
    }
}

/// Every entry stands at its place and has the seal that follows from the one before.
fn sealed(chain: &[(Audit, Value)], findings: &mut Findings) {
    let mut before = "";
    for (place, (entry, _)) in (1_i64..).zip(chain) {
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
fn closed(desk: &Desk, book: &[Closing], chain: &[(Audit, Value)], findings: &mut Findings) {
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
        let mut entries = chain.iter().map(|(entry, _)| entry);
        let named = entries.find(|entry| Some(entry.seq) == seq);
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

/// The last closing before an entry of the chain is the one that the entry was sealed with.
fn told_closing(says: &Value, book: &[Closing], findings: &mut Findings) {
    let (seq, seal) = (says["closing"][0].as_i64(), says["closing"][1].as_str());
    let (Some(seq), Some(seal)) = (seq, seal) else {
        return;
    };
    let found = book.iter().find(|closing| closing.seq == seq);
    let found = found.map_or("-", |closing| &*closing.seal);
    if found != seal {
        let what = text(
            "lần chốt số liệu mà chuỗi đã ghi phải còn nguyên",
            "a closing that the chain tells is as it was",
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
