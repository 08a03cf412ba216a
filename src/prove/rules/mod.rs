//! Every match satisfies the rule that it names, read again from the raw text: the key really
//! stands there, the sum is really exact, the person really decided so.

mod chain;
mod deposits;
mod excluded;
mod listed;
mod loose;
mod margin;
mod payout;
mod returned;
mod sets;
mod spans;

pub(in crate::prove) use spans::is_whole;

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::books::{Books, Money, MoneyRow, Stake};
use super::memo::{person, squeezed};
use super::violation::{Findings, Invariant, name, text};
use crate::domain::{DecidedShare, FeeId, FeeStatus, Ruling, Text, Txn};

pub(super) fn check(books: &Books, findings: &mut Findings) {
    for money in &books.money {
        // of a payment for many dossiers the sum is told of each link
        let sum = OnceCell::new();
        for stake in &money.stakes {
            linked(books, money, &books.stakes[*stake], &sum, findings);
        }
        passes(books, money, findings);
        chain::check(books, money, findings);
        returned::check(books, money, findings);
    }
    chain::once(books, findings);
    excluded::check(books, findings);
    loose::scores(books, findings);
    margin::check(books, findings);
    sets::check(books, findings);
}

/// A payment is linked by one pass, and by a pass that links payments.
fn passes(books: &Books, money: &Money, findings: &mut Findings) {
    let known = [
        "decision",
        "exact_key",
        "extracted_key",
        "sum_by_key",
        "repaired_key",
        "scored",
    ];
    let stakes = money.stakes.iter().map(|s| &books.stakes[*s]);
    let mut named: Vec<&str> = stakes.map(|stake| stake.first.pass).collect();
    let back = money.back.iter().chain(&money.seen);
    let stray = back.filter(|leg| leg.pass != "chain");
    named.extend(stray.map(|leg| leg.pass));
    named.sort_unstable();
    named.dedup();
    let chain_only = money.stakes.is_empty();
    let holds = match named.as_slice() {
        [] => true,
        [one] => known.contains(one) && !chain_only,
        _ => false,
    };
    if !holds {
        let what = text(
            "một khoản tiền được ghép bởi đúng một bước có thật",
            "a payment is linked by one pass that exists",
        );
        findings.add(
            Invariant::Rule,
            name(&money.key),
            what,
            known.join("|"),
            named.join("+"),
        );
    }
}

/// What a pass promises of each of its links.
fn linked(
    books: &Books,
    money: &Money,
    stake: &Stake,
    sum: &OnceCell<bool>,
    findings: &mut Findings,
) {
    same_pass(books, money, stake, findings);
    let code = books.dossiers[stake.dossier].code.as_str();
    let (holds, what): (bool, Text) = match (stake.first.pass, money.row) {
        ("exact_key", MoneyRow::Receipt(receipt)) => {
            let here = |line: &usize| books.lines[*line].fee.fee_id == receipt.fee_id;
            let named = receipt.dossier_code.as_str() == code;
            let mut settled = stake.parts.iter().map(|(line, _)| line);
            // a repeat of a payment over several lines is shown on all of them
            let again = stake.again.is_empty() || stake.again.iter().any(here);
            (
                named && settled.all(here) && again,
                text(
                    "biên lai phải ghi đúng hồ sơ và khoản thu này",
                    "the receipt names this dossier and line",
                ),
            )
        }
        ("exact_key", MoneyRow::Txn(txn)) => (
            refers(books, txn, stake) || is_code(books, txn, stake.dossier),
            text(
                "mã tham chiếu hoặc nội dung phải đúng là mã hồ sơ",
                "the reference or the whole memo is the dossier code",
            ),
        ),
        ("extracted_key", MoneyRow::Txn(txn)) => (
            reads_only(books, txn, stake.dossier) && supported(books, txn, stake),
            text(
                "nội dung phải chứa mã của đúng hồ sơ này, và số tiền hay người nộp phải phù hợp",
                "the memo holds this dossier's code and no other, and amount or payer speaks for it",
            ),
        ),
        ("sum_by_key", MoneyRow::Txn(txn)) => (
            *sum.get_or_init(|| sums(books, money, txn)),
            text(
                "nội dung phải chứa mã của mọi hồ sơ và tổng phải đúng từng đồng",
                "the memo holds every dossier's code and the sum is exact",
            ),
        ),
        ("repaired_key", MoneyRow::Txn(txn)) => {
            (loose::repaired(books, txn, stake), loose::REPAIRED)
        }
        ("scored", MoneyRow::Txn(txn)) => (loose::scored(books, txn, stake), loose::SCORED),
        ("decision", _) => (
            decided(books, money, stake),
            text(
                "phải đúng như cán bộ đã quyết định",
                "it is as a person decided",
            ),
        ),
        _ => (
            false,
            text(
                "bước này không ghép loại dòng này",
                "this pass does not link rows of this kind",
            ),
        ),
    };
    if !holds || !obeyed(books, money, stake) {
        let about = format!("{} {code}", name(&money.key));
        findings.add(Invariant::Rule, about, what, stake.first.pass, "-");
    }
}

/// The legs of a stake come from one pass.
fn same_pass(books: &Books, money: &Money, stake: &Stake, findings: &mut Findings) {
    let code = books.dossiers[stake.dossier].code;
    if stake.mixed {
        let what = text(
            "các liên kết của một khoản tiền trong một hồ sơ cùng một bước, một căn cứ",
            "the legs of a payment in a dossier come from one pass, for one reason",
        );
        let about = format!("{} {code}", name(&money.key));
        findings.add(Invariant::Rule, about, what, stake.first.pass, "mixed");
    }
}

/// The memo is nothing but the dossier's code, and no other existing code stands in it.
fn is_code(books: &Books, txn: &Txn, dossier: usize) -> bool {
    let memo = squeezed(&txn.memo);
    let found = books.codes.within(&memo);
    memo == squeezed(books.dossiers[dossier].code.as_str())
        && found.iter().all(|f| f.dossier == dossier)
}

/// The structured reference is the dossier's code, or an order of it that covers the lines.
fn refers(books: &Books, txn: &Txn, stake: &Stake) -> bool {
    let Some(reference) = txn.order_ref.as_deref().filter(|text| !text.is_empty()) else {
        return false;
    };
    let code = books.dossiers[stake.dossier].code;
    let kind = books.inputs.sources.iter();
    let kind = kind.filter(|source| source.name == txn.source);
    let kinds: Vec<&str> = kind.map(|source| &*source.kind).collect();
    let provider = |name: &str| {
        name == txn.source.as_str() || kinds.is_empty() || kinds.contains(&name) || kinds == [""]
    };
    let orders = books.orders.get(reference).map_or(&[][..], Vec::as_slice);
    let mine = orders.iter().filter(|order| provider(&order.provider));
    let mut known = false;
    for order in mine {
        known = true;
        let here = books.dossiers[stake.dossier].lines.clone();
        let covered = |line: &usize| {
            let line = &books.lines[*line];
            line.payable && order.fee_ids.contains(&line.fee.fee_id)
        };
        let named = |id| books.line_at(code.as_str(), id);
        let mut named = order.fee_ids.iter().filter_map(|id| named(id.as_str()));
        let any = named.any(|line| covered(&line)) || here.clone().any(|line| covered(&line));
        let ids: FxHashSet<&FeeId> = order.fee_ids.iter().collect();
        let all = stake.parts.iter().all(|(line, _)| {
            let line = &books.lines[*line];
            line.payable && ids.contains(&line.fee.fee_id)
        });
        if order.dossier_code == *code && (all || !any) {
            return true;
        }
    }
    // an order of a dossier that was not exported says nothing
    let elsewhere = known
        && orders
            .iter()
            .any(|o| books.dossier_at(o.dossier_code.as_str()).is_some());
    !elsewhere && reference.trim().eq_ignore_ascii_case(code.as_str())
}

/// Every other existing code in the memo overlaps this one's (digits glued behind a code).
fn reads_only(books: &Books, txn: &Txn, dossier: usize) -> bool {
    let found = books.codes.within(&squeezed(&txn.memo));
    let mine: Vec<_> = found.iter().filter(|f| f.dossier == dossier).collect();
    let apart = |other: &super::memo::Found| {
        let overlaps =
            |m: &&super::memo::Found| other.at < m.at + m.length && m.at < other.at + other.length;
        other.dossier != dossier && !mine.iter().any(overlaps)
    };
    !mine.is_empty() && !found.iter().any(apart)
}

/// A code typed by a person may be a slip: where the payer is somebody else, no dossier that is
/// one slip away, wholly unpaid, of this amount and payer may exist.
fn supported(books: &Books, txn: &Txn, stake: &Stake) -> bool {
    let code = squeezed(books.dossiers[stake.dossier].code.as_str());
    let payer = person(&txn.payer);
    let expected = &books.payers[stake.dossier];
    if payer.is_empty() || expected.is_empty() || payer == *expected {
        return true;
    }
    let Some(same) = books.by_payer.get(&payer) else {
        return true;
    };
    let rival = |other: &usize| {
        let dossier = &books.dossiers[*other];
        let unpaid = dossier.stakes.is_empty() && !dossier.went_back;
        let open = dossier.payable && unpaid;
        let lines = dossier.lines.clone();
        let lines = || lines.clone().map(|l| &books.lines[l]).filter(|l| l.payable);
        let fits = lines().any(|line| line.due() == txn.amount.wide())
            || lines().map(super::books::Line::due).sum::<i128>() == txn.amount.wide();
        *other != stake.dossier
            && open
            && fits
            && super::memo::one_slip(&squeezed(dossier.code.as_str()), &code)
    };
    !same.iter().any(rival)
}

/// One payment for the dossiers that its memo names, all of them, exactly what each lacked.
fn sums(books: &Books, money: &Money, txn: &Txn) -> bool {
    let found = books.codes.within(&squeezed(&txn.memo));
    let mut named: Vec<usize> = found.iter().map(|f| f.dossier).collect();
    named.sort_unstable();
    named.dedup();
    let stakes = || money.stakes.iter().map(|s| &books.stakes[*s]);
    let mut linked: Vec<usize> = stakes().map(|stake| stake.dossier).collect();
    linked.sort_unstable();
    linked.dedup();
    let given: i128 = stakes().map(Stake::stake).sum();
    let whole = stakes().all(|stake| stake.surplus == 0 && stake.settles());
    let exact = given == txn.amount.wide() || !whole;
    let all = linked.iter().all(|d| named.binary_search(d).is_ok());
    linked.len() > 1 && all && exact
}

/// A ruling in force is followed, unless it is said to be stale.
fn obeyed(books: &Books, money: &Money, stake: &Stake) -> bool {
    let rulings = books.decisions.get(&money.key);
    let mut rulings = rulings.into_iter().flatten();
    let ruled = rulings.any(|d| !d.is_handling() && d.amount_then.wide() == money.amount());
    !ruled || stake.decided || money.says("decision_stale")
}

/// A ruling of a person that names these lines with these amounts.
fn decided(books: &Books, money: &Money, stake: &Stake) -> bool {
    let ruled = books.inputs.decisions.iter();
    let mut ruled = ruled.filter(|decision| decision.row == money.key);
    ruled.any(|decision| {
        let Ruling::Pays(shares) = &decision.ruling else {
            return false;
        };
        let given = |line: usize| {
            let fee = books.lines[line].fee;
            let mine = shares.iter().filter(|share| {
                share.dossier_code == fee.dossier_code && share.fee_id == fee.fee_id
            });
            mine.map(|share| share.amount.wide()).sum::<i128>()
        };
        let fits = stake
            .parts
            .iter()
            .all(|(line, _)| stake.part(*line) <= given(*line));
        let here = |share: &DecidedShare| share.dossier_code == *books.dossiers[stake.dossier].code;
        let same = decision.amount_then.wide() == money.amount();
        same && fits && shares.iter().any(here) && stand(books, shares)
    })
}

/// Every line that a ruling gave money to has the amount that it had then, and is cancelled only
/// where it was. Older rulings do not tell.
fn stand(books: &Books, shares: &[DecidedShare]) -> bool {
    shares.iter().all(|share| {
        let (Some(then), Some(at)) = (
            share.fee_then,
            books.dossier_at(share.dossier_code.as_str()),
        ) else {
            return true;
        };
        let lines = books.lines.get(books.dossiers[at].lines.clone());
        let mut fees = lines.into_iter().flatten().map(|line| line.fee);
        fees.find(|fee| fee.fee_id == share.fee_id)
            .is_none_or(|fee| {
                let cancelled = [fee.status, then.status].map(|s| s == FeeStatus::Cancelled);
                fee.amount == then.amount && cancelled[0] == cancelled[1]
            })
    })
}
