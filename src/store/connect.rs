//! Opening and creating the database: one writer and a few readers on SQLite, a pool on PostgreSQL.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateDatabase;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, Postgres, SqlitePool};

use super::StoreError;
use super::exec::{Row, Tx, failure, reach};
use super::files;
use super::patience::Patience;
use super::snapshot::Snapshot;
use super::statement as sql;

/// How long a statement waits for somebody else's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers beside the one writer.
const READERS_MAX: u32 = 4;
/// The longest that PostgreSQL may work on one statement where neither it nor the address says: a
/// night's longest takes seconds, a migration of many years minutes.
const STATEMENT_MAX: &str = "30min";
/// Pages that a connection of SQLite holds, in KiB (negative: not a number of pages). The rows of a
/// night lie all over indexes of many years: in the 2 MiB that SQLite takes unasked each page is
/// read and written again and again. Beside years of others a night wrote twenty pages for each
/// payment (docs/BENCHMARKS.md): the writer holds those of some sixteen hundred.
const WRITE_CACHE: &str = "-131072";
const READ_CACHE: &str = "-8192";
/// Connections to PostgreSQL, besides the one that holds the lease.
const POSTGRES_CONNECTIONS_MAX: u32 = 5;

/// The longest that closing waits for connections of PostgreSQL to come back.
const CLOSING_MAX: Duration = Duration::from_secs(5);

/// What `open` expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// An initialised database without pending migrations: what every command but `init` and
    /// `migrate` needs.
    Ready,
    /// A database in any state (`migrate`, `status`, `check`); none is `NotInitialised`.
    Any,
    /// Make it if it is not there (`init`); migrations are not applied.
    Create,
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) db: Db,
    /// The state that all reading is of, where it is held still.
    pub(super) snapshot: Option<Snapshot>,
}

/// The connections.
#[derive(Clone, Debug)]
pub(super) enum Db {
    Sqlite {
        path: PathBuf,
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres {
        options: Box<PgConnectOptions>,
        pool: PgPool,
        patience: Arc<Patience>,
    },
}

impl Store {
    /// Opens the database at `url`: `sqlite://FILE` or `postgres://...`.
    pub async fn open(url: &str, mode: OpenMode) -> Result<Self, StoreError> {
        let store = if let Some(path) = sqlite_path(url) {
            open_sqlite(&path, mode).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, mode).await?
        } else {
            // what stands before the colon is enough: a URL may hold a password
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(StoreError::Url(format!("{scheme}:...")));
        };
        if mode == OpenMode::Ready {
            let pending = store.pending().await?.len();
            if pending > 0 {
                return Err(StoreError::MigrationsPending(pending));
            }
        }
        Ok(store)
    }

    /// Makes the database if it is not there and applies every migration.
    pub async fn create(url: &str) -> Result<Self, StoreError> {
        let store = Self::open(url, OpenMode::Create).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Where it is, without user and password: for messages.
    pub fn place(&self) -> String {
        match &self.db {
            Db::Sqlite { path, .. } => path.display().to_string(),
            Db::Postgres { options, .. } => place_of(options),
        }
    }

    /// Integrity check of the database itself: SQLite walks every page; PostgreSQL checks its pages
    /// on its own, so here only that it answers.
    pub async fn check(&self) -> Result<(), StoreError> {
        if let Db::Postgres { .. } = &self.db {
            self.pending().await?;
            return Ok(());
        }
        let rows = self.read(&sql::CHECK_INTEGRITY, &[]).await?;
        let words: Vec<&str> = rows
            .iter()
            .map(|row| row.text("integrity_check"))
            .collect::<Result<_, _>>()?;
        if words == ["ok"] {
            Ok(())
        } else {
            Err(StoreError::Corrupt {
                what: self.place(),
                detail: words.join("; "),
            })
        }
    }

    /// Whether the database takes writes: one is made and taken back.
    pub async fn assert_writable(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(&sql::PROBE_LEASE, &[]).await.map(drop)
    }

    /// True for a file that [`Store::backup`] can copy, false for PostgreSQL.
    pub fn is_file(&self) -> bool {
        matches!(self.db, Db::Sqlite { .. })
    }

    /// Writes a consistent copy (SQLite; PostgreSQL has `pg_dump`). The file must not exist.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let Db::Sqlite { write, .. } = &self.db else {
            return Err(StoreError::Url(
                "postgres:... (copy it with pg_dump)".to_owned(),
            ));
        };
        files::create_private(to)?;
        let text = sql::COPY_DATABASE.sqlite()?;
        let target = to.display().to_string();
        let done = sqlx::query(text).bind(target).execute(write).await;
        done.map_err(|e| failure("copy_database", e))?;
        files::sync(to)
    }

    /// The end of a night: folds the write-ahead log into the file; on PostgreSQL refreshes the
    /// statistics of tables that changed much.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        match &self.db {
            Db::Sqlite { write, .. } => {
                let statement = &sql::FOLD_LOG;
                let done = sqlx::query(statement.sqlite()?).execute(write).await;
                done.map_err(|e| failure(statement.name, e))?;
                self.forget_statistics().await
            }
            Db::Postgres { pool, patience, .. } => {
                let statement = &sql::REFRESH_STATISTICS;
                let work = sqlx::query(statement.postgres()?).execute(pool);
                patience
                    .statement(statement.name, Box::pin(work))
                    .await
                    .map(drop)
            }
        }
    }

    /// SQLite plans without statistics: those of a young office say that its one night is the whole
    /// table, and stand until the table has grown tenfold. Without any, each statement of a night
    /// takes the index that the tests look at.
    pub(super) async fn forget_statistics(&self) -> Result<(), StoreError> {
        if let Db::Sqlite { write, .. } = &self.db {
            let statement = &sql::FORGET_STATISTICS;
            let done = sqlx::query(statement.sqlite()?).execute(write).await;
            done.map_err(|e| failure(statement.name, e))?;
        }
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(self) {
        match self.db {
            Db::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            // a connection that never answers is never given back
            Db::Postgres { pool, .. } => {
                let _closed = tokio::time::timeout(CLOSING_MAX, pool.close()).await;
            }
        }
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: one that read first
    /// and wrote later would fail without waiting.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        reach("begin")?;
        if self.snapshot.is_some() {
            return Err(StoreError::ReadOnly("a snapshot is for reading".to_owned()));
        }
        match &self.db {
            Db::Sqlite { write, .. } => begin_sqlite(write, "BEGIN IMMEDIATE").await,
            Db::Postgres { pool, patience, .. } => {
                let begun = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ");
                let tx = patience.moment("begin", Box::pin(begun)).await?;
                Ok(Tx::Postgres(tx, Arc::clone(patience)))
            }
        }
    }

    /// A transaction that reads one state of the database, whatever a writer does meanwhile.
    pub(super) async fn begin_read(&self) -> Result<Tx, StoreError> {
        reach("begin")?;
        if let Some(snapshot) = &self.snapshot {
            return Ok(snapshot.turn().await);
        }
        match &self.db {
            Db::Sqlite { read, .. } => begin_sqlite(read, "BEGIN").await,
            Db::Postgres { pool, patience, .. } => {
                let begun = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                let tx = patience.moment("begin", Box::pin(begun)).await?;
                Ok(Tx::Postgres(tx, Arc::clone(patience)))
            }
        }
    }

    /// One reading statement on its own.
    pub(super) async fn read(
        &self,
        statement: &'static sql::Statement,
        binds: &[super::exec::Bind<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.begin_read().await?.rows(statement, binds).await
    }
}

async fn begin_sqlite(pool: &SqlitePool, how: &'static str) -> Result<Tx, StoreError> {
    let begun = pool.begin_with(how).await;
    begun.map(Tx::Sqlite).map_err(|e| failure("begin", e))
}

/// The file of a SQLite URL.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

async fn open_sqlite(path: &Path, mode: OpenMode) -> Result<Store, StoreError> {
    if !path.exists() {
        if mode != OpenMode::Create {
            return Err(StoreError::NotInitialised(path.display().to_string()));
        }
        files::create_private(path)?;
    }
    files::assert_writable(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let pool = |connections: u32, options: SqliteConnectOptions| async move {
        PoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(BUSY_TIMEOUT * 3)
            .connect_with(options)
            .await
            .map_err(|error| failure("connect", error))
    };
    let write = options.clone().pragma("cache_size", WRITE_CACHE);
    let write = pool(1, write).await?;
    let read = options.pragma("cache_size", READ_CACHE);
    let read = pool(READERS_MAX, read.pragma("query_only", "ON")).await?;
    let path = path.to_owned();
    let db = Db::Sqlite { path, write, read };
    let store = Store { db, snapshot: None };
    store.assert_settings().await?;
    Ok(store)
}

impl Store {
    /// Asks the connection what it really uses; a file system that cannot do WAL says so here. It
    /// waits for no writer: a night that publishes holds up nobody who only opens the database.
    async fn assert_settings(&self) -> Result<(), StoreError> {
        let Db::Sqlite { write, .. } = &self.db else {
            return Ok(());
        };
        let mut tx = begin_sqlite(write, "BEGIN").await?;
        let rows = tx.rows(&sql::SELECT_SETTINGS, &[]).await?;
        let wanted = ["wal", "2", "1"];
        let columns = ["journal_mode", "synchronous", "foreign_keys"];
        for (row, (column, wanted)) in rows.iter().flat_map(|row| {
            let pairs = columns.into_iter().zip(wanted);
            pairs.map(move |pair| (row, pair))
        }) {
            let found = row.text(column)?;
            if !found.eq_ignore_ascii_case(wanted) {
                let message = format!(
                    "{column} is {found}, not {wanted}: put the database on a local file system"
                );
                return Err(StoreError::Db {
                    statement: "select_settings",
                    message,
                });
            }
        }
        Ok(())
    }
}

async fn open_postgres(url: &str, mode: OpenMode) -> Result<Store, StoreError> {
    let bad_url = |_| StoreError::Url("postgres:...".to_owned());
    let options = PgConnectOptions::from_str(url).map_err(bad_url)?;
    let options = options
        .application_name("doisoat")
        .options([("lock_timeout", "10s"), ("client_min_messages", "warning")])
        .disable_statement_logging();
    if mode == OpenMode::Create {
        let known = Postgres::database_exists(url).await;
        if !known.map_err(|e| failure("connect", e))? {
            let made = Postgres::create_database(url).await;
            made.map_err(|e| failure("create_database", e))?;
        }
    }
    let limit = sql::LIMIT_STATEMENTS.postgres()?;
    let connected = PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(BUSY_TIMEOUT)
        .after_connect(move |connection, _| {
            let limited = sqlx::query(limit).bind(STATEMENT_MAX).execute(connection);
            Box::pin(async { limited.await.map(|_| ()) })
        })
        .connect_with(options.clone())
        .await;
    let pool = connected.map_err(|error| match &error {
        // 3D000: no such database
        sqlx::Error::Database(inner) if inner.code().as_deref() == Some("3D000") => {
            StoreError::NotInitialised(place_of(&options))
        }
        _ => failure("connect", error),
    })?;
    let patience = Arc::new(Patience::default());
    let db = Db::Postgres {
        options: Box::new(options),
        pool,
        patience: Arc::clone(&patience),
    };
    let store = Store { db, snapshot: None };
    let rows = Box::pin(store.read(&sql::SELECT_STATEMENT_LIMIT, &[])).await?;
    let ms = rows.first().map_or(Ok(0), |row| row.int("ms"))?;
    patience.limit_statements(u64::try_from(ms).unwrap_or_default());
    Ok(store)
}

fn place_of(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    let host = options.get_socket().map_or_else(
        || options.get_host().to_owned(),
        |p| p.display().to_string(),
    );
    format!("{database} on {host}:{}", options.get_port())
}
