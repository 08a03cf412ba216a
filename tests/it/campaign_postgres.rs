//! PostgreSQL that ends sessions, takes no writes, has no room for one more, waits for others, or
//! whose answer to COMMIT never comes: a clear message, exit code 1, and a rerun that heals.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::Rng as _;
use sqlx::{Connection as _, PgConnection};

use crate::campaign::{Field, State, Trial, Wrong, campaign, numbers, said, trials};
use crate::database::Kind;

/// A statement in the trial's database.
async fn tell(trial: &Trial, sql: &str) {
    tell_at(&trial.database.url, name(trial), sql).await;
}

/// Statements about the trial's database from outside of it, one after the other.
async fn tell_server(trial: &Trial, sql: &str) {
    let url = trial.database.url.replace(name(trial), "postgres");
    tell_at(&url, name(trial), sql).await;
}

async fn tell_at(url: &str, database: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for sql in sql.split(';') {
        let sql = sql.replace("{db}", database);
        let told = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection);
        told.await.unwrap();
    }
    connection.close().await.unwrap();
}

fn name(trial: &Trial) -> &str {
    trial.database.url.rsplit('/').next().unwrap()
}

/// The night ends with 1 and these words, and heals when what was in the way is taken away.
async fn refuses(field: &Field, wanted: &State, before: &str, words: &str, after: &str) {
    let trial = field.trial("refused").await;
    tell_server(&trial, before).await;
    let output = field.night(&trial, &[]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{before}: {text}");
    assert!(
        text.contains(words) && !text.contains("panicked"),
        "{before}: {text}"
    );
    tell_server(&trial, after).await;
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(0), "{before}: {}", said(&output));
    assert_eq!(wanted.difference(&trial.state().await), None, "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_told_of_and_healed() {
    let field = Field::new(Kind::Postgres).await;
    let wanted = field.undisturbed().await;
    for (setting, words) in [
        ("default_transaction_read_only = on", "takes no writes"),
        ("statement_timeout = 1", "the database is busy"),
    ] {
        let (name, _) = setting.split_once(' ').unwrap();
        let before = format!("ALTER DATABASE {{db}} SET {setting}");
        let after = format!("ALTER DATABASE {{db}} RESET {name}");
        refuses(&field, &wanted, &before, words, &after).await;
    }
    // one connection, and the lease needs a second
    let trial = field.trial("few").await;
    let role = "CREATE ROLE one_{db} LOGIN CONNECTION LIMIT 1;\
                GRANT ALL ON ALL TABLES IN SCHEMA public TO one_{db}";
    tell(&trial, role).await;
    let narrow = trial
        .database
        .url
        .replace("doisoat@", &format!("one_{}@", name(&trial)));
    trial.write_config(&field, &narrow);
    let output = field.night(&trial, &[]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("the database is busy"), "{text}");
    trial.write_config(&field, &trial.database.url);
    assert_eq!(field.night(&trial, &[]).await.status.code(), Some(0));
    assert_eq!(wanted.difference(&trial.state().await), None);
}

/// What the wire does to the n-th COMMIT.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// It never arrives.
    Before,
    /// It arrives, and the answer is lost.
    After,
}

/// A wire between program and server that is cut at the n-th COMMIT of all connections.
fn wire(trial: &Trial, cut: Cut, nth: u64) -> (String, Arc<AtomicU64>) {
    let url = &trial.database.url;
    let (socket, database) = url.split_once('@').unwrap().1.split_once('/').unwrap();
    let socket = format!("{}/.s.PGSQL.5432", socket.replace("%2F", "/"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let commits = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&commits);
    std::thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let Ok(server) = UnixStream::connect(&socket) else {
                return;
            };
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || relay(&client, &server, cut, nth, &seen));
        }
    });
    (
        format!("postgres://doisoat@127.0.0.1:{port}/{database}"),
        commits,
    )
}

fn relay(client: &TcpStream, server: &UnixStream, cut: Cut, nth: u64, seen: &AtomicU64) {
    let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to) = (client, server);
    let mut block = vec![0; 1 << 16];
    while let Ok(length) = from.read(&mut block) {
        let bytes = &block[..length];
        let commits = bytes.windows(6).any(|word| word == b"COMMIT");
        let at = commits && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth;
        if length == 0 || (at && matches!(cut, Cut::Before)) {
            break;
        }
        if at {
            // the answer is lost: nothing comes back any more
            let _ = client.shutdown(Shutdown::Both);
        }
        if to.write_all(bytes).is_err() || at {
            std::thread::sleep(Duration::from_millis(u64::from(at) * 200));
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
}

async fn cut(field: Arc<Field>, wanted: Arc<State>, nth: u64) -> Wrong {
    let trial = field.trial(&format!("cut{nth}")).await;
    let (which, commit) = match nth % 2 {
        0 => (Cut::Before, nth / 2 + 1),
        _ => (Cut::After, nth / 2 + 1),
    };
    let (url, commits) = wire(&trial, which, commit);
    trial.write_config(&field, &url);
    let output = field.night(&trial, &[]).await;
    let text = said(&output);
    let mut wrong = Wrong::new();
    let cut = commits.load(Ordering::SeqCst) >= commit;
    match output.status.code() {
        Some(0) => {}
        Some(1) if cut && !text.contains("panicked") => {}
        code => wrong.push(format!("{which:?} COMMIT {commit}: {code:?}: {text}")),
    }
    trial.write_config(&field, &trial.database.url);
    wrong.extend(field.heals(&trial, &wanted, 1).await);
    wrong
}

async fn cuts(name: &str, trials: impl Iterator<Item = u64>) {
    let field = Field::new(Kind::Postgres).await;
    let wanted = Arc::new(field.undisturbed().await);
    let trial = |nth| cut(Arc::clone(&field), Arc::clone(&wanted), nth);
    campaign(name, trials, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_commits_whose_outcome_is_unknown() {
    cuts("some cut commits", [1, 10, 41].into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_postgres_every_commit_is_cut() {
    cuts("every COMMIT cut", trials(120)).await;
}

const END_SESSIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Every session of the night is ended at some instant.
async fn ended(field: Arc<Field>, wanted: Arc<State>, nth: u64, took: Duration) -> Wrong {
    let trial = field.trial(&format!("end{nth}")).await;
    let after = numbers(nth).random_range(0..u64::try_from(took.as_micros()).unwrap());
    let end = async {
        tokio::time::sleep(Duration::from_micros(after)).await;
        tell(&trial, END_SESSIONS).await;
    };
    let (output, ()) = tokio::join!(field.night(&trial, &[]), end);
    let text = said(&output);
    let mut wrong = Wrong::new();
    if !matches!(output.status.code(), Some(0 | 1)) || text.contains("panicked") {
        wrong.push(format!("{:?}: {text}", output.status));
    }
    wrong.extend(field.heals(&trial, &wanted, 1).await);
    wrong
}

async fn ends(name: &str, trials: impl Iterator<Item = u64>) {
    let field = Field::new(Kind::Postgres).await;
    let watch = doisoat::clock::Stopwatch::start();
    let wanted = Arc::new(field.undisturbed().await);
    let took = watch.elapsed();
    let trial = |nth| ended(Arc::clone(&field), Arc::clone(&wanted), nth, took);
    campaign(name, trials, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_nights_whose_sessions_are_ended() {
    ends("some ended sessions", [0, 1].into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a campaign: docs/campaigns/instants.md"]
async fn campaign_postgres_sessions_are_ended() {
    ends("ended sessions", trials(100)).await;
}
