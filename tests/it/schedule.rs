//! The scheduler in steps: a clock that goes where a test sends it while the scheduler waits.

use std::future::ready;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doisoat::clock::Clock;
use doisoat::domain::{Day, Moment};
use doisoat::job::nightly::{self, Mode, Night};
use doisoat::job::{Exit, Stop, scheduler};
use doisoat::sandbox::Fault;

use crate::database::Kind;
use crate::office::{BANK, Office, csv};
use crate::town::{FIRST, Town, as_is, codes, day, document, source};

fn at(text: &str) -> i64 {
    Moment::parse(text).unwrap().ms()
}

/// A clock that moves on only while somebody waits: to where the plan jumps next, else by the
/// length of the nap; after `end_ms` it asks to stop. The files of a day come when it has closed.
struct StepClock {
    office: Arc<Office>,
    now_ms: AtomicI64,
    end_ms: i64,
    jumps: Mutex<Vec<(i64, i64)>>,
    stop: Stop,
}

impl std::fmt::Debug for StepClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepClock").finish_non_exhaustive()
    }
}

impl Clock for StepClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    fn nap(&self, length: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let now = self.now_ms() + i64::try_from(length.as_millis()).unwrap();
        let mut jumps = self.jumps.lock().unwrap();
        let jump = jumps.first().copied().filter(|(from, _)| *from <= now);
        if jump.is_some() {
            jumps.remove(0);
        }
        let now = jump.map_or(now, |(_, to)| to);
        self.now_ms.store(now, Ordering::SeqCst);
        deliver(&self.office, now);
        if now >= self.end_ms {
            self.stop.ask(Exit::Terminated);
        }
        Box::pin(ready(()))
    }
}

/// Runs the scheduler from one instant to another, with jumps of the clock between; tells the
/// nights that it ran, as day of December and exit code.
pub(crate) async fn schedule(
    office: &Arc<Office>,
    from: &str,
    to: &str,
    jumps: &[(&str, &str)],
) -> String {
    deliver(office, at(from));
    let mut desk = office.desk.clone();
    desk.stop = Stop::default();
    desk.clock = Arc::new(StepClock {
        office: Arc::clone(office),
        now_ms: AtomicI64::new(at(from)),
        end_ms: at(to),
        jumps: Mutex::new(jumps.iter().map(|(a, b)| (at(a), at(b))).collect()),
        stop: desk.stop.clone(),
    });
    let mut ran = Vec::new();
    let mut tell = |night: &Night| {
        let day = &night.run.business_date.to_string()[8..];
        ran.push(format!("{day}/{}", night.exit().code()));
    };
    let ended = scheduler::run(&desk, &mut tell).await.unwrap();
    assert_eq!(ended, Exit::Terminated);
    ran.join(" ")
}

/// An office whose bank sends a statement a day.
pub(crate) async fn office(toml: &str) -> Arc<Office> {
    Arc::new(Office::new(Kind::Sqlite, &format!("{BANK}{toml}")).await)
}

/// Every day that has closed has its files.
fn deliver(office: &Office, now_ms: i64) {
    let mut of = day(FIRST);
    while of.plus(1).start_ms() <= now_ms {
        file_of(office, of);
        of = of.plus(1);
    }
}

/// The registry's export and the statement of a day: two of its dossiers are paid. On the third day
/// a payment of the first goes back.
pub(crate) fn file_of(office: &Office, of: Day) {
    let (date, compact) = (of.to_string(), of.to_string()[2..].replace('-', ""));
    let row = |n: u32, dong: u32| {
        let code = format!("H48.18.22-{compact}-000{n}");
        format!("{} 09:0{n}:00;FT{compact}{n};;{dong};;{code}", of.vi())
    };
    let (first, second) = (row(1, 50_000), row(2, 8_000));
    let name = format!("sao_ke_{date}.csv");
    if office.town.dir().join("inbox/bank").join(&name).exists() {
        return;
    }
    office.fees(&date);
    let back = format!(
        "{} 10:00:00;FT{compact}9;8000;;;HOAN TIEN H48.18.22-221205-0002",
        of.vi()
    );
    let mut rows = vec![first.as_str(), second.as_str()];
    rows.extend((of == day(FIRST).plus(2)).then_some(back.as_str()));
    let text = csv(&rows);
    office.put(&name, text.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_night_runs_at_its_time_and_missed_ones_by_choice() {
    // asleep over the nights of the 7th and 8th; then on time again
    let sleep: &[(&str, &str)] = &[("2022-12-07T12:00:00", "2022-12-09T12:00:00")];
    // while a night that was due is left out, the days of the year are not all known
    for (choice, want) in [
        ("all", "05/0 06/0 07/0 08/0 09/0"),
        ("last", "05/0 06/0 08/3 09/3"),
        ("none", "05/0 06/0 09/3"),
    ] {
        let office = office(&format!("[schedule]\ncatch_up = \"{choice}\"\n")).await;
        let (from, to) = ("2022-12-05T12:00:00", "2022-12-10T03:00:00");
        assert_eq!(schedule(&office, from, to, sleep).await, want, "{choice}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_makes_up_for_what_was_missed_since() {
    for (choice, want) in [
        ("all", "06/0 07/0 08/0 09/0"),
        ("last", "08/3 09/3"),
        ("none", "09/3"),
    ] {
        let office = office(&format!("[schedule]\ncatch_up = \"{choice}\"\n")).await;
        file_of(&office, day(FIRST));
        office.night(FIRST).await;
        let (from, to) = ("2022-12-09T12:00:00", "2022-12-10T03:00:00");
        assert_eq!(schedule(&office, from, to, &[]).await, want, "{choice}");
    }
    // nothing published: [start] date says since when
    let office = office("[start]\ndate = \"2022-12-07\"\n").await;
    let (from, to) = ("2022-12-09T12:00:00", "2022-12-09T13:00:00");
    assert_eq!(schedule(&office, from, to, &[]).await, "07/0 08/0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_runs_a_night_again_and_changes_nothing() {
    let office = office("").await;
    let back: &[(&str, &str)] = &[("2022-12-06T02:00:00", "2022-12-05T23:00:00")];
    let (from, to) = ("2022-12-05T12:00:00", "2022-12-06T03:00:00");
    assert_eq!(schedule(&office, from, to, back).await, "05/0 05/0");
    assert_eq!(office.desk.store.runs().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_fails_does_not_end_it_and_is_tried_again() {
    let office = office("").await;
    let reports = office.town.dir().join("reports");
    std::fs::write(&reports, "in the way").unwrap();
    let (from, to) = ("2022-12-05T12:00:00", "2022-12-06T03:00:00");
    assert_eq!(schedule(&office, from, to, &[]).await, "");
    std::fs::remove_file(&reports).unwrap();
    let (from, to) = ("2022-12-06T12:00:00", "2022-12-07T03:00:00");
    assert_eq!(schedule(&office, from, to, &[]).await, "06/0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_lease_is_waited_for() {
    let office = office("").await;
    let lease = office.desk.lease("backfill").await.unwrap();
    let (from, to) = ("2022-12-06T01:29:00", "2022-12-06T01:40:00");
    assert_eq!(schedule(&office, from, to, &[]).await, "");
    office.desk.store.release_lease(lease).await.unwrap();
    let (from, to) = ("2022-12-06T01:29:00", "2022-12-06T01:40:00");
    assert_eq!(schedule(&office, from, to, &[]).await, "05/0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_cuts_the_pull_and_the_night_says_so() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    // the simulators never answer; three tenths of a second are left
    town.sandbox.set_fault(Fault::named("hang_always"));
    let soon = |text: String| {
        text.replacen(
            "[[target]]",
            "[schedule]\ndeadline = \"05:30\"\n[[target]]",
            1,
        )
    };
    let desk = town.desk(&soon).await;
    town.set_now(at("2022-12-06T05:29:59.700"));
    let night = nightly::run(&desk, day(FIRST), Mode::Publish)
        .await
        .unwrap();
    assert_eq!(codes(&night), [3]);
    assert!(night.published);
    let run = document(&night);
    assert_eq!(source(&run, "one-stop")["state"], "complete");
    for name in ["sepay-main", "casso-main", "vnpay"] {
        let state = source(&run, name)["state"].as_str().unwrap().to_owned();
        assert!(
            ["late", "partial", "missing"].contains(&&*state),
            "{name}: {state}"
        );
    }
    let page = std::fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap();
    assert!(
        page.contains("đã đến 05:30, giờ chót của đêm"),
        "the report says why"
    );
    // The next night reads what is missing; this one heals when it is run again.
    town.sandbox.set_fault(None);
    town.set_now(at("2022-12-06T09:00:00"));
    let desk = town.desk(&as_is).await;
    let healed = nightly::run(&desk, day(FIRST), Mode::Publish)
        .await
        .unwrap();
    assert_eq!((codes(&healed), healed.run.version), (vec![0], 2));
}
