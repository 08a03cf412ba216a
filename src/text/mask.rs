//! Personal data for papers that leave the finance office: names keep their initials, account and
//! telephone numbers their last four digits.

use crate::domain::fold::fold_name;

/// `N***** V** A`: each word keeps its first letter.
pub fn mask_name(name: &str) -> String {
    let word = |word: &str| -> String {
        let stars = word.chars().skip(1).map(|_| '*');
        word.chars().take(1).chain(stars).collect()
    };
    name.split_whitespace()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

/// `******7890`: the last four characters stay, of shorter numbers none.
pub fn mask_account(account: &str) -> String {
    let length = account.chars().count();
    let hidden = if length > 4 { length - 4 } else { length };
    account
        .chars()
        .enumerate()
        .map(|(i, c)| if i < hidden { '*' } else { c })
        .collect()
}

/// A memo without the payer's name, the account, and long numbers: of nine digits and more
/// telephone numbers, accounts and identity papers consist, and no part of a dossier code does.
/// Everything else stays, because it is what a person needs to find the dossier.
pub fn mask_memo(memo: &str, payer: &str, account: Option<&str>) -> String {
    let mut text = mask_numbers(memo);
    if payer.split_whitespace().count() > 1 {
        text = replace_folded(&text, payer, &mask_name(payer));
    }
    if let Some(account) = account.filter(|a| a.len() > 4) {
        text = text.replace(account, &mask_account(account));
    }
    text
}

/// Digits that stand alone and are so many are masked.
const NUMBER_MIN: usize = 9;

/// Masks long numbers that stand alone; a number with letters is a reference.
pub fn mask_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_alphanumeric() {
            run.push(c);
            continue;
        }
        let long = run.len() >= NUMBER_MIN && run.bytes().all(|b| b.is_ascii_digit());
        out.push_str(&if long {
            mask_account(&run)
        } else {
            std::mem::take(&mut run)
        });
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// More words make no name.
const NAME_WORDS_MAX: usize = 6;

/// Masks names of two words and more that `is_name` knows, folded: upper case without marks.
pub fn mask_known(text: &str, is_name: impl Fn(&str) -> bool) -> String {
    let words = words(text);
    let mut out = String::with_capacity(text.len());
    let (mut at, mut from) = (0, 0);
    while let Some((begin, _)) = words.get(at).copied() {
        let most = words.len().min(at + NAME_WORDS_MAX);
        let found = (at + 2..=most).rev().find_map(|end| {
            let part = text.get(begin..words.get(end - 1)?.1)?;
            is_name(&fold_name(part)).then_some((part, end))
        });
        let Some((part, end)) = found else {
            at += 1;
            continue;
        };
        out.push_str(text.get(from..begin).unwrap_or_default());
        out.push_str(&mask_name(part));
        (from, at) = (begin + part.len(), end);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Where the words of a text begin and end: letters and marks without digits between.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(last) if open && c.is_alphanumeric() => last.1 = end,
            _ if c.is_alphanumeric() => words.push((at, end)),
            _ => {}
        }
        open = c.is_alphanumeric();
    }
    words
}

/// Replaces `what` in `text` without regard to ASCII case.
fn replace_folded(text: &str, what: &str, with: &str) -> String {
    let (haystack, needle) = (text.to_ascii_lowercase(), what.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = haystack.get(from..).and_then(|rest| rest.find(&needle)) {
        out.push_str(text.get(from..from + at).unwrap_or_default());
        out.push_str(with);
        from += at + needle.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_initials_and_numbers_their_end() {
        assert_eq!(mask_name("Nguyễn Văn A"), "N***** V** A");
        assert_eq!(mask_name("  "), "");
        assert_eq!(mask_account("0123456789"), "******6789");
        assert_eq!(mask_account("1234"), "****");
    }

    #[test]
    fn a_memo_loses_people_and_keeps_codes() {
        let memo = "H48.18.22-221202-0001 nguyen van a nop le phi 0912345678 tk 19001234567";
        assert_eq!(
            mask_memo(memo, "NGUYEN VAN A", Some("19001234567")),
            "H48.18.22-221202-0001 N***** V** A nop le phi ******5678 tk *******4567"
        );
        assert_eq!(mask_memo("FT0912345678", "A", None), "FT0912345678");
        assert_eq!(mask_memo("", "", None), "");
        // a statement without a payer's column: numbers go, whoever they belong to
        assert_eq!(
            mask_memo(
                "MBVCB.2912345678.CT TU 0071000000001 H48.18.22-221205-0001",
                "",
                None
            ),
            "MBVCB.******5678.CT TU *********0001 H48.18.22-221205-0001"
        );
        assert_eq!(
            mask_memo("221205 48182200 GD 12345678", "", None),
            "221205 48182200 GD 12345678"
        );
    }

    #[test]
    fn names_that_are_known_are_masked_wherever_they_stand() {
        let known = |name: &str| ["NGUYEN VAN AN", "LE AN", "PHI HO SO"].contains(&name);
        let check = |text: &str, expected: &str| assert_eq!(mask_known(text, known), expected);
        check("Nguyễn Văn An nộp phí", "N***** V** A* nộp phí");
        check("CT.NGUYEN VAN AN.le an", "CT.N***** V** A*.l* a*");
        check("NGUYEN VAN ANH", "NGUYEN VAN ANH");
        check("AN", "AN");
        check("", "");
    }
}
