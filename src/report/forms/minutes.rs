//! Biên bản đối soát: the minutes of reconciliation with one provider over a period.

use super::amount::Handed;
use super::annex;
use super::figures::{ByClass, Sums};
use super::paper::{Block, Cell, Grid, How, Line, Listed, Paper, Row, head, signer};
use super::period;
use crate::classify::Class;
use crate::domain::{Day, Lang, MissingPayment, Ordered, OwnOrder, Period, ProviderRow, RunId};
use crate::report::facts::Figure;
use crate::text;

/// What the minutes are made of.
#[derive(Clone, Debug)]
pub struct Minutes<'a> {
    /// The language.
    pub lang: Lang,
    /// Party A; may be empty.
    pub unit: &'a str,
    /// Party B: how the paper calls it, and the source's name.
    pub provider: (String, &'a str),
    /// The days.
    pub period: &'a Period,
    /// Party B's accounting cut-off, minutes after midnight: payments from then on count for the
    /// next business date. 0: the business date is the calendar day.
    pub cutoff: u16,
    /// The run whose knowledge it is.
    pub run: &'a RunId,
    /// True where party B takes the money and hands it on; false where it only reports what
    /// reached party A's own account (a bank feed, a statement).
    pub collects: bool,
    /// The night as of which all figures are known: that of the closing of a closed period, else
    /// the last published one up to the end of the period.
    pub told_to: Day,
    /// The night up to which the paper before told the days before the period, where that is a
    /// later one than its eve.
    pub begins: Option<Day>,
    /// First and last days of the stretches of the period that no published night tells.
    pub missing: Vec<(Day, Day)>,
    /// Days of the period that the source itself had not told in full by then.
    pub incomplete: Vec<Day>,
    /// Orders that could not be asked about by then.
    pub unasked: u64,
    /// Open from before the period, as known when the paper before ended.
    pub opening: Vec<ProviderRow>,
    /// The rows of the period; and those of earlier days that came after those days were told.
    pub rows: Vec<ProviderRow>,
    /// Rows of earlier days that were told before and were decided anew since: as when the paper
    /// before ended, and as now. Where the amount that is due differs, this paper takes it up.
    pub changed: Vec<(ProviderRow, ProviderRow)>,
    /// The fees that party B kept of what banks received of it in the nights of the period, beyond
    /// those that its rows tell, dong; none where no settlement shows any.
    pub withheld: Option<i128>,
    /// The fees kept before party B told the payments, as the nights of the period found them: the
    /// report of the period adds them to what people paid, line II.1 does not.
    pub kept_before: Figure,
    /// Rows that were decided otherwise after the night of their day: as in that night, which the
    /// report of the period counts, and as now.
    pub since: Vec<(ProviderRow, ProviderRow)>,
    /// Below the title, where it is as of an earlier day: which, and what came since.
    pub as_of: Vec<String>,
    /// Open at its end, those from before it too.
    pub closing: Vec<ProviderRow>,
    /// What of party B's collections reached the banks.
    pub handed: Handed,
    /// Party A's own word on the orders of the period at this provider.
    pub ordered: Ordered,
    /// These orders, and those of other days that the rows name; by id.
    pub orders: Vec<OwnOrder>,
    /// What party A calls paid and no source has the money of, by whatever provider.
    pub unseen: Vec<MissingPayment>,
    /// The word by which orders name this provider.
    pub word: &'a str,
}

impl Minutes<'_> {
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
        let as_of = self.as_of.iter().map(|said| Line::plain(said.as_str()));
        blocks.extend(as_of.map(|line| Block::Line(line.strong())));
        blocks.push(line(self.say("form-minutes-basis")));
        self.parties(&mut blocks);
        blocks.push(Block::Line(Line::section(self.say("form-minutes-figures"))));
        self.known(&mut blocks);
        blocks.push(line(self.say("form-unit-dong")));
        blocks.push(Block::Table(self.table(&sums, classes)));
        self.amount(&sums, &mut blocks);
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
        let unit = if self.unit.is_empty() {
            "…………………………………………"
        } else {
            self.unit
        };
        let b = self.provider.0.as_str();
        for (key, name) in [("form-party-a-name", unit), ("form-party-b-name", b)] {
            let line = text::say(self.lang, key, &[("name", name)]);
            blocks.push(Block::Line(Line::plain(line).strong()));
            blocks.push(Block::Line(Line::left(self.say("form-party-person"))));
            blocks.push(Block::Line(Line::left(self.say("form-party-account"))));
        }
    }

    /// As of when the figures are, which days they lack, and what party A cannot tell.
    fn known(&self, blocks: &mut Vec<Block>) {
        let line = |key: &str, args: &[(&str, &str)]| {
            Block::Line(Line::plain(text::say(self.lang, key, args)))
        };
        blocks.push(Block::Line(Line::plain(self.cut())));
        let told_to = text::day(self.lang, self.told_to);
        blocks.push(line("form-minutes-told-to", &[("day", &told_to)]));
        if let Some(begins) = self.begins {
            let day = text::day(self.lang, begins);
            blocks.push(line("form-minutes-begins", &[("day", &day)]));
        }
        let missing = period::missing(self.lang, &self.missing);
        blocks.extend(missing.map(|said| Block::Line(Line::plain(said))));
        let days = self.incomplete.iter().map(|day| text::day(self.lang, *day));
        let days = days.collect::<Vec<_>>().join("; ");
        if !days.is_empty() {
            let said = text::say(self.lang, "form-minutes-incomplete", &[("days", &days)]);
            blocks.push(Block::Line(Line::plain(said).strong()));
        }
        if self.unasked > 0 {
            let n = text::number(self.lang, self.unasked);
            let said = text::say(self.lang, "form-minutes-unasked", &[("n", &n)]);
            blocks.push(Block::Line(Line::plain(said).strong()));
        }
        if self.ordered.orders == 0 {
            blocks.push(line("form-minutes-own-untold", &[]));
        }
        let unnamed = self.unseen.iter().filter(|fee| fee.orders.is_empty());
        let unnamed: Figure = unnamed.map(|fee| fee.amount).collect();
        if !unnamed.is_empty() {
            let n = text::number(self.lang, unnamed.count);
            let amount = text::number(self.lang, unnamed.sum_vnd);
            let args = [("n", &*n), ("amount", &*amount)];
            blocks.push(line("form-minutes-unnamed", &args));
        }
    }

    /// The hour at which party B's accounting day ends, and the first and last moment of the period
    /// by it.
    fn cut(&self) -> String {
        let day = |day: Day| text::day(self.lang, day);
        let hour = format!("{:02}:{:02}", self.cutoff / 60, self.cutoff % 60);
        let (key, from) = if self.cutoff == 0 {
            ("form-minutes-cut-day", self.period.from)
        } else {
            ("form-minutes-cut", self.period.from.minus(1))
        };
        let to = self.period.to;
        let args = [("hour", &*hour), ("from", &*day(from)), ("to", &*day(to))];
        text::say(self.lang, key, &args)
    }

    fn table(&self, sums: &Sums, classes: &[Class]) -> Grid {
        let names = [
            "form-col-no",
            "form-col-item",
            "form-col-count",
            "form-col-amount",
        ];
        let widths = [700, 4855, 1300, 2500];
        Grid {
            name: self.say("form-sheet-minutes"),
            columns: names
                .map(|name| self.say(name))
                .into_iter()
                .zip(widths)
                .collect(),
            rows: self.lines(sums, classes),
        }
    }

    fn lines(&self, sums: &Sums, classes: &[Class]) -> Vec<Row> {
        let opening: Figure = self.opening.iter().map(|row| row.amount).collect();
        let closing: Figure = self.closing.iter().map(|row| row.amount).collect();
        let some = |figure: Figure| (!figure.is_empty()).then_some(figure);
        let unseen: Figure = self.unseen_here().map(|(fee, _)| fee.amount).collect();
        let told = self.ordered.orders != 0 || !unseen.is_empty();
        let unseen = told.then_some(unseen);
        let mut table = Table {
            of: self,
            rows: Vec::new(),
        };
        table.head("I", "form-minutes-opening", Some(opening));
        table.part("1", "form-minutes-settled", self.settled());
        table.head("II", "form-minutes-rows", Some(sums.rows));
        table.sum_below(3);
        table.part("1", "form-minutes-paid", sums.paid);
        table.part("2", "form-minutes-back", sums.back);
        table.part("3", "form-minutes-other", sums.other);
        if let Some(late) = some(sums.late) {
            table.part("", "form-minutes-late", late);
        }
        if let Some(kept) = some(self.kept_before) {
            table.part("", "form-minutes-kept-before", kept);
        }
        table.head("III", "form-minutes-matched", Some(sums.exact));
        if let Some(in_set) = some(sums.in_set) {
            table.part("1", "form-minutes-in-set", in_set);
            table.of_annex(("form-sheet-sets", 4), in_set, None);
        }
        let annex = Some(("form-sheet-apart", 6, 5));
        table.classes("IV", "form-minutes-apart", &sums.apart, (classes, annex));
        table.classes("V", "form-minutes-open", &sums.open, (classes, None));
        table.classes(
            "VI",
            "form-minutes-excluded",
            &sums.excluded,
            (classes, None),
        );
        if let Some(dropped) = some(self.dropped()) {
            table.part("", "form-minutes-dropped", dropped);
        }
        table.head("VII", "form-minutes-closing", Some(closing));
        table.of_annex(("form-sheet-annex", 7), closing, None);
        if let Some(reopened) = some(self.reopened()) {
            table.part("1", "form-minutes-reopened", reopened);
        }
        if let Some(waiting) = some(self.waiting()) {
            table.part("", "form-minutes-waiting", waiting);
        }
        if let Some(since) = some(self.paid_since()) {
            table.part("", "form-minutes-paid-since", since);
        }
        table.fees(sums.fees);
        table.own(sums.paid);
        table.head("X", "form-minutes-unseen", unseen);
        if let Some(unseen) = unseen.filter(|unseen| !unseen.is_empty()) {
            table.of_annex(("form-sheet-unseen", 5), unseen, None);
        }
        table.carried(sums);
        table.amount(sums);
        table.rows
    }

    /// What party A calls paid through this provider and no source has the money of, with its
    /// order.
    pub fn unseen_here(&self) -> impl Iterator<Item = (&MissingPayment, &str)> {
        self.unseen.iter().filter_map(|fee| {
            let mut orders = fee.orders.iter();
            let here = orders.find(|(provider, _)| **provider == *self.word)?;
            Some((fee, &*here.1))
        })
    }
}

/// The rows of the table of figures, one after the other.
pub(super) struct Table<'m> {
    pub(super) of: &'m Minutes<'m>,
    pub(super) rows: Vec<Row>,
}

impl Table<'_> {
    /// A numbered part; without a figure where nobody told it.
    pub(super) fn head(&mut self, number: &str, key: &str, figure: Option<Figure>) {
        self.row(number, self.of.say(key), figure, true);
    }

    /// A row below it.
    pub(super) fn part(&mut self, number: &str, key: &str, figure: Figure) {
        self.row(number, self.of.say(key), Some(figure), false);
    }

    /// A part with a row for each class; with the annex that lists it: its name, its columns of
    /// amounts and of classes.
    fn classes(
        &mut self,
        number: &str,
        key: &str,
        by_class: &ByClass,
        (classes, annex): (&[Class], Option<(&str, u16, u16)>),
    ) {
        let all = Sums::total(by_class);
        self.head(number, key, Some(all));
        self.sum_below(u32::try_from(by_class.len()).unwrap_or(0));
        for (at, (class, figure)) in (1..).zip(by_class) {
            let name = self.of.class(class, classes);
            self.row(&i32::to_string(&at), name, Some(*figure), false);
            if let Some((table, amount, class)) = annex {
                self.of_annex((table, amount), all, Some((class, 1)));
            }
        }
    }

    /// The last row is the sum of so many that follow.
    pub(super) fn sum_below(&mut self, rows: u32) {
        if rows > 0 {
            self.made(|_| How::Below(rows));
        }
    }

    /// The last row tells what an annex lists: its name and its column of amounts. Not where the
    /// annex holds a part only.
    fn of_annex(&mut self, (name, amount): (&str, u16), all: Figure, alike: Option<(u16, u16)>) {
        if usize::try_from(all.count).unwrap_or(usize::MAX) > annex::LISTED {
            return;
        }
        let table = self.of.say(name);
        self.made(|is_count| {
            How::Listed(Listed {
                table: table.clone(),
                column: (!is_count).then_some(amount),
                alike,
            })
        });
    }

    /// Says of both figures of the last row how they are made.
    pub(super) fn made(&mut self, how: impl Fn(bool) -> How) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        for (at, cell) in row.cells.iter_mut().enumerate().skip(2) {
            if let Cell::Number(number) = cell {
                *cell = Cell::Made(*number, how(at == 2));
            }
        }
    }

    fn row(&mut self, number: &str, name: String, figure: Option<Figure>, strong: bool) {
        let parts = figure.map(|figure| [Some(figure.count.into()), Some(figure.sum_vnd)]);
        self.cells(number, name, parts.unwrap_or_default(), strong);
    }

    /// A row with a count and an amount, each a dash where nobody told it.
    pub(super) fn cells(
        &mut self,
        number: &str,
        name: String,
        parts: [Option<i128>; 2],
        strong: bool,
    ) {
        let untold = || Cell::Right("—".to_owned());
        let cell = |part: Option<i128>| part.map_or_else(untold, Cell::Number);
        let [count, dong] = parts.map(cell);
        let cells = vec![Cell::text(number), Cell::Text(name), count, dong];
        self.rows.push(Row { cells, strong });
    }
}
