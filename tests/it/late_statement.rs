//! A statement that comes two days late: the nights without it say which day they lack and ask
//! nobody about its money, the night that reads it names the file, and what came since is called as
//! the bank calls it.

use doisoat::job::as_known::Known;
use doisoat::job::report_again::{self, Asked, Span};

use crate::database::Kind;
use crate::office::{Office, csv};
use crate::town::{FIRST, day, files};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const WAIT: &str = "Chờ dữ liệu ngày 06/12/2022 của bank";
const ASK: &str = "Hỏi người nộp mã giao dịch";

/// A dossier of the second day whose fee the registry calls paid by transfer.
fn paid(office: &Office) {
    let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
        declared_method,due_at,payer_name,status,paid_at\n";
    let line = "H48.18.22-221206-0009,F1,phi,70000,H48.18.22,P1,transfer,,NGUYEN VAN A,paid,\
        2022-12-06T09:00:00+07:00\n";
    let path = "inbox/dossier_fees_2022-12-06_b.csv";
    std::fs::write(office.town.dir().join(path), format!("{head}{line}")).unwrap();
}

fn statement(office: &Office, date: &str, row: &str) {
    office.put(&format!("saoke_{date}.csv"), csv(&[row]).as_bytes());
}

fn page(office: &Office, date: &str) -> String {
    let page = office.town.reports()[&format!("{date}/index.html")].clone();
    String::from_utf8(page).unwrap().replace('\u{a0}', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_comes_late_is_waited_for_and_named() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        // 1.000 dong short: what is at risk is not the whole row
        let row = "05/12/2022;FT1;0;49.000;149.000;NOP PHI H48.18.22-221205-0001";
        statement(&office, FIRST, row);
        office.night(FIRST).await;
        paid(&office);
        // the day after the next one, so that it is overdue
        office.fees(SECOND);
        office.town.set_now(day("2022-12-09").start_ms());
        office.night(SECOND).await;
        let lacks = page(&office, SECOND);
        assert!(lacks.contains("Nguồn bank chưa gửi đủ dữ liệu của ngày: 06/12/2022."));
        assert!(lacks.contains(WAIT) && !lacks.contains(ASK), "{kind:?}");
        assert!(!lacks.contains("đã thanh toán không dùng tiền mặt nhưng chưa thấy giao dịch"));
        let row = "06/12/2022;FT2;0;8.000;157.000;NOP PHI H48.18.22-221206-0002";
        statement(&office, SECOND, row);
        let row = "07/12/2022;FT3;0;8.000;165.000;NOP PHI H48.18.22-221207-0002";
        statement(&office, THIRD, row);
        office.fees(THIRD);
        office.night(THIRD).await;
        let came = page(&office, THIRD);
        assert!(came.contains("saoke_2022-12-06.csv"), "{kind:?}");
        let late = "Tệp đến muộn: saoke_2022-12-06.csv, ngày 06/12/2022, 1 dòng";
        assert!(
            came.contains(late) && !lacks.contains("Tệp đến muộn: "),
            "{kind:?}"
        );
        assert!(came.contains(ASK) && !came.contains(WAIT), "{kind:?}");
        let asked = Asked {
            known: Known::Now,
            ..Asked::of(Span::Night(day(SECOND)))
        };
        let root = office.town.dir().join("again");
        let now = report_again::write(&office.desk, &asked, &root).await;
        let now = files(&now.unwrap())["index.html"].clone();
        let now = String::from_utf8(now).unwrap();
        assert!(
            now.contains("bank/FT2") && !now.contains("bank/~"),
            "{kind:?}"
        );
        let asked = Asked {
            known: Known::Now,
            ..Asked::of(Span::Night(day(FIRST)))
        };
        let first = report_again::write(&office.desk, &asked, &root).await;
        let first = files(&first.unwrap())["index.html"].clone();
        let first = String::from_utf8(first).unwrap().replace('\u{a0}', " ");
        let (_, work) = first.split_once("Ngoại lệ cần xử lý của các ngày").unwrap();
        let (work, _) = work.split_once("</tr>").unwrap();
        assert!(
            work.contains("1.000 ₫") && !work.contains("49.000"),
            "{work}"
        );
        office.desk.close().await;
    }
}
