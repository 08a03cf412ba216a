//! No name leads to an address that is not allowed.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::BaseUrl;
use super::address::{self, AddressFault};

/// Resolves names and lets no forbidden address through; what it returns is what is connected to.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    loopback: bool,
}

impl Guard {
    /// The guard of a configured address.
    pub fn of(base_url: &BaseUrl) -> Self {
        let loopback = base_url.is_loopback();
        Self { loopback }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            for address in &found {
                address::judge(address.ip(), loopback)?;
                if loopback && !address::is_loopback(address.ip()) {
                    return Err(AddressFault::PlainHttp.into());
                }
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
