//! `QD766_3_6`: dossiers paid online over dossiers with a fee, as the official index of the
//! national public service portal counts them (Decision 766/QĐ-TTg of 23/06/2022, index 3.6): by
//! dossier, by the day on which processing began, from the registry's own flag. It asks where a
//! dossier was paid, not whether cash changed hands: a plain bank transfer is not online. It counts
//! phí and lệ phí of the procedures with a fee in the national database; land obligations are none.

use crate::domain::{Fee, FeeKind, Inputs, Moment, Rules, Text};

use super::Definition;
use super::agencies::Agencies;
use super::facts::Facts;
use super::item::{Item, Name};
use super::tally::Tally;
use super::unread::{self, Unit};

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
             số hồ sơ của thủ tục có phí, lệ phí (danh mục ở [rules] fee_procedures; không khai: mọi thủ tục), \
             trừ hồ sơ có mọi khoản bằng 0; không tính nghĩa vụ tài chính đất đai; theo ngày bắt đầu xử lý.",
        en: "Dossiers paid on the national portal or a ministry's or province's gateway over dossiers \
             of procedures with a fee (the list of [rules] fee_procedures; without one all procedures), those \
             whose fees are all zero left out; land obligations do not count; by the day processing began.",
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

/// Whether a line was paid online, by the registry's flag: 1 on the national portal, 2 on a
/// ministry's or province's gateway. None where the registry tells no flag.
pub(super) fn told_online(fee: &Fee) -> Option<bool> {
    let flag = fee.more.online_payment_flag?;
    Some(matches!(flag, 1 | 2))
}

/// The official index is of phí and lệ phí.
pub(super) fn is_indexed(fee: &Fee) -> bool {
    fee.kind != FeeKind::LandObligation
}

fn contributions(facts: &Facts, out: &mut Tally) {
    unread::items(facts, (DEFINITION.id, Unit::Registry), facts.last_day, out);
    let listed = &facts.pool.rules.fee_procedures;
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let on_list = |fee: &Fee| listed.iter().any(|code| **code == *fee.procedure_code);
        let is_listed = |fee: &Fee| listed.is_empty() || on_list(fee);
        let begun = fees
            .iter()
            .filter_map(|fee| fee.more.processing_started_at.as_ref())
            .map(Moment::day)
            .min();
        let mut owing = fees.iter().filter(|fee| is_indexed(fee) && is_listed(fee));
        let has_fee = owing.any(|fee| fee.amount.get() > 0);
        let Some(day) = begun.filter(|_| has_fee) else {
            continue;
        };
        let mut lines = fees.iter().filter(|fee| is_indexed(fee));
        let online = lines.any(|fee| told_online(fee) == Some(true));
        let item = Item::new(DEFINITION.id, Name::Dossier(dossier.code), day, Vec::new());
        let outcomes = [(i64::from(online), 1)];
        item.spread(&Agencies::one(dossier.agency), &outcomes, out);
    }
}
