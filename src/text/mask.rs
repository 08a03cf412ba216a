//! Personal data for papers that leave the finance office: names keep their initials, account and
//! telephone numbers their last four digits.

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

/// A memo without the payer's name, the account and Vietnamese telephone numbers; everything else
/// stays, because it is what a person needs to find the dossier.
pub fn mask_memo(memo: &str, payer: &str, account: Option<&str>) -> String {
    let mut text = mask_phones(memo);
    if payer.split_whitespace().count() > 1 {
        text = replace_folded(&text, payer, &mask_name(payer));
    }
    if let Some(account) = account.filter(|a| a.len() > 4) {
        text = text.replace(account, &mask_account(account));
    }
    text
}

/// Ten digits that begin with 0 and stand alone are a telephone number.
fn mask_phones(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_alphanumeric() {
            run.push(c);
            continue;
        }
        let phone =
            run.len() == 10 && run.starts_with('0') && run.bytes().all(|b| b.is_ascii_digit());
        out.push_str(&if phone {
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
    }
}
