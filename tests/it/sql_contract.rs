//! Every statement is understood by both databases, and takes as many arguments as it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use doisoat::store::{STATEMENTS, Statement};
use sqlx::{Connection, Either, Executor, Row as _, SqlSafeStr, Statement as _};

use crate::database::{Database, Kind};

/// The distinct placeholders of a text, comments left out.
fn placeholders(text: &str) -> BTreeSet<usize> {
    let code: Vec<&str> = text.lines().filter(|l| !l.starts_with("--")).collect();
    let code = code.join("\n");
    let parts = code.split('$').skip(1);
    parts
        .map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap()
        })
        .collect()
}

fn parameters<T>(found: Option<Either<&[T], usize>>) -> usize {
    match found {
        Some(Either::Left(types)) => types.len(),
        Some(Either::Right(count)) => count,
        None => 0,
    }
}

fn check_texts(statement: &Statement) {
    let wanted: BTreeSet<usize> = (1..=statement.binds).collect();
    for text in [statement.sqlite(), statement.postgres()]
        .into_iter()
        .flatten()
    {
        let name = statement.name;
        assert_eq!(
            placeholders(text),
            wanted,
            "{name}: placeholders and arguments"
        );
        assert!(text.starts_with("-- "), "{name}: says what it does");
        assert!(text.is_ascii() && text.ends_with('\n'), "{name}: form");
        for line in text.lines() {
            assert!(
                line.len() <= 100 && line.trim_end() == line,
                "{name}: {line}"
            );
        }
    }
}

#[tokio::test]
async fn sqlite_understands_every_statement() {
    let database = Database::empty(Kind::Sqlite);
    database.create().await.close().await;
    let mut connection = sqlx::SqliteConnection::connect(&database.url)
        .await
        .unwrap();
    let mut count = 0;
    for statement in STATEMENTS {
        check_texts(statement);
        let Ok(text) = statement.sqlite() else {
            continue;
        };
        let prepared = connection.prepare(text.into_sql_str()).await;
        let prepared = prepared.unwrap_or_else(|e| panic!("{}: {e}", statement.name));
        assert_eq!(
            parameters(prepared.parameters()),
            statement.binds,
            "{}",
            statement.name
        );
        count += 1;
    }
    assert!(count > 100, "{count} statements");
}

#[tokio::test]
async fn postgres_understands_every_statement() {
    let database = Database::empty(Kind::Postgres);
    database.create().await.close().await;
    let options = sqlx::postgres::PgConnectOptions::from_str(&database.url).unwrap();
    let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
    let mut count = 0;
    for statement in STATEMENTS {
        let Ok(text) = statement.postgres() else {
            continue;
        };
        let prepared = connection.prepare(text.into_sql_str()).await;
        let prepared = prepared.unwrap_or_else(|e| panic!("{}: {e}", statement.name));
        assert_eq!(
            parameters(prepared.parameters()),
            statement.binds,
            "{}",
            statement.name
        );
        count += 1;
    }
    assert!(count > 100, "{count} statements");
}

/// Statements that read a row or few a night of all nights, or through an index that holds only
/// what is not settled; and what only people ask for.
const FEW_BY_NATURE: [&str; 10] = [
    "select_known_file",
    "select_account_statement",
    "select_first_statement_day",
    "select_calibration",
    "select_published_before",
    "select_night_before",
    "select_incomplete_day",
    "select_order_id_unanswered",
    "select_open_provider_row",
    "select_missing_payment",
];

/// True for a search that many years of rows may answer: by source or side alone, or everything
/// before a day.
fn is_wide(step: &str) -> bool {
    // without terms: the first or the last entry of an index
    let Some((_, terms)) = step.split_once('(') else {
        return false;
    };
    let common = ["source=?", "side=?", "provider=?", "definition=?", "kind=?"];
    let mut terms = terms.trim_end_matches(')').split(" AND ");
    terms.all(|term| common.contains(&term) || term.starts_with("ANY(") || term.contains('<'))
}

/// The cost of a night follows its volume: whatever it runs reaches rows through an index.
#[tokio::test]
async fn no_statement_of_a_night_walks_through_history() {
    let database = Database::empty(Kind::Sqlite);
    database.create().await.close().await;
    let mut connection = sqlx::SqliteConnection::connect(&database.url)
        .await
        .unwrap();
    // small by nature, read whole; `lease` has one row; `c` is a subquery that reaches its rows
    // through indexes, `n` holds the rows at hand
    let small = [
        "SCAN a",
        "SCAN c",
        "SCAN lease",
        "SCAN n",
        "SCAN r ",
        "SCAN run ",
        "SCAN r",
    ];
    let mut found = Vec::new();
    for statement in STATEMENTS {
        let one_database = statement.sqlite().ok() != statement.postgres().ok();
        let asked_by_people = [
            "select_decision",
            "select_order_provider",
            "select_period_row",
            "select_procedure",
            // what was known when: reports of an earlier state, papers, replays
            "select_publication",
            "select_tariff",
        ]
        .contains(&statement.name);
        let whole = statement.name.starts_with("dump_") || asked_by_people;
        if whole || one_database {
            continue;
        }
        let text = format!("EXPLAIN QUERY PLAN {}", statement.sqlite().unwrap());
        let mut plan = sqlx::query(sqlx::AssertSqlSafe(text));
        for _ in 0..statement.binds {
            plan = plan.bind("{}");
        }
        for row in plan.fetch_all(&mut connection).await.unwrap() {
            let step: String = row.get("detail");
            let walks = step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
            let allowed = step.contains("CONSTANT ROW")
                || small
                    .iter()
                    .any(|s| step == *s || (s.ends_with(' ') && step.starts_with(s)));
            let wide = step.starts_with("SEARCH") && is_wide(&step);
            let few = FEW_BY_NATURE.contains(&statement.name);
            found.extend((walks && !allowed).then(|| format!("{}: {step}", statement.name)));
            found.extend((wide && !few).then(|| format!("{}: {step}", statement.name)));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_file_is_a_statement() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
    let files: BTreeSet<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut named = BTreeSet::new();
    for statement in STATEMENTS {
        let same = statement.sqlite().ok() == statement.postgres().ok();
        let name = statement.name;
        if same {
            named.insert(format!("{name}.sql"));
            continue;
        }
        for (text, ending) in [
            (statement.sqlite(), "sqlite"),
            (statement.postgres(), "postgres"),
        ] {
            if text.is_ok() {
                named.insert(format!("{name}.{ending}.sql"));
            }
        }
    }
    assert_eq!(files, named);
}
