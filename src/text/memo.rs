//! A memo without the people in it, for papers that leave the finance office.
//!
//! A bank writes who paid into the memo, and often no column says who that was: what is a name
//! cannot be looked up. So the words that stay are the known ones (fees, orders, banks) and those
//! with a digit, which are codes; every other word keeps its first letter. Numbers that may be an
//! account or a telephone keep their last four digits.

use crate::domain::fold::fold_name;

use super::mask::{mask_account, mask_name};

/// From here on a number may be an account of a bank (the shortest in use have 9 digits; a day has
/// 8, a trace 6).
const ACCOUNT_DIGITS: usize = 9;

/// Words of a Vietnamese name behind the family name, at most.
const GIVEN_WORDS: usize = 3;

/// Family names that are no word of a memo; behind one, what follows is a name, whatever it means.
const FAMILIES: &str = "\
    BUI CAO DANG DINH DOAN DUONG HOANG HUYNH LUONG LUU LY MAI NGO NGUYEN PHAM PHAN TRAN \
    TRINH TRUONG VO VU";

/// Family names that are words of a memo too: a name, unless they stand in one of [`PAIRS`].
const DOUBTFUL_FAMILIES: &str = "\
    DAO DO HA HO LE TA TO";

/// Words of payment orders, of banks and of what the fees are for, that are nobody's name.
const WORDS: &str = "\
    AC ACB AGRIBANK BANG BANK BIDV BIEN BO CAP CASHOUT CASSO CCCD CHO CHUNG CHUYEN CK CMND \
    CODE CREDIT CT CUA CUSTOMER DAT DD DEBIT DEN DICH DON DVC DVCQG FEE FT GD GIAO GIAY GUI \
    HBK HDBANK HOAN HS HUYEN IBFT ID KEYPAY KHAC KHAI KHOAN LAN LPB MA MAY MB MBBANK MBVCB \
    MOMO MSB MST NAM NAP NAPAS NCB ND NET NGAN NGAY NGUOI NHA NHAN NOI NOP OCB ONLINE PAY \
    PAYMENT PAYOS PHAT PHEP PHI PHIEU PMT POS QR QUA QUY REF REFUND REM REMARK SACOMBANK \
    SEPAY SETTLEMENT SHB SHGD SO STK TAI TECHCOMBANK TEN TFR THANG THE THEO THON THU THUE \
    TINH TK TKTHE TOAN TOI TPBANK TRA TRACE TRANSFER TRUOC TT TU UBND VA VCB VI VIB \
    VIETCOMBANK VIETINBANK VIETTEL VIETTELPAY VNEID VNPAY VNPT VPBANK XA XE XIN ZALOPAY";

/// Words by which systems tell states and kinds, and those of companies: nobody's name either.
const STATES: &str = "\
    CANCEL CANCELED CANCELLED CARD CASH COMPLETED CP CTY DNTN ERROR EXPIRED FAIL FAILED FALSE HTX \
    KBNN MTV NONE NULL OK PAID PENDING PROCESSING REFUNDED REJECTED REVERSAL REVERSED \
    SETTLED SUCCESS SUCCESSFUL TMCP TNHH TRUE UNPAID VOID WALLET";

/// How the name of a company, a bank or an office begins. A household business bears the name of
/// its owner, and a school begins with a family name: they are none.
const COMPANIES: &str = "\
    BENH VIEN,CHI NHANH,CN CONG TY,CN NGAN HANG,CONG TY,CTCP,CTY,DNTN,HOP TAC XA,HTX,KBNN,KHO BAC,\
    NGAN HANG,TAP DOAN,TONG CONG TY,TRUNG TAM,UBND,UY BAN NHAN DAN";

/// Places that begin with a family name.
const PLACES: &str = "HA-GIANG HA-NAM HA-NOI HA-TINH HO-CHI";

/// Two words that mean something together, although one of them alone may be a name.
const PAIRS: &str = "\
    CAM-ON CHUYEN-TIEN CHUYEN-KHOAN CONG-TY CHUNG-THUC CHUNG-CHI DAT-DAI DANG-KY GIAY-TO HO-SO HO-TICH \
    HO-KHAU HOAN-TIEN HOAN-TRA KHAI-SINH KHAI-TU KHO-BAC KINH-DOANH LE-PHI NGAN-HANG NOI-DUNG NOP-HO \
    NOP-TIEN QUYET-TOAN SO-HO SU-DUNG THANH-TOAN TIEN-MAT THI-TRAN XAY-DUNG";

/// A memo without the payer's name, other names, accounts and telephone numbers; codes and the
/// words of the payment stay, because a person finds the dossier by them. A word that is not known
/// is masked: rather too much than a name.
pub fn mask_memo(memo: &str, payer: &str, account: Option<&str>) -> String {
    let words = words_of(memo);
    let folded: Vec<String> = words.iter().map(|word| fold_name(word.text)).collect();
    let masked = people(memo, &words, &folded, &fold_name(payer));
    let phones = telephones(memo, &words);
    let mut out = String::with_capacity(memo.len());
    let mut from = 0;
    for (i, word) in words.iter().enumerate() {
        out.push_str(memo.get(from..word.at).unwrap_or_default());
        let is_account = account.is_some_and(|a| a.len() > 4 && a == word.text);
        if is_account || is_long_number(word.text) || phones.contains(&i) {
            out.push_str(&mask_account(word.text));
        } else if masked.contains(&i) {
            out.push_str(&mask_name(word.text));
        } else {
            out.push_str(word.text);
        }
        from = word.at + word.text.len();
    }
    out.push_str(memo.get(from..).unwrap_or_default());
    out
}

/// True for the name of a company, a bank or an office, folded.
fn is_company(name: &str) -> bool {
    let mut begins = COMPANIES
        .split(',')
        .filter_map(|with| name.strip_prefix(with));
    begins.any(|rest| rest.starts_with(' '))
}

/// Of the words of a company's name those that may be of a person's name: a family name and what
/// stands behind it.
fn persons(folded: &[String]) -> Vec<bool> {
    let mut named = 0;
    let is_in = |at: usize, list: &str| {
        let pair = folded.get(at..at + 2);
        pair.is_some_and(|pair| is_listed(list, &pair.join("-")))
    };
    let mask = |(at, word): (usize, &String)| {
        let place = is_in(at, PLACES) || is_in(at, PAIRS) || (at > 0 && is_in(at - 1, PAIRS));
        if named == 0 && is_family(word) && !place {
            named = GIVEN_WORDS + 1;
        }
        let masked = named > 0 && !is_code(word);
        named = if masked { named - 1 } else { 0 };
        masked
    };
    folded.iter().enumerate().map(mask).collect()
}

/// Who paid, for papers of the office: a person with the initials alone, a company, a bank or an
/// office by its name. A person's name within that of a company is masked.
pub fn mask_party(name: &str) -> String {
    if !is_company(&fold_name(name)) {
        return mask_name(name);
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| fold_name(word)).collect();
    let masked = persons(&folded);
    let told = words.iter().zip(masked);
    let told = told.map(|(word, mask)| {
        if mask {
            mask_name(word)
        } else {
            (*word).to_owned()
        }
    });
    told.collect::<Vec<_>>().join(" ")
}

/// The words by which a paying company is called; none where a person pays.
fn company_words(payer: &str) -> Vec<&str> {
    if !is_company(payer) {
        return Vec::new();
    }
    let words: Vec<&str> = payer.split(' ').collect();
    let folded: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let kept = words.iter().zip(persons(&folded)).filter(|(_, mask)| !mask);
    kept.map(|(word, _)| *word).collect()
}

/// Letters and digits that stand together.
struct Word<'m> {
    at: usize,
    text: &'m str,
}

fn words_of(memo: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    for (at, c) in memo.char_indices().chain([(memo.len(), ' ')]) {
        // a combining mark belongs to its letter: NFD texts come from some banks
        let inside = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
        match (inside, begun) {
            (true, None) => begun = Some(at),
            (false, Some(from)) => {
                let text = memo.get(from..at).unwrap_or_default();
                words.push(Word { at: from, text });
                begun = None;
            }
            _ => {}
        }
    }
    words
}

/// Which words are, or may be, of a person's name.
fn people(memo: &str, words: &[Word<'_>], folded: &[String], payer: &str) -> Vec<usize> {
    let company = company_words(payer);
    let payer = if company.is_empty() { payer } else { "" };
    let payer: Vec<&str> = payer.split(' ').filter(|word| !word.is_empty()).collect();
    let mut masked = Vec::new();
    let mut named = 0;
    for (i, word) in folded.iter().enumerate() {
        if payer.len() > 1
            && folded
                .get(i..i + payer.len())
                .is_some_and(|run| run == payer)
        {
            masked.extend(i..i + payer.len());
        }
        if masked.contains(&i) {
            named = 0;
            continue;
        }
        if is_code(word) || word.is_empty() {
            named = 0;
            continue;
        }
        let in_pair = is_pair(folded.get(i..i + 2)) || (i > 0 && is_pair(folded.get(i - 1..=i)));
        let family = is_listed(FAMILIES, word) || (is_listed(DOUBTFUL_FAMILIES, word) && !in_pair);
        if family && named == 0 && !is_pair(folded.get(i..i + 2)) {
            named = GIVEN_WORDS + 1;
        } else if i > 0 && !is_blank_between(memo, words, i) {
            named = 0;
        }
        if named > 0 {
            named -= 1;
            masked.push(i);
        } else if !in_pair && !is_known(word) && !company.contains(&word.as_str()) {
            masked.push(i);
        }
    }
    masked
}

/// The name of a file without people: behind a family name the words that are nobody's word of a
/// payment. Other words stay, for people know the file by them.
pub(super) fn mask_people(name: &str) -> String {
    let words = words_of(name);
    let folded: Vec<String> = words.iter().map(|word| fold_name(word.text)).collect();
    let is_given = |i: usize| {
        let word = folded.get(i).map_or("", String::as_str);
        let pair = is_pair(folded.get(i..i + 2)) || is_pair(folded.get(i - 1..=i));
        !word.is_empty() && !is_code(word) && !is_listed(WORDS, word) && !pair
    };
    let mut masked: Vec<usize> = Vec::new();
    for (i, word) in folded.iter().enumerate() {
        let given = (i + 1..=i + GIVEN_WORDS).take_while(|at| is_given(*at));
        if let Some(end) = given.last().filter(|_| is_family(word)) {
            masked.extend(i..=end);
        }
    }
    let mut out = String::with_capacity(name.len());
    let mut from = 0;
    for (i, word) in words.iter().enumerate() {
        out.push_str(name.get(from..word.at).unwrap_or_default());
        if masked.contains(&i) {
            out.push_str(&mask_name(word.text));
        } else {
            out.push_str(word.text);
        }
        from = word.at + word.text.len();
    }
    out.push_str(name.get(from..).unwrap_or_default());
    out
}

fn is_pair(words: Option<&[String]>) -> bool {
    let Some([first, second]) = words else {
        return false;
    };
    PAIRS
        .split(' ')
        .filter_map(|pair| pair.split_once('-'))
        .any(|pair| pair == (first.as_str(), second.as_str()))
}

fn is_known(word: &str) -> bool {
    is_listed(WORDS, word) || is_listed(STATES, word)
}

/// True for a family name, folded.
pub(super) fn is_family(word: &str) -> bool {
    is_listed(FAMILIES, word) || is_listed(DOUBTFUL_FAMILIES, word)
}

fn is_listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn is_code(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

fn is_long_number(word: &str) -> bool {
    word.len() >= ACCOUNT_DIGITS && word.bytes().all(|b| b.is_ascii_digit())
}

/// Only blanks stand between this word and the one before.
fn is_blank_between(memo: &str, words: &[Word<'_>], i: usize) -> bool {
    let (Some(before), Some(word)) = (words.get(i.saturating_sub(1)), words.get(i)) else {
        return false;
    };
    let between = memo.get(before.at + before.text.len()..word.at);
    between.is_some_and(|text| text.chars().all(char::is_whitespace))
}

/// Words of telephone numbers written in groups: ten digits that begin with 03, 05, 07, 08 or 09.
fn telephones(memo: &str, words: &[Word<'_>]) -> Vec<usize> {
    let mut found = Vec::new();
    for start in 0..words.len() {
        let mut digits = String::new();
        for (i, word) in words.iter().enumerate().skip(start) {
            let joined = i == start || is_group_break(memo, words, i);
            if !joined || !word.text.bytes().all(|b| b.is_ascii_digit()) {
                break;
            }
            digits.push_str(word.text);
            if digits.len() >= 10 {
                let mobile = digits.len() == 10
                    && digits.starts_with('0')
                    && matches!(
                        digits.as_bytes().get(1),
                        Some(b'3' | b'5' | b'7' | b'8' | b'9')
                    );
                if mobile && i > start {
                    found.extend(start..=i);
                }
                break;
            }
        }
    }
    found
}

/// One blank, dot or dash stands between this word and the one before.
fn is_group_break(memo: &str, words: &[Word<'_>], i: usize) -> bool {
    let (Some(before), Some(word)) = (words.get(i.saturating_sub(1)), words.get(i)) else {
        return false;
    };
    let between = memo.get(before.at + before.text.len()..word.at);
    matches!(between, Some(" " | "." | "-"))
}

#[cfg(test)]
mod tests;
