//! How much of a payment each line gets.

use std::collections::BTreeSet;

use super::{JobError, Target, usage};
use crate::domain::{DecidedShare, DossierCode, Fee, FeeThen, Lang, Vnd};
use crate::store::Store;
use crate::text;

/// What each line gets: as told, else as much as it is due while something is left.
pub(super) async fn shares_of(
    store: &Store,
    parts: &[(Target, Option<Vnd>)],
    amount: Vnd,
    lang: Lang,
) -> Result<Vec<DecidedShare>, JobError> {
    let codes: BTreeSet<DossierCode> = parts.iter().map(|(t, _)| t.dossier_code.clone()).collect();
    let fees = store.fees_of(&codes).await?;
    let mut left = amount.wide();
    let mut shares: Vec<DecidedShare> = Vec::new();
    for (target, part) in parts {
        let lines = lines(&fees, target, lang)?;
        let due: i128 = lines.iter().map(|fee| fee.amount.wide()).sum();
        let code = &target.dossier_code;
        let mut part = part.map_or(left.min(due), Vnd::wide);
        if part <= 0 || part > due || part > left {
            let [part, due, left] = [part, due, left].map(|figure| text::money(lang, figure));
            let args = [
                ("code", code.as_str()),
                ("part", &*part),
                ("due", &*due),
                ("left", &*left),
            ];
            return Err(usage(lang, "decide-parts", "decide-parts-fix", &args));
        }
        left -= part;
        for fee in lines {
            let share = part.min(fee.amount.wide());
            if let Some(amount) = Vnd::from_wide(share).ok().filter(|_| share > 0) {
                shares.push(DecidedShare {
                    dossier_code: fee.dossier_code.clone(),
                    fee_id: fee.fee_id.clone(),
                    amount,
                    fee_then: Some(FeeThen::of(fee)),
                });
            }
            part -= share;
        }
    }
    Ok(shares)
}

/// The lines of a target, in the order of the waterfall.
fn lines<'f>(fees: &'f [Fee], target: &Target, lang: Lang) -> Result<Vec<&'f Fee>, JobError> {
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
    let known = known.join(", ");
    Err(match &target.fee_id {
        Some(id) if !known.is_empty() => {
            let args = [
                ("code", code.as_str()),
                ("fee", id.as_str()),
                ("known", &*known),
            ];
            usage(lang, "decide-other-fee", "decide-other-fee-fix", &args)
        }
        _ => {
            let args = [("code", code.as_str())];
            usage(lang, "decide-no-dossier", "decide-no-dossier-fix", &args)
        }
    })
}
