//! Provider simulators on loopback and the invented district behind them.
//!
//! An independent witness of the protocols: nothing here is shared with `source/`, neither signing
//! nor parsing. Nothing here reads the time: the sandbox has a clock of its own that stands still
//! until it is set, and providers show only what had happened and reached them by then.
//!
//! A simulator is one file and one line in `ALL`. Plain HTTP on loopback only so far: the TLS modes
//! (self-signed, expired, wrong host, old versions) are still to come.

mod casso;
mod clock;
mod control;
pub mod district;
pub mod fault;
mod igate;
mod registry;
mod sepay;
mod server;
mod vnpay;
mod wire;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use district::District;
pub use fault::Fault;
pub use world::Counters;

use fault::Act;
use wire::{Reply, Request};
use world::World;

/// A provider's simulator: its name, which is also the first part of its path, and its answers.
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    pub(crate) answer: fn(&World, &Request, Option<Act>) -> Reply,
}

/// Every simulator.
pub(crate) const ALL: &[Provider] = &[
    casso::PROVIDER,
    sepay::PROVIDER,
    vnpay::PROVIDER,
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

const CASSO_CREDENTIALS: &[Credential] = &[Credential {
    key: "token",
    env: "DOISOAT_SANDBOX_CASSO_TOKEN",
    value: casso::TOKEN,
}];

const SEPAY_CREDENTIALS: &[Credential] = &[Credential {
    key: "token",
    env: "DOISOAT_SANDBOX_SEPAY_TOKEN",
    value: sepay::TOKEN,
}];

const VNPAY_CREDENTIALS: &[Credential] = &[Credential {
    key: "hash_secret",
    env: "DOISOAT_SANDBOX_VNPAY_HASH_SECRET",
    value: vnpay::HASH_SECRET,
}];

const IGATE_CREDENTIALS: &[Credential] = &[Credential {
    key: "client_secret",
    env: "DOISOAT_SANDBOX_IGATE_SECRET",
    value: igate::CLIENT_SECRET,
}];

/// Running simulators. Dropping it stops them.
#[derive(Debug)]
pub struct Sandbox {
    world: Arc<World>,
    address: SocketAddr,
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
            tasks,
        })
    }

    /// Where the simulators listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A provider's `base_url`: the documented paths follow it.
    pub fn base_url(&self, provider: &str) -> String {
        format!("http://{}/{provider}", self.address)
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
        match provider {
            "casso" => CASSO_CREDENTIALS,
            "sepay" => SEPAY_CREDENTIALS,
            "vnpay" => VNPAY_CREDENTIALS,
            "igate" => IGATE_CREDENTIALS,
            _ => &[],
        }
    }

    /// The collection account that a feed shows.
    pub fn account(&self, provider: &str) -> Option<&'static str> {
        match provider {
            "casso" => Some(casso::ACCOUNT),
            "sepay" => Some(sepay::ACCOUNT),
            _ => None,
        }
    }

    /// The `[[source]]` tables of a `doisoat.toml` that reads this sandbox; the registry's export
    /// is expected in the folder `inbox`.
    pub fn toml_sources(&self) -> String {
        let (casso, sepay, vnpay) = (
            self.base_url("casso"),
            self.base_url("sepay"),
            self.base_url("vnpay"),
        );
        let [casso_env, sepay_env, vnpay_env] =
            [CASSO_CREDENTIALS, SEPAY_CREDENTIALS, VNPAY_CREDENTIALS].map(|known| known[0].env);
        let tmn_code = vnpay::TMN_CODE;
        format!(
            r#"[[source]]
name = "one-stop"
kind = "export"
path = "inbox"

[[source]]
name = "sepay-main"
kind = "sepay"
api = "v1"
base_url = "{sepay}"
allow_loopback = true
token = {{ env = "{sepay_env}" }}

[[source]]
name = "casso-main"
kind = "casso"
base_url = "{casso}"
allow_loopback = true
token = {{ env = "{casso_env}" }}

[[source]]
name = "vnpay"
kind = "vnpay"
base_url = "{vnpay}"
allow_loopback = true
tmn_code = "{tmn_code}"
hash_secret = {{ env = "{vnpay_env}" }}
ip_addr = "127.0.0.1"
"#
        )
    }

    /// The `[[source]]` table that reads the registry through its interface.
    pub fn toml_igate(&self) -> String {
        let (base, env) = (self.base_url("igate"), IGATE_CREDENTIALS[0].env);
        let (client, path) = (igate::CLIENT_ID, igate::TOKEN_PATH);
        format!(
            r#"[[source]]
name = "igate"
kind = "igate"
base_url = "{base}"
allow_loopback = true
token_url = "{base}{path}"
client_id = "{client}"
client_secret = {{ env = "{env}" }}
"#
        )
    }

    /// Stops the simulators and waits until their port is free.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            let _cancelled = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
