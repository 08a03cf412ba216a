//! A row before its class is known, and how it gets its class.

use crate::domain::{Day, DossierCode, ExceptionId, Fee, Inputs, RowKey, Rules, Side, Vnd};
use crate::matching::desk::Desk;
use crate::matching::pool::{Index, Pool};
use crate::matching::{Evidence, Nearest};

use super::at_risk::SHORT;
use super::class::{Bucket, Class, Classified, OK, Seen, Severity};
use super::{CLASSES, EXCLUDED, NOTHING_DUE};

/// A row before its class is known.
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) amount: Vnd,
    pub(super) day: Day,
    pub(super) dossier: Option<DossierCode>,
    pub(super) linked: bool,
    /// Linked by a pass whose result may still be taken back.
    pub(super) provisional: bool,
}

impl Row {
    /// A fee line that nothing is linked to.
    pub(super) fn of_fee(pool: &Pool, fee: &Fee) -> Self {
        Self {
            key: fee.key(),
            amount: fee.amount,
            day: fee_day(pool.inputs, fee),
            dossier: Some(fee.dossier_code.clone()),
            linked: false,
            provisional: false,
        }
    }
}

/// The accounting day of a fee line: that of the dossier's receipt.
pub fn fee_day(inputs: &Inputs, fee: &Fee) -> Day {
    let day = fee.dossier_code.received_on().or(inputs.business_date);
    day.unwrap_or_else(|| Day::of_ms(0))
}

/// A row of a certified set: in order, without a link of its own.
pub(super) fn in_set(desk: &Desk, set: Index, row: Row) -> Classified {
    let row = Row {
        linked: true,
        provisional: desk.is_set_provisional(set),
        ..row
    };
    Classified {
        evidence: vec![desk.set_evidence(set)],
        ..named(desk.pool.rules, row, Vec::new(), |_| None)
    }
}

/// The first class whose test applies, the rest as "also".
pub(super) fn named(
    rules: &Rules,
    row: Row,
    nearest: Vec<Nearest>,
    test: impl Fn(&Class) -> Seen,
) -> Classified {
    let mut found: Option<(&'static Class, Vec<Evidence>)> = None;
    let (mut also, mut short) = (Vec::new(), Vec::new());
    let is_fee = row.key.side == Side::Fee;
    for class in CLASSES {
        if let Some(evidence) = test(class) {
            if found.is_none() {
                found = Some((class, evidence));
                continue;
            }
            also.push(class.id);
            // what a fee line lacks is told whatever else is the matter with it
            if is_fee && SHORT.contains(&class.id) {
                short.extend(evidence);
            }
        }
    }
    let severity = found
        .as_ref()
        .map_or(Severity::Info, |(class, _)| class.severity);
    let carries = found.as_ref().is_some_and(|(class, _)| class.carried);
    let (id, mut evidence) = found.map_or((OK, Vec::new()), |(c, evidence)| (c.id, evidence));
    // where another class asks for somebody the agreement settles nothing
    let quiet = |also: &&str| super::class(also).is_none_or(|c| c.severity == Severity::Info);
    if !also.iter().all(quiet) {
        evidence.retain(|why| *why != Evidence::RefundAgreed);
    }
    let agreed = evidence.contains(&Evidence::RefundAgreed);
    evidence.extend(short);
    let opening = rules.start.filter(|start| id != OK && row.day < *start);
    evidence.extend(opening.map(Evidence::BeforeStart));
    let bucket = match id {
        "reject" => Bucket::Rejected,
        id if EXCLUDED.contains(&id) => Bucket::Excluded,
        _ if row.linked => Bucket::Matched,
        _ => Bucket::Open,
    };
    Classified {
        exception_id: (id != OK).then(|| ExceptionId::of(id, &row.key)),
        key: row.key,
        class: id,
        amount: row.amount,
        dossier_code: row.dossier,
        evidence,
        nearest,
        also,
        severity: if opening.is_some() || agreed {
            Severity::Info
        } else {
            severity
        },
        bucket,
        carried: carries
            || row.provisional
            || (bucket == Bucket::Open && !NOTHING_DUE.contains(&id)),
        business_date: row.day,
    }
}
