//! Pure: what people read of a night in a mail, from its `run.json`: figures, classes and sources,
//! and of the few rows to be settled first their codes, so no personal data. The text part and the
//! HTML part are two ways to write it.

use askama::Template;
use serde_json::Value;

use super::figures;

use crate::domain::{Day, Fraction, Lang};
use crate::report::escape::visible;
use crate::report::model::{definition_name, matters_of};
use crate::text::{day, money, number, percent, say};

/// So many stretches of days without a night are named.
const LACKING_MAX: usize = 3;

/// What `run.json` does not say.
#[derive(Clone, Debug)]
pub struct About {
    /// The language.
    pub lang: Lang,
    /// The label of each class, by id.
    pub classes: Vec<(&'static str, &'static str)>,
    /// What the exit codes other than 0 mean.
    pub alerts: Vec<&'static str>,
}

/// A small table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its heading.
    pub title: String,
    /// The heads of its columns; all but the first hold figures or states.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// What people read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The subject, with the verdict.
    pub subject: String,
    /// The heading.
    pub heading: String,
    /// Sentences: the verdict, then what is wrong with the night.
    pub lines: Vec<String>,
    /// The five numbers, the first exceptions, shares, open exceptions, sources.
    pub tables: Vec<Table>,
    /// The share that carries the verdict, as in `run.json`; null where there is none.
    pub share: Value,
    /// The page's address for a browser, where the settings tell the folder's.
    pub link: Option<String>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    lang: &'static str,
    summary: &'a Summary,
    foot: &'a [String],
    /// What stands before the page's address, and the address.
    link: Option<(String, &'a str)>,
}

impl Summary {
    /// Reads `run.json`.
    pub fn read(run: &Value, about: &About) -> Self {
        let lang = about.lang;
        let share = headline(run);
        let work = work(run, about);
        let (count, sum) = figure(&run["work"]["closing"]);
        let night = night_of(run, lang);
        let verdict = verdict(&share, lang);
        let flag = if about.alerts.is_empty() {
            verdict.to_uppercase()
        } else {
            say(lang, "mail-look", &[("verdict", &verdict.to_uppercase())])
        };
        let (count, sum) = (number(lang, count), money(lang, sum));
        let mut args = vec![
            ("night", night.as_str()),
            ("verdict", &flag),
            ("n", &count),
            ("sum", &sum),
        ];
        let [point, low, high] = ["share", "low", "high"].map(|key| share_text(&share[key], lang));
        let subject = if share["share"].is_string() {
            args.extend([("share", point.as_str()), ("low", &low), ("high", &high)]);
            "mail-subject"
        } else {
            "mail-subject-no-share"
        };
        let subject = say(lang, subject, &args);
        let mut lines = vec![say(lang, "mail-verdict", &args[..4])];
        let rows = figure(&run["work"]["closing"]).0;
        if let Some(matters) = figures::matters(&run["work"], rows, lang) {
            lines.push(matters_of(lang, &matters, rows));
        }
        lines.extend(lacking(run, lang));
        lines.extend(changes(run, lang));
        lines.extend(about.alerts.iter().map(|alert| format!("⚠ {alert}")));
        let mut tables = vec![figures::tiles(run, &share, lang)];
        tables.extend(figures::first(run, &about.classes, lang));
        tables.extend([shares(run, lang), classes(&work, lang), sources(run, lang)]);
        Self {
            subject: visible(&subject),
            heading: say(lang, "mail-heading", &[("night", &night)]),
            lines,
            tables,
            share,
            link: None,
        }
    }

    /// The plain part; `foot` are sentences about the files.
    pub fn text(&self, foot: &[String]) -> String {
        let mut out = format!("{}\n\n{}\n", self.heading, self.lines.join("\n"));
        for table in &self.tables {
            out.extend(["\n", &table.title, "\n"]);
            for row in &table.rows {
                let cells = row.iter().zip(&table.head).enumerate();
                let cell = |(nth, (cell, head)): (usize, (&String, &String))| match nth {
                    0 => format!("- {cell}"),
                    _ => format!("{}: {cell}", head.to_lowercase()),
                };
                out.push_str(&cells.map(cell).collect::<Vec<_>>().join("; "));
                out.push('\n');
            }
        }
        out.extend(["\n", &foot.join("\n"), "\n"]);
        if let Some(link) = &self.link {
            // alone on its line, so that a reader of mail makes a link of it
            out.extend([link, "\n"]);
        }
        out.lines().map(|line| visible(line) + "\n").collect()
    }

    /// The HTML part: tables and inline styles only, nothing is loaded.
    pub fn html(&self, lang: Lang, foot: &[String]) -> String {
        let page = Page {
            lang: lang.id(),
            summary: self,
            foot,
            link: self
                .link
                .as_deref()
                .map(|link| (say(lang, "mail-link", &[]), link)),
        };
        page.render().unwrap_or_default()
    }
}

/// The night, with its version from the second on.
pub(super) fn night_of(run: &Value, lang: Lang) -> String {
    let raw = run["business_date"].as_str().unwrap_or_default();
    let date = Day::parse(raw).map_or_else(|_| raw.to_owned(), |date| day(lang, date));
    match run["version_of_night"].as_u64() {
        Some(version @ 2..) => {
            let args = [("day", date.as_str()), ("version", &version.to_string())];
            say(lang, "mail-night-again", &args)
        }
        _ => date,
    }
}

/// The days without a published night: how many, and the first of them.
fn lacking(run: &Value, lang: Lang) -> Option<String> {
    let told = &run["nights_lacking"];
    let n = number(lang, i128::from(told["count"].as_u64()?));
    let date = |raw: &Value| Day::parse(raw.as_str()?).ok().map(|date| day(lang, date));
    let stretch = |of: &Value| {
        let (from, to) = (date(&of["from"])?, date(&of["to"])?);
        Some(if from == to {
            from
        } else {
            format!("{from} – {to}")
        })
    };
    let all = list(&told["days"]);
    let mut days: Vec<String> = all.iter().take(LACKING_MAX).filter_map(stretch).collect();
    if all.len() > days.len() {
        days.push("…".to_owned());
    }
    let args = [("n", n), ("days", days.join("; "))];
    let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
    Some(say(lang, "mail-lacking", &args))
}

/// What a version changed against the one before.
fn changes(run: &Value, lang: Lang) -> Option<String> {
    let count = run["changes"]["count"].as_u64()?;
    let [version, before] = [&run["version_of_night"], &run["changes"]["version"]];
    let args = [
        ("version", version.to_string()),
        ("before", before.to_string()),
        ("n", number(lang, i128::from(count))),
    ];
    let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
    Some(say(lang, "changes-intro", &args))
}

/// The first share with a target, for the whole unit and the year to date.
fn headline(run: &Value) -> Value {
    let year = run["business_date"].as_str().and_then(|day| day.get(..4));
    let is_it = |share: &&Value| {
        share["scope"] == "" && share["period"].as_str() == year && !share["target"].is_null()
    };
    list(&run["share"])
        .iter()
        .find(is_it)
        .cloned()
        .unwrap_or(Value::Null)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn verdict(share: &Value, lang: Lang) -> String {
    let key = match share["verdict"].as_str() {
        Some("met") => "verdict-met",
        Some("missed") => "verdict-missed",
        Some("undecided") => "verdict-undecided",
        Some(_) => "verdict-no-data",
        None => "verdict-none",
    };
    say(lang, key, &[])
}

/// `0.4231` as people write it; `–` where there is none.
fn share_text(value: &Value, lang: Lang) -> String {
    let exact = value.as_str().and_then(|text| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let den = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
        Fraction::new(format!("{whole}{part}").parse().ok()?, den)
    });
    exact.map_or_else(|| "–".to_owned(), |share| percent(lang, share))
}

/// Count and sum of a figure.
pub(super) fn figure(figure: &Value) -> (i128, i128) {
    let of = |key: &str| figure[key].as_i64().map_or(0, i128::from);
    (of("count"), of("sum_vnd"))
}

/// A class of the work list: label, count, matters where they are told, money at risk.
type OfClass = (&'static str, i128, Option<i128>, i128);

/// The work list by class, the most money first.
fn work(run: &Value, about: &About) -> Vec<OfClass> {
    let mut work: Vec<_> = list(&run["work"]["classes"])
        .iter()
        .filter_map(|class| {
            let id = class["class"].as_str()?;
            let (_, label) = about.classes.iter().find(|(known, _)| *known == id)?;
            let (count, sum) = figure(class);
            let matters = class["matters"].as_i64().map(i128::from);
            Some((*label, count, matters, sum))
        })
        .collect();
    work.sort_by_key(|class| std::cmp::Reverse(class.3));
    work
}

pub(super) fn heads(lang: Lang, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| say(lang, key, &[])).collect()
}

fn shares(run: &Value, lang: Lang) -> Table {
    let year = run["business_date"].as_str().and_then(|day| day.get(..4));
    let rows = list(&run["share"])
        .iter()
        .filter(|share| share["scope"] == "" && share["period"].as_str() == year)
        .map(|share| {
            let [point, low, high, target] =
                ["share", "low", "high", "target"].map(|key| share_text(&share[key], lang));
            let name = share["definition"].as_str().unwrap_or_default();
            let word = if share["target"].is_null() {
                "–".to_owned()
            } else {
                verdict(share, lang)
            };
            let proven = format!("{low} – {high}");
            vec![definition_name(lang, name), point, proven, target, word]
        });
    let args = [("year", year.unwrap_or_default())];
    let keys = ["definition", "share", "interval", "target", "verdict"];
    Table {
        title: say(lang, "period-year", &args),
        head: heads(
            lang,
            &keys
                .map(|key| format!("column-{key}"))
                .each_ref()
                .map(String::as_str),
        ),
        rows: rows.collect(),
    }
}

fn classes(work: &[OfClass], lang: Lang) -> Table {
    let row = |(label, count, matters, sum): &OfClass| {
        let matters = matters.map_or_else(|| "–".to_owned(), |n| number(lang, n));
        vec![
            (*label).to_owned(),
            number(lang, *count),
            money(lang, *sum),
            matters,
        ]
    };
    Table {
        title: say(lang, "tile-exceptions", &[]),
        head: heads(
            lang,
            &[
                "column-class",
                "column-count",
                "column-money-at-risk",
                "column-matters",
            ],
        ),
        rows: work.iter().map(row).collect(),
    }
}

fn sources(run: &Value, lang: Lang) -> Table {
    let row = |source: &Value| {
        let state = match source["state"].as_str().unwrap_or_default() {
            "complete" => "source-complete",
            "late" => "source-late",
            "partial" => "source-partial",
            "refused" => "source-refused",
            _ => "source-missing",
        };
        vec![
            source["name"].as_str().unwrap_or_default().to_owned(),
            say(lang, state, &[]),
            number(lang, source["rows"].as_u64().map_or(0, i128::from)),
        ]
    };
    Table {
        title: say(lang, "mail-sources", &[]),
        head: heads(lang, &["column-source", "column-state", "column-rows"]),
        rows: list(&run["sources"]).iter().map(row).collect(),
    }
}
