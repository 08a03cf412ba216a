//! A seeded simulation: weeks of nights with faults, kills, late exports, nights nobody ran, reruns
//! and overlapping pulls, against the truth of the invented district and against a twin that was
//! never disturbed.
//!
//! Every run prints its seed. `DOISOAT_SIM_SEED=7 cargo test --test it simulate` replays one.

mod check;
mod demo;
mod model;
mod plan;
mod state;
mod street;

use chrono::Datelike;
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
    name: &'static str,
    seed: u64,
    /// Exports that come a day late.
    owed: Vec<Day>,
    /// Nights that nobody has run yet.
    behind: Vec<Day>,
    complaints: Vec<String>,
    last: Option<Night>,
}

impl Simulation {
    async fn new(name: &'static str, kind: Kind, seed: u64, days: u32) -> Self {
        Self::of(name, kind, seed, district(seed, days)).await
    }

    async fn of(name: &'static str, kind: Kind, seed: u64, district: District) -> Self {
        Self {
            street: Street::new(kind, district).await,
            name,
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
        let late_rows = mishaps.fault.filter(|(fault, _)| fault.name == "late_rows");
        let holding = late_rows.map(|(_, provider)| provider);
        let found = complaints(&self.street, night, of, holding).await;
        self.complaints.extend(found);
        let codes = codes(night);
        let said = match mishaps.fault {
            Some((fault, provider)) if self.street.shows(provider, of) => match fault.outcome {
                Outcome::Fail => codes.contains(&3),
                Outcome::Complete => !codes.contains(&12) && !codes.contains(&5),
                _ => true,
            },
            _ => !codes.contains(&12) && !codes.contains(&5),
        };
        if !said || codes.contains(&1) {
            self.complaints.push(format!("{of}: {codes:?} after {mishaps:?}"));
        }
        let run = document(night);
        let states: Vec<&str> = run["sources"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
        println!("   {of} {codes:?} {states:?}");
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
        let found = complaints(&self.street, &done, of.minus(ago), None).await;
        self.complaints.extend(found.into_iter().map(|text| format!("again {text}")));
    }

    fn report(&self) {
        assert!(
            self.complaints.is_empty(),
            "{} seed {}: {} complaints; replay with DOISOAT_SIM_SEED={} cargo test --test it simulate\n{}",
            self.name,
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
    let mut disturbed = Simulation::new("disturbed", kind, seed, length).await;
    for (of, mishaps) in nights(days).zip(&plan) {
        println!("{of} {mishaps:?}");
        disturbed.morning(of, mishaps).await;
    }
    let mut twin = Simulation::new("twin", Kind::Sqlite, seed, length).await;
    for of in nights(days) {
        twin.morning(of, &Mishaps::default()).await;
    }
    if std::env::var("DBG").is_ok() {
        let show = |id: i64| {
            let d = twin.street.district();
            for r in d.sepay.iter().chain(&d.casso).filter(|r| r.id == id) { println!("ROW {r:?}"); }
        };
        for id in std::env::var("DBG").unwrap().split(',') { show(id.parse().unwrap()); }
        let d = twin.street.district();
        for code in std::env::var("DOS").unwrap_or_default().split(',') {
            for x in d.dossiers.iter().filter(|x| x.code == code) { println!("DOS {x:?}"); }
            for x in d.receipts.iter().filter(|x| x.dossier == code) { println!("REC {x:?}"); }
            for x in d.events.iter().filter(|x| x.dossiers.contains(&code.to_owned())) { println!("EV {x:?}"); }
        }
        if let Ok(a) = std::env::var("AG") {
            let (a, day) = a.split_once(',').unwrap();
            for x in d.receipts.iter().filter(|x| x.agency == a && x.collected_at.date().to_string() == day) { println!("REC {x:?}"); }
        }
    }
    twin.report();
    disturbed.report();
    let (left, right) = (disturbed.street.town.dump().await, twin.street.town.dump().await);
    let (mut left, mut right) = (state::present(&left), state::present(&right));
    let by_window = state::without_windows(&mut left, &mut right);
    println!("seed {seed}: {by_window} bank lines decided by what was open");
    println!("{:?}", left.iter().map(|(t, r)| (*t, r.len())).collect::<Vec<_>>());
    let found = state::differences(&left, &right, 4);
    assert!(found.is_empty(), "seed {seed}: disturbed < and > twin\n{}", found.join("\n"));
    let shares = |simulation: &Simulation| document(simulation.last.as_ref().unwrap())["share"].clone();
    assert_eq!(shares(&disturbed), shares(&twin), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_days_one() {
    simulate(Kind::Sqlite, 1, std::env::var("DAYS").map_or(30, |t| t.parse().unwrap())).await;
}

#[test]
fn a_fault_of_each_outcome_is_drawn() {
    let all = (1..40).flat_map(|seed| plan::draw(seed, 30));
    let drawn: Vec<Fault> = all.filter_map(|night| Some(night.fault?.0)).collect();
    for outcome in [Outcome::Complete, Outcome::Fail, Outcome::Quarantine, Outcome::Either] {
        assert!(drawn.iter().any(|fault| fault.outcome == outcome), "{outcome:?}");
    }
}

/// Seven nights on the demo's district.
async fn demo(seed: u64) {
    let district = District::generate(seed, day(FIRST).date(), 7);
    let mut simulation = Simulation::of("demo", Kind::Sqlite, seed, district).await;
    for of in nights(7) {
        simulation.morning(of, &Mishaps::default()).await;
        let run = document(simulation.last.as_ref().unwrap());
        let known = (of.plus(1).date()).and_hms_opt(1, 30, 0).unwrap();
        let from = of.date().with_ordinal(1).unwrap();
        let (a, b) = simulation.street.district().truth_share_known(from, of.date(), known);
        let mut truth = simulation.street.district().truth_share_by_agency(from, of.date(), known).into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<std::collections::BTreeMap<_, _>>();
        truth.insert(String::new(), doisoat::sandbox::district::Share { numerator: a, denominator: b });
        for x in check::outside(&run, "2022", &truth) { println!("KNOWN {of} {x}"); }
    }
    for ((scenario, side), classes) in demo::told(&simulation.street).await {
        let counts: Vec<String> = classes.iter().map(|(c, rows)| format!("{c} {} {:?}", rows.len(), rows.first())).collect();
        println!("TABLE {scenario} | {side} | {}", counts.join(", "));
    }
    simulation.report();
}

/// Ten days decided night by night, and ten days pulled as they came but decided in one night.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_split_over_nights_does_not_matter() {
    let seed = 3;
    let (mut by_night, mut at_once) = (
        Simulation::new("by night", Kind::Sqlite, seed, 10).await,
        Simulation::new("at once", Kind::Sqlite, seed, 10).await,
    );
    for of in nights(10) {
        by_night.morning(of, &Mishaps::default()).await;
        at_once.street.morning_after(of);
        at_once.street.export(of);
        let desk = at_once.street.desk(None).await;
        pull::alone(&desk, of, None).await.unwrap();
        if of == nights(10).last().unwrap() {
            let done = at_once.street.night(&desk, of).await;
            at_once.judge(&done, of, &Mishaps::default()).await;
            at_once.last = Some(done);
        }
        desk.close().await;
    }
    by_night.report();
    at_once.report();
    let mut left = state::present(&by_night.street.town.dump().await);
    let mut right = state::present(&at_once.street.town.dump().await);
    println!("WIN {}", state::without_windows(&mut left, &mut right));
    for (n, s) in [("<", &left), (">", &right)] { for rows in s.values() { for (_, r) in rows.iter().filter(|(_, r)| r.contains("\"49728\"") || r.contains("sepay-main|49728")) { println!("ALL {n} {}", r.chars().take(700).collect::<String>()); } } }
    for r in by_night.street.district().sepay.iter().filter(|r| r.id == 49728) { println!("ALL {r:?}"); }
    let found = state::differences(&left, &right, 6);
    assert!(found.is_empty(), "by night < and > at once\n{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_of_seed() {
    let seed = std::env::var("DOISOAT_SIM_SEED").map_or(1, |text| text.parse().unwrap());
    demo(seed).await;
}
