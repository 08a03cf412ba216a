//! `DOSSIER_ONLINE`: dossiers filed online over all dossiers received; the plan's other target that
//! the same data can answer. Filing channel and payment channel are independent. An empty cell is a
//! dossier of the counter; a dossier of which no column tells the channel is left out.

use crate::domain::{FilingChannel, Inputs, Rules, Text};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::tally::Tally;
use super::unread::{self, Unit};

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
        vi: "Số hồ sơ nộp trực tuyến trên tổng số hồ sơ tiếp nhận; theo ngày tiếp nhận. \
             Hồ sơ để trống kênh nộp được tính là nộp trực tiếp tại bộ phận một cửa; hồ sơ từ nguồn không có cột kênh nộp không được tính.",
        en: "Dossiers filed online over all dossiers received; by day of receipt. \
             An empty filing channel is taken for the counter; dossiers of a source without that column do not count.",
    },
    enough,
    distinct: |_| None,
    contributions,
};

fn enough(inputs: &Inputs, _: &Rules) -> bool {
    inputs
        .fees
        .iter()
        .any(|fee| fee.more.filing_channel.is_some())
}

fn contributions(facts: &Facts, out: &mut Tally) {
    unread::items(facts, (DEFINITION.id, Unit::Registry), facts.last_day, out);
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let told = || fees.iter().filter_map(|fee| fee.more.filing_channel);
        // a channel may stand beside one line of a dossier only
        let said = told().find(|channel| *channel != FilingChannel::Empty);
        let channel = said.or_else(|| told().next());
        let received = fees.iter().find_map(|fee| fee.more.received_at.as_ref());
        let day = received
            .map(crate::domain::Moment::day)
            .or(dossier.code.received_on());
        let (Some(channel), Some(day)) = (channel, day) else {
            continue;
        };
        let item = Item::new(DEFINITION.id, Name::Dossier(dossier.code), day, Vec::new());
        let online = i64::from(channel == FilingChannel::Online);
        item.spread(&Agencies::one(dossier.agency), &[(online, 1)], out);
    }
}
