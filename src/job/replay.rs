//! A past run, made again from the archive: its raw answers are read and normalised again and held
//! against the stored rows, then everything after them is done again and held against what was
//! published. Changes nothing.

mod answers;
pub(super) mod published;
mod which;

use super::desk::Desk;
use super::error::JobError;
use super::kept::{self, Gone};
use super::nightly::{self, Decided, Read};
use super::{calibration, digest, recover, stored, told};
use crate::domain::{Inputs, Lang};
use crate::prove::prove;
use crate::settle::Prior;
use crate::store::RunRecord;

pub use which::find;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Equal.
    Same,
    /// Not equal, or what was to be compared is not there any more.
    Differs,
    /// It could not be compared, for a reason that is no fault.
    NotCompared,
}

impl State {
    /// The word in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::NotCompared => "not_compared",
        }
    }

    fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Same, Lang::Vi) => "khớp     ",
            (Self::Same, Lang::En) => "same     ",
            (Self::Differs, Lang::Vi) => "KHÁC     ",
            (Self::Differs, Lang::En) => "DIFFERS  ",
            (Self::NotCompared, Lang::Vi) => "chưa rõ  ",
            (Self::NotCompared, Lang::En) => "unknown  ",
        }
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name in the JSON document.
    pub what: &'static str,
    /// How it ended.
    pub state: State,
    vi: String,
    en: String,
}

impl Check {
    fn new(what: &'static str, state: State, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            what,
            state,
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// What was compared, and the first difference.
    pub fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// A run, made again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The run.
    pub run: RunRecord,
    /// What was compared, in the order of the night.
    pub checks: Vec<Check>,
}

impl Replayed {
    /// True when nothing differs.
    pub fn is_equal(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.state != State::Differs)
    }

    /// One line a comparison, after one that says how it ended.
    pub fn lines(&self, lang: Lang) -> String {
        let verdict = match (self.is_equal(), lang) {
            (true, Lang::Vi) => "tính lại ra đúng như đã công bố",
            (true, Lang::En) => "made again as published",
            (false, Lang::Vi) => "KHÁC VỚI BẢN ĐÃ CÔNG BỐ",
            (false, Lang::En) => "NOT AS PUBLISHED",
        };
        let mut lines = format!("{}: {verdict}\n", self.run.id);
        for check in &self.checks {
            lines.extend(["  ", check.state.word(lang), check.say(lang), "\n"]);
        }
        lines
    }
}

/// Makes a run again. A night may be at work: call it on one state ([`super::reader::read`]).
pub async fn replay(desk: &Desk, run: &RunRecord) -> Result<Replayed, JobError> {
    let mut checks = Vec::new();
    let desk = &told::looks_of(&told::rules_of(desk, run).await?, run)?;
    desk.progress.step(format!("{} archive", run.id));
    let told = answers::compare(desk, run, &mut checks).await?;
    let pool = inputs(desk, run, &mut checks).await?;
    if let Some((pool, prior)) = pool {
        answers::in_pool(&pool, told, &mut checks);
        if let Some(read) = rules(desk, run, pool, &mut checks)? {
            desk.progress.step(format!("{} settle", run.id));
            let decided = nightly::decide_again(desk, read, run, prior).await?;
            settled(desk, run, &decided, &mut checks).await?;
            match &decided.rules.fee_table.lost {
                Some(digest) => checks.push(without_table(digest)),
                None => published::files(desk, run, decided, &mut checks).await?,
            }
        }
    }
    published::folder(desk, run, &mut checks);
    Ok(Replayed {
        run: run.clone(),
        checks,
    })
}

/// The rows that the run read: as it kept them, else as the store has them today.
async fn inputs(
    desk: &Desk,
    run: &RunRecord,
    checks: &mut Vec<Check>,
) -> Result<Option<(Inputs, Option<Prior>)>, JobError> {
    let documents = kept::of(desk, run).await?;
    let pool = kept::read::<Inputs>(desk, &documents, kept::POOL)?;
    let mut pool = match pool {
        Ok(pool) => pool,
        Err(Gone::Lost(_)) if is_pruned(desk, &documents).await? => {
            checks.push(Check::new(
                "inputs",
                State::NotCompared,
                "dữ liệu vào: đã xóa theo hạn lưu",
                "inputs: pruned by rule",
            ));
            return Ok(None);
        }
        Err(Gone::Lost(what)) => {
            let (vi, en) = (
                "dữ liệu vào đã lưu không còn",
                "the inputs kept are not there",
            );
            checks.push(lost("inputs", vi, en, &what));
            return Ok(None);
        }
        Err(Gone::NotKept) => return from_store(desk, run, checks).await,
    };
    // with what people were told about their troubles, which no digest covers
    pool.sources = stored::sources(&run.sources_json)?;
    let found = digest::of_inputs(&mut pool)?;
    if found != run.input_digest {
        let (vi, en) = ("dữ liệu vào", "inputs");
        checks.push(other("inputs", vi, en, &run.input_digest, &found));
        return Ok(None);
    }
    let rows = pool.fees.len() + pool.txns.len() + pool.receipts.len() + pool.rejects.len();
    checks.push(Check::new(
        "inputs",
        State::Same,
        format!("dữ liệu vào: {rows} dòng, mã {}", short(&found)),
        format!("inputs: {rows} rows, digest {}", short(&found)),
    ));
    let prior = match kept::read::<Prior>(desk, &documents, kept::PRIOR)? {
        Ok(prior) => prior,
        Err(gone) => {
            let what = match gone {
                Gone::Lost(what) => what,
                Gone::NotKept => kept::PRIOR.to_owned(),
            };
            let (vi, en) = (
                "số cộng dồn đã lưu không còn",
                "the sums kept are not there",
            );
            checks.push(lost("inputs", vi, en, &what));
            return Ok(None);
        }
    };
    Ok(Some((pool, Some(prior))))
}

/// True when the rule of retention removed a document of the run.
async fn is_pruned(desk: &Desk, documents: &kept::Documents) -> Result<bool, JobError> {
    let pruned = desk.store.pruned().await?;
    Ok(documents.values().any(|sha256| pruned.holds(sha256)))
}

/// A run of an older program kept nothing: the store's rows of today may be the same.
async fn from_store(
    desk: &Desk,
    run: &RunRecord,
    checks: &mut Vec<Check>,
) -> Result<Option<(Inputs, Option<Prior>)>, JobError> {
    let stands = &*run.state == "published";
    let read = if stands {
        recover::read_again(desk, run).await?
    } else {
        None
    };
    let Some(read) = read else {
        checks.push(Check::new(
            "inputs",
            State::NotCompared,
            "dữ liệu vào: bản chương trình cũ không lưu lại, và nay đã có dòng hoặc quy tắc khác",
            "inputs: an older program kept none, and rows or rules are others today",
        ));
        return Ok(None);
    };
    let digest = short(&run.input_digest).to_owned();
    checks.push(Check::new(
        "inputs",
        State::Same,
        format!("dữ liệu vào: lấy từ cơ sở dữ liệu, mã {digest}"),
        format!("inputs: from the database, digest {digest}"),
    ));
    Ok(Some((read.pool, None)))
}

/// The rules of today must be those of the run.
fn rules(
    desk: &Desk,
    run: &RunRecord,
    pool: Inputs,
    checks: &mut Vec<Check>,
) -> Result<Option<Read>, JobError> {
    let calibration = calibration::of_run(desk, run)?;
    let rules_digest = calibration::rules_digest(desk, run.business_date, calibration.as_ref())?;
    let program = env!("CARGO_PKG_VERSION");
    if rules_digest != run.rules_digest {
        let (was, now) = (short(&run.rules_digest), short(&rules_digest));
        let vi = format!(
            "quy tắc: đã công bố với mã {was} (chương trình {}), nay là {now} (chương trình \
             {program}); khôi phục doisoat.toml hoặc bản chương trình của đêm đó rồi chạy lại",
            run.program
        );
        let en = format!(
            "rules: published with {was} (program {}), now {now} (program {program}); bring back \
             that night's doisoat.toml or program, then replay",
            run.program
        );
        checks.push(Check::new("rules", State::Differs, vi, en));
        return Ok(None);
    }
    let digest = short(&rules_digest);
    checks.push(Check::new(
        "rules",
        State::Same,
        format!("quy tắc: mã {digest}, chương trình {program}"),
        format!("rules: digest {digest}, program {program}"),
    ));
    Ok(Some(Read {
        pool,
        input_digest: run.input_digest.clone(),
        rules_digest,
        calibration,
    }))
}

/// What comes out is proved, and is what was published.
async fn settled(
    desk: &Desk,
    run: &RunRecord,
    decided: &Decided,
    checks: &mut Vec<Check>,
) -> Result<(), JobError> {
    let again = &decided.run.output_digest;
    let count = decided.settlement.rows.len();
    if *again == run.output_digest {
        let digest = short(again);
        checks.push(Check::new(
            "settled",
            State::Same,
            format!("đối soát lại: {count} dòng, mã {digest}"),
            format!("settled again: {count} rows, digest {digest}"),
        ));
    } else {
        let place = published::first_of_settlement(desk, run, &decided.settlement).await?;
        let (vi, en) = ("đối soát lại", "settled again");
        let mut check = other("settled", vi, en, &run.output_digest, again);
        if let Some(place) = place {
            check.vi.extend([format!("; khác đầu tiên: {place}")]);
            check.en.extend([format!("; first difference: {place}")]);
        }
        checks.push(check);
    }
    let Decided { pool, rules, .. } = decided;
    let found = prove(pool, rules, &decided.prior, &decided.settlement);
    let check = match found.first() {
        None => Check::new(
            "proved",
            State::Same,
            "kiểm chứng độc lập: không có gì sai",
            "proved: nothing is wrong",
        ),
        Some(first) => Check::new(
            "proved",
            State::Differs,
            format!("kiểm chứng độc lập: {}", first.sentence(Lang::Vi)),
            format!("proved: {}", first.sentence(Lang::En)),
        ),
    };
    checks.push(check);
    Ok(())
}

/// Findings of the fee table stand in the files of a night: without that table they are others.
fn without_table(digest: &str) -> Check {
    let digest = short(digest);
    Check::new(
        "files",
        State::NotCompared,
        format!(
            "tệp báo cáo: biểu phí của đêm đó (mã {digest}) không còn trong kho lưu, biểu phí hôm nay \
             đã khác; các tệp không lập lại được"
        ),
        format!(
            "files: that night's fee table ({digest}) is not in the archive any more and today's is \
             another: they cannot be made again"
        ),
    )
}

/// The beginning of a digest, for people.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

fn other(what: &'static str, vi: &str, en: &str, was: &str, now: &str) -> Check {
    let (was, now) = (short(was), short(now));
    Check::new(
        what,
        State::Differs,
        format!("{vi}: đã công bố {was}, nay là {now}"),
        format!("{en}: published {was}, now {now}"),
    )
}

fn lost(what: &'static str, vi: &str, en: &str, which: &str) -> Check {
    Check::new(
        what,
        State::Differs,
        format!("{vi}: {which}"),
        format!("{en}: {which}"),
    )
}
