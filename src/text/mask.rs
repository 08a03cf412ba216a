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
}
