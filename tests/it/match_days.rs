//! Days after today in the files of `match`: such money cannot have moved.

use doisoat::clock::{Clock, SystemClock};
use doisoat::domain::Day;

use crate::cli::{MATCH, TRANSACTIONS, ends, match_files};

const RECEIPTS: &str = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,agency_code,status\n";

/// `exceptions.csv` and `share.csv` of one fee, paid on `paid`, with a receipt of `collected`.
fn told(lang: &str, paid: &str, collected: &str) -> [String; 2] {
    let dir = tempfile::tempdir().unwrap();
    match_files(dir.path());
    let put = |name: &str, text: String| std::fs::write(dir.path().join(name), text).unwrap();
    put(
        "transactions_vnpay.csv",
        TRANSACTIONS.replace("2022-12-02", paid),
    );
    let receipt =
        format!("R1,1,H48.18.22-221202-0001,F1,50000,{collected}T09:00:00,An,H48.18.22,valid\n");
    put("cash.csv", format!("{RECEIPTS}{receipt}"));
    let args = [&["--lang", lang][..], &MATCH, &["--cash", "cash.csv"]].concat();
    ends(dir.path(), &args, 0);
    ["exceptions.csv", "share.csv"]
        .map(|name| std::fs::read_to_string(dir.path().join("out").join(name)).unwrap())
}

#[test]
fn money_of_a_day_to_come_is_refused_with_file_and_line() {
    let [rows, share] = told("en", "2099-12-02", "2022-12-02");
    let line = rows.lines().find(|line| line.starts_with("txn,T1,reject,"));
    let line = line.unwrap_or_else(|| panic!("{rows}"));
    for said in [
        "transactions_vnpay.csv",
        "2099-12-02T09:00:00",
        "after today",
    ] {
        assert!(line.contains(said), "{said}: {line}");
    }
    // the receipt pays; what the refused row was is open
    let total = |share: &str| {
        let mut all = share
            .lines()
            .filter(|line| line.starts_with(",TX_CASHLESS,"));
        all.next().unwrap().to_owned()
    };
    assert!(total(&share).starts_with(",TX_CASHLESS,0,1,0.0000,0.0000,"));
    assert!(!total(&share).ends_with(",0.0000,0.0000"), "{share}");
    let [rows, share] = told("vi", "2022-12-02", "2099-12-02");
    let line = rows
        .lines()
        .find(|line| line.starts_with("receipt,R1,reject,"));
    let line = line.unwrap_or_else(|| panic!("{rows}"));
    for said in ["cash.csv", "dòng 2", "2099-12-02T09:00:00", "hôm nay"] {
        assert!(line.contains(said), "{said}: {line}");
    }
    assert!(
        total(&share).starts_with(",TX_CASHLESS,1,1,1.0000,"),
        "{share}"
    );
}

/// A clock may be a little late: tomorrow is read, the day after it is not.
#[test]
fn tomorrow_is_read_and_what_is_later_is_not() {
    let today = Day::of_ms(SystemClock.now_ms());
    for (later, refused) in [(0, 0), (1, 0), (3, 2)] {
        let day = today.plus(later).to_string();
        let [rows, _] = told("vi", &day, &day);
        assert_eq!(rows.matches(",reject,").count(), refused, "{day}: {rows}");
    }
}
