//! `QD766_3_6` and `THU_PHI_PROV`: what the registry tells of itself, no matching in it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Dossier};
use super::{Expected, everywhere};
use crate::domain::{AgencyCode, CollectionMode, Day, DeclaredMethod, Fee, FeeStatus, Moment};

pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    for dossier in &books.dossiers {
        let lines = dossier.lines.clone();
        let fees: Vec<&Fee> = lines.map(|line| books.lines[line].fee).collect();
        expected.extend(index(dossier, &fees));
        requests(dossier, &fees, expected);
    }
}

/// The registry says of the line that it was paid online: 1 or 2, told apart from 0.
pub(super) fn is_flagged(fee: &Fee) -> bool {
    let told = fee.more.online_payment_flag.unwrap_or(0);
    (1..=2).contains(&told)
}

/// A dossier with a fee, by the day on which processing began: online where the registry says so.
fn index(dossier: &Dossier, fees: &[&Fee]) -> Option<Expected> {
    let begun = fees
        .iter()
        .filter_map(|fee| fee.more.processing_started_at.as_ref());
    let day = begun.map(Moment::day).min()?;
    let owes = fees.iter().any(|fee| fee.amount.get() > 0);
    let online = fees.iter().any(|fee| is_flagged(fee));
    let agency = BTreeSet::from([fees.first()?.agency_code.clone()]);
    owes.then(|| Expected {
        definition: "QD766_3_6",
        item: format!("dossier|{}", dossier.code),
        day: Some(day),
        wanted: everywhere(&agency, (i64::from(online), 1)),
    })
}

/// A paid request, by the last day on which a line of it was collected: online where all its lines
/// were, by the registry's flag or the method.
fn requests(dossier: &Dossier, fees: &[&Fee], expected: &mut Vec<Expected>) {
    struct Request {
        agencies: BTreeSet<AgencyCode>,
        day: Option<Day>,
        online: bool,
    }
    let online = [
        DeclaredMethod::Portal,
        DeclaredMethod::Qr,
        DeclaredMethod::Wallet,
        DeclaredMethod::Card,
        DeclaredMethod::MobileMoney,
    ];
    let mut requests: BTreeMap<&str, Request> = BTreeMap::new();
    for fee in fees {
        let exempt = fee.more.collection_mode == Some(CollectionMode::Exempt);
        let (Some(id), false) = (fee.more.request_id.as_deref(), exempt) else {
            continue;
        };
        if fee.status != FeeStatus::Paid {
            continue;
        }
        let request = requests.entry(id).or_insert(Request {
            agencies: BTreeSet::new(),
            day: None,
            online: true,
        });
        request.agencies.insert(fee.agency_code.clone());
        let collected = fee.more.paid_at.as_ref().map(Moment::day);
        request.day = request.day.max(collected);
        request.online &= is_flagged(fee) || online.contains(&fee.declared_method);
    }
    for (id, request) in requests {
        if let Some(day) = request.day {
            expected.push(Expected {
                definition: "THU_PHI_PROV",
                item: format!("request|{}|{id}", dossier.code),
                day: Some(day),
                wanted: everywhere(&request.agencies, (i64::from(request.online), 1)),
            });
        }
    }
}
