//! Every row against the seals of the night that it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::chain::Chain;
use super::ledger::{Ledger, SealedRow, Sheet, Writers, word};
use super::replaced::replaced;
use super::strangers::Waiting;
use crate::domain::Day;
use crate::domain::spelling::spelled;
use crate::job::desk::Desk;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{FORM, RunRecord, SEALED, SealList, Sealed, SealedAs, Tables, as_of, seal_of};

/// The day that means "not yet".
pub(super) const NEVER: &str = "9999-12-31";

/// How the rows of a night are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seals {
    /// Row by row, and each was held against its seal.
    Held,
    /// Their list is not there: told of once, with all lists.
    Lost,
    /// An older program sealed nothing.
    Never,
}

/// Compares the rows of a run's night with what it sealed.
pub(super) fn check(
    desk: &Desk,
    run: &RunRecord,
    (chain, waiting): (&Chain, &Waiting),
    ledger: &Ledger<'_>,
    findings: &mut Findings,
) -> Seals {
    let Some(sha256) = chain.link(&run.id).and_then(|link| link.seals.as_deref()) else {
        return Seals::Never;
    };
    let Ok(bytes) = desk.archive.get(sha256) else {
        return Seals::Lost;
    };
    let list = SealList::read(&bytes);
    let none = BTreeMap::new();
    for sealed in SEALED {
        let is_open = sealed.kind == SealedAs::Told && list.form >= FORM;
        let is_new = sealed.table == "decision" && list.form < FORM;
        if !is_new {
            let mut seals = list.lines.get(sealed.table).unwrap_or(&none).clone();
            let sheet = ledger.sheet(sealed.table);
            if waiting.is_whole() {
                replaced(sealed, sheet, &list, &mut seals);
            }
            table(run, (sealed, is_open), sheet, &seals, findings);
        }
    }
    of_later(run, chain, (&list, ledger), findings);
    Seals::Held
}

/// Compares the shares of a run that was replaced with what it sealed: they stay beside those of
/// the run that stands.
pub(super) fn shares(
    desk: &Desk,
    run: &RunRecord,
    chain: &Chain,
    ledger: &Ledger<'_>,
    findings: &mut Findings,
) {
    let sha256 = chain.link(&run.id).and_then(|link| link.seals.as_deref());
    let list = sha256.and_then(|sha256| desk.archive.get(sha256).ok());
    let Some(list) = list.map(|bytes| SealList::read(&bytes)) else {
        return;
    };
    let none = BTreeMap::new();
    for sealed in SEALED.iter().filter(|sealed| sealed.table == "kpi") {
        let seals = list.lines.get(sealed.table).unwrap_or(&none);
        let sheet = ledger.sheet(sealed.table);
        table(run, (sealed, false), sheet, seals, findings);
    }
}

/// The entries that a run wrote as of later nights: each is there as sealed, and there are no
/// others; none of a night that was published again since.
fn of_later(
    run: &RunRecord,
    chain: &Chain,
    (list, ledger): (&SealList, &Ledger<'_>),
    findings: &mut Findings,
) {
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for sealed in SEALED {
        let sheet = ledger.sheet(sealed.table);
        for found_row in sheet.written_by(run.id.as_str()) {
            let table = as_of(sealed.table, word(found_row.row, "night"));
            let (key, hash) = (found_row.name.to_string(), found_row.seal.clone());
            found.entry(table).or_default().insert(key, hash);
        }
    }
    let told = list.lines.iter().filter(|(table, _)| table.contains('@'));
    let nothing = (BTreeMap::new(), BTreeMap::new());
    let tables: BTreeSet<&String> = told.map(|(table, _)| table).chain(found.keys()).collect();
    for table in tables {
        let night = table
            .split_once('@')
            .and_then(|(_, night)| Day::parse(night).ok());
        let since = night.is_some_and(|night| chain.published_since(&run.id, night));
        let told = list.lines.get(table).filter(|_| !since);
        let told = told.unwrap_or(&nothing.0);
        let found = found.get(table).unwrap_or(&nothing.1);
        for key in told.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            let (wanted, hash) = (told.get(key), found.get(key));
            let same = wanted.zip(hash).is_some_and(|(w, h)| w.contains(h));
            if !same {
                let what = text(
                    "dòng phải còn nguyên như khi công bố",
                    "a row is as it was when it was published",
                );
                let wanted = wanted.map_or_else(|| "-".to_owned(), listed);
                let hash = hash.map_or("-", String::as_str);
                findings.add(
                    Invariant::Stored,
                    format!("{table} {key}"),
                    what,
                    wanted,
                    hash,
                );
            }
        }
    }
}

fn listed(hashes: &BTreeSet<String>) -> String {
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    hashes.join(" | ")
}

/// One table. Where the list tells its columns in the open, the newest list holds for them, and
/// here only that the row is there.
fn table(
    run: &RunRecord,
    (sealed, is_open): (&Sealed, bool),
    sheet: &Sheet<'_>,
    seals: &BTreeMap<String, BTreeSet<String>>,
    findings: &mut Findings,
) {
    let night = run.business_date.to_string();
    let mut add = |key: &str, expected: &str, found: &str| {
        let what = text(
            "dòng phải còn nguyên như khi công bố",
            "a row is as it was when it was published",
        );
        let about = format!("{} {key}", sealed.table);
        findings.add(Invariant::Stored, about, what, expected, found);
    };
    let of_pull = matches!(sealed.kind, SealedAs::Read | SealedAs::Told);
    let owner = match sealed.table {
        "kpi" => run.id.as_str(),
        _ => night.as_str(),
    };
    for mine in sheet.of(owner).filter(|_| !of_pull) {
        let wanted = seals.get(&*mine.name);
        if wanted.is_none_or(|wanted| !wanted.contains(&mine.seal)) {
            let wanted = wanted.map_or_else(|| "-".to_owned(), listed);
            add(&mine.name, &wanted, &mine.seal);
        }
    }
    for (key, wanted) in seals {
        // a share of that name is another run's, too
        let is_mine = |row: &&SealedRow<'_>| {
            sealed.table != "kpi" || word(row.row, "run_id") == run.id.as_str()
        };
        let mut there = sheet.named(key).filter(is_mine).peekable();
        if there.peek().is_none() {
            add(key, &listed(wanted), "-");
        }
        for row in there.filter(|row| of_pull && !is_open && !wanted.contains(&row.seal)) {
            add(key, &listed(wanted), &row.seal);
        }
    }
}

/// Rows whose night was never published, and entries that do not hang together.
pub(super) fn nights(all: &[RunRecord], tables: &Tables, findings: &mut Findings) {
    let published: BTreeSet<String> = all
        .iter()
        .map(|run| run.business_date.to_string())
        .collect();
    let mut add = |table: &str, key: &str, column: &str, found: &str| {
        let what = text(
            "dòng phải thuộc về một đêm đã công bố",
            "a row belongs to a published night",
        );
        let about = format!("{table} {key} {column}");
        findings.add(Invariant::Stored, about, what, "a published night", found);
    };
    let decides = |sealed: &&Sealed| matches!(sealed.kind, SealedAs::Decided | SealedAs::Facts);
    for sealed in SEALED.iter().filter(decides) {
        for row in tables.get(sealed.table).into_iter().flatten() {
            for column in [sealed.marker, "until"] {
                let found = row[column].as_str();
                if let Some(found) = found.filter(|day| *day != NEVER && !published.contains(*day))
                {
                    add(sealed.table, &seal_of(sealed, row).0, column, found);
                }
            }
        }
    }
    writers(all, tables, findings);
    spans(tables, findings);
    firm(tables, findings);
    halves(tables, findings);
    spellings(tables, findings);
}

/// What was written as of a later night was written by a run that stands for an earlier one.
fn writers(all: &[RunRecord], tables: &Tables, findings: &mut Findings) {
    let stands = |run: &&RunRecord| &*run.state == "published";
    let nights = all.iter().filter(stands);
    let nights: BTreeMap<&str, String> = nights
        .map(|run| (run.id.as_str(), run.business_date.to_string()))
        .collect();
    let writers = Writers::new(tables);
    for sealed in SEALED {
        for row in tables.get(sealed.table).into_iter().flatten() {
            let Some(run) = writers.of(sealed, row) else {
                continue;
            };
            let night = word(row, "night");
            if nights.get(run).is_none_or(|of| of.as_str() >= night) {
                let what = text(
                    "dòng phải do lần chạy đang dùng của đêm đó hoặc của một đêm trước đó ghi",
                    "a row was written by the run that stands for its night or an earlier one",
                );
                let about = format!("{} {} {night}", sealed.table, seal_of(sealed, row).0);
                findings.add(Invariant::Stored, about, what, "a run that stands", run);
            }
        }
    }
}

/// An entry holds until the next one of its thing begins, the last one for good.
fn spans(tables: &Tables, findings: &mut Findings) {
    for sealed in SEALED {
        let mut entries: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for row in tables.get(sealed.table).into_iter().flatten() {
            if row.get("until").is_some() {
                entries.entry(seal_of(sealed, row).0).or_default().push(row);
            }
        }
        for (key, mut rows) in entries {
            let day = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
            rows.sort_by_key(|row| day(row, "night"));
            let nexts = rows.iter().skip(1).map(|row| day(row, "night"));
            for (row, next) in rows.iter().zip(nexts.chain([NEVER.to_owned()])) {
                let until = day(row, "until");
                if until != next {
                    let what = text(
                        "một mục giữ hiệu lực đến mục kế tiếp của nó",
                        "an entry holds until the next one of its thing",
                    );
                    let about = format!("{} {key} until", sealed.table);
                    findings.add(Invariant::Stored, about, what, next, until);
                }
            }
        }
    }
}

/// `firm_change` follows from `contribution`: what begins on a night, less what ends on it.
fn firm(tables: &Tables, findings: &mut Findings) {
    type Key = (String, String, String, String);
    let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pair = |row: &Value| {
        let part = |name: &str| i128::from(row[name].as_i64().unwrap_or(0));
        (part("numerator"), part("denominator"))
    };
    let mut sums: BTreeMap<Key, (i128, i128)> = BTreeMap::new();
    for row in tables.get("contribution").into_iter().flatten() {
        if row["firm"] != 1 || row["live"] != 1 {
            continue;
        }
        for (column, sign) in [("night", 1), ("until", -1)] {
            let night = plain(&row[column]);
            if night != NEVER {
                let names = ["definition", "scope", "day"].map(|name| plain(&row[name]));
                let [definition, scope, day] = names;
                let sum = sums.entry((definition, scope, day, night)).or_default();
                let (n, d) = pair(row);
                *sum = (sum.0 + sign * n, sum.1 + sign * d);
            }
        }
    }
    sums.retain(|_, sum| *sum != (0, 0));
    let mut add = |key: &Key, expected: (i128, i128), found: (i128, i128)| {
        let what = text(
            "tổng theo đêm phải bằng tổng các đóng góp",
            "the sums of a night follow from its items",
        );
        let about = format!("firm_change {} {} {} {}", key.0, key.1, key.2, key.3);
        let print = |pair: (i128, i128)| format!("{}/{}", pair.0, pair.1);
        findings.add(
            Invariant::Stored,
            about,
            what,
            print(expected),
            print(found),
        );
    };
    for row in tables.get("firm_change").into_iter().flatten() {
        let names = ["definition", "scope", "day", "night"].map(|name| plain(&row[name]));
        let [definition, scope, day, night] = names;
        let key = (definition, scope, day, night);
        let wanted = sums.remove(&key).unwrap_or((0, 0));
        if wanted != pair(row) {
            add(&key, wanted, pair(row));
        }
    }
    for (key, wanted) in &sums {
        add(key, *wanted, (0, 0));
    }
}

/// `firm_half` follows from `firm_change`: the changes of all nights, by half a month.
fn halves(tables: &Tables, findings: &mut Findings) {
    let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut sums: BTreeMap<[String; 3], (i128, i128)> = BTreeMap::new();
    let rows = |table: &str| tables.get(table).into_iter().flatten();
    for (table, sign) in [("firm_change", 1), ("firm_half", -1)] {
        for row in rows(table) {
            let half = match row["day"].as_str() {
                Some(day) if day.get(8..) < Some("15") => {
                    format!("{}01", day.get(..8).unwrap_or(""))
                }
                Some(day) => format!("{}15", day.get(..8).unwrap_or("")),
                None => plain(&row["half"]),
            };
            let key = [plain(&row["definition"]), plain(&row["scope"]), half];
            let sum = sums.entry(key).or_default();
            let part = |name: &str| sign * i128::from(row[name].as_i64().unwrap_or(0));
            *sum = (sum.0 + part("numerator"), sum.1 + part("denominator"));
        }
    }
    for (key, left) in sums.iter().filter(|(_, left)| **left != (0, 0)) {
        let what = text(
            "tổng nửa tháng phải bằng tổng các đêm",
            "the sums of half a month follow from those of the nights",
        );
        let about = format!("firm_half {} {} {}", key[0], key[1], key[2]);
        let print = format!("{}/{}", left.0, left.1);
        findings.add(Invariant::Stored, about, what, "0/0", print);
    }
}

/// `txn_spelling` follows from `txn`; what older programs stored waits for the next night.
fn spellings(tables: &Tables, findings: &mut Findings) {
    let rows = |table: &str| tables.get(table).into_iter().flatten();
    let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = |row: &Value, text: String| [text, plain(&row["source"]), plain(&row["id"])];
    let kept = rows("txn_spelling").map(|row| key(row, plain(&row["spelling"])));
    let kept: BTreeSet<[String; 3]> = kept.collect();
    if kept.contains(&[const { String::new() }; 3]) {
        return;
    }
    let made = rows("txn").flat_map(|row| {
        let told = spelled(
            row["memo"].as_str().unwrap_or(""),
            row["order_ref"].as_str(),
        );
        told.into_iter().map(move |text| key(row, text))
    });
    let made: BTreeSet<[String; 3]> = made.collect();
    for row in made.symmetric_difference(&kept) {
        let what = text(
            "mã đọc được trong nội dung phải đúng với giao dịch",
            "what a transaction spells follows from it",
        );
        let about = format!("txn_spelling {} {} {}", row[0], row[1], row[2]);
        let [wanted, found] = [&made, &kept].map(|set| set.contains(row).to_string());
        findings.add(Invariant::Stored, about, what, wanted, found);
    }
}
