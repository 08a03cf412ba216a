//! The totals of each source: rows in against rows decided, what was open from the night before to
//! tonight, and the money of the day.

use crate::report::forms::{Block, Cell, Line, Row, Scale};
use crate::report::model::{TieLine, row_kind, source_word, uncounted_out};
use crate::text;

use super::{Maker, figure, plain, said, strong};

impl Maker<'_> {
    pub(super) fn ties(&self, blocks: &mut Vec<Block>) {
        let heading = self.r.heading_of_nights(&self.t("tie-heading"));
        if let Some(untold) = &self.r.untold {
            return said(blocks, heading, untold);
        }
        let intro = self.r.say_of_nights("tie-intro", "tie-intro-period");
        said(blocks, heading, &intro);
        let columns = [
            ("column-source", 20),
            ("column-kind", 14),
            ("column-in", 17),
            ("column-matched", 17),
            (self.r.open_key("column-open"), 17),
            ("column-rejected", 17),
            ("column-excluded", 17),
            ("column-difference", 15),
        ];
        let line = |line: &TieLine| {
            let parts = [
                line.rows_in,
                line.matched,
                line.open,
                line.rejected,
                line.excluded,
            ];
            let (rows, dong) = line.difference();
            let source = if line.money {
                line.source.to_string()
            } else {
                source_word(self.r.lang, &line.source)
            };
            let mut cells = vec![
                Cell::Text(source),
                Cell::Text(row_kind(self.r.lang, line.kind)),
            ];
            cells.extend(parts.map(figure));
            cells.push(Cell::Figure(rows, dong));
            plain(cells)
        };
        let mut rows: Vec<Row> = self.r.tie_out.iter().map(line).collect();
        let t = self.r.totals;
        let money = self.r.tie_out.iter().filter(|line| line.money);
        let rest = money.map(TieLine::difference);
        let (more, dong) = rest.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut cells = vec![Cell::Text(self.t("tie-total")), Cell::text("")];
        let all = [t.transactions, t.matched, t.open, t.rejected, t.excluded];
        cells.extend(all.map(Cell::figure));
        cells.push(Cell::Figure(more, dong));
        rows.push(strong(cells));
        self.outside(&mut rows);
        blocks.push(self.table(self.t("tie-heading"), &columns, rows));
        if !self.r.outside.is_empty() {
            let note = self.t("outside-note");
            blocks.push(Block::Line(Line::left(note).sized(Scale::Small)));
        }
        if let Some(work) = &self.r.work {
            let heading = self
                .r
                .say_of_nights("exception-heading", "work-heading-period");
            said(blocks, heading, work);
        }
    }

    /// All rows of the period's days less the sum of its nights.
    fn outside(&self, rows: &mut Vec<Row>) {
        if self.r.outside.is_empty() {
            return;
        }
        let empty = |n: usize| std::iter::repeat_n(Cell::text(""), n);
        for row in &self.r.outside {
            let source = format!("{}: {}", row.source, row.why);
            let mut cells = vec![Cell::Text(source), Cell::Text(row.kind.clone())];
            cells.push(Cell::Figure(row.figure.0, row.figure.1));
            cells.extend(empty(5));
            rows.push(plain(cells));
        }
        let (count, dong) = self.r.with_outside();
        let mut cells = vec![Cell::Text(self.t("outside-all")), Cell::text("")];
        cells.push(Cell::Figure(count, dong));
        cells.extend(empty(5));
        rows.push(strong(cells));
    }

    pub(super) fn carries(&self, blocks: &mut Vec<Block>) {
        let intro = self.r.say_of_nights("carry-intro", "carry-intro-period");
        said(blocks, self.r.carry_heading(), &intro);
        let mut columns = vec![
            ("column-source", 20),
            ("carry-opening", 16),
            ("carry-came", 16),
            ("carry-changed", 16),
            ("carry-matched", 16),
            ("carry-left-out", 16),
            ("carry-closing", 16),
            ("column-rest", 14),
        ];
        let between = columns.len() - 2;
        if self.r.is_broken() {
            columns.insert(between, (self.r.between_key(), 16));
        }
        let rows = self.r.carries.iter().map(|row| {
            let source = if row.money {
                row.source.to_string()
            } else {
                source_word(self.r.lang, &row.source)
            };
            let mut cells = vec![Cell::Text(source)];
            cells.extend(row.parts().map(figure));
            let (rows, dong) = row.rest();
            cells.push(Cell::Figure(rows, dong));
            if self.r.is_broken() {
                let (count, dong) = row.between();
                cells.insert(between, Cell::Figure(count, dong));
            }
            plain(cells)
        });
        let rows = rows.collect();
        blocks.push(self.table(self.r.carry_heading(), &columns, rows));
        for said in self.r.breaks() {
            blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
        }
    }

    pub(super) fn flows(&self, blocks: &mut Vec<Block>) {
        let intro = self.r.payments_intro("flow-intro", "flow-intro-period");
        said(blocks, self.r.flow_heading(), &intro);
        let columns = [
            ("column-source", 20),
            ("flow-came", 16),
            ("flow-uncounted", 16),
            ("flow-paid", 16),
            ("flow-fees", 13),
            ("flow-returned", 14),
            ("flow-debits", 14),
            ("flow-net", 16),
            ("column-rest", 13),
        ];
        let mut rows = Vec::new();
        let money = |dong: Option<i128>| {
            let said = dong.map(|dong| text::money(self.r.lang, dong));
            Cell::Right(said.unwrap_or_else(|| "—".to_owned()))
        };
        let dong = |name: String, parts: [Option<i128>; 8]| {
            let mut cells = vec![Cell::Text(name)];
            cells.extend(parts.map(money));
            cells
        };
        for row in &self.r.flows {
            rows.push(plain(dong(row.source.to_string(), self.r.known_parts(row))));
        }
        let sums = self.r.known_totals().map(Some);
        rows.push(strong(dong(self.t("row-total"), sums)));
        blocks.push(self.table(self.r.flow_heading(), &columns, rows));
        let unknown = self.r.unknown_fees();
        for said in self.r.nights_less.iter().chain(&unknown) {
            blocks.push(Block::Line(Line::left(said.as_str()).sized(Scale::Small)));
        }
        if let Some(note) = self.r.kept_before_note() {
            blocks.push(Block::Line(Line::left(note).sized(Scale::Small)));
        }
        if let Some(all) = uncounted_out(&self.r.flows) {
            let count = text::number(self.r.lang, all.count);
            let sum = text::money(self.r.lang, all.sum_vnd);
            let said = self.say("flow-uncounted-out", &[("n", &count), ("sum", &sum)]);
            blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
        }
    }
}
