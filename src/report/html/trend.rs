//! The trend as a drawing: one mark a day or month, its proven interval as a bar, the target as a
//! dashed line. What was not published is an empty place.

use crate::domain::Fraction;
use crate::report::chart::Scale;
use crate::report::model::{MoveColumn, TrendRow, new_year, trend_name, trend_said};
use crate::text;

use super::Page;

const LEFT: i128 = 48;
const RIGHT: i128 = 712;
const TOP: i128 = 8;
const BOTTOM: i128 = 168;
/// At most this many days or months are named below the drawing.
const NAMES_MAX: usize = 7;

/// A drawing 720 units wide and 190 high.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawing {
    /// Horizontal lines: height and what they say.
    pub(super) grid: Vec<(i128, String)>,
    /// Names below: position and text.
    pub(super) names: Vec<(i128, String)>,
    /// The intervals: left, top, width, height.
    pub(super) bands: Vec<(i128, i128, i128, i128)>,
    /// The target: from, to, height.
    pub(super) goals: Vec<(i128, i128, i128)>,
    /// The lines between neighbours of one year, as points.
    pub(super) lines: Vec<String>,
    /// Where a year begins: position and year.
    pub(super) years: Vec<(i128, String)>,
    /// The shares: position, height, and what is to be said of each.
    pub(super) dots: Vec<(i128, i128, String)>,
    /// Days of rest of the week: their middle; told of single days alone.
    pub(super) rests: Vec<i128>,
    /// How wide one is.
    pub(super) rest_width: i128,
}

pub(super) fn at(place: usize, of: usize) -> i128 {
    let (place, of) = (i128::try_from(place), i128::try_from(of));
    let (place, of) = (place.unwrap_or(0), of.unwrap_or(1).max(1));
    LEFT + (RIGHT - LEFT) * (2 * place + 1) / (2 * of)
}

impl Page<'_> {
    /// What an earlier night had for the number of a tile.
    pub(super) fn move_value(&self, column: &MoveColumn, at: &usize) -> String {
        let cell = column.cells.get(*at);
        cell.map_or_else(String::new, |(value, _)| value.clone())
    }

    /// How far tonight's number is from it.
    pub(super) fn move_way(&self, column: &MoveColumn, at: &usize) -> String {
        let cell = column.cells.get(*at);
        cell.map_or_else(String::new, |(_, way)| way.clone())
    }

    /// The two drawings: rows, whether they are months, and the key of the heading.
    pub(super) fn trends(&self) -> [(&[TrendRow], bool, &'static str); 2] {
        let trend = &self.r.trend;
        [
            (&trend.days, false, "trend-days"),
            (&trend.months, true, "trend-months"),
        ]
    }

    /// The drawing of some days or months.
    pub(super) fn drawing(&self, rows: &[TrendRow], months: &bool) -> Drawing {
        let points = rows.iter().filter_map(|row| row.point.as_ref());
        let all = points.flat_map(|p| [p.share, p.low, p.high, p.target]);
        let scale = Scale::around(all);
        let y = |share: &Option<Fraction>| BOTTOM - scale.x(share) * (BOTTOM - TOP) / 1000;
        let n = rows.len();
        let half = ((RIGHT - LEFT) / i128::try_from(n.max(1)).unwrap_or(1) / 3).clamp(2, 12);
        let mut drawing = Drawing::default();
        for tick in scale.ticks(self.r.lang) {
            let height = BOTTOM - tick.x * (BOTTOM - TOP) / 1000;
            drawing.grid.push((height, tick.label));
        }
        let step = n.div_ceil(NAMES_MAX).max(1);
        let mut line: Vec<String> = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let x = at(place, n);
            if (n - 1 - place).is_multiple_of(step) {
                drawing.names.push((x, self.short_day(row, months)));
            }
            if let Some(year) = new_year(rows, place, *months) {
                end(&mut line, &mut drawing.lines);
                let half = (RIGHT - LEFT) / i128::try_from(2 * n.max(1)).unwrap_or(1);
                drawing.years.push((x - half, year));
            }
            let known = row.point.as_ref().filter(|point| point.share.is_some());
            let Some(point) = known else {
                end(&mut line, &mut drawing.lines);
                continue;
            };
            if point.low.is_some() && point.high.is_some() {
                let (top, bottom) = (y(&point.high), y(&point.low));
                let band = (x - half, top, 2 * half, (bottom - top).max(2));
                drawing.bands.push(band);
            }
            if point.target.is_some() {
                let reach = (RIGHT - LEFT) / i128::try_from(2 * n.max(1)).unwrap_or(1);
                drawing.goals.push((x - reach, x + reach, y(&point.target)));
            }
            line.push(format!("{x},{}", y(&point.share)));
            let said = format!(
                "{}: {} ({})",
                self.trend_day(row, months),
                self.pct(&point.share),
                self.trend_interval(row)
            );
            drawing.dots.push((x, y(&point.share), said));
        }
        end(&mut line, &mut drawing.lines);
        drawing
    }

    /// The same of a row of the table, which says where a year begins.
    pub(super) fn trend_name(&self, rows: &[TrendRow], at: &usize, months: &bool) -> String {
        trend_name(self.r.lang, rows, *at, *months)
    }

    /// The day or month in full.
    pub(super) fn trend_day(&self, row: &TrendRow, months: &bool) -> String {
        row.name(self.r.lang, *months)
    }

    fn short_day(&self, row: &TrendRow, months: &bool) -> String {
        if *months {
            return text::month_short(self.r.lang, row.day);
        }
        text::day_short(self.r.lang, row.day)
    }

    /// The proven interval of a day or month.
    pub(super) fn trend_interval(&self, row: &TrendRow) -> String {
        row.interval(self.r.lang)
    }

    /// What the drawing says in a sentence.
    pub(super) fn trend_said(&self, rows: &[TrendRow], months: &bool) -> String {
        trend_said(self.r.lang, rows, *months)
    }
}

fn end(line: &mut Vec<String>, lines: &mut Vec<String>) {
    if line.len() > 1 {
        lines.push(line.join(" "));
    }
    line.clear();
}
