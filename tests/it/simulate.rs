//! A seeded simulation: weeks of nights with faults, kills, late exports, nights nobody ran, reruns
//! and overlapping pulls, against the truth of the invented district and against a twin that was
//! never disturbed.
//!
//! Every run prints its seed. `DOISOAT_SIM_SEED=7 cargo test --test it simulate` replays one.

mod check;
mod model;
mod plan;
mod state;
mod street;

use doisoat::domain::Day;
use doisoat::job::nightly::Night;
use doisoat::job::pull;
use doisoat::sandbox::fault::Outcome;
use doisoat::sandbox::{District, Fault};

use crate::database::Kind;
use crate::town::{FIRST, codes, day, document, files};
use check::{complaints, is_complete};
use plan::{Cut, Mishaps};
use street::Street;

/// Thousandths of the ordinary number of dossiers a day.
const SMALL: u32 = 130;

fn district(seed: u64, days: u32) -> District {
    District::sized(seed, day(FIRST).date(), days, SMALL)
}

/// One simulation on its way.
struct Simulation {
    street: Street,
    seed: u64,
    /// Exports that come a day late.
    owed: Vec<Day>,
    /// Nights that nobody has run yet.
    behind: Vec<Day>,
    complaints: Vec<String>,
    last: Option<Night>,
}

impl Simulation {
    async fn new(kind: Kind, seed: u64, days: u32) -> Self {
        Self {
            street: Street::new(kind, district(seed, days)).await,
            seed,
            owed: Vec::new(),
            behind: Vec::new(),
            complaints: Vec::new(),
            last: None,
        }
    }

    /// The morning after `of`, with everything that goes wrong.
    async fn morning(&mut self, of: Day, mishaps: &Mishaps) {
        self.street.morning_after(of);
        for late in std::mem::take(&mut self.owed) {
            self.street.export(late);
        }
        if mishaps.late_export {
            self.owed.push(of);
        } else {
            self.street.export(of);
        }
        self.behind.push(of);
        if mishaps.skipped {
            return;
        }
        let desk = self.street.desk(mishaps.fault).await;
        for n in 0..mishaps.pulls {
            let back = n % 3;
            if of.days_since(day(FIRST)) >= i64::from(back) {
                pull::alone(&desk, of.minus(back), None).await.unwrap();
                self.street.pulled();
            }
        }
        for night in std::mem::take(&mut self.behind) {
            if let (Some(Cut::AtClock(at)), true) = (mishaps.cut, night == of) {
                let own = self.street.desk(mishaps.fault).await;
                self.street.killed(own, night, at).await;
            }
            let done = self.street.night(&desk, night).await;
            self.judge(&done, night, mishaps).await;
            if night == of {
                self.cut_afterwards(&done, mishaps).await;
            }
            self.last = Some(done);
        }
        desk.close().await;
        if let Some(ago) = mishaps.again {
            self.again(of, ago).await;
        }
    }

    async fn judge(&mut self, night: &Night, of: Day, mishaps: &Mishaps) {
        let found = complaints(&self.street, night, of).await;
        self.complaints.extend(found);
        let codes = codes(night);
        let said = match mishaps.fault {
            Some((fault, _)) if self.street.asked() > 0 => match fault.outcome {
                Outcome::Fail => codes.contains(&3),
                Outcome::Complete => !codes.contains(&12) && !codes.contains(&5),
                _ => true,
            },
            _ => !codes.contains(&12) && !codes.contains(&5),
        };
        if !said || codes.contains(&1) {
            self.complaints.push(format!("{of}: {codes:?} after {mishaps:?}"));
        }
        let _ = is_complete(&document(night));
    }

    /// Kills around the commit: the next start makes the folder good.
    async fn cut_afterwards(&mut self, night: &Night, mishaps: &Mishaps) {
        let of = night.run.business_date;
        let before = files(&night.folder);
        let root = self.street.town.dir().join("reports");
        match mishaps.cut {
            Some(Cut::Unrevealed) => {
                let hidden = root.join(format!(".{of}.{}.tmp", night.run.id));
                std::fs::rename(&night.folder, hidden).unwrap();
            }
            Some(Cut::Lost) => std::fs::remove_dir_all(&night.folder).unwrap(),
            Some(Cut::Leftover) => {
                let other = root.join(format!(".{of}.{of}-0123456789ab-9.tmp"));
                std::fs::create_dir(&other).unwrap();
            }
            Some(Cut::AtClock(_)) | None => return,
        }
        let desk = self.street.desk(None).await;
        let again = self.street.night(&desk, of).await;
        desk.close().await;
        let complete = is_complete(&document(night));
        if complete && (again.published || files(&again.folder) != before) {
            self.complaints.push(format!("{of}: not made good after {mishaps:?}"));
        }
        self.last = Some(again);
    }

    /// Runs an earlier night again.
    async fn again(&mut self, of: Day, ago: u32) {
        if of.days_since(day(FIRST)) < i64::from(ago) {
            return;
        }
        let desk = self.street.desk(None).await;
        let done = self.street.night(&desk, of.minus(ago)).await;
        desk.close().await;
        let found = complaints(&self.street, &done, of.minus(ago)).await;
        self.complaints.extend(found.into_iter().map(|text| format!("again {text}")));
    }

    fn report(&self) {
        assert!(
            self.complaints.is_empty(),
            "seed {}: {} complaints; replay with DOISOAT_SIM_SEED={} cargo test --test it simulate\n{}",
            self.seed,
            self.complaints.len(),
            self.seed,
            self.complaints.join("\n")
        );
    }
}

fn nights(days: usize) -> impl Iterator<Item = Day> {
    (0..days).map(|n| day(FIRST).plus(u32::try_from(n).unwrap()))
}

async fn simulate(kind: Kind, seed: u64, days: usize) {
    let seed = std::env::var("DOISOAT_SIM_SEED").map_or(seed, |text| text.parse().unwrap());
    println!("seed {seed}: DOISOAT_SIM_SEED={seed} cargo test --test it simulate");
    let length = u32::try_from(days).unwrap();
    let plan = plan::draw(seed, days);
    let mut disturbed = Simulation::new(kind, seed, length).await;
    for (of, mishaps) in nights(days).zip(&plan) {
        println!("{of} {mishaps:?}");
        disturbed.morning(of, mishaps).await;
    }
    let mut twin = Simulation::new(Kind::Sqlite, seed, length).await;
    for of in nights(days) {
        twin.morning(of, &Mishaps::default()).await;
    }
    twin.report();
    disturbed.report();
    let (left, right) = (disturbed.street.town.dump().await, twin.street.town.dump().await);
    let (left, right) = (state::present(&left), state::present(&right));
    let found = state::differences(&left, &right, 4);
    assert!(found.is_empty(), "seed {seed}: disturbed < and > twin\n{}", found.join("\n"));
    let shares = |simulation: &Simulation| document(simulation.last.as_ref().unwrap())["share"].clone();
    assert_eq!(shares(&disturbed), shares(&twin), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_days_one() {
    simulate(Kind::Sqlite, 1, 30).await;
}

#[test]
fn a_fault_of_each_outcome_is_drawn() {
    let all = (1..40).flat_map(|seed| plan::draw(seed, 30));
    let drawn: Vec<Fault> = all.filter_map(|night| Some(night.fault?.0)).collect();
    for outcome in [Outcome::Complete, Outcome::Fail, Outcome::Quarantine, Outcome::Either] {
        assert!(drawn.iter().any(|fault| fault.outcome == outcome), "{outcome:?}");
    }
}
