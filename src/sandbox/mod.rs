//! Provider simulators on loopback and the invented district behind them.
//!
//! An independent witness of the protocols: nothing here is shared with `source/`, neither signing
//! nor parsing. Nothing here reads the time: the sandbox has a clock of its own that stands still
//! until it is set, and providers show only what had happened and reached them by then.
//!
//! A simulator is one file and one line in `ALL`. It listens on loopback only: plain HTTP, or TLS
//! good and bad (`tls`).

mod casso;
mod clock;
mod control;
pub mod district;
mod dvcqg;
pub mod fault;
mod gateway;
mod igate;
mod keypay;
mod one_word;
mod momo;
mod payos;
pub mod push;
mod registry;
mod sepay;
mod sepay2;
mod server;
mod tls;
mod viettelpay;
mod vnpay;
mod vnptpay;
mod wire;
mod world;
mod zalopay;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use district::District;
pub use fault::Fault;
pub use push::{PushFault, Pushed};
pub use tls::{TLS_MODES, TlsMode};
pub use world::Counters;

/// The fee table of the invented district: published national rates, and resolutions made up.
pub const FEE_TABLE: &str = include_str!("district/fee_table.csv");

/// What its procedures and fields are called.
pub const CATALOGUE: &str = include_str!("district/catalogue.csv");

use fault::Act;
use gateway::Gateway;
use push::Push;
use wire::{Reply, Request};
use world::World;

/// A provider's simulator.
#[derive(Debug)]
pub(crate) struct Provider {
    /// Its name, which is also the first part of its path.
    pub(crate) name: &'static str,
    /// Its answers.
    pub(crate) answer: fn(&World, &Request, Option<Act>) -> Reply,
    /// What a gateway does its own way; none for a bank feed.
    pub(crate) gateway: Option<Gateway>,
    /// The collection account that a feed shows.
    pub(crate) account: Option<&'static str>,
    /// The secrets that it accepts.
    pub(crate) credentials: &'static [Credential],
    /// What it pushes; the form in use first.
    pub(crate) pushes: &'static [Push],
    /// Its `[[source]]` table.
    pub(crate) toml: Table,
}

/// A `[[source]]` table, but for its address.
#[derive(Debug)]
pub(crate) struct Table {
    /// Name of the source.
    pub(crate) name: &'static str,
    /// Lines before the address.
    pub(crate) head: &'static str,
    /// Lines after it; `{base}` stands for the address.
    pub(crate) keys: &'static str,
}

/// Every simulator.
pub(crate) const ALL: &[Provider] = &[
    casso::PROVIDER,
    sepay::PROVIDER,
    sepay2::PROVIDER,
    vnpay::PROVIDER,
    momo::PROVIDER,
    zalopay::PROVIDER,
    payos::PROVIDER,
    vnptpay::PROVIDER,
    dvcqg::PROVIDER,
    keypay::PROVIDER,
    viettelpay::PROVIDER,
    igate::PROVIDER,
];

/// How to start a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxOptions {
    /// What the district is invented from.
    pub seed: u64,
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Fault to show from the start.
    pub fault: Option<Fault>,
    /// First simulated day.
    pub first_day: NaiveDate,
    /// Number of simulated days.
    pub days: u32,
}

/// A secret that the simulators accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// Key in a `[[source]]` table: `token`, `hash_secret`.
    pub key: &'static str,
    /// Environment variable that `toml_sources` reads it from.
    pub env: &'static str,
    /// The secret itself. It opens nothing but the sandbox.
    pub value: &'static str,
}

/// Running simulators. Dropping it stops them.
#[derive(Debug)]
pub struct Sandbox {
    world: Arc<World>,
    address: SocketAddr,
    /// The file that names the authority to trust, where the simulators speak TLS.
    ca_file: Option<String>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Invents the district and starts the simulators on 127.0.0.1.
    ///
    /// The clock shows 01:30 of the morning after the last simulated day, so that everything is to
    /// be seen until [`Self::set_now`] says otherwise.
    ///
    /// # Errors
    /// The port is taken or may not be used.
    pub async fn start(options: SandboxOptions) -> std::io::Result<Self> {
        let district = District::generate(options.seed, options.first_day, options.days);
        Self::start_in(district, options.port, options.fault).await
    }

    /// The same for a district that is there already.
    ///
    /// # Errors
    /// The port is taken or may not be used.
    pub async fn start_in(
        district: District,
        port: u16,
        fault: Option<Fault>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let other_origin = format!("http://{}", elsewhere.local_addr()?);
        let morning = NaiveTime::from_hms_opt(1, 30, 0).unwrap_or(NaiveTime::MIN);
        let now = (district.last_day() + Days::new(1)).and_time(morning);
        let world = Arc::new(World::new(district, now, fault, other_origin));
        let tasks = vec![
            tokio::spawn(server::serve(listener, Arc::clone(&world))),
            tokio::spawn(server::serve_elsewhere(elsewhere, Arc::clone(&world))),
        ];
        Ok(Self {
            world,
            address,
            ca_file: None,
            tasks,
        })
    }

    /// Puts the simulators behind TLS on another port (0: any free one) of 127.0.0.1. From here on
    /// addresses are of `https://localhost`, and tables name `ca_file`, which the caller writes.
    ///
    /// # Errors
    /// The port is taken or may not be used.
    pub async fn behind_tls(
        mut self,
        mode: TlsMode,
        port: u16,
        ca_file: String,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let outer = listener.local_addr()?;
        let front = tls::Front::new(listener, mode, self.address)?;
        self.tasks.push(tokio::spawn(front.serve()));
        (self.address, self.ca_file) = (outer, Some(ca_file));
        Ok(self)
    }

    /// Where the simulators listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A provider's `base_url`: the documented paths follow it.
    pub fn base_url(&self, provider: &str) -> String {
        match self.ca_file {
            None => format!("http://{}/{provider}", self.address),
            Some(_) => format!("https://localhost:{}/{provider}", self.address.port()),
        }
    }

    /// Names of the simulated providers.
    pub fn providers(&self) -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|provider| provider.name)
    }

    /// Sets the clock.
    pub fn set_now(&self, now: DateTime<FixedOffset>) {
        self.world.clock.set(now);
    }

    /// Switches the fault; its hits and the counters start anew.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.world.set_fault(fault);
    }

    /// Shows a fault whenever that one order is asked about, by the gateway's own id; none ends it.
    pub fn set_bad_order(&self, id: &str, fault: Option<Fault>) {
        self.world.set_bad_order(id, fault);
    }

    /// Lets a payment link of payOS be paid in two transfers, the larger one first.
    pub fn split_order(&self, id: &str) {
        self.world.split_order(id);
    }

    /// Switches SePay's documented limit of 3 requests a second (on at the start).
    pub fn set_rate_limit(&self, on: bool) {
        self.world.set_rate_limit(on);
    }

    /// The district and its truth.
    pub fn district(&self) -> &District {
        &self.world.district
    }

    /// What the simulators have noticed since the fault was last switched.
    pub fn counters(&self) -> Counters {
        self.world.desk().counters.clone()
    }

    /// The secrets that a provider's simulator accepts.
    pub fn credentials(&self, provider: &str) -> &'static [Credential] {
        find(provider).map_or(&[], |provider| provider.credentials)
    }

    /// The collection account that a feed shows.
    pub fn account(&self, provider: &str) -> Option<&'static str> {
        find(provider)?.account
    }

    /// Names of the simulated gateways: each answers about the same orders in its own dialect.
    pub fn gateways() -> impl Iterator<Item = &'static str> {
        let all = ALL.iter().filter(|provider| provider.gateway.is_some());
        all.map(|provider| provider.name)
    }

    /// The `[[source]]` table that reads a provider's simulator; empty for an unknown name.
    pub fn toml_source(&self, provider: &str) -> String {
        let Some(Provider {
            name: kind, toml, ..
        }) = find(provider)
        else {
            return String::new();
        };
        let Table { name, head, keys } = toml;
        let base_url = self.base_url(kind);
        // Both versions of SePay are one kind of source.
        let kind = if *kind == "sepay2" { "sepay" } else { kind };
        let keys = keys.replace("{base}", &base_url);
        let ca_file = self.ca_file.as_ref();
        let ca_file = ca_file.map_or_else(String::new, |file| format!("ca_file = \"{file}\"\n"));
        format!(
            "[[source]]\nname = \"{name}\"\nkind = \"{kind}\"\n{head}base_url = \"{base_url}\"\n\
             allow_loopback = true\n{ca_file}{keys}"
        )
    }

    /// The `[[source]]` tables of a `doisoat.toml` that reads this sandbox: the two feeds and the
    /// gateway that the district pays through; the registry's export is expected in the folder
    /// `inbox`.
    pub fn toml_sources(&self) -> String {
        let export = "[[source]]\nname = \"one-stop\"\nkind = \"export\"\npath = \"inbox\"\n";
        let gateway = self.world.district.gateway;
        let tables = ["sepay", "casso", gateway].map(|provider| self.toml_source(provider));
        format!("{export}\n{}", tables.join("\n"))
    }

    /// Writes what the providers have pushed by now into `dir`, a folder a form of webhook and a
    /// file a message, and tells what to do with each folder.
    ///
    /// # Errors
    /// A folder or file cannot be written.
    pub fn write_pushes(
        &self,
        dir: &Path,
        fault: Option<PushFault>,
    ) -> std::io::Result<Vec<Pushed>> {
        push::write(&self.world.district, self.world.clock.local(), dir, fault)
    }

    /// Stops the simulators and waits until their port is free.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            let _cancelled = task.await;
        }
    }
}

fn find(name: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.name == name)
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
