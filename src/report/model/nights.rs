//! Pure: what a night tells of itself in sums, and the nights of a period added up. Movements add
//! up; what was open is that before the first night and that after the last one, and where a night
//! does not begin with what the one before it left, the difference is kept.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Day, TxnKind, TxnStatus, Vnd};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::{Inputs, Settlement};

use super::breakdown::{self, InstrumentRow};
use super::bridge::{self, CarryRow, FlowRow, kept_before, kept_before_all, left_out};
use super::held::{self, Held, HeldNights};
use super::index::Index;
use super::links::LinkView;
use super::tie::{TieLine, Totals, tie_out, totals};
use carried::Carried;
pub use outside::{MoneyRow, Outside};
pub use spans::{NightSources, SourceSpan, spans};
pub(super) use work::is_open_work;
pub use work::{FirstRow, Later, Work, open_work};

mod carried;
mod later;
mod outside;
mod spans;
mod work;

/// Payments of one source and means of payment, with what the provider says it kept; dong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptRow {
    /// The source.
    pub source: Box<str>,
    /// The means of payment, as the provider tells it.
    pub instrument: &'static str,
    /// Payments of people that succeeded, each at one of the sources that tell it.
    pub count: u64,
    /// What people paid.
    pub gross: i128,
    /// What the provider kept.
    pub fee: i128,
    /// What was received.
    pub net: i128,
    /// Of the payments, those of gateways that tell no fee and of which none was found: what was
    /// kept of them is not known before they are settled.
    pub untold: u64,
}

/// The sums that a night tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NightFigures {
    /// Rows in against rows decided.
    pub tie_out: Vec<TieLine>,
    /// The money of the day.
    pub flows: Vec<FlowRow>,
    /// What was open, from the night before to tonight.
    pub carries: Vec<CarryRow>,
    /// The payments of the day by means of payment.
    pub instruments: Vec<InstrumentRow>,
    /// What the providers kept.
    pub kept: Vec<KeptRow>,
    /// What the gateways hold; none where an older program published the night.
    pub held: Option<Held>,
    /// The work list.
    pub work: Work,
}

impl NightFigures {
    /// The figures of the night itself.
    pub fn of(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Self {
        Self {
            tie_out: tie_out(index, settlement, facts),
            flows: bridge::flows(index, settlement, facts),
            carries: bridge::carries(settlement, facts),
            instruments: breakdown::instruments(index, settlement, facts),
            kept: kept(index.inputs, settlement, facts),
            held: Some(held::held(index, settlement, facts)),
            work: work::work(index, settlement, facts),
        }
    }

    /// The transactions of all money sources.
    pub fn totals(&self) -> Totals {
        totals(&self.tie_out)
    }

    /// What was open in the money sources at the end.
    pub fn open_money(&self) -> Figure {
        let mut open = Figure::default();
        for row in self.carries.iter().filter(|row| row.money) {
            open.plus(row.closing);
        }
        open
    }
}

/// The payments of people that succeeded, by source and means: those that the bridge of the day
/// tells as paid, without lines that are no payment of their own.
fn kept(inputs: &Inputs, settlement: &Settlement, facts: &RunFacts) -> Vec<KeptRow> {
    let mut rows = BTreeMap::new();
    let before = kept_before_all(&settlement.rows);
    let left_out = left_out(settlement);
    let paid = inputs.txns.iter().filter(|txn| {
        txn.kind == TxnKind::Payment
            && txn.status == TxnStatus::Success
            && txn.business_date == facts.business_date
            && !left_out.contains(&(txn.source.as_str(), &*txn.id))
    });
    for txn in paid {
        let found = before.get(&(txn.source.as_str(), &*txn.id));
        let before = found.map_or(0, |row| kept_before(row, txn));
        let untold = txn.order_ref.is_some() && txn.fee == Vnd::ZERO && before == 0;
        let one = KeptRow {
            source: txn.source.as_str().into(),
            instrument: txn.instrument.id(),
            count: 1,
            gross: txn.amount.wide() + before,
            fee: txn.fee.wide() + before,
            net: txn.net.wide(),
            untold: u64::from(untold),
        };
        add_kept(&mut rows, one);
    }
    rows.into_values().collect()
}

type Kept = BTreeMap<(Box<str>, &'static str), KeptRow>;

fn add_kept(rows: &mut Kept, one: KeptRow) {
    match rows.entry((one.source.clone(), one.instrument)) {
        std::collections::btree_map::Entry::Vacant(place) => {
            place.insert(one);
        }
        std::collections::btree_map::Entry::Occupied(mut known) => {
            let row = known.get_mut();
            row.count += one.count;
            row.gross += one.gross;
            row.fee += one.fee;
            row.net += one.net;
            row.untold += one.untold;
        }
    }
}

/// A night and what it published of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldNight {
    /// The night.
    pub day: Day,
    /// The transactions of all money sources.
    pub totals: Totals,
    /// Its rows by source and kind, as they were stored.
    pub rows: Vec<(Box<str>, &'static str, Figure)>,
    /// Its other sums; none where an older program published it.
    pub figures: Option<NightFigures>,
}

/// The nights of a period, each as it was published, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfNights {
    /// The nights.
    pub nights: Vec<Day>,
    /// Which version of each.
    pub versions: Vec<u32>,
    /// Those that an older program published, without the sums of [`NightFigures`].
    pub untold: Vec<Day>,
    /// The transactions of all money sources.
    pub totals: Totals,
    /// All rows of the period's days less these sums.
    pub outside: Vec<Outside>,
    /// The other sums; none where a night does not tell them.
    pub figures: Option<NightFigures>,
    /// The sources over the nights.
    pub sources: Vec<SourceSpan>,
    /// What the nights linked and still stands after the last one, in the order of `links.csv`.
    pub links: Vec<LinkView>,
    /// The nights of which no rows are at hand: their links, and what the fee table says of their
    /// lines, are not among the others.
    pub without_rows: Vec<Day>,
}

impl OfNights {
    /// The sums of nights in their order; `stored` are the rows of the period's days by source and
    /// kind, as far as they are decided.
    pub fn sum(nights: Vec<ToldNight>, stored: &[(Box<str>, &'static str, Figure)]) -> Self {
        let mut all = Self::default();
        let mut rows: BTreeMap<(&str, &'static str), (i128, i128)> = BTreeMap::new();
        let add = |rows: &mut BTreeMap<_, (i128, i128)>, sign: i128, figure: &Figure, key| {
            let entry = rows.entry(key).or_default();
            entry.0 += sign * i128::from(figure.count);
            entry.1 += sign * figure.sum_vnd;
        };
        for (source, kind, figure) in stored {
            add(&mut rows, 1, figure, (&**source, *kind));
        }
        for night in &nights {
            all.nights.push(night.day);
            all.totals.plus(&night.totals);
            for (source, kind, figure) in &night.rows {
                add(&mut rows, -1, figure, (&**source, *kind));
            }
            if night.figures.is_none() {
                all.untold.push(night.day);
            }
        }
        let outside = rows.into_iter().filter(|(_, left)| *left != (0, 0));
        let net = outside.map(|((source, kind), net)| Outside::net(source.into(), kind, net));
        all.outside = net.collect();
        let told = nights
            .into_iter()
            .filter_map(|night| Some((night.day, night.figures?)));
        let told: Vec<(Day, NightFigures)> = told.collect();
        if all.untold.is_empty() && !told.is_empty() {
            all.figures = Some(add_up(told));
        }
        all
    }
}

fn add_up(nights: Vec<(Day, NightFigures)>) -> NightFigures {
    let mut ties: BTreeMap<(bool, Box<str>, &'static str), TieLine> = BTreeMap::new();
    let mut flows: BTreeMap<Box<str>, FlowRow> = BTreeMap::new();
    let mut instruments: BTreeMap<&'static str, InstrumentRow> = BTreeMap::new();
    let mut kept = Kept::new();
    let mut carried = Carried::default();
    let mut work: Option<Work> = None;
    let mut held = Some(HeldNights::default());
    for (day, night) in nights {
        for mut line in night.tie_out {
            line.business_date = None;
            match ties.get_mut(&(line.money, line.source.clone(), line.kind)) {
                Some(sum) => sum.plus(&line),
                None => {
                    ties.insert((line.money, line.source.clone(), line.kind), line);
                }
            }
        }
        for row in night.flows {
            let sum = flows.entry(row.source.clone()).or_default();
            sum.source.clone_from(&row.source);
            sum.plus(&row);
        }
        for row in night.instruments {
            match instruments.get_mut(row.word) {
                Some(sum) => {
                    sum.paid.plus(row.paid);
                    sum.open.plus(row.open);
                }
                None => {
                    instruments.insert(row.word, row);
                }
            }
        }
        for row in night.kept {
            add_kept(&mut kept, row);
        }
        carried.night(day, night.carries);
        held = held.zip(night.held).map(|(mut held, of_night)| {
            held.night(day, of_night);
            held
        });
        let sum = work.get_or_insert(Work {
            opening: night.work.opening,
            ..Work::default()
        });
        sum.opened += night.work.opened;
        sum.settled += night.work.settled;
        sum.changed += night.work.changed;
        (sum.closing, sum.overdue) = (night.work.closing, night.work.overdue);
        (sum.classes, sum.matters) = (night.work.classes, night.work.matters);
        sum.first = night.work.first;
    }
    NightFigures {
        tie_out: ties.into_values().collect(),
        flows: flows.into_values().collect(),
        carries: carried.rows(),
        instruments: breakdown::in_order(instruments),
        kept: kept.into_values().collect(),
        held: held.map(HeldNights::all),
        work: work.unwrap_or_default(),
    }
}
