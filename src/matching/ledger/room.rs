//! The lines of a large ledger by what they lack, and its money by what it settled: what the next
//! payment needs is looked up, where the ledger of a few lines is simply looked through.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use super::{Entry, Line};

/// With more lines than this a ledger is large.
const LINES_MAX: usize = 8;
/// With more money rows than this, too.
const ENTRIES_MAX: usize = 64;

/// Lines that money is spread over together: fees, or land obligations.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    /// Those that lack something, in order.
    pub(super) open: BTreeSet<usize>,
    /// What they lack together.
    pub(super) lacking: i128,
    by_lacking: BTreeMap<i128, BTreeSet<usize>>,
    /// The first line of each due.
    by_due: FxHashMap<i128, usize>,
    /// All of them, in order.
    pub(super) lines: Vec<usize>,
    /// What is due on all of them.
    pub(super) due: i128,
}

impl Kind {
    fn add(&mut self, l: usize, line: &Line) {
        self.lines.push(l);
        self.due += line.due;
        self.by_due.entry(line.due).or_insert(l);
        self.enter(l, line.lacking());
    }

    fn enter(&mut self, l: usize, lacking: i128) {
        self.lacking += lacking;
        if lacking > 0 {
            self.open.insert(l);
            self.by_lacking.entry(lacking).or_default().insert(l);
        }
    }

    fn leave(&mut self, l: usize, lacking: i128) {
        self.lacking -= lacking;
        self.open.remove(&l);
        if let Some(equal) = self.by_lacking.get_mut(&lacking) {
            equal.remove(&l);
            if equal.is_empty() {
                self.by_lacking.remove(&lacking);
            }
        }
    }

    /// The lines that lack exactly this, in order.
    pub(super) fn lack(&self, amount: i128) -> impl Iterator<Item = usize> {
        let equal = self.by_lacking.get(&amount).into_iter();
        equal.flatten().copied()
    }

    /// What lines lack, where it is so much or more, and at most so much.
    pub(super) fn lack_between(&self, least: i128, most: i128) -> impl Iterator<Item = i128> {
        let range = (least <= most).then(|| self.by_lacking.range(least..=most));
        range.into_iter().flatten().map(|(lacking, _)| *lacking)
    }

    /// The first line over this amount.
    pub(super) fn is_due(&self, amount: i128) -> Option<usize> {
        self.by_due.get(&amount).copied()
    }
}

/// The lines and the money of a large ledger, while it is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    /// Fees; land obligations where there are no fees.
    pub(super) main: Kind,
    /// Land obligations beside fees.
    pub(super) land: Kind,
    /// What each line lacks, as it is known here.
    lacking: Vec<i128>,
    is_main: Vec<bool>,
    /// The first line of each due, of both kinds.
    by_due: FxHashMap<i128, usize>,
    /// Entries that settled some of the main lines, by their amount.
    by_amount: FxHashMap<i128, VecDeque<usize>>,
    /// The same without regard to it.
    settling: VecDeque<usize>,
    /// Entries that settled some of each line.
    on: Vec<VecDeque<usize>>,
    /// The same by their amount.
    on_by_amount: FxHashMap<(usize, i128), VecDeque<usize>>,
}

/// Which entries are asked for.
#[derive(Clone, Copy)]
pub(super) enum Over<'l> {
    /// Those that settled some of the main lines.
    Main,
    /// Those that settled some of these lines.
    These(&'l [usize]),
}

impl Room {
    /// Of a ledger before anything is settled; none where it is small, unless it is called `large`.
    pub(super) fn of(lines: &[Line], entries: usize, large: bool) -> Option<Box<Self>> {
        let large = large || lines.len() > LINES_MAX || entries > ENTRIES_MAX;
        large.then(|| Box::new(Self::new(lines)))
    }

    fn new(lines: &[Line]) -> Self {
        let fees = lines.iter().any(|line| !line.land);
        let mut room = Self {
            is_main: lines.iter().map(|line| !line.land || !fees).collect(),
            lacking: lines.iter().map(Line::lacking).collect(),
            on: vec![VecDeque::new(); lines.len()],
            ..Self::default()
        };
        for (l, line) in lines.iter().enumerate() {
            room.by_due.entry(line.due).or_insert(l);
            let kind = if room.is_main[l] {
                &mut room.main
            } else {
                &mut room.land
            };
            kind.add(l, line);
        }
        room
    }

    /// Takes note of what a line lacks now.
    pub(super) fn sync(&mut self, l: usize, line: &Line) {
        let now = line.lacking();
        let before = std::mem::replace(&mut self.lacking[l], now);
        if before != now {
            let kind = if self.is_main[l] {
                &mut self.main
            } else {
                &mut self.land
            };
            kind.leave(l, before);
            kind.enter(l, now);
        }
    }

    /// Takes note of an entry that settles some of a line.
    pub(super) fn settles(&mut self, e: usize, amount: i128, l: usize) {
        let push = |list: &mut VecDeque<usize>| {
            if list.back() != Some(&e) {
                list.push_back(e);
            }
        };
        push(&mut self.on[l]);
        push(self.on_by_amount.entry((l, amount)).or_default());
        if self.is_main[l] {
            push(&mut self.settling);
            push(self.by_amount.entry(amount).or_default());
        }
    }

    /// The first line that owes exactly this, of whatever kind.
    pub(super) fn is_due(&self, amount: i128) -> Option<usize> {
        self.by_due.get(&amount).copied()
    }

    /// The first entry over these lines that is not wholly sent back, of this amount or of any.
    pub(super) fn first(
        &mut self,
        entries: &[Entry],
        over: Over,
        amount: Option<i128>,
    ) -> Option<usize> {
        let lines = match (over, amount) {
            (Over::Main, None) => return live(entries, Some(&mut self.settling)),
            (Over::Main, Some(amount)) => return live(entries, self.by_amount.get_mut(&amount)),
            (Over::These(lines), _) => lines,
        };
        let mut first = None;
        for l in lines {
            let list = match amount {
                Some(amount) => self.on_by_amount.get_mut(&(*l, amount)),
                None => self.on.get_mut(*l),
            };
            first = first.into_iter().chain(live(entries, list)).min();
        }
        first
    }
}

/// The first of a list that is not wholly sent back: what went back does not come again.
fn live(entries: &[Entry], list: Option<&mut VecDeque<usize>>) -> Option<usize> {
    let list = list?;
    let gone = |e: usize| entries[e].returned >= entries[e].credit.amount;
    while list.front().is_some_and(|e| gone(*e)) {
        list.pop_front();
    }
    list.front().copied()
}
