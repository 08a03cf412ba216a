//! PURE: what a person reads of cells that contradict others, or can be read in two ways.

use crate::domain::Text;

/// What is wrong and what to do: a date with the month first.
pub(super) const MONTH_FIRST: [Text; 2] = [
    Text {
        vi: "{} không phải là ngày nếu đọc ngày trước (ngày/tháng/năm), chỉ là ngày nếu đọc tháng trước (tháng/ngày/năm)",
        en: "{} is no date with the day first (day/month/year), and one with the month first (month/day/year) alone",
    },
    Text {
        vi: "Nếu ô bị gõ sai: sửa ở nguồn. Nếu cả tệp ghi tháng trước: ghi time_format = \"MM/dd/yyyy\" trong [source.map] \
             của nguồn. Nếu cả tệp ghi ngày trước: ghi \"dd/MM/yyyy\". Rồi chạy lại.",
        en: "If the cell is a slip, correct it at the source. If the whole file writes the month first, write \
             time_format = \"MM/dd/yyyy\" into [source.map] of the source; if the day, \"dd/MM/yyyy\". Then run again.",
    },
];

/// A date in a column that tells of both orders.
pub(super) const EITHER_FIRST: Text = Text {
    vi: "{} đọc được theo cả hai cách, ngày/tháng hoặc tháng/ngày, và các ô khác của cột không cho biết cách nào đúng",
    en: "{} can be read with the day or the month first, and the other cells of the column do not tell which is right",
};

/// True where the second number is no month.
pub(super) fn is_turned(value: &str) -> bool {
    let second = value.trim().split(['/', '-', '.']).nth(1);
    second
        .and_then(|n| n.parse::<u32>().ok())
        .is_some_and(|n| n > 12)
}

/// What to do about a day with two digits for the year.
pub(super) const SHORT_YEAR: Text = Text {
    vi: "Năm chỉ có hai chữ số nên không rõ số nào là năm, số nào là ngày. Ghi năm đủ bốn chữ số ở nguồn; hoặc, với tệp đọc \
         theo [source.map], ghi time_format đúng như ô viết: \"dd-MM-yy\", \"dd/MM/yy\", \"dd-MMM-yy\" (ngày trước), \
         \"MM/dd/yy\" (tháng trước) hoặc \"yy-MM-dd\" (năm trước). Rồi chạy lại.",
    en: "The year has two digits, so it cannot be told which number is the year and which the day. Write all four at the \
         source; or, for a file read by [source.map], write time_format as the cell is written: \"dd-MM-yy\", \"dd/MM/yy\", \
         \"dd-MMM-yy\" (day first), \"MM/dd/yy\" (month first) or \"yy-MM-dd\" (year first). Then run again.",
};

/// True for a day with two digits for the year, wherever these stand: `05-12-22`, `05-Dec-22`.
pub(super) fn is_short(value: &str) -> bool {
    let digits =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let month = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
    value.split_whitespace().any(|word| {
        let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
        let [first, middle, last] = parts[..] else {
            return false;
        };
        digits(first) && digits(last) && (digits(middle) || month(middle))
    })
}

/// What is wrong and what to do: an amount of a rate of zero.
pub(super) const ZERO_WITH_AMOUNT: [Text; 2] = [
    Text {
        vi: "hình thức thu ghi phí 0 đồng (zero) nhưng số tiền là {}",
        en: "the mode of collection says a rate of zero (zero), but the amount is {}",
    },
    Text {
        vi: "Nếu không phải thu: ghi số tiền 0; nếu người nộp được miễn: ghi exempt; nếu phải thu: bỏ chữ zero. \
             Sửa ở nguồn, rồi chạy lại.",
        en: "If nothing is due, write the amount 0; if the person is exempt, write exempt; if it is due, take the word zero \
             away. Correct it at the source, then run again.",
    },
];

/// What is wrong and what to do: a row of sums that its rows do not come to.
pub(super) const TOTAL_DIFFERS: [Text; 2] = [
    Text {
        vi: "dòng tổng cộng khác tổng các dòng phía trên (ghi trong tệp ≠ cộng lại): {}",
        en: "the row of sums tells something else than the rows above come to (told ≠ added up): {}",
    },
    Text {
        vi: "Tệp có thể thiếu hoặc thừa dòng: xuất lại từ hệ thống một cửa, rồi chạy lại.",
        en: "Rows may be missing or be there twice: export the file again, then run again.",
    },
];
