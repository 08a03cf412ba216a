//! What a mail server does not take: one of several recipients, a mail that is too large, and a
//! certificate that is not to be trusted.

use super::mail::Rules;
use super::said::ask;
use super::*;

fn two(port: u16) -> String {
    email_to(port, "ketoan@example.vn\", \"nghi@example.vn")
}

fn receivers(mails: &[Mail]) -> Vec<&str> {
    mails
        .iter()
        .flat_map(|mail| mail.to.iter().map(String::as_str))
        .collect()
}

/// One of two is refused for good: the other has the mail of this night and of the next, at once;
/// who was refused is told, masked.
#[tokio::test(flavor = "multi_thread")]
async fn one_who_is_refused_costs_nobody_else_the_mail() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    server.set(Rules {
        refused: vec![("nghi@example.vn", "550 5.1.1 nghi@example.vn is gone")],
        largest: 0,
    });
    let notify = two(server.port);
    let desk = desk(&town, &notify).await;
    for (nth, date) in [FIRST, "2022-12-06"].into_iter().enumerate() {
        town.morning_after(day(date));
        let run = night(&desk, date).await.run;
        let mails = server.mails();
        assert_eq!(receivers(&mails), vec!["ketoan@example.vn"; nth + 1]);
        let id = mails[nth].header("Message-ID").unwrap();
        assert!(id.contains(run.id.as_str()), "{id}");
    }
    assert!(
        desk.store
            .outbox(Delivered::Waiting)
            .await
            .unwrap()
            .is_empty()
    );
    let told = desk.store.sent_in_part(day(FIRST)).await.unwrap();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].error.contains("n***@example.vn (550)"),
        "{}",
        told[0].error
    );
    // the queue was written by the clock of the town; the command has that of the machine
    town.database
        .execute("UPDATE outbox SET queued_wall = '2999-01-01T00:00:00+07:00'")
        .await;
    desk.close().await;
    let text = ask(&town, &notify, &["status"]);
    let line = "Đã gửi, nhưng không đến đủ người (14 ngày qua): 2\n";
    assert!(text.contains(line), "{text}");
    assert!(
        text.contains("n***@example.vn (550); những người khác đã có thư"),
        "{text}"
    );
    let json: Value = serde_json::from_str(&ask(&town, &notify, &["status", "--json"])).unwrap();
    assert_eq!(json["sent_in_part"].as_array().unwrap().len(), 2);
    assert!(!json.to_string().contains("nghi@"), "{json}");
}

/// All are refused: the mail waits, and the mails of later nights are tried all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_may_have_does_not_hold_back_the_next() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let gone = [
        ("ketoan@example.vn", "550 gone"),
        ("nghi@example.vn", "553 gone"),
    ];
    server.set(Rules {
        refused: gone.to_vec(),
        largest: 0,
    });
    let desk = desk(&town, &two(server.port)).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let waiting = desk.store.outbox(Delivered::Waiting).await.unwrap();
    let tried: Vec<u32> = waiting.iter().map(|queued| queued.attempts).collect();
    assert_eq!(tried, [2, 1]);
    let told = "không nhận thư cho k***@example.vn (550), n***@example.vn (553)";
    assert!(waiting[0].error.contains(told), "{}", waiting[0].error);
    server.set(Rules::default());
    town.morning_after(day("2022-12-07"));
    night(&desk, "2022-12-07").await;
    assert_eq!(server.mails().len(), 3);
}

/// Refused for now: the next start asks again, for both; the start after that costs the other
/// nothing any more.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_for_now_is_asked_again_once() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    server.set(Rules {
        refused: vec![("nghi@example.vn", "450 later")],
        largest: 0,
    });
    let desk = desk(&town, &two(server.port)).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    assert!(server.mails().is_empty());
    night(&desk, FIRST).await;
    assert_eq!(receivers(&server.mails()), ["ketoan@example.vn"]);
    let told = desk.store.sent_in_part(day(FIRST)).await.unwrap();
    assert!(
        told[0].error.contains("n***@example.vn (450)"),
        "{}",
        told[0].error
    );
}

/// A mail above the server's size goes once more without its files, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_too_large_goes_without_its_files() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    server.set(Rules {
        refused: Vec::new(),
        largest: 60_000,
    });
    let desk = desk(&town, &two(server.port)).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    assert_eq!(mail.to.len(), 2);
    let parts = mail.parts();
    assert_eq!(parts.len(), 2);
    let said = "Không kèm index.html, doisoat.xlsx vì máy chủ thư không nhận thư lớn như vậy";
    assert!(parts[0].text().contains(said), "{}", parts[0].text());
    assert!(
        desk.store
            .outbox(Delivered::Waiting)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        desk.store
            .sent_in_part(day(FIRST))
            .await
            .unwrap()
            .is_empty()
    );
}

/// Not trusted, of another name, expired: each is told as what it is.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_matter_with_a_certificate_is_told() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let shown = |certificate: &str, ca: &str| {
        let key = if certificate == "server.pem" {
            "server.key"
        } else {
            "other.key"
        };
        let server = Server::showing(certificate, key);
        let here = env!("CARGO_MANIFEST_DIR");
        let ca = match ca {
            "" => String::new(),
            ca => format!("ca_file = \"{here}/fixtures/tls/{ca}\"\n"),
        };
        let notify = email(server.port, &ca).replace("\"none\"", "\"starttls\"");
        ask(&town, &notify, &["check", "--lang", "en"])
    };
    let line = |what: &str| format!("warn  notify email: the certificate of localhost {what}");
    let wrong = [
        ("server.pem", "", "is of nobody that this machine trusts"),
        ("wronghost.pem", "other-ca.pem", "is of another name"),
        (
            "expired.pem",
            "other-ca.pem",
            "has expired or is not valid yet",
        ),
        (
            "selfsigned.pem",
            "",
            "is of nobody that this machine trusts",
        ),
    ];
    for (certificate, ca, what) in wrong {
        let told = shown(certificate, ca);
        assert!(told.contains(&line(what)), "{certificate}: {told}");
    }
    let told = shown("server.pem", "ca.pem");
    assert!(
        told.contains("ok    notify email: ketoan@example.vn"),
        "{told}"
    );
}
