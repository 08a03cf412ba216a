//! Integer weights: hundredths of a bit, that is of a doubling of the odds. No floats, so every
//! machine says the same.

/// Hundredths of a bit of log2(1 + i/16), i = 0..=16.
const STEPS: [i64; 17] = [
    0, 9, 17, 25, 32, 39, 46, 52, 58, 64, 70, 75, 81, 86, 91, 95, 100,
];

/// One bit.
pub const BIT: i64 = 100;

/// The logarithm to base 2 of a count, in hundredths of a bit; 0 for none.
pub fn log2(count: usize) -> i64 {
    let Some(power) = count.checked_ilog2() else {
        return 0;
    };
    let whole = i64::from(power) * BIT;
    // the next four bits below the leading one choose the step
    let below = if power >= 4 {
        (count >> (power - 4)) & 15
    } else {
        (count << (4 - power)) & 15
    };
    whole + STEPS[below]
}

/// A weight as a score of 0 to 1000: 50 a bit, so that 1000 stands for a million to one.
pub fn score(weight: i64) -> u16 {
    u16::try_from((weight / 2).clamp(0, 1000)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_of_counts() {
        for (count, expected) in [(0, 0), (1, 0), (2, 100), (3, 158), (8, 300), (100, 664)] {
            let off = (log2(count) - expected).abs();
            assert!(off <= 9, "{count}: {} is not {expected}", log2(count));
        }
        assert_eq!(log2(1 << 20), 2000);
        let rising = (1..5000).all(|n| log2(n) <= log2(n + 1));
        assert!(rising);
    }

    #[test]
    fn scores_are_cut_at_both_ends() {
        assert_eq!([score(-5), score(1800), score(9999)], [0, 900, 1000]);
    }
}
