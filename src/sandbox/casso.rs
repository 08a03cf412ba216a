//! Casso v2 as documented at developer.casso.vn: `GET /v2/transactions` with page and date.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value, json};

use super::district::{BankRow, District, Scenario};
use super::fault::listing::{self, Seen, Window};
use super::fault::paged::{self, Asked};
use super::fault::rows::{self, Keys, Place};
use super::fault::{Act, ListAct};
use super::gateway::{epoch_ms, hmac_sha512};
use super::push::{Message, Push, Sending};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The API key that the simulator accepts.
pub(crate) const TOKEN: &str = "sandbox-casso-key";
/// Account B.
pub(crate) const ACCOUNT: &str = "0440001234567";
const PAGE_SIZE_DEFAULT: usize = 10;
const PAGE_SIZE_MAX: usize = 100;

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
    pushes: &[WEBHOOK_V2, WEBHOOK_V1],
    toml: Table {
        name: "casso-main",
        head: "",
        keys: "token = { env = \"DOISOAT_SANDBOX_CASSO_TOKEN\" }\n",
    },
};

/// Version 2 of what Casso tells the merchant's own address: one line of the account, signed.
const WEBHOOK_V2: Push = Push {
    name: "casso",
    keys: &[Credential {
        key: "secret_key",
        env: "DOISOAT_SANDBOX_CASSO_WEBHOOK",
        value: "SANDBOXCASSOWEBHOOKSANDBOXCASSO1",
    }],
    toml: "",
    messages: webhooks_v2,
};

/// Version 1: a list of lines, and a token beside it.
const WEBHOOK_V1: Push = Push {
    name: "casso-v1",
    keys: &[Credential {
        key: "token",
        env: "DOISOAT_SANDBOX_CASSO_SECURE_TOKEN",
        value: "sandbox-casso-secure-token",
    }],
    toml: "",
    messages: webhooks_v1,
};

fn webhooks_v2(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |row: &BankRow| {
        let at = row.arrives + sending.after;
        // the keys of each object stand in alphabetical order, as they are signed
        let body = json!({
            "data": {
                "accountNumber": ACCOUNT,
                "amount": row.amount,
                "bankAbbreviation": "BIDV",
                "bankName": "BIDV",
                "counterAccountBankId": "",
                "counterAccountBankName": "",
                "counterAccountName": row.payer,
                "counterAccountNumber": "",
                "description": row.memo,
                "id": row.id,
                "reference": row.reference,
                "runningBalance": row.balance,
                "transactionDateTime": row.at.format("%Y-%m-%d %H:%M:%S").to_string(),
                "virtualAccountName": "",
                "virtualAccountNumber": "",
            },
            "error": 0,
        });
        let (body, stamp) = (body.to_string(), epoch_ms(at));
        let signature = hmac_sha512(sending.secret, &format!("{stamp}.{body}"));
        Message {
            headers: vec![("X-Casso-Signature", format!("t={stamp},v1={signature}"))],
            body,
            ..Message::new(row.id.to_string(), at)
        }
    };
    district.casso.iter().map(one).collect()
}

fn webhooks_v1(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |row: &BankRow| {
        let line = json!({
            "id": row.id,
            "tid": row.reference,
            "description": row.memo,
            "amount": row.amount,
            "cusum_balance": row.balance,
            "when": row.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            "bank_sub_acc_id": ACCOUNT,
            "subAccId": ACCOUNT,
            "bankName": "BIDV",
            "bankAbbreviation": "BIDV",
            "virtualAccount": "",
            "virtualAccountName": "",
            "corresponsiveName": row.payer,
            "corresponsiveAccount": "",
            "corresponsiveBankId": "",
            "corresponsiveBankName": "",
        });
        Message {
            headers: vec![("secure-token", sending.secret.to_owned())],
            body: json!({"error": 0, "data": [line]}).to_string(),
            ..Message::new(row.id.to_string(), row.arrives + sending.after)
        }
    };
    district.casso.iter().map(one).collect()
}

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
    let asked = Asked {
        provider: "casso",
        page: query.page,
        size: query.size,
        from: query.window.from,
    };
    paged::drift(world, asked, list, &mut seen);
    let cut = paged::cut(asked, list, seen);
    let records: Vec<Value> = cut.rows.iter().map(|one| record(one, act)).collect();
    let data = json!({
        "page": query.page,
        "pageSize": query.size,
        "nextPage": cut.next,
        "prevPage": (query.page > 1).then(|| query.page - 1),
        "totalPages": cut.pages,
        "totalRecords": cut.total,
        "records": records,
    });
    let body = json!({"error": 0, "message": "success", "data": data}).to_string();
    Reply::new(
        200,
        "application/json; charset=utf-8",
        rows::unwrap_raw(&body).into_bytes(),
    )
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
