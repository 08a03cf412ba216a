//! How many memo lines a second one core reads, and whether that depends on the number of dossiers
//! they may name: `cargo bench --bench memos [-- DOSSIERS...]`.
//!
//! The lines are those of the corpus (mix `memo_only`): free text of banks, without a reference.
//! Reading a line is squeezing it, finding the codes that stand in it, looking them up, and looking
//! for every dossier one slip away that fits.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark prints, and ends with a message"
)]

#[allow(dead_code, reason = "the tests read more of a corpus than this does")]
#[path = "../tests/it/corpus/mod.rs"]
mod corpus;

use corpus::{Mix, Plan, make};
use doisoat::domain::{Inputs, Rules, Txn};
use doisoat::matching::pool::Pool;
use doisoat::matching::reading::{Reading, read, rivals};
use doisoat::normalise::{MatchFiles, read_match_inputs};

/// Memo lines of a corpus.
const LINES: i64 = 5_000;
/// Hundredths of a second that are measured at least.
const ENOUGH: u64 = 200;

/// Hundredths of a second on the processors so far.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = behind_name.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse().unwrap_or(0)).sum()
}

/// A corpus with at least so many fee lines.
fn inputs(fees: u64) -> Inputs {
    let corpus = make(&Plan {
        seed: 1,
        mix: Mix::MemoOnly(LINES),
        fees,
        folder: None,
    });
    let file = |name: &'static str| corpus.files.get(name).map(|bytes| (name, bytes.as_slice()));
    let money = corpus
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let files = MatchFiles {
        fees: file("dossier_fees.csv").expect("a corpus has fees"),
        transactions: money
            .filter(|(name, _)| name.starts_with("transactions_"))
            .collect(),
        cash: file("cash_receipts.csv"),
        agencies: file("agencies.csv"),
    };
    let mut inputs = read_match_inputs(&files)
        .expect("a corpus can be read")
        .inputs;
    inputs.sort();
    inputs
}

/// What one line says, and how many other dossiers it might mean.
fn say(pool: &Pool<'_>, line: &Txn) -> (bool, usize) {
    match read(pool, line) {
        Reading::One { dossier, .. } => (true, rivals(pool, line, dossier, |_| true).len()),
        _ => (false, 0),
    }
}

fn main() {
    let asked = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let mut sizes: Vec<u64> = asked.collect();
    if sizes.is_empty() {
        sizes = vec![5_000, 50_000, 500_000];
    }
    println!("| dossiers | named | other dossiers a line | lines a second |");
    println!("|--:|--:|--:|--:|");
    for fees in sizes {
        let (inputs, rules) = (inputs(fees), Rules::default());
        let pool = Pool::new(&inputs, &rules);
        let lines = inputs.txns.iter().filter(|txn| txn.order_ref.is_none());
        let lines: Vec<&Txn> = lines.filter(|txn| !txn.memo.is_empty()).collect();
        let (start, mut read, mut named, mut others) = (ticks(), 0_u64, 0_u64, 0_usize);
        while ticks() < start + ENOUGH {
            for line in &lines {
                let (one, rivals) = say(&pool, line);
                read += 1;
                named += u64::from(one);
                others += rivals;
            }
        }
        let speed = read * 100 / (ticks() - start).max(1);
        let share = named * 100 / read.max(1);
        let others = u64::try_from(others).unwrap_or(0) * 100 / read.max(1);
        let dossiers = pool.dossiers.len();
        let (whole, part) = (others / 100, others % 100);
        println!("| {dossiers} | {share} % | {whole}.{part:02} | {speed} |");
    }
}
