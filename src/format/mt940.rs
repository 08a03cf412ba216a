//! PURE: SWIFT MT940 (customer statement) and MT942 (interim report), as banks write them: with or
//! without the blocks around them, with continuation lines, several `:86:` after one entry, and
//! funds codes. Fields: SWIFT User Handbook, category 9; `RC` takes a credit back, `RD` a debit.

use std::io::BufRead;

use super::FormatError;
use super::message::{Bad, Balance, BalanceKind, Entry, MessageKind, Piece, Sink};
use super::stream::each_line;

/// Told apart by the fields of its head: `:34F:` or `:13D:` stands in an interim report only.
pub(super) fn kind_of(text: &str) -> Option<MessageKind> {
    let head: Vec<&str> = text
        .lines()
        .take(60)
        .filter_map(|line| tag(line).map(|t| t.0))
        .collect();
    let has = |tags: &[&str]| head.iter().any(|known| tags.contains(known));
    if !has(&["20"]) || !has(&["25", "25P"]) {
        return None;
    }
    let interim = has(&["34F", "13D"]) && !has(&["60F", "60M"]);
    let statement = has(&["60F", "60M", "61", "28", "28C"]);
    match (interim, statement) {
        (true, _) => Some(MessageKind::Mt942),
        (false, true) => Some(MessageKind::Mt940),
        (false, false) => None,
    }
}

/// Cuts `:61:text` into tag and text. A tag is two digits and perhaps a letter, three digits stand
/// for the message's own number.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (tag, text) = line.strip_prefix(':')?.split_once(':')?;
    let digits = tag.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let digits_only = digits.bytes().all(|b| b.is_ascii_digit());
    let letters = tag.len() - digits.len();
    ((2..=3).contains(&digits.len()) && digits_only && letters <= 1).then_some((tag, text))
}

/// Reads every statement of the stream, line by line.
pub(super) fn read(content: &mut dyn BufRead, sink: Sink<'_>) -> Result<(), FormatError> {
    let mut reader = Reader {
        sink,
        entry: None,
        in_memo: false,
    };
    each_line(content, |number, line| reader.line(number, line.trim_end()))?;
    reader.end_entry();
    Ok(())
}

struct Reader<'s> {
    sink: Sink<'s>,
    /// The entry whose narrative is still being read.
    entry: Option<Box<Entry>>,
    /// The lines that follow belong to the narrative.
    in_memo: bool,
}

impl Reader<'_> {
    fn line(&mut self, number: u64, line: &str) {
        let Some((tag, text)) = tag(line) else {
            // the next block, or what stands between two messages
            if line.starts_with("{1:") || line == "-" || line == "-}" {
                self.end_entry();
            } else if let (true, Some(entry)) = (self.in_memo, &mut self.entry) {
                entry.narrate(line);
            }
            return;
        };
        self.in_memo = false;
        match tag {
            "20" => {
                self.end_entry();
                (self.sink)(Piece::Statement(text.trim().into()));
            }
            "25" | "25P" => {
                self.end_entry();
                (self.sink)(Piece::Account(text.trim().into()));
            }
            "60F" | "60M" => self.balance(number, ":60:", BalanceKind::Opening, text),
            "62F" | "62M" => self.balance(number, ":62:", BalanceKind::Closing, text),
            "64" | "65" => self.balance(number, ":64:", BalanceKind::Other, text),
            "61" => {
                self.end_entry();
                match entry(text) {
                    Some(entry) => {
                        let line = number;
                        self.entry = Some(Box::new(Entry { line, ..entry }));
                        // a line without a tag that follows holds supplementary details
                        self.in_memo = true;
                    }
                    None => self.bad(number, ":61:", text),
                }
            }
            "86" => {
                self.in_memo = true;
                if let Some(entry) = &mut self.entry {
                    entry.narrate(text);
                }
            }
            _ => self.end_entry(),
        }
    }

    fn end_entry(&mut self) {
        self.in_memo = false;
        if let Some(entry) = self.entry.take() {
            (self.sink)(Piece::Entry(entry));
        }
    }

    fn balance(&mut self, line: u64, field: &'static str, kind: BalanceKind, text: &str) {
        self.end_entry();
        match balance(kind, text) {
            Some(balance) => (self.sink)(Piece::Balance(balance)),
            None => self.bad(line, field, text),
        }
    }

    fn bad(&mut self, line: u64, field: &'static str, text: &str) {
        let value = super::encoding::cut(text).into();
        (self.sink)(Piece::Bad(Bad { line, field, value }));
    }
}

/// `C150709EUR1000,89`.
fn balance(kind: BalanceKind, text: &str) -> Option<Balance> {
    let text = text.trim();
    let credit = match text.as_bytes().first()? {
        b'C' => true,
        b'D' => false,
        _ => return None,
    };
    let (day, rest) = text.get(1..)?.split_at_checked(6)?;
    let (currency, amount) = rest.split_at_checked(3)?;
    let letters = currency.bytes().all(|b| b.is_ascii_uppercase());
    (digits(day) && letters && is_amount(amount)).then(|| Balance {
        kind,
        credit,
        amount: amount.into(),
        currency: currency.into(),
        day: day.into(),
    })
}

/// `1507090709D7,5NTRFNONREF//A4G08FD0A2121`: value date, perhaps the booking date, mark, perhaps
/// a funds code, amount, type, the customer's and the bank's reference.
fn entry(text: &str) -> Option<Entry> {
    let (value, rest) = text.split_at_checked(6)?;
    let (booked, rest) = match rest.split_at_checked(4) {
        Some((day, after)) if digits(day) => (Some(day), after),
        _ => (None, rest),
    };
    let (reversal, rest) = match rest.strip_prefix('R') {
        Some(after) => (true, after),
        None => (false, rest),
    };
    let (came_in, rest) = match rest.strip_prefix('C') {
        Some(after) => (true, after),
        None => (false, rest.strip_prefix('D')?),
    };
    let letter = |c: char| c.is_ascii_uppercase();
    let rest = rest.strip_prefix(letter).unwrap_or(rest);
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != ',')
        .unwrap_or(rest.len());
    let (amount, rest) = rest.split_at(end);
    if !digits(value) || !is_amount(amount) {
        return None;
    }
    // N, F or S and three characters
    let rest = rest
        .strip_prefix(letter)
        .and_then(|kind| kind.get(3..))
        .unwrap_or("");
    let (reference, bank_ref) = rest.split_once("//").unwrap_or((rest, ""));
    let booked = booked.map_or_else(|| value.to_owned(), |day| with_year(day, value));
    Some(Entry {
        credit: came_in != reversal,
        reversal,
        amount: amount.into(),
        booked: booked.into(),
        value: value.into(),
        reference: reference.trim().into(),
        bank_ref: bank_ref.trim().into(),
        ..Entry::default()
    })
}

/// `MMDD` with the year that brings it nearest to `YYMMDD`: around new year the day of booking and
/// that of value lie in two years.
fn with_year(day: &str, value: &str) -> String {
    let number = |text: &str| text.parse::<i32>().unwrap_or(0);
    let year = number(&value[..2]);
    let months = number(&day[..2]) - number(&value[2..4]);
    let year = match months {
        ..=-7 => year + 1,
        7.. => year - 1,
        _ => year,
    };
    format!("{:02}{day}", year.rem_euclid(100))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Digits with one comma at most.
fn is_amount(text: &str) -> bool {
    let (whole, decimals) = text.split_once(',').unwrap_or((text, ""));
    digits(whole) && decimals.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
