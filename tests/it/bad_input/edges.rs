//! Amounts, ids, days and bytes at their edges, through the command line: `match` goes on and says
//! what, where and what to do; `inspect` says the same of the file alone. And files that hold the
//! same row again and again.

use super::*;
use crate::cli::{FEES, MATCH, TRANSACTIONS, ends, match_files, stderr, stdout};

/// One bad row in an otherwise good file.
struct Edge {
    file: &'static str,
    row: &'static str,
    /// The column and the value at fault.
    at: (&'static str, &'static str),
    /// Why, and what to do.
    says: [&'static str; 2],
}

const NEGATIVE: &str = "is negative or leads to a negative one";
const NO_SIGN: &str = "The kind of the row tells the direction; ask for the amount without a sign";
const LONG: &str = "is longer than 15 digits";
const DIGITS: &str = "Ask whoever made the data for the right amount (digits only)";
const TIME: &str = "is not a valid time";
const YEARS: &str = "does not lie in the years 1990 to 2099";
const SLIP: &str = "The year may be a slip";
const FORM: &str = "The form is 2022-12-05T14:30:00";

const EDGES: &[Edge] = &[
    Edge {
        file: "fees.csv",
        row: "H48.18.22-221202-0002,F2,phi,-5,H48.18.22,P1,qr,2022-12-02,B,paid",
        at: ("amount_vnd", "-5"),
        says: [NEGATIVE, NO_SIGN],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,-50000,0,0,2022-12-02T09:00:00,success,payment,B",
        at: ("amount_vnd", "-50000"),
        says: [NEGATIVE, NO_SIGN],
    },
    Edge {
        file: "fees.csv",
        row: "H48.18.22-221202-0002,F2,phi,99999999999999999999,H48.18.22,P1,qr,2022-12-02,B,paid",
        at: ("amount_vnd", "99999999999999999999"),
        says: [LONG, DIGITS],
    },
    // 2^53 + 1, which no binary float holds, 2^63 and a quadrillion
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,9007199254740993,0,0,2022-12-02T09:00:00,success,payment,B",
        at: ("amount_vnd", "9007199254740993"),
        says: [LONG, DIGITS],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,9223372036854775808,0,0,2022-12-02T09:00:00,success,payment,B",
        at: ("amount_vnd", "9223372036854775808"),
        says: [LONG, DIGITS],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,50000,1000000000000000,0,2022-12-02T09:00:00,success,payment,B",
        at: ("fee_vnd", "1000000000000000"),
        says: [LONG, DIGITS],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,5e4,0,0,2022-12-02T09:00:00,success,payment,B",
        at: ("amount_vnd", "5e4"),
        says: ["is not an amount", DIGITS],
    },
    // days outside of any window in which money moved
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,5,0,5,1899-12-31T09:00:00,success,payment,B",
        at: ("paid_at", "1899-12-31T09:00:00"),
        says: [TIME, FORM],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,5,0,5,2202-12-02T09:00:00,success,payment,B",
        at: ("paid_at", "2202-12-02T09:00:00"),
        says: [YEARS, SLIP],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,5,0,5,9999-12-31T23:59:59,success,payment,B",
        at: ("paid_at", "9999-12-31T23:59:59"),
        says: [YEARS, SLIP],
    },
    Edge {
        file: "transactions_vnpay.csv",
        row: "T2,,x,5,0,5,2022-02-30T09:00:00,success,payment,B",
        at: ("paid_at", "2022-02-30T09:00:00"),
        says: [TIME, FORM],
    },
    Edge {
        file: "fees.csv",
        row: "H48.18.22-221202-0002,F2,phi,5",
        at: ("", "H48.18.22-221202-0002,F2,phi,5"),
        says: [
            "another number of cells than the header",
            "export the file again",
        ],
    },
];

fn inside(dir: &std::path::Path, name: &str, text: &[u8]) {
    std::fs::write(dir.join(name), text).unwrap();
}

/// What `match` wrote.
fn written(dir: &std::path::Path) -> Files {
    crate::town::files(&dir.join("out"))
}

#[test]
fn one_bad_row_is_said_by_match_and_by_inspect_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let args = [&MATCH, ["--lang", "en"].as_slice()].concat();
    match_files(dir);
    ends(dir, &args, 0);
    let before = written(dir);
    for edge in EDGES {
        match_files(dir);
        let good = if edge.file == "fees.csv" {
            FEES
        } else {
            TRANSACTIONS
        };
        inside(dir, edge.file, format!("{good}{}\n", edge.row).as_bytes());
        assert!(ends(dir, &args, 0).stderr.is_empty(), "{}", edge.row);
        let files = written(dir);
        let reject = find(&files, "exceptions.csv", |row| row["class"] == "reject");
        let (column, value) = edge.at;
        let place = format!("{}, line 3, column \"{column}\": \"{value}\"", edge.file);
        assert_eq!(reject["evidence"], place);
        for part in edge.says {
            assert!(
                reject["detail"].contains(part),
                "{part}: {}",
                reject["detail"]
            );
        }
        nothing_changed(&before, &files, &["links.csv"]);
        let (lost, added) = changes(&before, &files, "exceptions.csv");
        assert_eq!((lost.len(), added.len()), (0, 1), "{}", edge.row);
        let summary: Value = serde_json::from_slice(&files["summary.json"]).unwrap();
        totals_tie(&summary);

        let said = stdout(&ends(
            dir,
            &["inspect", edge.file, "--json", "--lang", "en"],
            0,
        ));
        let said: Value = serde_json::from_str(&said).unwrap();
        let rejects = said["rejects"].as_array().unwrap();
        assert_eq!(rejects.len(), 1, "{said}");
        assert_eq!(
            (&rejects[0]["line"], &rejects[0]["value"]),
            (&3.into(), &value.into())
        );
        for part in edge.says {
            let text = format!("{} {}", rejects[0]["reason"], rejects[0]["advice"]);
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn the_largest_amount_is_read_to_the_dong() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let most = "999999999999999";
    let all = |text: &str| text.replacen("50000", most, 2);
    inside(dir, "fees.csv", all(FEES).as_bytes());
    inside(
        dir,
        "transactions_vnpay.csv",
        all(TRANSACTIONS)
            .replace(",0,50000,", &format!(",0,{most},"))
            .as_bytes(),
    );
    ends(dir, &MATCH, 0);
    let link = find(&written(dir), "links.csv", |row| row["txn_id"] == "T1");
    assert_eq!(link["amount_vnd"], most);
}

/// Rows over 0 dong are kept and shown, and change no link, class or share.
#[test]
fn a_row_over_nothing_moves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let fees =
        format!("{FEES}H48.18.22-221202-0002,F2,phi,50000,H48.18.22,P1,qr,2022-12-02,B,paid\n");
    let cash = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,\
                agency_code,status\n";
    let run = |payments: &str, receipts: &str| {
        inside(dir, "fees.csv", fees.as_bytes());
        inside(dir, "transactions_vnpay.csv", payments.as_bytes());
        inside(dir, "cash.csv", receipts.as_bytes());
        let args = [&MATCH, ["--cash", "cash.csv", "--lang", "en"].as_slice()].concat();
        ends(dir, &args, 0);
        written(dir)
    };
    let before = run(TRANSACTIONS, cash);
    let (paid, open) = ("H48.18.22-221202-0001", "H48.18.22-221202-0002");
    for (code, kind) in [
        (open, "payment"),
        (paid, "refund"),
        (paid, "debit"),
        (paid, "payment"),
    ] {
        let row = format!("T2,,{code},0,0,0,2022-12-02T10:00:00,success,{kind},B\n");
        let files = run(&format!("{TRANSACTIONS}{row}"), cash);
        nothing_changed(&before, &files, &["links.csv", "share.csv"]);
        let (lost, added) = changes(&before, &files, "exceptions.csv");
        assert!(lost.is_empty() && added.len() == 1, "{lost:#?} {added:#?}");
        assert_eq!((&*added[0]["id"], &*added[0]["class"]), ("T2", "void"));
        let row = find(&files, "exceptions.csv", |row| row["id"] == "T2");
        assert_eq!(row["evidence"], "a row over 0 dong: no money moved");
    }
    let receipt = format!("R1,R1,{open},F2,0,2022-12-02T10:00:00+07:00,A,H48.18.22,valid\n");
    let files = run(TRANSACTIONS, &format!("{cash}{receipt}"));
    nothing_changed(&before, &files, &["links.csv", "share.csv"]);
    assert_eq!(
        find(&files, "exceptions.csv", |row| row["id"] == "R1")["class"],
        "void"
    );
}

#[test]
fn an_id_that_comes_again_is_one_row_or_a_contradiction() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    match_files(dir);
    ends(dir, &MATCH, 0);
    let before = written(dir);
    let (header, row) = FEES.trim_end().split_once('\n').unwrap();
    let (bank_header, bank_row) = TRANSACTIONS.trim_end().split_once('\n').unwrap();
    // the same row again is the same row
    inside(
        dir,
        "fees.csv",
        format!("{header}\n{row}\n{row}\n").as_bytes(),
    );
    inside(
        dir,
        "transactions_vnpay.csv",
        format!("{bank_header}\n{bank_row}\n{bank_row}\n").as_bytes(),
    );
    ends(dir, &MATCH, 0);
    nothing_changed(
        &before,
        &written(dir),
        &["links.csv", "exceptions.csv", "share.csv"],
    );
    // with another amount it contradicts itself, and both are shown
    let other = row.replace("50000", "60000");
    inside(
        dir,
        "fees.csv",
        format!("{header}\n{row}\n{other}\n").as_bytes(),
    );
    inside(dir, "transactions_vnpay.csv", TRANSACTIONS.as_bytes());
    ends(dir, &[&MATCH, ["--lang", "en"].as_slice()].concat(), 0);
    let files = written(dir);
    let conflict = find(&files, "exceptions.csv", |row| row["id"] == "F1");
    assert_eq!(conflict["class"], "conflict");
    for amount in ["amount_vnd=50000", "amount_vnd=60000"] {
        assert!(conflict["evidence"].contains(amount), "{conflict:?}");
    }
}

#[test]
fn a_file_without_rows_is_no_error_and_a_file_without_a_header_is() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let header = |text: &str| text.split_once('\n').unwrap().0.to_owned() + "\n";
    inside(dir, "fees.csv", header(FEES).as_bytes());
    inside(
        dir,
        "transactions_vnpay.csv",
        header(TRANSACTIONS).as_bytes(),
    );
    ends(dir, &MATCH, 0);
    assert!(table(&written(dir), "links.csv").is_empty());
    assert!(table(&written(dir), "exceptions.csv").is_empty());
    for (bytes, message) in [
        (&b""[..], "the file is empty, there is no header row"),
        (b"\n\n\n", "the file is empty, there is no header row"),
        (b"\xEF\xBB\xBF", "the file is empty, there is no header row"),
        (b"PK\x03\x04", "is not UTF-8 text (XLSX)"),
        (b"\xFE\xFF\0d\0o", "is not UTF-8 text (UTF-16)"),
        (b"Ng\xE0y,S\xF4 ti\xEAn\n1,2\n", "is not UTF-8 text"),
    ] {
        for file in ["fees.csv", "transactions_vnpay.csv"] {
            match_files(dir);
            inside(dir, file, bytes);
            let args = [&MATCH, ["--lang", "en"].as_slice()].concat();
            let said = stderr(&ends(dir, &args, 2));
            assert!(said.starts_with(&format!("doisoat: {file}: ")), "{said}");
            assert!(said.contains(message), "{message}: {said}");
            assert_eq!(said.lines().count(), 2, "what, and what to do: {said}");
            // a statement of a bank may come in another encoding; what we are given may not
            let decoded = message == "is not UTF-8 text";
            ends(dir, &["inspect", file], i32::from(!decoded));
        }
    }
}

/// The same payment, receipt and fee a hundred thousand times: rows of one id are one row, rows of
/// their own ids are each something. (How time grows, `benches/scale.rs` tells.)
#[test]
fn a_hundred_thousand_identical_rows_are_told_apart_by_their_ids() {
    const ROWS: usize = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let (header, row) = FEES.trim_end().split_once('\n').unwrap();
    let (bank_header, bank_row) = TRANSACTIONS.trim_end().split_once('\n').unwrap();
    let many = |header: &str, row: &dyn Fn(usize) -> String| {
        let mut text = format!("{header}\n");
        (0..ROWS).for_each(|i| text.extend([row(i), "\n".to_owned()]));
        text
    };
    let same = |row: &str| many(header, &|_| row.to_owned());
    let summary = |dir: &std::path::Path| -> Value {
        ends(dir, &[&MATCH, ["--no-proof"].as_slice()].concat(), 0);
        serde_json::from_slice(&written(dir)["summary.json"]).unwrap()
    };
    // one id: one row
    inside(dir, "fees.csv", same(row).as_bytes());
    inside(
        dir,
        "transactions_vnpay.csv",
        many(bank_header, &|_| bank_row.to_owned()).as_bytes(),
    );
    let said = summary(dir);
    assert_eq!(said["totals"]["transactions"]["count"], 1);
    assert_eq!(table(&written(dir), "links.csv").len(), 1);
    // their own ids: one pays the fee, the others pay it again
    match_files(dir);
    let own = |i: usize| bank_row.replacen("T1", &format!("T{i:06}"), 1);
    inside(
        dir,
        "transactions_vnpay.csv",
        many(bank_header, &own).as_bytes(),
    );
    let said = summary(dir);
    assert_eq!(said["totals"]["transactions"]["count"], ROWS);
    totals_tie(&said);
    // a row that cannot be read: by its id one, without an id each is counted
    match_files(dir);
    for (id, count) in [("T1", 1), ("", ROWS)] {
        let bad = bank_row.replacen("T1", id, 1).replace(",50000,0", ",5e4,0");
        let text = many(bank_header, &|_| bad.clone());
        inside(dir, "transactions_vnpay.csv", text.as_bytes());
        let said = summary(dir);
        assert_eq!(said["totals"]["rejected"]["count"], count);
        totals_tie(&said);
    }
}
