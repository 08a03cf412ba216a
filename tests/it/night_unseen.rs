//! What nobody saw is no zero: a night whose money did not come has gaps, no list that decides its
//! verdict, and a source that says so; a night of rows that cannot be read says that they came.

use serde_json::json;

use crate::database::Kind;
use crate::office::{Office, csv};
use crate::town::{FIRST, codes, day, document, headline};

const SECOND: &str = "2022-12-06";
const UNSEEN: &str = "chưa nhận được dữ liệu nguồn tiền";

fn page(office: &Office, date: &str) -> String {
    let page = office.town.reports()[&format!("{date}/index.html")].clone();
    String::from_utf8(page).unwrap().replace('\u{a0}', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_whose_money_did_not_come_has_gaps_and_no_deciding_list() {
    let office = Office::bank(Kind::Sqlite).await;
    let rows = [
        "05/12/2022;FT1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001",
        "05/12/2022;FT2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002",
        "05/12/2022;FT3;0;21.000;179.000;KHONG GHI MA",
    ];
    office.put("saoke_2022-12-05.csv", csv(&rows).as_bytes());
    office.night(FIRST).await;
    assert!(!page(&office, FIRST).contains(UNSEEN));
    office.fees(SECOND);
    // so late that the bank is overdue
    office.town.set_now(day("2022-12-09").start_ms());
    let (night, bank) = office.night(SECOND).await;
    let run = document(&night);
    assert_eq!(
        (codes(&night), &bank["state"]),
        (vec![3], &json!("missing"))
    );
    for share in run["share"].as_array().unwrap() {
        for list in ["deciding", "deciding_met", "deciding_missed"] {
            assert_eq!(share[list], json!([]), "{share}");
        }
    }
    assert_eq!(headline(&run)["verdict"], "undecided");
    let told = page(&office, SECOND);
    assert_eq!(told.matches(UNSEEN).count(), 2, "two tiles");
    assert!(!told.contains("đủ để chắc chắn"));
    // the earlier nights of the next page
    office.fees("2022-12-07");
    let rows = ["07/12/2022;FT4;0;8.000;187.000;NOP PHI H48.18.22-221207-0002"];
    office.put("saoke_2022-12-07.csv", csv(&rows).as_bytes());
    office.night("2022-12-07").await;
    let told = page(&office, "2022-12-07");
    let row = told
        .split("<tr>")
        .find(|row| row.contains(">06/12/2022</th>"));
    let row = row.unwrap_or_default();
    assert!(
        row.contains("<td class=\"num\">—</td><td class=\"num\">—</td>"),
        "{row}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_of_rows_that_cannot_be_read_says_that_they_came() {
    let office = Office::bank(Kind::Sqlite).await;
    let rows = [
        "05/12/2022;FT1;0;12abc;100.000;NOP PHI",
        "05/12/2022;FT2;0;x;100.000;NOP PHI",
    ];
    office.put("saoke_2022-12-05.csv", csv(&rows).as_bytes());
    let (night, bank) = office.night(FIRST).await;
    assert_eq!(
        (codes(&night), &bank["rejects"]),
        (vec![3], &json!(2)),
        "{bank}"
    );
    let told = page(&office, FIRST);
    assert!(told.contains("đã nhận dữ liệu từ bank, nhưng có dòng không đọc được"));
    assert!(!told.contains("vì chưa nhận được dữ liệu từ") && !told.contains("đủ để chắc chắn"));
}
