//! The same with the connector as with the adapter that is built in: same rows, same states, same
//! refusals, whatever the source does.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::NaiveDate;
use doisoat::domain::{DossierCode, Moment, OrderStatus, PaymentOrder, SourceName, Vnd};
use doisoat::normalise::{self, Cutoff, SourceContext, TxnRows, Window};
use doisoat::sandbox::{District, Fault, Sandbox};
use doisoat::source::{DayControl, DayState, Handle, Pace, Pull};
use tokio::task::JoinSet;

use super::{example, open, read};
use crate::fake::{Kept, day};

const DAYS: [&str; 2] = ["2022-12-05", "2022-12-06"];

/// One fault of each kind that the layers above the wire must judge, and a few of the wire itself.
const FAULTS: &[&str] = &[
    "none",
    "reset",
    "http_429",
    "http_429_huge",
    "http_500_always",
    "http_400",
    "http_401",
    "http_403",
    "http_404",
    "http_204",
    "error_in_200",
    "error_in_200_once",
    "empty_body",
    "truncated_json",
    "html_login",
    "bom",
    "utf16_body",
    "invalid_utf8",
    "deep_json",
    "duplicate_keys",
    "null_records",
    "missing_field",
    "type_flip",
    "extra_fields",
    "float_amount",
    "string_amount",
    "exp_amount",
    "huge_amount",
    "overflow_amount",
    "nan_amount",
    "bad_dates",
    "naughty_text",
    "dup_page",
    "dup_records",
    "dup_conflict",
    "page_drift_insert",
    "page_drift_delete",
    "next_page_loop",
    "page_endless",
    "page_size_ignored",
    "total_mismatch",
    "missing_last_page",
    "unsorted",
    "wrong_day_rows",
    "future_rows",
    "midnight_rows",
    "utc_times",
    "late_rows",
    "amended_rows",
    "wrong_signature",
    "missing_signature",
    "signature_upper",
    "signature_short",
    "replay",
    "amount_scale",
    "redirect_other",
];

/// What one reading comes to.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) rows: TxnRows,
    implied: TxnRows,
    states: Vec<(String, DayState)>,
    control: Vec<(String, DayControl)>,
    counts: (u64, u64, u64),
    pub(super) unanswered: Vec<Box<str>>,
    state: String,
    trouble: Option<&'static str>,
}

impl Outcome {
    /// Where another comes to something else.
    pub(super) fn against(&self, other: &Self) -> String {
        let (a, b) = (format!("{self:#?}"), format!("{other:#?}"));
        let lines = a.lines().zip(b.lines());
        let first = lines.enumerate().find(|(_, (a, b))| a != b);
        format!(
            "{} / {} {:?} / {:?}: {first:?}",
            self.state, other.state, self.trouble, other.trouble
        )
    }
}

pub(super) fn outcome(pull: &Pull, is_gateway: bool) -> Outcome {
    let context = SourceContext {
        name: SourceName::new("s"),
        kind: "s".into(),
        instrument: doisoat::domain::Instrument::Wallet,
        cutoff: Cutoff::MIDNIGHT,
        window: (!is_gateway).then(|| Window {
            from: day(DAYS[0]),
            to: day(DAYS[1]),
        }),
        reject_day: day(DAYS[1]),
        is_gateway,
    };
    Outcome {
        rows: normalise::read_records(&pull.records, &context),
        implied: normalise::read_records(&pull.implied, &context),
        states: pull.days.iter().map(|(d, s)| (d.to_string(), *s)).collect(),
        control: pull
            .control
            .iter()
            .map(|(d, c)| (d.to_string(), *c))
            .collect(),
        counts: (pull.asked, pull.answered, pull.known),
        unanswered: pull.unanswered.clone(),
        state: pull.state.id().to_owned(),
        trouble: pull.trouble.as_ref().map(|error| error.code()),
    }
}

/// Orders of each state that the sandbox knows, under the ids of its gateway, as the registry knows
/// them, and one that the gateway has never seen.
fn orders(sandbox: &Sandbox) -> Vec<PaymentOrder> {
    let district = sandbox.district();
    let mut of_state: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let now = "2022-12-10T01:30:00".parse().unwrap();
    let all = district.gateway_orders.iter().filter(|order| {
        let state = order
            .state_at(now)
            .map_or(("", ""), |state| (state.kind, state.status));
        let met = of_state.entry(state).or_default();
        *met += 1;
        *met <= 5
    });
    let known = all.map(|order| {
        let id = district.order_id_at_gateway(&order.order_id, order.created_at);
        (id, order.states[0].amount, order.created_at)
    });
    let mut known: Vec<_> = known.collect();
    let (_, amount, at) = known[0].clone();
    known.push(("NOSUCHORDER".to_owned(), amount, at));
    known
        .into_iter()
        .map(|(id, amount, at)| PaymentOrder {
            provider: "s".into(),
            order_id: id.as_str().into(),
            dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
            fee_ids: Vec::new(),
            amount: Vnd::new(amount),
            created_at: Moment::parse_compact(&at.format("%Y%m%d%H%M%S").to_string()).unwrap(),
            status: OrderStatus::Pending,
        })
        .collect()
}

pub(super) fn pace() -> Pace {
    Pace {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        jitter_seed: Some(1),
        sleep: std::sync::Arc::new(|wait| {
            // A provider's own wait is kept; ours are short.
            Box::pin(tokio::time::sleep(wait))
        }),
        ..Pace::default()
    }
}

async fn pull(dialect: &str, fault: &str, text: impl Fn(&Sandbox) -> String) -> Outcome {
    let first: NaiveDate = DAYS[0].parse().unwrap();
    let gateway = District::generate_at(dialect, 1, first, 5);
    let district = gateway.unwrap_or_else(|| District::generate(1, first, 5));
    let sandbox = Sandbox::start_in(district, 0, Fault::named(fault))
        .await
        .unwrap();
    sandbox.set_rate_limit(false);
    let text = text(&sandbox).replace("rate_limit = \"5/s\"", "");
    let text = text.replacen("base_url =", "rate_limit = \"1000/s\"\nbase_url =", 1);
    let mut settings = read(&text).unwrap();
    settings.account = sandbox.account(dialect).map(Into::into);
    // The variables of the adapter's table and those of the example hold the same secrets.
    let credentials = sandbox.credentials(dialect);
    let short: Vec<(String, &str)> = credentials
        .iter()
        .map(|known| (known.env.replace("DOISOAT_SANDBOX_", ""), known.value))
        .collect();
    let long = credentials.iter().map(|known| (known.env, known.value));
    let secrets: Vec<(&str, &str)> = short
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .chain(long)
        .collect();
    let now_ms = day("2022-12-10").start_ms() + 5_400_000;
    let kept = Kept::default();
    let times = if matches!(fault, "late_rows" | "amended_rows") {
        2
    } else {
        1
    };
    let mut last = None;
    for _ in 0..times {
        last = Some(match open(&settings, &secrets, pace(), now_ms).unwrap() {
            Handle::Feed(feed) => {
                let pull = feed.list(day(DAYS[0])..=day(DAYS[1]), &kept).await;
                outcome(&pull.unwrap(), false)
            }
            Handle::Probe(probe) => {
                let pull = probe.ask(&orders(&sandbox), &kept).await;
                outcome(&pull.unwrap(), true)
            }
            other => panic!("{other:?}"),
        });
    }
    let counters = sandbox.counters();
    assert_eq!(
        (
            counters.early_retries,
            counters.redirect_followed,
            counters.leaked_credentials
        ),
        (0, 0, 0),
        "{dialect} {fault}"
    );
    last.unwrap()
}

async fn both(dialect: &'static str, fault: &'static str) -> Option<String> {
    let built_in = pull(dialect, fault, |sandbox: &Sandbox| {
        sandbox.toml_source(dialect)
    })
    .await;
    let by_tables = |sandbox: &Sandbox| example(dialect, &sandbox.base_url(dialect));
    let connector = pull(dialect, fault, by_tables).await;
    if fault == "none" {
        assert!(built_in.rows.txns.len() > 10, "{dialect} brings rows");
        assert_eq!(built_in.state, "complete", "{dialect}");
    }
    (built_in != connector).then(|| format!("{dialect} {fault}: {}", built_in.against(&connector)))
}

async fn equal(dialects: &[&'static str]) {
    let mut waiting = Vec::new();
    for dialect in dialects {
        let applies = |fault: &&&'static str| {
            Fault::named(fault).is_none_or(|known| known.applies_to(dialect))
        };
        waiting.extend(
            FAULTS
                .iter()
                .filter(applies)
                .map(|fault| (*dialect, *fault)),
        );
    }
    let (mut all, mut complaints) = (JoinSet::new(), Vec::new());
    while !waiting.is_empty() || !all.is_empty() {
        if let Some((dialect, fault)) = waiting.pop_if(|_| all.len() < 16) {
            all.spawn(both(dialect, fault));
        } else if let Some(done) = all.join_next().await {
            complaints.extend(done.unwrap());
        }
    }
    complaints.sort();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_by_tables_reads_what_the_built_in_one_reads() {
    equal(&["casso"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_by_tables_tell_what_the_built_in_ones_tell() {
    equal(&["vnpay", "momo", "vnptpay", "dvcqg"]).await;
}

#[tokio::test]
async fn the_sample_meets_payments_refunds_and_strangers() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for dialect in ["vnpay", "momo", "vnptpay", "dvcqg"] {
        let by_tables = |sandbox: &Sandbox| example(dialect, &sandbox.base_url(dialect));
        let outcome = pull(dialect, "none", by_tables).await;
        for txn in &outcome.rows.txns {
            *seen.entry(txn.kind.id()).or_default() += 1;
            *seen.entry(txn.status.id()).or_default() += 1;
        }
        assert!(
            outcome.counts.1 > outcome.counts.2,
            "{dialect}: an order that nobody made"
        );
    }
    for word in [
        "payment", "refund", "success", "pending", "failed", "unmapped",
    ] {
        assert!(seen.contains_key(word), "{word} in {seen:?}");
    }
}
