//! One payment that several sources tell of, by their own numbers: two feeds of one account, a
//! gateway and the account that its payments land in, a gateway's answer and its settlement file.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{SourceName, Txn, TxnKind, TxnStatus};

use super::super::super::desk::{Desk, Standing};
use super::super::super::evidence::Evidence;
use super::super::super::names::bare_reference;
use super::super::super::pool::{Index, at, index};
use super::super::super::reading::Reading;
use super::named::Sieve;
use super::{DAY_MS, SAME_MOMENT_MS, Seen, carrier, hash, is_bank_line};

/// Where a transfer or an order is told of, by what number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    /// Account and bank reference.
    Line(&'a str, &'a str),
    /// A gateway's order, and the number of the transaction that paid it.
    Order(&'a str, &'a str),
}

/// Rows that may be one: a key, the amount, the direction.
type Told<'a> = (Key<'a>, i64, TxnKind);

/// Joins what is one payment. A row that a person decided about carries it, else the first by
/// [`rank`].
pub(super) fn join(desk: &mut Desk, seen: &mut Seen) {
    let pool = desk.pool;
    let mut told: FxHashMap<Told, Vec<Index>> = FxHashMap::default();
    let orders = several_gateways(desk);
    let rows = pool.inputs.txns.iter().zip(0..);
    for (row, i) in rows.filter(|(row, _)| row.status == TxnStatus::Success) {
        let (amount, kind) = (row.amount.get(), row.kind);
        for key in line(row).into_iter().chain(orders_of(row, &orders)) {
            told.entry((key, amount, kind)).or_default().push(index(i));
        }
    }
    each_group(desk, told, seen);
    let appended = bare_lines(desk);
    each_group(desk, appended, seen);
}

/// Joins the rows of each key.
fn each_group(desk: &mut Desk, told: FxHashMap<Told, Vec<Index>>, seen: &mut Seen) {
    let mut groups: Vec<Vec<Index>> = told.into_values().filter(|rows| rows.len() > 1).collect();
    for rows in &mut groups {
        rows.sort_unstable_by_key(|txn| rank(desk, *txn));
    }
    // each group by its first row, the order of which does not depend on the hashes
    groups.sort_unstable();
    for rows in groups {
        for cluster in clusters(desk, &rows) {
            carry(desk, &cluster, seen);
        }
    }
}

/// The key of a line of an account.
fn line(row: &Txn) -> Option<Key<'_>> {
    let (account, reference) = (row.account.as_deref()?, row.bank_ref.as_deref()?);
    let told = !account.is_empty() && !reference.is_empty();
    told.then_some(Key::Line(account, reference))
}

/// The lines of an account that no other row carries yet, by references without what is appended
/// to them, where one source tells the reference bare and another does not. Of two that append
/// something each nobody knows whether they mean one transfer.
fn bare_lines<'a>(desk: &Desk<'_, 'a>) -> FxHashMap<Told<'a>, Vec<Index>> {
    let rows = || {
        let rows = desk.pool.inputs.txns.iter().zip(0..);
        let alive = rows.filter(|(row, _)| row.status == TxnStatus::Success);
        alive.map(|(row, i)| (row, index(i)))
    };
    let key = |row: &'a Txn, reference| {
        let account = row.account.as_deref().filter(|account| !account.is_empty());
        account.map(|account| {
            let key = Key::Line(account, reference);
            (key, row.amount.get(), row.kind)
        })
    };
    let carried = |txn: Index| matches!(desk.txns[at(txn)], Standing::Sighting(..));
    let mut told: FxHashMap<Told, Vec<Index>> = FxHashMap::default();
    for (row, txn) in rows().filter(|(_, txn)| !carried(*txn)) {
        let bare = row.bank_ref.as_deref().and_then(bare_reference);
        if let Some(key) = bare.and_then(|bare| key(row, bare)) {
            told.entry(key).or_default().push(txn);
        }
    }
    if told.is_empty() {
        return told;
    }
    let mut bare: FxHashSet<Told> = FxHashSet::default();
    for (row, txn) in rows().filter(|(_, txn)| !carried(*txn)) {
        let whole = row.bank_ref.as_deref().and_then(|whole| key(row, whole));
        if let Some((key, rows)) = whole.and_then(|key| Some((key, told.get_mut(&key)?))) {
            rows.push(txn);
            bare.insert(key);
        }
    }
    told.retain(|key, _| bare.contains(key));
    told
}

/// The keys of a gateway's row. Its own order id is no number of a transaction: two providers may
/// have been given the same order.
fn orders_of<'a>(row: &'a Txn, shared: &FxHashSet<u64>) -> impl Iterator<Item = Key<'a>> {
    let is_shared = |order: &&str| !order.is_empty() && shared.contains(&hash(order.as_bytes()));
    let order = row.order_ref.as_deref().filter(|_| !shared.is_empty());
    let order = order.filter(is_shared);
    let reference = row
        .bank_ref
        .as_deref()
        .filter(|reference| **reference != *row.id);
    let numbers = [Some(&*row.id), reference].into_iter().flatten();
    let keys = order.map(|order| {
        let of_transaction = move |number: &&str| *number != order && !number.is_empty();
        let numbers = numbers.filter(of_transaction);
        numbers.map(move |number| Key::Order(order, number))
    });
    keys.into_iter().flatten()
}

/// The hashes of the orders of which more than one gateway may tell.
fn several_gateways(desk: &Desk) -> FxHashSet<u64> {
    let rows = &desk.pool.inputs.txns;
    let order = |row: &Txn| {
        let order = row.order_ref.as_deref().filter(|order| !order.is_empty());
        order.map(|order| hash(order.as_bytes()))
    };
    let (mut earlier, mut several) = (Sieve::default(), FxHashSet::default());
    for gateway in rows.chunk_by(|a, b| a.source == b.source) {
        let told = || gateway.iter().filter_map(order);
        several.extend(told().filter(|order| earlier.may_hold(*order)));
        told().for_each(|order| earlier.insert(order));
    }
    several
}

/// The order among rows of one payment, whatever was decided of them: the gateway's first (one
/// whose dossier is known before others), then the first source by name. A word about one row must
/// not change which rows are one.
fn rank(desk: &Desk, txn: Index) -> (bool, bool, Index) {
    let is_line = is_bank_line(desk.pool.txn(txn));
    let read = matches!(desk.readings[at(txn)], Reading::One { .. });
    (is_line, !is_line && !read, txn)
}

/// Rows of different sources that are one payment each, the nearest in time together; the rows come
/// by rank and stay so. A reference that one source tells twice is two payments.
fn clusters(desk: &Desk, rows: &[Index]) -> Vec<Vec<Index>> {
    let time = |txn: Index| desk.pool.txn(txn).paid_at.ms();
    let mut of_source: Vec<Vec<Index>> = Vec::new();
    let mut place: FxHashMap<&str, usize> = FxHashMap::default();
    for txn in rows {
        let next = of_source.len();
        let here = *place
            .entry(desk.pool.txn(*txn).source.as_str())
            .or_insert(next);
        if here == next {
            of_source.push(Vec::new());
        }
        of_source[here].push(*txn);
    }
    let mut clusters: Vec<Vec<Index>> = Vec::new();
    for mut rows in of_source {
        rows.sort_by_key(|txn| (time(*txn), *txn));
        for near in [0, SAME_MOMENT_MS, DAY_MS] {
            rows = put(desk, &mut clusters, rows, near);
        }
        clusters.extend(rows.into_iter().map(|txn| vec![txn]));
        clusters.sort_by_key(|cluster| (time(cluster[0]), cluster[0]));
    }
    for cluster in &mut clusters {
        cluster.sort_unstable_by_key(|txn| rank(desk, *txn));
    }
    clusters
}

/// Puts rows of one source to the clusters that have none of it, as far as they are so near in
/// time; both are in the order of time. What is left comes back.
fn put(desk: &Desk, clusters: &mut [Vec<Index>], rows: Vec<Index>, near: i64) -> Vec<Index> {
    let txn = |txn: Index| desk.pool.txn(txn);
    let Some(source) = rows.first().map(|first| &txn(*first).source) else {
        return rows;
    };
    let lacks = |cluster: &&mut Vec<Index>| cluster.iter().all(|i| txn(*i).source != *source);
    let mut open = clusters.iter_mut().filter(lacks).peekable();
    let mut left = Vec::new();
    for row in rows {
        let at_ms = txn(row).paid_at.ms();
        let lag = |cluster: &[Index]| at_ms - txn(cluster[0]).paid_at.ms();
        while open.next_if(|cluster| lag(cluster) > near).is_some() {}
        match open.next_if(|cluster| lag(cluster) >= -near) {
            Some(cluster) => cluster.push(row),
            None => left.push(row),
        }
    }
    left
}

/// The first of a cluster carries the payment, or the first of which something was decided; the
/// others were waiting and are sightings of it.
fn carry(desk: &mut Desk, cluster: &[Index], seen: &mut Seen) {
    let Some(first) = cluster.first().copied() else {
        return;
    };
    let moment = |txn: Index| desk.pool.txn(txn).paid_at.ms();
    let near = |txn: &Index| (moment(first) - moment(*txn)).abs() <= DAY_MS;
    let members: Vec<Index> = cluster.iter().copied().filter(near).collect();
    let waits = |txn: Index| desk.txns[at(txn)] == Standing::Waiting;
    let decided = members.iter().copied().find(|txn| !waits(*txn));
    if let Some(decided) = decided.filter(|_| waits(first)) {
        see(desk, decided, first, seen);
    }
    for txn in members {
        see(desk, first, txn, seen);
    }
}

/// A row that waits is a sighting of another one.
fn see(desk: &mut Desk, of: Index, txn: Index, seen: &mut Seen) {
    let row = desk.pool.txn(txn);
    let waits = desk.txns[at(txn)] == Standing::Waiting;
    let root = carrier(desk, of);
    if !waits || root == txn || seen.contains(&(root, row.source.clone())) {
        return;
    }
    // what was seen of the row is seen of the one that carries it, through each source once
    let (first, last) = ((txn, no_source()), (txn + 1, no_source()));
    let told: Vec<SourceName> = seen.range(first..last).map(|(_, s)| s.clone()).collect();
    let twice = |source: &SourceName| {
        *source == desk.pool.txn(root).source || seen.contains(&(root, source.clone()))
    };
    if told.iter().any(twice) {
        return;
    }
    seen.insert((root, row.source.clone()));
    seen.extend(told.into_iter().map(|source| (root, source)));
    let why = Evidence::SameAs(desk.pool.txn(of).id.as_ref().into());
    desk.txns[at(txn)] = Standing::Sighting(of, Box::new(why));
}

/// Before every name of a source.
fn no_source() -> SourceName {
    SourceName::new("")
}
