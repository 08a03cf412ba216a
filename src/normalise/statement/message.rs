//! PURE: what the structured statements (MT940, camt) add up to, one statement after the other.
//! Credits are C and RD, debits D and RC; an entry that is not booked yet counts and is told apart.

mod dong;
mod whole;

use std::collections::BTreeSet;
use std::io::BufRead;

use rust_decimal::Decimal;

use super::{Sum, time};
use crate::domain::{Day, PageNumber, RejectCode};
use crate::format::message::{Balance, BalanceKind, Edge, Entry, Piece, Sums};
use crate::format::{FormatError, MessageKind};
use crate::normalise::cells::Fault;

pub use dong::{plain, split, unread};
pub use whole::{against, cut_off};

/// One statement of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Its identification, where told.
    pub id: Option<Box<str>>,
    /// The account, where told.
    pub account: Option<Box<str>>,
    /// The currency of its balances, where told.
    pub currency: Option<Box<str>>,
    /// Readable entries.
    pub entries: u64,
    /// Money in.
    pub credits: Sum,
    /// Money out.
    pub debits: Sum,
    /// Entries that undo another.
    pub reversals: u64,
    /// Entries that are not booked yet.
    pub pending: u64,
    /// Opening balance.
    pub opening: Option<Decimal>,
    /// Closing balance.
    pub closing: Option<Decimal>,
    /// Money in that is booked.
    pub booked_credits: Sum,
    /// Money out that is booked.
    pub booked_debits: Sum,
    /// Entries and fields that cannot be read.
    pub faults: u64,
    /// The days of its entries.
    pub days: BTreeSet<Day>,
    /// The page that it is, where pages are counted.
    pub page: Option<PageNumber>,
    /// True when a page stands before it.
    pub follows: bool,
    /// True when a page comes after it.
    pub goes_on: bool,
    /// Where it is cut: the line.
    pub cut: Option<u64>,
    /// The first entry of one that has an end and no beginning: the line.
    pub headless: Option<u64>,
    /// The line of its first entry.
    first_line: Option<u64>,
    /// The last entry of a cut statement is counted here, and is not booked.
    pub doubtful: u64,
    /// What it says that its entries add up to.
    sums: Vec<Sums>,
    /// Closing of the period before: the opening where no other is told.
    previous: Option<Decimal>,
    /// The days of the opening and the closing balance.
    balance_days: [Option<Day>; 2],
    /// The period by its own word.
    told: [Option<Day>; 2],
}

impl Summary {
    /// The period that it covers: by its own word, else the days after the opening balance's up to
    /// the closing balance's.
    pub fn period(&self) -> Option<(Day, Day)> {
        if let [Some(from), Some(to)] = self.told {
            return (from <= to).then_some((from, to));
        }
        let [opening, closing] = self.balance_days;
        let to = closing?;
        let from = opening.map_or(to, |day| if day < to { day.plus(1) } else { to });
        // the opening balance may also be that of the first day's morning
        let before = from.minus(1);
        let first = if self.days.contains(&before) {
            before
        } else {
            from
        };
        Some((first, to))
    }
}

/// More rows at fault than this are counted, not shown.
const FAULTS_MAX: usize = 10_000;

/// What a message tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Its statements.
    pub statements: Vec<Summary>,
    /// What in them cannot be read; the first ten thousand.
    pub faults: Vec<Misread>,
    /// Entries that are read and added up, and that no night takes as they are: no amounts in
    /// dong. The first ten thousand.
    pub refused: Vec<Misread>,
    /// How many rows are at fault or refused.
    pub bad: u64,
}

/// Reads a message and adds it up.
///
/// # Errors
/// As [`MessageKind::read`].
pub fn read(kind: MessageKind, content: &mut dyn BufRead) -> Result<Read, FormatError> {
    let mut read = Read::default();
    kind.read(content, &mut |piece| {
        let Read {
            statements,
            faults,
            refused,
            bad,
        } = &mut read;
        if let Piece::Statement(id) = piece {
            let id = Some(id).filter(|id| !id.is_empty());
            statements.push(Summary {
                id,
                ..Summary::default()
            });
            return;
        }
        if statements.is_empty() {
            statements.push(Summary::default());
        }
        let last = statements.len() - 1;
        let mut told = Vec::new();
        if let Err(fault) = statements[last].add(piece, &mut told) {
            statements[last].faults += 1;
            *bad += 1;
            if faults.len() < FAULTS_MAX {
                faults.push(fault);
            }
        }
        *bad += u64::try_from(told.len()).unwrap_or(u64::MAX);
        told.truncate(FAULTS_MAX.saturating_sub(refused.len()));
        refused.append(&mut told);
    })?;
    for statement in &mut read.statements {
        statement.opening = statement.opening.or(statement.previous);
        // `:60F:` or `:60M:` is never left out
        let is_headless = kind == MessageKind::Mt940
            && statement.opening.is_none()
            && statement.closing.is_some()
            && statement.faults == 0;
        statement.headless = is_headless.then(|| statement.first_line.unwrap_or(1));
    }
    Ok(read)
}

/// A day of a message as ISO text: `YYMMDD` (SWIFT) or ISO already.
pub fn iso(text: &str) -> String {
    let text = text.trim();
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        let (year, month, day) = (&text[..2], &text[2..4], &text[4..]);
        return format!("20{year}-{month}-{day}");
    }
    // a day with its zone, as XML may write one: `2026-03-09+07:00`
    match text.split_at_checked(10) {
        Some((day, zone)) if zone.starts_with(['+', '-', 'Z']) => day.to_owned(),
        _ => text.to_owned(),
    }
}

/// An amount of a message: digits with a comma (SWIFT) or a point (ISO 20022).
pub fn amount(text: &str) -> Option<Decimal> {
    let text = text.replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) {
        return None;
    }
    let decimals = if decimals.is_empty() { "0" } else { decimals };
    format!("{whole}.{decimals}").parse().ok()
}

/// What cannot be read in a message: line, field, fault.
pub type Misread = (u64, &'static str, Fault);

impl Summary {
    /// Adds a piece; what a night refuses although it can be read is `told`.
    fn add(&mut self, piece: Piece, told: &mut Vec<Misread>) -> Result<(), Misread> {
        if let Some(misread) = unread(&piece, self.currency.as_deref().unwrap_or_default()) {
            if let Piece::Balance(balance) = &piece {
                self.currency(balance);
            }
            return Err(misread);
        }
        match piece {
            Piece::Statement(_) => {}
            // told again without a new head: the last one, as other readers have it
            Piece::Account(account) => self.account = Some(account),
            Piece::Balance(balance) => self.balance(&balance),
            Piece::Period(edge, day) => {
                let at = usize::from(edge == Edge::Last);
                self.told[at] = time::day_of(&iso(&day));
            }
            Piece::Entry(entry) => self.entry(&entry, told)?,
            Piece::Page(page) => self.page(page),
            Piece::Sums(sums) => self.sums.push(sums),
            Piece::Cut(cut) => return self.cut(cut),
            Piece::Bad(bad) => {
                let fault = Fault::new("", &bad.value, RejectCode::BadRecord);
                return Err((bad.line, bad.field, fault));
            }
        }
        Ok(())
    }

    fn currency(&mut self, balance: &Balance) {
        if !balance.currency.is_empty() {
            let told = || balance.currency.clone();
            self.currency.get_or_insert_with(told);
        }
    }

    fn balance(&mut self, balance: &Balance) {
        self.currency(balance);
        let Some(amount) = amount(&balance.amount) else {
            return;
        };
        let amount = if balance.credit { amount } else { -amount };
        let day = time::day_of(&iso(&balance.day));
        match balance.kind {
            BalanceKind::Opening => self.balance_days[0] = self.balance_days[0].or(day),
            BalanceKind::Closing => self.balance_days[1] = day,
            BalanceKind::Previous | BalanceKind::Other => {}
        }
        match balance.kind {
            // of several pages the first opening and the last closing
            BalanceKind::Opening => self.opening = self.opening.or(Some(amount)),
            BalanceKind::Previous => self.previous = self.previous.or(Some(amount)),
            BalanceKind::Closing => self.closing = Some(amount),
            BalanceKind::Other => {}
        }
    }

    fn entry(&mut self, entry: &Entry, told: &mut Vec<Misread>) -> Result<(), Misread> {
        self.first_line = self.first_line.or(Some(entry.line));
        let Some(amount) = amount(&entry.amount) else {
            let fault = Fault::new("amount", &entry.amount, RejectCode::BadAmount);
            return Err((entry.line, "amount", fault));
        };
        let currency = self.currency.as_deref().unwrap_or_default();
        let mut refused = dong::refused(entry, currency);
        let doubtful = |fault: &Fault| fault.code == RejectCode::ThreeDecimals;
        // nobody knows how much it is
        let untold = refused.iter().any(doubtful).then(|| refused.remove(0));
        told.extend(
            refused
                .into_iter()
                .map(|fault| (entry.line, "amount", fault)),
        );
        if let Some(fault) = untold {
            return Err((entry.line, "amount", fault));
        }
        self.entries += 1;
        self.reversals += u64::from(entry.reversal);
        self.pending += u64::from(entry.pending);
        let side = if entry.credit {
            &mut self.credits
        } else {
            &mut self.debits
        };
        side.add(amount);
        if !entry.pending {
            let booked = if entry.credit {
                &mut self.booked_credits
            } else {
                &mut self.booked_debits
            };
            booked.add(amount);
        }
        let days = [&entry.booked, &entry.value];
        let day = days.into_iter().find_map(|day| time::day_of(&iso(day)));
        self.days.extend(day);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::statement::amount::text;

    #[test]
    fn amounts_with_a_comma_or_a_point() {
        let check = |raw: &str, expected: &str| {
            let said = amount(raw).map_or_else(|| "none".to_owned(), text);
            assert_eq!(said, expected, "{raw}");
        };
        check("45000,", "45000");
        check("45000,00", "45000");
        check("8.85", "8.85");
        check("000000006098,75", "6098.75");
        for bad in [
            "",
            ",5",
            "1.2.3",
            "-5",
            "5e3",
            "1 000",
            "999999999999999999999999999999999",
        ] {
            check(bad, "none");
        }
    }

    #[test]
    fn days_in_the_forms_of_messages() {
        let check = |raw: &str, expected: &str| assert_eq!(iso(raw), expected, "{raw}");
        check("221205", "2022-12-05");
        check("2022-12-05", "2022-12-05");
        check("2022-12-05+07:00", "2022-12-05");
        check("2022-12-05-05:00", "2022-12-05");
        check("2022-12-05Z", "2022-12-05");
        check("2022-12-05T08:15:30+07:00", "2022-12-05T08:15:30+07:00");
    }

    #[test]
    fn pages_of_one_statement_are_one() {
        let text = ":20:X\n:25:1\n:60F:C221204VND100,\n:61:221205C50,NTRFA\n:62M:C221205VND150,\n\
            :60M:C221205VND150,\n:61:221205RC20,NTRFA\n:61:bad\n:62F:C221205VND130,\n";
        let found = read(MessageKind::Mt940, &mut text.as_bytes()).unwrap();
        let (found, faults) = (found.statements, found.faults);
        let [one] = found.as_slice() else {
            panic!("{found:?}")
        };
        let period = one
            .period()
            .map(|(from, to)| (from.to_string(), to.to_string()));
        assert_eq!(period, Some(("2022-12-05".into(), "2022-12-05".into())));
        assert_eq!(
            (one.entries, one.reversals, one.balanced()),
            (2, 1, Some(true))
        );
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].0, faults[0].1), (8, ":61:"));
    }
}
