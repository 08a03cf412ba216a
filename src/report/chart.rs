//! Where things stand on a drawn scale. Whole numbers only: a scale is 1000 units wide.

#![allow(clippy::ref_option, reason = "askama passes arguments by reference")]

use crate::domain::Lang;
use crate::kpi::Fraction;
use crate::text;

/// The part of 0 to 100 % that a chart shows, in whole percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    from: i128,
    span: i128,
}

/// A labelled mark of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Position on the scale, 0 to 1000.
    pub(super) x: i128,
    /// The position as a share of the width: `20%`.
    pub(super) share: String,
    /// What it says: `45 %`.
    pub(super) label: String,
}

impl Scale {
    /// 0 to 100 %.
    pub(super) const WHOLE: Self = Self { from: 0, span: 100 };

    /// The narrowest of 10, 20, 50 and 100 points that holds all the shares with some air, so that
    /// a narrow interval close to its target can be told from it.
    pub(super) fn around(shares: impl IntoIterator<Item = Option<Fraction>>) -> Self {
        let percents: Vec<(i128, i128)> = shares
            .into_iter()
            .flatten()
            .map(|f| (f.num * 100, f.den))
            .map(|(num, den)| (num.div_euclid(den), -(-num).div_euclid(den)))
            .collect();
        let low = percents
            .iter()
            .map(|(down, _)| *down)
            .min()
            .unwrap_or(0)
            .clamp(0, 100);
        let high = percents
            .iter()
            .map(|(_, up)| *up)
            .max()
            .unwrap_or(100)
            .clamp(low, 100);
        for span in [10, 20, 50] {
            let middle = i128::midpoint(low, high);
            let from = (middle - span / 2).div_euclid(5) * 5;
            let from = from.clamp(0, 100 - span);
            if from <= (low - 1).max(0) && (high + 1).min(100) <= from + span {
                return Self { from, span };
            }
        }
        Self::WHOLE
    }

    /// The position of a share, kept inside the scale.
    pub(super) fn x(&self, share: &Option<Fraction>) -> i128 {
        share.map_or(0, |f| {
            let exact = (f.num * 100 - self.from * f.den) * 1000;
            (exact.div_euclid(f.den * self.span)).clamp(0, 1000)
        })
    }

    /// The width between two shares, at least wide enough to be seen.
    pub(super) fn width(&self, low: &Option<Fraction>, high: &Option<Fraction>) -> i128 {
        (self.x(high) - self.x(low)).max(2)
    }

    /// Six marks from end to end.
    pub(super) fn ticks(&self, lang: Lang) -> Vec<Tick> {
        let tick = |i: i128| Tick {
            x: i * 200,
            share: format!("{}%", i * 20),
            label: text::percent_whole(lang, self.from + i * self.span / 5),
        };
        (0..=5).map(tick).collect()
    }

    /// The marks without the ends.
    pub(super) fn inner(&self, lang: Lang) -> Vec<Tick> {
        self.ticks(lang)
            .into_iter()
            .filter(|tick| (1..1000).contains(&tick.x))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(low: i128, high: i128, target: i128, expected: (i128, i128)) {
        let share = |num| Fraction::new(num, 10_000);
        let scale = Scale::around([share(low), share(high), share(target)]);
        assert_eq!((scale.from, scale.span), expected, "{low} {high} {target}");
        for at in [low, high, target] {
            assert!((0..=1000).contains(&scale.x(&share(at))));
        }
    }

    #[test]
    fn the_scale_is_as_narrow_as_it_can_be() {
        check(4939, 5016, 5000, (45, 10));
        check(4700, 5300, 5000, (45, 10));
        check(4200, 5300, 5000, (35, 20));
        check(7300, 7500, 5000, (35, 50));
        check(0, 10_000, 5000, (0, 100));
        check(9990, 10_000, 9900, (90, 10));
        check(0, 5, 100, (0, 10));
        assert_eq!(Scale::around([None]), Scale::WHOLE);
    }

    #[test]
    fn marks_divide_the_scale() {
        let labels: Vec<String> = Scale { from: 45, span: 10 }
            .ticks(Lang::Vi)
            .into_iter()
            .map(|t| t.label)
            .collect();
        assert_eq!(
            labels,
            [
                "45\u{a0}%",
                "47\u{a0}%",
                "49\u{a0}%",
                "51\u{a0}%",
                "53\u{a0}%",
                "55\u{a0}%"
            ]
        );
        assert_eq!(Scale::WHOLE.x(&Fraction::new(1, 2)), 500);
        assert_eq!(Scale::WHOLE.width(&None, &None), 2);
    }
}
