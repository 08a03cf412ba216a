//! Real bank statements, read from the folder that `DOISOAT_CORPORA` names (never part of the
//! repository), against totals that another implementation made. Without the folder the fixtures of
//! our own stand for the formats.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use doisoat::cli::inspect::{Found, Inspection, inspect};
use doisoat::domain::Lang;
use doisoat::format::MessageKind;
use doisoat::format::message::Piece;
use doisoat::normalise::statement::amount::text;
use doisoat::normalise::statement::message::amount;
use serde_json::Value;

fn corpora() -> Option<PathBuf> {
    std::env::var_os("DOISOAT_CORPORA").map(PathBuf::from)
}

/// A total of the expectation: text, or nothing told.
fn told(statement: &Value, name: &str) -> Option<String> {
    statement[name].as_str().map(str::to_owned)
}

fn number(statement: &Value, name: &str) -> u64 {
    let number = statement[name].as_u64();
    number.unwrap_or_else(|| panic!("no {name} in {statement}"))
}

/// What `inspect` does not tell of a camt statement: the transactions inside its entries, and every
/// balance by its type.
#[derive(Debug, Default, PartialEq)]
struct Inside {
    details: u64,
    balances: BTreeMap<String, String>,
}

fn inside(path: &Path) -> Vec<Inside> {
    let bytes = std::fs::read(path).unwrap();
    let kind = MessageKind::of_head(&bytes).unwrap();
    let mut found: Vec<Inside> = Vec::new();
    kind.read(&mut &bytes[..], &mut |piece| {
        if matches!(piece, Piece::Statement(_)) {
            found.push(Inside::default());
        }
        let last = found.last_mut().unwrap();
        match piece {
            Piece::Entry(entry) => last.details += entry.details,
            Piece::Balance(balance) => {
                let told = amount(&balance.amount).unwrap();
                let told = if balance.credit { told } else { -told };
                last.balances.insert(balance.code.into(), text(told));
            }
            _ => {}
        }
    })
    .unwrap();
    found
}

fn inside_of(wanted: &Value) -> Inside {
    let balances = wanted["balances"].as_object().unwrap().iter();
    let balances = balances.map(|(code, sum)| (code.clone(), sum.as_str().unwrap().to_owned()));
    Inside {
        details: number(wanted, "tx_details"),
        balances: balances.collect(),
    }
}

fn differs(found: &Found, wanted: &Value) -> Option<String> {
    let id = wanted["id"].as_str().or(wanted["ref"].as_str());
    let mine = (
        found.id.as_deref(),
        found.account.clone(),
        found.currency.clone(),
        (found.entries, found.reversals),
        (found.credits.sum.clone(), found.debits.sum.clone()),
        (found.opening.clone(), found.closing.clone()),
        found.balanced,
    );
    let theirs = (
        id,
        told(wanted, "account"),
        told(wanted, "currency"),
        (number(wanted, "entries"), number(wanted, "reversals")),
        (
            told(wanted, "credits").unwrap(),
            told(wanted, "debits").unwrap(),
        ),
        (told(wanted, "opening"), told(wanted, "closing")),
        wanted["balanced"].as_bool(),
    );
    // MT940 knows none
    let pending = wanted.get("pending").is_none() || number(wanted, "pending") == found.pending;
    (mine != theirs || !pending).then(|| format!("{mine:?}\n  not {theirs:?}"))
}

fn check(path: &Path, file: &Inspection, wanted: &Value) -> Option<String> {
    let kind = wanted["message"].as_str().or(wanted["kind"].as_str());
    let kind = kind.unwrap();
    let format = file.format.unwrap_or_default();
    if !kind.starts_with(format) || file.error.is_some() {
        return Some(format!("{format}, not {kind}: {:?}", file.error));
    }
    let statements = wanted["statements"].as_array().unwrap();
    if statements.len() != file.statements.len() {
        return Some(format!("{} statements", file.statements.len()));
    }
    if kind.starts_with("camt") {
        let wanted: Vec<Inside> = statements.iter().map(inside_of).collect();
        let found = inside(path);
        if found != wanted {
            return Some(format!("{found:?}\n  not {wanted:?}"));
        }
    }
    let mut pairs = file.statements.iter().zip(statements);
    pairs.find_map(|(found, wanted)| differs(found, wanted))
}

#[test]
fn every_statement_of_the_corpora_has_its_totals() {
    let Some(root) = corpora() else {
        eprintln!("DOISOAT_CORPORA is not set: only the fixtures are read");
        return;
    };
    let expected = std::fs::read_to_string(root.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let mut wrong = Vec::new();
    let all = expected.as_object().unwrap();
    for (name, wanted) in all {
        let below = name.strip_prefix("corpora/").unwrap_or(name);
        let path = root.join(below);
        let file = inspect(std::slice::from_ref(&path), None, Lang::En).remove(0);
        if let Some(what) = check(&path, &file, wanted) {
            wrong.push(format!("{below}: {what}"));
        }
    }
    assert!(all.len() > 50, "{} files", all.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "statements", name]
        .iter()
        .collect()
}

fn fixture(name: &str) -> Inspection {
    inspect(&[path(name)], None, Lang::Vi).remove(0)
}

#[test]
fn our_own_statements_are_understood() {
    let swift = fixture("account.mt940");
    let [one] = swift.statements.as_slice() else {
        panic!("{swift:?}")
    };
    assert_eq!(
        (swift.format, &swift.error, &swift.rejects[..]),
        (Some("mt940"), &None, &[][..])
    );
    assert_eq!(
        (one.id.as_deref(), one.account.as_deref()),
        (Some("SAOKE221205"), Some("113000012345"))
    );
    // a credit taken back goes out
    let sums = (
        one.entries,
        one.reversals,
        &*one.credits.sum,
        &*one.debits.sum,
    );
    assert_eq!(sums, (4, 1, "58000", "158000"));
    assert_eq!(
        (one.opening.as_deref(), one.closing.as_deref()),
        (Some("1250000"), Some("1150000"))
    );
    assert_eq!(one.balanced, Some(true));
    let camt = fixture("account.camt053.xml");
    let [one] = camt.statements.as_slice() else {
        panic!("{camt:?}")
    };
    assert_eq!(
        (camt.format, one.currency.as_deref()),
        (Some("camt.053"), Some("VND"))
    );
    assert_eq!(
        (one.entries, &*one.credits.sum, one.balanced),
        (1, "50000", Some(true))
    );
}

/// The same day in every form in which banks send it.
#[test]
fn one_account_in_every_format() {
    let check = |name: &str, format: &str, encoding: Option<&str>, header: u64| {
        let file = fixture(name);
        assert_eq!(
            (file.format, file.encoding, &file.error),
            (Some(format), encoding, &None),
            "{name}"
        );
        assert_eq!(file.header_row, Some(header), "{name}");
        assert_eq!(file.rejects, [], "{name}");
        let [one] = file.statements.as_slice() else {
            panic!("{name}: {file:?}")
        };
        let sums = (one.entries, &*one.credits.sum, &*one.debits.sum);
        assert_eq!(sums, (3, "58000", "150000"), "{name}");
        let balances = (one.opening.as_deref(), one.closing.as_deref(), one.balanced);
        assert_eq!(
            balances,
            (Some("1250000"), Some("1158000"), Some(true)),
            "{name}"
        );
        let mapping = file.mapping.unwrap();
        for key in ["time = ", "bank_ref = ", "debit = ", "credit = ", "memo = "] {
            assert!(mapping.contains(key), "{name}: {mapping}");
        }
    };
    check("account.xlsx", "xlsx", None, 5);
    check("account.xls", "xls", None, 4);
    check("account_html.xls", "html", Some("utf-8"), 4);
    check("account_utf16.txt", "tsv", Some("utf-16le"), 2);
    check("account_1258.csv", "csv", Some("windows-1258"), 2);
    check("account_tcvn3.csv", "csv", Some("tcvn3"), 2);
    check("account_vni.csv", "csv", Some("vni"), 2);
}

#[test]
fn no_spreadsheet_of_the_corpora_is_too_much() {
    let Some(root) = corpora() else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(root.join("xlsx/calamine/tests")).unwrap() {
        let path = entry.unwrap().path();
        let file = inspect(std::slice::from_ref(&path), None, Lang::En).remove(0);
        let format = file.format.unwrap_or_default();
        assert!(
            ["xlsx", "xls", "ods"].contains(&format),
            "{path:?}: {format}"
        );
        read += usize::from(
            file.error
                .is_none_or(|error| error.contains("no header row")),
        );
    }
    assert!(read >= 40, "only {read} were read");
}
