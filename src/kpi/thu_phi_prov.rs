//! `THU_PHI_PROV`: paid requests whose method is online over all paid requests, the form in which a
//! provincial system prints its rate. A plain bank transfer counts as paid in person there. Land
//! obligations are no request of the agency.

use std::collections::BTreeMap;

use crate::domain::{CollectionMode, DeclaredMethod, Fee, FeeStatus, Inputs, Moment, Rules, Text};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::qd766_3_6::{is_indexed, told_online};
use super::tally::Tally;
use super::unread::{self, Unit};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "THU_PHI_PROV",
    name: Text {
        vi: "Tỷ lệ thanh toán trực tuyến (theo mẫu của hệ thống tỉnh)",
        en: "Online payments (in the form of a provincial system)",
    },
    unit: Text {
        vi: "yêu cầu thanh toán",
        en: "payment requests",
    },
    formula: Text {
        vi: "Số yêu cầu đã thanh toán bằng phương thức trực tuyến trên số yêu cầu đã thanh toán, trừ \
             đối tượng được miễn; theo ngày thu phí. Chuyển khoản thông thường không tính là trực tuyến.",
        en: "Paid requests whose method is online over all paid requests, the exempt left out; by day of collection. A plain transfer is not online.",
    },
    enough,
    distinct: |_| None,
    contributions,
};

fn enough(inputs: &Inputs, _: &Rules) -> bool {
    let told = |fee: &Fee| fee.more.request_id.is_some() && fee.more.paid_at.is_some();
    inputs.fees.iter().any(told)
}

/// The registry's own flag where it tells one, else the method that was declared.
fn is_online(fee: &Fee) -> bool {
    let declared = || {
        matches!(
            fee.declared_method,
            DeclaredMethod::Portal
                | DeclaredMethod::Qr
                | DeclaredMethod::Wallet
                | DeclaredMethod::Card
                | DeclaredMethod::MobileMoney
        )
    };
    told_online(fee).unwrap_or_else(declared)
}

fn contributions(facts: &Facts, out: &mut Tally) {
    unread::items(facts, (DEFINITION.id, Unit::Registry), facts.last_day, out);
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let exempt = |fee: &&Fee| fee.more.collection_mode == Some(CollectionMode::Exempt);
        let paid = fees
            .iter()
            .filter(|fee| fee.status == FeeStatus::Paid && is_indexed(fee) && !exempt(fee));
        // one request may ask for several lines
        let mut requests: BTreeMap<&str, Vec<&Fee>> = BTreeMap::new();
        for fee in paid {
            if let Some(request) = fee.more.request_id.as_deref() {
                requests.entry(request).or_default().push(fee);
            }
        }
        for (request, lines) in requests {
            let collected = lines.iter().filter_map(|fee| fee.more.paid_at.as_ref());
            let Some(day) = collected.map(Moment::day).max() else {
                continue;
            };
            let online = lines.iter().all(|fee| is_online(fee));
            let name = Name::Text(format!("request|{}|{request}", dossier.code).into());
            let agencies: Agencies = lines.iter().map(|fee| &fee.agency_code).collect();
            let item = Item::new(DEFINITION.id, name, day, Vec::new());
            item.spread(&agencies, &[(i64::from(online), 1)], out);
        }
    }
}
