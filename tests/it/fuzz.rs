//! What readers of foreign bytes do with damaged ones: never a panic, the same answer twice, and a
//! refusal that says something. A bounded number of cases from fixed seeds; the same targets run
//! longer with `FUZZ_CASES=20000 cargo test --release --test it fuzz`.

use std::path::Path;

use doisoat::cli::inspect::inspect_bytes;
use doisoat::config::Config;
use doisoat::domain::{Day, Lang};
use doisoat::normalise::amount;
use doisoat::source::AmountForm;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many damaged copies of each file.
fn cases() -> usize {
    let asked = std::env::var("FUZZ_CASES").ok();
    asked.map_or(40, |n| n.parse().unwrap())
}

/// One damage: bits, cuts, repeats, pieces that matter to some format, pieces of another file.
fn damaged(whole: &[u8], other: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    const PIECES: [&[u8]; 14] = [
        b"\"",
        b"\n",
        b"\r\n:61:",
        b"<!DOCTYPE x [<!ENTITY e 'x'>]>",
        b"<Ntry>",
        b"</Amt>",
        b"\0",
        b"\xff\xfe",
        b"99999999999999999999",
        b"-",
        b",",
        b";",
        b"PK\x03\x04",
        b":62F:C",
    ];
    let mut bytes = whole.to_vec();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let to = rng.random_range(at..=bytes.len().min(at + 64));
        match rng.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece.repeat(rng.random_range(1..20)));
            }
            4 => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {
                let from = rng.random_range(0..=other.len());
                let piece = &other[from..other.len().min(from + 200)];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    for folder in ["statement", "statements"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// MT940, camt, CSV, TSV, XLSX, XLS and HTML.
#[test]
fn damaged_statements_are_read_or_refused() {
    let files = corpus();
    assert!(files.len() >= 12);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut read, mut refused) = (0, 0);
    for (name, whole) in &files {
        for nth in 0..cases() {
            let other = &files[rng.random_range(0..files.len())].1;
            let bytes = damaged(whole, other, &mut rng);
            let seen = inspect_bytes(name, &bytes, None, Lang::En);
            let again = inspect_bytes(name, &bytes, None, Lang::En);
            let text = serde_json::to_string(&seen).unwrap();
            assert_eq!(text, serde_json::to_string(&again).unwrap(), "{name} {nth}");
            match &seen.error {
                None => read += 1,
                Some(error) => {
                    assert!(
                        error.len() > 10 && seen.statements.is_empty(),
                        "{name}: {error}"
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 20 && refused > 20, "{read} read, {refused} refused");
}

/// The configuration that `init` writes, damaged: accepted, or refused with a place and a fix.
#[test]
fn damaged_configurations_are_read_or_refused_with_a_place() {
    let whole = include_bytes!("../../src/cli/init/doisoat.en.toml");
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut refused = 0;
    for _ in 0..cases() * 10 {
        let bytes = damaged(whole, whole, &mut rng);
        let text = String::from_utf8_lossy(&bytes);
        if let Err(error) = Config::parse(&text, Path::new("doisoat.toml")) {
            assert!(error.place.starts_with("doisoat.toml:"), "{error}");
            assert!(
                !error.message.is_empty() && !error.fix.is_empty(),
                "{error}"
            );
            refused += 1;
        }
    }
    assert!(refused > cases(), "{refused} refused");
}

/// An amount, read in the plainest way: an optional minus, digits, and a fraction of zeros.
fn model(raw: &str, form: AmountForm) -> Option<i128> {
    let (negative, rest) = match (raw.strip_prefix('-'), form) {
        (Some(rest), AmountForm::Decimal) => (true, rest),
        (Some(_), _) => return None,
        (None, _) => (false, raw),
    };
    let (whole, fraction) = match (rest.split_once('.'), form) {
        (Some((whole, fraction)), AmountForm::Decimal) => (whole, Some(fraction)),
        (Some(_), _) => return None,
        (None, _) => (rest, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) || whole.len() > 30 {
        return None;
    }
    if fraction.is_some_and(|f| f.bytes().any(|b| b != b'0')) {
        return None;
    }
    let mut value: i128 = whole.parse().ok()?;
    if form == AmountForm::Hundredths {
        if value % 100 != 0 {
            return None;
        }
        value /= 100;
    }
    (value <= 999_999_999_999_999).then_some(if negative { -value } else { value })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    })]

    /// Whatever is read is what the model reads; what the model refuses is refused.
    #[test]
    fn amounts_are_what_the_plainest_reading_says(
        raw in prop_oneof![
            "-?[0-9]{1,18}(\\.0{0,3}[0-9]?)?",
            "[-+ 0-9.,eE_]{0,12}",
            any::<String>(),
        ],
        form in prop_oneof![
            Just(AmountForm::Digits), Just(AmountForm::Decimal), Just(AmountForm::Hundredths)
        ],
    ) {
        let read = amount::read(&raw, form).ok();
        let read = read.map(|signed| {
            let amount = i128::from(signed.amount.get());
            if signed.negative { -amount } else { amount }
        });
        if let Some(read) = read {
            prop_assert_eq!(Some(read), model(&raw, form), "{:?} {:?}", raw, form);
        }
        // canonical texts are never refused
        let canonical = raw.len() < 14 && !raw.starts_with("-0") && !raw.contains('.');
        if canonical && let Some(wanted) = model(&raw, form) {
            prop_assert_eq!(read, Some(wanted), "{:?} {:?}", raw, form);
        }
    }

    /// A day is read only in its one form, and comes back as it was.
    #[test]
    fn days_have_one_form(raw in prop_oneof!["[0-9]{4}-[0-9]{2}-[0-9]{2}", any::<String>()]) {
        if let Ok(day) = Day::parse(&raw) {
            prop_assert_eq!(day.to_string(), raw);
        } else {
            let parts: Vec<&str> = raw.split('-').collect();
            let real = raw.len() == 10 && raw.is_ascii() && parts.len() == 3
                && raw.as_str() >= "1900"
                && chrono::NaiveDate::parse_from_str(&raw, "%Y-%m-%d").is_ok();
            prop_assert!(!real, "{} is a day", raw);
        }
    }
}
