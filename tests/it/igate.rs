//! Reading VNPT iGate: what counts as read, and what is never sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use doisoat::clock::FixedClock;
use doisoat::config::section::{Doc, Section};
use doisoat::config::{ConfigError, SourceSettings, Surroundings, parse_source};
use doisoat::domain::{Completeness, Lang};
use doisoat::source::{Handle, Opening, RegistryPull};

use crate::fake::{Fake, Kept, Step, TOKEN, answer, day, json, param, quick};
use crate::town::FIRST;

pub(crate) const PATH: &str = "/auth/realms/digo/protocol/openid-connect/token";

fn settings(port: u16, more: &str) -> SourceSettings {
    let text = format!(
        "[[source]]\nname = \"s\"\nkind = \"igate\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
         allow_loopback = true\ntoken_url = \"http://127.0.0.1:{port}{PATH}\"\n\
         client_id = \"c\"\nrate_limit = \"1000/s\"\n{more}\n"
    );
    let doc = Doc {
        name: "doisoat.toml",
        text: &text,
    };
    let table = toml::de::DeTable::parse(&text).unwrap();
    let mut whole = Section::new(doc, "", table.get_ref(), table.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    parse_source(item.section().unwrap(), item.place(), Path::new("/")).unwrap()
}

fn open(settings: &SourceSettings) -> Result<Handle, ConfigError> {
    let env = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    let opening = Opening {
        settings,
        around: &Surroundings::fixed(env, None),
        clock: Arc::new(FixedClock::new(1_670_259_600_000)),
        pace: quick().0,
    };
    opening.open()
}

/// Reads what changed since 5 December 2022; tells what was archived, too.
pub(crate) async fn read(fake: &Fake, more: &str) -> (RegistryPull, Vec<(String, Vec<u8>)>) {
    let secret = "client_secret = { env = \"T\" }";
    let Handle::Registry(registry) =
        open(&settings(fake.port, &format!("{secret}\n{more}"))).unwrap()
    else {
        panic!("no registry")
    };
    let kept = Kept::default();
    let pull = registry.changed(day(FIRST), &kept).await.unwrap();
    (pull, kept.all.into_inner().unwrap())
}

fn id(n: usize) -> String {
    format!("{n:024x}")
}

/// A dossier that changed at noon (UTC) of a day of December 2022.
pub(crate) fn dossier(n: usize, december: usize) -> String {
    let id = id(n);
    format!(
        r#"{{"id":"{id}","code":"H48.18.22-221205-{n:04}","updatedDate":"2022-12-{december:02}T12:00:00.000+0000"}}"#
    )
}

pub(crate) fn page(dossiers: &[String], total: usize, last: bool) -> Step {
    let rows = dossiers.join(",");
    json(format!(
        r#"{{"content":[{rows}],"totalElements":{total},"last":{last}}}"#
    ))
}

/// One fee of each dossier asked for.
pub(crate) fn fees(line: &str) -> Step {
    let asked = param(line, "dossier-ids").unwrap().replace("%2C", ",");
    let fee = |id: &str| {
        let kind = r#"{"type":{"name":[{"languageId":228,"name":"Phí"}]}}"#;
        format!(
            r#"{{"id":"f-{id}","procost":{kind},"amount":45000.0,"quantity":1,"paid":45000.0,"dossier":{{"id":"{id}"}}}}"#
        )
    };
    let all: Vec<String> = asked.split(',').map(fee).collect();
    json(format!("[{}]", all.join(",")))
}

pub(crate) fn token(number: usize) -> Step {
    json(format!(
        r#"{{"access_token":"CANARY-TOKEN-{number}","expires_in":300}}"#
    ))
}

/// A server: `list` answers the n-th request for a page.
async fn igate(list: impl Fn(usize, usize) -> Step + Send + Sync + 'static) -> Fake {
    let (tokens, asked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Fake::answering(move |line| {
        if line.contains(PATH) {
            token(tokens.fetch_add(1, Ordering::SeqCst) + 1)
        } else if line.contains("/pa/dossier-fee/") {
            fees(line)
        } else {
            let number = param(line, "page").unwrap().parse().unwrap();
            list(asked.fetch_add(1, Ordering::SeqCst) + 1, number)
        }
    })
    .await
}

/// Five dossiers in pages of two, the latest change first; the last two changed before the fifth.
fn five(number: usize) -> Step {
    let all: Vec<String> = [(5, 7), (4, 6), (3, 5), (2, 4), (1, 3)]
        .map(|(n, december)| dossier(n, december))
        .into();
    let from = (2 * number).min(all.len());
    let to = (from + 2).min(all.len());
    page(&all[from..to], 5, to == all.len())
}

pub(crate) fn lines(fake: &Fake) -> Vec<String> {
    let requests = fake.requests();
    let first = requests
        .iter()
        .map(|request| request.lines().next().unwrap());
    first.map(|line| line.replace(" HTTP/1.1", "")).collect()
}

#[tokio::test]
async fn only_what_changed_is_read_and_nothing_but_get_is_sent() {
    let fake = igate(|_, number| five(number)).await;
    let (pull, kept) = read(&fake, "agency_id = \"5f7fca9db80e603d5300dcf4\"").await;
    assert_eq!(pull.state, Completeness::Complete, "{:?}", pull.trouble);
    let codes: Vec<&str> = pull.dossiers.iter().map(|dossier| &*dossier.code).collect();
    assert_eq!(
        codes,
        [
            "H48.18.22-221205-0003",
            "H48.18.22-221205-0004",
            "H48.18.22-221205-0005"
        ]
    );
    assert!(pull.dossiers.iter().all(|dossier| dossier.fees.len() == 1));
    // a token, pages until a change lies before the day, the last page (is the list in
    // order?), the first page again, the fees
    let all = lines(&fake);
    let pages: Vec<String> = all.iter().filter_map(|line| param(line, "page")).collect();
    assert_eq!(pages, ["0", "1", "2", "0"]);
    assert_eq!(
        all.iter()
            .filter(|line| line.contains("/dossier-fee/"))
            .count(),
        1
    );
    for line in &all {
        let is_token = *line == format!("POST {PATH}");
        assert!(is_token || line.starts_with("GET "), "{line}");
        let scoped = line.contains("ancestor-agency-id=5f7fca9db80e603d5300dcf4");
        assert!(scoped || !line.contains("/search"), "{line}");
    }
    // answers are evidence; the token is none
    assert_eq!(kept.len(), all.len() - 1);
    let text = format!("{kept:?}");
    assert!(!text.contains("CANARY") && !text.contains(&TOKEN.to_owned()));
}

#[tokio::test]
async fn a_token_that_expires_meanwhile_is_renewed() {
    // 401 to the second page, once; the third time a page is asked for it is that one again
    let fake = igate(|asked, number| match asked {
        2 => answer(401, &[], "{}"),
        _ => five(number),
    })
    .await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Complete, 3)
    );
    let requests = fake.requests();
    let tokens = requests
        .iter()
        .filter(|request| request.starts_with("POST "))
        .count();
    assert_eq!(tokens, 2);
    let last = requests.last().unwrap();
    assert!(
        last.contains("authorization: Bearer CANARY-TOKEN-2"),
        "{last}"
    );
    // two times 401 with new tokens: these credentials may not read this
    let fake = igate(|_, _| answer(401, &[], "{}")).await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(pull.state, Completeness::Refused);
    assert_eq!(lines(&fake).len(), 4);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let fake = Fake::answering(|line| {
        if line.contains(PATH) {
            json(r#"{"access_token":"x","expires_in":0}"#)
        } else if line.contains("/pa/dossier-fee/") {
            fees(line)
        } else {
            five(param(line, "page").unwrap().parse().unwrap())
        }
    })
    .await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(pull.state, Completeness::Complete);
    let all = lines(&fake);
    let tokens = all.iter().filter(|line| line.starts_with("POST ")).count();
    assert_eq!(2 * tokens, all.len(), "a token for each request: {all:?}");
}

#[tokio::test]
async fn half_read_pages_never_count() {
    let fake = igate(|_, number| match number {
        0 => five(0),
        _ => answer(500, &[], "{}"),
    })
    .await;
    let (pull, _) = read(&fake, "retries = 2").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Missing, 0)
    );
    assert!(
        lines(&fake)
            .iter()
            .all(|line| !line.contains("/dossier-fee/"))
    );
    // the fees do not come
    let fake = Fake::answering(|line| {
        if line.contains(PATH) {
            token(1)
        } else if line.contains("/pa/dossier-fee/") {
            json(r#"[{"id":"f","amount":1.0,"dossier":{"id":"another"}}]"#)
        } else {
            five(param(line, "page").unwrap().parse().unwrap())
        }
    })
    .await;
    let (pull, _) = read(&fake, "retries = 2").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Missing, 0)
    );
    let said = pull.trouble.unwrap().say(Lang::En);
    assert!(said.contains("/pa/dossier-fee/--by-dossiers"), "{said}");
}

#[tokio::test]
async fn a_list_that_moves_is_read_again() {
    // dossier 2 changes after the first page was read, and moves to the front
    let moved: Vec<String> = [(2, 8), (5, 7), (4, 6), (3, 5), (1, 3)]
        .map(|(n, december)| dossier(n, december))
        .into();
    let fake = igate(move |asked, number| {
        if asked == 1 {
            return five(number);
        }
        let from = 2 * number;
        let to = (from + 2).min(5);
        page(&moved[from..to], 5, to == 5)
    })
    .await;
    let (pull, _) = read(&fake, "").await;
    let codes: Vec<&str> = pull
        .dossiers
        .iter()
        .map(|dossier| &dossier.code[17..])
        .collect();
    assert_eq!(
        (pull.state, codes.join(" ")),
        (Completeness::Complete, "0002 0003 0004 0005".to_owned())
    );
    // it never stands still
    let fake = igate(|asked, _| page(&[dossier(asked, 5)], 9, false)).await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(pull.state, Completeness::Missing);
    // a total that the list does not have
    let fake = igate(|_, _| page(&[dossier(1, 5)], 9, true)).await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(pull.state, Completeness::Missing);
    let said = pull.trouble.unwrap().say(Lang::En);
    assert!(said.contains("counts 9 rows but delivered 1"), "{said}");
    // an empty page in the middle
    let fake = igate(|_, number| {
        if number == 0 {
            five(0)
        } else {
            page(&[], 5, false)
        }
    })
    .await;
    assert_eq!(read(&fake, "").await.0.state, Completeness::Missing);
}

#[tokio::test]
async fn a_list_out_of_order_is_read_to_its_end() {
    let fake = igate(|_, number| {
        let all = [(1, 1), (2, 3), (3, 2), (4, 5)].map(|(n, day)| dossier(n, day));
        page(&all[number..=number], 4, number == 3)
    })
    .await;
    let (pull, _) = read(&fake, "").await;
    // the first change lies before the day, and the last page says that this means nothing
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Complete, 1)
    );
    let fake = igate(|_, number| {
        let all = [(1, 5), (2, 6), (3, 2), (4, 5)].map(|(n, day)| dossier(n, day));
        page(&all[number..=number], 4, number == 3)
    })
    .await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Complete, 3)
    );
}

#[tokio::test]
async fn no_message_holds_a_secret() {
    let refused = [
        answer(401, &[], "{}"),
        answer(400, &[], r#"{"error":"invalid_grant"}"#),
    ];
    for step in refused {
        let fake = Fake::answering(move |_| step.clone()).await;
        let (pull, kept) = read(&fake, "").await;
        assert_eq!(pull.state, Completeness::Refused);
        let error = pull.trouble.unwrap();
        for lang in [Lang::Vi, Lang::En] {
            let said = error.say(lang);
            assert!(said.starts_with("s: POST http://127.0.0.1"), "{said}");
            assert!(!format!("{said}{error:?}{kept:?}").contains("CANARY"));
        }
    }
    let fake = igate(|_, _| answer(403, &[], TOKEN)).await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(pull.state, Completeness::Refused);
    assert!(!format!("{:?}", pull.trouble).contains("CANARY"));
}

/// Which fees a dossier has is known where an answer told some: one without any may be one for
/// which a right is missing.
#[tokio::test]
async fn an_answer_without_any_fee_tells_nothing_of_what_was_taken_away() {
    let (pull, _) = read(&igate(|_, number| five(number)).await, "").await;
    assert!(pull.dossiers.iter().all(|dossier| dossier.listed));
    let none = Fake::answering(|line| {
        if line.contains(PATH) {
            token(1)
        } else if line.contains("/pa/dossier-fee/") {
            json("[]")
        } else {
            five(param(line, "page").unwrap().parse().unwrap())
        }
    })
    .await;
    let (pull, _) = read(&none, "").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Complete, 3)
    );
    assert!(pull.dossiers.iter().all(|dossier| !dossier.listed));
}

#[test]
fn what_the_configuration_lacks_is_said() {
    let fails = |more: &str, said: &str| {
        let error = open(&settings(1, more)).unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains(said), "{text}");
    };
    fails("", "client_secret = { env");
    fails("username = { env = \"T\" }", "username and password");
    fails(
        "client_secret = { env = \"T\" }\nmap = { fee_kind_fee = \"1\" }",
        "fee_kind_phi",
    );
    fails("client_secret = { env = \"GONE\" }", "GONE");
}
