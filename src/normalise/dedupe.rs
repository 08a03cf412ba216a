//! PURE: one canonical row an id.
//!
//! The same id may come again: in the next page, in an overlapping pull, as the answer to the next
//! probe. What it says then is one of three things.
//!
//! - **The same**: nothing differs, or the new row only leaves out what is known, or it is an
//!   older state (`pending` after a final one).
//! - **An update**: the state moved on (`pending` to anything; `success` or `failed` to `void`; any
//!   to `unmapped`, which a person must see; `unmapped` to a final one), or an empty field was
//!   filled in. While a row is not final its time, memo, payer, fee and bank reference may still
//!   change. A time that is the order's, because the gateway did not tell when the payer paid,
//!   gives way to a told one whatever its day, and never contradicts one.
//! - **A contradiction**: amount, kind, order reference or account differ, or, once the row is
//!   final, time, memo, payer, bank reference, fee or net; or one says `failed` and the other
//!   `success`. The version first stored stays canonical and a person decides. Inside one delivery
//!   nothing is first, so the smallest content in byte order stays, not-final rows before final.

use std::collections::BTreeMap;

use super::txn::by_id_and_content;
use super::versions;
use crate::domain::{Conflict, Piece, SourceName, Txn, TxnStatus, Vnd, sorting};

/// What a delivery adds to what is stored. Every list is in order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Rows with a new id.
    pub fresh: Vec<Txn>,
    /// Stored rows that moved on (`pending` to `success`, a field filled in): the new version.
    pub updated: Vec<Txn>,
    /// Stored rows that came again without change.
    pub unchanged: Vec<Txn>,
    /// Ids whose versions contradict each other; the first stored version stays canonical.
    pub conflicts: Vec<Conflict>,
}

/// One row an id within one delivery.
pub fn dedupe(mut rows: Vec<Txn>) -> (Vec<Txn>, Vec<Conflict>) {
    sort(&mut rows);
    let twins = sorting::twins(&rows, same_id);
    let mut conflicts = Vec::new();
    for range in &twins {
        let group = &rows[range.clone()];
        let (current, conflict) = current(&group[0], group);
        conflicts.extend(conflict);
        rows[range.start] = current;
    }
    sorting::keep_first(&mut rows, &twins);
    (rows, conflicts)
}

fn same_id(a: &Txn, b: &Txn) -> bool {
    a.id == b.id && a.source == b.source
}

/// By id, not-final rows before final ones, then by content.
fn sort(rows: &mut [Txn]) {
    let mut sources: Vec<SourceName> = Vec::new();
    for row in &*rows {
        if sources.last() != Some(&row.source) {
            sources.push(row.source.clone());
        }
    }
    sources.sort();
    sources.dedup();
    // rows of one source stand together
    let last = std::cell::Cell::new(0);
    let prefix = |row: &Txn| {
        if sources.get(last.get()) != Some(&row.source) {
            last.set(sources.partition_point(|source| *source < row.source));
        }
        let place = u128::from(u8::try_from(last.get()).unwrap_or(u8::MAX));
        (place << 120) | (sorting::prefix_of(row.id.as_bytes()) >> 8)
    };
    let order = |a: &Txn, b: &Txn| {
        let ids = (&a.source, &a.id).cmp(&(&b.source, &b.id));
        ids.then_with(|| rank(a.status).cmp(&rank(b.status)))
            .then_with(|| by_id_and_content(a, b))
    };
    if sources.len() < usize::from(u8::MAX) {
        sorting::sort(rows, prefix, order);
    } else {
        rows.sort_by(order);
    }
}

/// What the versions of one id make of the `first` one, and how they contradict it.
fn current(first: &Txn, versions: &[Txn]) -> (Txn, Option<Conflict>) {
    let mut current = first.clone();
    let mut others: Vec<&Txn> = Vec::new();
    for row in versions {
        match step(&current, row) {
            Step::Same => {}
            Step::Update(next) => current = *next,
            Step::Contradiction => others.push(row),
        }
    }
    let date = current.business_date;
    let conflict = (!others.is_empty()).then(|| versions::conflict(&current, &others, date));
    (current, conflict)
}

/// One row an id, given what the store holds of the same ids (more does no harm).
pub fn merge(stored: &[Txn], mut new: Vec<Txn>) -> Merged {
    let known: BTreeMap<_, _> = stored.iter().map(|t| ((&t.source, &t.id), t)).collect();
    sort(&mut new);
    let mut merged = Merged::default();
    let mut rest = new.into_iter().peekable();
    while let Some(row) = rest.next() {
        let first = known.get(&(&row.source, &row.id)).copied();
        let is_twin = |next: &Txn| (&next.source, &next.id) == (&row.source, &row.id);
        if first.is_none() && !rest.peek().is_some_and(is_twin) {
            merged.fresh.push(row);
            continue;
        }
        let mut group = vec![row];
        while let Some(next) =
            rest.next_if(|next| (&next.source, &next.id) == (&group[0].source, &group[0].id))
        {
            group.push(next);
        }
        let (current, conflict) = current(first.unwrap_or(&group[0]), &group);
        merged.conflicts.extend(conflict);
        match first {
            None => merged.fresh.push(current),
            Some(first) if *first == current => merged.unchanged.push(current),
            Some(_) => merged.updated.push(current),
        }
    }
    merged
}

/// A conflict when a gateway's amount is exactly a hundredth or a hundred times the order's: then
/// one of the two is written in another unit (VNPAY writes `vnp_Amount` times 100,
/// <https://sandbox.vnpayment.vn/apis/docs/truy-van-hoan-tien/querydr&refund.html>).
pub fn scale_conflict(txn: &Txn, order_amount: Vnd) -> Option<Conflict> {
    let (paid, due) = (txn.amount.wide(), order_amount.wide());
    let scaled = paid > 0 && due > 0 && (paid == due * 100 || paid * 100 == due);
    scaled.then(|| amount_conflict(txn, order_amount, "payment order"))
}

/// The conflict of a stored row with another word on its amount, and who says it. The row stays
/// as it is until a person decides.
pub fn amount_conflict(txn: &Txn, other: Vnd, who: &str) -> Conflict {
    let mut versions: Vec<Box<str>> = vec![
        format!("amount_vnd={} ({})", txn.amount, txn.source).into(),
        format!("amount_vnd={other} ({who})").into(),
    ];
    versions.sort();
    Conflict {
        key: txn.key(),
        kept: txn.amount,
        largest: txn.amount.max(other),
        versions,
        business_date: txn.business_date,
    }
}

/// How far along a state is; `failed` and `success` are equally far and contradict each other.
fn rank(status: TxnStatus) -> u8 {
    match status {
        TxnStatus::Pending => 0,
        TxnStatus::Failed | TxnStatus::Success => 1,
        TxnStatus::Void => 2,
        TxnStatus::Unmapped => 3,
    }
}

enum Step {
    Same,
    Update(Box<Txn>),
    Contradiction,
}

/// What `new` says about `current`.
fn step(current: &Txn, new: &Txn) -> Step {
    let Some(status) = next_status(current.status, new.status) else {
        return Step::Contradiction;
    };
    let open = current.status == TxnStatus::Pending;
    if open && new.status == TxnStatus::Pending && current.paid_at.ms() > new.paid_at.ms() {
        // of two answers that are not final the later one counts, whichever came first
        return if agrees(current, new) {
            Step::Same
        } else {
            Step::Contradiction
        };
    }
    if !agrees(current, new) || (!open && !details_agree(current, new)) {
        return Step::Contradiction;
    }
    let mut next = current.clone();
    next.status = status;
    next.status_word = state_word(current, new, status);
    fill(&mut next, new, open);
    if next == *current {
        Step::Same
    } else {
        Step::Update(Box::new(next))
    }
}

/// The state after `new`, none where the two contradict each other.
fn next_status(current: TxnStatus, new: TxnStatus) -> Option<TxnStatus> {
    use TxnStatus::{Failed, Pending, Success, Unmapped, Void};
    match (current, new) {
        (known, Pending) => Some(known),
        (Pending | Unmapped, new) | (_, new @ Unmapped) => Some(new),
        (Success | Failed, Void) => Some(Void),
        (known, new) => (known == new).then_some(known),
    }
}

/// The provider's word of the state after `new`. A state that was unknown before there was a place
/// for its word stays without: an earlier night reads the same again.
fn state_word(current: &Txn, new: &Txn, status: TxnStatus) -> Option<Box<Piece>> {
    use TxnStatus::Unmapped;
    let known = current.status == Unmapped;
    let is_told = new.status == Unmapped && new.status_word.is_some();
    match status {
        Unmapped if is_told && (!known || current.status_word.is_some()) => &new.status_word,
        Unmapped => &current.status_word,
        _ => &None,
    }
    .clone()
}

/// What never changes: amount, kind, order reference, account.
fn agrees(a: &Txn, b: &Txn) -> bool {
    a.amount == b.amount
        && a.kind == b.kind
        && same_or_untold(a.order_ref.as_deref(), b.order_ref.as_deref())
        && same_or_untold(a.account.as_deref(), b.account.as_deref())
}

/// What may not change once the row is final.
fn details_agree(a: &Txn, b: &Txn) -> bool {
    let parts = |t: &Txn| (t.fee, t.net);
    same_time(a, b)
        && same_words(&a.memo, &b.memo)
        && same_words(&a.payer, &b.payer)
        && same_or_untold(a.bank_ref.as_deref(), b.bank_ref.as_deref())
        && (parts(a) == parts(b) || fee_untold(a) || fee_untold(b))
}

/// True for the same instant, or where one side tells the day alone, or its midnight (Casso's list
/// may, its webhook tells the time).
fn same_time(a: &Txn, b: &Txn) -> bool {
    let day_alone = |txn: &Txn| {
        let text = txn.paid_at.text();
        let at = text.get(10..).unwrap_or_default();
        matches!(at, "" | "T00:00:00" | " 00:00:00")
    };
    let either = day_alone(a) || day_alone(b);
    let stands_in = stands_in(a) || stands_in(b);
    stands_in || a.paid_at.ms() == b.paid_at.ms() || (either && a.paid_on == b.paid_on)
}

/// True for a time that is the order's and not the payment's: an instant of which the text tells
/// the day alone, in a row that names an order (`TimeForm::OrderTime`).
fn stands_in(txn: &Txn) -> bool {
    let midnight = txn.paid_at.day().start_ms();
    txn.order_ref.is_some() && txn.paid_at.text().len() == 10 && txn.paid_at.ms() != midnight
}

/// True when the texts are equal or one side tells nothing.
fn same_or_untold(a: Option<&str>, b: Option<&str>) -> bool {
    let (a, b) = (a.unwrap_or(""), b.unwrap_or(""));
    a == b || a.is_empty() || b.is_empty()
}

/// The same of texts for people, in which a blank more or less is no other content: nobody would
/// see the difference.
fn same_words(a: &str, b: &str) -> bool {
    let [mut one, mut other] = [a, b].map(|text| text.split_whitespace().peekable());
    let untold = one.peek().is_none() || other.peek().is_none();
    untold || one.eq(other)
}

/// True for the default of a row that tells no fee.
fn fee_untold(txn: &Txn) -> bool {
    txn.fee.is_zero() && txn.net == txn.amount
}

/// Takes from `new` what is not told yet; while the row is open, everything that `new` tells.
fn fill(next: &mut Txn, new: &Txn, open: bool) {
    let take = |known: &str, new: &str| !new.is_empty() && (open || known.is_empty());
    if take(&next.memo, &new.memo) {
        next.memo.clone_from(&new.memo);
    }
    if take(&next.payer, &new.payer) {
        next.payer.clone_from(&new.payer);
    }
    for (known, new) in [
        (&mut next.order_ref, &new.order_ref),
        (&mut next.account, &new.account),
        (&mut next.bank_ref, &new.bank_ref),
    ] {
        if take(known.as_deref().unwrap_or(""), new.as_deref().unwrap_or("")) {
            known.clone_from(new);
        }
    }
    if fee_untold(next) || (open && !fee_untold(new)) {
        (next.fee, next.net) = (new.fee, new.net);
    }
    let is_told = stands_in(next) && !stands_in(new);
    if (open && !stands_in(new)) || is_told || (open && stands_in(next)) {
        next.paid_at = new.paid_at.clone();
        next.paid_on = new.paid_on;
        next.business_date = new.business_date;
    }
    if open {
        next.instrument = new.instrument;
    }
}
