//! The exceptions that decide an open verdict: the fewest that prove it one way, and the other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::classify::Classified;
use crate::domain::{Day, ExceptionId, Fraction, Period};

use super::interval::{Sums, greatest, least};
use super::share::{Contribution, Deciding, Scope};

/// What ranks exceptions that move the verdict equally: money at risk in dong, and the day of the
/// row. Source: the ranking of exceptions, by effect, then by money at risk, then by age.
#[derive(Debug, Default)]
pub(super) struct Ranks<'r>(FxHashMap<&'r ExceptionId, Rank>);

/// Of one exception.
#[derive(Clone, Copy, Debug)]
struct Rank {
    money: i128,
    day: Day,
    /// Somebody has to look at it.
    work: bool,
}

impl<'r> Ranks<'r> {
    /// Of these rows.
    pub(super) fn of(rows: &'r [Classified]) -> Self {
        let rank = |row: &'r Classified| {
            let rank = Rank {
                money: row.at_risk().here().wide(),
                day: row.business_date,
                work: row.is_work(),
            };
            Some((row.exception_id.as_ref()?, rank))
        };
        Self(rows.iter().filter_map(rank).collect())
    }

    /// True unless the exception is of a day after the period: the work of a period is none of it.
    fn is_of(&self, id: &ExceptionId, period: &Period) -> bool {
        self.0.get(id).is_none_or(|of| of.day <= period.to)
    }

    /// Everything that is open, in order of rank: what somebody has to look at, and what is `named`
    /// by an item. Empty where that is no short list, or where some of it is no work of the period.
    fn everything<'i>(
        &self,
        named: impl Iterator<Item = &'i ExceptionId>,
        period: &Period,
    ) -> Vec<ExceptionId> {
        let named: BTreeSet<&ExceptionId> = named.collect();
        let known = self.0.iter().map(|(id, of)| (*id, *of));
        let mut all: Vec<_> = known
            .filter(|(id, of)| of.work || named.contains(id))
            .collect();
        if all.len() > LIST_MAX || all.iter().any(|(id, _)| !self.is_of(id, period)) {
            return Vec::new();
        }
        all.sort_by_key(|(id, of)| (Reverse(of.money), of.day, *id));
        all.into_iter().map(|(id, _)| id.clone()).collect()
    }

    /// The most money and the oldest row first.
    fn rank(&self, item: &Contribution) -> (Reverse<i128>, Option<Day>) {
        let known = || item.exceptions.iter().filter_map(|id| self.0.get(id));
        let money = known().map(|of| of.money).sum();
        (Reverse(money), known().map(|of| of.day).min())
    }
}

/// At most so many rows are told as a list that decides: more is the whole work list.
const LIST_MAX: usize = 60;

/// A list that, settled at best, proves `met`, and one that, settled at worst, proves `missed`.
/// While what one item moves is independent of the others, taking the largest first is shortest.
/// An item that hangs on others is settled only with all of them: where those that stand for
/// themselves are not enough, the list is everything that is open, or there is none. A row of after
/// the period may touch an item of it; what it alone can settle is in no list.
pub(super) fn deciding(
    target: Fraction,
    period: &Period,
    total: &Sums,
    items: &[&Contribution],
    ranks: &Ranks<'_>,
) -> Deciding {
    let worth = |(a, b): (i64, i64)| target.den * i128::from(a) - target.num * i128::from(b);
    let balance = |(a, b): (i128, i128)| target.den * a - target.num * b;
    let open = || {
        let total = items
            .iter()
            .copied()
            .filter(|item| item.scope == Scope::Total);
        let seen = total.filter_map(|item| Some((item, item.within(period)?)));
        seen.filter(|(_, outcomes)| outcomes.len() > 1)
    };
    // one that may add and take back is settled at both, as the bounds have it
    let best = |all: &[(i64, i64)]| {
        let each = all.iter().copied().chain([greatest(all)]);
        each.map(worth).max().unwrap_or(0)
    };
    let worst = |all: &[(i64, i64)]| {
        let each = all.iter().copied().chain([least(all)]);
        each.map(worth).min().unwrap_or(0)
    };
    let up = open().map(|(item, all)| (best(&all) - worth(least(&all)), item));
    let down = open().map(|(item, all)| (worth(greatest(&all)) - worst(&all), item));
    let lacking = -balance(total.low);
    let beyond = balance(total.high) + 1;
    let list = |mut gains: Vec<(i128, &Contribution)>, needed: i128| {
        // what no row tells of nobody can settle
        gains.retain(|(_, item)| !item.exceptions.is_empty());
        let all: i128 = gains.iter().map(|(gain, _)| gain).sum();
        let alone = gains.into_iter().filter(|(_, item)| !item.coupled);
        let list = shortest(alone.collect(), needed, period, ranks);
        if list.is_empty() && needed > 0 && all >= needed {
            let named = open().flat_map(|(item, _)| &item.exceptions);
            return ranks.everything(named, period);
        }
        list
    };
    let (met, missed) = (list(up.collect(), lacking), list(down.collect(), beyond));
    // what counts at least, however all that is open turns out
    let first = |all: &[(i64, i64)]| all.first().map_or(0, |(_, b)| i128::from(*b));
    let fewest = |all: &[(i64, i64)]| all.iter().map(|(_, b)| i128::from(*b)).min().unwrap_or(0);
    let falls: i128 = open().map(|(_, all)| first(&all) - fewest(&all)).sum();
    let counts = total.point.1 - falls > 0;
    // what stays open may touch what was settled: only a list of everything proves it
    let whole = |list: &Vec<ExceptionId>| {
        let known: BTreeSet<&ExceptionId> = list.iter().collect();
        let holds = |item: &Contribution| item.exceptions.iter().all(|id| known.contains(id));
        list.is_empty() || open().all(|(item, _)| !item.exceptions.is_empty() && holds(item))
    };
    let any = !(met.is_empty() && missed.is_empty());
    Deciding {
        proved: any && !total.outer && counts && whole(&met) && whole(&missed),
        met,
        missed,
    }
}

/// The fewest items whose gains reach `needed`, largest first; empty when all together do not.
fn shortest(
    mut gains: Vec<(i128, &Contribution)>,
    needed: i128,
    period: &Period,
    ranks: &Ranks<'_>,
) -> Vec<ExceptionId> {
    let is_of = |id: &&ExceptionId| ranks.is_of(id, period);
    let alone = |item: &Contribution| !item.exceptions.iter().any(|id| is_of(&id));
    gains.retain(|(gain, item)| *gain > 0 && !alone(item));
    gains.sort_by_cached_key(|(gain, item)| {
        let rank = ranks.rank(item);
        (
            Reverse(*gain),
            item.exceptions.len(),
            rank,
            item.item.clone(),
        )
    });
    let mut rest = needed;
    let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
    for (gain, item) in gains {
        if rest <= 0 {
            break;
        }
        rest -= gain;
        let own = item.exceptions.iter().filter(is_of);
        let new = own.filter(|id| seen.insert(*id));
        list.extend(new.cloned());
    }
    if rest > 0 { Vec::new() } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, RowKey, SourceName};

    fn item(n: usize, outcomes: &[(i64, i64)]) -> Contribution {
        let key = RowKey::txn(&SourceName::new("bank"), &n.to_string());
        Contribution {
            definition: "AMOUNT_CASHLESS",
            item: format!("txn|bank|{n}").into(),
            scope: Scope::Total,
            day: Day::of_ms(0),
            outcomes: outcomes.to_vec(),
            elsewhere: Vec::new(),
            coupled: false,
            exceptions: vec![ExceptionId::of("unidentified", &key)],
        }
    }

    fn rank(money: i128, day: Day) -> Rank {
        let work = true;
        Rank { money, day, work }
    }

    /// Firm sums, open items, and how many of which prove what against one half.
    fn check(firm: (i128, i128), open: &[&[(i64, i64)]], met: &[usize], missed: &[usize]) {
        let items: Vec<Contribution> = (0..).zip(open).map(|(n, o)| item(n, o)).collect();
        let mut total = Sums::firm(firm.0, firm.1);
        for item in &items {
            total.add(&item.outcomes, false);
        }
        let day = Day::of_ms(0);
        let period = Period {
            label: "".into(),
            from: day,
            to: day,
        };
        let half = Fraction { num: 1, den: 2 };
        let all: Vec<&Contribution> = items.iter().collect();
        let lists = deciding(half, &period, &total, &all, &Ranks::default());
        let of = |places: &[usize]| -> Vec<ExceptionId> {
            let ids = places.iter().map(|n| items[*n].exceptions[0].clone());
            ids.collect()
        };
        assert_eq!(lists.met, of(met), "met");
        assert_eq!(lists.missed, of(missed), "missed");
    }

    #[test]
    fn the_fewest_that_prove_it_stand_in_each_list() {
        let credit: &[(i64, i64)] = &[(0, 0), (10, 10)];
        let large: &[(i64, i64)] = &[(0, 0), (30, 30)];
        let cash: &[(i64, i64)] = &[(0, 0), (0, 10)];
        // 40 of 100: twenty more without cash are needed, the large one is enough; at most 90 of
        // 150 it may be, so more than one has to turn out as nothing
        check((40, 100), &[credit, large, credit], &[1], &[1, 0]);
        // nothing that is open can prove it met
        check((10, 100), &[credit], &[], &[]);
        // 50 of 100 and cash perhaps: that it was none proves it met, that it was proves it missed
        check((50, 100), &[cash], &[0], &[0]);
    }

    #[test]
    fn what_hangs_on_others_is_settled_only_with_all_of_them() {
        let open: &[(i64, i64)] = &[(0, 0), (1, 1)];
        let mut items: Vec<Contribution> = (0..4).map(|n| item(n, open)).collect();
        let first = items[0].exceptions.clone();
        for item in &mut items[1..3] {
            // one open row stands for whatever may take their place
            item.coupled = true;
            item.exceptions.clone_from(&first);
        }
        let rows: Vec<ExceptionId> = (0..=LIST_MAX)
            .map(|n| item(n, open).exceptions[0].clone())
            .collect();
        let rest = item(LIST_MAX + 1, open).exceptions[0].clone();
        let day = |n: u32| Day::of_ms(0).plus(n);
        let period = Period::range(day(0), day(0));
        let of = |firm: i128, open_rows: usize, of_day: Day| {
            let mut total = Sums::firm(0, firm);
            for item in &items {
                total.add(&item.outcomes, item.coupled);
            }
            let known = rows.iter().take(open_rows);
            let known = known.map(|id| (id, rank(1, of_day)));
            let mut ranks = Ranks(known.collect());
            // what waits for nobody, and nothing names it
            let closed = Rank {
                work: false,
                ..rank(9, of_day)
            };
            ranks.0.insert(&rest, closed);
            let all: Vec<&Contribution> = items.iter().collect();
            let half = Fraction { num: 1, den: 2 };
            deciding(half, &period, &total, &all, &ranks).met
        };
        // as many of the four as there are firm dossiers must turn out well
        assert_eq!(of(2, 6, day(0)), [rows[0].clone(), rows[3].clone()]);
        let mut everything = rows[..6].to_vec();
        everything.sort();
        assert_eq!(of(3, 6, day(0)), everything);
        assert_eq!(of(4, 6, day(0)), everything);
        assert!(of(5, 6, day(0)).is_empty(), "not even everything");
        assert!(of(3, 6, day(1)).is_empty(), "no work of the period");
        assert_eq!(of(3, LIST_MAX, day(0)).len(), LIST_MAX);
        assert!(of(3, LIST_MAX + 1, day(0)).is_empty(), "no short list");
    }

    #[test]
    fn of_equal_effect_the_most_money_and_the_oldest_come_first() {
        let open: &[(i64, i64)] = &[(0, 0), (1, 1)];
        let items: Vec<Contribution> = (0..4).map(|n| item(n, open)).collect();
        let money = [(10, 5), (90, 5), (90, 2), (20, 1)];
        let known = |(item, (money, day)): (&'_ Contribution, (i128, i64))| {
            (
                item.exceptions[0].clone(),
                rank(money, Day::of_ms(day * 86_400_000)),
            )
        };
        let known: Vec<_> = items.iter().zip(money).map(known).collect();
        let ranks = Ranks(known.iter().map(|(id, rank)| (id, *rank)).collect());
        let gains = || items.iter().map(|item| (1, item)).collect::<Vec<_>>();
        let period = Period::range(Day::of_ms(0), Day::of_ms(5 * 86_400_000));
        let of = |needed| shortest(gains(), needed, &period, &ranks);
        let id = |n: usize| items[n].exceptions[0].clone();
        assert_eq!(of(1), [id(2)]);
        assert_eq!(of(4), [id(2), id(1), id(3), id(0)]);
        // more money never outranks a larger effect
        let mut gains = gains();
        gains[0].0 = 2;
        assert_eq!(shortest(gains, 2, &period, &ranks), [id(0)]);
        // a row of after the period is none of its work, and without it nothing is proved
        let before = Period::range(Day::of_ms(0), Day::of_ms(2 * 86_400_000));
        let gains = || items.iter().map(|item| (1, item)).collect::<Vec<_>>();
        assert_eq!(shortest(gains(), 2, &before, &ranks), [id(2), id(3)]);
        assert!(shortest(gains(), 3, &before, &ranks).is_empty());
    }

    #[test]
    fn the_shorter_list_is_worked_first() {
        let id = |n: usize| item(n, &[(0, 0)]).exceptions[0].clone();
        let lists = Deciding {
            met: vec![id(1), id(2)],
            missed: vec![id(2)],
            proved: true,
        };
        assert_eq!(lists.each(), [&id(2), &id(1)]);
        let lists = Deciding {
            met: vec![id(1)],
            missed: Vec::new(),
            proved: false,
        };
        assert_eq!(lists.each(), [&id(1)]);
        assert!(Deciding::default().is_empty());
    }
}
