//! Pure: from a settlement and the facts of the run to everything a reader will see. Nothing is
//! decided after this; `html` only lays it out.

use serde::Serialize;

use crate::classify::Class;
use crate::domain::{Catalogue, Day, Lang, Text};
use crate::settle::{Inputs, Settlement};

use super::facts::{ClosedMark, Figure, RunFacts, SourceFile, StatementBalance};

mod ageing;
mod automatic;
mod awaited;
mod batches;
mod before;
mod breakdown;
mod bridge;
mod brief;
mod cell_work;
mod cells;
mod changes;
mod closed;
mod compare;
mod deciding;
mod effect;
mod ended;
mod exceptions;
mod fees;
mod gaps;
mod held;
mod index;
mod kept;
mod known;
mod later;
mod light;
mod links;
mod matters;
mod moves;
mod nights;
mod origin;
mod pairings;
mod proposals;
mod quality;
mod rejects;
mod resting;
mod row;
mod ruled;
mod rules;
mod shares;
mod sources;
mod span;
mod stake;
mod status;
mod tie;
mod tie_files;
mod tiles;
mod trend;
mod unknown_fees;
mod unplaced;
mod view;
mod what_if;

pub use crate::classify::AtRisk;
pub use ageing::{ClassRow, age_bucket};
pub use automatic::{Rate, Rates};
pub use batches::BatchView;
pub use breakdown::{AgencyRow, InstrumentRow, instrument_word};
pub use bridge::{Break, CarryRow, FlowRow, uncounted_out};
pub use brief::BriefView;
pub use cells::{Breakdowns, CellRow, CellTable, GreyRow, every_cell};
pub use changes::{
    ChangeLine, ChangeSection, Reason, VersionChanges, amount_word, class_word, figure_word,
    finding_word, kind_word, percent_word, table_word, verdict_of,
};
pub use closed::{ClosedView, EndedBy, every_closed};
pub use compare::CompareRow;
pub use deciding::count;
pub use exceptions::{ExceptionList, every, is_listed};
pub use fees::{FeeSection, FeeView, ZeroRow, every_fee, fee_label, rate_text};
pub use held::{ChainRow, DayCredit, GatewayDay, Held, HeldRow, Stage};
pub use index::Index;
pub use known::{ArrivedRow, KnownFigure, KnownRow, KnownView, MovedRow, decided};
pub use later::{keep_to_period, sources_of};
pub use light::{Banner, Level, Light};
pub use links::{LinkView, NightGroups, Standing};
pub use moves::MoveColumn;
pub use nights::{
    FirstRow, KeptRow, Later, MoneyRow, NightFigures, NightSources, OfNights, Outside, SourceSpan,
    ToldNight, Work, open_work, spans,
};
pub use pairings::{PairingView, Pairings};
pub use proposals::{ProposalView, Proposals};
pub use quality::QualityRow;
pub use rejects::{RejectList, RejectView, every_reject, mask_seen};
pub use row::Fact;
pub use ruled::{REFUND_DAYS, RuledView, ruling_word};
pub use rules::rule_lines;
pub use shares::{ScopedShare, ShareRow, definition_name, every_share, period_name, verdict_word};
pub use sources::{SourceView, row_kind, source_word};
pub use span::OutsideRow;
pub use stake::{matters_of, matters_word, stake_line};
pub use status::Status;
pub use tie::{TieLine, Totals, tie_out, totals};
pub use tie_files::{tie_out_files, tie_out_lean};
pub use tiles::{Tile, turnover};
pub use trend::{Trend, TrendRow, new_year, trend, trend_name, trend_said};
pub use unplaced::Unplaced;
pub use view::ExceptionView;
pub use what_if::WhatIfRow;

/// An open exception older than this many days is overdue.
pub const OVERDUE_DAYS: i64 = 3;

/// At most this many exceptions that decide the verdict stand on the first screen.
const FIRST_MAX: usize = 5;

/// A paper lists so many exceptions in full, and of those the page shows in full every one that
/// decides the verdict.
pub const PAPER_MAX: usize = 60;

/// The page shows so many that decide nothing in a line each; the rest is in `exceptions.csv`.
pub const BRIEF_MAX: usize = 5_000;

/// The page shows this many exceptions in full, and this many rejects.
pub const SHOWN_MAX: usize = 200;

/// At most so many more of those that decide the verdict are on paper, in a line each.
pub const FURTHER_MAX: usize = 100;

/// The report of one night, decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The language of all texts in it.
    pub lang: Lang,
    /// The unit whose report it is; may be empty.
    pub unit: Box<str>,
    /// The night.
    pub business_date: Day,
    /// The month or range that it is of, in words within a sentence; none for its night.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// True where a night after the end of the period tells it.
    #[serde(skip)]
    pub told_later: bool,
    /// The night at whose end the period stood; else the night.
    #[serde(skip)]
    pub end_night: Day,
    /// Who closed its figures, or opened them again, when and why; none where nobody ever did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_mark: Option<ClosedMark>,
    /// The run box: label and value.
    pub run_box: Vec<Fact>,
    /// The version of the night, and the run it replaces.
    pub version_of_night: u32,
    /// The verdict in colour, symbol, word and sentence.
    pub light: Light,
    /// What makes the night incomplete or untied; empty on a good night.
    pub banners: Vec<Banner>,
    /// The five numbers.
    pub tiles: Vec<Tile>,
    /// What waits: of the night's transactions, or in the money sources at the end of the period.
    #[serde(skip)]
    pub open: Figure,
    /// In a period: why the sums of its nights cannot be told, where a night does not tell its own.
    #[serde(skip)]
    pub untold: Option<String>,
    /// In a period: all rows of its days less the sum of its nights; empty where they are the same.
    #[serde(skip)]
    pub outside: Vec<OutsideRow>,
    /// The same over all sources, in a sentence.
    #[serde(skip)]
    pub nights_less: Option<String>,
    /// In a period: the work list from before its first night to its last, in a sentence.
    #[serde(skip)]
    pub work: Option<String>,
    /// The totals of the last night alone, for the trend.
    #[serde(skip)]
    pub night_totals: Totals,
    /// What the providers kept.
    #[serde(skip)]
    pub kept: Vec<KeptRow>,
    /// The share that carries the verdict: the first target's, of the period, else of the year to
    /// date.
    pub headline: Option<ShareRow>,
    /// The same definition over the year to date, as the trend has it.
    #[serde(skip)]
    pub year: Option<ShareRow>,
    /// Every definition in night, month and year, for the whole unit.
    pub shares: Vec<ShareRow>,
    /// The headline's definition and period by agency.
    pub agencies: Vec<AgencyRow>,
    /// The money of the day, or of the nights of the period, by means of payment, cash included.
    pub instruments: Vec<InstrumentRow>,
    /// The headline's share broken down further.
    pub breakdowns: Breakdowns,
    /// The grey zones: how they count, and what another setting would do.
    pub grey: Vec<GreyRow>,
    /// Settings of the rules that would change tonight's links or share.
    pub what_if: Vec<WhatIfRow>,
    /// The work list.
    pub exceptions: ExceptionList,
    /// What the program proposes for open payments.
    #[serde(skip)]
    pub proposals: Proposals,
    /// Settlements of gateways that came into the bank tonight.
    #[serde(skip)]
    pub batches: Vec<BatchView>,
    /// What was paired tonight without an exact key.
    pub pairings: Pairings,
    /// What the fee table says of tonight's fees; none without a table.
    pub fees: Option<FeeSection>,
    /// What procedures and fields are called.
    #[serde(skip)]
    pub catalogue: Catalogue,
    /// Rows that could not be read.
    pub rejects: RejectList,
    /// How good the data of each source were; none in a period.
    #[serde(skip)]
    pub quality: Option<Vec<QualityRow>>,
    /// Each source and whether it is complete.
    pub sources: Vec<SourceView>,
    /// Rows in against rows decided.
    pub tie_out: Vec<TieLine>,
    /// The same over all money sources.
    pub totals: Totals,
    /// The fee lines that are open and wait for nobody, in a sentence; none in a period.
    #[serde(skip)]
    pub resting: Option<String>,
    /// How many payments of the night the rules matched alone, in a sentence; none in a period.
    #[serde(skip)]
    pub automatic: Option<String>,
    /// The same by source and by agency.
    #[serde(skip)]
    pub rates: Option<Rates>,
    /// The night that tonight is compared with: the last published one before it.
    #[serde(skip)]
    pub compared_with: Option<Day>,
    /// Exceptions settled since the night before; none without a night before.
    pub closed: Option<Vec<ClosedView>>,
    /// The five numbers beside those of earlier nights; empty where there is none.
    pub moves: Vec<MoveColumn>,
    /// What changed against the version before; none in a first version.
    pub changes: Option<VersionChanges>,
    /// The same period as known by another run; none where one knowledge is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownView>,
    /// The headline's share day by day and month by month.
    pub trend: Trend,
    /// The money of the day of each money source.
    pub flows: Vec<FlowRow>,
    /// What was open in each source, from the night before to tonight.
    pub carries: Vec<CarryRow>,
    /// What the gateways hold, and how their days reached the bank; none in a period of which a
    /// night does not tell it.
    #[serde(skip)]
    pub held: Option<Held>,
    /// The balances that its statements tell.
    pub balances: Vec<StatementBalance>,
    /// The files of the night with their digests.
    pub files: Vec<SourceFile>,
    /// In a period: those of all its nights.
    #[serde(skip)]
    pub night_files: Vec<(Day, SourceFile)>,
    /// In a period: the nights whose links and fee lines cannot be told, in a sentence.
    #[serde(skip)]
    pub without_rows: Option<String>,
    /// The rules in force: what each is called, and its value in words.
    pub rules: Vec<(Box<str>, Box<str>)>,
    /// True when a source's own totals do not tie: nothing is exported then.
    pub exports_withheld: bool,
}

/// The texts of the classes, looked up by id.
#[derive(Clone, Copy, Debug)]
pub struct Classes<'a>(pub &'a [Class]);

impl Classes<'_> {
    /// The class with this id.
    pub fn get(&self, id: &str) -> Option<&Class> {
        self.0.iter().find(|class| class.id == id)
    }

    /// One of its texts, or the id itself for a class that this version does not know.
    pub fn text(&self, id: &str, lang: Lang, which: fn(&Class) -> Text) -> String {
        self.get(id)
            .map_or_else(|| id.to_owned(), |class| which(class).get(lang).to_owned())
    }
}

/// What a report is made of, indexed.
type Of<'o> = (
    &'o Inputs,
    &'o Index<'o>,
    &'o Settlement,
    &'o RunFacts,
    Classes<'o>,
    NightFigures,
);

impl Report {
    /// Decides everything. `classes` are the classes with their texts.
    pub fn build(
        inputs: &Inputs,
        settlement: &Settlement,
        facts: &RunFacts,
        classes: &[Class],
    ) -> Self {
        let classes = Classes(classes);
        let index = Index::new(inputs);
        let night = NightFigures::of(&index, settlement, facts);
        let headline = shares::headline(settlement, facts);
        let standing = shares::year_share(settlement, facts);
        let exceptions = exceptions::list(&index, settlement, facts, classes);
        let untied = if facts.is_told_later() {
            &[][..] // the rows of the night that tells it are none of the period
        } else {
            &night.tie_out
        };
        let banners = light::banners(facts, untied);
        let rates = automatic::rates(&index, settlement, facts);
        let of = (inputs, &index, settlement, facts, classes, night);
        Self::made(of, (headline, standing), (exceptions, banners, rates))
    }

    /// The parts together.
    fn made(
        (inputs, index, settlement, facts, classes, night): Of<'_>,
        (headline, standing): (Option<ShareRow>, Option<&crate::kpi::Share>),
        (exceptions, banners, rates): (ExceptionList, Vec<Banner>, Option<Rates>),
    ) -> Self {
        let (night_totals, open) = (night.totals(), span::open_at_end(facts, &night));
        let year = standing.map(|share| shares::row(share, facts));
        let told = span::told(facts, night);
        let money = (&night_totals, open, bridge::paid(&told.flows));
        Self {
            lang: facts.lang,
            unit: facts.unit.clone(),
            business_date: facts.business_date,
            period: span::period_words(facts),
            told_later: facts.is_told_later(),
            end_night: facts.end_night(),
            closed_mark: facts.page.closed.clone(),
            run_box: sources::run_box(facts),
            version_of_night: facts.version_of_night,
            tiles: tiles::tiles(facts, money, headline.as_ref(), &exceptions),
            open,
            untold: span::untold(facts),
            outside: span::outside(facts),
            nights_less: span::nights_less(facts),
            work: span::work(facts),
            night_totals,
            automatic: automatic::sentence(rates.as_ref(), facts.lang),
            rates,
            resting: resting::sentence(settlement, facts, classes),
            totals: span::totals(facts, night_totals),
            agencies: breakdown::agencies(index, settlement, facts, &exceptions),
            breakdowns: cells::tables(index, settlement, facts),
            grey: cells::grey(settlement, facts),
            proposals: proposals::list(index, settlement, facts),
            batches: batches::list(index, settlement, facts),
            pairings: pairings::list(index, settlement, facts),
            fees: fees::section(index, facts),
            catalogue: facts.catalogue.clone(),
            rejects: rejects::list(inputs, facts),
            what_if: what_if::rows(facts, standing),
            quality: quality::rows(index, settlement, facts),
            sources: sources::views(facts),
            exports_withheld: !facts.ties(),
            light: light::light(headline.as_ref(), facts, &banners),
            banners,
            shares: shares::rows(settlement, facts),
            moves: moves::columns(facts, (&night_totals, open), headline.as_ref(), &exceptions),
            exceptions,
            compared_with: facts.previous.as_ref().map(|before| before.business_date),
            closed: closed::list(index, settlement, facts, classes),
            changes: changes::of_version(index, facts),
            known: known::view(index, settlement, facts),
            trend: trend::both(settlement, facts, year.as_ref(), &night_totals),
            instruments: told.instruments,
            tie_out: told.tie_out,
            flows: told.flows,
            carries: told.carries,
            kept: told.kept,
            held: told.held,
            balances: span::balances(facts),
            files: facts.page.files.clone(),
            night_files: sources::night_files(facts),
            without_rows: span::without_rows(facts),
            rules: facts.page.rules.clone(),
            headline,
            year,
        }
    }

    /// The open work: exceptions that need a person.
    pub fn open_work(&self) -> Figure {
        self.exceptions.work
    }
}
