//! The sums that a night tells of itself in `run.json`, written, and read again to add up the
//! nights of a period.

use serde::{Deserialize, Serialize};

use super::gateways::{self, ChainJson, GatewayDayJson, HeldJson};
use super::work::WorkJson;
use crate::domain::{Day, Instrument, Lang, TxnKind};
use crate::report::facts::Figure;
use crate::report::model::{
    Break, CarryRow, FlowRow, InstrumentRow, KeptRow, NightFigures, TieLine, ToldNight, Totals,
};

/// The blocks, in the order in which they stand in the document.
#[derive(Serialize)]
pub(super) struct Blocks {
    pub(super) tie_out: Vec<TieJson>,
    pub(super) money_bridge: Vec<FlowJson>,
    pub(super) open_bridge: Vec<CarryJson>,
    pub(super) instruments: Vec<InstrumentJson>,
    pub(super) provider_fees: Vec<KeptJson>,
    /// None in a period of which a night does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gateway_bridge: Option<Vec<HeldJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gateway_days: Option<Vec<GatewayDayJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gateway_chain: Option<Vec<ChainJson>>,
    pub(super) work: WorkJson,
}

#[derive(Default, Serialize, Deserialize)]
struct DifferenceJson {
    count: i128,
    sum_vnd: i128,
}

impl DifferenceJson {
    fn of((count, sum_vnd): (i128, i128)) -> Self {
        Self { count, sum_vnd }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct TieJson {
    source: Box<str>,
    kind: Box<str>,
    /// False for fee lines, receipts and their rejects.
    money: bool,
    rows_in: Figure,
    matched: Figure,
    open: Figure,
    rejected: Figure,
    excluded: Figure,
    #[serde(skip_deserializing)]
    difference: DifferenceJson,
}

impl TieJson {
    fn of(line: &TieLine) -> Self {
        Self {
            source: line.source.clone(),
            kind: line.kind.into(),
            money: line.money,
            rows_in: line.rows_in,
            matched: line.matched,
            open: line.open,
            rejected: line.rejected,
            excluded: line.excluded,
            difference: DifferenceJson::of(line.difference()),
        }
    }

    fn told(self) -> TieLine {
        TieLine {
            source: self.source,
            business_date: None,
            kind: kind_of(&self.kind),
            money: self.money,
            rows_in: self.rows_in,
            matched: self.matched,
            open: self.open,
            rejected: self.rejected,
            excluded: self.excluded,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct FlowJson {
    source: Box<str>,
    came: Figure,
    uncounted: Figure,
    /// Only where there is any; an older program told none.
    #[serde(default, skip_serializing_if = "Figure::is_nothing")]
    doubtful: Figure,
    paid: Figure,
    /// Only where there is any; an older program told none.
    #[serde(default, skip_serializing_if = "Figure::is_nothing")]
    kept_before: Figure,
    fees_vnd: i128,
    returned: Figure,
    debits: Figure,
    net_vnd: i128,
    uncounted_out: Figure,
    #[serde(skip_deserializing)]
    rest_vnd: i128,
}

impl FlowJson {
    fn of(row: &FlowRow) -> Self {
        Self {
            source: row.source.clone(),
            came: row.came,
            uncounted: row.uncounted,
            doubtful: row.doubtful,
            paid: row.paid,
            kept_before: row.kept_before,
            fees_vnd: row.fees,
            returned: row.returned,
            debits: row.debits,
            net_vnd: row.net,
            uncounted_out: row.uncounted_out,
            rest_vnd: row.rest(),
        }
    }

    fn told(self) -> FlowRow {
        FlowRow {
            source: self.source,
            came: self.came,
            uncounted: self.uncounted,
            doubtful: self.doubtful,
            paid: self.paid,
            kept_before: self.kept_before,
            fees: self.fees_vnd,
            returned: self.returned,
            debits: self.debits,
            net: self.net_vnd,
            uncounted_out: self.uncounted_out,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct CarryJson {
    source: Box<str>,
    money: bool,
    opening: Figure,
    came: Figure,
    changed: Figure,
    matched: Figure,
    left_out: Figure,
    closing: Figure,
    #[serde(skip_deserializing)]
    rest: DifferenceJson,
    /// Only in a period: the nights that do not begin with what the night before them left.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakJson>,
}

#[derive(Serialize)]
struct BreakJson {
    after: String,
    before: String,
    count: i128,
    sum_vnd: i128,
    /// Only where the night is not of the period.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    later: bool,
}

impl BreakJson {
    fn of(one: &Break) -> Self {
        Self {
            after: one.after.to_string(),
            before: one.before.to_string(),
            count: one.count,
            sum_vnd: one.sum_vnd,
            later: one.later,
        }
    }
}

impl CarryJson {
    fn of(row: &CarryRow) -> Self {
        let [opening, came, changed, matched, left_out, closing] = row.parts();
        Self {
            source: row.source.clone(),
            money: row.money,
            opening,
            came,
            changed,
            matched,
            left_out,
            closing,
            rest: DifferenceJson::of(row.rest()),
            breaks: row.breaks.iter().map(BreakJson::of).collect(),
        }
    }

    fn told(self) -> CarryRow {
        CarryRow {
            source: self.source,
            money: self.money,
            opening: self.opening,
            came: self.came,
            changed: self.changed,
            matched: self.matched,
            left_out: self.left_out,
            closing: self.closing,
            breaks: Vec::new(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct InstrumentJson {
    instrument: Box<str>,
    paid: Figure,
    open: Figure,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptJson {
    source: Box<str>,
    instrument: Box<str>,
    count: u64,
    gross_vnd: i128,
    fee_vnd: i128,
    net_vnd: i128,
    /// Payments of gateways of which nobody told a fee; an older program did not count them.
    #[serde(default)]
    fee_untold: u64,
}

impl Blocks {
    pub(super) fn of(figures: &NightFigures) -> Self {
        let instrument = |row: &InstrumentRow| InstrumentJson {
            instrument: row.word.into(),
            paid: row.paid,
            open: row.open,
        };
        let kept = |row: &KeptRow| KeptJson {
            source: row.source.clone(),
            instrument: row.instrument.into(),
            count: row.count,
            gross_vnd: row.gross,
            fee_vnd: row.fee,
            net_vnd: row.net,
            fee_untold: row.untold,
        };
        let gateways = figures.held.as_ref().map(gateways::json);
        let gateways = gateways.unwrap_or_default();
        Self {
            gateway_bridge: gateways.bridge,
            gateway_days: gateways.days,
            gateway_chain: gateways.chain,
            tie_out: figures.tie_out.iter().map(TieJson::of).collect(),
            money_bridge: figures.flows.iter().map(FlowJson::of).collect(),
            open_bridge: figures.carries.iter().map(CarryJson::of).collect(),
            instruments: figures.instruments.iter().map(instrument).collect(),
            provider_fees: figures.kept.iter().map(kept).collect(),
            work: WorkJson::of(&figures.work),
        }
    }
}

/// What a published document says; blocks that its program did not write are none.
#[derive(Deserialize)]
struct Told {
    totals: Totals,
    sources: Vec<SourceTold>,
    tie_out: Option<Vec<TieJson>>,
    money_bridge: Option<Vec<FlowJson>>,
    open_bridge: Option<Vec<CarryJson>>,
    instruments: Option<Vec<InstrumentJson>>,
    provider_fees: Option<Vec<KeptJson>>,
    gateway_bridge: Option<Vec<HeldJson>>,
    gateway_days: Option<Vec<GatewayDayJson>>,
    gateway_chain: Option<Vec<ChainJson>>,
    work: Option<WorkJson>,
}

#[derive(Deserialize)]
struct SourceTold {
    name: Box<str>,
    by_kind: Vec<KindTold>,
}

#[derive(Deserialize)]
struct KindTold {
    kind: Box<str>,
    count: u64,
    sum_vnd: i128,
}

impl Told {
    fn figures(self, lang: Lang) -> Option<NightFigures> {
        let instrument = |row: InstrumentJson| {
            let word = instrument_of(&row.instrument);
            InstrumentRow::new(lang, word, row.paid, row.open)
        };
        let kept = |row: KeptJson| KeptRow {
            source: row.source,
            instrument: instrument_of(&row.instrument),
            count: row.count,
            gross: row.gross_vnd,
            fee: row.fee_vnd,
            net: row.net_vnd,
            untold: row.fee_untold,
        };
        let gateways = gateways::Blocks {
            bridge: self.gateway_bridge,
            days: self.gateway_days,
            chain: self.gateway_chain,
        };
        Some(NightFigures {
            held: gateways::told(gateways),
            tie_out: self.tie_out?.into_iter().map(TieJson::told).collect(),
            flows: self.money_bridge?.into_iter().map(FlowJson::told).collect(),
            carries: self.open_bridge?.into_iter().map(CarryJson::told).collect(),
            instruments: self.instruments?.into_iter().map(instrument).collect(),
            kept: self.provider_fees?.into_iter().map(kept).collect(),
            work: self.work?.told(),
        })
    }
}

/// What a night's `run.json` says of it in sums.
///
/// # Errors
///
/// When the text is no such document.
pub fn told_night(day: Day, run_json: &str, lang: Lang) -> Result<ToldNight, serde_json::Error> {
    let told: Told = serde_json::from_str(run_json)?;
    let rows = told.sources.iter().flat_map(|source| {
        let of = move |kind: &KindTold| {
            let figure = Figure::new(kind.count, kind.sum_vnd);
            (source.name.clone(), kind_of(&kind.kind), figure)
        };
        source.by_kind.iter().map(of)
    });
    Ok(ToldNight {
        day,
        totals: told.totals,
        rows: rows.collect(),
        figures: told.figures(lang),
    })
}

fn kind_of(kind: &str) -> &'static str {
    match kind {
        "receipt" => "receipt",
        "fee" => "fee",
        "reject" => "reject",
        other => TxnKind::parse(other).map_or("unknown", TxnKind::id),
    }
}

fn instrument_of(word: &str) -> &'static str {
    let mut all = Instrument::ALL.iter().map(|instrument| instrument.id());
    all.find(|id| *id == word).unwrap_or("none")
}
