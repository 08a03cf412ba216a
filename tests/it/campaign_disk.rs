//! Disks that are full, folders that take no writes and folders that are gone: a clear message, the
//! exit code of the table, the earlier report as it was, and a rerun that heals.
//!
//! Small disks are tmpfs mounts in a mount namespace of their own, which the kernel takes away with
//! the last process in it. Where that is not allowed the tests say so and are skipped.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::campaign::{Field, State, Trial, Wrong, campaign, may_mount, said, setting, trials};
use crate::database::Kind;
use crate::town::{FIRST, files};

/// What lies on the small disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Database,
    Archive,
    Reports,
    /// Where SQLite keeps what it sorts.
    Temp,
    /// Everything of ours on one disk.
    All,
}

impl Place {
    const ALL: [Self; 5] = [
        Self::Database,
        Self::Archive,
        Self::Reports,
        Self::Temp,
        Self::All,
    ];

    /// What stands in the configuration; `small` is the folder with the small disk.
    fn config(self) -> &'static str {
        match self {
            Self::Database | Self::Temp => "",
            Self::Archive => "[archive]\ndir = \"small/archive\"\n",
            Self::Reports => "[report]\ndir = \"small/reports\"\n",
            Self::All => "[archive]\ndir = \"small/archive\"\n[report]\ndir = \"small/reports\"\n",
        }
    }

    /// The folder that the message has to name.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Database => &["the disk of the database is full", "small"],
            Self::Archive => &["small/archive"],
            Self::Reports => &["small/reports"],
            Self::Temp => &["disk", "full"],
            Self::All => &["small", "the disk of the database is full"],
        }
    }

    fn holds_database(self) -> bool {
        matches!(self, Self::Database | Self::All)
    }
}

/// Mounts, runs, makes room, runs again, and copies what is there to where it can be read.
const FULL: &str = r#"
bin=$1 date=$2 size=$3
mount -t tmpfs -o "size=${size}k" tmpfs small || exit 77
if [ -f test.db ]; then cp test.db small/ 2>/dev/null || exit 78; fi
TMPDIR=$PWD/small SQLITE_TMPDIR=$PWD/small "$bin" run --date "$date" 2>first.err
echo $? >first.code
find small -path '*reports/2*' -not -path '*/.*' >first.seen
mount -o remount,size=512m small || exit 77
"$bin" run --date "$date" 2>second.err
echo $? >second.code
cp -a small after
"#;

/// The same with a disk that takes no writes.
const READ_ONLY: &str = r#"
bin=$1 date=$2
if [ -f test.db ]; then cp test.db small/; fi
mkdir -p small/archive small/reports
mount --bind small small && mount -o remount,bind,ro small || exit 77
"$bin" run --date "$date" 2>first.err
echo $? >first.code
: >first.seen
umount small
"$bin" run --date "$date" 2>second.err
echo $? >second.code
cp -a small after
"#;

fn read(dir: &Path, name: &str) -> String {
    std::fs::read_to_string(dir.join(name)).unwrap_or_default()
}

/// Runs a script in a fresh trial; none when the disk is too small for the empty database.
async fn on_disk(field: &Field, place: Place, script: &str, size: u64) -> Option<Trial> {
    let mut trial = field.trial(&format!("{place:?}-{size}")).await;
    std::fs::create_dir(trial.dir().join("small")).unwrap();
    let database = trial.dir().join("test.db");
    let url = format!("sqlite://{}", trial.dir().join("small/test.db").display());
    if place.holds_database() {
        trial.write_config(field, &url);
    } else {
        std::fs::rename(&database, trial.dir().join("kept.db")).unwrap();
        let url = format!("sqlite://{}", trial.dir().join("kept.db").display());
        trial.write_config(field, &url);
        trial.database.url = url;
    }
    let bin = field.program(&trial).get_program().to_owned();
    let mut command = field.program(&trial);
    let envs: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", script, "disk"])
        .arg(bin)
        .args([FIRST, &size.to_string()])
        .current_dir(trial.dir())
        .envs(envs)
        .env_remove("DOISOAT_CONFIG")
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    match output.status.code() {
        Some(0) => {}
        Some(78) => return None,
        code => panic!("{code:?}: {}", said(&output)),
    }
    if place.holds_database() {
        let url = format!("sqlite://{}", trial.dir().join("after/test.db").display());
        trial.database.url = url;
    }
    Some(trial)
}

/// What is wrong with a night on a bad disk and the night after.
async fn judge(trial: &Trial, place: Place, wanted: &State, names: &[&str]) -> (bool, Wrong) {
    let dir = trial.dir();
    let mut wrong = Wrong::new();
    let (code, error) = (read(dir, "first.code"), read(dir, "first.err"));
    match code.trim() {
        "0" => {}
        "1" if names.iter().any(|name| error.contains(name)) => {
            let seen = read(dir, "first.seen");
            // the commit is the moment of truth: what is shown before it would be a lie
            if !seen.is_empty() && !error.contains("reports") && !error.contains("database") {
                wrong.push(format!("failed and shown: {seen} {error}"));
            }
        }
        code => wrong.push(format!("ended with {code}: {error}")),
    }
    if error.contains("panicked") {
        wrong.push(error);
    }
    if read(dir, "second.code").trim() != "0" {
        wrong.push(format!("does not heal: {}", read(dir, "second.err")));
        return (true, wrong);
    }
    let mut state = trial.state().await;
    if matches!(place, Place::Reports | Place::All) {
        state.reports = files(&dir.join("after/reports"));
    }
    wrong.extend(wanted.difference(&state));
    (code.trim() != "0", wrong)
}

/// The sizes in KiB that trial `nth` of a place stands for.
async fn full(field: Arc<Field>, wanted: Arc<State>, place: Place, size: u64) -> Wrong {
    let Some(trial) = on_disk(&field, place, FULL, size).await else {
        return Wrong::new();
    };
    let (failed, wrong) = judge(&trial, place, &wanted, place.names()).await;
    eprintln!(
        "{place:?} on {size} KiB: {}",
        if failed { "full" } else { "fits" }
    );
    wrong
}

async fn fulls(name: &str, places: &[Place], sizes: impl Iterator<Item = u64> + Clone) {
    if !may_mount() {
        return;
    }
    for place in places.iter().copied() {
        let field = Field::with(Kind::Sqlite, place.config()).await;
        let plain = Field::new(Kind::Sqlite).await;
        let wanted = Arc::new(plain.undisturbed().await);
        let trial = |size| full(Arc::clone(&field), Arc::clone(&wanted), place, size);
        campaign(&format!("{name}, {place:?}"), sizes.clone(), trial).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_full_disks() {
    let sizes = |all: [u64; 2]| all.into_iter();
    fulls("some full disks", &[Place::Database], sizes([700, 1200])).await;
    fulls("some full disks", &[Place::Archive], sizes([8, 64])).await;
    fulls("some full disks", &[Place::Reports], sizes([32, 128])).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_disk_full() {
    let step = setting("KIB", 64);
    let sizes = trials(60).map(move |k| (k + 1) * step);
    fulls("full disks", &Place::ALL, sizes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disks_that_take_no_writes() {
    if !may_mount() {
        return;
    }
    for (place, names) in [
        (Place::Database, &["takes no writes", "Read-only"][..]),
        (Place::Archive, &["small/archive"]),
        (Place::Reports, &["small/reports"]),
    ] {
        let field = Field::with(Kind::Sqlite, place.config()).await;
        let wanted = Field::new(Kind::Sqlite).await.undisturbed().await;
        let trial = on_disk(&field, place, READ_ONLY, 0).await.unwrap();
        let (failed, wrong) = judge(&trial, place, &wanted, names).await;
        assert!(failed, "{place:?}: {}", read(trial.dir(), "first.err"));
        assert!(wrong.is_empty(), "{place:?}: {}", wrong.join("\n"));
        let error = read(trial.dir(), "first.err");
        assert!(error.contains("run again"), "{place:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_are_gone_come_back_or_are_named() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    let trial = field.trial("gone").await;
    assert_eq!(field.night(&trial, &[]).await.status.code(), Some(0));
    // reports are made again from the archive; without both, from the database
    for gone in [&["reports"][..], &["archive"], &["reports", "archive"]] {
        for folder in gone {
            std::fs::remove_dir_all(trial.dir().join(folder)).unwrap();
        }
        if gone.contains(&"archive") {
            // it may lie elsewhere: only a person knows that it is lost
            let output = field.night(&trial, &[]).await;
            assert_eq!(output.status.code(), Some(2), "{gone:?}: {}", said(&output));
            let text = said(&output);
            assert!(text.contains("`doisoat init --new-archive`"), "{text}");
            let mut command = field.program(&trial);
            let lost = command.args(["init", "--new-archive"]).output().unwrap();
            assert!(lost.status.success(), "{gone:?}: {}", said(&lost));
        }
        let output = field.night(&trial, &[]).await;
        assert_eq!(output.status.code(), Some(0), "{gone:?}: {}", said(&output));
        assert_eq!(wanted.difference(&trial.state().await), None, "{gone:?}");
    }
    // a file where a folder has to be
    let reports = trial.dir().join("reports");
    std::fs::rename(&reports, trial.dir().join("aside")).unwrap();
    std::fs::write(&reports, "in the way").unwrap();
    let output = field.night(&trial, &[]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("reports"), "{text}");
    std::fs::remove_file(&reports).unwrap();
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(wanted.difference(&trial.state().await), None);
    // the folder of the database
    let (here, aside) = (trial.dir().join("test.db"), trial.dir().join("aside.db"));
    std::fs::rename(&here, &aside).unwrap();
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(10), "{}", said(&output));
    assert!(!here.exists(), "an empty database in place of the lost one");
    std::fs::rename(&aside, &here).unwrap();
    assert_eq!(field.night(&trial, &[]).await.status.code(), Some(0));
}
