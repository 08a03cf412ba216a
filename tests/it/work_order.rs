//! `exceptions list` is the work list of the page: its order, and its figure.

use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::run;
use crate::town::{FIRST, Town, as_is, day, night};

/// The text of a piece of a page, tags left out.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text += part.split_once('>').map_or(part, |(_, text)| text);
        text.push(' ');
    }
    let text = text.replace("&nbsp;", " ").replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each exception of the page with the money beside it, in order.
fn of_page(page: &str) -> Vec<(String, String)> {
    let list = page.split_once("<section id=\"exceptions\"").unwrap().1;
    let list = list.split_once("</section>").unwrap().0;
    let rows = list.split(" id=\"e-").skip(1);
    let row = |row: &str| {
        let id = row.split_once('"').unwrap().0.to_owned();
        // the first amount of a row in full, the last cell of a row in a line
        let end = row.find("</tr>").unwrap();
        let money = row[..end].rsplit_once("<td class=\"num").unwrap().1;
        (id, plain(money.split_once('>').unwrap().1))
    };
    rows.map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_the_order_and_the_money_of_the_page() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, "2022-12-06"] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        desk.close().await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        for date in [FIRST, "2022-12-06"] {
            let page = std::fs::read_to_string(town.folder(date).join("index.html")).unwrap();
            let told = of_page(&page);
            assert!(told.len() > 20, "{}", told.len());
            let args = ["exceptions", "list", "--as-of", date];
            let json = run(&town, &[&args[..], &["--json"]].concat()).await;
            let json: Value = serde_json::from_slice(&json.stdout).unwrap();
            let listed = json["exceptions"].as_array().unwrap();
            // rows that cannot be read have a list of their own on the page
            let listed = listed.iter().filter(|row| row["class"] != "reject");
            let ids: Vec<&str> = listed
                .map(|row| row["exception_id"].as_str().unwrap())
                .collect();
            let wanted: Vec<&str> = told.iter().map(|(id, _)| &**id).collect();
            assert_eq!(ids, wanted, "{kind:?} {date}");
            let text = stdout(&run(&town, &args).await).replace('\u{a0}', " ");
            for (id, money) in &told {
                let line = text
                    .lines()
                    .find(|line| line.starts_with(&id[..8]))
                    .unwrap();
                let place = money.split_once('₫').map_or("", |(_, place)| place.trim());
                let sum = money.split_once('₫').map_or("", |(sum, _)| sum.trim());
                assert!(line.contains(&format!(" {sum} ₫ ")), "{money}: {line}");
                assert_eq!(
                    line.contains("(tính ở"),
                    !place.is_empty(),
                    "{money}: {line}"
                );
            }
            // the order is not that of the money alone: what decides comes first
            let run_json: Value =
                serde_json::from_slice(&std::fs::read(town.folder(date).join("run.json")).unwrap())
                    .unwrap();
            let shares = run_json["share"].as_array().unwrap();
            let year = |share: &&Value| share["scope"] == "" && share["period"] == "2022";
            let first = shares.iter().find(year).unwrap();
            assert_eq!(first["verdict"], "undecided", "{first}");
        }
        let min = ["exceptions", "list", "--min", "100000", "--json"];
        let least: Value = serde_json::from_slice(&run(&town, &min).await.stdout).unwrap();
        let least = least["exceptions"].as_array().unwrap();
        assert!(!least.is_empty());
        assert!(
            least
                .iter()
                .all(|row| row["at_risk_vnd"].as_i64().unwrap() >= 100_000)
        );
    }
}
