//! Procedures of the invented district and what they cost.
//!
//! Amounts follow Circular 226/2016/TT-BTC (certification: 2,000 a page up to the second, 1,000
//! from the third, at most 200,000 a copy; signature 10,000 a case) and usual charges of provincial
//! councils (civil status about 8,000, household business 100,000, building permit 75,000, land
//! certificates 10,000 to 500,000).

use super::agencies::{DISTRICT, LAND_OFFICE};
use super::dice::Dice;
use super::{FeeKind, Mode};

/// Where a procedure is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Commune,
    District,
    LandOffice,
}

impl Place {
    /// The agency code, or `None` for "one of the communes".
    pub(crate) fn code(self) -> Option<&'static str> {
        match self {
            Self::Commune => None,
            Self::District => Some(DISTRICT),
            Self::LandOffice => Some(LAND_OFFICE),
        }
    }
}

/// What a dossier of some procedure turns out to be.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) procedure: &'static str,
    pub(crate) field: &'static str,
    pub(crate) place: Place,
    pub(crate) mode: Mode,
    pub(crate) lines: Vec<(FeeKind, i64)>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Copies,
    Signature,
    Contract,
    Marriage,
    StatusCopies,
    Birth,
    ZeroFee,
    Business,
    Building,
    Land,
}

const MIX: [(u32, Kind); 10] = [
    (270, Kind::Copies),
    (90, Kind::Signature),
    (90, Kind::Contract),
    (60, Kind::Marriage),
    (70, Kind::StatusCopies),
    (140, Kind::Birth),
    (80, Kind::ZeroFee),
    (60, Kind::Business),
    (30, Kind::Building),
    (110, Kind::Land),
];

/// The charge for certifying `copies` copies of an original of `pages` pages.
fn certified(pages: i64, copies: i64) -> i64 {
    let one = if pages <= 2 {
        2_000 * pages
    } else {
        (4_000 + 1_000 * (pages - 2)).min(200_000)
    };
    one * copies
}

fn copies(dice: &mut Dice) -> i64 {
    let (pages, count) = (dice.between(1, 14), dice.between(1, 6));
    certified(pages, count)
}

/// Draws a dossier: its procedure, place, way of collecting and fee lines.
pub(crate) fn draft(dice: &mut Dice) -> Draft {
    use FeeKind::{LandObligation, LePhi, Phi};
    let kind = *dice.weighted(&MIX);
    let after = if dice.chance(450) {
        Mode::After
    } else {
        Mode::Before
    };
    let of = |procedure, field, place, mode, lines| Draft {
        procedure,
        field,
        place,
        mode,
        lines,
    };
    let commune = Place::Commune;
    match kind {
        Kind::Copies => of("2.000815", "CT", commune, after, vec![(Phi, copies(dice))]),
        Kind::Signature => {
            let amount = 10_000 * dice.between(1, 3);
            of("2.000884", "CT", commune, Mode::Before, vec![(Phi, amount)])
        }
        Kind::Contract => {
            let mut lines = vec![(Phi, *dice.pick(&[50_000, 50_000, 30_000, 25_000]))];
            if dice.chance(400) {
                lines.push((Phi, copies(dice)));
            }
            of("2.001035", "CT", commune, Mode::Before, lines)
        }
        Kind::Marriage => of(
            "1.000894",
            "HT",
            commune,
            Mode::Before,
            vec![(LePhi, 8_000)],
        ),
        Kind::StatusCopies => {
            let amount = 8_000 * dice.between(1, 5);
            of("2.000635", "HT", commune, after, vec![(Phi, amount)])
        }
        Kind::Birth => of("1.001193", "HT", commune, Mode::Exempt, vec![(LePhi, 0)]),
        Kind::ZeroFee => of("1.004884", "HT", commune, Mode::Zero, vec![(LePhi, 0)]),
        Kind::Business => {
            let mut lines = vec![(LePhi, 100_000)];
            if dice.chance(300) {
                lines.insert(0, (Phi, copies(dice)));
            }
            of("1.001612", "DKKD", Place::District, Mode::Before, lines)
        }
        Kind::Building => {
            let mode = Mode::Before;
            of(
                "1.009994",
                "XD",
                Place::District,
                mode,
                vec![(LePhi, 75_000)],
            )
        }
        Kind::Land => {
            let phi = *dice.pick(&[120_000, 150_000, 200_000, 300_000, 350_000, 500_000]);
            let mut lines = vec![(Phi, phi), (LePhi, *dice.pick(&[10_000, 20_000, 50_000]))];
            if dice.chance(250) {
                lines.push((LandObligation, 1_000 * dice.between(900, 48_000)));
            }
            of("1.004227", "DD", Place::LandOffice, Mode::Before, lines)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certification_follows_the_circular() {
        let check = |pages, copies, expected| assert_eq!(certified(pages, copies), expected);
        check(1, 1, 2_000);
        check(2, 1, 4_000);
        check(3, 2, 10_000);
        check(198, 1, 200_000);
        check(500, 1, 200_000);
    }
}
