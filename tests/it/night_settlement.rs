//! Nights that read the settlement files of a provider.

use doisoat::cli::inspect::inspect_bytes;
use doisoat::domain::Lang;

use crate::database::Kind;
use crate::office::{Office, csv, figures};
use crate::town::{FIRST, codes, document, night, source};

const MOMO: &str = "[[source]]\nname = \"bank\"\nkind = \"settlement\"\npath = \"inbox/bank\"\n\
instrument = \"wallet\"\n\n[source.map]\ntime = \"Thời gian\"\nbank_ref = \"Mã giao dịch\"\n\
order_ref = \"Mã đơn hàng\"\namount = \"Số tiền\"\nfee = \"Phí\"\nnet = \"Thực nhận\"\n\
status = \"Trạng thái\"\nkind = \"Loại\"\nmemo = \"Mô tả\"\nthousands = \",\"\nsuccess = \"Đã quyết toán\"\n";

fn settled(rows: &[&str]) -> String {
    let head = "BIÊN BẢN ĐỐI SOÁT\nSTT,Thời gian,Mã giao dịch,Mã đơn hàng,\
         Số tiền,Phí,Thực nhận,Trạng thái,Loại,Mô tả\n";
    format!("{head}{}\nTổng cộng,,,,\n", rows.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_file_is_read_by_its_mapping() {
    let office = Office::new(Kind::Sqlite, MOMO).await;
    let paid = "1,05/12/2022 09:00:00,M1,O1,\"50,000\",550,\"49,450\",Đã quyết toán,Thanh toán,H48.18.22-221205-0001";
    let failed = "2,05/12/2022 09:10:00,M2,O2,\"8,000\",0,\"8,000\",Thất bại,Thanh toán,H48.18.22-221205-0002";
    let odd = "3,05/12/2022 09:20:00,M3,O3,\"20,000\",0,\"20,000\",???,Thanh toán,x";
    office.put(
        "momo_2022-12-06.csv",
        settled(&[paid, failed, odd]).as_bytes(),
    );
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 78_000), "{of}");
    let kinds = of["by_kind"].to_string();
    for status in ["success", "failed", "unmapped"] {
        assert!(kinds.contains(status), "{kinds}");
    }
    let open = office.town.reports()[&format!("{FIRST}/exceptions.csv")].clone();
    let open = String::from_utf8(open).unwrap();
    assert!(open.contains("trạng thái chưa biết \"\"???\"\""), "{open}");
    // the next file tells a refund and the payment again; an id with another amount is a conflict
    let back = "1,06/12/2022 08:00:00,M1,O1,\"-50,000\",0,,Thành công,Hoàn tiền,hoan";
    let other = failed.replace("8,000", "9,000");
    office.put(
        "momo_2022-12-07.csv",
        settled(&[back, paid, &other]).as_bytes(),
    );
    let (second, of) = office.next("2022-12-06").await;
    assert_eq!(figures(&of), ("complete", 1, 50_000), "{of}");
    let text = document(&second)["exceptions"].to_string();
    assert!(text.contains("\"conflict\""), "{text}");
    let dump = office.town.dump().await;
    assert!(dump.contains("\"id\":\"M1#refund-2022-12-06\""), "{dump}");
    // a file of another provider is quarantined, naming the headings that it lacks
    office.put("other.csv", csv(&[]).as_bytes());
    let (third, _) = office.next("2022-12-07").await;
    assert_eq!(codes(&third), [3]);
    let page = office.town.reports()["2022-12-07/index.html"].clone();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("Thời gian"), "the missing headings");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_inspect_proposes_reads_a_settlement_file() {
    let paid = "1,05/12/2022 09:00:00,M1,O1,\"50,000\",550,\"49,450\",Thành công,Thanh toán,\
        H48.18.22-221205-0001";
    let bytes = settled(&[paid]).into_bytes();
    let file = inspect_bytes("momo_2022-12-06.csv", &bytes, None, Lang::Vi);
    let toml = file.toml().unwrap();
    assert!(toml.contains("kind = \"settlement\""), "{toml}");
    assert!(toml.contains("order_ref = \"Mã đơn hàng\""), "{toml}");
    let office = Office::new(Kind::Sqlite, &toml).await;
    let inbox = office.town.dir().join("inbox/settlement");
    std::fs::write(inbox.join("momo_2022-12-06.csv"), &bytes).unwrap();
    let done = night(&office.desk, FIRST).await;
    let run = document(&done);
    let of = source(&run, "settlement");
    assert_eq!(figures(of), ("complete", 1, 50_000), "{of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sums_of_a_settlement_file_are_those_of_its_pages() {
    let head =
        "STT,Thời gian,Mã giao dịch,Mã đơn hàng,Số tiền,Phí,Thực nhận,Trạng thái,Loại,Mô tả\n";
    let row = |n: u32, sum: &str, dossier: u32| {
        format!(
            "{n},05/12/2022 09:0{n}:00,M{n},O{n},\"{sum}\",0,\"{sum}\",Đã quyết toán,Thanh toán,\
             H48.18.22-221205-000{dossier}\n"
        )
    };
    let pages = |last: &str| {
        let (first, second) = (row(1, "50,000", 1), row(2, "8,000", 2));
        format!("{head}{first}Cộng trang,,,,\"50,000\"\n{head}{second}{last}\n")
    };
    let right = [
        "Cộng trang,,,,\"8,000\"\nTổng số giao dịch,,,,2\nTổng cộng,,,,\"58,000\"",
        "Cộng trang,,,,\"58,000\"",
        "Cộng trang,,,,\"8,000\"",
    ];
    for last in right {
        let office = Office::new(Kind::Sqlite, MOMO).await;
        office.put("momo_2022-12-06.csv", pages(last).as_bytes());
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 2, 58_000), "{last}: {of}");
        assert!(!codes(&night).contains(&3), "{last}: {of}");
    }
    for (last, told, held) in [
        ("Tổng cộng,,,,\"8,000\"", "8.000", "58.000"),
        ("Tổng cộng,,,,\"78,000\"", "78.000", "58.000"),
        ("Cộng trang,,,,\"9,000\"", "9.000", "8.000"),
    ] {
        let office = Office::new(Kind::Sqlite, MOMO).await;
        office.put("momo_2022-12-06.csv", pages(last).as_bytes());
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of).0, "partial", "{last}: {of}");
        assert_eq!(codes(&night), [3], "{last}: {of}");
        let said = format!("{told} đồng, các bút toán cộng lại {held} đồng");
        assert!(of.to_string().contains(&said), "{last}: {of}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_kind_is_never_paid() {
    let row = |n: u32, kind: &str, state: &str| {
        format!(
            "{n},05/12/2022 09:0{n}:00,M{n},O{n},\"8,000\",0,\"8,000\",{state},{kind},\
             H48.18.22-221205-000{n}"
        )
    };
    let office = Office::new(Kind::Sqlite, MOMO).await;
    let rows = [
        row(1, "Thanh toán", "Thành công"),
        row(2, "", "Thành công"),
        row(3, "", "Thất bại"),
    ];
    let rows: Vec<&str> = rows.iter().map(AsRef::as_ref).collect();
    office.put("momo_2022-12-06.csv", settled(&rows).as_bytes());
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 24_000), "{of}");
    let kinds = of["by_kind"].to_string();
    for status in ["success", "unmapped", "failed"] {
        assert_eq!(kinds.matches(status).count(), 1, "{kinds}");
    }
    let exceptions = document(&night)["exceptions"].to_string();
    assert!(exceptions.contains("\"status_mismatch\""), "{exceptions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_net_that_is_not_the_amount_less_the_fee_is_told() {
    let row = |n: u32, net: &str, state: &str| {
        format!(
            "{n},05/12/2022 09:0{n}:00,M{n},O{n},\"8,000\",100,\"{net}\",{state},Thanh toán,\
             H48.18.22-221205-000{n}"
        )
    };
    let rows = |nets: [&str; 3]| {
        let states = ["Thành công", "Thành công", "Thất bại"];
        let rows = nets.iter().zip(states).zip(1..);
        let rows: Vec<String> = rows.map(|((net, state), n)| row(n, net, state)).collect();
        let rows: Vec<&str> = rows.iter().map(AsRef::as_ref).collect();
        settled(&rows)
    };
    let said = "momo_2022-12-06.csv: ở 1 dòng, số thực nhận khác số tiền trừ phí (dòng đầu tiên: \
        dòng 4, cột \"Thực nhận\")";
    // one that failed brings nothing
    for (nets, told) in [
        (["7,900", "8,000", "0"], true),
        (["7,900", "7,900", "0"], false),
    ] {
        let text = rows(nets);
        let file = inspect_bytes("momo_2022-12-06.csv", text.as_bytes(), None, Lang::Vi);
        let notes = file.notes.join("; ");
        assert_eq!(notes.contains(said), told, "{notes}");
        let office = Office::new(Kind::Sqlite, MOMO).await;
        office.put("momo_2022-12-06.csv", text.as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 3, 24_000), "{of}");
        let trouble = of["trouble"].as_str().unwrap_or_default();
        assert_eq!(trouble.contains(said), told, "{of}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refunds_of_one_payment_and_day_are_two() {
    let row = |time: &str, sum: &str, kind: &str| {
        format!("1,05/12/2022{time},M1,O1,\"{sum}\",0,,Thành công,{kind},H48.18.22-221205-0001")
    };
    let back = |time: &str, sum: &str| row(time, sum, "Hoàn tiền");
    let paid = row(" 09:00:00", "50,000", "Thanh toán");
    let put = |office: &Office, name: &str, rows: &[&String]| {
        let rows: Vec<&str> = [&paid].iter().chain(rows).map(|row| row.as_str()).collect();
        office.put(name, settled(&rows).as_bytes());
    };
    let ids = |dump: &str| -> Vec<bool> {
        let ids = ["", "#2", "#3", "#4"].map(|n| format!("\"id\":\"M1#refund-2022-12-05{n}\""));
        ids.iter().map(|id| dump.contains(id)).collect()
    };
    for time in ["", " 10:00:00"] {
        let (one, two, other) = (
            back(time, "10,000"),
            back(time, "10,000"),
            back(" 11:00:00", "5,000"),
        );
        let office = Office::new(Kind::Sqlite, MOMO).await;
        put(&office, "momo_2022-12-06.csv", &[&one, &two, &other]);
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 4, 75_000), "{time}: {of}");
        let told = document(&night)["exceptions"].to_string();
        assert!(!told.contains("conflict"), "{time}: {told}");
        let before = office.town.dump().await;
        assert_eq!(ids(&before), [true, true, true, false], "{time}");
        // told again in another order, with one more
        let more = back(" 12:00:00", "2,000");
        put(
            &office,
            "momo_2022-12-06_2.csv",
            &[&more, &other, &one, &two],
        );
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 5, 77_000), "{time}: {of}");
        let told = document(&night)["exceptions"].to_string();
        assert!(!told.contains("conflict"), "{time}: {told}");
        let dump = office.town.dump().await;
        assert_eq!(ids(&dump), [true; 4], "{time}");
        // another amount at the same time is for a person
        let third = back(" 11:00:00", "6,000");
        put(
            &office,
            "momo_2022-12-06_3.csv",
            &[&one, &two, &third, &more],
        );
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of).1, 5, "{time}: {of}");
        let told = document(&night)["exceptions"].to_string();
        assert!(told.contains("\"conflict\""), "{time}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_corrected_file_lacks_waits_for_a_person() {
    let row = |n: u32, sum: &str| {
        format!(
            "{n},05/12/2022 09:0{n}:00,M{n},O{n},\"{sum}\",0,,Thành công,Thanh toán,\
             H48.18.22-221205-000{n}"
        )
    };
    let (first, second, third) = (row(1, "50,000"), row(2, "8,000"), row(3, "20,000"));
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, MOMO).await;
        let name = "momo_2022-12-06.csv";
        office.put(name, settled(&[&first, &second]).as_bytes());
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 2, 58_000), "{kind:?}: {of}");
        // sorts before the first by its name
        let name = "momo_2022-12-06 (1).csv";
        office.put(name, settled(&[&first]).as_bytes());
        let (done, of) = office.night(FIRST).await;
        assert_eq!(codes(&done), [3], "{kind:?}: {of}");
        assert_eq!(figures(&of).0, "partial", "{kind:?}: {of}");
        let said = of["trouble"].as_str().unwrap();
        for words in [
            "momo_2022-12-06 (1).csv: tệp mới nhất của ngày 05/12/2022 thiếu 1 dòng",
            "M2 (8.000 đồng)",
            "theo các tệp mới nhất tiền vào 50.000 đồng, tiền hoàn trả 0 đồng",
            "nhưng đang lưu tiền vào 58.000 đồng",
        ] {
            assert!(said.contains(words), "{kind:?}: {words}: {said}");
        }
        let told = document(&done)["exceptions"].to_string();
        assert!(told.contains("\"conflict\""), "{kind:?}: {told}");
        let (_, of) = office.next("2022-12-06").await;
        assert_eq!(figures(&of).0, "partial", "{kind:?}: {of}");
        let said = of["trouble"].as_str().unwrap();
        assert!(said.contains("thiếu 1 dòng"), "{kind:?}: {said}");
        // a file that has it again
        office.put(
            "momo_2022-12-06_b.csv",
            settled(&[&second, &first]).as_bytes(),
        );
        let (_, of) = office.night("2022-12-06").await;
        let said = of["trouble"].as_str().unwrap_or_default();
        assert!(!said.contains("thiếu 1 dòng"), "{kind:?}: {said}");
    }
    // two parts of a day have no row in common; a file without rows says that there is none
    let office = Office::new(Kind::Sqlite, MOMO).await;
    office.put("momo_2022-12-06.csv", settled(&[&first]).as_bytes());
    office.put("momo_2022-12-06_b.csv", settled(&[&third]).as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 70_000), "{of}");
    office.put("momo_2022-12-06_c.csv", settled(&[]).as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of).0, "partial", "{of}");
    let said = of["trouble"].as_str().unwrap();
    assert!(said.contains("thiếu 2 dòng"), "{said}");
}
