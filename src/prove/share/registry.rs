//! `QD766_3_6` and `THU_PHI_PROV`: what the registry tells of itself, no matching in it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Dossier};
use super::{Expected, everywhere};
use crate::domain::{
    AgencyCode, CollectionMode, Day, DeclaredMethod, Fee, FeeKind, FeeStatus, Moment,
};

pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    for dossier in &books.dossiers {
        let lines = dossier.lines.clone();
        let fees: Vec<&Fee> = lines.map(|line| books.lines[line].fee).collect();
        expected.extend(index(books, dossier, &fees));
        requests(dossier, &fees, expected);
    }
}

/// What the registry's flag says: 0 tells of a payment that was not online, 1 and 2 of one on the
/// national portal or at a gateway of a ministry or province. None is silence.
pub(super) fn flag(fee: &Fee) -> Option<bool> {
    match fee.more.online_payment_flag {
        None => None,
        Some(1 | 2) => Some(true),
        Some(_) => Some(false),
    }
}

/// A dossier that owes phí or lệ phí of a listed procedure (any where none is listed), by the day
/// on which processing began: online where the registry says so of a line of them.
fn index(books: &Books, dossier: &Dossier, fees: &[&Fee]) -> Option<Expected> {
    let begun = fees
        .iter()
        .filter_map(|fee| fee.more.processing_started_at.as_ref());
    let day = begun.map(Moment::day).min()?;
    let own = || {
        fees.iter()
            .filter(|fee| fee.kind != FeeKind::LandObligation)
    };
    let list = &books.rules.fee_procedures;
    let on_list = |fee: &Fee| list.iter().any(|code| **code == *fee.procedure_code);
    let owes = own().any(|fee| fee.amount.get() > 0 && (list.is_empty() || on_list(fee)));
    let online = own().any(|fee| flag(fee) == Some(true));
    let agency = BTreeSet::from([fees.first()?.agency_code.clone()]);
    owes.then(|| Expected {
        definition: "QD766_3_6",
        item: format!("dossier|{}", dossier.code),
        day: Some(day),
        wanted: everywhere(&agency, (i64::from(online), 1)),
    })
}

/// A paid request, by the last day on which a line of it was collected: online where all its lines
/// were, by the registry's flag, or where it tells none by the method.
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
        let land = fee.kind == FeeKind::LandObligation;
        let left_out = land || fee.more.collection_mode == Some(CollectionMode::Exempt);
        let (Some(id), false) = (fee.more.request_id.as_deref(), left_out) else {
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
        let by_method = online.contains(&fee.declared_method);
        request.online &= flag(fee).unwrap_or(by_method);
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
