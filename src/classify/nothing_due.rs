//! Fees for which no payment is expected: two different zeros, and land obligations.

use crate::domain::{CollectionMode, FeeKind, Text};
use crate::matching::Evidence;

use super::case::FeeCase;
use super::class::{Class, Seen, Severity, no_money};
use super::time::waits;

/// A zero rate.
pub(super) const ZERO_FEE: Class = Class {
    id: "zero_fee",
    label: Text {
        vi: "Phí 0 đồng",
        en: "Zero fee",
    },
    explanation: Text {
        vi: "Mức thu bằng 0 (chính sách miễn phí nộp trực tuyến hoặc thủ tục không thu).",
        en: "The rate is zero (a policy for online filing, or a free procedure).",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: zero,
    on_money: no_money,
};

/// What the registry says: the reason why nothing is expected.
fn registry(case: &FeeCase) -> Vec<Evidence> {
    vec![Evidence::RegistrySays(case.fee.status.id())]
}

fn zero(case: &FeeCase) -> Seen {
    let exempt = case.fee.more.collection_mode == Some(CollectionMode::Exempt);
    let zero = case.fee.amount.is_zero() && !exempt && !waits(case) && !case.has_money();
    zero.then(|| registry(case))
}

/// An exempt person.
pub(super) const EXEMPT: Class = Class {
    id: "exempt",
    label: Text {
        vi: "Đối tượng miễn phí",
        en: "Exempt person",
    },
    explanation: Text {
        vi: "Người nộp thuộc đối tượng được miễn phí, lệ phí.",
        en: "The applicant is exempt from the fee.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: |case| {
        let exempt = case.fee.more.collection_mode == Some(CollectionMode::Exempt);
        (exempt && !case.has_money()).then(|| registry(case))
    },
    on_money: no_money,
};

/// A land obligation without money.
pub(super) const LAND_OBLIGATION: Class = Class {
    id: "land_obligation",
    label: Text {
        vi: "Nghĩa vụ tài chính đất đai",
        en: "Land obligation",
    },
    explanation: Text {
        vi: "Nghĩa vụ đất đai do cơ quan thuế thu vào Kho bạc; mặc định không tính vào tỷ lệ.",
        en: "Set by the tax office and paid to the Treasury; outside the share by default.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: |case| {
        let land = case.fee.kind == FeeKind::LandObligation;
        (land && !case.has_money()).then(|| registry(case))
    },
    on_money: no_money,
};
