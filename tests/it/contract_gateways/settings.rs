//! Keys, secrets, certificates: what is refused before anything is sent, and by whom.

use std::collections::BTreeMap;

use doisoat::domain::{Completeness, Lang};
use doisoat::source::error::SourceError;
use doisoat::source::{Pace, Pull};

use super::{KINDS, gateway_id, opened, orders, pace, pull, sandbox, secrets, settings};
use crate::fake::Kept;
use crate::tls::tls_server;

#[test]
fn each_kind_says_which_key_is_missing_and_what_to_write() {
    for (kind, written, missing, fix) in [
        (
            "vnptpay",
            "",
            "merchant_service_id",
            "MERCHANT_SERVICE_ID that VNPT gave you",
        ),
        (
            "vnptpay",
            "merchant_service_id = \"636\"",
            "api_key",
            "name where the key is kept",
        ),
        (
            "dvcqg",
            "",
            "partner_code",
            "the MaDoiTac that the platform gave the province",
        ),
        (
            "dvcqg",
            "partner_code = \"D\"",
            "secret_key",
            "name where the key is kept",
        ),
        (
            "keypay",
            "",
            "client_id",
            "the client_id that KeyPay gave you",
        ),
        (
            "keypay",
            "client_id = \"K\"",
            "hash_key_1",
            "name where the key is kept",
        ),
        (
            "viettelpay",
            "",
            "merchant_code",
            "the merchant code that Viettel gave you",
        ),
        (
            "viettelpay",
            "merchant_code = \"M\"",
            "access_code",
            "name where it is kept",
        ),
    ] {
        let text = format!(
            "[[source]]\nname = \"s\"\nkind = \"{kind}\"\nbase_url = \"https://x.example\"\n{written}\n"
        );
        let said = settings(&text).unwrap_err().to_string();
        assert!(
            said.contains(&format!("source.{missing} is missing")),
            "{said}"
        );
        assert!(said.contains(fix), "{said}");
        let nowhere = text.replace("base_url = \"https://x.example\"\n", "");
        let said = settings(&nowhere).unwrap_err().to_string();
        assert!(
            said.contains("source.base_url is missing"),
            "no host is built in: {said}"
        );
    }
}

#[tokio::test]
async fn a_wrong_secret_refuses_the_pull_and_stands_in_no_message() {
    for kind in KINDS {
        let sandbox = sandbox(kind, None).await;
        let right = secrets(&sandbox, kind);
        for wrong in right.keys() {
            let mut used = right.clone();
            used.insert(wrong.clone(), "CANARY-WRONG".to_owned());
            let settings = settings(&sandbox.toml_source(kind)).unwrap();
            let probe = opened(&settings, used.clone(), pace()).unwrap();
            let orders = orders(&sandbox, |order| gateway_id(&sandbox, order));
            let kept = Kept::default();
            let pull = probe.ask(&orders, &kept).await.unwrap();
            assert_eq!(pull.state, Completeness::Refused, "{kind} {wrong}");
            assert!(pull.records.is_empty() && pull.implied.is_empty());
            let asked = kept.all.lock().unwrap().len();
            assert!(asked <= 1, "{kind} {wrong}: asked {asked} times more");
            let trouble = pull.trouble.unwrap();
            let said = format!(
                "{} {} {probe:?}",
                trouble.say(Lang::Vi),
                trouble.say(Lang::En)
            );
            for secret in used.values() {
                assert!(!said.contains(secret.as_str()), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn answers_without_a_signature_are_read_only_where_it_says_so() {
    for kind in KINDS {
        let fault = doisoat::sandbox::Fault::named("missing_signature");
        let sandbox = sandbox(kind, fault).await;
        let refused = pull(&sandbox, "20s", |text| text).await;
        assert_eq!(refused.state, Completeness::Refused, "{kind}");
        let trusting = |text: String| {
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("reply_signature"));
            let rest: Vec<&str> = lines.collect();
            format!("{}\nreply_signature = \"none\"\n", rest.join("\n"))
        };
        let read = pull(&sandbox, "20s", trusting).await;
        assert_eq!(
            read.state,
            Completeness::Complete,
            "{kind} {:?}",
            read.trouble
        );
        assert_eq!(
            super::faults::found(&read),
            super::faults::truth(&sandbox),
            "{kind}"
        );
        // Unsigned or not, an answer about another order is none.
        sandbox.set_fault(doisoat::sandbox::Fault::named("replay"));
        let other = pull(&sandbox, "20s", trusting).await;
        assert_eq!(other.state, Completeness::Refused, "{kind}");
    }
}

#[tokio::test]
async fn orders_whose_ids_are_cut_are_not_asked_about() {
    for kind in ["keypay", "viettelpay"] {
        let sandbox = sandbox(kind, None).await;
        let settings = settings(&sandbox.toml_source(kind)).unwrap();
        let probe = opened(&settings, secrets(&sandbox, kind), pace()).unwrap();
        // The district's own ids have 23 characters; cut to 20 many of them are the same.
        let long = orders(&sandbox, |order| order.order_id.clone());
        let pull: Pull = probe.ask(&long, &Kept::default()).await.unwrap();
        assert_eq!(
            (pull.state, pull.answered),
            (Completeness::Missing, 0),
            "{kind}"
        );
        assert_eq!(pull.unanswered.len(), long.len());
        assert_eq!(
            sandbox.counters().requests.get(kind),
            None,
            "nothing was sent"
        );
        let Some(trouble @ SourceError::NotAskable { orders: count, .. }) = pull.trouble else {
            panic!("{:?}", pull.trouble)
        };
        assert_eq!(count, u64::try_from(long.len()).unwrap());
        let said = trouble.say(Lang::Vi);
        assert!(said.contains("không hỏi được 24 lệnh thanh toán"), "{said}");
        assert!(said.contains("không quá 20 ký tự"), "{said}");
    }
}

#[tokio::test]
async fn only_an_authority_that_is_named_is_believed() {
    for kind in KINDS {
        let (port, seen) = tls_server("{\"nothing\":1}");
        let sandbox = sandbox(kind, None).await;
        let at = sandbox.base_url(kind);
        let table = sandbox.toml_source(kind);
        let table = table.replace(&at, &format!("https://localhost:{port}"));
        let ask = |more: &str| {
            let text = format!("{table}retries = 1\n{more}\n");
            let settings = settings(&text).unwrap();
            let probe = opened(&settings, secrets(&sandbox, kind), Pace::default()).unwrap();
            let orders = orders(&sandbox, |order| gateway_id(&sandbox, order));
            async move { probe.ask(&orders[..1], &Kept::default()).await.unwrap() }
        };
        let trouble = ask("").await.trouble.unwrap();
        assert!(
            matches!(trouble, SourceError::Tls { .. }),
            "{kind}: {trouble}"
        );
        assert!(seen.lock().unwrap().is_empty(), "{kind}: nothing was sent");
        let ca = concat!(
            "ca_file = \"",
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/tls/ca.pem\""
        );
        let trouble = ask(ca).await.trouble.unwrap();
        assert!(
            !matches!(trouble, SourceError::Tls { .. }),
            "{kind}: {trouble}"
        );
        assert!(seen.lock().unwrap()[0].starts_with("POST /"), "{kind}");
    }
}

#[test]
fn a_missing_secret_is_told_before_anything_is_sent() {
    let lines = [
        (
            "vnptpay",
            "merchant_service_id = \"636\"\napi_key = { env = \"A\" }\nsecret_key = { env = \"B\" }",
        ),
        (
            "dvcqg",
            "partner_code = \"D\"\nsecret_key = { env = \"B\" }",
        ),
        (
            "keypay",
            "client_id = \"K\"\nhash_key_1 = { env = \"B\" }\nreply_signature = \"none\"",
        ),
        (
            "viettelpay",
            "merchant_code = \"M\"\naccess_code = { env = \"A\" }\nhash_key = { env = \"B\" }",
        ),
    ];
    for (kind, keys) in lines {
        let text = format!(
            "[[source]]\nname = \"s\"\nkind = \"{kind}\"\nbase_url = \"https://x.example\"\n{keys}\n"
        );
        let known = BTreeMap::from([("A".to_owned(), "value".to_owned())]);
        let error = opened(&settings(&text).unwrap(), known, Pace::default()).unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains('B') && !said.contains("value"),
            "{kind}: {said}"
        );
    }
}
