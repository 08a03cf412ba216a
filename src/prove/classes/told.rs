//! What is said of a fee without money, and of money that went back and has no payment, is read
//! again: nobody may be sent after something that is not so.

use super::super::books::{Books, Money, Stake};
use super::super::memo::squeezed;
use super::super::violation::{Findings, Invariant, name, text};
use crate::classify::Classified;
use crate::domain::{Day, Txn};
use crate::matching::Evidence;

/// A payment that is said to name a dossier in vain does name it.
pub(super) fn in_vain(books: &Books, row: &Classified, findings: &mut Findings) {
    let named = row.evidence.iter().find_map(|why| match why {
        Evidence::NamedInVain(id) => Some(&**id),
        _ => None,
    });
    let (Some(id), Some(code)) = (named, row.dossier_code.as_ref()) else {
        return;
    };
    let spells = |txn: &Txn| {
        let reference = txn.order_ref.as_deref().unwrap_or_default();
        let orders = books.orders.get(reference).into_iter().flatten();
        let ordered = orders.filter(|order| order.dossier_code == *code).count() > 0;
        let said = squeezed(&format!("{} {reference}", txn.memo));
        ordered || said.contains(&squeezed(code.as_str()))
    };
    let known = books.by_id.get(id).into_iter().flatten();
    let mut known = known.map(|at| &books.money[*at]);
    if !known.any(|money| money.txn().is_some_and(spells)) {
        let what = text(
            "giao dịch được nêu phải có ghi mã hồ sơ này",
            "the transaction that is told names this dossier",
        );
        findings.add(Invariant::Class, name(&row.key), what, code, id);
    }
}

/// Why money that went back has no payment: none came, it came later, it was less, or it had gone
/// back before.
pub(super) fn back(books: &Books, money: &Money, row: &Classified, findings: &mut Findings) {
    let code = row.dossier_code.as_ref();
    let Some(dossier) = code.and_then(|code| books.dossier_at(code.as_str())) else {
        return;
    };
    let here = || {
        let stakes = books.dossiers[dossier].stakes.iter();
        stakes.map(|stake| &books.stakes[*stake])
    };
    let of = |stake: &Stake| &books.money[stake.money];
    let had_come = |stake: &&Stake| of(stake).ms() <= money.ms();
    let paid_on = |id: &str, day: Day| {
        let mut paid = here().map(of);
        paid.any(|paid| *paid.key.id == *id && paid.day() == day)
    };
    let gone_by = |id: &str| {
        let rows = books.by_id.get(id).into_iter().flatten();
        let mut legs = rows.flat_map(|at| &books.money[*at].back);
        legs.any(|leg| leg.dossier_code.as_ref() == code)
    };
    let gone_on = |id: &str, day: Day| {
        let mut rows = books.by_id.get(id).into_iter().flatten();
        rows.any(|at| books.money[*at].day() == day)
    };
    let holds = |why: &Evidence| match why {
        Evidence::NoMoney => here().next().is_none(),
        Evidence::BackBefore(id, paid, back) => {
            let later = !here().any(|stake| had_come(&stake));
            later && *back == money.day() && paid_on(id, *paid)
        }
        Evidence::BackAgain(id) => gone_by(id),
        Evidence::BackBeyond(left, back) => {
            back.wide() == money.amount() && left.wide() < money.amount()
        }
        Evidence::RepeatBack(by, on, left) => {
            let mut own = here().filter(|stake| of(stake).key == money.key);
            let sure = |stake: &&Stake| !stake.unsure && money.stakes.len() == 1;
            let rest = |stake: &Stake| (money.amount() - stake.returned).max(0);
            gone_by(by) && gone_on(by, *on) && own.all(|s| !sure(&s) || rest(s) == left.wide())
        }
        Evidence::SurplusBack(by, on, left) => {
            let mut own = here().filter(|stake| of(stake).key == money.key);
            let sure = |stake: &&Stake| !stake.unsure && money.stakes.len() == 1;
            gone_by(by) && gone_on(by, *on) && own.all(|s| !sure(&s) || s.beyond() == left.wide())
        }
        Evidence::OfSurplus(id, rest) => {
            let legs = money.back.iter().map(|leg| -leg.amount.wide());
            let over = |stake: &Stake| stake.settles() && stake.surplus > 0;
            here().any(|s| *of(s).key.id == **id && over(s)) && legs.sum::<i128>() == rest.wide()
        }
        Evidence::OfRepeat(id) => here().any(|s| *of(s).key.id == **id && s.settles()),
        Evidence::NothingToUndo(amount) => amount.wide() == money.amount(),
        _ => true,
    };
    if !row.evidence.iter().all(holds) {
        let what = text(
            "lý do chưa rõ giao dịch gốc phải đúng với các khoản nộp đã thấy",
            "why a refund has no payment agrees with the payments that were seen",
        );
        findings.add(Invariant::Class, name(&row.key), what, "-", row.class);
    }
}
