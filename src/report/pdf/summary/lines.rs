//! Tables of lines: exceptions that decide the verdict beyond those in full, balances of
//! statements.

use crate::report::forms::{Block, Cell, Line, Row, Scale};
use crate::report::model::BriefView;
use crate::text;

use super::{EXCEPTION_COLUMNS, Maker, plain};

impl Maker<'_> {
    /// Every exception that decides the verdict and is not told in full.
    pub(super) fn further(&self, blocks: &mut Vec<Block>) {
        let list = &self.r.exceptions.further;
        if list.is_empty() {
            return;
        }
        let n = super::count(self.r.lang, list.len());
        let heading = self.say("exception-further", &[("n", &n)]);
        blocks.push(Block::Line(Line::left(heading.as_str()).strong()));
        let row = |view: &BriefView| {
            plain(vec![
                Cell::text(view.label.as_str()),
                Cell::text(view.what.as_str()),
                Cell::text(view.agency.as_str()),
                Cell::Right(self.age(view.age_days)),
                Cell::Right(view.stake(self.r.lang)),
            ])
        };
        blocks.push(self.table(heading, &EXCEPTION_COLUMNS, list.iter().map(row).collect()));
    }

    /// Opening and movements of each statement against its closing balance.
    pub(super) fn balances(&self, blocks: &mut Vec<Block>) {
        let list = &self.r.balances;
        if list.is_empty() {
            return;
        }
        let heading = self.t("balance-heading");
        blocks.push(Block::Line(Line::section(heading.as_str())));
        let intro = Line::left(self.t("balance-intro")).sized(Scale::Small);
        blocks.push(Block::Line(intro));
        let columns = [
            ("column-source", 30),
            ("balance-opening", 18),
            ("balance-credits", 17),
            ("balance-debits", 17),
            ("balance-closing", 18),
            ("column-difference", 30),
        ];
        let money = |dong: Option<i128>| {
            let said = dong.map(|dong| text::money(self.r.lang, dong));
            said.unwrap_or_else(|| "—".to_owned())
        };
        let rows = list.iter().map(|balance| {
            let source = format!("{} {}", balance.source, balance.account);
            // the fonts of the paper have no ticks
            let note = balance.note(self.r.lang);
            let note = note.trim_start_matches(['✓', '✕', ' ']);
            let difference = format!("{} {note}", money(balance.difference));
            plain(vec![
                Cell::Text(source.trim().to_owned()),
                Cell::Right(money(balance.opening)),
                Cell::Right(money(Some(balance.credits))),
                Cell::Right(money(Some(balance.debits))),
                Cell::Right(money(balance.closing)),
                Cell::Text(difference),
            ])
        });
        let rows: Vec<Row> = rows.collect();
        blocks.push(self.table(heading, &columns, rows));
    }
}
