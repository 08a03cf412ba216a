//! Pure: why what is proven of a share allows more than what was proven before. An interval is
//! proven of the data that it is made of: later data do not refute it, and may leave more open.

use crate::domain::{Lang, Moved};
use crate::kpi::Share;
use crate::report::facts::AsKnown;
use crate::text;

/// The reasons, in a sentence; none where the later interval lies within the earlier one.
pub(super) fn say(lang: Lang, (then, now): (&Share, &Share), known: &AsKnown) -> Option<String> {
    let wider = match ((then.low, then.high), (now.low, now.high)) {
        ((Some(low), Some(high)), (Some(now_low), Some(now_high))) => {
            now_low.compare(low).is_lt() || now_high.compare(high).is_gt()
        }
        _ => false,
    };
    if !wider || !then.enough_data || !now.enough_data {
        return None;
    }
    let mut reasons = Vec::new();
    let outer = match (then.outer, now.outer) {
        (false, false) => None,
        (true, true) => Some("known-wider-outer-both"),
        (true, false) => Some("known-wider-outer-then"),
        (false, true) => Some("known-wider-outer-now"),
    };
    reasons.extend(outer.map(|key| text::say(lang, key, &[])));
    // items are told of the whole unit alone
    let own = known
        .moved
        .iter()
        .filter(|item| *item.definition == *then.definition);
    let own: Vec<&Moved> = own.filter(|_| then.agency.is_none()).collect();
    let is_open = |outcomes: &[(i64, i64)]| outcomes.len() > 1;
    let opened = own
        .iter()
        .filter(|item| is_open(&item.outcomes_now) && !is_open(&item.outcomes_then))
        .count();
    let counted = own.len() - opened;
    for (count, key) in [(opened, "known-wider-open"), (counted, "known-wider-moved")] {
        if count > 0 {
            let n = text::number(lang, u64::try_from(count).unwrap_or(u64::MAX));
            reasons.push(text::say(lang, key, &[("n", &n)]));
        }
    }
    if reasons.is_empty() {
        reasons.push(text::say(lang, "known-wider-others", &[]));
    }
    let reasons = reasons.join("; ");
    Some(text::say(lang, "known-wider", &[("reasons", &reasons)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Day;
    use crate::kpi::{Deciding, Fraction, Period};
    use crate::report::facts::Figure;

    fn share(low: i128, high: i128, outer: bool) -> Share {
        Share {
            definition: "TX_CASHLESS",
            agency: None,
            cell: None,
            period: Period::month("2024-02").unwrap(),
            numerator: 60,
            denominator: 100,
            low: Fraction::new(low, 100),
            high: Fraction::new(high, 100),
            outer,
            enough_data: true,
            target: None,
            verdict: None,
            deciding: Deciding::default(),
        }
    }

    fn known(moved: &[[&[(i64, i64)]; 2]]) -> AsKnown {
        let night = Day::parse("2024-02-29").unwrap();
        let none = (Figure::default(), Figure::default());
        let item = |[then, now]: &[&[(i64, i64)]; 2]| Moved {
            definition: "TX_CASHLESS".into(),
            item: "txn|bank|FT1".into(),
            then: (0, 0),
            now: (0, 0),
            outcomes_then: then.to_vec(),
            outcomes_now: now.to_vec(),
            bank_ref: None,
        };
        AsKnown {
            then: night,
            now: night.plus(3),
            shares: Vec::new(),
            open: none,
            work: none,
            arrived: Vec::new(),
            moved: moved.iter().map(item).collect(),
            given_back: std::collections::BTreeMap::new(),
            nights: None,
        }
    }

    #[test]
    fn an_interval_that_became_wider_says_why() {
        let said = |then: &Share, now: &Share, moved| say(Lang::Vi, (then, now), &known(moved));
        let (narrow, wide) = (share(59, 67, false), share(57, 71, false));
        assert_eq!(said(&narrow, &narrow, &[]), None);
        assert_eq!(said(&wide, &narrow, &[]), None);
        assert!(
            said(&narrow, &wide, &[])
                .unwrap()
                .contains("không khoản nào")
        );
        // one end is enough
        assert!(said(&narrow, &share(59, 68, false), &[]).is_some());
        let outer = said(&share(59, 67, true), &share(57, 71, true), &[]).unwrap();
        assert!(outer.contains("cận ngoài cả hai lúc"), "{outer}");
        let opened: [&[(i64, i64)]; 2] = [&[(1, 1)], &[(1, 1), (0, 1)]];
        let settled: [&[(i64, i64)]; 2] = [&[(1, 1), (0, 1)], &[(0, 1)]];
        let both = said(&narrow, &wide, &[opened, settled, settled]).unwrap();
        assert!(both.contains("1 khoản nay còn mở"), "{both}");
        assert!(both.contains("2 khoản nay tính khác"), "{both}");
    }
}
