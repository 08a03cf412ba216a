//! The published folder against its sums and against the database.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::Day;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::report::publish::{self, TIMINGS};
use crate::store::{KeptFile, RunRecord};

/// True when the folder of the run is there and was checked.
pub(in crate::job) fn check(root: &Path, run: &RunRecord, findings: &mut Findings) -> bool {
    let Some(folder) = folder(root, run) else {
        return false;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
    let mut add = |file: &str, what, expected: &str, found: &str| {
        let about = folder.join(file).display().to_string();
        findings.add(Invariant::Files, about, what, expected, found);
    };
    let sums = String::from_utf8_lossy(&read(publish::SUMS)).into_owned();
    // the sums beside the files are as easily changed as the files: those of the database count,
    // which the chain seals; runs of before the files were kept have only the former
    let told = if run.files.is_empty() {
        let lines = sums.lines().filter_map(|line| line.split_once("  "));
        let lines = lines.map(|(sum, name)| (name.into(), sum.into()));
        lines.collect()
    } else {
        run.files.clone()
    };
    let wanted = publish::sums_of(&told);
    if sums != wanted {
        let what = text(
            "SHA256SUMS phải ghi đúng các tệp đã phát hành",
            "SHA256SUMS lists the files as they were published",
        );
        let other = |(line, other): (&str, &str)| (line != other).then(|| line.to_owned());
        let mut pairs = sums.lines().chain([""]).zip(wanted.lines().chain([""]));
        let line = pairs.find_map(other).unwrap_or_default();
        add(publish::SUMS, what, "database", &line);
    }
    let mut covered: BTreeSet<String> = BTreeSet::from([TIMINGS.into(), publish::SUMS.into()]);
    for (name, wanted) in &told {
        covered.insert(name.to_string());
        let bytes = std::fs::read(folder.join(&**name)).ok();
        let found = bytes.map_or("-".to_owned(), |bytes| hex::encode(Sha256::digest(bytes)));
        if found != **wanted {
            let what = text(
                "tệp đã phát hành không được mất hoặc thay đổi; lệnh doisoat run --date tạo lại",
                "a published file is there unchanged; doisoat run --date makes it again",
            );
            add(name, what, wanted, &found);
        }
    }
    for name in names(&folder) {
        if !covered.contains(&name) {
            let what = text(
                "không có tệp lạ trong thư mục",
                "no other file lies in the folder",
            );
            add(&name, what, "-", "1");
        }
    }
    if read("run.json") != run.run_json.as_bytes() {
        let what = text(
            "run.json phải là bản trong cơ sở dữ liệu",
            "run.json is the one in the database",
        );
        add("run.json", what, "database", "other");
    }
    true
}

/// The folder of a closed period, where it is there, holds the files that were closed and no
/// others; `cure` makes it again.
pub(super) fn closed(
    root: &Path,
    (name, files): (&str, &[KeptFile]),
    cure: &str,
    findings: &mut Findings,
) {
    let folder = root.join(name);
    if !folder.is_dir() {
        return;
    }
    let what = || {
        text(
            "tệp của kỳ đã chốt phải như khi chốt; lệnh sau tạo lại",
            "the files of a closed period are as they were closed; this command makes them again",
        )
    };
    let mut add = |file: &str| {
        let about = folder.join(file).display().to_string();
        findings.add(Invariant::Files, about, what(), cure, "other");
    };
    for file in &publish::changed(root, name, files) {
        add(file);
    }
    let is_told = |name: &str| files.iter().any(|(told, _)| **told == *name);
    for name in names(&folder) {
        if !is_told(&name) && ![TIMINGS, publish::SUMS].contains(&&*name) {
            let what = text(
                "không có tệp lạ trong thư mục",
                "no other file lies in the folder",
            );
            let about = folder.join(&name).display().to_string();
            findings.add(Invariant::Files, about, what, "-", "1");
        }
    }
}

/// Tells that the folder of a run that stands was taken away, with the cure. False where no night
/// has a folder, as after a restore, and of a run that was replaced: nothing brings that one back.
pub(super) fn gone(root: &Path, run: &RunRecord, findings: &mut Findings) -> bool {
    let is_night = |name: &String| {
        let folder = root.join(name);
        Day::parse(name).is_ok() && folder.join("run.json").is_file()
    };
    if &*run.state != "published" || !names(root).iter().any(is_night) {
        return false;
    }
    let day = run.business_date;
    let what = text(
        "thư mục báo cáo của đêm phải còn; lệnh sau tạo lại",
        "the report folder of a night is there; this command makes it again",
    );
    let about = root.join(day.to_string()).display().to_string();
    let cure = format!("doisoat run --date {day}");
    findings.add(Invariant::Files, about, what, cure, "-");
    true
}

/// Folders of nights that the database does not know: it is an older copy, or another one.
pub(super) fn unknown(root: &Path, runs: &[RunRecord], findings: &mut Findings) {
    for name in names(root) {
        let Ok(day) = Day::parse(&name) else { continue };
        let known = runs.iter().any(|run| run.business_date == day);
        if !known && root.join(&name).join("run.json").is_file() {
            let what = text(
                "đêm đã phát hành phải có trong cơ sở dữ liệu",
                "a published night is in the database",
            );
            let about = root.join(&name).display().to_string();
            findings.add(Invariant::Files, about, what, "a run", "-");
        }
    }
}

/// Where the run is visible: under its date, or set aside as an earlier version of it.
pub(in crate::job) fn folder(root: &Path, run: &RunRecord) -> Option<PathBuf> {
    let day = run.business_date.to_string();
    let aside = format!("{day}.v{}", run.version);
    let mut names = names(root);
    names.retain(|name| *name == day || *name == aside || name.starts_with(&format!("{aside}-")));
    let standing = &*run.state == "published" && names.contains(&day);
    let mine = names
        .iter()
        .find(|name| publish::is_published(root, name, &run.id));
    let name = mine.or(standing.then_some(&day))?;
    Some(root.join(name))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
