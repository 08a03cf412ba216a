//! What banks and people do to the memo of a transfer. Layouts as seen in public statement
//! samples of Vietnamese banks and wallets; names and numbers are invented.

use super::clock;
use super::dice::Dice;

/// How the code is written before the bank prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// Nothing but the code.
    Bare,
    /// With words around it.
    Words,
    /// Capitals and digits only, alone or glued to words.
    Squeezed,
    /// Blanks instead of punctuation.
    Blanks,
    /// Blanks inside the code.
    Broken,
    /// Digits glued behind it.
    Glued,
    /// Small letters with marks around it.
    Small,
    /// Full-width letters and digits, marks apart from their letters.
    Wide,
}

/// Every writing, with how often it comes.
pub(crate) const WRITINGS: &[(u32, Writing)] = &[
    (5, Writing::Bare),
    (4, Writing::Words),
    (3, Writing::Squeezed),
    (2, Writing::Blanks),
    (2, Writing::Broken),
    (2, Writing::Glued),
    (1, Writing::Small),
    (1, Writing::Wide),
];

/// The code without its separators.
pub(crate) fn squeeze(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect()
}

const WORDS: &[&str] = &[
    "nop le phi",
    "thanh toan ho so",
    "HS",
    "nộp phí hồ sơ",
    "TT phi",
    "NOP TIEN HO SO",
    "LPHS",
    "chuyen khoan phi cho ho so",
];

/// The code as the payer typed it.
pub(crate) fn typed(dice: &mut Dice, code: &str, writing: Writing) -> String {
    let word = dice.pick(WORDS);
    match writing {
        Writing::Bare => code.to_owned(),
        Writing::Words => format!("{word} {code}"),
        Writing::Squeezed => match dice.between(0, 2) {
            0 => squeeze(code),
            1 => format!("{} {}", word.to_uppercase(), squeeze(code)),
            _ => format!("HS{}", squeeze(code)),
        },
        Writing::Blanks => format!("{word} {}", code.replace(['.', '-'], " ")),
        Writing::Broken => {
            let mut text: Vec<char> = squeeze(code).chars().collect();
            for _ in 0..dice.between(1, 3) {
                let at = 1 + dice.index(text.len() - 2);
                text.insert(at, ' ');
            }
            text.into_iter().collect()
        }
        Writing::Glued => format!(
            "{code}{}{}",
            dice.pick(&["_", "-", "", "."]),
            dice.digits(6)
        ),
        Writing::Wide => {
            let code: String = code.chars().map(wide).collect();
            format!("no\u{323}\u{302}p phi\u{301} {code}")
        }
        Writing::Small => format!("nộp {word} {} xin cảm ơn", code.to_lowercase()),
    }
}

/// The full-width form of a letter or digit.
fn wide(c: char) -> char {
    if c.is_ascii_alphanumeric() {
        char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
    } else {
        c
    }
}

/// The memo inside a bank's own text.
pub(crate) fn printed(dice: &mut Dice, memo: &str, payer: &str, at: i64) -> String {
    let (day, time) = (clock::form(at, "%d%m%y"), clock::form(at, "%H%M%S"));
    match dice.between(0, 15) {
        0 => format!(
            "MBVCB.{}.{memo}.CT tu 0123499999 {payer} toi 0071000000000 DON VI B",
            dice.digits(10)
        ),
        1 => format!(
            "MBVCB.{}.{}.{memo}.CT tu 0123499999 {payer} toi 0071000000000 tai VPBANK",
            dice.digits(10),
            dice.digits(6)
        ),
        2 => format!("{}.{day}.{time}.{memo}", dice.digits(6)),
        3 => format!(
            "020097042200000000{}ABCD000001.{}.{time}.{memo}",
            dice.digits(6),
            dice.digits(5)
        ),
        4 => format!(
            "SHGD:{}.DD:{}.BO:{payer}.Remark:{memo}",
            dice.digits(8),
            clock::form(at, "%y%m%d")
        ),
        5 => format!(
            "TKThe :0123499999, tai Vietcombank. MBVCB.{}.{}.{memo}.CT tu 0123499999 {payer} -CTLNHIDI000000000000001-1/1-CRE-002",
            dice.digits(10),
            dice.digits(6)
        ),
        6 => format!("HBK-TKThe :0123499999, tai NCB. ND {memo} -CTLNHIDO000000000001-1/1-PMT-002"),
        7 => format!(
            "REM Tfr Ac:0123499999 O@L_080005_211601_0_0_{} {memo}",
            dice.digits(5)
        ),
        8 => {
            let trace = dice.digits(6);
            format!(
                "{memo} FT{}   Ma giao dich  Trace{trace} Trace {trace}",
                dice.digits(14)
            )
        }
        9 => format!("IBFT {memo} Ma giao dich Trace{}", dice.digits(6)),
        10 => format!("CUSTOMER -{memo}- Trace{}", dice.digits(5)),
        11 => format!("CT DEN:{}{memo}; tai Napas", dice.digits(12)),
        12 => format!(
            "{memo} GD {}-{day} {}",
            dice.digits(6),
            clock::form(at, "%H:%M:%S")
        ),
        13 => {
            let id = dice.digits(11);
            format!("{id}-{memo} chuyen tien qua MoMo-CHUYEN TIEN-OQCH0000001-MOMO{id}MOMO")
        }
        14 => format!("BankAPINotify {memo}"),
        _ => format!("{memo}. CHUYEN TU \"{payer}\"").to_uppercase(),
    }
}

/// Words that name no dossier.
pub(crate) fn without_code(dice: &mut Dice, payer: &str) -> String {
    match dice.between(0, 6) {
        0 => "nop le phi".to_owned(),
        1 => "thanh toan phi ho so chung thuc".to_owned(),
        2 => format!("{payer} chuyen tien"),
        3 => "nop tien cho UBND xa".to_owned(),
        4 => format!(
            "MBVCB.{}.{payer} chuyen tien.CT tu 0123499999",
            dice.digits(10)
        ),
        5 => format!("CT DEN:{} nop phi; tai Napas", dice.digits(12)),
        _ => format!("MOMO-CASHOUT-0900000000-OQCO0000001-{}", dice.digits(6)),
    }
}
