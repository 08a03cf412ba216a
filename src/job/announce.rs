//! Telling of a night. What is to be sent is written with the publication, so nothing is lost; it
//! is sent while the lease is held, so nobody else sends it too; and whatever goes wrong is
//! logged, kept for the next start, and changes neither the night nor its exit code.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Night;
use super::outcome::Exit;
use super::stage;
use super::stop::Stop;
use crate::classify::CLASSES;
use crate::config::Config;
use crate::config::notify::{NotifyConfig, PingTarget, When};
use crate::domain::{Day, Lang};
use crate::notify::ping::{Ping, run_uuid};
use crate::notify::{About, Address, CHANNELS, Letter, Reached, Summary, Trouble};
use crate::store::{Delivered, Outgoing, Queued, RunRecord};
use crate::text::say;

/// All sending after one night; what is left waits for the next start.
const DEADLINE: Duration = Duration::from_mins(2);
/// After so many attempts (one a start) it is given up: a month of nights.
const ATTEMPTS_MAX: u32 = 30;
/// The end of a run is told to the dead-man's switch at most so often.
const PINGS_MAX: u32 = 3;

/// What is to be sent of a publication.
pub(super) fn of_publication(config: &NotifyConfig, run: &RunRecord) -> Vec<Outgoing> {
    let well = run.exit_codes.iter().all(|code| *code == 0);
    let mut all = Vec::new();
    for channel in CHANNELS {
        let told = (channel.addresses)(config);
        let told = told
            .into_iter()
            .filter(|to| to.when() == When::Always || !well);
        all.extend(told.map(|to| Outgoing {
            key: to.key(&run.id),
            run_id: run.id.clone(),
            channel: channel.id.to_owned(),
            target: to.target(),
        }));
    }
    all
}

/// Sends what waits, of this night and of earlier ones. Call it while holding the lease.
pub(super) async fn deliver(desk: &Desk) {
    if desk.config.notify == NotifyConfig::default() {
        return;
    }
    let work = tokio::time::timeout(DEADLINE, deliver_all(desk));
    tokio::select! {
        biased;
        _ = desk.stop.wait() => warn!(stage = "notify", "stopped; what waits is sent by the next start"),
        done = work => match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(stage = "notify", %error, "the list of what waits cannot be kept"),
            Err(_) => warn!(stage = "notify", "out of time; what waits is sent by the next start"),
        }
    }
}

async fn deliver_all(desk: &Desk) -> Result<(), JobError> {
    // who could not be reached is not asked again by this start
    let mut failed = BTreeSet::new();
    for queued in desk.store.outbox(Delivered::Waiting).await? {
        let who = (queued.what.channel.clone(), queued.what.target.clone());
        if failed.contains(&who) {
            continue;
        }
        let Attempt {
            state,
            error,
            refused,
        } = attempt(desk, &queued).await?;
        let (channel, run) = (queued.what.channel.as_str(), queued.what.run_id.as_str());
        match state {
            Delivered::Sent => info!(run.id = run, channel, stage = "notify", "sent"),
            Delivered::Waiting => {
                warn!(
                    run.id = run,
                    channel,
                    stage = "notify",
                    error,
                    "not sent; the next start tries again"
                );
                // what was refused by itself says nothing of the next one
                if !refused {
                    failed.insert(who);
                }
            }
            Delivered::InPart => {
                warn!(
                    run.id = run,
                    channel,
                    stage = "notify",
                    error,
                    "sent, but not to everybody"
                );
            }
            Delivered::GivenUp => {
                warn!(
                    run.id = run,
                    channel,
                    stage = "notify",
                    error,
                    "not sent, given up"
                );
            }
        }
        let now = desk.now_wall();
        desk.store
            .tell_attempt(&queued.what.key, state, &error, &now)
            .await?;
    }
    Ok(())
}

/// How an attempt went.
struct Attempt {
    state: Delivered,
    /// What it met; empty where it went well.
    error: String,
    /// True where the other side answered and does not take this one.
    refused: bool,
}

/// One attempt: how far it came, and what it met.
async fn attempt(desk: &Desk, queued: &Queued) -> Result<Attempt, JobError> {
    let lang = desk.config.lang;
    let ended = |state, error, refused| Attempt {
        state,
        error,
        refused,
    };
    let given_up = |key| Ok(ended(Delivered::GivenUp, say(lang, key, &[]), false));
    let Some(address) = address(&desk.config.notify, queued) else {
        return given_up("notify-gone");
    };
    let Some(run) = desk.store.run(&queued.what.run_id).await? else {
        return given_up("notify-run-gone");
    };
    // a table that no list seals only says which run is told of, and to whom of the settings
    if !desk.store.is_as_chained(&run.id).await? {
        return given_up("notify-run-altered");
    }
    let letter = Letter {
        attempts: queued.attempts,
        ..letter(desk, &run)
    };
    let state = if queued.attempts + 1 >= ATTEMPTS_MAX {
        Delivered::GivenUp
    } else {
        Delivered::Waiting
    };
    Ok(match address.send(&letter, &address.key(&run.id)).await {
        Ok(Reached::Everybody) => ended(Delivered::Sent, String::new(), false),
        Ok(Reached::NotAll(who)) => ended(Delivered::InPart, who, false),
        Err(Trouble { what, refused }) => ended(state, what, refused),
    })
}

fn address<'c>(config: &'c NotifyConfig, queued: &Queued) -> Option<&'c dyn Address> {
    let channel = CHANNELS.iter().find(|one| one.id == queued.what.channel)?;
    let told = (channel.addresses)(config);
    told.into_iter()
        .find(|to| to.target() == queued.what.target)
}

/// What is told of a run; the same whenever it is told.
fn letter(desk: &Desk, run: &RunRecord) -> Letter {
    let lang = desk.config.lang;
    let document = serde_json::from_str(&run.run_json).unwrap_or_default();
    let about = About {
        lang,
        classes: CLASSES
            .iter()
            .map(|class| (class.id, class.label.get(lang)))
            .collect(),
        alerts: alerts(run, lang),
    };
    let day = run.business_date;
    let folder = if &*run.state == "published" {
        stage::folder(desk, day)
    } else {
        desk.config
            .report_dir
            .join(format!("{day}.v{}", run.version))
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    Letter {
        lang,
        run_id: run.id.clone(),
        summary: Summary {
            link: link(desk, &folder),
            ..Summary::read(&document, &about)
        },
        run: document,
        files: stage::kept(desk, run).unwrap_or_default(),
        folder,
        dated_ms: run.pulled_at_ms,
        now_ms: desk.clock.now_ms(),
        attempts: 0,
        around: desk.around.clone(),
    }
}

/// The address of the page in a folder of reports.
fn link(desk: &Desk, folder: &Path) -> Option<String> {
    let base = desk.config.notify.link_base.as_ref()?;
    let name = folder.file_name()?.to_str()?;
    Some(format!("{base}/{name}/index.html"))
}

/// What the exit codes other than 0 mean.
fn alerts(run: &RunRecord, lang: Lang) -> Vec<&'static str> {
    let exits = run
        .exit_codes
        .iter()
        .filter_map(|code| Exit::from_code(*code));
    let told = exits.filter(|exit| *exit != Exit::Done);
    told.map(|exit| exit.meaning().get(lang)).collect()
}

/// How a run ended, for the dead-man's switch.
pub(super) struct Ended {
    /// With which code.
    pub(super) exit: Exit,
    /// Whether its night can be seen.
    pub(super) published: bool,
    /// The run, or why there is none.
    pub(super) about: String,
}

impl Ended {
    /// Of a night that had a database.
    pub(super) fn of(night: &Result<Night, JobError>) -> Self {
        let (exit, about) = match night {
            Ok(night) => (night.exit(), night.run.id.to_string()),
            Err(error) => (error.exit(), reason(error)),
        };
        let published = night.is_ok();
        Self {
            exit,
            published,
            about,
        }
    }
}

/// Why a night was not published, as far as it may leave the machine: of settings and the database.
/// What else went wrong may name rows and files.
pub(super) fn reason(error: &JobError) -> String {
    match error {
        JobError::Config(_) | JobError::Store(_) | JobError::Lost { .. } => {
            let (message, fix) = error.message_and_fix();
            format!("{message}\n{fix}")
        }
        _ => String::new(),
    }
}

/// The dead-man's switch of one run.
pub(super) struct Switch {
    target: Option<PingTarget>,
    day: Day,
    rid: String,
    start: Option<JoinHandle<()>>,
}

impl Switch {
    /// Nothing is sent yet.
    pub(super) fn new(config: &Config, now_ms: i64, day: Day) -> Self {
        let (now, pid) = (now_ms.to_string(), std::process::id().to_string());
        Self {
            target: config.notify.ping.clone(),
            day,
            rid: run_uuid(&[&day.to_string(), &now, &pid]),
            start: None,
        }
    }

    /// Tells that the run begins, beside the run itself: nobody waits for it.
    pub(super) fn start(&mut self, lang: Lang) {
        let Some(target) = self.target.clone() else {
            return;
        };
        let (rid, body) = (self.rid.clone(), format!("{}\n", self.day));
        self.start = Some(tokio::spawn(async move {
            if let Err(Trouble { what: error, .. }) =
                Ping::Start.send(&target, &rid, body, lang).await
            {
                warn!(
                    channel = "ping",
                    stage = "notify",
                    error,
                    "the start is not told"
                );
            }
        }));
    }

    /// Tells how it ended, with a pause between two attempts. A start that another run turned away
    /// is none.
    pub(super) async fn end(self, lang: Lang, stop: &Stop, pause: Duration, ended: Ended) {
        let Some(target) = &self.target else {
            return;
        };
        let Ended {
            exit,
            published,
            about,
        } = ended;
        if exit == Exit::Locked {
            return;
        }
        if let Some(start) = self.start
            && start.await.is_err()
        {
            warn!(channel = "ping", stage = "notify", "the start is not told");
        }
        let (code, meaning) = (exit.code(), exit.meaning().get(lang));
        let body = format!("{}\n{about}\n{code}: {meaning}\n", self.day);
        let ping = Ping::End { code, published };
        let most = if stop.asked().is_some() { 1 } else { PINGS_MAX };
        for nth in 1..=most {
            match ping.send(target, &self.rid, body.clone(), lang).await {
                Ok(()) => return,
                Err(Trouble { what: error, .. }) if nth == most => {
                    warn!(
                        channel = "ping",
                        stage = "notify",
                        error,
                        "the end is not told"
                    );
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
        }
    }
}
