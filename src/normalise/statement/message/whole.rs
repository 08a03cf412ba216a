//! PURE: whether a structured statement is whole: where it is cut, which page it is, and whether
//! its own sums are those of its entries.

use rust_decimal::Decimal;

use super::super::Sum;
use super::{Misread, Summary, amount};
use crate::domain::{Flaw, HeldSums, PageNumber, PageSums, RejectCode, ToldSum};
use crate::format::message::{Cut, Page};
use crate::normalise::cells::Fault;

impl Summary {
    /// Whether opening, booked entries, closing and the statement's own sums agree; none where
    /// there is nothing to check.
    pub fn balanced(&self) -> Option<bool> {
        let told = self.is_summed() && !self.sums.is_empty();
        let sums = told.then(|| self.wrong_sums().is_empty());
        let end = self
            .opening
            .zip(self.closing)
            .and_then(|(opening, closing)| {
                // what is not booked is no part of the closing balance
                let [come, gone] = match self.pending {
                    0 => [self.credits, self.debits],
                    _ => [self.booked_credits, self.booked_debits],
                };
                let end = opening.checked_add(come.sum)?;
                Some(end.checked_sub(gone.sum)? == closing)
            });
        match (end, sums) {
            (Some(end), Some(sums)) => Some(end && sums),
            (end, sums) => end.or(sums),
        }
    }

    /// What in it is cut or does not agree, but for the balances.
    pub fn flaws(&self) -> Vec<Flaw> {
        let cut = [self.headless, self.cut].into_iter().flatten();
        let cut = cut.map(|line| Flaw::Cut { line });
        cut.chain(self.wrong_sums()).collect()
    }

    /// Its own sums that are not those of its entries. Those of a page may be those of all pages
    /// ([`Summary::page_sums`]), and a side is told differently where entries are taken back.
    fn wrong_sums(&self) -> Vec<Flaw> {
        let held = self.held();
        let told = self.told_sums().filter(|_| self.is_summed());
        told.flat_map(|told| against(&held, &told)).collect()
    }

    /// True where its sums can be held against its own entries.
    fn is_summed(&self) -> bool {
        !self.is_page() && self.cut.is_none() && self.reversals == 0
    }

    /// True for one page of several.
    pub fn is_page(&self) -> bool {
        self.follows || self.goes_on
    }

    /// What the pages of a statement are to add up to together; none for a statement of one page,
    /// and where entries are cut or taken back.
    pub fn page_sums(&self) -> Option<PageSums> {
        let known = self.is_page() && self.cut.is_none() && self.reversals == 0;
        known.then(|| PageSums {
            told: self.told_sums().collect(),
            held: self.held(),
        })
    }

    fn told_sums(&self) -> impl Iterator<Item = ToldSum> + '_ {
        self.sums.iter().map(|sums| ToldSum {
            credit: sums.credit,
            count: sums.count.trim().parse().ok(),
            sum: amount(sums.sum.trim()),
        })
    }

    fn held(&self) -> HeldSums {
        let of = |sums: [Sum; 2]| sums.map(|sum| (sum.count, sum.sum));
        HeldSums {
            all: of([self.credits, self.debits]),
            booked: of([self.booked_credits, self.booked_debits]),
            unread: self.faults,
        }
    }
}

/// Where entries do not add up to what a statement tells of them.
pub fn against(held: &HeldSums, told: &ToldSum) -> Vec<Flaw> {
    let both = |[come, out]: [(u64, Decimal); 2]| (come.0 + out.0, come.1.saturating_add(out.1));
    let of = |sides: [(u64, Decimal); 2]| match told.credit {
        Some(true) => sides[0],
        Some(false) => sides[1],
        None => both(sides),
    };
    let (all, booked) = (of(held.all), of(held.booked));
    let credit = told.credit;
    let mut flaws = Vec::new();
    // what cannot be read was counted, too
    let counts = |of: u64, count: u64| (of..=of + held.unread).contains(&count);
    let wrong = |count: &u64| !counts(all.0, *count) && !counts(booked.0, *count);
    if let Some(told) = told.count.filter(wrong) {
        let held = all.0;
        flaws.push(Flaw::Count { credit, told, held });
    }
    let wrong = |sum: &Decimal| held.unread == 0 && *sum != all.1 && *sum != booked.1;
    if let Some(told) = told.sum.filter(wrong) {
        let held = all.1;
        flaws.push(Flaw::Sum { credit, told, held });
    }
    flaws
}

impl Summary {
    /// Of several pages the first tells what stands before it, the last what comes after it.
    pub(super) fn page(&mut self, page: Page) {
        match page {
            Page::Number(number, of_message) => {
                self.page = Some(PageNumber { number, of_message });
            }
            Page::Follows(follows) if self.closing.is_none() => self.follows |= follows,
            Page::Follows(_) => {}
            Page::GoesOn(goes_on) => self.goes_on = goes_on,
        }
    }

    /// The last entry counts among the entries, but nobody vouches for it.
    pub(super) fn cut(&mut self, cut: Cut) -> Result<(), Misread> {
        self.cut = Some(cut.line);
        let fault = cut_off(&cut);
        if let Some(entry) = cut.entry {
            let booked = (self.booked_credits, self.booked_debits);
            let read = self.entry(&entry, &mut Vec::new()).is_ok();
            (self.booked_credits, self.booked_debits) = booked;
            self.doubtful += u64::from(read);
        }
        Err((cut.line, cut.field, fault))
    }
}

/// What is wrong with the end of a cut statement: the amount as far as it is there.
pub fn cut_off(cut: &Cut) -> Fault {
    let amount = cut.entry.as_ref().map(|entry| &*entry.amount);
    Fault::new("", amount.unwrap_or_default(), RejectCode::CutOff)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::format::MessageKind;

    fn flaws(kind: MessageKind, text: &str) -> Vec<String> {
        let found = read(kind, &mut text.as_bytes()).unwrap();
        let said = found.statements.iter().flat_map(Summary::flaws);
        said.map(|flaw| match flaw {
            Flaw::Cut { line } => format!("cut {line}"),
            Flaw::Sum { told, held, .. } => {
                format!("sum {} {}", told.normalize(), held.normalize())
            }
            Flaw::Count { told, held, .. } => format!("count {told} {held}"),
            _ => "break".to_owned(),
        })
        .collect()
    }

    #[test]
    fn a_statement_ends_with_its_closing_balance() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(flaws(MessageKind::Mt940, text), expected, "{text}");
        };
        let head = ":20:X\n:25:1\n:60F:C221204VND100,\n:61:221205C50,NTRFA\n";
        check(&format!("{head}:62F:C221205VND150,\n-}}\n"), &[]);
        check(&format!("{head}:62F:C221205VND150,"), &[]);
        check(head, &["cut 4"]);
        check(&format!("{head}:86:NOP"), &["cut 4"]);
        check(&format!("{head}:62F:C2212"), &["cut 5"]);
        check(&format!("{head}:62F:?\n:64:C221205VND150,\n"), &[]);
        check(&format!("{head}{head}:62F:C221205VND150,\n"), &["cut 4"]);
        let headless = head.replace(":60F:C221204VND100,\n", "");
        check(&format!("{headless}:62F:C221205VND150,\n"), &["cut 3"]);
        // the entries before the last are whole, the last is nobody's
        let found = read(MessageKind::Mt940, &mut head.as_bytes()).unwrap();
        let one = &found.statements[0];
        assert_eq!(
            (one.entries, one.doubtful, one.booked_credits.count),
            (1, 1, 0)
        );
        assert_eq!((found.faults[0].0, found.faults[0].1), (4, ":61:"));
    }

    #[test]
    fn an_interim_report_tells_its_sums() {
        let check = |sums: &str, expected: &[&str]| {
            let text = format!(
                "{{1:F01}}{{4:\n:20:X\n:25:1\n:34F:VND0,\n:13D:2212051200+0700\n\
                 :61:221205C50,NTRFA\n:61:221205D20,NTRFB\n{sums}"
            );
            assert_eq!(flaws(MessageKind::Mt942, &text), expected, "{sums}");
        };
        check(":90D:1VND20,\n:90C:1VND50,\n-}\n", &[]);
        check("-}\n", &[]);
        check(
            ":90D:2VND20,\n:90C:1VND60,\n-}\n",
            &["count 2 1", "sum 60 50"],
        );
        check("", &["cut 7"]);
    }
}
