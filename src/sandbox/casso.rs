//! Casso v2 as documented at developer.casso.vn: `GET /v2/transactions` with page and date.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value, json};

use super::district::Scenario;
use super::fault::listing::{self, Seen, Window};
use super::fault::rows::{self, Keys, Place};
use super::fault::{Act, ListAct};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The API key that the simulator accepts.
pub(crate) const TOKEN: &str = "sandbox-casso-key";
/// Account B.
pub(crate) const ACCOUNT: &str = "0440001234567";
const PAGE_SIZE_DEFAULT: usize = 10;
const PAGE_SIZE_MAX: usize = 100;
/// Ids of rows that no bank booked.
pub(crate) const INVENTED_FROM: i64 = 9_000_000;

const KEYS: Keys = Keys {
    id: "id",
    amount: "amount",
    date: "when",
    text: "description",
    format: "%Y-%m-%dT%H:%M:%S",
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "casso",
    answer,
    gateway: None,
    account: Some(ACCOUNT),
    credentials: &[Credential {
        key: "token",
        env: "DOISOAT_SANDBOX_CASSO_TOKEN",
        value: TOKEN,
    }],
    toml: Table {
        name: "casso-main",
        head: "",
        keys: "token = { env = \"DOISOAT_SANDBOX_CASSO_TOKEN\" }\n",
    },
};

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.header("authorization") != Some(&format!("Apikey {TOKEN}")) {
        return refused(401, 401, "Unauthorized");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/casso/v2/transactions") => transactions(world, request, act),
        (_, "/casso/v2/transactions") => refused(405, 405, "Method Not Allowed"),
        _ => refused(404, 404, "Not Found"),
    }
}

fn refused(status: u16, error: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "message": message}))
}

/// The error that hides behind a 200.
pub(crate) fn error_inside() -> Value {
    json!({"error": 500, "message": "He thong dang ban, vui long thu lai sau"})
}

struct Query {
    window: Window,
    page: usize,
    size: usize,
    descending: bool,
}

fn query(world: &World, request: &Request) -> Option<Query> {
    let day = |name: &str, default: NaiveDate| match request.param(name) {
        Some(text) => text.parse::<NaiveDate>().ok(),
        None => Some(default),
    };
    let today = world.clock.local().date();
    let from = day("fromDate", today.checked_sub_days(Days::new(7))?)?;
    let to = day("toDate", today)?;
    let number = |name: &str, default: usize| match request.param(name) {
        Some(text) => text.parse::<usize>().ok().filter(|number| *number > 0),
        None => Some(default),
    };
    let size = number("pageSize", PAGE_SIZE_DEFAULT)?.min(PAGE_SIZE_MAX);
    let end = NaiveTime::from_hms_opt(23, 59, 59)?;
    Some(Query {
        window: Window {
            from: from.and_time(NaiveTime::MIN),
            to: to.and_time(end),
        },
        page: number("page", 1)?,
        size,
        descending: request
            .param("sort")
            .is_some_and(|sort| sort.eq_ignore_ascii_case("desc")),
    })
}

fn transactions(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let Some(mut query) = query(world, request) else {
        return refused(400, 400, "Tham so khong hop le");
    };
    let list = match act {
        Some(Act::Listing(list)) => Some(list),
        _ => None,
    };
    if list == Some(ListAct::DupPage) && query.page != 2 {
        world.return_hit("casso");
    }
    if list == Some(ListAct::SizeIgnored) {
        query.size = query.size.min(10);
    }
    if list == Some(ListAct::Null) {
        let data = json!({"page": 1, "pageSize": query.size, "records": null});
        return Reply::json(
            200,
            &json!({"error": 0, "message": "success", "data": data}),
        );
    }
    let fresh = query.page == 1;
    let rows = &world.district.casso;
    let mut seen = listing::listed(world, "casso", rows, query.window, (list, fresh));
    seen.sort_by_key(|one| (one.row.at, one.row.id));
    if query.descending {
        seen.reverse();
    }
    drift(world, &query, list, &mut seen);
    let (page, mut data) = paged(&query, list, seen);
    let records: Vec<Value> = page.iter().map(|one| record(one, act)).collect();
    data.insert("records".to_owned(), Value::Array(records));
    let body = json!({"error": 0, "message": "success", "data": data}).to_string();
    Reply::new(
        200,
        "application/json; charset=utf-8",
        rows::unwrap_raw(&body).into_bytes(),
    )
}

/// Rows that appear or disappear while a client pages.
fn drift(world: &World, query: &Query, list: Option<ListAct>, seen: &mut Vec<Seen>) {
    match list {
        Some(ListAct::DriftInsert) => {
            let mut desk = world.desk();
            desk.inserted = (desk.inserted + 3).min(12);
            for number in 0..desk.inserted {
                seen.insert(
                    0,
                    listing::invented(INVENTED_FROM + number, query.window.from),
                );
            }
        }
        Some(ListAct::DriftDelete) if query.page > 1 && !seen.is_empty() => {
            // Only while the first listing is paged; the next one finds the row again.
            let day = seen[0].row.at.date();
            let times = world
                .desk()
                .listings
                .get(&("casso", day))
                .copied()
                .unwrap_or_default();
            if times < 2 {
                seen.remove(0);
            }
        }
        _ => {}
    }
}

/// The rows of the asked page, and the envelope around them.
fn paged(query: &Query, list: Option<ListAct>, seen: Vec<Seen>) -> (Vec<Seen>, Map<String, Value>) {
    let distinct = {
        let mut ids: Vec<i64> = seen.iter().map(|one| one.row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let pages = seen.len().div_ceil(query.size);
    let from = match list {
        Some(ListAct::DupPage) if query.page == 2 => 0,
        _ => (query.page - 1) * query.size,
    };
    let mut page: Vec<Seen> = seen.into_iter().skip(from).take(query.size).collect();
    let mut next = (query.page < pages).then_some(query.page + 1);
    let mut total = distinct;
    match list {
        Some(ListAct::NextPageLoop) => next = Some(query.page),
        Some(ListAct::Endless) => {
            page = endless(query);
            next = Some(query.page + 1);
        }
        Some(ListAct::TotalMismatch) => total += 5,
        Some(ListAct::MissingLastPage) if query.page >= pages => page.clear(),
        Some(ListAct::Unsorted) => page = listing::shuffled(page),
        _ => {}
    }
    let data = json!({
        "page": query.page,
        "pageSize": query.size,
        "nextPage": next,
        "prevPage": (query.page > 1).then(|| query.page - 1),
        "totalPages": pages,
        "totalRecords": total,
    });
    match data {
        Value::Object(map) => (page, map),
        _ => (page, Map::new()),
    }
}

fn endless(query: &Query) -> Vec<Seen> {
    let first = i64::try_from((query.page - 1) * query.size).unwrap_or(0);
    let count = i64::try_from(query.size).unwrap_or(0);
    (0..count)
        .map(|number| listing::invented(INVENTED_FROM + first + number, query.window.from))
        .collect()
}

/// A record as the list documents it. Lines that the bank itself makes carry the day alone.
fn record(seen: &Seen, act: Option<Act>) -> Value {
    let row = &seen.row;
    let made_by_bank = matches!(
        row.scenario,
        Scenario::BankFee | Scenario::Interest | Scenario::BatchSettlement
    );
    let when = if made_by_bank {
        row.at.format("%Y-%m-%d").to_string()
    } else {
        stamp(row.at)
    };
    let mut record = Map::new();
    let text = |value: &str| Value::String(value.to_owned());
    record.insert("id".to_owned(), json!(row.id));
    record.insert("tid".to_owned(), text(&row.reference));
    record.insert("description".to_owned(), text(&row.memo));
    record.insert("amount".to_owned(), json!(row.amount));
    record.insert("cusum_balance".to_owned(), json!(row.balance));
    record.insert("when".to_owned(), Value::String(when));
    record.insert("bankSubAccId".to_owned(), text(ACCOUNT));
    record.insert("paymentChannel".to_owned(), text(""));
    record.insert("virtualAccount".to_owned(), text(""));
    record.insert("virtualAccountName".to_owned(), text(""));
    record.insert("corresponsiveName".to_owned(), text(&row.payer));
    record.insert("corresponsiveAccount".to_owned(), text(""));
    record.insert("corresponsiveBankId".to_owned(), text(""));
    record.insert("corresponsiveBankName".to_owned(), text(""));
    record.insert("accountId".to_owned(), json!(1_204));
    record.insert("bankCodeName".to_owned(), text("bidv"));
    if let Some(Act::Rows(act)) = act {
        let place = Place {
            id: row.id,
            rank: seen.rank,
            at: row.at,
        };
        rows::twist(act, KEYS, place, &mut record);
    }
    Value::Object(record)
}

fn stamp(at: NaiveDateTime) -> String {
    at.format(KEYS.format).to_string()
}
