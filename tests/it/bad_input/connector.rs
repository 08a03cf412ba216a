//! Connectors by configuration let no credential out either, not even one that a source wants in
//! its address.

use doisoat::sandbox::Fault;

use super::canary::{ALL, WRONG, is_seen, no_canary, say};
use super::*;
use crate::rest::by_tables;

/// Casso and VNPAY by their tables; Casso's key also stands in the address.
fn tables(town: &Town, toml: &str) -> String {
    let toml = by_tables(toml, &town.sandbox)
        .replace(
            "path = \"/v2/transactions\"\n",
            "path = \"/v2/transactions\"\nsecret_in_url = true\n",
        )
        .replace(
            "sort = \"ASC\"\n",
            "sort = \"ASC\"\nkey = \"{secret.token}\"\n",
        );
    assert_eq!(toml.matches("kind = \"rest\"").count(), 2);
    assert!(toml.contains("{secret.token}"));
    toml.replace("rate_limit =", "retries = 1\nrate_limit =")
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_connectors_stay_inside_whatever_the_sources_answer() {
    let town = morning().await;
    configure(&town, &|toml| tables(&town, &toml));
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name)[0].value);
    let mut said = say(&town, ALL, false).await;
    assert_eq!(
        code(&said[0]),
        0,
        "{}",
        String::from_utf8_lossy(&said[0].stderr)
    );
    for fault in [
        "http_401",
        "wrong_signature",
        "redirect_other",
        "http_400",
        "error_in_200",
    ] {
        town.sandbox.set_fault(Some(Fault::named(fault).unwrap()));
        let ended = say(&town, &ALL[..1], false).await;
        assert!(is_seen(&ended[0]), "{fault} is seen");
        said.extend(ended);
        let counters = town.sandbox.counters();
        let leaks = (counters.redirect_followed, counters.leaked_credentials);
        assert_eq!(leaks, (0, 0), "{fault}");
    }
    no_canary(&town, &said, &known);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_secrets_of_connectors_stay_inside_too() {
    let town = morning().await;
    configure(&town, &|toml| tables(&town, &toml));
    let said = say(&town, ALL, true).await;
    assert_eq!(code(&said[0]), 12, "the canaries are refused");
    no_canary(&town, &said, &WRONG.map(|(_, secret)| secret));
}
