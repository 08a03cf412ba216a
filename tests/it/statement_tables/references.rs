//! References that a spreadsheet shortened, that stand in another column, and days of value beside
//! those of the entry.

use super::*;

/// Vietcombank's references as numbers: `5091.12340` is saved as `5091.1234`.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_was_saved_as_a_number_is_refused() {
    let memo = "NOP PHI H48.18.22-221205-0001";
    let head = ["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"];
    let row = |n: u32, reference: &str, amount: &str| {
        sheet_row(n, &["05/12/2022", reference, "", amount, memo])
    };
    let sheet = [
        sheet_row(1, &head),
        row(2, "<v>5091.12340</v>", "<v>50000</v>"),
        row(3, "<v>5092</v>", "<v>8000</v>"),
        row(4, "5093.12340", "<v>7000.0</v>"),
    ];
    let book = xlsx(&sheet.concat());
    let file = inspect_bytes("a.xlsx", &book, None, Lang::Vi);
    assert_eq!(bad(&file), [(2, "Số tham chiếu")]);
    let reason = &file.rejects[0].reason;
    assert!(
        reason.contains("số 0 ở cuối") && reason.contains("\"5091.1234\""),
        "{reason}"
    );
    // beside the bank's own file of the day nothing is paid twice
    let text = format!("{HEAD}05/12/2022;5091.12340;;50.000;{memo}\n");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.csv", text.as_bytes());
    office.put("b.xlsx", &book);
    let (_, of) = office.night(FIRST).await;
    assert_eq!(
        (&of["rows"], &of["rejects"]),
        (&3.into(), &1.into()),
        "{of}"
    );
    assert_eq!(of["sum_vnd"], 65_000, "{of}");
    assert!(office.town.dump().await.contains("lost_digits"));
}

/// BIDV writes its reference into the column of row numbers.
const BIDV: &str = "STT;Ngày hiệu lực;Ghi nợ;Ghi có;Số dư;Mô tả\n\
    08312td0-87Xs;05/12/2022 08:15:30;0;50.000;50.000;NOP PHI H48.18.22-221205-0001\n\
    08312td0-87Xt;05/12/2022 09:15:30;20.000;0;30.000;RUT TIEN\n";

#[tokio::test(flavor = "multi_thread")]
async fn references_in_the_column_of_row_numbers_are_kept() {
    let file = read(BIDV);
    assert_eq!(
        (sums(&file), bad(&file)),
        (vec![(2, "50000", "20000")], vec![])
    );
    let proposed = file.mapping.unwrap();
    assert!(proposed.contains("bank_ref = \"STT\"\n"), "{proposed}");
    let map = proposed.strip_prefix("[source.map]\n").unwrap().to_owned();
    for office in [Office::bank(Kind::Sqlite).await, mapped(&map).await] {
        office.put("a.csv", BIDV.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 2, 70_000), "{of}");
        let dump = office.town.dump().await;
        assert!(dump.contains("\"bank_ref\":\"08312td0-87Xs\""), "{dump}");
    }
    // numbers of rows are none, and beside a column of references none are looked for
    let numbers = BIDV
        .replace("08312td0-87Xs", "1")
        .replace("08312td0-87Xt", "2");
    assert!(!read(&numbers).mapping.unwrap().contains("bank_ref"));
    let beside = BIDV.replace(";Số dư;", ";Số CT;");
    let proposed = read(&beside).mapping.unwrap();
    assert!(proposed.contains("bank_ref = \"Số CT\"\n"), "{proposed}");
}

#[test]
fn the_day_of_an_entry_comes_before_the_day_from_which_it_counts() {
    let day = |heading: &str| {
        let text = format!("{heading};Số CT;Ghi có;Nội dung\n15/12/2022;14/12/2022;1;50.000;a\n");
        let proposed = read(&text).mapping.unwrap();
        let line = proposed.lines().find(|line| line.starts_with("time = "));
        line.unwrap().to_owned()
    };
    for heading in [
        "Ngày hiệu lực/Effective date;Ngày/TNX Date",
        "Value date;Ngày/TNX Date",
    ] {
        assert_eq!(day(heading), "time = \"Ngày/TNX Date\"", "{heading}");
    }
    assert_eq!(
        day("Ngày giao dịch;Ngày hiệu lực"),
        "time = \"Ngày giao dịch\""
    );
    // alone it is the day
    let text = "Ngày hiệu lực;Ghi có;Mô tả\n15/12/2022;50.000;a\n";
    assert!(
        read(text)
            .mapping
            .unwrap()
            .contains("time = \"Ngày hiệu lực\"")
    );
    assert_eq!(sums(&read(text)), [(1, "50000", "0")]);
}
