//! What people decided is seen the next night: what, who, when and why, and advice that follows it.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx};
use doisoat::domain::Ruling;
use doisoat::job::by_hand::Choice;
use doisoat::report::xlsx::columns;

use crate::by_hand::{ask, open_of};
use crate::database::Kind;
use crate::import::{Case, case, counts, imported};
use crate::town::{Town, as_is, day, night};

type Rows = Vec<BTreeMap<String, String>>;

fn csv(town: &Town, date: &str, name: &str) -> Rows {
    let bytes = std::fs::read(town.folder(date).join(name)).unwrap();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = csv::Reader::from_reader(bytes);
    let head = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = head.iter().zip(row.iter());
        cells.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

fn sheet(town: &Town, date: &str, name: &str) -> Vec<Vec<Data>> {
    let bytes = std::fs::read(town.folder(date).join("doisoat.xlsx")).unwrap();
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

fn page(town: &Town, date: &str) -> String {
    std::fs::read_to_string(town.folder(date).join("index.html")).unwrap()
}

/// The row of an exception on the sheet of exceptions, by its key.
fn listed(town: &Town, date: &str, id: &str) -> impl Fn(&str) -> String + use<> {
    let rows = sheet(town, date, "Ngoại lệ");
    let row = rows.into_iter().find(|row| row[0] == *id);
    let row = row.unwrap();
    move |key| row[usize::from(columns::place(key).unwrap())].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_was_asked_for_is_not_asked_for_again() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let id = open[0].id.as_str();
    let requested = Choice::Rule(Ruling::RefundRequested);
    ask(&desk.store, id, requested, false).await.unwrap();
    town.set_now(day("2022-12-07").start_ms() + 5_400_000);
    night(&desk, "2022-12-06").await;
    let told = listed(&town, "2022-12-06", id);
    assert_eq!(told(columns::RULING), "Đã đề nghị hoàn tiền");
    assert_eq!(told(columns::RULED_BY), "an");
    assert_eq!(told(columns::RULED_REASON), "phoned");
    assert_eq!(told(columns::STATUS), "Đã yêu cầu hoàn");
    let waits = "an đã đề nghị hoàn tiền ngày 06/12/2022: KHÔNG làm thủ tục hoàn lần nữa, chờ \
        khoản hoàn về. Sau ngày 16/12/2022 (10 ngày) mà chưa thấy thì hỏi lại.";
    assert_eq!(told("advice"), waits);
    assert!(
        told(columns::LETTER).ends_with(waits),
        "{}",
        told(columns::LETTER)
    );
    let html = page(&town, "2022-12-06");
    assert!(html.contains("Đã quyết định: Đã đề nghị hoàn tiền – an, 06/12/2022: phoned"));
    let rows = csv(&town, "2022-12-06", "exceptions.csv");
    let row = rows.iter().find(|row| row["exception_id"] == id).unwrap();
    let ruled = ["ruling", "ruled_by", "ruled_on", "ruled_reason"].map(|key| &*row[key]);
    assert_eq!(
        ruled,
        ["Đã đề nghị hoàn tiền", "an", "2022-12-06", "phoned"]
    );
    let of_nobody = rows.iter().find(|row| row["exception_id"] != id).unwrap();
    assert_eq!(of_nobody["ruling"], "");
    // the day after the last on which one may wait
    town.set_now(day("2022-12-18").start_ms() + 5_400_000);
    night(&desk, "2022-12-17").await;
    let told = listed(&town, "2022-12-17", id);
    assert_eq!(told(columns::STATUS), "Quá hạn");
    assert!(told("advice").contains("quá 10 ngày chưa thấy khoản hoàn"));
    let letter = told(columns::LETTER);
    assert!(
        letter.contains("ngày 06/12/2022 chúng tôi đã đề nghị hoàn trả"),
        "{letter}"
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_tells_who_decided_it_and_why() {
    let Case { town, open, fee } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let (fee, credit) = (fee.id.as_str(), open[0].id.as_str());
    for (id, ruling) in [(fee, Ruling::WriteOff), (credit, Ruling::NotFee)] {
        ask(&desk.store, id, Choice::Rule(ruling), false)
            .await
            .unwrap();
    }
    town.morning_after(day("2022-12-06"));
    night(&desk, "2022-12-06").await;
    assert!(
        open_of(&desk.store, "missing_payment")
            .await
            .iter()
            .all(|e| e.id.as_str() != fee)
    );
    let rows = csv(&town, "2022-12-06", "closed.csv");
    let sheet = sheet(&town, "2022-12-06", "Đã xử lý");
    for (id, what) in [
        (fee, "Không theo dõi tiếp"),
        (credit, "Không phải khoản thu"),
    ] {
        let row = rows.iter().find(|row| row["exception_id"] == id).unwrap();
        let keys = ["outcome", "ruling", "ruled_by", "ruled_on", "ruled_reason"];
        let told = keys.map(|key| &*row[key]);
        assert_eq!(told, ["ruled", what, "an", "2022-12-06", "phoned"]);
        let said = format!("{what} – an, 06/12/2022: phoned");
        assert_eq!(row["how"], said);
        let in_sheet = sheet.iter().find(|row| row.iter().any(|cell| *cell == *id));
        let cells: Vec<String> = in_sheet.unwrap().iter().map(ToString::to_string).collect();
        for cell in ["Người quyết định", &*said, what, "an", "phoned"] {
            assert!(cells.iter().any(|have| have == cell), "{cell}: {cells:?}");
        }
        assert!(page(&town, "2022-12-06").contains(&said));
    }
    // what the data settled names nobody
    let other = rows.iter().find(|row| row["outcome"] != "ruled");
    assert!(other.is_none_or(|row| row["ruled_by"].is_empty()));
    let sums = std::fs::read_to_string(town.folder("2022-12-06").join("SHA256SUMS")).unwrap();
    assert!(sums.contains("  closed.csv\n"));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reason_alone_is_refused_and_nothing_else_is_lost() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let [a, b, c] = [0, 1, 2].map(|n| open[n].id.as_str());
    let table = format!(
        "exception_id,decision,reason,note\n{a},write_off,Lý do khác,\n{b},write_off,Lý do khác,\
         hồ sơ đã rút\n{c},not_fee,Another reason,\n"
    );
    let done = imported(&desk.store, &table, false).await;
    assert_eq!(counts(&done), [1, 0, 0, 2], "{done:?}");
    let places: Vec<(u64, &str)> = done.refused.iter().map(|r| (r.row, &*r.column)).collect();
    assert_eq!(places, [(2, "D (note)"), (4, "D (note)")]);
    let book = desk.store.decisions().await.unwrap();
    let reasons: Vec<&str> = book.iter().map(|entry| &*entry.draft.reason).collect();
    assert_eq!(reasons, ["Lý do khác; hồ sơ đã rút"]);
    desk.close().await;
}
