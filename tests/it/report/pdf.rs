//! The summary on paper, on nights made by hand, and papers that are hard to lay out.

use doisoat::domain::{Day, Lang};
use doisoat::report::forms::{Block, Cell, Grid, Line, Paper, Row, Scale};
use doisoat::report::pdf;

use super::example::{self, Scene, day};
use super::hostile::{HOSTILE, hostile};
use super::{build, large};
use crate::pdf::{self as reader, is_accessible, squeezed};

fn made(scene: &Scene) -> Vec<u8> {
    pdf::render(&build(scene)).unwrap()
}

fn of() -> Day {
    day("2022-12-05")
}

/// A paper with a title and a table.
fn table(rows: Vec<Row>, columns: &[&str]) -> Paper {
    let columns = columns.iter().map(|name| ((*name).to_owned(), 1_000));
    let grid = Grid {
        name: "Bảng".into(),
        columns: columns.collect(),
        rows,
    };
    Paper {
        title: "Giấy".into(),
        lang: Lang::Vi,
        landscape: false,
        blocks: vec![Block::Line(Line::title("GIẤY")), Block::Table(grid)],
    }
}

fn row(cells: Vec<Cell>) -> Row {
    Row {
        cells,
        strong: false,
    }
}

#[test]
fn the_summary_says_verdict_figures_and_what_decides() {
    let scenes = [
        example::undecided(),
        example::incomplete(),
        example::untied(),
        example::met(),
        example::missed(),
    ];
    for scene in scenes {
        let report = build(&scene);
        let bytes = made(&scene);
        assert!(bytes == made(&scene), "same input, same bytes");
        let read = is_accessible(&bytes, "vi-VN");
        let letters = read.letters();
        let mut wanted = vec![report.light.word.clone(), report.light.why.clone()];
        for tile in &report.tiles {
            wanted.extend([&tile.label, &tile.value, &tile.note, &tile.change].map(Clone::clone));
        }
        for banner in &report.banners {
            wanted.extend([banner.text.clone(), banner.advice.clone()]);
        }
        for row in report
            .shares
            .iter()
            .chain(report.agencies.iter().map(|row| &row.share))
        {
            wanted.extend([
                row.name.clone(),
                row.percent(Lang::Vi),
                row.interval(Lang::Vi),
            ]);
        }
        let first = report.first_work();
        wanted.extend(first.iter().map(|view| view.label.clone()));
        let ageing = report.exceptions.ageing.iter();
        wanted.extend(ageing.map(|(class, _)| class.label.clone()));
        wanted.extend(report.sources.iter().map(|source| source.name.to_string()));
        for text in wanted {
            assert!(letters.contains(&squeezed(&text)), "{text}");
        }
        for office in ["Người lập biểu", "Kiểm soát", "Kế toán trưởng"] {
            assert!(letters.contains(&squeezed(office)), "{office}");
        }
    }
}

/// The trend with its gaps, and the share by parts, as tables with named columns.
#[test]
fn the_summary_tells_the_trend_and_the_parts() {
    let mut scene = super::cells::scene();
    let mut before = scene.facts.trend.first().cloned().unwrap_or_else(|| {
        let report = build(&scene);
        report.trend.days.last().unwrap().point.clone().unwrap()
    });
    before.business_date = day("2022-12-02");
    before.share = doisoat::kpi::Fraction::new(37, 100);
    scene.facts.trend = vec![before];
    let report = build(&scene);
    let read = is_accessible(&made(&scene), "vi-VN");
    let letters = read.letters();
    let mut wanted = vec!["Diễn biến".to_owned(), "37,00 %".to_owned()];
    for day in ["02/12/2022", "05/12/2022"] {
        wanted.push(day.to_owned());
    }
    for gap in ["03/12/2022—khôngcóbáocáo", "04/12/2022—khôngcóbáocáo"] {
        assert!(letters.contains(gap), "{gap}");
    }
    assert!(!report.breakdowns.tables.is_empty() && !report.instruments.is_empty());
    for table in &report.breakdowns.tables {
        wanted.push(table.heading.clone());
        let first = &table.rows[0];
        wanted.push(first.name.clone());
        wanted.push(first.share.percent(Lang::Vi));
    }
    wanted.extend(report.instruments.iter().map(|row| row.label.clone()));
    for text in wanted {
        assert!(letters.contains(&squeezed(&text)), "{text}");
    }
}

/// What helps to prove the target met and what helps to prove it missed bear marks of their own,
/// and a list that is not whole says of how many.
#[test]
fn the_summary_marks_what_decides_by_what_it_proves() {
    let mut scene = large::night(40, 30);
    let ids: Vec<_> = build(&scene).exceptions.shown;
    let ids = ids
        .iter()
        .map(|view| doisoat::domain::ExceptionId::read(&view.id));
    let ids: Vec<_> = ids.collect();
    for share in &mut scene.settlement.shares {
        if !share.deciding.is_empty() {
            share.deciding.met = ids[..11].to_vec();
            share.deciding.missed = ids[10..24].to_vec();
            share.deciding.proved = true;
        }
    }
    let report = build(&scene);
    let first = report.first_work();
    assert_eq!(first.len(), 5);
    assert!(
        first
            .iter()
            .all(|view| report.decides(view) == [true, false])
    );
    let read = is_accessible(&made(&scene), "vi-VN");
    let letters = read.letters();
    for text in [
        "Ở đây có 5 trong 11 ngoại lệ đủ để chắc chắn đạt; 0 trong 14 ngoại lệ đủ để chắc chắn \
         không đạt. Các ngoại lệ còn lại đứng đầu phần Ngoại lệ.",
        "[Đ] Thuộc 11 ngoại lệ đủ để chắc chắn đạt",
        "[K] Thuộc 14 ngoại lệ đủ để chắc chắn không đạt",
    ] {
        assert!(letters.contains(&squeezed(text)), "{text}");
    }
    let marks = |mark: &str| letters.matches(mark).count();
    // five of the first list, then the whole list; the legend stands below both
    assert_eq!(marks("[Đ]"), 5 + 10 + 2);
    assert_eq!((marks("[Đ,K]"), marks("[K]")), (1, 13 + 1));
    let html = super::page(&scene);
    assert!(html.contains("Ở đây có 5 trong 11 ngoại lệ"));
    // lists after which the bounds may be outer ones say what may do, and no more
    for share in &mut scene.settlement.shares {
        share.deciding.proved = false;
    }
    let letters = is_accessible(&made(&scene), "vi-VN").letters();
    assert!(letters.contains(&squeezed("[Đ] Thuộc 11 ngoại lệ có thể đủ để đạt")));
    let html = super::page(&scene);
    assert!(html.contains("có thể đủ để đạt") && !html.contains("đủ để chắc chắn"));
}

#[test]
fn hostile_text_in_a_pdf_is_letters() {
    let scene = hostile();
    let bytes = made(&scene);
    let read = is_accessible(&bytes, "vi-VN");
    let letters = read.letters();
    assert!(
        letters.contains("<iframesrc=javascript:alert(1)></iframe>"),
        "the unit"
    );
    let cells = HOSTILE
        .iter()
        .map(|text| row(vec![Cell::text(*text), Cell::Number(1)]));
    let long = "W".repeat(3_000);
    let lacking = "😀 שלום 漢字 \u{e000} x\u{331} \u{202e}";
    let more = [long.as_str(), lacking].map(|text| row(vec![Cell::text(text), Cell::text("")]));
    let mut paper = table(cells.chain(more).collect(), &["Chữ", "Số"]);
    paper.title = HOSTILE.concat().repeat(200);
    let boxed = Line::left("Q ".repeat(9_000));
    paper.blocks.push(Block::Boxes(vec![vec![boxed]]));
    for text in HOSTILE {
        paper.blocks.push(Block::Line(Line::section(*text)));
        paper.blocks.push(Block::Line(Line::plain(text.repeat(40))));
    }
    let bytes = pdf::paper(&paper, of()).unwrap();
    let read = is_accessible(&bytes, "vi-VN");
    let letters = read.letters();
    for text in [
        "=cmd|'/Ccalc'!A0",
        "<script>alert(1)</script>",
        "gpj.‹U+202E›exe",
        "H48‹U+200B›.18",
        "a‹U+0000›b‹U+0007›c",
        "line‹U+000A›break",
        "‹U+FF1D›HYPERLINK(\"http://evil.example\")",
        "‹U+1F600›",
        "‹U+05E9›‹U+05DC›‹U+05D5›‹U+05DD›",
        "‹U+6F22›‹U+5B57›‹U+E000›x‹U+0331›‹U+202E›",
    ] {
        assert!(letters.contains(text), "{text}");
    }
    assert!(letters.matches('W').count() >= 3_000, "nothing is dropped");
    assert!(letters.matches('Q').count() >= 9_000, "nor off the page");
    let file = String::from_utf8_lossy(&bytes);
    for active in [
        "/URI",
        "/JavaScript",
        "/JS",
        "/Launch",
        "/Annots",
        "/AcroForm",
        "/OpenAction",
    ] {
        assert!(!file.contains(active), "{active}");
    }
}

#[test]
fn a_table_of_200_rows_repeats_its_header_and_is_one_table_to_hear() {
    let rows = (1..=200).map(|n| row(vec![Cell::Number(n), Cell::Text(format!("dòng {n}"))]));
    let paper = table(rows.collect(), &["STT", "Nội dung cột"]);
    let bytes = pdf::paper(&paper, of()).unwrap();
    let read = is_accessible(&bytes, "vi-VN");
    let pages = read.pages();
    assert!((4..=12).contains(&pages), "{pages} pages");
    assert_eq!(read.letters().matches("Nộidungcột").count(), pages);
    assert!(read.letters().contains("dòng200"));
    // repeated headers are no part of what is heard
    let tree = reader::heard(&bytes);
    assert_eq!(tree.matches("Nội dung cột").count(), 1, "{tree}");
    let lines = |tag: &str| tree.lines().filter(|l| l.trim().starts_with(tag)).count();
    assert_eq!((lines("Table"), lines("TR"), lines("TH")), (1, 201, 2));
    assert_eq!(lines("TD"), 400);
}

#[test]
fn a_row_higher_than_a_page_goes_on_and_signatures_stay_together() {
    let text = "một hai ba bốn năm sáu bảy tám chín mười ".repeat(400);
    let mut paper = table(
        vec![row(vec![Cell::Text(text.clone()), Cell::Number(7)])],
        &["A", "B"],
    );
    let sign = || {
        vec![
            Line::middle("Người ký").strong(),
            Line::middle("(Ký, họ tên)"),
        ]
    };
    paper
        .blocks
        .push(Block::Signatures(vec![sign(), sign(), sign()]));
    let read = is_accessible(&pdf::paper(&paper, of()).unwrap(), "vi-VN");
    assert!(read.pages() >= 2);
    assert_eq!(read.text.matches("mười").count(), 400);
    for lines in 40..50 {
        let mut paper = table(Vec::new(), &["A"]);
        let line = || Block::Line(Line::left("dòng"));
        paper.blocks.extend((0..lines).map(|_| line()));
        paper
            .blocks
            .push(Block::Line(Line::middle("ĐẠI DIỆN").strong()));
        paper.blocks.push(Block::Signatures(vec![sign(), sign()]));
        let bytes = pdf::paper(&paper, of()).unwrap();
        let read = reader::read(&bytes);
        let last = read.text.rsplit("ĐẠI DIỆN").next().unwrap();
        assert_eq!(last.matches("Người ký").count(), 2);
    }
}

#[test]
fn a_pdf_of_5_000_exceptions_lists_the_first_and_says_where_the_rest_stand() {
    let scene = large::night(6_000, 5_000);
    let list = build(&scene).exceptions;
    let bytes = made(&scene);
    let read = is_accessible(&bytes, "vi-VN");
    assert!(read.pages() <= 12, "{} pages", read.pages());
    assert!(bytes.len() < 300_000, "{} bytes", bytes.len());
    let more = list.shown.len() + list.brief.len() - 60;
    let more = doisoat::text::number(Lang::Vi, i128::try_from(more).unwrap());
    let note = format!("In 60 ngoại lệ đầu; còn {more} ngoại lệ nữa trong exceptions.csv");
    assert!(read.letters().contains(&squeezed(&note)), "{note}");
}

/// Wherever a page ends, a heading is on the page of the first row of its table. Small lines shift
/// the edge by 63 twentieths of a point each, less than the white above a heading.
#[test]
fn no_heading_stands_alone_at_the_foot_of_a_page() {
    let mut moved = 0;
    for (small, lines) in (0..7).flat_map(|small| (31..37).map(move |all| (small, all - small))) {
        let mut paper = table(vec![row(vec![Cell::text("một dòng")])], &["A"]);
        let grid = paper.blocks.pop().unwrap();
        let line = || Line::left("dòng");
        let little = (0..small).map(|_| Block::Line(line().sized(Scale::Small)));
        paper.blocks.extend(little);
        paper.blocks.extend((0..lines).map(|_| Block::Line(line())));
        paper.blocks.push(Block::Line(Line::section("ĐẦU MỤC")));
        paper.blocks.push(Block::Line(Line::left("Lời dẫn.")));
        paper.blocks.push(grid);
        let pages = reader::pages_of(&pdf::paper(&paper, of()).unwrap());
        let with = |text: &str| pages.iter().position(|page| page.contains(text)).unwrap();
        assert_eq!(with("ĐẦU MỤC"), with("một dòng"), "{small} and {lines}");
        moved += with("ĐẦU MỤC");
    }
    assert!(moved > 6, "pages ended at the heading");
}
