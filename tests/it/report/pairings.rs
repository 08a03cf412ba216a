//! What was paired without the exact code stands on the page with what speaks for it; a set is
//! counted and shows no pair.

use doisoat::domain::{Fee, Lang, Moment, Rules, Txn};
use doisoat::report::csv::{Style, write_links};
use doisoat::report::html;
use doisoat::report::model::Report;
use doisoat::settle::{Inputs, settle};

use super::example::undecided;
use crate::rows::{day, fee, txn};

fn unread(id: &str, payer: &str, amount: i64) -> Txn {
    Txn {
        memo: "nop le phi".into(),
        payer: payer.into(),
        account: Some("8888".into()),
        ..txn(id, amount, "2022-12-05")
    }
}

fn due(code: &str, payer: &str, amount: i64) -> Fee {
    Fee {
        payer_name: payer.into(),
        ..fee(code, "F1", amount)
    }
}

/// Of which the registry wrote down the day of payment.
fn recorded(code: &str, payer: &str, amount: i64) -> Fee {
    let mut line = due(code, payer, amount);
    line.more.paid_at = Some(Moment::of_day(day("2022-12-05")));
    line
}

/// A repaired code, a scored pair and a set.
fn inputs() -> Inputs {
    let slip = Txn {
        memo: "NOP PHI H48.18.22-221205-0177".into(),
        ..unread("SLIP", "NGUYEN VAN THANH", 15_000)
    };
    Inputs {
        business_date: Some(day("2022-12-05")),
        fees: vec![
            due("H48.18.22-221205-0107", "NGUYEN VAN THANH", 15_000),
            recorded("H48.18.22-221205-0222", "TRAN THI MINH HOA", 33_000),
            due("H48.18.22-221205-0333", "", 8_000),
            due("H48.18.22-221205-0444", "", 8_000),
        ],
        txns: vec![
            slip,
            unread("NAME", "TRAN THI MINH HOA", 33_000),
            unread("SET-1", "", 8_000),
            unread("SET-2", "", 8_000),
        ],
        ..Inputs::default()
    }
}

#[test]
fn pairs_without_the_exact_code_are_shown_with_their_reasons() {
    let rules = Rules {
        collection_accounts: vec![("8888".into(), Some("H48.18.22".into()))],
        ..Rules::default()
    };
    let inputs = inputs();
    let settlement = settle(&inputs, &rules, &Vec::new()).unwrap();
    let mut facts = undecided().facts;
    facts.lang = Lang::Vi;
    let all = settlement.groups.iter().map(|group| group.id.clone());
    facts.changed_groups = all.collect();
    let report = Report::build(&inputs, &settlement, &facts, doisoat::classify::CLASSES);
    let told: Vec<String> = report
        .pairings
        .shown
        .iter()
        .map(|p| {
            format!(
                "{} | {} | {:?} {:?}",
                p.pass,
                p.money.join(","),
                p.amount,
                p.score
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "Đủ theo nhóm, không ghép từng cặp | SET-1,SET-2 | None None",
            "Ghép theo nhiều căn cứ | NAME | Some(33000) Some((1000, 1000))",
            "Mã hồ sơ sửa một ký tự | SLIP | Some(15000) None",
        ]
    );
    let page = html::render(&report);
    for text in [
        "Ghép không theo đúng mã: 3",
        "sai một chữ số",
        "1000/1000 điểm, hơn cách kế tiếp 1000",
        "vào tài khoản thu của H48.18.22",
        "đủ về tổng, không ghép từng cặp",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // the files: no row of the set, and no link of it
    let mut links = Vec::new();
    let style = Style {
        lang: Lang::Vi,
        spreadsheet: false,
    };
    write_links(&mut links, &settlement.groups, style).unwrap();
    let links = String::from_utf8(links).unwrap();
    assert!(
        links.contains("SLIP") && links.contains("NAME") && !links.contains("SET"),
        "{links}"
    );
    facts.changed_groups.clear();
    let report = Report::build(&inputs, &settlement, &facts, doisoat::classify::CLASSES);
    assert_eq!(report.pairings.count, 0);
    assert!(!html::render(&report).contains("pairings-h"));
}
