//! A gateway's batched settlement line: the net sum of its day, or of several days behind each
//! other, less refunds, in one line of the bank. It is no payment at all. A line that names nobody
//! is looked for only after everything else had its say; one that lists the dossiers which the
//! gateway's payments have settled, before its codes are taken for a second payment of them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::domain::lang::Word;
use crate::domain::{Day, RowKey, SourceName, Txn, TxnKind, Vnd};

use super::super::desk::{Desk, Standing};
use super::super::evidence::Evidence;
use super::super::pool::{Index, Payer, Pool, at};
use super::super::reading::{Key, Reading};
use super::chain::{gateway_rows, is_bank_line};
use super::deposit::{Cash, Open};
use span::Span;

mod nearest;
mod span;

pub(super) use nearest::NearDays;

/// At most so many readings of a line are shown: a dossier that is another has its place too.
const SHOWN: usize = 2;

/// A gateway's day: number of payments, what was paid less what was refunded, and the net sums less
/// refunds that it may have paid out: as its rows tell, and with each configured rate on the rows
/// that tell no fee (an answer to a query tells none).
pub(super) struct Session {
    payments: u32,
    gross: i128,
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
            gross: 0,
            nets: vec![0; 1 + rates.len()],
        });
        let is_payment = row.kind == TxnKind::Payment;
        session.payments += u32::from(is_payment);
        let signed = |sum: i128| if is_payment { sum } else { -sum };
        session.gross += signed(row.amount.wide());
        let untold = is_payment && row.fee == Vnd::ZERO;
        let fees = rates.iter().map(|rate| rate.fee_on(row.amount));
        let fees = std::iter::once(0).chain(fees.map(|fee| if untold { fee } else { 0 }));
        for (net, fee) in session.nets.iter_mut().zip(fees) {
            *net += signed(row.net.wide() - fee);
        }
    }
    let mut sessions = Sessions::new();
    for (source, days) in by_source {
        for (day, session) in days {
            sessions.insert((source.as_str(), day), session);
        }
    }
    sessions
}

/// Bank lines that name no dossier and equal a net sum of one gateway's day, zero to three days
/// later, or of several of its days behind each other. One payment alone is no batch, and two equal
/// answers are none; nor is a line that could as well pay what is still `open`, or days that could
/// be banked cash. The lines that equal such sums and were not taken.
pub(super) fn batches(desk: &mut Desk, open: &Open, cash: &Cash) -> BTreeSet<Index> {
    let sessions = sessions(desk.pool);
    let sums = Sums::new(desk, &sessions);
    let told = told(desk, &sums);
    let mut doubtful: BTreeMap<Index, (Vec<Span>, Word)> = BTreeMap::new();
    let mut claims: Vec<(Index, Span)> = Vec::new();
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        let unread = matches!(
            desk.readings[at(txn)],
            Reading::Nothing {
                class: "unidentified",
                ..
            }
        );
        if !is_bank_line(row) || !unread || row.kind != TxnKind::Payment {
            continue;
        }
        let readings = sums.readings(desk.pool, row);
        if readings.is_empty() {
            continue;
        }
        let only = Sums::only(desk.pool, row, &readings);
        let why = match only {
            _ if open.may_be(row) => "open",
            None if readings.len() > 1 => "several",
            None => "late",
            Some(only) if !only.is_day() && cash.may_be(desk.pool, row) => "cash",
            Some(only) => {
                claims.push((txn, only));
                "again"
            }
        };
        doubtful.insert(txn, (readings, why));
    }
    for (txn, of) in &claims {
        let others = claims.iter().filter(|(other, _)| other != txn);
        let mut others = others.map(|(_, other)| other).chain(&told);
        if !others.any(|other| other.touches(of)) {
            desk.out(
                *txn,
                "batch_settlement",
                vec![sums.evidence(of, desk.pool.txn(*txn).amount)],
            );
            doubtful.remove(txn);
        }
    }
    for (txn, (readings, why)) in &doubtful {
        for of in readings.iter().take(SHOWN) {
            let said = Evidence::MayBeBatch(of.source.into(), of.first, of.last, why);
            desk.note(*txn, said, None);
        }
    }
    doubtful.into_keys().collect()
}

/// Bank lines that name dossiers and equal a net sum of one gateway's day, where each dossier that
/// they name was settled by a payment of that very day: the gateway's list of what it pays out, not
/// the same fees paid again. Whoever may be a citizen that pays once more is left to the ledgers: a
/// payer whose dossier it is, and one who is not told where the gateway kept nothing.
pub(super) fn named_batches(desk: &mut Desk) {
    let mut lines = desk.waiting();
    lines.retain(|txn| {
        let row = desk.pool.txn(*txn);
        is_bank_line(row) && row.kind == TxnKind::Payment && !named(desk, *txn).is_empty()
    });
    if lines.is_empty() {
        return;
    }
    let sessions = sessions(desk.pool);
    let sums = Sums::new(desk, &sessions);
    let told = told(desk, &sums);
    let mut fitting = Vec::new();
    for txn in lines {
        let row = desk.pool.txn(txn);
        let only = sums.only_day(desk.pool, row);
        // a day that somebody gave to another line is no reading of this one
        let is_given = |day: Day| told.iter().any(|of| of.first <= day && day <= of.last);
        let Some((gateway, day, source)) = only.filter(|(_, day, _)| !is_given(*day)) else {
            continue;
        };
        let kept = (sessions.get(&(source, day))).is_some_and(|of| of.gross > row.amount.wide());
        let own = |d: &Index| desk.pool.payer(row, *d) == Payer::Agrees;
        if (kept || !row.payer.is_empty()) && !named(desk, txn).iter().any(own) {
            fitting.push((txn, gateway, day, source));
        }
    }
    let days: BTreeSet<(&str, Day)> = fitting.iter().map(|(.., day, of)| (*of, *day)).collect();
    let paid = paid_on(desk, &days);
    let mut claims = Claims::new();
    for (txn, gateway, day, source) in fitting {
        let settled = |dossier: &Index| {
            let (paid, due) = (paid.get(&(source, day, *dossier)), desk.pool.due(*dossier));
            due > 0 && paid.is_some_and(|paid| *paid >= due)
        };
        if named(desk, txn).iter().all(settled) {
            let claim = claims.entry((gateway, day)).or_default();
            claim.push((txn, source));
        }
    }
    take(desk, claims);
}

/// The dossiers that the text of a row names, each at a place of its own.
fn named<'d>(desk: &'d Desk, txn: Index) -> &'d [Index] {
    match &desk.readings[at(txn)] {
        Reading::One { dossier, .. } => std::slice::from_ref(dossier),
        Reading::Many(several) => several,
        Reading::Glued(_) | Reading::Nothing { .. } => &[],
    }
}

/// What the payments of these days brought to the dossiers that their references name; what a
/// person ruled on is left out.
fn paid_on<'a>(
    desk: &Desk<'_, 'a>,
    days: &BTreeSet<(&str, Day)>,
) -> FxHashMap<(&'a str, Day, Index), i128> {
    let ruled: BTreeSet<&RowKey> = desk.pool.inputs.decisions.iter().map(|d| &d.row).collect();
    let referred = |txn: Index| match desk.readings[at(txn)] {
        Reading::One {
            key: Key::Reference,
            dossier,
            ..
        } => Some(dossier),
        _ => None,
    };
    let mut paid = FxHashMap::default();
    for (txn, row) in gateway_rows(desk.pool) {
        let day = (row.source.as_str(), row.paid_on);
        if row.kind != TxnKind::Payment || !days.contains(&day) || ruled.contains(&row.key()) {
            continue;
        }
        let dossier = match &desk.txns[at(txn)] {
            Standing::Credited => referred(txn),
            Standing::Sighting(of, _) => referred(txn).filter(|d| referred(*of) == Some(*d)),
            _ => None,
        };
        if let Some(dossier) = dossier {
            *paid.entry((day.0, day.1, dossier)).or_default() += row.amount.wide();
        }
    }
    paid
}

/// The lines that may be a gateway's day, by gateway and day, each with the source whose sum it is.
type Claims<'s> = BTreeMap<(&'s str, Day), Vec<(Index, &'s str)>>;

/// Takes every day that one line alone claims.
fn take(desk: &mut Desk, claims: Claims) {
    for ((_, day), lines) in claims {
        let [(line, source)] = lines.as_slice() else {
            continue;
        };
        let sum = desk.pool.txn(*line).amount;
        let why = Evidence::BatchOf((*source).into(), day, sum);
        desk.out(*line, "batch_settlement", vec![why]);
    }
}

/// The days that lines were taken for already.
fn told<'s>(desk: &Desk, sums: &Sums<'s>) -> Vec<Span<'s>> {
    let outs = desk.txns.iter().filter_map(Standing::out);
    let evidence = outs.flat_map(|out| &out.evidence);
    let days = evidence.filter_map(Evidence::paid_out);
    let days = days.filter_map(|(source, days)| {
        let known = sources(sums.sessions).find(|known| **known == *source)?;
        let days = days.into_iter();
        Some(days.filter_map(|(day, _)| sums.day(known, day)))
    });
    days.flatten().collect()
}

/// The days of gateways by the sums that they may have paid out.
struct Sums<'s> {
    sessions: &'s Sessions<'s>,
    by_sum: BTreeMap<i128, Vec<(&'s str, Day)>>,
    twins: BTreeMap<&'s str, &'s str>,
}

impl<'s> Sums<'s> {
    fn new<'p: 's>(desk: &Desk<'_, 'p>, sessions: &'s Sessions<'p>) -> Self {
        let mut by_sum: BTreeMap<i128, Vec<(&str, Day)>> = BTreeMap::new();
        for (key, session) in sessions {
            for net in session.nets.iter().filter(|net| **net > 0) {
                if session.payments >= 2 {
                    by_sum.entry(*net).or_default().push(*key);
                }
            }
        }
        let twins = twins(desk);
        Self {
            sessions,
            by_sum,
            twins,
        }
    }

    /// The gateway of which a source tells.
    fn gateway<'t>(&self, source: &'t str) -> &'t str
    where
        's: 't,
    {
        self.twins.get(source).copied().unwrap_or(source)
    }

    /// The only day in time whose sum a line is: the gateway, the day, and the source of it.
    fn only_day(&self, pool: &Pool, row: &Txn) -> Option<(&'s str, Day, &'s str)> {
        let limit = i64::from(pool.rules.batch_days);
        let in_time = |day: Day| (0..=limit).contains(&row.paid_on.days_since(day));
        let exact = self.by_sum.get(&row.amount.wide())?.iter();
        let exact = exact.filter(|(_, day)| in_time(*day));
        let mut exact: Vec<_> = exact
            .map(|(source, day)| (self.gateway(source), *day, *source))
            .collect();
        exact.sort_unstable();
        exact.dedup_by_key(|(gateway, day, _)| (*gateway, *day));
        match exact.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
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
