//! Pure: the share by agency, and the money of the day by means of payment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::classify::{Bucket, Classified};
use crate::domain::{
    AgencyCode, Day, DeclaredMethod, Fraction, Instrument, Lang, ReceiptStatus, RowKey, Side,
    TxnKind, TxnStatus,
};
use crate::kpi::Share;
use crate::matching::{Evidence, Leg, Role};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::bridge::{is_doubtful, kept_before};
use super::exceptions::ExceptionList;
use super::index::Index;
use super::shares::{self, ShareRow};

/// One agency's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgencyRow {
    /// Its code.
    pub code: AgencyCode,
    /// The name it bore on the business date; its code where no name is known.
    pub name: String,
    /// The headline's definition and period in this agency.
    pub share: ShareRow,
    /// Its open work.
    pub work: Figure,
    /// Its share on the last seven days, none where no night was published; empty where the
    /// headline is of another period than the year or no night went before.
    pub days: Vec<(Day, Option<Fraction>)>,
}

/// The small drawing of an agency goes over so many days.
const DAYS: u32 = 7;

/// One means of payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InstrumentRow {
    /// Its id.
    #[serde(skip)]
    pub word: &'static str,
    /// Its name.
    pub label: String,
    /// True for counter cash.
    pub cash: bool,
    /// Payments of the day; cash receipts of one dossier, cashier and time are one payment.
    pub paid: Figure,
    /// Of these, those that are not matched yet.
    pub open: Figure,
}

/// The agencies in byte order of their codes.
pub(super) fn agencies(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
    exceptions: &ExceptionList,
) -> Vec<AgencyRow> {
    let Some(headline) = shares::headline_share(settlement, facts) else {
        return Vec::new();
    };
    let mut rows: Vec<AgencyRow> = settlement
        .shares
        .iter()
        .filter(|s| s.definition == headline.definition && s.period == headline.period)
        .filter_map(|share| {
            let code = share.agency.clone()?;
            let period = (share.period.from, share.period.to);
            let name = index.agency_within(&code, period, facts.lang);
            let work = exceptions.by_agency.get(&code).copied().unwrap_or_default();
            if work.is_empty() && !was_there(index, &code, share) {
                return None;
            }
            Some(AgencyRow {
                code,
                name,
                days: days(facts, share),
                share: shares::row(share, facts),
                work,
            })
        })
        .collect();
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    rows
}

/// False for an agency that ended before the period began, or begins after it, and has nothing in
/// it: the directory holds every unit that ever was.
fn was_there(index: &Index<'_>, code: &AgencyCode, share: &Share) -> bool {
    let (from, to) = (share.period.from, share.period.to);
    let told = index.directory.agencies().filter(|a| a.code == *code);
    let spans: Vec<(Day, Option<Day>)> = told.map(|a| (a.valid_from, a.valid_to)).collect();
    let within = |(begin, end): &(Day, Option<Day>)| *begin <= to && end.is_none_or(|e| e >= from);
    let counts = share.denominator != 0 || share.high.is_some();
    counts || spans.is_empty() || spans.iter().any(within)
}

/// The last days of an agency.
fn days(facts: &RunFacts, share: &Share) -> Vec<(Day, Option<Fraction>)> {
    let code = share.agency.as_ref();
    let known = code.and_then(|code| facts.page.agency_days.get(code));
    week(facts, known, share)
}

/// The last days of a row by what the nights before published of it, tonight's share at their end;
/// none where no night told of it, or in a period.
pub(super) fn week(
    facts: &RunFacts,
    known: Option<&Vec<(Day, Fraction)>>,
    share: &Share,
) -> Vec<(Day, Option<Fraction>)> {
    let (Some(known), None) = (known, facts.period()) else {
        return Vec::new();
    };
    let tonight = facts.business_date;
    let of = |day: Day| {
        if day == tonight {
            return share.point().filter(|_| share.enough_data);
        }
        let night = known.iter().find(|(night, _)| *night == day);
        night.map(|(_, share)| *share)
    };
    // the year to date begins anew with the year
    let back = (0..DAYS).rev().map(|back| tonight.minus(back));
    let back = back.filter(|day| !facts.begins_anew(*day));
    back.map(|day| (day, of(day))).collect()
}

/// The payments of the day by means of payment. A cashless payment stands under the means that the
/// one-stop system declared, where that is a cashless one, else under the provider's; a valid
/// counter receipt is cash whatever was declared. A fee that the provider kept before it told the
/// amount was paid, too.
pub(super) fn instruments(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
) -> Vec<InstrumentRow> {
    let declared = declared_methods(index, settlement);
    let mut by_word: BTreeMap<&'static str, (Figure, Figure)> = BTreeMap::new();
    let mut cash_events = BTreeSet::new();
    for row in settlement
        .rows
        .iter()
        .filter(|row| is_payment(row) && !is_doubtful(row))
    {
        let (word, amount, is_event) = if let Some(txn) = index.txn(&row.key) {
            let paid = txn.kind == TxnKind::Payment && txn.status == TxnStatus::Success;
            if !paid || txn.paid_on != facts.business_date {
                continue;
            }
            (
                declared
                    .get(&row.key)
                    .copied()
                    .unwrap_or(txn.instrument.id()),
                txn.amount.wide() + kept_before(row, txn),
                true,
            )
        } else if let Some(receipt) = index.receipt(&row.key) {
            let valid = receipt.status == ReceiptStatus::Valid;
            if !valid || receipt.collected_at.day() != facts.business_date {
                continue;
            }
            let at = receipt.collected_at.ms();
            let event = (&receipt.dossier_code, &receipt.cashier, at);
            (
                Instrument::Cash.id(),
                receipt.amount.wide(),
                cash_events.insert(event),
            )
        } else {
            continue;
        };
        let figure = Figure::new(u64::from(is_event), amount);
        let entry = by_word.entry(word).or_default();
        entry.0.plus(figure);
        if row.bucket == Bucket::Open {
            entry.1.plus(figure);
        }
    }
    let order = Instrument::ALL.iter().map(|instrument| instrument.id());
    order
        .filter_map(|word| {
            let (paid, open) = by_word.get(word).copied()?;
            Some(InstrumentRow::new(facts.lang, word, paid, open))
        })
        .collect()
}

impl InstrumentRow {
    /// One means of payment by its id.
    pub fn new(lang: Lang, word: &'static str, paid: Figure, open: Figure) -> Self {
        Self {
            word,
            label: instrument_word(lang, word),
            cash: word == Instrument::Cash.id(),
            paid,
            open,
        }
    }
}

/// The rows in the order of the means of payment.
pub(super) fn in_order(mut rows: BTreeMap<&'static str, InstrumentRow>) -> Vec<InstrumentRow> {
    let order = Instrument::ALL.iter().map(|instrument| instrument.id());
    order.filter_map(|word| rows.remove(word)).collect()
}

/// Money of citizens, each payment once: no second sightings, no batches, no duplicates, also where
/// they were sent back.
fn is_payment(row: &Classified) -> bool {
    let repeats = |why: &Evidence| matches!(why, Evidence::Repeats(_));
    let back = row.class == "refunded" && row.evidence.iter().any(repeats);
    let repeat = row.class == "duplicate" || back;
    matches!(row.bucket, Bucket::Matched | Bucket::Open) && !repeat
}

/// The declared cashless means of the first line that a transaction settles.
pub(super) fn declared_methods<'s>(
    index: &Index<'_>,
    settlement: &'s Settlement,
) -> BTreeMap<&'s RowKey, &'static str> {
    let settles = |leg: &&Leg| leg.role == Role::Settles && leg.money.side == Side::Txn;
    let mut declared = BTreeMap::new();
    for leg in settlement
        .groups
        .iter()
        .flat_map(|group| &group.legs)
        .filter(settles)
    {
        let line = leg.dossier_code.as_ref().zip(leg.fee_id.as_ref());
        let fee = line.and_then(|(code, id)| index.fee_line(code, id.as_str()));
        let method = fee.map(|fee| fee.declared_method);
        if let Some(method) = method.filter(|m| !m.is_cash() && *m != DeclaredMethod::None) {
            declared.entry(&leg.money).or_insert(method.id());
        }
    }
    declared
}

/// The name of a means of payment.
pub fn instrument_word(lang: Lang, word: &str) -> String {
    let key = match word {
        "transfer" => "instrument-transfer",
        "qr" => "instrument-qr",
        "wallet" => "instrument-wallet",
        "card" => "instrument-card",
        "mobile_money" => "instrument-mobile-money",
        "portal" => "instrument-portal",
        "cash" => "instrument-cash",
        "post" => "instrument-post",
        _ => "instrument-none",
    };
    text::say(lang, key, &[])
}
