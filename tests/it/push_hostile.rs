//! Webhooks that nobody should have written: each is told by its file, or waits, and nothing in the
//! folder is touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use doisoat::config::Surroundings;
use doisoat::job::Desk;
use serde_json::json;

use crate::database::Kind;
use crate::town::{FIRST, Town, day, document, night, source};

const TOKEN: &str = "CANARY-SEPAY-KEY";

const PUSHED: &str = "
[[source]]
name = \"sepay-push\"
kind = \"push\"
path = \"sepay\"
provider = \"sepay\"
token = { env = \"PUSH_SEPAY\" }
";

async fn desk(town: &Town) -> Desk {
    let mut desk = town.desk(&|text| text + PUSHED).await;
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name));
    let known = known.into_iter().flatten();
    let known = known.map(|c| (c.env.to_owned(), c.value.to_owned()));
    let own = [("PUSH_SEPAY".to_owned(), TOKEN.to_owned())];
    desk.around = Surroundings::fixed(known.chain(own).collect(), None);
    desk
}

fn enveloped(body: &str) -> Vec<u8> {
    let headers = json!({"Authorization": format!("Apikey {TOKEN}")});
    json!({"headers": headers, "body": body}).to_string().into()
}

fn body(account: &str, id: &str, amount: &str) -> String {
    format!(
        "{{\"id\":{id},\"gateway\":\"BIDV\",\"transactionDate\":\"2022-12-05 09:00:00\",\
         \"accountNumber\":\"{account}\",\"code\":null,\"content\":\"CANARY-MEMO\",\
         \"transferType\":\"in\",\"transferAmount\":{amount},\"accumulated\":0,\"subAccount\":null,\
         \"referenceCode\":\"R{id}\",\"description\":\"\"}}"
    )
}

/// Files by name, and whether each is a reject of the inbox.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let nested = |n: usize| "{\"a\":".repeat(n) + "1" + &"}".repeat(n);
    let twice = body("1", "7", "1000").replace("\"id\":7", "\"id\":7,\"id\":8");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(
        body("1", "9", "1000")
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    let (latin, _, _) = encoding_rs::WINDOWS_1258.encode("{\"body\":\"Nộp lệ phí\"}");
    vec![
        ("deep_list.json", deep(200_000).into()),
        ("deep_object.json", nested(100_000).into()),
        ("deep_body.json", enveloped(&nested(100_000))),
        ("twice.json", enveloped(&twice)),
        (
            "twice_envelope.json",
            b"{\"body\":\"{}\",\"body\":\"{}\"}".to_vec(),
        ),
        ("utf16.json", utf16),
        ("windows.json", latin.into_owned()),
        ("zeros.json", vec![0; 4_096]),
        (
            "half.json",
            b"{\"headers\":{\"Authorization\":\"Apikey".to_vec(),
        ),
        ("half_body.json", enveloped("{\"id\":1,\"transferAmount\":")),
        ("body_is_no_text.json", b"{\"body\":{\"id\":1}}".to_vec()),
        ("list.json", b"[1,2,3]".to_vec()),
        ("empty.json", Vec::new()),
        ("text.txt", "không phải webhook".into()),
    ]
}

/// Every entry of a folder: what it is, and its bytes.
fn entries(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
        let bytes = std::fs::read(&path).unwrap_or_default();
        found.insert(
            path,
            format!("{kind:?} {} {:?}", bytes.len(), bytes.get(..64)),
        );
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_a_reject_with_its_file_and_nothing_is_touched() {
    let town = Town::new(Kind::Sqlite).await;
    let folder = town.dir().join("sepay");
    std::fs::create_dir_all(folder.join("folder.json")).unwrap();
    std::fs::write(folder.join("folder.json/inside.json"), enveloped("{}")).unwrap();
    let outside = town.dir().join("outside.json");
    std::fs::write(&outside, enveloped(&body("1", "5", "1000"))).unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("link.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("dangling.json")).unwrap();
    std::fs::write(folder.join("writing.json.part"), b"{").unwrap();
    for (name, bytes) in hostile() {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let much = format!("{}{}", body("1", "6", "1000"), " ".repeat(1 << 20));
    std::fs::write(folder.join("large.json"), much).unwrap();
    let before = entries(&folder);
    town.morning_after(day(FIRST));
    let desk = desk(&town).await;
    let run = document(&night(&desk, FIRST).await);
    let of = source(&run, "sepay-push");
    assert_eq!(of["rejects"], hostile().len(), "{of}");
    let trouble = of["trouble"].to_string();
    assert!(
        trouble.contains("large.json") && trouble.contains("1048576"),
        "{trouble}"
    );
    assert!(
        !trouble.contains("bytes_max"),
        "no key raises this one: {trouble}"
    );
    let listed = std::fs::read_to_string(town.folder(FIRST).join("exceptions.csv")).unwrap();
    for (name, _) in hostile() {
        let line = listed.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name} is not told"));
        assert!(line.contains("reject"), "{line}");
    }
    for waits in ["folder.json", "link.json", "dangling.json", "writing.json"] {
        assert!(!listed.contains(waits), "{waits} is no reject");
    }
    for (name, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("CANARY"),
            "{name} shows what nobody vouched for"
        );
    }
    assert_eq!(entries(&folder), before, "nothing is touched");
    assert!(
        !night(&desk, FIRST).await.published,
        "and nothing comes twice"
    );
}

/// Numbers beyond all measure are rejects of their row, with the text as it came.
#[tokio::test(flavor = "multi_thread")]
async fn huge_numbers_are_rejects_and_the_others_are_read() {
    let town = Town::new(Kind::Sqlite).await;
    let folder = town.dir().join("sepay");
    std::fs::create_dir_all(&folder).unwrap();
    let account = town.sandbox.account("sepay").unwrap();
    let digits = "9".repeat(400);
    let amounts = [
        "1e400",
        "99999999999999999999999",
        &digits,
        "-0",
        "1000.5",
        "1e3",
    ];
    for (n, amount) in amounts.iter().enumerate() {
        let id = (n + 1).to_string();
        let name = format!("n{id}.json");
        std::fs::write(folder.join(name), enveloped(&body(account, &id, amount))).unwrap();
    }
    let long = "8".repeat(400);
    std::fs::write(
        folder.join("id.json"),
        enveloped(&body(account, &long, "1000")),
    )
    .unwrap();
    town.morning_after(day(FIRST));
    let desk = desk(&town).await;
    let run = document(&night(&desk, FIRST).await);
    let listed = std::fs::read_to_string(town.folder(FIRST).join("exceptions.csv")).unwrap();
    for n in [1, 2, 3, 5] {
        let name = format!("n{n}.json");
        let told = listed.lines().any(|line| line.contains(&name));
        assert!(told, "{name}: {} {listed}", run["sources"]);
    }
    let dump = town.dump().await;
    assert!(
        !dump.contains("9223372036854775807"),
        "no amount is cut to fit"
    );
}

/// What is still being written is read once it is whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_written_is_read_once_it_is_whole() {
    let town = Town::new(Kind::Sqlite).await;
    let folder = town.dir().join("sepay");
    std::fs::create_dir_all(&folder).unwrap();
    let whole = enveloped(&body(
        town.sandbox.account("sepay").unwrap(),
        "4711",
        "1000",
    ));
    std::fs::write(folder.join("a.json.tmp"), &whole[..20]).unwrap();
    town.morning_after(day(FIRST));
    let desk = desk(&town).await;
    let run = document(&night(&desk, FIRST).await);
    assert_eq!(source(&run, "sepay-push")["rejects"], 0, "{run}");
    assert!(!town.dump().await.contains("R4711"));
    std::fs::write(folder.join("a.json.tmp"), &whole).unwrap();
    std::fs::rename(folder.join("a.json.tmp"), folder.join("a.json")).unwrap();
    let run = document(&night(&desk, FIRST).await);
    assert_eq!(source(&run, "sepay-push")["rejects"], 0, "{run}");
    assert!(town.dump().await.contains("R4711"), "read now");
}
