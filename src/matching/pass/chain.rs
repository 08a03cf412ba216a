//! Pass 2: the provider's own chain. Refunds and reversals go to the payment's dossier, one payment
//! seen through two sources is one payment.

mod joined;
mod named;

use std::collections::BTreeSet;
use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::domain::{Piece, SourceName, Text, Txn, TxnKind, TxnStatus};

use super::super::desk::{Desk, Out, Return, Standing};
use super::super::evidence::Evidence;
use super::super::names::id_words;
use super::super::pool::{Index, Pool, at, index};
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
    let mut seen = Seen::default();
    joined::join(desk, &mut seen);
    named::by_id(desk, &mut seen);
    named::by_code(desk, &mut seen);
    // a refund that two sources tell of went back once
    returns(desk);
}

/// The payments that were seen a second time, and through which sources: each through one source
/// once, or two payments would become one.
type Seen = BTreeSet<(Index, SourceName)>;

/// The row that carries the payment of this one.
fn carrier(desk: &Desk, txn: Index) -> Index {
    let mut at_last = txn;
    while let Standing::Sighting(of, _) = &desk.txns[at(at_last)] {
        at_last = *of;
    }
    at_last
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
            Some((carrier(desk, *paid), several.clone()))
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
