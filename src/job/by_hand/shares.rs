//! How much of a payment each line gets.

use std::collections::BTreeSet;

use super::{JobError, Target, usage};
use crate::domain::{DecidedShare, DossierCode, Fee, Vnd};
use crate::store::Store;

/// What each line gets: as told, else as much as it is due while something is left.
pub(super) async fn shares_of(
    store: &Store,
    parts: &[(Target, Option<Vnd>)],
    amount: Vnd,
) -> Result<Vec<DecidedShare>, JobError> {
    let codes: BTreeSet<DossierCode> = parts.iter().map(|(t, _)| t.dossier_code.clone()).collect();
    let fees = store.fees_of(&codes).await?;
    let mut left = amount.wide();
    let mut shares: Vec<DecidedShare> = Vec::new();
    for (target, part) in parts {
        let lines = lines(&fees, target)?;
        let due: i128 = lines.iter().map(|fee| fee.amount.wide()).sum();
        let code = &target.dossier_code;
        let mut part = part.map_or(left.min(due), Vnd::wide);
        if part <= 0 || part > due || part > left {
            return Err(usage(
                &format!("{code} cannot get {part} dong: {due} due, {left} left of the payment"),
                "the parts must fit the fees and add up to no more than the payment",
            ));
        }
        left -= part;
        for fee in lines {
            let share = part.min(fee.amount.wide());
            if let Some(amount) = Vnd::from_wide(share).ok().filter(|_| share > 0) {
                shares.push(DecidedShare {
                    dossier_code: fee.dossier_code.clone(),
                    fee_id: fee.fee_id.clone(),
                    amount,
                });
            }
            part -= share;
        }
    }
    Ok(shares)
}

/// The lines of a target, in the order of the waterfall.
fn lines<'f>(fees: &'f [Fee], target: &Target) -> Result<Vec<&'f Fee>, JobError> {
    let of_dossier = || {
        fees.iter()
            .filter(|fee| fee.dossier_code == target.dossier_code)
    };
    let wanted = |fee: &&Fee| target.fee_id.as_ref().is_none_or(|id| fee.fee_id == *id);
    let lines: Vec<&Fee> = of_dossier().filter(wanted).collect();
    if !lines.is_empty() {
        return Ok(lines);
    }
    let code = &target.dossier_code;
    let known: Vec<&str> = of_dossier().map(|fee| fee.fee_id.as_str()).collect();
    Err(match &target.fee_id {
        Some(id) if !known.is_empty() => usage(
            &format!("{code} has no fee {id}"),
            &format!("it has {}", known.join(", ")),
        ),
        _ => usage(
            &format!("no fee of dossier {code} is known"),
            "check the code; a dossier is known once an export has told it",
        ),
    })
}
