//! Columns and times of tables that others made.

use super::*;

#[test]
fn source_and_layouts_agree_on_the_columns() {
    let layouts = [
        &fee::LAYOUT,
        &order::LAYOUT,
        &receipt::LAYOUT,
        &agency::LAYOUT,
    ];
    let mut ours: Vec<&str> = layouts.iter().flat_map(|layout| layout.columns()).collect();
    let mut theirs = FileKind::columns(false).to_vec();
    ours.sort_unstable();
    ours.dedup();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
}

#[test]
fn times_of_other_systems_are_read() {
    let check = |raw: &str, whole, expected: Option<&str>| {
        assert_eq!(time_text(raw, None, whole).as_deref(), expected, "{raw}");
    };
    check("05/12/2022", false, Some("2022-12-05"));
    check("05/12/2022", true, Some("2022-12-05T00:00:00"));
    check("05/12/2022 08:30", true, Some("2022-12-05T08:30:00"));
    check("1670203800000", true, Some("2022-12-05T08:30:00+07:00"));
    check("hôm qua", true, None);
}
