//! SePay v1 as documented at developer.sepay.vn: `/userapi/transactions/list`, `/count` and
//! `/details/{id}`.
//!
//! Every value is text, `since_id` is inclusive, at most 5,000 rows are answered, and a 429 carries
//! its hint in `x-sepay-userapi-retry-after`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value, json};

use super::district::{BankRow, District};
use super::fault::listing::{self, Seen, Window};
use super::fault::rows::{self, Keys, Place};
use super::fault::{Act, ListAct};
use super::gateway::{epoch_ms, hmac_sha256};
use super::push::{Message, Push, Sending};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The token that the simulator accepts.
pub(crate) const TOKEN: &str = "sandbox-sepay-token";
/// Account A.
pub(crate) const ACCOUNT: &str = "0071000000000";
/// SePay's own name for Retry-After.
pub(crate) const RETRY_HEADER: &str = "x-sepay-userapi-retry-after";
const LIMIT_MAX: usize = 5_000;
/// Ids of rows that no bank booked.
const INVENTED_FROM: i64 = 9_000_000;

/// How times are written.
pub(crate) const FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// Names of its fields; the column of money out stands in for that of money in.
pub(crate) const KEYS: Keys = Keys {
    id: "id",
    amount: "amount_in",
    date: "transaction_date",
    text: "transaction_content",
    format: FORMAT,
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "sepay",
    answer,
    gateway: None,
    account: Some(ACCOUNT),
    credentials: &[Credential {
        key: "token",
        env: "DOISOAT_SANDBOX_SEPAY_TOKEN",
        value: TOKEN,
    }],
    pushes: &[WEBHOOK],
    toml: Table {
        name: "sepay-main",
        head: "api = \"v1\"\n",
        keys: "token = { env = \"DOISOAT_SANDBOX_SEPAY_TOKEN\" }\n",
    },
};

/// What SePay tells the merchant's own address of a line of the account.
const WEBHOOK: Push = Push {
    name: "sepay",
    keys: &[Credential {
        key: "secret_key",
        env: "DOISOAT_SANDBOX_SEPAY_WEBHOOK",
        value: "SANDBOXSEPAYWEBHOOKSANDBOXSEPAY1",
    }],
    toml: "",
    messages: webhooks,
};

fn webhooks(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |row: &BankRow| {
        let at = row.arrives + sending.after;
        let body = json!({
            "id": row.id,
            "gateway": "Vietcombank",
            "transactionDate": row.at.format(FORMAT).to_string(),
            "accountNumber": ACCOUNT,
            "code": null,
            "content": row.memo,
            "transferType": if row.amount < 0 { "out" } else { "in" },
            "transferAmount": row.amount.abs(),
            "accumulated": row.balance,
            "subAccount": null,
            "referenceCode": row.reference,
            "description": "",
        });
        let (body, stamp) = (body.to_string(), (epoch_ms(at) / 1000).to_string());
        let signature = hmac_sha256(sending.secret, &format!("{stamp}.{body}"));
        let headers = vec![
            ("X-SePay-Timestamp", stamp),
            ("X-SePay-Signature", format!("sha256={signature}")),
        ];
        Message {
            headers,
            body,
            ..Message::new(row.id.to_string(), at)
        }
    };
    district.sepay.iter().map(one).collect()
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return failed(401, "Unauthorized");
    }
    if !world.within_rate("sepay", false) {
        world.ask_patience("sepay", 1);
        return failed(429, "Too Many Requests").with(RETRY_HEADER, "1");
    }
    if request.method != "GET" {
        return failed(405, "Method Not Allowed");
    }
    match request.path.as_str() {
        "/sepay/userapi/transactions/list" => list(world, request, act),
        "/sepay/userapi/transactions/count" => count(world, request, act),
        path => match path.strip_prefix("/sepay/userapi/transactions/details/") {
            Some(id) => details(world, id),
            None => failed(404, "Not Found"),
        },
    }
}

fn failed(status: u16, error: &str) -> Reply {
    let messages = json!({"success": false});
    Reply::json(
        status,
        &json!({"status": status, "error": error, "messages": messages}),
    )
}

/// The error that hides behind a 200.
pub(crate) fn error_inside() -> Value {
    json!({"status": 500, "error": "Internal error", "messages": {"success": false}})
}

struct Query {
    window: Window,
    since_id: Option<i64>,
    limit: usize,
}

/// `yyyy-mm-dd` or `yyyy-mm-dd HH:MM:SS`; a day alone means its whole.
pub(crate) fn moment(text: &str, time: NaiveTime) -> Option<NaiveDateTime> {
    let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(time));
    NaiveDateTime::parse_from_str(text, FORMAT)
        .ok()
        .or_else(day)
}

fn query(request: &Request) -> Option<Query> {
    let end = NaiveTime::from_hms_opt(23, 59, 59)?;
    let bound = |name: &str, time, default| match request.param(name) {
        Some(text) => moment(text, time),
        None => Some(default),
    };
    let from = bound("transaction_date_min", NaiveTime::MIN, NaiveDateTime::MIN)?;
    let to = bound("transaction_date_max", end, NaiveDateTime::MAX)?;
    let since_id = match request.param("since_id") {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let limit = match request.param("limit") {
        Some(text) => text.parse::<usize>().ok()?.min(LIMIT_MAX),
        None => LIMIT_MAX,
    };
    Some(Query {
        window: Window { from, to },
        since_id,
        limit,
    })
}

/// The filters that look at one row.
fn wanted(request: &Request, seen: &Seen) -> bool {
    let row = &seen.row;
    let amount = |name: &str, value: i64| match request.param(name) {
        Some(text) => text.split('.').next().and_then(|whole| whole.parse().ok()) == Some(value),
        None => true,
    };
    request
        .param("account_number")
        .is_none_or(|account| account == ACCOUNT)
        && request
            .param("reference_number")
            .is_none_or(|known| known == row.reference)
        && amount("amount_in", row.amount.max(0))
        && amount("amount_out", (-row.amount).max(0))
}

fn list(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let Some(query) = query(request) else {
        return failed(400, "Invalid parameter");
    };
    let fault = match act {
        Some(Act::Listing(list)) => Some(list),
        _ => None,
    };
    if fault == Some(ListAct::Null) {
        return answered(json!({"transactions": null}));
    }
    let rows = &world.district.sepay;
    let mut seen = listing::listed(world, "sepay", rows, query.window, (fault, true));
    if fault == Some(ListAct::LimitExact) {
        fill_up(world, &query, &mut seen);
    }
    seen.retain(|one| wanted(request, one));
    if let Some(since) = query.since_id {
        let exclusive = fault == Some(ListAct::SinceExclusive);
        seen.retain(|one| one.row.id > since || (one.row.id == since && !exclusive));
    }
    seen.sort_by_key(|one| one.row.id);
    if fault == Some(ListAct::Endless) {
        seen = endless(&query);
    }
    // From an id on, the limit keeps the rows nearest to it; without one, the newest.
    let newest = query.since_id.is_none() || fault == Some(ListAct::SinceNewest);
    let cut = seen.len().saturating_sub(query.limit);
    let mut kept: Vec<Seen> = if newest {
        seen.into_iter().skip(cut).collect()
    } else {
        seen.into_iter().take(query.limit).collect()
    };
    kept.reverse();
    if fault == Some(ListAct::Unsorted) {
        kept = listing::shuffled(kept);
    }
    let transactions: Vec<Value> = kept.iter().map(|one| record(one, act)).collect();
    answered(json!({"transactions": transactions}))
}

/// Fills the day up to what one answer holds.
fn fill_up(world: &World, query: &Query, seen: &mut Vec<Seen>) {
    let day = query.window.from.date();
    let whole = Window {
        from: day.and_time(NaiveTime::MIN),
        to: day.and_time(NaiveTime::MIN) + chrono::TimeDelta::seconds(86_399),
    };
    let all = listing::arrived(world, &world.district.sepay, whole);
    listing::fill_up(seen, &all, query.window, LIMIT_MAX);
}

fn count(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let Some(query) = query(request) else {
        return failed(400, "Invalid parameter");
    };
    // What the provider has deleted it no longer counts; the other faults are the list's alone.
    let amended = match act {
        Some(Act::Listing(ListAct::AmendedRows)) => Some(ListAct::AmendedRows),
        _ => None,
    };
    let rows = &world.district.sepay;
    let mut seen = listing::listed(world, "sepay", rows, query.window, (amended, false));
    if act == Some(Act::Listing(ListAct::LimitExact)) {
        fill_up(world, &query, &mut seen);
    }
    seen.retain(|one| wanted(request, one));
    if let Some(since) = query.since_id {
        seen.retain(|one| one.row.id >= since);
    }
    answered(json!({"count_transactions": seen.len()}))
}

fn details(world: &World, id: &str) -> Reply {
    let all = Window {
        from: NaiveDateTime::MIN,
        to: NaiveDateTime::MAX,
    };
    let seen = listing::arrived(world, &world.district.sepay, all);
    match seen.iter().find(|one| one.row.id.to_string() == id) {
        Some(one) => answered(json!({"transaction": record(one, None)})),
        None => failed(404, "Transaction not found"),
    }
}

/// The envelope of a good answer around `data`.
fn answered(data: Value) -> Reply {
    let mut body = json!({"status": 200, "error": null, "messages": {"success": true}});
    if let (Value::Object(body), Value::Object(data)) = (&mut body, data) {
        body.extend(data);
    }
    let text = rows::unwrap_raw(&body.to_string());
    Reply::new(200, "application/json; charset=UTF-8", text.into_bytes())
}

/// A full page of new rows after every id, for ever.
fn endless(query: &Query) -> Vec<Seen> {
    let first = query.since_id.unwrap_or(INVENTED_FROM).max(INVENTED_FROM);
    let count = i64::try_from(query.limit).unwrap_or(0);
    let at = query
        .window
        .from
        .max(NaiveDate::default().and_time(NaiveTime::MIN));
    (0..count)
        .map(|number| listing::invented(first + number, at))
        .collect()
}

fn record(seen: &Seen, act: Option<Act>) -> Value {
    let row = &seen.row;
    let money = |amount: i64| Value::String(format!("{amount}.00"));
    let text = |value: &str| Value::String(value.to_owned());
    let mut record = Map::new();
    record.insert("id".to_owned(), Value::String(row.id.to_string()));
    record.insert("bank_brand_name".to_owned(), text("Vietcombank"));
    record.insert("account_number".to_owned(), text(ACCOUNT));
    record.insert(
        "transaction_date".to_owned(),
        Value::String(row.at.format(FORMAT).to_string()),
    );
    record.insert("amount_out".to_owned(), money((-row.amount).max(0)));
    record.insert("amount_in".to_owned(), money(row.amount.max(0)));
    record.insert("accumulated".to_owned(), money(row.balance));
    record.insert("transaction_content".to_owned(), text(&row.memo));
    record.insert("reference_number".to_owned(), text(&row.reference));
    record.insert("code".to_owned(), Value::Null);
    record.insert("sub_account".to_owned(), Value::Null);
    record.insert("bank_account_id".to_owned(), text("19"));
    if let Some(Act::Rows(act)) = act {
        let amount = if row.amount < 0 {
            "amount_out"
        } else {
            "amount_in"
        };
        let keys = Keys { amount, ..KEYS };
        let place = Place {
            id: row.id,
            rank: seen.rank,
            at: row.at,
        };
        rows::twist(act, keys, place, &mut record);
    }
    Value::Object(record)
}
