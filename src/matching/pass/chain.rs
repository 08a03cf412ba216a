//! Pass 2: the provider's own chain. Refunds and reversals go to the payment's dossier, one payment
//! seen through two sources is one payment.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::domain::fold::same_name;
use crate::domain::{Piece, Text, Txn, TxnKind, TxnStatus};

use super::super::desk::{Desk, Out, Return, Standing};
use super::super::evidence::Evidence;
use super::super::names::id_words;
use super::super::pool::{Index, Payer, Pool, at, index};
use super::super::reading::Reading;
use super::Pass;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "chain",
    label: Text {
        vi: "Chuỗi giao dịch của nhà cung cấp",
        en: "The provider's own chain",
    },
    run,
};

const DAY_MS: i64 = 86_400_000;
const SAME_MOMENT_MS: i64 = 5 * 60_000;
/// Shorter texts than this are no transaction ids worth looking for.
const ID_LENGTH_MIN: usize = 6;

fn run(desk: &mut Desk) {
    returns(desk);
    two_feeds(desk);
    named_sightings(desk);
    coded_sightings(desk);
}

/// Refunds, reversals and debits: to the one dossier they name, else to the dossier of the payment
/// whose native id they name.
fn returns(desk: &mut Desk) {
    let by_id = payments_by_id(desk);
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        if row.kind == TxnKind::Payment {
            continue;
        }
        let dossier = match &desk.readings[at(txn)] {
            Reading::One { dossier, .. } => Some(*dossier),
            Reading::Nothing { .. } => paid_dossier(desk, &named(&by_id, row)),
            Reading::Glued(_) | Reading::Many(_) => None,
        };
        let reversal = row.kind == TxnKind::Reversal;
        if let Some(dossier) = dossier {
            let of = None;
            let back = Return { txn, reversal, of };
            desk.returns.entry(dossier).or_default().push(back);
            desk.txns[at(txn)] = Standing::Returns(dossier);
            continue;
        }
        if let Some((paid, dossiers)) = paid_dossiers(desk, &named(&by_id, row), txn) {
            let of = Some(paid);
            for dossier in &dossiers {
                let back = Return { txn, reversal, of };
                desk.returns.entry(*dossier).or_default().push(back);
            }
            desk.txns[at(txn)] = Standing::Returns(dossiers[0]);
            continue;
        }
        let (unread, evidence, nearest) = match desk.readings[at(txn)].clone() {
            Reading::Nothing { class, said } => {
                (class == "unidentified", said.evidence, said.nearest)
            }
            Reading::Glued(several) | Reading::Many(several) => {
                let code = |d: &Index| desk.pool.dossier(*d).code.clone();
                let codes = several.iter().map(code).collect();
                (false, vec![Evidence::SeveralCodes(codes)], Vec::new())
            }
            Reading::One { .. } => continue,
        };
        if unread && row.kind == TxnKind::Debit {
            desk.out(txn, "not_fee", vec![Evidence::OutgoingUnnamed]);
            continue;
        }
        let out = Out::new("unlinked_refund", evidence);
        desk.leave(txn, Out { nearest, ..out });
    }
}

/// The payments of each source by their native ids, as far as a waiting return may name them.
fn payments_by_id<'a>(desk: &Desk<'_, 'a>) -> FxHashMap<(&'a str, String), Index> {
    let pool = desk.pool;
    let returns = desk.waiting().into_iter().map(|txn| pool.txn(txn));
    let returns = returns.filter(|row| row.kind != TxnKind::Payment);
    let mut spoken = Spoken::default();
    returns.for_each(|row| spoken.extend(&text_of(row)));
    let rows = pool.inputs.txns.iter().enumerate();
    let wanted = |t: &Txn| t.kind == TxnKind::Payment && t.id.len() >= ID_LENGTH_MIN;
    rows.filter(|(_, row)| wanted(row) && spoken.may_hold(&row.id))
        .map(|(i, row)| {
            let key = (row.source.as_str(), row.id.to_ascii_uppercase());
            (key, index(i))
        })
        .collect()
}

/// Memo and reference of a row, in capitals.
fn text_of(row: &Txn) -> String {
    let reference = row.order_ref.as_deref().unwrap_or_default();
    format!("{} {reference}", row.memo).to_ascii_uppercase()
}

/// Words of many texts, of which no more is kept than whether a word may be among them.
#[derive(Default)]
struct Spoken(FxHashSet<u64>);

impl Spoken {
    /// Adds the words of a text in capitals that may be ids.
    fn extend(&mut self, text: &str) {
        let words = id_words(text).filter(|word| word.len() >= ID_LENGTH_MIN);
        self.0.extend(words.map(|word| hash(word.as_bytes())));
    }

    /// False when an id is none of the words for certain.
    fn may_hold(&self, id: &Piece) -> bool {
        self.0.contains(&hash(id.as_bytes()))
    }
}

/// A hash that does not see whether letters are small or capital.
fn hash(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    for part in word.chunks(8) {
        let mut eight = [0; 8];
        eight[..part.len()].copy_from_slice(part);
        eight.make_ascii_uppercase();
        hasher.write_u64(u64::from_le_bytes(eight));
    }
    hasher.finish()
}

/// The payments of the same source that a return names by their ids.
fn named(by_id: &FxHashMap<(&str, String), Index>, row: &Txn) -> Vec<Index> {
    let text = text_of(row);
    let paid = |word: &str| by_id.get(&(row.source.as_str(), word.to_owned()));
    let mut named: Vec<Index> = id_words(&text).filter_map(paid).copied().collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// The dossier of the payments that a return names by their ids, if it is one.
fn paid_dossier(desk: &Desk, named: &[Index]) -> Option<Index> {
    let mut dossiers: Vec<Index> = Vec::new();
    for paid in named {
        if let Reading::One { dossier, .. } = desk.readings[at(*paid)] {
            dossiers.push(dossier);
        }
    }
    dossiers.sort_unstable();
    dossiers.dedup();
    match dossiers.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// The one payment over several dossiers of which a return without a code names the id and has
/// exactly the amount, with those dossiers.
fn paid_dossiers(desk: &Desk, named: &[Index], back: Index) -> Option<(Index, Vec<Index>)> {
    let ([paid], Reading::Nothing { .. }) = (named, &desk.readings[at(back)]) else {
        return None;
    };
    match &desk.readings[at(*paid)] {
        Reading::Many(several) if desk.pool.txn(*paid).amount == desk.pool.txn(back).amount => {
            Some((*paid, several.clone()))
        }
        _ => None,
    }
}

/// A line of a bank feed: no structured reference.
pub(super) fn is_bank_line(txn: &Txn) -> bool {
    txn.order_ref.is_none()
}

/// Payments of gateways that count, with their positions.
pub(super) fn gateway_rows<'a>(pool: &Pool<'a>) -> impl Iterator<Item = (Index, &'a Txn)> {
    let counts = |txn: &&Txn| !is_bank_line(txn) && txn.status == TxnStatus::Success;
    pool.inputs
        .txns
        .iter()
        .enumerate()
        .map(|(i, txn)| (index(i), txn))
        .filter(move |(_, t)| counts(t))
}

/// Two feeds of one account: joined by account and bank reference; the first source carries it.
fn two_feeds(desk: &mut Desk) {
    // lines of each account and reference that carry a payment, with those that were joined to them
    type Carried = Vec<(Index, Vec<Index>)>;
    let mut seen: FxHashMap<(&str, &str, i64, TxnKind), Carried> = FxHashMap::default();
    let all = (0..desk.txns.len()).map(index);
    let (decided, waiting): (Vec<Index>, Vec<Index>) = all
        .filter(|txn| desk.pool.txn(*txn).status == TxnStatus::Success)
        .partition(|txn| desk.txns[at(*txn)] != Standing::Waiting);
    for txn in decided.into_iter().chain(waiting) {
        let row = desk.pool.txn(txn);
        let (Some(account), Some(reference)) = (row.account.as_deref(), row.bank_ref.as_deref())
        else {
            continue;
        };
        if !is_bank_line(row) || account.is_empty() || reference.is_empty() {
            continue;
        }
        let key = (account, reference, row.amount.get(), row.kind);
        let carried = seen.entry(key).or_default();
        let same = |(first, joined): &&mut (Index, Vec<Index>)| {
            let near = (desk.pool.txn(*first).paid_at.ms() - row.paid_at.ms()).abs() <= DAY_MS;
            let mut sources = joined
                .iter()
                .chain([first])
                .map(|i| &desk.pool.txn(*i).source);
            near && sources.all(|source| *source != row.source)
        };
        match carried.iter_mut().find(same) {
            Some((first, joined)) if desk.txns[at(txn)] == Standing::Waiting => {
                joined.push(txn);
                let why = Evidence::SameAs(desk.pool.txn(*first).id.as_ref().into());
                desk.txns[at(txn)] = Standing::Sighting(*first, Box::new(why));
            }
            Some(_) => {}
            None => carried.push((txn, Vec::new())),
        }
    }
}

/// A bank line whose memo holds a gateway row's id and whose amount is its gross or net, at most a
/// day later.
fn named_sightings(desk: &mut Desk) {
    let lines: Vec<Index> = desk.waiting();
    let lines = lines.into_iter().filter(|txn| {
        let row = desk.pool.txn(*txn);
        is_bank_line(row) && row.kind == TxnKind::Payment
    });
    let lines: Vec<Index> = lines.collect();
    let by_id = gateways_by_id(desk.pool, &lines);
    if by_id.is_empty() {
        return;
    }
    // of the lines of one feed that name one payment, the nearest in time is its sighting
    let mut nearest: BTreeMap<(Index, &str), (i64, Index)> = BTreeMap::new();
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
            let lag = row.paid_at.ms() - event.paid_at.ms();
            amount && (-SAME_MOMENT_MS..=DAY_MS).contains(&lag)
        });
        if let Some(gateway) = same {
            let lag = (row.paid_at.ms() - desk.pool.txn(gateway).paid_at.ms()).abs();
            let best = nearest.entry((gateway, row.source.as_str()));
            let best = best.or_insert((lag, txn));
            *best = (*best).min((lag, txn));
        }
    }
    for ((gateway, _), (_, txn)) in nearest {
        let why = Evidence::NamesTransaction(desk.pool.txn(gateway).id.as_ref().into());
        desk.txns[at(txn)] = Standing::Sighting(gateway, Box::new(why));
    }
}

/// The payments of gateways by their ids and bank references, as far as these lines may name them.
fn gateways_by_id(pool: &Pool, lines: &[Index]) -> FxHashMap<String, Vec<Index>> {
    let payments = || gateway_rows(pool).filter(|(_, row)| row.kind == TxnKind::Payment);
    let mut sieve = Sieve::default();
    for (_, row) in payments() {
        ids_of(row).for_each(|id| sieve.insert(hash(id.as_bytes())));
    }
    let mut spoken = Spoken::default();
    for txn in lines {
        let words = id_words(&pool.txn(*txn).memo).filter(|word| word.len() >= ID_LENGTH_MIN);
        let words = words.map(|word| hash(word.as_bytes()));
        spoken.0.extend(words.filter(|hash| sieve.may_hold(*hash)));
    }
    let mut by_id: FxHashMap<String, Vec<Index>> = FxHashMap::default();
    for (txn, row) in payments() {
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
struct Sieve(Vec<u64>);

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

    fn insert(&mut self, hash: u64) {
        let (word, bit) = Self::place(hash);
        self.0[word] |= bit;
    }

    fn may_hold(&self, hash: u64) -> bool {
        let (word, bit) = Self::place(hash);
        self.0[word] & bit != 0
    }
}

/// A bank line that names the dossier of a gateway payment of the same amount at the same moment,
/// with no differing payer.
fn coded_sightings(desk: &mut Desk) {
    let one = |desk: &Desk, txn: Index| match desk.readings[at(txn)] {
        Reading::One { dossier, .. } => Some(dossier),
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
    let mut events: FxHashMap<(Index, i64), Vec<Index>> = FxHashMap::default();
    for (txn, row) in gateway_rows(desk.pool).filter(|(_, row)| row.kind == TxnKind::Payment) {
        if let Some(dossier) = one(desk, txn).filter(|dossier| named[at(*dossier)]) {
            events
                .entry((dossier, row.amount.get()))
                .or_default()
                .push(txn);
        }
    }
    let mut taken: BTreeSet<Index> = BTreeSet::new();
    for (txn, dossier) in lines {
        let row = desk.pool.txn(txn);
        let Some(candidates) = events.get(&(dossier, row.amount.get())) else {
            continue;
        };
        let lag = |event: &Index| (row.paid_at.ms() - desk.pool.txn(*event).paid_at.ms()).abs();
        let same = candidates.iter().copied().filter(|event| {
            let near = lag(event) <= SAME_MOMENT_MS;
            near && same_person(desk.pool, row, *event, dossier) && !taken.contains(event)
        });
        if let Some(event) = same.min_by_key(|event| (lag(event), *event)) {
            taken.insert(event);
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
