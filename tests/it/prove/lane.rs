//! Plain dossiers are proved from their rows alone: what is right is proved, and whatever is changed
//! in what is said of them, or in the rows under them, is caught as it is where every row is held.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::{
    CollectionMode, DeclaredMethod, FeeKind, FeeStatus, Inputs, ReceiptStatus, Rules, Side,
    TxnKind, TxnStatus, Vnd,
};
use doisoat::prove::{Violation, prove, prove_files};
use doisoat::settle::{By, Keep, Plain, Settlement, lean_with, pool, settle};

use super::plants::plants;
use super::{small_town, told};
use crate::cases::cases;
use crate::sample::sample;

/// Files without rulings, in order, and how they are settled.
struct Files {
    inputs: Inputs,
    rules: Rules,
    settled: Settlement,
    plain: Plain,
}

impl Files {
    fn new(inputs: &Inputs, rules: &Rules) -> Self {
        let mut inputs = inputs.clone();
        inputs.decisions.clear();
        inputs.business_date = None;
        inputs.sort();
        let (settled, plain) = {
            let pool = pool(&inputs, rules);
            let lean = lean_with(&pool, &Vec::new(), Keep::Others).unwrap();
            let plain = lean.plain_rows();
            (lean.settled, plain)
        };
        let rules = rules.clone();
        Self {
            inputs,
            rules,
            settled,
            plain,
        }
    }

    fn found(&self) -> Vec<Violation> {
        self.found_in(&self.inputs, &self.plain)
    }

    fn found_in(&self, inputs: &Inputs, plain: &Plain) -> Vec<Violation> {
        prove_files(inputs, &self.rules, &Vec::new(), &self.settled, plain)
    }
}

/// Proves files both ways: whether they have a night or not, and whatever is asked for.
pub(crate) fn proved(inputs: &Inputs, rules: &Rules) -> Result<usize, String> {
    if doisoat::kpi::looks_at_each(rules) {
        return Ok(0);
    }
    let files = Files::new(inputs, rules);
    let found = files.found();
    if found.is_empty() {
        Ok(files.plain.dossiers.len())
    } else {
        Err(told(&found))
    }
}

#[test]
fn cases_sample_and_town_are_proved_row_by_row() {
    let plain = proved(&sample(), &Rules::default()).unwrap();
    assert!(plain > 1_500, "{plain} plain dossiers");
    let (inputs, rules) = small_town();
    assert!(proved(&inputs, &rules).unwrap() > 20);
    for case in cases().into_iter().flatten() {
        let found = proved(&case.inputs, &case.rules);
        let place = format!("{}:{} {}", case.file, case.line, case.title);
        found.unwrap_or_else(|told| panic!("{place}\n{told}"));
    }
}

/// What a defect could say of a plain dossier: whose name, and how it is said.
type Lie = (&'static str, fn(&mut Plain, usize) -> bool);

const LIES: &[Lie] = &[
    ("another pass", |plain, n| {
        let of = &mut plain.dossiers[n];
        of.pass = match of.pass {
            "exact_key" => "extracted_key",
            _ => "exact_key",
        };
        true
    }),
    ("another sum", |plain, n| {
        let due = &mut plain.dossiers[n].due;
        *due = Vnd::new(due.get() + 1);
        true
    }),
    ("another day of the lines", |plain, n| {
        plain.dossiers[n].day = plain.dossiers[n].day.plus(1);
        true
    }),
    ("another day of the money", |plain, n| {
        plain.money[n].day = plain.money[n].day.plus(1);
        true
    }),
    ("a line more", |plain, n| {
        plain.dossiers[n].lines += 1;
        true
    }),
    ("no line", |plain, n| {
        plain.dossiers[n].lines = 0;
        true
    }),
    ("lines that are not there", |plain, n| {
        plain.dossiers[n].first = u32::MAX - 1;
        true
    }),
    ("the lines of the next", |plain, n| {
        plain.dossiers[n].first += plain.dossiers[n].lines;
        true
    }),
    ("a payment fewer", |plain, n| {
        plain.dossiers[n].payments -= 1;
        true
    }),
    ("a payment more", |plain, n| {
        plain.dossiers[n].payments += 1;
        true
    }),
    ("money of another", |plain, n| {
        let side = plain.money[n].side;
        let other = (n + 1..plain.money.len()).find(|at| plain.money[*at].side == side);
        let Some(other) = other else { return false };
        plain.money[n].at = plain.money[other].at;
        true
    }),
    ("two payments changed places", |plain, n| {
        let of = |at: &usize| plain.money[*at].side == plain.money[n].side;
        let Some(other) = (n + 1..plain.money.len()).find(of) else {
            return false;
        };
        let (a, b) = (plain.money[n].at, plain.money[other].at);
        (plain.money[n].at, plain.money[other].at) = (b, a);
        true
    }),
    ("money that is not there", |plain, n| {
        plain.money[n].at = u32::MAX;
        true
    }),
    ("money of a fee", |plain, n| {
        plain.money[n].side = Side::Fee;
        true
    }),
    ("one line of several", |plain, n| {
        let many = |at: &usize| plain.dossiers[*at].lines > 1 && plain.dossiers[*at].payments == 1;
        let Some(at) = (n..plain.dossiers.len()).find(many) else {
            return false;
        };
        let first = plain.dossiers[at].first;
        let before: u32 = plain.dossiers[..at].iter().map(|of| of.payments).sum();
        plain.money[before as usize].line = Some(first);
        true
    }),
    ("all lines of several", |plain, n| {
        let many = |at: &usize| plain.dossiers[*at].payments > 1;
        let Some(at) = (n..plain.dossiers.len()).find(many) else {
            return false;
        };
        let before: u32 = plain.dossiers[..at].iter().map(|of| of.payments).sum();
        plain.money[before as usize].line = None;
        true
    }),
    ("by a reference that it has not", |plain, n| {
        let memo = |at: &usize| matches!(plain.money[*at].by, By::Extracted);
        let Some(at) = (n..plain.money.len()).find(memo) else {
            return false;
        };
        plain.money[at].by = By::Reference;
        true
    }),
    ("by a memo that it has not", |plain, n| {
        let reference = |at: &usize| plain.money[*at].by == By::Reference;
        let Some(at) = (n..plain.money.len()).find(reference) else {
            return false;
        };
        plain.money[at].by = By::WholeMemo;
        true
    }),
    ("a dossier is missing", |plain, n| {
        let before: u32 = plain.dossiers[..n].iter().map(|of| of.payments).sum();
        let of = plain.dossiers.remove(n);
        let first = before as usize;
        plain.money.drain(first..first + of.payments as usize);
        true
    }),
    ("a dossier stands twice", |plain, n| {
        let before: u32 = plain.dossiers[..n].iter().map(|of| of.payments).sum();
        let of = plain.dossiers[n];
        let first = before as usize;
        let money = plain.money[first..first + of.payments as usize].to_vec();
        plain.dossiers.push(of);
        plain.money.extend(money);
        true
    }),
];

#[test]
fn whatever_is_said_wrongly_of_a_plain_dossier_is_caught() {
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    let (inputs, rules) = small_town();
    for files in [
        Files::new(&sample(), &Rules::default()),
        Files::new(&inputs, &rules),
    ] {
        assert!(files.found().is_empty());
        let count = files.plain.dossiers.len();
        for (kind, lie) in LIES {
            for n in [0, count / 3, count / 2, count - 2] {
                let mut plain = files.plain.clone();
                if !lie(&mut plain, n) {
                    continue;
                }
                *planted.entry(kind).or_default() += 1;
                let found = files.found_in(&files.inputs, &plain);
                assert!(!found.is_empty(), "{kind}, dossier {n} of {count}");
            }
        }
    }
    for (kind, _) in LIES {
        let planted = planted.get(kind).copied().unwrap_or(0);
        assert!(planted >= 4, "{kind}: planted {planted}");
    }
}

/// What may be changed in the rows of a plain dossier: its first line, or its first money.
type Change = (&'static str, fn(&mut Inputs, &Plain, usize) -> bool);

fn with_txn(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Txn),
) -> bool {
    let is = |at: &usize| plain.money[*at].side == Side::Txn;
    let Some(at) = (n..plain.money.len()).find(is) else {
        return false;
    };
    edit(&mut inputs.txns[plain.money[at].at as usize]);
    true
}

fn with_receipt(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Receipt),
) -> bool {
    let is = |at: &usize| plain.money[*at].side == Side::Receipt;
    let Some(at) = (n..plain.money.len()).find(is) else {
        return false;
    };
    edit(&mut inputs.receipts[plain.money[at].at as usize]);
    true
}

fn with_fee(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Fee),
) -> bool {
    edit(&mut inputs.fees[plain.dossiers[n].first as usize]);
    true
}

/// The line of which a transaction is the only money.
fn with_paid_fee(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Fee),
) -> bool {
    let mut first = 0;
    for (at, of) in plain.dossiers.iter().enumerate() {
        let money = &plain.money[first];
        first += of.payments as usize;
        if at >= n && money.side == Side::Txn && money.line.is_none() {
            return with_fee(inputs, plain, at, edit);
        }
    }
    false
}

const CHANGES: &[Change] = &[
    ("a fee of another amount", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.amount = Vnd::new(fee.amount.get() + 1);
        })
    }),
    ("a fee that is not paid", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.status = FeeStatus::Unpaid)
    }),
    ("a cancelled fee", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.status = FeeStatus::Cancelled)
    }),
    ("a land obligation", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.kind = FeeKind::LandObligation)
    }),
    ("an exempt fee", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.more.collection_mode = Some(CollectionMode::Exempt);
        })
    }),
    ("declared as cash", |inputs, plain, n| {
        with_paid_fee(inputs, plain, n, |fee| {
            fee.declared_method = DeclaredMethod::Cash;
        })
    }),
    ("due long before", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.due_at = doisoat::domain::Moment::parse("2020-01-01T00:00:00+07:00").ok();
        })
    }),
    ("paid on another day by the registry", |inputs, plain, n| {
        with_paid_fee(inputs, plain, n, |fee| {
            fee.more.paid_at = doisoat::domain::Moment::parse("2020-01-01T00:00:00+07:00").ok();
        })
    }),
    ("money of another amount", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.amount = Vnd::new(txn.amount.get() + 1);
        })
    }),
    ("money that failed", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| txn.status = TxnStatus::Failed)
    }),
    ("money that went back", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| txn.kind = TxnKind::Refund)
    }),
    ("money of another accounting day", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.business_date = txn.business_date.plus(1);
        })
    }),
    ("money that names nobody", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.order_ref = None;
            txn.memo = "NOP TIEN".into();
        })
    }),
    ("a receipt of another amount", |inputs, plain, n| {
        with_receipt(inputs, plain, n, |receipt| {
            receipt.amount = Vnd::new(receipt.amount.get() + 1);
        })
    }),
    ("a receipt that is void", |inputs, plain, n| {
        with_receipt(inputs, plain, n, |receipt| {
            receipt.status = ReceiptStatus::Void;
        })
    }),
    ("a receipt of another dossier", |inputs, plain, n| {
        let other = inputs.fees[0].dossier_code.clone();
        with_receipt(inputs, plain, n, |receipt| receipt.dossier_code = other)
    }),
];

/// Rows are changed after they were settled: what is caught where every row is held is caught here.
#[test]
fn a_change_under_a_plain_dossier_is_caught_as_where_every_row_is_held() {
    let (inputs, rules) = small_town();
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    for (inputs, rules) in [(sample(), Rules::default()), (inputs, rules)] {
        let files = Files::new(&inputs, &rules);
        let whole = settle(&files.inputs, &rules, &Vec::new()).unwrap();
        let count = files.plain.dossiers.len();
        for (kind, change) in CHANGES {
            for n in [count / 5, count / 2] {
                let mut changed = files.inputs.clone();
                if !change(&mut changed, &files.plain, n) || changed == files.inputs {
                    continue;
                }
                let each = prove(&changed, &rules, &Vec::new(), &whole);
                let found = files.found_in(&changed, &files.plain);
                assert_eq!(each.is_empty(), found.is_empty(), "{kind}\n{}", told(&each));
                *planted.entry(kind).or_default() += usize::from(!each.is_empty());
            }
        }
    }
    for (kind, _) in CHANGES {
        let planted = planted.get(kind).copied().unwrap_or(0);
        assert!(planted >= 1, "{kind}: planted {planted}");
    }
}

/// What is said where every row is held, with `told` in the place of what is said of all but plain
/// dossiers.
fn with(whole: &Settlement, own: &Settlement, told: &Settlement) -> Settlement {
    let groups: BTreeSet<&str> = own.groups.iter().map(|group| &*group.id).collect();
    let rows: BTreeSet<_> = own.rows.iter().map(|row| &row.key).collect();
    let items: BTreeSet<_> = own.contributions.iter().collect();
    let mut all = Settlement {
        shares: told.shares.clone(),
        ..whole.clone()
    };
    all.groups.retain(|group| !groups.contains(&*group.id));
    all.rows.retain(|row| !rows.contains(&row.key));
    all.contributions.retain(|item| !items.contains(item));
    all.groups.extend(told.groups.iter().cloned());
    all.rows.extend(told.rows.iter().cloned());
    all.contributions.extend(told.contributions.iter().cloned());
    if told.rows.is_sorted_by(|a, b| a.key <= b.key) {
        all.rows.sort_by(|a, b| a.key.cmp(&b.key));
    }
    if told.contributions.is_sorted() {
        all.contributions.sort();
    }
    all
}

/// Errors in what is said of all other dossiers, and in the shares, which hold all: what is caught
/// where every row is held is caught here, by the same invariant.
#[test]
fn errors_beside_the_lane_are_caught_as_where_every_row_is_held() {
    let (inputs, rules) = small_town();
    let (mut kinds, mut caught) = (BTreeSet::new(), 0);
    for (inputs, rules, places) in [(sample(), Rules::default(), 1), (inputs, rules, 3)] {
        let files = Files::new(&inputs, &rules);
        let whole = settle(&files.inputs, &rules, &Vec::new()).unwrap();
        assert_eq!(with(&whole, &files.settled, &files.settled).rows, whole.rows);
        for plant in plants() {
            for n in 0..places {
                let mut changed = files.settled.clone();
                if !(plant.put)(&mut changed, n) || changed == files.settled {
                    continue;
                }
                let none = Vec::new();
                let by = |v: &Violation| plant.caught_by.contains(&v.invariant.id());
                let all = with(&whole, &files.settled, &changed);
                let each = prove(&files.inputs, &rules, &none, &all);
                if !each.iter().any(by) {
                    continue; // another answer is as good there
                }
                let found = prove_files(&files.inputs, &rules, &none, &changed, &files.plain);
                let kind = plant.kind;
                assert!(found.iter().any(by), "{kind}, place {n}\n{}", told(&each));
                kinds.insert(kind);
                caught += 1;
            }
        }
    }
    assert!(kinds.len() > 40 && caught > 100, "{caught} of {kinds:?}");
}
