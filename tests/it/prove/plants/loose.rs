//! Errors in what the looser passes decided, and in what people ruled.

use doisoat::classify::{Bucket, Severity};
use doisoat::domain::{Inputs, RowKey, Rules};
use doisoat::matching::{Evidence, Leg, Role};
use doisoat::settle::Settlement;

use super::{Plant, add, nth, with_leg};

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a member of a set is dropped",
        caught_by: &["rule"],
        percent: 100,
        put: |s, n| {
            with_leg(
                s,
                n,
                |role, _| role == Role::Member,
                |s, g, l| {
                    s.groups[g].legs.remove(l);
                },
            )
        },
    },
    Plant {
        kind: "a repaired code goes to another dossier",
        caught_by: &["rule"],
        percent: 100,
        put: |s, n| {
            let places = of_pass(s, "repaired_key");
            let Some((g, l)) = nth(&places, n % places.len().max(1)) else {
                return false;
            };
            // every other dossier in turn
            let own = s.groups[g].legs[l].dossier_code.clone();
            let other = s.rows.iter().filter_map(|row| row.key.dossier.clone());
            let mut other: Vec<_> = other.filter(|code| Some(code) != own.as_ref()).collect();
            other.dedup();
            let Some(code) = other.into_iter().nth(n / places.len()) else {
                return false;
            };
            let rows = s.rows.iter();
            let mut fees = rows.filter(|row| row.key.dossier.as_ref() == Some(&code));
            let fee = fees.next().map(|row| row.key.id.clone());
            let leg = &mut s.groups[g].legs[l];
            leg.dossier_code = Some(code.clone());
            leg.fee_id = fee.map(|id| doisoat::domain::FeeId::new(&id));
            if let Evidence::OneEdit(_, meant, _) = &mut leg.why {
                *meant = code;
            }
            true
        },
    },
    Plant {
        kind: "a repaired code was written otherwise",
        caught_by: &["rule"],
        percent: 100,
        put: |s, n| {
            with_why(s, "repaired_key", n, |leg| {
                let Evidence::OneEdit(written, meant, _) = &mut leg.why else {
                    return;
                };
                *written = match n % 2 {
                    0 => meant.squeezed().into(),
                    _ => format!("{written}0").into(),
                };
            })
        },
    },
    Plant {
        kind: "a scored pair is less far ahead than the rules ask",
        caught_by: &["rule"],
        percent: 100,
        put: |s, n| {
            let places = of_pass(s, "scored");
            let Some((g, l)) = nth(&places, n / 3) else {
                return false;
            };
            let below = u16::try_from(n % 3).unwrap_or(0) * 300 + 1;
            let low = Rules::default().margin_min - below;
            let group = &mut s.groups[g];
            if let Evidence::Assigned(_, margin) = &mut group.legs[l].why {
                *margin = low;
            }
            group.margin = Some(low);
            true
        },
    },
    Plant {
        kind: "a group claims another margin",
        caught_by: &["rule"],
        percent: 100,
        put: |s, n| {
            let places = of_pass(s, "scored");
            let Some((g, _)) = nth(&places, n / 3) else {
                return false;
            };
            let by = u16::try_from(n % 3).unwrap_or(0) + 1;
            s.groups[g].margin = s.groups[g].margin.map(|margin| margin - by);
            true
        },
    },
    Plant {
        kind: "a row is written off by nobody",
        caught_by: &["class"],
        percent: 100,
        put: |s, n| {
            let asks = |at: &usize| {
                let row = &s.rows[*at];
                let open = row.class != "ok" && row.bucket != Bucket::Excluded;
                open && (row.severity != Severity::Info || row.carried)
            };
            let places: Vec<usize> = (0..s.rows.len()).filter(asks).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            let row = &mut s.rows[at];
            (row.severity, row.carried) = (Severity::Info, false);
            let said = Evidence::DecidedBy("nobody".into(), "none".into());
            row.evidence.push(said);
            true
        },
    },
];

/// The legs of a pass: (group, leg).
fn of_pass(settled: &Settlement, pass: &str) -> Vec<(usize, usize)> {
    let groups = settled.groups.iter().enumerate();
    let legs = groups.flat_map(|(g, group)| {
        let legs = group.legs.iter().enumerate();
        legs.map(move |(l, leg)| (g, l, leg.pass))
    });
    let mine = legs.filter(|(.., of)| *of == pass);
    mine.map(|(g, l, _)| (g, l)).collect()
}

fn with_why(settled: &mut Settlement, pass: &str, n: usize, edit: impl Fn(&mut Leg)) -> bool {
    let places = of_pass(settled, pass);
    let Some((g, l)) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.groups[g].legs[l]);
    true
}

/// One fee of a certified set owes another amount, in the rows that came and in what is said of it.
pub(crate) fn set_with_another_amount(
    inputs: &Inputs,
    settled: &Settlement,
    n: usize,
) -> Option<(Inputs, Settlement)> {
    let legs = settled.groups.iter().flat_map(|group| &group.legs);
    let members = legs.filter(|leg| leg.role == Role::Member && leg.fee_id.is_some());
    let members: Vec<&RowKey> = members.map(|leg| &leg.money).collect();
    let key = nth(&members, n)?.clone();
    let (mut inputs, mut settled) = (inputs.clone(), settled.clone());
    let fee = inputs.fees.iter_mut().find(|fee| fee.key() == key)?;
    add(&mut fee.amount, 1);
    let row = settled.rows.iter_mut().find(|row| row.key == key)?;
    add(&mut row.amount, 1);
    Some((inputs, settled))
}

/// A decision that was applied is not in the book.
pub(crate) fn without_decision(inputs: &Inputs, n: usize) -> Option<Inputs> {
    let places: Vec<usize> = (0..inputs.decisions.len()).collect();
    let at = nth(&places, n)?;
    let mut changed = inputs.clone();
    changed.decisions.remove(at);
    Some(changed)
}
