//! What the mail tells against what the page and `exceptions` tell of the same night.

use serde_json::Value;

use super::{Server, desk, email};
use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, day, night};

/// One figure of the same thing: the mail, the first page, and `exceptions`. What the terminal says
/// is held against it by the demo.
#[tokio::test(flavor = "multi_thread")]
async fn the_money_at_risk_is_one_figure_wherever_it_is_told() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let desk = desk(&town, &email(server.port, "")).await;
    let mut last = day(FIRST);
    for _ in 0..3 {
        town.morning_after(last);
        night(&desk, &last.to_string()).await;
        last = last.plus(1);
    }
    let date = last.minus(1).to_string();
    let config = town.toml(&as_is);
    std::fs::write(town.dir().join("doisoat.toml"), config).unwrap();
    let read = |name: &str| std::fs::read_to_string(town.folder(&date).join(name)).unwrap();
    let run: Value = serde_json::from_str(&read("run.json")).unwrap();
    let figure = |of: &Value, key: &str| of[key].as_i64().unwrap();
    let closing = &run["work"]["closing"];
    let (count, sum) = (figure(closing, "count"), figure(closing, "sum_vnd"));
    let listed = run["exceptions"].as_array().unwrap().iter();
    let rows: i64 = listed.map(|class| figure(class, "sum_vnd")).sum();
    assert!(
        count > 0 && rows > sum,
        "{rows} {sum}: nothing tells them apart"
    );

    let classes = run["work"]["classes"].as_array().unwrap().iter();
    let matters: i64 = classes.map(|class| figure(class, "matters")).sum();
    assert!(matters > 0 && matters < count, "{matters} of {count}");

    let grouped = doisoat::domain::vnd::grouped(i128::from(sum));
    let money = format!("{grouped} ₫");
    let plain = |text: &str| text.replace('\u{a0}', " ");
    let mails = server.mails();
    let mail = mails.last().unwrap();
    let subject = plain(&mail.subject());
    let end = format!("– {count} ngoại lệ – {money}");
    assert!(subject.ends_with(&end), "{subject} / {end}");
    let body = plain(&mail.parts()[0].text());
    assert!(
        body.contains(&format!("Ngoại lệ cần xử lý: {count}, {money}.")),
        "{body}"
    );
    assert!(
        body.contains(&format!("{count} dòng, {matters} vụ việc, {money}")),
        "{body}"
    );
    assert!(
        body.contains(&format!("{count} dòng này thuộc {matters} vụ việc: ")),
        "{body}"
    );
    for class in run["work"]["classes"].as_array().unwrap() {
        let label = doisoat::classify::class(class["class"].as_str().unwrap()).unwrap();
        let sum = grouped_of(class);
        let line = format!(
            "- {}; số lượng: {}; số tiền rủi ro: {sum} ₫; vụ việc: {}",
            label.label.vi, class["count"], class["matters"]
        );
        assert!(body.lines().any(|told| told == line), "{line}\n{body}");
    }

    let page = plain(&read("index.html"));
    let tile = page.split("Ngoại lệ cần xử lý</span>").nth(1).unwrap();
    let tile = tile.split("</li>").next().unwrap();
    let note = format!("{matters} vụ việc, {money}");
    let shown = format!("<span class=\"value\">{count}</span><span class=\"note\">{note}</span>");
    assert!(tile.contains(&shown), "{tile}");

    // the breakdowns draw what the nights before published of each row
    let by_source = page.split("id=\"by-source\"").nth(1).unwrap();
    let by_source = by_source.split("</section>").next().unwrap();
    assert!(by_source.contains("class=\"spark\""), "{by_source}");

    the_five_are_those_of_the_page(&plain(&mail.parts()[1].text()), &page);
    the_first_are_told(&run, &body, &page);
    let files = format!("Tệp kèm theo: doisoat-{date}.html, doisoat-{date}.xlsx.");
    assert!(body.contains(&files), "{body}");

    let list = crate::night_cli::run(&town, &["exceptions", "list", "--json"]).await;
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let listed = list["exceptions"].as_array().unwrap();
    let part = |row: &&Value| {
        let at_risk = figure(row, "at_risk_vnd");
        at_risk > 0 && at_risk < figure(row, "amount_vnd")
    };
    let row = listed.iter().find(part).unwrap();
    let id = row["exception_id"].as_str().unwrap();
    let shown = crate::night_cli::run(&town, &["exceptions", "show", id]).await;
    let shown = String::from_utf8(shown.stdout).unwrap();
    let [at_risk, whole] = ["at_risk_vnd", "amount_vnd"]
        .map(|key| doisoat::domain::vnd::grouped(i128::from(figure(row, key))));
    let first = format!("  {at_risk} đ (số tiền của dòng: {whole} đ)");
    let line = shown.lines().next().unwrap();
    assert!(line.ends_with(&first), "{line} / {first}");
}

fn grouped_of(figure: &Value) -> String {
    doisoat::domain::vnd::grouped(i128::from(figure["sum_vnd"].as_i64().unwrap()))
}

/// The texts of an element's children, tags left out.
fn cells(html: &str, end: &str) -> Vec<String> {
    let each = html.split(end).filter_map(|cell| cell.rsplit_once('>'));
    each.map(|(_, text)| text.trim().to_owned()).collect()
}

/// Each tile of the first page is a row of the mail: its label, its numbers, its change.
fn the_five_are_those_of_the_page(mail: &str, page: &str) {
    let tiles = page.split("<ul class=\"tiles\"").nth(1).unwrap();
    let tiles = tiles.split("</ul>").next().unwrap();
    let tiles: Vec<&str> = tiles
        .split("</li>")
        .filter(|li| li.contains("<li>"))
        .collect();
    assert_eq!(tiles.len(), 5);
    let rows: Vec<Vec<String>> = mail.split("</tr>").map(|row| cells(row, "</td>")).collect();
    for (nth, tile) in tiles.into_iter().enumerate() {
        let told = cells(tile, "</span>");
        let [label, value, note, change] = &told[..4] else {
            panic!("{told:?}");
        };
        let row = rows.iter().find(|row| row.first() == Some(label));
        let row = row.unwrap_or_else(|| panic!("no {label} in {mail}"));
        // what the page says of the share beside its number is the target
        let parts = if nth == 1 { &told[1..2] } else { &told[1..3] };
        assert!(
            parts.iter().all(|part| row[1].contains(part)),
            "{row:?} {value} {note}"
        );
        assert!(
            change.starts_with(&*row[2]) && row[2] != "–",
            "{row:?} {change}"
        );
    }
}

/// The few that decide, or carry the most money, with class, dossier or source with a reference,
/// and the money that the page tells of the row.
fn the_first_are_told(run: &Value, body: &str, page: &str) {
    let first = run["work"]["first"].as_array().unwrap();
    assert_eq!(first.len(), 5, "{first:?}");
    let decide = first.iter().any(|row| row["decides"] == true);
    for row in first.iter().filter(|row| !decide || row["decides"] == true) {
        let class = doisoat::classify::class(row["class"].as_str().unwrap()).unwrap();
        let [dossier, source, reference] =
            ["dossier_code", "source", "reference"].map(|key| row[key].as_str().unwrap());
        let place = if dossier.is_empty() {
            format!("{source}: {reference}")
        } else {
            dossier.to_owned()
        };
        assert!(!dossier.is_empty() || !reference.is_empty(), "{row}");
        let line = format!("- {}; hồ sơ hoặc nguồn: {place}; mở từ: ", class.label.vi);
        let id = format!("id=\"e-{}\"", row["exception_id"].as_str().unwrap());
        let cell = page.split(&id).nth(1).unwrap().split("amount\">").nth(1);
        let sum = cell.unwrap().split('<').next().unwrap();
        assert!(sum.ends_with(" ₫"), "{sum}");
        let is_it = |told: &str| {
            let (at, elsewhere) = (format!(": {sum}"), format!(": {sum} (tính ở dòng "));
            told.starts_with(&line) && (told.ends_with(&at) || told.contains(&elsewhere))
        };
        assert!(body.lines().any(is_it), "{line} {sum}\n{body}");
    }
}
