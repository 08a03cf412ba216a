//! Nights whose feed tells running balances that do not follow from each other.

use crate::database::Kind;
use crate::fake::{Fake, Step};
use crate::town::{FIRST, Town, codes, day, document, night, source};

/// Id, hour, amount and the balance after it: 8,000 dong are missing before the third.
const ROWS: [(u32, u32, u32, u32); 4] = [
    (1, 9, 50_000, 50_000),
    (2, 10, 20_000, 70_000),
    (3, 11, 5_000, 83_000),
    (4, 12, 7_000, 90_000),
];

/// A feed that answers the day with these rows.
async fn broken_chain(provider: &str) -> Fake {
    let casso = provider == "casso";
    Fake::answering(move |line| {
        let of_day = line.contains("2022-12-05");
        let body = match (casso, of_day) {
            (true, true) => {
                let row = |(id, hour, amount, balance): (u32, u32, u32, u32)| {
                    format!(
                        r#"{{"id":{id},"tid":"R{id}","description":"x","amount":{amount},
                        "cusumBalance":{balance},"cusum_balance":{balance},
                        "when":"2022-12-05 {hour:02}:00:00","bookingDate":"",
                        "bankSubAccId":"0123456789","subAccId":"0123456789"}}"#
                    )
                };
                format!(
                    r#"{{"error":0,"message":"success","data":{{"page":1,"pageSize":100,
                    "nextPage":null,"prevPage":null,"totalPages":1,"totalRecords":4,
                    "records":[{}]}}}}"#,
                    ROWS.map(row).join(",")
                )
            }
            (true, false) => r#"{"error":0,"message":"success","data":{"page":1,"pageSize":100,
                "nextPage":null,"prevPage":null,"totalPages":1,"totalRecords":0,"records":[]}}"#
                .to_owned(),
            (false, _) if line.contains("/count") => {
                let count = if of_day { ROWS.len() } else { 0 };
                format!(r#"{{"status":200,"error":null,"count_transactions":{count}}}"#)
            }
            (false, true) => {
                let row = |(id, hour, amount, balance): (u32, u32, u32, u32)| {
                    format!(
                        r#"{{"id":"{id}","bank_brand_name":"VietinBank","account_number":"0123456789",
                        "transaction_date":"2022-12-05 {hour:02}:00:00","amount_out":"0.00",
                        "amount_in":"{amount}.00","accumulated":"{balance}.00",
                        "transaction_content":"x","reference_number":"R{id}","code":null,
                        "sub_account":null,"bank_account_id":"1"}}"#
                    )
                };
                format!(
                    r#"{{"status":200,"error":null,"transactions":[{}]}}"#,
                    ROWS.map(row).join(",")
                )
            }
            (false, false) => r#"{"status":200,"error":null,"transactions":[]}"#.to_owned(),
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let length = body.len();
        Step::Bytes(format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn running_balances_of_a_feed_that_do_not_follow_are_told_and_the_night_goes_on() {
    for provider in ["sepay", "casso"] {
        let town = Town::new(Kind::Sqlite).await;
        town.morning_after(day(FIRST));
        let fake = broken_chain(provider).await;
        let (base, other) = (
            town.sandbox.base_url(provider),
            format!("http://127.0.0.1:{}", fake.port),
        );
        let (from, to) = (
            format!("[[source]]\nname = \"{provider}"),
            format!("[[source]]\nlookback = \"0d\"\nname = \"{provider}"),
        );
        let broken = |text: String| text.replace(&base, &other).replace(&from, &to);
        let desk = town.desk(&broken).await;
        let told = night(&desk, FIRST).await;
        let run = document(&told);
        let of = source(&run, &format!("{provider}-main")).clone();
        assert_eq!(
            (&of["state"], &of["rows"]),
            (&"complete".into(), &4.into()),
            "{of}"
        );
        let said = of["trouble"].as_str().unwrap_or_else(|| panic!("{of}"));
        let place = "giữa 2 (05/12/2022) và 3 (05/12/2022), chênh 8.000 đồng";
        assert!(said.contains(place), "{provider}: {said}");
        assert_eq!(codes(&told), [0], "{provider}: a warning stops nothing");
        let page = town.reports()[&format!("{FIRST}/index.html")].clone();
        assert!(
            String::from_utf8(page).unwrap().contains(place),
            "{provider}"
        );
    }
}
