//! Every fault of the simulators against the real clients: what must come out, and what must never
//! be done on the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use doisoat::clock::FixedClock;
use doisoat::config::Surroundings;
use doisoat::domain::{
    Completeness, DossierCode, Moment, OrderStatus, PaymentOrder, TxnStatus, Vnd,
};
use doisoat::sandbox::district::GatewayOrder;
use doisoat::sandbox::fault::Outcome;
use doisoat::sandbox::{District, Fault, Sandbox, SandboxOptions};
use doisoat::source::{Handle, Opening, Pace, Pull};
use tokio::task::JoinSet;

use crate::fake::{Kept, day, settings_of};

const DAYS: [&str; 2] = ["2022-12-05", "2022-12-06"];

/// Waits really, but begins small.
fn pace() -> Pace {
    Pace {
        first_wait: Duration::from_millis(20),
        jitter_seed: Some(1),
        ..Pace::default()
    }
}

pub(crate) async fn pull(sandbox: &Sandbox, provider: &str, fault: &str) -> Pull {
    // Short where silence is what is tested; long elsewhere, so that a busy machine is no fault.
    let is_silent = ["hang", "slow_loris", "slow_reply"]
        .iter()
        .any(|silent| fault.starts_with(silent));
    let timeout = if is_silent { "2s" } else { "20s" };
    let is_sepay = provider.starts_with("sepay");
    let rate = if fault == "rate_limit" && is_sepay {
        "2/s"
    } else {
        "1000/s"
    };
    let table = sandbox.toml_source(provider);
    let text = format!("{table}timeout = \"{timeout}\"\nrate_limit = \"{rate}\"\n");
    let mut settings = settings_of(&text);
    settings.account = sandbox.account(provider).map(Into::into);
    let secrets = sandbox.credentials(provider).iter();
    let secrets = secrets.map(|known| (known.env.to_owned(), known.value.to_owned()));
    let around = Surroundings::fixed(secrets.collect(), None);
    let clock = Arc::new(FixedClock::new(day("2022-12-07").start_ms() + 5_400_000));
    let opening = Opening {
        settings: &settings,
        around: &around,
        clock,
        pace: pace(),
    };
    let kept = Kept::default();
    match opening.open().unwrap() {
        Handle::Feed(feed) => feed.list(day(DAYS[0])..=day(DAYS[1]), &kept).await.unwrap(),
        Handle::Probe(probe) => probe.ask(&orders(sandbox, 24), &kept).await.unwrap(),
        Handle::Folder(_) | Handle::Files(_) | Handle::Registry(_) | Handle::Push(_) => {
            panic!("no folder")
        }
    }
}

/// The first orders of the sandbox, as the registry knows them.
/// The first so many orders of a town.
pub(crate) fn orders(sandbox: &Sandbox, count: usize) -> Vec<PaymentOrder> {
    let all = sandbox.district().gateway_orders.iter().take(count);
    all.map(|order| PaymentOrder {
        provider: sandbox.district().gateway.into(),
        order_id: sandbox
            .district()
            .order_id_at_gateway(&order.order_id, order.created_at)
            .into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(order.states[0].amount),
        created_at: Moment::parse_compact(&order.created_at.format("%Y%m%d%H%M%S").to_string())
            .unwrap(),
        status: OrderStatus::Pending,
    })
    .collect()
}

/// (id, whole dong) of what really happened on the days asked for.
fn truth(sandbox: &Sandbox, provider: &str) -> BTreeSet<(String, i64)> {
    let district = sandbox.district();
    let days: BTreeSet<NaiveDate> = DAYS.iter().map(|d| d.parse().unwrap()).collect();
    let now: NaiveDate = "2022-12-07".parse().unwrap();
    let now = now.and_hms_opt(1, 30, 0).unwrap();
    let rows = match provider {
        "sepay" | "sepay2" => &district.sepay,
        "casso" => &district.casso,
        _ => {
            let known = district.gateway_orders.iter().take(24);
            let told = known.filter_map(|order| Some((order, order.state_at(now)?)));
            let id = |order: &GatewayOrder| {
                district.order_id_at_gateway(&order.order_id, order.created_at)
            };
            let mut rows = BTreeSet::new();
            for (order, state) in told {
                // VNPAY tells the refund in place of the payment; others do not.
                if state.kind == "01" || provider != "vnpay" {
                    let paid = order
                        .states
                        .iter()
                        .rev()
                        .find(|s| s.kind == "01" && s.at <= now);
                    rows.insert((id(order), paid.unwrap().amount));
                }
                if state.kind != "01" && matches!(provider, "vnpay" | "momo") {
                    rows.insert((format!("{}#{}", id(order), state.number), state.amount));
                }
            }
            return rows;
        }
    };
    let seen = rows
        .iter()
        .filter(|row| days.contains(&row.at.date()) && row.arrives <= now);
    // The ids of SePay v2 are made up by its simulator; its lines are known by their reference.
    let name = |row: &doisoat::sandbox::district::BankRow| match provider {
        "sepay2" => row.reference.clone(),
        _ => row.id.to_string(),
    };
    seen.map(|row| (name(row), row.amount.abs())).collect()
}

/// (id, whole dong) of the records; an amount that cannot be read is -1.
fn found(pull: &Pull, provider: &str) -> BTreeSet<(String, i64)> {
    let dong = |raw: &str| -> i64 {
        let plain = raw.trim_start_matches('-').trim_end_matches(".00");
        let hundredths = if provider == "vnpay" { 100 } else { 1 };
        plain.parse::<i64>().map_or(-1, |n| n / hundredths)
    };
    let one = |record: &doisoat::source::Record| {
        (
            match provider {
                "sepay2" => record.bank_ref.as_deref(),
                _ => record.id.as_deref(),
            }
            .unwrap_or("-")
            .to_owned(),
            record.amount.as_deref().map_or(-1, dong),
        )
    };
    pull.records.iter().map(one).collect()
}

/// What is wrong with the outcome, in words; nothing when it is as it must be.
fn complaint(
    fault: Option<&Fault>,
    provider: &str,
    pull: &Pull,
    is: &BTreeSet<(String, i64)>,
    truth: &BTreeSet<(String, i64)>,
) -> Option<String> {
    let complete = pull.state == Completeness::Complete;
    let no_truth = |why: &str| {
        let missing: Vec<_> = truth.difference(is).take(3).collect();
        let extra: Vec<_> = is.difference(truth).take(3).collect();
        format!(
            "{why}: missing {missing:?} extra {extra:?}; {:?} {:?}",
            pull.state, pull.trouble
        )
    };
    // Of a payOS link with a transfer that cannot be read nothing else is said: the transfer stands
    // for it.
    let name = |id: &str| match provider {
        "payos" => id.split('#').next().unwrap().to_owned(),
        _ => id.to_owned(),
    };
    let ids = |rows: &BTreeSet<(String, i64)>| {
        rows.iter().map(|(id, _)| name(id)).collect::<BTreeSet<_>>()
    };
    match fault.map_or(Outcome::Complete, |fault| fault.outcome) {
        Outcome::Complete if !complete || !truth.is_subset(is) => Some(no_truth("not complete")),
        Outcome::Fail if complete || !pull.records.is_empty() => Some(no_truth("not failed")),
        Outcome::Quarantine if !complete || !ids(truth).is_subset(&ids(is)) => {
            Some(no_truth("lost rows"))
        }
        Outcome::Conflict if !complete => Some(no_truth("no conflict")),
        Outcome::Either if complete && !ids(truth).is_subset(&ids(is)) => Some(no_truth("wrong")),
        _ => None,
    }
}

async fn one(fault: Option<&'static Fault>, provider: &'static str) -> Vec<String> {
    let gateway = Sandbox::gateways().find(|name| *name == provider);
    let first_day = DAYS[0].parse().unwrap();
    let district = District::generate_at(gateway.unwrap_or("vnpay"), 1, first_day, 2).unwrap();
    let sandbox = Sandbox::start_in(district, 0, fault.copied())
        .await
        .unwrap();
    let name = fault.map_or("none", |fault| fault.name);
    // The documented rate is kept where it is what is tested; elsewhere it only costs time.
    sandbox.set_rate_limit(name == "rate_limit");
    let mut pull_of = pull(&sandbox, provider, name).await;
    if matches!(name, "late_rows" | "amended_rows" | "pending_first") {
        // They show with the second listing: the next night's look-back finds them.
        pull_of = pull(&sandbox, provider, name).await;
    }
    let pull = pull_of;
    let mut all = Vec::new();
    let (is, truth) = (found(&pull, provider), truth(&sandbox, provider));
    assert!(!truth.is_empty());
    all.extend(complaint(fault, provider, &pull, &is, &truth));
    let counters = sandbox.counters();
    let most = counters.attempts.values().max().copied().unwrap_or(0);
    if counters.early_retries + counters.redirect_followed + counters.leaked_credentials > 0 {
        all.push(format!("{counters:?}"));
    }
    if most > 5 {
        all.push(format!(
            "{most} attempts of one request: {:?}",
            counters.attempts.iter().max_by_key(|(_, n)| **n)
        ));
    }
    // Of a gateway each may be a matter of the order alone, until five in a row are.
    let by_order = matches!(name, "http_400" | "http_404");
    let by_order = by_order && Sandbox::gateways().any(|gateway| gateway == provider);
    if matches!(name, "http_400" | "http_401" | "http_403" | "http_404")
        && (most != 1 || counters.requests.values().sum::<u64>() != if by_order { 5 } else { 1 })
    {
        all.push("a 4xx was tried again".to_owned());
    }
    all.into_iter()
        .map(|text| format!("{name} {provider}: {text}"))
        .collect()
}

/// Faults that every further gateway is shown: those of its own answers, and some of each other
/// family.
const SAMPLE: [&str; 32] = [
    "hang",
    "reset_mid_body",
    "garbage_http",
    "http_429",
    "http_500",
    "http_500_always",
    "http_400",
    "http_401",
    "http_404",
    "http_204",
    "error_in_200",
    "error_in_200_once",
    "empty_body",
    "truncated_json",
    "html_login",
    "bom",
    "invalid_utf8",
    "deep_json",
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
    "redirect_other",
    "chaos",
];

#[test]
fn faults_of_answers_apply_to_every_gateway_that_can_show_them() {
    let applies = |fault: &str, provider: &str| Fault::named(fault).unwrap().applies_to(provider);
    for fault in [
        "wrong_signature",
        "missing_signature",
        "signature_upper",
        "signature_short",
    ] {
        for (provider, expected) in [
            ("vnpay", true),
            ("momo", true),
            ("payos", true),
            ("zalopay", false),
            ("sepay", false),
        ] {
            assert_eq!(applies(fault, provider), expected, "{fault} {provider}");
        }
    }
    assert!(applies("replay", "momo") && applies("replay", "payos"));
    assert!(!applies("replay", "zalopay"), "its answers name no order");
    assert!(Sandbox::gateways().all(|name| applies("amount_scale", name)));
    assert!(Sandbox::gateways().all(|name| !applies("null_records", name)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_comes_out_as_it_must() {
    let mut waiting = Vec::new();
    for provider in ["casso", "sepay", "sepay2", "vnpay"] {
        waiting.push((None, provider));
        let faults = Fault::all()
            .iter()
            .filter(|fault| fault.applies_to(provider));
        waiting.extend(faults.map(|fault| (Some(fault), provider)));
    }
    // One HTTP layer serves all, so the further gateways show a sample of every family of faults.
    // The others have a sample of their own in `contract_gateways`.
    let own = |name: &&str| *name == "vnpay" || crate::contract_gateways::KINDS.contains(name);
    for provider in Sandbox::gateways().filter(|name| !own(name)) {
        waiting.push((None, provider));
        let faults = SAMPLE
            .iter()
            .map(|name| Fault::all().iter().find(|f| f.name == *name));
        let faults = faults
            .map(Option::unwrap)
            .filter(|fault| fault.applies_to(provider));
        waiting.extend(faults.map(|fault| (Some(fault), provider)));
    }
    let (mut all, mut complaints) = (JoinSet::new(), Vec::new());
    while !waiting.is_empty() || !all.is_empty() {
        if let Some((fault, provider)) = waiting.pop_if(|_| all.len() < 24) {
            all.spawn(one(fault, provider));
        } else if let Some(done) = all.join_next().await {
            complaints.extend(done.unwrap());
        }
    }
    complaints.sort();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn statuses_of_the_gateway_are_all_known() {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: DAYS[0].parse().unwrap(),
        days: 2,
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let pull = pull(&sandbox, "vnpay", "none").await;
    assert!(
        pull.records
            .iter()
            .all(|record| record.status.is_some() && record.kind.is_some())
    );
    assert!(
        pull.records
            .iter()
            .any(|record| record.status == Some(TxnStatus::Success))
    );
}
