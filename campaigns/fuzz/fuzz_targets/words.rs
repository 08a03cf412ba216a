//! Amounts against the plainest reading in 128 bits; days and moments that come back as they were.
#![no_main]

use doisoat::domain::{Day, DossierCode, Moment};
use doisoat::normalise::amount;
use doisoat::source::AmountForm;
use libfuzzer_sys::fuzz_target;

/// Digits alone, as the rule for our own files has it: one to fifteen of them.
fn plain(raw: &str) -> Option<i128> {
    let digits = (1..=15).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| raw.parse().unwrap())
}

fuzz_target!(|data: &[u8]| {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(read) = amount::read(raw, AmountForm::Digits) {
        assert!(!read.negative);
        assert_eq!(Some(i128::from(read.amount.get())), plain(raw));
    }
    for form in [AmountForm::Decimal, AmountForm::Hundredths] {
        if let Ok(read) = amount::read(raw, form) {
            assert!((0..=999_999_999_999_999).contains(&read.amount.get()), "{raw:?}");
        }
    }
    if let Ok(day) = Day::parse(raw) {
        assert_eq!(day.to_string(), raw);
        assert_eq!(Moment::of_day(day).day(), day);
    }
    if let Ok(moment) = Moment::parse(raw) {
        assert_eq!(moment.text(), raw);
        assert_eq!(Moment::of_ms(moment.ms()).ms(), moment.ms());
    }
    if let Some(code) = DossierCode::parse(raw).ok() {
        assert_eq!(DossierCode::parse(code.as_str()).ok(), Some(code));
    }
});
