//! The form of payments by agency of provincial systems (Decision 766/QĐ-TTg): dossiers that paid,
//! at the counter and online, the share, and what was taken as phí and lệ phí.

use super::paper::{Block, Cell, Grid, How, Line, Paper, Row, head, signer};
use super::period;
use crate::domain::{Lang, Period, RunId};
use crate::kpi::Fraction;
use crate::text;

/// One agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyPayments {
    /// Its name, or its code where no name is known.
    pub name: Box<str>,
    /// Dossiers that paid.
    pub dossiers: i128,
    /// Of these, those that paid without cash.
    pub online: i128,
    /// Phí taken, dong.
    pub phi: i128,
    /// Lệ phí taken, dong.
    pub le_phi: i128,
}

/// What the form is made of.
#[derive(Clone, Debug)]
pub struct Payments<'a> {
    /// The language.
    pub lang: Lang,
    /// Who reports; may be empty.
    pub unit: &'a str,
    /// The days.
    pub period: &'a Period,
    /// The run whose knowledge it is.
    pub run: &'a RunId,
    /// The agencies in their order.
    pub agencies: Vec<AgencyPayments>,
    /// All together: dossiers of several agencies count once.
    pub total: AgencyPayments,
    /// What `AMOUNT_CASHLESS` counts in all over the same days, dong; none where it is not
    /// measured.
    pub measured: Option<i128>,
}

impl Payments<'_> {
    fn say(&self, key: &str) -> String {
        text::say(self.lang, key, &[])
    }

    /// The paper.
    pub fn paper(&self) -> Paper {
        let run = [("run", self.run.as_str())];
        let sum = self.total.phi + self.total.le_phi;
        let words = text::dong_in_words(self.lang, sum);
        let amount = text::number(self.lang, sum);
        let args = [("amount", &*amount), ("words", &*words)];
        let mut blocks = vec![
            head(self.lang, self.unit, "BC"),
            Block::Line(Line::title(self.say("form-payments-title"))),
            Block::Line(Line::middle(period::name(self.lang, self.period)).slanted()),
            Block::Table(self.table()),
            Block::Line(Line::plain(text::say(self.lang, "form-payments-sum", &args)).strong()),
        ];
        if self.shared() {
            blocks.push(Block::Line(Line::plain(self.say("form-payments-once"))));
        }
        blocks.extend(
            self.difference(sum)
                .map(|said| Block::Line(Line::plain(said))),
        );
        blocks.extend([
            Block::Line(Line::plain(text::say(self.lang, "form-source-run", &run))),
            Block::Signatures(vec![
                signer(self.lang, "form-sign-maker", "form-sign-hint"),
                signer(self.lang, "form-sign-accountant", "form-sign-hint"),
                signer(self.lang, "form-sign-head", "form-sign-seal"),
            ]),
        ]);
        Paper {
            title: self.say("form-payments-title"),
            lang: self.lang,
            landscape: true,
            blocks,
        }
    }

    /// How far the sum is from the indicator's, and why; none where they are the same.
    fn difference(&self, sum: i128) -> Option<String> {
        let measured = self.measured.filter(|measured| *measured != sum)?;
        let number = |dong| text::number(self.lang, dong);
        let (difference, measured) = (number(measured - sum), number(measured));
        let args = [("difference", &*difference), ("measured", &*measured)];
        Some(text::say(self.lang, "form-payments-difference", &args))
    }

    /// True where dossiers of several agencies make the total less than the sum of the lines.
    fn shared(&self) -> bool {
        let lines = self.agencies.iter();
        let sum = lines.fold((0, 0), |sum, line| {
            (sum.0 + line.dossiers, sum.1 + line.online)
        });
        sum != (self.total.dossiers, self.total.online)
    }

    fn table(&self) -> Grid {
        let mut rows: Vec<Row> = (1_i128..)
            .zip(&self.agencies)
            .map(|(at, agency)| row(Cell::Number(at), agency, false))
            .collect();
        rows.push(self.sum());
        let names = [
            "form-col-no",
            "form-col-agency",
            "form-col-dossiers",
            "form-col-direct",
            "form-col-online",
            "form-col-share",
            "form-col-phi",
            "form-col-le-phi",
            "form-col-sum",
        ];
        let widths = [750, 3750, 1200, 1200, 1200, 1300, 1600, 1600, 1700];
        Grid {
            name: self.say("form-sheet-payments"),
            columns: names
                .map(|name| self.say(name))
                .into_iter()
                .zip(widths)
                .collect(),
            rows,
        }
    }

    /// The last row.
    fn sum(&self) -> Row {
        let mut row = row(Cell::text(""), &self.total, true);
        for cell in &mut row.cells {
            if let Cell::Number(number) = cell {
                *cell = Cell::total(*number);
            }
        }
        if self.shared() {
            let total = [(2, self.total.dossiers), (4, self.total.online)];
            for (at, number) in total {
                if let Some(cell) = row.cells.get_mut(at) {
                    *cell = Cell::Number(number);
                }
            }
        }
        row
    }
}

fn row(number: Cell, agency: &AgencyPayments, strong: bool) -> Row {
    let share = Fraction::new(agency.online, agency.dossiers);
    let cells = vec![
        number,
        Cell::text(&*agency.name),
        Cell::Number(agency.dossiers),
        Cell::Made(agency.dossiers - agency.online, How::Less(2, 4)),
        Cell::Number(agency.online),
        Cell::Share(share, 4, 2),
        Cell::Number(agency.phi),
        Cell::Number(agency.le_phi),
        Cell::Made(agency.phi + agency.le_phi, How::Plus(6, 7)),
    ];
    Row { cells, strong }
}
