//! From the sum of the form of payments to what `AMOUNT_CASHLESS` counts: the form sums what was
//! allocated to fee lines on the days of the period, the indicator counts each payment on its own
//! day. Every payment falls into exactly one line, so the lines add up.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Added, Taken, TakenLeg};

/// The lines, dong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    /// The sum of the form: phí and lệ phí allocated on the days.
    pub taken: i128,
    /// What went back on the days: the indicator takes it off on the day of the payment.
    pub back_here: i128,
    /// Payments of the days of whose dossiers money went back, on whatever day.
    pub back_of: i128,
    /// What providers kept of payments that reach the agency net: counted as paid.
    pub withheld: i128,
    /// Payments that count for certain, or by their first reading, and are on no fee line yet.
    pub unlinked: i128,
    /// Payments of certified sets against what their dossiers owed.
    pub sets: i128,
    /// Payments of which the indicator counts less for another reason: from before the start, a
    /// receipt that differs.
    pub left_out: i128,
    /// What the indicator counts.
    pub counted: i128,
}

/// True for what the form sums: land obligations are on another paper.
pub fn is_summed(leg: &TakenLeg) -> bool {
    matches!(&*leg.fee_kind, "phi" | "le_phi")
}

/// What one payment has on fee lines, and in which dossiers.
#[derive(Default)]
struct Item<'t> {
    settled: i128,
    dossiers: BTreeSet<&'t str>,
}

fn items(taken: &Taken) -> BTreeMap<&str, Item<'_>> {
    let mut items: BTreeMap<&str, Item<'_>> = BTreeMap::new();
    let single = |leg: &&TakenLeg| is_summed(leg) && !leg.went_back && !leg.item.is_empty();
    for leg in taken.legs.iter().filter(single) {
        let item = items.entry(&leg.item).or_default();
        item.settled += i128::from(leg.amount);
        item.dossiers.insert(&leg.dossier);
    }
    items
}

/// What the indicator counts of each item.
fn counted(added: &[Added]) -> BTreeMap<&str, i128> {
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for one in added {
        *sums.entry(&one.item).or_default() += i128::from(one.denominator);
    }
    sums
}

impl Bridge {
    /// The dossiers of payments of which the indicator counts less than they have on fee lines:
    /// whether money went back of them is asked of the store.
    pub fn short(taken: &Taken, added: &[Added]) -> BTreeSet<Box<str>> {
        let counted = counted(added);
        let mut dossiers = BTreeSet::new();
        for (name, item) in items(taken) {
            if counted.get(name).copied().unwrap_or(0) < item.settled {
                dossiers.extend(item.dossiers.into_iter().map(Into::into));
            }
        }
        dossiers
    }

    /// The lines; `returned` are the dossiers of which money went back.
    pub fn new(taken: &Taken, added: &[Added], returned: &BTreeSet<Box<str>>) -> Self {
        let mut bridge = Self::default();
        for leg in taken.legs.iter().filter(|leg| is_summed(leg)) {
            let amount = i128::from(leg.amount);
            bridge.taken += amount;
            if leg.went_back {
                bridge.back_here -= amount;
            } else if leg.item.is_empty() {
                bridge.sets -= amount;
            }
        }
        let mut items = items(taken);
        for (name, dong) in counted(added) {
            bridge.counted += dong;
            match items.remove(name) {
                None if taken.in_sets.contains(name) => bridge.sets += dong,
                None => bridge.unlinked += dong,
                Some(item) => bridge.differs(&item, dong - item.settled, returned),
            }
        }
        for item in items.values() {
            bridge.differs(item, -item.settled, returned);
        }
        bridge
    }

    fn differs(&mut self, item: &Item<'_>, by: i128, returned: &BTreeSet<Box<str>>) {
        let went_back = || item.dossiers.iter().any(|code| returned.contains(*code));
        match by.signum() {
            1 => self.withheld += by,
            -1 if went_back() => self.back_of += by,
            _ => self.left_out += by,
        }
    }

    /// The lines between the sum and the indicator, with the keys of their names.
    pub fn parts(&self) -> [(&'static str, i128); 6] {
        [
            ("bridge-back-here", self.back_here),
            ("bridge-back-of", self.back_of),
            ("bridge-withheld", self.withheld),
            ("bridge-unlinked", self.unlinked),
            ("bridge-sets", self.sets),
            ("bridge-left-out", self.left_out),
        ]
    }

    /// True when the lines lead from the one to the other: asserted before a paper is made.
    pub fn adds_up(&self) -> bool {
        let parts: i128 = self.parts().iter().map(|(_, dong)| dong).sum();
        self.taken + parts == self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgencyCode;

    fn leg(item: &str, kind: &str, amount: i64) -> TakenLeg {
        TakenLeg {
            item: item.into(),
            dossier: format!("D{item}").into(),
            agency: AgencyCode::new("H48"),
            fee_kind: kind.into(),
            amount,
            went_back: amount < 0,
        }
    }

    fn adds(item: &str, dong: i64) -> Added {
        Added {
            item: item.into(),
            numerator: 0,
            denominator: dong,
        }
    }

    #[test]
    fn every_payment_is_in_one_line_and_the_lines_add_up() {
        let taken = Taken {
            legs: vec![
                leg("plain", "phi", 50_000),
                leg("plain", "le_phi", 8_000),
                leg("net", "phi", 98_900),
                leg("land", "land_obligation", 3_000_000),
                leg("returned", "phi", 40_000),
                leg("refund", "phi", -40_000),
                leg("old", "phi", 7_000),
                leg("", "le_phi", 16_000),
            ],
            in_sets: ["set1", "set2"].map(Into::into).into(),
        };
        let added = [
            adds("plain", 58_000),
            adds("net", 100_000),
            adds("set1", 8_000),
            adds("set2", 8_500),
            adds("open", 12_000),
            adds("fee", 0),
        ];
        let short = Bridge::short(&taken, &added);
        let wanted: BTreeSet<Box<str>> = ["Dold", "Dreturned"].map(Into::into).into();
        assert_eq!(short, wanted);
        let returned = BTreeSet::from(["Dreturned".into()]);
        let bridge = Bridge::new(&taken, &added, &returned);
        let wanted = Bridge {
            taken: 179_900,
            back_here: 40_000,
            back_of: -40_000,
            withheld: 1_100,
            unlinked: 12_000,
            sets: 500,
            left_out: -7_000,
            counted: 186_500,
        };
        assert_eq!(bridge, wanted);
        assert!(bridge.adds_up());
        let broken = Bridge { sets: 0, ..bridge };
        assert!(!broken.adds_up());
    }
}
