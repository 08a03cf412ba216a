//! The looser passes, read again: a repaired code is one slip away from one dossier only, a scored
//! pair is exactly what its dossier lacked and far ahead (`margin` weighs it again).

use super::super::books::{Books, Line, Stake};
use super::super::memo::{holds_word, one_human_slip, person, squeezed};
use super::super::violation::{Findings, Invariant, text};
use crate::domain::{Text, Txn};
use crate::matching::Evidence;

pub(super) const REPAIRED: Text = text(
    "nội dung chỉ sai một ký tự so với mã của đúng một hồ sơ, cùng người nộp và số tiền",
    "the memo is one slip away from one dossier only, of this payer and amount",
);

pub(super) const SCORED: Text = text(
    "số tiền đúng bằng phần còn thiếu, đúng hạn, có căn cứ và cách xa khả năng khác",
    "it is what the dossier lacked, in time, for a reason, and far ahead of any other",
);

/// The payer of the payment and of the dossier are told and are the same.
fn payer_agrees(books: &Books, txn: &Txn, dossier: usize) -> bool {
    let payer = person(&txn.payer);
    !payer.is_empty() && payer == books.payers[dossier]
}

pub(super) fn in_window(books: &Books, txn: &Txn, dossier: usize) -> bool {
    let window = books.window(dossier);
    window.is_some_and(|(first, last)| first <= txn.paid_on && txn.paid_on <= last)
}

/// Settles with its whole amount, as long as nothing of the dossier went back. (What is net of a
/// line, or of all with the land obligations, is spread over the fees and may be too much.)
fn settles_whole(books: &Books, txn: &Txn, stake: &Stake) -> bool {
    let paid = txn.amount.wide();
    let whole = stake.surplus == 0 && stake.settled() == paid;
    let net = books.is_net_of_any(txn, stake.dossier);
    books.dossiers[stake.dossier].went_back || net || (stake.settles() && whole)
}

/// The only payment that this pass put to the dossier's credit.
fn is_only_of_pass(books: &Books, stake: &Stake) -> bool {
    let here = books.dossiers[stake.dossier].stakes.iter();
    let same = here.filter(|s| books.stakes[**s].first.pass == stake.first.pass);
    same.count() == 1
}

/// A code that does not exist, one slip away from this dossier and from no other that fits the
/// amount and may be this payer's.
pub(super) fn repaired(books: &Books, txn: &Txn, stake: &Stake) -> bool {
    let dossier = stake.dossier;
    let Evidence::OneEdit(written, code, _) = &stake.first.why else {
        return false;
    };
    let meant = squeezed(books.dossiers[dossier].code.as_str());
    let memo = squeezed(&txn.memo);
    let reference = squeezed(txn.order_ref.as_deref().unwrap_or_default());
    let stands = memo.contains(&**written) || reference == **written;
    let near = books.codes.near(written);
    let payer = person(&txn.payer);
    let rival = |other: &usize| {
        let expected = &books.payers[*other];
        let may_be_theirs = expected.is_empty() || payer == *expected;
        *other != dossier && may_be_theirs && books.fits(txn, *other)
    };
    *code == *books.dossiers[dossier].code
        && stands
        && one_human_slip(written, &meant)
        && near.contains(&dossier)
        && !near.iter().any(rival)
        && books.codes.within(&memo).is_empty()
        && payer_agrees(books, txn, dossier)
        && books.fits(txn, dossier)
        && in_window(books, txn, dossier)
        && settles_whole(books, txn, stake)
        && is_only_of_pass(books, stake)
        && books.registry_told_all()
}

/// Exactly what the dossier lacked, on a day of its window, by the payer's name or by date and
/// sequence of its code; far enough ahead, and without an equal twin that stays open.
pub(super) fn scored(books: &Books, txn: &Txn, stake: &Stake) -> bool {
    let dossier = stake.dossier;
    let Evidence::Assigned(_, margin) = &stake.first.why else {
        return false;
    };
    let memo = squeezed(&txn.memo);
    let agrees = payer_agrees(books, txn, dossier);
    let tail = holds_tail(books, &memo, dossier);
    let unnamed = txn.order_ref.as_deref().is_none_or(str::is_empty);
    *margin >= books.rules.margin_min
        && (agrees || tail)
        && unnamed
        && books.codes.within(&memo).is_empty()
        && in_window(books, txn, dossier)
        && settles_whole(books, txn, stake)
        && completes(books, stake)
        && is_only_of_pass(books, stake)
        && !has_twin(books, txn, &memo, dossier)
        && books.registry_told_all()
}

/// Date and sequence of its code stand in the memo.
pub(super) fn holds_tail(books: &Books, memo: &str, dossier: usize) -> bool {
    let code = books.dossiers[dossier].code.as_str();
    let tail = code.split_once('-').map(|(_, tail)| squeezed(tail));
    tail.is_some_and(|tail| !tail.is_empty() && memo.contains(&tail))
}

/// With it the fees are paid in full. Where something repeats, is beyond, or went back, the order
/// of time decides what is on which line, and the legs do not tell what was lacking before.
fn completes(books: &Books, stake: &Stake) -> bool {
    let dossier = &books.dossiers[stake.dossier];
    let stakes = || dossier.stakes.iter().map(|s| &books.stakes[*s]);
    let plain = stakes().all(|other| other.settles() && other.surplus == 0 && !other.undone);
    let short = |line: &Line| {
        let net = line.says("net_settlement");
        !line.land && line.gap() > 0 && !net
    };
    !plain || dossier.went_back || !books.payable(stake.dossier).any(short)
}

/// Another dossier that lacks just as much, that nothing tells apart from this one for the payment,
/// and that nobody paid.
fn has_twin(books: &Books, txn: &Txn, memo: &str, dossier: usize) -> bool {
    let payer = &books.payers[dossier];
    let (Some(same), false) = (
        books.by_payer.get(payer).filter(|_| !payer.is_empty()),
        holds_tail(books, memo, dossier),
    ) else {
        return false;
    };
    let told = |dossier: usize| {
        let lines = books.dossiers[dossier].lines.clone();
        let fees = lines.map(|line| books.lines[line].fee);
        let told = fees.map(|fee| {
            let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
            (fee.status, fee.declared_method, paid)
        });
        let code = books.dossiers[dossier].code;
        let received = code.received_on();
        (books.agency(dossier), received, told.collect::<Vec<_>>())
    };
    let alike = |other: &usize| {
        let of = &books.dossiers[*other];
        let untouched = of.stakes.is_empty() && !of.went_back && of.set.is_none();
        *other != dossier
            && untouched
            && books.due(*other) == txn.amount.wide()
            && books.payable(*other).next().is_some()
            && told(*other) == told(dossier)
            && in_window(books, txn, *other)
            && !holds_word(&txn.memo, of.code.as_str())
    };
    same.iter().any(alike)
}

/// A group carries the least score and margin of its scored payments; where there are none, it is
/// certain.
pub(super) fn scores(books: &Books, findings: &mut Findings) {
    for group in books.groups().iter().copied() {
        let went_back = group.legs.iter().any(|leg| {
            let line = books.line_of(leg);
            line.is_some_and(|line| books.dossiers[books.lines[line].dossier].went_back)
        });
        if went_back {
            continue;
        }
        let told = |leg: &crate::matching::Leg| match leg.why {
            Evidence::Assigned(score, margin) => Some((score, margin)),
            _ => None,
        };
        let told: Vec<(u16, u16)> = group.legs.iter().filter_map(told).collect();
        let score = told.iter().map(|(score, _)| *score).min().unwrap_or(1000);
        let margin = told.iter().map(|(_, margin)| *margin).min();
        if (score, margin) != (group.score, group.margin) {
            let what = text(
                "nhóm mang điểm thấp nhất của các liên kết",
                "a group carries the least score of its links",
            );
            let shown = |score: u16, margin: Option<u16>| {
                let margin = margin.map_or_else(|| "-".to_owned(), |m| m.to_string());
                format!("{score} {margin}")
            };
            let about = format!("group {}", group.id);
            let found = shown(group.score, group.margin);
            findings.add(Invariant::Rule, about, what, shown(score, margin), found);
        }
    }
}
