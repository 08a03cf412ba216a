//! Files of `match` that cannot be used, rows of them that cannot, and a folder that takes nothing.

use std::path::Path;

use super::*;
use crate::cli::{FEES, MATCH, TRANSACTIONS, ends, json, match_files, stderr, stdout};

/// Writes a file of the small example anew.
fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(dir.join(name), text).unwrap();
}

/// What `match` wrote, but for the times.
fn written(dir: &Path) -> Files {
    crate::town::files(&dir.join("out"))
}

#[test]
fn a_file_that_is_no_table_ends_with_2_and_leaves_earlier_results_alone() {
    let check = |name: &str, text: &[u8], lang: &str, message: &str, fix: &str| {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        match_files(dir);
        ends(dir, &MATCH, 0);
        let before = written(dir);
        write(dir, name, text);
        let args = [&MATCH, ["--lang", lang].as_slice()].concat();
        let ended = ends(dir, &args, 2);
        assert_eq!(stderr(&ended), format!("doisoat: {message}\n  {fix}\n"));
        let ended = ends(dir, &[args.as_slice(), &["--json"]].concat(), 2);
        assert_eq!(
            json(&ended),
            serde_json::json!({"schema_version": 1, "error": {
                "code": "usage", "message": message, "fix": fix,
            }})
        );
        assert_eq!(written(dir), before);
    };
    let (fees, bank) = ("fees.csv", "transactions_vnpay.csv");
    let twice = FEES.replacen("status\n", "status,Fee_ID\n", 1);
    check(
        fees,
        twice.as_bytes(),
        "vi",
        "fees.csv: cột \"fee_id\" xuất hiện hai lần",
        "Hãy giữ lại một cột, rồi chạy lại.",
    );
    let missing = TRANSACTIONS
        .replacen("amount_vnd", "amount", 1)
        .replacen("status", "state", 1);
    check(
        bank,
        missing.as_bytes(),
        "en",
        "transactions_vnpay.csv: missing column \"amount_vnd\", \"status\"",
        "Add it to the header row, then run again.",
    );
    check(
        bank,
        TRANSACTIONS.replace(',', ";").as_bytes(),
        "vi",
        "transactions_vnpay.csv: thiếu cột \"provider_txn_id\", \"order_ref\", \"memo\", \
         \"amount_vnd\", \"fee_vnd\", \"net_vnd\", \"paid_at\", \"status\", \"kind\", \"payer\"",
        "Dòng tiêu đề có vẻ dùng \";\" để ngăn ô: hãy lưu tệp dạng CSV ngăn bằng dấu phẩy, rồi chạy lại.",
    );
    check(
        fees,
        b"",
        "en",
        "fees.csv: the file is empty, there is no header row",
        "Export it again.",
    );
    check(
        fees,
        b"\xFF\xFEd\0o\0",
        "vi",
        "fees.csv: tệp không phải là chữ UTF-8 (UTF-16)",
        "Hãy lưu tệp dạng CSV UTF-8, rồi chạy lại.",
    );
    let open = format!("{TRANSACTIONS}T2,\"H48.18.22-221202-0001,,1,0,1\n");
    check(
        bank,
        open.as_bytes(),
        "en",
        "transactions_vnpay.csv: the quote opened in line 3 is never closed, the rest of the file cannot be read",
        "Export it again.",
    );
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    match_files(dir);
    ends(dir, &MATCH, 0);
    let before = written(dir);
    let check = |args: &[&str], code: i32, name: &str, message: &str, fix: &str| {
        let ended = ends(dir, args, code);
        assert_eq!(stderr(&ended), format!("doisoat: {message}\n  {fix}\n"));
        let ended = ends(dir, &[args, &["--json"]].concat(), code);
        assert_eq!(
            json(&ended)["error"],
            serde_json::json!({"code": name, "message": message, "fix": fix})
        );
    };
    std::fs::create_dir(dir.join("folder.csv")).unwrap();
    check(
        &[&MATCH, ["--cash", "folder.csv"].as_slice()].concat(),
        2,
        "usage",
        "folder.csv cannot be read: Is a directory (os error 21)",
        "check the path and its permissions",
    );
    assert_eq!(written(dir), before);
    std::fs::remove_file(dir.join("out/exceptions.csv")).unwrap();
    std::fs::create_dir(dir.join("out/exceptions.csv")).unwrap();
    check(
        &MATCH,
        1,
        "failed",
        "out/exceptions.csv cannot be written: Is a directory (os error 21)",
        "make room and give the right to write there, or name another folder with --out",
    );
    let left = std::fs::read_dir(dir.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// No provider of ours names a currency; a transactions file may.
#[test]
fn another_currency_than_dong_is_a_reject_and_never_counted_as_dong() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    match_files(dir);
    ends(dir, &MATCH, 0);
    let before = written(dir);
    let (header, row) = TRANSACTIONS.trim_end().split_once('\n').unwrap();
    let dollars = row.replacen("T1", "T2", 1);
    write(
        dir,
        "transactions_vnpay.csv",
        format!("{header},Currency\n{row},vnd\n{dollars},USD\n"),
    );
    for (lang, detail) in [
        (
            "vi",
            "Dòng không đọc được: loại tiền \"USD\" không phải là VND. Chương trình chỉ đối soát VND và không quy đổi; hãy xử lý khoản này thủ công.",
        ),
        (
            "en",
            "Unreadable row: the currency \"USD\" is not VND. Only VND is reconciled and nothing is converted; settle this item by hand.",
        ),
    ] {
        ends(dir, &[&MATCH, ["--lang", lang].as_slice()].concat(), 0);
        let files = written(dir);
        let reject = find(&files, "exceptions.csv", |row| row["class"] == "reject");
        assert_eq!(
            (&*reject["id"], &*reject["amount_vnd"], &*reject["detail"]),
            ("T2", "0", detail)
        );
        assert!(
            reject["evidence"].starts_with("transactions_vnpay.csv, ")
                && reject["evidence"].ends_with(" 3, cột \"currency\": \"USD\"")
                || lang == "en",
            "{reject:?}"
        );
        nothing_changed(&before, &files, &["links.csv"]);
        let (lost, added) = changes(&before, &files, "exceptions.csv");
        assert_eq!((lost.len(), added.len()), (0, 1));
        let summary: Value = serde_json::from_slice(&files["summary.json"]).unwrap();
        totals_tie(&summary);
        assert_eq!(
            summary["totals"]["rejected"],
            serde_json::json!({"count": 1, "sum_vnd": 0})
        );
    }
    let said = stdout(&ends(
        dir,
        &[
            "inspect",
            "transactions_vnpay.csv",
            "--json",
            "--lang",
            "en",
        ],
        0,
    ));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        said["rejects"],
        serde_json::json!([{
            "line": 3, "column": "currency", "value": "USD",
            "reason": "the currency \"USD\" is not VND",
            "advice": "This row is left out of matching (id T2). Only VND is reconciled and nothing is converted; settle this item by hand.",
        }])
    );
}
