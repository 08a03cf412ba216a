//! `QD766_3_6`: dossiers paid online over dossiers with a fee, as the official index of the
//! national public service portal counts them (Decision 766/QĐ-TTg of 23/06/2022, index 3.6): by
//! dossier, by the day on which processing began, from the registry's own flag. It asks where a
//! dossier was paid, not whether cash changed hands: a plain bank transfer is not online.

use crate::domain::{Fee, Inputs, Moment, Rules, Text};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::tally::Tally;

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "QD766_3_6",
    name: Text {
        vi: "Tỷ lệ hồ sơ thanh toán trực tuyến (chỉ số 3.6, Quyết định 766)",
        en: "Dossiers paid online (index 3.6 of Decision 766)",
    },
    unit: Text {
        vi: "hồ sơ",
        en: "dossiers",
    },
    formula: Text {
        vi: "Số hồ sơ thanh toán trên Cổng Dịch vụ công quốc gia hoặc cổng thanh toán của bộ, tỉnh trên \
             số hồ sơ có phí, lệ phí; trừ hồ sơ có mọi khoản bằng 0; theo ngày bắt đầu xử lý.",
        en: "Dossiers paid on the national portal or a ministry's or province's gateway over dossiers \
             with a fee, those whose fees are all zero left out; by the day processing began.",
    },
    enough,
    distinct: |_| None,
    contributions,
};

fn enough(inputs: &Inputs, _: &Rules) -> bool {
    let told = |fee: &Fee| {
        let more = &fee.more;
        more.online_payment_flag.is_some() && more.processing_started_at.is_some()
    };
    inputs.fees.iter().any(told)
}

fn contributions(facts: &Facts, out: &mut Tally) {
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let begun = fees
            .iter()
            .filter_map(|fee| fee.more.processing_started_at.as_ref())
            .map(Moment::day)
            .min();
        let has_fee = fees.iter().any(|fee| fee.amount.get() > 0);
        let Some(day) = begun.filter(|_| has_fee) else {
            continue;
        };
        let online = fees.iter().any(|fee| fee.more.is_paid_online());
        let item = Item::new(DEFINITION.id, Name::Dossier(dossier.code), day, Vec::new());
        let outcomes = [(i64::from(online), 1)];
        item.spread(&Agencies::one(dossier.agency), &outcomes, out);
    }
}
