//! `QD766_3_5a` and `QD766_3_5b`: procedures, each counted once, as the official index counts them
//! (Decision 766/QĐ-TTg of 23/06/2022, group 3.5). The points that the index gives are not printed:
//! how they are scaled is told by a working document only.

use crate::domain::{Cell, Dimension, Fee, Inputs, Moment, Rules, Text};

use super::facts::Facts;
use super::item::{Item, Name};
use super::qd766_3_6::{is_indexed, told_online};
use super::share::Scope;
use super::tally::Tally;
use super::unread::{self, Unit};
use super::{Definition, Distinct};

/// Procedures that can be paid online.
pub(super) const PROVIDED: Definition = Definition {
    id: "QD766_3_5a",
    name: Text {
        vi: "Tỷ lệ thủ tục được cung cấp thanh toán trực tuyến (chỉ số 3.5a, Quyết định 766)",
        en: "Procedures that offer online payment (index 3.5a of Decision 766)",
    },
    unit: Text {
        vi: "thủ tục",
        en: "procedures",
    },
    formula: Text {
        vi: "Số thủ tục có hồ sơ phải nộp phí, lệ phí trên 0 đồng trên số thủ tục có phí, lệ phí trong cơ sở dữ liệu quốc gia \
             (danh mục ở [rules] fee_procedures); theo ngày tiếp nhận. Không quy ra điểm.",
        en: "Procedures with a dossier that owes a fee above zero over procedures with a fee in the national database \
             (the list of [rules] fee_procedures); by day of receipt. No points are given.",
    },
    enough: |_, rules| !rules.fee_procedures.is_empty(),
    distinct: |_| Some(Distinct::Listed),
    contributions: |facts, out| procedures(facts, "QD766_3_5a", |_| true, out),
};

/// Procedures that were paid online.
pub(super) const PAID: Definition = Definition {
    id: "QD766_3_5b",
    name: Text {
        vi: "Tỷ lệ thủ tục có giao dịch thanh toán trực tuyến (chỉ số 3.5b, Quyết định 766)",
        en: "Procedures with an online payment (index 3.5b of Decision 766)",
    },
    unit: Text {
        vi: "thủ tục",
        en: "procedures",
    },
    formula: Text {
        vi: "Số thủ tục có ít nhất một hồ sơ thanh toán trực tuyến trên số thủ tục có hồ sơ phải nộp phí, lệ phí, \
             mỗi thủ tục tính một lần; theo ngày tiếp nhận. Không quy ra điểm.",
        en: "Procedures with at least one dossier paid online over procedures with a dossier that owes a fee, \
             each procedure once; by day of receipt. No points are given.",
    },
    enough: flags,
    distinct: |_| Some(Distinct::Seen),
    contributions: |facts, out| procedures(facts, "QD766_3_5b", is_online, out),
};

fn flags(inputs: &Inputs, _: &Rules) -> bool {
    inputs.fees.iter().any(|fee| told_online(fee).is_some())
}

fn is_online(fees: &[Fee]) -> bool {
    let mut lines = fees.iter().filter(|fee| is_indexed(fee));
    lines.any(|fee| told_online(fee) == Some(true))
}

/// Every dossier that owes a fee in the cell of its procedure, over all and by agency.
fn procedures(
    facts: &Facts,
    definition: &'static str,
    counts: fn(&[Fee]) -> bool,
    out: &mut Tally,
) {
    unread::items(facts, (definition, Unit::Registry), facts.last_day, out);
    for dossier in &facts.pool.dossiers {
        let fees = &facts.pool.inputs.fees[dossier.fees.clone()];
        let procedure = fees.first().map_or("", |fee| &*fee.procedure_code);
        let owes = |fee: &Fee| fee.amount.get() > 0 && is_indexed(fee);
        let received = fees.iter().find_map(|fee| fee.more.received_at.as_ref());
        let day = received.map(Moment::day).or(dossier.code.received_on());
        let Some(day) = day.filter(|_| !procedure.is_empty() && fees.iter().any(owes)) else {
            continue;
        };
        let item = Item::new(definition, Name::Dossier(dossier.code), day, Vec::new());
        let outcome = (i64::from(counts(fees)), 1);
        for agency in ["", dossier.agency.as_str()] {
            let cell = Cell::new(Dimension::Procedure, &format!("{procedure}@{agency}"));
            out.items
                .push(item.within(Scope::Cell(cell), vec![outcome]));
        }
    }
}
