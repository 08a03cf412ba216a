//! Free text from outside where it is not a memo or a payer: fields, procedures, fee lines, who is
//! to settle what, the words of people who closed and decided, a fee table, and the tables of
//! changes and of what came since. Nothing of it may act there either.

use std::collections::BTreeSet;

use doisoat::domain::{
    Arrived, FeeChecks, FeeId, FeeKind, FeeNote, FeeRate, FeeWord, Lang, Moved, RateUnit, Unjudged,
    Vnd,
};
use doisoat::report::csv::{self, Style};
use doisoat::report::escape::visible;
use doisoat::report::facts::diff::{Became, Cause, Diff, ExceptionChange, RowChange, TotalChange};
use doisoat::report::facts::{ClosedMark, Replaced};

use super::example::{self, Scene, day};
use super::hostile::{HOSTILE, tags_are_known};
use super::{files_as_made, page, text};

fn row_change(kind: &'static str, hostile: &str) -> RowChange {
    RowChange {
        kind,
        key: hostile.into(),
        became: Became::Changed,
        column: "payer_name".into(),
        before: hostile.into(),
        after: hostile.into(),
        dossier: Some(hostile.into()),
        told_by: Some(hostile.into()),
    }
}

fn cause(hostile: &str) -> Cause {
    Cause::Input {
        kind: "fee",
        key: hostile.into(),
        told_by: Some(hostile.into()),
    }
}

fn changes() -> Diff {
    let all = || HOSTILE.iter();
    Diff {
        from: "2022-12-05-0123456789ab-1".into(),
        to: "2022-12-05-0123456789ab-2".into(),
        same_night: true,
        equal: false,
        rules: all().map(|text| (*text).into()).collect(),
        fee_table: None,
        program: None,
        sources: all().map(|text| row_change("source", text)).collect(),
        figures: Vec::new(),
        totals: all()
            .map(|text| TotalChange {
                source: (*text).into(),
                figure: "rows",
                before: 1,
                after: 2,
                cause: cause(text),
            })
            .collect(),
        inputs: all()
            .flat_map(|text| ["decision", "fee"].map(|kind| row_change(kind, text)))
            .collect(),
        matches: Vec::new(),
        classes: Vec::new(),
        exceptions: all()
            .map(|text| ExceptionChange {
                before_vnd: None,
                exception_id: "0123456789abcdef".into(),
                became: Became::Added,
                class: "unidentified".into(),
                row: (*text).into(),
                amount_vnd: 1,
                cause: cause(text),
            })
            .collect(),
        findings: Vec::new(),
        shares: Vec::new(),
        not_compared: Vec::new(),
    }
}

fn rate(hostile: &str) -> FeeRate {
    FeeRate {
        procedure: Some(hostile.into()),
        field: Some(hostile.into()),
        kind: FeeKind::Phi,
        item: hostile.into(),
        channel: None,
        applicant: hostile.into(),
        valid_from: day("2022-01-01"),
        valid_to: None,
        rate: Vnd::new(1_000),
        unit: RateUnit::Case,
        first_pages: None,
        next_rate: None,
        most: None,
        part: 10_000,
        legal_basis: hostile.into(),
    }
}

fn scene() -> Scene {
    let mut scene = example::undecided();
    let mut rows = scene.settlement.rows.iter();
    let template = rows.find(|row| row.class == "missing_payment").unwrap();
    let template = template.clone();
    let mut fees = scene.inputs.fees.iter();
    let fee = fees.find(|fee| fee.key() == template.key).unwrap().clone();
    let mut notes = Vec::new();
    for (at, text) in HOSTILE.iter().enumerate() {
        let mut own = fee.clone();
        own.fee_id = FeeId::new(text);
        own.procedure_code = (*text).into();
        own.payer_name = (*text).into();
        own.more.field_code = Some((*text).into());
        own.more.request_id = Some((*text).into());
        let mut row = template.clone();
        row.key = own.key();
        row.exception_id = Some(doisoat::domain::ExceptionId::of(row.class, &row.key));
        let assigned = (row.key.clone(), (*text).into());
        scene.facts.page.assigned.push(assigned);
        notes.push(FeeNote {
            word: FeeWord::NoRate,
            dossier_code: own.dossier_code.clone(),
            fee_id: own.fee_id.clone(),
            agency_code: own.agency_code.clone(),
            procedure_code: (*text).into(),
            kind: own.kind,
            channel: None,
            mode: None,
            amount: own.amount,
            received_on: day("2022-12-05"),
            last_on: day("2022-12-05"),
            due: vec![at],
            used: vec![at],
        });
        scene.inputs.fees.push(own);
        scene.settlement.rows.push(row);
    }
    scene.facts.page.assigned.sort();
    scene.facts.page.closed = Some(ClosedMark {
        reopened: false,
        left: None,
        beside: Vec::new(),
        by: HOSTILE.concat().into(),
        at: "06/12/2022 08:00".into(),
        reason: HOSTILE.concat().into(),
    });
    scene.facts.fees = Some(FeeChecks {
        rates: HOSTILE.iter().map(|text| rate(text)).collect(),
        notes,
        confirmed: 0,
        unjudged: Unjudged::default(),
    });
    scene.facts.replaced = Some(Replaced {
        version: 1,
        diff: changes(),
    });
    scene
}

#[test]
fn what_people_and_registries_write_is_text_on_the_page() {
    let page = page(&scene());
    tags_are_known(&page);
    for said in ["&lt;script&gt;alert(1)&lt;/script&gt;", "gpj.‹U+202E›exe"] {
        assert!(page.matches(said).count() > 4, "{said}");
    }
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\0', '\u{7}', '\u{feff}', '\r']));
}

/// Every cell of a file: columns of numbers hold numbers, no other cell is a formula, and each
/// hostile text can be read back in each of the columns that had it.
fn no_formula(name: &str, content: &str, numbers: &[&str], held: &[&str]) {
    let acts = ['\u{202e}', '\u{200b}', '\0', '\u{7}', '\r', '\t'];
    assert!(!content.contains(acts), "{name}");
    let content = content.trim_start_matches('\u{feff}');
    let mut reader = ::csv::Reader::from_reader(content.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for record in reader.records() {
        for (column, cell) in header.iter().zip(&record.unwrap()) {
            let is_number = numbers.contains(&column) && cell.parse::<i64>().is_ok();
            assert!(
                is_number || !csv::is_formula(cell),
                "{name} {column} {cell:?}"
            );
            seen.insert((column.to_owned(), cell.to_owned()));
        }
    }
    for text in HOSTILE {
        let guard = if csv::is_formula(text) { "'" } else { "" };
        let cell = format!("{guard}{}", visible(text));
        for column in held {
            let is_there = seen.iter().any(|(known, told)| {
                known == column && (*told == cell || told.contains(&*visible(text)))
            });
            assert!(is_there, "{name} {column} lost {text:?}");
        }
    }
}

#[test]
fn no_cell_of_the_other_tables_is_a_formula() {
    let files = files_as_made(&scene());
    let numbers = ["amount_vnd"];
    let findings = text(&files, csv::FEE_FINDINGS);
    let held = ["fee_id", "procedure_code", "legal_basis"];
    no_formula(csv::FEE_FINDINGS, &findings, &numbers, &held);
    let changes = text(&files, "changes.csv");
    let held = ["what", "cause"];
    no_formula("changes.csv", &changes, &numbers, &held);
    let exceptions = text(&files, "exceptions.csv");
    no_formula("exceptions.csv", &exceptions, &numbers, &["id"]);
}

#[test]
fn no_cell_of_what_came_since_is_a_formula() {
    let style = Style::spreadsheet(Lang::Vi);
    let arrived: Vec<Arrived> = HOSTILE
        .iter()
        .map(|text| Arrived {
            told: day("2022-12-06"),
            kind: "decision",
            key: (*text).into(),
            became: "added",
            says: (*text).into(),
            dossier: Some((*text).into()),
            day: day("2022-12-05"),
            amount_vnd: Some(-1),
            bank_ref: Some((*text).into()),
            by: Some((*text).into()),
            reason: Some((*text).into()),
        })
        .collect();
    let mut out = Vec::new();
    csv::write_arrived(&mut out, &arrived, doisoat::domain::Lang::Vi, style).unwrap();
    let content = String::from_utf8(out).unwrap();
    let held = [
        "key",
        "says",
        "dossier_code",
        "says_label",
        "bank_ref",
        "decided_by",
        "reason",
    ];
    no_formula("arrived.csv", &content, &["amount_vnd"], &held);
    let moved: Vec<Moved> = HOSTILE
        .iter()
        .map(|text| Moved {
            definition: (*text).into(),
            item: (*text).into(),
            then: (-1, 1),
            now: (0, 1),
            outcomes_then: vec![(-1, 1)],
            outcomes_now: Vec::new(),
            bank_ref: Some((*text).into()),
        })
        .collect();
    let mut out = Vec::new();
    csv::write_moved(&mut out, &moved, style).unwrap();
    let content = String::from_utf8(out).unwrap();
    let numbers = [
        "numerator_then",
        "denominator_then",
        "numerator_now",
        "denominator_now",
    ];
    no_formula(
        "moved.csv",
        &content,
        &numbers,
        &["definition", "item", "bank_ref"],
    );
}
