//! A PostgreSQL server of its own that is killed at some instant of the night and started again,
//! and one whose disk is full: a clear message, exit code 0 or 1, and a rerun that heals.
//!
//! The data of the server lie on a small tmpfs in a mount namespace of its own, which the kernel
//! takes away with the last process in it. Where that is not allowed the test of the disk says so
//! and is skipped.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::Rng as _;

use crate::campaign::{Field, State, Trial, Wrong, campaign, may_mount, numbers, said, trials};
use crate::database::{Database, Kind, as_server_user, server_binaries};

/// Makes the server and does what the lines of its input say, each answered by a line; cleans up at
/// their end. `size` is told in KiB beside what is used.
const KEEPER: &str = r#"
bin=$1 dir=$2 small=$3
shift 3
export LC_ALL=C TZ=UTC
unset PGOPTIONS PGDATA PGHOST PGPORT
trap '' INT HUP TERM PIPE
exec 3>&1 >"$dir/keeper.log" 2>&1
mkdir "$dir/data"
if [ "$small" = small ]; then
    mount -t tmpfs -o size=512m tmpfs "$dir/data" || { echo cannot mount >&3; exit 1; }
fi
chown --reference="$dir" "$dir/data"
chmod 700 "$dir/data"
up() { "$@" "$bin/pg_ctl" -D "$dir/data" status >/dev/null; }
start() {
    up "$@" && return
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$@" "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 -s start -o "-k $dir \
            -c listen_addresses='' -c fsync=off -c max_connections=100 -c max_wal_size=32MB \
            -c min_wal_size=2MB" </dev/null 3>&- && return
        sleep 1
    done
    cat "$dir/server.log"
    return 1
}
"$@" "$bin/initdb" -D "$dir/data" -U doisoat -A trust -E UTF8 --locale=C --no-sync \
    --wal-segsize=1 3>&- && start "$@" && echo ready >&3
while read -r order size; do
    case $order in
    start) start "$@" && echo started >&3 ;;
    kill)
        kill -9 "$(head -1 "$dir/data/postmaster.pid")"
        while up "$@"; do sleep 0.05; done
        echo killed >&3
        ;;
    size)
        used=$(df -k --output=used "$dir/data" | tail -1)
        mount -o "remount,size=$((used + size))k" "$dir/data" && echo sized >&3
        ;;
    esac || echo "failed: $(tail -20 "$dir/keeper.log" | tr '\n' ' ')" >&3
done
"$@" "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop
umount "$dir/data"
rm -rf "$dir"
"#;

/// A server of its own, and who keeps it until its input ends: the last test of it is over.
struct Server {
    socket: String,
    next: AtomicU32,
    lines: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _keeper: Child,
}

impl Server {
    /// `small`: on a disk of its own.
    fn start(small: bool) -> Arc<Self> {
        let dir = tempfile::Builder::new()
            .prefix("doisoat-pg-")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        let user = as_server_user(&dir);
        let mut command = Command::new("setsid");
        if small {
            command.args(["unshare", "-m"]);
        }
        command
            .args(["sh", "-c", KEEPER, "keeper"])
            .arg(server_binaries())
            .arg(&dir)
            .arg(if small { "small" } else { "large" })
            .args(user)
            .current_dir("/tmp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut keeper = command.spawn().unwrap();
        let lines = (
            keeper.stdin.take().unwrap(),
            BufReader::new(keeper.stdout.take().unwrap()),
        );
        let server = Self {
            socket: dir.display().to_string().replace('/', "%2F"),
            next: AtomicU32::new(1),
            lines: Mutex::new(lines),
            _keeper: keeper,
        };
        assert_eq!(server.answer(), "ready");
        Arc::new(server)
    }

    fn answer(&self) -> String {
        let mut line = String::new();
        self.lines.lock().unwrap().1.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// An order, and that it was done.
    async fn tell(self: &Arc<Self>, order: &'static str, size: u64, done: &'static str) {
        let server = Arc::clone(self);
        let told = tokio::task::spawn_blocking(move || {
            let order = format!("{order} {size}\n");
            server
                .lines
                .lock()
                .unwrap()
                .0
                .write_all(order.as_bytes())
                .unwrap();
            assert_eq!(server.answer(), done);
        });
        told.await.unwrap();
    }

    /// A fresh trial with a database of this server.
    async fn trial(&self, field: &Field, name: &str) -> Trial {
        let mut database = Database::empty(Kind::Postgres);
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        database.url = format!("postgres://doisoat@{}/own_{nth}", self.socket);
        field.trial_in(name, database).await
    }
}

/// The night ended as it may: well, or with 1 and a word about the database.
fn ended_in_words(output: &std::process::Output) -> Wrong {
    let text = said(output);
    let fine = match output.status.code() {
        Some(0) => true,
        Some(1) => text.contains("database"),
        _ => false,
    };
    let fine = fine && !text.contains("panicked");
    if fine {
        Wrong::new()
    } else {
        vec![format!("{:?}: {text}", output.status)]
    }
}

/// The server is killed at some instant of the night, and started again at once.
async fn killed(
    server: Arc<Server>,
    field: Arc<Field>,
    wanted: Arc<State>,
    nth: u64,
    took: Duration,
) -> Wrong {
    let trial = server.trial(&field, &format!("server{nth}")).await;
    let after = numbers(nth).random_range(0..u64::try_from(took.as_micros()).unwrap());
    let kill = async {
        tokio::time::sleep(Duration::from_micros(after)).await;
        server.tell("kill", 0, "killed").await;
        server.tell("start", 0, "started").await;
    };
    let (output, ()) = tokio::join!(field.night(&trial, &[]), kill);
    let mut wrong = ended_in_words(&output);
    wrong.extend(field.heals(&trial, &wanted, 1).await);
    wrong
}

async fn kills(name: &str, trials: impl Iterator<Item = u64>) {
    let (server, field) = (Server::start(false), Field::new(Kind::Postgres).await);
    let trial = server.trial(&field, "measured").await;
    let watch = doisoat::clock::Stopwatch::start();
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let took = watch.elapsed();
    let wanted = Arc::new(trial.state().await);
    for nth in trials {
        // one after the other: they share the server
        let trial = |nth| {
            let (server, field) = (Arc::clone(&server), Arc::clone(&field));
            killed(server, field, Arc::clone(&wanted), nth, took)
        };
        campaign(name, std::iter::once(nth), trial).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_nights_whose_server_is_killed_and_started_again() {
    kills("some killed servers", [1, 2, 3].into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_postgres_server_is_killed() {
    kills("killed servers", trials(20)).await;
}

/// The server has so many KiB left when the night begins; then there is room again.
async fn full(server: Arc<Server>, field: Arc<Field>, wanted: Arc<State>, size: u64) -> Wrong {
    let trial = server.trial(&field, &format!("full{size}")).await;
    server.tell("size", size, "sized").await;
    let output = field.night(&trial, &[]).await;
    let (code, text) = (output.status.code(), said(&output));
    let mut wrong = ended_in_words(&output);
    // where the log of the server found no room, the server itself went down
    let told = [
        "the disk of the database is full",
        "the database cannot be reached",
    ];
    if code == Some(1) && !told.iter().any(|words| text.contains(words)) {
        wrong.push(format!("{size} KiB: {text}"));
    }
    let ended = if code == Some(0) { "fits" } else { "full" };
    eprintln!("{size} KiB left: {ended}");
    server.tell("size", 400 << 10, "sized").await;
    server.tell("start", 0, "started").await;
    wrong.extend(field.heals(&trial, &wanted, 1).await);
    wrong
}

async fn fulls(name: &str, sizes: impl Iterator<Item = u64>) {
    if !may_mount() {
        return;
    }
    let (server, field) = (Server::start(true), Field::new(Kind::Postgres).await);
    let wanted = Arc::new(field.undisturbed().await);
    for size in sizes {
        let trial = |size| {
            full(
                Arc::clone(&server),
                Arc::clone(&field),
                Arc::clone(&wanted),
                size,
            )
        };
        campaign(name, std::iter::once(size), trial).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_full_disks_of_the_server() {
    fulls("some full disks of the server", [0, 512, 3_000].into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_postgres_disk_full() {
    fulls("full disks of the server", trials(60).map(|nth| nth * 128)).await;
}
