//! PURE: SWIFT MT940 (customer statement) and MT942 (interim report), as banks write them: with or
//! without the blocks around them, with continuation lines, several `:86:` after one entry, and
//! funds codes. Fields: SWIFT User Handbook, category 9; `RC` takes a credit back, `RD` a debit.

use std::io::BufRead;

use super::FormatError;
use super::message::{Bad, Balance, BalanceKind, Cut, Entry, MessageKind, Page, Piece, Sink, Sums};
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
pub(super) fn read(
    kind: MessageKind,
    content: &mut dyn BufRead,
    sink: Sink<'_>,
) -> Result<(), FormatError> {
    let mut reader = Reader {
        sink,
        interim: kind == MessageKind::Mt942,
        entry: None,
        in_memo: false,
        state: State::Outside,
        in_block: false,
        line: 0,
    };
    each_line(content, |number, line| reader.line(number, line.trim_end()))?;
    reader.end_of_text();
    Ok(())
}

/// How far the statement at hand has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// None has begun, or the last has ended.
    Outside,
    /// It has begun and its closing balance is not there yet.
    Open,
    /// Its closing balance cannot be read; the line.
    Doubtful(u64),
    /// Its closing balance was told.
    Closed,
}

struct Reader<'s> {
    sink: Sink<'s>,
    /// An interim report has no closing balance; only its block tells that it is whole.
    interim: bool,
    /// The entry whose narrative is still being read.
    entry: Option<Box<Entry>>,
    /// The lines that follow belong to the narrative.
    in_memo: bool,
    state: State,
    /// A block `{4:` is open.
    in_block: bool,
    /// The line at hand.
    line: u64,
}

impl Reader<'_> {
    fn line(&mut self, number: u64, line: &str) {
        self.line = number;
        let Some((tag, text)) = tag(line) else {
            self.between(line);
            return;
        };
        self.in_memo = false;
        match tag {
            "20" => {
                let in_block = self.in_block;
                self.end_statement();
                (self.state, self.in_block) = (State::Open, in_block);
                (self.sink)(Piece::Statement(text.trim().into()));
            }
            "25" | "25P" => {
                self.end_entry();
                (self.sink)(Piece::Account(text.trim().into()));
            }
            "60F" | "60M" => {
                self.balance(number, ":60:", BalanceKind::Opening, text);
                (self.sink)(Piece::Page(Page::Follows(tag == "60M")));
                self.state = State::Open;
            }
            "62F" | "62M" => {
                let read = self.balance(number, ":62:", BalanceKind::Closing, text);
                (self.sink)(Piece::Page(Page::GoesOn(tag == "62M")));
                self.state = if read {
                    State::Closed
                } else {
                    State::Doubtful(number)
                };
            }
            "64" | "65" => {
                self.balance(number, ":64:", BalanceKind::Other, text);
            }
            "90C" | "90D" => self.sums(number, tag == "90C", text),
            "61" => {
                self.end_entry();
                self.state = State::Open;
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

    /// The next block, what stands between two messages, or more of a narrative.
    fn between(&mut self, line: &str) {
        if line.starts_with("{1:") {
            self.end_statement();
            self.in_block = line.contains("{4:");
        } else if line == "-" || line == "-}" {
            self.in_block = false;
            self.end_statement();
        } else if self.state == State::Outside && line.starts_with("{4:") {
            self.in_block = true;
        } else if let (true, Some(entry)) = (self.in_memo, &mut self.entry) {
            entry.narrate(line);
        }
    }

    fn end_entry(&mut self) {
        self.in_memo = false;
        if let Some(entry) = self.entry.take() {
            (self.sink)(Piece::Entry(entry));
        }
    }

    /// The text ends: what is doubtful in its last line is cut.
    fn end_of_text(&mut self) {
        if self.state == State::Doubtful(self.line) {
            self.state = State::Open;
        }
        self.end_statement();
    }

    /// A statement without its closing balance is cut: its last entry may be half of one. An
    /// interim report is, where its block does not end.
    fn end_statement(&mut self) {
        let is_open = self.state == State::Open;
        let is_cut = is_open && (!self.interim || self.in_block);
        self.state = State::Outside;
        self.in_block = false;
        if !is_cut {
            self.end_entry();
            return;
        }
        self.in_memo = false;
        let entry = self.entry.take();
        let line = entry.as_ref().map_or(self.line, |entry| entry.line);
        let field = match (&entry, self.interim) {
            (Some(_), _) => ":61:",
            (None, false) => ":62F:",
            (None, true) => "-}",
        };
        (self.sink)(Piece::Cut(Cut { line, field, entry }));
    }

    /// `5VND150000,`: how many entries, and their sum.
    fn sums(&mut self, line: u64, credit: bool, text: &str) {
        self.end_entry();
        let told = text.trim();
        let end = told.find(|c: char| !c.is_ascii_digit());
        let (count, rest) = told.split_at(end.unwrap_or(0));
        match rest.split_at_checked(3) {
            Some((currency, sum))
                if currency.bytes().all(|b| b.is_ascii_uppercase()) && is_amount(sum) =>
            {
                (self.sink)(Piece::Sums(Sums {
                    line,
                    credit: Some(credit),
                    count: count.into(),
                    sum: sum.into(),
                }));
            }
            _ => self.bad(line, ":90:", text),
        }
    }

    fn balance(&mut self, line: u64, field: &'static str, kind: BalanceKind, text: &str) -> bool {
        self.end_entry();
        let balance = balance(kind, text);
        // one that is no amount is told; it ends the statement nevertheless
        let read = balance.as_ref().is_some_and(|b| !b.amount.is_empty());
        match balance {
            Some(balance) => (self.sink)(Piece::Balance(Balance {
                line,
                field,
                ..balance
            })),
            None => self.bad(line, field, text),
        }
        read
    }

    fn bad(&mut self, line: u64, field: &'static str, text: &str) {
        let value = super::encoding::cut(text).into();
        (self.sink)(Piece::Bad(Bad { line, field, value }));
    }
}

/// `C150709EUR1000,89`; the amount as it stands, whatever it is.
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
    (digits(day) && letters).then(|| Balance {
        line: 0,
        field: "",
        kind,
        code: "".into(),
        credit,
        amount: amount.into(),
        currency: currency.into(),
        day: day.into(),
    })
}

/// `1507090709D7,5NTRFNONREF//A4G08FD0A2121`: value date, perhaps the booking date, mark, perhaps
/// a funds code, amount, type, the customer's and the bank's reference. An amount behind which
/// something else stands (`45.000,00`, `45 000,`) is none.
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
    let rest = behind_type(rest)?;
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

/// What stands behind the type of a transaction: `N`, `F` or `S` and three characters, of which
/// blanks at the end are gone where the line ends. Nothing may stand there at all.
fn behind_type(text: &str) -> Option<&str> {
    if text.is_empty() {
        return Some(text);
    }
    let kind = text.strip_prefix(['N', 'F', 'S'])?;
    let (kind, rest) = kind.split_at_checked(3).unwrap_or((kind, ""));
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b' ';
    kind.bytes().all(known).then_some(rest)
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
