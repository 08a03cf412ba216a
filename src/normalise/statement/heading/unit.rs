//! PURE: what amounts are counted in, where a heading or a line above the headings says that it is
//! not the dong: another currency, or thousands and millions of dong. Nothing is converted.

use crate::format::GridRow;
use crate::normalise::memo::fold_name;

/// Words for so many dong, folded, the largest first; the flag is true for words that mean it in a
/// heading of amounts without the dong behind them.
const SCALES: &[(&[&str], bool, &str)] = &[
    (&["1", "000", "000", "000"], true, "1000000000 VND"),
    (&["1000000000"], true, "1000000000 VND"),
    (&["BILLION"], true, "1000000000 VND"),
    (&["TY"], false, "1000000000 VND"),
    (&["TI"], false, "1000000000 VND"),
    (&["1", "000", "000"], true, "1000000 VND"),
    (&["1000000"], true, "1000000 VND"),
    (&["MILLION"], true, "1000000 VND"),
    (&["MILLIONS"], true, "1000000 VND"),
    (&["TRIEU"], true, "1000000 VND"),
    (&["TR"], false, "1000000 VND"),
    (&["1", "000"], true, "1000 VND"),
    (&["1000"], true, "1000 VND"),
    (&["THOUSAND"], true, "1000 VND"),
    (&["THOUSANDS"], true, "1000 VND"),
    (&["NGHIN"], true, "1000 VND"),
    // also the first syllable of "bank" and of "state budget"
    (&["NGAN"], false, "1000 VND"),
    (&["K"], false, "1000 VND"),
    (&["000"], true, "1000 VND"),
];
/// The same grown together with the dong.
const GROWN: &[(&str, &str)] = &[
    ("1000D", "1000 VND"),
    ("000D", "1000 VND"),
    ("1000VND", "1000 VND"),
    ("000VND", "1000 VND"),
    ("KVND", "1000 VND"),
    ("TRD", "1000000 VND"),
    ("TRVND", "1000000 VND"),
];
/// Words for the dong, folded.
const DONG: [&str; 4] = ["DONG", "VND", "D", "VIET"];
/// Codes of other currencies (ISO 4217).
const OTHERS: [&str; 26] = [
    "USD", "EUR", "JPY", "GBP", "AUD", "CAD", "CHF", "CNY", "DKK", "HKD", "IDR", "INR", "KHR",
    "KRW", "KWD", "LAK", "MYR", "NOK", "NZD", "PHP", "RUB", "SEK", "SGD", "THB", "TWD", "RMB",
];
/// Labels of a line that tells it, and whether they can mean nothing else.
const LABELS: &[(&[&str], bool)] = &[
    (&["DON", "VI", "TINH"], true),
    (&["DON", "VI", "TIEN"], true),
    (&["DVT"], true),
    (&["UNIT"], false),
    (&["UNITS"], false),
    (&["DON", "VI"], false),
];
/// A label tells it within so many words.
const WORDS_MAX: usize = 8;

/// What the heading of a column of amounts counts in; none for the dong, or where it does not tell.
pub(in crate::normalise) fn of_heading(heading: &str) -> Option<&'static str> {
    let folded = fold_name(heading);
    let words: Vec<&str> = folded.split(' ').collect();
    let scale = (0..words.len()).find_map(|at| scale(&words[at..], true));
    scale.or_else(|| {
        // a heading that names the dong, too, leaves it to the cells
        let dong = words.iter().any(|word| DONG[..2].contains(word));
        let sign = [("US$", "USD"), ("$", "USD"), ("€", "EUR")];
        let signed = || sign.iter().find(|(sign, _)| heading.contains(sign));
        let named = words.iter().find_map(|word| other(word));
        named.or_else(|| Some(signed()?.1)).filter(|_| !dong)
    })
}

/// What a line above the headings says that amounts are counted in.
pub(in crate::normalise) fn of_line(row: &GridRow) -> Option<&'static str> {
    let folded = fold_name(&row.cells.join(" "));
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let label = (0..words.len()).find_map(|at| {
        let (label, sure) = LABELS.iter().find(|of| words[at..].starts_with(of.0))?;
        Some((at + label.len(), *sure))
    });
    let Some((from, sure)) = label else {
        // "(nghìn đồng)" alone
        let whole = words.len() <= 4 && !words.is_empty();
        return scale(&words, false).filter(|_| whole);
    };
    let rest = &words[from..];
    let reach = if sure { rest.len().min(WORDS_MAX) } else { 1 };
    let told = |at: usize| {
        let here = rest.get(at..)?;
        // the last word of the line needs no dong behind it
        let ends = here.len() <= 3;
        scale(here, ends).or_else(|| other(here.first()?))
    };
    (0..reach).find_map(told)
}

/// How many dong the words begin with; `bare`: the dong itself may be left out.
fn scale(words: &[&str], bare: bool) -> Option<&'static str> {
    let grown = GROWN.iter().find(|(word, _)| words.first() == Some(word));
    if let Some((_, told)) = grown {
        return Some(*told);
    }
    SCALES.iter().find_map(|(scale, alone, told)| {
        let rest = words.strip_prefix(*scale)?;
        let dong = rest.first().is_some_and(|word| DONG.contains(word));
        (dong || (bare && *alone)).then_some(*told)
    })
}

fn other(word: &str) -> Option<&'static str> {
    OTHERS.into_iter().find(|code| *code == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_tell_what_amounts_count_in() {
        let check = |heading: &str, told| assert_eq!(of_heading(heading), told, "{heading}");
        for thousand in [
            "Ghi có (nghìn đồng)",
            "Số tiền (ngàn đồng)",
            "Số tiền (1.000 đồng)",
            "Số tiền (1000đ)",
            "Số tiền ('000 VND)",
            "Credit (thousand VND)",
            "Ghi nợ (nghìn)",
        ] {
            check(thousand, Some("1000 VND"));
        }
        for million in [
            "Số tiền (triệu đồng)",
            "Ghi có (tr.đ)",
            "Ghi có (1.000.000 VND)",
        ] {
            check(million, Some("1000000 VND"));
        }
        check("Số tiền (tỷ đồng)", Some("1000000000 VND"));
        check("Ghi nợ (USD)", Some("USD"));
        check("Ghi có / EUR", Some("EUR"));
        check("Amount ($)", Some("USD"));
        for dong in [
            "Ghi có",
            "Ghi có (VND)",
            "Số tiền (đồng)",
            "Số tiền (VNĐ)",
            "Số tiền nộp ngân sách",
            "Số tiền qua ngân hàng",
            "Số tiền của công ty",
            "Số tiền (VND/USD)",
            "Số tiền đ",
        ] {
            check(dong, None);
        }
    }

    #[test]
    fn lines_tell_what_amounts_count_in() {
        let check = |line: &str, told| {
            let cells = line.split('|').map(Into::into).collect();
            let row = GridRow { line: 1, cells };
            assert_eq!(of_line(&row), told, "{line}");
        };
        check("Đơn vị tính: nghìn đồng", Some("1000 VND"));
        check("ĐVT: 1.000 đồng", Some("1000 VND"));
        check("(Đơn vị: triệu đồng)", Some("1000000 VND"));
        check("Đơn vị tính||Nghìn đồng", Some("1000 VND"));
        check("Đơn vị tính/Unit: nghìn đồng", Some("1000 VND"));
        check("Đơn vị tính: USD", Some("USD"));
        check("(nghìn đồng)", Some("1000 VND"));
        check("Đơn vị tính: nghìn", Some("1000 VND"));
        for dong in [
            "Đơn vị tính: đồng",
            "ĐVT: VND",
            "Đơn vị: UBND xã Triệu Phong",
            "Đơn vị: Ngân hàng A",
            "Đơn vị: Công ty K",
            "SAO KÊ TÀI KHOẢN",
            "",
        ] {
            check(dong, None);
        }
    }
}
