//! Pure: the five numbers of the first page with their change since the night before, and the few
//! exceptions to be settled first, as tables of a mail. No name, no account, no memo stands in
//! `run.json`, so none stands here.

use serde_json::Value;

use super::summary::{Table, figure, heads, list, night_of};
use crate::domain::{Day, Fraction, Lang, Vnd};
use crate::report::model::{OVERDUE_DAYS, definition_name};
use crate::text::{day, money, money_of, number, percent, points, say};

/// Transactions, share, open money, open exceptions, overdue money.
pub(super) fn tiles(run: &Value, share: &Value, lang: Lang) -> Table {
    let before = &run["previous"];
    let days = number(lang, OVERDUE_DAYS);
    let both = |(count, sum): (i128, i128)| {
        let rows = say(lang, "tile-rows", &[("n", &number(lang, count))]);
        format!("{rows}, {}", money(lang, sum))
    };
    let row = |label: String, now: &Value, key: &str, by_money: bool| {
        let (now, was) = (figure(now), figure(&before[key]));
        let change = match (before.is_object(), by_money) {
            (false, _) => "–".to_owned(),
            (true, true) => signed(lang, now.1 - was.1, |sum| money(lang, sum)),
            (true, false) => signed(lang, now.0 - was.0, |count| number(lang, count)),
        };
        vec![label, both(now), change]
    };
    let plain = |key: &str| say(lang, key, &[]);
    let (totals, work) = (&run["totals"], &run["work"]);
    let overdue = say(lang, "tile-overdue", &[("days", &days)]);
    let rows = vec![
        row(
            plain("tile-transactions"),
            &totals["transactions"],
            "transactions",
            false,
        ),
        share_row(share, run, lang),
        row(plain("tile-open"), &totals["open"], "open", true),
        row(
            plain("tile-exceptions"),
            &work["closing"],
            "exceptions",
            false,
        ),
        row(overdue, &work["overdue"], "overdue", true),
    ];
    let since = match Day::parse(before["business_date"].as_str().unwrap_or_default()) {
        Ok(night) => say(lang, "mail-change", &[("day", &day(lang, night))]),
        Err(_) => plain("mail-no-change"),
    };
    Table {
        title: plain("tiles-label"),
        head: vec![plain("mail-figure"), night_of(run, lang), since],
        rows,
    }
}

fn share_row(share: &Value, run: &Value, lang: Lang) -> Vec<String> {
    let before = &run["previous"];
    let year = |of: &Value| {
        Day::parse(of["business_date"].as_str()?)
            .ok()
            .map(Day::year_start)
    };
    let exact = |of: &Value| {
        let part = |key: &str| of[key].as_i64().map(i128::from);
        Fraction::new(part("numerator")?, part("denominator")?)
    };
    let label = match share["definition"].as_str() {
        Some(name) => definition_name(lang, name),
        None => say(lang, "tile-share", &[]),
    };
    // without data a document tells parts, and no share
    let now = exact(share).filter(|_| share["share"].is_string());
    let moved = now.zip(exact(&before["share"])).map(|(now, was)| {
        if year(before) != year(run) {
            return say(lang, "change-other-year", &[]);
        }
        let moved = points(lang, was, now);
        say(lang, "change-points", &[("points", &moved)])
    });
    let none = || "–".to_owned();
    let now = now.map_or_else(none, |share| percent(lang, share));
    vec![label, now, moved.unwrap_or_else(none)]
}

/// `+3`, `−3`, or that nothing changed.
fn signed(lang: Lang, moved: i128, print: impl Fn(i128) -> String) -> String {
    match moved {
        0 => say(lang, "change-none", &[]),
        n if n > 0 => format!("+{}", print(n)),
        n => format!("−{}", print(-n)),
    }
}

/// The few to be settled first; none where nothing is open.
pub(super) fn first(run: &Value, labels: &[(&str, &str)], lang: Lang) -> Option<Table> {
    let rows = list(&run["work"]["first"]);
    let decide = rows.iter().any(|row| row["decides"] == true);
    let told = rows.iter().filter(|row| !decide || row["decides"] == true);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let line = |row: &Value| {
        let class = text(row, "class");
        let label = labels.iter().find(|(id, _)| *id == class);
        let [dossier, source] = ["dossier_code", "source"].map(|key| text(row, key));
        let place = if dossier.is_empty() { source } else { dossier };
        let opened = text(row, "opened");
        let opened = Day::parse(&opened).map_or(opened, |opened| day(lang, opened));
        let at_risk = Vnd::new(row["at_risk_vnd"].as_i64().unwrap_or(0));
        vec![
            label.map_or_else(|| class.clone(), |(_, label)| (*label).to_owned()),
            place,
            opened,
            money_of(lang, at_risk),
        ]
    };
    let rows: Vec<Vec<String>> = told.map(line).collect();
    let title = if decide {
        "mail-deciding"
    } else {
        "mail-greatest"
    };
    let keys = [
        "column-class",
        "mail-place",
        "column-opened",
        "column-money-at-risk",
    ];
    (!rows.is_empty()).then(|| Table {
        title: say(lang, title, &[]),
        head: heads(lang, &keys),
        rows,
    })
}
