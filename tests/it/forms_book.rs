//! The workbook of a paper: laid out as the paper is, with real numbers and days, and totals that a
//! spreadsheet's own calculation finds again.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use doisoat::classify::CLASSES;
use doisoat::domain::{Lang, MissingPayment, Period, ProviderRow, RunId, Vnd};
use doisoat::report::forms::{self, AgencyPayments, Minutes, Payments};

use crate::forms::{behind, december, minutes, part, row, said};
use crate::report::workbook::office::{convert, without_results};
use crate::town::{FIRST, day};

/// The sheets with their cells.
type Sheets = Vec<(String, Range<Data>)>;

fn sheets(bytes: &[u8]) -> Sheets {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.worksheets()
}

/// Calculated anew by LibreOffice from a book whose stored results are taken away.
fn calculated(bytes: &[u8]) -> Sheets {
    let dir = tempfile::tempdir().unwrap();
    let made = convert(dir.path(), &without_results(bytes), "xlsx");
    sheets(&std::fs::read(made).unwrap())
}

fn number(cell: &Data) -> Option<i64> {
    match cell {
        Data::Float(number) => format!("{number:.0}").parse().ok(),
        Data::Int(number) => Some(*number),
        _ => None,
    }
}

fn vi(number: i64) -> String {
    doisoat::text::number(Lang::Vi, number)
}

/// Each row of the first sheet by what it says before its first figure, with all figures from
/// there on.
fn told(sheet: &Range<Data>) -> Vec<(String, Vec<Option<i64>>)> {
    let mut rows = Vec::new();
    for row in sheet.rows() {
        let from = row
            .iter()
            .position(|cell| matches!(cell, Data::String(t) if t.len() > 4));
        let Some(at) = from else { continue };
        let figures: Vec<Option<i64>> = row[at + 1..].iter().map(number).collect();
        if figures.iter().flatten().count() > 1 {
            rows.push((row[at].to_string(), figures));
        }
    }
    rows
}

/// Each workbook among the files says what its document says.
pub(crate) fn tell_the_same(papers: &BTreeMap<String, Vec<u8>>) {
    for (name, xlsx) in papers {
        let Some(stem) = name.strip_suffix(".xlsx") else {
            continue;
        };
        let texts = said(&papers[&format!("{stem}.docx")]);
        tells_the_same(xlsx, &texts, name);
    }
}

/// The figures of the first sheet are those of the document, as stored and as calculated.
pub(crate) fn tells_the_same(xlsx: &[u8], texts: &[String], name: &str) {
    let stored = sheets(xlsx);
    let again = calculated(xlsx);
    assert_eq!(told(&stored[0].1), told(&again[0].1), "{name}");
    let mut seen = BTreeMap::new();
    for text in texts {
        *seen.entry(text).or_insert(0) += 1;
    }
    let mut compared = 0;
    for (what, figures) in told(&again[0].1) {
        if seen.get(&what) != Some(&1) {
            continue;
        }
        let cells = behind(texts, &what, figures.len());
        for (figure, cell) in figures.iter().zip(cells) {
            if let Some(figure) = figure.filter(|_| !cell.contains('%')) {
                assert_eq!(vi(figure), *cell, "{name}: {what}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 10, "{name}: {compared} figures");
    for ((sheet, old), (_, new)) in stored.iter().zip(&again) {
        for (row, col, value) in old.used_cells() {
            if let Some(value) = number(value) {
                let place = (u32::try_from(row).unwrap(), u32::try_from(col).unwrap());
                let start = old.start().unwrap();
                let place = (place.0 + start.0, place.1 + start.1);
                let found = number(new.get_value(place).unwrap());
                assert_eq!(found, Some(value), "{name}, {sheet} {place:?}");
            }
        }
    }
}

fn change(id: &str, class: &str, bucket: &str, edit: fn(&mut ProviderRow)) -> ProviderRow {
    let mut row = row(id, class, bucket);
    edit(&mut row);
    row
}

fn rows() -> Vec<ProviderRow> {
    let over = |row: &mut ProviderRow| row.difference = Some(Vnd::new(2_500));
    let back = |row: &mut ProviderRow| {
        row.went_back = true;
        row.amount = Vnd::new(300_000);
    };
    let set = |row: &mut ProviderRow| row.in_set = true;
    vec![
        row("1", "ok", "matched"),
        change("0002", "overpaid", "matched", over),
        change("3", "overpaid", "matched", over),
        change("4", "refunded", "matched", back),
        change("5", "ok", "matched", set),
        change("6", "ok", "matched", set),
        change("7", "not_fee", "excluded", |row| row.kind = "debit".into()),
        row("2212050000000000008", "unidentified", "open"),
    ]
}

/// Minutes with every annex.
fn whole<'a>(period: &'a Period, run: &'a RunId) -> Minutes<'a> {
    let unseen = MissingPayment {
        business_date: day(FIRST),
        dossier: "H48.18.22-221205-0001".into(),
        fee_id: "F1".into(),
        amount: Vnd::new(70_000),
        orders: vec![("vnpay".into(), "V1".into())],
    };
    Minutes {
        closing: vec![
            row("2212050000000000008", "unidentified", "open"),
            row("9", "unidentified", "open"),
        ],
        unseen: vec![unseen],
        ..minutes(period, run, rows())
    }
}

#[test]
fn the_totals_of_the_minutes_are_formulas_over_their_annexes() {
    let (period, run) = december();
    let paper = whole(&period, &run).paper(CLASSES);
    let xlsx = forms::xlsx(&paper, day(FIRST)).unwrap();
    tells_the_same(&xlsx, &said(&forms::docx(&paper).unwrap()), "minutes");
    let first = part(&xlsx, "xl/worksheets/sheet1.xml");
    for formula in [
        "COUNT('Phụ lục'!$A$",
        "SUM('Phụ lục'!$H$",
        "COUNTIFS('Khớp có sai lệch'!$F$",
        "SUMIFS('Khớp có sai lệch'!$G$",
        "SUM('Khớp theo nhóm'!$E$",
        "SUM('Chỉ có ở bên A'!$F$",
    ] {
        let formula = formula.replace('\'', "&apos;");
        let plain = formula.replace("&apos;", "'");
        assert!(
            first.contains(&formula) || first.contains(&plain),
            "{plain}"
        );
    }
    // an amount that is changed in an annex changes the paper
    let annex = part(&xlsx, "xl/worksheets/sheet2.xml");
    assert!(annex.contains("<v>1005000</v>"));
    let calculated = calculated(&crate::report::workbook::rewritten(&xlsx, |name, xml| {
        if name.ends_with("sheet2.xml") {
            return xml.replacen("<v>1005000</v>", "<v>5000</v>", 1);
        }
        xml
    }));
    let closing = "Chuyển kỳ sau, chưa khớp (phụ lục)";
    let told = told(&calculated[0].1);
    let row = told.iter().find(|(what, _)| what == closing).unwrap();
    assert_eq!(row.1[..2], [Some(2), Some(1_010_000)]);
}

#[test]
fn the_workbook_of_the_minutes_is_an_office_s_paper() {
    let (period, run) = december();
    let paper = whole(&period, &run).paper(CLASSES);
    let xlsx = forms::xlsx(&paper, day(FIRST)).unwrap();
    assert_eq!(xlsx, forms::xlsx(&paper, day(FIRST)).unwrap(), "same bytes");
    let sheets = sheets(&xlsx);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| &**name).collect();
    let annexes = [
        "Phụ lục",
        "Khớp có sai lệch",
        "Chỉ có ở bên A",
        "Khớp theo nhóm",
    ];
    assert_eq!(names[0], "Đối soát");
    assert_eq!(names[1..], annexes);
    let says = |at: usize, what: &str| {
        let cells = sheets[at].1.used_cells();
        let found = cells.filter(|(.., cell)| cell.to_string().contains(what));
        found.count() > 0
    };
    // every line of the document stands in the book
    for text in said(&forms::docx(&paper).unwrap()) {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let text = text.replace("&quot;", "\"").replace("&amp;", "&");
        let is_figure = text
            .chars()
            .all(|c| c.is_ascii_digit() || ".-/".contains(c));
        let found = is_figure || (0..sheets.len()).any(|at| says(at, &text));
        assert!(found, "{text}");
    }
    for head in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ] {
        assert!(says(0, head), "{head}");
    }
    let (_, annex) = &sheets[1];
    let row = annex.rows().find(|row| number(&row[0]) == Some(1)).unwrap();
    assert!(
        matches!(&row[1], Data::DateTime(day) if day.is_datetime()),
        "{row:?}"
    );
    let id = Data::String("2212050000000000008".into());
    assert_eq!(row[2], id, "a code is a text");
    assert_eq!(number(&row[7]), Some(1_005_000));
    for at in 1..=sheets.len() {
        let xml = part(&xlsx, &format!("xl/worksheets/sheet{at}.xml"));
        assert!(xml.contains(r#"paperSize="9""#), "{at}: A4");
        assert!(xml.contains(r#"fitToHeight="0""#), "{at}: one page wide");
        assert_eq!(xml.contains("<autoFilter"), at > 1, "{at}");
        assert_eq!(xml.contains(r#"state="frozen""#), at > 1, "{at}");
        assert!(xml.contains("<mergeCell "), "{at}");
    }
    let book = part(&xlsx, "xl/workbook.xml");
    assert_eq!(book.matches("_xlnm.Print_Titles").count(), annexes.len());
    // no cell of a table is merged: merged ranges end above it or begin below it
    let annex = part(&xlsx, "xl/worksheets/sheet2.xml");
    let header = annex.split("<autoFilter ref=\"A").nth(1).unwrap();
    let header: u32 = header.split(':').next().unwrap().parse().unwrap();
    for range in annex.split("<mergeCell ref=\"A").skip(1) {
        let row: u32 = range.split(':').next().unwrap().parse().unwrap();
        assert!(row < header, "{row} {header}");
    }
}

fn agency(name: &str, dossiers: i128, online: i128, phi: i128, le_phi: i128) -> AgencyPayments {
    AgencyPayments {
        name: name.into(),
        dossiers,
        online,
        phi,
        le_phi,
    }
}

fn payments<'a>(period: &'a Period, run: &'a RunId, total: i128) -> Payments<'a> {
    Payments {
        lang: Lang::Vi,
        unit: "Ủy ban nhân dân huyện Mộ Đức",
        period,
        run,
        agencies: vec![
            agency("Văn phòng đăng ký đất đai", 7, 4, 1_200_000, 350_000),
            agency("=1+1", 3, 0, 0, 24_000),
        ],
        total: agency("Tổng cộng", total, 4, 1_200_000, 374_000),
        counted: true,
        untold: Vec::new(),
        bridge: None,
        carried: None,
        night: period.to,
        missing: Vec::new(),
        republished: Vec::new(),
        as_of: &[],
    }
}

#[test]
fn the_form_of_payments_calculates_its_shares_and_sums() {
    let (period, run) = december();
    let paper = payments(&period, &run, 10).paper();
    let xlsx = forms::xlsx(&paper, day(FIRST)).unwrap();
    tells_the_same(&xlsx, &said(&forms::docx(&paper).unwrap()), "payments");
    let again = calculated(&xlsx);
    let share = |name: &str| {
        let name = Data::String(name.into());
        let row = again[0].1.rows().find(|row| row[1] == name);
        match &row.unwrap()[5] {
            Data::Float(share) => format!("{share:.10}"),
            other => other.to_string(),
        }
    };
    assert_eq!(share("Văn phòng đăng ký đất đai"), "0.5714285714");
    assert_eq!(share("Tổng cộng"), "0.4000000000");
    assert_eq!(share("=1+1"), "0.0000000000", "a name is a text");
    let xml = part(&xlsx, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("orientation=\"landscape\""));
    // 2 lines: less, over, sum; the total: two counts, less, share, three sums of dong
    assert_eq!(xml.matches("<f>").count(), 2 * 3 + 7);
}

/// A dossier of two agencies counts once: that total is no sum, and the paper says why.
#[test]
fn a_total_that_is_no_sum_is_none_in_the_workbook() {
    let (period, run) = december();
    let paper = payments(&period, &run, 9).paper();
    let xlsx = forms::xlsx(&paper, day(FIRST)).unwrap();
    let texts = said(&forms::docx(&paper).unwrap());
    tells_the_same(&xlsx, &texts, "payments");
    let once = |text: &String| text.starts_with("Một yêu cầu thu của nhiều đơn vị");
    assert!(texts.iter().any(once));
    let all = said(&forms::docx(&payments(&period, &run, 10).paper()).unwrap());
    assert!(!all.iter().any(once));
    let xml = part(&xlsx, "xl/worksheets/sheet1.xml");
    assert_eq!(xml.matches("<f>").count(), 2 * 3 + 5);
}
