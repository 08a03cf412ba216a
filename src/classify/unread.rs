//! Payments whose dossier is not certain.

use crate::domain::Text;
use crate::matching::Evidence;
use crate::matching::ledger::Effect;

use super::case::MoneyCase;
use super::class::{Class, Seen, Severity, no_fee};

/// One edit away from a dossier.
pub(super) const NEAR_REFERENCE: Class = Class {
    id: "near_reference",
    label: Text {
        vi: "Gần đúng mã hồ sơ, chờ xác nhận",
        en: "Near reference, to confirm",
    },
    explanation: Text {
        vi: "Mã ghi trong nội dung không có, nhưng chỉ khác một ký tự so với một hồ sơ có thật.",
        en: "The code written does not exist, but an existing one is a single edit away.",
    },
    advice: Text {
        vi: "So tên người nộp và số tiền với hồ sơ được gợi ý rồi xác nhận.",
        en: "Compare payer and amount with the dossier suggested, then confirm.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: |case| case.out("near_reference"),
};

/// A code of ours that does not exist.
pub(super) const ORPHAN: Class = Class {
    id: "orphan",
    label: Text {
        vi: "Thừa phía nhà cung cấp (không có hồ sơ)",
        en: "Only at the provider",
    },
    explanation: Text {
        vi: "Mã hồ sơ đúng dạng của tỉnh, nhưng không có hồ sơ này và không mã nào gần giống.",
        en: "A well-formed code of our province, but no such dossier and none near it.",
    },
    advice: Text {
        vi: "Kiểm tra hồ sơ có bị xóa hay chưa đồng bộ; nếu không có thì hoàn tiền.",
        en: "Check whether the dossier was deleted or not yet exported; else return the money.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: |case| case.out("orphan"),
};

/// Another province's code.
pub(super) const FOREIGN: Class = Class {
    id: "foreign",
    label: Text {
        vi: "Hồ sơ của tỉnh khác",
        en: "Another province's dossier",
    },
    explanation: Text {
        vi: "Mã hồ sơ thuộc tỉnh khác; tiền đã vào nhầm tài khoản.",
        en: "The code belongs to another province; the money came to the wrong place.",
    },
    advice: Text {
        vi: "Tra soát với ngân hàng và hoàn tiền cho người nộp.",
        en: "Ask the bank and return the money to the payer.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: |case| case.out("foreign"),
};

/// Two or more readings.
pub(super) const AMBIGUOUS: Class = Class {
    id: "ambiguous",
    label: Text {
        vi: "Nghi khớp (nhiều hồ sơ)",
        en: "Ambiguous",
    },
    explanation: Text {
        vi: "Có từ hai cách hiểu trở lên và không căn cứ nào đủ để chọn một.",
        en: "Two or more readings, and nothing decides between them.",
    },
    advice: Text {
        vi: "Hỏi người nộp khoản này cho hồ sơ nào rồi xác nhận.",
        en: "Ask the payer which dossier it is for, then confirm.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: ambiguous,
};

fn ambiguous(case: &MoneyCase) -> Seen {
    let doubtful = case
        .ledger_entries()
        .find_map(|(ledger, entry)| match entry.effect {
            Effect::Doubtful { of } => {
                let settled = ledger.entries[of].credit.money.id(case.pool);
                Some(vec![
                    Evidence::PayerDiffers,
                    Evidence::Repeats(settled.into()),
                ])
            }
            _ => None,
        });
    doubtful.or_else(|| case.out("ambiguous"))
}

/// The text names no dossier.
pub(super) const UNIDENTIFIED: Class = Class {
    id: "unidentified",
    label: Text {
        vi: "Chưa xác định hồ sơ",
        en: "Unidentified payment",
    },
    explanation: Text {
        vi: "Nội dung chuyển khoản không ghi mã hồ sơ nào đọc được.",
        en: "The memo holds no dossier code that can be read.",
    },
    advice: Text {
        vi: "Tra soát người chuyển qua ngân hàng; nếu là tiền khác thì đánh dấu không phải phí.",
        en: "Find the sender through the bank; mark it as no fee if it is other money.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: no_fee,
    on_money: |case| case.out("unidentified"),
};

/// What to do about an open row, where what was seen of it tells more than its class: of a line
/// that equals what a counter took, or what a gateway owes, nobody asks for a sender.
pub fn advice(evidence: &[Evidence]) -> Option<Text> {
    if evidence.contains(&Evidence::RefundAgreed) {
        return Some(Text {
            vi: "Không cần làm gì: tiền đã hoàn, hệ thống một cửa và các bên ghi như nhau.",
            en: "Nothing to do: the money went back, and all records say the same.",
        });
    }
    let is_cash =
        |why: &Evidence| matches!(why, Evidence::MayBeDeposit(..)) && why.is_doubtful_sum();
    if evidence.iter().any(is_cash) {
        return Some(Text {
            vi: "Đối chiếu giấy nộp tiền với biên lai của ngày đó; nếu đúng là tiền mặt nộp lại \
                 thì đánh dấu không phải phí.",
            en: "Hold the deposit slip against the receipts of that day; mark it as no fee if it \
                 is the cash that was taken.",
        });
    }
    evidence.iter().any(Evidence::is_doubtful_sum).then_some(Text {
        vi: "Đối chiếu với bảng quyết toán của cổng; nếu đúng là tiền cổng trả thì đánh dấu không \
             phải phí.",
        en: "Hold it against the gateway's settlement; mark it as no fee if it is what the gateway \
             paid out.",
    })
}
