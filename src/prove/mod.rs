//! Pure, the independent checker: every night is proved again before anyone sees it.
//!
//! It shares no rule and no function with `matching`, `classify` or `kpi`: it takes their output
//! types, reads the raw rows itself and says what does not hold. It need not find the right
//! answer, only see that the one given is right, so it is written as plainly as possible: an own
//! squeeze of texts, an own book of legs, loops over rows. Where it cannot tell, it says nothing;
//! where it can, both a class too many and a class too few is a finding.
//!
//! One file an invariant family; a new one is one file and one line in `CHECKS`.

mod books;
mod capacity;
mod classes;
mod conservation;
mod memo;
mod once;
mod plain;
mod rules;
mod share;
mod told;
pub mod violation;

use std::panic::resume_unwind;

use books::Books;
use violation::Findings;

use crate::domain::{Inputs, Rules};
use crate::settle::{Plain, Prior, Settlement};
use memo::Codes;
use told::Told;

pub use violation::{Invariant, Violation};

/// One family of statements.
struct Check {
    /// Adds what does not hold.
    run: fn(&Books, &mut Findings),
}

/// Every check, cheap and basic ones first.
const CHECKS: &[Check] = &[
    Check {
        run: conservation::check,
    },
    Check { run: once::check },
    Check {
        run: capacity::check,
    },
    Check { run: rules::check },
    Check {
        run: classes::check,
    },
    Check { run: share::check },
];

/// What does not hold of a settlement; empty when it is proved. Sorted, so that the same defect
/// gives the same bytes.
pub fn prove(
    inputs: &Inputs,
    rules: &Rules,
    prior: &Prior,
    settlement: &Settlement,
) -> Vec<Violation> {
    let told = Told::all(inputs, settlement);
    run(&Books::new(inputs, rules, prior, &told, None))
}

/// The same where what is said of plain dossiers is so little that it is told from their rows: they
/// are read row by row, and entered in the books as far as anything else may touch them.
pub fn prove_files(
    inputs: &Inputs,
    rules: &Rules,
    prior: &Prior,
    settlement: &Settlement,
    plain: &Plain,
) -> Vec<Violation> {
    let lane = plain::Lane::new(inputs, rules, plain);
    let held = lane.held(settlement);
    let made = lane.made(&held, settlement);
    let told = lane.told(settlement, &held, &made);
    let mut found = Findings::default();
    lane.said(&held, &mut found);
    let codes: Option<Codes> = Some(lane.codes);
    found
        .0
        .extend(run(&Books::new(inputs, rules, prior, &told, codes)));
    found.0.sort();
    found.0
}

/// Runs every check.
fn run(books: &Books) -> Vec<Violation> {
    // checks do not look at each other; the last, which adds up shares, costs as much as the others
    let of = |checks: &[Check]| {
        let mut findings = Findings::default();
        for check in checks {
            (check.run)(books, &mut findings);
        }
        findings.0
    };
    let (others, shares) = CHECKS.split_at(CHECKS.len() - 1);
    let mut found = std::thread::scope(|threads| {
        let others = threads.spawn(|| of(others));
        let mut found = of(shares);
        let others = others.join();
        found.append(&mut others.unwrap_or_else(|panic| resume_unwind(panic)));
        found
    });
    found.sort();
    found.dedup();
    found
}
