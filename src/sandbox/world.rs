//! What the simulators share: the district, the clock, the fault, and the notes of what was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::clock::VirtualClock;
use super::district::District;
use super::fault::{Act, Fault, Hits};
use super::gateway;
use super::wire::Request;

/// How much sooner than allowed a request may come before it counts as early.
const EARLY_TOLERANCE: Duration = Duration::from_millis(20);
/// Requests a second that SePay v1 answers.
const REQUESTS_PER_SECOND: usize = 3;

/// What the simulators have noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests by provider.
    pub requests: BTreeMap<String, u64>,
    /// How often each request came, by its line; a query about an order by that.
    pub attempts: BTreeMap<String, u64>,
    /// Requests that came sooner than the provider's retry hint allowed.
    pub early_retries: u64,
    /// Requests that arrived at a redirect's target.
    pub redirect_followed: u64,
    /// Credentials seen at a redirect's target.
    pub leaked_credentials: u64,
}

impl Counters {
    /// The counters as `GET /__counters` shows them.
    pub fn to_json(&self) -> Value {
        json!({
            "requests": self.requests,
            "attempts_max": self.attempts.values().max().copied().unwrap_or(0),
            "attempts": self.attempts,
            "early_retries": self.early_retries,
            "redirect_followed": self.redirect_followed,
            "leaked_credentials": self.leaked_credentials,
        })
    }
}

/// Notes that change with every request.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) fault: Option<Fault>,
    pub(crate) counters: Counters,
    /// The faults of single orders, by the gateway's own id.
    bad_orders: BTreeMap<String, Fault>,
    /// Orders that are paid in two transfers, by the gateway's own id.
    split_orders: BTreeSet<String>,
    /// Hits of the current fault by provider.
    hits: BTreeMap<&'static str, u32>,
    /// Earliest allowed next request by provider, after a retry hint.
    not_before: BTreeMap<&'static str, Instant>,
    /// Recent requests by provider, for the rate limit.
    recent: BTreeMap<&'static str, Vec<Instant>>,
    /// How often each day of a feed was listed since the fault was switched on.
    pub(crate) listings: BTreeMap<(&'static str, NaiveDate), u32>,
    /// Orders that gateways were asked about since the fault was switched on.
    polled: BTreeSet<(&'static str, String)>,
    /// (provider, day, request id) that gateways have seen which refuse a second use.
    request_ids: BTreeSet<(&'static str, String, String)>,
    /// Requests since the fault was switched on: the seed of chaos.
    pub(crate) asked: u64,
    /// Rows that drifted in while a client paged.
    pub(crate) inserted: i64,
    /// Tokens that iGate gave out.
    pub(crate) igate: super::igate::Tokens,
}

/// The world behind all simulators.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) district: District,
    pub(crate) clock: VirtualClock,
    desk: Mutex<Desk>,
    rate_limit: AtomicBool,
    /// Origin of the listener that plays "another host" for redirects.
    pub(crate) other_origin: String,
}

impl World {
    pub(crate) fn new(
        district: District,
        now: NaiveDateTime,
        fault: Option<Fault>,
        other_origin: String,
    ) -> Self {
        let desk = Desk {
            fault,
            ..Desk::default()
        };
        Self {
            district,
            clock: VirtualClock::new(now),
            desk: Mutex::new(desk),
            rate_limit: AtomicBool::new(true),
            other_origin,
        }
    }

    /// The notes. A panic elsewhere leaves them usable: each change is complete in itself.
    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches the fault and starts its accounts anew.
    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        let mut desk = self.desk();
        let request_ids = std::mem::take(&mut desk.request_ids);
        let bad_orders = std::mem::take(&mut desk.bad_orders);
        let split_orders = std::mem::take(&mut desk.split_orders);
        *desk = Desk {
            fault,
            bad_orders,
            split_orders,
            request_ids,
            ..Desk::default()
        };
    }

    /// Switches SePay's documented limit of 3 requests a second.
    pub(crate) fn set_rate_limit(&self, on: bool) {
        self.rate_limit.store(on, Ordering::SeqCst);
    }

    /// Whether SePay's documented limit is on.
    pub(crate) fn rate_limited(&self) -> bool {
        self.rate_limit.load(Ordering::SeqCst)
    }

    /// Counts a request and whether it came too early.
    pub(crate) fn note(&self, provider: &'static str, request: &Request) {
        let mut desk = self.desk();
        *desk
            .counters
            .requests
            .entry(provider.to_owned())
            .or_default() += 1;
        *desk
            .counters
            .attempts
            .entry(attempt_key(provider, request))
            .or_default() += 1;
        desk.asked += 1;
        if let Some(allowed) = desk.not_before.remove(provider)
            && Instant::now() + EARLY_TOLERANCE < allowed
        {
            desk.counters.early_retries += 1;
            desk.not_before.insert(provider, allowed);
        }
    }

    /// True when the provider has not seen this request id on that day.
    pub(crate) fn first_use(&self, provider: &'static str, day: &str, id: &str) -> bool {
        let key = (provider, day.to_owned(), id.to_owned());
        self.desk().request_ids.insert(key)
    }

    /// True when the gateway is asked about the order for the first time under this fault.
    pub(crate) fn first_poll(&self, provider: &'static str, order_id: &str) -> bool {
        let key = (provider, order_id.to_owned());
        self.desk().polled.insert(key)
    }

    /// The fault that this request shows; takes one of its hits.
    pub(crate) fn take_fault(&self, provider: &'static str) -> Option<Act> {
        let mut desk = self.desk();
        let fault = desk.fault.filter(|fault| fault.applies_to(provider))?;
        let used = desk.hits.entry(provider).or_default();
        match fault.hits {
            Hits::First(count) if *used >= count => None,
            _ => {
                *used += 1;
                Some(fault.act)
            }
        }
    }

    /// From now on every question about the order shows the fault; none ends that.
    pub(crate) fn set_bad_order(&self, id: &str, fault: Option<Fault>) {
        let bad = &mut self.desk().bad_orders;
        bad.remove(id);
        bad.extend(fault.map(|fault| (id.to_owned(), fault)));
    }

    /// From now on the order was paid in two transfers.
    pub(crate) fn split_order(&self, id: &str) {
        self.desk().split_orders.insert(id.to_owned());
    }

    /// Whether the order was paid in two transfers.
    pub(crate) fn is_split(&self, id: &str) -> bool {
        self.desk().split_orders.contains(id)
    }

    /// The fault of the order that is asked about.
    pub(crate) fn fault_of_order(&self, provider: &str, request: &Request) -> Option<Act> {
        let key = attempt_key(provider, request);
        let desk = self.desk();
        let mut bad = desk.bad_orders.iter();
        let found = bad.find(|(id, _)| key.ends_with(id.as_str()))?;
        Some(found.1.act)
    }

    /// Gives a hit back: the request was not one that the fault can show at.
    pub(crate) fn return_hit(&self, provider: &'static str) {
        if let Some(used) = self.desk().hits.get_mut(provider) {
            *used = used.saturating_sub(1);
        }
    }

    /// Notes that the provider has asked for patience.
    pub(crate) fn ask_patience(&self, provider: &'static str, seconds: u64) {
        let until = Instant::now() + Duration::from_secs(seconds);
        self.desk().not_before.insert(provider, until);
    }

    /// Whether the request is within the limit of 3 a second (`always`: whatever the switch says).
    pub(crate) fn within_rate(&self, provider: &'static str, always: bool) -> bool {
        if !always && !self.rate_limited() {
            return true;
        }
        let now = Instant::now();
        let mut desk = self.desk();
        let recent = desk.recent.entry(provider).or_default();
        recent.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
        if recent.len() >= REQUESTS_PER_SECOND {
            return false;
        }
        recent.push(now);
        true
    }
}

/// The same request again has the same key.
fn attempt_key(provider: &str, request: &Request) -> String {
    let gateway = gateway::named(provider);
    match gateway.and_then(|(_, gateway)| (gateway.reference)(request)) {
        Some(reference) => format!("{} {} {reference}", request.method, request.path),
        None => request.line(),
    }
}
