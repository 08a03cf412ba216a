//! Free text from outside, and what a sheet cannot hold.

use doisoat::domain::Vnd;

use super::super::hostile;
use super::*;

#[test]
fn hostile_text_is_text() {
    let scene = hostile::hostile();
    let bytes = book(&scene);
    let mut book = open(&bytes);
    let list = sheet(&mut book, "Ngoại lệ");
    let ids: Vec<String> = (4..list.height())
        .map(|row| at(&list, row, col("id")).to_string())
        .collect();
    for text in hostile::HOSTILE {
        let shown = doisoat::report::escape::visible(text);
        assert!(ids.contains(&shown), "{text:?}");
    }
    for name in ["Ngoại lệ", "Dữ liệu lỗi", "Khớp", "Nguồn", "Chú giải"] {
        let formulas = book.worksheet_formula(name).unwrap();
        let top = formulas.start().unwrap_or_default().0;
        for (row, _, formula) in formulas.cells().filter(|(.., f)| !f.is_empty()) {
            let row = top + u32::try_from(row).unwrap();
            let ours = formula.starts_with("SUBTOTAL(109,") && row == 2;
            let difference = name == "Nguồn" && formula.len() <= 8;
            assert!(ours || difference, "{name} {formula}");
        }
        let seen = sheet(&mut book, name);
        for (_, _, cell) in seen.used_cells() {
            let hidden = |c: char| doisoat::report::escape::is_hidden(c);
            // the line break between whom a text goes to and the text is ours
            let ours = usize::from(name == "Ngoại lệ");
            let shown = cell.to_string().replacen('\n', " ", ours);
            assert!(!shown.contains(hidden), "{name} {cell:?}");
        }
        let xml = xml(&bytes, name);
        assert!(!xml.contains("<hyperlink") || name == "Ngoại lệ", "{name}");
    }
    // the only links are ours, to a place on the page beside the workbook
    let place = open(&bytes)
        .sheet_names()
        .iter()
        .position(|n| n == "Ngoại lệ");
    let links = format!("xl/worksheets/_rels/sheet{}.xml.rels", place.unwrap() + 1);
    let links = part(&bytes, &links);
    for target in links.split("Target=\"").skip(1) {
        assert_eq!(target.split('"').next(), Some("index.html"));
    }
    let list = xml(&bytes, "Ngoại lệ");
    let places: Vec<&str> = list.split(" location=\"").skip(1).collect();
    assert!(!places.is_empty());
    for place in places {
        let id = place.split('"').next().unwrap().strip_prefix("e-");
        let hex = id.is_some_and(|id| id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()));
        assert!(hex, "{place}");
    }
    let archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for name in archive.file_names() {
        let name = name.unwrap();
        let active = [
            "vba",
            "externalLink",
            "activeX",
            "embeddings",
            "connections",
        ];
        assert!(!active.iter().any(|word| name.contains(word)), "{name}");
    }
}

#[test]
fn what_a_cell_cannot_hold_is_told() {
    let mut scene = example::undecided();
    let long = "x1".repeat(20_000);
    let beyond = (1_i64 << 53) + 1;
    let txn = scene.inputs.txns.iter_mut().find(|t| &*t.id == "106");
    txn.unwrap().memo = long.as_str().into();
    let row = scene
        .settlement
        .rows
        .iter_mut()
        .find(|r| &*r.key.id == "106");
    row.unwrap().amount = Vnd::new(beyond);
    let mut book = open(&book(&scene));
    let list = sheet(&mut book, "Ngoại lệ");
    let row = (4..list.height())
        .find(|row| matches!(at(&list, *row, col("id")), Data::String(id) if id == "106"));
    let memo = at(&list, row.unwrap(), col("row")).to_string();
    assert!(memo.encode_utf16().count() <= 32_767);
    assert!(
        memo.contains("x1x1x1") && memo.ends_with("xem tệp CSV hoặc dữ liệu gốc)"),
        "{}",
        &memo[memo.len() - 90..]
    );
    let amount = at(&list, row.unwrap(), col(columns::AMOUNT));
    let said = amount.to_string();
    assert!(
        matches!(amount, Data::String(_)) && said.starts_with("9.007.199.254.740.993 ("),
        "{said}"
    );
    all_hold(&sheet(&mut book, "Kiểm tra"));
}

#[test]
fn rows_beyond_a_sheet_are_counted_and_told() {
    let scene = example::undecided();
    let bytes = short_book(&scene, 3);
    let mut book = open(&bytes);
    let list = sheet(&mut book, "Ngoại lệ");
    assert_eq!(list.height(), 7);
    let title = at(&list, 1, col("severity")).to_string();
    assert!(
        title.contains("dòng nữa không ghi ở trang này, xem tệp exceptions.csv"),
        "{title}"
    );
    let links = sheet(&mut book, "Khớp");
    let said = at(&links, 1, 1).to_string();
    assert!(said.contains("xem tệp links.csv"), "{said}");
}
