//! `doisoat status`: the last and the next run.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::status_start::{self, Start};
use super::{Failure, Global, Outcome, block_on};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::day::local;
use crate::domain::{Day, Lang, Moment};
use crate::job::desk::last_closed_day_of;
use crate::job::last_run::LastRun;
use crate::job::late::{self, Late};
use crate::job::period::beside::{self, Pair};
use crate::job::{Exit, JobError, lost};
use crate::store::archive::Archive;
use crate::store::{Delivered, ExportFile, OpenMode, Queued, RunRecord};
use crate::text::say;

/// A mail that did not reach everybody is told of for so many days.
const IN_PART_DAYS: u32 = 14;

/// Arguments of `status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat status            last and next run, in words
  doisoat status --json     for scripts
Tells the last start and how it ended (done, failed, stopped, never ended), also where the database
cannot be opened (then it ends as `run` would: 10, 1), the last published night, the nights that are
due and not published, and the next fire time.")]
pub struct StatusArgs {
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    database: String,
    last_start: Option<Start<'a>>,
    last: Option<Last<'a>>,
    missed: Vec<Day>,
    ahead: Vec<Day>,
    next: Option<String>,
    waiting: Vec<Unsent<'a>>,
    given_up: Vec<Unsent<'a>>,
    sent_in_part: Vec<Unsent<'a>>,
    late_for_closed: Vec<LateJson<'a>>,
    closed_shared_days: Vec<serde_json::Value>,
}

/// A closed period for which files came since.
#[derive(Serialize)]
struct LateJson<'a> {
    period: &'a str,
    closed_by: &'a str,
    closed_at: &'a str,
    files: Vec<LateFileJson<'a>>,
}

#[derive(Serialize)]
struct LateFileJson<'a> {
    source: &'a str,
    name: &'a str,
    day: Day,
    lines: u64,
    read_by: Day,
}

impl<'a> LateJson<'a> {
    fn of(late: &'a Late) -> Self {
        let file = |file: &'a ExportFile| LateFileJson {
            source: file.source.as_str(),
            name: &file.name,
            day: file.day,
            lines: file.lines,
            read_by: file.night,
        };
        Self {
            period: &late.closing.period.label,
            closed_by: &late.closing.by,
            closed_at: &late.closing.at_wall,
            files: late.files.iter().map(file).collect(),
        }
    }
}

/// What was announced and did not go out.
#[derive(Serialize)]
struct Unsent<'a> {
    run_id: &'a str,
    channel: &'a str,
    key: &'a str,
    since: &'a str,
    attempts: u32,
    tried: &'a str,
    error: &'a str,
}

impl<'a> Unsent<'a> {
    fn of(queued: &'a Queued) -> Self {
        Self {
            run_id: queued.what.run_id.as_str(),
            channel: &queued.what.channel,
            key: &queued.what.key,
            since: &queued.queued_wall,
            attempts: queued.attempts,
            tried: &queued.tried_wall,
            error: &queued.error,
        }
    }
}

/// What the database knows.
struct Known {
    last: Option<RunRecord>,
    missed: Vec<Day>,
    ahead: Vec<Day>,
    waiting: Vec<Queued>,
    given_up: Vec<Queued>,
    /// Of the last days, what somebody was refused.
    in_part: Vec<Queued>,
    late: Vec<Late>,
    /// Closed periods with days in common.
    shared: Vec<Pair>,
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
    let start = LastRun::read(&config);
    let now_ms = SystemClock.now_ms();
    let known = match block_on(known(&config, now_ms))? {
        Ok(known) => known,
        Err(problem) => {
            let failure = Failure::from(problem);
            if args.json {
                json_line(&status_start::without_database(&failure, start.as_ref()));
            } else {
                out(&status_start::words(start.as_ref(), lang));
            }
            failure.print(false, global.log_format);
            return Ok(failure.exit);
        }
    };
    let last = known.last.as_ref();
    let next = config.schedule.cron.next_after(now_ms);
    if args.json {
        let last = last.map(|run| Last {
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
            last_start: start.as_ref().map(Start::of),
            last,
            missed: known.missed,
            ahead: known.ahead,
            next,
            waiting: known.waiting.iter().map(Unsent::of).collect(),
            given_up: known.given_up.iter().map(Unsent::of).collect(),
            sent_in_part: known.in_part.iter().map(Unsent::of).collect(),
            late_for_closed: known.late.iter().map(LateJson::of).collect(),
            closed_shared_days: known.shared.iter().map(Pair::json).collect(),
        });
    } else {
        out(&status_start::words(start.as_ref(), lang));
        out(&print(&config, last, next, lang));
        out(&status_start::missed(&known.missed, lang));
        out(&status_start::ahead(&known.ahead, lang));
        out(&print_unsent("notify-waiting", &known.waiting, lang));
        out(&print_unsent("notify-given-up", &known.given_up, lang));
        out(&print_unsent("notify-sent-in-part", &known.in_part, lang));
        for late in &known.late {
            out(&format!("! {}\n  → {}\n", late.say(lang), late.fix(lang)));
        }
        for pair in &known.shared {
            out(&format!("! {}\n", pair.say(lang)));
        }
    }
    Ok(Exit::Done)
}

async fn known(config: &Config, now_ms: i64) -> Result<Known, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let published = store.published_nights().await?;
    let mut nights = config.nights();
    nights.installed = store.installed().await?;
    let open = last_closed_day_of(config, &SystemClock).plus(1);
    let known = Known {
        last: store.published_before(open).await?,
        missed: nights.overdue(now_ms, &published),
        ahead: published.range(open..).copied().collect(),
        waiting: store.outbox(Delivered::Waiting).await?,
        given_up: store.outbox(Delivered::GivenUp).await?,
        in_part: store
            .sent_in_part(Day::of_ms(now_ms).minus(IN_PART_DAYS))
            .await?,
        late: late::standing(&store, &Archive::at(&config.archive_dir)).await?,
        shared: beside::pairs(&store).await?,
    };
    store.close().await;
    Ok(known)
}

/// What did not go out, a line each; nothing when all did.
fn print_unsent(title: &str, all: &[Queued], lang: Lang) -> String {
    if all.is_empty() {
        return String::new();
    }
    let head = say(lang, title, &[("n", &all.len().to_string())]);
    let line = |queued: &Queued| {
        let (run, tries) = (queued.what.run_id.as_str(), queued.attempts.to_string());
        let error = match queued.error.as_str() {
            "" => say(lang, "notify-untried", &[]),
            error => error.to_owned(),
        };
        let args = [
            ("channel", queued.what.channel.as_str()),
            ("run", run),
            ("n", &tries),
            ("error", &error),
        ];
        format!("  {}\n", say(lang, "notify-waiting-line", &args))
    };
    format!("{head}\n{}", all.iter().map(line).collect::<String>())
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
