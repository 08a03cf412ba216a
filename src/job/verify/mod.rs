//! A past run, proved again: read from the store, settled again, proved, and read against what the
//! database and the published folder say. Nothing is changed.

mod chain;
pub(super) mod folder;
mod seals;
mod tables;

use std::collections::BTreeMap;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::{self, Decided};
use super::{calibration, digest, recover, told};
use crate::decision::{self, Entry};
use crate::domain::{Day, Lang, RunId, Text};
use crate::prove::violation::{Findings, text};
use crate::prove::{Invariant, Violation, prove};
use crate::store::{RunRecord, StoreError, Tables};

/// Which runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The last published night.
    Last,
    /// The run that stands for a night.
    Night(Day),
    /// One run, also one that was replaced.
    Run(RunId),
    /// Every run that stands.
    All,
}

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
        for violation in self.found.iter().take(TOLD) {
            let invariant = violation.invariant.id();
            lines.extend(["  ", invariant, ": ", &violation.sentence(lang), "\n"]);
        }
        if self.found.len() > TOLD {
            lines.extend([format!("  … {}\n", self.found.len() - TOLD)]);
        }
        lines
    }
}

/// So many findings of a run are told.
const TOLD: usize = 20;

/// Verifies runs, each by itself. A night may be at work: call it on one state
/// ([`super::reader::read`]).
pub async fn verify(desk: &Desk, which: &Which) -> Result<Vec<Verified>, JobError> {
    let all = desk.store.runs().await?;
    let runs = chosen(&all, which)?;
    let tables = desk.store.everything().await?;
    let book = desk.store.decisions().await?;
    let mut common = Findings(chain::broken(desk, &all, &book).await?);
    seals::nights(&all, &tables, &mut common);
    let mut verified = Vec::new();
    for run in runs {
        desk.checkpoint()?;
        desk.progress.step(format!("{} verify", run.id));
        let mut run = one(desk, run, &all, &tables).await?;
        run.checked
            .push(text("chuỗi các lần chạy", "chain of runs"));
        run.found.extend(common.0.iter().cloned());
        if !book.is_empty() {
            run.checked.push(text("sổ quyết định", "book of decisions"));
            run.found.extend(changed_entry(&book));
        }
        verified.push(run);
    }
    Ok(verified)
}

/// The first entry of the book that is not what was sealed.
fn changed_entry(book: &[Entry]) -> Option<Violation> {
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

fn chosen<'r>(all: &'r [RunRecord], which: &Which) -> Result<Vec<&'r RunRecord>, JobError> {
    let stands = |run: &&RunRecord| &*run.state == "published";
    let runs: Vec<&RunRecord> = match which {
        Which::All => return Ok(all.iter().filter(stands).collect()),
        Which::Last => {
            let last = all
                .iter()
                .filter(stands)
                .max_by_key(|run| run.business_date);
            last.into_iter().collect()
        }
        Which::Night(day) => {
            let mine = |run: &&RunRecord| run.business_date == *day;
            all.iter().filter(stands).filter(mine).collect()
        }
        Which::Run(id) => all.iter().filter(|run| run.id == *id).collect(),
    };
    if !runs.is_empty() {
        return Ok(runs);
    }
    let message = match which {
        Which::Night(day) => format!("{day} was never published"),
        Which::Run(id) => format!("there is no run {id}"),
        Which::Last | Which::All => "no night has been published yet".to_owned(),
    };
    Err(JobError::Usage {
        message,
        fix: "see `doisoat status`".into(),
    })
}

async fn one(
    desk: &Desk,
    run: &RunRecord,
    all: &[RunRecord],
    tables: &Tables,
) -> Result<Verified, JobError> {
    let mut findings = Findings::default();
    let mut checked = vec![text("hồ sơ lần chạy", "the record")];
    let mut left_out = Vec::new();
    record(run, &mut findings);
    if &*run.state == "published" {
        let decided = match again(desk, run, &mut left_out).await {
            // a damaged value ends the reading; the seals below name its row
            Err(JobError::Store(StoreError::Corrupt { what, detail })) => {
                let wanted = text("dữ liệu phải đọc được", "rows can be read");
                findings.add(Invariant::Stored, what, wanted, "-", detail);
                None
            }
            decided => decided?,
        };
        let moved = earlier_night_since(run, all);
        if let Some(decided) = &decided {
            settled(run, decided, moved, &mut findings);
            checked.push(text("dữ liệu vào", "inputs"));
            checked.push(text("đối soát lại", "settled again"));
            checked.push(text("kiểm chứng độc lập", "proved"));
            tables::decided(run, &decided.settlement, moved, tables, &mut findings);
        }
        if moved {
            left_out.push(text(
                "tỷ lệ lũy kế (một đêm trước đó đã công bố lại)",
                "shares to date (an earlier night was published again since)",
            ));
        }
        tables::itself(run, moved, tables, &mut findings);
        if seals::check(desk, run, tables, &mut findings).await? {
            checked.push(text("niêm phong từng dòng", "sealed rows"));
        } else {
            left_out.push(text(
                "niêm phong từng dòng (bản cũ không có, hoặc đã hết hạn lưu)",
                "sealed rows (an older program sealed none, or the list was pruned)",
            ));
        }
        checked.push(text("bảng trong cơ sở dữ liệu", "tables"));
    } else {
        left_out.push(text(
            "các dòng (đã có bản thay thế)",
            "rows (it was replaced)",
        ));
    }
    if folder::check(&desk.config.report_dir, run, &mut findings) {
        checked.push(text("tệp đã phát hành", "published files"));
    } else {
        left_out.push(text(
            "thư mục báo cáo (không còn)",
            "report folder (not there)",
        ));
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

/// A night before this one was published again after it: its sums to date were others then.
pub(super) fn earlier_night_since(run: &RunRecord, all: &[RunRecord]) -> bool {
    let since = |other: &RunRecord| {
        other.business_date < run.business_date && other.pulled_at_ms > run.pulled_at_ms
    };
    all.iter().any(since)
}

/// `run.json` says what the record says.
fn record(run: &RunRecord, findings: &mut Findings) {
    let document = serde_json::from_str(&run.run_json);
    let document: serde_json::Value = document.unwrap_or_default();
    let told = |place: &str| {
        let value = document.pointer(place);
        value.map_or_else(String::new, |value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
    };
    let codes: Vec<String> = run.exit_codes.iter().map(u8::to_string).collect();
    let wanted: BTreeMap<&str, String> = BTreeMap::from([
        ("/run_id", run.id.to_string()),
        ("/business_date", run.business_date.to_string()),
        ("/version_of_night", run.version.to_string()),
        ("/exit_codes", format!("[{}]", codes.join(","))),
        ("/digests/input", run.input_digest.to_string()),
        ("/digests/rules", run.rules_digest.to_string()),
        ("/digests/output", run.output_digest.to_string()),
    ]);
    let what = text(
        "run.json phải khớp với hồ sơ lần chạy",
        "run.json agrees with the run's record",
    );
    for (place, wanted) in wanted {
        let told = told(place);
        if told != wanted {
            let about = format!("{} {place}", run.id);
            findings.add(Invariant::Stored, about, what, wanted, told);
        }
    }
    let id = digest::run_id(
        run.business_date,
        &run.input_digest,
        &run.rules_digest,
        run.version,
    );
    if id != run.id {
        let what = text(
            "mã lần chạy phải tính từ dữ liệu vào và quy tắc",
            "the run id follows from inputs and rules",
        );
        findings.add(Invariant::Stored, run.id.as_str(), what, id, &run.id);
    }
}

/// What comes out again is proved, and is what was published.
fn settled(run: &RunRecord, decided: &Decided, moved: bool, findings: &mut Findings) {
    let Decided { pool, rules, .. } = decided;
    let found = prove(pool, rules, &decided.prior, &decided.settlement);
    findings.0.extend(found);
    if moved {
        return;
    }
    let again = digest::of(&decided.settlement).unwrap_or_default();
    if again != run.output_digest {
        let what = text(
            "đối soát lại phải ra đúng kết quả đã công bố",
            "settled again it is what was published",
        );
        let about = run.id.as_str();
        findings.add(Invariant::Stored, about, what, &run.output_digest, again);
    }
}
