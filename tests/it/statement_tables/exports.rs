//! How banks and office programs print days, amounts and directions: read where it can mean one
//! thing, named by the mapping where it cannot, and told where neither is.

use super::*;

const HEAD: &str = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";

/// A statement of two entries, each with its day and time.
fn dated(days: [&str; 2]) -> String {
    let [first, second] = days;
    format!("{HEAD}{first};FT1;;50.000;a\n{second};FT2;20.000;;b\n")
}

/// The map that `inspect` proposes, without its heading.
fn proposed(file: &Inspection) -> String {
    let map = file.mapping.as_deref().unwrap();
    map.strip_prefix("[source.map]\n").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_an_export_are_read_in_their_form() {
    for (form, days) in [
        ("yyyy/MM/dd HH:mm", ["2022/12/05 09:15", "2022/12/05 10:15"]),
        ("dd-MMM-yyyy", ["05-Dec-2022", "05-DEC-2022"]),
        (
            "dd/MM/yyyy hh:mm:ss a",
            ["05/12/2022 03:15:00 PM", "05/12/2022 04:15:00 PM"],
        ),
        (
            "dd/MM/yyyy hh:mm:ss a",
            ["05/12/2022 03:15:00 CH", "05/12/2022 04:15:00 CH"],
        ),
        (
            "HH:mm:ss dd/MM/yyyy",
            ["09:15:30 05/12/2022", "10:15:30 05/12/2022"],
        ),
        (
            "dd/MM/yyyy - HH:mm:ss",
            ["05/12/2022 - 09:15:30", "05/12/2022 - 10:15:30"],
        ),
    ] {
        let text = dated(days);
        let file = read(&text);
        assert_eq!(sums(&file), [(2, "50000", "20000")], "{form}");
        assert_eq!(bad(&file), [], "{form}");
        let map = proposed(&file);
        let line = format!("time_format = \"{form}\"\n");
        assert!(map.contains(&line), "{form}: {map}");
        let office = mapped(&map).await;
        office.put("a.csv", text.as_bytes());
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 2, 70_000), "{form}: {of}");
        assert_eq!(codes(&night), [0], "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_two_digits_is_read_by_the_form_that_is_named() {
    for (form, days) in [
        ("dd-MM-yy", ["05-12-22", "05-12-22"]),
        ("dd/MM/yy HH:mm", ["05/12/22 09:15", "05/12/22 10:15"]),
        ("dd-MMM-yy", ["05-Dec-22", "05-DEC-22"]),
        ("yy-MM-dd", ["22-12-05", "22-12-05"]),
    ] {
        let text = dated(days);
        let file = read(&text);
        assert_eq!(
            bad(&file),
            [(2, "Ngày giao dịch"), (3, "Ngày giao dịch")],
            "{form}"
        );
        let advice = &file.rejects[0].advice;
        assert!(
            advice.contains("time_format") && advice.contains("\"dd-MM-yy\""),
            "{advice}"
        );
        let named = format!(
            "time = \"Ngày giao dịch\"\nbank_ref = \"Số tham chiếu\"\ndebit = \"Ghi nợ\"\n\
             credit = \"Ghi có\"\nmemo = \"Nội dung\"\ntime_format = \"{form}\"\n"
        );
        let office = mapped(&named).await;
        office.put("a.csv", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 2, 70_000), "{form}: {of}");
        // without a name nothing is taken for granted
        let office = Office::bank(Kind::Sqlite).await;
        office.put("a.csv", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(
            (&of["rows"], &of["rejects"]),
            (&0.into(), &2.into()),
            "{form}: {of}"
        );
    }
}

#[test]
fn what_may_be_either_order_is_no_other_day_in_another_form() {
    for [first, second] in [
        ["09:15:30 05/12/2022", "09:15:30 05/13/2022"],
        ["05/12/2022 03:15:00 PM", "05/13/2022 03:15:00 PM"],
        ["05/12/2022 - 09:15", "05/13/2022 - 09:15"],
    ] {
        let file = read(&dated([first, second]));
        assert_eq!(sums(&file), [(1, "50000", "0")], "{first}");
        assert_eq!(bad(&file), [(3, "Ngày giao dịch")], "{first}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_or_a_mark_behind_an_amount_tells_the_side() {
    for [come, gone] in [
        ["45,000", "11,000-"],
        ["45,000 C", "11,000 D"],
        ["45,000CR", "11,000DR"],
    ] {
        let text = format!(
            "Ngày giao dịch;Số tham chiếu;Số tiền;Nội dung\n\
             05/12/2022;FT1;{come};a\n05/12/2022;FT2;{gone};b\n"
        );
        let file = read(&text);
        assert_eq!(sums(&file), [(2, "45000", "11000")], "{gone}");
        for office in [
            Office::bank(Kind::Sqlite).await,
            mapped(&proposed(&file)).await,
        ] {
            office.put("a.csv", text.as_bytes());
            let (_, of) = office.night(FIRST).await;
            assert_eq!(figures(&of), ("complete", 2, 56_000), "{gone}: {of}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_contradicts_its_column_is_never_money_in() {
    let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";
    let text = format!(
        "{head}05/12/2022;FT1;;45,000 D;a\n05/12/2022;FT2;11,000 C;;b\n\
         05/12/2022;FT3;;30,000 C;c\n05/12/2022;FT4;7,000 D;;d\n05/12/2022;FT5;;5,000-;e\n"
    );
    let file = read(&text);
    assert_eq!(bad(&file), [(2, "Ghi có"), (3, "Ghi nợ")]);
    assert_eq!(sums(&file), [(3, "30000", "12000")]);
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(
        (&of["rows"], &of["rejects"]),
        (&3.into(), &2.into()),
        "{of}"
    );
    assert_eq!(
        of["by_kind"].to_string().matches("payment").count(),
        1,
        "{of}"
    );
    // a D without a C beside it may be the dong; a column beside it may say something else
    let one = "Ngày giao dịch;Số tiền;Nội dung\n05/12/2022;45.000 D;a\n";
    assert_eq!(bad(&read(one)), [(2, "Số tiền")]);
    let two = "Ngày giao dịch;Số tiền;D/C;Nội dung\n05/12/2022;45.000 C;D;a\n";
    assert_eq!(bad(&read(two)), [(2, "D/C")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dash_stands_where_there_is_no_amount() {
    let text = format!(
        "{HEAD}05/12/2022;FT1;-;50.000;a\n05/12/2022;FT2;20.000; - ;b\n05/12/2022;FT3;- đ;7.000;c\n"
    );
    let file = read(&text);
    assert_eq!(sums(&file), [(3, "57000", "20000")]);
    let office = mapped(&proposed(&file)).await;
    office.put("a.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 77_000), "{of}");
    let none = format!("{HEAD}05/12/2022;FT1;-;-;a\n05/12/2022;FT2;;5.000;b\n");
    assert_eq!(bad(&read(&none)), [(2, "Ghi có")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_money_out_beside_money_received() {
    let table = |second: &str, third: &str| {
        format!(
            "Ngày giao dịch;Loại giao dịch;Số tiền;Nội dung\n05/12/2022;Nhận tiền;45.000;a\n\
             05/12/2022;{second};20.000;b\n05/12/2022;{third};7.000;c\n"
        )
    };
    let text = table("Chuyển tiền", "Nhận tiền");
    let file = read(&text);
    assert_eq!(sums(&file), [(3, "52000", "20000")]);
    for office in [
        Office::bank(Kind::Sqlite).await,
        mapped(&proposed(&file)).await,
    ] {
        office.put("a.csv", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 3, 72_000), "{of}");
    }
    // beside another word for money out it may be a transfer to us
    let file = read(&table("Chuyển tiền", "Chuyển tiền đi"));
    assert_eq!(sums(&file), [(2, "45000", "7000")]);
    assert_eq!(bad(&file), [(3, "Loại giao dịch")]);
}
