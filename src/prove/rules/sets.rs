//! Certified sets, read again: as many payments as dossiers of one agency, day and amount, into a
//! collection account, nothing beside them that could belong there too, nothing that tells them
//! apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Line, MoneyRow, class};
use super::super::memo::{person, squeezed};
use super::super::violation::{Findings, Invariant, text};
use crate::domain::{
    AgencyCode, Day, FeeStatus, Moment, SourceFacts, Text, Txn, TxnKind, TxnStatus,
};
use crate::matching::{Evidence, MatchGroup, Role};

const SET: &str = "set_certificate";

/// A set as its members tell it.
struct Set<'b> {
    group: usize,
    txns: Vec<&'b Txn>,
    /// Positions in `Books::dossiers`.
    dossiers: Vec<usize>,
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let mut sets: Vec<Set> = Vec::new();
    for (at, group) in books.groups().iter().copied().enumerate() {
        let member = |role: Role| role == Role::Member;
        if !group.legs.iter().any(|leg| member(leg.role)) {
            continue;
        }
        if !group
            .legs
            .iter()
            .all(|leg| member(leg.role) && leg.pass == SET)
        {
            say(group, PURE, findings);
            continue;
        }
        let (mut txns, mut dossiers) = (Vec::new(), BTreeSet::new());
        for leg in &group.legs {
            let money = books.money_of(&leg.money);
            let row = money.map(|money| books.money[money].row);
            if let Some(MoneyRow::Txn(txn)) = row {
                txns.push(txn);
            } else if let Some(line) = books.line_of(leg) {
                dossiers.insert(books.lines[line].dossier);
            }
        }
        let dossiers = dossiers.into_iter().collect();
        let group = at;
        sets.push(Set {
            group,
            txns,
            dossiers,
        });
    }
    if sets.is_empty() {
        return;
    }
    let others = Others::new(books);
    for set in &sets {
        one(books, set, &others, findings);
    }
}

const PURE: Text = text(
    "nhóm xác nhận chỉ gồm các dòng thành viên",
    "a certified set has members only",
);

fn say(group: &MatchGroup, what: Text, findings: &mut Findings) {
    let about = format!("group {}", group.id);
    findings.add(Invariant::Rule, about, what, SET, group.legs.len());
}

fn one(books: &Books, set: &Set, others: &Others, findings: &mut Findings) {
    let group = books.groups()[set.group];
    let (Some(txn), Some(dossier)) = (set.txns.first(), set.dossiers.first()) else {
        say(group, PURE, findings);
        return;
    };
    let (agency, day, amount) = (books.agency(*dossier), txn.paid_on, txn.amount);
    let key = (agency, day, amount.wide());
    let mut demand = |holds: bool, what: Text| {
        if !holds {
            say(group, what, findings);
        }
    };
    let number = set.txns.len();
    demand(
        number == set.dossiers.len() && number >= 2 && group.legs.len() == legs(books, set),
        text(
            "số khoản nộp phải bằng số hồ sơ, ít nhất hai, đủ mọi khoản thu",
            "as many payments as dossiers, two at least, with all their lines",
        ),
    );
    demand(
        set.txns.iter().all(|txn| pays(books, txn, key)),
        text(
            "mọi khoản nộp cùng ngày, cùng số tiền, vào tài khoản thu, không ghi mã hồ sơ",
            "every payment has the day and amount, a collection account, and names no dossier",
        ),
    );
    demand(
        set.dossiers.iter().all(|d| owes(books, *d, key)),
        text(
            "mọi hồ sơ cùng cơ quan, ngày, số tiền, đã ghi là nộp không bằng tiền mặt, chưa có tiền nào",
            "every dossier has agency, day and amount, is recorded as paid without cash, and has no money",
        ),
    );
    around(books, set, others, key, findings);
}

/// What lies around it, and what is said of it.
fn around(books: &Books, set: &Set, others: &Others, key: Key, findings: &mut Findings) {
    let group = books.groups()[set.group];
    let (agency, day, amount) = key;
    let mut demand = |holds: bool, what: Text| {
        if !holds {
            say(group, what, findings);
        }
    };
    demand(
        !others.disturb(books, set, key),
        text(
            "không dòng nào khác có thể thuộc nhóm này",
            "no other row could belong to it",
        ),
    );
    demand(
        tells_nothing(books, set),
        text(
            "người nộp không phân biệt được khoản nào của hồ sơ nào",
            "the payers tell nothing apart",
        ),
    );
    let mut sources = books.inputs.sources.iter();
    demand(
        sources.all(SourceFacts::is_whole),
        text(
            "mọi nguồn đã đủ dữ liệu",
            "every source has delivered everything",
        ),
    );
    let said = |why: &Evidence| match why {
        Evidence::InSet(of, on, count, each) => {
            let count = usize::try_from(*count).ok();
            let each = each.wide();
            **of == *agency.as_str() && (*on, count, each) == (day, Some(set.txns.len()), amount)
        }
        _ => false,
    };
    let legs = group.legs.iter().map(|leg| &leg.why);
    let certain = (group.score, group.margin) == (1000, None) && group.difference.is_none();
    demand(
        certain && legs.chain(&group.evidence).all(said),
        text(
            "căn cứ của nhóm phải đúng với các dòng của nó",
            "what is said of it is what its rows tell",
        ),
    );
}

/// The legs that it must have: a payment one, a line that can be paid one.
fn legs(books: &Books, set: &Set) -> usize {
    let lines = set.dossiers.iter().map(|d| books.payable(*d).count());
    set.txns.len() + lines.sum::<usize>()
}

type Key<'b> = (&'b AgencyCode, Day, i128);

/// The collection account into which a payment came: whose it is, empty where of several agencies.
fn account<'b>(books: &'b Books, txn: &Txn) -> Option<&'b str> {
    let own = txn.account.as_deref()?;
    let mut known = books.rules.collection_accounts.iter();
    let found = known.find(|(known, _)| **known == *own);
    found.map(|(_, agency)| agency.as_deref().unwrap_or_default())
}

fn pays(books: &Books, txn: &Txn, (agency, day, amount): Key) -> bool {
    let account = account(books, txn);
    let into = account.is_some_and(|of| of.is_empty() || of.eq_ignore_ascii_case(agency.as_str()));
    let key = txn.key();
    txn.kind == TxnKind::Payment
        && txn.status == TxnStatus::Success
        && (txn.paid_on, txn.amount.wide()) == (day, amount)
        && into
        && txn.order_ref.as_deref().is_none_or(str::is_empty)
        && books.codes.within(&squeezed(&txn.memo)).is_empty()
        && !books.conflicts.contains(&key)
}

/// The day of a dossier: the registry's of the payment, else of receipt.
fn day_of(books: &Books, dossier: usize) -> Option<Day> {
    let lines = books.dossiers[dossier].lines.clone();
    let paid = lines.filter_map(|line| books.lines[line].fee.more.paid_at.as_ref());
    let received = books.dossiers[dossier].code.received_on();
    paid.map(Moment::day).max().or(received)
}

fn owes(books: &Books, dossier: usize, (agency, day, amount): Key) -> bool {
    let of = &books.dossiers[dossier];
    let plain = |line: usize| {
        let line = &books.lines[line];
        let fee = line.fee;
        let paid_on = fee.more.paid_at.as_ref().map(Moment::day);
        let told = !books.rules.e_receipts || fee.more.receipt_no.is_some();
        fee.agency_code == *agency
            && fee.status == FeeStatus::Paid
            && !fee.declared_method.is_cash()
            && fee.due_at.as_ref().is_none_or(|due| day <= due.day())
            && paid_on.is_none_or(|paid| paid == day)
            && !(line.payable && line.land)
            && !books.conflicts.contains(&fee.key())
            && told
    };
    let dues = books.payable(dossier).map(Line::due);
    of.stakes.is_empty()
        && !of.went_back
        && day_of(books, dossier) == Some(day)
        && dues.sum::<i128>() == amount
        && of.lines.clone().all(plain)
}

/// Rows that could belong to a set: open payments by day and amount, dossiers without money by
/// agency, day and what they owe.
struct Others<'b> {
    money: BTreeMap<(Day, i128), Vec<usize>>,
    dossiers: BTreeMap<(&'b AgencyCode, Day, i128), Vec<usize>>,
}

/// Classes of payments that may be for a dossier of which nobody knows.
const OPEN: [&str; 7] = [
    "near_reference",
    "orphan",
    "foreign",
    "ambiguous",
    "unidentified",
    "pending",
    "status_mismatch",
];

impl<'b> Others<'b> {
    fn new(books: &'b Books) -> Self {
        let mut others = Self {
            money: BTreeMap::new(),
            dossiers: BTreeMap::new(),
        };
        for (at, money) in books.money.iter().enumerate() {
            let Some(txn) = money.txn() else { continue };
            let row = money.said;
            let open = row.is_some_and(|row| OPEN.contains(&class(row)));
            if open && txn.kind == TxnKind::Payment && money.stakes.is_empty() {
                let key = (txn.paid_on, txn.amount.wide());
                others.money.entry(key).or_default().push(at);
            }
        }
        for (at, dossier) in books.dossiers.iter().enumerate() {
            let without = dossier.stakes.is_empty() && !dossier.went_back;
            let day = day_of(books, at).filter(|_| without && books.payable(at).next().is_some());
            if let Some(day) = day {
                let key = (books.agency(at), day, books.due(at));
                others.dossiers.entry(key).or_default().push(at);
            }
        }
        others
    }

    /// Another open payment of that day and amount into the agency's own account, or another
    /// dossier of the agency, day and amount that has no money.
    fn disturb(&self, books: &Books, set: &Set, (agency, day, amount): Key) -> bool {
        let own = |at: &usize| {
            let money = &books.money[*at];
            let of = money.txn().and_then(|txn| account(books, txn));
            let own = of.is_some_and(|of| of.eq_ignore_ascii_case(agency.as_str()));
            own && money.set != Some(set.group)
        };
        let money = self.money.get(&(day, amount));
        let dossiers = self.dossiers.get(&(agency, day, amount));
        let outside = |at: &usize| books.dossiers[*at].set != Some(set.group);
        money.into_iter().flatten().any(own) || dossiers.into_iter().flatten().any(outside)
    }
}

/// No payer of the payments is one of the dossiers, or all are one and the same.
fn tells_nothing(books: &Books, set: &Set) -> bool {
    let paid: BTreeSet<Vec<String>> = set.txns.iter().map(|txn| person(&txn.payer)).collect();
    let owing: BTreeSet<&Vec<String>> = set.dossiers.iter().map(|d| &books.payers[*d]).collect();
    let mut shared = paid.iter().filter(|payer| !payer.is_empty());
    let one = paid.len() == 1 && owing.len() == 1;
    one || !shared.any(|payer| owing.contains(payer))
}
