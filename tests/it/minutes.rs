//! What the minutes have both parties sign: what is due, that parts add up to their whole, what
//! only one party has, and that one paper takes up what the paper before it carried over.

mod amount;
mod carried;
mod own;
mod untold;

use std::collections::{BTreeMap, BTreeSet};

use doisoat::classify::CLASSES;
use doisoat::domain::{Lang, MissingPayment, Ordered, Period, ProviderRow, SourceName, Vnd};
use doisoat::job::forms::Form;
use doisoat::job::report_again::Span;
use doisoat::report::forms::{self, Minutes, Sums};

use crate::database::Kind;
use crate::forms::{COMPARED, TURNOVER, behind, december, figure, minutes, row, said, write_of};
use crate::town::{FIRST, Town, as_is, day, document, night};

const OPENING: &str = "Kỳ trước chuyển sang, chưa khớp";
const SETTLED: &str = "Trong đó đã xử lý đến cuối kỳ";
const ROWS: &str = "Giao dịch trong kỳ theo số liệu bên B";
const CLOSING: &str = "Chuyển kỳ sau, chưa khớp (phụ lục)";
const PAID_SINCE: &str =
    "Trong đó nay tính vào ngày sau, biên bản của ngày đó có kết quả (phụ lục)";
const DUE: &str = "Phải chuyển của kỳ này (dòng II.1 trừ dòng II.2, cộng dòng XI, trừ dòng VIII)";
const REOPENED: &str = "Trong đó giao dịch trước kỳ mới thành chưa khớp";

fn of(paper: &Minutes<'_>) -> Vec<String> {
    said(&forms::docx(&paper.paper(CLASSES)).unwrap())
}

fn told(texts: &[String], name: &str) -> [i64; 2] {
    let cells = behind(texts, name, 2);
    [figure(&cells[0]), figure(&cells[1])]
}

fn add(a: [i64; 2], b: [i64; 2]) -> [i64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

fn has(texts: &[String], what: &str) -> bool {
    texts.iter().any(|text| text.contains(what))
}

fn change(id: &str, class: &str, bucket: &str, edit: fn(&mut ProviderRow)) -> ProviderRow {
    let mut row = row(id, class, bucket);
    row.fee = Vnd::new(0);
    row.order_ref = None;
    edit(&mut row);
    row
}

/// A payment in order with a fee, and one row of everything that is not due as it stands.
fn rows() -> Vec<ProviderRow> {
    let debit = |row: &mut ProviderRow| row.kind = "debit".into();
    vec![
        row("1", "ok", "matched"),
        change("2", "refunded", "matched", |row| {
            row.kind = "debit".into();
            row.amount = Vnd::new(300_000);
            row.went_back = true;
        }),
        change("3", "batch_settlement", "excluded", |row| {
            row.amount = Vnd::new(9_000_000);
        }),
        change("4", "pending", "open", |row| row.status = "pending".into()),
        change("5", "not_fee", "excluded", debit),
        change("6", "overpaid", "matched", |row| {
            row.difference = Some(Vnd::new(2_500));
        }),
        change("7", "unlinked_refund", "open", |row| {
            row.kind = "refund".into();
            row.amount = Vnd::new(100_000);
        }),
    ]
}

#[test]
fn what_went_back_or_is_left_out_is_not_due() {
    let (period, run) = december();
    let paper = minutes(&period, &run, rows());
    let sums = paper.sums();
    assert_eq!((sums.paid.count, sums.paid.sum_vnd), (2, 2_010_000));
    assert_eq!((sums.back.count, sums.back.sum_vnd), (2, 400_000));
    assert_eq!((sums.other.count, sums.other.sum_vnd), (3, 11_010_000));
    assert_eq!(sums.due, 2_010_000 - 400_000 - 5_000);
    let mut turnover = sums.paid;
    turnover.plus(sums.back);
    turnover.plus(sums.other);
    assert_eq!(turnover, sums.rows);
    let mut compared = sums.exact;
    for part in [&sums.apart, &sums.open, &sums.excluded] {
        compared.plus(Sums::total(part));
    }
    assert_eq!(compared, sums.rows);
    let texts = of(&paper);
    assert_eq!(told(&texts, COMPARED[0]), [1, 1_005_000], "in order only");
    assert_eq!(told(&texts, COMPARED[1]), [2, 1_305_000]);
    assert_eq!(told(&texts, "Phí dịch vụ bên B đã thu"), [1, 5_000]);
    assert!(has(
        &texts,
        "1.605.000 đồng. Bằng chữ: Một triệu sáu trăm linh năm nghìn đồng."
    ));
    // the row that differs stands in the annex with what it differs by
    let annex = texts
        .iter()
        .position(|text| text == "PHỤ LỤC: CÁC KHOẢN KHỚP, CÓ SAI LỆCH");
    let annex = &texts[annex.unwrap()..];
    assert_eq!(behind(annex, "6", 5)[3..], ["1.005.000", "2.500"]);
    assert_eq!(behind(annex, "2", 5)[4], "—");
}

#[test]
fn fees_that_nobody_told_are_not_zero_and_a_feed_owes_nothing() {
    let (period, run) = december();
    let no_fee = vec![change("1", "ok", "matched", |_| {})];
    let paper = minutes(&period, &run, no_fee);
    let texts = of(&paper);
    assert_eq!(behind(&texts, "Phí dịch vụ bên B đã thu", 2), ["—", "—"]);
    assert!(has(
        &texts,
        "phải chuyển cho bên A của kỳ này (dòng XII): 1.005.000 đồng"
    ));
    assert!(has(&texts, "phần còn phải chuyển chưa trừ phí đó"));
    assert!(has(&texts, "còn phải chuyển ……………………… đồng"));
    let feed = Minutes {
        collects: false,
        ..paper
    };
    let texts = of(&feed);
    assert!(has(
        &texts,
        "Đã ghi có vào tài khoản của bên A (dòng XII.1): 1.005.000 đồng"
    ));
    assert!(!has(&texts, "phải chuyển") && !has(&texts, "Chuyển vào tài khoản"));
    let only_back = change("2", "refunded", "matched", |row| row.went_back = true);
    let texts = of(&minutes(&period, &run, vec![only_back]));
    assert!(has(
        &texts,
        "bên A phải chuyển lại cho bên B (dòng XII, số âm): 1.005.000 đồng"
    ));
}

#[test]
fn what_was_kept_at_settlement_is_told_and_not_demanded_again() {
    let withheld = "Đã giữ lại khi quyết toán: theo các khoản ngân hàng nhận trong kỳ";
    let fees = "Phí dịch vụ bên B đã thu";
    let (period, run) = december();
    let no_fee = vec![change("1", "ok", "matched", |_| {})];
    let paper = Minutes {
        withheld: Some(12_000),
        ..minutes(&period, &run, no_fee)
    };
    assert_eq!(paper.sums().due, 1_005_000 - 12_000);
    let texts = of(&paper);
    assert_eq!(behind(&texts, fees, 2), ["—", "12.000"]);
    assert_eq!(behind(&texts, withheld, 2), ["—", "12.000"]);
    assert!(has(&texts, "của kỳ này (dòng XII): 993.000 đồng"));
    assert_eq!(behind(&texts, DUE, 2), ["—", "993.000"]);
    // beside fees that the rows tell
    let both = Minutes {
        withheld: Some(12_000),
        ..minutes(&period, &run, vec![row("1", "ok", "matched")])
    };
    let texts = of(&both);
    assert_eq!(behind(&texts, fees, 2), ["—", "17.000"]);
    assert_eq!(behind(&texts, "Bên B ghi ở giao dịch", 2), ["1", "5.000"]);
    assert!(has(&texts, "của kỳ này (dòng XII): 988.000 đồng"));
    assert!(!has(&of(&minutes(&period, &run, rows())), withheld));
}

/// What the nights counted as paid is line II.1 and what was left out since, by its line.
#[test]
fn what_was_left_out_after_its_night_is_a_line_of_its_own() {
    let dropped = "Trong đó loại ra sau đêm của chúng: báo cáo cộng các đêm còn tính là đã nộp";
    let (period, run) = december();
    let out = |id: &str| change(id, "batch_settlement", "excluded", |_| {});
    let paid = change("1", "ok", "matched", |_| {});
    let was = |id: &str| change(id, "unidentified", "open", |_| {});
    let paper = Minutes {
        since: vec![(was("2"), out("2")), (out("3"), out("3"))],
        ..minutes(&period, &run, vec![paid.clone(), out("2"), out("3")])
    };
    let nights = vec![paid.clone(), was("2"), out("3")];
    let nights = minutes(&period, &run, nights).sums().paid;
    let texts = of(&paper);
    let now = add(told(&texts, TURNOVER[0]), told(&texts, dropped));
    assert_eq!(now, [2, 2_010_000]);
    assert_eq!((nights.count, nights.sum_vnd), (2, 2_010_000));
    let without = minutes(&period, &run, vec![paid, out("3")]);
    assert!(!has(&of(&without), dropped));
}

#[test]
fn the_paper_tells_what_only_party_a_has_and_what_it_cannot_tell() {
    let (period, run) = december();
    let fee = |dossier: &str, orders: &[(&str, &str)]| MissingPayment {
        business_date: day(FIRST),
        dossier: dossier.into(),
        fee_id: "F1".into(),
        amount: Vnd::new(70_000),
        orders: orders
            .iter()
            .map(|(a, b)| ((*a).into(), (*b).into()))
            .collect(),
    };
    let silent = of(&minutes(&period, &run, Vec::new()));
    assert!(has(&silent, "biên bản không có số liệu riêng của bên A"));
    let own =
        "Số liệu bên A: yêu cầu thanh toán lập trong kỳ qua bên B, hệ thống một cửa ghi đã thu";
    assert_eq!(behind(&silent, own, 2), ["—", "—"]);
    let paper = Minutes {
        ordered: Ordered {
            orders: 3,
            paid: 2,
            paid_vnd: 140_000,
        },
        unseen: vec![
            fee("HERE", &[("momo", "M1"), ("vnpay", "V1")]),
            fee("THERE", &[("momo", "M2")]),
            fee("NOWHERE", &[]),
        ],
        missing: vec![
            (day("2022-12-01"), day("2022-12-03")),
            (day(FIRST), day(FIRST)),
        ],
        ..minutes(&period, &run, Vec::new())
    };
    let texts = of(&paper);
    assert_eq!(told(&texts, own), [2, 140_000]);
    let unseen = "Chỉ có ở bên A: ghi đã thu qua bên B, chưa thấy tiền (phụ lục)";
    assert_eq!(told(&texts, unseen), [1, 70_000]);
    assert_eq!(behind(&texts, "V1", 3), ["HERE", "F1", "70.000"]);
    assert!(!has(&texts, "THERE") && !has(&texts, "NOWHERE"));
    assert!(has(&texts, "có 1 khoản, 70.000 đồng"));
    assert!(has(
        &texts,
        "các ngày: 01/12/2022 – 03/12/2022; 05/12/2022."
    ));
    assert!(has(&texts, "Số liệu chốt đến hết ngày 31/12/2022."));
}

/// Both parties have to mean the same moments: a cut-off at 16:00 begins December on the eve.
#[test]
fn the_period_is_told_with_its_cut_off() {
    let (period, run) = december();
    let told = |cutoff: u16, lang: Lang| {
        let paper = Minutes {
            cutoff,
            lang,
            ..minutes(&period, &run, Vec::new())
        };
        of(&paper)
    };
    assert!(has(
        &told(0, Lang::Vi),
        "Giờ chốt đối soát trong ngày: 24:00. Kỳ gồm giao dịch từ 00:00 ngày 01/12/2022 \
         đến hết ngày 31/12/2022 (giờ Việt Nam)"
    ));
    assert!(has(
        &told(16 * 60 + 5, Lang::Vi),
        "từ 16:05 ngày 30/11/2022 đến trước 16:05 ngày 31/12/2022 (giờ Việt Nam)"
    ));
    assert!(has(
        &told(9 * 60, Lang::En),
        "from 09:00 of 2022-11-30 to before 09:00 of 2022-12-31 (Viet Nam time)"
    ));
}

/// Papers of consecutive days: each takes up what the one before it carried over, and every row
/// stands in exactly one of them.
#[tokio::test(flavor = "multi_thread")]
async fn consecutive_papers_chain() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = Box::pin(town.desk(&as_is)).await;
    let days = [FIRST, "2022-12-06", "2022-12-07"];
    let mut kept: BTreeMap<String, i64> = BTreeMap::new();
    for date in days {
        town.morning_after(day(date));
        let run = document(&Box::pin(night(&desk, date)).await);
        for row in run["gateway_bridge"].as_array().unwrap() {
            let source = row["source"].as_str().unwrap().to_owned();
            *kept.entry(source).or_default() += row["kept_vnd"].as_i64().unwrap();
        }
    }
    let all = Span::Days(Period::range(day(days[0]), day(days[2])));
    let all = write_of(&desk, Form::Minutes(None), all).await;
    assert!(kept.values().any(|dong| *dong > 0), "{kept:?}");
    for (source, dong) in kept.iter().filter(|(_, dong)| **dong != 0) {
        let texts = said(&all[&format!("bien-ban-doi-soat_{source}.docx")]);
        let told = "Đã giữ lại khi quyết toán: theo các khoản ngân hàng nhận trong kỳ";
        assert_eq!(figure(&behind(&texts, told, 2)[1]), *dong, "{source}");
    }
    let form = || Form::Minutes(None);
    let mut papers = Vec::new();
    for date in days {
        papers.push(write_of(&desk, form(), Span::Night(day(date))).await);
    }
    let both = Span::Days(Period::range(day(days[1]), day(days[2])));
    let both = write_of(&desk, form(), both).await;
    let (mut carried, mut went_back) = (0, 0);
    for name in papers[0].keys().filter(|name| name.contains(".docx")) {
        let texts: Vec<Vec<String>> = papers.iter().map(|files| said(&files[name])).collect();
        for (before, after) in texts.iter().zip(&texts[1..]) {
            assert_eq!(told(before, CLOSING), told(after, OPENING), "{name}");
            carried += told(after, OPENING)[0];
        }
        for texts in &texts {
            adds_up(texts, name);
            went_back += told(texts, TURNOVER[1])[0];
        }
        let whole = said(&both[name]);
        adds_up(&whole, name);
        // what waited in the one and ended in the other is a row of both, and is named in the first
        let since = has(&texts[1], PAID_SINCE).then(|| told(&texts[1], PAID_SINCE));
        let rows = add(told(&texts[1], ROWS), told(&texts[2], ROWS));
        assert_eq!(
            add(told(&whole, ROWS), since.unwrap_or_default()),
            rows,
            "{name}: no row is lost or told twice"
        );
    }
    assert!(
        carried > 0 && went_back > 0,
        "{carried} carried, {went_back} back"
    );
    returns_are_those_of_the_links(&town, &desk).await;
}

fn adds_up(texts: &[String], name: &str) {
    let sum = |parts: &[&str]| parts.iter().map(|part| told(texts, part)).fold([0, 0], add);
    assert_eq!(sum(&TURNOVER), told(texts, ROWS), "{name}");
    assert_eq!(sum(&COMPARED), told(texts, ROWS), "{name}");
    let again = has(texts, REOPENED).then(|| told(texts, REOPENED));
    let left = [OPENING, COMPARED[2]].map(|part| told(texts, part));
    let left = add(left[0], add(left[1], again.unwrap_or_default()));
    let closing = add(told(texts, CLOSING), told(texts, SETTLED));
    assert_eq!(
        left, closing,
        "{name}: what was open is settled or carried over"
    );
}

/// A row is one that went back exactly where a published link says so.
async fn returns_are_those_of_the_links(town: &Town, desk: &doisoat::job::Desk) {
    let last = day("2022-12-07");
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut all = csv::Reader::from_path(town.folder("2022-12-07").join("links.csv")).unwrap();
    for link in all.records().map(Result::unwrap) {
        if ["refund", "reversal"].contains(&&link[9]) {
            linked
                .entry(link[8].into())
                .or_default()
                .insert(link[0].into());
        }
    }
    let span = Period::range(day("2022-11-01"), last);
    let mut debits = 0;
    for source in &desk.config.sources {
        let name = SourceName::new(source.name.as_str());
        let rows = desk.store.provider_rows(&name, &span, last).await.unwrap();
        let of_kind = |row: &&ProviderRow| row.went_back && &*row.kind == "debit";
        debits += rows.iter().filter(of_kind).count();
        let back = rows.iter().filter(|row| row.went_back);
        let back: BTreeSet<String> = back.map(|row| row.id.to_string()).collect();
        let links = linked.remove(name.as_str()).unwrap_or_default();
        assert!(links.is_subset(&back), "{name:?}: {links:?} in {back:?}");
        let others = rows.iter().filter(|row| !row.went_back);
        assert!(
            others.clone().all(|row| !links.contains(&*row.id)),
            "{name:?}"
        );
    }
    assert!(debits > 0, "a bank tells money that went back as debits");
}
