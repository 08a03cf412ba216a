//! VNPT iGate 2.x as its own pages were seen to use it: a token from Keycloak, the list of dossiers
//! by the time of change, the fees by dossier. Amounts are floats, written as Java writes them;
//! instants are UTC. A token is spent after a few requests, so that a long list outlives it.

use chrono::{Duration, NaiveDateTime};
use serde_json::{Value, json};

use super::district::{Dossier, Fee, FeeKind, FeeState};
use super::fault::rows::{self, Keys, Place};
use super::fault::{Act, ListAct, RowAct};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// What the simulator accepts.
pub(crate) const CLIENT_ID: &str = "sandbox-client";
pub(crate) const CLIENT_SECRET: &str = "sandbox-igate-secret";
pub(crate) const TOKEN_PATH: &str = "/auth/realms/digo/protocol/openid-connect/token";
/// Names of its fields. A fee has the amount, a dossier the date, its applicant the text.
const KEYS: Keys = Keys {
    id: "id",
    amount: "amount",
    date: "updatedDate",
    text: "fullname",
    format: "%Y-%m-%dT%H:%M:%S.000+0000",
};

/// Requests that a token is good for.
const USES: u64 = 7;
const SIZE_DEFAULT: usize = 10;

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "igate",
    answer,
    gateway: None,
    account: None,
    credentials: &[Credential {
        key: "client_secret",
        env: "DOISOAT_SANDBOX_IGATE_SECRET",
        value: CLIENT_SECRET,
    }],
    pushes: &[],
    toml: Table {
        name: "igate",
        head: "",
        keys: "token_url = \"{base}/auth/realms/digo/protocol/openid-connect/token\"\nclient_id = \"sandbox-client\"\n\
               client_secret = { env = \"DOISOAT_SANDBOX_IGATE_SECRET\" }\n",
    },
};

/// The tokens given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: u64,
    used: u64,
    /// Pages of the list that were asked for.
    pages: u64,
}

/// The error that hides behind a 200.
pub(crate) fn error_inside() -> Value {
    let at = "2022-12-05T18:30:00.000+0000";
    json!({"timestamp": at, "status": 500, "error": "Internal Server Error"})
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let path = request.path.strip_prefix("/igate").unwrap_or_default();
    if path == TOKEN_PATH {
        return token(world, request);
    }
    if !is_known(world, request, act) {
        return Reply::json(401, &json!({"error": "invalid_token"}));
    }
    match (request.method.as_str(), path) {
        ("GET", "/pa/dossier/search") => search(world, request, act),
        ("GET", "/pa/dossier-fee/--by-dossiers") => fees(world, request, act),
        ("GET", _) => Reply::json(404, &json!({"error": "Not Found"})),
        _ => Reply::json(405, &json!({"error": "Method Not Allowed"})),
    }
}

fn token(world: &World, request: &Request) -> Reply {
    let form = String::from_utf8_lossy(&request.body).into_owned();
    let has = |pair: &str| form.split('&').any(|told| told == pair);
    let known = has("grant_type=client_credentials")
        && has(&format!("client_id={CLIENT_ID}"))
        && has(&format!("client_secret={CLIENT_SECRET}"));
    if request.method != "POST" || !known {
        return Reply::json(401, &json!({"error": "unauthorized_client"}));
    }
    let tokens = &mut world.desk().igate;
    tokens.issued += 1;
    tokens.used = 0;
    let body = json!({
        "access_token": token_text(tokens.issued),
        "expires_in": 300,
        "token_type": "Bearer",
    });
    Reply::json(200, &body)
}

fn token_text(number: u64) -> String {
    format!("sandbox-igate-token-{number}")
}

/// Whether the token is the last one given out, and not spent.
fn is_known(world: &World, request: &Request, act: Option<Act>) -> bool {
    let spent_at_once = act == Some(Act::Listing(ListAct::TokenSpent));
    let uses = if spent_at_once { 1 } else { USES };
    let tokens = &mut world.desk().igate;
    let wanted = format!("Bearer {}", token_text(tokens.issued));
    let known = tokens.issued > 0 && request.header("authorization") == Some(&wanted);
    tokens.used += 1;
    known && tokens.used <= uses
}

/// A dossier as it stands at some moment.
struct Seen<'d> {
    id: String,
    dossier: &'d Dossier,
    updated: NaiveDateTime,
    fees: Vec<(&'d Fee, &'d FeeState)>,
}

/// The dossiers that exist, the latest change first.
fn seen(world: &World) -> Vec<Seen<'_>> {
    let now = world.clock.local();
    let all = world.district.dossiers.iter().enumerate();
    let mut seen: Vec<Seen<'_>> = all
        .filter_map(|(number, dossier)| see(number, dossier, now))
        .collect();
    seen.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    seen
}

fn see(number: usize, dossier: &Dossier, now: NaiveDateTime) -> Option<Seen<'_>> {
    let changed = |state: &FeeState| changed_at(number, dossier, state);
    let state = |fee: &'_ Fee| fee.history.iter().rposition(|state| changed(state) <= now);
    let fees: Vec<(&Fee, &FeeState)> = dossier
        .fees
        .iter()
        .filter_map(|fee| Some((fee, &fee.history[state(fee)?])))
        .collect();
    let updated = fees.iter().map(|(_, state)| changed(state)).max()?;
    Some(Seen {
        id: format!("62a0{number:020x}"),
        dossier,
        updated,
        fees,
    })
}

/// When the system noted a state: in the small hours of its day, which are the day before in UTC,
/// or when what it tells happened.
fn changed_at(number: usize, dossier: &Dossier, state: &FeeState) -> NaiveDateTime {
    let minutes = 125 + i64::try_from(number % 240).unwrap_or(0);
    let early = state.day.and_time(chrono::NaiveTime::MIN) + Duration::minutes(minutes);
    let told = [Some(dossier.received_at), dossier.result_at, state.paid_at];
    let of_day = told
        .into_iter()
        .flatten()
        .filter(|at| at.date() == state.day);
    of_day.fold(early, NaiveDateTime::max)
}

fn search(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let number = |name: &str| {
        request
            .param(name)
            .and_then(|text| text.parse::<usize>().ok())
    };
    let (page, size) = (
        number("page").unwrap_or(0),
        number("size").unwrap_or(SIZE_DEFAULT).clamp(1, 200),
    );
    if request.param("sort") != Some("updatedDate,desc") {
        return Reply::json(
            400,
            &json!({"error": "the sandbox sorts by updatedDate,desc"}),
        );
    }
    let mut all = seen(world);
    let asked = {
        let tokens = &mut world.desk().igate;
        tokens.pages += 1;
        tokens.pages
    };
    let list = list_act(act);
    if list == Some(ListAct::PageShift) && asked > 1 {
        // the dossier that changed first changes again
        if let Some(mut moved) = all.pop() {
            moved.updated = world.clock.local() - Duration::minutes(1);
            all.insert(0, moved);
        }
    }
    if list == Some(ListAct::TiedChanges) {
        tie(&mut all, page);
    }
    let from = page.saturating_mul(size);
    let content: Vec<Value> = all
        .iter()
        .skip(from)
        .take(size)
        .enumerate()
        .map(|(rank, one)| listed(one, rank, act))
        .collect();
    let mut body = json!({
        "content": content,
        "number": page,
        "size": size,
        "totalElements": all.len(),
        "last": from.saturating_add(size) >= all.len(),
    });
    if let (Some(ListAct::Slice), Some(members)) = (list, body.as_object_mut()) {
        members.shift_remove("totalElements");
    }
    Reply::json(200, &body)
}

/// More than one page of a client holds, and fewer than the largest page.
const TIED_MAX: usize = 120;

/// Of the dossiers that changed at the last instant the first page shows others first than the
/// pages after it.
fn tie(all: &mut [Seen<'_>], page: usize) {
    let Some(last) = all.first().map(|seen| seen.updated) else {
        return;
    };
    let of_day = all.partition_point(|seen| seen.updated.date() == last.date());
    let tied = &mut all[..of_day.min(TIED_MAX)];
    for seen in tied.iter_mut() {
        seen.updated = last;
    }
    if page > 0 {
        tied.rotate_right(tied.len().min(5));
    }
}

fn list_act(act: Option<Act>) -> Option<ListAct> {
    match act {
        Some(Act::Listing(list)) => Some(list),
        _ => None,
    }
}

/// Shows a fault of single records.
fn twist(act: Option<Act>, seen: &Seen<'_>, rank: usize, record: Option<&mut Value>) {
    if let (Some(Act::Rows(act)), Some(Value::Object(record))) = (act, record) {
        let id = i64::from_str_radix(&seen.id[4..], 16).unwrap_or(0);
        let at = seen.updated;
        rows::twist(act, KEYS, Place { id, rank, at }, record);
    }
}

fn listed(seen: &Seen<'_>, rank: usize, act: Option<Act>) -> Value {
    let dossier = seen.dossier;
    let result = dossier.result_at.filter(|at| *at <= seen.updated);
    let paid = seen
        .fees
        .iter()
        .filter_map(|(_, state)| state.paid_at)
        .max();
    let mut record = json!({
        "id": seen.id,
        "code": dossier.code,
        "nationCode": "",
        "applicant": {"data": {"fullname": dossier.payer.name}},
        "appliedDate": utc(dossier.received_at),
        "acceptedDate": utc(dossier.received_at),
        "appointmentDate": utc(dossier.due_at),
        "completedDate": result.map(utc),
        "updatedDate": utc(seen.updated),
        "dossierStatus": {"id": 2, "name": [{"languageId": 228, "name": "Đang xử lý"}]},
        "paymentRequestData": {"paidDate": paid.map(utc)},
        "procedure": {"code": dossier.procedure, "sector": {"code": dossier.field}},
        "agency": {"code": dossier.agency},
    });
    match act {
        Some(Act::Rows(RowAct::BadDates)) => twist(act, seen, rank, Some(&mut record)),
        Some(Act::Rows(RowAct::NaughtyText)) => {
            twist(act, seen, rank, record.pointer_mut("/applicant/data"));
        }
        _ => {}
    }
    record
}

fn utc(local: NaiveDateTime) -> String {
    let utc = local - Duration::hours(7);
    utc.format("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

fn fees(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let asked: Vec<&str> = request
        .param("dossier-ids")
        .unwrap_or_default()
        .split(',')
        .collect();
    let all = seen(world);
    let known = all.iter().filter(|seen| asked.contains(&seen.id.as_str()));
    let rows: Vec<String> = known
        .flat_map(|seen| {
            seen.fees
                .iter()
                .map(move |(fee, state)| (seen, fee_row(seen, fee, state)))
        })
        .enumerate()
        .map(|(rank, (seen, row))| spoiled(act, seen, rank, row))
        .collect();
    let body = format!("[{}]", rows.join(","));
    Reply::new(200, "application/json", body.into_bytes())
}

/// The fee as the fault shows it.
fn spoiled(act: Option<Act>, seen: &Seen<'_>, rank: usize, row: String) -> String {
    let is_amount = matches!(
        act,
        Some(Act::Rows(
            RowAct::HugeAmount | RowAct::OverflowAmount | RowAct::NanAmount
        ))
    );
    let Some(mut record) = is_amount
        .then(|| serde_json::from_str::<Value>(&row).ok())
        .flatten()
    else {
        return row;
    };
    twist(act, seen, rank, Some(&mut record));
    rows::unwrap_raw(&record.to_string())
}

fn fee_row(seen: &Seen<'_>, fee: &Fee, state: &FeeState) -> String {
    let (kind, name) = match fee.kind {
        FeeKind::Phi => (1, "Phí"),
        FeeKind::LePhi => (2, "Lệ phí"),
        FeeKind::LandObligation => (3, "Nghĩa vụ tài chính"),
    };
    let paid = matches!(state.status, "paid" | "refunded");
    // pages of a copy are counted
    let pieces = if fee.kind == FeeKind::Phi && state.amount % 2 == 0 {
        2
    } else {
        1
    };
    let names = json!([{"languageId": 46, "name": "Fee"}, {"languageId": 228, "name": name}]);
    let cost = json!({
        "id": format!("c{kind}"),
        "type": {"id": format!("t{kind}"), "type": kind, "name": names},
        "description": [],
    });
    let (each, paid) = (
        java_float(state.amount / pieces),
        java_float(if paid { state.amount } else { 0 }),
    );
    format!(
        r#"{{"id":"{}","procost":{cost},"amount":{each},"quantity":{pieces},"paid":{paid},"required":1,"dossier":{{"id":"{}"}}}}"#,
        fee.id, seen.id
    )
}

/// A whole number as Java writes a double: `45000.0`, from ten million on `1.0E7`.
fn java_float(whole: i64) -> String {
    let digits = whole.to_string();
    if whole < 10_000_000 {
        return format!("{digits}.0");
    }
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{first}.{rest}E{}", digits.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_java_writes_them() {
        let check = |whole: i64, text: &str| assert_eq!(java_float(whole), text);
        check(0, "0.0");
        check(45_000, "45000.0");
        check(9_999_999, "9999999.0");
        check(10_000_000, "1.0E7");
        check(12_345_000, "1.2345E7");
        check(123_456_789, "1.23456789E8");
    }
}
