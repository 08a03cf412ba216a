//! Gateways whose webhook and whose answer tell of the same money in other words: it is one row.

use doisoat::config::Surroundings;
use doisoat::job::Desk;
use doisoat::sandbox::{District, Sandbox};
use doisoat::source::signature::{Algorithm, Layout, Recipe};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::database::Kind;
use crate::town::{FIRST, Town, codes, day, document, night, source};

const HMAC: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::SortedPairs,
};

pub(crate) async fn town(gateway: &str) -> Town {
    let district = District::generate_at(gateway, 1, day(FIRST).date(), 3).unwrap();
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    Town::around(Kind::Sqlite, sandbox).await
}

/// A desk whose configuration has an inbox of the gateway's webhooks.
pub(crate) async fn desk(town: &Town, keys: &str, edit: &dyn Fn(String) -> String) -> Desk {
    let gateway = town.sandbox.district().gateway;
    let with_push = |text: String| {
        edit(format!(
            "{text}\n[[source]]\nname = \"pushed\"\nkind = \"push\"\npath = \"pushed\"\n\
             provider = \"{gateway}\"\n{keys}"
        ))
    };
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&with_push)).unwrap();
    let mut desk = town.desk(&with_push).await;
    let known = town.sandbox.providers();
    let secrets = known.flat_map(|name| town.sandbox.credentials(name));
    let secrets = secrets.map(|c| (c.env.to_owned(), c.value.to_owned()));
    desk.around = Surroundings::fixed(secrets.collect(), None);
    desk
}

pub(crate) fn secret(town: &Town, key: &str) -> String {
    let known = town.sandbox.credentials(town.sandbox.district().gateway);
    let found = known.iter().find(|known| known.key == key).unwrap();
    found.value.to_owned()
}

/// Signs the members of an object as sorted pairs.
pub(crate) fn signed(key: &str, object: &Value, more: &[(&str, &str)]) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let members = object.as_object().unwrap().iter();
    let pairs: Vec<(&str, String)> = members.map(|(k, v)| (k.as_str(), text(v))).collect();
    let mut pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
    pairs.extend(more);
    HMAC.sign(&SecretString::from(key), &pairs)
}

pub(crate) fn write(town: &Town, name: &str, body: &Value) {
    let folder = town.dir().join("pushed");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), body.to_string()).unwrap();
}

/// What payOS pushes of the transfers of a day; of those whose orders are `split` two a link.
fn payos(town: &Town, date: &str, split: &[String]) -> usize {
    let district = town.sandbox.district();
    let mut count = 0;
    for order in &district.gateway_orders {
        let id = district.order_id_at_gateway(&order.order_id, order.created_at);
        let paid = order
            .states
            .iter()
            .find(|state| state.status == "00" && state.kind == "01");
        let Some((state, at)) = paid.and_then(|state| Some((state, state.paid_at?))) else {
            continue;
        };
        if at.date().to_string() != date {
            continue;
        }
        let second = state.amount / 3;
        let parts = if split.contains(&id) {
            vec![("", state.amount - second), ("B", second)]
        } else {
            vec![("", state.amount)]
        };
        for (mark, amount) in parts {
            let data = json!({
                "orderCode": id.parse::<i64>().unwrap(),
                "amount": amount,
                "description": order.info,
                "accountNumber": "0440009900001",
                "reference": format!("FT{}{}{mark}", at.format("%y%j"), state.number),
                "transactionDateTime": at.format("%Y-%m-%d %H:%M:%S").to_string(),
                "currency": "VND",
                "code": "00",
                "desc": "success",
            });
            let signature = signed(&secret(town, "checksum_key"), &data, &[]);
            let body = json!({"code": "00", "success": true, "data": data, "signature": signature});
            write(town, &format!("{id}{mark}.json"), &body);
            count += 1;
        }
    }
    count
}

const PAYOS: &str = "checksum_key = { env = \"DOISOAT_SANDBOX_PAYOS_CHECKSUM_KEY\" }\n";
pub(crate) const MOMO: &str = "access_key = { env = \"DOISOAT_SANDBOX_MOMO_ACCESS_KEY\" }\n\
                    secret_key = { env = \"DOISOAT_SANDBOX_MOMO_SECRET_KEY\" }\n";

/// Rows, dong and conflicts of the gateway in a night.
fn told(done: &doisoat::job::nightly::Night, gateway: &str) -> (u64, i64, bool) {
    let run = document(done);
    let own = source(&run, gateway);
    let has_conflict = run["exceptions"].to_string().contains("\"conflict\"");
    (
        own["rows"].as_u64().unwrap(),
        own["sum_vnd"].as_i64().unwrap(),
        has_conflict,
    )
}

/// The first paid orders of the day, by the gateway's own id.
fn paid(town: &Town, count: usize) -> Vec<String> {
    let district = town.sandbox.district();
    let orders = district.gateway_orders.iter();
    let paid = orders.filter(|order| {
        let state = &order.states[order.states.len() - 1];
        let day = state.paid_at.map(|at| at.date().to_string());
        state.status == "00" && state.kind == "01" && day.as_deref() == Some(FIRST)
    });
    let ids = paid.map(|order| district.order_id_at_gateway(&order.order_id, order.created_at));
    ids.take(count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_into_a_link_told_by_both_is_one_row_whoever_tells_it_first() {
    // as it is without webhooks
    let plain = town("payos").await;
    let split = paid(&plain, 3);
    assert_eq!(split.len(), 3);
    for id in &split {
        plain.sandbox.split_order(id);
    }
    plain.morning_after(day(FIRST));
    let expected = night(&plain.desk(&|text| text).await, FIRST).await;
    let expected = told(&expected, "payos");
    assert!(!expected.2 && expected.0 > 10, "{expected:?}");
    for pushed_first in [true, false] {
        let town = town("payos").await;
        for id in &split {
            town.sandbox.split_order(id);
        }
        town.morning_after(day(FIRST));
        let url = town.sandbox.base_url("payos");
        let down = |text: String| text.replace(&url, "http://127.0.0.1:1/payos");
        if pushed_first {
            let pushed = payos(&town, FIRST, &split);
            assert!(pushed > 10, "{pushed}");
            let first = night(&desk(&town, PAYOS, &down).await, FIRST).await;
            let rows = told(&first, "payos").0;
            assert_eq!(rows, u64::try_from(pushed).unwrap());
        } else {
            std::fs::create_dir_all(town.dir().join("pushed")).unwrap();
            night(&desk(&town, PAYOS, &|text| text).await, FIRST).await;
            payos(&town, FIRST, &split);
        }
        let both = desk(&town, PAYOS, &|text| text).await;
        let done = night(&both, FIRST).await;
        assert_eq!(codes(&done), [0], "{}", document(&done)["sources"]);
        assert_eq!(
            told(&done, "payos"),
            expected,
            "pushed first: {pushed_first}"
        );
        assert!(!night(&both, FIRST).await.published, "nothing new");
        both.close().await;
        let output = crate::night_cli::run(&town, &["replay", FIRST, "--lang", "en"]).await;
        let text = crate::cli::stdout(&output);
        assert_eq!(crate::night_cli::code(&output), 0, "{text}");
    }
}

/// The time of MoMo's message is not that of the payment, and never contradicts one.
#[tokio::test(flavor = "multi_thread")]
async fn an_ipn_of_momo_and_the_answer_about_its_order_are_one_payment() {
    let (plain, town) = (town("momo").await, town("momo").await);
    plain.morning_after(day(FIRST));
    town.morning_after(day(FIRST));
    let expected = night(&plain.desk(&|text| text).await, FIRST).await;
    let district = town.sandbox.district();
    let mut count = 0;
    for order in &district.gateway_orders {
        let Some(state) = order.states.iter().find(|state| state.status == "00") else {
            continue;
        };
        let Some(at) = state.paid_at.filter(|at| at.date().to_string() == FIRST) else {
            continue;
        };
        // sent again a minute later
        for minutes in [0, 1] {
            let sent = (at + chrono::TimeDelta::minutes(minutes)).and_utc();
            let mut body = json!({
                "partnerCode": "MOMOSANDBOX1", "orderId": order.order_id, "requestId": "r",
                "amount": state.amount, "orderInfo": "", "orderType": "momo_wallet",
                "transId": state.number.parse::<i64>().unwrap(), "resultCode": 0,
                "message": "ok", "payType": "qr",
                "responseTime": sent.timestamp_millis() - 7 * 3_600_000, "extraData": "",
            });
            let key = secret(&town, "access_key");
            let signature = signed(&secret(&town, "secret_key"), &body, &[("accessKey", &key)]);
            body["signature"] = signature.into();
            write(&town, &format!("{}-{minutes}.json", order.order_id), &body);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
    let desk = desk(&town, MOMO, &|text| text).await;
    let done = night(&desk, FIRST).await;
    assert_eq!(
        codes(&done),
        codes(&expected),
        "{}",
        document(&done)["sources"]
    );
    assert_eq!(told(&done, "momo"), told(&expected, "momo"));
}
