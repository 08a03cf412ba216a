//! Errors planted into a settlement that was right, each kind at many places: what a defect of the
//! matcher, the classes or the share could do, and what somebody with a text editor could.

use doisoat::classify::{Bucket, CLASSES, Severity};
use doisoat::domain::{ExceptionId, Fraction, Inputs, Rules, Vnd};
use doisoat::kpi::{Scope, Verdict};
use doisoat::matching::Role;
use doisoat::settle::Settlement;

/// One kind of error.
pub(crate) struct Plant {
    pub(crate) kind: &'static str,
    /// The invariants of which one at least must catch it.
    pub(crate) caught_by: &'static [&'static str],
    /// Of a hundred, so many at least: less than all only where another answer is as good by what
    /// the rows and legs tell, so that the checker says nothing.
    pub(crate) percent: usize,
    /// Plants it at the `n`-th place; false where there is none (any more).
    pub(crate) plant: fn(&mut Settlement, usize) -> bool,
}

/// The legs of a settlement: (group, leg).
fn legs(settled: &Settlement, wanted: impl Fn(Role, i64) -> bool) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (g, group) in settled.groups.iter().enumerate() {
        for (l, leg) in group.legs.iter().enumerate() {
            if wanted(leg.role, leg.amount.get()) {
                places.push((g, l));
            }
        }
    }
    places
}

/// A place among so many, scattered; none after the last.
fn nth<T: Copy>(places: &[T], n: usize) -> Option<T> {
    let count = places.len();
    // a step without a common factor visits every place once
    let step = (1..)
        .map(|k| count / 3 * 2 + k)
        .find(|s| common(*s, count) == 1)?;
    (n < count).then(|| places[n * step % count])
}

fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

fn with_leg(
    settled: &mut Settlement,
    n: usize,
    wanted: impl Fn(Role, i64) -> bool,
    edit: impl FnOnce(&mut Settlement, usize, usize),
) -> bool {
    let places = legs(settled, wanted);
    let Some((g, l)) = nth(&places, n) else {
        return false;
    };
    edit(settled, g, l);
    true
}

fn any_leg(_: Role, _: i64) -> bool {
    true
}

fn paying(role: Role, _: i64) -> bool {
    role == Role::Settles
}

fn add(amount: &mut Vnd, dong: i64) {
    *amount = Vnd::new(amount.get() + dong);
}

/// Gives a row another class with everything that follows from it, as a defect would.
fn give(settled: &mut Settlement, at: usize, class: &'static str) {
    let row = &mut settled.rows[at];
    row.class = class;
    row.also.retain(|also| *also != class);
    row.exception_id = (class != "ok").then(|| ExceptionId::of(class, &row.key));
    row.severity = CLASSES
        .iter()
        .find(|known| known.id == class)
        .map_or(Severity::Info, |known| known.severity);
}

fn with_row(settled: &mut Settlement, n: usize, edit: impl FnOnce(&mut Settlement, usize)) -> bool {
    let places: Vec<usize> = (0..settled.rows.len()).collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(settled, at);
    true
}

fn with_item(
    settled: &mut Settlement,
    n: usize,
    edit: impl FnOnce(&mut Settlement, usize),
) -> bool {
    let places: Vec<usize> = (0..settled.contributions.len()).collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(settled, at);
    true
}

fn with_share(
    settled: &mut Settlement,
    n: usize,
    edit: impl FnOnce(&mut doisoat::kpi::Share),
) -> bool {
    let known = |share: &doisoat::kpi::Share| share.low.is_some();
    let places: Vec<usize> = (0..settled.shares.len())
        .filter(|at| known(&settled.shares[*at]))
        .collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.shares[at]);
    true
}

/// A little more, or a little less.
fn nudge(bound: &mut Option<Fraction>, by: i128) {
    let Some(fraction) = bound else { return };
    *bound = Fraction::new(fraction.num * 1_000_000 + by, fraction.den * 1_000_000);
}

/// Another definition, its line and its sum keep step: nothing but the rows tell.
fn shift(settled: &mut Settlement, at: usize, by: (i64, i64)) {
    let item = settled.contributions[at].clone();
    settled.contributions[at].outcomes[0].0 += by.0;
    settled.contributions[at].outcomes[0].1 += by.1;
    let wide = |n: i64| i128::from(n);
    for share in &mut settled.shares {
        let mine = match (&item.scope, &share.agency) {
            (Scope::Total, None) => true,
            (Scope::Agency(code), Some(agency)) => code == agency,
            _ => false,
        };
        if mine && share.definition == item.definition && share.period.holds(item.day) {
            share.numerator += wide(by.0);
            share.denominator += wide(by.1);
            for bound in [&mut share.low, &mut share.high] {
                *bound = bound.and_then(|b| Fraction::new(b.num + wide(by.0), b.den + wide(by.1)));
            }
        }
    }
}

pub(crate) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a leg is dropped",
        caught_by: &["capacity", "class", "once"],
        percent: 100,
        plant: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                s.groups[g].legs.remove(l);
            })
        },
    },
    Plant {
        kind: "a leg is there twice",
        caught_by: &["once", "capacity"],
        percent: 100,
        plant: |s, n| {
            let counts =
                |role, amount| !matches!(role, Role::Refund | Role::Reversal) || amount < 0;
            with_leg(s, n, counts, |s, g, l| {
                let leg = s.groups[g].legs[l].clone();
                s.groups[g].legs.insert(l, leg);
            })
        },
    },
    Plant {
        kind: "a leg's amount is a dong more",
        caught_by: &["capacity", "class"],
        percent: 100,
        plant: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                add(&mut s.groups[g].legs[l].amount, 1)
            })
        },
    },
    Plant {
        kind: "a leg's amount is a dong less",
        caught_by: &["capacity", "class"],
        percent: 100,
        plant: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                add(&mut s.groups[g].legs[l].amount, -1)
            })
        },
    },
    Plant {
        kind: "a dong moves between two lines of a payment",
        caught_by: &["capacity", "class", "item"],
        percent: 100,
        plant: |s, n| {
            let mut places = Vec::new();
            for (g, group) in s.groups.iter().enumerate() {
                for (l, pair) in group.legs.windows(2).enumerate() {
                    let same = pair[0].money == pair[1].money;
                    if same && pair.iter().all(|leg| leg.role == Role::Settles) {
                        places.push((g, l));
                    }
                }
            }
            let Some((g, l)) = nth(&places, n) else {
                return false;
            };
            add(&mut s.groups[g].legs[l].amount, 1);
            add(&mut s.groups[g].legs[l + 1].amount, -1);
            true
        },
    },
    Plant {
        kind: "a leg goes to another dossier",
        caught_by: &["rule", "capacity"],
        percent: 100,
        plant: |s, n| {
            let other = s.groups.iter().flat_map(|group| &group.legs);
            let other: Vec<_> = other
                .filter(|leg| leg.role == Role::Settles)
                .map(|leg| (leg.dossier_code.clone(), leg.fee_id.clone()))
                .collect();
            with_leg(s, n, paying, |s, g, l| {
                let leg = &mut s.groups[g].legs[l];
                let stranger = other.iter().find(|(code, _)| *code != leg.dossier_code);
                if let Some((code, fee)) = stranger {
                    (leg.dossier_code, leg.fee_id) = (code.clone(), fee.clone());
                }
            })
        },
    },
    Plant {
        kind: "two payments change places",
        caught_by: &["rule"],
        percent: 100,
        plant: |s, n| {
            let single = |group: &doisoat::matching::MatchGroup| {
                group.legs.len() == 1 && group.legs[0].role == Role::Settles
            };
            let mut pairs = Vec::new();
            let singles: Vec<usize> = (0..s.groups.len())
                .filter(|g| single(&s.groups[*g]))
                .collect();
            for pair in singles.windows(2) {
                let [a, b] = [pair[0], pair[1]].map(|g| &s.groups[g].legs[0]);
                if a.amount == b.amount && a.money.side == b.money.side {
                    pairs.push((pair[0], pair[1]));
                }
            }
            let Some((a, b)) = nth(&pairs, n) else {
                return false;
            };
            let money = s.groups[a].legs[0].money.clone();
            s.groups[a].legs[0].money = s.groups[b].legs[0].money.clone();
            s.groups[b].legs[0].money = money;
            true
        },
    },
    Plant {
        kind: "a leg names another pass",
        caught_by: &["rule"],
        percent: 100,
        plant: |s, n| {
            with_leg(s, n, paying, |s, g, l| {
                let group = &mut s.groups[g];
                let other = match group.legs[l].pass {
                    "exact_key" => "sum_by_key",
                    _ => "exact_key",
                };
                let money = group.legs[l].money.clone();
                for leg in group.legs.iter_mut().filter(|leg| leg.money == money) {
                    leg.pass = other;
                }
                if group.legs.iter().all(|leg| leg.pass == other) {
                    group.pass = other;
                }
            })
        },
    },
    Plant {
        kind: "a leg plays another role",
        caught_by: &["capacity", "class", "item"],
        percent: 100,
        plant: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                let leg = &mut s.groups[g].legs[l];
                leg.role = match leg.role {
                    Role::Settles => Role::Surplus,
                    Role::Surplus | Role::Duplicate => Role::Settles,
                    Role::Refund => Role::Reversal,
                    Role::Reversal => Role::Refund,
                    Role::Sighting => Role::Duplicate,
                };
            })
        },
    },
    Plant {
        kind: "a group's named difference is another",
        caught_by: &["conservation"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.groups.len())
                .filter(|g| {
                    s.groups[*g]
                        .difference
                        .is_some_and(|d| d.class == "overpaid")
                })
                .collect();
            let Some(g) = nth(&places, n) else {
                return false;
            };
            if let Some(difference) = &mut s.groups[g].difference {
                add(&mut difference.amount, 1);
            }
            true
        },
    },
    Plant {
        kind: "a group stands twice",
        caught_by: &["once"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.groups.len()).collect();
            let Some(g) = nth(&places, n) else {
                return false;
            };
            let group = s.groups[g].clone();
            s.groups.insert(g, group);
            true
        },
    },
    Plant {
        kind: "a group is lost",
        caught_by: &["class", "capacity"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.groups.len()).collect();
            let Some(g) = nth(&places, n) else {
                return false;
            };
            s.groups.remove(g);
            true
        },
    },
    Plant {
        kind: "a row is lost",
        caught_by: &["once", "conservation"],
        percent: 100,
        plant: |s, n| {
            with_row(s, n, |s, at| {
                s.rows.remove(at);
            })
        },
    },
    Plant {
        kind: "a row stands twice",
        caught_by: &["once", "conservation"],
        percent: 100,
        plant: |s, n| {
            with_row(s, n, |s, at| {
                let row = s.rows[at].clone();
                s.rows.insert(at, row);
            })
        },
    },
    Plant {
        kind: "a row's amount is a dong more",
        caught_by: &["conservation"],
        percent: 100,
        plant: |s, n| with_row(s, n, |s, at| add(&mut s.rows[at].amount, 1)),
    },
    Plant {
        kind: "a row counts under another day",
        caught_by: &["conservation"],
        percent: 100,
        plant: |s, n| {
            with_row(s, n, |s, at| {
                s.rows[at].business_date = s.rows[at].business_date.plus(1);
            })
        },
    },
    Plant {
        kind: "a row is in another bucket",
        caught_by: &["class"],
        percent: 100,
        plant: |s, n| {
            with_row(s, n, |s, at| {
                let row = &mut s.rows[at];
                row.bucket = match row.bucket {
                    Bucket::Matched => Bucket::Open,
                    Bucket::Open => Bucket::Excluded,
                    Bucket::Excluded => Bucket::Matched,
                    Bucket::Rejected => Bucket::Open,
                };
            })
        },
    },
    Plant {
        kind: "a row asks for less attention",
        caught_by: &["class"],
        percent: 100,
        plant: |s, n| {
            with_row(s, n, |s, at| {
                s.rows[at].severity = match s.rows[at].severity {
                    Severity::Action => Severity::Warn,
                    Severity::Warn => Severity::Info,
                    Severity::Info => Severity::Action,
                };
            })
        },
    },
    Plant {
        kind: "an open row is forgotten",
        caught_by: &["class"],
        percent: 100,
        plant: |s, n| with_row(s, n, |s, at| s.rows[at].carried ^= true),
    },
    Plant {
        kind: "an exception has another id",
        caught_by: &["once"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.rows.len())
                .filter(|at| s.rows[*at].exception_id.is_some())
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.rows[at].exception_id = Some(ExceptionId::read("0123456789abcdef"));
            true
        },
    },
    Plant {
        kind: "an exception is called in order",
        caught_by: &["class", "item"],
        percent: 95,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.rows.len())
                .filter(|at| s.rows[*at].class != "ok" && s.rows[*at].also.is_empty())
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            give(s, at, "ok");
            true
        },
    },
    Plant {
        kind: "a row has the class of another row",
        caught_by: &["class", "item"],
        percent: 95,
        plant: |s, n| {
            let classes: Vec<&'static str> = s.rows.iter().map(|row| row.class).collect();
            with_row(s, n, |s, at| {
                let (own, side) = (s.rows[at].class, s.rows[at].key.side);
                let mut others = (1..classes.len()).map(|k| (at + k * 7) % classes.len());
                let other = others.find(|o| classes[*o] != own && s.rows[*o].key.side == side);
                if let Some(other) = other {
                    give(s, at, classes[other]);
                } else {
                    give(s, at, if own == "ok" { "late" } else { "ok" });
                }
            })
        },
    },
    Plant {
        kind: "an item is lost",
        caught_by: &["item", "share"],
        percent: 100,
        plant: |s, n| {
            with_item(s, n, |s, at| {
                s.contributions.remove(at);
            })
        },
    },
    Plant {
        kind: "an item counts twice",
        caught_by: &["item"],
        percent: 100,
        plant: |s, n| {
            with_item(s, n, |s, at| {
                let item = s.contributions[at].clone();
                s.contributions.insert(at, item);
            })
        },
    },
    Plant {
        kind: "an item counts on another day",
        caught_by: &["item"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.contributions.len())
                .filter(|at| !s.contributions[*at].item.starts_with("dossier|"))
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.contributions[at].day = s.contributions[at].day.plus(1);
            true
        },
    },
    Plant {
        kind: "cash counts as cashless, and the share keeps step",
        caught_by: &["item"],
        percent: 100,
        plant: |s, n| {
            let firm_cash = |item: &doisoat::kpi::Contribution| {
                matches!(item.outcomes.as_slice(), [(0, b)] if *b > 0) && !item.coupled
            };
            let places: Vec<usize> = (0..s.contributions.len())
                .filter(|at| firm_cash(&s.contributions[*at]))
                .filter(|at| s.contributions[*at].definition != "DOSSIER_CASHLESS")
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            let by = s.contributions[at].outcomes[0].1;
            shift(s, at, (by, 0));
            true
        },
    },
    Plant {
        kind: "a payment is worth a dong more, and the share keeps step",
        caught_by: &["item"],
        percent: 100,
        plant: |s, n| {
            let firm = |item: &doisoat::kpi::Contribution| {
                item.definition == "AMOUNT_CASHLESS" && item.outcomes.len() == 1
            };
            let places: Vec<usize> = (0..s.contributions.len())
                .filter(|at| firm(&s.contributions[*at]))
                .filter(|at| s.contributions[*at].item.starts_with("txn|"))
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            shift(s, at, (1, 1));
            true
        },
    },
    Plant {
        kind: "an open item is settled by nobody",
        caught_by: &["item", "share"],
        percent: 90,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.contributions.len())
                .filter(|at| s.contributions[*at].outcomes.len() > 1)
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.contributions[at].outcomes.truncate(1);
            s.contributions[at].exceptions.clear();
            true
        },
    },
    Plant {
        kind: "a numerator is one more",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| with_share(s, n, |share| share.numerator += 1),
    },
    Plant {
        kind: "a denominator is one less",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| with_share(s, n, |share| share.denominator -= 1),
    },
    Plant {
        kind: "a lower bound is raised",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| with_share(s, n, |share| nudge(&mut share.low, 1)),
    },
    Plant {
        kind: "an upper bound is lowered",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| with_share(s, n, |share| nudge(&mut share.high, -1)),
    },
    Plant {
        kind: "a verdict is another",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.shares.len())
                .filter(|at| s.shares[*at].verdict.is_some())
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.shares[at].verdict = match s.shares[at].verdict {
                Some(Verdict::Met) => Some(Verdict::Missed),
                _ => Some(Verdict::Met),
            };
            true
        },
    },
    Plant {
        kind: "a target is another",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| {
            with_share(s, n, |share| {
                share.target = Fraction::new(1, 3);
            })
        },
    },
    Plant {
        kind: "a share is lost",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.shares.len()).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.shares.remove(at);
            true
        },
    },
    Plant {
        kind: "an outer bound is not marked, or a bound is for nothing",
        caught_by: &["share"],
        percent: 100,
        plant: |s, n| {
            let places: Vec<usize> = (0..s.shares.len())
                .filter(|at| !s.shares[*at].outer)
                .collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.shares[at].outer = true;
            true
        },
    },
];

/// A control total changed: what came in is not what was settled.
pub(crate) fn changed_input(inputs: &Inputs, n: usize) -> Option<Inputs> {
    let places: Vec<usize> = (0..inputs.txns.len()).collect();
    let at = nth(&places, n)?;
    let mut changed = inputs.clone();
    match n % 3 {
        0 => add(&mut changed.txns[at].amount, 1),
        1 => changed.txns[at].business_date = changed.txns[at].business_date.plus(1),
        _ => {
            changed.txns.remove(at);
        }
    }
    Some(changed)
}

/// Rules under which a share carries a verdict.
pub(crate) fn with_target(rules: &Rules) -> Rules {
    let share = Fraction::new(1, 2).unwrap();
    let valid_from = doisoat::domain::Day::parse("2022-01-01").unwrap();
    Rules {
        targets: vec![doisoat::kpi::Target {
            definition: "TX_CASHLESS".into(),
            share,
            valid_from,
            valid_to: None,
        }],
        ..rules.clone()
    }
}
