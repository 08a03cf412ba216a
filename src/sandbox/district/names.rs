//! Invented people: a few syllables combined at random, no real person meant.

use super::dice::Dice;

/// A payer's name as the one-stop system writes it and as a bank does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// With diacritics: `Nguyễn Thị Bình`.
    pub name: String,
    /// As banks print it: `NGUYEN THI BINH`.
    pub bank_name: String,
}

type Syllable = (&'static str, &'static str);

const FAMILY: [Syllable; 14] = [
    ("Nguyễn", "NGUYEN"),
    ("Trần", "TRAN"),
    ("Lê", "LE"),
    ("Phạm", "PHAM"),
    ("Võ", "VO"),
    ("Đặng", "DANG"),
    ("Bùi", "BUI"),
    ("Đỗ", "DO"),
    ("Huỳnh", "HUYNH"),
    ("Phan", "PHAN"),
    ("Trương", "TRUONG"),
    ("Ngô", "NGO"),
    ("Đoàn", "DOAN"),
    ("Tạ", "TA"),
];

const MIDDLE: [Syllable; 10] = [
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
];

const GIVEN: [Syllable; 24] = [
    ("An", "AN"),
    ("Bình", "BINH"),
    ("Cường", "CUONG"),
    ("Dũng", "DUNG"),
    ("Đạt", "DAT"),
    ("Giang", "GIANG"),
    ("Hạnh", "HANH"),
    ("Hiếu", "HIEU"),
    ("Hòa", "HOA"),
    ("Hương", "HUONG"),
    ("Khánh", "KHANH"),
    ("Lan", "LAN"),
    ("Long", "LONG"),
    ("Mai", "MAI"),
    ("Nam", "NAM"),
    ("Nhung", "NHUNG"),
    ("Phúc", "PHUC"),
    ("Quân", "QUAN"),
    ("Sơn", "SON"),
    ("Tâm", "TAM"),
    ("Thảo", "THAO"),
    ("Trang", "TRANG"),
    ("Tuấn", "TUAN"),
    ("Yến", "YEN"),
];

/// An invented person.
pub(crate) fn person(dice: &mut Dice) -> Person {
    let parts = [*dice.pick(&FAMILY), *dice.pick(&MIDDLE), *dice.pick(&GIVEN)];
    Person {
        name: parts.map(|part| part.0).join(" "),
        bank_name: parts.map(|part| part.1).join(" "),
    }
}
