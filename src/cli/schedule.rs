//! `doisoat schedule`: the night without cron or systemd, and when it runs next.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::run::{desk_for_a_night, show};
use super::status::in_words;
use super::{Global, Outcome, block_on};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::{Day, Lang, Moment};
use crate::job::nightly::Night;
use crate::job::{Exit, JobError, scheduler};

/// Arguments of `schedule`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat schedule                  stay in the foreground, run every night by [schedule]
  doisoat schedule --log-format json -v   the same in a container, with a log line a step
  doisoat schedule next             the next nights, in words
Missed nights are made up for at the start and after a sleep, by [schedule] catch_up. A night that fails
is logged and does not end it. SIGTERM and SIGINT end it within 10 seconds, with 143 and 130.")]
pub struct ScheduleArgs {
    /// What to do instead of staying
    #[command(subcommand)]
    command: Option<ScheduleCommand>,
    /// One JSON document a night on stdout, one a line
    #[arg(long)]
    json: bool,
}

/// What `schedule` can do besides staying.
#[derive(Debug, Subcommand)]
enum ScheduleCommand {
    /// The next fire times, in words
    Next(NextArgs),
}

/// Arguments of `schedule next`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat schedule next             the next five, each with the business day that it is for
  doisoat schedule next -n 1
  doisoat schedule next --json      for scripts")]
struct NextArgs {
    /// How many
    #[arg(short, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=366))]
    n: u16,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &ScheduleArgs) -> Outcome {
    match &args.command {
        Some(ScheduleCommand::Next(next)) => {
            print_next(&global.load()?, global, next);
            Ok(Exit::Done)
        }
        None => stay(global.read()?, global, args.json),
    }
}

fn stay(config: Config, global: &Global, json: bool) -> Outcome {
    let lang = global.lang(Some(&config));
    refuse_root(&config, lang)?;
    let exit = block_on(async {
        let day = config.nights().day_of(SystemClock.now_ms());
        let desk = desk_for_a_night(config, global, day).await?;
        // Opened to find out at once whether it can be; each night opens it again.
        desk.store.clone().close().await;
        let mut tell = |night: &Night| show(night, json, lang);
        let ended = scheduler::run(&desk, &mut tell).await;
        desk.progress.clear();
        ended
    });
    exit?.map_err(|error: JobError| error.into())
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    cron: &'a str,
    timezone: &'static str,
    catch_up: &'static str,
    deadline: Option<String>,
    next: Vec<Fire>,
}

#[derive(Serialize)]
struct Fire {
    at: String,
    business_date: Day,
}

fn print_next(config: &Config, global: &Global, args: &NextArgs) {
    let now = SystemClock.now_ms();
    let next = next(config, now, args.n);
    if !args.json {
        out(&words(&next, now, global.lang(Some(config))));
        return;
    }
    let deadline = config.schedule.deadline.map(|time| {
        let minutes = time.minutes();
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    });
    let fire = |(ms, day): &(i64, Day)| Fire {
        at: Moment::of_ms(*ms).text().into_owned(),
        business_date: *day,
    };
    json_line(&Document {
        schema_version: 1,
        cron: config.schedule.cron.as_str(),
        timezone: "Asia/Ho_Chi_Minh",
        catch_up: config.schedule.catch_up.word(),
        deadline,
        next: next.iter().map(fire).collect(),
    });
}

/// The next `n` fire times after `now`, each with its business day.
fn next(config: &Config, now: i64, n: u16) -> Vec<(i64, Day)> {
    let nights = config.nights();
    let after = |ms: &i64| nights.cron.next_after(*ms);
    let fires = std::iter::successors(after(&now), after);
    fires
        .take(n.into())
        .map(|ms| (ms, nights.day_of(ms)))
        .collect()
}

/// A line a fire time.
fn words(next: &[(i64, Day)], now: i64, lang: Lang) -> String {
    let line = |(ms, day): &(i64, Day)| {
        let (at, left) = (in_words(*ms, lang), distance(*ms - now, lang));
        match lang {
            Lang::Vi => format!("{at} (sau {left}), cho ngày {}\n", day.vi()),
            Lang::En => format!("{at} (in {left}), for {day}\n"),
        }
    };
    next.iter().map(line).collect()
}

/// `5 giờ 12 phút`: the two largest units, rounded down.
fn distance(ms: i64, lang: Lang) -> String {
    let minutes = ms / 60_000;
    let units = [
        (minutes / 1_440, "ngày", "d"),
        (minutes / 60 % 24, "giờ", "h"),
        (minutes % 60, "phút", "min"),
    ];
    let first = units.iter().position(|(count, ..)| *count > 0);
    let Some(first) = first else {
        let short = match lang {
            Lang::Vi => "chưa đầy 1 phút",
            Lang::En => "less than 1 min",
        };
        return short.to_owned();
    };
    let two = units.iter().skip(first).take(2).filter(|unit| unit.0 > 0);
    let said = two.map(|(count, vi, en)| match lang {
        Lang::Vi => format!("{count} {vi}"),
        Lang::En => format!("{count} {en}"),
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(toml: &str, now: &str, n: u16, lang: Lang) -> String {
        let config = Config::parse(toml, Path::new("doisoat.toml")).unwrap();
        let now = Moment::parse(now).unwrap().ms();
        words(&next(&config, now, n), now, lang)
    }

    #[test]
    fn the_next_nights_are_told_with_their_days() {
        assert_eq!(
            told("", "2022-12-05T20:18:00", 2, Lang::Vi),
            "01:30 thứ Ba 06/12/2022 (sau 5 giờ 12 phút), cho ngày 05/12/2022\n\
             01:30 thứ Tư 07/12/2022 (sau 1 ngày 5 giờ), cho ngày 06/12/2022\n"
        );
        let weekly = "[schedule]\ncron = \"0 2 * * 7\"\n";
        assert_eq!(
            told(weekly, "2022-12-05T02:00:00", 1, Lang::En),
            "02:00 Sunday 2022-12-11 (in 6 d), for 2022-12-10\n"
        );
        // a source that closes at 23:00 closes the day of the same evening
        let evening = "[schedule]\ncron = \"30 23 * * *\"\n[[source]]\nname = \"r\"\n\
                       kind = \"export\"\npath = \"inbox\"\ncutoff = \"23:00\"\n";
        assert_eq!(
            told(evening, "2022-12-05T23:29:30", 1, Lang::Vi),
            "23:30 thứ Hai 05/12/2022 (sau chưa đầy 1 phút), cho ngày 05/12/2022\n"
        );
    }
}
