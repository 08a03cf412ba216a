//! What gateways hold and how their days reached the bank, in `run.json`: written, and read again
//! by the next night, which begins with it, and to add up the nights of a period.

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::report::facts::{Figure, HeldBefore};
use crate::report::model::{ChainRow, DayCredit, GatewayDay, Held, HeldRow, Stage};

/// One gateway; sums in dong.
#[derive(Serialize, Deserialize)]
pub(super) struct HeldJson {
    source: Box<str>,
    /// Other sources that tell of the same gateway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<Box<str>>,
    opening_vnd: i128,
    /// True where no night before told it.
    recomputed: bool,
    paid: Figure,
    fees_vnd: i128,
    returned: Figure,
    late: Figure,
    batches: Figure,
    singles: Figure,
    kept_vnd: i128,
    closing_vnd: i128,
    /// Of the closing, what is of days before the window.
    older_vnd: i128,
    /// Only in a period.
    #[serde(default, skip_serializing_if = "is_zero")]
    between_vnd: i128,
    #[serde(skip_deserializing)]
    rest_vnd: i128,
}

fn is_zero(dong: &i128) -> bool {
    *dong == 0
}

impl HeldJson {
    fn of(row: &HeldRow) -> Self {
        Self {
            source: row.source.clone(),
            also: row.also.clone(),
            opening_vnd: row.opening,
            recomputed: row.recomputed,
            paid: row.paid,
            fees_vnd: row.fees,
            returned: row.returned,
            late: row.late,
            batches: row.batches,
            singles: row.singles,
            kept_vnd: row.kept,
            closing_vnd: row.closing,
            older_vnd: row.older,
            between_vnd: row.between,
            rest_vnd: row.rest(),
        }
    }

    fn told(self) -> HeldRow {
        HeldRow {
            source: self.source,
            also: self.also,
            opening: self.opening_vnd,
            recomputed: self.recomputed,
            paid: self.paid,
            fees: self.fees_vnd,
            returned: self.returned,
            late: self.late,
            batches: self.batches,
            singles: self.singles,
            kept: self.kept_vnd,
            closing: self.closing_vnd,
            older: self.older_vnd,
            between: self.between_vnd,
        }
    }
}

/// One day of a gateway; sums in dong.
#[derive(Serialize, Deserialize)]
pub(super) struct GatewayDayJson {
    source: Box<str>,
    day: Day,
    paid: Figure,
    fees_vnd: i128,
    returned: Figure,
    due_vnd: i128,
    rows: u64,
    batch: Option<CreditJson>,
    singles: SinglesJson,
    held_vnd: i128,
    /// What was kept in all, as far as it is known.
    #[serde(skip_deserializing)]
    kept_vnd: i128,
    expected_fee_vnd: Option<i128>,
    odd_fees: Figure,
    overdue: bool,
}

#[derive(Serialize, Deserialize)]
struct CreditJson {
    bank: Box<str>,
    reference: Box<str>,
    on: Option<Day>,
    received_vnd: i128,
    settled_vnd: i128,
}

#[derive(Serialize, Deserialize)]
struct SinglesJson {
    count: u64,
    received_vnd: i128,
    settled_vnd: i128,
    last_on: Option<Day>,
}

impl GatewayDayJson {
    fn of(day: &GatewayDay) -> Self {
        let credit = |batch: &DayCredit| CreditJson {
            bank: batch.bank.clone(),
            reference: batch.reference.clone(),
            on: batch.on,
            received_vnd: batch.received,
            settled_vnd: batch.settled,
        };
        Self {
            source: day.source.clone(),
            day: day.day,
            paid: day.paid,
            fees_vnd: day.fees,
            returned: day.returned,
            due_vnd: day.due,
            rows: day.rows,
            batch: day.batch.as_ref().map(credit),
            singles: SinglesJson {
                count: day.singles.count,
                received_vnd: day.singles.sum_vnd,
                settled_vnd: day.singles_settled,
                last_on: day.singles_on,
            },
            held_vnd: day.held(),
            kept_vnd: day.kept(),
            expected_fee_vnd: day.expected,
            odd_fees: day.odd,
            overdue: day.overdue,
        }
    }

    fn told(self) -> GatewayDay {
        let credit = |batch: CreditJson| DayCredit {
            bank: batch.bank,
            reference: batch.reference,
            on: batch.on,
            received: batch.received_vnd,
            settled: batch.settled_vnd,
        };
        GatewayDay {
            source: self.source,
            day: self.day,
            paid: self.paid,
            fees: self.fees_vnd,
            returned: self.returned,
            due: self.due_vnd,
            rows: self.rows,
            batch: self.batch.map(credit),
            singles: Figure::new(self.singles.count, self.singles.received_vnd),
            singles_settled: self.singles.settled_vnd,
            singles_on: self.singles.last_on,
            expected: self.expected_fee_vnd,
            odd: self.odd_fees,
            overdue: self.overdue,
        }
    }
}

/// A stage from the one-stop system to the bank, or a step between two.
#[derive(Serialize, Deserialize)]
pub(super) struct ChainJson {
    stage: Box<str>,
    is_total: bool,
    count: u64,
    sum_vnd: i128,
}

/// The blocks.
#[derive(Default)]
pub(super) struct Blocks {
    pub(super) bridge: Option<Vec<HeldJson>>,
    pub(super) days: Option<Vec<GatewayDayJson>>,
    pub(super) chain: Option<Vec<ChainJson>>,
}

pub(super) fn json(held: &Held) -> Blocks {
    let chain = held.chain.iter().map(|row| ChainJson {
        stage: row.stage.id().into(),
        is_total: row.stage.is_total(),
        count: row.figure.count,
        sum_vnd: row.figure.sum_vnd,
    });
    Blocks {
        bridge: Some(held.rows.iter().map(HeldJson::of).collect()),
        days: Some(held.days.iter().map(GatewayDayJson::of).collect()),
        chain: Some(chain.collect()),
    }
}

/// What they say; none where one is not told.
pub(super) fn told(blocks: Blocks) -> Option<Held> {
    let (rows, days) = (blocks.bridge?, blocks.days?);
    let row = |row: ChainJson| {
        let stage = Stage::parse(&row.stage)?;
        let figure = Figure::new(row.count, row.sum_vnd);
        Some(ChainRow { stage, figure })
    };
    Some(Held {
        rows: rows.into_iter().map(HeldJson::told).collect(),
        days: days.into_iter().map(GatewayDayJson::told).collect(),
        chain: blocks.chain?.into_iter().filter_map(row).collect(),
    })
}

#[derive(Deserialize)]
struct Document {
    gateway_bridge: Option<Vec<HeldJson>>,
    gateway_days: Option<Vec<GatewayDayJson>>,
}

/// What a night's `run.json` says of its gateways; none where its program wrote nothing of them.
///
/// # Errors
///
/// When the text is no such document.
pub fn told_gateways(run_json: &str) -> Result<Option<HeldBefore>, serde_json::Error> {
    let document: Document = serde_json::from_str(run_json)?;
    let (bridge, days) = (document.gateway_bridge, document.gateway_days);
    Ok(bridge.zip(days).map(|(rows, days)| HeldBefore {
        rows: rows.into_iter().map(HeldJson::told).collect(),
        days: days.into_iter().map(GatewayDayJson::told).collect(),
    }))
}
