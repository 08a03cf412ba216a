//! What goes wrong on each night of a simulation: drawn from the seed, nothing else.

use doisoat::sandbox::Fault;
use doisoat::sandbox::fault::Outcome;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The last nights, on which nothing goes wrong: everything has to heal within them.
pub(crate) const QUIET: usize = 3;

/// Faults that show what they are only by waiting, by bytes without end, or by rows that no bank
/// booked. `source_faults` holds the client against every one of them.
const ELSEWHERE: [&str; 34] = [
    "slow_reply",
    "beyond_double",
    "dup_reference",
    "limit_exact",
    "other_key",
    "too_soon",
    "order_unknown",
    "unmapped_status",
    "pending_first",
    "pending_forever",
    "underpaid",
    "hang",
    "hang_always",
    "hang_body",
    "slow_loris",
    "slow_loris_always",
    "http_429",
    "http_429_date",
    "http_503",
    "rate_limit",
    "huge_body",
    "gzip_bomb",
    "page_endless",
    "page_drift_insert",
    "page_drift_delete",
    "wrong_day_rows",
    "midnight_rows",
    "utc_times",
    "naughty_text",
    "invalid_utf8",
    "amended_rows",
    "dup_conflict",
    "amount_scale",
    "future_rows",
];

/// How the night ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Killed when it reads the clock for the n-th time.
    AtClock(u32),
    /// Killed between the commit and the rename of the folder.
    Unrevealed,
    /// The folder was lost after the commit.
    Lost,
    /// Another run was killed before its commit.
    Leftover,
}

/// One night.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mishaps {
    /// The export of the day comes a day late.
    pub(crate) late_export: bool,
    /// Nobody runs the night; the next one that is run catches up.
    pub(crate) skipped: bool,
    /// A provider shows a fault.
    pub(crate) fault: Option<(Fault, &'static str)>,
    pub(crate) cut: Option<Cut>,
    /// Pulls of the last days in overlaps, before the night.
    pub(crate) pulls: u32,
    /// The night so many days ago is run again afterwards, without the fault.
    pub(crate) again: Option<u32>,
}

/// The nights of a simulation.
pub(crate) fn draw(seed: u64, days: usize) -> Vec<Mishaps> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut nights: Vec<Mishaps> = (0..days.saturating_sub(QUIET))
        .map(|_| one(&mut rng))
        .collect();
    nights.resize(days, Mishaps::default());
    nights
}

fn one(rng: &mut ChaCha8Rng) -> Mishaps {
    let mut chance = |percent: u32| rng.random_range(0..100) < percent;
    let (late_export, skipped) = (chance(10), chance(12));
    let (faulty, cut, pulled, again) = (chance(60), chance(25), chance(15), chance(20));
    Mishaps {
        late_export,
        skipped,
        fault: faulty.then(|| fault(rng)),
        cut: cut.then(|| match rng.random_range(0..7) {
            0 => Cut::Unrevealed,
            1 => Cut::Lost,
            2 => Cut::Leftover,
            _ => Cut::AtClock(rng.random_range(2..10)),
        }),
        pulls: if pulled { rng.random_range(1..4) } else { 0 },
        again: again.then(|| rng.random_range(0..4)),
    }
}

/// A provider, and one of the faults that it can show.
fn fault(rng: &mut ChaCha8Rng) -> (Fault, &'static str) {
    let provider = ["sepay", "casso", "vnpay"][rng.random_range(0..3)];
    let usable = |fault: &&Fault| {
        let kept = fault.outcome != Outcome::Conflict && !ELSEWHERE.contains(&fault.name);
        kept && fault.applies_to(provider)
    };
    let faults: Vec<&Fault> = Fault::all().iter().filter(usable).collect();
    (*faults[rng.random_range(0..faults.len())], provider)
}

#[test]
fn every_name_of_the_list_is_a_fault() {
    for name in ELSEWHERE {
        assert!(Fault::named(name).is_some(), "{name}");
    }
}
