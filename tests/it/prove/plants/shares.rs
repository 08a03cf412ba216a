//! Errors in shares: items, figures, bounds, verdicts.

use doisoat::domain::Fraction;
use doisoat::kpi::{Scope, Share, Verdict};
use doisoat::settle::Settlement;

use super::{Plant, items, nth, nudge, shift, with_item, with_share};

fn point(share: &Share) -> Option<Fraction> {
    Fraction::new(share.numerator, share.denominator)
}

/// Moves a bound towards a share, over a way or some ways; false where it is there already.
fn narrow(bound: &mut Option<Fraction>, to: Option<Fraction>) -> bool {
    let (Some(from), Some(to)) = (*bound, to) else {
        return false;
    };
    *bound = Fraction::new(from.num + to.num, from.den + to.den);
    from.compare(to).is_ne()
}

/// Edits the `n`-th of the shares that are exact although items hang on each other.
fn with_resolved(
    settled: &mut Settlement,
    n: usize,
    edit: impl FnOnce(&mut Share) -> bool,
) -> bool {
    let hangs = |share: &Share| {
        let scope = share.agency.clone().map_or(Scope::Total, Scope::Agency);
        let mut items = settled.contributions.iter();
        items.any(|item| {
            let here = item.definition == share.definition && item.scope == scope;
            here && item.coupled && item.within(&share.period).is_some()
        })
    };
    let resolved = |at: &usize| {
        let share = &settled.shares[*at];
        !share.outer && share.low.is_some() && hangs(share)
    };
    let places: Vec<usize> = (0..settled.shares.len()).filter(resolved).collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.shares[at])
}

/// Counts a dossier or request as paid online that the registry says was not; the shares are left
/// as they are, the items alone have to tell.
fn paid_online(settled: &mut Settlement, n: usize) -> bool {
    let by_flag = ["QD766_3_5b", "QD766_3_6", "THU_PHI_PROV"];
    let not_online = |at: &usize| {
        let item = &settled.contributions[*at];
        by_flag.contains(&item.definition) && item.outcomes == [(0, 1)]
    };
    let places = (0..settled.contributions.len()).filter(not_online);
    let Some(at) = nth(&places.collect::<Vec<_>>(), n) else {
        return false;
    };
    settled.contributions[at].outcomes[0].0 = 1;
    true
}

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "what was not paid online counts as online",
        caught_by: &["item"],
        percent: 100,
        put: paid_online,
    },
    Plant {
        kind: "an item is lost",
        caught_by: &["item", "share"],
        percent: 100,
        put: |s, n| {
            with_item(s, n, |s, at| {
                s.contributions.remove(at);
            })
        },
    },
    Plant {
        kind: "an item counts twice",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| {
            let places = items(s, |item| !item.item.starts_with("dossier|"));
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
        // of a receipt over another amount that went back in part the rows tell less
        percent: 99,
        put: |s, n| {
            let firm_cash = |item: &doisoat::kpi::Contribution| {
                matches!(item.outcomes.as_slice(), [(0, b)] if *b > 0) && !item.coupled
            };
            let places = items(s, |item| {
                firm_cash(item) && item.definition != "DOSSIER_CASHLESS"
            });
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
        put: |s, n| {
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
        put: |s, n| {
            let places = items(s, |item| item.outcomes.len() > 1);
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
        put: |s, n| with_share(s, n, |share| share.numerator += 1),
    },
    Plant {
        kind: "a denominator is one less",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| with_share(s, n, |share| share.denominator -= 1),
    },
    Plant {
        kind: "a lower bound is raised",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| with_share(s, n, |share| nudge(&mut share.low, 1)),
    },
    Plant {
        kind: "an upper bound is lowered",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| with_share(s, n, |share| nudge(&mut share.high, -1)),
    },
    Plant {
        kind: "a least share that was resolved leaves out a way",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            with_resolved(s, n, |share| {
                let point = point(share);
                narrow(&mut share.low, point)
            })
        },
    },
    Plant {
        kind: "a greatest share that was resolved leaves out a way",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            with_resolved(s, n, |share| {
                let point = point(share);
                narrow(&mut share.high, point)
            })
        },
    },
    Plant {
        kind: "a bound that was resolved has a way too many",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            with_resolved(s, n, |share| {
                let is_zero = share.low.is_some_and(|low| low.num == 0);
                if is_zero {
                    narrow(&mut share.high, Fraction::new(1, 1))
                } else {
                    narrow(&mut share.low, Fraction::new(0, 1))
                }
            })
        },
    },
    Plant {
        kind: "a share is called exact though rows beyond the limit hang on it",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            let outer = |at: &usize| s.shares[*at].outer;
            let places: Vec<usize> = (0..s.shares.len()).filter(outer).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            let share = &mut s.shares[at];
            share.outer = false;
            // as it is, or narrowed as if it had been resolved
            if n % 2 == 1 {
                let point = point(share);
                narrow(&mut share.low, point);
                narrow(&mut share.high, point);
            }
            true
        },
    },
    Plant {
        kind: "a verdict is another",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| {
            with_share(s, n, |share| {
                share.target = Fraction::new(1, 3);
            })
        },
    },
    Plant {
        kind: "a share is lost",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            let places: Vec<usize> = (0..s.shares.len()).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.shares.remove(at);
            true
        },
    },
    Plant {
        kind: "a cell of a breakdown is off by one",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            let places: Vec<usize> = (0..s.breakdown.len()).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.breakdown[at].numerator += 1;
            true
        },
    },
    Plant {
        kind: "a cell of a breakdown is lost",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            let places: Vec<usize> = (0..s.breakdown.len()).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            s.breakdown.remove(at);
            true
        },
    },
    Plant {
        kind: "a bound of a cell is too narrow",
        caught_by: &["share"],
        percent: 100,
        put: |s, n| {
            let open = |at: &usize| s.breakdown[*at].low != s.breakdown[*at].high;
            let places: Vec<usize> = (0..s.breakdown.len()).filter(open).collect();
            let Some(at) = nth(&places, n) else {
                return false;
            };
            nudge(&mut s.breakdown[at].high, -1);
            true
        },
    },
    Plant {
        kind: "an outer bound is not marked, or a bound is for nothing",
        caught_by: &["share"],
        // where nothing is gained by resolving, a bound may as well be marked
        percent: 80,
        put: |s, n| {
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
