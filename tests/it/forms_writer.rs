//! The documents of papers as a word processor opens them: whole packages, A4 with the margins and
//! letters of Decree 30/2020/NĐ-CP, and in print every word and figure of the paper.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use doisoat::domain::Period;
use doisoat::job::forms::Form;
use doisoat::job::report_again::Span;

use crate::database::Kind;
use crate::forms::{part, said, write_of};
use crate::pdf::{read, squeezed};
use crate::report::workbook::office::convert_from;
use crate::town::{FIRST, Town, as_is, day, night};

const WRITER: &str = "/usr/lib/libreoffice/program/libswlo.so";

/// Every part that the package names is there, every part is XML, and nothing else is in it.
fn is_whole(docx: &[u8], name: &str) {
    let zip = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert_eq!(names[0], "[Content_Types].xml");
    for part_name in &names {
        let xml = part(docx, part_name);
        let mut reader = quick_xml::Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
    }
    let between = |xml: &str, start: &str| -> Vec<String> {
        let parts = xml.split(start).skip(1);
        parts
            .map(|p| p.split('"').next().unwrap().to_owned())
            .collect()
    };
    let types = part(docx, "[Content_Types].xml");
    for named in between(&types, "PartName=\"/") {
        assert!(names.contains(&named), "{name}: {named} is missing");
    }
    for (rels, folder) in [
        ("_rels/.rels", ""),
        ("word/_rels/document.xml.rels", "word/"),
    ] {
        let rels = part(docx, rels);
        for target in between(&rels, "Target=\"") {
            let target = format!("{folder}{target}");
            assert!(names.contains(&target), "{name}: {target} is missing");
            assert!(
                types.contains(&format!("PartName=\"/{target}\"")),
                "{target}"
            );
        }
        let ids = between(&rels, "Id=\"");
        let used = between(&part(docx, "word/document.xml"), "r:id=\"");
        assert!(folder.is_empty() || used.iter().all(|id| ids.contains(id)));
    }
}

/// The page and the letters, as the decree says: margins in twentieths of a point.
fn is_an_office_s(docx: &[u8], name: &str) {
    let document = part(docx, "word/document.xml");
    let sections: Vec<&str> = document.split("<w:pgSz ").skip(1).collect();
    assert!((1..=2).contains(&sections.len()), "{name}");
    for section in sections {
        let section = section.split("</w:sectPr>").next().unwrap();
        let lies = section.contains("w:orient=\"landscape\"");
        let size = if lies {
            r#"w:w="16838" w:h="11906""#
        } else {
            r#"w:w="11906" w:h="16838""#
        };
        assert!(section.starts_with(size), "{name}: A4");
        let margins = section.split("<w:pgMar ").nth(1).unwrap();
        let margin = |side: &str| -> u32 {
            let told = margins.split(&format!("w:{side}=\"")).nth(1).unwrap();
            told.split('"').next().unwrap().parse().unwrap()
        };
        let mm = |side| (margin(side) * 254 + 7200) / 14_400;
        // the upper edge of a page on its side is the left one of an upright page
        let [top, left, bottom, right] = if lies {
            ["left", "top", "right", "bottom"].map(mm)
        } else {
            ["top", "left", "bottom", "right"].map(mm)
        };
        assert!(
            (20..=25).contains(&top) && (20..=25).contains(&bottom),
            "{name}: {top} {bottom}"
        );
        let bound = if lies { 25..=35 } else { 30..=35 };
        assert!(bound.contains(&left), "{name}: {left}");
        assert!((15..=20).contains(&right), "{name}: {right}");
    }
    let styles = part(docx, "word/styles.xml");
    assert!(styles.contains("w:ascii=\"Times New Roman\"") && styles.contains("w:sz w:val=\"26\""));
    assert_eq!(
        document.matches("<w:tblHeader/>").count() > 0,
        document.contains("<w:tblBorders>")
    );
    assert!(
        document.contains("<w:titlePg/>"),
        "{name}: no number on the first page"
    );
}

/// What a word processor prints of it.
fn prints(docx: &[u8], name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let made = convert_from(dir.path(), docx, "docx", "pdf");
    let pdf = read(&std::fs::read(made).unwrap());
    assert!(
        pdf.info["Page size"].contains("A4"),
        "{name}: {}",
        pdf.info["Page size"]
    );
    let letters = pdf.letters();
    let mut words = 0;
    for text in said(docx) {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let text = text.replace("&quot;", "\"").replace("&#34;", "\"");
        let text = text.replace("&#39;", "'").replace("&apos;", "'");
        let text = squeezed(&text.replace("&amp;", "&"));
        assert!(letters.contains(&text), "{name}: {text}");
        words += usize::from(text.chars().count() > 3);
    }
    assert!(words > 20, "{name}: {words} texts");
    if name.contains("doi-soat") {
        assert!(letters.contains(&squeezed("Bằng chữ: ")), "{name}");
        assert!(pdf.pages() >= 2, "{name}: the annex begins a page");
        let lines: Vec<&str> = pdf.text.lines().map(str::trim).collect();
        for page in 2..=pdf.pages() {
            let number = page.to_string();
            assert!(
                lines.contains(&&*number),
                "{name}: page {page} has its number"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_open_in_a_word_processor_and_print_what_they_say() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = Box::pin(town.desk(&as_is)).await;
    town.morning_after(day(FIRST));
    Box::pin(night(&desk, FIRST)).await;
    let month = || Span::Days(Period::reporting_month("2022-12").unwrap());
    let mut papers = BTreeMap::new();
    for (form, span) in [
        (Form::Minutes(None), Span::Night(day(FIRST))),
        (Form::Payments, month()),
    ] {
        papers.extend(write_of(&desk, form, span).await);
    }
    let documents: Vec<_> = papers
        .iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "docx"))
        .collect();
    assert!(documents.len() >= 3, "{:?}", papers.keys());
    for (name, docx) in &documents {
        is_whole(docx, name);
        is_an_office_s(docx, name);
    }
    assert!(
        Path::new(WRITER).exists(),
        "{WRITER} is missing: apt-get install libreoffice-writer-nogui (Debian package)"
    );
    for (name, docx) in documents {
        prints(docx, name);
    }
}
