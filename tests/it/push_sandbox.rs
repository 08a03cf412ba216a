//! What the sandbox pushes, signed on its own, is what an inbox reads: evidence where the provider
//! signed it, shown where it did not, and one row however often it comes.

use std::collections::BTreeMap;

use doisoat::config::Surroundings;
use doisoat::job::Desk;
use doisoat::sandbox::{District, PushFault, Pushed, Sandbox};

use crate::database::Kind;
use crate::town::{FIRST, Town, codes, day, document, files, night, source};

const DAYS: u32 = 2;

async fn town(gateway: &str) -> Town {
    let district = District::generate_at(gateway, 1, day(FIRST).date(), DAYS).unwrap();
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    Town::around(Kind::Sqlite, sandbox).await
}

/// A town on the morning after the first day, and the webhooks that were sent by then.
async fn pushed(gateway: &str, fault: Option<&str>) -> (Town, Vec<Pushed>) {
    let town = town(gateway).await;
    town.morning_after(day(FIRST));
    let fault = fault.map(|name| PushFault::named(name).unwrap());
    let dir = town.dir().join("pushed");
    let pushed = town.sandbox.write_pushes(&dir, fault).unwrap();
    (town, pushed)
}

/// A desk that reads these inboxes beside the sources.
async fn desk(town: &Town, inboxes: &[&Pushed], edit: &dyn Fn(String) -> String) -> Desk {
    let tables: Vec<&str> = inboxes.iter().map(|one| one.toml.as_str()).collect();
    let tables = tables.join("\n");
    let mut desk = town.desk(&|text| edit(format!("{text}\n{tables}"))).await;
    let known = town.sandbox.providers();
    let known = known.flat_map(|name| town.sandbox.credentials(name));
    let known = known.chain(inboxes.iter().flat_map(|one| one.keys));
    let known: BTreeMap<String, String> = known
        .map(|one| (one.env.to_owned(), one.value.to_owned()))
        .collect();
    desk.around = Surroundings::fixed(known, None);
    desk
}

fn in_use(pushed: &[Pushed]) -> Vec<&Pushed> {
    pushed.iter().filter(|one| one.is_in_use).collect()
}

/// The source that reads an inbox, by its table.
fn name(one: &Pushed) -> &str {
    let (_, rest) = one.toml.split_once("name = \"").unwrap();
    rest.split_once('"').unwrap().0
}

fn as_published(town: &Town) -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(town.folder(FIRST).join(file)).unwrap();
    ["exceptions.csv", "links.csv", "share.csv"]
        .map(read)
        .to_vec()
}

/// Every form of webhook, each event once and again later, beside the sources that tell the same:
/// the night is that of the sources alone.
#[tokio::test(flavor = "multi_thread")]
async fn pushed_and_pulled_the_night_is_the_same() {
    for gateway in ["vnpay", "momo", "zalopay", "payos"] {
        let plain = town(gateway).await;
        plain.morning_after(day(FIRST));
        let expected = night(&plain.desk(&|text| text).await, FIRST).await;
        let (town, pushed) = pushed(gateway, Some("push_again")).await;
        let of_feeds = |one: &&Pushed| matches!(one.provider, "casso" | "sepay");
        // both versions of Casso tell the same lines
        let inboxes: Vec<&Pushed> = pushed
            .iter()
            .filter(|one| one.is_in_use || of_feeds(one))
            .collect();
        assert_eq!(inboxes.len(), 4);
        let done = night(&desk(&town, &inboxes, &|text| text).await, FIRST).await;
        let run = document(&done);
        assert_eq!(
            codes(&done),
            codes(&expected),
            "{gateway} {}",
            run["sources"]
        );
        for one in inboxes {
            let of = source(&run, name(one));
            assert_eq!(of["state"], "complete", "{gateway}: {of}");
            assert_eq!(of["rejects"], 0, "{gateway}: {of}");
            assert!(one.count > 10, "{gateway}: {one:?}");
        }
        assert_eq!(as_published(&town), as_published(&plain), "{gateway}");
    }
}

/// While nobody answers, the night has what was pushed and signed, row for row.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_evidence_and_what_is_forged_is_shown() {
    for gateway in ["vnpay", "momo", "zalopay", "payos"] {
        let (town, pushed) = pushed(gateway, Some("push_forged")).await;
        let host = format!("http://{}/", town.sandbox.address());
        let down = |text: String| text.replace(&host, "http://127.0.0.1:1/");
        let inboxes = in_use(&pushed);
        let done = night(&desk(&town, &inboxes, &down).await, FIRST).await;
        let run = document(&done);
        assert_eq!(codes(&done), [3], "{gateway} {}", run["sources"]);
        let listed = std::fs::read_to_string(town.folder(FIRST).join("exceptions.csv")).unwrap();
        for one in inboxes {
            let folder = town
                .dir()
                .join("pushed")
                .join(name(one).trim_end_matches("-push"));
            let all: Vec<String> = files(&folder).into_keys().collect();
            let forged: Vec<&String> = all.iter().filter(|f| f.contains("-forged")).collect();
            assert!(!forged.is_empty() && all.len() == one.count, "{all:?}");
            let of = source(&run, name(one));
            assert_eq!(
                of["rejects"].as_u64(),
                u64::try_from(forged.len()).ok(),
                "{of}"
            );
            for file in forged {
                let line = listed.lines().find(|line| line.contains(file.as_str()));
                let line = line.unwrap_or_else(|| panic!("{file}: {listed}"));
                assert!(
                    line.contains("chữ ký của nhà cung cấp không đúng"),
                    "{line}"
                );
            }
        }
        // every signed webhook of the day is a row of the source that is down
        for (provider, source_name) in [("sepay", "sepay-main"), (gateway, gateway)] {
            let one = pushed.iter().find(|one| one.provider == provider).unwrap();
            let of = source(&run, source_name);
            let signed = signed_on(&town, provider, FIRST);
            assert!(signed > 10 && signed <= one.count, "{provider}: {signed}");
            assert_eq!(of["rows"].as_u64(), u64::try_from(signed).ok(), "{of}");
        }
    }
}

/// Signed files about money of a day.
fn signed_on(town: &Town, folder: &str, date: &str) -> usize {
    let day = date.replace('-', "");
    let all = files(&town.dir().join("pushed").join(folder));
    let names = all.into_keys();
    names
        .filter(|name| name.starts_with(&day) && !name.contains("-forged"))
        .count()
}

#[tokio::test]
async fn the_same_seed_pushes_the_same_bytes() {
    let (one, _) = pushed("payos", None).await;
    let (other, _) = pushed("payos", None).await;
    let bytes = |town: &Town| files(&town.dir().join("pushed"));
    assert_eq!(bytes(&one), bytes(&other));
    assert!(bytes(&one).len() > 100);
}
