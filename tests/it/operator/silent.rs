//! PostgreSQL behind a wire that goes silent: no answer, and no end of the connection either. The
//! night ends with 1 and says that the outcome is not known; a rerun finds out.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::campaign::{Field, Trial, said};
use crate::database::Kind;

/// The server's own limit; the program waits five seconds longer.
const LIMIT: &str = "20s";

/// What all connections through a wire share.
struct Wire {
    commits: AtomicU64,
    silent: AtomicBool,
    /// The COMMIT after which nothing comes back any more, on whatever connection.
    at: u64,
}

/// A wire to the trial's server; tells the address of its near end.
fn wire(trial: &Trial, at: u64) -> (String, Arc<Wire>) {
    let url = &trial.database.url;
    let (socket, database) = url.split_once('@').unwrap().1.split_once('/').unwrap();
    let socket = format!("{}/.s.PGSQL.5432", socket.replace("%2F", "/"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let wire = Arc::new(Wire {
        commits: AtomicU64::new(0),
        silent: AtomicBool::new(false),
        at,
    });
    let shared = Arc::clone(&wire);
    std::thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let server = UnixStream::connect(&socket).unwrap();
            let wire = Arc::clone(&shared);
            std::thread::spawn(move || relay(client, server, &wire));
        }
    });
    let options = format!("options=-c%20statement_timeout%3D{LIMIT}");
    let url = format!("postgres://doisoat@127.0.0.1:{port}/{database}?{options}");
    (url, wire)
}

fn relay(client: TcpStream, server: UnixStream, wire: &Arc<Wire>) {
    let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let shared = Arc::clone(wire);
    std::thread::spawn(move || {
        let mut block = vec![0; 1 << 16];
        while let Ok(length @ 1..) = back_from.read(&mut block) {
            // swallowed, and the connection stays open
            if !shared.silent.load(Ordering::SeqCst) && back_to.write_all(&block[..length]).is_err()
            {
                return;
            }
        }
    });
    let (mut from, mut to) = (client, server);
    let mut block = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut block) {
        let bytes = &block[..length];
        if bytes.windows(6).any(|word| word == b"COMMIT") {
            let nth = wire.commits.fetch_add(1, Ordering::SeqCst) + 1;
            if nth == wire.at {
                wire.silent.store(true, Ordering::SeqCst);
            }
        }
        if to.write_all(bytes).is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_silent_at_a_commit_ends_the_night_and_a_rerun_finds_out() {
    let field = Field::new(Kind::Postgres).await;
    let wanted = field.undisturbed().await;
    // as often as it is committed in all
    let trial = field.trial("counted").await;
    let (url, counted) = wire(&trial, u64::MAX);
    trial.write_config(&field, &url);
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let all = counted.commits.load(Ordering::SeqCst);
    assert!(all > 6, "{all}");
    // the first one, one in the middle, and the last but two, about the publication
    for wished in [1, all / 2, all - 2] {
        let (trial, at, output) = silent_night(&field, wished).await;
        let text = said(&output);
        // what comes after the publication changes no exit code, and is said
        let after = [
            "the database was not tidied",
            "the lease was not given back",
        ];
        let is_after = wished == all - 2 && after.iter().any(|says| text.contains(says));
        let exit = i32::from(!is_after);
        let ended = output.status.code();
        assert_eq!(ended, Some(exit), "COMMIT {at} of {all}: {text}");
        // sources are saved side by side: another one may be told first, of whatever it asked
        // meanwhile, or of a connection it waited for, which is given up sooner
        let asked = if wished == 1 {
            "commit within 25 s"
        } else {
            ""
        };
        let silent = format!("the database gave no answer to {asked}");
        let pool = "pool timed out while waiting for an open connection";
        assert!(
            is_after || text.contains(&silent) || (wished > 1 && text.contains(pool)),
            "COMMIT {at} of {all}: {text}"
        );
        let told = std::fs::read_to_string(trial.dir().join("archive/last-run.json")).unwrap();
        assert!(told.contains(&format!("\"exit_code\":{exit}")), "{told}");
        trial.write_config(&field, &trial.database.url);
        // the server still holds the silent session, and with it the lease, until it is ended
        end_sessions(&trial).await;
        let wrong = field.heals(&trial, &wanted, 1).await;
        assert!(wrong.is_empty(), "COMMIT {at}: {wrong:?}");
    }
}

/// A night whose wire goes silent at the `wished` COMMIT, or at the last before it that comes: a
/// slower night renews its lease more often, so that another one may commit a little less.
async fn silent_night(field: &Field, wished: u64) -> (Trial, u64, Output) {
    for at in (wished.saturating_sub(3).max(1)..=wished).rev() {
        let trial = field.trial(&format!("silent{wished}at{at}")).await;
        let (url, wire) = wire(&trial, at);
        trial.write_config(field, &url);
        let night = field.night(&trial, &[]);
        let output = tokio::time::timeout(Duration::from_mins(5), night).await;
        let output = output.unwrap_or_else(|_| panic!("COMMIT {at}: the night does not end"));
        if wire.silent.load(Ordering::SeqCst) {
            return (trial, at, output);
        }
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    panic!("COMMIT {wished} never came, nor one of the three before it");
}

/// What the operator's TCP keepalive does in time: the sessions of the dead wire end.
async fn end_sessions(trial: &Trial) {
    let end = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    trial.database.texts(end).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
}
