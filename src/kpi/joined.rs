//! What one item adds to a unit that holds several of its agencies.

use super::share::{Contribution, Elsewhere, Scope};

type Pair = (i64, i64);

/// An item in the row of a unit: `parts` are its contributions in the agencies of the unit, at
/// least one; `total` is that over all where the unit holds all of them. Dong add up, an event
/// counts once.
pub(super) fn in_unit(
    scope: Scope,
    total: Option<&Contribution>,
    parts: &[&Contribution],
    in_dong: bool,
) -> Option<Contribution> {
    let made = match (total, parts) {
        (Some(total), _) => total.clone(),
        (None, [only]) => (*only).clone(),
        (None, [first, ..]) if in_dong => sum(first, parts),
        (None, [first, ..]) => union(first, parts),
        (None, []) => return None,
    };
    Some(Contribution { scope, ..made })
}

/// One event of several agencies, some of them in the unit.
fn union(first: &Contribution, parts: &[&Contribution]) -> Contribution {
    let adds = |c: &&&Contribution| c.outcomes.first().is_some_and(|pair| *pair != (0, 0));
    let first = parts.iter().find(adds).map_or(first, |part| part);
    let mut made = first.clone();
    for part in parts {
        made.outcomes.extend(part.outcomes.iter().copied());
        join(&mut made, part);
    }
    made.coupled |= parts.iter().any(|part| part.is_open());
    made.outcomes = once(made.outcomes);
    made
}

/// The dong of several agencies. Of parts that are open only the ends are kept, an outer bound:
/// all of them without cash, all of them cash, as little as can be.
fn sum(first: &Contribution, parts: &[&Contribution]) -> Contribution {
    let mut made = first.clone();
    let point = parts.iter().filter_map(|part| part.outcomes.first());
    let point = point.fold((0, 0), |sum, pair| plus(sum, *pair));
    let adds: Vec<Vec<Pair>> = parts.iter().map(|part| part.pairs()).collect();
    for part in parts {
        join(&mut made, part);
    }
    made.outcomes = vec![point];
    if parts.iter().any(|part| part.is_open()) {
        let most = |wanted: fn(&Pair) -> bool| -> i64 {
            let of = |pairs: &Vec<Pair>| pairs.iter().filter(|p| wanted(p)).map(|p| p.1).max();
            adds.iter().filter_map(of).fold(0, i64::saturating_add)
        };
        let (cashless, cash) = (most(|p| p.0 > 0), most(|p| p.0 == 0 && p.1 > 0));
        let little = adds.iter().filter_map(|pairs| {
            let some = pairs.iter().filter(|pair| pair.1 >= 0);
            some.min_by_key(|(a, b)| (*b, *a))
        });
        let little = little.fold((0, 0), |sum, pair| plus(sum, *pair));
        let mut ends = vec![little];
        ends.extend((cashless > 0).then_some((cashless, cashless)));
        ends.extend((cash > 0).then_some((0, cash)));
        let back = adds.iter().flatten().filter(|(a, b)| *a < 0 || *b < 0);
        made.outcomes.extend(ends.iter().chain(back).copied());
        let from = made.elsewhere.iter().map(|span| span.from).min();
        let to = made.elsewhere.iter().map(|span| span.to).max();
        if let Some((from, to)) = from.zip(to) {
            let ends = std::iter::once(point).chain(ends);
            let ends = ends.filter(|pair| *pair != (0, 0));
            let moved = ends.map(|outcome| Elsewhere { from, to, outcome });
            made.elsewhere.extend(moved);
            made.elsewhere.sort_unstable();
            made.elsewhere.dedup();
            made.outcomes.push((0, 0));
        }
        made.coupled = true;
    }
    made.outcomes = once(made.outcomes);
    made
}

fn plus(sum: Pair, pair: Pair) -> Pair {
    (sum.0.saturating_add(pair.0), sum.1.saturating_add(pair.1))
}

/// Each outcome once, the first first.
pub(super) fn once(outcomes: Vec<Pair>) -> Vec<Pair> {
    let mut once: Vec<Pair> = Vec::with_capacity(outcomes.len());
    for pair in outcomes {
        if !once.contains(&pair) {
            once.push(pair);
        }
    }
    once
}

/// What a part brings beside its outcomes.
fn join(made: &mut Contribution, part: &Contribution) {
    made.elsewhere.extend(part.elsewhere.iter().copied());
    made.elsewhere.sort_unstable();
    made.elsewhere.dedup();
    made.coupled |= part.coupled;
    for id in &part.exceptions {
        if !made.exceptions.contains(id) {
            made.exceptions.push(id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgencyCode, Day};

    fn part(agency: usize, outcomes: &[Pair]) -> Contribution {
        Contribution {
            definition: "AMOUNT_CASHLESS",
            item: "txn|bank|1".into(),
            scope: Scope::Agency(AgencyCode::new(&format!("H48.18.{agency}"))),
            day: Day::of_ms(0),
            outcomes: outcomes.to_vec(),
            elsewhere: Vec::new(),
            coupled: false,
            exceptions: Vec::new(),
        }
    }

    fn joined(parts: &[Contribution], in_dong: bool) -> Contribution {
        let parts: Vec<&Contribution> = parts.iter().collect();
        let scope = Scope::Agency(AgencyCode::new("H48.18"));
        in_unit(scope, None, &parts, in_dong).unwrap()
    }

    #[test]
    fn dong_add_up_and_an_event_counts_once() {
        let firm = [part(1, &[(30, 30)]), part(2, &[(20, 20)])];
        assert_eq!(joined(&firm, true).outcomes, [(50, 50)]);
        let events = [part(1, &[(1, 1)]), part(2, &[(1, 1)])];
        assert_eq!(joined(&events, false).outcomes, [(1, 1)]);
        let open = [part(1, &[(30, 30), (0, 0)]), part(2, &[(20, 20)])];
        let made = joined(&open, true);
        assert_eq!(made.outcomes, [(50, 50), (20, 20)]);
        assert!(made.coupled);
    }

    #[test]
    fn a_memo_that_names_twenty_agencies_has_few_outcomes() {
        let parts: Vec<Contribution> = (0..20)
            .map(|n| part(n, &[(0, 0), (1 << n, 1 << n), (3 << n, 3 << n)]))
            .collect();
        let most = 3 * ((1 << 20) - 1);
        assert_eq!(joined(&parts, true).outcomes, [(0, 0), (most, most)]);
    }
}
