//! A row that is still to be settled as another class is no new work.

use calamine::Reader as _;
use doisoat::domain::Day;
use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::import::{Case, case};
use crate::night_cli::run;
use crate::town::{FIRST, as_is, day, night};

/// The fee waits for a transfer one night and, the registry being corrected, for cash the next: its
/// first day and its clock stay, and nobody calls it new.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_class_keeps_its_first_day() {
    let Case { town, fee, .. } = case(Kind::Sqlite).await;
    let inbox = town.dir().join("inbox");
    let text = std::fs::read_to_string(inbox.join("dossier_fees_2022-12-05.csv")).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let code = fee.dossier_code.as_ref().unwrap().to_string();
    let line = rest.lines().find(|line| {
        let begins = format!("{code},{},", fee.key.id);
        line.starts_with(&begins)
    });
    let method = head
        .trim_start_matches('\u{feff}')
        .split(',')
        .position(|column| column == "declared_method");
    let mut fields: Vec<&str> = line.unwrap().split(',').collect();
    assert_ne!(fields[method.unwrap()], "cash");
    fields[method.unwrap()] = "cash";
    town.morning_after(day("2022-12-06"));
    let file = format!("{head}\n{}\n", fields.join(","));
    std::fs::write(inbox.join("dossier_fees_2022-12-06_again.csv"), file).unwrap();
    let desk = town.desk(&as_is).await;
    night(&desk, "2022-12-06").await;
    desk.close().await;
    let bytes = std::fs::read(town.folder("2022-12-06").join("doisoat.xlsx")).unwrap();
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let list = book.worksheet_range("Ngoại lệ").unwrap();
    let at = |key: &str| usize::from(doisoat::report::xlsx::columns::place(key).unwrap());
    let of = list
        .rows()
        .find(|row| row[at("dossier_code")].to_string() == code && row[at("class")] != *fee.class);
    let listed = stdout(&run(&town, &["exceptions", "list", "--json"]).await);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let of = of.unwrap_or_else(|| panic!("{code} {listed}"));
    let age = of[at("age_days")].to_string();
    let first: Day = day(FIRST);
    assert_eq!(
        age,
        day("2022-12-06").days_since(first).to_string(),
        "{of:?}"
    );
    assert_ne!(of[at("status")].to_string(), "Mới", "{of:?}");
}
