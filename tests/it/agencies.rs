//! Agencies end and their codes are given again: what was received under a code that ended is told,
//! and an area that is no body any more is a unit over those that took over.

use crate::database::Kind;
use crate::office::csv;
use crate::town::{Town, day, document, night};

const NIGHT: &str = "2025-07-01";
/// What `init` writes down.
const AGENCIES: &str = include_str!("../../src/cli/init/agencies.csv");

fn fee(n: u32, agency: &str, method: &str, status: &str) -> String {
    format!("H48.18.22-250701-{n:04},F{n},phi,45000,{agency},P1,{method},,NGUYEN VAN A,{status}\n")
}

/// The first day of the four communes: two were paid by transfer, one was not, one in cash; and a
/// fee is told under the code of a commune that had ended the day before.
async fn first_day() -> (Town, serde_json::Value) {
    let town = Town::new(Kind::Sqlite).await;
    let inbox = town.dir().join("inbox");
    std::fs::create_dir_all(inbox.join("bank")).unwrap();
    let put = |name: &str, text: String| std::fs::write(inbox.join(name), text).unwrap();
    let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                declared_method,due_at,payer_name,status\n";
    let fees = [
        fee(1, "21400", "transfer", "paid"),
        fee(2, "21409", "transfer", "paid"),
        fee(3, "21421", "cash", "paid"),
        fee(4, "21433", "transfer", "paid"),
        fee(5, "21424", "", "unpaid"),
    ];
    put(
        &format!("dossier_fees_{NIGHT}.csv"),
        format!("{head}{}", fees.concat()),
    );
    put("agencies.csv", AGENCIES.to_owned());
    put(
        &format!("cash_receipts_{NIGHT}.csv"),
        "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,agency_code,\
         status\nB1,1,H48.18.22-250701-0003,F3,45000,2025-07-01T09:00:00,TH,21421,valid\n"
            .to_owned(),
    );
    let lines = [
        "01/07/2025 08:00:00;R1;0;45.000;45.000;H48.18.22-250701-0001",
        "01/07/2025 08:10:00;R2;0;45.000;90.000;H48.18.22-250701-0002",
        "01/07/2025 08:20:00;R4;0;45.000;135.000;H48.18.22-250701-0004",
    ];
    put(&format!("bank/saoke_{NIGHT}.csv"), csv(&lines));
    let edit = |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!(
            "{head}[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n\
             [[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"inbox/bank\"\n"
        )
    };
    let desk = town.desk(&edit).await;
    town.set_now(day(NIGHT).plus(1).start_ms() + 5_400_000);
    let run = document(&night(&desk, NIGHT).await);
    (town, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_district_is_an_area_over_its_successors() {
    let (town, run) = first_day().await;
    let cells = run["breakdown"].as_array().unwrap();
    let area = |period: &str| {
        let mine = |cell: &&serde_json::Value| {
            cell["by"] == "unit" && cell["value"] == "533" && cell["period"] == period
        };
        let cell = cells.iter().find(mine).unwrap_or_else(|| panic!("{run}"));
        (cell["numerator"].clone(), cell["denominator"].clone())
    };
    assert_eq!(area(NIGHT), (3.into(), 4.into()));
    assert_eq!(area("2025"), (3.into(), 4.into()));
    let page = std::fs::read_to_string(town.folder(NIGHT).join("index.html")).unwrap();
    let units = page.split("id=\"by-unit\"").nth(1).unwrap();
    let units = units.split("</section>").next().unwrap();
    let row = units.split("Địa bàn huyện Mộ Đức (cũ)").nth(1);
    let row = row.unwrap_or_else(|| panic!("{units}"));
    assert!(
        row.split("</tr>").next().unwrap().contains("3 / 4"),
        "{row}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_received_under_a_code_that_ended_is_told() {
    let (town, _) = first_day().await;
    let page = std::fs::read_to_string(town.folder(NIGHT).join("index.html")).unwrap();
    let page = page.replace('\u{a0}', " ");
    let said = "Mã cơ quan 21424 (UBND xã Đức Hòa) hết hiệu lực ngày 30/06/2025, nhưng còn 1 khoản \
                thu (45.000 ₫) được tiếp nhận sau ngày đó, ví dụ hồ sơ H48.18.22-250701-0005";
    assert!(page.contains(said), "{page}");
    // the town and the commune that have one code: the commune bore it on that day
    assert!(!page.contains("Mã cơ quan 21400"));
}

/// Of the year both bodies of the code are in the figure, and whoever reads it sees that.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_two_bodies_bore_names_both_wherever_a_share_is_told() {
    let (town, run) = first_day().await;
    let told = |scope: &str, period: &str| {
        let all = run["share"].as_array().unwrap().iter();
        let mut of = all.filter(|share| {
            share["definition"] == "TX_CASHLESS"
                && share["scope"] == scope
                && share["period"] == period
        });
        of.next().unwrap()["agencies"].clone()
    };
    let of_year = told("21400", "2025");
    let names: Vec<&serde_json::Value> = of_year
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|body| [&body["name"], &body["valid_to"]])
        .collect();
    assert_eq!(
        names[..3],
        ["UBND thị trấn Mộ Đức", "2025-06-30", "UBND xã Mộ Đức"]
    );
    assert!(names[3].is_null() && names.len() == 4, "{of_year}");
    // in July one body bore it
    assert!(told("21400", "2025-07").is_null());
    let csv = std::fs::read_to_string(town.folder(NIGHT).join("share.csv")).unwrap();
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().ends_with(",high,agency_name"));
    let row = lines.find(|line| line.starts_with("21400,TX_CASHLESS,"));
    let said = "UBND thị trấn Mộ Đức (đến 30/06/2025); UBND xã Mộ Đức (từ 01/07/2025)";
    assert!(row.unwrap().contains(said), "{row:?}");
}
