//! PURE: whether a structured statement is whole: where it is cut, which page it is, and whether
//! its own sums are those of its entries.

use super::super::Sum;
use super::{Summary, amount};
use crate::domain::{Flaw, PageNumber, RejectCode};
use crate::format::message::{Cut, Page, Sums};
use crate::normalise::cells::Fault;

impl Summary {
    /// Whether opening, entries, closing and the statement's own sums agree; none where there is
    /// nothing to check.
    pub fn balanced(&self) -> Option<bool> {
        let sums = (!self.sums.is_empty()).then(|| self.wrong_sums().is_empty());
        let end = self
            .opening
            .zip(self.closing)
            .and_then(|(opening, closing)| {
                let end = opening.checked_add(self.credits.sum)?;
                Some(end.checked_sub(self.debits.sum)? == closing)
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

    /// Its own sums that are not those of its entries. Of a page they may be those of all pages,
    /// and a side is told differently where entries are taken back.
    fn wrong_sums(&self) -> Vec<Flaw> {
        let whole = !self.follows && !self.goes_on && self.cut.is_none();
        let sums = self.sums.iter().filter(|_| whole && self.reversals == 0);
        sums.flat_map(|told| self.against(told)).collect()
    }

    fn against(&self, told: &Sums) -> Vec<Flaw> {
        let all = [self.credits, self.booked_credits];
        let out = [self.debits, self.booked_debits];
        let both = || {
            all.iter().zip(out).map(|(come, gone)| Sum {
                count: come.count + gone.count,
                sum: come.sum.saturating_add(gone.sum),
            })
        };
        let held: Vec<Sum> = match told.credit {
            Some(true) => all.to_vec(),
            Some(false) => out.to_vec(),
            None => both().collect(),
        };
        let Some(first) = held.first().copied() else {
            return Vec::new();
        };
        let credit = told.credit;
        let mut flaws = Vec::new();
        if let Ok(count) = told.count.trim().parse::<u64>() {
            // what cannot be read was counted, too
            let agrees = |of: &Sum| (of.count..=of.count + self.faults).contains(&count);
            if !held.iter().any(agrees) {
                let (told, held) = (count, first.count);
                flaws.push(Flaw::Count { credit, told, held });
            }
        }
        if let Some(sum) = amount(told.sum.trim()).filter(|_| self.faults == 0)
            && held.iter().all(|of| of.sum != sum)
        {
            let (told, held) = (sum, first.sum);
            flaws.push(Flaw::Sum { credit, told, held });
        }
        flaws
    }
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
    pub(super) fn cut(&mut self, cut: Cut) -> Result<(), (u64, &'static str, Fault)> {
        self.cut = Some(cut.line);
        let fault = cut_off(&cut);
        if let Some(entry) = cut.entry {
            let booked = (self.booked_credits, self.booked_debits);
            self.entry(&entry)?;
            (self.booked_credits, self.booked_debits) = booked;
            self.doubtful += 1;
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
            Flaw::Break { .. } | Flaw::Unchained { .. } => "break".to_owned(),
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
