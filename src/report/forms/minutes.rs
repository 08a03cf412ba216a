//! Biên bản đối soát: the minutes of reconciliation with one provider over a period.

use std::collections::{BTreeMap, BTreeSet};

use super::annex;
use super::paper::{Block, Cell, Grid, Line, Paper, Row, head, signer};
use super::period;
use crate::classify::{Class, OK};
use crate::domain::{Lang, Period, ProviderRow, RunId};
use crate::report::facts::Figure;
use crate::text;

/// What the minutes are made of.
#[derive(Clone, Debug)]
pub struct Minutes<'a> {
    /// The language.
    pub lang: Lang,
    /// Party A; may be empty.
    pub unit: &'a str,
    /// Party B: the provider's name and the source's.
    pub provider: (&'a str, &'a str),
    /// The days.
    pub period: &'a Period,
    /// The run whose knowledge it is.
    pub run: &'a RunId,
    /// Open from before the period.
    pub opening: Vec<ProviderRow>,
    /// The rows of the period.
    pub rows: Vec<ProviderRow>,
    /// Open at its end, those from before it too.
    pub closing: Vec<ProviderRow>,
}

/// The figures of the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows of the period.
    pub rows: Figure,
    /// Successful payments.
    pub paid: Figure,
    /// Refunds and reversals that succeeded.
    pub back: Figure,
    /// By bucket, in the words of the store.
    pub buckets: BTreeMap<Box<str>, Figure>,
    /// Of the matched rows those of certified sets: certain as a sum, not one by one.
    pub in_set: Figure,
    /// Open rows by class.
    pub open: BTreeMap<Box<str>, Figure>,
    /// Excluded rows by class.
    pub excluded: BTreeMap<Box<str>, Figure>,
    /// What the provider kept of successful payments, dong.
    pub fees: i128,
    /// What is to reach party A: payments, less what went back, less fees.
    pub due: i128,
}

impl Minutes<'_> {
    /// The figures.
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for row in &self.rows {
            sums.rows.add(row.amount);
            sums.buckets
                .entry(row.bucket.clone())
                .or_default()
                .add(row.amount);
            if row.in_set {
                sums.in_set.add(row.amount);
            }
            let by_class = match &*row.bucket {
                "open" => &mut sums.open,
                "excluded" => &mut sums.excluded,
                _ => &mut BTreeMap::new(),
            };
            by_class
                .entry(row.class.clone())
                .or_default()
                .add(row.amount);
            match (&*row.kind, &*row.status) {
                ("payment", "success") => {
                    sums.paid.add(row.amount);
                    sums.fees += row.fee.wide();
                }
                ("refund" | "reversal", "success") => sums.back.add(row.amount),
                _ => {}
            }
        }
        sums.due = sums.paid.sum_vnd - sums.back.sum_vnd - sums.fees;
        sums
    }

    pub(super) fn say(&self, key: &str) -> String {
        text::say(self.lang, key, &[])
    }

    /// The paper.
    pub fn paper(&self, classes: &[Class]) -> Paper {
        let sums = self.sums();
        let mut blocks = vec![
            head(self.lang, self.unit, "BB"),
            Block::Line(Line::title(self.say("form-minutes-title"))),
            Block::Line(Line::middle(period::name(self.lang, self.period)).slanted()),
        ];
        let line = |text: String| Block::Line(Line::plain(text));
        blocks.push(line(self.say("form-minutes-basis")));
        self.parties(&mut blocks);
        blocks.push(Block::Line(Line::section(self.say("form-minutes-figures"))));
        blocks.push(line(self.say("form-unit-dong")));
        blocks.push(Block::Table(self.table(&sums, classes)));
        let words = text::dong_in_words(self.lang, sums.due);
        let due = text::number(self.lang, sums.due);
        let args = [("amount", &*due), ("words", &*words)];
        blocks.push(Block::Line(
            Line::plain(text::say(self.lang, "form-minutes-due", &args)).strong(),
        ));
        blocks.push(line(self.say("form-minutes-account")));
        blocks.push(line(self.say("form-minutes-promise")));
        blocks.push(line(text::say(
            self.lang,
            "form-source-run",
            &[("run", self.run.as_str())],
        )));
        blocks.push(Block::Line(Line::middle(self.say("form-party-a")).strong()));
        blocks.push(Block::Signatures(vec![
            signer(self.lang, "form-sign-maker", "form-sign-hint"),
            signer(self.lang, "form-sign-accountant", "form-sign-hint"),
            signer(self.lang, "form-sign-head", "form-sign-seal"),
        ]));
        blocks.push(Block::Line(Line::middle(self.say("form-party-b")).strong()));
        blocks.push(Block::Signatures(vec![
            signer(self.lang, "form-sign-maker-b", "form-sign-hint"),
            signer(self.lang, "form-sign-head-b", "form-sign-seal"),
        ]));
        annex::add(self, &mut blocks, classes);
        Paper {
            title: self.say("form-minutes-title"),
            lang: self.lang,
            landscape: false,
            blocks,
        }
    }

    fn parties(&self, blocks: &mut Vec<Block>) {
        let (label, source) = self.provider;
        let unit = if self.unit.is_empty() {
            "…………………………………………"
        } else {
            self.unit
        };
        let b = format!("{label} ({source})");
        for (key, name) in [("form-party-a-name", unit), ("form-party-b-name", &b)] {
            let line = text::say(self.lang, key, &[("name", name)]);
            blocks.push(Block::Line(Line::plain(line).strong()));
            blocks.push(Block::Line(Line::left(self.say("form-party-person"))));
            blocks.push(Block::Line(Line::left(self.say("form-party-account"))));
        }
    }

    fn table(&self, sums: &Sums, classes: &[Class]) -> Grid {
        let opening: Figure = self.opening.iter().map(|row| row.amount).collect();
        let closing: Figure = self.closing.iter().map(|row| row.amount).collect();
        let bucket = |name: &str| sums.buckets.get(name).copied().unwrap_or_default();
        let mut rows = Vec::new();
        let mut row = |number: &str, name: String, figure: Figure, strong: bool| {
            let cells = vec![
                Cell::text(number),
                Cell::Text(name),
                Cell::Number(figure.count.into()),
                Cell::Number(figure.sum_vnd),
            ];
            rows.push(Row { cells, strong });
        };
        row("I", self.say("form-minutes-opening"), opening, true);
        row("1", self.say("form-minutes-settled"), self.settled(), false);
        row("II", self.say("form-minutes-rows"), sums.rows, true);
        row("1", self.say("form-minutes-paid"), sums.paid, false);
        row("2", self.say("form-minutes-back"), sums.back, false);
        row(
            "III",
            self.say("form-minutes-matched"),
            bucket("matched"),
            true,
        );
        if !sums.in_set.is_empty() {
            row("1", self.say("form-minutes-in-set"), sums.in_set, false);
        }
        row("IV", self.say("form-minutes-open"), bucket("open"), true);
        for (at, (class, figure)) in (1..).zip(&sums.open) {
            let name = self.class(class, classes);
            row(&i32::to_string(&at), name, *figure, false);
        }
        row(
            "V",
            self.say("form-minutes-excluded"),
            bucket("excluded"),
            true,
        );
        for (at, (class, figure)) in (1..).zip(&sums.excluded) {
            let name = self.class(class, classes);
            row(&i32::to_string(&at), name, *figure, false);
        }
        row("VI", self.say("form-minutes-closing"), closing, true);
        let fees = Figure::new(sums.paid.count, sums.fees);
        row("VII", self.say("form-minutes-fees"), fees, true);
        let widths = [700, 4855, 1300, 2500];
        let names = [
            "form-col-no",
            "form-col-item",
            "form-col-count",
            "form-col-amount",
        ];
        Grid {
            name: self.say("form-sheet-minutes"),
            columns: names
                .map(|name| self.say(name))
                .into_iter()
                .zip(widths)
                .collect(),
            rows,
        }
    }

    /// What was open before the period and is not any more.
    fn settled(&self) -> Figure {
        let still: BTreeSet<&str> = self.closing.iter().map(|row| &*row.id).collect();
        let gone = self.opening.iter().filter(|row| !still.contains(&*row.id));
        gone.map(|row| row.amount).collect()
    }

    pub(super) fn class(&self, id: &str, classes: &[Class]) -> String {
        if id == OK {
            return self.say("form-class-ok");
        }
        let known = classes.iter().find(|class| class.id == id);
        known.map_or_else(
            || id.to_owned(),
            |class| class.label.get(self.lang).to_owned(),
        )
    }
}
