//! A town whose providers can be hit one by one: two sets of simulators with the same district, one
//! healthy, one that shows the fault; and nights that are killed on the way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::NaiveDateTime;
use doisoat::clock::Clock;
use doisoat::domain::Day;
use doisoat::domain::day::local;
use doisoat::job::nightly::{self, Mode, Night};
use doisoat::job::{Desk, Exit, JobError};
use doisoat::sandbox::district::BankRow;
use doisoat::sandbox::{District, Fault, Sandbox};
use tokio::task::AbortHandle;

use super::model::{Delivered, Model};
use crate::database::Kind;
use crate::town::{FIRST, Town, day};

/// A town with its model and what has been delivered to it.
pub(crate) struct Street {
    pub(crate) town: Town,
    faulty: Sandbox,
    pub(crate) model: Model,
    now_ms: i64,
}

/// Every transaction by its business date, for the model.
const ROWS: &str = "SELECT business_date || ' ' || source || '|' || id FROM txn";
/// The days whose export has been read.
const EXPORTS: &str = "SELECT day || ' ' || name FROM export_file WHERE kind = 'cash_receipts'";

impl Street {
    pub(crate) async fn new(kind: Kind, district: District) -> Self {
        let model = Model::new(&district);
        let faulty = Sandbox::start_in(district.clone(), 0, None).await.unwrap();
        faulty.set_rate_limit(false);
        let healthy = Sandbox::start_in(district, 0, None).await.unwrap();
        Self {
            town: Town::around(kind, healthy).await,
            faulty,
            model,
            now_ms: day(FIRST).start_ms(),
        }
    }

    pub(crate) fn district(&self) -> &District {
        self.town.sandbox.district()
    }

    /// The export of a day is written.
    pub(crate) fn export(&self, of: Day) {
        let inbox = self.town.dir().join("inbox");
        self.district().write_registry(&inbox, of.date()).unwrap();
    }

    /// Whether the export of a day lies in the folder.
    pub(crate) fn has_export(&self, of: Day) -> bool {
        let inbox = self.town.dir().join("inbox");
        inbox.join(format!("cash_receipts_{of}.csv")).exists()
    }

    /// It is 01:30 of the morning after `of`.
    pub(crate) fn morning_after(&mut self, of: Day) {
        self.now_ms = of.plus(1).start_ms() + 5_400_000;
        self.town.set_now(self.now_ms);
        self.faulty.set_now(local(self.now_ms).unwrap());
    }

    /// The time, as the district writes it.
    pub(crate) fn now(&self) -> NaiveDateTime {
        local(self.now_ms).unwrap().naive_local()
    }

    /// A desk as a new process would open it; one provider may answer from the faulty set.
    pub(crate) async fn desk(&self, fault: Option<(Fault, &str)>) -> Desk {
        self.faulty.set_fault(fault.map(|(fault, _)| fault));
        let edit = |text: String| match fault {
            Some((_, provider)) => text.replace(
                &self.town.sandbox.base_url(provider),
                &self.faulty.base_url(provider),
            ),
            None => text,
        };
        let mut desk = self.town.desk(&edit).await;
        desk.pace.jitter_seed = Some(1);
        desk
    }

    /// Whether a fault of a provider had something to show on: requests, and rows of the day.
    pub(crate) fn shows(&self, provider: &str, of: Day) -> bool {
        let district = self.district();
        let has = |rows: &[BankRow]| rows.iter().any(|row| row.at.date() == of.date());
        let rows = match provider {
            "sepay" => has(&district.sepay),
            "casso" => has(&district.casso),
            _ => true,
        };
        rows && self.faulty.counters().requests.values().sum::<u64>() > 0
    }

    /// Runs a night to its end.
    pub(crate) async fn night(&self, desk: &Desk, of: Day) -> Night {
        let mut tries = 0;
        loop {
            match nightly::run(desk, of, Mode::Publish).await {
                // The server may not yet have noticed that the killed session is gone.
                Err(error) if error.exit() == Exit::Locked && tries < 100 => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(JobError::Other(error)) => panic!("{of}: {error:#}"),
                done => return done.unwrap(),
            }
        }
    }

    /// Runs a night that dies when it reads the clock for the n-th time. Tells whether it died.
    pub(crate) async fn killed(&self, mut desk: Desk, of: Day, at: u32) -> bool {
        let clock = Arc::new(DeadlyClock {
            now_ms: self.now_ms,
            left: AtomicU32::new(at),
            victim: Mutex::default(),
        });
        desk.clock = clock.clone();
        let (start, started) = tokio::sync::oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            started.await.unwrap();
            nightly::run(&desk, of, Mode::Publish).await
        });
        *clock.victim.lock().unwrap() = Some(task.abort_handle());
        start.send(()).unwrap();
        match task.await {
            Ok(done) => {
                done.unwrap();
                false
            }
            Err(end) => {
                assert!(end.is_cancelled(), "{end}");
                true
            }
        }
    }

    /// What the nights up to `of` have been told.
    pub(crate) async fn delivered(&self, of: Day) -> Delivered {
        let last = of.to_string();
        let mut delivered = Delivered::default();
        for text in self.town.database.texts(ROWS).await {
            let (on, key) = text.split_once(' ').unwrap();
            if on <= last.as_str() {
                delivered.rows.insert(key.to_owned());
            }
        }
        for text in self.town.database.texts(EXPORTS).await {
            let (day, name) = text.split_once(' ').unwrap();
            let of = &name.trim_start_matches("cash_receipts_")[..10];
            if day <= last.as_str() {
                delivered.exports.insert(of.parse().unwrap());
            }
        }
        delivered
    }
}

/// Kills its night when it is read for the n-th time.
#[derive(Debug)]
struct DeadlyClock {
    now_ms: i64,
    left: AtomicU32,
    victim: Mutex<Option<AbortHandle>>,
}

impl Clock for DeadlyClock {
    fn now_ms(&self) -> i64 {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1
            && let Some(victim) = &*self.victim.lock().unwrap()
        {
            victim.abort();
        }
        self.now_ms
    }
}
