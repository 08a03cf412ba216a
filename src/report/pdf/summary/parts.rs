//! The share over time and by parts, and the money of the day by means of payment.

use crate::report::facts::Figure;
use crate::report::forms::{Block, Cell, Grid, Line, Scale};
use crate::report::model::{CellRow, CellTable, TrendRow, trend_name, trend_said};
use crate::text;
use crate::text::figure::percent_short;

use super::{Maker, plain, said, strong};

/// So many rows of a breakdown are listed, the greatest first.
const ROWS_MAX: usize = 12;

fn small(blocks: &mut Vec<Block>, said: String) {
    blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
}

impl Maker<'_> {
    /// Day by day and month by month: a sentence, and every figure. What was not published says so.
    pub(super) fn trend(&self, blocks: &mut Vec<Block>) {
        self.section(blocks, self.t("trend-heading"), "trend-intro");
        let trend = &self.r.trend;
        let lists = [
            (&trend.days, false, "trend-days"),
            (&trend.months, true, "trend-months"),
        ];
        for (rows, months, heading) in lists {
            if rows.is_empty() {
                continue;
            }
            let heading = self.t(heading);
            blocks.push(Block::Line(Line::left(heading.as_str()).strong()));
            small(blocks, trend_said(self.r.lang, rows, months));
            let columns = [
                ("column-period", 20),
                ("column-share", 18),
                ("column-interval", 34),
                ("column-target", 14),
                ("tile-transactions", 22),
                ("tile-open", 28),
            ];
            let name = |at| trend_name(self.r.lang, rows, at, months);
            let rows = rows.iter().enumerate();
            let rows = rows.map(|(at, row)| plain(self.of_trend(row, name(at))));
            let rows = rows.collect();
            blocks.push(self.table(heading, &columns, rows));
        }
    }

    fn of_trend(&self, row: &TrendRow, name: String) -> Vec<Cell> {
        let lang = self.r.lang;
        let name = Cell::Text(name);
        let dash = || Cell::Right("—".to_owned());
        let Some(point) = &row.point else {
            let gap = Cell::Right(self.t("trend-gap"));
            return vec![name, dash(), gap, dash(), dash(), dash()];
        };
        let share = point.share;
        let target = point.target;
        let (all, open) = if point.unseen {
            (dash(), dash())
        } else {
            let open = text::money(lang, point.open.sum_vnd);
            (
                Cell::Number(point.transactions.count.into()),
                Cell::Right(open),
            )
        };
        vec![
            name,
            share.map_or_else(dash, |share| Cell::Right(text::percent(lang, share))),
            Cell::Right(row.interval(lang)),
            target.map_or_else(dash, |target| Cell::Right(percent_short(lang, target))),
            all,
            open,
        ]
    }

    /// The leading share by unit, procedure, field, source and means.
    pub(super) fn breakdowns(&self, blocks: &mut Vec<Block>) {
        if let Some(why) = &self.r.breakdowns.left_out {
            self.section(blocks, self.t("cells-left-out-heading"), "");
            small(blocks, why.clone());
        }
        for table in &self.r.breakdowns.tables {
            self.breakdown(blocks, table);
        }
        if !self.r.breakdowns.tables.is_empty() {
            small(blocks, self.t("cells-note"));
        }
    }

    fn breakdown(&self, blocks: &mut Vec<Block>, table: &CellTable) {
        self.section(blocks, table.heading.clone(), "");
        let row = |row: &CellRow| {
            let name = if row.code.is_empty() {
                row.name.clone()
            } else {
                format!("{} ({})", row.name, row.code)
            };
            let [parts, point, bounds] = self.share(&row.share);
            plain(vec![Cell::Text(name), parts, point, bounds])
        };
        let rows: Vec<_> = table.rows.iter().take(ROWS_MAX).map(row).collect();
        let cut = table.rows.len() - rows.len();
        let more = table.more.saturating_add(u64::try_from(cut).unwrap_or(0));
        let columns = [
            (table.column.clone(), 60),
            (self.t("column-cashless"), 36),
            (self.t("column-share"), 18),
            (self.t("column-interval"), 34),
        ];
        blocks.push(Block::Table(Grid {
            name: table.heading.clone(),
            columns: columns.to_vec(),
            rows,
        }));
        if more > 0 {
            let n = text::number(self.r.lang, more);
            small(blocks, self.say("cells-more", &[("n", &n)]));
        }
        if let Some(unplaced) = &table.unplaced {
            small(blocks, unplaced.said(self.r.lang));
        }
    }

    /// The payments of the day by means of payment.
    pub(super) fn instruments(&self, blocks: &mut Vec<Block>) {
        if self.r.instruments.is_empty() {
            return;
        }
        let heading = self.t("instrument-heading");
        let intro = self
            .r
            .payments_intro("instrument-intro", "instrument-intro-period");
        said(blocks, self.r.heading_of_nights(&heading), &intro);
        let columns = [
            ("column-instrument-declared", 50),
            ("column-count", 18),
            ("column-sum", 30),
            (self.r.open_key("column-not-matched"), 30),
        ];
        let cells = |name: String, paid: Figure, open: Figure| {
            vec![
                Cell::Text(name),
                Cell::Number(paid.count.into()),
                Cell::Right(text::money(self.r.lang, paid.sum_vnd)),
                super::figure(open),
            ]
        };
        let (mut all, mut not) = (Figure::default(), Figure::default());
        let mut rows = Vec::new();
        for row in &self.r.instruments {
            all.plus(row.paid);
            not.plus(row.open);
            rows.push(plain(cells(row.label.clone(), row.paid, row.open)));
        }
        rows.push(strong(cells(self.t("row-total"), all, not)));
        blocks.push(self.table(heading, &columns, rows));
        if let Some(less) = &self.r.nights_less {
            small(blocks, less.clone());
        }
    }
}
