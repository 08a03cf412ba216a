//! Running balances in the order of the file, and where a row is missing.

use super::*;
use crate::format::tables::Forms;
use crate::normalise::statement::{open, read_tables};
use crate::source::Mapping;

/// Rows of amount and balance, or what the last one stands for.
fn way(rows: &[(i64, &str)]) -> (Option<bool>, Vec<String>) {
    let lines = rows.iter().enumerate().map(|(at, (amount, balance))| {
        let (debit, credit) = ((-amount).max(0), (*amount).max(0));
        format!("05/12/2022;{at};{debit};{credit};{balance};x\n")
    });
    let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n";
    let text = format!("{head}{}", lines.collect::<String>());
    let content = Box::new(text.as_bytes());
    let table = open::open(content, Forms::default(), &Mapping::default()).unwrap();
    let read = read_tables(&table, &Mapping::default()).unwrap();
    let [statement] = read.statements.try_into().unwrap();
    let said = statement.breaks.iter().map(|flaw| match flaw {
        Flaw::Break {
            after,
            before,
            amount,
        } => {
            let [after, before] = [after, before].map(|line| line.unwrap_or(0));
            format!("{after}-{before} {}", amount.normalize())
        }
        other => format!("{other:?}"),
    });
    (statement.balanced, said.collect())
}

#[test]
fn running_balances_are_followed_in_the_order_of_the_file() {
    let check = |rows: &[(i64, &str)], balanced: Option<bool>, breaks: &[&str]| {
        let (found, said) = way(rows);
        assert_eq!(
            (found, said),
            (balanced, breaks.iter().map(|b| (*b).into()).collect()),
            "{rows:?}"
        );
    };
    let (a, b, c, d) = ((50, "50"), (20, "70"), (-30, "40"), (5, "45"));
    check(&[a, b, c, d], Some(true), &[]);
    check(&[d, c, b, a], Some(true), &[]);
    // the newest day first, within a day the oldest first
    check(&[c, d, a, b], Some(true), &[]);
    // a row is missing in the middle: between lines 2 and 3
    check(&[a, c, d], Some(false), &["2-3 20"]);
    check(&[d, c, a], Some(false), &["4-3 20"]);
    check(&[a, b, d], Some(false), &["3-4 -30"]);
    // a row twice
    check(&[a, b, b, c], Some(false), &["3-4 -20"]);
    // not every row tells a balance: neighbours are compared, and none is made up
    check(&[a, b, (-30, ""), d], None, &[]);
    check(&[a, b, c, d, (7, "59"), (1, "")], Some(false), &["5-6 7"]);
    check(&[a], None, &[]);
    // rows in both orders, or in none: no figure is certain
    let [third, second] = ["Unchained { line: 4 }", "Unchained { line: 3 }"];
    check(&[d, c, (9, "100"), (7, "107")], Some(false), &[third]);
    check(&[a, (9, "1000"), (4, "300")], Some(false), &[second]);
}
