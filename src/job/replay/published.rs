//! What is made again against what was published: the files of the night, and its folder.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Check, Decided, Desk, JobError, RunRecord, State};
use crate::domain::Lang;
use crate::job::verify::folder as shown;
use crate::job::{estimate, kept, order, recover, stage};
use crate::prove::violation::Findings;
use crate::report::csv;
use crate::report::publish::OutFile;
use crate::settle::Settlement;

/// Makes every file again and compares it, byte by byte, with the published one.
pub(super) async fn files(
    desk: &Desk,
    run: &RunRecord,
    mut decided: Decided,
    checks: &mut Vec<Check>,
) -> Result<(), JobError> {
    let mut again = spelt_as(stage::files(desk, &decided)?, run);
    if !are_of(&again, run) {
        // the language is no input: the night may have been told in the other one
        let mut config = (*desk.config).clone();
        config.lang = match config.lang {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        };
        decided.facts.lang = config.lang;
        let spoken = Desk {
            config: config.into(),
            ..desk.clone()
        };
        let Decided {
            pool, settlement, ..
        } = &decided;
        let day = run.business_date;
        decided.facts.estimates = estimate::estimates(&spoken, day, pool, settlement).await?;
        let other = spelt_as(stage::files(&spoken, &decided)?, run);
        if are_of(&other, run) {
            again = other;
        }
    }
    for (name, sha256) in &run.files {
        let file = again.iter().find(|file| file.name == *name);
        if file.is_some_and(|file| is(file, sha256)) {
            continue;
        }
        if let Some((vi, en)) = excuse(desk, run).await? {
            checks.push(Check::new("files", State::NotCompared, vi, en));
            return Ok(());
        }
        let line = match (file, desk.archive.get(sha256)) {
            (Some(file), Ok(bytes)) => first_line(&bytes, &file.bytes).to_string(),
            _ => "-".to_owned(),
        };
        checks.push(Check::new(
            "files",
            State::Differs,
            format!("tệp báo cáo lập lại: {name} khác từ dòng {line}"),
            format!("files made again: {name} differs from line {line} on"),
        ));
        return Ok(());
    }
    let count = run.files.len();
    checks.push(Check::new(
        "files",
        State::Same,
        format!("tệp báo cáo lập lại: {count} tệp, đúng từng byte"),
        format!("files made again: {count}, byte by byte"),
    ));
    Ok(())
}

/// The separator of tables is no input: each is told as it was published.
fn spelt_as(mut files: Vec<OutFile>, run: &RunRecord) -> Vec<OutFile> {
    for (name, sha256) in &run.files {
        let file = files.iter_mut().find(|file| file.name == *name);
        let Some(file) = file.filter(|file| stage::is_table(name) && !is(file, sha256)) else {
            continue;
        };
        for semicolons in [true, false] {
            let bytes = csv::separated(&file.bytes, semicolons);
            if hex::encode(Sha256::digest(&bytes)) == **sha256 {
                file.bytes = bytes;
                break;
            }
        }
    }
    files
}

fn is(file: &OutFile, sha256: &str) -> bool {
    hex::encode(Sha256::digest(&file.bytes)) == sha256
}

/// True when these are the files that the run published.
fn are_of(files: &[OutFile], run: &RunRecord) -> bool {
    let same = |(name, sha256): &(Box<str>, Box<str>)| {
        let mut of_name = files.iter().filter(|file| file.name == *name);
        of_name.next().is_some_and(|file| is(file, sha256))
    };
    run.files.iter().all(same)
}

/// The report tells of other nights and of the store, too; why it may be another today.
async fn excuse(
    desk: &Desk,
    run: &RunRecord,
) -> Result<Option<(&'static str, &'static str)>, JobError> {
    if order::earlier_night_since(desk, run).await? {
        return Ok(Some((
            "tệp báo cáo: có kể về đêm trước, mà một đêm trước đã công bố lại sau đó",
            "files: they tell of the night before, and an earlier night was published again since",
        )));
    }
    let stands = &*run.state == "published";
    if !stands || recover::read_again(desk, run).await?.is_none() {
        return Ok(Some((
            "tệp báo cáo: có kể số dòng của nguồn trong cơ sở dữ liệu, mà sau đó đã có dòng mới",
            "files: they tell what the sources hold, and rows have arrived since",
        )));
    }
    Ok(None)
}

/// The first line, from 1, in which two files differ.
fn first_line(was: &[u8], now: &[u8]) -> usize {
    let (was, now) = (was.split(|b| *b == b'\n'), now.split(|b| *b == b'\n'));
    was.zip(now).take_while(|(was, now)| was == now).count() + 1
}

/// The folder, where it is there, against its sums and the files of the run.
pub(super) fn folder(desk: &Desk, run: &RunRecord, checks: &mut Vec<Check>) {
    let root = &desk.config.report_dir;
    let Some(place) = shown::folder(root, run) else {
        checks.push(Check::new(
            "folder",
            State::NotCompared,
            "thư mục báo cáo: không còn",
            "report folder: not there",
        ));
        return;
    };
    let mut findings = Findings::default();
    shown::check(root, run, &mut findings);
    let first = findings.0.first();
    let changed = run.files.iter().find(|(name, sha256)| {
        let bytes = std::fs::read(place.join(&**name)).unwrap_or_default();
        hex::encode(Sha256::digest(bytes)) != **sha256
    });
    let (vi, en) = match (first, changed) {
        (Some(first), _) => (first.sentence(Lang::Vi), first.sentence(Lang::En)),
        (None, Some((name, _))) => (
            format!("{name} không phải tệp đã công bố"),
            format!("{name} is not the published file"),
        ),
        (None, None) => {
            let (count, place) = (run.files.len(), place.display());
            checks.push(Check::new(
                "folder",
                State::Same,
                format!("thư mục báo cáo {place}: {count} tệp, đúng từng byte"),
                format!("report folder {place}: {count} files, byte by byte"),
            ));
            return;
        }
    };
    checks.push(Check::new(
        "folder",
        State::Differs,
        format!("thư mục báo cáo: {vi}"),
        format!("report folder: {en}"),
    ));
}

/// Where the settlement made again first differs from the one that the run kept.
pub(super) async fn first_of_settlement(
    desk: &Desk,
    run: &RunRecord,
    again: &Settlement,
) -> Result<Option<String>, JobError> {
    let documents = kept::of(desk, run).await?;
    let Ok(was) = kept::read::<Value>(desk, &documents, kept::SETTLEMENT)? else {
        return Ok(None);
    };
    let now = serde_json::to_value(again).unwrap_or_default();
    Ok(first_place(&was, &now, "settlement"))
}

/// The path to the first value that differs, and both values.
pub(in crate::job) fn first_place(was: &Value, now: &Value, at: &str) -> Option<String> {
    if was == now {
        return None;
    }
    let empty = Value::Null;
    let inner = match (was, now) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .find_map(|(k, v)| first_place(v, b.get(k).unwrap_or(&empty), &format!("{at}.{k}"))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            let place = |(n, (a, b))| first_place(a, b, &format!("{at}[{n}]"));
            pairs.map(place).find_map(|found| found)
        }
        _ => None,
    };
    let cut = |value: &Value| value.to_string().chars().take(120).collect::<String>();
    Some(inner.unwrap_or_else(|| format!("{at}: {} / {}", cut(was), cut(now))))
}
