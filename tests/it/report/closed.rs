//! What is settled since the night before, by the names that finance staff know.

use doisoat::domain::{RowKey, SourceName};
use doisoat::report::Closed;

use super::example;
use super::page;

/// Source, number, amount and day; no id that the program made up.
#[test]
fn what_is_settled_is_named_as_people_know_it() {
    let mut scene = example::undecided();
    let txn = scene.inputs.txns.iter_mut().find(|txn| &*txn.id == "101");
    let txn = txn.unwrap();
    (txn.id, txn.bank_ref) = ("~0123456789ab-1".into(), Some("FT22339000".into()));
    let known = txn.key();
    let source = SourceName::new("sepay-main");
    let made = RowKey::txn(&source, "~0123456789ab-2");
    let closed = &mut scene.facts.changes.as_mut().unwrap().closed;
    let gone = closed[0].clone();
    closed.clear();
    let at = Some(("sao-ke-20221201.xlsx".into(), 1_012));
    for (key, place) in [(known, None), (made.clone(), None), (made, at)] {
        closed.push(Closed {
            key,
            place,
            ..gone.clone()
        });
    }
    let mut receipt = scene.inputs.receipts[0].clone();
    (receipt.receipt_id, receipt.receipt_no) = ("~rc-9".into(), "0000987".into());
    closed.push(Closed {
        key: receipt.key(),
        ..gone
    });
    scene.inputs.receipts.push(receipt);
    let html = page(&scene);
    let section = html.split_once("id=\"closed-h\"").unwrap().1;
    let section = section.split_once("</section>").unwrap().0;
    let section = section.replace('\u{a0}', " ");
    for said in [
        "sepay-main – FT22339000 – 150.000 ₫ – 05/12/2022",
        "sepay-main – dòng không có mã giao dịch – 70.000 ₫ – 01/12/2022",
        "sepay-main – tệp sao-ke-20221201.xlsx, dòng 1.012 – 70.000 ₫ – 01/12/2022",
        "Biên lai tại quầy – 0000987 – 15.000 ₫ – 05/12/2022",
    ] {
        assert!(section.contains(said), "{said}: {section}");
    }
    assert!(!section.contains('~'), "{section}");
}
