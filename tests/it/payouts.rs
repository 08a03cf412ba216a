//! Nights after days on which offices rest: a gateway pays out several of its days in one line of
//! the bank. Each of them is paid out then, whether the nights were told one by one or at once.

use doisoat::job::by_hand::Choice;
use serde_json::Value;

use crate::by_hand::{ask, open_of, refused};
use crate::database::Kind;
use crate::import::{counts, imported};
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
    morning_after(&office, days[0].0, days);
    // three days of work later it may still come
    for (date, overdue) in [
        ("2025-02-03", vec![]),
        ("2025-02-05", vec![]),
        ("2025-02-06", vec!["2025-01-24"]),
    ] {
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
        (MONDAY, &[(3, 20_000)]),
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
    assert_eq!(gateway(&run).0, 134_900);
    let all = office.town.reports()[&format!("{MONDAY}/exceptions.csv")].clone();
    let all = String::from_utf8(all).unwrap();
    for told in [
        "bằng đúng tổng sau phí của gw ngày 09/12/2022; chưa nhận vì còn tổng khác cũng bằng",
        "bằng đúng tổng sau phí của gw từ ngày 10/12/2022 đến ngày 11/12/2022; chưa nhận vì",
    ] {
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

/// What no rule decides a person may: the days are paid out then, and what does not add up is
/// refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_says_which_days_a_line_pays_out() {
    let days: &[Paid] = &[
        (FRIDAY, &[(1, 50_000), (2, 8_000)]),
        ("2022-12-10", &[(1, 50_000)]),
        ("2022-12-11", &[(2, 8_000)]),
        (MONDAY, &[(3, 20_000)]),
    ];
    let office = office().await;
    for date in [FRIDAY, "2022-12-10", "2022-12-11", MONDAY] {
        if date == MONDAY {
            let line = "12/12/2022;5103.1;0;57.560;57.560;CTY VI DU QUYET TOAN";
            office.put("bank.csv", csv(&[line]).as_bytes());
        }
        morning_after(&office, date, days);
        night(&office.desk, date).await;
    }
    let store = &office.desk.store;
    let line = open_of(store, "unidentified").await.remove(0);
    let id = line.id.as_str();
    let of = |days: &[&str], part: Option<i64>| {
        let gw = || doisoat::domain::SourceName::new("gw");
        let days = days
            .iter()
            .map(|of| (gw(), day(of), part.map(doisoat::domain::Vnd::new)));
        Choice::Payout(days.collect())
    };
    let friday_and_saturday = of(&[FRIDAY, "2022-12-10"], None);
    let told = "this line is 57,560\u{a0}₫, but gw has 2022-12-09: 57,560\u{a0}₫; 2022-12-10: \
        49,780\u{a0}₫";
    refused(ask(store, id, friday_and_saturday, false).await, told);
    let nothing = of(&["2022-12-08"], None);
    refused(
        ask(store, id, nothing, false).await,
        "gw took in nothing on 2022-12-08",
    );
    // 57.560 of a day that took in 50.000
    let beyond = of(&["2022-12-10"], Some(57_560));
    refused(ask(store, id, beyond, false).await, "but gw has 2022-12-10");
    let table = format!(
        "exception_id,decision,target,reason\n{id},Tiền cổng trả,gw/10/12/2022; gw/11/12/2022,\
         bảng quyết toán của cổng\n"
    );
    let done = imported(store, &table, false).await;
    assert_eq!(counts(&done), [1, 0, 0, 0], "{done:?}");
    let tuesday = "2022-12-13";
    morning_after(&office, tuesday, days);
    let run = document(&night(&office.desk, tuesday).await);
    // Friday and Monday are held; the two days of the weekend have arrived
    assert_eq!(gateway(&run).0, 134_900 - 57_560);
    let of_day = |of: &str| {
        let mut all = run["gateway_days"].as_array().unwrap().iter();
        all.find(|told| told["day"] == of).cloned().unwrap()
    };
    for (of, received) in [("2022-12-10", 49_780), ("2022-12-11", 7_780)] {
        let told = of_day(of);
        assert_eq!(told["batch"]["received_vnd"], received, "{told}");
    }
    assert!(of_day(FRIDAY)["batch"].is_null());
    let closed = office.town.reports()[&format!("{tuesday}/closed.csv")].clone();
    let closed = String::from_utf8(closed).unwrap();
    assert!(
        closed.contains("ruled,\"Tiền cổng trả – binh, "),
        "{closed}"
    );
    // and it stays so
    morning_after(&office, "2022-12-14", days);
    let run = document(&night(&office.desk, "2022-12-14").await);
    assert_eq!(gateway(&run).0, 134_900 - 57_560);
    assert!(!run["exceptions"].to_string().contains("5103.1"));
}

/// The export of a day: dossiers with (number, dong, status), and its receipts.
fn registry(office: &Office, date: &str, fees: &[(u32, u32, &str)], receipts: &[String]) {
    let compact = date[2..].replace('-', "");
    let fee = |(n, dong, status): &(u32, u32, &str)| {
        format!(
            "H48.18.22-{compact}-000{n},F1,phi,{dong},H48.18.22,P1,cash,,NGUYEN VAN A,{status}\n"
        )
    };
    let fees: String = fees.iter().map(fee).collect();
    let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                declared_method,due_at,payer_name,status\n";
    let cash = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,\
                agency_code,status\n";
    let inbox = office.town.dir().join("inbox");
    let put = |name: String, text: String| std::fs::write(inbox.join(name), text).unwrap();
    put(format!("dossier_fees_{date}.csv"), format!("{head}{fees}"));
    let all = receipts.concat();
    put(format!("cash_receipts_{date}.csv"), format!("{cash}{all}"));
    office
        .town
        .set_now(day(date).plus(1).start_ms() + 5_400_000);
}

fn receipt(n: u32, dong: u32, status: &str) -> String {
    format!(
        "R{n},000{n},H48.18.22-221209-000{n},F1,{dong},2022-12-09T09:0{n}:00+07:00,K1,\
         H48.18.22,{status}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn banked_cash_stands_whatever_comes_later_and_keeps_its_age() {
    let office = office().await;
    let both = [receipt(1, 50_000, "valid"), receipt(2, 8_000, "valid")];
    registry(
        &office,
        FRIDAY,
        &[(1, 50_000, "paid"), (2, 8_000, "paid")],
        &both,
    );
    night(&office.desk, FRIDAY).await;
    let line = "12/12/2022;5105.1;0;58.000;58.000;NOP TIEN MAT THU PHI";
    office.put("bank.csv", csv(&[line]).as_bytes());
    // on Tuesday a dossier comes that owes as much; on Wednesday a receipt is void
    let void = [receipt(2, 8_000, "void")];
    let mut told = Vec::new();
    for (date, fees, receipts) in [
        (MONDAY, &[][..], &[][..]),
        ("2022-12-13", &[(3, 58_000, "unpaid")][..], &[][..]),
        ("2022-12-14", &[][..], &void[..]),
    ] {
        registry(&office, date, fees, receipts);
        night(&office.desk, date).await;
        let page = office.town.reports()[&format!("{date}/index.html")].clone();
        let page = String::from_utf8(page).unwrap().replace('\u{a0}', " ");
        told.push(words(&page));
    }
    assert!(!told[1].contains("5105.1 58.000"), "a deposit: {}", told[1]);
    let since_monday = "Chưa xác định hồ sơ 5105.1 58.000 ₫ 2 ngày";
    assert!(told[2].contains(since_monday), "{}", told[2]);
}

/// What a page says, without its tags.
fn words(page: &str) -> String {
    let mut said = String::new();
    for part in page.split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text);
        said.push_str(text);
        said.push(' ');
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}
