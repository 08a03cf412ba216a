//! PURE: the first reading of a file: is it whole, which accounts and days does it tell of, and do
//! its own figures agree. The second makes rows of it ([`super::rows`]).

use std::collections::BTreeSet;
use std::io::BufRead;

use rust_decimal::Decimal;

use super::open::Table;
use super::{Statement, message, read_tables};
use crate::domain::{Checked, Day, Flaw};
use crate::format::{FormatError, MessageKind};
use crate::source::Mapping;

/// What a file tells of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Its number, letters and digits only; empty where it is not told.
    pub number: Box<str>,
    /// Readable entries.
    pub entries: u64,
    /// Entries and fields that cannot be read.
    pub faults: u64,
    /// Money in.
    pub credits: Decimal,
    /// Money out.
    pub debits: Decimal,
    /// Balance before the first entry, where told.
    pub opening: Option<Decimal>,
    /// Balance after the last entry, where told.
    pub closing: Option<Decimal>,
    /// Money out and in by the totals row, where told.
    pub totals: [Option<Decimal>; 2],
    /// The first and last day by the file's own word.
    pub period: Option<(Day, Day)>,
    /// The days of its entries.
    pub days: BTreeSet<Day>,
    /// Its pages, and what in it is cut or does not agree.
    pub checked: Checked,
}

impl Account {
    /// What is lacking by the statement's own figures: closing less opening, credits and debits;
    /// without balances the difference to the totals row. Zero where they agree, none where there
    /// is nothing to check or an entry cannot be read.
    pub fn gap(&self) -> Option<Decimal> {
        if self.faults > 0 {
            return None;
        }
        if let (Some(opening), Some(closing)) = (self.opening, self.closing) {
            let end = opening
                .checked_add(self.credits)?
                .checked_sub(self.debits)?;
            let gap = closing.checked_sub(end);
            // the balances of a numbered page may be those of all pages
            let is_part = self.checked.follows || self.checked.goes_on;
            let of_all = is_part && self.checked.page.is_some();
            return gap.filter(|gap| gap.is_zero() || !of_all);
        }
        let [out, come] = self.totals;
        let less = |told: Option<Decimal>, held: Decimal| Some(told)?.map(|told| told - held);
        match (less(come, self.credits), less(out, self.debits)) {
            (None, None) => None,
            (come, out) => Some(come.unwrap_or_default() - out.unwrap_or_default())
                .filter(|gap| !gap.is_zero() || come.or(out).is_some()),
        }
    }
}

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `csv`, `xlsx`, `mt940`, `camt.053`, ...
    pub format: &'static str,
    /// The encoding of a text table.
    pub encoding: Option<&'static str>,
    /// One for each statement in it.
    pub accounts: Vec<Account>,
}

/// An account number without blanks, dots, the bank before a slash and the currency behind it.
pub fn number_of(text: &str) -> Box<str> {
    let last = text.rsplit('/').next().unwrap_or(text);
    let plain: String = last
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let digits = plain.trim_end_matches("VND");
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        digits.into()
    } else {
        plain.into()
    }
}

/// Reads a message to its end.
///
/// # Errors
/// As [`MessageKind::read`].
pub fn read_message(kind: MessageKind, content: &mut dyn BufRead) -> Result<Reading, FormatError> {
    let read = message::read(kind, content)?;
    let account = |summary: &message::Summary| Account {
        number: number_of(summary.account.as_deref().unwrap_or_default()),
        entries: summary.entries - summary.doubtful,
        faults: summary.faults,
        credits: summary.booked_credits.sum,
        debits: summary.booked_debits.sum,
        opening: summary.opening,
        closing: summary.closing,
        totals: [None, None],
        period: summary.period(),
        days: summary.days.clone(),
        checked: Checked {
            debits: summary.booked_debits.sum,
            opens_on: summary.period().map(|(from, _)| from),
            page: summary.page,
            follows: summary.follows,
            goes_on: summary.goes_on,
            flaws: summary.flaws(),
            id: summary.id.clone().filter(|_| summary.is_page()),
            sums: summary.page_sums(),
        },
    };
    Ok(Reading {
        format: kind.id(),
        encoding: None,
        accounts: read.statements.iter().map(account).collect(),
    })
}

/// Reads a table.
///
/// # Errors
/// No row looks like the header; rows that no statement reads; amounts without a direction.
pub fn read_table(
    table: &Table,
    mapping: &Mapping,
) -> Result<(Reading, Vec<Statement>), FormatError> {
    let read = read_tables(table, mapping)?;
    if let Some(error) = read.unread.or(read.undirected) {
        return Err(error);
    }
    let reading = Reading {
        format: table.format,
        encoding: table.encoding,
        accounts: read.statements.iter().map(account_of).collect(),
    };
    Ok((reading, read.statements))
}

fn account_of(statement: &Statement) -> Account {
    let ends = statement.ends.unzip();
    // a row that is half is refused
    let halved = statement.cut.is_some_and(|at| statement.rows.contains(at));
    Account {
        number: number_of(statement.account.as_deref().unwrap_or_default()),
        entries: statement.entries,
        faults: statement.faulty + u64::from(halved),
        credits: statement.credits.sum,
        debits: statement.debits.sum,
        opening: statement.opening.or(ends.0),
        closing: statement.closing.or(ends.1),
        totals: statement.totals,
        period: statement.period,
        days: statement.days.clone(),
        checked: Checked {
            debits: statement.debits.sum,
            opens_on: statement.period.map(|(from, _)| from),
            flaws: flaws(statement),
            ..Checked::default()
        },
    }
}

/// What in a table does not agree: its running balances, and its rows of sums.
fn flaws(statement: &Statement) -> Vec<Flaw> {
    let cut = statement.cut.map(|_| Flaw::Cut {
        line: statement.cut_line,
    });
    let mut flaws: Vec<Flaw> = cut.into_iter().chain(statement.breaks.clone()).collect();
    // what cannot be read was summed up, too
    if !statement.faults.is_empty() || statement.cut.is_some() {
        return flaws;
    }
    flaws.extend(statement.sums.clone());
    flaws
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_numbers_are_compared_without_ornaments() {
        let check = |text: &str, number: &str| assert_eq!(&*number_of(text), number, "{text}");
        check("0071 000 000.001", "0071000000001");
        check("ICBVVNVX/113000012345", "113000012345");
        check("113000012345VND", "113000012345");
        check("VQRQ0001abc", "VQRQ0001ABC");
        check("", "");
    }

    #[test]
    fn a_gap_is_what_the_figures_lack() {
        let of = |opening: Option<i64>, closing: Option<i64>, totals: [Option<i64>; 2], faults| {
            let account = Account {
                credits: 100.into(),
                debits: 30.into(),
                opening: opening.map(Into::into),
                closing: closing.map(Into::into),
                totals: totals.map(|t| t.map(Into::into)),
                faults,
                ..Account::default()
            };
            account.gap().map(|gap| gap.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(Some(0), Some(70), [None, None], 0), some("0"));
        assert_eq!(of(Some(0), Some(75), [None, None], 0), some("5"));
        assert_eq!(of(Some(0), Some(75), [None, None], 1), None);
        assert_eq!(of(None, Some(70), [None, None], 0), None);
        assert_eq!(of(None, None, [Some(30), Some(100)], 0), some("0"));
        assert_eq!(of(None, None, [Some(30), Some(150)], 0), some("50"));
        assert_eq!(of(None, None, [Some(50), None], 0), some("-20"));
    }
}
