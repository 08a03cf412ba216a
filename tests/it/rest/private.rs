//! Nothing of a secret, a token, an account number or a name in anything that is said, whatever
//! the source answers.

use doisoat::domain::{Completeness, DossierCode, Lang, Moment, OrderStatus, PaymentOrder, Vnd};
use doisoat::source::{Handle, Pull};

use super::{example, list, open, read};
use crate::fake::{Fake, Kept, Step, TOKEN, answer, day, json, quick};

const TABLES: &str = "[source.secrets]\nkey = { env = \"T\" }\n\
    [source.auth]\nstyle = \"basic\"\nuser = \"me\"\nsecret = \"key\"\n\
    [source.request]\nmethod = \"POST\"\npath = \"/items\"\nsecret_in_url = true\n\
    [source.request.query]\nkey = \"{secret.key}\"\nday = \"{from}\"\n\
    [source.request.headers]\nx-token = \"{secret.key}\"\n\
    [source.request.body]\npassword = \"{secret.key}\"\n\
    [source.request.signature]\nalgorithm = \"md5\"\nsecret = \"key\"\nsecret_place = \"prepend\"\nfields = [\"day\"]\n\
    into = \"sign\"\n\
    [source.answer]\nrecords = \"/items\"\n[source.answer.code]\nat = \"/code\"\nok = [\"0\"]\nrefused = [\"9\"]\n\
    [source.record]\nid = \"/id\"\namount = \"/amount\"\ntime = \"/at\"\npayer = \"/name\"\naccount = \"/account\"\n";

const NAME: &str = "NGUYEN THI CANARY";
const ACCOUNT: &str = "0071009988776";

/// What a source might answer that repeats what it was sent, and what it knows of people.
fn answers() -> Vec<Step> {
    let echo = format!("{TOKEN} {NAME} {ACCOUNT}");
    let said = |status: u16| {
        answer(
            status,
            &["Content-Type: application/json"],
            format!("{{\"code\":\"{echo}\"}}"),
        )
    };
    let location = format!("Location: http://127.0.0.1:1/?token={TOKEN}");
    let row = format!(
        r#"{{"id":1,"amount":"{echo}","at":"{echo}","name":"{NAME}","account":"{ACCOUNT}"}}"#
    );
    vec![
        said(200),
        said(400),
        said(401),
        said(403),
        said(404),
        said(500),
        answer(302, &[&location], &echo),
        json(format!(r#"{{"code":"9{TOKEN}","items":[]}}"#)),
        json(format!(
            r#"{{"code":"{TOKEN}","resultCode":"{TOKEN}","items":[]}}"#
        )),
        json(r#"{"code":"5f1d7c","resultCode":"5f1d7c"}"#),
        json(format!(r#"{{"{echo}":1,"{echo}":2}}"#)),
        json(format!(r#"{{"code":"0","items":"{echo}"}}"#)),
        json(format!(r#"{{"code":"0","items":[{row}]}}"#)),
        json(format!("not json {echo}")),
        answer(200, &[], format!("<html>{echo}</html>")),
        Step::Bytes(format!("HTTP/9.9 {echo}\r\n\r\n").into_bytes()),
    ]
}

/// Everything that people and logs are told of a reading.
fn said(pull: &Pull, handle: &Handle) -> String {
    let trouble = pull.trouble.as_ref();
    let texts = trouble.map(|error| {
        format!(
            "{error} {error:?} {} {} {}",
            error.say(Lang::Vi),
            error.sentence(Lang::Vi),
            error.sentence(Lang::En)
        )
    });
    format!("{} {handle:?}", texts.unwrap_or_default())
}

fn no_canary(text: &str, about: &str) {
    let encoded = TOKEN.replace('-', "%2D");
    for canary in [TOKEN, &encoded, NAME, ACCOUNT, "5f1d7c", "GRANTED"] {
        assert!(!text.contains(canary), "{canary} in {about}: {text}");
    }
}

#[tokio::test]
async fn what_a_source_repeats_is_not_repeated_by_us() {
    for (at, step) in answers().into_iter().enumerate() {
        let fake = Fake::doing(vec![step]).await;
        let settings = read(&list(fake.port, TABLES)).unwrap();
        no_canary(&format!("{settings:?}"), "the settings");
        let handle = open(&settings, &[("T", TOKEN)], quick().0, 1_670_259_600_000).unwrap();
        let Handle::Feed(feed) = &handle else {
            panic!("a feed")
        };
        let kept = Kept::default();
        let night = day("2022-12-05");
        let pull = feed.list(night..=night, &kept).await.unwrap();
        assert!(
            pull.trouble.is_some() || !pull.records.is_empty(),
            "answer {at}"
        );
        let text = said(&pull, &handle);
        no_canary(&text, &format!("answer {at}"));
        let whats = kept.all.lock().unwrap();
        whats
            .iter()
            .for_each(|(what, _)| no_canary(what, "the archive's index"));
        let sent = fake.requests()[0].clone();
        assert!(sent.contains(TOKEN), "the source itself is told");
    }
}

#[tokio::test]
async fn a_probe_tells_nothing_either() {
    let order = PaymentOrder {
        provider: "momo".into(),
        order_id: "HS-1".into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse("2022-12-05T08:00:00").unwrap(),
        status: OrderStatus::Pending,
    };
    for (at, step) in answers().into_iter().enumerate() {
        let fake = Fake::doing(vec![step]).await;
        let base = format!("http://127.0.0.1:{}", fake.port);
        let settings = read(&example("momo", &base)).unwrap();
        let secrets = [("MOMO_ACCESS_KEY", TOKEN), ("MOMO_SECRET_KEY", TOKEN)];
        let handle = open(&settings, &secrets, quick().0, 1_670_259_600_000).unwrap();
        let Handle::Probe(probe) = &handle else {
            panic!("a probe")
        };
        let kept = Kept::default();
        let pull = probe
            .ask(std::slice::from_ref(&order), &kept)
            .await
            .unwrap();
        assert_ne!(pull.state, Completeness::Complete, "answer {at}");
        no_canary(&said(&pull, &handle), &format!("answer {at}"));
        assert!(
            !fake.requests()[0].contains(TOKEN),
            "keys sign and are never sent"
        );
    }
}

#[test]
fn a_secret_in_the_file_is_named_by_its_key_and_never_quoted() {
    let check = |from: &str, to: &str, named: &str| {
        let text = list(1, TABLES).replace(from, to);
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
        no_canary(&error, named);
    };
    check(
        "key = { env = \"T\" }",
        &format!("key = \"{TOKEN}\""),
        "source.secrets.key holds the secret itself",
    );
    check(
        "x-token = \"{secret.key}\"",
        &format!("x-token = \"{TOKEN}\""),
        "source.request.headers.x-token holds the secret itself",
    );
    check(
        "password = \"{secret.key}\"",
        &format!("password = \"{TOKEN}\""),
        "source.request.body.password holds the secret itself",
    );
    check(
        "secret = \"key\"",
        &format!("secret = \"{TOKEN}\""),
        "names no secret of [source.secrets]",
    );
    check(
        "secret_in_url = true",
        "secret_in_url = false",
        "source.request.query.key: there is no secret \"key\" that may stand here",
    );
}
