//! The form of payments by agency of provincial systems (Decision 766/QĐ-TTg): paid requests, which
//! these systems title as dossiers, at the counter and online, the share, and what was taken as phí
//! and lệ phí.

use super::bridge::Bridge;
use super::paper::{Block, Cell, Grid, How, Line, Paper, Row, head, signer};
use super::period;
use crate::domain::{Day, Lang, Period, RunId};
use crate::kpi::Fraction;
use crate::text;

/// One agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyPayments {
    /// Its name, or its code where no name is known.
    pub name: Box<str>,
    /// Paid requests.
    pub dossiers: i128,
    /// Of these, those that were paid online: a plain transfer is not.
    pub online: i128,
    /// Phí taken, dong.
    pub phi: i128,
    /// Lệ phí taken, dong.
    pub le_phi: i128,
}

/// What a source had not told by the night of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untold {
    /// Its name.
    pub source: Box<str>,
    /// Days of the period that did not come in full.
    pub days: Vec<Day>,
    /// Orders that it was not asked about, or did not answer.
    pub orders: u64,
    /// True where it is not complete and nothing says what of it.
    pub lacks: bool,
}

/// What the nights of the period changed of earlier days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The night before the period.
    pub eve: Day,
    /// Phí, dong; negative where it is less now.
    pub phi: i128,
    /// Lệ phí, dong.
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
    /// All together: requests of several agencies count once.
    pub total: AgencyPayments,
    /// False where the registry tells no paid request: there is nothing to count then.
    pub counted: bool,
    /// What the sources had not told.
    pub untold: Vec<Untold>,
    /// How the sum leads to what `AMOUNT_CASHLESS` counts over the same days; none where that is
    /// not measured.
    pub bridge: Option<Bridge>,
    /// What was paid on days before the period and was recorded, or decided otherwise, only
    /// after its eve, so that it stands in no earlier form; none where there can be none.
    pub carried: Option<Carried>,
    /// The last night that is told.
    pub night: Day,
    /// First and last days of the stretches of the period that no published night tells.
    pub missing: Vec<(Day, Day)>,
    /// Nights that were published again since the run: the figures are those of the book as it
    /// stands today, as of that night.
    pub republished: Vec<Day>,
    /// Below the title, where it is as of an earlier day: which, and what came since.
    pub as_of: &'a [String],
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
        ];
        let as_of = self.as_of.iter().map(|said| Line::plain(said.as_str()));
        blocks.extend(as_of.map(|line| Block::Line(line.strong())));
        blocks.extend([
            Block::Table(self.table()),
            Block::Line(Line::plain(text::say(self.lang, "form-payments-sum", &args)).strong()),
        ]);
        let counted = if self.counted {
            "form-payments-counted"
        } else {
            "form-payments-uncounted"
        };
        blocks.push(Block::Line(Line::plain(self.say(counted))));
        if self.shared() {
            blocks.push(Block::Line(Line::plain(self.say("form-payments-once"))));
        }
        let carried = self.carried.map(|carried| self.carried_over(carried));
        blocks.extend(carried.map(|said| Block::Line(Line::plain(said))));
        if let Some(bridge) = &self.bridge {
            blocks.push(Block::Line(Line::section(self.say("form-bridge-title"))));
            blocks.push(Block::Line(Line::plain(self.say("form-bridge-intro"))));
            blocks.push(Block::Table(self.bridge(bridge)));
        }
        let said = text::say(self.lang, "form-source-run", &run);
        blocks.push(Block::Line(Line::plain(said)));
        let night = text::day(self.lang, self.night);
        let said = text::say(self.lang, "form-minutes-told-to", &[("day", &night)]);
        blocks.push(Block::Line(Line::plain(said)));
        let missing = period::missing(self.lang, &self.missing);
        blocks.extend(missing.map(|said| Block::Line(Line::plain(said))));
        let untold = self.untold.iter().map(|untold| self.untold(untold));
        blocks.extend(untold.map(|said| Block::Line(Line::plain(said))));
        blocks.extend(self.state().map(|said| Block::Line(Line::plain(said))));
        blocks.extend([Block::Signatures(vec![
            signer(self.lang, "form-sign-maker", "form-sign-hint"),
            signer(self.lang, "form-sign-accountant", "form-sign-hint"),
            signer(self.lang, "form-sign-head", "form-sign-seal"),
        ])]);
        Paper {
            title: self.say("form-payments-title"),
            lang: self.lang,
            landscape: true,
            blocks,
        }
    }

    /// What of a source is not in the figures.
    fn untold(&self, untold: &Untold) -> String {
        let days = untold.days.iter().map(|day| text::day(self.lang, *day));
        let days = days.collect::<Vec<_>>().join(", ");
        let orders = text::number(self.lang, untold.orders);
        let args = [
            ("source", &*untold.source),
            ("days", &*days),
            ("n", &*orders),
        ];
        let key = match (untold.days.is_empty(), untold.orders) {
            (false, 0) => "form-payments-untold-days",
            (false, _) => "form-payments-untold-both",
            (true, 1..) => "form-payments-untold-orders",
            (true, 0) => "form-payments-untold",
        };
        text::say(self.lang, key, &args)
    }

    /// What earlier days brought since: on no earlier form, and not in the table.
    fn carried_over(&self, carried: Carried) -> String {
        let number = |dong| text::number(self.lang, dong);
        let (eve, phi) = (text::day(self.lang, carried.eve), number(carried.phi));
        let (le_phi, sum) = (number(carried.le_phi), number(carried.phi + carried.le_phi));
        let args = [
            ("eve", &*eve),
            ("phi", &*phi),
            ("le_phi", &*le_phi),
            ("sum", &*sum),
        ];
        text::say(self.lang, "form-payments-carried", &args)
    }

    /// What the figures are of, where that is not what the run published.
    fn state(&self) -> Option<String> {
        let nights = self.republished.iter();
        let nights: Vec<String> = nights.map(|night| text::day(self.lang, *night)).collect();
        let (nights, night) = (nights.join(", "), text::day(self.lang, self.night));
        let args = [("nights", &*nights), ("night", &*night)];
        let said = || text::say(self.lang, "form-payments-republished", &args);
        (!self.republished.is_empty()).then(said)
    }

    /// The lines between the sum and the indicator; a line of nothing is left out.
    fn bridge(&self, bridge: &Bridge) -> Grid {
        let row = |key: &str, dong: i128, strong: bool| Row {
            cells: vec![Cell::Text(self.say(key)), Cell::Number(dong)],
            strong,
        };
        let parts = bridge.parts().into_iter().filter(|(_, dong)| *dong != 0);
        let mut rows = vec![row("bridge-taken", bridge.taken, true)];
        rows.extend(parts.map(|(key, dong)| row(key, dong, false)));
        rows.push(row("bridge-counted", bridge.counted, true));
        Grid {
            name: self.say("form-sheet-bridge"),
            columns: vec![
                (self.say("form-col-item"), 11_000),
                (self.say("form-col-amount"), 3_000),
            ],
            rows,
        }
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
            .map(|(at, agency)| self.row(Cell::Number(at), agency, false))
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
        let mut row = self.row(Cell::text(""), &self.total, true);
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

    fn row(&self, number: Cell, agency: &AgencyPayments, strong: bool) -> Row {
        let share = Fraction::new(agency.online, agency.dossiers);
        let counted = if self.counted {
            [
                Cell::Number(agency.dossiers),
                Cell::Made(agency.dossiers - agency.online, How::Less(2, 4)),
                Cell::Number(agency.online),
                Cell::Share(share, 4, 2),
            ]
        } else {
            [(); 4].map(|()| Cell::text("—"))
        };
        let mut cells = vec![number, Cell::text(&*agency.name)];
        cells.extend(counted);
        cells.extend([
            Cell::Number(agency.phi),
            Cell::Number(agency.le_phi),
            Cell::Made(agency.phi + agency.le_phi, How::Plus(6, 7)),
        ]);
        Row { cells, strong }
    }
}
