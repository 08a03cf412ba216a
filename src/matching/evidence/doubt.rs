//! Why a line that equals a sum was not taken for it.

use crate::domain::Lang;

/// The reason, from its word: `open`, `several`, `cash`, `gateway`, `late`, `registry`, `one`,
/// `again`.
pub(super) fn why_not(word: &str, lang: Lang) -> &'static str {
    let (vi, en) = match word {
        "open" => (
            "có hồ sơ còn thiếu đúng số tiền này",
            "a dossier lacks just as much",
        ),
        "several" => (
            "còn tổng khác cũng bằng số tiền này",
            "another sum is just as much",
        ),
        "cash" => ("có thể là tiền mặt nộp lại", "it may be banked cash"),
        "gateway" => (
            "cũng bằng tổng của một cổng thanh toán",
            "it is the sum of a gateway too",
        ),
        "late" => ("về quá số ngày cho phép", "it came later than a batch may"),
        "registry" => (
            "hệ thống một cửa chưa giao đủ dữ liệu",
            "the one-stop system has not told everything",
        ),
        "one" => (
            "chỉ có một biên lai và nội dung không ghi nộp tiền mặt",
            "it is one receipt alone, and the memo does not speak of cash",
        ),
        _ => (
            "một dòng khác cũng có thể là tiền của ngày đó",
            "another line may be the money of that day too",
        ),
    };
    if lang == Lang::Vi { vi } else { en }
}
