//! Tables that were read wrongly once: each row of money goes to its own account, in its own
//! direction, once; what is cut is refused.

use std::borrow::Cow;

use super::*;
use crate::domain::Flaw;
use crate::format::tables::Forms;
use crate::source::Mapping;

const HEAD: &str = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n";
const PLAIN: &str = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";

struct Told<'b> {
    table: Table<'b>,
    read: Read,
}

fn told_by<'b>(bytes: &'b [u8], mapping: &Mapping) -> Told<'b> {
    let table = open::open(Box::new(bytes), Forms::default(), mapping).unwrap();
    let read = read_tables(&table, mapping).unwrap();
    Told { table, read }
}

fn told(text: &str) -> Told<'_> {
    told_by(text.as_bytes(), &Mapping::default())
}

impl Told<'_> {
    /// Account, amounts and rejects of each statement.
    fn rows(&self) -> Vec<String> {
        let all: Vec<GridRow> = self.table.rows.walk().map(Cow::into_owned).collect();
        let statements = self.read.statements.iter().map(|statement| {
            let rows = statement
                .rows
                .iter()
                .filter_map(|at| match statement.row(&all[at]) {
                    _ if statement.cut == Some(at) => Some("cut".to_owned()),
                    TableRow::Nothing => None,
                    TableRow::Entry(amount, _) => Some(text_of(amount)),
                    TableRow::Fault(_, fault, _) => Some(fault.code.id().to_owned()),
                });
            let account = statement.account.as_deref().unwrap_or("-");
            format!("{account}: {}", rows.collect::<Vec<_>>().join(" "))
        });
        statements.collect()
    }

    fn flaws(&self) -> Vec<Flaw> {
        let (reading, _) = read_table(&self.table, &Mapping::default()).unwrap();
        let flaws = reading.accounts.into_iter().flat_map(|a| a.checked.flaws);
        flaws.collect()
    }
}

#[test]
fn balances_that_fit_both_ways_prove_no_direction() {
    let check = |rows: &[&str], proven: bool| {
        let head = "Ngày giao dịch;Số tham chiếu;Số tiền;Số dư;Nội dung\n";
        let text = format!("{head}{}\n", rows.join("\n"));
        let read = told(&text).read;
        assert_eq!(read.undirected.is_none(), proven, "{text}");
    };
    let (high, low) = ("05/12/2022;1;50000;100000;a", "06/12/2022;2;50000;50000;b");
    check(&[high, low], false);
    check(&[high, &low.replace("06/", "05/")], false);
    // newest first, as the days say
    check(
        &["06/12/2022;2;50000;100000;b", "05/12/2022;1;50000;50000;a"],
        true,
    );
    check(
        &["05/12/2022;1;50000;50000;a", "06/12/2022;2;50000;100000;b"],
        true,
    );
    check(
        &["05/12/2022;1;50000;50000;a", "05/12/2022;2;20000;70000;b"],
        true,
    );
    check(
        &["05/12/2022;1;50000;70000;a", "06/12/2022;2;20000;50000;b"],
        false,
    );
    // one row is compared with nothing
    check(&["05/12/2022;1;50000;50000;a"], false);
    let head = "Ngày giao dịch;Số tài khoản;Số tiền;Số dư;Nội dung\n";
    let rows = "05/12/2022;01;50000;100000;a\n05/12/2022;02;7000;9000;b\n\
        06/12/2022;01;50000;50000;c\n06/12/2022;02;7000;2000;d\n";
    assert!(told(&format!("{head}{rows}")).read.undirected.is_some());
}

#[test]
fn a_gap_within_one_of_two_accounts_is_seen() {
    let head = "Ngày giao dịch;Số tài khoản;Ghi nợ;Ghi có;Số dư;Nội dung\n";
    let text = |second: &str| {
        format!(
            "{head}05/12/2022;01;0;50000;50000;a\n05/12/2022;02;0;7000;7000;b\n\
             05/12/2022;01;0;1000;{second};c\n05/12/2022;02;0;7000;14000;d\n"
        )
    };
    let balanced = |text: &str| told(text).read.statements[0].balanced;
    assert_eq!(balanced(&text("51000")), Some(true));
    assert_eq!(balanced(&text("71000")), Some(false));
    let breaks = told(&text("71000")).read.statements.remove(0).breaks;
    assert!(matches!(
        breaks[..],
        [Flaw::Break { after: Some(2), before: Some(4), amount }] if amount == 20_000.into()
    ));
}

#[test]
fn money_of_another_account_is_not_booked_on_the_first() {
    let second = format!("{PLAIN}05/12/2022;2;0;900000;b\n");
    let check = |first: &str, between: &str, expected: &[&str]| {
        let text = format!("{first}\n{PLAIN}05/12/2022;1;0;50000;a\n{between}\n{second}");
        assert_eq!(told(&text).rows(), expected, "{text}");
    };
    let both = ["0071000000001: 50000", "0071000000002: 900000"];
    check(
        "Số tài khoản: 0071000000001",
        "Số tài khoản: 0071000000002\nSố dư cuối kỳ: 905000",
        &both,
    );
    for words in ["Tài khoản: ", "Số TK: ", "STK ", "SAO KÊ TÀI KHOẢN "] {
        let line = |n| format!("{words}007100000000{n}");
        check(&line(1), &line(2), &both);
    }
    // a page of the same account, and a hotline below it
    let one = ["0071000000001: 50000 900000"];
    check("STK: 0071000000001", "STK: 0071000000001", &one);
    check("STK: 0071000000001", "Hotline: 1900545413", &one);
    check("STK: 0071000000001", "Cộng trang;;0;150000000;", &one);
    // a number of which nothing is known
    let text = format!(
        "STK: 0071000000001\n{PLAIN}05/12/2022;1;0;50000;a\nKhách hàng 0071000000002\n{second}"
    );
    let odd = told(&text);
    assert_eq!(odd.rows(), ["0071000000001: 50000"]);
    assert!(odd.read.unread.is_some());
}

#[test]
fn a_last_row_that_is_cut_is_never_a_payment() {
    let check = |text: &str, expected: &str| {
        assert_eq!(told(text).rows(), [format!("-: {expected}")], "{text}");
    };
    check(&format!("{HEAD}05/12/2022;1;0;500"), "cut");
    check(&format!("{HEAD}05/12/2022;1;0;500;600;a"), "500");
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000;a\n05/12/2022;2;0;500"),
        "50000 cut",
    );
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000;a\n05/12/2022;13"),
        "50000 cut",
    );
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000;a\n05/12/20"),
        "50000 cut",
    );
    // a program that drops empty cells, and one that ends its last line
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000\n05/12/2022;2;0;500"),
        "50000 500",
    );
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000;a\n05/12/2022;2;0;500\n"),
        "50000 500",
    );
    check(
        &format!("{PLAIN}05/12/2022;1;0;50000;a\nNgười lập biểu"),
        "50000",
    );
    check(
        "Thời gian;Mã giao dịch;Mã đơn hàng;Số tiền;Trạng thái\n\
        05/12/2022 10:00:00;T1;HS1;50000;Thành công\n05/12/2022 10:00:00;T2;HS2;20",
        "50000 cut",
    );
    let row = |cells: &str| {
        format!(
            "<tr><td>{}</td></tr>",
            cells.trim().replace(';', "</td><td>")
        )
    };
    let page = format!(
        "<html><table>{}{}</table></html>",
        row(PLAIN),
        row("05/12/2022;1;0;50000;a")
    );
    check(&page, "50000");
    check(&page[..page.find("</table>").unwrap()], "50000");
    check(&page[..page.find("0</td><td>a").unwrap()], "cut");
    for place in ["</table>", "0</td><td>a"] {
        let flaws = told(&page[..page.find(place).unwrap()]).flaws();
        // both rows stand on one line, so their numbers are told
        assert_eq!(flaws, [Flaw::Cut { line: 2 }], "{place}");
    }
}

#[test]
fn dated_sums_and_balances_are_no_payments() {
    let check = |row: &str, expected: &str| {
        let text = format!("{PLAIN}05/12/2022;1;0;50000;a\n05/12/2022;2;0;7000;b\n{row}\n");
        let told = told(&text);
        assert_eq!(told.rows(), [format!("-: 50000 7000{expected}")], "{text}");
        assert_eq!(told.read.statements[0].closing, None, "{text}");
    };
    check("05/12/2022;Cộng ngày;0;57000;", "");
    check("05/12/2022;;0;57000;Tổng cộng", "");
    check("05/12/2022;Số dư cuối kỳ;0;157000;", "");
    check("Tổng cộng;;0;57000;\n05/12/2022;Luỹ kế;0;957000;", "");
    // what somebody pays for, with a reference and without
    check("05/12/2022;3;0;1000;Tổng cộng 2 hồ sơ", " 1000");
    check("05/12/2022;;0;1000;Tổng công ty Sông Xanh nộp", " 1000");
    check("05/12/2022;;0;1000;Tổng tiền hồ sơ HS7", " bad_record");
    check("05/12/2022;;0;1000;Công", " bad_record");
    let text = format!(
        "{HEAD}05/12/2022;;;;100000;Số dư đầu kỳ\n05/12/2022;1;0;50000;150000;a\n\
         05/12/2022;3;0;5000;175000;a\n05/12/2022;;;;175000;Số dư cuối kỳ\n"
    );
    let told = told(&text);
    assert_eq!(told.rows(), ["-: 50000 5000"]);
    let statement = &told.read.statements[0];
    assert_eq!(statement.opening, Some(100_000.into()));
    assert_eq!(statement.closing, Some(175_000.into()));
    assert!(matches!(
        statement.breaks[..],
        [Flaw::Break {
            after: Some(3),
            before: Some(4),
            ..
        }]
    ));
}

#[test]
fn balances_of_pages_and_days_are_not_those_of_the_statement() {
    let text = format!(
        "{HEAD}Số dư đầu trang;;;;100000\n05/12/2022;1;0;50000;150000;a\n\
         Số dư cuối trang;;;;150000\n{HEAD}Số dư đầu trang;;;;150000\n\
         05/12/2022;2;0;7000;157000;b\nSố dư cuối ngày 05/12/2022;;;;157000\n"
    );
    let read = told(&text);
    assert_eq!(
        (read.flaws(), read.rows()),
        (vec![], vec!["-: 50000 7000".to_owned()])
    );
    assert_eq!(read.read.statements[0].balanced, Some(true));
    // of several the last
    let text = format!(
        "{HEAD}Số dư đầu kỳ;;;;100000\n05/12/2022;1;0;50000;150000;a\nSố dư cuối kỳ;;;;150000\n\
         {HEAD}05/12/2022;2;0;7000;157000;b\nSố dư cuối kỳ;;;;157000\n"
    );
    assert_eq!(told(&text).read.statements[0].balanced, Some(true));
}

#[test]
fn rows_that_prove_the_month_first_prove_it_for_every_account() {
    let text = format!(
        "Số tài khoản: 0071000000001\n{PLAIN}12/05/2022;1;0;50000;a\n12/13/2022;9;0;50000;a\n\
         12/14/2022;9;0;50000;a\n12/15/2022;9;0;50000;a\nSố tài khoản: 0071000000002\n{PLAIN}12/05/2022;2;0;900000;b\n"
    );
    let days = told(&text).read.statements.into_iter().flat_map(|s| s.days);
    let days: Vec<String> = days.map(|day| day.to_string()).collect();
    let first = ["2022-12-05", "2022-12-13", "2022-12-14", "2022-12-15"];
    assert_eq!(days, [&first[..], &["2022-12-05"]].concat());
}

#[test]
fn one_row_with_the_month_first_moves_no_other() {
    let text = format!("{PLAIN}05/12/2022;1;0;50000;a\n05/13/2022;9;0;7000;a\n");
    let told = told(&text);
    assert_eq!(told.rows(), ["-: 50000 month_first"]);
    let days = told.read.statements.into_iter().flat_map(|s| s.days);
    let days: Vec<String> = days.map(|day| day.to_string()).collect();
    assert_eq!(days, ["2022-12-05"]);
}

#[test]
fn no_figure_is_told_where_the_order_of_the_rows_is_not_certain() {
    let row = |day: u32, n: u32, credit: u32, balance: u32| {
        format!("{day:02}/12/2022;{n};0;{credit};{balance};x\n")
    };
    // the newest day first, within a day the oldest first; 5 are missing between the days
    let late = row(6, 4, 2000, 77_000) + &row(6, 5, 1000, 78_000);
    let early = row(5, 1, 50_000, 50_000) + &row(5, 2, 20_000, 70_000);
    let flaws = told(&format!("{HEAD}{late}{early}")).flaws();
    assert_eq!(flaws, [Flaw::Unchained { line: 4 }]);
    let flaws = told(&format!("{HEAD}{early}{late}")).flaws();
    assert!(
        matches!(flaws[..], [Flaw::Break { after: Some(3), before: Some(4), amount }]
            if amount == 5_000.into()),
        "{flaws:?}"
    );
    let whole = row(6, 3, 5_000, 75_000) + &late;
    assert_eq!(told(&format!("{HEAD}{whole}{early}")).flaws(), []);
}

#[test]
fn balances_that_fit_the_reverse_say_that_headings_are_exchanged() {
    let row = |n: u32, out: u32, balance: u32| format!("0{n}/12/2022;{n};{out};0;{balance};x\n");
    let rows = [
        row(5, 50_000, 50_000),
        row(6, 20_000, 70_000),
        row(7, 5_000, 75_000),
    ];
    let flaws = |rows: String| told(&format!("{HEAD}{rows}")).flaws();
    assert_eq!(flaws(rows.concat()), [Flaw::Exchanged { line: 3 }]);
    let newest = [&*rows[2], &*rows[1], &*rows[0]].concat();
    assert_eq!(flaws(newest), [Flaw::Exchanged { line: 3 }]);
    // one row that fits in no way: nobody knows
    let other = row(7, 5_000, 90_000);
    let flaws = flaws([&*rows[0], &*rows[1], &*other].concat());
    assert!(
        !flaws
            .iter()
            .any(|flaw| matches!(flaw, Flaw::Exchanged { .. })),
        "{flaws:?}"
    );
}

#[test]
fn a_minus_beside_plain_money_out_gives_back() {
    let check = |rows: &str, ends: Option<(u32, u32)>, expected: &str, balanced: Option<bool>| {
        let ends = ends.map(|(a, b)| format!("Số dư đầu kỳ;{a}\nSố dư cuối kỳ;{b}\n"));
        let text = format!("{}{PLAIN}{rows}", ends.unwrap_or_default());
        let told = told(&text);
        assert_eq!(told.rows(), [format!("-: {expected}")], "{text}");
        assert_eq!(told.read.statements[0].balanced, balanced, "{text}");
    };
    let (fee, back) = ("05/12/2022;1;1100;;a\n", "05/12/2022;2;-1100;;b\n");
    let taken = "05/12/2022;3;;-50000;c\n";
    let both = format!("{fee}{back}{taken}");
    check(
        &both,
        Some((60_000, 10_000)),
        "-1100 1100 -50000",
        Some(true),
    );
    check(&both, None, "-1100 1100 -50000", None);
    // all with a minus: money out, unless the balances say that it came back
    check(back, None, "-1100", None);
    check(back, Some((9_000, 7_900)), "-1100", Some(true));
    check(back, Some((9_000, 10_100)), "1100", Some(true));
    check(back, Some((9_000, 9_500)), "-1100", Some(false));
    check(
        &both,
        Some((60_000, 7_800)),
        "-1100 -1100 -50000",
        Some(true),
    );
}
