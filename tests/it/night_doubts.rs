//! What a night says although all came: dates that can be read in two ways, orders that no source
//! speaks for; and rows of a statement from long before it.

use doisoat::cli::inspect::{Inspection, inspect_bytes};
use doisoat::domain::Lang;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::office::{BANK, Office, csv, figures};
use crate::town::{FIRST, codes};

const UNPROVED: [&str; 2] = [
    "05/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001",
    "05/12/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002",
];

fn inspected(text: &str) -> Inspection {
    inspect_bytes("saoke.csv", text.as_bytes(), None, Lang::Vi)
}

#[test]
fn inspect_says_what_it_assumed_of_dates() {
    let text = csv(&UNPROVED);
    let notes = inspected(&text).notes;
    let told = "saoke.csv: mọi ngày trong tệp đều có thể đọc theo hai cách; đã hiểu \"05/12/2022\" là \
                ngày 05/12/2022 (dd/MM/yyyy)";
    assert!(notes.len() == 1 && notes[0].contains(told), "{notes:?}");
    assert!(notes[0].contains("MM/dd/yyyy"), "{notes:?}");
    // one date that proves it, or a period that does
    let proved = text.replace("05/12/2022;2", "13/12/2022;2");
    assert_eq!(inspected(&proved).notes, [""; 0]);
    let period = format!("Từ ngày 01/12/2022 đến ngày 31/12/2022\n{text}");
    assert_eq!(inspected(&period).notes, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_says_what_it_assumed_of_dates() {
    let office = Office::bank(Kind::Sqlite).await;
    office.put("saoke.csv", csv(&UNPROVED).as_bytes());
    let (first, of) = office.night(FIRST).await;
    assert_eq!(codes(&first), [0], "{of}");
    assert_eq!(figures(&of), ("complete", 2, 58_000), "{of}");
    // the days before the night, as read: the other way they would lie months before
    assert!(of["trouble"].is_null(), "{of}");
    let old = csv(&UNPROVED).replace("05/12", "05/11");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("saoke.csv", old.as_bytes());
    let (_, of) = office.night(FIRST).await;
    let said = of["trouble"].as_str().unwrap();
    assert!(said.contains("ghi time_format = \"dd/MM/yyyy\""), "{said}");
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("đều có thể đọc theo hai cách"));
    // told by the source, nothing is assumed
    let told = format!("{BANK}[source.map]\ntime_format = \"dd/MM/yyyy\"\n");
    let office = Office::new(Kind::Sqlite, &told).await;
    office.put("saoke.csv", csv(&UNPROVED).as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 58_000), "{of}");
    assert!(of["trouble"].is_null(), "{of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mistyped_date_moves_no_other_row() {
    let slip = "05/13/2022;3;0;20.000;178.000;NOP PHI H48.18.22-221205-0003";
    let text = csv(&[&UNPROVED[..], &[slip]].concat());
    let reject = &inspected(&text).rejects[0];
    assert_eq!(reject.line, 4, "{reject:?}");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("bank_2022-12-05.csv", text.as_bytes());
    let (done, of) = office.night(FIRST).await;
    assert_eq!((codes(&done), &of["rejects"]), (vec![3], &1.into()), "{of}");
    assert_eq!(figures(&of), ("partial", 2, 58_000), "{of}");
    let said = of["trouble"].as_str().unwrap();
    assert!(!said.contains("chưa có tệp"), "{said}");
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    for words in [
        "không phải là ngày nếu đọc ngày trước (ngày/tháng/năm)",
        "Nếu cả tệp ghi tháng trước: ghi time_format = ",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_tells_other_days_than_its_name_is_named() {
    let told = format!("{BANK}[source.map]\ntime_format = \"MM/dd/yyyy\"\n");
    let office = Office::new(Kind::Sqlite, &told).await;
    office.put("bank_2022-12-05.csv", csv(&UNPROVED).as_bytes());
    let (_, of) = office.night(FIRST).await;
    let said = of["trouble"].as_str().unwrap();
    let words = "bank_2022-12-05.csv: tên tệp mang ngày 05/12/2022 và tệp đã được đọc, nhưng các \
                 dòng trong tệp ghi ngày khác (muộn nhất 12/05/2022)";
    assert!(said.contains(words), "{said}");
    // of another day there is none
    let none = "chưa có tệp cho ngày 02/12/2022: hãy chép";
    assert!(said.contains(none), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn months_that_are_told_by_the_dates_alone_are_said() {
    let office = Office::bank(Kind::Sqlite).await;
    let rows = [
        "11/30/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001",
        "12/04/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002",
        "11/29/2022;3;0;20.000;178.000;NOP PHI H48.18.22-221205-0003",
    ];
    office.put("saoke.csv", csv(&rows).as_bytes());
    let (_, of) = office.night(FIRST).await;
    let said = of["trouble"].as_str().unwrap();
    let words = "cả tệp được đọc theo MM/dd/yyyy";
    assert!(said.contains(words), "{said}");
    let notes = inspected(&csv(&rows)).notes.join("; ");
    assert!(notes.contains(words), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_from_long_before_a_statement_count_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        // 60, 30 and 1 days before; with a reference and without one, one of them twice
        let before = [
            "06/10/2022;;0;11.000;11.000;NOP LE PHI",
            "05/11/2022;;0;12.000;23.000;NOP LE PHI",
            "05/11/2022;;0;12.000;35.000;NOP LE PHI",
            "04/12/2022;A1;0;8.000;43.000;NOP PHI H48.18.22-221205-0002",
        ];
        let tonight = "13/12/2022;A2;0;50.000;93.000;NOP PHI H48.18.22-221205-0001";
        let night = "2022-12-13";
        let text = csv(&[&before[..], &[tonight]].concat());
        office.put("saoke_2022-12-13.csv", text.as_bytes());
        let (_, of) = office.next(night).await;
        assert_eq!(figures(&of).1, 1, "{kind:?}: {of}");
        assert_eq!(of["rejects"], 0, "{kind:?}: {of}");
        let arrived = |count: u64, sum: i64| serde_json::json!({"count": count, "sum_vnd": sum});
        assert_eq!(of["arrived"], arrived(4, 43_000), "{kind:?}: {of}");
        let stored = || async {
            let dump = office.town.dump().await;
            let rows = dump.lines().filter(|line| line.starts_with("txn "));
            rows.count()
        };
        assert_eq!(stored().await, 5, "{kind:?}");
        // each has its place in the night, once
        let once = |night: &str| {
            let file = |name: &str| {
                let bytes = office.town.reports()[&format!("{night}/{name}")].clone();
                String::from_utf8(bytes).unwrap()
            };
            let open = file("exceptions.csv");
            let count = |amount: &str| {
                let rows = open.lines().filter(|row| row.starts_with("txn,"));
                rows.filter(|row| row.contains(amount)).count()
            };
            let counts = [",11000,", ",12000,"].map(count);
            assert_eq!(counts, [1, 2], "{kind:?} {night}: {open}");
            file("links.csv")
        };
        let links = once(night);
        for dossier in [",H48.18.22-221205-0001,F1,", ",H48.18.22-221205-0002,F1,"] {
            assert_eq!(links.matches(dossier).count(), 1, "{kind:?}: {links}");
        }
        // the same night again, and the next statement that tells all of it again
        assert!(!office.night(night).await.0.published, "{kind:?}");
        let more = "14/12/2022;A3;0;20.000;113.000;NOP PHI H48.18.22-221205-0003";
        let text = csv(&[&before[..], &[tonight, more]].concat());
        office.put("saoke_2022-12-14.csv", text.as_bytes());
        let (_, of) = office.next("2022-12-14").await;
        assert_eq!(figures(&of).1, 1, "{kind:?}: {of}");
        assert_eq!(of["arrived"], arrived(0, 0), "{kind:?}: {of}");
        assert_eq!(stored().await, 6, "{kind:?}");
        let links = once("2022-12-14");
        assert_eq!(links.matches(",F1,").count(), 1, "{kind:?}: {links}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_providers_whose_orders_nobody_asks() {
    let office = Office::bank(Kind::Sqlite).await;
    let order = |provider: &str, n: u32, status: &str| {
        format!(
            "{provider},O{n},H48.18.22-221205-000{n},F1,50000,2022-12-05T08:00:00+07:00,{status}\n"
        )
    };
    let orders = [
        order("momo", 1, "pending"),
        order("momo", 2, "paid"),
        order("bank", 3, "pending"),
        order("zalopay", 1, "failed"),
    ];
    let head = "provider,order_id,dossier_code,fee_ids,amount_vnd,created_at,status\n";
    let text = format!("{head}{}", orders.concat());
    let inbox = office.town.dir().join("inbox");
    std::fs::write(inbox.join("payment_orders_2022-12-05.csv"), text).unwrap();
    office.put("saoke.csv", csv(&UNPROVED).as_bytes());
    office.night(FIRST).await;
    let said = run(&office.town, &["check", "--offline", "--lang", "vi"]).await;
    let text = stdout(&said);
    assert_eq!(code(&said), 0, "{text}");
    let lines: Vec<&str> = text.lines().filter(|l| l.contains(" orders: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].starts_with("warn"), "{text}");
    assert!(
        lines[0].contains("2 yêu cầu thanh toán chưa kết thúc"),
        "{text}"
    );
    assert!(lines[0].contains("\"momo\""), "{text}");
}
