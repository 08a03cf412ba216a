//! Pairings that the rules do not accept but a person might: the near readings of open payments.

use std::cmp::Reverse;

use crate::domain::DossierCode;

use super::desk::{Desk, Out};
use super::evidence::Test;
use super::group::Suggestion;
use super::part::{self, Part};
use super::pool::Payer;

/// The suggestions of the desk, by transaction and dossier. The score says how much speaks for a
/// reading: 900 when amount and payer agree and only the spelling differs, 600 when the payer is
/// not the expected one, 300 when the amount does not fit either.
pub fn suggestions(desk: &Desk) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    for (i, standing) in desk.txns.iter().enumerate() {
        let out = standing.out();
        let open = |out: &&Out| matches!(out.class, "near_reference" | "ambiguous");
        let Some(out) = out.filter(open) else {
            continue;
        };
        for near in &out.nearest {
            let Ok(dossier_code) = DossierCode::parse(&near.candidate) else {
                continue;
            };
            let row = &desk.pool.inputs.txns[i];
            let fits = |dossier| desk.pool.fits(row, dossier, row.amount.wide());
            let score = match near.failed {
                _ if !desk.pool.find(&dossier_code).is_some_and(fits) => 300,
                Test::Named | Test::Unique => 900,
                Test::Payer => 600,
                _ => 300,
            };
            suggestions.push(Suggestion {
                txn: row.key(),
                fee_id: None,
                score,
                reason: out.evidence.clone(),
                parts: parts_of(desk, i, &dossier_code, score),
                dossier_code,
            });
        }
    }
    suggestions.extend(desk.hints.iter().map(|hint| Suggestion {
        txn: desk.pool.txn(hint.txn).key(),
        dossier_code: desk.pool.dossier(hint.dossier).code.clone(),
        fee_id: None,
        score: hint.score,
        reason: hint.reason.clone(),
        parts: hint.parts.clone(),
    }));
    let key = |s: &Suggestion| (s.txn.clone(), s.dossier_code.clone(), Reverse(s.score));
    suggestions.sort_by_cached_key(key);
    suggestions.dedup_by(|a, b| a.txn == b.txn && a.dossier_code == b.dossier_code);
    suggestions
}

/// What the score of a near reading is made of.
fn parts_of(desk: &Desk, txn: usize, code: &DossierCode, score: u16) -> Vec<Part> {
    let row = &desk.pool.inputs.txns[txn];
    let payer = desk
        .pool
        .find(code)
        .map(|known| desk.pool.payer(row, known));
    part::of_reading(score, payer.unwrap_or(Payer::Unknown))
}
