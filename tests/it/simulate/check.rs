//! What must hold of every published night.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use doisoat::domain::{Day, Fraction};
use doisoat::job::nightly::Night;
use doisoat::sandbox::district::Share;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::street::Street;
use crate::town::{document, source};

/// Everything about one published night; tells what is wrong, in words.
///
/// `holding` is the feed whose provider keeps some rows back until it is asked again.
pub(crate) async fn complaints(
    street: &Street,
    night: &Night,
    holding: Option<&str>,
) -> Vec<String> {
    let of = night.run.business_date;
    let run = document(night);
    let mut all = Vec::new();
    let complete = is_complete(&run);
    let delivered = street.delivered(of).await;
    let from = NaiveDate::from_ymd_opt(chrono::Datelike::year(&of.date()), 1, 1).unwrap();
    let truth = street.model.shares(from, of.date(), &delivered);
    all.extend(outside(&run, &from.format("%Y").to_string(), &truth));
    all.extend(untied(&run));
    all.extend(miscounted(street, &run, of, holding));
    let share = headline(&run, &from.format("%Y").to_string());
    let verdict = &share["verdict"];
    if !complete && verdict != "undecided" && verdict != "no_data" && !by_estimate(share) {
        all.push(format!("incomplete, and the verdict is {verdict}"));
    }
    let codes = run["exit_codes"].as_array().unwrap();
    let is_3 = codes.iter().any(|code| code == 3);
    if is_3 == complete {
        all.push(format!("exit codes {codes:?}, complete: {complete}"));
    }
    all.extend(wrong_links(street, night));
    all.extend(broken_sums(night));
    all.into_iter()
        .map(|text| format!("{of}: {text}"))
        .collect()
}

/// Whether every source is complete.
pub(crate) fn is_complete(run: &Value) -> bool {
    let sources = run["sources"].as_array().unwrap();
    sources.iter().all(|source| source["state"] == "complete")
}

fn headline<'a>(run: &'a Value, year: &str) -> &'a Value {
    let all = run["share"].as_array().unwrap();
    let is_it =
        |s: &&Value| s["definition"] == "TX_CASHLESS" && s["scope"] == "" && s["period"] == year;
    all.iter().find(is_it).unwrap()
}

/// A printed bound as an exact fraction; bounds are rounded outwards.
/// Whether the estimate, which holds the proven interval, carries the verdict.
fn by_estimate(share: &Value) -> bool {
    let estimated = &share["estimated"];
    let parts = [&estimated["low"], &estimated["high"], &share["target"]].map(bound);
    let [Some(low), Some(high), Some(target)] = parts else {
        return false;
    };
    match share["verdict"].as_str() {
        Some("met") => low.compare(target).is_ge(),
        Some("missed") => high.compare(target).is_lt(),
        _ => false,
    }
}

/// A decimal text of a document.
fn bound(value: &Value) -> Option<Fraction> {
    let (whole, part) = value.as_str()?.split_once('.')?;
    let den = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    Fraction::new(format!("{whole}{part}").parse().ok()?, den)
}

/// Scopes whose interval of the year does not hold the truth.
fn outside(run: &Value, year: &str, truth: &BTreeMap<String, Share>) -> Vec<String> {
    let shares = run["share"].as_array().unwrap().iter();
    let shares = shares.filter(|s| s["definition"] == "TX_CASHLESS" && s["period"] == year);
    let by_scope: BTreeMap<&str, &Value> =
        shares.map(|s| (s["scope"].as_str().unwrap(), s)).collect();
    let mut all = Vec::new();
    for (scope, share) in truth {
        let is = Fraction::new(share.numerator.into(), share.denominator.into()).unwrap();
        let said = by_scope
            .get(scope.as_str())
            .copied()
            .unwrap_or(&Value::Null);
        let (low, high) = (bound(&said["low"]), bound(&said["high"]));
        let holds =
            |low: Fraction, high: Fraction| !low.compare(is).is_gt() && !high.compare(is).is_lt();
        // While dossiers are not told yet nobody knows whose payment it is: no figure is said.
        let silent = !scope.is_empty() && !is_complete(run) && said["low"].is_null();
        if !silent && !low.zip(high).is_some_and(|(low, high)| holds(low, high)) {
            let (a, b) = (share.numerator, share.denominator);
            let said = ["numerator", "denominator", "low", "high"].map(|key| &said[key]);
            all.push(format!("true share of {scope:?} is {a}/{b}, said {said:?}"));
        }
    }
    all
}

/// Totals that are not the sum of their parts.
fn untied(run: &Value) -> Option<String> {
    let sum = |key: &str| {
        let parts = ["matched", "open", "rejected", "excluded"];
        let parts = parts.map(|part| run["totals"][part][key].as_i64().unwrap());
        (
            run["totals"]["transactions"][key].as_i64().unwrap(),
            parts.iter().sum::<i64>(),
        )
    };
    let (counts, sums) = (sum("count"), sum("sum_vnd"));
    let ties = counts.0 == counts.1 && sums.0 == sums.1;
    (!ties).then(|| format!("totals do not tie: {counts:?} {sums:?}"))
}

/// Feeds that are complete and do not show what the banks booked on the day.
fn miscounted(street: &Street, run: &Value, of: Day, holding: Option<&str>) -> Vec<String> {
    let district = street.district();
    let now = street.now();
    let mut all = Vec::new();
    for (name, rows) in [
        ("sepay-main", &district.sepay),
        ("casso-main", &district.casso),
    ] {
        let said = source(run, name);
        let held = holding.is_some_and(|provider| name.starts_with(provider));
        if held || said["state"] != "complete" || said["rejects"] != 0 {
            continue;
        }
        let booked = rows
            .iter()
            .filter(|row| row.at.date() == of.date() && row.arrives <= now);
        let (count, sum) = booked.fold((0_i64, 0_i64), |(count, sum), row| {
            (count + 1, sum + row.amount.abs())
        });
        if said["rows"] != count || said["sum_vnd"] != sum {
            let (rows, dong) = (&said["rows"], &said["sum_vnd"]);
            all.push(format!(
                "{name} booked {count} rows of {sum}, said {rows} of {dong}"
            ));
        }
    }
    all
}

/// Links of tonight that are not true.
fn wrong_links(street: &Street, night: &Night) -> Vec<String> {
    let Ok(bytes) = std::fs::read(night.folder.join("links.csv")) else {
        return Vec::new();
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (id, dossier, from) = (at("txn_id"), at("dossier_code"), at("source"));
    let mut wrong = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        let (id, dossier, from) = (&record[id], &record[dossier], &record[from]);
        if !dossier.is_empty() && !street.model.is_about(from, id, dossier) {
            wrong.push(format!("not about {dossier}: {record:?}"));
        }
    }
    wrong
}

/// Files that are missing or not what `SHA256SUMS` says.
fn broken_sums(night: &Night) -> Vec<String> {
    let sums = match std::fs::read_to_string(night.folder.join("SHA256SUMS")) {
        Ok(sums) => sums,
        Err(error) => {
            return vec![format!(
                "no SHA256SUMS in {}: {error}",
                night.folder.display()
            )];
        }
    };
    let mut wrong = Vec::new();
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(night.folder.join(name)).unwrap_or_default();
        if hex::encode(Sha256::digest(&bytes)) != hash {
            wrong.push(format!("{name} is not what SHA256SUMS says"));
        }
    }
    for name in ["index.html", "run.json"] {
        if !sums.contains(name) {
            wrong.push(format!("SHA256SUMS lacks {name}"));
        }
    }
    wrong
}
