//! The tables of papers are read as they are written: no number, day, code or word of a cell is
//! broken over lines, in the PDF and in the document as a word processor prints it.

use std::collections::BTreeMap;

use doisoat::classify::CLASSES;
use doisoat::domain::{ProviderRow, Vnd};
use doisoat::report::forms::{self, Block, Minutes, Paper};
use doisoat::report::pdf;

use crate::forms::{december, minutes, part, row};
use crate::pdf::read;
use crate::report::workbook::office::convert_from;
use crate::town::{FIRST, day};

/// How often each word stands in the cells of the tables, with their headings.
fn words(paper: &Paper) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for block in &paper.blocks {
        let Block::Table(grid) = block else { continue };
        let headings = grid.columns.iter().map(|(name, _)| name.clone());
        let cells = grid.rows.iter().flat_map(|row| &row.cells);
        let cells = cells.flat_map(|cell| cell.lines(paper.lang));
        for text in headings.chain(cells) {
            for word in text.split_whitespace() {
                *words.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    words
}

/// Every word of the tables stands in the file as often as in the tables, and whole.
fn holds(pdf: &[u8], paper: &Paper, what: &str) -> String {
    let read = read(pdf);
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for word in read.text.split_whitespace() {
        *told.entry(word).or_default() += 1;
    }
    let words = words(paper);
    assert!(words.len() > 40, "{words:?}");
    for (word, wanted) in words {
        let found = told.get(&*word).copied().unwrap_or(0);
        assert!(
            found >= wanted,
            "{what}: {word} {found} of {wanted} times\n{}",
            read.text
        );
    }
    read.info["Page size"].clone()
}

/// One row of every class whose label is long, with the codes of this provider.
fn differing(edit: impl Fn(usize, &mut ProviderRow)) -> Vec<ProviderRow> {
    let kinds = [
        ("near_reference", "open"),
        ("ambiguous", "open"),
        ("orphan", "open"),
        ("unidentified", "open"),
        ("net_settlement", "matched"),
        ("late", "matched"),
        ("underpaid", "matched"),
        ("duplicate", "matched"),
    ];
    let amounts = [
        8_000,
        16_000,
        175_406_000,
        1_250_000,
        40_549,
        350_000,
        139_000,
        61_000,
    ];
    let rows = kinds.iter().zip(amounts).enumerate();
    let rows = rows.map(|(at, ((class, bucket), amount))| {
        let mut row = row(&format!("4969{at}"), class, bucket);
        row.amount = Vnd::new(amount);
        row.fee = Vnd::new(0);
        row.order_ref = None;
        row.difference = (*bucket == "matched").then_some(Vnd::new(-133_000));
        row.dossier = Some(format!("000.31.31.H48-221205-{at:04}").into());
        edit(at, &mut row);
        row
    });
    rows.collect()
}

fn of(edit: impl Fn(usize, &mut ProviderRow)) -> Paper {
    let (period, run) = december();
    let rows = differing(edit);
    let closing = rows.iter().filter(|row| &*row.bucket == "open").cloned();
    let minutes = Minutes {
        closing: closing.collect(),
        ..minutes(&period, &run, rows.clone())
    };
    minutes.paper(CLASSES)
}

/// A bank's feed, a gateway with its orders, and a gateway whose ids are long: its annexes lie.
#[test]
fn no_word_of_a_cell_is_broken() {
    let bank = of(|at, row| row.bank_ref = Some(format!("FT22339004969{at}").into()));
    let gateway = of(|at, row| {
        row.id = format!("1391{at}742").into();
        row.bank_ref = Some(format!("VNP1391{at}742").into());
        row.order_ref = Some(format!("DVC22120500{at:02}").into());
    });
    let long = of(|at, row| {
        row.id = format!("8d1f3c52-6b0e-4f6a-9c1d-2a7be0c4{at:04}").into();
        row.order_ref = Some(format!("DVC221205{at:04}-1").into());
    });
    let papers = [
        (bank, false, "bank"),
        (gateway, false, "gateway"),
        (long, true, "long"),
    ];
    for (paper, lies, what) in papers {
        let file = pdf::paper(&paper, day(FIRST)).unwrap();
        holds(&file, &paper, what);
        let docx = forms::docx(&paper).unwrap();
        let document = part(&docx, "word/document.xml");
        let turned = document.contains("landscape");
        assert!(turned || !lies, "{what}");
        assert_eq!(
            document.matches("<w:sectPr>").count(),
            1 + usize::from(turned)
        );
        let sizes = document.split("<w:sz w:val=\"").skip(1);
        let sizes = sizes.map(|rest| rest.split('"').next().unwrap().parse::<u32>().unwrap());
        // the white between blocks is a line of 6 points
        let sizes = sizes.filter(|size| *size != 12);
        assert!(sizes.min().unwrap() >= 16, "{what}: 8 points");
        let dir = tempfile::tempdir().unwrap();
        let made = convert_from(dir.path(), &docx, "docx", "pdf");
        let printed = std::fs::read(made).unwrap();
        holds(&printed, &paper, &format!("{what}: document"));
        if let Some(kept) = std::env::var_os("PAPERS") {
            let kept = std::path::Path::new(&kept);
            std::fs::write(kept.join(format!("{what}.pdf")), &file).unwrap();
            std::fs::write(kept.join(format!("{what}-docx.pdf")), &printed).unwrap();
        }
    }
}
