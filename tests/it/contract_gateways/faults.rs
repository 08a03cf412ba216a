//! A fixed sample of the faults against each of these dialects: the outcome word of the table.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use doisoat::domain::{Completeness, TxnKind, TxnStatus};
use doisoat::sandbox::district::GatewayOrder;
use doisoat::sandbox::fault::Outcome;
use doisoat::sandbox::{Fault, Sandbox};
use doisoat::source::{Pull, Record};
use tokio::task::JoinSet;

use super::{KINDS, ORDERS, gateway_id, pull, pull_all, sandbox, sandbox_of};

const SAMPLE: [&str; 40] = [
    "hang",
    "hang_body",
    "reset",
    "reset_mid_body",
    "reset_always",
    "short_body",
    "http_429",
    "http_429_huge",
    "http_500",
    "http_500_always",
    "http_401",
    "http_404",
    "http_204",
    "error_in_200",
    "error_in_200_once",
    "empty_body",
    "truncated_json",
    "truncated_json_always",
    "wrong_content_type",
    "html_login",
    "bom",
    "utf16_body",
    "invalid_utf8",
    "deep_json",
    "gzip_bomb",
    "duplicate_keys",
    "huge_amount",
    "overflow_amount",
    "nan_amount",
    "bad_dates",
    "naughty_text",
    "wrong_signature",
    "missing_signature",
    "signature_upper",
    "signature_short",
    "replay",
    "amount_scale",
    "redirect_same",
    "redirect_other",
    "chaos",
];

/// What the sandbox's clock shows.
fn now(sandbox: &Sandbox) -> NaiveDateTime {
    let morning = sandbox.district().last_day() + chrono::Days::new(1);
    morning.and_hms_opt(1, 30, 0).unwrap()
}

/// (id, dong) of what a query of each order proves.
pub(super) fn truth(sandbox: &Sandbox) -> BTreeSet<(String, i64)> {
    truth_of(sandbox, ORDERS)
}

fn truth_of(sandbox: &Sandbox, count: usize) -> BTreeSet<(String, i64)> {
    let now = now(sandbox);
    let known = sandbox.district().gateway_orders.iter().take(count);
    let told = known.filter_map(|order| {
        let state = order.state_at(now)?;
        let id = gateway_id(sandbox, order);
        Some(match state.kind {
            "01" => (id, state.amount),
            _ => (format!("{id}#{}", state.number), state.amount),
        })
    });
    told.collect()
}

/// What becomes of every order, by the district's own word.
fn statuses(sandbox: &Sandbox) -> BTreeMap<String, TxnStatus> {
    let now = now(sandbox);
    let all = sandbox.district().gateway_orders.iter();
    let one = |order: &GatewayOrder| {
        let (state, id) = (order.state_at(now)?, gateway_id(sandbox, order));
        Some(match (state.kind, state.status) {
            ("01", "00") => (id, TxnStatus::Success),
            ("01", "01") => (id, TxnStatus::Pending),
            ("01", "02") => (id, TxnStatus::Failed),
            ("01", _) => (id, TxnStatus::Unmapped),
            _ => (format!("{id}#{}", state.number), TxnStatus::Success),
        })
    };
    all.filter_map(one).collect()
}

/// (id, dong) of the records; an amount that cannot be read is -1.
pub(super) fn found(pull: &Pull) -> BTreeSet<(String, i64)> {
    let dong = |raw: &str| raw.parse::<i64>().unwrap_or(-1);
    let one = |record: &Record| {
        let id = record.id.as_deref().unwrap_or("-").to_owned();
        (id, record.amount.as_deref().map_or(-1, dong))
    };
    pull.records.iter().map(one).collect()
}

fn ids(rows: &BTreeSet<(String, i64)>) -> BTreeSet<&str> {
    rows.iter().map(|(id, _)| id.as_str()).collect()
}

/// What is wrong with the outcome; nothing when it is as it must be.
fn complaint(fault: &Fault, pull: &Pull, truth: &BTreeSet<(String, i64)>) -> Option<String> {
    let is = found(pull);
    let complete = pull.state == Completeness::Complete;
    let due: BTreeMap<&str, i64> = truth
        .iter()
        .map(|(id, dong)| (id.as_str(), *dong))
        .collect();
    let scaled = || is.iter().all(|(id, dong)| due[id.as_str()] * 100 == *dong);
    let right = match fault.outcome {
        Outcome::Complete => complete && is == *truth,
        Outcome::Fail => !complete && pull.records.is_empty() && pull.implied.is_empty(),
        Outcome::Quarantine => complete && ids(&is) == ids(truth) && is != *truth,
        Outcome::Conflict => complete && ids(&is) == ids(truth) && scaled(),
        // none of these is in the sample: the fault matrix shows them
        Outcome::Open => false,
        Outcome::Either => {
            let wrong = is.difference(truth).count();
            wrong == 0 && (!complete || is == *truth)
        }
    };
    (!right).then(|| format!("{:?} {:?} {is:?}", pull.state, pull.trouble))
}

async fn one(name: &'static str, kind: &'static str) -> Vec<String> {
    let fault = Fault::named(name).unwrap();
    assert!(fault.applies_to(kind), "{name} {kind}");
    let sandbox = sandbox(kind, Some(fault)).await;
    // Short where silence is what is tested; long elsewhere, so that a busy machine is no fault.
    let timeout = if name.starts_with("hang") {
        "2s"
    } else {
        "20s"
    };
    let pull = pull(&sandbox, timeout, |text| text).await;
    let mut all: Vec<String> = Vec::new();
    let truth = truth(&sandbox);
    // What a bad date is read as is told by the times, not by the amounts.
    let by_time = name == "bad_dates";
    let mut known = fault;
    if by_time {
        known.outcome = Outcome::Complete;
    }
    all.extend(complaint(&known, &pull, &truth));
    if by_time && !pull.records.iter().any(has_no_day) {
        all.push("no bad date".to_owned());
    }
    let counters = sandbox.counters();
    if counters.early_retries + counters.redirect_followed + counters.leaked_credentials > 0 {
        all.push(format!("{counters:?}"));
    }
    if counters.attempts.values().any(|attempts| *attempts > 5) {
        all.push(format!("{:?}", counters.attempts));
    }
    let says = |text| format!("{name} {kind}: {text}");
    all.into_iter().map(says).collect()
}

/// True for a time that no row may be stored with.
fn has_no_day(record: &Record) -> bool {
    let form = record.time_form;
    let time = record.time.as_deref().unwrap_or_default();
    doisoat::normalise::cells::moment(record.time_column, time, form).is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sample_of_the_faults_comes_out_as_it_must() {
    let kinds = KINDS.into_iter();
    let pairs = kinds.flat_map(|kind| SAMPLE.map(|name| (name, kind)));
    // the platform tells no time of payment that could be spoiled
    let pairs = pairs.filter(|pair| *pair != ("bad_dates", "dvcqg"));
    let mut waiting: Vec<_> = pairs.collect();
    let (mut all, mut complaints) = (JoinSet::new(), Vec::new());
    while !waiting.is_empty() || !all.is_empty() {
        if let Some((name, kind)) = waiting.pop_if(|_| all.len() < 16) {
            all.spawn(one(name, kind));
        } else if let Some(done) = all.join_next().await {
            complaints.extend(done.unwrap());
        }
    }
    complaints.sort();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn without_a_fault_each_dialect_tells_the_truth() {
    for kind in KINDS {
        let sandbox = sandbox_of(kind, 7, None).await;
        let told = pull_all(&sandbox).await;
        assert_eq!(
            told.state,
            Completeness::Complete,
            "{kind} {:?}",
            told.trouble
        );
        assert_eq!(found(&told), truth_of(&sandbox, usize::MAX), "{kind}");
        let is: BTreeMap<&str, TxnStatus> = told
            .records
            .iter()
            .map(|record| (record.id.as_deref().unwrap(), record.status.unwrap()))
            .collect();
        let must: BTreeMap<String, TxnStatus> = statuses(&sandbox);
        let must: BTreeMap<&str, TxnStatus> =
            must.iter().map(|(id, s)| (id.as_str(), *s)).collect();
        assert_eq!(is, must, "{kind}");
        let different: BTreeSet<TxnStatus> = must.into_values().collect();
        assert!(different.len() >= 3, "{different:?}");
        let refunds = told
            .records
            .iter()
            .filter(|r| r.kind == Some(TxnKind::Refund));
        assert_eq!(refunds.count(), told.implied.len(), "{kind}");
        assert!(!told.implied.is_empty(), "{kind}");
        let fees = told
            .records
            .iter()
            .filter(|record| record.fee.is_some())
            .count();
        assert_eq!(
            fees > 0,
            kind == "keypay",
            "only KeyPay tells its fee: {kind}"
        );
    }
}

#[tokio::test]
async fn keypay_version_1_is_asked_the_same_way() {
    let sandbox = sandbox("keypay", None).await;
    let v1 = |text: String| {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("reply_signature"));
        let rest = lines.collect::<Vec<_>>().join("\n") + "\n";
        rest.replace("path = \"/detail\"", "api = \"v1\"")
    };
    let told = pull(&sandbox, "20s", v1).await;
    assert_eq!(told.state, Completeness::Complete, "{:?}", told.trouble);
    assert_eq!(found(&told), truth(&sandbox));
}
