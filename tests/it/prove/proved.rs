//! Days of which the checker refused what was told. A night that it refuses publishes nothing, so
//! each is kept as short as it could be made.

use doisoat::domain::Rules;
use doisoat::prove::prove;
use doisoat::settle::settle;

/// The day of these rows, as in the cases, is proved: as files, and with every definition.
fn proved(rows: &str) {
    let text = format!("case  one day\n# it is proved\n{rows}");
    let mut cases = crate::cases::parse::parse("proved", &text);
    let day = cases.remove(0).unwrap().inputs;
    let all = doisoat::kpi::DEFINITIONS.iter();
    let every = Rules {
        definitions: all.map(|definition| definition.id.into()).collect(),
        ..Rules::default()
    };
    for rules in [Rules::default(), every] {
        let settled = settle(&day, &rules, &Vec::new()).unwrap();
        let found = prove(&day, &rules, &Vec::new(), &settled);
        assert!(found.is_empty(), "{}", super::told(&found));
    }
}

/// R1 takes T2 whole and some of T3. Once B1 moves there is room for T2.
#[test]
fn a_repeat_that_was_sent_back_beside_what_may_move() {
    proved(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         fee F2 H48.18.22-221202-0001 le_phi 20.000
         bank B1 2022-12-02 08:00 20.000 memo=\"NOP H48.18.22-221202-0001\"
         vnpay T1 2022-12-02 08:01 50.000 ref=H48.18.22-221202-0001
         vnpay T2 2022-12-02 08:02 50.000 ref=H48.18.22-221202-0001
         vnpay T3 2022-12-02 08:03 50.000 ref=H48.18.22-221202-0001
         vnpay R1 2022-12-02 08:04 refund 60.000 ref=H48.18.22-221202-0001
         vnpay R2 2022-12-02 08:05 refund 900.000 ref=H48.18.22-221202-0001",
    );
}

/// T1 repeats a receipt of a land obligation, and some of it went back: it counts nowhere.
#[test]
fn a_repeat_in_a_dossier_that_owes_land_obligations_alone() {
    proved(
        "fee F1 H48.18.22-221202-0001 land_obligation 8.000 status=cancelled
         receipt R1 2022-12-02 08:03 F1 51.000
         momo T1 2022-12-02 08:07 51.000 ref=H48.18.22-221202-0001
         bank B1 2022-12-02 08:02 101.000 memo=\"H48.18.22-221202-0002 va H48.18.22-221202-0001\"
         bank B2 2022-12-03 08:04 debit 9.450 memo=\"NOP H48.18.22-221202-0001\"",
    );
}

/// B1 is the net of what is due for the land, which a payment without a word of it does not pay;
/// on the fee it would be too much.
#[test]
fn one_edit_off_a_dossier_that_is_paid() {
    proved(
        "fee F1 H48.18.22-221202-0001 le_phi 50.439 payer=\"TRAN THI B\" status=pending
         fee F2 H48.18.22-221202-0001 land_obligation 51.000 payer=\"TRAN THI B\"
         vnpay T1 2022-12-04 08:07 101.000 ref=H48.18.22-221202-0001 payer=\"TRAN THI B\"
         bank B1 2022-12-06 08:05 50.439 memo=\"H48.18.22-221202-0009\" payer=\"TRAN THI B\"",
    );
}

/// R1 stays on the land that it names, so F1 is not paid with cash.
#[test]
fn counter_cash_of_a_land_obligation_beside_a_fee_that_lacks_money() {
    proved(
        "fee F1 H48.18.22-221202-0001 le_phi 51.000 method=cash status=pending
         fee F2 H48.18.22-221202-0001 land_obligation 50.439 status=refunded
         receipt R1 2022-12-06 08:01 F2 50.439
         reject X1 txn bank column=amount_vnd",
    );
}

/// Two sources use one id, and only one of the rows is contradictory: which of them carries S1, the
/// legs do not tell.
#[test]
fn a_sighting_of_an_id_that_two_sources_use() {
    proved(
        "fee F1 H48.18.22-221202-0001 phi 50.000
         bank B1 2022-12-02 08:00 50.000 memo=\"H48.18.22-221202-0001\" id=TXN0000
         feed C1 2022-12-02 08:00 50.000 memo=\"VNPAY TXN0000\" account=0123 bank_ref=FT1 id=TXN0000
         second S1 2022-12-01 08:00 50.000 memo=\"TT DVC\" account=0123 bank_ref=FT1 id=TXN0003
         order O4 vnpay H48.18.22-221202-0001 50.000 fees=F1 status=pending
         vnpay T1 2022-12-02 08:00 50.000 ref=O4 id=TXN0004
         conflict B1 50.000",
    );
}

/// B1 repeats a receipt of a land obligation, or is of another dossier; some of it went back.
#[test]
fn a_repeat_by_memo_in_a_dossier_that_owes_land_obligations_alone() {
    proved(
        "fee F1 H48.18.22-221201-0001 land_obligation 51.000 payer=\"NGUYEN VAN A\"
         receipt R1 2022-12-05 08:45 F1 51.000
         bank B1 2022-12-06 08:07 51.000 memo=\"NOP PHI H48.18.22-221201-0001\" payer=\"NGUYEN VAN A\"
         bank B2 2022-12-06 13:42 debit 8.000 memo=\"HOAN H48.18.22-221201-0001\"
         bank B3 2022-12-05 10:59 58.000 memo=\"H48.18.22-221201-0002 va H48.18.22-221201-0001\" status=pending",
    );
}

/// B1 is doubtful and went back: it is no open money, so none is open before T1 came.
#[test]
fn the_first_of_two_from_a_stranger_that_went_back() {
    proved(
        "fee F1 H48.18.22-221201-0001 phi 50.439 payer=\"TRAN THI B\"
         bank B1 2022-12-04 07:17 50.439 memo=\"H48.18.22-221201-0001\" payer=\"NGUYEN VAN A\"
         vnpay T1 2022-12-05 07:14 50.439 ref=H48.18.22-221201-0009 memo=\"NOP H48.18.22-221201-0001\" payer=\"TRAN THI B\"
         momo R1 2022-12-05 07:30 refund 50.439 ref=H48.18.22-221201-0001
         bank B2 2022-12-05 07:24 debit 49.450 memo=\"H48.18.22-221201-0O01\"
         bank B3 2022-12-06 07:38 9.450 memo=\"NOP PHI H48.18.22-221201-0001\" payer=\"NGUYEN VAN A\"",
    );
}

/// T1 is of a stranger, T2 of the payer, and as much went back: T1 is asked about all the same.
#[test]
fn a_doubtful_payment_of_which_as_much_went_back() {
    proved(
        "fee F1 H48.18.22-221201-0001 le_phi 50.439 payer=\"TRAN THI B\"
         momo T1 2022-12-06 07:07 50.439 ref=H48.18.22-221201-0009 memo=\"NOP H48.18.22-221201-0001\" payer=\"NGUYEN VAN A\"
         vnpay T2 2022-12-06 07:28 50.439 ref=H48.18.22-221201-0001 payer=\"TRAN THI B\"
         bank B1 2022-12-06 07:56 debit 50.439 memo=\"HOAN H48.18.22-221201-0001\"",
    );
}

/// The receipt and B2 went back; T1 stayed, and pays the fee.
#[test]
fn what_stayed_beside_counter_cash_that_went_back() {
    proved(
        "fee F1 H48.18.22-221201-0001 phi 8.000 payer=\"NGUYEN VAN A\" status=refunded
         receipt R1 2022-12-04 07:45 F1 49.450
         momo T1 2022-12-06 07:14 8.000 ref=H48.18.22-221201-0001 payer=\"NGUYEN VAN A\"
         bank B1 2022-12-06 07:28 debit 49.450 memo=\"NOP PHI H48.18.22-221201-0001\"
         bank B2 2022-12-06 07:38 49.450 memo=\"H48.18.22-221201-0001\"
         bank B3 2022-12-06 07:52 debit 49.450 memo=\"HOAN H48.18.22-221201-0001\"",
    );
}
