//! Invented people and agencies: a few syllables combined at random, no real person meant; codes of
//! both generations (QCVN 102:2016 and Decision 20/2020/QD-TTg), with counters of four to seven
//! digits.

use super::dice::Dice;

/// A name as the one-stop system writes it and as a bank does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) bank_name: String,
}

const FAMILY: &[(&str, &str)] = &[
    ("Nguyễn", "NGUYEN"),
    ("Trần", "TRAN"),
    ("Lê", "LE"),
    ("Phạm", "PHAM"),
    ("Huỳnh", "HUYNH"),
    ("Hoàng", "HOANG"),
    ("Phan", "PHAN"),
    ("Vũ", "VU"),
    ("Võ", "VO"),
    ("Đặng", "DANG"),
    ("Bùi", "BUI"),
    ("Đỗ", "DO"),
    ("Hồ", "HO"),
    ("Ngô", "NGO"),
    ("Dương", "DUONG"),
    ("Lý", "LY"),
    ("Đinh", "DINH"),
    ("Trịnh", "TRINH"),
    ("Mai", "MAI"),
    ("Tạ", "TA"),
];
const MIDDLE: &[(&str, &str)] = &[
    ("Văn", "VAN"),
    ("Thị", "THI"),
    ("Hữu", "HUU"),
    ("Đức", "DUC"),
    ("Minh", "MINH"),
    ("Thanh", "THANH"),
    ("Quốc", "QUOC"),
    ("Ngọc", "NGOC"),
    ("Xuân", "XUAN"),
    ("Kim", "KIM"),
    ("Gia", "GIA"),
    ("Công", "CONG"),
    ("Bảo", "BAO"),
    ("Tuyết", "TUYET"),
    ("Hồng", "HONG"),
    ("Anh", "ANH"),
    ("Trọng", "TRONG"),
    ("Diệu", "DIEU"),
    ("Thái", "THAI"),
    ("Phước", "PHUOC"),
];
const GIVEN: &[(&str, &str)] = &[
    ("A", "A"),
    ("Bình", "BINH"),
    ("Cường", "CUONG"),
    ("Dũng", "DUNG"),
    ("Đạt", "DAT"),
    ("Em", "EM"),
    ("Giang", "GIANG"),
    ("Hạnh", "HANH"),
    ("Ích", "ICH"),
    ("Khánh", "KHANH"),
    ("Lan", "LAN"),
    ("Mẫn", "MAN"),
    ("Nhung", "NHUNG"),
    ("Oanh", "OANH"),
    ("Phúc", "PHUC"),
    ("Quân", "QUAN"),
    ("Sơn", "SON"),
    ("Tâm", "TAM"),
    ("Uyên", "UYEN"),
    ("Vinh", "VINH"),
    ("Yến", "YEN"),
    ("Thảo", "THAO"),
    ("Trang", "TRANG"),
    ("Hiếu", "HIEU"),
    ("Đào", "DAO"),
];

/// An invented person.
pub(crate) fn person(dice: &mut Dice) -> Person {
    let parts = [
        dice.pick(FAMILY),
        dice.pick(MIDDLE),
        dice.pick(MIDDLE),
        dice.pick(GIVEN),
    ];
    Person {
        name: parts.map(|part| part.0).join(" "),
        bank_name: parts.map(|part| part.1).join(" "),
    }
}

/// Somebody who is not `other`.
pub(crate) fn stranger(dice: &mut Dice, other: &Person) -> Person {
    loop {
        let found = person(dice);
        if found.bank_name != other.bank_name {
            return found;
        }
    }
}

/// One agency: its code, and what its counter looks like.
#[derive(Clone, Debug)]
pub(crate) struct Agency {
    pub(crate) code: String,
    pub(crate) name: String,
    /// Digits that every sequence of the agency begins with.
    pub(crate) lead: &'static str,
    /// The first number of a day; the last four digits of the sequence.
    pub(crate) base: u32,
    /// The most dossiers of a day: numbers stay clear of what mistyped ones look like.
    pub(crate) most: u32,
    /// Dedicated collection account; none means the shared one.
    pub(crate) account: Option<String>,
    /// Its counter banks its cash, and takes nothing but what the story of a deposit says.
    pub(crate) banks_cash: bool,
    /// The unit that took its place in 2025.
    pub(crate) successor: Option<&'static str>,
    /// It began in 2025.
    pub(crate) is_new: bool,
}

/// The unit that was merged and the one that took its place.
const OLD: &str = "H48.88.41";
const NEW: &str = "H48.97.52";

/// Their places: the last two.
pub(crate) fn merged(agencies: &[Agency]) -> (usize, usize) {
    (agencies.len() - 2, agencies.len() - 1)
}

/// A unit of the succession.
fn unit(code: &str, successor: Option<&'static str>) -> Agency {
    Agency {
        code: code.to_owned(),
        name: format!("UBND xã Liên Hòa {code}"),
        lead: "",
        base: 1,
        most: 280,
        account: None,
        banks_cash: false,
        successor,
        is_new: successor.is_none(),
    }
}

const LEADS: [&str; 6] = ["", "", "", "0", "09", "018"];

/// So many agencies, those that bank their cash last.
pub(crate) fn agencies(ordinary: u32, deposits: u32) -> Vec<Agency> {
    (0..ordinary + deposits)
        .map(|n| {
            let code = match n % 4 {
                0 | 1 => format!("000.{:02}.{:02}.H48", 2 + n / 9, 11 + n % 80),
                2 => format!("H48.{:02}.{:02}", 10 + n % 60, 20 + n / 4 % 70),
                _ => format!("H48.{:03}", 301 + n),
            };
            let lead = LEADS[usize::try_from(n % 6).unwrap_or(0)];
            let low = n % 3 != 0;
            Agency {
                name: format!("UBND xã số {n}"),
                lead,
                base: if low { 1 } else { 1200 },
                most: if low { 280 } else { 99 },
                account: (n % 5 == 0).then(|| format!("3511{:06}", 100 + n)),
                banks_cash: n >= ordinary,
                code,
                successor: None,
                is_new: false,
            }
        })
        .chain([unit(OLD, Some(NEW)), unit(NEW, None)])
        .collect()
}
