//! What is told of after a payment was settled elsewhere, and is named by it.

use doisoat::domain::Txn;

use crate::database::Kind;
use crate::passes_nights::{A, B, THANH, check, comes, due, paid, story};
use crate::rows::order;

/// The memo names two dossiers, of which the registry told one ten days later.
#[tokio::test]
async fn a_dossier_told_of_later_takes_part_in_what_a_settled_memo_names() {
    let far = "H48.18.22-221205-0345";
    let memo = format!("HS {A} {far}");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        for (night, last) in [(6, 14), (20, 21)] {
            let all = [
                comes(5, vec![due(A, THANH)], vec![paid("1", 5, &memo, THANH)]),
                comes(night, vec![due(far, "PHAM THI Q")], vec![]),
            ];
            let said = story(kind, &all, &[5, night], last).await;
            let after = "0001 missing_payment, 0345 missing_payment, 1 ambiguous";
            let expected = [
                "5: 0001 extracted_key, 1 extracted_key".to_owned(),
                format!("{night}: {after}"),
                format!("end: {after}"),
            ];
            assert_eq!(said, expected, "{kind:?}");
        }
    }
}

/// What was a slip when it came is the code of a dossier by now.
#[tokio::test]
async fn a_dossier_told_of_later_takes_a_repaired_key_back_however_late() {
    let typed = "H48.18.22-221205-0011";
    let memo = format!("NOP PHI {A}");
    for night in [8, 25] {
        let all = [
            comes(5, vec![due(typed, THANH)], vec![paid("1", 5, &memo, THANH)]),
            comes(night, vec![due(A, "PHAM THI Q")], vec![]),
        ];
        let before = format!("{}: 0011 repaired_key, 1 repaired_key", night - 1);
        let after = "0001 missing_payment, 0011 missing_payment, 1 ambiguous";
        let expected = [
            &*before,
            &format!("{night}: {after}"),
            &format!("end: {after}"),
        ];
        check(&all, &[night - 1, night], night + 9, &expected).await;
    }
}

/// The widths of glued digits: the longer code is told of later.
#[tokio::test]
async fn a_longer_code_told_of_later_is_read_in_a_settled_memo() {
    let glued = "NOP PHI H481822221205000123";
    let long = "H48.18.22-221205-000123";
    let all = [
        comes(5, vec![due(A, THANH)], vec![paid("1", 5, glued, THANH)]),
        comes(16, vec![due(long, "PHAM THI Q")], vec![]),
    ];
    let before = "15: 0001 extracted_key, 1 extracted_key";
    let said = story(Kind::Sqlite, &all, &[15], 25).await;
    assert_eq!(said[0], before);
    assert_ne!(said[1], format!("end: {}", &before[4..]), "decided again");
}

/// The memo named one dossier, the reference is an order of another, told of later.
#[tokio::test]
async fn an_order_told_of_later_finds_the_settled_payment_that_names_it() {
    let by_order = Txn {
        order_ref: Some("ORDER-1".into()),
        ..paid("1", 5, A, THANH)
    };
    let mut second = comes(16, vec![due(B, THANH)], vec![]);
    second
        .orders
        .push(order("ORDER-1", B, 50_000, "2022-12-16"));
    let all = [comes(5, vec![due(A, THANH)], vec![by_order]), second];
    let said = story(Kind::Sqlite, &all, &[15, 16], 16).await;
    assert_eq!(said[0], "15: 0001 exact_key, 1 exact_key");
    assert_eq!(&said[1][4..], &said[2][5..], "as if all had come together");
    assert_ne!(&said[0][4..], &said[1][4..], "decided again");
}
