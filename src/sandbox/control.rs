//! The sandbox's own addresses: what it noticed, what a client should have found, and its switches.

use chrono::{DateTime, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::district::BankRow;
use super::fault::listing::{self, Window};
use super::fault::{Act, Fault, ListAct};
use super::gateway::{self, Gateway, Refunds};
use super::wire::{Reply, Request};
use super::world::World;

pub(crate) fn answer(world: &World, request: &Request) -> Reply {
    let path = request.path.replace("%3A", ":").replace("%2B", "+");
    match (request.method.as_str(), path.as_str()) {
        ("GET", "/__counters") => Reply::json(200, &world.desk().counters.to_json()),
        ("GET", "/__expected") => expected(world, request),
        ("POST", path) => switch(world, path),
        _ => unknown("no such address: /__counters, /__expected, /__fault/NAME, /__now/TIME"),
    }
}

fn unknown(message: &str) -> Reply {
    Reply::json(404, &json!({"error": message}))
}

fn switch(world: &World, path: &str) -> Reply {
    if let Some(name) = path.strip_prefix("/__fault/") {
        let fault = Fault::named(name);
        if fault.is_none() && name != "none" {
            return unknown("no such fault");
        }
        world.set_fault(fault);
        return Reply::json(200, &json!({"fault": fault.map(|fault| fault.name)}));
    }
    if let Some(time) = path.strip_prefix("/__now/") {
        return match DateTime::parse_from_rfc3339(time) {
            Ok(now) => {
                world.clock.set(now);
                Reply::json(200, &json!({"now": now.to_rfc3339()}))
            }
            Err(_) => unknown("not a time: write 2022-12-06T01:30:00+07:00"),
        };
    }
    match path {
        "/__rate_limit/on" => world.set_rate_limit(true),
        "/__rate_limit/off" => world.set_rate_limit(false),
        _ => return unknown("no such switch"),
    }
    Reply::json(200, &json!({"rate_limit": path.ends_with("on")}))
}

/// The rows that a day truly has and that have reached the provider by now.
fn expected(world: &World, request: &Request) -> Reply {
    let day = request
        .param("day")
        .and_then(|text| text.parse::<NaiveDate>().ok());
    let (Some(source), Some(day)) = (request.param("source"), day) else {
        return unknown("ask with ?source=sepay&day=2022-12-05");
    };
    let rows = match source {
        "sepay" | "sepay2" => feed(world, &world.district.sepay, day),
        "casso" => feed(world, &world.district.casso, day),
        other => match gateway::named(other) {
            Some((_, gateway)) => gateway_rows(world, gateway, day),
            None => return unknown("no such source"),
        },
    };
    let sum: i64 = rows.iter().filter_map(|row| row["amount"].as_i64()).sum();
    let may_also = may_also(world, source);
    Reply::json(
        200,
        &json!({
            "source": source,
            "day": day.to_string(),
            "count": rows.len(),
            "sum_vnd": sum,
            "rows": rows,
            "may_also": may_also,
        }),
    )
}

fn feed(world: &World, rows: &[BankRow], day: NaiveDate) -> Vec<Value> {
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
    let window = Window {
        from: day.and_time(NaiveTime::MIN),
        to: day.and_time(end),
    };
    let seen = listing::arrived(world, rows, window);
    let row = |one: &listing::Seen| {
        let kind = if one.row.amount < 0 {
            "debit"
        } else {
            "payment"
        };
        json!({"id": one.row.id.to_string(), "amount": one.row.amount.abs(), "kind": kind})
    };
    seen.iter().map(row).collect()
}

/// Payments and refunds that a query of each order proves; a refund that has no id of its own is
/// named after its order.
fn gateway_rows(world: &World, gateway: Gateway, day: NaiveDate) -> Vec<Value> {
    let now = world.clock.local();
    let mut rows = Vec::new();
    for order in &world.district.gateway_orders {
        let Some(state) = order.state_at(now) else {
            continue;
        };
        let refunded = state.kind != "01" && state.status == "00";
        for known in order
            .states
            .iter()
            .filter(|known| known.at <= now && known.status == "00")
        {
            let kind = if known.kind == "01" {
                "payment"
            } else {
                "refund"
            };
            let still_true = known.kind == "01" || refunded;
            if still_true
                && state.status != "04"
                && known.paid_at.is_some_and(|at| at.date() == day)
            {
                let id = gateway.id_of(order);
                let id = match (kind, gateway.refunds) {
                    ("payment", _) => id,
                    (_, Refunds::SameOrder) => format!("{id}#{}", known.number),
                    (_, Refunds::OwnId(own)) => own(order, known),
                    (_, Refunds::ByBank) => continue,
                };
                rows.push(json!({"id": id, "amount": known.amount, "kind": kind}));
            }
        }
    }
    rows
}

/// Ids of rows that a fault adds and that a client may or may not have seen.
fn may_also(world: &World, source: &str) -> Vec<String> {
    let drifting = |fault: &Fault| fault.act == Act::Listing(ListAct::DriftInsert);
    if !matches!(source, "casso" | "sepay2") || !world.desk().fault.as_ref().is_some_and(drifting) {
        return Vec::new();
    }
    (0..12)
        .map(|number| (super::fault::paged::INVENTED_FROM + number).to_string())
        .collect()
}
