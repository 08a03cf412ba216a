//! Right files with all kinds of sums, and files of which something is missing.

use crate::domain::Flaw;
use crate::format::tables::Forms;
use crate::normalise::statement::{open, read_table};
use crate::source::Mapping;

/// What in a table does not agree.
fn flaws(text: &str) -> Vec<String> {
    let content = Box::new(text.as_bytes());
    let table = open::open(content, Forms::default(), &Mapping::default()).unwrap();
    let (reading, statements) = read_table(&table, &Mapping::default()).unwrap();
    assert!(statements.iter().all(|s| s.faults.is_empty()), "{text}");
    let flaws = reading.accounts.iter().flat_map(|a| &a.checked.flaws);
    let said = flaws.map(|flaw| match flaw {
        Flaw::Sum { told, held, .. } => format!("{} {}", told.normalize(), held.normalize()),
        Flaw::Count { told, held, .. } => format!("#{told} {held}"),
        Flaw::Fees { told, held } => format!("fee {} {}", told.normalize(), held.normalize()),
        Flaw::Net { told, held } => format!("net {} {}", told.normalize(), held.normalize()),
        other => format!("{other:?}"),
    });
    said.collect()
}

const BANK: &str = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";

/// Two pages: 50 and 20 out, 8 in; 7 in.
fn pages(first: &str, last: &str) -> String {
    format!(
        "{BANK}05/12/2022;1;;50.000;a\n05/12/2022;2;20.000;;b\n05/12/2022;3;;8.000;c\n{first}\n\
         {BANK}06/12/2022;4;;7.000;d\n{last}\n"
    )
}

#[test]
fn right_sums_of_a_statement_are_accepted() {
    let check = |first: &str, last: &str| {
        let text = pages(first, last);
        assert_eq!(flaws(&text), Vec::<String>::new(), "{text}");
    };
    let page = "Cộng trang;;20.000;58.000;";
    check(page, "Cộng trang;;0;7.000;\nTổng cộng;;20.000;65.000;");
    check(
        page,
        "Cộng trang;;20.000;65.000;\nTổng cộng;;20.000;65.000;",
    );
    check(page, "Tổng cộng;;20.000;65.000;\nTổng số giao dịch;;1;3;");
    check("Cộng trang 1;;20.000;58.000;", "Cộng trang 2;;;7.000;");
    // the same words for each page, and for all so far
    check("Tổng cộng;;20.000;58.000;", "Tổng cộng;;;7.000;");
    check("Tổng cộng;;20.000;58.000;", "Tổng cộng;;20.000;65.000;");
    check(
        "Cộng;;20.000;58.000;",
        "Cộng;;;7.000;\nTổng cộng;;20.000;65.000;",
    );
    check("Page total;;20.000;58.000;", "Grand total;;20.000;65.000;");
    check(
        "",
        "Total number of transactions;;1;3;\nTotal;;20.000;65.000;",
    );
    check("", "Tổng số tiền (4 giao dịch);;20.000;65.000;");
    check("", "Số lượng giao dịch;;1;3;\nTổng số món;;1;3;");
    // what began before the file, and goes on in it
    check(
        "Lũy kế;;920.000;958.000;",
        "Lũy kế;;920.000;965.000;\nTổng phí;;1.100;;",
    );
    check("Cộng dồn;;20.000;58.000;", "Cộng dồn;;20.000;65.000;");
    check(
        "Chuyển trang;;20.000;58.000;\nMang sang;;20.000;58.000;",
        "",
    );
    // before the entries, beside the day, behind a number
    let top = format!("{BANK}Tổng cộng;;;57.000;\n05/12/2022;1;;50.000;a\n05/12/2022;2;;7.000;b\n");
    assert_eq!(flaws(&top), Vec::<String>::new());
    let days = format!(
        "{BANK}05/12/2022;1;;50.000;a\n05/12/2022;;;50.000;Cộng ngày\n06/12/2022;2;;7.000;b\n\
         06/12/2022;;;7.000;Cộng ngày\n;;;57.000;Cộng phát sinh tháng\n"
    );
    assert_eq!(flaws(&days), Vec::<String>::new());
    let wrong = days.replace("7.000;Cộng ngày", "9.000;Cộng ngày");
    assert!(
        flaws(&wrong).contains(&"9000 7000".to_owned()),
        "{:?}",
        flaws(&wrong)
    );
}

#[test]
fn a_sum_of_everything_is_not_that_of_the_last_page() {
    let check = |first: &str, last: &str, expected: &[&str]| {
        let text = pages(first, last);
        assert_eq!(flaws(&text), expected, "{text}");
    };
    let page = "Cộng trang;;20.000;58.000;";
    for words in [
        "Tổng cộng",
        "Tổng số/Total",
        "Grand total",
        "Tổng cộng trong kỳ",
        "Cộng",
    ] {
        check(
            page,
            &format!("Cộng trang;;0;7.000;\n{words};;0;7.000;"),
            &["0 20000", "7000 65000"],
        );
        check(page, &format!("{words};;20.000;7.000;"), &["7000 65000"]);
    }
    // a page between them is missing
    check(page, "Tổng cộng;;20.000;95.000;", &["95000 65000"]);
    check(
        "Cộng dồn;;20.000;58.000;",
        "Cộng dồn;;20.000;95.000;",
        &["95000 65000"],
    );
    check(
        "Tổng cộng;;20.000;58.000;",
        "Tổng cộng;;20.000;95.000;",
        &["95000 65000"],
    );
    // one row is missing, and every sum behind it says so: told once
    check(
        "Cộng trang;;20.000;60.000;",
        "Cộng trang;;0;7.000;\nTổng cộng;;20.000;67.000;",
        &["60000 58000"],
    );
    check(page, "Tổng số giao dịch;;1;4;", &["#4 3"]);
    check(page, "Tổng cộng;;0;65.000;", &["0 20000"]);
}

const WALLET: &str = "Thời gian;Mã giao dịch;Mã đơn hàng;Số tiền;Phí;Trạng thái;Loại\n";

/// Three payments, one of which failed, and one given back.
fn settled(last: &str) -> String {
    format!(
        "{WALLET}05/12/2022 09:00:00;M1;O1;50.000;550;Thành công;Thanh toán\n\
         05/12/2022 09:10:00;M2;O2;8.000;88;Thành công;Thanh toán\n\
         05/12/2022 09:20:00;M3;O3;7.000;0;Thất bại;Thanh toán\n\
         05/12/2022 09:30:00;M4;O1;20.000;0;Thành công;Hoàn tiền\n{last}\n"
    )
}

#[test]
fn right_sums_of_a_settlement_file_are_accepted() {
    for last in [
        "Tổng cộng;;;85.000;638;;",
        "Tổng cộng;;;38.000;638;;",
        "Tổng cộng;;;58.000;638;;",
        "Tổng cộng;;;65.000;638;;",
        "TOTAL;;;45.000;638;;",
        "Tổng số giao dịch;;;4;;;\nTổng số tiền;;;58.000;638;;",
        "Tổng số giao dịch thành công;;;3;;;\nTổng tiền hoàn trả;;;20.000;;;",
        "Tổng giao dịch thất bại;;;7.000;;;\nTổng tiền thanh toán;;;37.362;;;",
        "Tổng số;;;4;;;",
        "Cộng trang;;;85.000;;;",
        // of some of the rows, beside one of all
        "Tổng tiền qua ví;;;8.000;;;\nTổng tiền qua thẻ;;;50.000;;;\nTổng cộng;;;58.000;;;",
        "Tổng phí;;;638;;;\nTổng cộng;;;58.000;;;",
    ] {
        let text = settled(last);
        assert_eq!(flaws(&text), Vec::<String>::new(), "{text}");
    }
    let row =
        |n: u32, sum: u32| format!("05/12/2022 10:00:00;N{n};P{n};{sum};0;Thành công;Thanh toán\n");
    let paged = |first: &str, last: &str| {
        format!(
            "{WALLET}{}{first}\n{WALLET}{}{last}\n",
            row(1, 50_000),
            row(2, 8_000)
        )
    };
    for (first, last) in [
        (
            "Cộng trang;;;50000;;;",
            "Cộng trang;;;8000;;;\nTổng cộng;;;58000;;;",
        ),
        ("Cộng trang;;;50000;;;", "Cộng trang;;;58000;;;"),
        ("Tổng số giao dịch;;;1;;;", "Tổng số giao dịch;;;2;;;"),
        ("", "Tổng cộng;;;58000;;;"),
    ] {
        assert_eq!(
            flaws(&paged(first, last)),
            Vec::<String>::new(),
            "{first} {last}"
        );
    }
    for (first, last, wrong) in [
        ("Cộng trang;;;50000;;;", "Tổng cộng;;;8000;;;", "8000 58000"),
        ("Cộng trang;;;50000;;;", "Cộng trang;;;9000;;;", "9000 8000"),
        (
            "Cộng trang;;;51000;;;",
            "Cộng trang;;;8000;;;",
            "51000 50000",
        ),
        (
            "Tổng số giao dịch;;;1;;;",
            "Tổng số giao dịch;;;3;;;",
            "#3 2",
        ),
    ] {
        assert_eq!(flaws(&paged(first, last)), [wrong], "{first} {last}");
    }
}

#[test]
fn a_sum_of_a_settlement_file_that_no_rows_explain_is_told() {
    for (last, wrong) in [
        ("Tổng cộng;;;86.000;638;;", "86000 85000"),
        ("Tổng cộng;;;0;0;;", "0 45000"),
        ("Tổng số giao dịch;;;5;;;\nTổng số tiền;;;58.000;;;", "#5 4"),
        ("Tổng tiền qua ví;;;9.000;;;", "9000 45000"),
        (
            "Tổng cộng;;;58.000;;;\nTổng tiền qua ví;;;99.000;;;",
            "99000 85000",
        ),
        (
            "Tổng tiền hoàn trả;;;21.000;;;\nTổng cộng;;;58.000;;;",
            "21000 45000",
        ),
    ] {
        let text = settled(last);
        assert_eq!(flaws(&text), [wrong], "{text}");
    }
    // a sum that stands among the rows, and not behind the last
    let among = format!(
        "{}05/12/2022 11:00:00;M9;O9;1.000;0;Thành công;Thanh toán\n",
        settled("Cộng trang;;;99.000;;;",)
    );
    assert_eq!(flaws(&among), ["99000 85000"]);
}

const NET: &str = "Thời gian;Mã giao dịch;Mã đơn hàng;Số tiền;Phí;Thực nhận;Trạng thái;Loại\n";

#[test]
fn sums_of_fees_and_of_what_is_left_are_checked_like_those_of_amounts() {
    let rows = "05/12/2022 09:00:00;M1;O1;50.000;550;49.450;Thành công;Thanh toán\n\
                05/12/2022 09:10:00;M2;O2;8.000;88;7.912;Thành công;Thanh toán\n\
                05/12/2022 09:30:00;M4;O1;20.000;;-20.000;Thành công;Hoàn tiền\n";
    let check = |rows: &str, last: &str, expected: &[&str]| {
        let text = format!("{NET}{rows}{last}\n");
        assert_eq!(flaws(&text), expected, "{text}");
    };
    for right in [
        "Tổng cộng;;;58.000;638;57.362;;",
        "Tổng cộng;;;38.000;638;37.362;;",
        "Tổng cộng;;;78.000;638;77.362;;",
        "Tổng cộng;;;;638;;;",
        "Tổng số giao dịch;;;3;3;3;;",
    ] {
        check(rows, right, &[]);
    }
    check(rows, "Tổng cộng;;;58.000;738;57.362;;", &["fee 738 638"]);
    check(
        rows,
        "Tổng cộng;;;58.000;638;57.462;;",
        &["net 57462 57362"],
    );
    check(
        rows,
        "Tổng cộng;;;59.000;638;58.362;;",
        &["59000 58000", "net 58362 57362"],
    );
    // pages, each with its own fees, and all of them
    let paged = |last: &str| {
        format!(
            "05/12/2022 09:00:00;M1;O1;50000;550;49450;Thành công;Thanh toán\n\
             Cộng trang;;;50000;550;49450;;\n{NET}\
             05/12/2022 09:10:00;M2;O2;8000;88;7912;Thành công;Thanh toán\n\
             Cộng trang;;;8000;88;7912;;\nTổng cộng;;;58000;{last};;\n"
        )
    };
    check(&paged("638;57362"), "", &[]);
    check(&paged("88;57362"), "", &["fee 88 638"]);
    // what the rows do not tell, or not readably, is not held against them
    let bare = rows
        .replace(";550;49.450;", ";;;")
        .replace(";88;7.912;", ";;;");
    let bare = bare.replace(";-20.000;", ";;");
    check(&bare, "Tổng cộng;;;58.000;638;57.362;;", &[]);
    let odd = rows.replace(";88;", ";?;");
    check(&odd, "Tổng cộng;;;58.000;999;57.362;;", &[]);
}
