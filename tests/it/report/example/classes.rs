//! The classes that the example uses.

use doisoat::classify::{Class, Severity};
use doisoat::domain::Text;

fn class(
    id: &'static str,
    severity: Severity,
    label: (&'static str, &'static str),
    explanation: (&'static str, &'static str),
    advice: (&'static str, &'static str),
) -> Class {
    let text = |(vi, en)| Text { vi, en };
    Class {
        id,
        label: text(label),
        explanation: text(explanation),
        advice: text(advice),
        severity,
        carried: false,
        on_fee: doisoat::classify::class::no_fee,
        on_money: doisoat::classify::class::no_money,
    }
}

/// The classes that the scene uses.
pub(crate) fn classes() -> Vec<Class> {
    use Severity::{Action, Info};
    let mut classes = vec![
        class(
            "reject",
            Action,
            ("Dòng không đọc được", "Unreadable row"),
            ("", ""),
            ("", ""),
        ),
        class(
            "failed",
            Info,
            ("Giao dịch thất bại", "Failed"),
            ("", ""),
            ("", ""),
        ),
        class(
            "late",
            Info,
            ("Nộp muộn so với hạn", "Paid late"),
            (
                "Tiền đến sau ngày hẹn.",
                "The money came after the due day.",
            ),
            ("Không phải làm gì.", "Nothing to do."),
        ),
        class(
            "duplicate",
            Action,
            ("Thanh toán trùng", "Duplicate payment"),
            (
                "Khoản thu này đã được nộp đủ trước đó.",
                "This fee was paid in full before.",
            ),
            (
                "Kế toán lập đề nghị hoàn trả cho người nộp.",
                "The accountant prepares a refund to the payer.",
            ),
        ),
        class(
            "underpaid",
            Action,
            ("Lệch số tiền: nộp thiếu", "Underpaid"),
            (
                "Số tiền nhận được ít hơn số phải thu.",
                "Less came than was due.",
            ),
            (
                "Một cửa mời người nộp bổ sung phần thiếu.",
                "The one-stop counter asks for the rest.",
            ),
        ),
    ];
    classes.extend(open_classes());
    classes
}

fn open_classes() -> Vec<Class> {
    use Severity::{Action, Warn};
    vec![
        class(
            "missing_payment",
            Action,
            ("Thiếu phía nhà cung cấp", "Only in the one-stop system"),
            (
                "Hệ thống một cửa ghi đã thu nhưng chưa thấy tiền ở nguồn nào.",
                "The registry says paid, but no source shows the money.",
            ),
            (
                "Kế toán tra soát với nhà cung cấp theo mã yêu cầu.",
                "The accountant asks the provider.",
            ),
        ),
        class(
            "unidentified",
            Action,
            ("Chưa xác định hồ sơ", "Unidentified payment"),
            (
                "Tiền đã vào nhưng nội dung không có mã hồ sơ.",
                "Money came without a dossier code.",
            ),
            (
                "Kế toán tìm hồ sơ theo người nộp và số tiền.",
                "Find the dossier by payer and amount.",
            ),
        ),
        class(
            "cutoff",
            Warn,
            ("Lệch ngày, lệch kỳ", "Cut-off difference"),
            (
                "Hai bên ghi hai ngày khác nhau.",
                "The two sides record different days.",
            ),
            (
                "Xem lại khi khóa sổ tháng.",
                "Look at it when the month is closed.",
            ),
        ),
    ]
}
