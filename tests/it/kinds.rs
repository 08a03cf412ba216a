//! One list of the kinds of source: what a kind says of itself holds wherever its name is read.

use std::collections::BTreeSet;

use doisoat::config::Config;
use doisoat::domain::{Instrument, SourceName};
use doisoat::normalise::transactions;
use doisoat::sandbox::Sandbox;
use doisoat::source::{ALL, Registration};

use crate::fake::day;

fn providers() -> impl Iterator<Item = &'static Registration> {
    ALL.iter().copied().filter(|known| known.is_provider())
}

fn kinds(fits: impl Fn(&Registration) -> bool) -> BTreeSet<&'static str> {
    let those = providers().filter(|known| fits(known));
    those.map(|known| known.kind).collect()
}

/// A provider is a file beside the others and a line in the list: a file without its line is found
/// here.
#[test]
fn every_file_of_a_provider_is_in_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/provider");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("pub const REGISTRATION: Registration") {
            found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    let listed: BTreeSet<String> = kinds(|_| true).into_iter().map(str::to_owned).collect();
    assert_eq!(found, listed, "a file is named after its kind");
    assert!(listed.len() >= 10, "{listed:?}");
}

#[test]
fn the_name_of_a_file_of_transactions_tells_what_the_list_says() {
    for known in providers() {
        let name = SourceName::new(known.kind);
        let told = (
            transactions::is_gateway(&name),
            transactions::instrument_of(&name),
        );
        let said = (known.is_gateway, known.defaults.instrument);
        assert_eq!(told, said, "{}", known.kind);
    }
    let of = |name: &str| transactions::instrument_of(&SourceName::new(name));
    assert_eq!(
        (of("payos"), of("portal")),
        (Instrument::Qr, Instrument::Portal)
    );
    assert!(transactions::is_gateway(&SourceName::new("portal")));
    // kinds that are no provider, and names of one's own
    for other in ["rest", "settlement", "statement", "push", "bank", "vnpay-2"] {
        let name = SourceName::new(other);
        assert!(!transactions::is_gateway(&name), "{other}");
        assert_eq!(of(other), Instrument::Transfer, "{other}");
    }
    let file = "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,payer\n\
                T1,123,x,50000,,,2022-12-05 09:00:00,success,payment,\n";
    let name = "transactions_payos.csv";
    let read = transactions::read(name, file.as_bytes(), day("2022-12-05")).unwrap();
    assert_eq!(read.rows.txns[0].instrument, Instrument::Qr);
}

fn inbox(provider: &str) -> Result<Config, String> {
    let text = format!(
        "[database]\nurl = \"sqlite://x.db\"\n[[source]]\nname = \"p\"\nkind = \"push\"\npath = \"p\"\n\
         provider = \"{provider}\"\n"
    );
    Config::parse(&text, std::path::Path::new("doisoat.toml")).map_err(|bad| bad.to_string())
}

#[test]
fn an_inbox_takes_the_webhooks_of_every_kind_that_pushes_and_of_no_other() {
    let pushing = kinds(|known| known.pushes.is_some());
    assert_eq!(
        pushing,
        BTreeSet::from(["casso", "momo", "payos", "sepay", "vnpay", "zalopay"])
    );
    let page = include_str!("../../docs/PUSH.md");
    for known in ALL {
        let fits = pushing.contains(known.kind);
        match inbox(known.kind) {
            Ok(_) => assert!(fits, "{}", known.kind),
            Err(said) => assert!(!fits && said.contains("write one of: "), "{said}"),
        }
        let row = format!("\n| `{}` | ", known.kind);
        assert_eq!(page.contains(&row), fits, "docs/PUSH.md: {}", known.kind);
        let gateway = doisoat::source::push::is_gateway(known.kind);
        assert_eq!(gateway, fits && known.is_gateway, "{}", known.kind);
    }
}

#[tokio::test]
async fn every_provider_has_its_twin_in_the_sandbox_that_pushes_where_it_does() {
    let town = crate::town::Town::new(crate::database::Kind::Sqlite).await;
    let simulated: BTreeSet<&str> = town.sandbox.providers().collect();
    let missing: Vec<&str> = kinds(|_| true).difference(&simulated).copied().collect();
    assert_eq!(missing, [""; 0]);
    let gateways: BTreeSet<&str> = Sandbox::gateways().collect();
    assert_eq!(gateways, kinds(|known| known.is_gateway));
    let pushed = town
        .sandbox
        .write_pushes(&town.dir().join("p"), None)
        .unwrap();
    let pushed: BTreeSet<&str> = pushed.iter().map(|one| one.provider).collect();
    assert_eq!(pushed, kinds(|known| known.pushes.is_some()));
}
