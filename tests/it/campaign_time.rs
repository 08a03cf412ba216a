//! The host's zone and clock change nothing, and many missed nights are as if each had run.

use std::process::Command;

use crate::campaign::{Field, said};
use crate::caught_up::caught_up;
use crate::database::Kind;
use crate::town::FIRST;

/// Zones east and west, with half hours, with a day that was left out, and with summer time.
const ZONES: [&str; 6] = [
    "UTC",
    "Asia/Ho_Chi_Minh",
    "America/New_York",
    "Pacific/Apia",
    "Asia/Tehran",
    "Etc/GMT+12",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_the_same_in_every_zone_of_the_host() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    for zone in ZONES {
        let trial = field.trial(&zone.replace('/', "-")).await;
        let output = field.night(&trial, &[("TZ", zone)]).await;
        assert_eq!(output.status.code(), Some(0), "{zone}: {}", said(&output));
        assert_eq!(wanted.difference(&trial.state().await), None, "{zone}");
    }
}

/// Instants at which the night of 5 December 2022 may be run: every deadline of it has passed.
const INSTANTS: [&str; 6] = [
    "2023-12-31 23:59:58",
    "2024-01-01 00:00:00",
    "2024-02-28 23:59:58",
    "2024-02-29 12:00:00",
    "2024-03-10 02:30:00",
    "2038-01-19 03:14:07",
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_time_at_odd_instants() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    for (nth, instant) in INSTANTS.into_iter().enumerate() {
        let trial = field.trial(&format!("t{nth}")).await;
        let plain = field.program(&trial);
        let mut command = Command::new("faketime");
        command.arg("-f").arg(format!("@{instant}"));
        command
            .arg(plain.get_program())
            .args(["run", "--date", FIRST]);
        command
            .current_dir(trial.dir())
            .env_remove("DOISOAT_CONFIG");
        let set = plain
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        command.envs(set);
        let run = tokio::task::spawn_blocking(move || command.output().expect("faketime"));
        let output = run.await.unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{instant}: {}",
            said(&output)
        );
        assert_eq!(wanted.difference(&trial.state().await), None, "{instant}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_time_35_missed_nights() {
    caught_up(35).await;
}
