//! Amounts in words, as papers with a signature need them: `Một triệu không trăm linh năm nghìn
//! đồng`, or in English. The reading of Vietnamese numbers as schools teach it: mười/mươi, một/mốt,
//! bốn/tư, năm/lăm, linh.

mod english;

use crate::domain::Lang;

const DIGITS: [&str; 10] = [
    "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];
/// One tỷ.
const BILLION: u128 = 1_000_000_000;

/// Dong in words, with a capital: `Năm mươi nghìn đồng`, `Âm ...` below zero; `Fifty thousand
/// dong`, `Minus ...`.
pub fn dong_in_words(lang: Lang, dong: i128) -> String {
    let (words, unit, minus) = match lang {
        Lang::Vi => (read(dong.unsigned_abs()), "đồng", "âm "),
        Lang::En => (english::read(dong.unsigned_abs()), "dong", "minus "),
    };
    let minus = if dong < 0 { minus } else { "" };
    let words = format!("{minus}{words} {unit}");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A whole number in Vietnamese words.
pub fn read(number: u128) -> String {
    if number == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words = Vec::new();
    whole(number, false, &mut words);
    words.join(" ")
}

/// Tỷ and what is below; `behind` says that something greater was read before it.
fn whole(number: u128, behind: bool, words: &mut Vec<&'static str>) {
    let (billions, rest) = (number / BILLION, number % BILLION);
    if billions > 0 {
        whole(billions, behind, words);
        words.push("tỷ");
    }
    let mut behind = behind || billions > 0;
    for (unit, name) in [
        (1_000_000, Some("triệu")),
        (1_000, Some("nghìn")),
        (1, None),
    ] {
        let group = rest / unit % 1_000;
        if group > 0 {
            hundreds(group, behind, words);
            words.extend(name);
            behind = true;
        }
    }
}

/// One to 999; with something before it the hundreds are read even where there are none.
fn hundreds(group: u128, behind: bool, words: &mut Vec<&'static str>) {
    let digit = |unit: u128| usize::try_from(group / unit % 10).unwrap_or(0);
    let (hundred, ten, one) = (digit(100), digit(10), digit(1));
    if hundred > 0 || behind {
        words.extend([DIGITS[hundred], "trăm"]);
    }
    match ten {
        0 if one > 0 && (hundred > 0 || behind) => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([DIGITS[ten], "mươi"]),
    }
    match (ten, one) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (2.., 4) => words.push("tư"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(DIGITS[one]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_traps_of_reading() {
        let check = |number: u128, words: &str| assert_eq!(read(number), words, "{number}");
        check(0, "không");
        check(4, "bốn");
        check(5, "năm");
        check(10, "mười");
        check(11, "mười một");
        check(14, "mười bốn");
        check(15, "mười lăm");
        check(20, "hai mươi");
        check(21, "hai mươi mốt");
        check(24, "hai mươi tư");
        check(25, "hai mươi lăm");
        check(55, "năm mươi lăm");
        check(101, "một trăm linh một");
        check(105, "một trăm linh năm");
        check(110, "một trăm mười");
        check(115, "một trăm mười lăm");
        check(1_000, "một nghìn");
        check(1_001, "một nghìn không trăm linh một");
        check(1_015, "một nghìn không trăm mười lăm");
        check(50_000, "năm mươi nghìn");
        check(1_005_000, "một triệu không trăm linh năm nghìn");
        check(1_000_005, "một triệu không trăm linh năm");
        check(21_000_000, "hai mươi mốt triệu");
        check(1_000_000_000, "một tỷ");
        check(
            3_400_050_021,
            "ba tỷ bốn trăm triệu không trăm năm mươi nghìn không trăm hai mươi mốt",
        );
        check(1_000_000_000_000, "một nghìn tỷ");
        check(2_005_000_000_000, "hai nghìn không trăm linh năm tỷ");
        assert_eq!(
            dong_in_words(Lang::Vi, 1_005_000),
            "Một triệu không trăm linh năm nghìn đồng"
        );
        assert_eq!(dong_in_words(Lang::Vi, 0), "Không đồng");
        assert_eq!(dong_in_words(Lang::Vi, -4), "Âm bốn đồng");
        assert_eq!(dong_in_words(Lang::En, -4), "Minus four dong");
        let sum = "Sixteen million two hundred and five thousand and seventy-one dong";
        assert_eq!(dong_in_words(Lang::En, 16_205_071), sum);
    }

    /// Reads digit by digit from the written number, then mends what nobody says. Below 10^18.
    fn slowly(number: u128) -> String {
        let digits = number.to_string();
        let padded = format!("{digits:0>18}");
        let mut groups = Vec::new();
        for (at, unit) in
            (0..18)
                .step_by(3)
                .zip(["triệu tỷ", "nghìn tỷ", "tỷ", "triệu", "nghìn", ""])
        {
            let said: Vec<String> = padded[at..at + 3]
                .bytes()
                .zip([" trăm", " mươi", ""])
                .map(|(digit, place)| format!("{}{place}", DIGITS[usize::from(digit - b'0')]))
                .collect();
            groups.push((said.join(" "), unit));
        }
        let zero = "không trăm không mươi không";
        let mut text = String::new();
        for (at, (said, unit)) in groups.iter().enumerate() {
            if said == zero {
                continue;
            }
            // "tỷ" is said once, behind the last group that counts them
            let counted = unit.ends_with(" tỷ");
            let last = groups[at + 1..3.max(at + 1)]
                .iter()
                .all(|(said, _)| said == zero);
            let unit = if counted && !last {
                unit.trim_end_matches(" tỷ")
            } else {
                unit
            };
            text.extend([format!("{said} {unit} ")]);
        }
        let mut text = format!(
            " {} ",
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        );
        for (written, spoken) in [
            (" không mươi không ", " "),
            (" không mươi ", " linh "),
            (" một mươi ", " mười "),
            (" mươi không ", " mươi "),
            (" mười không ", " mười "),
            (" mươi một ", " mươi mốt "),
            (" mươi bốn ", " mươi tư "),
            (" mươi năm ", " mươi lăm "),
            (" mười năm ", " mười lăm "),
        ] {
            text = text.replace(written, spoken);
        }
        for silent in ["không trăm linh ", "không trăm "] {
            let begin = text.trim_start();
            if let Some(rest) = begin.strip_prefix(silent) {
                text = rest.to_owned();
            }
        }
        text.trim().to_owned()
    }

    proptest! {
        #[test]
        fn two_readers_agree(number in (1_u128..1_000_000_000_000_000_000, 0_u32..18)
            .prop_map(|(n, cut)| n / 10_u128.pow(cut).max(1)).prop_filter("some", |n| *n > 0))
        {
            prop_assert_eq!(read(number), slowly(number));
        }

        #[test]
        fn two_readers_agree_among_zeros(digits in proptest::collection::vec(
            prop_oneof![3 => Just(0_u128), 1 => 0_u128..10], 1..18))
        {
            let number = digits.iter().fold(0, |n, digit| n * 10 + digit);
            prop_assume!(number > 0);
            prop_assert_eq!(read(number), slowly(number));
        }
    }
}
