//! Unix cron lines (five fields) on top of the `cron` crate, which follows Quartz: seconds first,
//! weekday 1 is Sunday, day and weekday combined with AND. Here every field becomes a list,
//! weekdays become names, and a line that restricts both days becomes two schedules (crontab(5):
//! "the command will be run when either field matches").

use chrono::{DateTime, Duration, FixedOffset};
use thiserror::Error;

use crate::domain::day::local;

/// Why a cron line is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CronError {
    /// Not five fields.
    #[error("\"{0}\" has {1} fields; five are needed: minute hour day month weekday")]
    Fields(String, usize),
    /// A field that cannot be read.
    #[error("\"{0}\": {1} is no value of the {2} field")]
    Field(String, String, &'static str),
    /// A line without any fire time (`0 0 31 2 *`).
    #[error(
        "\"{0}\" never fires: no month that it names has such a day (February ends on the 28th or \
         29th; April, June, September and November on the 30th)"
    )]
    Never(String),
}

/// A cron line that fires, read at +07:00.
#[derive(Clone, Debug)]
pub struct Cron {
    text: Box<str>,
    /// Two where day and weekday are both restricted: it fires when either does.
    schedules: Vec<cron::Schedule>,
    /// The five lists of each schedule.
    lists: Vec<[String; 5]>,
}

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// One of the five fields: its name, bounds and names for values.
struct Field {
    name: &'static str,
    low: u32,
    high: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        low: 0,
        high: 59,
        names: &[],
    },
    Field {
        name: "hour",
        low: 0,
        high: 23,
        names: &[],
    },
    Field {
        name: "day",
        low: 1,
        high: 31,
        names: &[],
    },
    Field {
        name: "month",
        low: 1,
        high: 12,
        names: &MONTHS,
    },
    Field {
        name: "weekday",
        low: 0,
        high: 7,
        names: &WEEKDAYS,
    },
];

impl Cron {
    /// Reads `minute hour day month weekday`.
    pub fn parse(raw: &str) -> Result<Self, CronError> {
        let text = raw.trim().to_owned();
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [_, _, days, _, weekdays] = fields.as_slice() else {
            return Err(CronError::Fields(text.clone(), fields.len()));
        };
        // crontab(5): a field is restricted when it does not start with *
        let either = !days.starts_with('*') && !weekdays.starts_with('*');
        let mut lists: [String; 5] = Default::default();
        for ((list, raw), field) in lists.iter_mut().zip(&fields).zip(&FIELDS) {
            *list = expand(raw, field)
                .ok_or_else(|| CronError::Field(text.clone(), format!("\"{raw}\""), field.name))?;
        }
        let lists = if either {
            let mut halves = [lists.clone(), lists];
            halves[0][4] = "*".into();
            halves[1][2] = "*".into();
            halves.to_vec()
        } else {
            vec![lists]
        };
        let read = |list: &[String; 5]| format!("0 {}", list.join(" ")).parse();
        let schedules: Result<_, cron::error::Error> = lists.iter().map(read).collect();
        let cron = Self {
            text: text.as_str().into(),
            schedules: schedules.map_err(|_| CronError::Never(text.clone()))?,
            lists,
        };
        // It fires within its years or never; the first instant is arbitrary.
        cron.next_after(0).ok_or(CronError::Never(text))?;
        Ok(cron)
    }

    /// The line as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first fire time after `ms` (milliseconds since 1970 in UTC).
    pub fn next_after(&self, ms: i64) -> Option<i64> {
        let after: DateTime<FixedOffset> = local(ms)?;
        let first = |schedule: &cron::Schedule| schedule.after(&after).next();
        let next = self.schedules.iter().filter_map(first).min();
        next.map(|at| at.timestamp_millis())
    }

    /// The last fire time that is not after `ms` (milliseconds since 1970 in UTC).
    pub fn last_until(&self, ms: i64) -> Option<i64> {
        let before = local(ms)? + Duration::milliseconds(1);
        let last = |schedule: &cron::Schedule| schedule.after(&before).next_back();
        let last = self.schedules.iter().filter_map(last).max();
        last.map(|at| at.timestamp_millis())
    }

    /// The same times as systemd writes them (`OnCalendar=`, systemd.time(7)): fires when any does.
    pub fn calendars(&self) -> Vec<String> {
        let calendar = |[minutes, hours, days, months, weekdays]: &[String; 5]| {
            let months = numbers(months, &MONTHS);
            let day_of_week = if weekdays == "*" {
                String::new()
            } else {
                let words: Vec<String> = weekdays.split(',').map(capital).collect();
                format!("{} ", words.join(","))
            };
            let (hours, minutes, days) = (padded(hours), padded(minutes), padded(days));
            format!("{day_of_week}*-{months}-{days} {hours}:{minutes}:00 Asia/Ho_Chi_Minh")
        };
        self.lists.iter().map(calendar).collect()
    }
}

/// `JAN,MAR` as `01,03`.
fn numbers(list: &str, names: &[&str]) -> String {
    let number = |word: &str| match names.iter().position(|name| *name == word) {
        Some(at) => format!("{:02}", at + 1),
        None => word.to_owned(),
    };
    list.split(',').map(number).collect::<Vec<_>>().join(",")
}

/// Two digits each.
fn padded(list: &str) -> String {
    let two = |word: &str| format!("{word:0>2}");
    if list == "*" {
        return list.to_owned();
    }
    list.split(',').map(two).collect::<Vec<_>>().join(",")
}

/// `MON` as `Mon`.
fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1.min(word.len()));
    format!("{first}{}", rest.to_ascii_lowercase())
}

/// `*`, `5`, `1-5`, `*/15`, `MON,WED` to `*` or an explicit list, so that no range is left for
/// Quartz's own numbering to read differently.
fn expand(raw: &str, field: &Field) -> Option<String> {
    if raw == "*" {
        return Some("*".into());
    }
    let mut all = Vec::new();
    for part in raw.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => match (value(from, field)?, value(to, field)?) {
                // FRI-SUN: a week also ends on Sunday
                (from, 0) if from > 0 && field.high == 7 => (from, 7),
                range => range,
            },
            None if range == "*" => (field.low, if field.high == 7 { 6 } else { field.high }),
            None => {
                let one = value(range, field)?;
                (one, if step.is_some() { field.high } else { one })
            }
        };
        if from > to || step == Some(0) {
            return None;
        }
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        all.extend((from..=to).step_by(step));
    }
    if field.name == "weekday" {
        for day in &mut all {
            *day %= 7;
        }
    }
    all.sort_unstable();
    all.dedup();
    let texts: Vec<String> = all.iter().map(|v| print(*v, field)).collect();
    Some(texts.join(","))
}

fn print(value: u32, field: &Field) -> String {
    let name = usize::try_from(value - field.low)
        .ok()
        .and_then(|at| field.names.get(at));
    name.map_or_else(|| value.to_string(), |name| (*name).to_owned())
}

fn value(raw: &str, field: &Field) -> Option<u32> {
    let named = field
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(raw));
    let value = match named {
        Some(at) => u32::try_from(at).ok()? + field.low,
        None => number(raw)?,
    };
    (field.low <= value && value <= field.high).then_some(value)
}

fn number(raw: &str) -> Option<u32> {
    let digits = !raw.is_empty() && raw.len() <= 2 && raw.bytes().all(|b| b.is_ascii_digit());
    raw.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests;
