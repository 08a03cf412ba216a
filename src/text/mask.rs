//! Personal data for papers that leave the finance office: names keep their initials, account and
//! telephone numbers their last four digits.

use super::memo::mask_people;

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

/// A file's name; numbers in it that are long enough to be an account's keep their last four
/// digits, and of people's names the initials stay. Days and times (`20221205`, `20221205093000`)
/// stay, so that people find the file.
pub fn mask_file(name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if is_file(name) => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    mask_numbers(&mask_people(stem)) + &ending
}

fn mask_numbers(name: &str) -> String {
    let mut masked = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = from.split_at(end.unwrap_or(from.len()));
        masked.push_str(before);
        if digits.len() < ACCOUNT_DIGITS_MIN || is_time(digits) {
            masked.push_str(digits);
        } else {
            masked.push_str(&mask_account(digits));
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

/// True for the name of a file, which has an ending; a request (`transactions 2022-12-05 page 2`)
/// has none.
pub fn is_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=5).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        && ending.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The name of a file or of a request: the numbers in that of a request are days and orders,
/// nobody's account.
pub fn mask_origin(name: &str) -> String {
    if is_file(name) {
        mask_file(name)
    } else {
        name.to_owned()
    }
}

/// Shorter numbers in a name are days, pages and counters.
const ACCOUNT_DIGITS_MIN: usize = 8;

/// True for a day, with a time behind it or without: `yyyyMMdd` or `ddMMyyyy`, then `HHmm` or
/// `HHmmss`.
fn is_time(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|n| n.parse::<u32>().ok());
    let is_in = |n: Option<u32>, from: u32, to: u32| n.is_some_and(|n| (from..=to).contains(&n));
    let years = |at| is_in(part(at, at + 4), 2000, 2099);
    let day = |at| is_in(part(at, at + 2), 1, 31);
    let month = |at| is_in(part(at, at + 2), 1, 12);
    let dated = (years(0) && month(4) && day(6)) || (day(0) && month(2) && years(4));
    let clock = || is_in(part(8, 10), 0, 23) && is_in(part(10, 12), 0, 59);
    match digits.len() {
        8 => dated,
        12 => dated && clock(),
        14 => dated && clock() && is_in(part(12, 14), 0, 59),
        _ => false,
    }
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
    fn a_number_in_a_file_name_is_masked_and_a_day_is_not() {
        let check = |name: &str, masked: &str| assert_eq!(mask_file(name), masked);
        check("sao_ke_0123456789.csv", "sao_ke_******6789.csv");
        check(
            "0071000000001_2022-12-05.csv",
            "*********0001_2022-12-05.csv",
        );
        check(
            "SK-20221205-113000012345.xlsx",
            "SK-20221205-********2345.xlsx",
        );
        check("SK05122022.xlsx", "SK05122022.xlsx");
        check("sk_20221205093000.mt940", "sk_20221205093000.mt940");
        check("momo_2022-12-06 (2).csv", "momo_2022-12-06 (2).csv");
        check("99999999.csv", "****9999.csv");
        check("202212059930.csv", "********9930.csv");
        check(
            "saoke 0071008881234 Trần Văn Kanari.csv",
            "saoke *********1234 T*** V** K*****.csv",
        );
        check(
            "TRAN_VAN_KANARI-2022-12.xlsx",
            "T***_V**_K*****-2022-12.xlsx",
        );
        check("Lê Thị Hoa.pdf", "L* T** H**.pdf");
        for name in [
            "le phi thang 12.xlsx",
            "Bảng kê lệ phí hồ sơ.xlsx",
            "quan_ly_thu_phi.csv",
            "dossier_fees_2022-12-05.csv",
            "giay to.tran",
        ] {
            check(name, name);
        }
    }

    #[test]
    fn the_name_of_a_request_keeps_its_order() {
        let check = |name: &str, masked: &str| assert_eq!(mask_origin(name), masked);
        check("sao_ke_0123456789.csv", "sao_ke_******6789.csv");
        check("querydr 221205000000123", "querydr 221205000000123");
        check(
            "transactions 2022-12-05 page 2",
            "transactions 2022-12-05 page 2",
        );
    }
}
