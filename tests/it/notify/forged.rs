//! What waits to be sent is in no list of seals: whoever writes there makes nobody hear anything
//! but what was published.

use doisoat::job::Desk;
use doisoat::job::nightly::{self, Mode};
use doisoat::store::Delivered;

use super::mail::Server;
use super::{desk, email, nobody};
use crate::database::Kind;
use crate::town::{FIRST, Town, day, night};

/// The night once more, whatever its document is by now; true where it publishes.
async fn again(desk: &Desk) -> bool {
    let night = nightly::run(desk, day(FIRST), Mode::Publish).await;
    night.unwrap().published
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_row_tells_nobody_anything_but_what_was_published() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        town.morning_after(day(FIRST));
        let down = desk(&town, &email(nobody(), "")).await;
        let told = night(&down, FIRST).await;
        let queued = down.store.outbox(Delivered::Waiting).await.unwrap();
        let key = &queued[0].what.key;
        let server = Server::plain();
        let up = desk(&town, &email(server.port, "")).await;
        // a key that would be a line of the head of the mail, to somebody not in the settings
        for edit in [
            "INSERT INTO outbox SELECT 'x' || key, run_id, channel, '000000000000', queued_wall, \
             state, attempts, error, tried_wall FROM outbox",
            "UPDATE outbox SET key = 'x>\r\nSubject: other\r\nX: <' || key \
             WHERE target <> '000000000000'",
        ] {
            town.database.execute(edit).await;
        }
        assert!(!again(&up).await);
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{kind:?}");
        assert_eq!(
            mails[0].header("Message-ID").as_ref(),
            Some(key),
            "{kind:?}"
        );
        let given_up = up.store.outbox(Delivered::GivenUp).await.unwrap();
        assert_eq!(given_up.len(), 1, "{kind:?}: {given_up:?}");

        // figures of a run that somebody changed are not sent
        for edit in [
            "UPDATE outbox SET state = 'waiting' WHERE target <> '000000000000'",
            "CREATE TABLE kept AS SELECT run_id, run_json FROM run",
            "UPDATE run SET run_json = replace(run_json, '1', '2')",
        ] {
            town.database.execute(edit).await;
        }
        assert!(!again(&up).await);
        assert_eq!(server.mails().len(), 1, "{kind:?}");
        let given_up = up.store.outbox(Delivered::GivenUp).await.unwrap();
        let is_told = |queued: &&doisoat::store::Queued| queued.error.contains("doisoat verify");
        let of_run = given_up.iter().filter(is_told);
        assert_eq!(of_run.count(), 1, "{kind:?}: {given_up:?}");

        // as it was published it goes out, the same mail
        for edit in [
            "UPDATE run SET run_json = (SELECT k.run_json FROM kept AS k WHERE k.run_id = run.run_id)",
            "DROP TABLE kept",
            "UPDATE outbox SET state = 'waiting' WHERE target <> '000000000000'",
        ] {
            town.database.execute(edit).await;
        }
        assert!(!again(&up).await);
        let mails = server.mails();
        assert_eq!(mails.len(), 2, "{kind:?}");
        assert_eq!(mails[0].raw, mails[1].raw, "{kind:?}");
        assert!(told.published);
    }
}
