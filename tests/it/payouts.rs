//! Nights after days on which offices rest: a gateway pays out several of its days in one line of
//! the bank. Each of them is paid out then, whether the nights were told one by one or at once.

use serde_json::Value;

use crate::database::Kind;
use crate::office::{BANK, Office, csv};
use crate::town::{day, document, night};

const GATEWAY: &str = "[[source]]\nname = \"gw\"\nkind = \"settlement\"\npath = \"inbox/gw\"\n\
instrument = \"wallet\"\n\n[source.map]\ntime = \"Thời gian\"\nbank_ref = \"Mã giao dịch\"\n\
order_ref = \"Mã đơn hàng\"\namount = \"Số tiền\"\nfee = \"Phí\"\nnet = \"Thực nhận\"\n\
status = \"Trạng thái\"\nkind = \"Loại\"\nsuccess = \"OK\"\npayment = \"PAY\"\n\n";

const FRIDAY: &str = "2022-12-09";
const MONDAY: &str = "2022-12-12";

/// Payments of a day: dossier and dong. The fee is 220 each.
type Paid<'a> = (&'a str, &'a [(u32, u32)]);

/// An office with a gateway and a bank.
async fn office() -> Office {
    Office::new(Kind::Sqlite, &format!("{GATEWAY}{BANK}")).await
}

/// The morning after a day: its export and the gateway's file of it have come.
fn morning_after(office: &Office, date: &str, days: &[Paid<'_>]) {
    office.fees(date);
    let on = day(date);
    office.town.set_now(on.plus(1).start_ms() + 5_400_000);
    let Some((_, paid)) = days.iter().find(|(of, _)| *of == date) else {
        return;
    };
    let compact = date[2..].replace('-', "");
    let row = |(n, dong): &(u32, u32)| {
        let (time, net) = (format!("{} 09:0{n}:00", on.vi()), dong - 220);
        format!("{time},M{compact}{n},H48.18.22-{compact}-000{n},{dong},220,{net},OK,PAY\n")
    };
    let rows: String = paid.iter().map(row).collect();
    let head = "Thời gian,Mã giao dịch,Mã đơn hàng,Số tiền,Phí,Thực nhận,Trạng thái,Loại\n";
    let name = format!("inbox/gw/gw_{}.csv", on.plus(1));
    std::fs::write(office.town.dir().join(name), format!("{head}{rows}")).unwrap();
}

/// What the last night says of the gateway: what it holds, and its days that are overdue.
fn gateway(run: &Value) -> (i64, Vec<&str>) {
    let days = run["gateway_days"].as_array().unwrap().iter();
    let overdue = days.filter(|day| day["overdue"] == true);
    let overdue = overdue.map(|day| day["day"].as_str().unwrap()).collect();
    (
        run["gateway_bridge"][0]["closing_vnd"].as_i64().unwrap(),
        overdue,
    )
}

/// The states of the bank's line as the store keeps them.
async fn states(office: &Office) -> Vec<String> {
    let dump = office.town.dump().await;
    let of_line = |line: &&str| line.contains("batch_of_days") || line.contains("may_be_batch");
    dump.lines().filter(of_line).map(str::to_owned).collect()
}

/// The nights one by one up to the last, and the last alone: the same in the end.
async fn both_ways(days: &[Paid<'_>], line: (&str, &str), last: &str) -> Value {
    let mut ends = Vec::new();
    for at_once in [false, true] {
        let office = office().await;
        let mut done = None;
        for date in day(days[0].0).until(day(last).plus(1)) {
            let date = date.to_string();
            morning_after(&office, &date, days);
            if date == line.0 {
                office.put("bank.csv", csv(&[line.1]).as_bytes());
            }
            if !at_once || date == last {
                done = Some(night(&office.desk, &date).await);
            }
        }
        let done = document(&done.unwrap());
        assert!(!states(&office).await.is_empty(), "at once {at_once}");
        ends.push(done);
    }
    let (one_by_one, at_once) = (&ends[0], &ends[1]);
    assert_eq!(gateway(one_by_one), gateway(at_once));
    ends.swap_remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekend_is_paid_out_on_monday() {
    let days: &[Paid] = &[
        (FRIDAY, &[(1, 50_000), (2, 8_000)]),
        ("2022-12-10", &[(3, 20_000)]),
        ("2022-12-11", &[(2, 8_000)]),
        (MONDAY, &[(3, 20_000)]),
    ];
    let line = "12/12/2022;5101.1;0;85.120;85.120;CTY VI DU QUYET TOAN";
    let run = both_ways(days, (MONDAY, line), "2022-12-15").await;
    // Monday alone is held, and nothing is overdue: Friday, Saturday and Sunday have arrived
    assert_eq!(gateway(&run), (19_780, vec![]));
    let open = run["exceptions"].to_string();
    assert!(!open.contains("5101.1"), "{open}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_tet_are_paid_out_when_it_is_over() {
    // offices rested from 25/01 to 02/02/2025
    let days: &[Paid] = &[
        ("2025-01-24", &[(1, 50_000), (2, 8_000)]),
        ("2025-01-27", &[(2, 8_000)]),
        ("2025-01-31", &[(1, 50_000), (3, 20_000)]),
        ("2025-02-02", &[(3, 20_000)]),
    ];
    let line = "03/02/2025;5102.1;0;154.680;154.680;CTY VI DU QUYET TOAN";
    let run = both_ways(days, ("2025-02-03", line), "2025-02-04").await;
    assert_eq!(gateway(&run), (0, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_off_are_no_delay() {
    let days: &[Paid] = &[("2025-01-24", &[(1, 50_000), (2, 8_000)])];
    let office = office().await;
    // three days of work later it may still come
    for (date, overdue) in [
        ("2025-02-03", vec![]),
        ("2025-02-05", vec![]),
        ("2025-02-06", vec!["2025-01-24"]),
    ] {
        morning_after(&office, days[0].0, days);
        morning_after(&office, date, days);
        let done = document(&night(&office.desk, date).await);
        assert_eq!(gateway(&done).1, overdue, "{date}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekend_that_is_a_single_day_too_stays_open_and_is_told_so() {
    let days: &[Paid] = &[
        (FRIDAY, &[(1, 50_000), (2, 8_000)]),
        ("2022-12-10", &[(1, 50_000)]),
        ("2022-12-11", &[(2, 8_000)]),
    ];
    let office = office().await;
    let mut run_of = None;
    for date in [FRIDAY, "2022-12-10", "2022-12-11", MONDAY] {
        if date == MONDAY {
            let line = "12/12/2022;5103.1;0;57.560;57.560;CTY VI DU QUYET TOAN";
            office.put("bank.csv", csv(&[line]).as_bytes());
        }
        morning_after(&office, date, days);
        run_of = Some(night(&office.desk, date).await);
    }
    let run = document(&run_of.unwrap());
    // both readings are told; nothing of it is called paid by people, and all is still held
    assert_eq!(gateway(&run).0, 115_120);
    let all = run["exceptions"].to_string();
    for told in ["gw 2022-12-09", "gw 2022-12-10 – 2022-12-11"] {
        assert!(all.contains(told), "{told}: {all}");
    }
    let bank = run["money_bridge"].as_array().unwrap().iter();
    let bank = bank.clone().find(|row| row["source"] == "bank").unwrap();
    assert_eq!(bank["doubtful"]["sum_vnd"], 57_560, "{bank}");
    assert_eq!(bank["paid"]["sum_vnd"], 0, "{bank}");
    let page = office.town.reports()[&format!("{MONDAY}/index.html")].clone();
    let page = String::from_utf8(page).unwrap().replace('\u{a0}', " ");
    let said = "Chưa tính 1 dòng chưa xác định, 57.560 ₫";
    assert_eq!(
        page.matches(said).count(),
        3,
        "beside every table of payments"
    );
}
