//! `exceptions list` is the work list of the page: its order, and its figure.

use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::run;
use crate::town::{FIRST, Town, as_is, day, night};

const SECOND: &str = "2022-12-06";

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

/// The year's share of the whole.
fn year(town: &Town, date: &str) -> Value {
    let bytes = std::fs::read(town.folder(date).join("run.json")).unwrap();
    let run: Value = serde_json::from_slice(&bytes).unwrap();
    let is_it = |share: &&Value| share["scope"] == "" && share["period"] == "2022";
    let mut shares = run["share"].as_array().unwrap().iter();
    shares.find(is_it).unwrap().clone()
}

/// Compares the list as of a night with the page of that night.
async fn is_of_page(town: &Town, date: &str) {
    let page = std::fs::read_to_string(town.folder(date).join("index.html")).unwrap();
    let told = of_page(&page);
    assert!(told.len() > 15, "{}", told.len());
    let args = ["exceptions", "list", "--as-of", date];
    let json = run(town, &[&args[..], &["--json"]].concat()).await;
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    let listed = json["exceptions"].as_array().unwrap();
    // rows that cannot be read have a list of their own on the page
    let listed = listed.iter().filter(|row| row["class"] != "reject");
    let ids: Vec<&str> = listed
        .map(|row| row["exception_id"].as_str().unwrap())
        .collect();
    let wanted: Vec<&str> = told.iter().map(|(id, _)| &**id).collect();
    assert_eq!(ids, wanted, "{date}");
    let text = stdout(&run(town, &args).await).replace('\u{a0}', " ");
    for (id, money) in &told {
        let line = text
            .lines()
            .find(|line| line.starts_with(&id[..8]))
            .unwrap();
        // `1.000 ₫`, `1.000 ₫ (tính ở dòng khoản thu)` or the place alone
        let said = match money.split_once(" ₫ ") {
            Some((sum, place)) => format!(" {sum} ₫ ({place}) "),
            None => format!(" {money} "),
        };
        assert!(line.contains(&said), "{said}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_the_order_and_the_money_of_the_page() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        desk.close().await;
        // a target in the middle of what is possible: then some rows move the verdict, others not
        let point = year(&town, SECOND)["share"].as_str().unwrap().to_owned();
        let (tens, rest) = point.trim_start_matches("0.").split_at(2);
        let target = format!("share = \"{tens}.{rest}%\"");
        let near = |text: String| text.replace("share = \"50%\"", &target);
        let desk = town.desk(&near).await;
        night(&desk, SECOND).await;
        desk.close().await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&near)).unwrap();
        let open = year(&town, SECOND);
        assert_eq!(open["verdict"], "undecided", "{open}");
        assert!(!open["deciding"].as_array().unwrap().is_empty(), "{open}");
        for date in [FIRST, SECOND] {
            is_of_page(&town, date).await;
        }
        let min = ["exceptions", "list", "--min", "100000", "--json"];
        let least: Value = serde_json::from_slice(&run(&town, &min).await.stdout).unwrap();
        let least = least["exceptions"].as_array().unwrap();
        assert!(!least.is_empty());
        let at_risk = |row: &Value| row["at_risk_vnd"].as_i64().unwrap();
        assert!(least.iter().all(|row| at_risk(row) >= 100_000));
    }
}
