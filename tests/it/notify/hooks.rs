//! The webhook and the dead-man's switch, as their servers see them.

use doisoat::config::Surroundings;
use doisoat::job::nightly::{self, Mode};
use doisoat::store::Delivered;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::mail::Server;
use super::{SECRET, desk, email, no_payer, payers};
use crate::database::Kind;
use crate::fake::{Fake, answer};
use crate::town::{FIRST, Town, codes, day, document, night};

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_and_carries_its_key() {
    let town = Town::new(Kind::Sqlite).await;
    let next = std::sync::Mutex::new([200, 503]);
    let hook = Fake::answering(move |_| {
        let mut next = next.lock().unwrap();
        next.reverse();
        answer(next[0], &[], "")
    })
    .await;
    let port = hook.port;
    let notify = format!(
        "\n[[notify.webhook]]\nurl = \"http://127.0.0.1:{port}/hook/token\"\n\
         allow_loopback = true\nsecret = {{ file = \"secret\" }}\n"
    );
    let desk = desk(&town, &notify).await;
    town.morning_after(day(FIRST));
    let first = night(&desk, FIRST).await;
    let [waiting] = desk
        .store
        .outbox(Delivered::Waiting)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert!(waiting.error.contains("503") && !waiting.error.contains("token"));
    assert!(!night(&desk, FIRST).await.published);
    assert!(
        desk.store
            .outbox(Delivered::Waiting)
            .await
            .unwrap()
            .is_empty()
    );
    let requests = hook.requests();
    assert_eq!(requests.len(), 2);
    let mut bodies = Vec::new();
    for request in &requests {
        assert!(
            request.starts_with("POST /hook/token HTTP/1.1\r\n"),
            "{request}"
        );
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
            found.next().unwrap().1.to_owned()
        };
        assert_eq!(header("Idempotency-Key"), waiting.what.key);
        let signature = header("Doisoat-Signature");
        let (time, given) = signature.split_once(",v1=").unwrap();
        let seconds = time.strip_prefix("t=").unwrap();
        assert_eq!(seconds.parse::<i64>().unwrap(), desk.clock.now_ms() / 1000);
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{seconds}.{body}").as_bytes());
        mac.verify_slice(&hex::decode(given).unwrap()).unwrap();
        assert!(!request.contains(SECRET));
        no_payer(&payers(&town), "the webhook", body);
        bodies.push(body.to_owned());
    }
    assert_eq!(bodies[0], bodies[1]);
    let told: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(told["run_id"], first.run.id.as_str());
    assert_eq!(told["exit_codes"], document(&first)["exit_codes"]);
    assert_eq!(&told["share"], crate::town::headline(&document(&first)));
    // open work is the work list with the money at risk, as the page tells it
    let work = &document(&first)["work"];
    let is_it = |key: &str, of: &str| assert!(work[of].is_object() && told[key] == work[of]);
    is_it("open", "closing");
    is_it("overdue", "overdue");
    assert_eq!(told["exceptions"], work["classes"]);
    let classes = told["exceptions"].as_array().unwrap().iter();
    let sum: i64 = classes
        .map(|class| class["sum_vnd"].as_i64().unwrap())
        .sum();
    assert!(sum > 0 && told["open"]["sum_vnd"] == sum, "{sum}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_hears_of_start_and_end_and_a_dry_run_tells_nobody() {
    let town = Town::new(Kind::Sqlite).await;
    let switch = Fake::answering(|_| answer(200, &[], "OK")).await;
    let server = Server::plain();
    let notify = format!(
        "{}\n[notify.ping]\nurl = \"http://127.0.0.1:{}/uuid\"\nallow_loopback = true\n",
        email(server.port, "when = \"problems\"\n"),
        switch.port
    );
    let mut desk = desk(&town, &notify).await;
    town.morning_after(day(FIRST));
    nightly::run(&desk, day(FIRST), Mode::DryRun).await.unwrap();
    assert!(switch.requests().is_empty() && server.mails().is_empty());
    let night = night(&desk, FIRST).await;
    assert_eq!(codes(&night), [0]);
    assert!(server.mails().is_empty(), "only after nights with problems");
    let lines = |requests: &[String]| -> Vec<(String, String)> {
        let line = |request: &String| {
            let path = request.split(' ').nth(1).unwrap();
            let (path, rid) = path.split_once("?rid=").unwrap();
            (path.to_owned(), rid.to_owned())
        };
        requests.iter().map(line).collect()
    };
    let requests = switch.requests();
    let told = lines(&requests);
    let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/uuid/start", "/uuid/0"]);
    assert_eq!(told[0].1, told[1].1, "one rid joins them");
    assert!(
        requests[1].contains(night.run.id.as_str()),
        "{}",
        requests[1]
    );
    // a run that fails before it begins tells its exit code
    desk.around = Surroundings::fixed([].into(), None);
    let error = nightly::run(&desk, day(FIRST), Mode::Publish)
        .await
        .unwrap_err();
    assert_eq!(error.exit().code(), 2);
    let told = lines(&switch.requests());
    assert_eq!((told.len(), told[2].0.as_str()), (3, "/uuid/2"));
}
