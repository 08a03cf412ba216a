//! A paper names what the source had not told by its end: both sign an amount that lacks it.

use doisoat::domain::Period;
use doisoat::job::forms::Form;
use doisoat::job::report_again::Span;

use super::has;
use crate::database::Kind;
use crate::forms::{said, write_of};
use crate::office::{BANK, Office, csv};
use crate::town::{FIRST, day};

const SECOND: &str = "2022-12-06";
const PAPER: &str = "bien-ban-doi-soat_bank.docx";
const LACKS: &str = "Chưa nhận đủ dữ liệu của bên B các ngày: 06/12/2022.";

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_names_the_days_that_the_bank_has_not_told() {
    let cut = format!("{BANK}cutoff = \"16:30\"\n");
    let office = Office::new(Kind::Sqlite, &cut).await;
    let first = csv(&["05/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001"]);
    office.put("saoke_2022-12-05.csv", first.as_bytes());
    office.night(FIRST).await;
    office.next(SECOND).await;
    let write = async |from: &str, to: &str| {
        let span = Span::Days(Period::range(day(from), day(to)));
        let files = write_of(&office.desk, Form::Minutes(None), span).await;
        said(&files[PAPER])
    };
    assert!(!has(&write(FIRST, FIRST).await, LACKS));
    let paper = write(FIRST, SECOND).await;
    assert!(has(&paper, LACKS), "{paper:?}");
    // the hour is that of the source's configuration
    let cut = "từ 16:30 ngày 04/12/2022 đến trước 16:30 ngày 06/12/2022";
    assert!(has(&paper, cut), "{paper:?}");
    // the file comes, the last night is made again, and the paper is whole
    let second = csv(&["06/12/2022;2;0;8.000;158.000;NOP PHI H48.18.22-221205-0002"]);
    office.put("saoke_2022-12-06.csv", second.as_bytes());
    office.night(SECOND).await;
    let paper = write(FIRST, SECOND).await;
    assert!(
        !has(&paper, LACKS) && has(&paper, "58.000 đồng"),
        "{paper:?}"
    );
}
