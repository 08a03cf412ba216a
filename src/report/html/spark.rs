//! The last days of an agency as a small drawing in its row. A day without a night is a gap.

use crate::domain::{Day, Fraction};
use crate::report::chart::Scale;

use super::Page;

/// Units between two days, and the height of the drawing.
const STEP: i128 = 14;
const HEIGHT: i128 = 20;

/// A drawing 98 units wide and 20 high.
#[derive(Clone, Debug, Default)]
pub(super) struct Spark {
    /// The lines between neighbours, as points.
    pub(super) lines: Vec<String>,
    /// The days that are known.
    pub(super) dots: Vec<(i128, i128)>,
    /// All of it in words.
    pub(super) said: String,
}

impl Page<'_> {
    /// True when a night of the last days is known of any agency.
    pub(super) fn any_spark(&self) -> bool {
        self.r.agencies.iter().any(|row| !row.days.is_empty())
    }

    /// The same of any row of the breakdowns.
    pub(super) fn any_week(&self) -> bool {
        let mut rows = self
            .r
            .breakdowns
            .tables
            .iter()
            .flat_map(|table| &table.rows);
        rows.any(|row| !row.days.is_empty())
    }

    pub(super) fn spark(&self, name: &str, days: &[(Day, Option<Fraction>)]) -> Spark {
        let scale = Scale::around(days.iter().map(|(_, share)| *share));
        let mut spark = Spark::default();
        let mut line: Vec<String> = Vec::new();
        let mut said = Vec::new();
        for (at, (day, share)) in (0_i128..).zip(days) {
            let name = crate::text::day_short(self.r.lang, *day);
            if share.is_some() {
                let x = STEP / 2 + at * STEP;
                let y = HEIGHT - 3 - scale.x(share) * (HEIGHT - 6) / 1000;
                line.push(format!("{x},{y}"));
                spark.dots.push((x, y));
                said.push(format!("{name}: {}", self.pct(share)));
            } else {
                end(&mut line, &mut spark.lines);
                said.push(format!("{name}: {}", self.t("trend-gap")));
            }
        }
        end(&mut line, &mut spark.lines);
        spark.said = format!("{name}; {}", said.join("; "));
        spark
    }
}

fn end(line: &mut Vec<String>, lines: &mut Vec<String>) {
    if line.len() > 1 {
        lines.push(line.join(" "));
    }
    line.clear();
}
