//! PURE: codes of state that a provider documents and that are for a person: what they mean.

use crate::domain::Text;

/// What a code of VNPAY means (sandbox.vnpayment.vn, `vnp_TransactionStatus`) where that is neither
/// paid nor an end; none for other codes.
pub(in crate::matching) fn meaning(word: &str) -> Option<Text> {
    let text = |vi, en| Some(Text { vi, en });
    match word {
        "04" => text(
            "ngân hàng đã trừ tiền của người nộp nhưng giao dịch chưa thành công ở VNPAY; tra soát với VNPAY \
             xem tiền về đơn vị hay trả lại người nộp",
            "the bank debited the payer and VNPAY has no success; ask VNPAY whether the money goes to you or \
             back to the payer",
        ),
        "05" => text(
            "đang xử lý hoàn tiền; chờ VNPAY báo kết thúc, chưa coi là đã nộp hay đã hoàn",
            "a refund is being processed; wait for its end, it is neither paid nor given back yet",
        ),
        "06" => text(
            "đã gửi yêu cầu hoàn tiền sang ngân hàng; chờ VNPAY báo kết thúc, chưa coi là đã nộp hay đã hoàn",
            "the request for a refund was sent to the bank; wait for its end, it is neither paid nor given \
             back yet",
        ),
        "07" => text(
            "giao dịch bị nghi ngờ gian lận; hỏi VNPAY trước khi coi là đã nộp",
            "suspected of fraud; ask VNPAY before it is taken for paid",
        ),
        _ => None,
    }
}
