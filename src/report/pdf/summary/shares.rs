//! Shares by definition and by agency, and the open items by class and age.

use crate::report::forms::{Block, Cell, Line, Scale};
use crate::report::model::{AgencyRow, ShareRow, verdict_word};

use super::{Maker, figure, plain, strong};

impl Maker<'_> {
    /// What a share says: parts, point, bounds.
    pub(super) fn share(&self, row: &ShareRow) -> [Cell; 3] {
        if !row.enough_data {
            let none = Cell::Right("—".to_owned());
            return [Cell::Right(self.t("share-not-enough")), none.clone(), none];
        }
        let lang = self.r.lang;
        let mark = if row.outer { " *" } else { "" };
        [
            Cell::Right(row.parts(lang)),
            Cell::Right(row.percent(lang)),
            Cell::Right(format!("{}{mark}", row.interval(lang))),
        ]
    }

    fn verdict_of(&self, row: &ShareRow) -> Cell {
        let word = row
            .verdict
            .map(|verdict| verdict_word(self.r.lang, verdict));
        Cell::Text(word.unwrap_or_else(|| "—".to_owned()))
    }

    pub(super) fn shares(&self, blocks: &mut Vec<Block>) {
        self.section(blocks, self.t("share-heading"), "share-intro");
        let columns = [
            ("column-definition", 38),
            ("column-period", 24),
            ("column-cashless", 27),
            ("column-share", 13),
            ("column-interval", 27),
            ("column-target", 12),
            ("column-verdict", 24),
        ];
        let row = |row: &ShareRow| {
            let [parts, point, bounds] = self.share(row);
            let target = Cell::Right(row.target_short(self.r.lang));
            plain(vec![
                Cell::text(row.name.as_str()),
                Cell::text(row.period.as_str()),
                parts,
                point,
                bounds,
                target,
                self.verdict_of(row),
            ])
        };
        let rows = self.r.shares.iter().map(row).collect();
        blocks.push(self.table(self.t("share-heading"), &columns, rows));
        let agencies = self.r.agencies.iter().map(|row| &row.share);
        if self.r.shares.iter().chain(agencies).any(|row| row.outer) {
            let note = format!("* {}", self.t("share-outer-note"));
            blocks.push(Block::Line(Line::left(note).sized(Scale::Small)));
        }
    }

    pub(super) fn agencies(&self, blocks: &mut Vec<Block>) {
        let Some(headline) = &self.r.headline else {
            return;
        };
        self.section(blocks, self.t("agency-heading"), "");
        let of = format!("{}, {}", headline.name, headline.period);
        blocks.push(Block::Line(Line::left(of).sized(Scale::Small)));
        let columns = [
            ("column-agency", 40),
            ("column-cashless", 30),
            ("column-share", 14),
            ("column-interval", 26),
            ("column-verdict", 20),
            ("column-work", 22),
        ];
        let row = |row: &AgencyRow| {
            let [parts, point, bounds] = self.share(&row.share);
            plain(vec![
                Cell::text(row.name.as_str()),
                parts,
                point,
                bounds,
                self.verdict_of(&row.share),
                figure(row.work),
            ])
        };
        let rows = self.r.agencies.iter().map(row).collect();
        blocks.push(self.table(self.t("agency-heading"), &columns, rows));
    }

    /// The open items by class and age.
    pub(super) fn ages(&self, blocks: &mut Vec<Block>) {
        self.section(blocks, self.t("age-heading"), "age-intro");
        let list = &self.r.exceptions;
        if list.ageing.is_empty() {
            blocks.push(Block::Line(Line::left(self.t("exception-none"))));
            return;
        }
        let columns = [
            ("column-class", 30),
            ("age-today", 15),
            ("age-1", 15),
            ("age-2-3", 15),
            ("age-4-7", 15),
            ("age-more", 15),
            ("row-total", 17),
        ];
        let mut rows = Vec::new();
        for (class, ages) in &list.ageing {
            let mut cells = vec![Cell::text(class.label.as_str())];
            cells.extend(ages.map(figure));
            cells.push(Cell::figure(class.figure));
            rows.push(plain(cells));
        }
        let mut cells = vec![Cell::Text(self.t("row-total"))];
        cells.extend(list.by_age.iter().map(|(_, figure)| Cell::figure(*figure)));
        cells.push(Cell::figure(list.work));
        rows.push(strong(cells));
        blocks.push(self.table(self.t("age-heading"), &columns, rows));
    }
}
