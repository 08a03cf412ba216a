//! Whether the time of a comparison tells where a signature is wrong.
//!
//! `cargo bench --bench signature [-- SAMPLES]` compares 100,000 times a signature whose first
//! byte is wrong and as often one whose last byte is, in random order, sixteen comparisons a
//! sample; the slowest twentieth is left out of both, as other work on the machine is in it.
//! Welch's t below 4.5 (t² below 20.25) says that the two cannot be told apart; beside it stands
//! the same for a loop over the bytes that ends at the first difference, which shows what the
//! measure can see.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::hint::black_box;

use doisoat::clock::Stopwatch;
use doisoat::source::signature::is_seal;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// As many bytes as an HMAC-SHA512 has.
const LENGTH: usize = 64;
const AT_ONCE: u32 = 16;

/// The samples of one kind in nanoseconds, less the slowest twentieth: count, sum, sum of squares.
fn sums(mut samples: Vec<i128>) -> (i128, i128, i128) {
    samples.sort_unstable();
    samples.truncate(samples.len() - samples.len() / 20);
    let count = i128::try_from(samples.len()).unwrap();
    let squares = samples.iter().map(|x| x * x).sum();
    (count, samples.iter().sum(), squares)
}

/// Welch's t, squared, in hundredths, of two lists as long as each other.
fn t_squared(first: Vec<i128>, last: Vec<i128>) -> i128 {
    let ((n, a, aa), (_, b, bb)) = (sums(first), sums(last));
    // the variances are (aa - a²/n) / (n - 1), and t² = (a/n - b/n)² / (var/n + var/n)
    let spread = (n * aa - a * a) + (n * bb - b * b);
    100 * (a - b) * (a - b) * (n - 1) / spread.max(1)
}

fn measure(samples: usize, name: &str, compare: impl Fn(&str) -> bool) {
    // digits only, so that reading the text costs the same
    let wrong = |at: usize| {
        let mut bytes = [0x11; LENGTH];
        bytes[at] = 0x12;
        hex::encode(bytes)
    };
    let texts = [wrong(0), wrong(LENGTH - 1)];
    let mut numbers = ChaCha8Rng::seed_from_u64(1);
    let mut took: [Vec<i128>; 2] = [Vec::new(), Vec::new()];
    while took.iter().any(|list| list.len() < samples) {
        let which = usize::from(numbers.random::<bool>());
        let watch = Stopwatch::start();
        for _ in 0..AT_ONCE {
            assert!(!black_box(compare(black_box(&texts[which]))));
        }
        let nanos = i128::try_from(watch.elapsed().as_nanos()).unwrap();
        if took[which].len() < samples {
            took[which].push(nanos);
        }
    }
    let [first, last] = took;
    let squared = t_squared(first, last);
    println!(
        "{name}: t² = {}.{:02}: {}",
        squared / 100,
        squared % 100,
        if squared < 2_025 {
            "not told apart"
        } else {
            "TOLD APART"
        }
    );
}

fn main() {
    let args = std::env::args().skip(1).find(|a| !a.starts_with("--"));
    let samples = args.map_or(100_000, |samples| samples.parse().unwrap());
    let expected = black_box([0x11; LENGTH]);
    for _ in 0..3 {
        measure(samples, "is_seal", |given| is_seal(&expected, given));
        // byte for byte, as a naive comparison does
        measure(samples, "byte by byte", |given| {
            let given = hex::decode(given).unwrap();
            expected.iter().zip(&given).all(|(a, b)| a == b)
        });
    }
}
