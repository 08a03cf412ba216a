//! Pairings that the rules do not accept but a person might: the near readings of open payments.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::domain::DossierCode;

use super::desk::{Desk, Out};
use super::evidence::{Evidence, Test};
use super::group::Suggestion;
use super::part::{self, UNREAD};
use super::pool::{Index, Payer, at};

/// The suggestions of the desk, by transaction and dossier. The score says how much speaks for a
/// reading: 900 when the amount fits, no other payer is told and only the spelling differs, 600
/// when the payer is not the expected one, 300 when the amount does not fit either. A dossier that
/// the text does not name and that lacks the same amount gets 250, and 250 more where the payer is
/// the one expected: less than a reading of which as much is right.
pub fn suggestions(desk: &Desk) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    let hints = desk.hints.iter().map(|hint| (at(hint.txn), hint.dossier));
    let hinted: BTreeSet<(usize, Index)> = hints.collect();
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
            let known = desk.pool.find(&dossier_code);
            let fits = |dossier| desk.pool.fits(row, dossier, row.amount.wide());
            let payer = known.map_or(Payer::Unknown, |dossier| desk.pool.payer(row, dossier));
            let is_read = known.is_some_and(|dossier| is_read(out, dossier, &dossier_code));
            // what a pass weighed itself is told as it weighed it
            if known.is_some_and(|dossier| hinted.contains(&(i, dossier))) {
                continue;
            }
            let score = match (near.failed, payer) {
                (Test::Named, Payer::Agrees) if !is_read => 2 * UNREAD,
                (Test::Named, _) if !is_read => UNREAD,
                _ if !is_read => continue,
                _ if !known.is_some_and(fits) => 300,
                (Test::Named | Test::Unique, Payer::Differs) | (Test::Payer, _) => 600,
                (Test::Named | Test::Unique, _) => 900,
                _ => 300,
            };
            let named = |said: &&Evidence| is_read || !matches!(said, Evidence::OneEdit(..));
            suggestions.push(Suggestion {
                txn: row.key(),
                fee_id: None,
                score,
                reason: out.evidence.iter().filter(named).cloned().collect(),
                parts: if is_read {
                    part::of_reading(score, payer)
                } else {
                    part::of_unread(score)
                },
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

/// True for a dossier that the text of the payment names, exactly or off by a slip; others stand
/// beside it because they lack the same amount.
fn is_read(out: &Out, dossier: Index, code: &DossierCode) -> bool {
    let says = |said: &Evidence| match said {
        Evidence::OneEdit(_, meant, _)
        | Evidence::MemoHolds(meant)
        | Evidence::Rival(meant)
        | Evidence::RivalOfAmount(meant) => meant == code,
        Evidence::SeveralCodes(codes) => codes.contains(code),
        _ => false,
    };
    out.named.contains(&dossier) || out.evidence.iter().any(says)
}
