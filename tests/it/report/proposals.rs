//! What waits for a person beside the work list: proposed matches; and what the providers kept and
//! settled, and rules set otherwise, in words.

use doisoat::classify::Bucket;
use doisoat::domain::{RowKey, SourceName, Vnd};
use doisoat::matching::{Evidence, Nearest, Test};
use doisoat::report::Figure;
use doisoat::report::facts::{Setting, WhatIf};

use super::example::{self, SEPAY, VNPAY, day};
use super::{build, page};

/// A section of the page, blanks as people type them.
fn section(html: &str, id: &str) -> String {
    let begin = format!("<section id=\"{id}\"");
    let rest = html.split_once(&begin).unwrap_or_else(|| panic!("{id}")).1;
    rest.split_once("</section>")
        .unwrap()
        .0
        .replace('\u{a0}', " ")
}

#[test]
fn a_proposal_stands_beside_its_open_payment() {
    let mut scene = example::undecided();
    let mut second = scene.settlement.suggestions[0].clone();
    (second.score, second.fee_id) = (900, None);
    second.dossier_code = doisoat::domain::DossierCode::parse("H48.18.22-221205-0009").unwrap();
    scene.settlement.suggestions.push(second);
    // of money that is paired nothing is proposed
    let mut paired = scene.settlement.suggestions[0].clone();
    paired.txn = RowKey::txn(&SourceName::new(SEPAY), "101");
    scene.settlement.suggestions.push(paired);
    let report = build(&scene);
    assert_eq!(report.proposals.count, 1);
    let id = report.proposals.shown[0].id.clone();
    let html = page(&scene);
    assert!(html.contains("<a href=\"#proposals\">Đề xuất khớp chờ duyệt (1)</a>"));
    let said = section(&html, "proposals");
    for wanted in [
        "Đề xuất khớp chờ duyệt: 1",
        &format!("href=\"#e-{id}\">106</a>"),
        "sepay-main, 05/12/2022",
        "1.200.000 ₫",
        "<br>H48.18.22-221205-0009 (900/1000)",
        "<br>H48.18.21-221201-0007 / F1 (640/1000)",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    scene.settlement.suggestions.clear();
    assert!(!page(&scene).contains("#proposals"));
}

/// What speaks for all is said once, and each candidate says what speaks for it alone.
#[test]
fn a_candidate_says_its_own_reason_only() {
    let mut scene = example::undecided();
    let mut second = scene.settlement.suggestions[0].clone();
    let code = |text: &str| doisoat::domain::DossierCode::parse(text).unwrap();
    (second.score, second.fee_id) = (600, None);
    second.dossier_code = code("H48.18.22-221205-0009");
    second.reason.truncate(1);
    scene.settlement.suggestions.push(second);
    let said = section(&page(&scene), "proposals");
    let amount = "1.200.000 đồng";
    assert_eq!(said.matches(amount).count(), 1, "{said}");
    let (shared, own) = said
        .split_once("H48.18.21-221201-0007 / F1 (640/1000)")
        .unwrap();
    assert!(
        shared.contains("Căn cứ chung: ") && shared.contains(amount),
        "{shared}"
    );
    assert!(own.contains("đúng người nộp"), "{own}");
    assert!(own.contains("H48.18.22-221205-0009 (600/1000)"), "{own}");
}

#[test]
fn a_fee_that_nobody_told_is_no_zero() {
    let mut scene = example::undecided();
    let all = scene.inputs.txns.iter_mut();
    let mut of_gateway: Vec<_> = all.filter(|txn| txn.source.as_str() == VNPAY).collect();
    assert!(of_gateway.len() > 1);
    for txn in &mut of_gateway {
        txn.order_ref = Some("ORDER".into());
        (txn.fee, txn.net) = (Vnd::ZERO, txn.amount);
    }
    let note = |html: &str| {
        let said = html
            .split_once("Chưa rõ phí: ")
            .map(|(_, rest)| rest.to_owned());
        said.map(|rest| rest.split_once('.').unwrap().0.to_owned())
    };
    let row = |html: &str| {
        let said = section(html, "settlement");
        let rest = said
            .split_once(&format!("<th scope=\"row\">{VNPAY}<"))
            .unwrap()
            .1;
        rest.split_once("</tr>").unwrap().0.to_owned()
    };
    let html = page(&scene);
    assert_eq!(note(&html).unwrap(), format!("{VNPAY} 2 giao dịch"));
    let told = row(&html);
    assert_eq!(told.matches(">—<").count(), 4, "{told}");
    nobody_adds_what_is_not_known(&scene, &html);
    assert!(!told.contains(">0 ₫<"), "{told}");
    // one that is told makes a sum that is known in part, and the others are counted
    let mut all = scene.inputs.txns.iter_mut();
    let told = all.rfind(|txn| txn.source.as_str() == VNPAY);
    let told = told.unwrap();
    (told.fee, told.net) = (
        Vnd::new(500),
        told.amount.checked_sub(Vnd::new(500)).unwrap(),
    );
    let html = page(&scene);
    assert_eq!(note(&html).unwrap(), format!("{VNPAY} 1 giao dịch"));
    assert!(row(&html).contains(">500 ₫<"));
}

/// Page, workbook and the money of the day add up what is known, and say what that leaves out.
fn nobody_adds_what_is_not_known(scene: &example::Scene, html: &str) {
    let report = build(scene);
    let known = report.kept.iter().filter(|row| &*row.source != VNPAY);
    let net: i128 = known.map(|row| row.net).sum();
    let all: i128 = report.kept.iter().map(|row| row.net).sum();
    assert!(net > 0 && net < all);
    let said = doisoat::text::money(report.lang, net);
    let total = section(html, "settlement");
    let total = total.split_once("class=\"total\"").unwrap().1;
    let total = total.split_once("</tr>").unwrap().0;
    assert!(
        total.contains(&format!(">{}<", said.replace('\u{a0}', " "))),
        "{total}"
    );
    assert!(
        total.contains("không gồm 1 dòng chưa rõ thực nhận"),
        "{total}"
    );
    assert!(html.contains("dòng Cộng của thực nhận và tỷ lệ không gồm các nguồn này"));
    let flow = report.flows.iter().find(|row| &*row.source == VNPAY);
    let [_, _, paid, fees, _, _, net_of, _] = report.known_parts(flow.unwrap());
    assert!(paid > Some(0) && fees.is_none() && net_of.is_none());
    let [_, _, _, _, out, debits, net_of_all, _] = report.known_totals();
    assert_eq!(net_of_all, net - out - debits);
    let made = super::files(scene);
    let book = made.iter().find(|file| &*file.name == "doisoat.xlsx");
    let sheets = super::known::sheets(&book.unwrap().bytes);
    let fees = sheets.iter().find(|(_, sheet)| {
        let mut cells = sheet.cells();
        cells.any(|(_, _, cell)| *cell == *VNPAY)
            && sheet
                .cells()
                .any(|(_, _, cell)| *cell == *"Giao dịch chưa rõ phí")
    });
    let fees = &fees.unwrap().1;
    let of = fees.rows().find(|row| row[0] == *VNPAY).unwrap();
    let dashes = of.iter().filter(|cell| **cell == *"—").count();
    assert_eq!(dashes, 4, "{of:?}");
    let zero = of
        .iter()
        .skip(4)
        .filter(|cell| cell.to_string().trim() == "0")
        .count();
    assert_eq!(zero, 0, "{of:?}");
}

#[test]
fn fees_and_settlements_stand_source_by_source() {
    let mut scene = example::undecided();
    let mut txns = scene.inputs.txns.iter_mut();
    let card = txns.find(|txn| &*txn.id == "14112233").unwrap();
    (card.fee, card.net) = (Vnd::new(13_750), Vnd::new(1_236_250));
    let html = page(&scene);
    assert!(html.contains("<a href=\"#settlement\">Phí và quyết toán</a>"));
    let said = section(&html, "settlement");
    let row = |name: &str| {
        let rest = said
            .split_once(&format!("<th scope=\"row\">{name}<"))
            .unwrap()
            .1;
        rest.split_once("</tr>").unwrap().0.to_owned()
    };
    let (gateway, all) = (row(VNPAY), row("Cộng"));
    for (row, wanted) in [
        (
            &gateway,
            ["<td>Thẻ<", ">2<", ">1.295.000 ₫<", ">13.750 ₫<", ">1,06 %<"],
        ),
        (
            &all,
            [
                ">8<",
                ">3.625.000 ₫<",
                ">13.750 ₫<",
                ">3.611.250 ₫<",
                "zero\">0 ₫<",
            ],
        ),
    ] {
        for wanted in wanted {
            assert!(row.contains(wanted), "{wanted}: {row}");
        }
    }
    assert!(!said.contains("batches-h"));
    // a bank credit for the payments of two days before
    let mut credit = scene.inputs.txns[0].clone();
    (credit.id, credit.bank_ref) = ("B1".into(), Some("FT22339777".into()));
    (credit.amount, credit.net) = (Vnd::new(1_236_250), Vnd::new(1_236_250));
    let mut row = scene.settlement.rows[0].clone();
    (row.key, row.class, row.bucket) = (credit.key(), "batch_settlement", Bucket::Excluded);
    row.amount = credit.amount;
    row.evidence = vec![Evidence::BatchOf(
        VNPAY.into(),
        day("2022-12-03"),
        credit.amount,
    )];
    scene.inputs.txns.push(credit);
    scene.settlement.rows.push(row);
    let said = section(&page(&scene), "settlement");
    for wanted in [
        "vnpay<br><span class=\"small soft\">03/12/2022<",
        "sepay-main <span class=\"mono\">FT22339777 (B1)</span><br><span class=\"small soft\">05/12/2022<",
        ">1.236.250 ₫<",
        ">T+2<",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn a_rule_set_otherwise_is_a_sentence() {
    let mut scene = example::undecided();
    let tried = |rule, value: &str, won, lost, ambiguous| WhatIf {
        setting: Setting {
            rule,
            value: value.into(),
        },
        won,
        lost,
        ambiguous,
        share: None,
    };
    scene.facts.what_if = vec![
        tried(
            "margin_min",
            "900",
            Figure::new(3, 120_000),
            Figure::new(1, 50_000),
            1,
        ),
        tried(
            "net_rates",
            "–",
            Figure::default(),
            Figure::new(2, 70_000),
            0,
        ),
    ];
    let said = section(&page(&scene), "what-if");
    for wanted in [
        "<li>Nếu chỉ ghép khoản nộp không có mã khi hơn cách ghép kế tiếp ít nhất 900/1000 điểm: \
         ghép thêm hoặc khác 3 khoản nộp, 120.000 ₫ (trong đó 1 đang nghi khớp); không còn ghép \
         1 khoản nộp, 50.000 ₫; tỷ lệ lũy kế là —. <span",
        "<li>Nếu không tính phí nhà cung cấp khi dòng không ghi: không còn ghép 2 khoản nộp, \
         70.000 ₫; ",
        ">margin_min = 900</span></li>",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("<table"));
}

/// A fee that nobody paid, beside the transaction that comes nearest: who paid, when, to which
/// source and with which words stand in its column, masked.
#[test]
fn a_transaction_beside_a_fee_is_told_whole() {
    let mut scene = example::undecided();
    let txn = scene
        .inputs
        .txns
        .iter_mut()
        .find(|txn| &*txn.id == "106")
        .unwrap();
    txn.payer = "NGUYEN THI BONG".into();
    txn.memo = "NGUYEN THI BONG nop tien 0912345678".into();
    txn.bank_ref = Some("FT22339000106".into());
    let (id, source) = (txn.id.clone(), txn.source.clone());
    let mut rows = scene.settlement.rows.iter_mut();
    let row = rows.find(|row| row.class == "missing_payment").unwrap();
    row.nearest = vec![Nearest {
        candidate: (&*id).into(),
        amount: None,
        failed: Test::Named,
    }];
    let report = build(&scene);
    let view = report.exceptions.shown.iter();
    let view = view.filter(|view| &*view.class == "missing_payment");
    let view = view
        .into_iter()
        .find(|view| !view.compare.is_empty())
        .unwrap();
    let told = |label: &str| {
        let row = view.compare.iter().find(|row| row.label == label);
        row.unwrap_or_else(|| panic!("{label}: {:?}", view.compare))
            .theirs[0]
            .0
            .clone()
    };
    assert_eq!(told("Mã"), "FT22339000106 (106)");
    assert_eq!(told("Người nộp"), "N***** T** B***");
    assert_eq!(told("Nguồn"), source.as_str());
    assert_eq!(told("Số tiền"), "1.200.000\u{a0}₫");
    assert!(told("Ngày").contains("05/12/2022"), "{}", told("Ngày"));
    let memo = told("Nội dung");
    assert!(
        memo.contains("nop tien") && !memo.contains("BONG"),
        "{memo}"
    );
    assert!(!memo.contains("0912345678"), "{memo}");
    let page = page(&scene);
    let cells = page.split_once("<th scope=\"row\">Nguồn</th>").unwrap().1;
    assert!(
        cells.starts_with(&format!("<td></td><td>{source}</td>")),
        "{}",
        &cells[..80]
    );
}
