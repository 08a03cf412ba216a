//! Headings that tell a meaning only beside another, references under other words, and what amounts
//! are counted in.

use super::*;

const MEMO: &str = "NOP PHI H48.18.22-221205-0001";

#[tokio::test(flavor = "multi_thread")]
async fn two_columns_that_differ_by_in_and_out_are_both_sides() {
    for (come, gone) in [
        ("Số tiền thu", "Số tiền chi"),
        ("Số tiền nhận", "Số tiền chuyển"),
        ("Thu", "Chi"),
        ("Amount in", "Amount out"),
        ("Money In", "Money Out"),
        ("Số tiền thu/Amount in", "Số tiền chi/Amount out"),
        ("Số tiền vào", "Số tiền ra"),
    ] {
        let text = format!(
            "Ngày;Nội dung;{come};{gone};Mã tham chiếu\n\
             2022-12-05;{MEMO};50.000;0;FT1\n2022-12-05;hoan {MEMO};0;50.000;FT2\n"
        );
        let file = read(&text);
        assert_eq!(sums(&file), [(2, "50000", "50000")], "{come}");
        assert_eq!(file.notes, Vec::<String>::new(), "{come}");
        let proposed = file.mapping.unwrap();
        for named in [
            ("credit", come),
            ("debit", gone),
            ("bank_ref", "Mã tham chiếu"),
        ] {
            let line = format!("{} = \"{}\"\n", named.0, named.1);
            assert!(proposed.contains(&line), "{proposed}");
        }
        let map = proposed.strip_prefix("[source.map]\n").unwrap().to_owned();
        for office in [Office::bank(Kind::Sqlite).await, mapped(&map).await] {
            office.put("a.csv", text.as_bytes());
            let (night, of) = office.night(FIRST).await;
            let kinds = of["by_kind"].to_string();
            assert!(
                kinds.contains("\"debit\"") && !kinds.contains("void"),
                "{come}: {kinds}"
            );
            assert_eq!(figures(&of), ("complete", 2, 100_000), "{come}: {of}");
            assert_eq!(codes(&night), [0], "{come}");
        }
    }
    // columns that only look like sides
    let text = format!(
        "Ngày;Nội dung;Số tiền;D/C;Tài khoản nhận;Tài khoản chuyển\n05/12/2022;{MEMO};50.000;C;1;2\n"
    );
    assert_eq!(sums(&read(&text)), [(1, "50000", "0")]);
}

#[test]
fn the_bank_s_reference_has_many_names() {
    for heading in [
        "Mã tham chiếu",
        "Số giao dịch",
        "Mã GD",
        "Số GD",
        "Mã CT",
        "Ref No",
        "Transaction Ref",
        "Mã giao dịch ngân hàng",
    ] {
        let text = format!(
            "Ngày giao dịch;{heading};Ghi nợ;Ghi có;Loại phí;Diễn giải của ngân hàng\n\
             15/12/2022;FT1;;1.000;Miễn phí;x\n"
        );
        let file = read(&text);
        assert_eq!(
            (sums(&file), bad(&file)),
            (vec![(1, "1000", "0")], vec![]),
            "{heading}"
        );
        let proposed = file.mapping.unwrap();
        assert!(!proposed.contains("fee"), "{proposed}");
        assert!(
            proposed.contains("memo = \"Diễn giải của ngân hàng\"\n"),
            "{proposed}"
        );
        let line = format!("bank_ref = \"{heading}\"\n");
        assert!(proposed.contains(&line), "{proposed}");
    }
    // beside a better one it is not read, and this is told
    let text = "Ngày giao dịch;Số GD;Số tham chiếu;Ghi nợ;Ghi có;Chi nhánh;Nội dung\n\
        15/12/2022;7;FT1;;1.000;HN;x\n";
    let file = read(text);
    let proposed = file.mapping.unwrap();
    assert!(
        proposed.contains("bank_ref = \"Số tham chiếu\"\n"),
        "{proposed}"
    );
    let [note] = file.notes.as_slice() else {
        panic!("{:?}", file.notes)
    };
    assert!(note.contains("\"Số GD\", \"Chi nhánh\""), "{note}");
}

/// A statement of two entries, 45 and 70 of what it counts in.
fn counted(line: &str, unit: &str) -> String {
    format!(
        "SAO KÊ\n{line}\nNgày giao dịch;Số tham chiếu;Ghi nợ{unit};Ghi có{unit};Loại tiền;Nội dung\n\
         15/12/2022;FT1;;45;VND;{MEMO}\n15/12/2022;FT2;;70;VND;x\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_counted_in_dong_is_never_taken_for_dong() {
    for (line, unit, told) in [
        ("Đơn vị tính: nghìn đồng", "", "1000 VND"),
        ("ĐVT: 1.000 đồng", "", "1000 VND"),
        ("Đơn vị tính;triệu đồng", "", "1000000 VND"),
        ("", " (nghìn đồng)", "1000 VND"),
        ("", " (USD)", "USD"),
    ] {
        let text = counted(line, unit).replace("15/12", "05/12");
        let file = read(&text);
        assert_eq!(
            file.statements[0].currency.as_deref(),
            Some(told),
            "{line}{unit}"
        );
        assert!(
            file.notes.iter().any(|note| note.contains(told)),
            "{:?}",
            file.notes
        );
        let office = Office::bank(Kind::Sqlite).await;
        office.put("a.csv", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(
            (&of["rows"], &of["rejects"]),
            (&0.into(), &2.into()),
            "{line}{unit}: {of}"
        );
        assert!(page(&office).contains(told), "{line}{unit}");
    }
    for (line, unit) in [
        ("Đơn vị tính: đồng", ""),
        ("Đơn vị: UBND xã Triệu Phong", ""),
        ("", " (VND)"),
        ("", ""),
    ] {
        let file = read(&counted(line, unit));
        assert_eq!(sums(&file), [(2, "115", "0")], "{line}{unit}");
        assert_eq!(file.rejects.len(), 0, "{line}{unit}");
        assert_eq!(file.notes, Vec::<String>::new(), "{line}{unit}");
    }
}

/// The English "No" of a number is not the Vietnamese "Nợ".
#[test]
fn a_number_is_no_money_out() {
    for heading in [
        "Ref No",
        "Voucher No",
        "Cheque No",
        "Số TT/No.",
        "TT/No",
        "S.No",
        "Seq. No.",
        "Trans No",
        "Số GD/Trans No",
        "Số séc/Cheque No",
    ] {
        let text = format!(
            "Date;{heading};Amount;D/C;Description\n15/12/2022;339001;45000;C;{MEMO}\n\
             15/12/2022;339002;70000;D;b\n"
        );
        let file = read(&text);
        assert_eq!(sums(&file), [(2, "45000", "70000")], "{heading}");
        let text = format!(
            "Ngày;{heading};Số tiền ghi nợ/Debit;Số tiền ghi có/Credit;Nội dung\n\
             15/12/2022;339001;;45000;{MEMO}\n15/12/2022;339002;70000;;b\n"
        );
        let file = read(&text);
        assert_eq!(
            (sums(&file), bad(&file)),
            (vec![(2, "45000", "70000")], vec![]),
            "{heading}"
        );
    }
    for (gone, come) in [
        ("Nợ", "Có"),
        ("No", "Co"),
        ("So tien no", "So tien co"),
        ("PS Nợ", "PS Có"),
    ] {
        let text = format!(
            "STT;Ngày;{gone};{come};Nội dung\n1;15/12/2022;;45000;a\n2;15/12/2022;70000;;b\n"
        );
        let file = read(&text);
        assert_eq!(
            (sums(&file), bad(&file)),
            (vec![(2, "45000", "70000")], vec![]),
            "{gone}"
        );
    }
}

#[test]
fn a_sum_of_a_day_is_no_payment() {
    for words in [
        "Phát sinh ngày",
        "Phát sinh trong ngày",
        "Doanh số ngày",
        "Kết chuyển sang ngày sau",
        "Phát sinh ngày 05/12/2022",
    ] {
        let text = format!(
            "Ngày;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n15/12/2022;FT1;;45000;{MEMO}\n\
             15/12/2022;FT2;;70000;x\n15/12/2022;;0;115000;{words}\n16/12/2022;FT3;;5000;y\n"
        );
        assert_eq!(sums(&read(&text)), [(3, "120000", "0")], "{words}");
    }
    let text = format!(
        "Ngày;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n15/12/2022;FT1;;45000;{MEMO}\n\
         15/12/2022;;45000;;Ket chuyen ve kho bac\n"
    );
    assert_eq!(sums(&read(&text)), [(2, "45000", "45000")]);
}
