//! Pure: what each row may add to numerator and denominator, and the share with its proven bounds.

pub mod share;

pub use crate::domain::{Fraction, Period, Target};
pub use share::{Contribution, PriorSum, Scope, Share, Verdict};
