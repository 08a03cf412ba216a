//! A period as it was known on a day, beside what is known now, with what arrived between.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde_json::{Value, json};

use super::before_period::{self, Knower};
use super::desk::Desk;
use super::error::JobError;
use super::knew::{self, Since};
use super::nightly::Decided;
use super::of_nights::Telling;
use super::report_again::refused;
use super::{order, recover, stage};
use crate::classify::{Bucket, Classified};
use crate::config::Format;
use crate::domain::{Arrived, Day, Inputs, Moved, RowKey, Side, SourceName, Vnd};
use crate::kpi::item::Name;
use crate::kpi::{Period, Share};
use crate::matching::Role;
use crate::report::csv::{self, KnownShare, Style};
use crate::report::facts::{AsKnown, Figure, NightsKnown};
use crate::report::publish::OutFile;
use crate::store::{Closing, RunRecord};

/// Which knowledge a report shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// What stands: a night as published, a closed period as closed, else the last night in it.
    #[default]
    Standing,
    /// What the last night up to this day knew, beside what is known now.
    On(Day),
    /// What the last night of all knows, beside what stands.
    Now,
}

/// The files of a period as `shown` knew it, and those that compare `then` with `now`.
pub(super) struct Compared {
    pub(super) files: Vec<OutFile>,
    pub(super) shown: RunRecord,
}

/// Measures the period by two runs, the first as its closing knew it where there is one; `show_now`
/// says whose report it is.
pub(super) async fn compare(
    desk: &Desk,
    by: &Desk,
    period: &Period,
    (then, now, closing): (&RunRecord, &RunRecord, Option<&Closing>),
    show_now: bool,
) -> Result<Compared, JobError> {
    let mut decided_then = Box::pin(measured(desk, by, (then, closing), period)).await?;
    // nights before it that were published again since are known now
    let decided_now = Box::pin(recover::with_sums_of_today(desk, by, now, period)).await?;
    let mut decided_now = decided_now.ok_or_else(|| unreadable(desk, now))?;
    let since = Box::pin(knew::since(desk, then, period)).await?;
    let Since {
        mut arrived,
        mut moved,
        given_back,
    } = since.ok_or_else(|| unreadable(desk, then))?;
    // what gave money of the period back changed it, of whichever day it is
    arrived.extend(given_back.iter().map(|row| row.by.clone()));
    arrived.sort();
    arrived.dedup();
    numbered(desk, &mut moved).await?;
    without_cashiers(&mut moved, &[&decided_then.pool, &decided_now.pool]);
    let mut known = as_known(&decided_then, &decided_now, period, (&arrived, &moved));
    let stored = given_back.into_iter();
    let stored = stored.map(|row| (row.paid, (row.by.key, row.by.told)));
    known.given_back.extend(stored);
    let (shown, run) = if show_now {
        (&mut decided_now, now)
    } else {
        (&mut decided_then, then)
    };
    let knower = if show_now {
        Knower::Now(now)
    } else {
        Knower::Then(then)
    };
    before_period::tell(desk, by, shown, knower).await?;
    shown.facts.known = Some(Box::new(known));
    let (shown, pairs) = (&*shown, pairs_of(shown.facts.known.as_deref()));
    let mut files = stage::files(by, shown)?;
    let mut document = document(period, (then, now), &pairs, (&arrived, &moved));
    document["nights"] = nights_told(shown.facts.known.as_deref());
    files.push(OutFile::new("known.json", format!("{document:#}\n")));
    if by.config.formats.contains(&Format::Csv) {
        let lang = shown.facts.lang;
        let style = Style::spreadsheet(lang);
        let (mut shares, mut rows, mut items) = (Vec::new(), Vec::new(), Vec::new());
        csv::write_known(&mut shares, pairs, style).context("known.csv")?;
        csv::write_arrived(&mut rows, &arrived, lang, style).context("arrived.csv")?;
        csv::write_moved(&mut items, &moved, style).context("moved.csv")?;
        files.push(OutFile::new("known.csv", shares));
        files.push(OutFile::new("arrived.csv", rows));
        files.push(OutFile::new("moved.csv", items));
    }
    stage::spell(by, &mut files);
    Ok(Compared {
        files,
        shown: run.clone(),
    })
}

/// Names the items that are transactions by the numbers of banks.
async fn numbered(desk: &Desk, moved: &mut [Moved]) -> Result<(), JobError> {
    let key = |item: &str| {
        let (source, id) = item.strip_prefix("txn|")?.split_once('|')?;
        Some(RowKey::txn(&SourceName::new(source), id))
    };
    let keys: BTreeSet<RowKey> = moved.iter().filter_map(|row| key(&row.item)).collect();
    let numbers = desk.store.bank_numbers(&keys).await?;
    for row in moved {
        if let Some(RowKey { source, id, .. }) = key(&row.item) {
            row.bank_ref = numbers.get(&*format!("{source}/{id}")).cloned();
        }
    }
    Ok(())
}

/// Names a cash payment by the receipts that it is made of: the item's own name holds the name of
/// the cashier. Receipts that neither night held any more are not named.
fn without_cashiers(moved: &mut [Moved], pools: &[&Inputs]) {
    let mut receipts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for receipt in pools.iter().flat_map(|pool| &pool.receipts) {
        let item = Name::Cash(receipt).to_string();
        let ids = receipts.entry(item).or_default();
        ids.insert(&receipt.receipt_id);
    }
    for row in moved.iter_mut() {
        let mut parts = row.item.split('|');
        let (Some("cash"), Some(dossier)) = (parts.next(), parts.next()) else {
            continue;
        };
        let ids = receipts.get(&*row.item).map(|ids| {
            let ids: Vec<&str> = ids.iter().copied().collect();
            format!("|{}", ids.join(","))
        });
        row.item = format!("cash|{dossier}{}", ids.unwrap_or_default()).into();
    }
}

/// By the key of each payment as people write it: the row that gave it back, and by which night
/// it came.
fn given_back(now: &Decided, arrived: &[Arrived]) -> BTreeMap<Box<str>, (Box<str>, Day)> {
    let key = |key: &RowKey| format!("{}/{}", key.source, key.id);
    let told: BTreeMap<&str, Day> = arrived.iter().map(|row| (&*row.key, row.told)).collect();
    let mut found = BTreeMap::new();
    for group in &now.settlement.groups {
        let money = || group.legs.iter().filter(|leg| leg.money.side == Side::Txn);
        let back = money().filter(|leg| matches!(leg.role, Role::Refund | Role::Reversal));
        for leg in back {
            let by = key(&leg.money);
            let Some(night) = told.get(&*by) else {
                continue;
            };
            let paid = money()
                .filter(|paid| paid.role == Role::Settles && paid.dossier_code == leg.dossier_code);
            for paid in paid {
                found.insert(key(&paid.money).into(), (by.as_str().into(), *night));
            }
        }
    }
    found
}

/// A run measured over the period, from what it kept, or as a closing with it knew the period.
async fn measured(
    desk: &Desk,
    by: &Desk,
    (run, closing): (&RunRecord, Option<&Closing>),
    period: &Period,
) -> Result<Decided, JobError> {
    let decided = if let Some(closing) = closing {
        let over = (period, Telling::at(order::Known::at(closing)));
        recover::as_closed(desk, by, (closing, run), over).await?
    } else {
        let over = (period, Telling::at(order::Known::of(desk, run).await?));
        recover::as_known(desk, by, run, over).await?
    };
    decided.ok_or_else(|| unreadable(desk, run))
}

/// What a run read cannot be read again.
pub(super) fn unreadable(desk: &Desk, run: &RunRecord) -> JobError {
    let args = [("run", run.id.as_str())];
    refused(desk, ["report-unreadable", "report-unreadable-fix"], &args)
}

/// What the report tells of both.
fn as_known(
    then: &Decided,
    now: &Decided,
    period: &Period,
    (arrived, moved): (&[Arrived], &[Moved]),
) -> AsKnown {
    let both = |of: &dyn Fn(&Classified) -> bool, part: fn(&Classified) -> Vnd| {
        let figure = |decided: &Decided| -> Figure {
            let rows = decided.settlement.rows.iter();
            let mine = rows.filter(|row| period.holds(row.business_date) && of(row));
            mine.map(part).collect()
        };
        (figure(then), figure(now))
    };
    AsKnown {
        then: then.run.business_date,
        now: now.run.business_date,
        shares: shares(then, now, period),
        open: both(
            &|row| row.bucket == Bucket::Open && row.key.side != Side::Fee,
            |row| row.amount,
        ),
        work: both(&|row| row.exception_id.is_some() && row.is_work(), |row| {
            row.at_risk().here()
        }),
        arrived: arrived.to_vec(),
        moved: moved.to_vec(),
        given_back: given_back(now, arrived),
        nights: nights(then).zip(nights(now)),
    }
}

/// The nights that are added up and their sums; none where the period is a night.
fn nights(decided: &Decided) -> Option<NightsKnown> {
    let nights = decided.facts.of_nights()?;
    let versions = nights.nights.iter().zip(&nights.versions);
    Some(NightsKnown {
        versions: versions.map(|(day, version)| (*day, *version)).collect(),
        totals: nights.totals,
    })
}

/// The nights of `known.json`: which version of each, and the sums.
fn nights_told(known: Option<&AsKnown>) -> Value {
    let told = |nights: &NightsKnown| {
        let versions = nights.versions.iter();
        let night =
            |(day, version): (&Day, &u32)| json!({ "night": day.to_string(), "version": version });
        json!({
            "nights": versions.map(night).collect::<Vec<_>>(),
            "totals": nights.totals,
        })
    };
    let both = known.and_then(|known| known.nights.as_ref());
    both.map_or(
        Value::Null,
        |(then, now)| json!({ "then": told(then), "now": told(now) }),
    )
}

/// Shares of exactly this period, by definition and agency.
fn shares(then: &Decided, now: &Decided, period: &Period) -> Vec<(Share, Option<Share>)> {
    let of = |decided: &Decided| -> Vec<Share> {
        let shares = decided.settlement.shares.iter();
        let of_period = shares.filter(|s| s.period == *period && s.cell.is_none());
        of_period.cloned().collect()
    };
    let after = of(now);
    let pair = |then: Share| {
        let is_it = |now: &&Share| now.definition == then.definition && now.agency == then.agency;
        let now = after.iter().find(is_it).cloned();
        (then, now)
    };
    of(then).into_iter().map(pair).collect()
}

fn pairs_of(known: Option<&AsKnown>) -> Vec<KnownShare<'_>> {
    let shares = known.into_iter().flat_map(|known| &known.shares);
    shares
        .map(|(then, now)| KnownShare {
            then,
            now: now.as_ref(),
        })
        .collect()
}

/// `known.json`: both runs, the shares, what arrived and what it moved.
fn document(
    period: &Period,
    (then, now): (&RunRecord, &RunRecord),
    pairs: &[KnownShare<'_>],
    (arrived, moved): (&[Arrived], &[Moved]),
) -> Value {
    let names = ["numerator", "denominator", "share", "low", "high"];
    let figures = |share: Option<&Share>| {
        let figures = csv::figures(share);
        let named = names.into_iter().zip(figures);
        let mut told = named
            .map(|(name, figure)| (name.to_owned(), Value::from(figure)))
            .collect::<serde_json::Map<_, _>>();
        told.insert("outer".to_owned(), Value::from(csv::outer(share)));
        told
    };
    let share = |pair: &KnownShare<'_>| {
        json!({
            "definition": pair.then.definition,
            "scope": pair.then.agency.as_ref().map_or("", |code| code.as_str()),
            "then": figures(Some(pair.then)),
            "now": figures(pair.now),
        })
    };
    let run = |run: &RunRecord| json!({ "run_id": run.id.as_str(), "night": run.business_date.to_string() });
    json!({
        "schema_version": 1,
        "period": {
            "label": period.label,
            "from": period.from.to_string(),
            "to": period.to.to_string(),
        },
        "then": run(then),
        "now": run(now),
        "share": pairs.iter().map(share).collect::<Vec<_>>(),
        "arrived": arrived,
        "moved": moved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgencyCode, DossierCode, FeeId, Moment, ReceiptStatus, Vnd};

    #[test]
    fn a_cash_payment_is_named_by_its_receipts_and_not_by_its_cashier() {
        let receipt = |id: &str| crate::domain::Receipt {
            receipt_id: id.into(),
            receipt_no: "0001".into(),
            dossier_code: DossierCode::parse("000.00.02.H48-221207-0002").unwrap(),
            fee_id: FeeId::new("F1"),
            amount: Vnd::new(20_000),
            collected_at: Moment::parse("2022-12-07T09:00:00+07:00").unwrap(),
            cashier: "Trần Thị Thu Ngân".into(),
            agency_code: AgencyCode::new("H48.02"),
            status: ReceiptStatus::Valid,
            spot: crate::domain::Aside::default(),
        };
        let pool = Inputs {
            receipts: vec![receipt("R2"), receipt("R1")],
            ..Inputs::default()
        };
        let item = Name::Cash(&pool.receipts[0]).to_string();
        assert!(item.contains("Ngân"), "{item}");
        let moved = |item: &str| Moved {
            definition: "TX_CASHLESS".into(),
            item: item.into(),
            then: (0, 0),
            now: (0, 1),
            outcomes_then: Vec::new(),
            outcomes_now: vec![(0, 1)],
            bank_ref: None,
        };
        let gone = "cash|H48-1|Nguyễn Văn An|1670378400000";
        let mut rows = [moved(&item), moved(gone), moved("txn|bank|FT1")];
        without_cashiers(&mut rows, &[&pool]);
        let names: Vec<&str> = rows.iter().map(|row| &*row.item).collect();
        let dossier = &pool.receipts[0].dossier_code;
        let named = format!("cash|{dossier}|R1,R2");
        assert_eq!(names, [&*named, "cash|H48-1", "txn|bank|FT1"]);
    }
}
