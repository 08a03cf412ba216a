//! Tokens that are fetched, kept, and replaced in the middle of a listing.

use std::sync::Mutex;

use doisoat::domain::Completeness;
use doisoat::source::Pull;

use super::{list, open, read};
use crate::fake::{Fake, Kept, Step, TOKEN, answer, day, json, quick};
use doisoat::source::Handle;

const TABLES: &str = "[source.secrets]\nkey = { env = \"T\" }\n\
    [source.auth]\nstyle = \"oauth2\"\ngrant = \"client_credentials\"\npath = \"/token\"\nclient_id = \"me\"\n\
    client_secret = \"key\"\n\
    [source.request]\nmethod = \"GET\"\npath = \"/items\"\n[source.request.query]\nday = \"{from}\"\npage = \"{page}\"\n\
    [source.paging]\nstyle = \"page\"\nsize = 1\ntotal = \"/total\"\n[source.answer]\nrecords = \"/items\"\n\
    [source.record]\nid = \"/id\"\namount = \"/amount\"\ntime = \"/at\"\n";

/// Pages of one row each, five in all.
fn items(line: &str) -> Step {
    let page: usize = crate::fake::param(line, "page").unwrap().parse().unwrap();
    json(format!(
        r#"{{"total":5,"items":[{{"id":{page},"amount":5000,"at":"2022-12-05T08:00:00"}}]}}"#
    ))
}

fn token(text: &str, expires: u64) -> Step {
    json(format!(
        r#"{{"access_token":"{text}","expires_in":{expires}}}"#
    ))
}

async fn night(fake: &Fake, tables: &str) -> (Pull, Vec<String>) {
    let settings = read(&list(fake.port, tables)).unwrap();
    let handle = open(&settings, &[("T", TOKEN)], quick().0, 1_670_259_600_000).unwrap();
    let Handle::Feed(feed) = handle else {
        panic!("a feed")
    };
    let kept = Kept::default();
    let night = day("2022-12-05");
    let pull = feed.list(night..=night, &kept).await.unwrap();
    let kept = kept.all.lock().unwrap();
    let texts = kept.iter();
    let texts = texts.map(|(what, body)| format!("{what}: {}", String::from_utf8_lossy(body)));
    (pull, texts.collect())
}

fn asked(fake: &Fake, path: &str) -> usize {
    let all = fake.requests();
    all.iter()
        .filter(|request| request.split(' ').nth(1).unwrap().starts_with(path))
        .count()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_never_archived() {
    let fake = Fake::answering(|line| {
        if line.contains("/token") {
            token("GRANTED-1", 300)
        } else {
            items(line)
        }
    })
    .await;
    let (pull, kept) = night(&fake, TABLES).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 5)
    );
    assert_eq!(
        (asked(&fake, "/api/token"), asked(&fake, "/api/items")),
        (1, 5)
    );
    let requests = fake.requests();
    assert!(requests[0].starts_with("POST /api/token HTTP"));
    let form = format!("grant_type=client_credentials&client_id=me&client_secret={TOKEN}");
    assert!(requests[0].ends_with(&form), "{}", requests[0]);
    let bearer = |request: &String| {
        request
            .to_lowercase()
            .contains("authorization: bearer granted-1")
    };
    assert!(requests[1..].iter().all(bearer));
    assert!(
        kept.iter().all(|text| !text.contains("GRANTED")),
        "{kept:?}"
    );
    assert_eq!(kept.len(), 5);
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_listing_is_replaced() {
    // The source counts: each token is good for two pages.
    let uses = Mutex::new((0, 0));
    let fake = Fake::answering(move |line| {
        let mut uses = uses.lock().unwrap();
        if line.contains("/token") {
            *uses = (uses.0 + 1, 0);
            return token("GRANTED", 300);
        }
        uses.1 += 1;
        if uses.1 > 2 {
            return answer(401, &[], r#"{"error":"invalid_token"}"#);
        }
        items(line)
    })
    .await;
    let (pull, _) = night(&fake, TABLES).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 5)
    );
    assert_eq!(asked(&fake, "/api/token"), 3);
    // A token that says it ends at once is fetched before each request.
    let fake = Fake::answering(|line| {
        if line.contains("/token") {
            token("GRANTED", 0)
        } else {
            items(line)
        }
    })
    .await;
    let (pull, _) = night(&fake, TABLES).await;
    assert_eq!(
        (pull.state, asked(&fake, "/api/token")),
        (Completeness::Complete, 5)
    );
}

#[tokio::test]
async fn a_new_token_that_is_refused_is_a_refusal_and_bad_credentials_are_one() {
    let fake = Fake::answering(|line| {
        if line.contains("/token") {
            token("GRANTED", 300)
        } else {
            answer(401, &[], "{}")
        }
    })
    .await;
    let (pull, _) = night(&fake, TABLES).await;
    assert_eq!(
        (pull.state, fake.requests().len()),
        (Completeness::Refused, 2)
    );
    for status in [400, 401] {
        let body = r#"{"error":"invalid_client"}"#;
        let fake = Fake::answering(move |_| answer(status, &[], body)).await;
        let (pull, _) = night(&fake, TABLES).await;
        let error = pull.trouble.unwrap();
        assert_eq!(
            (pull.state, error.code()),
            (Completeness::Refused, "refused"),
            "{status}"
        );
        assert!(error.at().ends_with("/api/token"), "{error}");
    }
    let fake = Fake::answering(|_| json(r#"{"token":"x"}"#)).await;
    let (pull, _) = night(&fake, TABLES).await;
    let text = pull.trouble.unwrap().to_string();
    assert!(text.contains("access_token is missing"), "{text}");
}

#[tokio::test]
async fn password_grants_and_basic_clients_are_sent_as_documented() {
    let answering = |line: &str| {
        if line.contains("/token") {
            json(r#"{"data":{"t":"GRANTED","e":60}}"#)
        } else {
            items(line)
        }
    };
    let fake = Fake::answering(answering).await;
    let tables = TABLES
        .replace("grant = \"client_credentials\"", "grant = \"password\"\nusername = \"u\"\npassword = \"key\"")
        .replace(
            "client_secret = \"key\"",
            "client_secret = \"key\"\nclient = \"basic\"\nsend = \"json\"\ntoken = \"/data/t\"\nexpires = \"/data/e\"",
        );
    let (pull, _) = night(&fake, &tables).await;
    assert_eq!(pull.state, Completeness::Complete);
    let request = fake.requests()[0].clone();
    // base64 of me:CANARY-5f1d7c
    assert!(
        request
            .to_lowercase()
            .contains("authorization: basic bwu6q0"),
        "{request}"
    );
    let body = format!(r#"{{"grant_type":"password","username":"u","password":"{TOKEN}"}}"#);
    assert!(request.ends_with(&body), "{request}");
}

#[tokio::test]
async fn credentials_go_to_the_configured_address_alone() {
    // the address of tokens redirects to another host: nobody follows
    let other = Fake::answering(|_| token("STOLEN", 300)).await;
    let location = format!("Location: http://127.0.0.1:{}/token", other.port);
    let fake = Fake::answering(move |_| answer(307, &[&location], "{}")).await;
    let (pull, _) = night(&fake, TABLES).await;
    assert_eq!(pull.trouble.unwrap().code(), "redirect");
    assert!(pull.records.is_empty());
    assert_eq!((fake.requests().len(), other.requests().len()), (1, 0));
    // an address on another host counts where it is written out, and only tokens are asked for
    // there
    let sso = Fake::answering(|_| token("GRANTED", 300)).await;
    let fake = Fake::answering(items).await;
    let url = format!("token_url = \"http://127.0.0.1:{}/sso/token\"", sso.port);
    let tables = TABLES.replace("path = \"/token\"", &url);
    let (pull, _) = night(&fake, &tables).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 5)
    );
    let asked = sso.requests();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("POST /sso/token HTTP"), "{}", asked[0]);
    let told = fake.requests().concat();
    assert!(!told.contains(TOKEN), "the source never sees the secret");
    assert_eq!(fake.requests().len(), 5);
    // not both, and not in plain to another machine
    let fails = |auth: &str| {
        let tables = TABLES.replace("path = \"/token\"", auth);
        let settings = read(&list(fake.port, &tables));
        let opened = settings.map(|s| open(&s, &[("T", TOKEN)], quick().0, 0).map(|_| ()));
        match opened {
            Ok(Ok(())) => "fine".to_owned(),
            Ok(Err(error)) | Err(error) => error.to_string(),
        }
    };
    let both = fails("path = \"/token\"\ntoken_url = \"https://sso.example/token\"");
    assert!(both.contains("both path and token_url"), "{both}");
    let plain = fails("token_url = \"http://sso.example/token\"");
    assert!(
        plain.contains("source.auth.token_url is not allowed"),
        "{plain}"
    );
    assert_eq!(fails("token_url = \"https://sso.example/token\""), "fine");
    assert!(fails("").contains("source.auth.path is missing"));
}
