//! A gateway's batched settlement line: the net sum of its day, less refunds, in one line of the
//! bank. It is no payment at all, and is looked for only after everything else had its say.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::domain::{Day, SourceName, Txn, TxnKind, Vnd};

use super::super::desk::{Desk, Standing};
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::pool::{Index, Pool, at};
use super::super::reading::Reading;
use super::chain::{gateway_rows, is_bank_line};

/// A gateway's day: number of payments, and the net sums less refunds that it may have paid out:
/// as its rows tell, and with each configured rate on the rows that tell no fee (an answer to a
/// query tells none).
pub(super) struct Session {
    payments: u32,
    nets: Vec<i128>,
}

/// The days of every gateway that the pool holds whole.
pub(super) type Sessions<'a> = BTreeMap<(&'a str, Day), Session>;

/// Sums up every gateway's days.
pub(super) fn sessions<'a>(pool: &Pool<'a>) -> Sessions<'a> {
    let rates = &pool.rules.net_rates;
    let whole = gateway_rows(pool).filter(|(_, row)| pool.holds_whole_day(row.paid_on));
    let mut by_source: Vec<(&SourceName, FxHashMap<Day, Session>)> = Vec::new();
    for (_, row) in whole {
        // rows of one source stand together
        if by_source
            .last()
            .is_none_or(|(source, _)| **source != row.source)
        {
            by_source.push((&row.source, FxHashMap::default()));
        }
        let Some((_, days)) = by_source.last_mut() else {
            continue;
        };
        let session = days.entry(row.paid_on).or_insert_with(|| Session {
            payments: 0,
            nets: vec![0; 1 + rates.len()],
        });
        let is_payment = row.kind == TxnKind::Payment;
        session.payments += u32::from(is_payment);
        let untold = is_payment && row.fee == Vnd::ZERO;
        let fees = rates.iter().map(|rate| rate.fee_on(row.amount));
        let fees = std::iter::once(0).chain(fees.map(|fee| if untold { fee } else { 0 }));
        for (net, fee) in session.nets.iter_mut().zip(fees) {
            let sum = row.net.wide() - fee;
            *net += if is_payment { sum } else { -sum };
        }
    }
    let mut sessions = Sessions::new();
    for (source, days) in by_source {
        for (day, mut session) in days {
            session.nets.sort_unstable();
            session.nets.dedup();
            sessions.insert((source.as_str(), day), session);
        }
    }
    sessions
}

/// Bank lines that name no dossier and equal a net sum of one gateway's day, zero to three days
/// later. One payment alone is no batch, and two equal answers are none; nor is a line that could
/// as well pay what is still `open`.
pub(super) fn batches(desk: &mut Desk, open: &BTreeSet<i128>) {
    let sessions = sessions(desk.pool);
    let mut by_sum: BTreeMap<i128, Vec<(&str, Day)>> = BTreeMap::new();
    for (key, session) in &sessions {
        for net in session.nets.iter().filter(|net| **net > 0) {
            if session.payments >= 2 {
                by_sum.entry(*net).or_default().push(*key);
            }
        }
    }
    let twins = twins(desk);
    let mut claims: BTreeMap<(&str, Day), Vec<(Index, &str)>> = BTreeMap::new();
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        let unread = matches!(
            desk.readings[at(txn)],
            Reading::Nothing {
                class: "unidentified",
                ..
            }
        );
        let rival = open.contains(&row.amount.wide());
        if !is_bank_line(row) || !unread || rival || row.kind != TxnKind::Payment {
            continue;
        }
        let lag = |day: Day| row.paid_on.days_since(day);
        let in_time = |day: Day| (0..=i64::from(desk.pool.rules.batch_days)).contains(&lag(day));
        let exact = by_sum
            .get(&row.amount.wide())
            .map_or(&[][..], Vec::as_slice);
        let exact = exact.iter().filter(|(_, day)| in_time(*day));
        let gateway = |source| twins.get(source).copied().unwrap_or(source);
        let mut exact: Vec<(&str, Day, &str)> = exact
            .map(|(source, day)| (gateway(source), *day, *source))
            .collect();
        exact.sort_unstable();
        exact.dedup_by_key(|(gateway, day, _)| (*gateway, *day));
        if let [(gateway, day, source)] = exact.as_slice() {
            let claim = claims.entry((*gateway, *day)).or_default();
            claim.push((txn, *source));
        }
    }
    for ((_, day), lines) in claims {
        let [(line, source)] = lines.as_slice() else {
            continue;
        };
        let sum = desk.pool.txn(*line).amount;
        desk.out(
            *line,
            "batch_settlement",
            vec![Evidence::BatchOf((*source).into(), day, sum)],
        );
    }
}

/// The sources that tell again of another's payments, and that other: of a gateway's answers and
/// its settlement file the day is one day.
fn twins<'a>(desk: &Desk<'_, 'a>) -> BTreeMap<&'a str, &'a str> {
    let mut twins = BTreeMap::new();
    for (txn, row) in gateway_rows(desk.pool) {
        if let Standing::Sighting(of, _) = &desk.txns[at(txn)] {
            let event = desk.pool.txn(*of);
            let pair = (row.source.as_str(), event.source.as_str());
            let (first, second) = (pair.0.min(pair.1), pair.0.max(pair.1));
            if !is_bank_line(event) {
                twins.insert(second, first);
            }
        }
    }
    twins
}

/// The gateways that have days.
fn sources<'s>(sessions: &'s Sessions<'s>) -> impl Iterator<Item = &'s str> {
    let first = sessions.keys().next().map(|(source, _)| *source);
    let end = Day::new(chrono::NaiveDate::MAX);
    std::iter::successors(first, move |source| {
        let mut behind = sessions.range((*source, end)..).map(|((next, _), _)| *next);
        behind.find(|next| next != source)
    })
}

/// The gateway's day whose sum comes nearest to an unread bank line that names the gateway or
/// has exactly the sum: shown when it is not exact or has another reading.
pub(super) fn nearest_batch(pool: &Pool, sessions: &Sessions, txn: &Txn) -> Option<Nearest> {
    let memo = txn.memo.to_ascii_uppercase();
    let earliest = txn.paid_on.minus(pool.rules.batch_days);
    let fits = |((source, _), session): &(&(&str, Day), &Session)| {
        let told = || memo.contains(&source.to_ascii_uppercase());
        session.payments >= 2 && (session.nets.contains(&txn.amount.wide()) || told())
    };
    let distance = |net: i128| (net - txn.amount.wide()).abs();
    let in_time = |source| sessions.range((source, earliest)..=(source, txn.paid_on));
    let sums = sources(sessions).flat_map(in_time).filter(fits);
    let sums = sums.flat_map(|(key, session)| session.nets.iter().map(move |net| (key, *net)));
    let ((source, day), net) = sums.min_by_key(|(key, net)| (distance(*net), *key))?;
    let amount = Vnd::from_wide(net).ok();
    let exact = net == txn.amount.wide();
    Some(Nearest {
        candidate: format!("{source} {day}").into(),
        amount,
        failed: if exact { Test::Unique } else { Test::Sum },
    })
}
