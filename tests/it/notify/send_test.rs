//! `check --send-test`: everybody in `[notify]` gets a message that is plainly no night.

use serde_json::Value;

use super::mail::Server;
use super::{SECRET, email, nobody};
use crate::cli::stdout;
use crate::database::Kind;
use crate::fake::{Fake, answer};
use crate::night_cli::{code, run};
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_goes_to_everybody_and_is_no_night() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let hook = Fake::answering(|_| answer(200, &[], "")).await;
    let port = hook.port;
    let secret = town.dir().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, private).unwrap();
    for name in ["archive", "reports"] {
        std::fs::create_dir(town.dir().join(name)).unwrap();
    }
    let notify = format!(
        "{}\n[[notify.webhook]]\nurl = \"http://127.0.0.1:{port}/hook\"\nallow_loopback = true\n\
         secret = {{ file = \"secret\" }}\n[notify.ping]\nurl = \"http://127.0.0.1:{port}/check\"\n\
         allow_loopback = true\n",
        email(server.port, "")
    );
    let file = town.dir().join("doisoat.toml");
    std::fs::write(&file, town.toml(&|text| format!("{text}{notify}"))).unwrap();
    // without the flag nobody gets anything
    assert_eq!(code(&run(&town, &["check"]).await), 0);
    assert!(server.mails().is_empty() && hook.requests().is_empty());
    for nth in 1..=2 {
        let output = run(&town, &["check", "--send-test", "--lang", "en"]).await;
        let text = stdout(&output);
        assert_eq!(code(&output), 0, "{text}");
        for who in [
            "email: ketoan@example.vn",
            "webhook: 127.0.0.1",
            "ping: 127.0.0.1",
        ] {
            assert!(text.contains(&format!("ok    notify {who}")), "{text}");
        }
        assert_eq!(text.matches("a test message was sent").count(), 3, "{text}");
        assert_eq!(
            (server.mails().len(), hook.requests().len()),
            (nth, 2 * nth)
        );
    }
    let mails = server.mails();
    assert_eq!(mails[0].subject(), "[doisoat] Test message");
    assert_ne!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    let requests = hook.requests();
    let body = requests[0].split_once("\r\n\r\n").unwrap().1;
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!(told["event"], "test");
    assert!(told["run_id"].is_null() && told["exit_codes"].is_null());
    assert!(
        requests[0].contains("doisoat-signature: t="),
        "signed as ever"
    );
    assert!(
        requests[1].starts_with("POST /check/log?rid="),
        "no sign of life"
    );
    // who cannot be reached is a line with a fix
    let down = format!("{}\n", email(nobody(), ""));
    std::fs::write(&file, town.toml(&|text| format!("{text}{down}"))).unwrap();
    let text = stdout(&run(&town, &["check", "--send-test", "--lang", "en"]).await);
    let line = "warn  notify email: localhost cannot be reached -> ";
    assert!(text.contains(line), "{text}");
}
