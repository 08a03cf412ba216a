//! Pass 5: a code that does not exist, but is one edit away from a dossier that lacks exactly this
//! amount and whose payer this is. Accepted only where nothing else could be meant; what is not
//! accepted stays `near_reference`, with a suggestion. Provisional: a stricter reading that comes
//! within the pairing days takes it back.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fold::squeeze;
use crate::domain::{DossierCode, Text, TxnKind};

use super::super::code_scan::Scanner;
use super::super::desk::{Desk, Standing};
use super::super::evidence::{Evidence, Test};
use super::super::pool::{Index, Payer, at};
use super::super::reading::Reading;
use super::Pass;
use super::exact_key::plain;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "repaired_key",
    label: Text {
        vi: "Mã hồ sơ sửa một ký tự",
        en: "Key repaired by one edit",
    },
    run,
};

/// A payment that can only mean this dossier.
struct Claim {
    txn: Index,
    why: Evidence,
}

fn run(desk: &mut Desk) {
    let waiting: Vec<Index> = desk
        .waiting()
        .into_iter()
        .filter(|t| is_near(desk, *t))
        .collect();
    for txn in &waiting {
        explain(desk, *txn);
    }
    // a registry that has not delivered everything may yet tell of the very code that is written
    if !desk.pool.registry_complete() {
        return;
    }
    let doubted = doubted(desk);
    let mut claims: BTreeMap<Index, Vec<Claim>> = BTreeMap::new();
    for txn in waiting {
        if let Some((dossier, why)) = meant(desk, txn)
            && !doubted.contains(&dossier)
        {
            claims.entry(dossier).or_default().push(Claim { txn, why });
        }
    }
    for (dossier, claims) in claims {
        match claims.as_slice() {
            [claim] => {
                let credit = plain(desk, claim.txn, dossier, PASS.id, claim.why.clone());
                // what fits no line as it stands would repeat another payment, or be too much
                if desk.takes_whole(dossier, &credit) {
                    desk.credit(claim.txn, dossier, credit);
                    desk.settle_again(dossier);
                } else {
                    fail(desk, claim.txn, dossier, Test::Open);
                }
            }
            several => {
                for claim in several {
                    fail(desk, claim.txn, dossier, Test::Unique);
                }
            }
        }
    }
}

/// True for a payment whose text is one edit away from dossiers.
fn is_near(desk: &Desk, txn: Index) -> bool {
    let near = |reading: &Reading| {
        matches!(
            reading,
            Reading::Nothing {
                class: "near_reference",
                ..
            }
        )
    };
    desk.pool.txn(txn).kind == TxnKind::Payment && near(&desk.readings[at(txn)])
}

/// The dossiers one edit away, each with what was written and the edit.
fn candidates(desk: &Desk, txn: Index) -> Vec<(Index, Evidence)> {
    let Reading::Nothing { said, .. } = &desk.readings[at(txn)] else {
        return Vec::new();
    };
    let candidate = |said: &Evidence| match said {
        Evidence::OneEdit(_, code, _) => Some((desk.pool.find(code)?, said.clone())),
        _ => None,
    };
    said.evidence.iter().filter_map(candidate).collect()
}

/// Tells of each candidate the first test that it fails, now that the stricter passes are done.
fn explain(desk: &mut Desk, txn: Index) {
    let row = desk.pool.txn(txn);
    let fits = |d: &Index| desk.pool.fits(row, *d, row.amount.wide());
    let dossiers = candidates(desk, txn)
        .into_iter()
        .map(|(dossier, _)| dossier);
    let fitting: Vec<Index> = dossiers.filter(fits).collect();
    let meant = |d: &&Index| is_reading(desk, txn, **d);
    let readings = fitting.iter().filter(meant).count();
    for dossier in &fitting {
        let failed = if desk.pool.payer(row, *dossier) == Payer::Differs {
            Test::Payer
        } else if !desk.lacks_amount(txn, *dossier) || repeats(desk, txn, *dossier) {
            Test::Open
        } else if !desk.pool.in_window(*dossier, row.paid_on) {
            Test::Window
        } else if readings > 1 {
            Test::Unique
        } else {
            continue;
        };
        fail(desk, txn, *dossier, failed);
    }
}

/// Notes the first test that a candidate failed.
fn fail(desk: &mut Desk, txn: Index, dossier: Index, test: Test) {
    let code = desk.pool.dossier(dossier).code.as_str();
    if let Reading::Nothing { said, .. } = &mut desk.readings[at(txn)] {
        let nearest = said.nearest.iter_mut();
        for near in nearest.filter(|near| &*near.candidate == code) {
            near.failed = test;
        }
    }
}

/// The one dossier that a payment can mean: of those one edit away the only one with this amount,
/// its own payer's, lacking exactly this, in the window, and no other code in the text.
fn meant(desk: &Desk, txn: Index) -> Option<(Index, Evidence)> {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let mut fitting = candidates(desk, txn);
    fitting.retain(|(dossier, _)| is_reading(desk, txn, *dossier));
    let [(dossier, why)] = fitting.as_slice() else {
        return None;
    };
    let alone = pool.payer(row, *dossier) == Payer::Agrees
        && desk.lacks_amount(txn, *dossier)
        && !repeats(desk, txn, *dossier)
        && desk.is_undisputed(*dossier)
        && pool.in_window(*dossier, row.paid_on)
        && is_only_code(desk, txn, why);
    alone.then(|| (*dossier, why.clone()))
}

/// True when a dossier one edit away could be meant: the amount is due, and either it is still
/// lacking or nothing says that the payer is another person.
fn is_reading(desk: &Desk, txn: Index, dossier: Index) -> bool {
    let row = desk.pool.txn(txn);
    let stranger = desk.pool.payer(row, dossier) == Payer::Differs;
    let fits = desk.pool.fits(row, dossier, row.amount.wide());
    fits && (!stranger || desk.lacks_amount(txn, dossier))
}

/// True where the same amount stands in the dossier already: one more would be its repeat, whatever
/// a land obligation still lacks.
fn repeats(desk: &Desk, txn: Index, dossier: Index) -> bool {
    let amount = desk.pool.txn(txn).amount.wide();
    desk.ledgers.of(dossier).has_amount(amount)
}

/// True when the text, and the reference if there is one, hold no code beside the repaired one.
fn is_only_code(desk: &Desk, txn: Index, why: &Evidence) -> bool {
    let row = desk.pool.txn(txn);
    let Evidence::OneEdit(written, ..) = why else {
        return false;
    };
    let reference = row.order_ref.as_deref().filter(|text| !text.is_empty());
    let told = reference.map(|text| DossierCode::parse(text).ok().map(|code| code.squeezed()));
    if told.is_some_and(|code| code.as_deref() != Some(&**written)) {
        return false;
    }
    let text = squeeze(&row.memo);
    let Some(start) = text.find(&**written) else {
        // written in the reference alone
        return reference.is_some() && desk.pool.scanner.places(&text).is_empty();
    };
    let end = start + written.len();
    let overlaps = |from: usize, to: usize| from < end && start < to;
    let places = desk.pool.scanner.places(&text);
    let written_elsewhere = Scanner::written_codes(&row.memo).into_iter().any(|code| {
        let code = code.squeezed();
        let place = text.find(&code);
        place.is_some_and(|from| !overlaps(from, from + code.len()))
    });
    !written_elsewhere && places.into_iter().all(|(from, to)| overlaps(from, to))
}

/// Dossiers that an open payment with several readings names.
pub(super) fn doubted(desk: &Desk) -> BTreeSet<Index> {
    let open = desk.txns.iter().filter_map(Standing::out);
    let open = open.filter(|out| out.class == "ambiguous");
    open.flat_map(|out| &out.named).copied().collect()
}
