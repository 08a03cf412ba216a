//! Migrations: embedded, one folder for both databases, never edited once applied.

use std::path::PathBuf;
use std::sync::LazyLock;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::connect::Db;
use super::exec::failure;
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::Day;

/// Version, name and text of each migration, in order: one file and one line each.
#[rustfmt::skip]
const ALL: [(i64, &str, &str); 15] = [
    (1, "core", include_str!("../../migrations/0001_core.sql")),
    (2, "statement", include_str!("../../migrations/0002_statement.sql")),
    (3, "trace", include_str!("../../migrations/0003_trace.sql")),
    (4, "audit", include_str!("../../migrations/0004_audit.sql")),
    (5, "outbox", include_str!("../../migrations/0005_outbox.sql")),
    (6, "periods", include_str!("../../migrations/0006_periods.sql")),
    (7, "halves", include_str!("../../migrations/0007_halves.sql")),
    (8, "whole", include_str!("../../migrations/0008_whole.sql")),
    (9, "seals", include_str!("../../migrations/0009_seals.sql")),
    (10, "kept", include_str!("../../migrations/0010_kept.sql")),
    (11, "staged", include_str!("../../migrations/0011_staged.sql")),
    (12, "spellings", include_str!("../../migrations/0012_spellings.sql")),
    (13, "origin", include_str!("../../migrations/0013_origin.sql")),
    (14, "audit_run", include_str!("../../migrations/0014_audit_run.sql")),
    (15, "contribution_key", include_str!("../../migrations/0015_contribution_key.sql")),
];

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let of = |(version, name, text): (i64, &'static str, &'static str)| {
        let kind = MigrationType::Simple;
        Migration::new(version, name.into(), kind, text.into_sql_str(), false)
    };
    Migrator::with_migrations(ALL.into_iter().map(of).collect())
});
const TABLE: &str = "_sqlx_migrations";

impl Store {
    /// Names of the migrations that wait, in order; `NotInitialised` when there is no table of
    /// ours, `NewerThanProgram` when there are migrations that this program does not know.
    pub async fn pending(&self) -> Result<Vec<String>, StoreError> {
        let Some(applied) = self.applied().await? else {
            return Err(StoreError::NotInitialised(self.place()));
        };
        waiting(&MIGRATOR, &applied)
    }

    /// The day (+07:00) on which the database was made, as its first migration tells it.
    pub async fn installed(&self) -> Result<Option<Day>, StoreError> {
        let rows = self.read(&sql::SELECT_INSTALLED, &[]).await?;
        let told = rows.first().map_or(Ok(None), |row| row.opt_text("day"))?;
        Ok(told.and_then(Day::read_text))
    }

    /// Applies pending migrations and tells their names. An existing SQLite database copies itself
    /// to `<file>.before-<version>` first.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.migrate_with(&MIGRATOR).await
    }

    async fn migrate_with(&self, migrator: &Migrator) -> Result<Vec<String>, StoreError> {
        let applied = self.applied().await?;
        let names = waiting(migrator, applied.as_deref().unwrap_or_default())?;
        if names.is_empty() && applied.is_some() {
            return Ok(names);
        }
        let last = applied.iter().flatten().map(|m| m.version).max();
        if let (Db::Sqlite { path, .. }, Some(last)) = (&self.db, last) {
            let mut copy = path.clone().into_os_string();
            copy.push(format!(".before-{}", last + 1));
            let copy = PathBuf::from(copy);
            if copy.exists() {
                // left by a migration that failed: the database is still as that copy has it
                std::fs::remove_file(&copy).map_err(|e| StoreError::io(&copy, e))?;
            }
            self.backup(&copy).await?;
        }
        match &self.db {
            Db::Sqlite { write, .. } => migrator.run(write).await,
            Db::Postgres { pool, .. } => migrator.run(pool).await,
        }
        .map_err(migration_failure)?;
        self.forget_statistics().await?;
        Ok(names)
    }

    /// The applied migrations; none when the database holds no table of ours.
    async fn applied(&self) -> Result<Option<Vec<AppliedMigration>>, StoreError> {
        let rows = self.read(&sql::SELECT_HAS_MIGRATIONS, &[]).await?;
        let found = rows.first().map_or(Ok(0), |row| row.int("found"))?;
        if found == 0 {
            return Ok(None);
        }
        match &self.db {
            Db::Sqlite { read, .. } => {
                let mut connection = read.acquire().await.map_err(|e| failure("connect", e))?;
                list(&mut *connection).await
            }
            Db::Postgres { pool, .. } => {
                let mut connection = pool.acquire().await.map_err(|e| failure("connect", e))?;
                list(&mut *connection).await
            }
        }
        .map(Some)
    }
}

async fn list<C: Migrate>(connection: &mut C) -> Result<Vec<AppliedMigration>, StoreError> {
    let applied = connection.list_applied_migrations(TABLE).await;
    applied.map_err(migration_failure)
}

/// What is not applied yet, after checking that what is applied is ours and unchanged.
fn waiting(migrator: &Migrator, applied: &[AppliedMigration]) -> Result<Vec<String>, StoreError> {
    for done in applied {
        let Some(known) = migrator.iter().find(|m| m.version == done.version) else {
            return Err(StoreError::NewerThanProgram(done.version));
        };
        if known.checksum != done.checksum {
            return Err(StoreError::Corrupt {
                what: format!("migration {}", done.version),
                detail: "it was applied with another text than this program has".to_owned(),
            });
        }
    }
    let is_new = |version: i64| applied.iter().all(|done| done.version != version);
    Ok(migrator
        .iter()
        .filter(|m| is_new(m.version))
        .map(|m| format!("{:04} {}", m.version, m.description))
        .collect())
}

fn migration_failure(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => {
            failure("migrate", inner)
        }
        other => StoreError::Db {
            statement: "migrate",
            message: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OpenMode;

    #[test]
    fn every_file_of_the_folder_is_a_migration() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let all = ALL.map(|(version, name, _)| format!("{version:04}_{name}.sql"));
        assert_eq!(files, all);
    }

    fn with_second(text: &'static str) -> Migrator {
        let kind = MigrationType::Simple;
        let second = Migration::new(9002, "second".into(), kind, text.into_sql_str(), false);
        Migrator::with_migrations(MIGRATOR.iter().cloned().chain([second]).collect())
    }

    #[tokio::test]
    async fn an_existing_file_copies_itself_before_it_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("doisoat.db");
        let url = format!("sqlite://{}", path.display());
        let store = Store::create(&url).await.unwrap();
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            3,
            "db, wal, shm"
        );
        // one that fails leaves the database as it was, and the next attempt works
        let broken = with_second("CREATE TABLE second (a TEXT); SELECT nothing FROM nowhere");
        let error = store.migrate_with(&broken).await.unwrap_err();
        assert!(matches!(error, StoreError::Db { .. }), "{error}");
        assert_eq!(store.pending().await.unwrap(), Vec::<String>::new());
        let good = with_second("CREATE TABLE second (a TEXT)");
        let names = store.migrate_with(&good).await.unwrap();
        assert_eq!(names, ["9002 second"]);
        let newer = store.pending().await.unwrap_err();
        assert!(
            matches!(newer, StoreError::NewerThanProgram(9002)),
            "{newer}"
        );
        let copy = format!("sqlite://{}.before-16", path.display());
        let copy = Store::open(&copy, OpenMode::Ready).await.unwrap();
        copy.check().await.unwrap();
    }

    #[tokio::test]
    async fn the_day_of_the_install_is_that_of_the_first_migration() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("doisoat.db").display());
        let store = Store::create(&url).await.unwrap();
        assert!(store.installed().await.unwrap() > Day::parse("2022-12-05").ok());
        let Db::Sqlite { write, .. } = &store.db else {
            panic!("{url} is a file");
        };
        // one in the evening of UTC, the others later
        let earlier = "UPDATE _sqlx_migrations SET installed_on = '2022-12-04 18:00:00' \
                       WHERE version = 1";
        sqlx::query(earlier).execute(write).await.unwrap();
        let installed = store.installed().await.unwrap();
        assert_eq!(installed, Day::parse("2022-12-05").ok());
    }

    #[tokio::test]
    async fn an_edited_migration_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("doisoat.db").display());
        let store = Store::create(&url).await.unwrap();
        let first = with_second("CREATE TABLE second (a TEXT)");
        store.migrate_with(&first).await.unwrap();
        let edited = with_second("CREATE TABLE second (a TEXT, b TEXT)");
        let error = store.migrate_with(&edited).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    }
}
