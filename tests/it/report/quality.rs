//! How good the data of a night were: what the page and the workbook tell of it.

use doisoat::domain::Lang;
use doisoat::report::{Figure, SourceFile};

use super::example::{self, SEPAY, VNPAY, day};
use super::{build, page, workbook};

#[test]
fn what_was_met_in_the_data_is_told_by_source() {
    let mut scene = example::undecided();
    let night = scene.facts.business_date;
    let before = build(&scene).quality.unwrap();
    let of = |rows: &[doisoat::report::model::QualityRow], name: &str| {
        rows.iter().find(|row| row.name == name).unwrap().clone()
    };
    // a row that contradicts itself, one that another source has, one whose code was repaired
    let mut rows = scene.settlement.rows.iter_mut();
    let tonight = |row: &&mut doisoat::classify::Classified| {
        row.business_date == night && row.key.source.as_str() == SEPAY && row.class == "ok"
    };
    rows.find(tonight).unwrap().class = "conflict";
    rows.find(tonight).unwrap().class = "sighting";
    let repaired = rows.find(tonight).unwrap().key.clone();
    let legs = scene
        .settlement
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.legs);
    let mut legs = legs.filter(|leg| leg.money == repaired);
    legs.next().unwrap().pass = "repaired_key";
    scene.facts.page.late_files = vec![(
        SourceFile {
            source: VNPAY.into(),
            name: "gd_0071000000001.csv".into(),
            sha256: "ab".repeat(32).into(),
            lines: 12,
        },
        day("2022-12-03"),
    )];
    for source in &mut scene.facts.sources {
        if source.facts.name.as_str() == VNPAY {
            source.arrived = Figure::new(3, 90_000);
        }
    }
    let rows = build(&scene).quality.unwrap();
    let (was, is) = (of(&before, SEPAY), of(&rows, SEPAY));
    assert_eq!(is.conflicts, was.conflicts + 1);
    assert_eq!(is.again, was.again + 1);
    assert_eq!(is.repaired, was.repaired + 1);
    let vnpay = of(&rows, VNPAY);
    let said = vnpay.notes(Lang::Vi).join("");
    assert_eq!(
        said,
        "Tệp đến muộn: gd_*********0001.csv, ngày 03/12/2022, 12 dòng"
    );
    let html = page(&scene).replace('\u{a0}', " ");
    assert!(html.contains("<a href=\"#quality\">Chất lượng dữ liệu</a>"));
    assert!(html.contains(&said) && html.contains("90.000 ₫"));
    let bytes = workbook::book(&scene);
    let sheet = workbook::sheet(&mut workbook::open(&bytes), "Chất lượng dữ liệu");
    let cell = |row: usize, col: usize| workbook::at(&sheet, row, col).to_string();
    let row = (4..sheet.height())
        .find(|row| cell(*row, 0) == VNPAY)
        .unwrap();
    assert_eq!([6, 7, 8].map(|col| cell(row, col)), ["3", "90000", &*said]);
    let row = (4..sheet.height())
        .find(|row| cell(*row, 0) == SEPAY)
        .unwrap();
    let wanted = [is.conflicts, is.again, is.repaired].map(|n| n.to_string());
    assert_eq!([3, 4, 5].map(|col| cell(row, col)), wanted);
}
