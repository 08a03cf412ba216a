//! Faults of rows, lists and signatures, as SePay and VNPAY show them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::vnpay::{querydr, verified};
use super::{client, sandbox};
use doisoat::sandbox::{Fault, Sandbox};

async fn sepay_text(sandbox: &Sandbox, query: &str) -> String {
    sandbox.set_rate_limit(false);
    let url = format!("{}/userapi/transactions/{query}", sandbox.base_url("sepay"));
    let key = "Bearer sandbox-sepay-token";
    let answer = client()
        .get(url)
        .header("Authorization", key)
        .send()
        .await
        .unwrap();
    answer.text().await.unwrap()
}

/// The rows of the first day by id; the last one wins where an id comes twice.
async fn sepay_rows(sandbox: &Sandbox) -> BTreeMap<i64, Value> {
    let day = "transaction_date_min=2022-12-05&transaction_date_max=2022-12-05";
    let text = sepay_text(sandbox, &format!("list?{day}")).await;
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let id = |row: &Value| {
        let text = row["id"]
            .as_str()
            .map_or_else(|| row["id"].to_string(), str::to_owned);
        text.parse().unwrap()
    };
    let rows = body["transactions"].as_array().unwrap();
    rows.iter().map(|row| (id(row), row.clone())).collect()
}

/// Rows whose `key` is not what it is without the fault.
async fn changed(fault: &str, key: &str) -> Vec<String> {
    let sandbox = sandbox(None).await;
    let before = sepay_rows(&sandbox).await;
    sandbox.set_fault(Fault::named(fault));
    let after = sepay_rows(&sandbox).await;
    let differing = after
        .iter()
        .filter(|(id, row)| row[key] != before[*id][key]);
    differing.map(|(_, row)| row[key].to_string()).collect()
}

#[tokio::test]
async fn amounts_break_in_every_way() {
    let all = |values: &[String], expected: &str| {
        !values.is_empty() && values.iter().all(|value| value == expected)
    };
    assert!(all(&changed("missing_field", "amount_in").await, "null"));
    assert!(all(
        &changed("float_amount", "amount_in").await,
        "\"150000.10\""
    ));
    assert!(all(
        &changed("string_amount", "amount_in").await,
        "\"150,000\""
    ));
    let huge = changed("huge_amount", "amount_in").await;
    assert_eq!(huge, ["\"99999999999999999999999\""]);
    let overflow = changed("overflow_amount", "amount_in").await;
    assert_eq!(overflow, ["\"1e400\"", "\"9223372036854775807\""]);
}

#[tokio::test]
async fn dates_texts_and_ids_break() {
    let dates = changed("bad_dates", "transaction_date").await;
    assert_eq!(dates.len(), 5);
    assert!(
        dates.contains(&"\"2022-02-30 10:00:00\"".to_owned()),
        "{dates:?}"
    );
    assert!(
        changed("future_rows", "transaction_date")
            .await
            .iter()
            .all(|at| at.starts_with("\"2023-01-14"))
    );
    let midnight = changed("midnight_rows", "transaction_date").await;
    let near = |at: &String| at.ends_with("00:00:01\"") || at.ends_with("23:59:59\"");
    assert!(
        midnight.len() > 5 && midnight.iter().all(near),
        "{midnight:?}"
    );
    assert!(
        changed("utc_times", "transaction_date")
            .await
            .iter()
            .all(|at| at.ends_with("Z\""))
    );
    assert!(changed("naughty_text", "transaction_content").await.len() > 10);
    let flipped = changed("type_flip", "id").await;
    assert!(flipped.len() > 30 && flipped.iter().all(|id| !id.starts_with('"')));
    assert!(!changed("extra_fields", "note").await.is_empty());
}

#[tokio::test]
async fn the_list_itself_lies() {
    let sandbox = sandbox(Some("null_records")).await;
    assert!(
        sepay_text(&sandbox, "list")
            .await
            .contains("\"transactions\":null")
    );
    sandbox.set_fault(Fault::named("duplicate_keys"));
    let text = sepay_text(&sandbox, "list").await;
    assert!(
        text.contains("\"amount_in\":\"100\",\"amount_in\":\""),
        "{}",
        &text[..400]
    );
    sandbox.set_fault(Fault::named("dup_conflict"));
    assert_eq!(
        sepay_text(&sandbox, "list")
            .await
            .matches("\"id\":\"49682\"")
            .count(),
        2
    );
    let quiet = super::sandbox(None).await;
    let whole = sepay_rows(&quiet).await;
    let since = *whole.keys().nth(3).unwrap();
    let query = format!("list?since_id={since}&limit=2");
    let has = |text: &str, id: i64| text.contains(&format!("\"id\":\"{id}\""));
    assert!(has(&sepay_text(&quiet, &query).await, since));
    quiet.set_fault(Fault::named("since_exclusive"));
    assert!(!has(&sepay_text(&quiet, &query).await, since));
    quiet.set_fault(Fault::named("since_newest"));
    assert!(!has(&sepay_text(&quiet, &query).await, since + 1));
}

#[tokio::test]
async fn rows_are_amended_and_days_mixed() {
    let sandbox = sandbox(None).await;
    let before = sepay_rows(&sandbox).await;
    sandbox.set_fault(Fault::named("amended_rows"));
    assert_eq!(sepay_rows(&sandbox).await, before);
    let amended = sepay_rows(&sandbox).await;
    assert_eq!(amended.len(), before.len() - 2);
    assert_eq!(
        amended
            .iter()
            .filter(|(id, row)| before[*id] != **row)
            .count(),
        3
    );
    sandbox.set_fault(Fault::named("wrong_day_rows"));
    let mixed = sepay_rows(&sandbox).await;
    let other_day = |row: &Value| {
        row["transaction_date"]
            .as_str()
            .unwrap()
            .starts_with("2022-12-06")
    };
    assert!(mixed.values().any(other_day) && mixed.len() > before.len());
}

#[tokio::test]
async fn signatures_are_wrong_short_missing_or_of_another_order() {
    let sandbox = sandbox(None).await;
    let paid = sandbox
        .district()
        .gateway_orders
        .iter()
        .find(|order| order.states.len() == 2)
        .unwrap()
        .clone();
    let created = paid.created_at.format("%Y%m%d%H%M%S").to_string();
    let amount = paid.states[1].amount;
    for (number, (fault, signed, order_kept)) in [
        ("wrong_signature", false, true),
        ("missing_signature", false, true),
        ("signature_short", false, true),
        ("signature_upper", false, true),
        ("replay", true, false),
        ("amount_scale", true, true),
        ("huge_amount", true, true),
        ("error_in_200", true, true),
    ]
    .into_iter()
    .enumerate()
    {
        sandbox.set_fault(Fault::named(fault));
        let request = format!("S{number}");
        let answer = querydr(&sandbox, (&request, &paid.order_id, &created), |_| {}).await;
        assert_eq!(verified(&sandbox, &answer), signed, "{fault}: {answer}");
        assert_eq!(
            answer["vnp_TxnRef"] == paid.order_id.as_str(),
            order_kept,
            "{fault}"
        );
        match fault {
            "amount_scale" => assert_eq!(answer["vnp_Amount"], amount.to_string()),
            "error_in_200" => assert_eq!(answer["vnp_ResponseCode"], "99"),
            "huge_amount" => {}
            _ => assert_eq!(answer["vnp_Amount"], (amount * 100).to_string()),
        }
    }
    let hash = |answer: &Value| {
        answer["vnp_SecureHash"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    sandbox.set_fault(Fault::named("signature_upper"));
    let upper = querydr(&sandbox, ("T1", &paid.order_id, &created), |_| {}).await;
    let mut lower = upper.clone();
    lower["vnp_SecureHash"] = Value::String(hash(&upper).to_ascii_lowercase());
    assert!(verified(&sandbox, &lower) && hash(&upper).len() == 128);
}

#[tokio::test]
async fn the_limit_of_three_a_second_can_be_asked_of_any_provider() {
    let sandbox = sandbox(Some("rate_limit")).await;
    let url = format!("{}/v2/transactions", sandbox.base_url("casso"));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let key = "Apikey sandbox-casso-key";
        let answer = client()
            .get(&url)
            .header("Authorization", key)
            .send()
            .await
            .unwrap();
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
}

#[tokio::test]
async fn chaos_fails_sometimes_and_not_always() {
    let sandbox = sandbox(Some("chaos")).await;
    let url = format!("{}/v2/transactions", sandbox.base_url("casso"));
    let mut good = 0;
    for _ in 0..40 {
        let key = "Apikey sandbox-casso-key";
        let answer = client().get(&url).header("Authorization", key).send().await;
        if let Ok(answer) = answer {
            good += u32::from(
                answer
                    .json::<Value>()
                    .await
                    .is_ok_and(|body| body["error"] == 0),
            );
        }
    }
    assert!((14..38).contains(&good), "{good} of 40");
}
