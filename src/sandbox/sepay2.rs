//! SePay v2 as documented at developer.sepay.vn: `GET /v2/transactions` by pages, ids as UUIDs,
//! amounts as integers, errors by status. The same account and the same lines as v1.
//!
//! The documentation names `pagination.total` and does not print the whole envelope; here the
//! members are those that SePay's other interfaces of the same style use.

use chrono::{NaiveDateTime, NaiveTime};
use serde_json::{Map, Value, json};

use super::fault::listing::{self, Seen, Window};
use super::fault::paged::{self, Asked};
use super::fault::rows::{self, Keys, Place};
use super::fault::{Act, ListAct};
use super::sepay::{self, ACCOUNT, FORMAT, moment};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

const TOKEN: &str = "sandbox-sepay2-token";
const NAME: &str = "sepay2";
const PER_PAGE_DEFAULT: usize = 20;
const PER_PAGE_MAX: usize = 100;

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: NAME,
    answer,
    gateway: None,
    account: Some(ACCOUNT),
    credentials: &[Credential {
        key: "token",
        env: "DOISOAT_SANDBOX_SEPAY2_TOKEN",
        value: TOKEN,
    }],
    pushes: &[],
    toml: Table {
        name: "sepay-main",
        head: "api = \"v2\"\n",
        keys: "token = { env = \"DOISOAT_SANDBOX_SEPAY2_TOKEN\" }\n",
    },
};

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return failed(401, "unauthorized");
    }
    if !world.within_rate(NAME, false) {
        world.ask_patience(NAME, 1);
        return failed(429, "too_many_requests").with("Retry-After", "1");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/sepay2/v2/transactions") => list(world, request, act),
        (_, "/sepay2/v2/transactions") => failed(405, "method_not_allowed"),
        _ => failed(404, "not_found"),
    }
}

fn failed(status: u16, code: &str) -> Reply {
    let body = json!({"status": "error", "error_code": code, "message": code});
    Reply::json(status, &body)
}

/// The error that hides behind a 200.
pub(crate) fn error_inside() -> Value {
    json!({"status": "error", "error_code": "internal_error", "message": "busy"})
}

struct Query {
    window: Window,
    asked: Asked,
    descending: bool,
}

fn query(request: &Request) -> Option<Query> {
    let end = NaiveTime::from_hms_opt(23, 59, 59)?;
    let bound = |name: &str, time, default| match request.param(name) {
        Some(text) => moment(text, time),
        None => Some(default),
    };
    let from = bound("transaction_date_from", NaiveTime::MIN, NaiveDateTime::MIN)?;
    let to = bound("transaction_date_to", end, NaiveDateTime::MAX)?;
    let number = |name: &str, default: usize| match request.param(name) {
        Some(text) => text.parse::<usize>().ok().filter(|number| *number > 0),
        None => Some(default),
    };
    Some(Query {
        window: Window { from, to },
        asked: Asked {
            provider: NAME,
            page: number("page", 1)?,
            size: number("per_page", PER_PAGE_DEFAULT)?.min(PER_PAGE_MAX),
            from,
        },
        descending: request.param("transaction_date_sort") != Some("asc"),
    })
}

fn list(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let Some(mut query) = query(request) else {
        return failed(422, "invalid_parameter");
    };
    let fault = match act {
        Some(Act::Listing(list)) => Some(list),
        _ => None,
    };
    if fault == Some(ListAct::DupPage) && query.asked.page != 2 {
        world.return_hit(NAME);
    }
    if fault == Some(ListAct::SizeIgnored) {
        query.asked.size = query.asked.size.min(10);
    }
    if fault == Some(ListAct::Null) {
        let pagination = json!({"total": 0, "has_more": false});
        return Reply::json(
            200,
            &json!({"status": "success", "data": null, "meta": {"pagination": pagination}}),
        );
    }
    let fresh = query.asked.page == 1;
    let rows = &world.district.sepay;
    let mut seen = listing::listed(world, NAME, rows, query.window, (fault, fresh));
    seen.sort_by_key(|one| (one.row.at, one.row.id));
    if query.descending {
        seen.reverse();
    }
    paged::drift(world, query.asked, fault, &mut seen);
    let cut = paged::cut(query.asked, fault, seen);
    let records: Vec<Value> = cut.rows.iter().map(|one| record(one, act)).collect();
    let body = json!({
        "status": "success",
        "data": records,
        "meta": {"pagination": {
            "total": cut.total,
            "per_page": query.asked.size,
            "current_page": query.asked.page,
            "last_page": cut.pages,
            "has_more": cut.next.is_some(),
        }},
    });
    let text = rows::unwrap_raw(&body.to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

/// A row's id: the same line has another name than in v1.
fn uuid(id: i64) -> String {
    let mixed = id.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (high, low) = (mixed >> 32, mixed & 0xffff);
    format!("{high:08x}-{low:04x}-4000-8000-{id:012x}")
}

fn record(seen: &Seen, act: Option<Act>) -> Value {
    let row = &seen.row;
    let text = |value: &str| Value::String(value.to_owned());
    let mut record = Map::new();
    record.insert("id".to_owned(), Value::String(uuid(row.id)));
    record.insert(
        "transaction_date".to_owned(),
        Value::String(row.at.format(FORMAT).to_string()),
    );
    record.insert(
        "bank_account_id".to_owned(),
        text("f9e8d7c6-b5a4-4210-8edc-ba0987654321"),
    );
    record.insert("account_number".to_owned(), text(ACCOUNT));
    record.insert("va_id".to_owned(), Value::Null);
    record.insert("bank_brand_name".to_owned(), text("Vietcombank"));
    let kind = if row.amount < 0 { "out" } else { "in" };
    record.insert("transfer_type".to_owned(), text(kind));
    record.insert("amount_in".to_owned(), json!(row.amount.max(0)));
    record.insert("amount_out".to_owned(), json!((-row.amount).max(0)));
    record.insert("accumulated".to_owned(), json!(row.balance));
    record.insert("transaction_content".to_owned(), text(&row.memo));
    record.insert("reference_number".to_owned(), text(&row.reference));
    record.insert("code".to_owned(), Value::Null);
    if let Some(Act::Rows(act)) = act {
        let keys = Keys {
            amount: if row.amount < 0 {
                "amount_out"
            } else {
                "amount_in"
            },
            ..sepay::KEYS
        };
        let place = Place {
            id: row.id,
            rank: seen.rank,
            at: row.at,
        };
        rows::twist(act, keys, place, &mut record);
    }
    Value::Object(record)
}
