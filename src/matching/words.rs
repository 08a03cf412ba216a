//! The machine words of statuses and means of payment, as people say them.

use crate::domain::Lang;

/// What a machine word means; a word outside our lists stays as it is.
pub fn plain(word: &str, lang: Lang) -> &str {
    let (vi, en) = match word {
        "paid" => ("đã thanh toán", "paid"),
        "pending" => ("chờ thanh toán", "pending"),
        "unpaid" => ("chưa thanh toán", "unpaid"),
        "refunded" => ("đã hoàn phí", "refunded"),
        "cancelled" => ("đã hủy thanh toán", "cancelled"),
        "success" => ("thành công", "successful"),
        "failed" => ("không thành công", "failed"),
        "void" => ("đã hủy", "void"),
        "replaced" => ("đã thay thế", "replaced"),
        "unmapped" => ("trạng thái chưa biết", "a status not known"),
        "cash" => ("tiền mặt", "cash"),
        "post" => ("thu hộ qua bưu chính", "collected by post"),
        "transfer" => ("chuyển khoản", "bank transfer"),
        "qr" => ("quét mã QR", "QR payment"),
        "wallet" => ("ví điện tử", "e-wallet"),
        "card" => ("thẻ", "card"),
        "portal" => ("cổng dịch vụ công", "service portal"),
        "mobile_money" => ("tiền di động", "mobile money"),
        other => (other, other),
    };
    if lang == Lang::Vi { vi } else { en }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DeclaredMethod, FeeStatus, Instrument, TxnStatus};

    #[test]
    fn every_word_of_our_lists_is_said_in_vietnamese() {
        let words = FeeStatus::ALL.iter().map(|w| w.id());
        let words = words.chain(TxnStatus::ALL.iter().map(|w| w.id()));
        let words = words.chain(Instrument::ALL.iter().map(|w| w.id()));
        for word in words.chain(DeclaredMethod::ALL.iter().map(|w| w.id())) {
            assert!(word.is_empty() || plain(word, Lang::Vi) != word, "{word}");
        }
    }
}
