//! `ALL_DOSSIERS`: dossiers paid in full without cash over all dossiers received, free ones
//! included. Heard in local talk; a free dossier can never be in the numerator, so the rate says
//! little about payments and its name carries the warning.

use crate::domain::{Moment, Text};
use crate::matching::pool::index;

use super::Definition;
use super::dossier_cashless;
use super::facts::Facts;
use super::item::Item;
use super::share::{Contribution, Scope};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "ALL_DOSSIERS",
    name: Text {
        vi: "Tỷ lệ trên mọi hồ sơ tiếp nhận (tham khảo: gồm cả hồ sơ không thu phí)",
        en: "Share of all dossiers received (for orientation only: free dossiers included)",
    },
    unit: Text {
        vi: "hồ sơ",
        en: "dossiers",
    },
    formula: Text {
        vi: "Số hồ sơ nộp đủ hoàn toàn không dùng tiền mặt trên tổng số hồ sơ tiếp nhận, kể cả hồ sơ không thu phí; theo ngày tiếp nhận.",
        en: "Dossiers paid in full without cash over all dossiers received, free ones included; by day of receipt.",
    },
    enough: |_| true,
    contributions,
};

fn contributions(facts: &Facts) -> Vec<Contribution> {
    let mut out = Vec::new();
    let paid = dossier_cashless::contributions(facts);
    let total = |made: &&Contribution| made.scope == Scope::Total;
    let mut paid: std::collections::BTreeMap<&str, &Contribution> = paid
        .iter()
        .filter(total)
        .map(|made| (&*made.item, made))
        .collect();
    for (d, dossier) in facts.pool.dossiers.iter().enumerate() {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let received = fees.iter().find_map(|fee| fee.more.received_at.as_ref());
        let day = received.map(Moment::day).or(dossier.code.received_on());
        let name = format!("dossier|{}", dossier.code);
        let made = paid.remove(name.as_str());
        let Some(day) = day else { continue };
        let mut outcomes = Vec::new();
        for (numerator, _) in made.map_or_else(|| vec![(0, 0)], Contribution::pairs) {
            if !outcomes.contains(&(numerator, 1)) {
                outcomes.push((numerator, 1));
            }
        }
        let exceptions = made.map_or_else(Vec::new, |made| made.exceptions.clone());
        let mut item = Item::new(DEFINITION.id, name, day, exceptions);
        item.coupled = made.is_some_and(|made| made.coupled);
        item.spread(&facts.agencies_of(&[index(d)]), &outcomes, &mut out);
    }
    // what is left are refunds that name no dossier: each may take some out of the numerator, of
    // whatever day
    for made in paid.into_values() {
        let least = made.pairs().into_iter().map(|(a, _)| a).min().unwrap_or(0);
        if least < 0 {
            let exceptions = made.exceptions.clone();
            let mut item = Item::new(DEFINITION.id, made.item.to_string(), made.day, exceptions);
            item.coupled = true;
            item.sometime(
                (crate::domain::Day::of_ms(0), facts.last_day),
                &[(least, 0)],
            );
            item.anywhere(&[(0, 0), (least, 0)], &mut out);
        }
    }
    out
}
