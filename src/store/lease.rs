//! One run at a time: a lock of the operating system (SQLite) or of the session (PostgreSQL), which
//! dies with its holder, and a row that says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use super::batch::batches;
use super::connect::Db;
use super::exec::{Bind, Row};
use super::patience::Patience;
use super::statement as sql;
use super::{Store, StoreError};
use crate::fault::point;

/// The advisory lock's key ("doisoat" in ASCII); the lock is one per database.
const LOCK_KEY: i64 = 0x0064_6f69_736f_6174;

/// How often the row of a lease is read before its holder counts as unknown: for about a second.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// So many of them before the server is asked whose session it is: it may be about to notice that a
/// holder died.
const LOOKS_ALONE: u32 = 5;
/// Of a host's name in that of a session.
const SESSION_HOST_MAX: usize = 40;

/// Who asks for the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it is about to do, e.g. `run 2022-12-05`.
    pub name: String,
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// Now, RFC 3339.
    pub now_wall: String,
}

/// The right to write a night. Dropping it, or dying, gives it back.
#[derive(Debug)]
pub struct Lease {
    pub(super) token: String,
    lock: Lock,
}

#[derive(Debug)]
enum Lock {
    /// Held while the file is open.
    File { _file: File },
    /// Held while the session lives; sqlx never reconnects a connection of its own.
    Session { connection: Box<PgConnection> },
}

impl Store {
    /// Takes the lease or fails at once with [`StoreError::Held`]. What a killed holder left behind
    /// is taken over.
    pub async fn acquire_lease(&self, holder: &Holder) -> Result<Lease, StoreError> {
        let lock = match &self.db {
            Db::Sqlite { path, .. } => lock_file(path)?,
            Db::Postgres {
                options, patience, ..
            } => {
                let named = options.as_ref().clone();
                let named = named.application_name(&session_name(holder.pid.into(), &holder.host));
                let connection = patience
                    .moment("connect", Box::pin(named.connect()))
                    .await?;
                lock_session(connection, patience).await?
            }
        };
        let Some(lock) = lock else {
            return Err(self.held(holder).await?);
        };
        let token = format!("{}/{}/{}", holder.host, holder.pid, holder.now_wall);
        let rows = batches([holder], |row, holder| {
            row.text("holder", &holder.name)
                .int("pid", i64::from(holder.pid))
                .text("host", &holder.host)
                .text("token", &token)
                .text("now", &holder.now_wall);
        });
        let mut tx = self.begin().await?;
        tx.run_batches(&sql::TAKE_LEASE, &rows, &[]).await?;
        tx.commit().await?;
        Ok(Lease { token, lock })
    }

    /// Says that the holder is alive; [`StoreError::SessionLost`] when the lock is gone,
    /// [`StoreError::LeaseLost`] when the row is.
    pub async fn heartbeat(&self, lease: &mut Lease, now_wall: &str) -> Result<(), StoreError> {
        if let (Lock::Session { connection }, Db::Postgres { patience, .. }) =
            (&mut lease.lock, &self.db)
        {
            let alive = patience.moment("ping", Box::pin(connection.ping())).await;
            alive.map_err(|why| StoreError::SessionLost(Box::new(why)))?;
        }
        let mut tx = self.begin().await?;
        let binds = [Bind::Text(&lease.token), Bind::Text(now_wall)];
        if tx.run(&sql::FENCE_LEASE, &binds).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        tx.commit().await
    }

    /// Gives the lease back in good order.
    pub async fn release_lease(&self, lease: Lease) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let binds = [Bind::Text(&lease.token)];
        tx.run(&sql::RELEASE_LEASE, &binds).await?;
        tx.commit().await?;
        if let (Lock::Session { mut connection }, Db::Postgres { patience, .. }) =
            (lease.lock, &self.db)
        {
            let unlock = sqlx::query(sql::ADVISORY_UNLOCK.postgres()?).bind(LOCK_KEY);
            let given = unlock.execute(&mut *connection);
            patience
                .moment(sql::ADVISORY_UNLOCK.name, Box::pin(given))
                .await?;
            patience
                .moment("close", Box::pin(connection.close()))
                .await?;
        }
        Ok(())
    }

    /// Whether a night could take the lease: the file of its lock must be this user's to write.
    pub fn assert_lockable(&self) -> Result<(), StoreError> {
        match &self.db {
            Db::Sqlite { path, .. } => open_lock(&lock_path(path)).map(drop),
            Db::Postgres { .. } => Ok(()),
        }
    }

    /// What somebody who is at work does, e.g. `run 2022-12-05`; none where nobody holds the lease.
    pub async fn at_work(&self) -> Result<Option<String>, StoreError> {
        let here = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        for row in self.read(&sql::SELECT_LEASE, &[]).await? {
            let gone = row.text("host")? == here.trim() && !is_alive(row.int("pid")?);
            if !row.text("token")?.is_empty() && !gone {
                return Ok(Some(row.text("holder")?.to_owned()));
            }
        }
        Ok(None)
    }

    /// Who holds it. The lock comes first and the row a moment later: until then the row names
    /// nobody, or a holder that is gone.
    async fn held(&self, asks: &Holder) -> Result<StoreError, StoreError> {
        for look in 0..LOOKS {
            let rows = self.read(&sql::SELECT_LEASE, &[]).await?;
            if look >= LOOKS_ALONE
                && let Some(gone) = self.held_by_gone(asks, rows.first()).await?
            {
                return Ok(gone);
            }
            if let Some(row) = rows.first()
                && !row.text("token")?.is_empty()
            {
                let (pid, host) = (row.int("pid")?, row.text("host")?);
                if host != asks.host || is_alive(pid) {
                    return Ok(StoreError::Held {
                        holder: row.text("holder")?.to_owned(),
                        pid,
                        host: host.to_owned(),
                        since: row.text("since_wall")?.to_owned(),
                    });
                }
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(StoreError::Held {
            holder: "a run that is just starting".to_owned(),
            pid: 0,
            host: "unknown host".to_owned(),
            since: "just now".to_owned(),
        })
    }
}

impl Store {
    /// The session of a process of this host that is there no more, where it is that which holds
    /// the lock; `row` tells what it did.
    async fn held_by_gone(
        &self,
        asks: &Holder,
        row: Option<&Row>,
    ) -> Result<Option<StoreError>, StoreError> {
        let Db::Postgres { options, .. } = &self.db else {
            return Ok(None);
        };
        let key = LOCK_KEY.to_string();
        let lock = [Bind::Text(&key)];
        let sessions = self.read(&sql::SELECT_LOCK_SESSION, &lock).await?;
        let Some(session) = sessions.first() else {
            return Ok(None);
        };
        let name = session.text("name")?;
        let pid = pid_of(name).filter(|pid| session_name(*pid, &asks.host) == name);
        let Some(pid) = pid.filter(|pid| !is_alive(*pid)) else {
            return Ok(None);
        };
        let (mut holder, mut since) = ("a run".to_owned(), "a while ago".to_owned());
        if let Some(row) = row
            && (row.int("pid")?, row.text("host")?) == (pid, &*asks.host)
        {
            row.text("holder")?.clone_into(&mut holder);
            row.text("since_wall")?.clone_into(&mut since);
        }
        Ok(Some(StoreError::HeldByGone {
            holder,
            pid,
            host: asks.host.clone(),
            since,
            command: ending(options, session.int("session")?),
        }))
    }
}

/// What the session that holds the lock is called: its process and host, in at most the 63 bytes
/// that PostgreSQL keeps.
fn session_name(pid: i64, host: &str) -> String {
    let plain = host.chars().filter(char::is_ascii_graphic);
    let host: String = plain.take(SESSION_HOST_MAX).collect();
    format!("doisoat {pid}@{host}")
}

/// The process of a session that [`session_name`] named.
fn pid_of(name: &str) -> Option<i64> {
    let (pid, _) = name.strip_prefix("doisoat ")?.split_once('@')?;
    pid.parse().ok()
}

/// The command that ends a session of the server, for a shell; without a password.
fn ending(options: &PgConnectOptions, session: i64) -> String {
    let socket = options
        .get_socket()
        .map(|socket| socket.display().to_string());
    let host = socket.unwrap_or_else(|| options.get_host().to_owned());
    let (port, user) = (options.get_port(), options.get_username());
    let database = options.get_database().unwrap_or(user);
    format!(
        "psql -h {host} -p {port} -U {user} -d {database} \
         -c 'SELECT pg_terminate_backend({session})'"
    )
}

/// Whether a process of this machine is there.
fn is_alive(pid: i64) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// `<database>.lock`.
fn lock_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

fn open_lock(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let open = point("lock").and_then(|()| options.open(path));
    open.map_err(|e| StoreError::io(path, e))
}

/// Locks `<database>.lock`; none when somebody else has it.
fn lock_file(database: &Path) -> Result<Option<Lock>, StoreError> {
    let path = lock_path(database);
    let file = open_lock(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::File { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(StoreError::io(path, error)),
    }
}

/// Takes the session's advisory lock; none when another session has it.
async fn lock_session(
    mut connection: PgConnection,
    patience: &Patience,
) -> Result<Option<Lock>, StoreError> {
    let name = sql::TRY_ADVISORY_LOCK.name;
    let lock = sqlx::query(sql::TRY_ADVISORY_LOCK.postgres()?).bind(LOCK_KEY);
    let asked = patience
        .moment(name, Box::pin(lock.fetch_one(&mut connection)))
        .await;
    let row = Row::postgres(name, asked?);
    let connection = Box::new(connection);
    Ok((row.int("taken")? == 1).then_some(Lock::Session { connection }))
}
