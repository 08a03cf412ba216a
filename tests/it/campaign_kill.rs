//! kill -9 at any instant of a night, half by time and half by step, and every step made to fail
//! once; the next start makes of it what an undisturbed night is.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng as _;

use crate::campaign::{Field, State, Trial, Wrong, campaign, numbers, said, trials};
use crate::database::Kind;
use crate::town::FIRST;

/// What every trial of a campaign is compared with.
struct Known {
    field: Arc<Field>,
    wanted: State,
    steps: u64,
    took: Duration,
}

impl Known {
    async fn of(kind: Kind) -> Arc<Self> {
        let field = Field::new(kind).await;
        let (steps, kinds) = field.steps().await;
        eprintln!("{kind:?}: {steps} steps in a night: {kinds:?}");
        assert!(steps > 100 && kinds["commit"] > 5 && kinds["rename"] > 5);
        let watch = doisoat::clock::Stopwatch::start();
        let wanted = field.undisturbed().await;
        Arc::new(Self {
            took: watch.elapsed(),
            field,
            wanted,
            steps,
        })
    }

    /// Kills the night at an instant: `SIGKILL` from outside, no chance to clean up.
    async fn kill_by_time(&self, trial: &Trial, after: Duration) {
        let mut command = self.field.program(trial);
        command.args(["run", "--date", FIRST]).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        tokio::time::sleep(after).await;
        child.kill().unwrap();
        let wait = tokio::task::spawn_blocking(move || child.wait().unwrap());
        wait.await.unwrap();
    }

    /// Trial `nth`: the even ones are killed by time, the odd ones by step, every fifth twice.
    async fn killed(&self, nth: u64) -> Wrong {
        let trial = self.field.trial(&format!("k{nth}")).await;
        let mut numbers = numbers(nth);
        let kills = if nth % 5 == 4 { 2 } else { 1 };
        for kill in 0..kills {
            if (nth + kill).is_multiple_of(2) {
                let took = u64::try_from(self.took.as_micros()).unwrap();
                let after = numbers.random_range(0..took);
                self.kill_by_time(&trial, Duration::from_micros(after))
                    .await;
            } else {
                let step = numbers.random_range(1..=self.steps);
                let fault = format!("kill {step}");
                self.field.night(&trial, &[("DOISOAT_FAULT", &fault)]).await;
            }
        }
        let kills = usize::try_from(kills).unwrap();
        self.field.heals(&trial, &self.wanted, kills).await
    }

    /// Trial `nth`: SIGKILL at the n-th step.
    async fn killed_at(&self, nth: u64) -> Wrong {
        let trial = self.field.trial(&format!("s{nth}")).await;
        let fault = format!("kill {nth}");
        let output = self.field.night(&trial, &[("DOISOAT_FAULT", &fault)]).await;
        let mut wrong = Wrong::new();
        // the last steps come only where something is to be waited for
        if output.status.code().is_some_and(|code| code != 0) {
            wrong.push(format!("{:?}: {}", output.status, said(&output)));
        }
        wrong.extend(self.field.heals(&trial, &self.wanted, 1).await);
        wrong
    }

    /// Trial `nth`: the n-th step fails. The program says so or tries again, and never panics.
    async fn failed(&self, nth: u64) -> Wrong {
        let trial = self.field.trial(&format!("f{nth}")).await;
        let fault = format!("fail {nth}");
        let output = self.field.night(&trial, &[("DOISOAT_FAULT", &fault)]).await;
        let text = said(&output);
        let mut wrong = Wrong::new();
        match output.status.code() {
            Some(0) => {}
            Some(1) if text.contains("made to fail") => {}
            code => wrong.push(format!("ended with {code:?}: {text}")),
        }
        if text.contains("panicked") {
            wrong.push(text);
        }
        wrong.extend(self.field.heals(&trial, &self.wanted, 1).await);
        wrong
    }
}

async fn kills(name: &str, kind: Kind, trials: impl Iterator<Item = u64>) {
    let known = Known::of(kind).await;
    let trial = |nth| {
        let known = Arc::clone(&known);
        async move { known.killed(nth).await }
    };
    campaign(name, trials, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_kills() {
    if !cfg!(debug_assertions) {
        eprintln!("skipped: a release build has no steps to be killed at");
        return;
    }
    kills("some kills", Kind::Sqlite, [1, 3, 4, 5].into_iter()).await;
    kills("some kills", Kind::Postgres, [1, 3].into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_sqlite() {
    kills("kill, SQLite", Kind::Sqlite, trials(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_postgres() {
    kills("kill, PostgreSQL", Kind::Postgres, trials(200)).await;
}

async fn fails(name: &str, kind: Kind, of: impl Fn(u64) -> Vec<u64>) {
    let known = Known::of(kind).await;
    let steps = of(known.steps).into_iter();
    let trial = |nth| {
        let known = Arc::clone(&known);
        async move { known.failed(nth).await }
    };
    campaign(name, steps, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_steps_fail() {
    if !cfg!(debug_assertions) {
        eprintln!("skipped: a release build has no steps that fail");
        return;
    }
    let spread = |steps| vec![1, steps / 4, steps / 2, steps - 40, steps - 8, steps - 2];
    fails("some failing steps", Kind::Sqlite, spread).await;
}

async fn killed_at(name: &str, kind: Kind, of: impl Fn(u64) -> Vec<u64>) {
    let known = Known::of(kind).await;
    let steps = of(known.steps).into_iter();
    let trial = |nth| {
        let known = Arc::clone(&known);
        async move { known.killed_at(nth).await }
    };
    campaign(name, steps, trial).await;
}

/// Every step, or those that the environment names.
fn every(steps: u64) -> Vec<u64> {
    let asked = trials(steps);
    (asked.start.max(1)..asked.end.min(steps + 1)).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_every_step_fails_sqlite() {
    fails("every step fails, SQLite", Kind::Sqlite, every).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_every_step_fails_postgres() {
    fails("every step fails, PostgreSQL", Kind::Postgres, every).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_at_every_step_sqlite() {
    killed_at("killed at every step, SQLite", Kind::Sqlite, every).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_kill_at_every_step_postgres() {
    killed_at("killed at every step, PostgreSQL", Kind::Postgres, every).await;
}
