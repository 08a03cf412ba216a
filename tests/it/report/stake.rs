//! The money of a row that decides: what is missing, also where it is counted at the other row.

use doisoat::domain::{ExceptionId, Lang, Vnd};
use doisoat::matching::Evidence;
use doisoat::report::xlsx::columns::place;
use serde_json::Value;

use super::browser::dom_at;
use super::example::{self, Scene};
use super::{build, files, page, text, workbook};

/// The example with the payment of its underpaid fee: 250.000 of 300.000, and it alone decides.
fn deciding_payment() -> (Scene, ExceptionId) {
    let mut scene = example::undecided();
    let mut rows = scene.settlement.rows.iter_mut();
    let row = rows.find(|row| &*row.key.id == "104").unwrap();
    row.class = "underpaid";
    row.severity = doisoat::classify::Severity::Action;
    let (due, paid) = (Vnd::new(300_000), Vnd::new(250_000));
    row.evidence = vec![Evidence::AmountDiffers(due, paid)];
    row.dossier_code = doisoat::domain::DossierCode::parse("H48.18.22-221205-0009").ok();
    let id = ExceptionId::of("underpaid", &row.key);
    row.exception_id = Some(id.clone());
    for share in &mut scene.settlement.shares {
        if !share.deciding.is_empty() {
            share.deciding.met = vec![id.clone()];
            share.deciding.missed.clear();
        }
    }
    (scene, id)
}

fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let rest = html.split_once(from).unwrap_or_else(|| panic!("{from}")).1;
    rest.split_once(to).unwrap().0
}

#[test]
fn what_decides_tells_its_money_where_the_fee_counts_it() {
    let (scene, id) = deciding_payment();
    let report = build(&scene);
    let first = report.first_work();
    assert_eq!(first.len(), 1);
    assert_eq!(&*first[0].id, id.as_str());
    // sums still hold the matter once
    assert_eq!(first[0].amount, Vnd::ZERO);
    let without = build(&example::undecided()).exceptions.work;
    assert_eq!(report.exceptions.work.sum_vnd, without.sum_vnd);
    assert_eq!(report.exceptions.work.count, without.count + 1);
    let said = "50.000\u{a0}₫ (tính ở dòng khoản thu)";
    assert_eq!(first[0].stake(Lang::Vi), said);
    let html = page(&scene);
    let firsts = between(&html, "<section class=\"firsts\"", "</section>");
    assert!(firsts.contains(">50.000\u{a0}₫<"), "{firsts}");
    assert!(firsts.contains("(tính ở dòng khoản thu)"), "{firsts}");
    assert!(!firsts.contains(">0\u{a0}₫<"), "{firsts}");
    let lists = between(&html, "<ul class=\"small both\">", "</ul>");
    assert!(lists.contains(said), "{lists}");
    let row = format!("id=\"e-{id}\"");
    let row = between(&html, &row, "</tr>");
    assert!(row.contains("amount\">50.000\u{a0}₫<"), "{row}");
    assert!(row.contains("tính ở dòng khoản thu"), "{row}");
    let mut book = workbook::open(&workbook::book(&scene));
    let list = workbook::sheet(&mut book, "Ngoại lệ");
    let listed = list.rows().find(|row| row[0] == id.as_str());
    let [risk, own, counted] = ["at_risk_vnd", "amount_vnd", "counted"]
        .map(|key| listed.unwrap()[usize::from(place(key).unwrap())].to_string());
    assert_eq!(
        (&*risk, &*own, &*counted),
        ("0", "250000", "50.000\u{a0}₫ (tính ở dòng khoản thu)")
    );
    let sheet = workbook::sheet(&mut book, "Tóm tắt");
    // the same number, which a sum holds once, with the word in a column of its own
    let mut rows = sheet.rows().map(|row| row.iter().map(ToString::to_string));
    let row: Vec<String> = rows
        .find_map(|row| {
            let row: Vec<String> = row.collect();
            row.iter()
                .any(|cell| cell.contains("tính ở dòng khoản thu"))
                .then_some(row)
        })
        .unwrap();
    assert_eq!((&*row[2], &*row[5]), (&*risk, &*counted));
}

/// Amounts of rows and money at risk are two sums; each check names what it compares.
#[test]
fn the_checks_compare_like_with_like() {
    let (scene, _) = deciding_payment();
    let mut book = workbook::open(&workbook::book(&scene));
    let list = workbook::sheet(&mut book, "Ngoại lệ");
    let summed = ["at_risk_vnd", "amount_vnd"].map(|key| {
        let col = usize::from(place(key).unwrap());
        let cells = list
            .rows()
            .skip(4)
            .filter(|row| row[0].to_string().len() == 16);
        let each = cells.map(|row| workbook::number(&row[col]).parse::<i64>().unwrap());
        each.sum::<i64>()
    });
    let files = files(&scene);
    let run: Value = serde_json::from_str(&text(&files, "run.json")).unwrap();
    let told = |at: &str| -> i64 {
        let of = run.pointer(at).unwrap().as_array().unwrap();
        of.iter().map(|row| row["sum_vnd"].as_i64().unwrap()).sum()
    };
    let work = told("/work/classes");
    assert_eq!(summed[1], told("/exceptions"));
    assert_ne!(summed[0], summed[1]);
    let checks = workbook::sheet(&mut book, "Kiểm tra");
    workbook::all_hold(&checks);
    let check = |what: &str| {
        let mut rows = checks.rows();
        let row = rows.find(|row| row[0] == what);
        let row = row.unwrap_or_else(|| panic!("{what}"));
        [1, 2].map(|col| workbook::number(&row[col]).parse::<i64>().unwrap())
    };
    let all = "Mọi ngoại lệ, số tiền của dòng (run.json: exceptions[]): Số tiền";
    assert_eq!(check(all), [summed[1]; 2]);
    let all = "Mọi ngoại lệ, tiền rủi ro theo từng loại ở trang web: Số tiền";
    assert_eq!(check(all), [summed[0]; 2]);
    let open = "Ngoại lệ cần xử lý, tiền rủi ro (run.json: work.classes[]): Số tiền";
    assert_eq!(check(open), [work; 2]);
}

#[test]
fn an_explanation_is_one_sentence() {
    for (lang, wanted) in [
        (
            Lang::Vi,
            "phải thu 300.000 đồng, đã nộp 250.000 đồng; số tiền rủi ro tính ở dòng khoản thu.</p>",
        ),
        (
            Lang::En,
            "; the money at risk is counted at the fee line.</p>",
        ),
    ] {
        let mut scene = deciding_payment().0;
        scene.facts.lang = lang;
        let html = page(&scene).replace('\u{a0}', " ");
        assert!(html.contains(wanted), "{wanted}");
        let body = html.split_once("<body>").unwrap().1;
        assert!(!body.contains(".."), "two full stops");
    }
}

/// The row that holds no money of its own is told with the number of matters, in the list as on the
/// first page, and what a filter leaves says that its money is not added.
#[test]
fn rows_are_told_with_the_matters_that_they_are_of() {
    let scene = deciding_payment().0;
    let report = build(&scene);
    let list = &report.exceptions;
    // the fee of the dossier misses the money that its payment tells of too
    assert_eq!(list.matters + 1, list.work.count);
    let words = format!("{} ({} vụ việc)", list.work.count, list.matters);
    assert_eq!(list.count_word(Lang::Vi), words);
    let underpaid = list.by_class.iter().find(|row| &*row.class == "underpaid");
    let underpaid = underpaid.unwrap();
    assert_eq!((underpaid.figure.count, underpaid.matters), (2, 1));
    let of_classes: u64 = list.by_class.iter().map(|row| row.matters).sum();
    let rows: u64 = list.by_class.iter().map(|row| row.figure.count).sum();
    assert_eq!(of_classes + 1, rows);
    let html = page(&scene).replace('\u{a0}', " ");
    assert!(html.contains(&format!(": {words} – ")), "{words}");
    let ages = between(&html, "<section id=\"ages\"", "</section>");
    assert!(
        ages.contains("2 <span class=\"small soft nowrap\">(1 vụ việc)</span>"),
        "{ages}"
    );
    let tile = between(&html, "Ngoại lệ cần xử lý</span>", "</li>");
    let note = format!("\"note\">{} vụ việc, ", list.matters);
    assert!(tile.contains(&note), "{tile}");
    let alone = build(&example::undecided()).exceptions;
    assert_eq!(alone.matters, alone.work.count);
    assert_eq!(alone.count_word(Lang::Vi), alone.work.count.to_string());

    let dir = tempfile::tempdir().unwrap();
    let html = page(&scene);
    let shown = |query: &str| {
        let (dom, log) = dom_at(dir.path(), &html, &format!("#exceptions{query}"), &[]);
        assert!(!log.contains("CONSOLE"), "{log}");
        between(&dom, "id=\"shown\"", "</p>").to_owned()
    };
    let said = shown("?class=underpaid");
    assert!(said.contains("Đang hiện 2 trên "), "{said}");
    assert!(said.contains("ngoại lệ, 50.000 ₫."), "{said}");
    assert!(
        said.ends_with(
            "Trong đó 1 dòng có tiền tính ở dòng kia của cùng vụ việc, không cộng ở đây."
        ),
        "{said}"
    );
    let said = shown("?class=unidentified");
    assert!(!said.ends_with("không cộng ở đây."), "{said}");
}
