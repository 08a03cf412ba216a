//! The page on A4, as Chromium prints it: short, with everything that decides the verdict, and with
//! a line wherever rows are left to the screen.

use std::path::Path;

use doisoat::domain::ExceptionId;
use doisoat::report::model::PAPER_MAX;

use super::browser::chromium;
use super::{build, example, large, page};
use crate::pdf::{Read, pages_of, read, squeezed};

/// A night is printed on at most so many pages.
pub(crate) const PAGES_MAX: usize = 12;

/// What Chromium prints of a file.
pub(crate) fn printed(file: &Path, dir: &Path) -> Read {
    read(&printed_bytes(file, dir))
}

fn printed_bytes(file: &Path, dir: &Path) -> Vec<u8> {
    let pdf = dir.join("report.pdf");
    let print = format!("--print-to-pdf={}", pdf.display());
    let url = format!("file://{}", file.display());
    chromium(dir, &["--no-pdf-header-footer", &print], &url);
    std::fs::read(&pdf).unwrap()
}

/// The text of each printed page.
fn pages(html: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("index.html");
    std::fs::write(&file, html).unwrap();
    pages_of(&printed_bytes(&file, dir.path()))
}

/// Unit, report and day stand above each page, who signs is never alone, no heading ends a page.
#[test]
fn each_page_says_whose_it_is_and_headings_stay() {
    let scene = example::undecided();
    let report = build(&scene);
    let pages = pages(&page(&scene));
    assert!(pages.len() > 3, "{} pages", pages.len());
    let (unit, title) = (squeezed(&report.unit), squeezed(&report.title()));
    for (at, text) in pages.iter().enumerate().skip(1) {
        let letters = squeezed(text);
        assert!(
            letters.contains(&unit) && letters.contains(&title),
            "{at}: {text}"
        );
    }
    let last = pages.last().unwrap();
    let before = squeezed(last.split_once("Người lập biểu").unwrap().0);
    let own = before.replace(&unit, "").replace(&title, "");
    assert!(
        own.chars().count() > 100,
        "the signatures stand alone: {last}"
    );
    let heading = |id: &str| {
        let html = page(&scene);
        let rest = html.split_once(&format!("id=\"{id}\">")).unwrap().1;
        squeezed(&rest.split_once('<').unwrap().0.replace("&nbsp;", " "))
    };
    for id in [
        "settlement-h",
        "instruments-h",
        "shares-h",
        "flow-h",
        "carry-h",
    ] {
        let heading = heading(id);
        for text in &pages {
            let text = text.trim_end();
            // the number of the page ends it
            let text = text.rsplit_once('\n').map_or(text, |(rest, _)| rest);
            assert!(!squeezed(text).ends_with(&heading), "{heading}: {text}");
        }
    }
}

fn print(html: &str) -> Read {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("index.html");
    std::fs::write(&file, html).unwrap();
    printed(&file, dir.path())
}

#[test]
fn it_prints_on_a4() {
    let scene = example::undecided();
    let report = build(&scene);
    let paper = print(&page(&scene));
    assert!(paper.info["Page size"].contains("A4"), "{:?}", paper.info);
    assert!(paper.pages() <= PAGES_MAX, "{} pages", paper.pages());
    let letters = paper.letters();
    let mut wanted = vec![report.light.word.clone(), report.light.why.clone()];
    wanted.extend(report.tiles.iter().map(|tile| tile.value.clone()));
    wanted.push("Đối chiếu tổng".into());
    wanted.push("Bản in rút gọn".into());
    for view in &report.exceptions.shown {
        wanted.extend([view.label.clone(), view.advice.clone()]);
    }
    for text in wanted {
        assert!(letters.contains(&squeezed(&text)), "{text}");
    }
    // folded up on the screen, left out on paper
    for text in ["Sao chép", "Mã ngoại lệ"] {
        assert!(!letters.contains(&squeezed(text)), "{text}");
    }
    assert!(
        !letters.contains("Cácngoạilệcònlại"),
        "all of them are printed"
    );
}

#[test]
fn a_large_night_is_printed_short_and_says_what_it_leaves_out() {
    let mut scene = large::night(400, 300);
    // more of them decide the verdict than a paper lists of others
    let mut open: Vec<ExceptionId> = Vec::new();
    for row in &scene.settlement.rows {
        open.extend(
            row.exception_id
                .clone()
                .filter(|_| row.class == "unidentified"),
        );
    }
    open.truncate(PAPER_MAX + 15);
    for share in &mut scene.settlement.shares {
        if !share.deciding.is_empty() {
            share.deciding.met.clone_from(&open);
            share.deciding.missed.clear();
        }
    }
    let report = build(&scene);
    assert_eq!(report.on_paper(), PAPER_MAX + 15);
    let paper = print(&page(&scene));
    assert!(paper.pages() <= PAGES_MAX, "{} pages", paper.pages());
    let letters = paper.letters();
    for view in report.exceptions.shown.iter().filter(|view| view.deciding) {
        let what = if view.dossier.is_empty() {
            view.row_id.to_string()
        } else {
            view.dossier.clone()
        };
        assert!(letters.contains(&squeezed(&what)), "{what}");
    }
    let (n, all) = (report.on_paper(), report.exceptions.listed());
    let more = all - u64::try_from(n).unwrap();
    let note = format!("In {n} trong {all} ngoại lệ; {more} ngoại lệ không in: xem trên màn hình");
    assert!(letters.contains(&squeezed(&note)), "{note}");
    let last = report.exceptions.shown.last().unwrap();
    assert!(
        !last.deciding && !letters.contains(&*last.row_id),
        "beyond the limit"
    );
}

/// What was chosen on the screen is what is printed, from its first row on.
#[test]
fn a_filtered_list_prints_its_own_first_rows() {
    let scene = large::night(300, 250);
    let report = build(&scene);
    let html = page(&scene);
    let dir = tempfile::tempdir().unwrap();
    let beyond = &report.exceptions.shown[PAPER_MAX + 20];
    let hash = format!("#exceptions?q={}", beyond.row_id);
    let (dom, log) = super::browser::dom_at(dir.path(), &html, &hash, &[]);
    let tag = |dom: &str| {
        let (before, _) = dom
            .split_once(&format!(" id=\"e-{}\"", beyond.id))
            .expect(&log);
        before.rsplit('<').next().unwrap().to_owned()
    };
    assert!(tag(&html).contains(" off"), "{}", tag(&html));
    assert!(!tag(&dom).contains(" off"), "{}", tag(&dom));
    let all = report.exceptions.listed();
    let more = all - 1;
    let note = format!("In 1 trong {all} ngoại lệ; {more} ngoại lệ không in: xem");
    assert!(dom.contains(&note), "{note}");
}
