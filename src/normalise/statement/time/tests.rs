//! Times as statements print them.

use super::*;

fn column_of(cells: &[&str]) -> Column {
    let mut seen = Cells::default();
    for cell in cells {
        seen.add(cell);
    }
    seen.column()
}

#[test]
fn days_come_first_and_must_exist() {
    let check = |cell: &str, form: &str| {
        let column = column_of(&[cell]);
        let found = column.form.filter(|found| !found.starts_with("MM"));
        assert_eq!(found.unwrap_or(""), form, "{cell}");
    };
    check("05/12/2022", "dd/MM/yyyy");
    check("05/12/2022 10:11:12", "dd/MM/yyyy HH:mm:ss");
    check("5/12/2022 10:11", "dd/MM/yyyy HH:mm");
    check("2022-12-05", "yyyy-MM-dd");
    check("20221205101112", "yyyyMMddHHmmss");
    check("2022/12/05 09:15", "yyyy/MM/dd HH:mm");
    check("05-DEC-2022", "dd-MMM-yyyy");
    check("05-OCT-2022 09:15:30", "dd-MMM-yyyy HH:mm:ss");
    check("05/12/2022 03:15:00 CH", "dd/MM/yyyy hh:mm:ss a");
    check("05/12/2022 03:15 PM", "dd/MM/yyyy hh:mm a");
    check("09:15:30 05/12/2022", "HH:mm:ss dd/MM/yyyy");
    check("05/12/2022 - 09:15:30", "dd/MM/yyyy - HH:mm:ss");
    for bad in [
        "",
        "12/25/2022",
        "30/02/2022",
        "05/12/22",
        "05-12-22",
        "05-Dec-22",
        "05/12/2022 15:15:00 PM",
        "05/12/2022 03:15:00 XM",
        "05-Dez-2022",
        "0000-01-01",
        "abc",
    ] {
        check(bad, "");
    }
    assert!(is_time("2022-12-05T10:11:12+07:00"));
}

#[test]
fn cells_become_iso_text() {
    let check = |cell: &str, form: Option<&str>, expected: &str| {
        assert_eq!(iso(cell, form).unwrap_or_default(), expected, "{cell}");
    };
    check("05/12/2022 8:15:30", None, "2022-12-05T08:15:30");
    check(" 05/12/2022 ", Some("dd/MM/yyyy HH:mm"), "2022-12-05");
    check("2022-12-05T10:11:12Z", None, "2022-12-05T10:11:12Z");
    check("12/25/2022", None, "");
    let said: Vec<String> = days_in("Từ ngày 01/12/2022 đến ngày: 05-12-2022.")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said, ["2022-12-01", "2022-12-05"]);
    assert_eq!(days_in("0071000000001 MB 22.12.5"), []);
}

#[test]
fn halves_of_the_day_months_in_letters_and_short_years() {
    let check = |cell: &str, form: Option<&str>, expected: &str| {
        assert_eq!(
            iso(cell, form).unwrap_or_default(),
            expected,
            "{cell} {form:?}"
        );
    };
    check("05/12/2022 03:15:00 PM", None, "2022-12-05T15:15:00");
    check("05/12/2022 03:15:00 SA", None, "2022-12-05T03:15:00");
    check("05/12/2022 12:00:01 sa", None, "2022-12-05T00:00:01");
    check("05/12/2022 12:15CH", None, "2022-12-05T12:15:00");
    check("2022/12/05", None, "2022-12-05");
    check("05 Dec 2022", None, "2022-12-05");
    check("05-12-22", None, "");
    check("05-12-22", Some("dd/MM/yyyy"), "");
    check("05-12-22", Some("dd-MM-yy"), "2022-12-05");
    check("05-12-22", Some("yy-MM-dd"), "2005-12-22");
    check("05/12/22", Some("MM/dd/yy"), "2022-05-12");
    check("05/12/2022", Some("MM/dd/yy"), "2022-05-12");
    check("25/12/2022", Some("MM/dd/yy"), "");
    check("2022/12/05", Some("MM/dd/yyyy"), "2022-12-05");
    check(
        "09:15 05/12/2022",
        Some("HH:mm MM/dd/yyyy"),
        "2022-05-12T09:15:00",
    );
    assert!(may_be("5/1/22") && !is_time("5/1/22") && !may_be("5/1/2"));
    // what may be either stays what it is in every form, and a year in front proves nothing
    assert_eq!(
        other_day("09:15:30 05/12/2022"),
        Some("HH:mm:ss MM/dd/yyyy")
    );
    assert_eq!(other_day("05/12/2022 03:15 PM"), Some("MM/dd/yyyy hh:mm a"));
    assert_eq!(other_day("2022/12/05"), None);
    let turned = column_of(&["09:15 12/05/2022", "09:15 12/13/2022", "09:15 12/14/2022"]);
    assert!(turned.turned);
    assert_eq!(
        turned.iso("09:15 12/05/2022").as_deref(),
        Some("2022-12-05T09:15:00")
    );
    let years = column_of(&["2022/12/13", "12/05/2022", "12/13/2022", "12/14/2022"]);
    assert!(years.turned, "{years:?}");
}

#[test]
fn a_column_decides_whether_the_month_comes_first() {
    let check = |cells: &[&str], expected: &[&str]| {
        let column = column_of(cells);
        let said: Vec<String> = cells
            .iter()
            .map(|cell| column.iso(cell).unwrap_or_default())
            .collect();
        assert_eq!(said, expected, "{cells:?}");
    };
    // nothing proves anything: day first, as everybody writes here
    check(&["05/12/2022", "06/12/2022"], &["2022-12-05", "2022-12-06"]);
    check(&["05/12/2022", "13/12/2022"], &["2022-12-05", "2022-12-13"]);
    // several days prove it for all
    let days = ["12/05/2022", "12/13/2022", "12/14/2022"];
    check(&days, &["2022-12-05", "2022-12-13", "2022-12-14"]);
    assert!(column_of(&days).turned);
    // one day may be a slip: it is no time, and moves nothing
    check(&["05/12/2022", "05/13/2022"], &["2022-12-05", ""]);
    check(
        &["05/12/2022", "05/13/2022", "05/13/2022"],
        &["2022-12-05", "", ""],
    );
    check(&["12/13/2022"], &[""]);
    // both told: what fits both is no time; what fits the month first alone is none, either
    let both = ["12/05/2022", "12/13/2022", "12/14/2022", "31/12/2022"];
    check(&both, &["", "", "", "2022-12-31"]);
    check(
        &["12/05/2022", "12/13/2022", "31/12/2022"],
        &["", "", "2022-12-31"],
    );
    // several days prove that the other is a slip
    check(
        &["05/12/2022", "05/13/2022", "30/12/2022", "31/12/2022"],
        &["2022-12-05", "", "2022-12-30", "2022-12-31"],
    );
    let few = ["12/04/2022", "12/05/2022", "12/13/2022", "12/14/2022"];
    check(&few, &["", "", "", ""]);
    // a form that is told leaves no choice
    let month = Column::told("MM/dd/yyyy");
    assert_eq!(month.iso("05/12/2022").as_deref(), Some("2022-05-12"));
    assert_eq!(month.iso("25/12/2022"), None);
    assert_eq!(month.iso("2022-12-05").as_deref(), Some("2022-12-05"));
    assert_eq!(Column::told("dd/MM/yyyy").iso("12/25/2022"), None);
}

#[test]
fn what_no_cell_proves_is_assumed() {
    let assumed = |cells: &[&str]| column_of(cells).assumed;
    assert!(assumed(&["05/12/2022", "12/12/2022"]));
    assert!(assumed(&["5/12/2022 08:00", ""]));
    assert!(!assumed(&["05/12/2022", "13/12/2022"]), "proved");
    assert!(
        !assumed(&["12/05/2022", "12/13/2022", "12/14/2022"]),
        "proved"
    );
    assert!(
        assumed(&["12/05/2022", "12/13/2022"]),
        "a slip proves nothing"
    );
    assert!(!assumed(&["12/12/2022"]), "the same day");
    assert!(!assumed(&["2022-12-05", "05-12-2022", ""]));
    assert_eq!(other_day("05/12/2022"), Some("MM/dd/yyyy"));
}

#[test]
fn days_of_a_spreadsheet_are_read_where_nothing_else_stands() {
    let check = |cells: &[&str], expected: &[&str]| {
        let column = column_of(cells);
        let said: Vec<String> = cells
            .iter()
            .map(|cell| column.iso(cell).unwrap_or_default())
            .collect();
        assert_eq!(said, expected, "{cells:?}");
    };
    check(&["44900", "", "44901"], &["2022-12-05", "", "2022-12-06"]);
    check(
        &["44900.5", "44900,25"],
        &["2022-12-05T12:00:00", "2022-12-05T06:00:00"],
    );
    check(&["44900.999999"], &["2022-12-06T00:00:00"]);
    check(&["44900.00"], &["2022-12-05"]);
    check(&["45992"], &["2025-12-01"]);
    // beside dates a number may be a date that a spreadsheet turned round
    check(&["44900", "25/12/2022"], &["", "2022-12-25"]);
    check(&["12345", "00123"], &["", ""]);
    assert_eq!(days_in("44900 45992"), []);
}

#[test]
fn every_form_of_the_mapping_is_known() {
    let known = TIMES.iter().chain(DAYS).chain(MONTHS).chain(NAMED);
    for name in known.map(|form| form.name).chain([EXCEL]) {
        let table = [("time_format".to_owned(), name.to_owned())].into();
        let mapping = crate::source::Mapping::parse(&table).unwrap();
        assert_eq!(mapping.time_format, Some(name));
    }
}
