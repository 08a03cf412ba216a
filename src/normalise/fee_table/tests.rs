//! Lines of a fee table, good and bad.

use crate::domain::RejectCode::{BadAmount, BadDay, MissingValue, UnknownWord};

use super::*;

const HEAD: &str = "procedure_code,field_code,fee_kind,item,rate_vnd,unit,first_pages,\
                    next_rate_vnd,max_vnd,percent,channel,applicant,valid_from,valid_to,legal_basis\n";

fn table(lines: &str) -> FeeTable {
    let day = Day::parse("2022-12-05").unwrap();
    read("fee_table.csv", format!("{HEAD}{lines}").as_bytes(), day).unwrap()
}

#[test]
fn a_line_is_a_rate() {
    let read = table(
        "2.000815,,phi,Bản sao,2000,page,2,1000,200000,,,,2017-01-01,,\"226/2016/TT-BTC, Điều 4\"\n\
         ,HT,LE_PHI,,8000,case,,,,\"12,5%\",online,trẻ em,2017-01-01,2022-12-31,NQ 1\n",
    );
    assert_eq!(read.problems, []);
    assert_eq!(read.rates.len(), 2);
    let (field, page) = (&read.rates[0], &read.rates[1]);
    assert_eq!(
        (field.part, field.channel),
        (1_250, Some(FilingChannel::Online))
    );
    assert_eq!(&*field.applicant, "trẻ em");
    assert_eq!((page.first_pages, page.part), (Some(2), WHOLE));
    assert_eq!(&*page.legal_basis, "226/2016/TT-BTC, Điều 4");
}

#[test]
fn a_bad_line_names_its_place_and_keeps_its_procedure_out() {
    let check = |line: &str, column: &str, code: RejectCode| {
        let read = table(&format!(
            "1.000894,,le_phi,,8000,case,,,,,,,2017-01-01,,NQ\n{line}\n"
        ));
        assert_eq!(read.rates.len(), 1, "{line}");
        let [problem] = &read.problems[..] else {
            panic!("{line}: {:?}", read.problems);
        };
        let place = (problem.line, &*problem.column, problem.code);
        assert_eq!(place, (3, column, code), "{line}");
        assert_eq!(&*read.unread[0], "1.1", "{line}");
    };
    let bad = "1.1,,le_phi,,8.000,case,,,,,,,2017-01-01,,NQ";
    check(bad, "rate_vnd", BadAmount);
    check(
        "1.1,,tax,,8000,case,,,,,,,2017-01-01,,NQ",
        "fee_kind",
        UnknownWord,
    );
    check(
        "1.1,,land_obligation,,1,case,,,,,,,2017-01-01,,NQ",
        "fee_kind",
        UnknownWord,
    );
    check(
        "1.1,,phi,,8000,day,,,,,,,2017-01-01,,NQ",
        "unit",
        UnknownWord,
    );
    check(
        "1.1,,phi,,8000,case,,,9000,,,,2017-01-01,,NQ",
        "max_vnd",
        UnknownWord,
    );
    check(
        "1.1,,phi,,2000,page,2,,,,,,2017-01-01,,NQ",
        "next_rate_vnd",
        MissingValue,
    );
    check(
        "1.1,,phi,,2000,page,,,1000,,,,2017-01-01,,NQ",
        "max_vnd",
        BadAmount,
    );
    check(
        "1.1,,phi,,7957,page,2,1000,,,,,2017-01-01,,NQ",
        "rate_vnd",
        BadAmount,
    );
    check(
        "1.1,,phi,,8000,case,,,,120%,,,2017-01-01,,NQ",
        "percent",
        BadAmount,
    );
    check(
        "1.1,,phi,,8000,case,,,,0.5,,,2017-01-01,,NQ",
        "percent",
        BadAmount,
    );
    check(
        "1.1,,phi,,8000,case,,,,,phone,,2017-01-01,,NQ",
        "channel",
        UnknownWord,
    );
    check(
        "1.1,,phi,,8000,case,,,,,,,2017-01-01,2016-12-31,NQ",
        "valid_to",
        BadDay,
    );
    check(
        "1.1,,phi,,8000,case,,,,,,,2017-02-30,,NQ",
        "valid_from",
        BadDay,
    );
    check(
        "1.1,,phi,,8000,case,,,,,,,2017-01-01,,",
        "legal_basis",
        MissingValue,
    );
}

#[test]
fn two_rates_for_one_thing_from_one_day_are_a_problem() {
    let read = table(
        "1.1,,phi,,8000,case,,,,,,,2017-01-01,,NQ\n1.1,,phi,,9000,case,,,,,,,2017-01-01,,NQ\n",
    );
    assert_eq!((read.rates.len(), read.problems.len()), (1, 1));
    assert_eq!(read.problems[0].code, RejectCode::RepeatedId);
    assert_eq!(&*read.unread[0], "1.1");
}

#[test]
fn the_order_of_lines_plays_no_part() {
    let (a, b) = (
        "1.1,,phi,,8000,case,,,,,,,2017-01-01,,NQ\n",
        "1.0,,phi,,9000,case,,,,,,,2017-01-01,,NQ\n",
    );
    assert_eq!(table(&format!("{a}{b}")), table(&format!("{b}{a}")));
}
