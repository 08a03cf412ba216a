//! Every published vector by a recipe of the configuration, and what is refused.

use secrecy::SecretString;
use serde_json::Value;

use super::*;
use crate::source::provider::rest::pointer::Pointer;
use crate::source::signature::{Hash, Place};

mod made;

const VECTORS: &str = include_str!("../../../../../fixtures/provider-vectors.json");

fn secrets(secret: &str) -> Secrets {
    BTreeMap::from([("key".into(), SecretString::from(secret))])
}

fn signing(hash: Hash, place: Place, layout: Layout, join: &str) -> Signing {
    Signing {
        hash,
        place,
        secret: "key".into(),
        layout,
        join: join.into(),
        skip_empty: false,
        as_form: false,
        at: SealAt::Pointer(Pointer::parse("/sig").unwrap()),
        prefix: "".into(),
        unsent: Vec::new(),
        stamp: None,
    }
}

fn vector(id: &str) -> (String, String, String) {
    let all: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let one = all.iter().find(|one| one["id"] == id).unwrap().clone();
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("key"), text("text"), text("sig"))
}

/// Fields named `f0`, `f1`, … with these values.
fn fields(count: usize) -> Vec<Signed> {
    let one = |n: usize| Signed {
        name: format!("f{n}").into(),
        pointer: None,
    };
    (0..count).map(one).collect()
}

#[test]
fn requests_in_a_fixed_order_meet_their_vectors() {
    let check = |id: &str, hash, place| {
        let (key, text, expected) = vector(id);
        let mut values: Vec<&str> = text.split('|').collect();
        let key = match place {
            Place::Appended => values.pop().unwrap().to_owned(),
            _ => key,
        };
        let recipe = signing(hash, place, Layout::Values(fields(values.len())), "|");
        let value = |name: &str| {
            let at: usize = name.strip_prefix('f').unwrap().parse().unwrap();
            Some(values[at])
        };
        assert_eq!(sign(&recipe, &secrets(&key), value), expected, "{id}");
    };
    check("vnpay.querydr.request", Hash::HmacSha512, Place::Key);
    check("vnptpay.query", Hash::Sha256, Place::Appended);
    check("dvcqg.query", Hash::Sha256, Place::Appended);
    check("zalopay.query", Hash::HmacSha256, Place::Key);
    check("keypay_dvcqg.detail", Hash::HmacSha256, Place::Key);
}

#[test]
fn pairs_meet_their_vector_in_the_order_of_their_names() {
    let (key, text, expected) = vector("momo.query");
    let mut pairs: Vec<(&str, &str)> = text
        .split('&')
        .map(|part| part.split_once('=').unwrap())
        .collect();
    let signed = |(name, _): &(&str, &str)| Signed {
        name: (*name).into(),
        pointer: None,
    };
    let names: Vec<Signed> = pairs.iter().map(signed).collect();
    pairs.reverse();
    let recipe = signing(Hash::HmacSha256, Place::Key, Layout::Pairs(names), "&");
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, v)| *v)
    };
    assert_eq!(sign(&recipe, &secrets(&key), value), expected);
}

#[test]
fn values_without_separator_meet_their_vectors() {
    let check = |id: &str, hash, place, values: &[&str]| {
        let (key, _, expected) = vector(id);
        let key = if place == Place::Prepended {
            "MKEY"
        } else {
            &key
        };
        let recipe = signing(hash, place, Layout::Values(fields(values.len())), "");
        let value = |name: &str| {
            let at: usize = name.strip_prefix('f').unwrap().parse().unwrap();
            Some(values[at])
        };
        assert_eq!(sign(&recipe, &secrets(key), value), expected, "{id}");
    };
    let search = ["AC", "TRANS_INQUIRY", "MCTEST", "1001___HS0001", "2.0"];
    check("viettelpay.search", Hash::HmacSha1, Place::Key, &search);
    let (_, text, _) = vector("keypay_v1.pay");
    let rest = text.strip_prefix("MKEY").unwrap();
    check("keypay_v1.pay", Hash::Md5, Place::Prepended, &[rest]);
}

/// Verifies a body with these headers.
fn verified(
    recipe: &Signing,
    key: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Result<(), SignatureFault> {
    let json = Json::parse(body.as_bytes()).unwrap();
    Answer::with_headers(body.as_bytes(), headers, |answer| {
        let secrets = secrets(key);
        let facts = Facts {
            order: None,
            now_ms: 0,
            span: None,
            page: 0,
            offset: 0,
            size: 0,
            mark: None,
            request_id: "",
            secrets: &secrets,
            json: None,
        };
        verify(recipe, &facts, answer, &json)
    })
}

#[test]
fn answers_of_an_object_are_verified_as_payos_signs_them() {
    let (key, text, sig) = vector("payos.get_response");
    let data: Vec<String> = text
        .split('&')
        .map(|part| part.split_once('=').unwrap())
        .map(|(name, value)| match name {
            "transactions" => format!("\"{name}\":{value}"),
            _ if value.is_empty() => format!("\"{name}\":null"),
            _ => format!("\"{name}\":\"{value}\""),
        })
        .rev()
        .collect();
    let body = |sig: &str| format!("{{\"data\":{{{}}},\"sig\":\"{sig}\"}}", data.join(","));
    let object = Pointer::parse("/data").unwrap();
    let recipe = signing(Hash::HmacSha256, Place::Key, Layout::Members(object), "&");
    assert_eq!(verified(&recipe, &key, &body(&sig), &[]), Ok(()));
    assert_eq!(
        verified(&recipe, &key, &body(&sig.to_uppercase()), &[]),
        Ok(())
    );
    assert_eq!(
        verified(&recipe, &key, &body(&sig[..32]), &[]),
        Err(SignatureFault::Wrong)
    );
    assert_eq!(
        verified(&recipe, "other", &body(&sig), &[]),
        Err(SignatureFault::Wrong)
    );
    assert_eq!(
        verified(&recipe, &key, &body(""), &[]),
        Err(SignatureFault::Missing)
    );
}

#[test]
fn bodies_are_verified_with_their_time_stamp() {
    let (key, text, sig) = vector("casso.webhook_v2.diacritics");
    let (stamp, body) = text.split_once('.').unwrap();
    let header = |part: &str, name: &str| SealAt::Header {
        name: name.into(),
        part: (!part.is_empty()).then(|| part.into()),
    };
    let recipe = Signing {
        at: header("v1", "X-Casso-Signature"),
        stamp: Some(Stamp::Part("t".into())),
        ..signing(
            Hash::HmacSha512,
            Place::Key,
            Layout::Json(Pointer::whole()),
            "",
        )
    };
    let value = format!("t={stamp},v1={sig}");
    let found = verified(&recipe, &key, body, &[("x-casso-signature", &value)]);
    assert_eq!(found, Ok(()));
    let old = format!("t=1,v1={sig}");
    let found = verified(&recipe, &key, body, &[("x-casso-signature", &old)]);
    assert_eq!(found, Err(SignatureFault::Wrong));
    assert_eq!(
        verified(&recipe, &key, body, &[]),
        Err(SignatureFault::Missing)
    );

    let (key, text, sig) = vector("sepay.webhook");
    let (stamp, body) = text.split_once('.').unwrap();
    let recipe = Signing {
        at: header("", "X-SePay-Signature"),
        prefix: "sha256=".into(),
        stamp: Some(Stamp::Header("X-SePay-Timestamp".into())),
        ..signing(Hash::HmacSha256, Place::Key, Layout::Body, "")
    };
    let value = format!("sha256={sig}");
    let headers = [("x-sepay-signature", &*value), ("x-sepay-timestamp", stamp)];
    assert_eq!(verified(&recipe, &key, body, &headers), Ok(()));
    let without = [("x-sepay-signature", &*sig), ("x-sepay-timestamp", stamp)];
    assert_eq!(
        verified(&recipe, &key, body, &without),
        Err(SignatureFault::Wrong)
    );
}
