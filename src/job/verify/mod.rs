//! A past run, proved again: read from the store, settled again, proved, and read against what the
//! database and the published folder say. Nothing is changed.

mod answers;
mod chain;
mod closed;
mod evidence;
pub(super) mod folder;
mod known;
mod ledger;
mod lists;
mod origins;
mod others;
mod raws;
mod record;
mod replaced;
mod seals;
mod staged;
mod strangers;
mod tables;
mod which;

use std::collections::BTreeSet;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::{self, Decided};
use super::{calibration, recover, told};
use crate::domain::{Day, Lang, Text};
use crate::prove::violation::{Findings, text};
use crate::prove::{Invariant, Violation};
use crate::store::{Removed, RunRecord, StoreError, Tables};
use answers::Answers;
use chain::Chain;
use ledger::Ledger;
use seals::Seals;
use strangers::Waiting;
pub use which::Which;
use which::chosen;

/// What was found of one run.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The run.
    pub run: RunRecord,
    /// What was checked, in words.
    pub checked: Vec<Text>,
    /// What could not be checked, and why.
    pub left_out: Vec<Text>,
    /// What does not hold.
    pub found: Vec<Violation>,
}

impl Verified {
    /// One line when all holds, else one more for each finding.
    pub fn lines(&self, lang: Lang) -> String {
        let list = |texts: &[Text]| {
            let texts = texts.iter().map(|text| text.get(lang));
            texts.collect::<Vec<_>>().join(", ")
        };
        let (run, checked) = (&self.run.id, list(&self.checked));
        let verdict = match (self.found.is_empty(), lang) {
            (true, Lang::Vi) => "đúng",
            (true, Lang::En) => "holds",
            (false, Lang::Vi) => "KHÔNG ĐÚNG",
            (false, Lang::En) => "DOES NOT HOLD",
        };
        let mut lines = format!("{run}: {verdict} ({checked})");
        if !self.left_out.is_empty() {
            let open = match lang {
                Lang::Vi => "chưa kiểm được",
                Lang::En => "not checked",
            };
            lines.extend(["; ", open, ": ", &list(&self.left_out)]);
        }
        lines.push('\n');
        lines.push_str(&findings_of(&self.found, lang));
        lines
    }
}

/// A line each, the first of them.
fn findings_of(found: &[Violation], lang: Lang) -> String {
    let mut lines = String::new();
    for violation in found.iter().take(TOLD) {
        let invariant = violation.invariant.id();
        lines.extend(["  ", invariant, ": ", &violation.sentence(lang), "\n"]);
    }
    if found.len() > TOLD {
        lines.extend([format!("  … {}\n", found.len() - TOLD)]);
    }
    lines
}

/// So many findings of a run are told.
const TOLD: usize = 20;

/// What was found of all that was looked at.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Each run by itself; what concerns all of them stands with each.
    pub runs: Vec<Verified>,
    /// What does not hold of the chain, the lists of seals and the books.
    pub found: Vec<Violation>,
    /// Closed periods of which other figures are told now: no fault, Vietnamese and English.
    pub notes: Vec<(String, String)>,
}

impl Verification {
    /// True where nothing that was looked at fails to hold.
    pub fn holds(&self) -> bool {
        self.found.is_empty() && self.runs.iter().all(|run| run.found.is_empty())
    }

    /// The lines of each run, and the notes.
    pub fn lines(&self, lang: Lang) -> String {
        let mut lines: String = self.runs.iter().map(|run| run.lines(lang)).collect();
        if self.runs.is_empty() {
            lines.push_str(&findings_of(&self.found, lang));
        }
        for (vi, en) in &self.notes {
            let note = if lang == Lang::Vi { vi } else { en };
            lines.extend([note.as_str(), "\n"]);
        }
        lines
    }
}

/// What concerns all runs.
struct Common<'t> {
    chain: Chain,
    pruned: Removed,
    answers: Answers,
    waiting: Waiting,
    tables: &'t Tables,
    ledger: Ledger<'t>,
    /// Rows came after the last publication.
    late: bool,
}

impl Common<'_> {
    fn known(&self) -> evidence::Known<'_> {
        evidence::Known {
            chain: &self.chain,
            pruned: &self.pruned,
            answers: &self.answers,
        }
    }
}

/// Verifies runs, each by itself. A night may be at work: call it on one state
/// ([`super::reader::read`]).
pub async fn verify(desk: &Desk, which: &Which) -> Result<Verification, JobError> {
    desk.own_archive().await?;
    let mut all = desk.store.runs().await?;
    let chain = Chain::read(desk, &all).await?;
    let pruned = desk.store.pruned().await?;
    let book = desk.store.decisions().await?;
    let mut found = chain::set_states(&chain, &mut all);
    found
        .0
        .extend(chain::broken(desk, &chain, &all, &book, &pruned).await?);
    folder::unknown(&desk.config.report_dir, &all, &mut found);
    let runs = match chosen(&all, which) {
        // what is missing may be what somebody took away
        Err(_) if !found.0.is_empty() => Vec::new(),
        chosen => chosen?,
    };
    let tables = desk.store.everything().await?;
    seals::nights(&all, &tables, &mut found);
    tables::itself(&tables, &mut found);
    staged::check(desk, &tables, &mut found).await?;
    let nights: BTreeSet<Day> = all.iter().map(|run| run.business_date).collect();
    let answers = answers::read(desk, &chain, &mut found).await?;
    raws::check(desk, &chain, &mut found).await?;
    strangers::check(desk, (&all, &chain), &tables, &mut found).await?;
    let waiting = Waiting::read(desk, &chain).await?;
    let told = (&chain, &answers, &waiting);
    let late = lists::newest(desk, told, &nights, &tables, &mut found)?
        | origins::check(desk, &chain, &mut found).await?;
    let notes = closed::check(desk, (&all, &runs), which, &mut found).await?;
    if !book.is_empty() {
        found.0.extend(chain::changed_entry(&book));
    }
    let common = Common {
        chain,
        pruned,
        answers,
        waiting,
        ledger: Ledger::new(&tables),
        tables: &tables,
        late,
    };
    let others = others::check(desk, (&all, &runs), &common, which, &mut found).await?;
    found.0.sort();
    found.0.dedup();
    let mut verified = Vec::new();
    for run in runs {
        desk.checkpoint()?;
        desk.progress.step(format!("{} verify", run.id));
        let mut run = one(desk, run, &all, &common).await?;
        if others {
            let others = "seals of the other runs";
            run.checked
                .push(text("niêm phong các lần chạy khác", others));
        }
        run.checked
            .push(text("chuỗi các lần chạy", "chain of runs"));
        run.found.extend(found.0.iter().cloned());
        if !book.is_empty() {
            run.checked.push(text("sổ quyết định", "book of decisions"));
        }
        verified.push(run);
    }
    Ok(Verification {
        runs: verified,
        found: found.0,
        notes,
    })
}

async fn one(
    desk: &Desk,
    run: &RunRecord,
    all: &[RunRecord],
    common: &Common<'_>,
) -> Result<Verified, JobError> {
    let mut findings = Findings::default();
    let mut looked = Looked {
        checked: vec![text("hồ sơ lần chạy", "the record")],
        left_out: Vec::new(),
    };
    record::told(run, &mut findings);
    if &*run.state == "published" {
        rows(desk, (run, all), common, &mut looked, &mut findings).await?;
    } else {
        seals::shares(desk, run, &common.chain, &common.ledger, &mut findings);
        looked.left_out.push(text(
            "các dòng (đã có bản thay thế)",
            "rows (it was replaced)",
        ));
    }
    let Looked {
        mut checked,
        mut left_out,
    } = looked;
    let reports = &desk.config.report_dir;
    if folder::check(reports, run, &mut findings) {
        checked.push(text("tệp đã phát hành", "published files"));
    } else if !folder::gone(reports, run, &mut findings) {
        left_out.push(text(
            "thư mục báo cáo (không còn)",
            "report folder (not there)",
        ));
    }
    let bytes = evidence::Bytes::Whole;
    let evidence = evidence::check(desk, run, common.known(), bytes, &mut findings).await?;
    if evidence.sealed {
        checked.push(text("chứng cứ trong kho lưu", "evidence in the archive"));
    }
    if evidence.pruned {
        left_out.push(text(
            "chứng cứ đã xóa theo hạn lưu",
            "evidence that was pruned by rule",
        ));
    }
    let link = common.chain.link(&run.id);
    if link.is_none_or(|link| link.origins.is_none()) {
        left_out.push(origins::NEVER_SEALED);
    }
    if evidence.late || common.late {
        left_out.push(lists::CAME_LATER);
    }
    let mut found = findings.0;
    found.sort();
    found.dedup();
    Ok(Verified {
        run: run.clone(),
        checked,
        left_out,
        found,
    })
}

/// What was checked of a run so far, and what could not be.
struct Looked {
    checked: Vec<Text>,
    left_out: Vec<Text>,
}

/// The rows of a run that stands: settled again, and against their seals.
async fn rows(
    desk: &Desk,
    (run, all): (&RunRecord, &[RunRecord]),
    common: &Common<'_>,
    Looked { checked, left_out }: &mut Looked,
    findings: &mut Findings,
) -> Result<(), JobError> {
    let tables = common.tables;
    let decided = match again(desk, run, left_out).await {
        // a damaged value ends the reading; the seals below name its row
        Err(JobError::Store(StoreError::Corrupt { what, detail })) => {
            let wanted = text("dữ liệu phải đọc được", "rows can be read");
            findings.add(Invariant::Stored, what, wanted, "-", detail);
            None
        }
        decided => decided?,
    };
    let moved = common.chain.earlier_night_since(run, all);
    if let Some(decided) = &decided {
        record::settled(run, decided, moved, findings);
        checked.push(text("dữ liệu vào", "inputs"));
        checked.push(text("đối soát lại", "settled again"));
        checked.push(text("kiểm chứng độc lập", "proved"));
        let stored = (tables, &common.ledger);
        tables::decided(run, &decided.settlement, moved, stored, findings);
    }
    if moved {
        left_out.push(text(
            "tỷ lệ lũy kế (một đêm trước đó đã công bố lại)",
            "shares to date (an earlier night was published again since)",
        ));
    }
    if !moved {
        tables::sums(run, tables, findings);
    }
    let seen = (&common.chain, &common.waiting);
    match seals::check(desk, run, seen, &common.ledger, findings) {
        Seals::Held => checked.push(text("niêm phong từng dòng", "sealed rows")),
        Seals::Lost => {}
        Seals::Never => left_out.push(text(
            "niêm phong từng dòng (bản cũ không có)",
            "sealed rows (an older program sealed none)",
        )),
    }
    checked.push(text("bảng trong cơ sở dữ liệu", "tables"));
    Ok(())
}

/// The night decided again, or why it cannot be.
async fn again(
    desk: &Desk,
    run: &RunRecord,
    left_out: &mut Vec<Text>,
) -> Result<Option<Decided>, JobError> {
    let desk = &told::rules_of(desk, run).await?;
    let calibration = calibration::of_run(desk, run)?;
    if run.rules_digest != calibration::rules_digest(desk, run.business_date, calibration.as_ref())?
    {
        left_out.push(text(
            "đối soát lại (quy tắc hoặc phiên bản chương trình đã khác)",
            "settling again (the rules or the program's version are others now)",
        ));
        return Ok(None);
    }
    let Some(read) = recover::read_again(desk, run).await? else {
        left_out.push(text(
            "đối soát lại (sau đó có dòng mới hoặc dòng đã đổi, không dựng lại được từ dữ liệu hôm nay)",
            "settling again (rows arrived or changed since: not reproducible from today's rows)",
        ));
        return Ok(None);
    };
    nightly::decide_as(desk, read, run, None).await.map(Some)
}
