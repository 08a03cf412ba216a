//! No side beyond its amount: what a payment gives is what it has, what a fee receives is at most
//! what is due, and only money that had come goes back.

use super::books::{Books, Money, MoneyRow, Stake};
use super::violation::{Findings, Invariant, dong, name, text};
use crate::domain::{ReceiptStatus, TxnKind, TxnStatus};
use crate::matching::Role;

pub(super) fn check(books: &Books, findings: &mut Findings) {
    strays(books, findings);
    signs(books, findings);
    for (at, money) in books.money.iter().enumerate() {
        gives(books, money, findings);
        returns(books, (at, money), findings);
        counts(books, money, findings);
    }
    beyond(books, findings);
    receives(books, findings);
}

/// A leg joins rows that exist.
fn strays(books: &Books, findings: &mut Findings) {
    for leg in &books.strays {
        let what = text(
            "liên kết phải nối các dòng có thật",
            "a leg joins rows that exist",
        );
        let line = leg
            .dossier_code
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        findings.add(Invariant::Capacity, name(&leg.money), what, "1", line);
    }
}

/// Payments are positive, refunds and reversals negative; repeats, sightings and members of a set
/// give nothing.
fn signs(books: &Books, findings: &mut Findings) {
    for leg in books.groups().iter().copied().flat_map(|group| &group.legs) {
        let amount = leg.amount.get();
        let (holds, wanted) = match leg.role {
            Role::Settles => (amount >= 0, ">= 0"),
            Role::Surplus => (amount > 0, "> 0"),
            Role::Refund | Role::Reversal => (amount <= 0, "<= 0"),
            Role::Duplicate | Role::Sighting | Role::Member => (amount == 0, "0"),
        };
        if !holds {
            let what = text(
                "dấu của số tiền phải đúng với vai trò",
                "the sign follows from the role",
            );
            let about = format!("{} {}", name(&leg.money), leg.role.id());
            findings.add(Invariant::Capacity, about, what, wanted, amount);
        }
    }
}

/// A payment's legs give exactly what it has: settled plus surplus, unless some of it repeats or
/// was undone (then it is only shown).
fn gives(books: &Books, money: &Money, findings: &mut Findings) {
    if money.stakes.is_empty() {
        return;
    }
    let stakes = || money.stakes.iter().map(|s| &books.stakes[*s]);
    let given: i128 = stakes().map(Stake::stake).sum();
    let repeats = stakes().any(|stake| !stake.settles());
    let undone = stakes().any(|stake| stake.undone);
    let nothing = given == 0 && stakes().all(Stake::is_gone);
    let whole = given == money.amount();
    let holds = whole || nothing || (given < money.amount() && (repeats || undone));
    // money that came for a dossier whose lines were all settled and went back whole has no part
    let gone = given == 0 && stakes().all(|stake| stake.returned >= money.amount());
    if !holds && !gone {
        findings.add(
            Invariant::Capacity,
            name(&money.key),
            text(
                "tổng phân bổ của một khoản tiền phải bằng số tiền của nó",
                "what a payment gives is exactly what it has",
            ),
            dong(money.amount()),
            dong(given),
        );
    }
    if stakes().any(|stake| !stake.settles() && stake.stake() > 0) {
        let what = text(
            "khoản trùng không được trả thêm khoản thu nào trong cùng hồ sơ",
            "a repeat settles nothing of the same dossier",
        );
        findings.add(
            Invariant::Capacity,
            name(&money.key),
            what,
            dong(0),
            dong(given),
        );
    }
}

/// What a refund or reversal takes off lines is what it returns, less what it took from surplus,
/// repeats and open payments of the same dossiers.
fn returns(books: &Books, (at, money): (usize, &Money), findings: &mut Findings) {
    if money.back.is_empty() {
        return;
    }
    let taken: i128 = money.back.iter().map(|leg| -leg.amount.wide()).sum();
    let mut dossiers: Vec<usize> = money
        .back
        .iter()
        .filter_map(|leg| Some(books.lines[books.line_of(leg)?].dossier))
        .collect();
    dossiers.sort_unstable();
    dossiers.dedup();
    let bare = |d: &usize| books.dossiers[*d].stakes.is_empty();
    let loose = dossiers.iter().all(bare) || dossiers.iter().any(|d| books.totals(*d).loose);
    let open = dossiers
        .iter()
        .any(|d| books.doubted.contains(books.dossiers[*d].code.as_str()));
    let spread = dossiers.len() > 1;
    let exact = taken == money.amount();
    let fewer = taken < money.amount() && taken >= 0 && (loose || open || spread);
    if !exact && !fewer {
        findings.add(
            Invariant::Capacity,
            name(&money.key),
            text(
                "số tiền lấy ra khỏi các khoản thu phải đúng bằng số tiền hoàn",
                "what is taken off lines is what went back",
            ),
            dong(money.amount()),
            dong(taken),
        );
    }
    let stakes: Vec<&Stake> = if books.shared_keys.contains(&money.key) {
        let of = dossiers.iter().flat_map(|d| &books.dossiers[*d].stakes);
        of.map(|s| &books.stakes[*s]).collect()
    } else {
        let of = books.by_refund.get(&at).into_iter().flatten();
        let of = of.map(|s| &books.stakes[*s]);
        of.filter(|stake| dossiers.binary_search(&stake.dossier).is_ok())
            .collect()
    };
    from_what(books, money, taken, &stakes, findings);
}

/// A refund of one payment takes its surplus first, and a repeat from no line.
fn from_what(
    books: &Books,
    money: &Money,
    taken: i128,
    stakes: &[&Stake],
    findings: &mut Findings,
) {
    let named = |s: &&&Stake| !s.unsure && s.refund.is_some();
    for stake in stakes.iter().filter(named) {
        let alone = stake
            .refund
            .is_some_and(|back| books.money[back].key == money.key);
        let owed = if stake.undone {
            stake.settled()
        } else if stake.settles() {
            (money.amount() - stake.surplus).max(0)
        } else {
            0
        };
        if alone && taken != owed {
            findings.add(
                Invariant::Capacity,
                name(&money.key),
                text(
                    "khoản hoàn lấy trước hết từ phần thừa và phần trùng, còn lại từ khoản thu",
                    "a refund takes surplus and repeats first, the rest off lines",
                ),
                dong(owed),
                dong(taken),
            );
        }
    }
}

/// No more goes back than had come.
fn beyond(books: &Books, findings: &mut Findings) {
    let went_back = |stake: &&Stake| books.dossiers[stake.dossier].went_back;
    for stake in books.stakes.iter().filter(went_back) {
        let had = stake.stake().max(if stake.settles() {
            0
        } else {
            books.money[stake.money].amount()
        });
        if stake.returned > had && stake.stake() > 0 {
            findings.add(
                Invariant::Capacity,
                name(&books.money[stake.money].key),
                text(
                    "không hoàn nhiều hơn số đã thu",
                    "no more goes back than had come",
                ),
                dong(had),
                dong(stake.returned),
            );
        }
    }
}

/// Only final money of the right kind and direction has legs.
fn counts(books: &Books, money: &Money, findings: &mut Findings) {
    let settles = !money.stakes.is_empty();
    let back = |role: Role| money.back.iter().any(|leg| leg.role == role);
    let holds = match money.row {
        MoneyRow::Receipt(receipt) => {
            receipt.status == ReceiptStatus::Valid || !settles && money.back.is_empty()
        }
        MoneyRow::Txn(txn) => {
            // what a person decided is applied whatever the provider says of the row
            let decided =
                money.back.is_empty() && money.stakes.iter().all(|s| books.stakes[*s].decided);
            let right = match txn.kind {
                TxnKind::Payment => money.back.is_empty(),
                TxnKind::Refund | TxnKind::Debit => !settles && !back(Role::Reversal),
                TxnKind::Reversal => !settles && !back(Role::Refund),
            };
            right && (txn.status == TxnStatus::Success || decided)
        }
    };
    if !holds {
        let what = text(
            "chỉ tiền đã có hiệu lực, đúng chiều mới được ghép",
            "only final money of the right direction is linked",
        );
        findings.add(Invariant::Capacity, name(&money.key), what, "0", "1");
    }
}

/// A line receives at most what is due to it; only lines that money can settle receive any.
fn receives(books: &Books, findings: &mut Findings) {
    for line in &books.lines {
        let kept = line.paid - line.refunded;
        let key = line.fee.key();
        if kept < 0 || kept > line.due() {
            findings.add(
                Invariant::Capacity,
                name(&key),
                text(
                    "một khoản thu nhận từ 0 đến đúng số phải thu",
                    "a fee holds between nothing and what is due",
                ),
                format!("0..{}", line.due()),
                kept,
            );
        }
        // a refund opens a line again, but for no more than it took
        if line.paid > line.due() + line.refunded {
            let what = text(
                "không trả một khoản thu quá số phải thu",
                "a fee is not paid beyond its due",
            );
            findings.add(
                Invariant::Capacity,
                name(&key),
                what,
                dong(line.due()),
                dong(line.paid),
            );
        }
        if !line.payable && line.paid + line.undone != 0 {
            let what = text(
                "khoản không phải thu thì không nhận tiền",
                "a line that owes nothing receives nothing",
            );
            findings.add(
                Invariant::Capacity,
                name(&key),
                what,
                dong(0),
                dong(line.paid),
            );
        }
    }
}
