//! A second matcher for plain days, by the words of the rules and nothing else: one line a dossier,
//! payments by reference at different moments.

use doisoat::domain::{Fee, Inputs, Txn, TxnKind};

/// What became of one payment.
struct Paid<'d> {
    txn: &'d Txn,
    settled: i128,
    surplus: i128,
    net: bool,
    /// What the provider kept of it, while it stands.
    kept: i128,
    short: bool,
    duplicate: bool,
    undone: bool,
    back: i128,
}

impl Paid<'_> {
    /// All of it was sent back.
    fn is_back(&self) -> bool {
        self.back > 0 && self.back >= self.txn.amount.wide()
    }

    /// Too much, and not all of that was sent back, which goes first.
    fn is_over(&self) -> bool {
        self.surplus > self.back
    }
}

/// (row id, class) of every row.
pub(super) fn classes(day: &Inputs) -> Vec<(String, String)> {
    day.fees.iter().flat_map(|fee| dossier(day, fee)).collect()
}

fn dossier(day: &Inputs, fee: &Fee) -> Vec<(String, String)> {
    let due = fee.amount.wide();
    let code = fee.dossier_code.as_str();
    let mut mine: Vec<&Txn> = day
        .txns
        .iter()
        .filter(|txn| txn.order_ref.as_deref() == Some(code))
        .collect();
    mine.sort_by_key(|txn| txn.paid_at.ms());
    let undone = undone_by_reversals(&mine);
    let mut said = Vec::new();
    let mut paid: Vec<Paid> = Vec::new();
    let (mut on_line, mut net_kept, mut sent_back, mut reopened) = (0, 0, 0, 0);
    let later = |txn: &Txn| {
        let after = mine
            .iter()
            .filter(|t| t.kind == TxnKind::Payment && t.paid_at.ms() > txn.paid_at.ms());
        after.count() > 0
    };
    let mut waiting: Vec<&Txn> = Vec::new();
    for txn in &mine {
        let lacking: i128 = due + reopened - on_line - net_kept;
        let amount = txn.amount.wide();
        match txn.kind {
            TxnKind::Payment => {
                let gone = undone.iter().any(|(_, payment)| *payment == &*txn.id);
                let mut row = Paid {
                    txn,
                    settled: 0,
                    surplus: 0,
                    net: false,
                    kept: 0,
                    short: false,
                    duplicate: false,
                    undone: gone,
                    back: 0,
                };
                if gone {
                } else if lacking > 0 {
                    row.net = amount < lacking && lacking - amount == net_fee(lacking);
                    row.settled = amount.min(lacking);
                    row.surplus = amount - row.settled;
                    row.short = amount < lacking && !row.net;
                    on_line += row.settled;
                    row.kept = if row.net { lacking - amount } else { 0 };
                    net_kept += row.kept;
                } else {
                    let live = |p: &&Paid| p.settled > 0 && p.back < p.txn.amount.wide();
                    let same = |p: &Paid| p.txn.amount == txn.amount;
                    row.duplicate = paid.iter().filter(live).any(same)
                        || paid.iter().any(|p| live(&p)) && amount == due;
                    row.surplus = if row.duplicate { 0 } else { amount };
                }
                paid.push(row);
            }
            TxnKind::Reversal => {
                let found = undone.iter().any(|(reversal, _)| *reversal == &*txn.id);
                let class = if found { "reversed" } else { "unlinked_refund" };
                said.push((txn.id.to_string(), class.to_owned()));
            }
            _ if later(txn) => match refund(&mut paid, amount, txn.paid_at.ms()) {
                Some((class, took)) => {
                    // what went back whole takes the provider's fee with it
                    for p in paid.iter_mut().filter(|p| p.back >= p.txn.amount.wide()) {
                        net_kept -= std::mem::take(&mut p.kept);
                    }
                    sent_back += took;
                    reopened += took;
                    said.push((txn.id.to_string(), class.to_owned()));
                }
                None => waiting.push(txn),
            },
            _ => waiting.push(txn),
        }
    }
    for txn in waiting {
        let found = refund(&mut paid, txn.amount.wide(), txn.paid_at.ms());
        sent_back += found.map_or(0, |(_, took)| took);
        let class = found.map_or("unlinked_refund", |(class, _)| class);
        said.push((txn.id.to_string(), class.to_owned()));
    }
    let lacking = due + reopened - on_line - net_kept;
    let given = if lacking == 0 {
        sent_back - reopened
    } else {
        sent_back
    };
    said.extend(
        paid.iter()
            .map(|p| (p.txn.id.to_string(), payment_class(p, &paid, lacking))),
    );
    said.push((
        fee.fee_id.to_string(),
        fee_class(&paid, lacking, on_line - sent_back, given),
    ));
    said
}

/// The provider's fee of the default rate: 1,1 %, at least 220, rounded half up.
fn net_fee(due: i128) -> i128 {
    ((due * 22 + 1000) / 2000).max(220)
}

/// Each reversal undoes the latest earlier payment of its amount that is not undone yet.
fn undone_by_reversals<'d>(mine: &[&'d Txn]) -> Vec<(&'d str, &'d str)> {
    let mut undone: Vec<(&str, &str)> = Vec::new();
    for back in mine.iter().filter(|t| t.kind == TxnKind::Reversal) {
        let found = mine.iter().rev().find(|t| {
            t.kind == TxnKind::Payment
                && t.amount == back.amount
                && t.paid_at.ms() <= back.paid_at.ms()
                && !undone.iter().any(|(_, payment)| *payment == &*t.id)
        });
        undone.extend(found.map(|payment| (&*back.id, &*payment.id)));
    }
    undone
}

/// Takes a refund: the whole of one payment (repeats first, then the latest), else surplus and
/// repeats in order of time, then the line from its latest payment back. Says its class and what
/// the line lost. Only money that had come by then goes back.
fn refund(paid: &mut [Paid], amount: i128, went: i64) -> Option<(&'static str, i128)> {
    let came = paid.iter().take_while(|p| p.txn.paid_at.ms() <= went);
    let came = came.count();
    let paid = &mut paid[..came];
    let whole = |p: &Paid| !p.undone && p.back == 0 && p.txn.amount.wide() == amount;
    let mut fits: Vec<usize> = (0..paid.len()).rev().filter(|i| whole(&paid[*i])).collect();
    fits.sort_by_key(|i| !paid[*i].duplicate);
    if let Some(i) = fits.first() {
        paid[*i].back = amount;
        return Some(("refunded", paid[*i].settled));
    }
    let left: i128 = paid
        .iter()
        .filter(|p| !p.undone)
        .map(|p| p.txn.amount.wide() - p.back)
        .sum();
    if amount > left {
        return None;
    }
    let mut rest = amount;
    for p in paid.iter_mut().filter(|p| !p.undone) {
        let loose = if p.duplicate {
            p.txn.amount.wide()
        } else {
            p.surplus
        };
        let part = rest.min((loose - p.back).max(0));
        p.back += part;
        rest -= part;
    }
    let took = rest;
    for p in paid.iter_mut().rev().filter(|p| !p.undone && !p.duplicate) {
        let part = rest.min(p.txn.amount.wide() - p.back);
        p.back += part;
        rest -= part;
    }
    Some(("partial_refund", took))
}

fn payment_class(paid: &Paid, all: &[Paid], lacking: i128) -> String {
    let class = if paid.undone {
        "ok"
    } else if paid.duplicate && paid.is_back() {
        "refunded"
    } else if paid.duplicate {
        "duplicate"
    } else if paid.is_over() {
        "overpaid"
    } else if paid.net {
        "net_settlement"
    } else if paid.short && lacking > 0 {
        shortfall(all)
    } else {
        "ok"
    };
    class.to_owned()
}

/// One payment, too little, the registry says paid; every other shortfall is an instalment.
fn shortfall(all: &[Paid]) -> &'static str {
    let live = all.iter().filter(|p| !p.undone && p.settled > 0).count();
    if live == 1 { "underpaid" } else { "partial" }
}

fn fee_class(paid: &[Paid], lacking: i128, kept: i128, given: i128) -> String {
    let live = || paid.iter().filter(|p| !p.undone);
    let class = if paid.iter().any(|p| p.undone) && live().all(|p| p.settled == 0) {
        "reversed"
    } else if given > 0 && kept <= 0 {
        "refunded"
    } else if given > 0 {
        "partial_refund"
    } else if live().any(|p| p.duplicate && !p.is_back()) {
        "duplicate"
    } else if live().any(|p| p.is_over()) {
        "overpaid"
    } else if live().any(|p| p.kept > 0) {
        "net_settlement"
    } else if lacking > 0 && kept > 0 {
        shortfall(paid)
    } else if paid.is_empty() {
        "missing_payment"
    } else {
        "ok"
    };
    class.to_owned()
}
