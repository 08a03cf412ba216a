//! PURE: the words that a column of the file contract takes, each with what it means.

use crate::domain::{Lang, Side, Text};

/// A word, and what it means.
type Word = (&'static str, Text);

const fn word(id: &'static str, vi: &'static str, en: &'static str) -> Word {
    (id, Text { vi, en })
}

const FEE_KINDS: &[Word] = &[
    word("phi", "phí", "fee"),
    word("le_phi", "lệ phí", "charge"),
    word("land_obligation", "nghĩa vụ đất đai", "land obligation"),
];

const METHODS: &[Word] = &[
    word("cash", "tiền mặt", "cash"),
    word("transfer", "chuyển khoản", "transfer"),
    word("qr", "quét mã QR", "QR code"),
    word("wallet", "ví điện tử", "wallet"),
    word("card", "thẻ", "card"),
    word("portal", "Cổng dịch vụ công", "service portal"),
    word("mobile_money", "tiền di động", "mobile money"),
    word("post", "bưu chính thu tiền mặt", "cash by post"),
];

const FEE_STATES: &[Word] = &[
    word("paid", "đã thu", "paid"),
    word("pending", "chờ thanh toán", "waiting"),
    word("unpaid", "chưa thu", "unpaid"),
    word("refunded", "đã hoàn", "given back"),
    word("cancelled", "đã hủy", "cancelled"),
];

const MODES: &[Word] = &[
    word("before", "thu trước", "at receipt"),
    word("after", "thu sau", "with the result"),
    word("exempt", "được miễn", "exempt"),
    word("zero", "mức thu 0 đồng", "zero rate"),
];

const CHANNELS: &[Word] = &[
    word("1", "nộp trực tiếp", "counter"),
    word("2", "nộp trực tuyến", "online"),
    word("3", "nộp qua bưu chính", "post"),
];

const FLAGS: &[Word] = &[
    word("0", "không nộp trực tuyến", "not online"),
    word(
        "1",
        "nộp trên Cổng Dịch vụ công quốc gia",
        "national portal",
    ),
    word(
        "2",
        "nộp trên cổng thanh toán của bộ, tỉnh",
        "gateway of a ministry or province",
    ),
];

const RATE_CHANNELS: &[Word] = &[
    word("counter", "nộp trực tiếp", "counter"),
    word("online", "nộp trực tuyến", "online"),
    word("post", "nộp qua bưu chính", "post"),
];

const UNITS: &[Word] = &[
    word("case", "mỗi khoản thu", "a fee line"),
    word("copy", "mỗi bản", "a copy"),
    word("page", "mỗi trang", "a page"),
];

const ORDER_STATES: &[Word] = &[
    word("created", "đã lập", "made"),
    word("pending", "chờ thanh toán", "waiting"),
    word("paid", "đã thanh toán", "paid"),
    word("failed", "thất bại", "failed"),
    word("expired", "hết hạn", "expired"),
    word("refunded", "đã hoàn", "given back"),
    word("cancelled", "đã hủy", "cancelled"),
];

const RECEIPT_STATES: &[Word] = &[
    word("valid", "còn hiệu lực", "in force"),
    word("void", "đã hủy", "cancelled"),
    word("replaced", "đã thay thế", "replaced"),
];

const TXN_KINDS: &[Word] = &[
    word("payment", "thanh toán", "payment"),
    word("refund", "hoàn tiền", "refund"),
    word("reversal", "đảo giao dịch", "reversal"),
    word("debit", "ghi nợ", "debit"),
];

const TXN_STATES: &[Word] = &[
    word("success", "thành công", "successful"),
    word("failed", "thất bại", "failed"),
    word("pending", "đang chờ", "waiting"),
    word("void", "đã hủy", "withdrawn"),
];

/// The words of a column of one of our own files; none for any other, whose words are its
/// provider's.
fn of_column(file: &str, side: Side, column: &str) -> &'static [Word] {
    let file = file.to_lowercase();
    let is_csv = file.rsplit_once('.').is_some_and(|(_, end)| end == "csv");
    match (side, column) {
        (Side::Txn, _) if !is_csv => &[],
        (Side::Txn, "kind") => TXN_KINDS,
        (Side::Txn, "status") => TXN_STATES,
        (Side::Receipt, "status") => RECEIPT_STATES,
        (Side::Fee, "status") if file.starts_with("payment_orders") => ORDER_STATES,
        (Side::Fee, "status" | "paymentStatus") => FEE_STATES,
        (Side::Fee, "fee_kind") => FEE_KINDS,
        // the fee table has no land obligations
        (Side::Fee, "kind") => FEE_KINDS.get(..2).unwrap_or_default(),
        (Side::Fee, "declared_method" | "paymentMethod") => METHODS,
        (Side::Fee, "collection_mode") => MODES,
        (Side::Fee, "filing_channel") => CHANNELS,
        (Side::Fee, "online_payment_flag") => FLAGS,
        (Side::Fee, "channel") => RATE_CHANNELS,
        (Side::Fee, "unit") => UNITS,
        _ => &[],
    }
}

/// `paid (đã thu), pending (...)`; none where the words are not ours.
pub(super) fn allowed(file: &str, side: Side, column: &str, lang: Lang) -> Option<String> {
    let words = of_column(file, side, column);
    let said = |(id, means): &Word| format!("{id} ({})", means.get(lang));
    let said: Vec<String> = words.iter().map(said).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        CollectionMode, DeclaredMethod, FeeKind, FeeStatus, FilingChannel, OrderStatus, RateUnit,
        ReceiptStatus, TxnKind, TxnStatus,
    };

    /// What is told is what is read: every word of the list, and no other.
    fn told<T: Copy + 'static>(words: &[Word], all: &[T], id: fn(T) -> &'static str) {
        let ids: Vec<&str> = words.iter().map(|(id, _)| *id).collect();
        let all: Vec<&str> = all.iter().map(|known| id(*known)).collect();
        assert_eq!(ids, all);
    }

    #[test]
    fn every_word_of_a_list_is_told() {
        told(FEE_KINDS, FeeKind::ALL, FeeKind::id);
        told(FEE_STATES, FeeStatus::ALL, FeeStatus::id);
        told(MODES, CollectionMode::ALL, CollectionMode::id);
        told(UNITS, RateUnit::ALL, RateUnit::id);
        told(ORDER_STATES, OrderStatus::ALL, OrderStatus::id);
        told(RECEIPT_STATES, ReceiptStatus::ALL, ReceiptStatus::id);
        told(TXN_KINDS, TxnKind::ALL, TxnKind::id);
        // an empty cell says nothing, and nobody writes that a status is not known
        let methods = DeclaredMethod::ALL.split_last().unwrap().1;
        told(METHODS, methods, DeclaredMethod::id);
        let channels = FilingChannel::ALL.split_last().unwrap().1;
        told(CHANNELS, channels, FilingChannel::id);
        let states = TxnStatus::ALL.split_last().unwrap().1;
        told(TXN_STATES, states, TxnStatus::id);
    }

    #[test]
    fn the_words_are_of_file_side_and_column() {
        let vi = |file, side, column| allowed(file, side, column, Lang::Vi);
        let states = vi("payment_orders.csv", Side::Fee, "status").unwrap();
        assert!(states.starts_with("created (đã lập), "), "{states}");
        let states = vi("dossier_fees.xlsx", Side::Fee, "status").unwrap();
        assert!(states.starts_with("paid (đã thu), "), "{states}");
        assert_eq!(
            vi("fee-table.csv", Side::Fee, "kind").as_deref(),
            Some("phi (phí), le_phi (lệ phí)")
        );
        let flags = vi("dossier_fees.csv", Side::Fee, "online_payment_flag").unwrap();
        assert!(
            flags.starts_with("0 (không nộp trực tuyến), 1 ("),
            "{flags}"
        );
        assert!(vi("transactions.csv", Side::Txn, "kind").is_some());
        assert_eq!(vi("transactions page 2", Side::Txn, "kind"), None);
        assert_eq!(vi("fee-table.csv", Side::Fee, "percent"), None);
    }
}
