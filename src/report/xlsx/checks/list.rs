//! Which totals are checked: the bridge, the work list, links, providers, shares.

use crate::matching::Role;
use crate::report::facts::Figure;
use crate::report::model::OVERDUE_DAYS;
use crate::report::xlsx::columns::{AGE, AMOUNT, AT_RISK, CLASS, EXCEPTION_ID, WORK, place};
use crate::report::xlsx::looks::Look;
use crate::report::xlsx::sheet::Cell;
use crate::report::xlsx::table::Written;
use crate::report::xlsx::{Book, ages, links, providers, shares, tie};

use super::{Check, Places};

pub(super) fn checks(book: &Book<'_>, places: &Places<'_>) -> Vec<Check> {
    let mut list = Checks {
        book,
        list: Vec::new(),
    };
    if book.report.untold.is_none() {
        list.bridge(places.tie);
    }
    list.work(places.exceptions, places.ages);
    list.links(places.links);
    list.rest(places);
    list.shares(places.shares);
    list.list
}

struct Checks<'b> {
    book: &'b Book<'b>,
    list: Vec<Check>,
}

impl Checks<'_> {
    /// `what` names the total, `of` what is counted of it.
    fn add(&mut self, what: &str, look: Look, program: i128, (formula, found): (String, i128)) {
        let of = self.book.t(match look {
            Look::Money => "column-sum",
            Look::Share => "column-share",
            _ => "book-rows",
        });
        self.list.push(Check {
            what: format!("{what}: {of}"),
            program,
            formula,
            found,
            look,
        });
    }

    fn bridge(&mut self, tie: &Written) {
        let t = self.book.report.totals;
        let parts = [
            ("book-transactions", t.transactions),
            ("column-matched", t.matched),
            (self.book.report.open_key("column-open"), t.open),
            ("column-rejected", t.rejected),
            ("column-excluded", t.excluded),
        ];
        for (pair, (key, figure)) in (0_u16..).zip(parts) {
            let what = format!("{} – {}", self.book.t("tie-heading"), self.book.t(key));
            let col = tie::FIRST_PAIR + 2 * pair;
            let found = tie::found(self.book, pair, tie.rows);
            let rows = (tie::over_money(tie, col), found.0);
            self.add(&what, Look::Whole, figure.count.into(), rows);
            let dong = (tie::over_money(tie, col + 1), found.1);
            self.add(&what, Look::Money, figure.sum_vnd, dong);
        }
        let what = self.book.t("book-check-conserved");
        for (col, look) in [
            (tie::DIFFERENCE, Look::Whole),
            (tie::DIFFERENCE + 1, Look::Money),
        ] {
            let formula = format!("SUMPRODUCT(ABS({}))", tie.range(col));
            let lines = self.book.report.tie_out.iter().take(tie.rows);
            let found = lines.map(|line| {
                let (rows, dong) = line.difference();
                if look == Look::Whole {
                    rows.abs()
                } else {
                    dong.abs()
                }
            });
            let found = found.sum();
            self.add(&what, look, 0, (formula, found));
        }
    }

    fn work(&mut self, exceptions: &Written, ages: &Written) {
        let book = self.book;
        let col = |key: &str| place(key).unwrap_or(0);
        // as run.json adds them up: row by row, whatever the sheet holds
        let all = book.listed;
        let what = book.t("book-check-exceptions");
        let rows = exceptions.count(col(EXCEPTION_ID));
        self.add(&what, Look::Whole, all.count.into(), rows);
        self.add(&what, Look::Money, all.sum_vnd, exceptions.sum(col(AMOUNT)));
        let list = &book.report.exceptions;
        let mut risk = Figure::default();
        for class in &list.by_class {
            risk.plus(class.figure);
        }
        let what = book.t("book-check-at-risk");
        let sum = exceptions.sum(col(AT_RISK));
        self.add(&what, Look::Money, risk.sum_vnd, sum);
        // of a night its document tells the open work by class
        let work = list.work;
        let what = book.t(match book.facts.period() {
            None => "book-check-work",
            Some(_) => "book-check-work-period",
        });
        let (counted, summed) = self.over(exceptions, "", |_| true);
        self.add(&what, Look::Whole, work.count.into(), counted);
        self.add(&what, Look::Money, work.sum_vnd, summed);
        let overdue = list.overdue;
        let what = book.t("book-check-overdue");
        let test = format!(",{},\">{OVERDUE_DAYS}\"", exceptions.range(col(AGE)));
        let (counted, summed) = self.over(exceptions, &test, |age| age > OVERDUE_DAYS);
        self.add(&what, Look::Whole, overdue.count.into(), counted);
        self.add(&what, Look::Money, overdue.sum_vnd, summed);
        let what = book.t("book-check-ages");
        let beyond = self.left_out(exceptions, |_| true);
        let of = |(formula, found): (String, i128), more: i128| {
            let plus = if more == 0 {
                String::new()
            } else {
                format!("+{more}")
            };
            (format!("{formula}{plus}"), found + more)
        };
        self.add(
            &what,
            Look::Whole,
            work.count.into(),
            of(ages.sum(ages::ALL_COUNT), beyond.0),
        );
        self.add(
            &what,
            Look::Money,
            work.sum_vnd,
            of(ages.sum(ages::ALL_SUM), beyond.1),
        );
        self.classes(exceptions);
    }

    /// Each class of the work list on its own.
    fn classes(&mut self, exceptions: &Written) {
        let book = self.book;
        let col = |key: &str| place(key).unwrap_or(0);
        for class in &book.report.exceptions.by_class {
            let formula = format!(
                "COUNTIF({},\"{}\")",
                exceptions.range(col(CLASS)),
                class.class
            );
            let of_class = |from: usize, to: usize| {
                let views = book.exceptions.iter().skip(from).take(to);
                i128::try_from(views.filter(|view| view.class == class.class).count()).unwrap_or(0)
            };
            let (held, cut) = (
                of_class(0, exceptions.rows),
                of_class(exceptions.rows, usize::MAX),
            );
            let plus = if cut == 0 {
                String::new()
            } else {
                format!("+{cut}")
            };
            let found = (format!("{formula}{plus}"), held + cut);
            let what = format!("{} – {}", book.t("sheet-exceptions"), class.label);
            self.add(&what, Look::Whole, class.figure.count.into(), found);
        }
    }

    /// Count and sum of the work whose age passes, as formulas with what they find.
    fn over(
        &self,
        exceptions: &Written,
        test: &str,
        is_it: impl Fn(i64) -> bool,
    ) -> ((String, i128), (String, i128)) {
        let range = |key: &str| exceptions.range(place(key).unwrap_or(0));
        let held = self.book.exceptions.iter().take(exceptions.rows);
        let held = held.filter(|view| view.work && is_it(view.age_days));
        let (count, sum) = held.fold((0, 0), |sum, view| {
            (sum.0 + 1, sum.1 + Cell::Money(view.amount.wide()).number())
        });
        let (more, beyond) = self.left_out(exceptions, is_it);
        let plus = |n: i128| {
            if n == 0 {
                String::new()
            } else {
                format!("+{n}")
            }
        };
        let tests = format!("{},1{test}", range(WORK));
        let counted = format!("COUNTIFS({tests}){}", plus(more));
        let summed = format!("SUMIFS({},{tests}){}", range(AT_RISK), plus(beyond));
        ((counted, count + more), (summed, sum + beyond))
    }

    /// Work that the sheet does not hold, or not as a number: count and dong.
    fn left_out(&self, exceptions: &Written, is_it: impl Fn(i64) -> bool) -> (i128, i128) {
        let views = self.book.exceptions.iter().enumerate();
        let views = views.filter(|(_, view)| view.work && is_it(view.age_days));
        views.fold((0, 0), |sum, (at, view)| {
            let amount = Cell::Money(view.amount.wide());
            if at < exceptions.rows {
                (sum.0, sum.1 + amount.beyond())
            } else {
                (sum.0 + 1, sum.1 + view.amount.wide())
            }
        })
    }

    fn links(&mut self, written: &Written) {
        let links = &self.book.links;
        let settles = links.iter().filter(|link| link.role == Role::Settles);
        let program = settles.map(|link| link.amount.wide()).sum();
        let (range, roles) = (written.range(links::AMOUNT), written.range(links::ROLE));
        let of = |from: usize, to: usize| {
            let rows = links.iter().skip(from).take(to);
            rows.filter(|link| link.role == Role::Settles)
        };
        let held = of(0, written.rows).map(|link| Cell::Money(link.amount.wide()));
        let (held, beyond) = held.fold((0, 0), |sum, cell| {
            (sum.0 + cell.number(), sum.1 + cell.beyond())
        });
        let cut: i128 = of(written.rows, usize::MAX)
            .map(|link| link.amount.wide())
            .sum();
        let more = beyond + cut;
        let plus = if more == 0 {
            String::new()
        } else {
            format!("+{more}")
        };
        let formula = format!("SUMIFS({range},{roles},\"{}\"){plus}", Role::Settles.id());
        let what = self.book.t("book-check-links");
        let count = i128::try_from(links.len()).unwrap_or(0);
        self.add(&what, Look::Whole, count, written.count(links::ROLE));
        let what = self.book.t("book-check-settled");
        self.add(&what, Look::Money, program, (formula, held + more));
    }

    fn rest(&mut self, places: &Places<'_>) {
        let book = self.book;
        let rejects = book.report.rejects.all;
        let what = book.t("reject-heading");
        self.add(
            &what,
            Look::Whole,
            rejects.count.into(),
            places.rejects.count(0),
        );
        self.add(&what, Look::Money, rejects.sum_vnd, places.rejects.sum(7));
        let what = book.t("book-check-fees");
        let fee = book.report.kept.iter().map(|row| row.fee).sum();
        self.add(&what, Look::Money, fee, places.fees.sum(providers::FEE));
        let gross = book.report.flows.iter().map(|row| row.paid.sum_vnd).sum();
        let what = book
            .report
            .say_of_nights("book-check-gross", "book-check-gross-period");
        self.add(&what, Look::Money, gross, places.fees.sum(providers::GROSS));
        let rows: u64 = book
            .report
            .sources
            .iter()
            .map(|source| source.rows.count)
            .sum();
        let what = book.t("book-check-sources");
        self.add(
            &what,
            Look::Whole,
            rows.into(),
            places.sources.sum(providers::ROWS),
        );
        for (nth, source) in book.facts.told_sources().into_iter().enumerate() {
            let Some(control) = source.facts.control else {
                continue;
            };
            let name = ("source", source.facts.name.as_str());
            let what = crate::text::say(book.lang(), "book-check-control", &[name]);
            let of = |col: u16| places.sources.cell(col, nth);
            let count = i128::from(control.expected_count) - i128::from(control.count);
            self.add(&what, Look::Whole, 0, (of(providers::CONTROL_ROWS), count));
            if let Some(told) = control.expected_sum {
                let sum = told.wide() - control.sum.wide();
                self.add(&what, Look::Money, 0, (of(providers::CONTROL_SUM), sum));
            }
        }
    }

    /// The shares of the whole unit against their parts.
    fn shares(&mut self, written: &Written) {
        let shares = self.book.shares.iter().enumerate().take(written.rows);
        let whole = shares.filter(|(_, share)| share.agency.is_none());
        for (nth, share) in whole {
            let Some(point) = share.row.point else {
                continue;
            };
            let (num, den, at) = (
                written.cell(shares::NUMERATOR, nth),
                written.cell(shares::DENOMINATOR, nth),
                written.cell(shares::POINT, nth),
            );
            let text = point.half_up(4).replace('.', "");
            let program = text.parse().unwrap_or(0);
            let name = format!("{}, {}", share.row.name, share.row.period);
            let formula = format!("ROUND(({at}+{num}/{den})/2,4)");
            self.add(&name, Look::Share, program, (formula, program));
        }
    }
}
