//! Rows whose data cannot be trusted: unreadable, contradictory, or decided on other data.

use crate::domain::Text;
use crate::matching::Evidence;
use crate::matching::pool::at;

use super::case::{FeeCase, MoneyCase};
use super::class::{Class, Seen, Severity, no_fee, no_money};

/// A row that could not be read.
pub(super) const REJECT: Class = Class {
    id: "reject",
    label: Text {
        vi: "Dòng không đọc được",
        en: "Unreadable row",
    },
    explanation: Text {
        vi: "Dòng này sai định dạng nên không được đưa vào đối soát; nó được đếm và liệt kê riêng. \
             Khi chưa sửa, nó có thể là bất kỳ hồ sơ hay lần nộp nào, nên khoảng tỷ lệ rộng ra chừng ấy.",
        en: "The row is not in the required form; it is left out, counted and listed. \
             Until it is mended it may be any one dossier or payment, and the interval is wider by that.",
    },
    advice: Text {
        vi: "Xin tệp đã sửa từ đơn vị gửi, hoặc sửa đúng ô được nêu, rồi chạy lại ngày này. \
             Nếu dòng ấy đã về dưới mã khác hoặc không phải khoản nào thì quyết định không phải khoản thu.",
        en: "Ask the sender for a corrected file, or fix the cell named, and run the day again. \
             Where it came under another id by now, or is nothing that counts, say that it is no fee.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: no_fee,
    on_money: no_money,
};

/// The same id with other content.
pub(super) const CONFLICT: Class = Class {
    id: "conflict",
    label: Text {
        vi: "Cùng mã giao dịch, khác nội dung",
        en: "Same id, other content",
    },
    explanation: Text {
        vi: "Nguồn gửi hai nội dung khác nhau dưới cùng một mã, hoặc sao kê khớp số dư hay danh sách đầy đủ của ngày đó không có dòng \
             này; bản nhận trước được giữ, chưa tính vào tỷ lệ.",
        en: "The source sent different contents under one id, or the statement of the day that ties, or the source's whole list of it, does not have the row; \
             the first is kept, none is counted.",
    },
    advice: Text {
        vi: "Tra soát với ngân hàng hoặc nhà cung cấp xem bản nào đúng rồi quyết định dòng này.",
        en: "Ask the bank or the provider which version is right, then decide the row.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: conflict_fee,
    on_money: conflict_money,
};

fn conflict_fee(case: &FeeCase) -> Seen {
    let found = case.pool.is_fee_conflict(case.fee)?;
    Some(vec![Evidence::Versions(
        case.pool.inputs.conflicts[at(found)].versions.clone(),
    )])
}

fn conflict_money(case: &MoneyCase) -> Seen {
    case.out("conflict")
}

/// A decision whose row or lines changed.
pub(super) const DECISION_STALE: Class = Class {
    id: "decision_stale",
    label: Text {
        vi: "Quyết định cần xem lại",
        en: "Decision to review",
    },
    explanation: Text {
        vi: "Dữ liệu dưới một quyết định trước đây đã thay đổi, nên quyết định không còn được áp dụng.",
        en: "The data under an earlier decision changed, so the decision is no longer applied.",
    },
    advice: Text {
        vi: "Cán bộ tài chính xem lại và quyết định lại.",
        en: "Finance reviews it and decides again.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: stale,
};

fn stale(case: &MoneyCase) -> Seen {
    let key = case.money.key(case.pool);
    let stale = case.desk.stale.iter();
    let mut stale = stale.map(|(d, why)| (&case.pool.inputs.decisions[*d], why));
    let (decision, why) = stale.find(|(d, _)| d.row == key)?;
    let (by, reason) = (decision.by.clone(), decision.reason.clone());
    let said = Some(Evidence::StaleDecision(by, reason)).into_iter();
    Some(said.chain(why.clone()).collect())
}
