//! Reports of periods that offices have a name for are titled by it, in both languages.

use doisoat::domain::{Lang, Named, Period};

use super::{page, period};

/// The title of the page of the example, told as of a period.
fn title(over: &Period, lang: Lang) -> String {
    let mut scene = period::month();
    let month = scene.facts.over.replace(over.clone()).unwrap();
    for share in &mut scene.settlement.shares {
        if share.period == month {
            share.period = over.clone();
        }
    }
    scene.facts.lang = lang;
    let page = page(&scene);
    let (_, title) = page.split_once("<title>").unwrap();
    title
        .split("</title>")
        .next()
        .unwrap()
        .replace('\u{a0}', " ")
}

#[test]
fn a_page_is_titled_by_the_name_of_its_period() {
    let check = |period: Option<Period>, vi: &str, en: &str| {
        let period = period.unwrap();
        let [told_vi, told_en] = [Lang::Vi, Lang::En].map(|lang| title(&period, lang));
        assert!(told_vi.contains(vi), "{told_vi}");
        assert!(told_en.contains(en), "{told_en}");
    };
    let calendar = |raw: &str| Named::read(raw).and_then(Named::period);
    check(calendar("2022-12"), "lệ phí tháng 12/2022", "month 12/2022");
    check(calendar("2022-Q4"), "lệ phí quý 4 năm 2022", "2022");
    check(
        calendar("2022-H2"),
        "lệ phí 6 tháng cuối năm 2022",
        "second half of 2022",
    );
    check(
        calendar("2023-H1"),
        "lệ phí 6 tháng đầu năm 2023",
        "first half of 2023",
    );
    check(
        calendar("2022-9M"),
        "lệ phí 9 tháng đầu năm 2022",
        "first nine months of 2022",
    );
    check(calendar("2022"), "lệ phí năm 2022", "2022");
    let decree = |raw: &str| Named::read(raw).and_then(|named| named.reporting().period());
    check(
        decree("2023-01"),
        "lệ phí kỳ báo cáo tháng 01/2023 (15/12/2022 – 14/01/2023)",
        "reporting month 01/2023",
    );
    check(
        decree("2022-Q4"),
        "lệ phí kỳ báo cáo quý 4 năm 2022 (15/09/2022 – 14/12/2022)",
        "reporting quarter 4 of 2022",
    );
    check(
        decree("2022-H2"),
        "lệ phí kỳ báo cáo 6 tháng cuối năm 2022 (15/06/2022 – 14/12/2022)",
        "second half of 2022",
    );
    check(
        decree("2022-9M"),
        "lệ phí kỳ báo cáo 9 tháng đầu năm 2022 (15/12/2021 – 14/09/2022)",
        "first nine months of 2022",
    );
    check(
        decree("2022"),
        "lệ phí kỳ báo cáo năm 2022 (15/12/2021 – 14/12/2022)",
        "reporting year 2022",
    );
    // days that were asked for as days are told as days
    let days = decree("2022-12").unwrap();
    let days = Period::range(days.from, days.to.minus(1));
    check(Some(days), "kỳ 15/11/2022 – 13/12/2022", "2022-11-15");
}
