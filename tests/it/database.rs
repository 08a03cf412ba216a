//! Databases for tests: a SQLite file or a database of a throwaway PostgreSQL cluster, one per
//! test.
//!
//! The cluster is started once per test process from the server binaries on the machine, listens on
//! a Unix socket in a temporary folder only, and is stopped and removed by a watchdog process when
//! the pipe to this process closes: also when tests fail, panic or are killed. Without binaries the
//! tests fail; they never skip.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use doisoat::store::{OpenMode, Store};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file.
    Sqlite,
    /// A database of the throwaway cluster.
    Postgres,
}

/// One empty database for one test. Keep it alive as long as the store.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    /// A folder for the test's files; also holds the SQLite file.
    pub(crate) dir: tempfile::TempDir,
}

impl Database {
    /// A database that holds nothing yet.
    pub(crate) fn empty(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}", dir.path().join("test.db").display()),
            Kind::Postgres => cluster().url_of_next(),
        };
        Self { kind, url, dir }
    }

    /// A migrated store.
    pub(crate) async fn create(&self) -> Store {
        Store::create(&self.url).await.unwrap()
    }

    /// Does to the database what no program of ours would.
    pub(crate) async fn execute(&self, sql: &'static str) {
        use sqlx::Connection as _;
        match self.kind {
            Kind::Sqlite => {
                let mut c = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&mut c).await.unwrap();
                c.close().await.unwrap();
            }
            Kind::Postgres => {
                let mut c = sqlx::PgConnection::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&mut c).await.unwrap();
                c.close().await.unwrap();
            }
        }
    }

    /// The texts of a query's first column.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        use sqlx::Connection as _;
        match self.kind {
            Kind::Sqlite => {
                let mut c = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                let texts = sqlx::query_scalar(sql).fetch_all(&mut c).await.unwrap();
                c.close().await.unwrap();
                texts
            }
            Kind::Postgres => {
                let mut c = sqlx::PgConnection::connect(&self.url).await.unwrap();
                let texts = sqlx::query_scalar(sql).fetch_all(&mut c).await.unwrap();
                c.close().await.unwrap();
                texts
            }
        }
    }

    /// The store opened once more, as a second process would.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, OpenMode::Ready).await.unwrap()
    }
}

/// Runs `test` on a fresh migrated store of each kind, and tells which one failed.
pub(crate) async fn each_database(test: impl AsyncFn(Store, &Database)) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        eprintln!("on {kind:?}");
        let database = Database::empty(kind);
        let store = database.create().await;
        test(store, &database).await;
    }
}

/// The throwaway cluster of this process.
struct Cluster {
    socket: PathBuf,
    next: AtomicU32,
    /// Its standard input is the pipe whose closing ends the cluster; never read after the start.
    _watchdog: Child,
}

impl Cluster {
    fn url_of_next(&self) -> String {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let socket = self.socket.display().to_string().replace('/', "%2F");
        format!("postgres://doisoat@{socket}/test_{n}")
    }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

/// `initdb` and `postgres`, on PATH or where Debian puts them; the newest version wins.
pub(crate) fn server_binaries() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort();
    let mut folders = std::env::split_paths(&on_path)
        .chain(versions.into_iter().rev().map(|(_, path)| path))
        .filter(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file());
    folders.next().expect(
        "no PostgreSQL server on this machine (initdb, postgres): install the Debian package \
         `postgresql`; these tests do not skip",
    )
}

/// The user that runs the server: PostgreSQL refuses root.
fn server_user() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout != b"0\n" {
        return None;
    }
    let exists = |user: &&str| {
        let asked = Command::new("id").arg("-u").arg(user).output();
        asked.is_ok_and(|done| done.status.success())
    };
    let user = ["postgres", "nobody"].into_iter().find(exists);
    Some(user.expect("run as root, and neither user `postgres` nor `nobody` exists"))
}

/// The watchdog: makes the cluster, says `ready`, waits for the end of its input, cleans up. It
/// runs in a session of its own, so that Ctrl-C in a terminal does not reach it first.
const WATCHDOG: &str = r#"
bin=$1 dir=$2
export LC_ALL=C TZ=UTC
unset PGOPTIONS PGDATA PGHOST PGPORT
trap '' INT HUP TERM PIPE
give_up() {
    cat "$dir/$1"
    rm -rf "$dir"
    exit 1
}
"$bin/initdb" -D "$dir/data" -U doisoat -A trust -E UTF8 --locale=C --no-sync \
    >"$dir/initdb.log" 2>&1 || give_up initdb.log
"$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 -s start -o "-k $dir \
    -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=200 -c log_min_messages=warning" \
    >"$dir/start.log" 2>&1 </dev/null || { cat "$dir/start.log"; give_up server.log; }
echo ready
while read -r _; do :; done
"$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >/dev/null 2>&1
rm -rf "$dir"
"#;

fn start() -> Cluster {
    let bin = server_binaries();
    let dir = tempfile::Builder::new()
        .prefix("doisoat-pg-")
        .tempdir_in("/tmp")
        .unwrap()
        .keep();
    let mut command = Command::new("setsid");
    command
        .args(as_server_user(&dir))
        .args(["sh", "-c", WATCHDOG, "watchdog"])
        .arg(&bin)
        .arg(&dir)
        .current_dir("/tmp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[expect(
        clippy::zombie_processes,
        reason = "it outlives this process by the moment it takes to clean up"
    )]
    let mut watchdog = command.spawn().unwrap();
    let output = watchdog.stdout.take().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.unwrap();
        if line == "ready" {
            return Cluster {
                socket: dir,
                next: AtomicU32::new(1),
                _watchdog: watchdog,
            };
        }
        said.push(line);
    }
    panic!("PostgreSQL did not start:\n{}", said.join("\n"));
}

/// The command before that of a server whose folder this is, and which it is given to: none where
/// this process is no root.
pub(crate) fn as_server_user(dir: &Path) -> Vec<String> {
    let user = server_user();
    if let Some(user) = user {
        let given = Command::new("chown").arg(user).arg(dir).status().unwrap();
        assert!(given.success(), "chown {user} {}", dir.display());
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).unwrap();
    let words = |user| {
        let group = group_of(user);
        let fixed = [
            "setpriv",
            "--init-groups",
            "--reuid",
            user,
            "--regid",
            &group,
        ];
        fixed.map(str::to_owned).to_vec()
    };
    user.map(words).unwrap_or_default()
}

fn group_of(user: &str) -> String {
    let asked = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8(asked.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_cluster_lives_in_a_private_folder() {
    let dir: &Path = &cluster().socket;
    let mode = fs::metadata(dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
