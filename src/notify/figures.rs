//! Pure: the five numbers of the first page with their changes since the night before and the night
//! of a month ago, and the few exceptions to be settled first, as tables of a mail. No name, no
//! account, no memo stands in `run.json`, so none stands here; a transaction is told by the bank's
//! reference or its time.

use serde_json::Value;

use super::summary::{Table, figure, heads, list, night_of};
use crate::domain::{Day, Fraction, Lang, Moment, Vnd};
use crate::report::model::{
    AtRisk, OVERDUE_DAYS, definition_name, matters_word, stake_line, turnover,
};
use crate::text::{day, money, number, percent, points, say, when};

/// Transactions, share, open money, open exceptions, overdue money.
pub(super) fn tiles(run: &Value, share: &Value, lang: Lang) -> Table {
    let befores = befores(run);
    let days = number(lang, OVERDUE_DAYS);
    let both = |(count, sum): (i128, i128)| {
        let rows = say(lang, "tile-rows", &[("n", &number(lang, count))]);
        format!("{rows}, {}", money(lang, sum))
    };
    let row = |label: String, now: &Value, key: &str, by_money: bool| {
        let now = figure(now);
        let mut cells = vec![label, both(now)];
        cells.extend(befores.iter().map(|before| {
            let was = figure(&before[key]);
            match (before.is_object(), by_money) {
                (false, _) => "–".to_owned(),
                (true, true) => signed(lang, now.1 - was.1, |sum| money(lang, sum)),
                (true, false) => signed(lang, now.0 - was.0, |count| number(lang, count)),
            }
        }));
        cells
    };
    let plain = |key: &str| say(lang, key, &[]);
    let (totals, work) = (&run["totals"], &run["work"]);
    let overdue = say(lang, "tile-overdue", &[("days", &days)]);
    let label = plain("tile-exceptions");
    let mut exceptions = row(label, &work["closing"], "exceptions", false);
    let (count, sum) = figure(&work["closing"]);
    if let (Some(told), Some(cell)) = (matters(work, count, lang), exceptions.get_mut(1)) {
        let rows = say(lang, "tile-rows", &[("n", &number(lang, count))]);
        *cell = format!("{rows}, {told}, {}", money(lang, sum));
    }
    let label = plain("tile-transactions");
    let mut transactions = row(label, &totals["transactions"], "transactions", false);
    if let (Some(flows), Some(cell)) = (run["money_bridge"].as_array(), transactions.get_mut(1)) {
        let paid = flows.iter().map(|flow| figure(&flow["paid"]).1).sum();
        let (count, sum) = figure(&totals["transactions"]);
        let rows = say(lang, "tile-rows", &[("n", &number(lang, count))]);
        *cell = format!("{rows}, {}", turnover(lang, sum, paid));
    }
    let mut open = row(plain("tile-open"), &totals["open"], "open", true);
    if is_money_unseen(run) {
        for told in [&mut transactions, &mut open] {
            told.truncate(1);
            told.extend([plain("tile-unseen"), "–".to_owned()]);
        }
    }
    let rows = vec![
        transactions,
        share_row(share, run, lang),
        open,
        exceptions,
        row(overdue, &work["overdue"], "overdue", true),
    ];
    let since =
        |before: &&Value| match Day::parse(before["business_date"].as_str().unwrap_or_default()) {
            Ok(night) => say(lang, "mail-change", &[("day", &day(lang, night))]),
            Err(_) => plain("mail-no-change"),
        };
    let mut head = vec![plain("mail-figure"), night_of(run, lang)];
    head.extend(befores.iter().map(since));
    Table {
        title: plain("tiles-label"),
        head,
        rows,
    }
}

/// The night before, and that of a month ago where there was one.
fn befores(run: &Value) -> Vec<&Value> {
    let month = Some(&run["month_before"]).filter(|month| month.is_object());
    [Some(&run["previous"]), month]
        .into_iter()
        .flatten()
        .collect()
}

/// True where nothing came of the night's money while a source of it is not complete.
fn is_money_unseen(run: &Value) -> bool {
    let silent = |source: &Value| source["state"] != "complete" && source["rows"] == 0;
    run["totals"]["transactions"]["count"] == 0 && list(&run["sources"]).iter().any(silent)
}

fn share_row(share: &Value, run: &Value, lang: Lang) -> Vec<String> {
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
    let none = || "–".to_owned();
    let moved = |before: &&Value| {
        let moved = now.zip(exact(&before["share"])).map(|(now, was)| {
            if year(before) != year(run) {
                return say(lang, "change-other-year", &[]);
            }
            let moved = points(lang, was, now);
            say(lang, "change-points", &[("points", &moved)])
        });
        moved.unwrap_or_else(none)
    };
    let told = now.map_or_else(none, |share| percent(lang, share));
    let mut cells = vec![label, told];
    cells.extend(befores(run).iter().map(moved));
    cells
}

/// Of how many matters so many rows of the work list are; none where each is one of its own, or an
/// older program told none.
pub(super) fn matters(work: &Value, count: i128, lang: Lang) -> Option<String> {
    let classes = list(&work["classes"]);
    if classes.is_empty() {
        return None;
    }
    let told: Option<i128> = classes
        .iter()
        .map(|class| class["matters"].as_i64().map(i128::from))
        .sum();
    matters_word(lang, told?, count)
}

/// `+3`, `−3`, or that nothing changed.
fn signed(lang: Lang, moved: i128, print: impl Fn(i128) -> String) -> String {
    match moved {
        0 => say(lang, "change-none", &[]),
        n if n > 0 => format!("+{}", print(n)),
        n => format!("−{}", print(-n)),
    }
}

/// What people find a row by: its dossier; else its source, with the bank's reference or the time.
fn place(row: &Value, lang: Lang) -> String {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let [dossier, source, reference] = ["dossier_code", "source", "reference"].map(text);
    if !dossier.is_empty() {
        return dossier.to_owned();
    }
    if !reference.is_empty() {
        return format!("{source}: {reference}");
    }
    let raw = text("paid_at");
    let at = Moment::parse(raw).map(|at| when(lang, &at));
    let at = at.or_else(|_| Day::parse(raw).map(|at| day(lang, at)));
    at.map_or_else(
        |_| source.to_owned(),
        |at| say(lang, "mail-unnumbered", &[("source", source), ("at", &at)]),
    )
}

/// The money that a row is about, in the words of the page, also where the other row of the matter
/// holds it.
fn stake(row: &Value, lang: Lang) -> String {
    let stake = row["stake_vnd"].as_i64().map(Vnd::new);
    let here = || Vnd::new(row["at_risk_vnd"].as_i64().unwrap_or(0));
    let counted = match row["counted"].as_str() {
        Some("fee") => AtRisk::AtFee(stake.unwrap_or_else(here)),
        Some("money") => AtRisk::AtMoney(stake),
        _ => AtRisk::Here(here()),
    };
    stake_line(lang, counted)
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
        let opened = text(row, "opened");
        let opened = Day::parse(&opened).map_or(opened, |opened| day(lang, opened));
        vec![
            label.map_or_else(|| class.clone(), |(_, label)| (*label).to_owned()),
            place(row, lang),
            opened,
            stake(row, lang),
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
