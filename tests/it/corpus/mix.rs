//! Mixes: which stories a corpus is made of, and how often each is told.

use super::cash::{self, Cash, Paper};
use super::keys::{self, Hit, SLIPS};
use super::lately::{self, Lately};
use super::life::{After, Life, Seen, Shape, Who};
use super::strangers;
use super::sums;
use super::tangled;
use super::told;
use super::town::Town;

/// One story.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Story {
    /// Paid without cash, by this shape and what came after; with further defects so many times in
    /// a thousand.
    Life(Shape, After, i64),
    /// One defect of a life, on an ordinary payment.
    Flag(Flag),
    /// The same payment in a second source.
    Twin(Seen),
    /// At the counter.
    Cash(Paper, i64),
    /// Nothing is paid.
    Nothing(&'static str),
    /// A slip in the code.
    Slip(usize),
    /// A slip in the code by somebody who is not the fee's payer.
    SlipOfOther(usize),
    /// A cut memo.
    Cut,
    /// A slip that is another dossier.
    Trap(Hit),
    /// A stranger's payment before the payer's.
    StrangerFirst,
    /// One payment for several dossiers: less a fee, late.
    NToOne(bool, bool),
    /// Two codes, one amount.
    TwoCodes,
    /// One payer of so many.
    Many(i64),
    /// A row on its own.
    Alone(&'static str),
    /// A refund of a dossier without money.
    RefundOfNothing,
    /// So many equal amounts without reference.
    NoReference(i64),
    /// As many payments as fees, into one agency's account.
    Certified,
    /// Payer and amount, no code.
    PayerOnly,
    /// Failed, void or pending.
    Attempt(&'static str),
    /// One id with two contents.
    Conflict(&'static str),
    /// Not readable.
    Reject,
    /// The registry is not sure, or cannot be read; units that were merged.
    Lately(Lately),
    /// Money that takes several roads.
    Tangled,
    /// By a person.
    Decided(&'static str),
}

/// One defect of a life.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flag {
    Late,
    Early,
    Method,
    Cutoff,
    NoReceipt,
    Denied,
    WrongAccount,
    OtherPayer,
}

/// Mostly in order, as a district is; defects at the rates that practice tells.
pub(crate) const EVERYDAY: &[(u32, Story)] = &[
    (9_200, Story::Life(Shape::Whole, After::Nothing, 10)),
    (350, Story::Life(Shape::ByLine, After::Nothing, 0)),
    (60, Story::Life(Shape::Instalments, After::Nothing, 0)),
    (25, Story::Life(Shape::Net, After::Nothing, 0)),
    (20, Story::Life(Shape::Under, After::Nothing, 0)),
    (20, Story::Life(Shape::Over, After::Nothing, 0)),
    (10, Story::Life(Shape::Partial, After::Nothing, 0)),
    (8, Story::Life(Shape::Whole, After::DuplicateOrder, 0)),
    (8, Story::Life(Shape::Whole, After::DuplicatePayer, 0)),
    (10, Story::Life(Shape::Whole, After::RefundWhole, 0)),
    (10, Story::Life(Shape::Whole, After::RefundPart, 0)),
    (6, Story::Life(Shape::Whole, After::Reversal, 0)),
    (100, Story::Flag(Flag::Late)),
    (30, Story::Flag(Flag::Method)),
    (25, Story::Flag(Flag::Cutoff)),
    (15, Story::Flag(Flag::NoReceipt)),
    (30, Story::Twin(Seen::ByName)),
    (1_500, Story::Cash(Paper::InOrder, 20)),
    (20, Story::Cash(Paper::Rewritten, 0)),
    (15, Story::Cash(Paper::Missing, 0)),
    (8, Story::Cash(Paper::Mismatch, 0)),
    (350, Story::Nothing("zero_fee")),
    (450, Story::Nothing("exempt")),
    (60, Story::Nothing("land_obligation")),
    (30, Story::Nothing("missing_payment")),
    (120, Story::Nothing("unpaid")),
    (100, Story::Nothing("not_due")),
    (10, Story::Nothing("void")),
    (20, Story::Slip(0)),
    (5, Story::Slip(3)),
    (10, Story::Cut),
    (5, Story::Trap(Hit::PaidOther)),
    (40, Story::NToOne(false, false)),
    (5, Story::Many(20)),
    (15, Story::Alone("orphan")),
    (10, Story::Alone("foreign")),
    (40, Story::Alone("noise")),
    (20, Story::Alone("outgoing")),
    (2, Story::NoReference(3)),
    (60, Story::Attempt("failed")),
    (5, Story::Attempt("pending")),
    (1, Story::Conflict("txn")),
    (1, Story::Reject),
    (10, Story::Lately(Lately::Pending)),
    (1, Story::Lately(Lately::FeeReject)),
    (60, Story::Lately(Lately::Succession)),
];

/// Every story and every class, with defects upon defects.
pub(crate) const HARD: &[(u32, Story)] = &[
    (24, Story::Life(Shape::Whole, After::Nothing, 350)),
    (5, Story::Life(Shape::ByLine, After::Nothing, 300)),
    (5, Story::Life(Shape::Instalments, After::Nothing, 300)),
    (7, Story::Life(Shape::Partial, After::Nothing, 200)),
    (8, Story::Life(Shape::Under, After::Nothing, 300)),
    (8, Story::Life(Shape::Over, After::Nothing, 300)),
    (8, Story::Life(Shape::Net, After::Nothing, 300)),
    (3, Story::Life(Shape::Whole, After::DuplicateOrder, 300)),
    (3, Story::Life(Shape::Whole, After::DuplicatePayer, 300)),
    (3, Story::Life(Shape::Whole, After::DuplicateCode, 300)),
    (6, Story::Life(Shape::Whole, After::RefundWhole, 300)),
    (7, Story::Life(Shape::Whole, After::RefundPart, 300)),
    (3, Story::Life(Shape::Over, After::RefundSurplus, 300)),
    (3, Story::Life(Shape::Whole, After::RefundDuplicate, 300)),
    (5, Story::Life(Shape::Whole, After::Reversal, 200)),
    (5, Story::Life(Shape::Whole, After::ReversalThenPaid, 300)),
    (5, Story::Flag(Flag::Late)),
    (3, Story::Flag(Flag::Early)),
    (5, Story::Flag(Flag::Method)),
    (6, Story::Flag(Flag::Cutoff)),
    (8, Story::Flag(Flag::NoReceipt)),
    (7, Story::Flag(Flag::Denied)),
    (7, Story::Flag(Flag::WrongAccount)),
    (4, Story::Flag(Flag::OtherPayer)),
    (4, Story::Twin(Seen::ByName)),
    (4, Story::Twin(Seen::ByCode)),
    (4, Story::Twin(Seen::ByFeed)),
    (8, Story::Cash(Paper::InOrder, 300)),
    (3, Story::Cash(Paper::Rewritten, 300)),
    (2, Story::Cash(Paper::Voided, 0)),
    (4, Story::Cash(Paper::Missing, 0)),
    (6, Story::Cash(Paper::Mismatch, 200)),
    (3, Story::Cash(Paper::Twice, 300)),
    (2, Story::Cash(Paper::Astray, 0)),
    (2, Story::Cash(Paper::AndBank, 300)),
    (7, Story::Nothing("zero_fee")),
    (7, Story::Nothing("exempt")),
    (9, Story::Nothing("land_obligation")),
    (4, Story::Nothing("missing_payment")),
    (4, Story::Nothing("unpaid")),
    (7, Story::Nothing("not_due")),
    (4, Story::Nothing("void")),
    (2, Story::Nothing("status_mismatch")),
    (6, Story::Slip(0)),
    (3, Story::Slip(1)),
    (3, Story::Slip(2)),
    (3, Story::Slip(3)),
    (3, Story::Slip(4)),
    (3, Story::Slip(5)),
    (4, Story::Slip(6)),
    (3, Story::Slip(7)),
    (8, Story::SlipOfOther(0)),
    (2, Story::SlipOfOther(1)),
    (6, Story::Cut),
    (2, Story::Trap(Hit::OpenSame)),
    (2, Story::Trap(Hit::PaidSame)),
    (2, Story::Trap(Hit::PaidOther)),
    (2, Story::Trap(Hit::OpenOther)),
    (2, Story::StrangerFirst),
    (3, Story::NToOne(false, false)),
    (2, Story::NToOne(true, false)),
    (1, Story::NToOne(false, true)),
    (3, Story::TwoCodes),
    (1, Story::Many(12)),
    (8, Story::Alone("orphan")),
    (8, Story::Alone("foreign")),
    (4, Story::Alone("noise")),
    (1, Story::Alone("pos")),
    (8, Story::Alone("outgoing")),
    (5, Story::Alone("unlinked_refund")),
    (4, Story::RefundOfNothing),
    (1, Story::NoReference(5)),
    (1, Story::Certified),
    (2, Story::PayerOnly),
    (8, Story::Attempt("failed")),
    (4, Story::Attempt("void")),
    (8, Story::Attempt("pending")),
    (5, Story::Conflict("txn")),
    (2, Story::Conflict("fee")),
    (2, Story::Conflict("receipt")),
    (10, Story::Reject),
    (4, Story::Lately(Lately::Pending)),
    (4, Story::Lately(Lately::PendingPaid)),
    (3, Story::Lately(Lately::FeeReject)),
    (3, Story::Lately(Lately::FeeRejectPaid)),
    (6, Story::Lately(Lately::Succession)),
    (3, Story::Lately(Lately::NewCode)),
    (34, Story::Tangled),
    (3, Story::Decided("decided_pair")),
    (11, Story::Decided("decision_stale")),
    (2, Story::Decided("decided_not_fee")),
];

/// Tells one story.
pub(crate) fn tell(town: &mut Town, story: Story) {
    match story {
        Story::Life(shape, after, more) => life(town, shape, after, more),
        Story::Flag(flag) => flagged(town, flag),
        Story::Twin(seen) => twin(town, seen),
        Story::Cash(paper, more) => at_the_counter(town, paper, more),
        Story::Nothing(class) => cash::nothing(town, class),
        Story::Slip(n) => keys::slip(town, SLIPS[n].0, SLIPS[n].1, true),
        Story::SlipOfOther(n) => keys::slip(town, SLIPS[n].0, "typo_other_payer", false),
        Story::Cut => keys::cut(town),
        Story::Trap(hit) => keys::trap(town, hit),
        Story::StrangerFirst => keys::stranger_first(town),
        Story::NToOne(net, late) => sums::n_to_one(town, net, late),
        Story::TwoCodes => sums::two_codes(town),
        Story::Many(count) => sums::many_of_one(town, count),
        Story::Alone(what) => strangers::alone(town, what),
        Story::RefundOfNothing => strangers::refund_of_nothing(town),
        Story::NoReference(count) => strangers::no_reference(town, count),
        Story::Certified => strangers::certified(town),
        Story::PayerOnly => strangers::payer_only(town),
        Story::Attempt(status) => strangers::attempts(town, status),
        Story::Conflict(side) => strangers::conflict(town, side),
        Story::Reject => strangers::reject(town),
        Story::Lately(what) => lately::tell(town, what),
        Story::Tangled => tangled::tell(town),
        Story::Decided(what) => strangers::decided(town, what),
    }
}

fn life(town: &mut Town, shape: Shape, after: After, more: i64) {
    let mut life = Life {
        shape,
        after,
        ..Life::clean(town)
    };
    let whole = matches!((shape, after), (Shape::Whole, After::Nothing));
    if !whole {
        life.who = Who::Own;
    }
    match after {
        After::DuplicateOrder => life.gateway = Some(town.dice.pick(&["momo", "vnpay", "portal"])),
        After::DuplicatePayer => life.gateway = None,
        _ => {}
    }
    add(town, &mut life, more);
    told::any(town, &life);
}

/// Further defects, each so many times in a thousand.
fn add(town: &mut Town, life: &mut Life, more: i64) {
    let mut yes = || town.dice.chance(more);
    (life.late, life.cash_declared, life.cutoff) = (yes(), yes(), yes());
    life.no_receipt = yes();
    let undone = matches!(
        life.after,
        After::Reversal | After::ReversalThenPaid | After::RefundWhole
    );
    life.denied = yes() && !undone;
    life.wrong_account = yes() && life.gateway.is_none() && !undone;
    life.early = yes() && !life.late;
    let alone = life.after == After::Nothing;
    if yes() && alone && matches!(life.shape, Shape::Under | Shape::Over) && life.gateway.is_none()
    {
        life.who = Who::Relative;
    }
    if yes() && alone && matches!(life.shape, Shape::Whole | Shape::Over) {
        life.seen = match life.gateway {
            None => Seen::ByFeed,
            Some(_) => town.dice.pick(&[Seen::ByName, Seen::ByCode]),
        };
    }
}

fn flagged(town: &mut Town, flag: Flag) {
    let mut life = Life::clean(town);
    match flag {
        Flag::Late => life.late = true,
        Flag::Early => life.early = true,
        Flag::Method => life.cash_declared = true,
        Flag::Cutoff => life.cutoff = true,
        Flag::NoReceipt => life.no_receipt = true,
        Flag::Denied => life.denied = true,
        Flag::WrongAccount => (life.wrong_account, life.gateway) = (true, None),
        Flag::OtherPayer => life.who = Who::Relative,
    }
    told::any(town, &life);
}

fn twin(town: &mut Town, seen: Seen) {
    let mut life = Life::clean(town);
    life.seen = seen;
    life.gateway = match seen {
        Seen::ByFeed | Seen::Once => None,
        Seen::ByName | Seen::ByCode => Some(town.dice.pick(&["momo", "vnpay", "zalopay"])),
    };
    told::any(town, &life);
}

fn at_the_counter(town: &mut Town, paper: Paper, more: i64) {
    let mut yes = || town.dice.chance(more);
    let counter = Cash {
        late: yes(),
        declared_cashless: yes(),
        denied: yes(),
        paper,
    };
    cash::tell(town, counter);
}
