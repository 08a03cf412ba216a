//! The sums of earlier nights: what a night reads of them does not grow with the nights before it,
//! and they are what the contributions say, for every night and period.

use std::collections::BTreeSet;

use doisoat::domain::{Day, Period, Txn};
use doisoat::kpi::PriorSum;
use doisoat::settle::Inputs;
use doisoat::store::{Lease, Store};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::database::{Database, Kind, each_database};
use crate::nights::{night_on, paid, pool_of, pull};
use crate::rows::{day, registry_file, txn};
use crate::store_open::holder;

/// A dossier received on a day.
fn dossier(on: Day, number: u32) -> String {
    let short = on.to_string()[2..].replace('-', "");
    format!("H48.18.22-{short}-{number:04}")
}

/// `count` nights, the last one on `last`, each with one dossier that is paid on its day.
async fn after(store: &Store, lease: &Lease, last: Day, count: u32) {
    let first = last.minus(count - 1);
    let codes: Vec<String> = (0..count).map(|n| dossier(first.plus(n), 1)).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let (file, rows) = registry_file("f1", &first.to_string(), &codes);
    store.save_registry(&file, &rows).await.unwrap();
    for n in 0..count {
        let on = first.plus(n);
        let code = dossier(on, 1);
        let payment = paid(&format!("p{n}"), &code, 50_000, &on.to_string());
        pull(store, on, vec![payment]).await;
        night_on(store, lease, on).await;
    }
}

fn of_night(night: Day) -> Vec<Period> {
    vec![
        Period::night(night),
        Period::month_to(night),
        Period::year_to(night),
    ]
}

#[tokio::test]
async fn sums_do_not_grow_with_the_nights_before() {
    let night = day("2022-12-14");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let mut counts = Vec::new();
        for nights in [5, 13, 40] {
            let database = Database::empty(kind);
            let store = database.create().await;
            let lease = store.acquire_lease(&holder("run")).await.unwrap();
            after(&store, &lease, night.minus(1), nights).await;
            let pool = pool_of(&store, night).await;
            let sums = store.prior(night, &of_night(night), &pool).await.unwrap();
            let all: i128 = sums.iter().map(|sum| sum.denominator).sum();
            assert_eq!(all, i128::from(nights), "{sums:?}");
            counts.push(sums.len());
        }
        // of one cell: this month; with forty nights the month before, by halves
        assert_eq!(counts, [1, 1, 3], "{kind:?}");
    }
}

/// Numerator and denominator of a period, added up from the dump: what held before the night and
/// belongs to no row of the pool.
fn plain(dump: &str, night: Day, period: &Period, pool: &Inputs) -> (i128, i128) {
    let night = night.to_string();
    let txns = pool
        .txns
        .iter()
        .map(|t| format!("txn|{}|{}", t.source, t.id));
    let fees = pool.fees.iter();
    let fees = fees.map(|fee| format!("dossier|{}", fee.dossier_code));
    let owners: BTreeSet<String> = txns.chain(fees).collect();
    let mut sum = (0, 0);
    for line in dump.lines() {
        let Some(row) = line.strip_prefix("contribution ") else {
            continue;
        };
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = |column: &str| row[column].as_str().unwrap().to_owned();
        let holds = text("night") < night && night <= text("until");
        let counts = row["firm"] == 1 && row["live"] == 1 && row["scope"] == "";
        let inside = period.holds(day(&text("day")));
        if holds && counts && inside && !owners.contains(&text("owner")) {
            sum.0 += i128::from(row["numerator"].as_i64().unwrap());
            sum.1 += i128::from(row["denominator"].as_i64().unwrap());
        }
    }
    sum
}

fn within(sums: &[PriorSum], period: &Period) -> (i128, i128) {
    let held = sums.iter().filter(|sum| period.holds(sum.day));
    held.fold((0, 0), |(a, b), sum| {
        (a + sum.numerator, b + sum.denominator)
    })
}

/// Payments of one night: for its dossiers, on days around it; one that names nobody.
fn payments(rng: &mut ChaCha8Rng, on: Day, nth: u32) -> Vec<Txn> {
    let mut payments = Vec::new();
    for number in 1..=2 {
        let id = format!("p{nth}-{number}");
        let moved = on.plus(3).minus(rng.random_range(0..40));
        payments.push(Txn {
            paid_on: moved,
            ..paid(&id, &dossier(on, number), 50_000, &on.to_string())
        });
    }
    payments.push(txn(&format!("x{nth}"), 7_000, &on.to_string()));
    payments
}

#[tokio::test]
async fn sums_are_those_of_the_contributions() {
    each_database(async |store, _database| {
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let first = day("2021-12-20");
        let nights: Vec<Day> = (0..30).map(|n| first.plus(n)).collect();
        let codes = nights
            .iter()
            .flat_map(|on| [dossier(*on, 1), dossier(*on, 2)]);
        let codes: Vec<String> = codes.collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let (file, rows) = registry_file("f1", "2021-12-20", &codes);
        store.save_registry(&file, &rows).await.unwrap();
        for (nth, on) in (0..).zip(&nights) {
            pull(&store, *on, payments(&mut rng, *on, nth)).await;
            night_on(&store, &lease, *on).await;
        }
        // a night of the middle again, with a row that it did not know
        let late = paid("late", &dossier(nights[9], 1), 50_000, "2021-12-29");
        pull(&store, nights[9], vec![late]).await;
        night_on(&store, &lease, nights[9]).await;
        let dump = store.dump().await.unwrap();
        let mut found = 0;
        for on in [
            first.plus(30),
            nights[29],
            nights[20],
            nights[13],
            nights[2],
        ] {
            let pool = pool_of(&store, on).await;
            for _ in 0..12 {
                let from = first.minus(45).plus(rng.random_range(0..70));
                let more = Period::range(from, from.plus(rng.random_range(0..40)));
                let periods = [of_night(on), vec![more]].concat();
                let sums = store.prior(on, &periods, &pool).await.unwrap();
                for period in &periods {
                    let wanted = plain(&dump, on, period, &pool);
                    assert_eq!(within(&sums, period), wanted, "{on} {period:?} {sums:?}");
                    assert!(sums.iter().all(|sum| sum.fits(period)), "{sums:?}");
                    found += usize::from(wanted.1 > 0);
                }
            }
        }
        assert!(found > 60, "{found}");
    })
    .await;
}
