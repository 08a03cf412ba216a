//! The lists of seals of all nights, the newest first: each is there, and rows of which columns may
//! change, or that later pulls may tell otherwise, are as the newest list that names them tells.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answers::Answers;
use super::chain::{Chain, Link};
use super::seals::NEVER;
use super::strangers::{Pulled, Waiting};
use crate::domain::{Day, Text};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::archive::Archive;
use crate::store::{FORM, SEALED, SealList, Sealed, SealedAs, Tables, seal_of, told_of};

/// What rows that came after the last publication are called: no list holds them yet.
pub(super) const CAME_LATER: Text = text(
    "các dòng đến sau khi công bố (chưa niêm phong)",
    "rows that came after the publication (not sealed yet)",
);

/// The bytes of a list, or none with a finding that names its file and night.
pub(super) fn bytes(
    archive: &Archive,
    (what, night): (&str, Day),
    sha256: &str,
    findings: &mut Findings,
) -> Option<Vec<u8>> {
    match archive.get(sha256) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let about = format!("{what} {night} {sha256}");
            let must = text(
                "danh sách niêm phong của đêm phải còn trong kho lưu; khôi phục tệp từ bản sao lưu",
                "the seals of a night are in the archive; restore the file from a backup",
            );
            findings.add(Invariant::Stored, about, must, sha256, error.to_string());
            None
        }
    }
}

/// A row that the lists are asked about.
struct Asked<'t> {
    sealed: &'static Sealed,
    row: &'t Value,
    /// What it tells in the open today.
    values: String,
}

impl Asked<'_> {
    fn column(&self, name: &str) -> &str {
        self.row[name].as_str().unwrap_or_default()
    }

    /// The day from which a night decides upon the row.
    fn day(&self) -> &str {
        let name = match self.sealed.table {
            "txn" => "business_date",
            _ => "night",
        };
        self.column(name)
    }
}

/// Rows by table and name.
type Rows<'t> = BTreeMap<(&'static str, String), Asked<'t>>;

/// What is asked of the lists.
struct Questions<'t> {
    /// Rows that tell something in the open, by the name that goes with it; what somebody copied
    /// has the name of another.
    told: BTreeMap<(&'static str, String), Vec<Asked<'t>>>,
    /// Decided rows that count as new again.
    reopened: Rows<'t>,
    /// Rows that some list has to name.
    unnamed: Rows<'t>,
    /// Rows that some list names, or that wait for one.
    pulled: Pulled<'t>,
}

impl<'t> Questions<'t> {
    fn of(tables: &'t Tables) -> Self {
        let mut all = Self {
            told: BTreeMap::new(),
            reopened: Rows::new(),
            unnamed: Rows::new(),
            pulled: Pulled::of(tables),
        };
        for sealed in SEALED {
            for row in tables.get(sealed.table).into_iter().flatten() {
                let told = told_of(sealed, row);
                let asked = |values| Asked {
                    sealed,
                    row,
                    values,
                };
                let of_pull = matches!(sealed.kind, SealedAs::Read | SealedAs::Told);
                if of_pull && !sealed.marker.is_empty() {
                    let name = seal_of(sealed, row).0;
                    all.unnamed
                        .insert((sealed.table, name), asked(String::new()));
                }
                if sealed.kind == SealedAs::Facts && row[sealed.marker] == NEVER {
                    let name = seal_of(sealed, row).0;
                    all.reopened
                        .insert((sealed.table, name), asked(String::new()));
                }
                if let Some((name, values)) = told {
                    let same = all.told.entry((sealed.table, name)).or_default();
                    same.push(asked(values));
                }
            }
        }
        all
    }
}

/// What is known of the nights beside the lists.
struct Nights<'c> {
    /// Publications, in their order.
    links: Vec<&'c Link>,
    /// Answers that count as such.
    answers: &'c Answers,
    /// Runs that no list or one of an old form seals.
    old: BTreeSet<Day>,
}

impl Nights<'_> {
    /// Answers came after every night from `day` on was published; of all nights where it is empty.
    fn answered_since(&self, day: &str) -> bool {
        let later = self.links.iter();
        let later = later.filter(|link| *link.night.to_string() >= *day);
        self.answers.any_after(last_of(later))
    }

    /// Answers came for just this night after the night that seals it was published.
    fn answered_for(&self, night: &str, sealed_by: Option<Day>) -> bool {
        let mine = self.links.iter();
        let mine = mine.filter(|link| Some(link.night) == sealed_by);
        self.answers.for_after(night, last_of(mine))
    }
}

/// The place of the last of these publications in the chain; 0 where there is none.
fn last_of<'l, 'c: 'l>(links: impl Iterator<Item = &'l &'c Link>) -> i64 {
    links.map(|link| link.seq).max().unwrap_or(0)
}

/// Reads every list. True where rows came after their night was published.
pub(super) fn newest(
    desk: &Desk,
    (chain, answers, waiting): (&Chain, &Answers, &Waiting),
    published: &BTreeSet<Day>,
    tables: &Tables,
    findings: &mut Findings,
) -> Result<bool, JobError> {
    let mut asked = Questions::of(tables);
    let mut nights = Nights {
        links: chain.links.iter().collect(),
        answers,
        old: published.clone(),
    };
    let (mut differing, mut named, mut lost) = (Vec::new(), Vec::new(), false);
    for link in chain.links.iter().rev() {
        desk.checkpoint()?;
        let Some(sha256) = &link.seals else { continue };
        let whose = ("seals", link.night);
        let Some(bytes) = bytes(&desk.archive, whose, sha256, findings) else {
            lost = true;
            continue;
        };
        let list = SealList::read(&bytes);
        if list.form >= FORM {
            nights.old.remove(&link.night);
        }
        asked.pulled.listed_in(list.form);
        look(&list, &mut asked, &mut differing, &mut named);
    }
    if lost {
        // what it named cannot be told from what nobody named
        return Ok(false);
    }
    let late_files: BTreeSet<String> = asked
        .unnamed
        .values()
        .filter(|asked| asked.sealed.table == "export_file")
        .map(|asked| asked.column("day").to_owned())
        .collect();
    let mut late = false;
    for ((table, name), asked, expected) in differing {
        if may_change((&asked, waiting), &expected, &nights, &late_files) {
            late = true;
            continue;
        }
        let must = text(
            "cột do các đêm ghi phải như lần niêm phong cuối",
            "columns that nights write are as they were sealed last",
        );
        let about = format!("{table} {name} {}", asked.sealed.told.join("/"));
        findings.add(Invariant::Stored, about, must, expected, &*asked.values);
    }
    let strangers = std::mem::take(&mut asked.pulled);
    for key in strangers.tell(waiting, findings) {
        asked.unnamed.remove(&key);
    }
    late |= reopened(&named, &asked, &nights, findings);
    late |= unnamed(&asked, published, &nights, findings);
    Ok(late)
}

/// Holds one list against what no newer one has told.
fn look<'t>(
    list: &SealList,
    asked: &mut Questions<'t>,
    differing: &mut Vec<((&'static str, String), Asked<'t>, String)>,
    named: &mut Vec<(&'static str, String)>,
) {
    for sealed in SEALED {
        let table = sealed.table;
        for name in list.lines.get(table).into_iter().flat_map(BTreeMap::keys) {
            let key = (table, name.clone());
            asked.unnamed.remove(&key);
            asked.pulled.named(&key);
            if asked.reopened.contains_key(&key) {
                named.push(key);
            }
        }
        let open = format!("{table}+");
        for (name, told) in list.lines.get(&open).into_iter().flatten() {
            let key = (table, name.clone());
            let rows = asked.told.remove(&key).into_iter().flatten();
            for row in rows.filter(|row| !told.contains(&row.values)) {
                let told: Vec<&str> = told.iter().map(String::as_str).collect();
                differing.push((key.clone(), row, told.join(" | ")));
            }
        }
    }
}

/// True where a pull that no publication has followed yet may have written the column.
fn may_change(
    (asked, waiting): (&Asked<'_>, &Waiting),
    expected: &str,
    nights: &Nights<'_>,
    late_files: &BTreeSet<String>,
) -> bool {
    let is_final = expected.starts_with("complete/") || expected == "1";
    match asked.sealed.kind {
        SealedAs::Told => {
            let still_open = !is_final && !asked.values.starts_with("complete/");
            let is_day = asked.sealed.table == "feed_day";
            !is_final && (is_day && still_open || nights.answered_since(asked.column("night")))
        }
        // a version that moved to a later day is decided again when that day is
        _ if asked.row["decided_night"] == NEVER => {
            waiting.may_hold(asked.sealed, asked.row) && nights.answered_since(asked.day())
        }
        _ => nights.answered_since("") || late_files.contains(asked.column("said_last")),
    }
}

/// A decided row is new again only where answers came since every night that would have decided it.
fn reopened(
    named: &[(&'static str, String)],
    asked: &Questions<'_>,
    nights: &Nights<'_>,
    findings: &mut Findings,
) -> bool {
    let mut late = false;
    for key in named {
        let Some(row) = asked.reopened.get(key) else {
            continue;
        };
        if row.sealed.table != "decision" && nights.answered_since(row.day()) {
            late = true;
            continue;
        }
        let must = text(
            "dòng đã đối soát không tự thành dòng mới khi không có dữ liệu nào đến sau",
            "a decided row is not new again when nothing came since",
        );
        let about = format!("{} {} {}", key.0, key.1, row.sealed.marker);
        findings.add(Invariant::Stored, about, must, "a published night", NEVER);
    }
    late
}

/// A row of a pull is in the list of the first night published after it, unless it came later.
fn unnamed(
    asked: &Questions<'_>,
    published: &BTreeSet<Day>,
    nights: &Nights<'_>,
    findings: &mut Findings,
) -> bool {
    let mut late = false;
    for ((table, name), row) in &asked.unnamed {
        let night = row.column("night");
        let belongs = published.iter().find(|day| *day.to_string() >= *night);
        if belongs.is_some_and(|day| nights.old.contains(day)) {
            continue;
        }
        // what a pull says without an answer: an empty file, a day or an order that waits
        let says_nothing = match *table {
            "export_file" => row.row["lines"] == 0,
            "feed_day" => row.row["state"] != "complete",
            "probe" => row.row["answered"] == 0,
            _ => false,
        };
        if says_nothing || nights.answered_for(night, belongs.copied()) {
            late = true;
            continue;
        }
        let must = text(
            "dòng của một đêm phải có trong danh sách niêm phong của đêm đó",
            "a row of a night is in the list that seals it",
        );
        let about = format!("{table} {name}");
        findings.add(Invariant::Stored, about, must, "sealed", night);
    }
    late
}
