//! Errors in links: legs and groups.

use doisoat::matching::Role;

use super::{Plant, add, any_leg, nth, paying, with_leg};

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a leg is dropped",
        caught_by: &["capacity", "class", "once"],
        percent: 99,
        put: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                s.groups[g].legs.remove(l);
            })
        },
    },
    Plant {
        kind: "a leg is there twice",
        caught_by: &["once", "capacity"],
        percent: 100,
        put: |s, n| {
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
        percent: 99,
        put: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                add(&mut s.groups[g].legs[l].amount, 1);
            })
        },
    },
    Plant {
        kind: "a leg's amount is a dong less",
        caught_by: &["capacity", "class"],
        percent: 99,
        put: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                add(&mut s.groups[g].legs[l].amount, -1);
            })
        },
    },
    Plant {
        kind: "a dong moves between two lines of a payment",
        caught_by: &["capacity", "class", "item"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| {
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
        put: |s, n| {
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
        put: |s, n| {
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
        put: |s, n| {
            with_leg(s, n, any_leg, |s, g, l| {
                let leg = &mut s.groups[g].legs[l];
                leg.role = match leg.role {
                    Role::Settles => Role::Surplus,
                    Role::Surplus | Role::Duplicate | Role::Member => Role::Settles,
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
        put: |s, n| {
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
        put: |s, n| {
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
        put: |s, n| {
            let places: Vec<usize> = (0..s.groups.len()).collect();
            let Some(g) = nth(&places, n) else {
                return false;
            };
            s.groups.remove(g);
            true
        },
    },
];
