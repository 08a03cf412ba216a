//! PURE: what a camt message tells of being whole: its pages, and what its entries add up to.

use super::State;
use crate::format::message::{Page, Piece, Sums};

impl State<'_> {
    /// The pages of a statement.
    pub(super) fn of_pages(&mut self, place: &str, text: &str) {
        match place {
            "/StmtPgntn/PgNb" | "/RptPgntn/PgNb" | "/NtfctnPgntn/PgNb" => {
                if let Ok(number) = text.parse() {
                    self.say(Piece::Page(Page::Number(number, false)));
                    self.say(Piece::Page(Page::Follows(number > 1)));
                }
            }
            "/StmtPgntn/LastPgInd" | "/RptPgntn/LastPgInd" | "/NtfctnPgntn/LastPgInd" => {
                self.say(Piece::Page(Page::GoesOn(goes_on(text))));
            }
            _ => {}
        }
    }

    /// The pages of the message: a statement may begin on one and end on the next.
    pub(super) fn of_message(&mut self, text: &str) {
        if self.path.ends_with("/PgNb") {
            self.page.0 = text.parse().ok();
        } else if self.path.ends_with("/LastPgInd") {
            self.page.1 = goes_on(text);
        }
    }

    /// `TtlNtries`, `TtlCdtNtries` and `TtlDbtNtries` with their counts and sums.
    pub(super) fn of_sums(&mut self, below: &str, text: &str) {
        let field = below.get(1..).and_then(|b| b.split_once('/'));
        if let Some((_, field)) = field {
            match field {
                "NbOfNtries" => self.sums.count = text.into(),
                "Sum" => self.sums.sum = text.into(),
                _ => {}
            }
            return;
        }
        let sums = std::mem::replace(&mut self.sums, no_sums());
        let credit = match below {
            "/TtlNtries" => None,
            "/TtlCdtNtries" => Some(true),
            "/TtlDbtNtries" => Some(false),
            _ => return,
        };
        let line = self.line;
        self.say(Piece::Sums(Sums {
            line,
            credit,
            ..sums
        }));
    }

    /// A statement begins. The first of a message goes on where the page before ended.
    pub(super) fn begin(&mut self, id: &str) {
        self.named = true;
        (self.sink)(Piece::Statement(id.into()));
        if let (false, Some(number)) = (self.begun, self.page.0) {
            (self.sink)(Piece::Page(Page::Number(number, true)));
            (self.sink)(Piece::Page(Page::Follows(number > 1)));
        }
        self.begun = true;
    }

    /// The end of the message: its last statement goes on where the message does.
    pub(super) fn end(&mut self) {
        if !self.begun || !self.page.1 {
            return;
        }
        if let Some(number) = self.page.0 {
            (self.sink)(Piece::Page(Page::Number(number, true)));
        }
        (self.sink)(Piece::Page(Page::GoesOn(true)));
    }
}

pub(super) fn no_sums() -> Sums {
    Sums {
        line: 0,
        credit: None,
        count: "".into(),
        sum: "".into(),
    }
}

/// What `LastPgInd` says.
fn goes_on(text: &str) -> bool {
    matches!(text, "false" | "0")
}
