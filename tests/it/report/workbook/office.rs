//! The workbook in LibreOffice: its own calculation finds what the program wrote, what people
//! filled in is there after it saved, and the pages are printed.
//!
//! Needs LibreOffice Calc (Debian package `libreoffice-calc-nogui`); the tests fail without it.

use std::path::{Path, PathBuf};
use std::process::Command;

use doisoat::job::import::{Table, read};
use doisoat::report::xlsx::columns::{self, Choice};

use super::*;

const SOFFICE: &str = "/usr/bin/soffice";

/// Converts a workbook with a profile of its own that calculates everything again.
pub(crate) fn convert(dir: &Path, bytes: &[u8], to: &str) -> PathBuf {
    convert_from(dir, bytes, "xlsx", to)
}

/// The same of a file of another kind.
pub(crate) fn convert_from(dir: &Path, bytes: &[u8], from: &str, to: &str) -> PathBuf {
    assert!(
        Path::new(SOFFICE).exists(),
        "{SOFFICE} is missing: apt-get install libreoffice-calc-nogui (Debian package)"
    );
    let input = dir.join(format!("doisoat.{from}"));
    std::fs::write(&input, bytes).unwrap();
    let user = dir.join("profile/user");
    std::fs::create_dir_all(&user).unwrap();
    std::fs::write(user.join("registrymodifications.xcu"), ALWAYS_CALCULATE).unwrap();
    let out = dir.join("out");
    let output = Command::new(SOFFICE)
        .args(["--headless", "--norestore"])
        .arg(format!(
            "-env:UserInstallation=file://{}",
            dir.join("profile").display()
        ))
        .args(["--convert-to", to, "--outdir"])
        .arg(&out)
        .arg(&input)
        .env("HOME", dir)
        .output()
        .unwrap();
    let made = out.join(format!("doisoat.{to}"));
    assert!(
        made.exists(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    made
}

const ALWAYS_CALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"#;

/// The same workbook with every stored result taken away or wrong: what it shows afterwards was
/// calculated.
pub(crate) fn without_results(bytes: &[u8]) -> Vec<u8> {
    rewritten(bytes, |_, xml| {
        let mut out = String::new();
        let mut cells = xml.split("</f><v>");
        out.push_str(cells.next().unwrap());
        for rest in cells {
            let (_, after) = rest.split_once("</v>").unwrap();
            out.push_str("</f>");
            out.push_str(after);
        }
        assert!(!out.contains("</f><v>"));
        out
    })
}

#[test]
fn libreoffice_calculates_what_the_program_wrote() {
    let scene = example::undecided();
    let bytes = book(&scene);
    let dir = tempfile::tempdir().unwrap();
    let made = convert(dir.path(), &without_results(&bytes), "xlsx");
    let mut again = open(&std::fs::read(made).unwrap());
    let mut before = open(&bytes);
    let checks = sheet(&mut again, "Kiểm tra");
    all_hold(&checks);
    assert_eq!(
        at(&checks, 2, 0).to_string(),
        "✓ Mọi phép kiểm tra đều khớp"
    );
    let mut compared = 0;
    for name in before.sheet_names() {
        let formulas = before.worksheet_formula(&name).unwrap();
        let start = formulas.start().unwrap_or_default();
        let (old, new) = (sheet(&mut before, &name), sheet(&mut again, &name));
        for (row, col, _) in formulas.cells().filter(|(.., f)| !f.is_empty()) {
            let place = (
                start.0 + u32::try_from(row).unwrap(),
                start.1 + u32::try_from(col).unwrap(),
            );
            let (old, new) = (old.get_value(place).unwrap(), new.get_value(place).unwrap());
            let same = match (old, new) {
                (Data::Float(a), Data::Float(b)) => format!("{a:.9}") == format!("{b:.9}"),
                (a, b) => a.to_string() == b.to_string(),
            };
            assert!(same, "{name} {place:?}: {old:?}, calculated {new:?}");
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared} formulas");
}

#[test]
fn libreoffice_finds_a_wrong_total() {
    let scene = example::undecided();
    let wrong = rewritten(&book(&scene), |_, xml| {
        xml.replace("<v>1250000</v>", "<v>1250001</v>")
    });
    let dir = tempfile::tempdir().unwrap();
    let made = convert(dir.path(), &wrong, "xlsx");
    let mut again = open(&std::fs::read(made).unwrap());
    let checks = sheet(&mut again, "Kiểm tra");
    let found = differences(&checks)
        .into_iter()
        .any(|(.., mark)| mark == "✗");
    assert!(found, "a changed amount shows in the checks");
}

#[test]
fn decisions_survive_libreoffice() {
    let scene = example::undecided();
    let fill = |xml: String, key: &str, said: &str| {
        let letter = char::from(b'A' + u8::try_from(col(key)).unwrap());
        let from = format!("<c r=\"{letter}5\" s=\"");
        let (head, rest) = xml
            .split_once(&from)
            .unwrap_or_else(|| panic!("no {letter}5"));
        let (style, rest) = rest.split_once("\"/>").unwrap();
        format!("{head}{from}{style}\" t=\"inlineStr\"><is><t>{said}</t></is></c>{rest}")
    };
    let filled = rewritten(&book(&scene), |name, xml| {
        if name != "xl/worksheets/sheet5.xml" {
            return xml;
        }
        let xml = fill(xml, columns::DECISION, &Choice::PaidBy.word(Lang::Vi));
        let xml = fill(xml, columns::TARGET, "sepay-main/106");
        let xml = fill(xml, columns::ASSIGNEE, "Kế toán 1");
        fill(xml, columns::REASON, "Đã đối chiếu sao kê")
    });
    let dir = tempfile::tempdir().unwrap();
    let made = std::fs::read(convert(dir.path(), &filled, "xlsx")).unwrap();
    let mut again = open(&made);
    let list = sheet(&mut again, &columns::sheet_name(Lang::Vi));
    let keys: Vec<String> = (0..list.width())
        .map(|col| at(&list, 0, col).to_string())
        .collect();
    let cell = |row: usize, key: &str| {
        let col = keys.iter().position(|k| k == key).unwrap();
        at(&list, row, col).to_string()
    };
    assert_eq!(
        Choice::read(&cell(4, columns::DECISION)),
        Some(Choice::PaidBy)
    );
    assert_eq!(cell(4, columns::TARGET), "sepay-main/106");
    assert_eq!(cell(4, columns::ASSIGNEE), "Kế toán 1");
    assert_eq!(cell(4, columns::REASON), "Đã đối chiếu sao kê");
    let mut before = open(&book(&scene));
    let old = sheet(&mut before, "Ngoại lệ");
    for row in 4..old.height() {
        let id = at(&old, row, col(columns::EXCEPTION_ID)).to_string();
        assert_eq!(cell(row, columns::EXCEPTION_ID), id);
    }
    let saved = xml(&made, "Ngoại lệ");
    assert!(
        saved.contains("hidden=\"true\""),
        "hidden columns stay hidden"
    );
    assert!(
        saved.contains(&Choice::NotFee.word(Lang::Vi)),
        "the drop-down stays"
    );
}

/// Cells of the first sheet of exceptions, by their place, with another text or none.
fn refilled(bytes: &[u8], cells: &[(String, &str)]) -> Vec<u8> {
    rewritten(bytes, |name, mut xml| {
        if name != "xl/worksheets/sheet5.xml" {
            return xml;
        }
        for (place, said) in cells {
            let from = format!("<c r=\"{place}\" s=\"");
            let (head, rest) = xml.split_once(&from).unwrap();
            let (style, rest) = rest.split_once('"').unwrap();
            let (_, rest) = rest.split_once("</c>").unwrap();
            let cell = if said.is_empty() {
                "/>".to_owned()
            } else {
                format!(" t=\"inlineStr\"><is><t>{said}</t></is></c>")
            };
            xml = format!("{head}{from}{style}\"{cell}{rest}");
        }
        xml
    })
}

/// Who is to settle a row stands in its cell; left alone it decides nothing, also after LibreOffice
/// saved the workbook.
#[test]
fn who_is_to_settle_it_is_filled_in_and_read_back() {
    let mut scene = example::undecided();
    let rows = scene.settlement.rows.iter();
    let work = rows.filter(|row| ["unidentified", "duplicate", "cutoff"].contains(&row.class));
    let named = work.zip(["Bình", "Chi", "Dũng"]);
    let given: Vec<_> = named
        .map(|(row, name)| (row.key.clone(), row.exception_id.clone().unwrap(), name))
        .collect();
    assert_eq!(given.len(), 3);
    let assigned = given
        .iter()
        .map(|(key, _, name)| (key.clone(), (*name).into()));
    scene.facts.page.assigned = assigned.collect();
    let bytes = book(&scene);
    let list = sheet(&mut open(&bytes), "Ngoại lệ");
    let row_of = |id: &str| {
        let is_it = |row: &usize| *at(&list, *row, col(columns::EXCEPTION_ID)) == *id;
        (4..list.height()).find(is_it).unwrap()
    };
    for (_, id, name) in &given {
        let cell = at(&list, row_of(id.as_str()), col(columns::ASSIGNEE));
        assert_eq!(cell.to_string(), *name);
    }
    let place = |n: usize| {
        let letter = char::from(b'A' + u8::try_from(col(columns::ASSIGNEE)).unwrap());
        format!("{letter}{}", row_of(given[n].1.as_str()) + 1)
    };
    let changed = refilled(&bytes, &[(place(1), "An"), (place(2), "")]);
    let dir = tempfile::tempdir().unwrap();
    let saved = |bytes: &[u8]| std::fs::read(convert(dir.path(), bytes, "xlsx")).unwrap();
    for (bytes, wanted) in [
        (bytes.clone(), [None, None, None]),
        (saved(&bytes), [None, None, None]),
        (changed.clone(), [None, Some("An"), Some("")]),
        (saved(&changed), [None, Some("An"), Some("")]),
    ] {
        let Table::Rows(rows) = read(&bytes).unwrap() else {
            panic!("no rows")
        };
        for ((_, id, name), wanted) in given.iter().zip(wanted) {
            let row = rows.iter().find(|row| *row.id == *id.as_str()).unwrap();
            assert_eq!(row.assigns(), wanted, "{name}");
            assert_eq!(row.is_empty(), wanted.is_none(), "{name}");
        }
        let others = rows.iter().filter(|row| row.assigns().is_some()).count();
        assert_eq!(others, wanted.iter().flatten().count());
    }
}

/// The names known so far and ten empty cells are what the drop-down offers; it and a note are
/// there after LibreOffice saved the workbook.
#[test]
fn names_and_a_note_are_read_back() {
    let mut scene = example::undecided();
    scene.facts.page.people = ["An, Bình", "Chi"].map(Box::from).to_vec();
    let bytes = book(&scene);
    let mut opened = open(&bytes);
    let notes = sheet(&mut opened, "Chú giải");
    let names: Vec<String> = (4..17).map(|row| at(&notes, row, 0).to_string()).collect();
    assert_eq!(names[..3], ["An, Bình", "Chi", ""]);
    assert!(names.iter().skip(2).all(String::is_empty), "{names:?}");
    let offered = |bytes: &[u8]| xml(bytes, "Ngoại lệ").replace("&apos;", "'");
    assert!(offered(&bytes).contains("'Chú giải'!$A$5:$A$16</formula1>"));
    let place = |key: &str| {
        let letter = char::from(b'A' + u8::try_from(col(key)).unwrap());
        format!("{letter}5")
    };
    let noted = rewritten(&bytes, |name, xml| {
        if name != "xl/worksheets/sheet5.xml" {
            return xml;
        }
        let from = format!("<c r=\"{}\" s=\"", place(columns::NOTE));
        let (head, rest) = xml.split_once(&from).unwrap();
        let (style, rest) = rest.split_once("\"/>").unwrap();
        let said = "t=\"inlineStr\"><is><t>Đã gọi ngân hàng</t></is></c>";
        format!("{head}{from}{style}\" {said}{rest}")
    });
    let dir = tempfile::tempdir().unwrap();
    let saved = std::fs::read(convert(dir.path(), &noted, "xlsx")).unwrap();
    assert!(offered(&saved).contains("'Chú giải'!$A$5:$A$16</formula1>"));
    for bytes in [noted, saved] {
        let Table::Rows(rows) = read(&bytes).unwrap() else {
            panic!("no rows")
        };
        let told: Vec<_> = rows.iter().filter(|row| !row.is_empty()).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].only_notes() && told[0].why() == "Đã gọi ngân hàng");
    }
}

#[test]
fn libreoffice_prints_it_on_a4() {
    let dir = tempfile::tempdir().unwrap();
    let made = convert(dir.path(), &book(&example::undecided()), "pdf");
    let bytes = std::fs::read(made).unwrap();
    // in the middle of the words of a page letters are 7.5 points from foot to head at least
    for (at, mut page) in crate::pdf::heights(&bytes).into_iter().enumerate() {
        page.sort_unstable();
        let middle = page.get(page.len() / 2).copied().unwrap_or(i64::MAX);
        assert!(middle >= 750, "page {}: {middle} hundredths", at + 1);
    }
    let text = String::from_utf8_lossy(&bytes);
    let pages: Vec<&str> = text.split("/Type/Page/").skip(1).collect();
    assert!(pages.len() >= 12, "{} pages", pages.len());
    for page in pages {
        let (_, size) = page.split_once("/MediaBox[").unwrap();
        let size = size.split(']').next().unwrap();
        let numbers: Vec<&str> = size.split_whitespace().collect();
        let [_, _, width, height] = numbers.as_slice() else {
            panic!("{size}")
        };
        let points = |text: &str| text.split('.').next().unwrap().parse::<i32>().unwrap();
        let (width, height) = (points(width), points(height));
        let near = |a: i32, b: i32| (a - b).abs() <= 1;
        let portrait = near(width, 595) && near(height, 842);
        let landscape = near(width, 842) && near(height, 595);
        assert!(portrait || landscape, "{size}");
    }
}
