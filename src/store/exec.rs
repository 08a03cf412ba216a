//! Running statements on either database: one connection type, one row type, one way to bind.

use std::sync::Arc;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgTypeInfo};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteRow, SqliteTypeInfo};
use sqlx::{
    Column as _, Database, Decode, Encode, Postgres, Row as _, Sqlite, Transaction, Type, TypeInfo,
    ValueRef as _,
};

use tokio::sync::OwnedMutexGuard;

use super::StoreError;
use super::patience::Patience;
use super::statement::Statement;
use crate::fault::point;

/// One bound argument.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bind<'a> {
    /// A text.
    Text(&'a str),
    /// A batch of rows: see [`super::batch`].
    Rows(&'a str),
}

/// A JSON document: TEXT on SQLite, JSONB on PostgreSQL, so that `jsonb_each($1)` means the same.
struct Document<'a>(&'a str);

impl Type<Sqlite> for Document<'_> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Document<'_> {
    fn encode_by_ref(
        &self,
        buffer: &mut <Sqlite as Database>::ArgumentBuffer,
    ) -> Result<IsNull, BoxDynError> {
        <&str as Encode<'_, Sqlite>>::encode_by_ref(&self.0, buffer)
    }
}

impl Type<Postgres> for Document<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("jsonb")
    }
}

impl Encode<'_, Postgres> for Document<'_> {
    fn encode_by_ref(
        &self,
        buffer: &mut <Postgres as Database>::ArgumentBuffer,
    ) -> Result<IsNull, BoxDynError> {
        // the version of the binary form, in front of the text
        buffer.push(1);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

/// A text without U+0000, which PostgreSQL cannot hold: each becomes U+FFFD, on both databases and
/// in keys that are looked up too.
pub(super) fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// Builds the query; too few arguments would be NULL on SQLite without a word, so the count is
/// compared first.
fn query<'q, DB>(
    statement: &Statement,
    text: &'static str,
    binds: &'q [Bind<'q>],
) -> Query<'q, DB, DB::Arguments>
where
    DB: Database,
    for<'t> String: Encode<'t, DB> + Type<DB>,
    for<'t> Document<'t>: Encode<'t, DB> + Type<DB>,
{
    assert_eq!(
        binds.len(),
        statement.binds,
        "{}: wrong number of arguments",
        statement.name
    );
    binds
        .iter()
        .fold(sqlx::query(text), |query, bind| match bind {
            Bind::Text(text) => query.bind(clean(text).into_owned()),
            Bind::Rows(document) => query.bind(Document(document)),
        })
}

/// An open transaction; dropped without [`Tx::commit`] it leaves nothing.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>, Arc<Patience>),
    /// That of a snapshot: every reader of it takes turns.
    Shared(OwnedMutexGuard<Tx>),
}

impl Tx {
    /// Runs a statement and tells how many rows it changed.
    pub(super) async fn run(
        &mut self,
        statement: &'static Statement,
        binds: &[Bind<'_>],
    ) -> Result<u64, StoreError> {
        let name = statement.name;
        reach(name)?;
        match self.own() {
            Self::Sqlite(tx) => query::<Sqlite>(statement, statement.sqlite()?, binds)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected())
                .map_err(|error| failure(name, error)),
            Self::Postgres(tx, patience) => {
                let query = query::<Postgres>(statement, statement.postgres()?, binds);
                let done = patience
                    .statement(name, Box::pin(query.execute(&mut **tx)))
                    .await;
                done.map(|done| done.rows_affected())
            }
            Self::Shared(_) => Err(nested(name)),
        }
    }

    /// Runs a statement once for every batch and adds up the rows it changed.
    pub(super) async fn run_batches(
        &mut self,
        statement: &'static Statement,
        batches: &[String],
        more: &[Bind<'_>],
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for batch in batches {
            let mut binds = vec![Bind::Rows(batch)];
            binds.extend_from_slice(more);
            changed += self.run(statement, &binds).await?;
        }
        Ok(changed)
    }

    /// Runs a statement and collects its rows.
    pub(super) async fn rows(
        &mut self,
        statement: &'static Statement,
        binds: &[Bind<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let name = statement.name;
        reach(name)?;
        match self.own() {
            Self::Sqlite(tx) => query::<Sqlite>(statement, statement.sqlite()?, binds)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(|r| Row::sqlite(name, r)).collect())
                .map_err(|error| failure(name, error)),
            Self::Postgres(tx, patience) => {
                let query = query::<Postgres>(statement, statement.postgres()?, binds);
                let rows = patience
                    .statement(name, Box::pin(query.fetch_all(&mut **tx)))
                    .await?;
                Ok(rows.into_iter().map(|r| Row::postgres(name, r)).collect())
            }
            Self::Shared(_) => Err(nested(name)),
        }
    }

    /// Runs a statement once for every batch and collects the rows of all.
    pub(super) async fn rows_of_batches(
        &mut self,
        statement: &'static Statement,
        batches: &[String],
        more: &[Bind<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        for batch in batches {
            let mut binds = vec![Bind::Rows(batch)];
            binds.extend_from_slice(more);
            found.extend(self.rows(statement, &binds).await?);
        }
        Ok(found)
    }

    /// The same, each row as `read` reads it: a batch of rows is held at a time, not all of them.
    pub(super) async fn read_batches<T>(
        &mut self,
        statement: &'static Statement,
        batches: &[String],
        more: &[Bind<'_>],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        for batch in batches {
            let batch = std::slice::from_ref(batch);
            for row in self.rows_of_batches(statement, batch, more).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }

    /// Makes everything visible.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        reach("commit")?;
        match self {
            Self::Sqlite(tx) => tx.commit().await.map_err(|error| failure("commit", error)),
            Self::Postgres(tx, patience) => patience.moment("commit", Box::pin(tx.commit())).await,
            Self::Shared(_) => Err(nested("commit")),
        }?;
        // an answer that does not come: done, and not known to be
        reach("committed")
    }

    /// The transaction itself, behind the turn of one who shares it.
    fn own(&mut self) -> &mut Self {
        match self {
            Self::Shared(turn) => &mut *turn,
            own => own,
        }
    }
}

/// A snapshot is made of the database, never of a snapshot, and takes no writes.
fn nested(statement: &'static str) -> StoreError {
    StoreError::Db {
        statement,
        message: "a snapshot of a snapshot".to_owned(),
    }
}

/// One row of a result; columns by name.
pub(super) struct Row {
    statement: &'static str,
    inner: Inner,
}

enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn sqlite(statement: &'static str, row: SqliteRow) -> Self {
        let inner = Inner::Sqlite(row);
        Self { statement, inner }
    }

    pub(super) fn postgres(statement: &'static str, row: PgRow) -> Self {
        let inner = Inner::Postgres(row);
        Self { statement, inner }
    }

    fn get<'r, T>(&'r self, column: &str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(column),
            Inner::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| failure(self.statement, error))
    }

    /// A text that is never NULL.
    pub(super) fn text(&self, column: &str) -> Result<&str, StoreError> {
        self.get(column)
    }

    /// A text or NULL.
    pub(super) fn opt_text(&self, column: &str) -> Result<Option<&str>, StoreError> {
        self.get(column)
    }

    /// A number that is never NULL.
    pub(super) fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.get(column)
    }

    /// A number or NULL.
    pub(super) fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    /// Reads a column through a parser of ours; what it cannot read was damaged.
    pub(super) fn parsed<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let raw = self.text(column)?;
        parse(raw).ok_or_else(|| self.damaged(column))
    }

    /// Like [`Row::parsed`], for a column that may be NULL.
    pub(super) fn opt_parsed<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let raw = self.opt_text(column)?;
        raw.map(|raw| parse(raw).ok_or_else(|| self.damaged(column)))
            .transpose()
    }

    /// The error for a column that holds what the program never wrote.
    pub(super) fn damaged(&self, column: &str) -> StoreError {
        StoreError::Corrupt {
            what: format!("column {column} read by {}", self.statement),
            detail: "a value that this program does not write".to_owned(),
        }
    }

    /// The whole row as one JSON object, for the dump.
    pub(super) fn print(&self) -> Result<String, StoreError> {
        self.object().map(|object| object.to_string())
    }

    /// The whole row as one JSON object, columns in the order of the statement.
    pub(super) fn object(&self) -> Result<serde_json::Value, StoreError> {
        match &self.inner {
            Inner::Sqlite(row) => object(row, |type_name| type_name == "INTEGER"),
            Inner::Postgres(row) => object(row, |type_name| type_name == "INT8"),
        }
        .map_err(|error| failure(self.statement, error))
    }
}

/// A row as one JSON object.
fn object<'r, R>(
    row: &'r R,
    is_int: impl Fn(&str) -> bool,
) -> Result<serde_json::Value, sqlx::Error>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    &'r str: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut object = serde_json::Map::new();
    for (index, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(index)?;
        let value = if raw.is_null() {
            serde_json::Value::Null
        } else if is_int(raw.type_info().name()) {
            row.try_get::<i64, _>(index)?.into()
        } else {
            row.try_get::<&str, _>(index)?.into()
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(serde_json::Value::Object(object))
}

/// Where a test lets the database say no.
pub(super) fn reach(statement: &'static str) -> Result<(), StoreError> {
    point(statement).map_err(|error| failure(statement, sqlx::Error::Io(error)))
}

/// Sorts the database's own errors into ours. Messages never carry values of rows.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(super) fn failure(statement: &'static str, error: sqlx::Error) -> StoreError {
    let message = match &error {
        sqlx::Error::Database(inner) => inner.message().to_owned(),
        other => other.to_string(),
    };
    let code = match &error {
        sqlx::Error::Database(inner) => inner.code().unwrap_or_default().into_owned(),
        sqlx::Error::PoolTimedOut => return StoreError::Busy(message),
        _ => String::new(),
    };
    // SQLite tells extended result codes, the primary one in the low byte; PostgreSQL five letters.
    let primary = code
        .parse::<u32>()
        .ok()
        .filter(|_| code.len() < 5)
        .map(|n| n & 0xff);
    match (primary, code.as_str()) {
        (Some(5 | 6), _) | (_, "55P03" | "57014" | "53300") => StoreError::Busy(message),
        (_, "42501") => StoreError::NoRight(message),
        (_, "40001" | "40P01") => StoreError::GaveWay(message),
        (Some(10 | 13), _) | (_, "53100" | "58030") => StoreError::Full(message),
        (Some(8 | 14), _) | (_, "25006") => StoreError::ReadOnly(message),
        (Some(11 | 26), _) | (_, "XX001" | "XX002") => StoreError::Corrupt {
            what: "the database".to_owned(),
            detail: message,
        },
        _ => StoreError::Db { statement, message },
    }
}
