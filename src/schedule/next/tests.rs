//! When a line of the schedule fires, in examples.

use super::*;
use crate::domain::Moment;

fn at(text: &str) -> i64 {
    Moment::parse(text).unwrap().ms()
}

fn check(line: &str, after: &str, expected: &[&str]) {
    let cron = Cron::parse(line).unwrap();
    let mut ms = at(after);
    for want in expected {
        ms = cron.next_after(ms).unwrap();
        assert_eq!(Moment::of_ms(ms).text(), format!("{want}+07:00"), "{line}");
    }
}

#[test]
fn fires_as_unix_cron_does() {
    // 2022-12-05 is a Monday.
    check(
        "30 1 * * *",
        "2022-12-05T01:30:00",
        &["2022-12-06T01:30:00"],
    );
    check(
        "30 1 * * *",
        "2022-12-05T01:29:59",
        &["2022-12-05T01:30:00"],
    );
    check(
        "0 2 * * 1-5",
        "2022-12-09T03:00:00",
        &["2022-12-12T02:00:00"],
    );
    check(
        "0 2 * * 5-7",
        "2022-12-08T03:00:00",
        &[
            "2022-12-09T02:00:00",
            "2022-12-10T02:00:00",
            "2022-12-11T02:00:00",
            "2022-12-16T02:00:00",
        ],
    );
    check("0 2 * * 0", "2022-12-05T03:00:00", &["2022-12-11T02:00:00"]);
    check(
        "0 2 * * mon,WED",
        "2022-12-05T03:00:00",
        &["2022-12-07T02:00:00", "2022-12-12T02:00:00"],
    );
    check(
        "*/20 0 * * *",
        "2022-12-05T00:00:00",
        &[
            "2022-12-05T00:20:00",
            "2022-12-05T00:40:00",
            "2022-12-06T00:00:00",
        ],
    );
    check(
        "0 0 29 2 *",
        "2022-12-05T00:00:00",
        &["2024-02-29T00:00:00"],
    );
    check(
        "0 0 1 jan *",
        "2022-12-05T00:00:00",
        &["2023-01-01T00:00:00"],
    );
}

#[test]
fn day_and_weekday_are_either_unless_one_starts_with_a_star() {
    // the 13th, and every Friday
    check(
        "0 2 13 * FRI",
        "2022-12-05T03:00:00",
        &[
            "2022-12-09T02:00:00",
            "2022-12-13T02:00:00",
            "2022-12-16T02:00:00",
        ],
    );
    // 30 February never comes, Sundays do
    check(
        "0 2 30 2 sun",
        "2022-12-05T03:00:00",
        &["2023-02-05T02:00:00"],
    );
    // odd days that are Mondays
    check(
        "0 2 */2 * 1",
        "2022-12-05T03:00:00",
        &["2022-12-19T02:00:00", "2023-01-09T02:00:00"],
    );
    check(
        "0 2 * * fri-sun",
        "2022-12-05T03:00:00",
        &[
            "2022-12-09T02:00:00",
            "2022-12-10T02:00:00",
            "2022-12-11T02:00:00",
            "2022-12-16T02:00:00",
        ],
    );
}

#[test]
fn the_last_fire_time_counts_itself() {
    let last = |line: &str, at_: &str| {
        let ms = Cron::parse(line).unwrap().last_until(at(at_)).unwrap();
        Moment::of_ms(ms).text().into_owned()
    };
    let check = |line: &str, at: &str, want: &str| {
        assert_eq!(last(line, at), format!("{want}+07:00"), "{line} {at}");
    };
    check("30 1 * * *", "2022-12-06T01:30:00", "2022-12-06T01:30:00");
    check("30 1 * * *", "2022-12-06T01:29:59", "2022-12-05T01:30:00");
    check("0 0 29 2 *", "2022-12-06T01:29:59", "2020-02-29T00:00:00");
    check("0 2 13 * fri", "2022-12-14T00:00:00", "2022-12-13T02:00:00");
}

#[test]
fn systemd_is_told_the_same_times() {
    let calendars = |line: &str| Cron::parse(line).unwrap().calendars().join(" | ");
    assert_eq!(calendars("30 1 * * *"), "*-*-* 01:30:00 Asia/Ho_Chi_Minh");
    assert_eq!(
        calendars("*/30 1,2 1 jan,MAR 1-2"),
        "*-01,03-01 01,02:00,30:00 Asia/Ho_Chi_Minh | \
         Mon,Tue *-01,03-* 01,02:00,30:00 Asia/Ho_Chi_Minh"
    );
}

#[test]
fn what_is_refused_says_why() {
    let check = |line: &str, text: &str| {
        assert_eq!(Cron::parse(line).unwrap_err().to_string(), text);
    };
    check(
        "30 1 * *",
        "\"30 1 * *\" has 4 fields; five are needed: minute hour day month weekday",
    );
    check(
        "0 30 1 * * *",
        "\"0 30 1 * * *\" has 6 fields; five are needed: minute hour day month weekday",
    );
    check(
        "0 0 30 2 *",
        "\"0 0 30 2 *\" never fires: no month that it names has such a day (February ends on \
         the 28th or 29th; April, June, September and November on the 30th)",
    );
    check(
        "60 0 * * *",
        "\"60 0 * * *\": \"60\" is no value of the minute field",
    );
    check(
        "0 0 * * 8",
        "\"0 0 * * 8\": \"8\" is no value of the weekday field",
    );
    check(
        "0 0 * * 5-1",
        "\"0 0 * * 5-1\": \"5-1\" is no value of the weekday field",
    );
    check(
        "*/0 0 * * *",
        "\"*/0 0 * * *\": \"*/0\" is no value of the minute field",
    );
    check(
        "0 0 L * *",
        "\"0 0 L * *\": \"L\" is no value of the day field",
    );
}
