//! A day of rest on which nothing is due is no missing source; a working day without a file is.

use crate::database::Kind;
use crate::town::{Town, codes, day, document, night, source};

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";

fn folders(more: &str) -> impl Fn(String) -> String {
    move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!(
            "{head}{more}[[source]]\nname = \"one-stop\"\nkind = \"export\"\npath = \"inbox\"\n\
             [[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"bank\"\n"
        )
    }
}

/// Writes what arrives on a working day.
fn deliver(town: &Town, date: &str, number: u32) {
    let code = format!("H48.18.22-{}-{number:04}", date[2..].replace('-', ""));
    let row = format!("{code},F1,phi,50000,H48.18.22,P1,qr,,NGUYEN VAN A,unpaid\n");
    let inbox = town.dir().join("inbox");
    std::fs::write(
        inbox.join(format!("dossier_fees_{date}.csv")),
        format!("{FEES}{row}"),
    )
    .unwrap();
    let bank = town.dir().join("bank");
    std::fs::create_dir_all(&bank).unwrap();
    let text = format!(
        "Ngày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Diễn giải\n{date} 09:00:00,FT{number},,50000,{code}\n"
    );
    std::fs::write(bank.join(format!("bank_{date}.csv")), text).unwrap();
}

/// The night of a day without files after one with files, long after both.
async fn without_files(date: &str) -> (Vec<u8>, [String; 2]) {
    let town = Town::new(Kind::Sqlite).await;
    town.set_now(day(date).plus(9).start_ms());
    let before = day(date).minus(1).to_string();
    deliver(&town, &before, 1);
    let (_, states) = at_last(&town, "", &before).await;
    assert_eq!(states[0], "complete", "{before}");
    at_last(&town, "", date).await
}

async fn run(town: &Town, more: &str, date: &str) -> (Vec<u8>, [String; 2]) {
    town.set_now(day("2023-02-01").start_ms());
    at_last(town, more, date).await
}

/// The night at the time that the town has.
async fn at_last(town: &Town, more: &str, date: &str) -> (Vec<u8>, [String; 2]) {
    let desk = town.desk(&folders(more)).await;
    let done = night(&desk, date).await;
    let run = document(&done);
    let state = |name: &str| source(&run, name)["state"].as_str().unwrap().to_owned();
    (codes(&done), [state("one-stop"), state("bank")])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekend_and_tet_without_files_are_complete_and_a_working_day_is_not() {
    let town = Town::new(Kind::Sqlite).await;
    let complete = ["complete", "complete"].map(str::to_owned);
    let check = async |date: &str, more: &str, exits: &[u8], expected: &[String; 2]| {
        let (codes, states) = run(&town, more, date).await;
        assert_eq!((codes.as_slice(), &states), (exits, expected), "{date}");
    };
    // Thursday, and the files of the days are there
    deliver(&town, "2023-01-19", 1);
    check("2023-01-19", "", &[0], &complete).await;
    // Tet 2023: Friday 20 January to Thursday 26 January
    for date in ["2023-01-20", "2023-01-21", "2023-01-24", "2023-01-26"] {
        check(date, "", &[0], &complete).await;
    }
    // Friday: a file is due
    let (codes, states) = run(&town, "", "2023-01-27").await;
    assert_eq!((codes.as_slice(), &*states[0]), (&[3][..], "missing"));
    assert_ne!(states[1], "complete");
    // it comes, and the night is run again
    deliver(&town, "2023-01-27", 2);
    check("2023-01-27", "", &[0], &complete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offices_own_days_are_added() {
    let town = Town::new(Kind::Sqlite).await;
    deliver(&town, "2022-12-08", 1);
    let (codes, _) = run(&town, "", "2022-12-08").await;
    assert_eq!(codes, [0]);
    // Friday 9 December is a working day, unless the office says otherwise
    let file = town.dir().join("days.csv");
    std::fs::write(&file, "day,kind,name\n2022-12-10,work,làm bù\n").unwrap();
    let own = "[calendar]\nfile = \"days.csv\"\n";
    assert_eq!(run(&town, own, "2022-12-09").await.1[0], "missing");
    assert_eq!(run(&town, own, "2022-12-10").await.1[0], "missing");
    std::fs::write(&file, "2022-12-09,holiday,nghỉ\n").unwrap();
    assert_eq!(run(&town, own, "2022-12-09").await.1[0], "complete");
    assert_eq!(run(&town, own, "2022-12-10").await.1[0], "complete");
    // a line that is none is said with its place
    std::fs::write(&file, "2022-12-09,holiday\n9/12/2022,holiday\n").unwrap();
    let text = town.toml(&folders(own));
    let file = town.dir().join("doisoat.toml");
    let error = doisoat::config::Config::parse(&text, &file).unwrap_err();
    let said = format!("{error:?}");
    assert!(
        said.contains("days.csv:2: ") && said.contains("9/12/2022,holiday"),
        "{said}"
    );
}

/// A Saturday that makes up for a bridged day, the bridged day, and the Saturday after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_saturday_without_files_is_missing_and_the_day_it_stands_for_is_not() {
    for (works, rests, saturday) in [
        ("2024-05-04", "2024-04-29", "2024-05-11"),
        ("2025-04-26", "2025-05-02", "2025-05-10"),
        ("2026-01-10", "2026-01-02", "2026-01-17"),
        ("2026-08-22", "2026-08-31", "2026-09-05"),
    ] {
        let (codes, states) = without_files(works).await;
        assert_eq!(
            (codes.as_slice(), &*states[0]),
            (&[3][..], "missing"),
            "{works}"
        );
        for free in [rests, saturday] {
            let (_, states) = without_files(free).await;
            assert_eq!(states[0], "complete", "{free}");
        }
    }
}
