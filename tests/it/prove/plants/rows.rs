//! Errors in rows: classes, buckets, facts.

use doisoat::classify::{Bucket, Severity};
use doisoat::domain::ExceptionId;

use super::{Plant, add, give, nth, with_row};

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a row is lost",
        caught_by: &["once", "conservation"],
        percent: 100,
        put: |s, n| {
            with_row(s, n, |s, at| {
                s.rows.remove(at);
            })
        },
    },
    Plant {
        kind: "a row stands twice",
        caught_by: &["once", "conservation"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| with_row(s, n, |s, at| add(&mut s.rows[at].amount, 1)),
    },
    Plant {
        kind: "a row counts under another day",
        caught_by: &["conservation"],
        percent: 100,
        put: |s, n| {
            with_row(s, n, |s, at| {
                s.rows[at].business_date = s.rows[at].business_date.plus(1);
            })
        },
    },
    Plant {
        kind: "a row is in another bucket",
        caught_by: &["class"],
        percent: 100,
        put: |s, n| {
            with_row(s, n, |s, at| {
                let row = &mut s.rows[at];
                row.bucket = match row.bucket {
                    Bucket::Matched | Bucket::Rejected => Bucket::Open,
                    Bucket::Open => Bucket::Excluded,
                    Bucket::Excluded => Bucket::Matched,
                };
            })
        },
    },
    Plant {
        kind: "a row asks for less attention",
        caught_by: &["class"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| with_row(s, n, |s, at| s.rows[at].carried ^= true),
    },
    Plant {
        kind: "an exception has another id",
        caught_by: &["once"],
        percent: 100,
        put: |s, n| {
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
        put: |s, n| {
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
        put: |s, n| {
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
];
