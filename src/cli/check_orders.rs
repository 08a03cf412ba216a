//! The part of `doisoat check` about payment orders: those whose provider no source speaks for, so
//! that nobody learns whether they were paid.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Line;
use crate::config::Config;
use crate::domain::Lang;
use crate::job::{JobError, lost};
use crate::source::Ability;
use crate::store::OpenMode;
use crate::text::say;

/// A line a provider; none where every order has its source, or the registry told no order.
pub(super) async fn lines(config: &Config, lang: Lang) -> Vec<Line> {
    let told = told(config).await.unwrap_or_default();
    let orphans = told
        .iter()
        .filter(|(provider, _)| !words(config).contains(&***provider));
    orphans
        .map(|(provider, orders)| {
            let orders = orders.to_string();
            let args = [("provider", &**provider), ("n", &*orders)];
            let message = say(lang, "check-orders-unasked", &args);
            Line::warn("orders", message, say(lang, "check-orders-fix", &args))
        })
        .collect()
}

/// The words under which orders name the sources of money: of a gateway that is asked, of files
/// and lists by their names.
fn words(config: &Config) -> BTreeSet<&str> {
    let money = config.sources.iter().filter(|source| {
        let ability = source.registration.ability;
        ability != Ability::Registry && !matches!(source.kind(), "export" | "opencps")
    });
    money
        .flat_map(|source| [config.provider_word(source), source.name.as_str()])
        .collect()
}

async fn told(config: &Config) -> Result<BTreeMap<Box<str>, u64>, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let told = store.order_providers().await;
    store.close().await;
    Ok(told?)
}
