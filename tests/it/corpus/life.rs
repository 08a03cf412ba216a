//! The life of one dossier that is paid without cash: one shape, what came after it, and any number
//! of defects at once. Classes follow from what was done, never from looking at the result.

use super::memo::Writing;
use super::rows::{GATEWAYS, PORTAL};
use super::town::Town;

/// How the money comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Whole,
    ByLine,
    Instalments,
    Partial,
    Under,
    Over,
    Net,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    DuplicateOrder,
    DuplicatePayer,
    DuplicateCode,
    RefundWhole,
    RefundPart,
    RefundSurplus,
    RefundDuplicate,
    Reversal,
    ReversalThenPaid,
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Own,
    Relative,
    Untold,
}

/// The same payment in a second source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Once,
    ByName,
    ByCode,
    ByFeed,
}

/// What is done to one dossier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) shape: Shape,
    pub(crate) after: After,
    pub(crate) who: Who,
    pub(crate) seen: Seen,
    /// None is a bank line.
    pub(crate) gateway: Option<&'static str>,
    pub(crate) late: bool,
    pub(crate) early: bool,
    pub(crate) cash_declared: bool,
    pub(crate) cutoff: bool,
    pub(crate) no_receipt: bool,
    pub(crate) denied: bool,
    pub(crate) wrong_account: bool,
}

impl Life {
    /// Paid whole and in order, by some means.
    pub(crate) fn clean(town: &mut Town) -> Self {
        let all = [GATEWAYS[0], GATEWAYS[1], GATEWAYS[2], PORTAL, PORTAL];
        let gateway = town.dice.chance(560).then(|| town.dice.pick(&all));
        let own = [(7, Who::Own), (2, Who::Untold), (1, Who::Relative)];
        Self {
            shape: Shape::Whole,
            after: After::Nothing,
            who: town.dice.weighted(&own),
            seen: Seen::Once,
            gateway,
            late: false,
            early: false,
            cash_declared: false,
            cutoff: false,
            no_receipt: false,
            denied: false,
            wrong_account: false,
        }
    }

    /// The names of what was done, joined by `+`.
    pub(crate) fn defect(&self, writing: Option<Writing>) -> String {
        let mut names: Vec<&str> = Vec::new();
        names.extend(match self.shape {
            Shape::Whole => None,
            Shape::ByLine => Some("by_line"),
            Shape::Instalments => Some("instalments"),
            Shape::Partial => Some("partial"),
            Shape::Under => Some("underpaid"),
            Shape::Over => Some("overpaid"),
            Shape::Net => Some("net_settlement"),
        });
        names.extend(match self.after {
            After::Nothing => None,
            After::DuplicateOrder => Some("duplicate_order"),
            After::DuplicatePayer => Some("duplicate_payer"),
            After::DuplicateCode => Some("duplicate_code"),
            After::RefundWhole => Some("refund_whole"),
            After::RefundPart => Some("refund_part"),
            After::RefundSurplus => Some("refund_surplus"),
            After::RefundDuplicate => Some("refund_duplicate"),
            After::Reversal => Some("reversal"),
            After::ReversalThenPaid => Some("reversal_paid_again"),
        });
        names.extend(match self.seen {
            Seen::Once => None,
            Seen::ByName => Some("sighting_named"),
            Seen::ByCode => Some("sighting_coded"),
            Seen::ByFeed => Some("sighting_feed"),
        });
        let flags = [
            (self.late, "late"),
            (self.early, "before_dossier"),
            (self.cash_declared, "method"),
            (self.cutoff, "cutoff"),
            (self.no_receipt, "no_e_receipt"),
            (self.denied, "status"),
            (self.wrong_account, "wrong_account"),
            (self.who == Who::Relative, "other_payer"),
        ];
        names.extend(flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name));
        names.extend(writing.and_then(writing_name));
        if names.is_empty() {
            names.push("clean");
        }
        names.join("+")
    }
}

fn writing_name(writing: Writing) -> Option<&'static str> {
    match writing {
        Writing::Bare => None,
        Writing::Words => Some("memo_words"),
        Writing::Squeezed => Some("memo_squeezed"),
        Writing::Blanks => Some("memo_blanks"),
        Writing::Broken => Some("memo_broken"),
        Writing::Glued => Some("memo_glued"),
        Writing::Small => Some("memo_small"),
        Writing::Wide => Some("memo_wide"),
    }
}

/// The order in which classes name a row.
const ORDER: &[&str] = &[
    "reversed",
    "refunded",
    "partial_refund",
    "duplicate",
    "wrong_agency",
    "overpaid",
    "net_settlement",
    "underpaid",
    "partial",
    "receipt_mismatch",
    "method_mismatch",
    "late",
    "cutoff",
    "status_mismatch",
    "no_e_receipt",
];

/// The first of the classes that a row has.
pub(crate) fn first(classes: &[&str]) -> &'static str {
    let found = ORDER.iter().find(|class| classes.contains(class));
    found.copied().unwrap_or("ok")
}
