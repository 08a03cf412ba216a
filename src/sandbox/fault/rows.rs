//! Faults of single records: broken amounts, dates, types and texts.

use chrono::{Days, NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::RowAct;

/// The names that a provider gives to the fields that faults touch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys {
    pub(crate) id: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) date: &'static str,
    pub(crate) text: &'static str,
    /// How the provider writes a time.
    pub(crate) format: &'static str,
}

/// What the fault needs to know about a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Its id, or its rank where ids are text.
    pub(crate) id: i64,
    /// Rank among the records of its day.
    pub(crate) rank: usize,
    /// Its true local time.
    pub(crate) at: NaiveDateTime,
}

/// Marks text that must reach the wire as a bare JSON token, for numbers that no parser of ours
/// could hold.
const RAW: &str = "@@raw:";
const RAW_END: &str = "@@";

fn raw(token: &str) -> Value {
    Value::String(format!("{RAW}{token}{RAW_END}"))
}

/// Turns marked text into bare tokens.
pub(crate) fn unwrap_raw(json: &str) -> String {
    json.replace(&format!("\"{RAW}"), "")
        .replace(&format!("{RAW_END}\""), "")
}

/// The text of a field as a signature sees it.
pub(crate) fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => {
            let inner = text
                .strip_prefix(RAW)
                .and_then(|rest| rest.strip_suffix(RAW_END));
            inner.unwrap_or(text).to_owned()
        }
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

const NAUGHTY: [(&str, &str); 10] = [
    ("=HYPERLINK(\"http://127.0.0.1/\",\"x\") ", ""),
    ("", " <script>alert(1)</script>"),
    ("@SUM(1+1)*cmd|' /C calc'!A0 ", ""),
    ("", " <img src=x onerror=alert(1)>"),
    ("\u{202e}", " \u{202c}"),
    ("", " \u{200b}\u{feff}\u{7}\u{1b}[31m"),
    ("+", " \"quoted\", 'single', \\ and ;"),
    ("-", " %00 ${jndi:ldap://127.0.0.1/a} {{7*7}}"),
    ("", "\r\nlevel=error msg=\"forged\""),
    ("", " '; DROP TABLE txn; --"),
];

/// Changes one record as the fault says.
pub(crate) fn twist(act: RowAct, keys: Keys, place: Place, record: &mut Map<String, Value>) {
    let one_in_twenty = place.id % 20 == 3;
    match act {
        RowAct::MissingField if one_in_twenty => {
            record.shift_remove(keys.amount);
        }
        RowAct::TypeFlip => flip(record, keys.id),
        RowAct::ExtraFields => {
            record.insert(
                "x_new_field".to_owned(),
                json!({"nested": [1, null, "text"]}),
            );
            record.insert("note".to_owned(), json!("a field of tomorrow"));
        }
        RowAct::FloatAmount if one_in_twenty => amount(record, keys, "150000.10"),
        RowAct::StringAmount if one_in_twenty => {
            record.insert(keys.amount.to_owned(), json!("150,000"));
        }
        RowAct::ExpAmount => {
            let written = exponent(&plain(record.get(keys.amount)));
            record.insert(keys.amount.to_owned(), raw(&written));
        }
        RowAct::HugeAmount if place.rank == 0 => amount(record, keys, "99999999999999999999999"),
        RowAct::OverflowAmount if place.rank == 0 => amount(record, keys, "1e400"),
        RowAct::OverflowAmount if place.rank == 1 => amount(record, keys, "9223372036854775807"),
        RowAct::BeyondDouble if place.rank == 0 => {
            record.insert(keys.amount.to_owned(), json!("9007199254740993"));
        }
        RowAct::NanAmount if place.rank == 0 => {
            record.insert(keys.amount.to_owned(), raw("NaN"));
        }
        RowAct::BadDates => bad_date(keys, place, record),
        RowAct::NaughtyText if place.id % 2 == 0 => {
            let at = usize::try_from(place.id / 2 % 10).unwrap_or(0);
            let (before, after) = NAUGHTY[at];
            let text = format!("{before}{}{after}", plain(record.get(keys.text)));
            record.insert(keys.text.to_owned(), Value::String(text));
        }
        RowAct::FutureRows if place.id % 20 == 5 => {
            let at = place.at.checked_add_days(Days::new(40)).unwrap_or(place.at);
            date(record, keys, at);
        }
        RowAct::MidnightRows if place.id % 4 == 0 => {
            let midnight = place.at.date().and_time(chrono::NaiveTime::MIN);
            let seconds = if place.id % 8 == 0 { 1 } else { 86_399 };
            date(record, keys, midnight + TimeDelta::seconds(seconds));
        }
        RowAct::UtcTimes => {
            let utc = place.at - TimeDelta::hours(7);
            let text = utc.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            record.insert(keys.date.to_owned(), Value::String(text));
        }
        _ => {}
    }
}

/// Writes an amount the way the provider does: as text where it uses text, else as a bare token.
fn amount(record: &mut Map<String, Value>, keys: Keys, token: &str) {
    let as_text = record.get(keys.amount).is_some_and(Value::is_string);
    let value = if as_text {
        Value::String(token.to_owned())
    } else {
        raw(token)
    };
    record.insert(keys.amount.to_owned(), value);
}

fn date(record: &mut Map<String, Value>, keys: Keys, at: NaiveDateTime) {
    record.insert(
        keys.date.to_owned(),
        Value::String(at.format(keys.format).to_string()),
    );
}

fn bad_date(keys: Keys, place: Place, record: &mut Map<String, Value>) {
    let compact = !keys.format.contains('-');
    let wrong = match (place.rank, compact) {
        (0, false) => "2022-02-30 10:00:00",
        (0, true) => "20220230100000",
        (1, false) => "2022-13-01 10:00:00",
        (1, true) => "20221301100000",
        (2, false) => "0000-00-00 00:00:00",
        (2, true) => "00000000000000",
        (3, _) => "",
        (4, _) => "05/12/2022",
        _ => return,
    };
    record.insert(keys.date.to_owned(), Value::String(wrong.to_owned()));
}

/// An id as a string where it was a number, and the reverse.
fn flip(record: &mut Map<String, Value>, key: &str) {
    let flipped = match record.get(key) {
        Some(Value::Number(number)) => Value::String(number.to_string()),
        Some(Value::String(text)) => raw(text),
        _ => return,
    };
    record.insert(key.to_owned(), flipped);
}

/// `150000` as `1.5e5`.
fn exponent(amount: &str) -> String {
    let (sign, digits) = amount
        .strip_prefix('-')
        .map_or(("", amount), |rest| ("-", rest));
    let mantissa = digits.trim_end_matches('0');
    match mantissa.split_at_checked(1) {
        Some((first, "")) => format!("{sign}{first}e{}", digits.len() - 1),
        Some((first, rest)) => format!("{sign}{first}.{rest}e{}", digits.len() - 1),
        None => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_with_exponent_keep_their_value() {
        let check = |amount, expected| assert_eq!(exponent(amount), expected);
        check("150000", "1.5e5");
        check("-45000", "-4.5e4");
        check("8000", "8e3");
        check("1", "1e0");
    }

    #[test]
    fn raw_tokens_reach_the_wire_bare() {
        let text = json!({"a": raw("1e400"), "b": "x"}).to_string();
        assert_eq!(unwrap_raw(&text), r#"{"a":1e400,"b":"x"}"#);
        assert_eq!(plain(Some(&raw("NaN"))), "NaN");
    }
}
