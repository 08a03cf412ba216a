//! A fee that the interface of a one-stop system no longer lists for its dossier was withdrawn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use doisoat::config::Surroundings;
use doisoat::domain::Lang;
use doisoat::job::{Desk, replay};
use serde_json::Value;

use crate::database::Kind;
use crate::fake::{Fake, Step, TOKEN, answer, json, param};
use crate::office::csv;
use crate::town::{FIRST, Town, day, document, night, source};

const SECOND: &str = "2022-12-06";

/// A fee: its id, dong (`null` cannot be read) and what is paid of it.
type Line = (&'static str, &'static str, u32);

/// What the interface tells: of each dossier the time of its last change and its fees.
#[derive(Default)]
struct World {
    dossiers: BTreeMap<usize, (&'static str, Vec<Line>)>,
    /// No fees are told.
    down: bool,
}

fn id(n: usize) -> String {
    format!("{n:024x}")
}

impl World {
    fn answer(&self, line: &str) -> Step {
        if line.contains("/token") {
            return json(r#"{"access_token":"CANARY","expires_in":300}"#);
        }
        if line.contains("/pa/dossier-fee/") {
            if self.down {
                return answer(502, &[], "<html>");
            }
            let asked = param(line, "dossier-ids").unwrap();
            let mut all = Vec::new();
            for (n, (_, fees)) in &self.dossiers {
                let id = id(*n);
                let fee = |(fee, dong, paid): &Line| {
                    let kind = r#"{"type":{"name":[{"languageId":228,"name":"Phí"}]}}"#;
                    format!(
                        r#"{{"id":"{fee}","procost":{kind},"amount":{dong},"quantity":1,"paid":{paid}.0,"dossier":{{"id":"{id}"}}}}"#
                    )
                };
                if asked.contains(&id) {
                    all.extend(fees.iter().map(fee));
                }
            }
            return json(format!("[{}]", all.join(",")));
        }
        let mut rows: Vec<(&str, String)> = Vec::new();
        for (n, (at, _)) in &self.dossiers {
            let id = id(*n);
            rows.push((
                *at,
                format!(
                    r#"{{"id":"{id}","code":"H48.18.22-221205-{n:04}","updatedDate":"{at}.000+0000"}}"#
                ),
            ));
        }
        rows.sort_by(|a, b| b.cmp(a));
        let total = rows.len();
        let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
        json(format!(
            r#"{{"content":[{}],"totalElements":{total},"last":true}}"#,
            rows.join(",")
        ))
    }
}

const EARLY: &str = "2022-12-05T02:00:00";
const LATE: &str = "2022-12-06T02:00:00";

async fn town(kind: Kind, world: &Arc<Mutex<World>>) -> (Town, Desk, Fake) {
    let town = Town::new(kind).await;
    let world = Arc::clone(world);
    let fake = Fake::answering(move |line| world.lock().unwrap().answer(line)).await;
    let port = fake.port;
    let edit = move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!(
            "{head}[[source]]\nname = \"one-stop\"\nkind = \"igate\"\n\
             base_url = \"http://127.0.0.1:{port}\"\nallow_loopback = true\nretries = 1\n\
             token_url = \"http://127.0.0.1:{port}/token\"\nclient_id = \"c\"\n\
             client_secret = {{ env = \"T\" }}\nrate_limit = \"1000/s\"\n\
             [[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"inbox/bank\"\n"
        )
    };
    let mut desk = town.desk(&edit).await;
    let secret = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    desk.around = Surroundings::fixed(secret, None);
    std::fs::create_dir_all(town.dir().join("inbox/bank")).unwrap();
    (town, desk, fake)
}

fn put(town: &Town, date: &str, rows: &[&str]) {
    let path = format!("inbox/bank/saoke_{date}.csv");
    std::fs::write(town.dir().join(path), csv(rows)).unwrap();
}

async fn run(town: &Town, desk: &Desk, date: &str) -> Value {
    town.set_now(day(date).plus(1).start_ms() + 5_400_000);
    document(&night(desk, date).await)
}

fn state(run: &Value) -> &str {
    source(run, "one-stop")["state"].as_str().unwrap()
}

/// The fees that were withdrawn, each with the day from which it was.
async fn withdrawn(town: &Town) -> Vec<String> {
    let sql =
        "SELECT fee_id || ' ' || night FROM fee_version WHERE status = 'cancelled' ORDER BY 1";
    let mut all = town.database.texts(sql).await;
    all.sort();
    all
}

/// Class and id of each fee that is not in order on a night.
fn fees(town: &Town, date: &str) -> Vec<String> {
    let text = std::fs::read_to_string(town.folder(date).join("exceptions.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().unwrap().clone();
    let at = |name: &str| columns.iter().position(|one| one == name).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let fees = rows.filter(|row| &row[at("side")] == "fee");
    let line = |row: csv::StringRecord| format!("{} {}", &row[at("class")], &row[at("id")]);
    let mut fees: Vec<String> = fees.map(line).collect();
    fees.sort();
    fees
}

/// Night 5: eight dossiers, all unpaid by the registry; the money of three is there. Night 6: fees
/// were taken away, entered anew, cannot be read any more, or are told as before.
async fn two_nights(kind: Kind) -> (Town, Desk) {
    let world = Arc::new(Mutex::new(World::default()));
    let tell = |n: usize, at: &'static str, fees: &[Line]| {
        let mut world = world.lock().unwrap();
        world.dossiers.insert(n, (at, fees.to_vec()));
    };
    tell(1, EARLY, &[("a5", "14000.0", 0)]);
    tell(2, EARLY, &[("a6", "14000.0", 0), ("b6", "8000.0", 0)]);
    tell(3, EARLY, &[("a7", "20000.0", 0)]);
    tell(4, EARLY, &[("a8", "9000.0", 0)]);
    tell(5, EARLY, &[("a9", "7000.0", 0)]);
    tell(6, EARLY, &[("a10", "6000.0", 0)]);
    tell(7, EARLY, &[("a11", "5000.0", 0)]);
    tell(8, EARLY, &[("a12", "4000.0", 0)]);
    let (town, desk, _fake) = town(kind, &world).await;
    put(
        &town,
        FIRST,
        &[
            "05/12/2022;R1;0;20.000;20.000;H48.18.22-221205-0003",
            "05/12/2022;R7;0;5.000;25.000;H48.18.22-221205-0007",
            "05/12/2022;R8;0;4.000;29.000;H48.18.22-221205-0008",
        ],
    );
    let first = run(&town, &desk, FIRST).await;
    assert_eq!(state(&first), "complete", "{first}");
    // entered anew and paid
    tell(1, LATE, &[("z5", "14000.0", 14_000)]);
    // one of two taken away
    tell(2, LATE, &[("a6", "14000.0", 14_000)]);
    // entered anew when its money was there: the money is that of the new one
    tell(3, LATE, &[("z7", "20000.0", 20_000)]);
    // the same with another amount, and taken away with its money: a person has to look
    tell(7, LATE, &[("z11", "5500.0", 5500)]);
    tell(8, LATE, &[]);
    // still there, though nobody can read it any more
    tell(4, LATE, &[("a8", "null", 0)]);
    tell(6, LATE, &[]);
    put(
        &town,
        SECOND,
        &[
            "06/12/2022;R3;0;14.000;43.000;H48.18.22-221205-0001",
            "06/12/2022;R4;0;14.000;57.000;H48.18.22-221205-0002",
        ],
    );
    // what cannot be told withdraws nothing
    world.lock().unwrap().down = true;
    let down = run(&town, &desk, SECOND).await;
    assert_ne!(state(&down), "complete");
    assert!(withdrawn(&town).await.is_empty(), "{kind:?}");
    world.lock().unwrap().down = false;
    let up = run(&town, &desk, SECOND).await;
    assert!(["complete", "partial"].contains(&state(&up)), "{up}");
    (town, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_that_its_dossier_no_longer_has_is_withdrawn() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two_nights(kind).await;
        let told = fees(&town, SECOND);
        let shown = format!("{kind:?}: {told:#?}");
        let gone = ["a10", "a11", "a12", "a5", "a7", "b6"].map(|id| format!("{id} {SECOND}"));
        assert_eq!(withdrawn(&town).await, gone, "{shown}");
        for one in ["underpaid z11", "status_mismatch a12"] {
            assert!(told.contains(&one.to_owned()), "{one} in {shown}");
        }
        for id in ["a5", "b6", "a10", "z5", "a6", "a7", "z7", "a11"] {
            let open = ["missing_payment", "unpaid", "status_mismatch"];
            let mut open = open.map(|class| format!("{class} {id}")).into_iter();
            assert!(!open.any(|one| told.contains(&one)), "{id} in {shown}");
        }
        // again nothing changes, and the answers of both nights tell what is stored
        assert!(!night(&desk, SECOND).await.published, "{kind:?}");
        let run = replay::find(&desk, SECOND).await.unwrap();
        let again = replay::replay(&desk, &run).await.unwrap();
        assert!(again.is_equal(), "{kind:?}: {}", again.lines(Lang::En));
        let run = replay::find(&desk, FIRST).await.unwrap();
        let again = replay::replay(&desk, &run).await.unwrap();
        let mut rows = again.checks.iter().filter(|check| check.what == "rows");
        let same = rows.all(|check| check.state == replay::State::Same);
        assert!(same, "{kind:?}: {}", again.lines(Lang::En));
    }
}
