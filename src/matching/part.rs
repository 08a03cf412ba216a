//! What a score is made of: what speaks for a pairing or against it, each with its points. The
//! parts add up to the score.

use super::pool::Payer;
use super::weight::score;

/// What speaks for a pairing or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A code in the text, exact among several or off by one slip.
    Reading,
    /// Two slips, or a digit too few or too many; the amount is what the dossier lacks.
    FarReading,
    /// The amount is what the dossier lacks.
    Amount,
    /// The payer is the person expected.
    Payer,
    /// Nothing else speaks against it.
    NothingAgainst,
    /// The payer is somebody else.
    OtherPayer,
    /// The account is the agency's own.
    Account,
    /// The account is one for fees, of no single agency.
    FeeAccount,
    /// The text holds date and sequence of the code.
    Tail,
    /// The text holds those of another dossier.
    OtherTail,
    /// The text names the agency.
    AgencyNamed,
    /// The registry recorded a payment on the day.
    Recorded,
    /// It did so a day off.
    RecordedNext,
    /// The dossier was received on the day.
    Received,
    /// The registry does not call it paid.
    NotPaid,
    /// Cash was declared.
    DeclaredCash,
    /// A sum of several is exact.
    Sum,
    /// There is more than one such sum.
    ManyWays,
    /// What is not accepted stays below the score of what would be; no score is below 0.
    Limit,
}

impl Why {
    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reading => "point-reading",
            Self::FarReading => "point-far-reading",
            Self::Amount => "point-amount",
            Self::Payer => "point-payer",
            Self::NothingAgainst => "point-nothing-against",
            Self::OtherPayer => "point-other-payer",
            Self::Account => "point-account",
            Self::FeeAccount => "point-fee-account",
            Self::Tail => "point-tail",
            Self::OtherTail => "point-other-tail",
            Self::AgencyNamed => "point-agency-named",
            Self::Recorded => "point-recorded",
            Self::RecordedNext => "point-recorded-next",
            Self::Received => "point-received",
            Self::NotPaid => "point-not-paid",
            Self::DeclaredCash => "point-declared-cash",
            Self::Sum => "point-sum",
            Self::ManyWays => "point-many-ways",
            Self::Limit => "point-limit",
        }
    }
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What speaks for the pairing or against it.
    pub why: Why,
    /// By how many points of 1000.
    pub points: i32,
}

impl Part {
    /// So many points for a reason.
    pub const fn new(why: Why, points: i32) -> Self {
        Self { why, points }
    }
}

/// Weights in hundredths of a bit as parts of `total`: halved as [`score`] does it. What the whole
/// numbers lack goes to the first; what goes beyond `total` is the limit.
pub fn of_weights(weights: &[(Why, i64)], total: u16) -> Vec<Part> {
    let points = |weight: i64| i32::try_from(weight.div_euclid(2)).unwrap_or(0);
    let mut parts: Vec<Part> = weights
        .iter()
        .map(|(why, weight)| Part::new(*why, points(*weight)))
        .collect();
    let all: i64 = weights.iter().map(|(_, weight)| weight).sum();
    let whole = i32::from(score(all));
    let lacks = points(all) - sum(&parts);
    if let Some(first) = parts.first_mut() {
        first.points += lacks;
    }
    let cut = whole.min(total.into()) - points(all);
    if cut != 0 {
        parts.push(Part::new(Why::Limit, cut));
    }
    parts.retain(|part| part.points != 0);
    parts
}

/// The parts of a reading that is near: 300 each for the code, the amount, and the payer or, where
/// he is not known, nothing that speaks against it.
pub fn of_reading(score: u16, payer: Payer) -> Vec<Part> {
    let third = match payer {
        Payer::Agrees => Why::Payer,
        Payer::Unknown | Payer::Differs => Why::NothingAgainst,
    };
    let all = [Why::Reading, Why::Amount, third];
    let parts = all.into_iter().take(usize::from(score / 300));
    parts.map(|why| Part::new(why, 300)).collect()
}

/// What each thing counts that speaks for a dossier which the text does not name.
pub const UNREAD: u16 = 250;

/// The parts of such a dossier: the amount is what it lacks, and the payer may be the one expected.
pub fn of_unread(score: u16) -> Vec<Part> {
    let parts = [Why::Amount, Why::Payer].into_iter();
    let parts = parts.take(usize::from(score / UNREAD));
    parts.map(|why| Part::new(why, UNREAD.into())).collect()
}

/// The parts of a sum that may be meant in so many ways.
pub fn of_sum(whole: u16, score: u16) -> Vec<Part> {
    let (whole, score) = (i32::from(whole), i32::from(score));
    let mut parts = vec![Part::new(Why::Sum, whole)];
    if score < whole {
        parts.push(Part::new(Why::ManyWays, score - whole));
    }
    parts
}

/// What the parts add up to.
pub fn sum(parts: &[Part]) -> i32 {
    parts.iter().map(|part| part.points).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_score() {
        let check = |weights: &[(Why, i64)], total: u16, expected: &[i32]| {
            let parts = of_weights(weights, total);
            let points: Vec<i32> = parts.iter().map(|part| part.points).collect();
            assert_eq!(points, expected);
            assert_eq!(sum(&parts), i32::from(total));
        };
        let (amount, name, cash) = (Why::Amount, Why::Payer, Why::DeclaredCash);
        check(&[(amount, 441), (name, 900)], 670, &[220, 450]);
        check(
            &[(amount, 441), (cash, -301), (name, 900)],
            520,
            &[221, -151, 450],
        );
        check(&[(amount, 600), (name, 1900)], 899, &[300, 950, -351]);
        check(&[(amount, 600), (cash, -900)], 0, &[300, -450, 150]);
        for score in [300, 600, 900] {
            assert_eq!(sum(&of_reading(score, Payer::Agrees)), i32::from(score));
        }
        for score in [UNREAD, 2 * UNREAD] {
            assert_eq!(sum(&of_unread(score)), i32::from(score));
        }
        assert_eq!(sum(&of_sum(700, 233)), 233);
    }
}
