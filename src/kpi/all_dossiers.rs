//! `ALL_DOSSIERS`: dossiers paid in full without cash over all dossiers received, free ones
//! included. Heard in local talk; a free dossier can never be in the numerator, so the rate says
//! little about payments and its name carries the warning.

use crate::domain::{Moment, Text};

use super::Definition;
use super::agencies::Agencies;
use super::dossier_cashless;
use super::facts::Facts;
use super::item::{Item, Name};
use super::share::{Contribution, Scope};
use super::tally::Tally;
use super::unread::{self, Unit};

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
    enough: |_, _| true,
    distinct: |_| None,
    contributions,
};

fn contributions(facts: &Facts, out: &mut Tally) {
    let mut tally = Tally::of_each();
    dossier_cashless::contributions(facts, &mut tally);
    let paid = tally.items;
    let total = |made: &&Contribution| made.scope == Scope::Total;
    let mut paid: std::collections::BTreeMap<&str, &Contribution> = paid
        .iter()
        .filter(total)
        .map(|made| (&*made.item, made))
        .collect();
    for dossier in &facts.pool.dossiers {
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
        let name = Name::Dossier(dossier.code);
        let mut item = Item::new(DEFINITION.id, name, day, exceptions);
        item.coupled = made.is_some_and(|made| made.coupled);
        item.spread(&Agencies::one(dossier.agency), &outcomes, out);
    }
    // what is left are refunds that name no dossier: each may take some out of the numerator, of
    // whatever day
    for made in paid.into_values() {
        let least = made.pairs().into_iter().map(|(a, _)| a).min().unwrap_or(0);
        if least < 0 {
            let exceptions = made.exceptions.clone();
            let name = Name::Text(made.item.clone());
            let mut item = Item::new(DEFINITION.id, name, made.day, exceptions);
            item.coupled = true;
            item.sometime(
                (crate::domain::Day::of_ms(0), facts.last_day),
                &[(least, 0)],
            );
            item.anywhere(&[(0, 0), (least, 0)], out);
        }
    }
    unread::items(facts, (DEFINITION.id, Unit::Dossier), facts.last_day, out);
}
