//! Pure: what each row may add to numerator and denominator, and the share with its proven bounds.

pub mod share;

pub use share::{Contribution, Fraction, Period, PriorSum, Scope, Share, Target, Verdict};
