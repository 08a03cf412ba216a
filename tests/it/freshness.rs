//! By which instant a night is judged: one that runs late or again says what it would have said on
//! time, and of a source that brought nothing what is true today.

use doisoat::domain::Day;
use doisoat::job::nightly::{self, Mode, run_proved_by};
use doisoat::sandbox::{Fault, Sandbox, SandboxOptions};

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, document, night, source};
use crate::verify::never;

const HOUR_MS: i64 = 3_600_000;
const NIGHTS: u32 = 5;

async fn town(days: u32) -> Town {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: day(FIRST).date(),
        days,
    };
    Town::around(Kind::Sqlite, Sandbox::start(options).await.unwrap()).await
}

fn exports_of(town: &Town, of: Day) {
    let inbox = town.dir().join("inbox");
    let district = town.sandbox.district();
    district.write_registry(&inbox, of.date()).unwrap();
}

/// The providers know what they knew when the night ran on time.
fn providers_of(town: &Town, of: Day) {
    let on_time = of.plus(1).start_ms() + HOUR_MS * 3 / 2;
    let on_time = doisoat::domain::day::local(on_time).unwrap();
    town.sandbox.set_now(on_time);
}

fn days() -> impl Iterator<Item = Day> {
    (0..NIGHTS).map(|n| day(FIRST).plus(n))
}

/// Five nights, each on time.
async fn on_time() -> Town {
    let town = town(NIGHTS).await;
    let desk = town.desk(&as_is).await;
    for of in days() {
        town.morning_after(of);
        let night = nightly::run(&desk, of, Mode::Publish).await.unwrap();
        assert_eq!(codes(&night), [0], "{of}");
    }
    town
}

/// What is published of two towns is the same, byte for byte, and so is what is stored.
async fn same(left: &Town, right: &Town) {
    let [mut left_files, mut right_files] = [left.reports(), right.reports()];
    assert!(left_files.len() > 20, "{:?}", left_files.keys());
    for files in [&mut left_files, &mut right_files] {
        files.retain(|name, _| !name.starts_with("failed/"));
    }
    let names = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
        files.keys().cloned().collect::<Vec<String>>()
    };
    assert_eq!(names(&left_files), names(&right_files));
    for (name, bytes) in &left_files {
        let other = &right_files[name];
        if name.ends_with("run.json") && bytes != other {
            let [one, two] = [bytes, other].map(|b| String::from_utf8(b.clone()).unwrap());
            crate::town::same_dump(&one, &two, name);
        }
        assert!(bytes == other, "{name} differs");
    }
    let [left, right] = [stored(left).await, stored(right).await];
    crate::town::same_dump(&left, &right, "stored");
}

/// What is stored, but for the night that read a file, and the lists of seals that tell it: a night
/// reads every file that lies there.
async fn stored(town: &Town) -> String {
    let dump = town.dump().await;
    let of_reader = |line: &str| {
        line.starts_with("export_file ")
            || line.starts_with("run_kept ") && line.contains("\"what\":\"seals\"")
    };
    let lines = dump.lines().filter(|line| !of_reader(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_caught_up_a_week_later_are_the_nights_that_ran_on_time() {
    let (each, late) = (on_time().await, town(NIGHTS).await);
    for of in days() {
        exports_of(&late, of);
    }
    let desk = late.desk(&as_is).await;
    late.set_now(day(FIRST).plus(NIGHTS + 7).start_ms() + 9 * HOUR_MS);
    for of in days() {
        providers_of(&late, of);
        let night = nightly::run(&desk, of, Mode::Publish).await.unwrap();
        assert_eq!(codes(&night), [0], "{of}");
    }
    same(&each, &late).await;
}

/// Each night once more that morning, when the time of every source is over, and the last one a
/// week later. What a later night learns of the rows of an earlier one is new, so each is run again
/// before the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_run_again_later_without_anything_new_stands() {
    let town = town(NIGHTS).await;
    let soon = |text: String| {
        let (head, sources) = text.split_once("[[source]]").unwrap();
        let sources = sources.replace("\nname = ", "\nfreshness = \"2h\"\nname = ");
        format!("{head}[[source]]{sources}")
    };
    let desk = town.desk(&soon).await;
    let stands = async |of: Day, now_ms: i64| {
        let (reports, dump) = (town.reports(), town.dump().await);
        town.set_now(now_ms);
        providers_of(&town, of);
        let again = nightly::run(&desk, of, Mode::Publish).await.unwrap();
        assert!(!again.published, "{of} has version {}", again.run.version);
        assert_eq!(codes(&again), [0], "{of}");
        assert!(town.reports() == reports, "{of}");
        crate::town::same_dump(&town.dump().await, &dump, "stored");
    };
    for of in days() {
        town.morning_after(of);
        let first = nightly::run(&desk, of, Mode::Publish).await.unwrap();
        assert_eq!(codes(&first), [0], "{of}");
        let told = &first.run.sources_json;
        assert!(told.contains("\"deadline_passed\":false"), "{told}");
        stands(of, of.plus(1).start_ms() + 9 * HOUR_MS).await;
    }
    let last = day(FIRST).plus(NIGHTS - 1);
    stands(last, last.plus(8).start_ms()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_died_and_runs_the_next_day_is_the_undisturbed_one() {
    let (whole, died) = (on_time().await, town(NIGHTS).await);
    let desk = died.desk(&as_is).await;
    for of in days() {
        died.morning_after(of);
        if of == day(FIRST).plus(2) {
            // everything was pulled, settled and written when it died
            let ended = run_proved_by(&desk, of, Mode::Publish, never).await;
            ended.unwrap_err();
            died.set_now(of.plus(2).start_ms() + HOUR_MS);
            providers_of(&died, of);
        }
        let night = nightly::run(&desk, of, Mode::Publish).await.unwrap();
        assert_eq!(codes(&night), [0], "{of}");
    }
    same(&whole, &died).await;
}

/// A provider that tells nothing is late while its time runs; then it is missing, as soon as
/// somebody asks: no time of an earlier run covers it.
#[tokio::test(flavor = "multi_thread")]
async fn what_never_came_is_late_no_longer_than_its_time() {
    let town = town(NIGHTS).await;
    town.morning_after(day(FIRST));
    town.sandbox.set_fault(Fault::named("hang_always"));
    let cut = |time: &'static str| {
        move |text: String| {
            let schedule = format!("[schedule]\ndeadline = \"{time}\"\n[[target]]");
            text.replacen("[[target]]", &schedule, 1)
        }
    };
    let ms = |of: u32, minutes: i64| day(FIRST).plus(of).start_ms() + minutes * 60_000 - 300;
    let told = |run: &nightly::Night| {
        let run = document(run);
        let state = |name: &str| source(&run, name)["state"].as_str().unwrap().to_owned();
        (state("sepay-main"), state("one-stop"))
    };
    let words = |state: &str| (state.to_owned(), "complete".to_owned());
    town.set_now(ms(1, 330));
    let first = night(&town.desk(&cut("05:30")).await, FIRST).await;
    assert_eq!((codes(&first), told(&first)), (vec![3], words("late")));
    // still within its time: nothing changes
    town.set_now(ms(1, 420));
    let again = night(&town.desk(&cut("07:00")).await, FIRST).await;
    assert_eq!((again.published, codes(&again)), (false, vec![3]));
    // its time is over
    town.set_now(ms(4, 330));
    let missing = night(&town.desk(&cut("05:30")).await, FIRST).await;
    assert_eq!((missing.run.version, codes(&missing)), (2, vec![3]));
    assert_eq!(told(&missing), words("missing"));
    town.set_now(ms(5, 330));
    let again = night(&town.desk(&cut("05:30")).await, FIRST).await;
    assert_eq!((again.published, codes(&again)), (false, vec![3]));
    // a night that is caught up now says the same of it
    exports_of(&town, day(FIRST).plus(1));
    town.set_now(ms(6, 330));
    let caught_up = night(&town.desk(&cut("05:30")).await, "2022-12-06").await;
    assert_eq!(told(&caught_up), words("missing"));
    // and it comes at last
    town.sandbox.set_fault(None);
    let whole = night(&town.desk(&as_is).await, FIRST).await;
    assert_eq!((whole.run.version, codes(&whole)), (3, vec![0]));
}
