//! A CSV of transactions, as `match` and exports have it: rows or rejects, one of them a line.
#![no_main]

use doisoat::domain::Day;
use doisoat::normalise::transactions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let day = Day::parse("2022-12-05").unwrap();
    let header = b"provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,\
                   payer\n";
    let mut bytes = data.to_vec();
    if data.first().is_some_and(|first| first % 2 == 0) {
        bytes.splice(0..1, header.iter().copied());
    }
    if let Ok(file) = transactions::read("transactions_bank.csv", &bytes, day) {
        let rows = file.rows.txns.len() + file.rows.rejects.len();
        assert_eq!(u64::try_from(rows).unwrap(), file.lines);
        assert!(file.rows.txns.iter().all(|txn| txn.amount.get() >= 0));
    }
});
