//! English numbers in words: `one million two hundred and five thousand and seven`.

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// The highest first; what lies above a trillion is read as thousands and more of trillions.
const UNITS: [(u128, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// A whole number in words.
pub(super) fn read(number: u128) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = number;
    for (unit, name) in UNITS {
        let count = rest / unit;
        if count > 0 {
            let count = if count < 1_000 {
                hundreds(count)
            } else {
                read(count)
            };
            words.push(format!("{count} {name}"));
        }
        rest %= unit;
    }
    if rest > 0 && rest < 100 && !words.is_empty() {
        words.push(format!("and {}", hundreds(rest)));
    } else if rest > 0 || words.is_empty() {
        words.push(hundreds(rest));
    }
    words.join(" ")
}

/// Zero to 999.
fn hundreds(number: u128) -> String {
    let word = |list: &[&str], at: u128| {
        let at = usize::try_from(at).unwrap_or_default();
        list.get(at).copied().unwrap_or_default().to_owned()
    };
    let (hundred, rest) = (number / 100, number % 100);
    let tens = match rest {
        0..20 => word(&SMALL, rest),
        _ if rest % 10 == 0 => word(&TENS, rest / 10),
        _ => format!("{}-{}", word(&TENS, rest / 10), word(&SMALL, rest % 10)),
    };
    match (hundred, rest) {
        (0, _) => tens,
        (_, 0) => format!("{} hundred", word(&SMALL, hundred)),
        _ => format!("{} hundred and {tens}", word(&SMALL, hundred)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_english() {
        let check = |number: u128, words: &str| assert_eq!(read(number), words, "{number}");
        check(0, "zero");
        check(13, "thirteen");
        check(20, "twenty");
        check(21, "twenty-one");
        check(100, "one hundred");
        check(115, "one hundred and fifteen");
        check(1_000, "one thousand");
        check(1_001, "one thousand and one");
        check(1_100, "one thousand one hundred");
        check(
            93_947_087,
            "ninety-three million nine hundred and forty-seven thousand and eighty-seven",
        );
        check(1_000_000_005, "one billion and five");
        check(2_000_000_000_000_000, "two thousand trillion");
    }
}
