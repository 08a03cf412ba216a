//! Labelled reconciliation data from a seed: the files of the file contract, and the truth
//! about every row and every share. Labels follow from how a row was made, never from matching
//! it.
//!
//! A corpus is made of stories (`mix.rs`), told day by day; the state between days is small, so
//! ten million fee lines need no more memory than a thousand. The same plan gives the same
//! bytes. All names, codes and accounts are invented.
//!
//! Files: `dossier_fees.csv`, `transactions_<source>.csv`, `cash_receipts.csv`, `agencies.csv`,
//! `payment_orders.csv`; beside them `truth.csv` (class, links with amounts, what was done, and
//! whether the rules allow one reading), `truth_share.csv`, and `collection_accounts.csv`.
//!
//! `identifiable` is `yes` (one reading by the rules), `typo` (one slip, and only one dossier
//! can be meant), `trap` (the slip is another dossier's code), `weak` (payer, day and a rare
//! amount, no code) or `no` (nothing can tell: a link would be a guess).

mod banking;
mod cash;
mod clock;
mod dice;
mod files;
mod keys;
mod lately;
mod life;
mod memo;
mod mix;
mod people;
mod performance;
mod roads;
mod rows;
mod strangers;
mod sums;
mod tangled;
mod telling;
mod told;
mod town;
mod twice;

use std::collections::BTreeMap;
use std::path::PathBuf;

use files::Files;
use town::Town;

/// Which corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Mostly in order, like a district.
    Everyday,
    /// Heavy defects: every class, defects upon defects.
    Hard,
    /// Everyday, and so many equal amounts without reference on one day.
    EqualAmounts(i64),
    /// So many payments with nothing but a memo on one day.
    MemoOnly(i64),
    /// One payer with so many dossiers.
    OnePayer(i64),
}

/// What to make.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) mix: Mix,
    /// Fee lines, at least; a day is always told to its end.
    pub(crate) fees: u64,
    /// Where to; none keeps the files in memory.
    pub(crate) folder: Option<PathBuf>,
}

/// A person's decision that belongs to the corpus.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub(crate) source: &'static str,
    pub(crate) id: String,
    pub(crate) amount_then: i64,
    pub(crate) dossier: String,
    /// Fee lines with their parts; none says that it is no fee.
    pub(crate) parts: Option<Vec<(String, i64)>>,
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Corpus {
    /// Bytes by file name; empty when they went to a folder.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) decisions: Vec<Decided>,
    pub(crate) fees: u64,
    pub(crate) txns: u64,
}

/// Makes a corpus.
pub(crate) fn make(plan: &Plan) -> Corpus {
    let hard = plan.mix == Mix::Hard;
    let (ordinary, deposits) = if hard { (40, 4) } else { (120, 6) };
    let files = Files::new(plan.folder.clone());
    let mut town = Town::new(plan.seed, ordinary, deposits, files);
    // hard corpora jump through the years, everyday ones go day by day
    let step = if hard { 17 } else { 1 };
    let (fees_a_day, first) = if hard {
        (230, clock::of(2022, 11, 21))
    } else {
        (4_000, clock::of(2023, 1, 3))
    };
    let days = plan.fees.div_ceil(fees_a_day).max(1);
    for n in 0..days {
        let day = first + step * i64::try_from(n).unwrap_or(i64::MAX / 32);
        town.begin(plan.seed, day);
        one_day(&mut town, plan, n, plan.fees * (n + 1) / days);
        banking::batches(&mut town, false);
    }
    banking::batches(&mut town, true);
    let (fees, txns) = (town.fees, town.txns);
    let (files, decisions) = town.finish();
    Corpus {
        files: files.finish(),
        decisions,
        fees,
        txns,
    }
}

/// One day's stories, until there are `upto` fee lines.
fn one_day(town: &mut Town, plan: &Plan, nth: u64, upto: u64) {
    for agency in 0..town.agencies.len() {
        if town.agencies[agency].banks_cash && town.fees < upto {
            banking::deposit(town, agency);
        }
    }
    match plan.mix {
        Mix::EqualAmounts(count) if nth == 0 => performance::equal_amounts(town, count),
        Mix::MemoOnly(count) if nth == 0 => performance::memo_only(town, count),
        Mix::OnePayer(count) if nth == 0 => performance::one_payer(town, count),
        _ => {}
    }
    let stories = if plan.mix == Mix::Hard {
        mix::HARD
    } else {
        mix::EVERYDAY
    };
    while town.fees < upto {
        let story = town.dice.weighted(stories);
        mix::tell(town, story);
    }
}
