//! Which payment a refund returns, read again: a gateway sends back what came through it, and what
//! went back holds no place of what stayed.

use super::super::books::{Books, Money, Stake};
use super::super::violation::{Findings, Invariant, name, text};
use crate::domain::{Txn, TxnKind};

pub(super) fn check(books: &Books, money: &Money, findings: &mut Findings) {
    let Some(txn) = money.txn().filter(|txn| txn.kind != TxnKind::Reversal) else {
        return;
    };
    let mut lines: Vec<usize> = money.back.iter().filter_map(|l| books.line_of(l)).collect();
    lines.dedup_by_key(|line| books.lines[*line].dossier);
    // of a payment over several dossiers it names the one that it returns
    let [line] = lines.as_slice() else { return };
    let dossier = &books.dossiers[books.lines[*line].dossier];
    let ids = Books::undoes(money);
    let stakes = || dossier.stakes.iter().map(|s| &books.stakes[*s]);
    // two sources may use one id: the nearer row is meant
    let meant = |id: &&str| {
        let of = books.stakes_named(books.lines[*line].dossier, &[*id]);
        let of = of.iter().map(|stake| &books.stakes[*stake]);
        of.map(|stake| nearness(books, txn, stake)).min()
    };
    let Some(farthest) = ids.iter().filter_map(meant).max() else {
        return;
    };
    let came = |stake: &&Stake| books.money[stake.money].ms() <= money.ms();
    let own = |stake: &Stake| nearness(books, txn, stake) <= OWN;
    let gateway = txn.order_ref.is_some();
    let strange = gateway && (farthest == CASH || farthest > OWN && stakes().filter(came).any(own));
    let nearer = (0..farthest).any(|near| {
        let of = stakes().filter(came);
        let of = of.filter(|stake| nearness(books, txn, stake) == near);
        let left: i128 = of.map(|stake| left(books, stake)).sum();
        left >= money.amount().max(1)
    });
    if strange || nearer {
        let what = text(
            "khoản hoàn phải trả lại tiền đã thu cùng nguồn, cùng lệnh trước, tiền mặt sau cùng",
            "a refund returns the money of its own source and order first, counter cash last",
        );
        findings.add(
            Invariant::Rule,
            name(&money.key),
            what,
            "chain",
            ids.join("+"),
        );
    }
    held(books, money, farthest, findings);
}

/// Of the refund's own source; counter cash.
const OWN: u8 = 1;
const CASH: u8 = 4;

/// How near a payment is to the refund: source and order, source, order, neither, cash.
fn nearness(books: &Books, back: &Txn, stake: &Stake) -> u8 {
    let Some(paid) = books.money[stake.money].txn() else {
        return CASH;
    };
    let order = paid.order_ref == back.order_ref;
    if paid.source == back.source {
        u8::from(!order)
    } else if order && back.order_ref.is_some() {
        2
    } else {
        3
    }
}

/// What has not gone back of a payment, as far as the legs tell.
fn left(books: &Books, stake: &Stake) -> i128 {
    let money = &books.money[stake.money];
    let shared = money.stakes.len() > 1;
    if stake.undone || stake.unsure || (shared && !stake.settles()) {
        return 0;
    }
    let had = if stake.settles() {
        stake.stake()
    } else {
        money.amount()
    };
    had - stake.returned
}

/// A line is not left empty while money of looser kin that stayed is said to repeat it.
fn held(books: &Books, money: &Money, farthest: u8, findings: &mut Findings) {
    let Some(txn) = money.txn() else { return };
    for leg in money.back.iter().filter(|leg| leg.amount.get() < 0) {
        let Some(at) = books.line_of(leg) else {
            continue;
        };
        let line = &books.lines[at];
        let stakes = || line.stakes.iter().map(|s| &books.stakes[*s]);
        let repeats = |stake: &Stake| {
            let here = stake.again.contains(&at) && left(books, stake) == money_of(books, stake);
            let came = books.money[stake.money].ms() <= money.ms();
            here && came && nearness(books, txn, stake) > farthest
        };
        let decided = stakes().any(|stake| stake.decided);
        if line.paid <= line.refunded && !decided && stakes().any(repeats) {
            let what = text(
                "khoản thu đã hoàn không được để trống khi còn tiền khác nộp cho khoản đó",
                "what went back holds no place of what stayed",
            );
            findings.add(Invariant::Rule, name(&money.key), what, line.due(), "0");
        }
    }
}

fn money_of(books: &Books, stake: &Stake) -> i128 {
    books.money[stake.money].amount()
}
