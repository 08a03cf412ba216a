//! Days of which an interval was too narrow, each with the word that led out of it: it holds now,
//! and the checker refuses what was told then.

use doisoat::domain::{Inputs, Rules};
use doisoat::kpi::Contribution;
use doisoat::settle::settle;

use super::{day_of, holds_once, rules};

/// What is told of these rows holds once these words were said; where the item of this name (of
/// this definition) is told as certain, the checker says so.
pub(super) fn holds(rows: &str, said: &str, items: &[(&str, &str)]) {
    let (old, new) = (day_of(rows), day_of(&format!("{rows}\n{said}")));
    holds_once(&old, &new, &Rules::default());
    holds_once(&old, &new, &rules());
    for (definition, item) in items {
        narrow_is_caught(&old, definition, item);
    }
}

pub(super) fn narrow_is_caught(day: &Inputs, definition: &str, name: &str) {
    let told = settle(day, &rules(), &Vec::new()).unwrap();
    let mine = |c: &Contribution| c.definition == definition && &*c.item == name;
    assert!(told.contributions.iter().any(&mine), "{definition} {name}");
    let prove = |told| doisoat::prove::prove(day, &rules(), &Vec::new(), told);
    // nothing but the point figure, on its own day
    let mut certain = told.clone();
    for item in certain.contributions.iter_mut().filter(|c| mine(c)) {
        item.outcomes.truncate(1);
        item.elsewhere.clear();
        item.exceptions.clear();
        item.coupled = false;
    }
    assert!(!prove(&certain).is_empty(), "certain: {definition} {name}");
    // nothing at all
    let mut without = told;
    without.contributions.retain(|c| !mine(c));
    assert!(!prove(&without).is_empty(), "without: {definition} {name}");
}

/// B1 equals the receipts of the day before, until that of F3 is found.
#[test]
fn a_deposit_may_be_a_payment_once_a_receipt_is_found() {
    holds(
        "fee F1 H48.18.22-221202-1111 phi 50.000 method=cash
         fee F2 H48.18.22-221202-2222 phi 8.000 method=cash
         fee F3 H48.18.22-221202-3333 phi 20.000 method=cash
         receipt T1 2022-12-02 09:00 F1 50.000
         receipt T2 2022-12-02 10:00 F2 8.000
         bank B1 2022-12-03 08:00 58.000 memo=\"TT DVC\"",
        "receipt T3 2022-12-02 20:00 F3 20.000",
        &[
            ("TX_CASHLESS", "txn|bank|B1"),
            ("AMOUNT_CASHLESS", "txn|bank|B1"),
        ],
    );
}

const BATCH: &str = "fee F1 H48.18.22-221202-1111 phi 50.000
     fee F2 H48.18.22-221202-2222 phi 8.000
     fee F3 H48.18.22-221202-3333 phi 20.000 status=unpaid
     fee F4 H48.18.22-221202-4444 phi 50.000 method=cash
     receipt T4 2022-12-02 09:00 F4 50.000
     vnpay V1 2022-12-02 08:00 50.000 ref=H48.18.22-221202-1111
     vnpay V2 2022-12-02 08:10 8.000 ref=H48.18.22-221202-2222
     vnpay V3 2022-12-02 08:20 20.000 ref=H48.18.22-221202-3333 status=pending
     bank B1 2022-12-03 08:00 58.000 memo=\"TT DVC\"";

/// B1 equals what vnpay took in, until V3 has come.
#[test]
fn a_batch_may_be_a_payment_once_another_of_its_day_comes() {
    super::holds_once_it_came(BATCH);
    let day = day_of(BATCH);
    for definition in ["TX_CASHLESS", "AMOUNT_CASHLESS"] {
        narrow_is_caught(&day, definition, "txn|bank|B1");
    }
}

/// Once nothing of that day is open, B1 is no payment for certain.
#[test]
fn a_batch_of_which_nothing_is_open_counts_nowhere() {
    let day = day_of(&BATCH.replace("status=pending", "status=failed"));
    let told = settle(&day, &rules(), &Vec::new()).unwrap();
    let mut items = told.contributions.iter();
    assert!(items.all(|item| &*item.item != "txn|bank|B1"));
}

/// What R4 takes back leaves the dossier exactly what B1 would pay.
#[test]
fn a_deposit_may_be_a_payment_once_a_dossier_lacks_as_much() {
    super::holds_once_it_came(
        "fee F1 H48.18.22-221202-1111 phi 50.000 method=cash
         fee F2 H48.18.22-221202-2222 phi 8.000 method=cash
         fee F4 H48.18.22-221202-4444 phi 158.000
         receipt T1 2022-12-02 09:00 F1 50.000
         receipt T2 2022-12-02 10:00 F2 8.000
         vnpay V4 2022-12-02 08:00 158.000 ref=H48.18.22-221202-4444
         vnpay R4 2022-12-02 12:00 refund 58.000 ref=H48.18.22-221202-4444 status=pending
         bank B1 2022-12-03 08:00 58.000 memo=\"TT DVC\"",
    );
}

/// Once B1 has paid what F1 lacks, nobody saw F2 paid, and cash may complete the dossier.
#[test]
fn open_money_and_what_nobody_saw_complete_a_dossier_together() {
    holds(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         fee F2 H48.18.22-221202-0001 le_phi 8.000
         bank B1 2022-12-02 11:47 20.000 memo=\"TT DVC\"
         bank B2 2022-12-02 02:37 30.000 memo=\"NOP H48.18.22-221202-0001\"",
        "decide B1 pays F1 20.000",
        &[("DOSSIER_CASHLESS", "dossier|H48.18.22-221202-0001")],
    );
}

/// 20.000 do not pay back what R1 took; put to the line, they change how the receipt counts.
#[test]
fn open_money_of_any_amount_may_complete_a_dossier_that_gave_back() {
    holds(
        "fee F1 H48.18.22-221202-0002 phi 50.000 method=cash
         vnpay V1 2022-12-03 10:27 20.000 ref=H48.18.22-221202-0003
         bank R1 2022-12-03 10:57 debit 30.000 memo=\"HOAN H48.18.22-221202-0002\"
         receipt T1 2022-12-02 20:00 F1 50.000",
        "decide V1 pays F1 20.000",
        &[],
    );
}

/// V5 was put to dossier 1 by a repair of its reference. Once S7 has paid there, V5 may be of
/// dossier 2.
#[test]
fn what_may_be_put_elsewhere_is_open_money_there() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 8.000 status=unpaid payer=\"TRAN THI B\"
         fee F1 H48.18.22-221202-0001 land_obligation 50.000 payer=\"TRAN THI B\"
         fee F2 H48.18.22-221202-0002 phi 50.000 status=refunded payer=\"NGUYEN VAN A\"
         bank B2 2022-12-02 10:54 8.000 memo=\"H48.18.22-221202-0002\" payer=\"NGUYEN VAN A\"
         vnpay V4 2022-12-03 10:17 30.000 ref=H48.18.22-221202-0004
         vnpay V5 2022-12-02 08:25 50.000 ref=H48.18.22-221202-0005 payer=\"TRAN THI B\"
         bank S7 2022-12-03 08:25 50.000 memo=\"TT DVC\" payer=\"TRAN THI B\"",
        "decide S7 pays F0 8.000
         decide V5 pays F2 42.000",
        &[
            ("TX_CASHLESS", "txn|vnpay|V5"),
            ("AMOUNT_CASHLESS", "txn|vnpay|V5"),
            ("DOSSIER_CASHLESS", "dossier|H48.18.22-221202-0002"),
        ],
    );
}

/// B1 pays the land obligation of a dossier whose lines the registry calls cancelled; once V1 has
/// paid the fee, B1 may be a fee's.
#[test]
fn a_payment_of_a_land_obligation_may_be_put_elsewhere() {
    holds(
        "fee F0 H48.18.22-221202-0004 phi 8.000 status=cancelled
         fee F1 H48.18.22-221202-0004 land_obligation 50.000 status=cancelled
         fee F2 H48.18.22-221202-0003 le_phi 8.000 payer=\"TRAN THI B\"
         vnpay V1 2022-12-02 14:19 60.000 ref=H48.18.22-221202-0001
         bank B1 2022-12-04 08:38 50.000 memo=\"NOP PHI H48.18.22-221202-0004\" payer=\"TRAN THI B\"",
        "decide V1 pays F0 8.000",
        &[
            ("TX_CASHLESS", "txn|bank|B1"),
            ("AMOUNT_CASHLESS", "txn|bank|B1"),
        ],
    );
}

/// Nothing is open but F0, which the registry calls paid; its receipt leaves B1 without support.
#[test]
fn a_payment_may_be_put_elsewhere_once_a_receipt_is_found() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 8.000 method=cash
         fee F1 H48.18.22-221202-0001 land_obligation 50.000 method=cash
         fee F2 H48.18.22-221202-0003 phi 50.000 status=pending payer=\"NGUYEN VAN A\"
         bank B1 2022-12-04 12:07 50.000 memo=\"NOP PHI H48.18.22-221202-0001\" payer=\"NGUYEN VAN A\"",
        "receipt T1 2022-12-02 20:00 F0 8.000",
        &[
            ("TX_CASHLESS", "txn|bank|B1"),
            ("AMOUNT_CASHLESS", "txn|bank|B1"),
        ],
    );
}

/// A repaired reference leads nowhere once a receipt is found beside it, though its amount fits.
#[test]
fn a_repaired_payment_may_be_put_elsewhere_once_a_receipt_is_found() {
    holds(
        "fee F0 H48.18.22-221202-0003 le_phi 8.000 payer=\"NGUYEN VAN A\"
         fee F1 H48.18.22-221202-0003 le_phi 8.000 payer=\"NGUYEN VAN A\"
         vnpay V2 2022-12-02 08:23 8.000 ref=H48.18.22-221202-0005 payer=\"NGUYEN VAN A\"",
        "receipt T1 2022-12-02 20:00 F1 8.000",
        &[
            ("TX_CASHLESS", "txn|vnpay|V2"),
            ("AMOUNT_CASHLESS", "txn|vnpay|V2"),
        ],
    );
}

/// Once V1 has paid, B1 is open, and may be the net of a larger due.
#[test]
fn what_may_be_put_elsewhere_counts_as_the_net_of_a_due() {
    holds(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         fee F2 H48.18.22-221202-0002 phi 50.000 status=pending
         bank V1 2022-12-04 11:23 50.000 memo=\"TT DVC\" payer=\"NGUYEN VAN A\"
         bank B1 2022-12-02 13:42 20.000 memo=\"NOP PHI H48.18.22-221202-0002\" payer=\"TRAN THI B\"
         receipt T1 2022-12-02 20:00 F1 50.000",
        "decide V1 pays F2 30.000",
        &[
            ("TX_CASHLESS", "txn|bank|B1"),
            ("AMOUNT_CASHLESS", "txn|bank|B1"),
        ],
    );
}

/// The receipt over 49.450 stands for 50.000 once B3 has taken B1 elsewhere.
#[test]
fn a_receipt_over_another_amount_may_stand_for_its_line() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 50.000 status=pending method=cash
         fee F1 H48.18.22-221202-0001 le_phi 8.000 status=pending method=cash
         fee F2 H48.18.22-221202-0002 phi 50.000 method=cash
         bank B1 2022-12-02 08:00 49.450 memo=\"H48.18.22-221202-0001\"
         vnpay V2 2022-12-02 08:00 20.000 ref=H48.18.22-221202-0002
         bank B3 2022-12-04 08:00 20.000 memo=\"NOP PHI H48.18.22-221202-0001\"
         receipt T1 2022-12-04 08:00 F0 49.450",
        "decide B3 pays F1 8.000",
        &[("AMOUNT_CASHLESS", "receipt|H48.18.22-221202-0001|T1")],
    );
}

/// The registry calls F1 refunded: R1 may come, and V1 counts nowhere then.
#[test]
fn a_fee_called_refunded_is_open_until_its_refund_comes() {
    holds(
        "fee F1 H48.18.22-221202-1111 phi 50.000 status=refunded
         fee F2 H48.18.22-221202-2222 phi 50.000 method=cash
         vnpay V1 2022-12-02 08:00 50.000 ref=H48.18.22-221202-1111
         receipt T2 2022-12-02 09:00 F2 50.000",
        "vnpay R1 2022-12-03 09:00 refund 50.000 ref=H48.18.22-221202-1111",
        &[
            ("TX_CASHLESS", "txn|vnpay|V1"),
            ("AMOUNT_CASHLESS", "txn|vnpay|V1"),
            ("DOSSIER_CASHLESS", "dossier|H48.18.22-221202-1111"),
        ],
    );
}

const TWICE: &str = "fee F1 H48.18.22-221202-1111 phi 50.000 payer=\"NGUYEN VAN A\"
     fee F2 H48.18.22-221202-2222 phi 50.000
     bank B2 2022-12-02 09:00 50.000 memo=\"H48.18.22-221202-2222\"
     bank B1 2022-12-02 14:00 50.000 memo=\"H48.18.22-221202-1111\" payer=\"NGUYEN VAN A\"";

/// B1 is of the payer and comes before counter cash; sent back, it leaves its place to the cash.
#[test]
fn a_transfer_that_displaces_a_receipt_may_be_sent_back() {
    holds(
        &format!("{TWICE}\nreceipt T1 2022-12-02 15:00 F1 50.000"),
        "bank R1 2022-12-03 09:00 debit 50.000 memo=\"HOAN PHI H48.18.22-221202-1111\"",
        &[
            ("TX_CASHLESS", "txn|bank|B1"),
            ("AMOUNT_CASHLESS", "txn|bank|B1"),
            ("DOSSIER_CASHLESS", "dossier|H48.18.22-221202-1111"),
        ],
    );
}

/// The cash came first, a transfer of another one after: once its receipt is void, B1 pays.
#[test]
fn a_receipt_that_displaces_a_transfer_may_fall() {
    let rows = |status: &str| {
        let cash = format!("receipt T1 2022-12-02 08:00 F1 50.000 status={status}");
        day_of(&format!(
            "{}\n{cash}",
            TWICE.replace("NGUYEN VAN A\"\n", "LE THI C\"\n")
        ))
    };
    let (old, new) = (rows("valid"), rows("void"));
    holds_once(&old, &new, &Rules::default());
    holds_once(&old, &new, &rules());
    narrow_is_caught(&old, "AMOUNT_CASHLESS", "receipt|H48.18.22-221202-1111|T1");
}

/// B1 came a day later and by another source: a payment counts on one of the days.
#[test]
fn the_repeat_of_another_day_counts_once_the_first_is_sent_back() {
    holds(
        "fee F1 H48.18.22-221202-1111 phi 50.000
         fee F2 H48.18.22-221202-2222 phi 50.000 method=cash
         receipt T2 2022-12-02 09:00 F2 50.000
         vnpay V1 2022-12-02 14:00 50.000 ref=H48.18.22-221202-1111 payer=\"NGUYEN VAN A\"
         bank B1 2022-12-03 08:00 50.000 memo=\"H48.18.22-221202-1111\" payer=\"NGUYEN VAN A\"",
        "vnpay R1 2022-12-04 09:00 refund 50.000 ref=H48.18.22-221202-1111",
        &[
            ("TX_CASHLESS", "txn|vnpay|V1"),
            ("AMOUNT_CASHLESS", "txn|vnpay|V1"),
        ],
    );
}

/// B1 is a fee whichever line it is put to; on F1, which is called refunded, it may go back.
#[test]
fn what_is_put_to_a_line_called_refunded_may_go_back() {
    holds(
        "fee F0 H48.18.22-221202-0001 phi 50.000
         fee F1 H48.18.22-221202-0001 le_phi 8.000 status=refunded
         bank B1 2022-12-02 08:00 20.000 memo=\"NOP PHI H48.18.22-221202-0001\"
         vnpay V2 2022-12-03 08:00 33.333 ref=H48.18.22-221202-0001",
        "decide B1 pays F0 16.667 F1 3.333
         bank R1 2022-12-04 08:00 refund 20.000 memo=\"HOAN PHI H48.18.22-221202-0001\"",
        &[
            ("TX_CASHLESS", "txn|vnpay|V2"),
            ("AMOUNT_CASHLESS", "txn|vnpay|V2"),
        ],
    );
}
