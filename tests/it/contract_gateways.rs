//! The gateways whose protocol is fixed by contract more than by public documents: VNPT Pay, the
//! national portal's platform, KeyPay and ViettelPay. What they answer is read as configured, bound
//! to the order and the merchant that were asked about, and never taken for money otherwise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod answers;
mod faults;
pub(crate) mod night;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doisoat::clock::FixedClock;
use doisoat::config::section::{Doc, Section};
use doisoat::config::{ConfigError, SourceSettings, Surroundings, parse_source};
use doisoat::domain::{DossierCode, Moment, OrderStatus, PaymentOrder, Vnd};
use doisoat::sandbox::district::GatewayOrder;
use doisoat::sandbox::{District, Fault, Sandbox};
use doisoat::source::{Handle, Opening, Pace, Probe, Pull};

use crate::fake::{Kept, day};

pub(crate) const KINDS: [&str; 4] = ["vnptpay", "dvcqg", "keypay", "viettelpay"];
const FIRST_DAY: &str = "2022-12-05";
/// Orders asked about in one pull.
const ORDERS: usize = 24;

/// The sandbox of two days whose district pays through `gateway`.
async fn sandbox(gateway: &str, fault: Option<Fault>) -> Sandbox {
    sandbox_of(gateway, 2, fault).await
}

async fn sandbox_of(gateway: &str, days: u32, fault: Option<Fault>) -> Sandbox {
    let first_day = FIRST_DAY.parse().unwrap();
    let district = District::generate_at(gateway, 1, first_day, days).unwrap();
    let sandbox = Sandbox::start_in(district, 0, fault).await.unwrap();
    sandbox.set_rate_limit(false);
    sandbox
}

/// Reads the `[[source]]` table that a text begins with.
pub(crate) fn settings(text: &str) -> Result<SourceSettings, ConfigError> {
    let doc = Doc {
        name: "doisoat.toml",
        text,
    };
    let table = toml::de::DeTable::parse(text).unwrap();
    let mut whole = Section::new(doc, "", table.get_ref(), table.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    parse_source(item.section().unwrap(), item.place(), Path::new("/"))
}

/// Opens a source; secrets are those of the simulators and `more`.
fn opened(
    settings: &SourceSettings,
    secrets: BTreeMap<String, String>,
    pace: Pace,
) -> Result<Box<dyn Probe>, ConfigError> {
    let opening = Opening {
        settings,
        around: &Surroundings::fixed(secrets, None),
        clock: Arc::new(FixedClock::new(day("2022-12-07").start_ms() + 5_400_000)),
        pace,
    };
    match opening.open()? {
        Handle::Probe(probe) => Ok(probe),
        other => panic!("{other:?}"),
    }
}

/// The secrets that a simulator accepts.
fn secrets(sandbox: &Sandbox, gateway: &str) -> BTreeMap<String, String> {
    let known = sandbox.credentials(gateway).iter();
    known
        .map(|known| (known.env.to_owned(), known.value.to_owned()))
        .collect()
}

/// Waits really, but begins small.
fn pace() -> Pace {
    Pace {
        first_wait: Duration::from_millis(20),
        jitter_seed: Some(1),
        ..Pace::default()
    }
}

/// Orders as the registry knows them, under the ids that `id_of` gives.
fn orders(sandbox: &Sandbox, id_of: impl Fn(&GatewayOrder) -> String) -> Vec<PaymentOrder> {
    orders_of(sandbox, ORDERS, id_of)
}

fn orders_of(
    sandbox: &Sandbox,
    count: usize,
    id_of: impl Fn(&GatewayOrder) -> String,
) -> Vec<PaymentOrder> {
    let all = sandbox.district().gateway_orders.iter().take(count);
    let one = |order: &GatewayOrder| PaymentOrder {
        provider: sandbox.district().gateway.into(),
        order_id: id_of(order).into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(order.states[0].amount),
        created_at: Moment::parse_compact(&order.created_at.format("%Y%m%d%H%M%S").to_string())
            .unwrap(),
        status: OrderStatus::Pending,
    };
    all.map(one).collect()
}

/// The gateway's id of an order.
fn gateway_id(sandbox: &Sandbox, order: &GatewayOrder) -> String {
    let district = sandbox.district();
    district.order_id_at_gateway(&order.order_id, order.created_at)
}

/// Asks about the first orders by the table that the sandbox itself prints, edited.
async fn pull(sandbox: &Sandbox, timeout: &str, edit: impl Fn(String) -> String) -> Pull {
    pull_of(sandbox, ORDERS, timeout, edit).await
}

/// Asks about every order.
async fn pull_all(sandbox: &Sandbox) -> Pull {
    pull_of(sandbox, usize::MAX, "20s", |text| text).await
}

async fn pull_of(
    sandbox: &Sandbox,
    count: usize,
    timeout: &str,
    edit: impl Fn(String) -> String,
) -> Pull {
    let gateway = sandbox.district().gateway;
    let table = sandbox.toml_source(gateway);
    let more = format!("timeout = \"{timeout}\"\nrate_limit = \"1000/s\"\n");
    let settings = settings(&edit(format!("{table}{more}"))).unwrap();
    let probe = opened(&settings, secrets(sandbox, gateway), pace()).unwrap();
    let orders = orders_of(sandbox, count, |order| gateway_id(sandbox, order));
    probe.ask(&orders, &Kept::default()).await.unwrap()
}
