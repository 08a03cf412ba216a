//! Pure: from the fees that the one-stop system calls due to the money in the bank, by way of the
//! gateways: the money of one night. Each stage is added up by itself, and the steps between two
//! stages name every difference; what they do not explain is a step of its own.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::domain::{Day, Side, Txn, TxnKind, TxnStatus};
use crate::matching::Role;
use crate::report::facts::{Figure, RunFacts};
use crate::report::model::bridge::kept_before;
use crate::report::model::index::Index;
use crate::settle::Settlement;

use super::HeldRow;
use super::days::net_rows;
use super::groups::Groups;
use super::lines::{Lines, id};

/// A stage, or a step from the stage before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Fee lines that were paid without cash.
    OneStop,
    /// Less those that were paid straight into a bank.
    StraightOut,
    /// Paid at gateways and not, or not yet, for a fee line.
    Unlinked,
    /// What the rows of gateways lack or have beyond it.
    AtGatewaysRest,
    /// What people paid at gateways.
    AtGateways,
    /// Less the fees that they kept.
    Fees,
    /// Less refunds and reversals.
    Returned,
    /// Held before and rows of earlier days, less what is held after.
    Carried,
    /// Less what no row explains.
    HandedOnRest,
    /// What banks received of gateways.
    HandedOn,
    /// Less lines of banks of other days.
    OtherDays,
    /// Fee lines that were paid straight into a bank.
    StraightIn,
    /// Other money that came into banks: not for a fee line, or cash.
    Other,
    /// What the lines of banks lack or have beyond it.
    AtBankRest,
    /// What came into banks.
    AtBank,
}

impl Stage {
    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.id() == word)
    }

    /// All of them, in order.
    pub const ALL: [Self; 15] = [
        Self::OneStop,
        Self::StraightOut,
        Self::Unlinked,
        Self::AtGatewaysRest,
        Self::AtGateways,
        Self::Fees,
        Self::Returned,
        Self::Carried,
        Self::HandedOnRest,
        Self::HandedOn,
        Self::OtherDays,
        Self::StraightIn,
        Self::Other,
        Self::AtBankRest,
        Self::AtBank,
    ];

    /// True for a stage, false for a step.
    pub fn is_total(self) -> bool {
        matches!(
            self,
            Self::OneStop | Self::AtGateways | Self::HandedOn | Self::AtBank
        )
    }

    /// True where fee lines are counted; elsewhere transactions are, and the two do not add up.
    pub fn is_of_lines(self) -> bool {
        matches!(self, Self::OneStop | Self::StraightOut | Self::StraightIn)
    }

    /// True for what no row explains.
    pub fn is_rest(self) -> bool {
        matches!(
            self,
            Self::AtGatewaysRest | Self::HandedOnRest | Self::AtBankRest
        )
    }

    /// The word in `run.json`.
    pub fn id(self) -> &'static str {
        match self {
            Self::OneStop => "one_stop",
            Self::StraightOut => "straight_out",
            Self::Unlinked => "unlinked",
            Self::AtGatewaysRest => "at_gateways_rest",
            Self::AtGateways => "at_gateways",
            Self::Fees => "fees",
            Self::Returned => "returned",
            Self::Carried => "carried",
            Self::HandedOnRest => "handed_on_rest",
            Self::HandedOn => "handed_on",
            Self::OtherDays => "other_days",
            Self::StraightIn => "straight_in",
            Self::Other => "other",
            Self::AtBankRest => "at_bank_rest",
            Self::AtBank => "at_bank",
        }
    }

    /// What it is called.
    pub fn key(self) -> &'static str {
        match self {
            Self::OneStop => "chain-one-stop",
            Self::StraightOut => "chain-straight-out",
            Self::Unlinked => "chain-unlinked",
            Self::AtGateways => "chain-at-gateways",
            Self::Fees => "held-fees",
            Self::Returned => "flow-returned",
            Self::Carried => "chain-carried",
            Self::HandedOn => "chain-handed-on",
            Self::OtherDays => "chain-other-days",
            Self::StraightIn => "chain-straight-in",
            Self::Other => "chain-other",
            Self::AtBank => "chain-at-bank",
            Self::AtGatewaysRest | Self::HandedOnRest | Self::AtBankRest => "column-rest",
        }
    }
}

/// A stage with how many and how much, or a step with how much it adds; steps that take away are
/// negative, and have a count where rows are behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChainRow {
    /// Which.
    pub stage: Stage,
    /// How many, 0 where nothing is counted, and dong.
    pub figure: Figure,
}

/// The money of the night in the rows of gateways and banks.
#[derive(Default)]
struct Seen {
    /// Fee lines by where they were paid: at gateways, and straight into banks; how much.
    at_gateways: i128,
    straight: Figure,
    one_stop: Figure,
    unlinked: Figure,
    other: Figure,
    handed_on: Figure,
    at_bank: Figure,
}

/// The chain; empty without gateways.
pub(super) fn chain(
    (index, settlement, facts): (&Index<'_>, &Settlement, &RunFacts),
    now: &Lines<'_>,
    groups: &Groups,
    rows: &[HeldRow],
) -> Vec<ChainRow> {
    if rows.is_empty() {
        return Vec::new();
    }
    let seen = seen((index, settlement, facts), now, groups);
    let sum = |part: &dyn Fn(&HeldRow) -> i128| rows.iter().map(part).sum::<i128>();
    let mut paid = Figure::default();
    let mut returned = Figure::default();
    let mut received = Figure::default();
    for row in rows {
        paid.plus(row.paid);
        returned.plus(row.returned);
        received.plus(row.batches);
        received.plus(row.singles);
    }
    let dong = |sum_vnd: i128| Figure::new(0, sum_vnd);
    let less = |figure: Figure| Figure::new(figure.count, -figure.sum_vnd);
    let rest = paid.sum_vnd - seen.at_gateways - seen.unlinked.sum_vnd;
    let lines = received.sum_vnd - seen.handed_on.sum_vnd;
    let into = seen.handed_on.sum_vnd + seen.straight.sum_vnd + seen.other.sum_vnd;
    let figure = |stage: Stage| match stage {
        Stage::OneStop => seen.one_stop,
        Stage::StraightOut => less(seen.straight),
        Stage::Unlinked => seen.unlinked,
        Stage::AtGatewaysRest => dong(rest),
        Stage::AtGateways => paid,
        Stage::Fees => dong(-sum(&|row| row.fees + row.kept)),
        Stage::Returned => less(returned),
        Stage::Carried => dong(sum(&|row| row.opening + row.late.sum_vnd - row.closing)),
        Stage::HandedOnRest => dong(-sum(&HeldRow::rest)),
        Stage::HandedOn => received,
        Stage::OtherDays => dong(-lines),
        Stage::StraightIn => seen.straight,
        Stage::Other => seen.other,
        Stage::AtBankRest => dong(seen.at_bank.sum_vnd - into),
        Stage::AtBank => seen.at_bank,
    };
    let row = |stage| ChainRow {
        stage,
        figure: figure(stage),
    };
    Stage::ALL.into_iter().map(row).collect()
}

/// What settles fee lines, by the money that does.
fn settled(
    index: &Index<'_>,
    settlement: &Settlement,
    night: Day,
    groups: &Groups,
    seen: &mut Seen,
) -> FxHashMap<(Box<str>, Box<str>), i128> {
    let mut by_money: FxHashMap<(Box<str>, Box<str>), i128> = FxHashMap::default();
    let (mut all, mut straight) = (BTreeSet::new(), BTreeSet::new());
    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    for leg in legs.filter(|leg| leg.role == Role::Settles && leg.money.side == Side::Txn) {
        let txn = index.txn(&leg.money);
        let Some(txn) = txn.filter(|txn| is_of(txn, night)) else {
            continue;
        };
        let line = (leg.dossier_code.as_ref(), leg.fee_id.as_ref());
        let dong = leg.amount.wide();
        let own: (Box<str>, Box<str>) = (txn.source.as_str().into(), (*txn.id).into());
        *by_money.entry(own).or_default() += dong;
        all.insert(line);
        seen.one_stop.sum_vnd += dong;
        if groups.of(txn.source.as_str()).is_some() {
            seen.at_gateways += dong;
        } else {
            straight.insert(line);
            seen.straight.sum_vnd += dong;
        }
    }
    let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
    (seen.one_stop.count, seen.straight.count) = (count(all.len()), count(straight.len()));
    by_money
}

/// A payment of the night that succeeded.
fn is_of(txn: &Txn, night: Day) -> bool {
    let is_payment = txn.kind == TxnKind::Payment && txn.status == TxnStatus::Success;
    is_payment && txn.business_date == night
}

fn seen(
    (index, settlement, facts): (&Index<'_>, &Settlement, &RunFacts),
    now: &Lines<'_>,
    groups: &Groups,
) -> Seen {
    let mut seen = Seen::default();
    let night = facts.business_date;
    let settled = settled(index, settlement, night, groups, &mut seen);
    let net_rows = net_rows(settlement);
    for txn in index.inputs.txns.iter().filter(|txn| is_of(txn, night)) {
        let own: (Box<str>, Box<str>) = (txn.source.as_str().into(), (*txn.id).into());
        let linked = settled.get(&own).copied().unwrap_or(0);
        if groups.of(txn.source.as_str()).is_some() {
            if now.twins.contains_key(&id(txn)) {
                continue;
            }
            let row = net_rows.get(&id(txn));
            let kept = row.map_or(0, |row| kept_before(row, txn));
            let left = txn.amount.wide() + kept - linked;
            seen.unlinked.plus(Figure::new(u64::from(left != 0), left));
            continue;
        }
        let key = txn.key();
        if now.repeats.contains(&key) {
            continue;
        }
        seen.at_bank.add(txn.amount);
        if now.hands_on.contains(&key) {
            seen.handed_on.add(txn.amount);
            continue;
        }
        let left = txn.amount.wide() - linked;
        seen.other.plus(Figure::new(u64::from(left != 0), left));
    }
    seen
}

/// The chains of nights, added up.
pub(super) fn add_up(sum: &mut Vec<ChainRow>, night: Vec<ChainRow>) {
    if sum.is_empty() {
        *sum = night;
        return;
    }
    for (sum, row) in sum.iter_mut().zip(night) {
        sum.figure.plus(row.figure);
    }
}
