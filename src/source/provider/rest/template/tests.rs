//! What templates put in, and what they refuse.

use secrecy::SecretString;

use super::*;
use crate::domain::{Day, DossierCode, Moment, OrderStatus, PaymentOrder, Vnd};
use crate::source::json::Json;
use crate::source::provider::span::Span;

fn values() -> BTreeMap<String, String> {
    BTreeMap::from([("tmn_code".to_owned(), "TESTTMN1".to_owned())])
}

fn parse(raw: &str, pointers: bool) -> Result<Template, BadTemplate> {
    let values = values();
    let names = if pointers { LIST } else { PROBE };
    Template::parse(
        raw,
        Scope {
            names,
            values: &values,
            secrets: &["key"],
            pointers,
        },
    )
}

fn filled(raw: &str, pointers: bool, mark: Option<&str>) -> Option<String> {
    let order = PaymentOrder {
        provider: "x".into(),
        order_id: "HS/1 a".into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse("2022-12-05 08:00:00").unwrap(),
        status: OrderStatus::Pending,
    };
    let json = Json::parse(br#"{"a":{"b":"x"},"n":12,"e":""}"#).unwrap();
    let secrets = BTreeMap::from([("key".into(), SecretString::from("S"))]);
    let id = "0123456789abcdef".repeat(4);
    let facts = Facts {
        order: (!pointers).then_some(&order),
        now_ms: 1_670_259_600_000,
        span: Some(Span::day(Day::parse("2022-12-05").unwrap())),
        page: 3,
        offset: 200,
        size: 100,
        mark,
        request_id: &id,
        secrets: &secrets,
        json: Some(&json),
    };
    parse(raw, pointers).unwrap().fill(&facts)
}

#[test]
fn names_become_their_values() {
    let probe = |raw: &str, text: &str| {
        assert_eq!(filled(raw, false, None).as_deref(), Some(text), "{raw}");
    };
    probe("Truy van {order_id} {{x}}", "Truy van HS/1 a {x}");
    probe("{created_at}", "20221205080000");
    probe("{created_at:text}", "2022-12-05 08:00:00");
    probe("{created_at:utc}", "2022-12-05T01:00:00.000Z");
    probe(
        "{now}|{now:ms}|{now:s}",
        "20221206000000|1670259600000|1670259600",
    );
    probe("{order_amount}/{order_amount:hundredths}", "45000/4500000");
    probe("{tmn_code}-{secret.key}", "TESTTMN1-S");
    probe("{request_id:8}", "01234567");
    probe("{request_id:digits:16}", "0123456789012345");
    let list = |raw: &str, text: Option<&str>| {
        assert_eq!(filled(raw, true, None).as_deref(), text, "{raw}");
    };
    list("{from} {to:time}", Some("2022-12-05 2022-12-05 23:59:59"));
    list("{from:dmy}", Some("05/12/2022"));
    list("{to:utc}", Some("2022-12-05T16:59:59.999Z"));
    list(
        "{until} {until:time}",
        Some("2022-12-06 2022-12-06 00:00:00"),
    );
    list("{until:ms}", Some("1670259600000"));
    list("{page}/{offset}/{size}", Some("3/200/100"));
    list("/a/b", Some("x"));
    list("{/a/b}#{/n}#{/none}", Some("x#12#"));
    list("/e", None);
    list("after {cursor}", None);
    assert_eq!(
        filled("after {cursor}", true, Some("c")).as_deref(),
        Some("after c")
    );
}

#[test]
fn what_has_no_meaning_is_refused_with_what_to_do() {
    let fails = |raw: &str, pointers: bool, what: &str, fix: &str| {
        let bad = parse(raw, pointers).unwrap_err();
        assert_eq!((bad.what.as_str(), bad.fix.as_str()), (what, fix), "{raw}");
    };
    let named = "nothing is named \"order_idd\" here";
    fails("{order_idd}", false, named, "did you mean \"order_id\"?");
    fails(
        "{a",
        false,
        "a brace stands alone",
        "write {name}, or {{ and }} for braces",
    );
    fails(
        "a}",
        false,
        "a brace stands alone",
        "write {name}, or {{ and }} for braces",
    );
    let no_secret = "there is no secret \"kay\" that may stand here";
    fails("{secret.kay}", false, no_secret, "did you mean \"key\"?");
    let no_form = "\"isoo\" is no form of this value";
    fails("{now:isoo}", false, no_form, "did you mean \"iso\"?");
    fails(
        "{request_id:99}",
        false,
        "\"99\" is no form of this value",
        "write the number of characters, 8 to 64: {request_id:20}, or {request_id:digits:20} for decimal \
         digits",
    );
    fails(
        "{/a//b}",
        true,
        "a JSON pointer cannot be read",
        "write /name, or /outer/inner (RFC 6901)",
    );
    assert!(
        parse("{/a}", false)
            .unwrap_err()
            .what
            .contains("nothing is named")
    );
}

#[test]
fn a_value_cannot_lead_a_path_elsewhere() {
    let template = parse("/orders/{order_id}", false).unwrap();
    let secrets = BTreeMap::new();
    let mut order = PaymentOrder {
        provider: "x".into(),
        order_id: "a/../../b?c".into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(1),
        created_at: Moment::of_ms(0),
        status: OrderStatus::Pending,
    };
    let path = |order: &PaymentOrder| {
        template.fill_path(&Facts {
            order: Some(order),
            now_ms: 0,
            span: None,
            page: 0,
            offset: 0,
            size: 0,
            mark: None,
            request_id: "",
            secrets: &secrets,
            json: None,
        })
    };
    assert_eq!(path(&order).as_deref(), Some("/orders/a%2F..%2F..%2Fb%3Fc"));
    for bad in ["..", "."] {
        order.order_id = bad.into();
        assert_eq!(path(&order), None, "{bad}");
    }
}
