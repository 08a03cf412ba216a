//! Errors in the lines that pay out several days of a gateway: other days than those that the sums
//! tell.

use doisoat::domain::{Day, Vnd};
use doisoat::matching::Evidence;
use doisoat::settle::Settlement;

use super::{Plant, nth};

/// Another span than the right one: the `n`-th of them.
type Edit = fn(&mut Vec<(Day, Vnd)>);

const EDITS: [Edit; 4] = [
    |days| {
        days.pop();
    },
    |days| {
        days.remove(0);
    },
    |days| {
        let (last, _) = days[days.len() - 1];
        days.push((last.plus(1), Vnd::new(0)));
    },
    |days| {
        for (day, _) in days {
            *day = day.minus(1);
        }
    },
];

pub(super) const PLANTS: &[Plant] = &[Plant {
    kind: "a line pays out other days of a gateway",
    caught_by: &["rule"],
    percent: 100,
    put: another_span,
}];

fn another_span(settled: &mut Settlement, n: usize) -> bool {
    let whys = settled.rows.iter().enumerate().flat_map(|(at, row)| {
        let spans = row.evidence.iter().enumerate();
        let spans = spans.filter(|(_, why)| matches!(why, Evidence::BatchOfDays(..)));
        spans.map(move |(i, _)| (at, i))
    });
    let places: Vec<(usize, usize, Edit)> = whys
        .flat_map(|(at, i)| EDITS.map(|edit| (at, i, edit)))
        .collect();
    let Some((at, i, edit)) = nth(&places, n) else {
        return false;
    };
    let Evidence::BatchOfDays(_, days, _) = &mut settled.rows[at].evidence[i] else {
        return false;
    };
    let mut other = days.to_vec();
    edit(&mut other);
    *days = other.into();
    true
}
