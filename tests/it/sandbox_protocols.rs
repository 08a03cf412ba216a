//! The simulators speak the documented protocols.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{client, sandbox};
use doisoat::sandbox::{Sandbox, SandboxOptions};

async fn get(sandbox: &Sandbox, provider: &str, path: &str, token: &str) -> (u16, Value) {
    let url = format!("{}{path}", sandbox.base_url(provider));
    let answer = client()
        .get(url)
        .header("Authorization", token)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

const SEPAY: &str = "Bearer sandbox-sepay-token";
const CASSO: &str = "Apikey sandbox-casso-key";

async fn sepay(sandbox: &Sandbox, path: &str) -> Value {
    sandbox.set_rate_limit(false);
    let (status, body) = get(sandbox, "sepay", path, SEPAY).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn ids(body: &Value) -> Vec<i64> {
    let rows = body["transactions"].as_array().unwrap();
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn sepay_lists_a_day_as_text_and_counts_it() {
    let sandbox = sandbox(None).await;
    let day = "transaction_date_min=2022-12-05&transaction_date_max=2022-12-05%2023:59:59";
    let list = sepay(&sandbox, &format!("/userapi/transactions/list?{day}")).await;
    let rows = list["transactions"].as_array().unwrap();
    assert!(rows.len() > 30, "{}", rows.len());
    for row in rows {
        assert!(
            row["transaction_date"]
                .as_str()
                .unwrap()
                .starts_with("2022-12-05 "),
            "{row}"
        );
        for money in ["amount_in", "amount_out", "accumulated"] {
            assert!(row[money].as_str().unwrap().ends_with(".00"), "{row}");
        }
    }
    let count = sepay(&sandbox, &format!("/userapi/transactions/count?{day}")).await;
    assert_eq!(count["count_transactions"], rows.len());
    let one = sepay(
        &sandbox,
        &format!("/userapi/transactions/details/{}", ids(&list)[0]),
    )
    .await;
    assert_eq!(one["transaction"], rows[0]);
}

#[tokio::test]
async fn sepay_since_id_is_inclusive_and_the_limit_keeps_the_nearest() {
    let sandbox = sandbox(None).await;
    let all = ids(&sepay(&sandbox, "/userapi/transactions/list").await);
    let since = all[all.len() - 10];
    let page = sepay(
        &sandbox,
        &format!("/userapi/transactions/list?since_id={since}&limit=4"),
    )
    .await;
    assert_eq!(ids(&page), [since + 3, since + 2, since + 1, since]);
    let newest = ids(&sepay(&sandbox, "/userapi/transactions/list?limit=4").await);
    assert_eq!(newest, all[..4]);
}

#[tokio::test]
async fn sepay_never_answers_more_than_five_thousand_rows() {
    let first_day = super::day(super::FIRST_DAY);
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day,
        days: 150,
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let held = sandbox.district().sepay.len();
    assert!(held > 5_000, "{held}");
    let page = ids(&sepay(&sandbox, "/userapi/transactions/list?limit=9999").await);
    assert_eq!(page.len(), 5_000);
    let count = sepay(&sandbox, "/userapi/transactions/count").await["count_transactions"].clone();
    assert!(count.as_u64().unwrap() > 5_000);
}

#[tokio::test]
async fn sepay_limits_requests_and_says_so_in_its_own_header() {
    let sandbox = sandbox(None).await;
    let url = format!("{}/userapi/transactions/count", sandbox.base_url("sepay"));
    let client = client();
    let mut refused = None;
    for _ in 0..4 {
        let answer = client
            .get(&url)
            .header("Authorization", SEPAY)
            .send()
            .await
            .unwrap();
        refused = (answer.status() == 429).then_some(answer).or(refused);
    }
    let refused = refused.expect("one of four requests within a second is too many");
    assert_eq!(refused.headers()["x-sepay-userapi-retry-after"], "1");
    assert!(refused.headers().get("retry-after").is_none());
    client
        .get(&url)
        .header("Authorization", SEPAY)
        .send()
        .await
        .unwrap();
    assert_eq!(sandbox.counters().early_retries, 1);
}

#[tokio::test]
async fn wrong_tokens_are_refused() {
    let sandbox = sandbox(None).await;
    for (provider, path) in [
        ("sepay", "/userapi/transactions/list"),
        ("casso", "/v2/transactions"),
    ] {
        for token in [
            "",
            "Bearer wrong",
            "Apikey sandbox-sepay-token",
            "Bearer sandbox-casso-key",
        ] {
            assert_eq!(
                get(&sandbox, provider, path, token).await.0,
                401,
                "{provider} {token}"
            );
        }
    }
}

#[tokio::test]
async fn casso_pages_tie_with_its_totals() {
    let sandbox = sandbox(None).await;
    let mut seen = BTreeSet::new();
    let (mut page, mut last_when) = (1, String::new());
    let total = loop {
        let path = format!(
            "/v2/transactions?fromDate=2022-12-05&toDate=2022-12-07&pageSize=20&sort=ASC&page={page}"
        );
        let (status, body) = get(&sandbox, "casso", &path, CASSO).await;
        assert_eq!((status, &body["error"]), (200, &json!(0)));
        let data = &body["data"];
        for row in data["records"].as_array().unwrap() {
            assert!(seen.insert(row["id"].as_i64().unwrap()), "{row}");
            let when = row["when"].as_str().unwrap()[..10].to_owned();
            assert!(when >= last_when && when.starts_with("2022-12-0"), "{when}");
            last_when = when;
            assert!(row["amount"].is_i64());
        }
        match data["nextPage"].as_u64() {
            Some(next) => page = next,
            None => break data["totalRecords"].as_u64().unwrap(),
        }
    };
    assert!(page > 1);
    assert_eq!(u64::try_from(seen.len()).unwrap(), total);
}

#[tokio::test]
async fn casso_refuses_what_it_cannot_read_and_caps_the_page() {
    let sandbox = sandbox(None).await;
    for query in ["fromDate=05/12/2022", "page=0", "pageSize=x"] {
        let path = format!("/v2/transactions?{query}");
        assert_eq!(get(&sandbox, "casso", &path, CASSO).await.0, 400, "{query}");
    }
    let (_, body) = get(&sandbox, "casso", "/v2/transactions?pageSize=5000", CASSO).await;
    assert_eq!(body["data"]["pageSize"], 100);
}

#[tokio::test]
async fn rows_show_only_after_they_have_arrived() {
    let sandbox = sandbox(None).await;
    let late = sandbox
        .district()
        .sepay
        .iter()
        .chain(&sandbox.district().casso);
    let late = late
        .filter(|row| row.arrives.date() > row.at.date())
        .count();
    let list = "/userapi/transactions/list?transaction_date_max=2022-12-05";
    sandbox.set_now("2022-12-05T12:00:00+07:00".parse().unwrap());
    let noon = ids(&sepay(&sandbox, list).await);
    sandbox.set_now("2022-12-06T01:30:00+07:00".parse().unwrap());
    let night = ids(&sepay(&sandbox, list).await);
    assert!(!noon.is_empty() && noon.len() < night.len());
    assert!(noon.iter().all(|id| night.contains(id)));
    sandbox.set_now("2022-12-09T01:30:00+07:00".parse().unwrap());
    let days_later = ids(&sepay(&sandbox, list).await);
    assert!(days_later.len() >= night.len(), "{late} rows are late");
}

#[tokio::test]
async fn the_control_addresses_tell_the_truth_of_a_day_and_set_the_clock() {
    let sandbox = sandbox(None).await;
    let origin = format!("http://{}", sandbox.address());
    let client = client();
    let now = format!("{origin}/__now/2022-12-06T01:30:00+07:00");
    assert_eq!(client.post(now).send().await.unwrap().status(), 200);
    let expected = |source: &str| {
        let url = format!("{origin}/__expected?source={source}&day=2022-12-05");
        let client = client.clone();
        async move {
            client
                .get(url)
                .send()
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap()
        }
    };
    let sepay_day = "/userapi/transactions/list?transaction_date_min=2022-12-05";
    let listed = ids(&sepay(&sandbox, sepay_day).await);
    let truth = expected("sepay").await;
    let of_day = listed.len() - sepay_rows_after(&sandbox, "2022-12-06").await;
    assert_eq!(truth["count"], of_day);
    assert!(expected("vnpay").await["count"].as_u64().unwrap() > 10);
    assert!(expected("casso").await["sum_vnd"].as_i64().unwrap() > 0);
    let counters: Value = client
        .get(format!("{origin}/__counters"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(counters["requests"]["sepay"], 2);
    let unknown = format!("{origin}/__fault/no_such_fault");
    assert_eq!(client.post(unknown).send().await.unwrap().status(), 404);
}

async fn sepay_rows_after(sandbox: &Sandbox, day: &str) -> usize {
    let path = format!("/userapi/transactions/list?transaction_date_min={day}");
    ids(&sepay(sandbox, &path).await).len()
}
