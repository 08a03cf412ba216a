//! Which stored rows of a day the statements of an account do not have. Pure.
//!
//! - Every statement that ties and covers the day should have all of its rows. One that lies apart
//!   from its neighbours gives way to those that do not.
//! - Statements of parts of a day, one of which closes as the other opens, tell it together.
//! - One whose rows another has, too, was written earlier: the other counts.
//! - Of several that contradict each other nobody knows which is right: what one of them lacks is
//!   too much.
//! - Where two statements of the day do not hang together at all there is a gap between them, and
//!   nothing is too much. Nor is it where one that is cut, and that nobody heals, has all these
//!   rows and more: it may be the later one.

use std::collections::BTreeSet;

use crate::domain::Day;
use crate::store::AccountStatement;

/// How far a statement is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// It ties by its balances and hangs together with the others.
    Firm,
    /// It ties, and does not open as the one before it closed.
    Apart,
    /// Something in it is wrong, and nobody tells what it lacks.
    Standing,
    /// It counts no more, or there is nothing to hold it against.
    Past,
}

/// A statement and the ids of the rows of its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'s, 'i> {
    pub(super) statement: &'s AccountStatement,
    pub(super) rank: Rank,
    pub(super) ids: &'i BTreeSet<Box<str>>,
}

/// What was found of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged<'s, 'r> {
    /// The statement that counts.
    pub(super) statement: &'s AccountStatement,
    /// The rows of the day that it has, with the other parts of the day.
    pub(super) told: BTreeSet<&'r str>,
    /// The rows that are too much.
    pub(super) extra: BTreeSet<&'r str>,
}

/// Statements that tell a day together, and their rows of it.
#[derive(Clone, Debug)]
struct Part<'s, 'r> {
    of: Vec<&'s AccountStatement>,
    rows: BTreeSet<&'r str>,
}

/// Judges the rows `stored` of a day by the statements of its account; none where nothing can be
/// said.
pub(super) fn day<'s, 'r>(
    day: Day,
    told: &[&Told<'s, '_>],
    stored: &BTreeSet<&'r str>,
) -> Option<Judged<'s, 'r>> {
    let covers = |t: &&&Told<'s, '_>| (t.statement.from..=t.statement.whole_to).contains(&day);
    let ties = |t: &&&Told<'s, '_>| matches!(t.rank, Rank::Firm | Rank::Apart);
    let has = |t: &Told<'s, '_>| -> BTreeSet<&'r str> {
        let own = stored.iter().filter(|id| t.ids.contains(**id));
        own.copied().collect()
    };
    let mut sound: Vec<&&Told<'s, '_>> = told.iter().filter(ties).filter(covers).collect();
    // but for two of the day with a gap between them, of which both count
    let firm: Vec<&AccountStatement> = sound
        .iter()
        .filter(|t| t.rank == Rank::Firm)
        .map(|t| t.statement)
        .collect();
    sound.retain(|t| {
        let beside = firm.iter().all(|other| is_gap(t.statement, other, day));
        t.rank == Rank::Firm || beside
    });
    let parts = sound.iter().map(|t| Part {
        of: vec![t.statement],
        rows: has(t),
    });
    let parts = latest(together(parts.collect(), day));
    let apart = |a: &Part<'_, '_>, b: &Part<'_, '_>| {
        a.of.iter().all(|a| b.of.iter().all(|b| is_gap(a, b, day)))
    };
    let pairs = || parts.iter().enumerate();
    if pairs().any(|(at, a)| parts[..at].iter().any(|b| apart(a, b))) {
        return None;
    }
    let standing = told.iter().filter(|t| t.rank == Rank::Standing);
    let longer = |t: &&Told<'s, '_>| {
        let within = (t.statement.from..=t.statement.to).contains(&day);
        let rows = has(t);
        let holds = |part: &Part<'_, '_>| !part.rows.is_empty() && part.rows.is_subset(&rows);
        within && parts.iter().any(holds)
    };
    if standing.into_iter().any(longer) {
        return None;
    }
    // a row of a statement of other days is that statement's matter
    let elsewhere = |id: &str| {
        let others = told.iter().filter(ties).filter(|t| !covers(t));
        others.into_iter().any(|t| t.ids.contains(id))
    };
    let lacks = |id: &&str| parts.iter().any(|part| !part.rows.contains(*id));
    let extra = stored.iter().filter(|id| lacks(id) && !elsewhere(id));
    // of several the newest
    let newest = |part: &&Part<'s, 'r>| part.of.iter().map(|s| (s.night, &s.name)).max();
    let counts = parts.iter().max_by_key(newest)?;
    Some(Judged {
        statement: counts.of.first()?,
        told: counts.rows.clone(),
        extra: extra.copied().collect(),
    })
}

/// Puts parts of a day together, one of which closes as the other opens.
fn together<'s, 'r>(mut parts: Vec<Part<'s, 'r>>, day: Day) -> Vec<Part<'s, 'r>> {
    let follows = |a: &AccountStatement, b: &AccountStatement| {
        a.to == day && b.from == day && a.closing == b.opening && a.opening != b.opening
    };
    let links = |a: &Part<'_, '_>, b: &Part<'_, '_>| {
        let either = |a: &&AccountStatement| {
            let links = |b: &&AccountStatement| follows(a, b) || follows(b, a);
            b.of.iter().any(links)
        };
        a.of.iter().any(either)
    };
    let mut all: Vec<Part<'s, 'r>> = Vec::new();
    while let Some(mut part) = parts.pop() {
        while let Some(at) = all.iter().position(|other| links(&part, other)) {
            let other = all.swap_remove(at);
            part.of.extend(other.of);
            part.rows.extend(other.rows);
        }
        all.push(part);
    }
    all
}

/// Those whose rows no other has and more.
fn latest<'s, 'r>(parts: Vec<Part<'s, 'r>>) -> Vec<Part<'s, 'r>> {
    let mut kept: Vec<Part<'s, 'r>> = Vec::new();
    for part in parts {
        if kept.iter().any(|other| part.rows.is_subset(&other.rows)) {
            continue;
        }
        kept.retain(|other| !other.rows.is_subset(&part.rows));
        kept.push(part);
    }
    kept
}

/// True for two statements that end and begin on a day and have no balance in common.
fn is_gap(a: &AccountStatement, b: &AccountStatement, day: Day) -> bool {
    let meets = |a: &AccountStatement, b: &AccountStatement| a.to == day && b.from == day;
    let begins = a.from == b.from && a.opening == b.opening;
    let ends = a.to == b.to && a.closing == b.closing;
    (meets(a, b) || meets(b, a)) && !begins && !ends
}
