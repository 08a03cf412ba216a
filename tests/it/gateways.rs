//! The same invented nights through each gateway's dialect: the same classes, the same share, and
//! the truth.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::sandbox::{District, Fault, Sandbox};
use serde_json::Value;

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, document, headline, night, source};

const NIGHTS: [&str; 3] = [FIRST, "2022-12-06", "2022-12-07"];
/// The gateways that are compared with VNPAY.
const OTHERS: [&str; 3] = ["momo", "zalopay", "payos"];

async fn town(gateway: &str) -> Town {
    let district = District::generate_at(gateway, 1, day(FIRST).date(), 3).unwrap();
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    Town::around(Kind::Sqlite, sandbox).await
}

/// What a district's nights say, without what a gateway writes its own way: ids, references, and on
/// which side of the books a refund stands.
#[derive(Debug, PartialEq)]
struct Told {
    shares: Vec<String>,
    /// What is not in order: side, fee, class, dossier and amount, numbered where equal.
    lines: BTreeSet<String>,
}

fn told(run: &Value, exceptions: &str) -> Told {
    let shares = run["share"].as_array().unwrap().iter().map(|share| {
        let names = [
            "definition",
            "scope",
            "period",
            "numerator",
            "denominator",
            "low",
            "high",
        ];
        let values = names.map(|name| share[name].to_string());
        format!("{} {}", values.join(" "), share["verdict"])
    });
    let mut reader = csv::Reader::from_reader(exceptions.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().unwrap().clone();
    let mut lines = BTreeSet::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let of = |name: &str| row[columns.iter().position(|one| one == name).unwrap()].to_owned();
        let common = format!(
            "{} {} {}",
            of("class"),
            of("dossier_code"),
            of("amount_vnd")
        );
        let fee = if of("side") == "fee" {
            of("id")
        } else {
            String::new()
        };
        let line = format!("{} {fee} {common}", of("side"));
        let nth = seen.entry(line.clone()).or_default();
        *nth += 1;
        lines.insert(format!("{line} ({nth})"));
    }
    Told {
        shares: shares.collect(),
        lines,
    }
}

/// What each of the nights tells.
async fn nights(town: &Town) -> Vec<Told> {
    let desk = town.desk(&as_is).await;
    let mut all = Vec::new();
    for date in NIGHTS {
        town.morning_after(day(date));
        let done = night(&desk, date).await;
        assert_eq!(codes(&done), [0], "{date}: {}", document(&done)["sources"]);
        let file = town.folder(date).join("exceptions.csv");
        let exceptions = std::fs::read_to_string(file).unwrap();
        all.push(told(&document(&done), &exceptions));
        let run = document(&done);
        holds_the_truth(town, date, &run);
    }
    all
}

/// The true share of what was known that morning lies within the bounds.
fn holds_the_truth(town: &Town, date: &str, run: &Value) {
    let morning = day(date).plus(1).date().and_hms_opt(1, 30, 0).unwrap();
    let district = town.sandbox.district();
    let (cashless, all) = district.truth_share_known(day(FIRST).date(), day(date).date(), morning);
    let year = headline(run);
    // Ten-thousandths of a whole, as the share is printed.
    let bound = |name: &str| -> u64 {
        let printed = year[name].as_str().unwrap().replace('.', "");
        printed.parse().unwrap()
    };
    assert!(
        bound("low") * all <= cashless * 10_000 && cashless * 10_000 <= bound("high") * all,
        "{date} {}: {cashless} of {all} {year}",
        district.gateway
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dialect_tells_the_same_nights_as_vnpay() {
    let expected = nights(&town("vnpay").await).await;
    let mut differing = Vec::new();
    // A night also lists settled lines of earlier days again, where a new memo might mean them; the
    // dialects have other memos. What the nights have told together is the same.
    let so_far = |all: &[Told], night: usize| -> BTreeSet<String> {
        let lines = all[..=night].iter().flat_map(|told| &told.lines);
        lines.cloned().collect()
    };
    for gateway in OTHERS {
        let told = nights(&town(gateway).await).await;
        // One that does not tell when the payer paid has the nights of the others until an order
        // that was made before midnight is paid after it.
        let nights = match gateway {
            "momo" => crate::contract_gateways::night::before_midnight(gateway),
            _ => NIGHTS.len(),
        };
        assert!(nights >= 1, "{gateway}");
        for (n, date) in NIGHTS.into_iter().enumerate().take(nights) {
            assert_eq!(told[n].shares, expected[n].shares, "{gateway} {date}");
            let (is, should) = (so_far(&told, n), so_far(&expected, n));
            let only = is.difference(&should);
            differing.extend(only.map(|line| format!("{gateway} {date} only here: {line}")));
            let missing = should.difference(&is);
            differing.extend(missing.map(|line| format!("{gateway} {date} missing: {line}")));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let classes: BTreeSet<&str> = expected
        .iter()
        .flat_map(|told| &told.lines)
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    for class in [
        "refunded",
        "partial_refund",
        "status_mismatch",
        "pending",
        "failed",
    ] {
        assert!(
            classes.contains(class),
            "{class} is not among what is compared: {classes:?}"
        );
    }
}

/// The classes of the money rows of one source.
async fn classes_under(gateway: &str, fault: &str) -> BTreeMap<String, u32> {
    let town = town(gateway).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    town.sandbox.set_fault(Fault::named(fault));
    let done = night(&desk, FIRST).await;
    let run = document(&done);
    assert_eq!(
        source(&run, gateway)["state"],
        "complete",
        "{gateway} {fault}"
    );
    let file = town.folder(FIRST).join("exceptions.csv");
    let text = std::fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().unwrap().clone();
    let mut classes = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let of = |name: &str| row[columns.iter().position(|one| one == name).unwrap()].to_owned();
        if of("side") == "txn" && of("source") == gateway {
            *classes.entry(of("class")).or_default() += 1;
        }
    }
    classes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_in_another_unit_is_a_conflict_in_every_dialect() {
    for gateway in Sandbox::gateways() {
        let classes = classes_under(gateway, "amount_scale").await;
        assert!(
            classes.get("conflict") > Some(&10),
            "{gateway}: {classes:?}"
        );
        let counted = ["overpaid", "underpaid", "duplicate"];
        assert!(
            counted.iter().all(|class| !classes.contains_key(*class)),
            "{gateway}: {classes:?}"
        );
    }
}

/// The orders that were asked about, by the ids in the sandbox's notes.
fn asked(town: &Town) -> BTreeSet<String> {
    let attempts = town.sandbox.counters().attempts;
    let asked = attempts.keys().filter(|line| line.contains("/vnpay/"));
    asked
        .map(|line| line.rsplit(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_orders_are_asked_about_within_the_budget_and_the_rest_waits() {
    for (lang, sentence) in [
        (
            "vi",
            "mỗi đêm hỏi nhiều nhất 7 yêu cầu thanh toán (orders_max), cũ nhất trước;",
        ),
        (
            "en",
            "a night asks about 7 orders at most (orders_max), the oldest first; the other",
        ),
    ] {
        let town = town("vnpay").await;
        let budget = |text: String| {
            let limited = "kind = \"vnpay\"\norders_max = 7\n";
            format!(
                "lang = \"{lang}\"\n{}",
                text.replace("kind = \"vnpay\"\n", limited)
            )
        };
        let desk = town.desk(&budget).await;
        town.morning_after(day(FIRST));
        town.sandbox.set_fault(None);
        let first = night(&desk, FIRST).await;
        let run = document(&first);
        assert_eq!(
            (codes(&first), &source(&run, "vnpay")["state"]),
            (vec![3], &"partial".into())
        );
        let page = std::fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap();
        assert!(page.contains(sentence), "{lang}");
        let end = day(FIRST).plus(1).date();
        let mut made: Vec<_> = town.sandbox.district().gateway_orders.iter().collect();
        made.retain(|order| order.created_at.date() < end);
        let ids = |from: usize, to: usize| -> BTreeSet<String> {
            made[from..to]
                .iter()
                .map(|order| order.order_id.clone())
                .collect()
        };
        assert!(made.len() > 14, "{}", made.len());
        assert_eq!(asked(&town), ids(0, 7), "the oldest");
        // The same night again asks the same orders; the next one goes on where it ended.
        night(&desk, FIRST).await;
        assert_eq!(asked(&town), ids(0, 7), "again");
        town.sandbox.set_fault(None);
        town.morning_after(day("2022-12-06"));
        let second = night(&desk, "2022-12-06").await;
        assert_eq!((codes(&second), asked(&town)), (vec![3], ids(7, 14)));
        // Without a budget everything comes in, and the night is whole.
        let all = town.desk(&as_is).await;
        town.morning_after(day("2022-12-07"));
        let third = night(&all, "2022-12-07").await;
        assert_eq!(codes(&third), [0]);
        assert!(asked(&town).is_superset(&ids(14, made.len())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_refuses_every_dialect_that_signs() {
    for gateway in ["momo", "payos"] {
        let town = town(gateway).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        town.sandbox.set_fault(Fault::named("wrong_signature"));
        let done = night(&desk, FIRST).await;
        assert_eq!(codes(&done), [12, 3], "{gateway}");
        let run = document(&done);
        let told = source(&run, gateway);
        assert_eq!(
            (&told["state"], &told["rows"]),
            (&"refused".into(), &0.into())
        );
    }
}

/// The orders of the district that were made before the night ended, oldest first, by the gateway's
/// own id.
fn made(town: &Town, date: &str) -> Vec<String> {
    let district = town.sandbox.district();
    let end = day(date).plus(1).date();
    let made = district.gateway_orders.iter();
    let made = made.filter(|order| order.created_at.date() < end);
    made.map(|order| district.order_id_at_gateway(&order.order_id, order.created_at))
        .collect()
}

/// Every later question about these orders ends with a code that nobody documents.
fn spoil(town: &Town, ids: &[String], fault: Option<&str>) {
    for id in ids {
        let fault = fault.map(|name| Fault::named(name).unwrap());
        town.sandbox.set_bad_order(id, fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_orders_never_keep_the_others_from_being_answered() {
    // one, more than end a source, and one that is answered at last
    for (gateway, count) in [("momo", 1), ("vnpay", 9)] {
        let town = town(gateway).await;
        let desk = town.desk(&as_is).await;
        let bad: Vec<String> = made(&town, FIRST).into_iter().take(count).collect();
        spoil(&town, &bad, Some("error_in_200"));
        let mut seen = 0;
        for date in NIGHTS {
            town.morning_after(day(date));
            let done = night(&desk, date).await;
            let run = document(&done);
            let told = source(&run, gateway);
            assert_eq!(codes(&done), [3], "{gateway} {date} {told}");
            assert_eq!(told["state"], "partial", "{gateway} {date} {told}");
            seen += told["rows"].as_u64().unwrap();
            assert!(seen > 10, "{gateway} {date} {told}");
            let page = std::fs::read_to_string(town.folder(date).join("index.html")).unwrap();
            let said = format!("{count} lệnh thanh toán chưa có câu trả lời dùng được");
            assert!(page.contains(&said), "{gateway} {date}");
        }
        spoil(&town, &bad, None);
        town.morning_after(day("2022-12-08"));
        let healed = night(&desk, "2022-12-08").await;
        assert_eq!(codes(&healed), [0], "{gateway}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_failed_go_behind_those_that_wait() {
    let town = town("vnpay").await;
    let budget =
        |text: String| text.replace("kind = \"vnpay\"\n", "kind = \"vnpay\"\norders_max = 7\n");
    let desk = town.desk(&budget).await;
    let all = made(&town, FIRST);
    let of = |places: &[usize]| -> BTreeSet<String> {
        places.iter().map(|at| all[*at].clone()).collect()
    };
    spoil(&town, &all[..7], Some("error_in_200"));
    town.sandbox.set_fault(None);
    town.morning_after(day(FIRST));
    let first = night(&desk, FIRST).await;
    assert_eq!(source(&document(&first), "vnpay")["state"], "late");
    assert_eq!(asked(&town), of(&[0, 3, 4, 5, 6]), "five in a row");
    town.sandbox.set_fault(None);
    town.morning_after(day("2022-12-06"));
    let second = night(&desk, "2022-12-06").await;
    assert_eq!(source(&document(&second), "vnpay")["state"], "partial");
    // the two that were not reached, those that waited, and of the failed ones their share
    assert_eq!(asked(&town), of(&[0, 1, 2, 7, 8, 9, 10]));
}
