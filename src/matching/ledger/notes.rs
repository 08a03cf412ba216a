//! What is asked of a settled ledger again and again: where its money stands, line by line. A large
//! ledger notes it once; in a small one it is looked up.

use rustc_hash::FxHashSet;

use super::super::pool::{Index, at};
use super::{Effect, Entry, Ledger, Line, Returned};

/// With more lines and money rows than this a ledger is large.
const SMALL: usize = 24;

/// An entry on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct On {
    /// Its place among the entries.
    pub entry: usize,
    /// What it settled of the line, in dong.
    pub part: i128,
    /// Of it, sent back.
    pub back: i128,
}

/// The notes of a large ledger.
#[derive(Clone, Debug)]
pub(super) struct Notes {
    /// What its fees lack, land obligations left out.
    lacking: i128,
    /// The same once what came and went back is gone for good.
    may_lack: i128,
    /// The entries on each line.
    on: Vec<Vec<On>>,
    /// The returns that took from each line, or are shown on it.
    returns: Vec<Vec<usize>>,
    /// The number of live payments for each line.
    live: Vec<usize>,
    /// The lines for which a payment did not reach.
    spread: Vec<bool>,
    /// The first fee that lacks something.
    first_lacking: Option<usize>,
    /// What each line lacks, in order of amount.
    lackings: Vec<i128>,
    /// The amounts of entries that are not undone.
    amounts: FxHashSet<i128>,
}

impl Notes {
    /// Of a settled ledger; none where it is small, unless it is called `large`.
    pub(super) fn of(ledger: &Ledger, large: bool) -> Option<Box<Self>> {
        let size = ledger.lines.len() + ledger.entries.len() + ledger.returns.len();
        (large || size > SMALL).then(|| Box::new(Self::new(ledger)))
    }

    fn new(ledger: &Ledger) -> Self {
        let lines = ledger.lines.len();
        let mut notes = Self {
            lacking: lacking(ledger),
            may_lack: may_lack(ledger),
            on: vec![Vec::new(); lines],
            returns: vec![Vec::new(); lines],
            live: vec![0; lines],
            spread: vec![false; lines],
            first_lacking: ledger
                .lines
                .iter()
                .position(|line| !line.land && line.lacking() > 0),
            lackings: ledger.lines.iter().map(Line::lacking).collect(),
            amounts: FxHashSet::default(),
        };
        notes.lackings.sort_unstable();
        let there = ledger.entries.iter().filter(|entry| !entry.reversed);
        notes.amounts.extend(there.map(|entry| entry.credit.amount));
        let (mut spread, mut live) = (false, 0);
        for (e, entry) in ledger.entries.iter().enumerate() {
            for (l, part) in &entry.parts {
                add(&mut notes.on[*l], e).part += part;
            }
            for (l, back) in &entry.sent_back {
                if let Some(on) = notes.on[*l].last_mut().filter(|on| on.entry == e) {
                    on.back += back;
                }
            }
            if entry.effect != Effect::Settles {
                continue;
            }
            let counts = usize::from(!entry.reversed);
            let mut mine: Vec<usize> = entry.parts.iter().map(|(l, _)| *l).collect();
            match &entry.credit.lines {
                // for every fee, whether it reached it or not
                None if entry.is_spread() => {
                    (spread, live) = (true, live + counts);
                    mine.retain(|l| ledger.lines[*l].land);
                }
                Some(only) if entry.is_spread() => {
                    let fees = only.iter().filter_map(|fee| ledger.place(*fee));
                    mine.extend(fees.filter(|l| !ledger.lines[*l].land));
                }
                _ => {}
            }
            mine.sort_unstable();
            mine.dedup();
            for l in mine {
                notes.live[l] += counts;
                notes.spread[l] |= entry.short;
            }
        }
        let fees = (0..lines).filter(|l| !ledger.lines[*l].land);
        for l in fees {
            notes.live[l] += live;
            notes.spread[l] |= spread;
        }
        for (r, back) in ledger.returns.iter().enumerate() {
            for (l, _) in &back.parts {
                let of = notes.returns.get_mut(*l);
                if let Some(of) = of.filter(|of| of.last() != Some(&r)) {
                    of.push(r);
                }
            }
        }
        notes
    }
}

/// The place of an entry among those of a line.
fn add(list: &mut Vec<On>, entry: usize) -> &mut On {
    let known = list.last().is_some_and(|on| on.entry == entry);
    if !known {
        list.push(On {
            entry,
            part: 0,
            back: 0,
        });
    }
    let last = list.len() - 1;
    &mut list[last]
}

fn lacking(ledger: &Ledger) -> i128 {
    let fees = ledger.lines.iter().filter(|line| !line.land);
    fees.map(Line::lacking).sum()
}

fn may_lack(ledger: &Ledger) -> i128 {
    let fees = ledger.lines.iter().filter(|line| !line.land);
    fees.map(|line| line.lacking() + line.given_back()).sum()
}

impl Ledger {
    /// The place of a fee among the lines; none where money cannot settle it.
    pub fn place(&self, fee: Index) -> Option<usize> {
        self.lines.binary_search_by_key(&fee, |line| line.fee).ok()
    }

    /// The line of a fee; none where money cannot settle it.
    pub fn line_of(&self, fee: usize) -> Option<&Line> {
        let place = self.lines.binary_search_by_key(&fee, |line| at(line.fee));
        self.lines.get(place.ok()?)
    }

    /// What its fees lack, land obligations left out, in dong.
    pub fn lacking(&self) -> i128 {
        let noted = self.notes.as_ref();
        noted.map_or_else(|| lacking(self), |notes| notes.lacking)
    }

    /// What its fees lack once money that came and went back is gone for good, in dong.
    pub fn may_lack(&self) -> i128 {
        let noted = self.notes.as_ref();
        noted.map_or_else(|| may_lack(self), |notes| notes.may_lack)
    }

    /// What each line lacks, in order of amount; none where there are few.
    pub(in crate::matching) fn lackings(&self) -> Option<&[i128]> {
        Some(&self.notes.as_ref()?.lackings)
    }

    /// True when money of this amount stands in it that is not undone.
    pub(in crate::matching) fn has_amount(&self, amount: i128) -> bool {
        if let Some(notes) = &self.notes {
            return notes.amounts.contains(&amount);
        }
        let mut entries = self.entries.iter();
        entries.any(|entry| !entry.reversed && entry.credit.amount == amount)
    }

    /// The entries that settled some of a line, undone ones too, in order.
    pub fn on(&self, l: usize) -> impl Iterator<Item = On> {
        let noted = self.notes.as_ref().map(|notes| notes.on[l].iter().copied());
        let entries = self.entries.iter().enumerate();
        let looked_up = noted.is_none().then(|| {
            entries.filter_map(move |(e, entry)| {
                let sum = |parts: &[(usize, i128)]| -> i128 {
                    let mine = parts.iter().filter(|(line, _)| *line == l);
                    mine.map(|(_, dong)| dong).sum()
                };
                let any = entry.parts.iter().any(|(line, _)| *line == l);
                any.then(|| On {
                    entry: e,
                    part: sum(&entry.parts),
                    back: sum(&entry.sent_back),
                })
            })
        });
        let noted = noted.into_iter().flatten();
        noted.chain(looked_up.into_iter().flatten())
    }

    /// The returns that took from a line, or are shown on it, in order.
    pub fn returns_on(&self, l: usize) -> impl Iterator<Item = &Returned> {
        let noted = self.notes.as_ref().map(|notes| &notes.returns[l]);
        let all = noted.is_none().then(|| self.returns.iter());
        let looked_up = all.into_iter().flatten();
        let looked_up = looked_up.filter(move |back| back.parts.iter().any(|(on, _)| *on == l));
        let noted = noted.into_iter().flatten().map(|r| &self.returns[*r]);
        noted.chain(looked_up)
    }

    /// The number of payments that are not undone and not repeats, among those for one line: they
    /// settled some of it, or were spread over it and did not reach.
    pub fn live_payments_of(&self, line: &Line) -> usize {
        if let (Some(notes), Some(l)) = (&self.notes, self.place(line.fee)) {
            return notes.live[l];
        }
        let live = |e: &&Entry| !e.reversed && e.effect == Effect::Settles && e.is_for(self, line);
        self.entries.iter().filter(live).count()
    }

    /// True for a line for which a payment did not reach.
    pub fn is_short_of(&self, line: &Line) -> bool {
        if let (Some(notes), Some(l)) = (&self.notes, self.place(line.fee)) {
            return notes.spread[l];
        }
        let mut entries = self.entries.iter();
        entries.any(|e| e.short && e.effect == Effect::Settles && e.is_for(self, line))
    }

    /// The first line that an entry is for and that lacks something.
    pub fn first_lacking(&self, entry: &Entry) -> Option<&Line> {
        let lacks = |l: &usize| self.lines[*l].lacking() > 0;
        let Some(notes) = &self.notes else {
            let mut lines = self.lines.iter();
            return lines.find(|line| line.lacking() > 0 && entry.is_for(self, line));
        };
        let settled = entry.parts.iter().map(|(l, _)| *l).filter(lacks).min();
        let spread = match &entry.credit.lines {
            _ if !entry.is_spread() => None,
            None => notes.first_lacking,
            Some(only) => {
                let fees = only.iter().filter_map(|fee| self.place(*fee));
                fees.filter(|l| !self.lines[*l].land && lacks(l)).min()
            }
        };
        let first = settled.into_iter().chain(spread).min();
        first.map(|l| &self.lines[l])
    }
}
