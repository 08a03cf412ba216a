//! A period as it was known on a day beside what is known now, and closed periods: what arrives
//! later changes no byte of them.

use doisoat::domain::{Day, Period, SourceName, Txn};
use doisoat::job::as_known::Known;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit, JobError};
use doisoat::normalise::merge;
use doisoat::store::Delivery;
use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, files, headline, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const LATE: &str = "late-1";

/// Two nights.
pub(crate) async fn two(kind: Kind) -> (Town, Desk) {
    let town = Town::new(kind).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, SECOND] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    (town, desk)
}

/// A payment of the first night that the third brings, and the third night.
async fn late(town: &Town, desk: &Desk) {
    let config = &desk.config.sources;
    let source = config
        .iter()
        .find(|source| source.registration.kind == "sepay");
    let rows = [(LATE, 35_000, FIRST), ("late-2", 21_000, SECOND)];
    late_of(desk, &source.unwrap().name.clone(), day(THIRD), &rows).await;
    town.morning_after(day(THIRD));
    night(desk, THIRD).await;
}

/// Payments that the pull of `night` brings: id, amount, day.
pub(crate) async fn late_of(
    desk: &Desk,
    source: &SourceName,
    night: Day,
    rows: &[(&str, i64, &str)],
) {
    let row = |(id, amount, date): &(&str, i64, &str)| Txn {
        source: source.clone(),
        memo: "nop tien, khong ro ho so".into(),
        ..crate::rows::txn(id, *amount, date)
    };
    let delivery = Delivery {
        txns: rows.iter().map(row).collect(),
        ..Delivery::default()
    };
    let stored = desk
        .store
        .save_transactions(source, night, &delivery, merge);
    stored.await.unwrap();
}

pub(crate) fn both() -> Period {
    Period::range(day(FIRST), day(SECOND))
}

pub(crate) async fn report(
    desk: &Desk,
    period: Period,
    known: Known,
) -> (String, Value, Vec<String>) {
    let asked = Asked {
        known,
        ..Asked::of(Span::Days(period))
    };
    let root = &desk.config.report_dir;
    let folder = report_again::write(desk, &asked, root).await.unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let files = files(&folder);
    let document = serde_json::from_slice(&files["known.json"]).unwrap();
    (name, document, files.into_keys().collect())
}

pub(crate) fn share<'v>(document: &'v Value, definition: &str) -> &'v Value {
    let all = document["share"].as_array().unwrap();
    let is_it = |s: &&Value| s["definition"] == definition && s["scope"] == "";
    all.iter().find(is_it).unwrap()
}

fn whole(value: &Value) -> i128 {
    value.as_str().unwrap().parse().unwrap()
}

/// What the items moved is what the figures moved, for each definition that is a plain sum.
pub(crate) fn adds_up(document: &Value) {
    for definition in ["TX_CASHLESS", "AMOUNT_CASHLESS"] {
        let share = share(document, definition);
        let items = document["moved"].as_array().unwrap().iter();
        let items: Vec<&Value> = items.filter(|m| m["definition"] == definition).collect();
        for (at, part) in ["numerator", "denominator"].into_iter().enumerate() {
            let moved: i64 = items
                .iter()
                .map(|m| m["now"][at].as_i64().unwrap() - m["then"][at].as_i64().unwrap())
                .sum();
            let figures = whole(&share["now"][part]) - whole(&share["then"][part]);
            assert_eq!(i128::from(moved), figures, "{definition} {part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_told_as_known_then_and_now() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two(kind).await;
        let year = Period::year("2022").unwrap();
        let published = nightly_document(&desk, SECOND).await;
        late(&town, &desk).await;
        let (name, document, names) = report(&desk, both(), Known::On(day(SECOND))).await;
        assert_eq!(name, "2022-12-05_2022-12-06_as-of-2022-12-06");
        for file in [
            "known.csv",
            "arrived.csv",
            "moved.csv",
            "run.json",
            "doisoat.xlsx",
        ] {
            assert!(names.iter().any(|name| name == file), "{file}: {names:?}");
        }
        adds_up(&document);
        let arrived = document["arrived"].as_array().unwrap();
        let key = |row: &&Value| row["key"].as_str().unwrap().ends_with(LATE);
        let row = arrived.iter().find(key).unwrap();
        assert_eq!((&row["told"], &row["day"]), (&THIRD.into(), &FIRST.into()));
        assert_eq!(row["amount_vnd"], 35_000);
        let moved = document["moved"].as_array().unwrap();
        assert!(!moved.is_empty());
        outcomes_are_told(moved);
        sources_are_those_of_then(&desk, &published).await;
        // then is what the night published
        let (_, document, _) = report(&desk, year, Known::On(day(SECOND))).await;
        let (then, was) = (
            &share(&document, "TX_CASHLESS")["then"],
            headline(&published),
        );
        for part in ["numerator", "denominator"] {
            assert_eq!(whole(&then[part]), i128::from(was[part].as_i64().unwrap()));
        }
        assert_eq!(then["low"], was["low"]);
        adds_up(&document);
        // what was known on the last night is what is known
        let (_, document, _) = report(&desk, both(), Known::On(day(THIRD))).await;
        assert_eq!(document["arrived"], Value::Array(Vec::new()));
        assert_eq!(document["moved"], Value::Array(Vec::new()));
        let before = Asked {
            known: Known::On(day("2022-12-04")),
            ..Asked::of(Span::Days(both()))
        };
        let root = &desk.config.report_dir;
        let error = report_again::write(&desk, &before, root).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Usage, "{error}");
    }
}

/// Each item tells what it may count as, the point figure first; some is open, so it has several.
fn outcomes_are_told(moved: &[Value]) {
    for item in moved {
        for when in ["then", "now"] {
            let outcomes = item[format!("outcomes_{when}")].as_array().unwrap();
            let first = outcomes.first().cloned();
            let wanted = first.unwrap_or_else(|| serde_json::json!([0, 0]));
            assert_eq!(item[when], wanted, "{item}");
        }
    }
    let several = |item: &&Value| item["outcomes_now"].as_array().unwrap().len() > 1;
    assert!(moved.iter().any(|item| several(&item)), "{moved:?}");
}

/// A row of the second night that came with the third is none that the second knew.
async fn sources_are_those_of_then(desk: &Desk, published: &Value) {
    let asked = Asked {
        known: Known::On(day(SECOND)),
        ..Asked::of(Span::Days(both()))
    };
    let root = &desk.config.report_dir;
    let folder = report_again::write(desk, &asked, root).await.unwrap();
    let files = files(&folder);
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    let first = nightly_document(desk, FIRST).await;
    for source in run["sources"].as_array().unwrap() {
        let name = source["name"].as_str().unwrap();
        for part in ["rows", "sum_vnd", "rejects"] {
            let told = [&first, published]
                .map(|night| crate::town::source(night, name)[part].as_i64().unwrap());
            assert_eq!(source[part], told[0] + told[1], "{name} {part}");
        }
    }
    let mut moved = csv::Reader::from_reader(files["moved.csv"].as_slice());
    let header = moved.headers().unwrap().clone();
    assert!(
        header.iter().any(|name| name == "outcomes_now"),
        "{header:?}"
    );
    let again = nightly_document(desk, SECOND).await;
    assert_eq!(&again, published, "nothing was published anew");
}

async fn nightly_document(desk: &Desk, date: &str) -> Value {
    let run = desk.store.published(day(date)).await.unwrap().unwrap();
    serde_json::from_str(&run.run_json).unwrap()
}

fn word() -> Word {
    Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    }
}

pub(crate) async fn close(desk: &Desk, period: &Period) -> Result<std::path::PathBuf, JobError> {
    let lease = desk.lease("period close").await.unwrap();
    let closed = period::close(desk, &lease, period, &word()).await;
    desk.store.release_lease(lease).await.unwrap();
    closed
}

async fn reopen(desk: &Desk, period: &Period) -> Result<(), JobError> {
    let lease = desk.lease("period reopen").await.unwrap();
    let opened = period::reopen(desk, &lease, period, &word()).await;
    desk.store.release_lease(lease).await.unwrap();
    opened
}

async fn again(desk: &Desk, date: Day) -> Result<nightly::Night, JobError> {
    nightly::run(desk, date, Mode::Publish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_period_stays_to_the_byte_and_is_opened_by_a_decision() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two(kind).await;
        let month = Period::month("2022-12").unwrap();
        let not_over = close(&desk, &month).await.unwrap_err();
        assert!(
            not_over.to_string().contains("đêm 07/12/2022 chưa công bố"),
            "{not_over}"
        );
        let nothing = reopen(&desk, &both()).await.unwrap_err();
        assert!(nothing.to_string().ends_with(" chưa chốt"), "{nothing}");
        let folder = close(&desk, &both()).await.unwrap();
        let closed = files(&folder);
        assert!(close(&desk, &both()).await.is_err(), "closed twice");
        // nor under another name: there would be two closed figures of the same days
        let renamed = Period {
            label: "2022-W49".into(),
            ..both()
        };
        let twice = close(&desk, &renamed).await.unwrap_err().to_string();
        assert!(
            twice.contains("đã được ke-toan chốt dưới tên 2022-12-05/2022-12-06"),
            "{twice}"
        );
        late(&town, &desk).await;
        let asked = Asked::of(Span::Days(both()));
        let root = town.dir().join("again");
        let told = report_again::write(&desk, &asked, &root).await.unwrap();
        assert_eq!(files(&told), closed, "{kind:?}: as closed");
        // what came late is in what is known now
        let (name, document, _) = report(&desk, both(), Known::Now).await;
        assert_eq!(name, "2022-12-05_2022-12-06_now");
        let arrived = document["arrived"].to_string();
        assert!(arrived.contains(LATE), "{arrived}");
        adds_up(&document);
        // the late row belongs to a closed night, which is not published anew
        let before = (town.dump().await, files(&desk.config.archive_dir));
        let refused = again(&desk, day(FIRST)).await.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage);
        let said = refused.to_string();
        assert!(
            said.contains("05/12/2022 thuộc kỳ") && said.contains("mà ke-toan đã chốt lúc "),
            "{said}"
        );
        let (_, fix) = refused.message_and_fix();
        assert!(fix.contains("doisoat period reopen 2022-12-05/2022-12-06"));
        // a gateway's answer differs each time it is asked
        let after = (town.dump().await, files(&desk.config.archive_dir));
        assert!(before == after, "{kind:?}: nothing was pulled");
        reopen(&desk, &both()).await.unwrap();
        let second = again(&desk, day(FIRST)).await.unwrap();
        assert_eq!(second.run.version, 2);
        if kind == Kind::Sqlite {
            book_is_sealed(&town).await;
        }
    }
}

async fn book_is_sealed(town: &Town) {
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    let listed = stdout(&run(town, &["period", "list", "--json"]).await);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let actions: Vec<&str> = listed["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["close", "reopen"]);
    let people = stdout(&run(town, &["period", "list"]).await);
    assert!(people.contains("chốt số liệu lúc 01:30:00 0"), "{people}");
    assert_eq!(code(&run(town, &["verify", "--all"]).await), 0);
    let edits = [
        ("UPDATE closing SET period = '2022'", "closing 1"),
        (
            "UPDATE closing SET action = 'reopen' WHERE seq = 1",
            "closing 1",
        ),
        ("DELETE FROM closing WHERE seq = 2", "closing 2"),
    ];
    for (edit, about) in edits {
        town.database
            .execute("CREATE TABLE kept AS SELECT * FROM closing")
            .await;
        town.database.execute(edit).await;
        let said = run(town, &["verify", "--all", "--json"]).await;
        assert_eq!(code(&said), 1, "{edit}");
        assert!(stdout(&said).contains(about), "{edit}");
        for undo in [
            "DELETE FROM closing",
            "INSERT INTO closing SELECT * FROM kept",
            "DROP TABLE kept",
        ] {
            town.database.execute(undo).await;
        }
    }
    assert_eq!(code(&run(town, &["verify", "--all"]).await), 0);
}

/// A closed day among others is named and left; named alone it is refused. Neither asks a source.
#[tokio::test(flavor = "multi_thread")]
async fn several_days_go_past_a_closed_one() {
    let (town, desk) = two(Kind::Sqlite).await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    close(&desk, &both()).await.unwrap();
    let of_first = || files(&town.folder(FIRST));
    let (published, started) = (of_first(), desk.config.last_run_file());
    let before = (town.dump().await, std::fs::read(&started).unwrap());
    for args in [["run", "--date", FIRST], ["pull", "--date", FIRST]] {
        let refused = run(&town, &args).await;
        assert_eq!(code(&refused), 2, "{args:?}");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("mà ke-toan đã chốt lúc "), "{said}");
        assert!(said.contains("doisoat period reopen 2022-12-05/2022-12-06"));
    }
    for command in ["backfill", "pull"] {
        let left = run(&town, &[command, "--from", FIRST, "--to", SECOND]).await;
        assert_eq!(code(&left), 0, "{command}");
        let said = String::from_utf8(left.stderr).unwrap();
        assert!(said.contains("05/12/2022") && said.contains("06/12/2022"));
        assert!(left.stdout.is_empty());
    }
    let after = (town.dump().await, std::fs::read(&started).unwrap());
    assert!(before == after, "nothing was pulled, and no night began");
    town.morning_after(day(THIRD));
    let range = ["backfill", "--from", FIRST, "--to", THIRD, "--json"];
    let all = run(&town, &range).await;
    assert_eq!(code(&all), 0);
    let told = stdout(&all);
    let nights = serde_json::Deserializer::from_str(&told).into_iter::<Value>();
    let nights: Vec<Value> = nights.map(Result::unwrap).collect();
    assert_eq!(nights.len(), 1, "the night that is not closed");
    assert_eq!(nights[0]["business_date"], THIRD);
    assert_eq!(String::from_utf8(all.stderr).unwrap().lines().count(), 2);
    assert_eq!(of_first(), published);
    // a timer's second start of a closed night is no failure
    let again = again(&desk, day(SECOND)).await;
    assert!(matches!(again, Err(JobError::Closed { .. })));
    let left = period::unless_closed(day(SECOND), again).unwrap();
    assert!(left.is_none());
    let missing = Err(JobError::Usage {
        message: String::new(),
        fix: String::new(),
    });
    assert!(period::unless_closed::<()>(day(SECOND), missing).is_err());
}
