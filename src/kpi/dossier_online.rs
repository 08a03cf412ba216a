//! `DOSSIER_ONLINE`: dossiers filed online over all dossiers received; the plan's other target that
//! the same data can answer. Filing channel and payment channel are independent.

use std::collections::BTreeSet;

use crate::domain::{FilingChannel, Inputs, Text};

use super::Definition;
use super::facts::Facts;
use super::item::Item;
use super::share::Contribution;

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "DOSSIER_ONLINE",
    name: Text {
        vi: "Tỷ lệ hồ sơ nộp trực tuyến",
        en: "Share of dossiers filed online",
    },
    unit: Text {
        vi: "hồ sơ",
        en: "dossiers",
    },
    formula: Text {
        vi: "Số hồ sơ nộp trực tuyến trên tổng số hồ sơ tiếp nhận; theo ngày tiếp nhận.",
        en: "Dossiers filed online over all dossiers received; by day of receipt.",
    },
    enough,
    contributions,
};

fn enough(inputs: &Inputs) -> bool {
    inputs
        .fees
        .iter()
        .any(|fee| fee.more.filing_channel.is_some())
}

fn contributions(facts: &Facts) -> Vec<Contribution> {
    let mut out = Vec::new();
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let channel = fees.iter().find_map(|fee| fee.more.filing_channel);
        let received = fees.iter().find_map(|fee| fee.more.received_at.as_ref());
        let day = received
            .map(crate::domain::Moment::day)
            .or(dossier.code.received_on());
        let (Some(channel), Some(day)) = (channel, day) else {
            continue;
        };
        let name = format!("dossier|{}", dossier.code);
        let item = Item::new(DEFINITION.id, name, day, Vec::new());
        let online = i64::from(channel == FilingChannel::Online);
        item.spread(
            &BTreeSet::from([dossier.agency.clone()]),
            &[(online, 1)],
            &mut out,
        );
    }
    out
}
