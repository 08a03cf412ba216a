//! The sheet of files: each with its digest, its lines and its own totals.

use doisoat::domain::Vnd;
use doisoat::domain::source::Control;
use doisoat::report::{SourceFile, StatementBalance};

use super::*;

fn file(source: &str, name: &str, digit: &str, lines: u64) -> SourceFile {
    SourceFile {
        source: source.into(),
        name: name.into(),
        sha256: digit.repeat(64).into(),
        lines,
    }
}

#[test]
fn every_file_stands_there_with_its_digest_and_totals() {
    let mut scene = example::undecided();
    let night = scene.facts.business_date;
    scene.facts.page.files = vec![
        file("one-stop", "dossier_fees_2022-12-05.csv", "a", 13),
        file("sepay-main", "0071000000001_05122022.xlsx", "b", 7),
    ];
    scene.facts.page.balances = vec![StatementBalance {
        source: "sepay-main".into(),
        file: "*********0001_05122022.xlsx".into(),
        account: "*********0001".into(),
        from: night,
        to: night,
        opening: Some(1000),
        credits: 500,
        debits: 200,
        closing: Some(1290),
        difference: Some(-10),
        rounding: 0,
        rejects: 0,
        is_page: false,
    }];
    let vnpay = scene.facts.sources.iter_mut();
    let mut vnpay = vnpay.filter(|source| source.facts.name.as_str().starts_with("vnpay"));
    let vnpay = vnpay.next().unwrap();
    let name = vnpay.facts.name.as_str().to_owned();
    vnpay.facts.control = Some(Control {
        expected_count: 4,
        expected_sum: Some(Vnd::new(900)),
        count: 4,
        sum: Vnd::new(900),
    });
    let list = sheet(&mut open(&book(&scene)), "Nguồn (tệp)");
    let row = |row: usize| -> Vec<String> {
        let cells = 1..list.width();
        cells.map(|col| at(&list, row, col).to_string()).collect()
    };
    let (a, b) = ("a".repeat(64), "b".repeat(64));
    let no_totals = ["", "", "", "", "", ""];
    let first = [
        "one-stop",
        "export",
        "dossier_fees_2022-12-05.csv",
        "13",
        &a,
    ];
    assert_eq!(row(4), [&first[..], &no_totals].concat());
    let second = [
        "sepay-main",
        "sepay",
        "*********0001_05122022.xlsx",
        "7",
        &b,
    ];
    let told = ["", "290", "", "300", "", "-10"];
    assert_eq!(row(5), [&second[..], &told].concat());
    // the others answered online: no digest, their own totals
    let others: Vec<Vec<String>> = (6..list.height()).map(row).collect();
    assert_eq!(others.len(), scene.facts.sources.len() - 2);
    for other in &others {
        assert_eq!((&*other[2], &*other[4]), ("(trả lời trực tuyến)", ""));
    }
    let told = others.iter().find(|other| other[0] == name).unwrap();
    assert_eq!(told[5..], ["4", "900", "4", "900", "0", "0"]);
    assert_eq!(number(at(&list, 2, 4)), {
        let rows = (4..list.height()).map(|row| number(at(&list, row, 4)));
        rows.map(|n| n.parse::<i64>().unwrap())
            .sum::<i64>()
            .to_string()
    });
}

/// The text to copy has the line breaks that we write; what stands in the data cannot make one.
#[test]
fn a_text_to_send_has_its_own_line_breaks_alone() {
    let mut scene = example::undecided();
    for fee in &mut scene.inputs.fees {
        fee.procedure_code = "1.00\n4227".into();
    }
    let mut book = open(&super::book(&scene));
    let list = sheet(&mut book, "Ngoại lệ");
    let letters = (4..list.height()).map(|row| at(&list, row, col(columns::LETTER)).to_string());
    let letters: Vec<String> = letters.filter(|said| !said.is_empty()).collect();
    assert!(!letters.is_empty());
    for letter in letters {
        assert_eq!(letter.matches('\n').count(), 1, "{letter:?}");
        assert!(!letter.contains("U+000A"), "{letter:?}");
    }
}
