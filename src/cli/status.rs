//! `doisoat status`: the last and the next run.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::{Global, Outcome, block_on};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::day::local;
use crate::domain::{Day, Lang, Moment};
use crate::job::{Exit, JobError};
use crate::store::{OpenMode, RunRecord, Store};

/// Arguments of `status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat status            last and next run, in words
  doisoat status --json     for scripts")]
pub struct StatusArgs {
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    database: String,
    last: Option<Last<'a>>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Last<'a> {
    run_id: &'a str,
    business_date: Day,
    exit_codes: &'a [u8],
    pulled_at: String,
    report: String,
}

pub(super) fn run(global: &Global, args: &StatusArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    let last = block_on(last_run(&config))??;
    let next = config.schedule.cron.next_after(SystemClock.now_ms());
    if args.json {
        let last = last.as_ref().map(|run| Last {
            run_id: run.id.as_str(),
            business_date: run.business_date,
            exit_codes: &run.exit_codes,
            pulled_at: Moment::of_ms(run.pulled_at_ms).text().into_owned(),
            report: report(&config, run),
        });
        let next = next.map(|ms| Moment::of_ms(ms).text().into_owned());
        json_line(&Document {
            schema_version: 1,
            database: config.database.label(),
            last,
            next,
        });
    } else {
        out(&print(&config, last.as_ref(), next, lang));
    }
    Ok(Exit::Done)
}

async fn last_run(config: &Config) -> Result<Option<RunRecord>, JobError> {
    let store = Store::open(&config.database.url(), OpenMode::Ready).await?;
    let last = store.last_run().await?;
    store.close().await;
    Ok(last)
}

fn report(config: &Config, run: &RunRecord) -> String {
    config
        .report_dir
        .join(run.business_date.to_string())
        .join("index.html")
        .display()
        .to_string()
}

fn print(config: &Config, last: Option<&RunRecord>, next: Option<i64>, lang: Lang) -> String {
    let before = match (last, lang) {
        (None, Lang::Vi) => "Lần chạy cuối: chưa có\n".to_owned(),
        (None, Lang::En) => "Last run: none yet\n".to_owned(),
        (Some(run), _) => print_run(config, run, lang),
    };
    let cron = config.schedule.cron.as_str();
    let when = next.map_or_else(|| "-".to_owned(), |ms| in_words(ms, lang));
    match lang {
        Lang::Vi => format!("{before}Lần chạy tới: {when}  (cron: {cron})\n"),
        Lang::En => format!("{before}Next run: {when}  (cron: {cron})\n"),
    }
}

fn print_run(config: &Config, run: &RunRecord, lang: Lang) -> String {
    let codes = run
        .exit_codes
        .iter()
        .map(u8::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let (pulled, report) = (Moment::of_ms(run.pulled_at_ms), report(config, run));
    let (day, id) = (run.business_date, &run.id);
    match lang {
        Lang::Vi => {
            let (day, at) = (day.vi(), pulled.vi());
            format!("Lần chạy cuối: đêm {day}, {id}, mã thoát {codes}, {at}\n  {report}\n")
        }
        Lang::En => {
            let at = pulled.text();
            format!("Last run: night {day}, {id}, exit code {codes}, {at}\n  {report}\n")
        }
    }
}

/// `01:30 thứ Ba 06/12/2022`.
pub(super) fn in_words(ms: i64, lang: Lang) -> String {
    use chrono::{Datelike, Weekday};
    let Some(at) = local(ms) else {
        return String::new();
    };
    let (time, day) = (at.format("%H:%M"), Day::of_ms(ms));
    let weekday = match at.weekday() {
        Weekday::Mon => ("thứ Hai", "Monday"),
        Weekday::Tue => ("thứ Ba", "Tuesday"),
        Weekday::Wed => ("thứ Tư", "Wednesday"),
        Weekday::Thu => ("thứ Năm", "Thursday"),
        Weekday::Fri => ("thứ Sáu", "Friday"),
        Weekday::Sat => ("thứ Bảy", "Saturday"),
        Weekday::Sun => ("Chủ nhật", "Sunday"),
    };
    match lang {
        Lang::Vi => format!("{time} {} {}", weekday.0, day.vi()),
        Lang::En => format!("{time} {} {day}", weekday.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_is_told_in_words() {
        let ms = Moment::parse("2022-12-06T01:30:00").unwrap().ms();
        assert_eq!(in_words(ms, Lang::Vi), "01:30 thứ Ba 06/12/2022");
        assert_eq!(in_words(ms, Lang::En), "01:30 Tuesday 2022-12-06");
    }
}
