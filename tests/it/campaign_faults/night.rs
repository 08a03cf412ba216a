//! A night under a fault, and the clean night after it, against the night of a town that never had
//! one: the same rows, the same shares, the same exceptions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doisoat::job::Desk;
use doisoat::sandbox::fault::{Dialects, Outcome};
use doisoat::sandbox::{Fault, Sandbox};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::reading::source_name;
use super::{Canaries, Case, FIRST_DAY, district, misdeeds, pace, source_table, wire};
use crate::database::Kind;
use crate::town::{Town, codes, day, document, night, source};

/// How much of the truth stands after the clean night.
#[derive(Clone, Copy, PartialEq)]
enum After {
    /// Everything: rows, rejects, conflicts, shares, exceptions.
    All,
    /// Every row; what was put aside stays on record.
    Rows,
    /// Every row is there, but rows that the fault told with other content, or that no bank booked,
    /// stay for a person.
    Ids,
    /// No night is run: thousands of invented rows add nothing.
    Unasked,
}

/// Faults that tell readable rows with other content.
const TOLD_OTHERWISE: [&str; 16] = [
    "midnight_rows",
    "utc_times",
    "naughty_text",
    "invalid_utf8",
    "future_rows",
    "exp_amount",
    "page_drift_insert",
    "dup_reference",
    "paid_in_parts",
    "paid_twice",
    "underpaid",
    "page_shift",
    "tied_changes",
    "overflow_amount",
    "bad_dates",
    "beyond_double",
];

fn after(case: Case) -> After {
    match (case.fault.name, case.fault.outcome) {
        ("limit_exact", _) => After::Unasked,
        (_, Outcome::Conflict) => After::Ids,
        (name, _) if TOLD_OTHERWISE.contains(&name) => After::Ids,
        (_, Outcome::Quarantine) => After::Rows,
        _ => After::All,
    }
}

/// True where nights are run beside the reading.
pub(super) fn is_run(case: Case) -> bool {
    after(case) != After::Unasked
}

/// Pages need more rows than one of them holds; everything else shows in a small town.
pub(super) fn permille(fault: Fault) -> u32 {
    match fault.dialects {
        Dialects::Paged => 1500,
        _ if fault.name == "tied_changes" => 1500,
        _ => 150,
    }
}

async fn town(case: Case) -> Town {
    let district = district(case.dialect, case.seed, permille(case.fault));
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    let town = Town::around(Kind::Sqlite, sandbox).await;
    town.morning_after(day(FIRST_DAY));
    town
}

/// A desk that reads the export and the source of the case.
async fn desk(town: &Town, case: Case) -> Desk {
    let table = source_table(&town.sandbox, case);
    let is_registry = case.dialect == "igate";
    let own = move |text: String| {
        let (head, rest) = text.split_once("[[source]]").unwrap();
        let export = rest.split("[[source]]").next().unwrap();
        // two registries would tell the same dossiers
        let export = if is_registry {
            String::new()
        } else {
            format!("[[source]]{export}")
        };
        format!("{head}{export}\n{table}")
    };
    let mut desk = town.desk(&own).await;
    desk.pace = pace();
    desk
}

/// What a night comes to.
#[derive(Debug, PartialEq)]
struct Books {
    tables: BTreeMap<&'static str, BTreeSet<String>>,
    shares: Value,
    exceptions: Value,
}

/// The rows without what tells when and from which answer they came.
async fn books(desk: &Desk, run: &Value) -> Books {
    let mut tables = BTreeMap::new();
    let everything = desk.store.everything().await.unwrap();
    for (name, rows) in everything {
        if ["txn", "fee_version", "reject_row", "conflict_version"].contains(&name) {
            let plain = |row: &Value| {
                let mut row = row.clone();
                let members = row.as_object_mut().unwrap();
                for column in [
                    "line",
                    "file",
                    "file_sha256",
                    "decided_night",
                    "said_last",
                    "raw_sha256",
                ] {
                    members.remove(column);
                }
                row.to_string()
            };
            tables.insert(name, rows.iter().map(plain).collect());
        }
    }
    Books {
        tables,
        shares: run["share"].clone(),
        exceptions: run["exceptions"].clone(),
    }
}

/// The books of a town without faults.
async fn reference(case: Case) -> Arc<Books> {
    type Known = BTreeMap<(&'static str, u64, u32), Arc<OnceCell<Arc<Books>>>>;
    static KNOWN: std::sync::Mutex<Known> = std::sync::Mutex::new(BTreeMap::new());
    let key = (case.dialect, case.seed, permille(case.fault));
    let cell = Arc::clone(KNOWN.lock().unwrap().entry(key).or_default());
    let books = cell.get_or_init(|| async {
        let town = town(case).await;
        let desk = desk(&town, case).await;
        let done = night(&desk, FIRST_DAY).await;
        assert_eq!(codes(&done), [0], "{}", document(&done)["sources"]);
        Arc::new(books(&desk, &document(&done)).await)
    });
    Arc::clone(books.await)
}

/// What two sets of rows do not share.
fn difference(is: &BTreeSet<String>, must: &BTreeSet<String>) -> String {
    let cut = |line: &String| line.chars().take(1_500).collect::<String>();
    let missing: Vec<_> = must.difference(is).map(cut).take(2).collect();
    let extra: Vec<_> = is.difference(must).map(cut).take(2).collect();
    format!("missing {missing:?}, extra {extra:?}")
}

fn compare(after: After, is: &Books, must: &Books) -> Vec<String> {
    let mut all = Vec::new();
    let tables = match after {
        After::All => &["txn", "fee_version", "reject_row", "conflict_version"][..],
        After::Rows => &["txn", "fee_version", "conflict_version"],
        After::Ids | After::Unasked => &[],
    };
    for table in tables {
        let (is, must) = (&is.tables[table], &must.tables[table]);
        if is != must {
            all.push(format!("afterwards {table}: {}", difference(is, must)));
        }
    }
    if after == After::All && is.shares != must.shares {
        all.push("afterwards the shares differ".to_owned());
    }
    if after == After::All && is.exceptions != must.exceptions {
        all.push(format!(
            "afterwards {} not {}",
            is.exceptions, must.exceptions
        ));
    }
    let ids = |books: &Books| -> BTreeSet<String> {
        let rows = books.tables["txn"].iter();
        let id = |row: &String| {
            let row: Value = serde_json::from_str(row).unwrap();
            row["id"].to_string()
        };
        rows.map(id).collect()
    };
    let lost = ids(must).difference(&ids(is)).count();
    if lost > 0 {
        all.push(format!("afterwards {lost} rows are lost"));
    }
    all
}

/// What the night under the fault said of the source.
fn state(case: Case, name: &str, run: &Value) -> Option<String> {
    let source = source(run, name);
    let state = source["state"].as_str().unwrap_or_default();
    let count = |what: &str| source[what].as_u64().unwrap_or(0);
    // `[rules] reject_share_max`: a delivery of which more cannot be read is partial
    let spoilt = count("rejects") * 5 > count("rows") + count("rejects");
    let right = match case.fault.outcome {
        Outcome::Fail => state != "complete",
        Outcome::Either => true,
        // an order whose answer holds a row that cannot be read stays open
        Outcome::Quarantine if Sandbox::gateways().any(|name| name == wire(case.dialect)) => {
            state != "missing"
        }
        Outcome::Quarantine if spoilt => state == "partial",
        _ => state == "complete",
    };
    let word = case.fault.outcome.word();
    (!right).then(|| format!("the night says {state} for {word}: {source}"))
}

pub(super) async fn complaints(case: Case) -> Vec<String> {
    let after = after(case);
    if after == After::Unasked {
        return Vec::new();
    }
    let must = reference(case).await;
    let town = town(case).await;
    let desk = desk(&town, case).await;
    let name = source_name(&town.sandbox, case);
    town.sandbox.set_rate_limit(case.fault.name == "rate_limit");
    town.sandbox.set_fault(Some(case.fault));
    let under = document(&night(&desk, FIRST_DAY).await);
    let mut all: Vec<String> = state(case, &name, &under).into_iter().collect();
    if case.fault.name == "amended_rows" {
        // the provider says otherwise from the second listing on
        let again = document(&night(&desk, FIRST_DAY).await);
        all.extend(state(case, &name, &again));
    }
    all.extend(misdeeds(case.fault, &town.sandbox.counters()));
    let said = under["sources"].to_string();
    let canaries = Canaries::of(&town.sandbox);
    all.extend(canaries.found_in("what the night says of its sources", &said, true));
    town.sandbox.set_fault(None);
    town.sandbox.set_rate_limit(false);
    let healed = night(&desk, FIRST_DAY).await;
    let run = document(&healed);
    if source(&run, &name)["state"] != "complete" {
        all.push(format!(
            "the clean night is not whole: {}",
            source(&run, &name)
        ));
    }
    let is = books(&desk, &run).await;
    if case.fault.outcome == Outcome::Conflict && is.tables["conflict_version"].is_empty() {
        all.push("no conflict was kept for a person".to_owned());
    }
    all.extend(compare(after, &is, &must));
    for (file, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        all.extend(canaries.found_in(&file, &text, false));
    }
    let dump = desk.store.dump().await.unwrap();
    all.extend(canaries.found_in("the database", &dump, false));
    all
}
