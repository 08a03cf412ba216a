//! Twins, copies, versions and conflicts: one row has one identity, whatever the order.

use super::*;

#[test]
fn twins_stay_two_and_copies_stay_one() {
    let at = "2022-12-05T10:00:00";
    let pull = |rows: &[Record]| read_records(rows, &source("s")).txns;
    let (a, b) = (record("", "50000", at), record("", "60000", at));
    let first = pull(&[a.clone(), a.clone(), b.clone()]);
    let (rows, conflicts) = dedupe(first.clone());
    assert_eq!((rows.len(), conflicts.len()), (3, 0));
    // the next pull overlaps, in another order
    let merged = merge(&rows, pull(&[b.clone(), a.clone(), a.clone()]));
    assert_eq!((merged.fresh.len(), merged.unchanged.len()), (0, 3));
    // with a third twin there is one new row
    let merged = merge(&rows, pull(&[a.clone(), b, a.clone(), a.clone()]));
    assert_eq!((merged.fresh.len(), merged.unchanged.len()), (1, 3));
    assert!(merged.fresh[0].id.ends_with("-3"));
    // pending -> success of a row without id is the same row
    let mut pending = a;
    pending.status = Some(TxnStatus::Pending);
    let merged = merge(&pull(&[pending]), pull(&[record("", "50000", at)]));
    assert_eq!(merged.updated[0].status, TxnStatus::Success);
}

/// One pull of rows `(id, amount)` at ten o'clock.
fn pull(rows: &[(&str, &str)]) -> Vec<Txn> {
    let at = "2022-12-05T10:00:00";
    let records: Vec<Record> = rows
        .iter()
        .map(|(id, amount)| record(id, amount, at))
        .collect();
    read_records(&records, &source("s")).txns
}

#[test]
fn the_same_id_with_another_amount_is_a_conflict() {
    let (rows, conflicts) = dedupe(pull(&[
        ("1", "50000"),
        ("1", "40000"),
        ("1", "50000"),
        ("2", "7"),
    ]));
    assert_eq!(rows.len(), 2);
    let conflict = &conflicts[0];
    let versions: Vec<&str> = conflict.versions.iter().map(|v| &**v).collect();
    assert_eq!(
        (
            &*conflict.key.id,
            conflict.kept.get(),
            conflict.largest.get()
        ),
        ("1", 40_000, 50_000)
    );
    assert_eq!(
        versions,
        [
            "amount_vnd=40000; net_vnd=40000",
            "amount_vnd=50000; net_vnd=50000"
        ]
    );
    // what is stored first stays, whatever comes later
    let merged = merge(&pull(&[("1", "50000")]), pull(&[("1", "40000")]));
    assert_eq!(
        (merged.fresh.len(), merged.unchanged[0].amount.get()),
        (0, 50_000)
    );
    assert_eq!(merged.conflicts[0].kept.get(), 50_000);
    // and again tomorrow: the same conflict
    let again = merge(
        &pull(&[("1", "50000")]),
        pull(&[("1", "40000"), ("1", "50000")]),
    );
    assert_eq!(again.conflicts, merged.conflicts);
}

#[test]
fn a_state_that_moves_on_is_an_update() {
    use TxnStatus::{Failed, Pending, Success, Unmapped, Void};
    let row = |status| {
        let mut row = pull(&[("1", "50000")]).remove(0);
        row.status = status;
        row
    };
    let check = |stored, new, expected: &str| {
        let merged = merge(&[row(stored)], vec![row(new)]);
        let said = match (&*merged.updated, &*merged.unchanged, merged.conflicts.len()) {
            ([txn], [], 0) => txn.status.id(),
            ([], [_], 0) => "same",
            ([], [_], 1) => "conflict",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, expected, "{stored:?} {new:?}");
    };
    check(Pending, Success, "success");
    check(Pending, Failed, "failed");
    check(Pending, Pending, "same");
    check(Success, Pending, "same");
    check(Success, Void, "void");
    check(Success, Unmapped, "unmapped");
    check(Unmapped, Success, "success");
    check(Success, Failed, "conflict");
    check(Failed, Success, "conflict");
    check(Void, Success, "conflict");
}

#[test]
fn the_word_of_an_unknown_state_goes_with_the_state() {
    use TxnStatus::{Pending, Success, Unmapped};
    let row = |status, word: &str| {
        let mut told = record("1", "50000", "2022-12-05T10:00:00");
        (told.status, told.status_text) = (Some(status), word.into());
        read_records(&[told], &source("s")).txns.remove(0)
    };
    assert_eq!(row(Success, "00").status_word, None);
    let check = |stored: &Txn, new: Txn, expected: &str| {
        let merged = merge(std::slice::from_ref(stored), vec![new]);
        let rows = merged.updated.iter().chain(&merged.unchanged);
        let states: Vec<_> = rows.map(Txn::state).collect();
        assert_eq!(
            (&*states, merged.conflicts.len()),
            (&[expected.into()][..], 0)
        );
    };
    check(&row(Pending, "01"), row(Unmapped, "77"), "unmapped: 77");
    check(&row(Unmapped, "77"), row(Unmapped, "78"), "unmapped: 78");
    check(&row(Unmapped, "77"), row(Pending, "01"), "unmapped: 77");
    check(&row(Unmapped, "77"), row(Success, "00"), "success");
    // a row of an older program has no word; reading its answer again changes nothing
    let mut older = row(Unmapped, "77");
    older.status_word = None;
    let again = merge(&[older.clone()], vec![row(Unmapped, "77")]);
    assert_eq!(again.unchanged, [older]);
}

#[test]
fn an_untold_field_is_filled_in_and_a_changed_one_contradicts() {
    let stored = pull(&[("1", "50000")]).remove(0);
    let with = |change: fn(&mut Txn)| {
        let mut row = stored.clone();
        change(&mut row);
        merge(std::slice::from_ref(&stored), vec![row])
    };
    let filled = with(|t| t.bank_ref = Some("FT1".into()));
    assert_eq!(filled.updated[0].bank_ref.as_deref(), Some("FT1"));
    assert_eq!(with(|t| t.memo = "".into()).unchanged.len(), 1);
    assert_eq!(with(|t| t.memo = "other".into()).conflicts.len(), 1);
    assert_eq!(with(|t| t.payer = "NGUYEN VAN A".into()).updated.len(), 1);
    let fee = with(|t| (t.fee, t.net) = (Vnd::new(550), Vnd::new(49_450)));
    assert_eq!(fee.updated[0].fee.get(), 550);
    let moved =
        with(|t| t.paid_at = doisoat::domain::Moment::parse("2022-12-05T11:00:00").unwrap());
    assert_eq!(moved.conflicts.len(), 1);
    assert_eq!(with(|t| t.instrument = Instrument::Qr).unchanged.len(), 1);
}

#[test]
fn persons_in_a_conflict_are_masked() {
    let mut a = pull(&[("1", "50000")]).remove(0);
    a.payer = "NGUYEN VAN A".into();
    let mut b = a.clone();
    b.payer = "TRAN THI B".into();
    let merged = merge(&[a], vec![b]);
    let versions: Vec<&str> = merged.conflicts[0].versions.iter().map(|v| &**v).collect();
    assert_eq!(versions, ["payer=N*** V*** A***", "payer=T*** T*** B***"]);
}

#[test]
fn a_hundredth_or_a_hundred_times_the_order_is_a_conflict() {
    let txn = pull(&[("1", "50000")]).remove(0);
    let conflict = |due| scale_conflict(&txn, Vnd::new(due));
    assert_eq!(conflict(500).unwrap().largest.get(), 50_000);
    assert_eq!(conflict(5_000_000).unwrap().largest.get(), 5_000_000);
    assert_eq!(conflict(50_000), None);
    assert_eq!(conflict(0), None);
}

#[test]
fn broken_rows_of_one_file_have_one_identity_each() {
    let file = txns(
        "T1,,m,x,,,2022-12-05T10:00:00,success,payment,\n\
         T1,,m,x,,,2022-12-05T10:00:00,success,payment,\n\
         T1,,m,y,,,2022-12-05T10:00:00,success,payment,\n\
         T2,,m,5,,,2022-12-05T10:00:00,success,payment,\n\
         T2,,m,z,,,2022-12-05T10:00:00,success,payment,\n\
         ,,m,z,,,2022-12-05T10:00:00,success,payment,\n\
         ,,m,z,,,2022-12-05T10:00:00,success,payment,\n",
    );
    let ids: Vec<&str> = file.rows.rejects.iter().map(|r| &*r.id).collect();
    assert_eq!(ids.len(), 5, "{ids:?}");
    assert!(ids[0].starts_with("T1~") && ids[1].starts_with("T1~") && ids[2].starts_with("T2~"));
    assert!(ids[3].ends_with("-1") && ids[4].ends_with("-2"));
    assert!(
        file.rows
            .rejects
            .iter()
            .all(|r| r.business_date == day("2022-12-05"))
    );
}

#[test]
fn two_files_of_one_source_are_two_deliveries() {
    let fees = format!("{FEES}\nH48-221202-0001,F1,phi,1,H48,,,,,paid\n");
    let a = format!(
        "{TXNS}\n,,m,5,,,2022-12-05T10:00:00,success,payment,\nT1,,m,x,,,,success,payment,\n"
    );
    let b = format!("{a}T2,,m,6,,,2022-12-06T10:00:00,success,payment,\n");
    let files = MatchFiles {
        fees: ("fees.csv", fees.as_bytes()),
        transactions: vec![
            ("a/transactions_bank.csv", a.as_bytes()),
            ("b/transactions_bank.csv", b.as_bytes()),
        ],
        ..MatchFiles::default()
    };
    let read = read_match_inputs(&files).unwrap();
    assert_eq!(read.inputs.txns.len(), 2);
    assert_eq!(one(&read.inputs.rejects).business_date, day("2022-12-05"));
    assert_eq!(read.inputs.sources.len(), 2);
    assert_eq!(read.inputs.agencies[0].code.as_str(), "H48");
}

/// A row of a small world in which ids, amounts and twins collide all the time.
fn any_row() -> impl Strategy<Value = String> {
    let id = prop_oneof![Just(""), Just("T1"), Just("T2")];
    let amount = prop_oneof![Just("5"), Just("7"), Just("x"), Just("")];
    let status = prop_oneof![
        Just("success"),
        Just("pending"),
        Just("failed"),
        Just("odd")
    ];
    let hour = 8..11;
    (id, amount, status, hour).prop_map(|(id, amount, status, hour)| {
        format!("{id},,m,{amount},,,2022-12-05T{hour:02}:00:00,{status},payment,\n")
    })
}

/// Without file and line, the one thing that order may change.
fn placeless(rejects: Vec<Reject>) -> Vec<Reject> {
    let without = rejects.into_iter().map(|mut reject| {
        (reject.file, reject.line) = ("".into(), 0);
        reject
    });
    without.collect()
}

fn read_all(files: &[String]) -> (Vec<Txn>, Vec<Reject>, Vec<doisoat::domain::Conflict>) {
    let fees = format!("{FEES}\n");
    let texts: Vec<String> = files.iter().map(|rows| format!("{TXNS}\n{rows}")).collect();
    let files = MatchFiles {
        fees: ("fees.csv", fees.as_bytes()),
        transactions: texts
            .iter()
            .map(|t| ("transactions_bank.csv", t.as_bytes()))
            .collect(),
        ..MatchFiles::default()
    };
    let inputs = read_match_inputs(&files).unwrap().inputs;
    (inputs.txns, placeless(inputs.rejects), inputs.conflicts)
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_nothing(
        (rows, shuffled) in proptest::collection::vec(any_row(), 0..20)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        prop_assert_eq!(read_all(&[rows.concat()]), read_all(&[shuffled.concat()]));
    }

    #[test]
    fn a_split_into_files_changes_nothing_while_twins_stay_together(
        rows in proptest::collection::vec(any_row(), 0..20),
    ) {
        // a delivery holds whole hours; within one file twins are counted
        let hour = |row: &&String, early| row.contains("T08") == early;
        let early: String = rows.iter().filter(|r| hour(r, true)).cloned().collect();
        let later: String = rows.iter().filter(|r| hour(r, false)).cloned().collect();
        let whole = read_all(&[rows.concat()]);
        let (a, b) = (read_all(&[early.clone(), later.clone()]), read_all(&[later, early]));
        prop_assert_eq!(&a, &b, "the order of files plays no part");
        prop_assert_eq!(&a.0, &whole.0);
        prop_assert_eq!(&a.2, &whole.2);
        // and a file that is delivered again adds nothing
        prop_assert_eq!(read_all(&[rows.concat(), rows.concat()]), whole);
    }

    #[test]
    fn every_line_is_counted_once(rows in proptest::collection::vec(any_row(), 0..20)) {
        let text = format!("{TXNS}\n{}", rows.concat());
        let file = transactions::read("t.csv", text.as_bytes(), day("2022-12-05")).unwrap();
        prop_assert_eq!(file.lines, u64::try_from(rows.len()).unwrap());
        let rejects = file.rows.rejects.iter().map(Reject::key);
        let distinct: std::collections::BTreeSet<_> =
            rejects.chain(file.rows.txns.iter().map(Txn::key)).collect();
        let (txns, _) = dedupe(file.rows.txns.clone());
        prop_assert_eq!(distinct.len(), txns.len() + file.rows.rejects.len(), "no key stands for two");
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [
            FileKind::Agencies,
            FileKind::DossierFees,
            FileKind::PaymentOrders,
            FileKind::CashReceipts,
        ] {
            let source = SourceName::new("s");
            let _ = registry::read("f", kind, &bytes, &source, day("2022-12-05"));
        }
        let mut text = format!("{TXNS}\n").into_bytes();
        text.extend(&bytes);
        if let Ok(file) = transactions::read("f", &text, day("2022-12-05")) {
            for reject in &file.rows.rejects {
                sentence(reject, Lang::Vi);
            }
        }
    }

    #[test]
    fn any_cells_are_read_without_a_panic(cells in proptest::collection::vec("[\\PC\"\u{0}]{0,12}", 10)) {
        let row = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>();
        let file = txns(&format!("{}\n", row.join(",")));
        prop_assert_eq!(file.rows.txns.len() + file.rows.rejects.len(), 1);
    }
}

/// The time of an order stands in for one that is not told: it gives way, and contradicts nothing.
#[test]
fn a_time_that_is_the_orders_gives_way_to_one_that_is_told() {
    let row = |time: &str, form: TimeForm, reference: Option<&str>| {
        let mut record = record("O-1", "50000", time);
        record.order_ref = Some("O-1".into());
        record.time_form = form;
        record.bank_ref = reference.map(Into::into);
        read_records(&[record], &source("s")).txns
    };
    let of_order = row("20221205235800", TimeForm::OrderTime, None);
    assert_eq!(of_order[0].paid_at.text(), "2022-12-05");
    assert_eq!(of_order[0].paid_at.vi(), "23:58:00 05/12/2022");
    // a payment known by its refund alone, and told after midnight
    let told = row("2022-12-06T00:03:00", TimeForm::Iso, Some("FT1"));
    let merged = merge(&of_order, told.clone());
    assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
    assert_eq!(merged.updated, told);
    // the other way round nothing changes, nor within one delivery
    let merged = merge(&told, of_order.clone());
    assert!(merged.conflicts.is_empty() && merged.unchanged == told);
    let (rows, conflicts) = dedupe([of_order.clone(), told.clone()].concat());
    assert!(conflicts.is_empty() && rows == told, "{rows:?}");
    // two told ones contradict each other, and so does another amount
    let later = row("2022-12-06T00:04:00", TimeForm::Iso, Some("FT1"));
    assert_eq!(merge(&told, later).conflicts.len(), 1);
    let mut other = of_order;
    other[0].amount = doisoat::domain::Vnd::new(1);
    assert_eq!(merge(&told, other).conflicts.len(), 1);
}
