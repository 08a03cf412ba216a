//! A bank line that names a gateway's payment, refund or reversal, by its id or by its dossier: the
//! same money seen a second time.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::fold::same_name;
use crate::domain::{Piece, SourceName, Txn, TxnKind};

use super::super::super::desk::{Desk, Standing};
use super::super::super::evidence::Evidence;
use super::super::super::names::id_words;
use super::super::super::pool::{Index, Payer, Pool, at};
use super::super::super::reading::Reading;
use super::{
    DAY_MS, ID_LENGTH_MIN, SAME_MOMENT_MS, Seen, Spoken, carrier, gateway_rows, hash, is_bank_line,
};

/// A bank line whose memo holds a gateway row's id, of the same direction and its gross or net
/// amount, at most as late as a gateway pays out its days.
pub(super) fn by_id(desk: &mut Desk, seen: &mut Seen) {
    let mut lines: Vec<Index> = desk.waiting();
    lines.retain(|txn| is_bank_line(desk.pool.txn(*txn)));
    let by_id = gateways_by_id(desk.pool, &lines);
    if by_id.is_empty() {
        return;
    }
    // of the lines of one feed that name one payment, the nearest in time is its sighting
    let mut nearest: BTreeMap<(Index, &SourceName), (i64, Index, Index)> = BTreeMap::new();
    for txn in lines {
        let row = desk.pool.txn(txn);
        let memo = row.memo.to_ascii_uppercase();
        let named = id_words(&memo)
            .filter_map(|word| by_id.get(word))
            .flatten()
            .copied();
        let same = named.into_iter().find(|gateway| {
            let event = desk.pool.txn(*gateway);
            let amount = row.amount == event.amount || row.amount == event.net;
            amount && goes_out(row) == goes_out(event) && in_time(desk.pool, row, event)
        });
        if let Some(gateway) = same {
            let lag = (row.paid_at.ms() - desk.pool.txn(gateway).paid_at.ms()).abs();
            let best = nearest.entry((carrier(desk, gateway), &row.source));
            let best = best.or_insert((lag, txn, gateway));
            *best = (*best).min((lag, txn, gateway));
        }
    }
    for ((event, source), (_, txn, gateway)) in nearest {
        if !seen.insert((event, source.clone())) {
            continue;
        }
        let why = Evidence::NamesTransaction(desk.pool.txn(gateway).id.as_ref().into());
        desk.txns[at(txn)] = Standing::Sighting(gateway, Box::new(why));
    }
}

/// Money that left the account: a bank may call the gateway's refund a debit.
fn goes_out(row: &Txn) -> bool {
    row.kind != TxnKind::Payment
}

/// Hardly before the gateway's row, and at most a day or the days of a batch later.
fn in_time(pool: &Pool, row: &Txn, event: &Txn) -> bool {
    let lag = row.paid_at.ms() - event.paid_at.ms();
    let days = row.paid_on.days_since(event.paid_on);
    lag >= -SAME_MOMENT_MS && (lag <= DAY_MS || days <= i64::from(pool.rules.batch_days))
}

/// The rows of gateways by their ids and bank references, as far as these lines may name them.
fn gateways_by_id(pool: &Pool, lines: &[Index]) -> FxHashMap<String, Vec<Index>> {
    let mut sieve = Sieve::default();
    for (_, row) in gateway_rows(pool) {
        ids_of(row).for_each(|id| sieve.insert(hash(id.as_bytes())));
    }
    let mut spoken = Spoken::default();
    for txn in lines {
        let words = id_words(&pool.txn(*txn).memo).filter(|word| word.len() >= ID_LENGTH_MIN);
        let words = words.map(|word| hash(word.as_bytes()));
        spoken.0.extend(words.filter(|hash| sieve.may_hold(*hash)));
    }
    let mut by_id: FxHashMap<String, Vec<Index>> = FxHashMap::default();
    for (txn, row) in gateway_rows(pool) {
        for id in ids_of(row).filter(|id| spoken.may_hold(id)) {
            by_id.entry(id.to_ascii_uppercase()).or_default().push(txn);
        }
    }
    by_id
}

/// The id and the bank reference of a row, as far as they are worth looking for.
fn ids_of(row: &Txn) -> impl Iterator<Item = &Piece> {
    let ids = [Some(&row.id), row.bank_ref.as_ref()];
    let ids = ids.into_iter().flatten();
    ids.filter(|id| id.len() >= ID_LENGTH_MIN)
}

/// Which hashes are there, a bit for each: a small table that says no to nearly all others.
pub(super) struct Sieve(Vec<u64>);

impl Default for Sieve {
    fn default() -> Self {
        Self(vec![0; 1 << 17])
    }
}

impl Sieve {
    fn place(hash: u64) -> (usize, u64) {
        let word = usize::try_from(hash >> 6 & 0x1_ffff).unwrap_or(0);
        (word, 1 << (hash & 63))
    }

    pub(super) fn insert(&mut self, hash: u64) {
        let (word, bit) = Self::place(hash);
        self.0[word] |= bit;
    }

    pub(super) fn may_hold(&self, hash: u64) -> bool {
        let (word, bit) = Self::place(hash);
        self.0[word] & bit != 0
    }
}

/// A bank line that names the dossier of a gateway row of the same amount and direction at the same
/// moment, with no differing payer.
pub(super) fn by_code(desk: &mut Desk, seen: &mut Seen) {
    let one = |desk: &Desk, txn: Index| match (&desk.txns[at(txn)], &desk.readings[at(txn)]) {
        (Standing::Sighting(..), _) => None,
        (_, Reading::One { dossier, .. }) => Some(*dossier),
        _ => None,
    };
    let mut lines: Vec<(Index, Index)> = Vec::new();
    let mut named = vec![false; desk.pool.dossiers.len()];
    for txn in desk.waiting() {
        let line = is_bank_line(desk.pool.txn(txn));
        if let Some(dossier) = one(desk, txn).filter(|_| line) {
            named[at(dossier)] = true;
            lines.push((txn, dossier));
        }
    }
    let mut events: FxHashMap<(Index, i64, bool), Vec<Index>> = FxHashMap::default();
    for (txn, row) in gateway_rows(desk.pool) {
        if let Some(dossier) = one(desk, txn).filter(|dossier| named[at(*dossier)]) {
            events
                .entry((dossier, row.amount.get(), goes_out(row)))
                .or_default()
                .push(txn);
        }
    }
    // the account of the line that each event was seen on: another account is another payment
    let mut taken: BTreeMap<Index, Option<&Piece>> = BTreeMap::new();
    for (txn, dossier) in lines {
        let row = desk.pool.txn(txn);
        let account = row.account.as_ref().filter(|account| !account.is_empty());
        let is_free = |event: &Index| match taken.get(event) {
            None => true,
            Some(known) => account.is_some() && *known == account,
        };
        let Some(candidates) = events.get(&(dossier, row.amount.get(), goes_out(row))) else {
            continue;
        };
        let lag = |event: &Index| (row.paid_at.ms() - desk.pool.txn(*event).paid_at.ms()).abs();
        let same = candidates.iter().copied().filter(|event| {
            let near = lag(event) <= SAME_MOMENT_MS;
            near && same_person(desk.pool, row, *event, dossier)
                && is_free(event)
                && !seen.contains(&(*event, row.source.clone()))
        });
        if let Some(event) = same.min_by_key(|event| (lag(event), *event)) {
            taken.insert(event, account);
            seen.insert((event, row.source.clone()));
            let why = Evidence::SameAs(desk.pool.txn(event).id.as_ref().into());
            desk.txns[at(txn)] = Standing::Sighting(event, Box::new(why));
        }
    }
}

/// No differing payer: the gateway's where it tells one, else the dossier's.
fn same_person(pool: &Pool, row: &Txn, event: Index, dossier: Index) -> bool {
    let gateway = pool.txn(event);
    if row.payer.is_empty() || gateway.payer.is_empty() {
        return pool.payer(row, dossier) != Payer::Differs;
    }
    same_name(&row.payer, &gateway.payer)
}
