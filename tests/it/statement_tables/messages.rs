//! Amounts of MT940 and camt that are no amounts in dong: rejects, in `inspect` as in the night.

use super::*;

fn swift(entries: &str, closing: &str) -> String {
    format!(":20:X\n:25:113000012345\n:60F:C221204VND0,\n{entries}:62F:C221205VND{closing}\n")
}

fn inspected(name: &str, text: &str) -> Inspection {
    inspect_bytes(name, text.as_bytes(), None, Lang::En)
}

fn camt() -> String {
    std::fs::read_to_string(crate::office::fixture("account.camt053.xml")).unwrap()
}

/// Reasons of rejects, as the night stores them, with their lines.
async fn refused(office: &Office) -> Vec<(u64, String)> {
    let dump = office.town.dump().await;
    let rows = dump.lines().filter(|row| row.starts_with("reject_row"));
    let told = rows.map(|row| {
        let behind = |mark: &str| row.split_once(mark).unwrap().1;
        let line = behind("\"line\":").split(',').next().unwrap();
        let code = behind("\"code\":\"").split('"').next().unwrap();
        (line.parse().unwrap(), code.to_owned())
    });
    let mut told: Vec<(u64, String)> = told.collect();
    told.sort();
    told
}

fn codes_of(told: &[(u64, &str)]) -> Vec<(u64, String)> {
    told.iter().map(|(n, code)| (*n, (*code).into())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_with_thousands_apart_is_no_smaller_one() {
    let entries = ":61:221205C45.000,00NTRFX\n:61:221205C1.045.000,NTRFY\n\
        :61:221205C45 000,NTRFZ\n:61:221205C8000,NTRF4\n";
    let text = swift(entries, "8000,");
    let file = inspected("a.mt940", &text);
    assert_eq!(sums(&file), [(1, "8000", "0")]);
    assert_eq!(bad(&file), [(4, ":61:"), (5, ":61:"), (6, ":61:")]);
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.mt940", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(
        (of["rows"].as_u64(), of["sum_vnd"].as_u64()),
        (Some(1), Some(8_000)),
        "{of}"
    );
    let bad = "bad_record";
    let told = codes_of(&[(4, bad), (5, bad), (6, bad)]);
    assert_eq!(refused(&office).await, told, "{of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_that_is_no_amount_is_told() {
    let entry = ":61:221205C8000,NTRF4\n";
    for (closing, code) in [
        ("1.008.000,", "bad_amount"),
        ("8 000,", "bad_amount"),
        ("8,000", "three_decimals"),
    ] {
        let text = swift(entry, closing);
        let file = inspected("a.mt940", &text);
        assert_eq!(bad(&file), [(5, ":62:")], "{closing}");
        let found = &file.statements[0];
        assert_eq!((&found.closing, found.balanced), (&None, None), "{closing}");
        assert_eq!(found.currency.as_deref(), Some("VND"));
        let office = Office::bank(Kind::Sqlite).await;
        office.put("a.mt940", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(of["rows"], 1, "{closing} {of}");
        assert_eq!(refused(&office).await, codes_of(&[(5, code)]), "{closing}");
    }
    // another currency is one also where its opening balance cannot be read
    let text = swift(entry, "8000,")
        .replace("VND0,", "USD1.000,")
        .replace("VND", "USD");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.mt940", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(of["rows"], 0, "{of}");
    let told = codes_of(&[(3, "bad_amount"), (4, "not_vnd")]);
    assert_eq!(refused(&office).await, told, "{of}");
    // camt
    let text = camt().replace(">1300000<", ">1.300.000<");
    let file = inspected("a.xml", &text);
    assert_eq!(bad(&file), [(15, "Bal")]);
    assert_eq!(file.rejects[0].value, "CLBD 1.300.000");
    assert_eq!(file.statements[0].closing, None);
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.xml", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(of["rows"], 1, "{of}");
    assert_eq!(
        refused(&office).await,
        codes_of(&[(15, "bad_amount")]),
        "{of}"
    );
}

/// What `inspect` lists of a file, and that the night refuses the same.
async fn both(name: &str, bytes: &[u8], told: &[(u64, &str)], reasons: &[&str]) {
    let file = inspect_bytes(name, bytes, None, Lang::En);
    let lines: Vec<u64> = file.rejects.iter().map(|row| row.line).collect();
    let wanted: Vec<u64> = told.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, wanted, "{name} {:?}", file.rejects);
    for (row, reason) in file.rejects.iter().zip(reasons) {
        assert!(row.reason.contains(reason), "{name} {row:?}");
    }
    let office = Office::bank(Kind::Sqlite).await;
    office.put(name, bytes);
    let (_, of) = office.night(FIRST).await;
    assert_eq!(refused(&office).await, codes_of(told), "{name} {of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn inspect_lists_what_the_night_refuses() {
    let long = "9".repeat(27);
    let entries = format!(
        ":61:221205C{long},NTRF1\n:61:221205C15,000NTRF2\n:61:221205C15,50NTRF3\n\
         :61:221205C8000,00NTRF4\n"
    );
    let told = [
        (4, "amount_too_large"),
        (5, "three_decimals"),
        (6, "fraction_of_dong"),
    ];
    let reasons = ["15 digits", "three digits", "a fraction of a dong"];
    let text = swift(&entries, "8000,");
    both("a.mt940", text.as_bytes(), &told, &reasons).await;
    // nobody knows how much it is, so it is not counted
    let three = swift(":61:221205C15,000NTRF2\n", "15,");
    assert_eq!(sums(&inspected("a.mt940", &three)), [(0, "0", "0")]);
    for amount in ["45.000", "45,000"] {
        let text = camt().replace(">50000<", &format!(">{amount}<"));
        let told = [(16, "three_decimals")];
        both("a.xml", text.as_bytes(), &told, &["three digits"]).await;
        assert_eq!(sums(&inspected("a.xml", &text)), [(0, "0", "0")]);
    }
    // a currency with three decimals
    let text = camt()
        .replace("\"VND\">50000<", "\"KWD\">45.000<")
        .replace("VND", "KWD");
    let file = inspected("a.xml", &text);
    assert_eq!((sums(&file), bad(&file)), (vec![(1, "45", "0")], vec![]));
    let sheet = [
        sheet_row(1, &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Phí"]),
        sheet_row(2, &["05/12/2022", "A1", "", "<v>45000.5</v>", ""]),
        sheet_row(3, &["05/12/2022", "A2", "", "<v>45000</v>", "<v>0.5</v>"]),
        sheet_row(4, &["05/12/2022", "A3", "", "<v>45000</v>", ""]),
    ];
    let told = [(2, "fraction_of_dong"), (3, "fraction_of_dong")];
    let book = xlsx(&sheet.concat());
    both("a.xlsx", &book, &told, &["a fraction of a dong"; 2]).await;
    let file = inspect_bytes("a.xlsx", &book, None, Lang::En);
    assert_eq!(bad(&file), [(2, "Ghi có"), (3, "Phí")]);
}

/// Only what is booked is part of the closing balance.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_not_booked_is_no_part_of_the_balances() {
    for state in ["PDNG", "INFO", "FUTR"] {
        let text = camt();
        let (head, tail) = text.split_once("    </Stmt>").unwrap();
        let text = format!(
            "{head}<Ntry><Amt Ccy=\"VND\">1000</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
             <Sts><Cd>{state}</Cd></Sts><BookgDt><Dt>2022-12-05</Dt></BookgDt>\
             <AcctSvcrRef>P1</AcctSvcrRef></Ntry>    </Stmt>{tail}"
        );
        let file = inspected("a.xml", &text);
        assert_eq!(sums(&file), [(2, "51000", "0")], "{state}");
        let found = &file.statements[0];
        assert_eq!((found.pending, found.balanced), (1, Some(true)), "{state}");
        let shown = doisoat::cli::inspect::render(&[file], Lang::En);
        assert!(shown.contains("; not booked yet 1\n"), "{shown}");
        let office = Office::bank(Kind::Sqlite).await;
        office.put("a.xml", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(of["control"]["ties"], true, "{state}: {of}");
        let other = text.replace("1300000", "1301000");
        let file = inspected("a.xml", &other);
        assert_eq!(file.statements[0].balanced, Some(false), "{state}");
    }
}
