//! The rows and groups of plain dossiers as the values that a settlement holds of others: field by
//! field what `Classified` and `MatchGroup` are, so that a digest covers both alike.

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::classify::{Bucket, OK, Severity};
use crate::domain::ids::short_hash;
use crate::domain::{Day, DossierCode, ExceptionId, FeeId, Side, Vnd};
use crate::matching::credits::By;
use crate::matching::{Difference, Evidence, Nearest, Role};

use super::{Lean, LeanGroup, LeanRow, PlainGroup, PlainLeg, PlainRow};

/// Every row, as a list of classified rows.
pub struct Rows<'l, 'p, 'a>(pub &'l Lean<'p, 'a>);

/// Every group, as a list of match groups.
pub struct Groups<'l, 'p, 'a>(pub &'l Lean<'p, 'a>);

#[derive(serde::Serialize)]
struct Key<'v> {
    side: Side,
    source: &'v str,
    id: &'v str,
    dossier: Option<&'v DossierCode>,
}

#[derive(serde::Serialize)]
struct Row<'v> {
    key: Key<'v>,
    class: &'static str,
    amount: Vnd,
    dossier_code: Option<&'v DossierCode>,
    evidence: &'v [Evidence],
    nearest: &'v [Nearest],
    also: &'v [&'static str],
    severity: Severity,
    exception_id: Option<&'v ExceptionId>,
    bucket: Bucket,
    carried: bool,
    business_date: Day,
}

#[derive(serde::Serialize)]
struct Leg<'v> {
    money: Key<'v>,
    dossier_code: Option<&'v DossierCode>,
    fee_id: Option<&'v FeeId>,
    amount: Vnd,
    role: Role,
    pass: &'static str,
    why: Evidence,
}

#[derive(serde::Serialize)]
struct Group<'v> {
    id: &'v str,
    pass: &'static str,
    legs: &'v [Leg<'v>],
    score: u16,
    margin: Option<u16>,
    evidence: &'v [Evidence],
    runner_up: Option<&'v Nearest>,
    difference: Option<Difference>,
}

impl Serialize for Rows<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        self.0.each_row(|row| match row {
            LeanRow::Plain(plain) => list.serialize_element(&row_of(&plain)),
            LeanRow::Classified(row) => list.serialize_element(row),
        })?;
        list.end()
    }
}

fn row_of<'v>(plain: &PlainRow<'v>) -> Row<'v> {
    let dossier = Some(plain.dossier);
    Row {
        key: Key {
            side: plain.side,
            source: plain.source,
            id: plain.id,
            dossier: dossier.filter(|_| plain.side == Side::Fee),
        },
        class: OK,
        amount: plain.amount,
        dossier_code: dossier,
        evidence: &[],
        nearest: &[],
        also: &[],
        severity: Severity::Info,
        exception_id: None,
        bucket: Bucket::Matched,
        carried: false,
        business_date: plain.business_date,
    }
}

impl Serialize for Groups<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        self.0.each_group(|group| match group {
            LeanGroup::Plain(group, legs) => {
                let id = group_id(&group, legs);
                let legs: Vec<Leg> = legs.iter().map(|leg| leg_of(&group, leg)).collect();
                list.serialize_element(&Group {
                    id: &id,
                    pass: group.pass,
                    legs: &legs,
                    score: 1000,
                    margin: None,
                    evidence: &group.evidence(),
                    runner_up: None,
                    difference: None,
                })
            }
            LeanGroup::Group(group) => list.serialize_element(group),
        })?;
        list.end()
    }
}

fn leg_of<'v>(group: &PlainGroup<'v>, leg: &PlainLeg<'v>) -> Leg<'v> {
    Leg {
        money: Key {
            side: leg.side,
            source: leg.source,
            id: leg.id,
            dossier: None,
        },
        dossier_code: Some(group.dossier),
        fee_id: Some(leg.fee_id),
        amount: leg.amount,
        role: Role::Settles,
        pass: leg.by.pass(),
        why: group.why(leg.by),
    }
}

impl PlainGroup<'_> {
    /// Why a row is linked to the dossier.
    pub fn why(&self, by: By) -> Evidence {
        let code = self.dossier.clone();
        match by {
            By::Reference | By::Other(_) => Evidence::OrderRef(code),
            By::WholeMemo => Evidence::MemoIsCode(code),
            By::Extracted => Evidence::MemoHolds(code),
            By::Receipt(_) => Evidence::ReceiptNames(code),
        }
    }

    /// What holds for the group as a whole.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mut said = vec![Evidence::AmountFits(self.due)];
        if self.payments > 1 {
            said.push(Evidence::Instalments(self.payments, self.due, self.due));
        }
        said
    }
}

/// The id of a group: of its lines and its money rows, each once, in byte order. A line begins with
/// a capital letter or a digit, a row with a small letter.
fn group_id(group: &PlainGroup, legs: &[PlainLeg]) -> String {
    let mut text = String::with_capacity(128);
    let mut part = |parts: &[&str]| {
        if !text.is_empty() {
            text.push('\u{1e}');
        }
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                text.push('\u{1f}');
            }
            text.push_str(part);
        }
    };
    let mut lines: Vec<&str> = legs.iter().map(|leg| leg.fee_id.as_str()).collect();
    lines.sort_unstable();
    for line in lines {
        part(&[group.dossier.as_str(), line]);
    }
    let mut money: Vec<[&str; 3]> = legs
        .iter()
        .map(|leg| [leg.side.id(), leg.source, leg.id])
        .collect();
    money.sort_unstable();
    money.dedup();
    for row in &money {
        part(row);
    }
    short_hash(text.as_bytes(), 16)
}
