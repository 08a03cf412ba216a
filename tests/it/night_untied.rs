//! Nights whose statements do not agree with themselves or with the one before: what is missing is
//! told by file, place and amount, and the day is not whole.

use crate::database::Kind;
use crate::office::{BANK, Office, csv, figures};
use crate::town::{FIRST, codes};

/// A day with running balances, from 100.000 on.
pub(crate) const DAY: [&str; 4] = [
    "05/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001",
    "05/12/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002",
    "05/12/2022;3;30.000;0;128.000;PHI QUAN LY",
    "05/12/2022;4;0;20.000;148.000;NOP PHI H48.18.22-221205-0003",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_missing_between_running_balances_is_found() {
    let check = async |rows: &[&str], words: &str| {
        let office = Office::bank(Kind::Sqlite).await;
        office.put("sodu.csv", csv(rows).as_bytes());
        let (done, of) = office.night(FIRST).await;
        let wanted = if words.is_empty() {
            (vec![0], "complete")
        } else {
            (vec![5, 3], "partial")
        };
        assert_eq!((codes(&done), figures(&of).0), wanted, "{rows:?}: {of}");
        assert!(of.to_string().contains(words), "{words}: {of}");
    };
    let [a, b, c, d] = DAY;
    check(&[a, b, c, d], "").await;
    check(&[d, c, b, a], "").await;
    let between = |from: u32, to: u32, dong: &str| {
        format!("sodu.csv: số dư không nối tiếp giữa dòng {from} và dòng {to}, thiếu {dong} đồng")
    };
    check(&[a, c, d], &between(2, 3, "8.000")).await;
    check(&[d, c, a], &between(4, 3, "8.000")).await;
    check(&[a, b, d], &between(3, 4, "-30.000")).await;
    check(
        &[a, c, d],
        "lệch số dư cuối kỳ 8000 đồng (đầu kỳ 100.000, ghi có 70.000, ghi nợ 30.000, cuối kỳ 148.000)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_totals_row_that_differs_is_told() {
    let [a, b, c, d] = DAY;
    let whole = csv(&[a, b, c, d, "Tổng cộng;;30.000;78.000;;"]);
    let office = Office::bank(Kind::Sqlite).await;
    office.put("tong.csv", whole.as_bytes());
    let (tied, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&tied), figures(&of).0),
        (vec![0], "complete"),
        "{of}"
    );
    let office = Office::bank(Kind::Sqlite).await;
    office.put("tong.csv", whole.replace("78.000;;", "98.000;;").as_bytes());
    let (untied, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&untied), figures(&of).0),
        (vec![3], "partial"),
        "{of}"
    );
    let said = "tong.csv: tệp ghi tổng ghi có 98.000 đồng, các bút toán cộng lại 78.000 đồng";
    assert!(of.to_string().contains(said), "{of}");
}

const SETTLED: &str = "[[source]]\nname = \"bank\"\nkind = \"settlement\"\npath = \"inbox/bank\"\n\n\
    [source.map]\ntime = \"Thời gian\"\nbank_ref = \"Mã giao dịch\"\namount = \"Số tiền\"\n\
    status = \"Trạng thái\"\nthousands = \",\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_total_of_a_settlement_file_is_one_of_its_rows() {
    for (total, is_whole) in [("58,000", true), ("50,000", true), ("70,000", false)] {
        let office = Office::new(Kind::Sqlite, SETTLED).await;
        let text = format!(
            "Thời gian,Mã giao dịch,Số tiền,Trạng thái\n05/12/2022 09:00:00,M1,\"50,000\",Thành công\n\
             05/12/2022 09:10:00,M2,\"8,000\",Thất bại\nTổng cộng,,\"{total}\",\n"
        );
        office.put("momo_2022-12-06.csv", text.as_bytes());
        let (done, of) = office.night(FIRST).await;
        let wanted = if is_whole {
            (vec![0], "complete")
        } else {
            (vec![3], "partial")
        };
        assert_eq!((codes(&done), figures(&of).0), wanted, "{total}: {of}");
        let said = of.to_string().contains("momo_2022-12-06.csv: tệp ghi tổng");
        assert_eq!(said, !is_whole, "{total}: {of}");
    }
}

/// A day of an account with one payment, by its balances.
pub(crate) fn one(date: &str, from: u32, dong: u32) -> String {
    let (year, rest) = date.split_at(4);
    let day: String = rest.split('-').rev().collect::<Vec<_>>().join("/");
    let day = format!("{day}{year}");
    let head = format!("Từ ngày {day} đến ngày {day}\nSố dư đầu kỳ;{from}\n");
    let row = format!("{day};1;0;{dong};{};NOP PHI\n", from + dong);
    let table = csv(&[&row]);
    format!("{head}{table}Số dư cuối kỳ;{}\n", from + dong)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_opens_as_the_one_before_it_closed() {
    let office = Office::bank(Kind::Sqlite).await;
    office.put("t05.csv", one(FIRST, 100_000, 50_000).as_bytes());
    assert_eq!(codes(&office.night(FIRST).await.0), [0]);
    office.put("t06.csv", one("2022-12-06", 170_000, 8_000).as_bytes());
    let (apart, of) = office.next("2022-12-06").await;
    assert_eq!(
        (codes(&apart), figures(&of).0),
        (vec![3], "partial"),
        "{of}"
    );
    let said =
        "t06.csv: số dư đầu kỳ 170.000 khác số dư cuối kỳ 150.000 của t05.csv, lệch 20.000 đồng";
    assert!(of.to_string().contains(said), "{of}");
    assert_eq!(
        of["missing_days"],
        serde_json::json!(["2022-12-06"]),
        "{of}"
    );
    // it stays on the list until the statements agree
    office.put("t07.csv", one("2022-12-07", 178_000, 8_000).as_bytes());
    let (later, of) = office.next("2022-12-07").await;
    assert_eq!(
        (codes(&later), figures(&of).0),
        (vec![3], "partial"),
        "{of}"
    );
    let right = one("2022-12-06", 150_000, 20_000);
    let rest = "06/12/2022;1;0;8000;178000;NOP PHI\n";
    let right = right.replace(
        "Số dư cuối kỳ;170000",
        &format!("{rest}Số dư cuối kỳ;178000"),
    );
    office.put("t06_moi.csv", right.as_bytes());
    let (healed, of) = office.night("2022-12-06").await;
    assert_eq!(
        (codes(&healed), figures(&of).0),
        (vec![0], "complete"),
        "{of}"
    );
    assert_eq!(codes(&office.night("2022-12-07").await.0), [0]);
    // no file of the eighth: that day explains what moved
    office.put("t09.csv", one("2022-12-09", 200_000, 8_000).as_bytes());
    let (gone, of) = office.next("2022-12-09").await;
    assert_eq!((codes(&gone), figures(&of).0), (vec![3], "partial"), "{of}");
    assert_eq!(
        of["missing_days"],
        serde_json::json!(["2022-12-08"]),
        "{of}"
    );
    assert!(!of.to_string().contains("khác số dư"), "{of}");
    // nothing is due on a weekend, and yet money moved between Friday and Monday
    office.put("t08.csv", one("2022-12-08", 186_000, 14_000).as_bytes());
    office.put("t12.csv", one("2022-12-12", 209_000, 8_000).as_bytes());
    let (rested, of) = office.next("2022-12-12").await;
    assert_eq!(
        (codes(&rested), figures(&of).0),
        (vec![3], "partial"),
        "{of}"
    );
    assert!(
        of.to_string().contains("của t09.csv, lệch 1.000 đồng"),
        "{of}"
    );
}

/// Two accounts in one folder are two chains.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_chained_apart() {
    let office = Office::new(Kind::Sqlite, BANK).await;
    let of_account = |number: &str, text: String| format!("Số tài khoản: {number}\n{text}");
    for (date, [a, b]) in [
        (FIRST, [100_000, 700_000]),
        ("2022-12-06", [150_000, 750_000]),
    ] {
        for (number, from) in [("0071000000001", a), ("0071000000002", b)] {
            let text = of_account(number, one(date, from, 50_000));
            office.put(&format!("{number}_{date}.csv"), text.as_bytes());
        }
        let (done, of) = office.next(date).await;
        assert_eq!(
            (codes(&done), figures(&of).0),
            (vec![0], "complete"),
            "{date}: {of}"
        );
    }
}

/// A statement whose money nobody tells is not made whole by a file without balances.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_balances_heals_nothing() {
    let office = Office::bank(Kind::Sqlite).await;
    let [a, _, c, d] = DAY;
    office.put("thieu.csv", csv(&[a, c, d]).as_bytes());
    let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";
    let bare = format!("{head}05/12/2022;1;0;50.000;NOP PHI H48.18.22-221205-0001\n");
    office.put("khong_2022-12-05.csv", bare.as_bytes());
    office.put("rong_2022-12-05.csv", head.as_bytes());
    let (done, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&done), figures(&of).0),
        (vec![5, 3], "partial"),
        "{of}"
    );
    assert!(
        of.to_string()
            .contains("giữa dòng 2 và dòng 3, thiếu 8.000 đồng"),
        "{of}"
    );
    assert_eq!(of["missing_days"], serde_json::json!([FIRST]), "{of}");
    office.put("du.csv", csv(&DAY).as_bytes());
    let (healed, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&healed), figures(&of).0),
        (vec![0], "complete"),
        "{of}"
    );
}

/// What one account lacks and another has too much of is no agreement.
#[tokio::test(flavor = "multi_thread")]
async fn gaps_of_two_accounts_do_not_cancel_out() {
    let office = Office::bank(Kind::Sqlite).await;
    for (number, end) in [("0071000000001", 150_100), ("0071000000002", 149_900)] {
        let text = one(FIRST, 100_000, 50_000);
        let text = text.replace("cuối kỳ;150000", &format!("cuối kỳ;{end}"));
        let text = format!("Số tài khoản: {number}\n{text}");
        office.put(&format!("{number}.csv"), text.as_bytes());
    }
    let (done, of) = office.night(FIRST).await;
    assert_eq!(codes(&done), [5, 3], "{of}");
    assert_eq!(of["control"]["ties"], false, "{of}");
}

/// A row that is refused is not among the money that agrees.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_row_is_no_agreement() {
    let office = Office::bank(Kind::Sqlite).await;
    let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Loại tiền;Nội dung\n";
    let rows: Vec<String> = (1..12)
        .map(|n| format!("05/12/2022;{n};0;1.000;VND;NOP PHI\n"))
        .collect();
    let rows = rows.concat();
    let usd = "05/12/2022;12;0;100.000;USD;NOP PHI\n";
    let text = format!("{head}{rows}{usd}Tổng cộng;;0;111.000;;\n");
    office.put("sk_2022-12-05.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(of["rejects"], 1, "{of}");
    assert_ne!(of["control"]["ties"], true, "{of}");
}
