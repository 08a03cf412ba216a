//! More days of which an interval was too narrow: what the registry's word is left for, receipts
//! that fall or go back, and what a receipt that cannot be read may stand for.

use doisoat::domain::Rules;

use super::closed::{holds, narrow_is_caught};
use super::{day_of, holds_once, rules};

/// V1 was sent back, and P2 is open. Put to F1, it is what the refund took: V1, whose reference was
/// repaired, may be of either dossier then, and the registry's word is all that is left of F0.
#[test]
fn a_line_called_refunded_may_be_left_once_what_went_back_is_other_money() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 50.000 status=refunded method=cash payer=\"NGUYEN VAN A\"
         fee F1 H48.18.22-221202-0001 le_phi 8.000 status=unpaid method=cash payer=\"NGUYEN VAN A\"
         fee F2 H48.18.22-221202-0002 le_phi 8.000 method=cash
         receipt T2 2022-12-02 20:00 F2 8.000
         bank P2 2022-12-01 08:00 49.450 memo=\"TT DVC\" payer=\"NGUYEN VAN A\"
         vnpay V1 2022-12-02 08:00 49.450 ref=H48.18.22-221202-0003 payer=\"NGUYEN VAN A\"
         vnpay R1 2022-12-10 08:00 refund 49.450 memo=\"HOAN PHI H48.18.22-221202-0001\"",
        "decide P2 pays F1 8.000",
        &[
            ("TX_CASHLESS", "fee|H48.18.22-221202-0001|F0"),
            ("AMOUNT_CASHLESS", "fee|H48.18.22-221202-0001|F0"),
        ],
    );
}

/// Both lines are called refunded; once the receipt is void, the registry's word alone is left.
#[test]
fn a_dossier_called_refunded_may_be_left_once_its_receipt_falls() {
    let day = |status: &str| {
        day_of(&format!(
            "fee F0 H48.18.22-221202-0001 phi 50.000 status=refunded method=cash
             fee F1 H48.18.22-221202-0001 le_phi 8.000 status=refunded method=cash
             receipt T1 2022-12-02 08:00 F0 50.000 status={status}"
        ))
    };
    let (old, new) = (day("valid"), day("void"));
    holds_once(&old, &new, &Rules::default());
    holds_once(&old, &new, &rules());
    narrow_is_caught(&old, "DOSSIER_CASHLESS", "dossier|H48.18.22-221202-0001");
}

/// The receipt was over more than F1; sent back, it pays nothing, also where the registry's word
/// stands for the other line.
#[test]
fn a_receipt_over_another_amount_that_was_sent_back_pays_nothing() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 50.000 status=refunded method=cash
         fee F1 H48.18.22-221202-0001 le_phi 8.000 status=refunded method=cash
         receipt T1 2022-12-02 20:00 F1 50.000",
        "bank R1 2022-12-10 08:00 debit 50.000 memo=\"HOAN PHI H48.18.22-221202-0001\"",
        &[],
    );
}

/// T2 repeats T1, and T3 came at the moment of T2: once T1 is void, there is one cash event less.
#[test]
fn the_repeat_of_a_receipt_may_be_of_an_event_that_counts_already() {
    let day = |status: &str| {
        day_of(&format!(
            "fee F1 H48.18.22-221202-1111 phi 8.000 method=cash
             fee F2 H48.18.22-221202-1111 le_phi 8.000 method=cash
             fee F3 H48.18.22-221202-2222 phi 50.000
             vnpay V3 2022-12-02 08:00 50.000 ref=H48.18.22-221202-2222
             receipt T1 2022-12-02 10:00 F1 8.000 status={status}
             receipt T2 2022-12-02 20:00 F1 8.000
             receipt T3 2022-12-02 20:00 F2 8.000"
        ))
    };
    let (old, new) = (day("valid"), day("void"));
    holds_once(&old, &new, &Rules::default());
    holds_once(&old, &new, &rules());
}

/// R1 cannot be read; over 8.000, it stands for the line of 50.000.
#[test]
fn a_receipt_that_cannot_be_read_may_be_over_another_amount() {
    let rows = "fee F1 H48.18.22-221202-1111 phi 50.000
         fee F2 H48.18.22-221202-2222 phi 50.000 status=unpaid
         vnpay V1 2022-12-02 08:00 50.000 ref=H48.18.22-221202-1111";
    let (mut old, new) = (
        day_of(rows),
        day_of(&format!("{rows}\nreceipt R1 2022-12-02 10:00 F2 8.000")),
    );
    old.rejects.push(doisoat::domain::Reject {
        side: doisoat::domain::Side::Receipt,
        source: doisoat::domain::SourceName::new("cash"),
        id: "R1".into(),
        file: "cash_receipts.csv".into(),
        line: 2,
        column: "collected_at".into(),
        value: "x".into(),
        code: doisoat::domain::RejectCode::UnknownWord,
        amount: Some(doisoat::domain::Vnd::new(8_000)),
        business_date: super::first_day(),
        spot: doisoat::domain::Aside::default(),
    });
    holds_once(&old, &new, &Rules::default());
    holds_once(&old, &new, &rules());
}

/// The receipt went back. Once P3 is what was sent back, the receipt is there after all, and stands
/// for its line, which owes more.
#[test]
fn a_receipt_over_less_that_comes_back_stands_for_its_line() {
    holds(
        "fee F1 H48.18.22-221202-1111 phi 50.000
         fee F2 H48.18.22-221202-0003 phi 50.000 status=refunded method=cash
         vnpay V1 2022-12-02 08:00 50.000 ref=H48.18.22-221202-1111
         receipt T2 2022-12-02 11:02 F2 33.333
         bank P3 2022-12-03 00:25 33.333 memo=\"TT DVC\"
         bank R1 2022-12-10 08:00 debit 33.333 memo=\"HOAN PHI H48.18.22-221202-0003\"",
        "decide P3 pays F2 33.333",
        &[],
    );
}
