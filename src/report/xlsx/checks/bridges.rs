//! The checks of the bridges: what was open, and the money of the day.

use crate::report::facts::Figure;
use crate::report::xlsx::Book;
use crate::report::xlsx::balances::DIFFERENCE;
use crate::report::xlsx::bridge::{CARRY_REST, CLOSING, FLOW_REST, NET, PAID};
use crate::report::xlsx::looks::Look;

use super::{Check, Places};

pub(super) fn checks(book: &Book<'_>, places: &Places<'_>) -> Vec<Check> {
    let (carries, flows) = (&book.report.carries, &book.report.flows);
    let mut closing = Figure::default();
    for row in carries {
        closing.plus(row.closing);
    }
    let rest = carries.iter().map(|row| row.rest());
    let rest = rest.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let mut list = Vec::new();
    let mut add = |part: [&str; 2], look, program, (formula, found)| {
        let of = if look == Look::Whole {
            "book-rows"
        } else {
            "column-sum"
        };
        let [heading, part, of] = [part[0], part[1], of].map(|key| book.t(key));
        list.push(Check {
            what: format!("{heading} – {part}: {of}"),
            program,
            formula,
            found,
            look,
        });
    };
    let ([rows, dong], [no_rows, no_dong]) = (CLOSING, CARRY_REST);
    for (key, look, program, col) in [
        ("carry-closing", Look::Whole, closing.count.into(), rows),
        ("carry-closing", Look::Money, closing.sum_vnd, dong),
        ("column-rest", Look::Whole, rest.0, no_rows),
        ("column-rest", Look::Money, rest.1, no_dong),
    ] {
        add(
            ["carry-heading", key],
            look,
            program,
            places.carries.sum(col),
        );
    }
    let paid = flows.iter().map(|row| row.paid.sum_vnd).sum();
    let [.., net, _] = book.report.known_totals();
    let rest = flows.iter().map(|row| row.rest()).sum();
    for (key, program, col) in [
        ("flow-paid", paid, PAID),
        ("flow-net", net, NET),
        ("column-rest", rest, FLOW_REST),
    ] {
        add(
            ["flow-heading", key],
            Look::Money,
            program,
            places.flows.sum(col),
        );
    }
    if let Some(balances) = places.balances {
        let rest = book.report.balances.iter();
        let rest = rest.filter_map(|balance| balance.difference).sum();
        add(
            ["balance-heading", "column-difference"],
            Look::Money,
            rest,
            balances.sum(DIFFERENCE),
        );
    }
    list
}
