//! What a person at the command line reads of a value that cannot be used.

use crate::cli::{ends, stderr};

/// In the brackets stands what to write in its place, in the reader's language, before the words of
/// the parser.
#[test]
fn a_bad_value_is_answered_with_what_to_write() {
    let dir = tempfile::tempdir().unwrap();
    for (args, vi, en) in [
        (
            &["report", "--month", "2022-13"][..],
            "(viết tháng dạng năm-tháng, ví dụ 2022-12; \"2022-13\" is not",
            "(write a month as year-month, such as 2022-12; ",
        ),
        (
            &["report", "--date", "30/11/2022"],
            "(viết ngày có thật, dạng năm-tháng-ngày, ví dụ 2022-12-05; ",
            "(write a day that there is, ",
        ),
        (
            &["report", "--form", "bill"],
            "(chọn một trong: minutes, payments)",
            "(choose one of: minutes, payments)",
        ),
        (
            &["report", "--definition", "x"],
            "(không có chỉ tiêu này; there is no definition \"x\"; choose one of ",
            "(there is no such definition; ",
        ),
        (
            &["period", "close", "2022-13", "--reason", "r"],
            "(viết tháng 2022-12, quý 2022-Q4, 6 tháng 2022-H2, 9 tháng 2022-9M, năm 2022, ",
            "(write a month 2022-12, ",
        ),
        (
            &["report", "--half", "2022-H3"],
            "(viết nửa năm dạng 2022-H1 ",
            "(write half a year as 2022-H1 or 2022-H2; ",
        ),
        (
            &["report", "--nine-months", "2022-9M"],
            "(viết năm gồm bốn chữ số, ",
            "(write a year of four digits, ",
        ),
        (
            &["report", "--reporting", "2022-Q5"],
            "(viết kỳ báo cáo: tháng 2022-12, quý 2022-Q4, ",
            "(write a reporting period: a month 2022-12, ",
        ),
        (
            &["exceptions", "list", "--older-than", "x"],
            "(viết số ngày chỉ gồm chữ số, ví dụ 7; ",
            "(write days with digits only, ",
        ),
        (
            &[
                "exceptions",
                "decide",
                "3f2a",
                "--split",
                "x",
                "--reason",
                "r",
            ],
            "(viết mã hồ sơ/mã khoản thu=số tiền, ví dụ H48.18.22-221205-0001/F1=50000; ",
            "(write dossier code/fee id=amount, ",
        ),
    ] {
        for (more, wanted) in [(&[][..], vi), (&["--lang", "en"], en)] {
            let said = stderr(&ends(dir.path(), &[args, more].concat(), 2));
            assert!(said.contains(wanted), "{args:?}: {said}");
        }
    }
}
