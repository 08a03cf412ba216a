//! What is decided, and about what, in words.

use crate::decision::Action;
use crate::domain::{Lang, Side};
use crate::report::model::ruling_word;
use crate::text;

pub(super) fn side_word(lang: Lang, side: Side) -> String {
    let key = match side {
        Side::Fee => "side-fee",
        Side::Receipt => "side-receipt",
        Side::Txn => "side-txn",
    };
    text::say(lang, key, &[])
}

/// What was decided, as the workbook's drop-down has it.
pub(super) fn action_word(lang: Lang, action: &Action) -> String {
    let key = match action {
        Action::Rule(ruling) => return ruling_word(lang, ruling),
        Action::Undo => "choice-undo",
        Action::Assign(_) => "ruling-assign",
    };
    text::say(lang, key, &[])
}
