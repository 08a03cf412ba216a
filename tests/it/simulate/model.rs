//! The truth of the district as a plain map: which payment shows in which row, and what the share
//! is once some of those rows have come.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use doisoat::sandbox::District;
use doisoat::sandbox::district::{Event, Scenario, Share};

/// What has been delivered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delivered {
    /// `<source>|<id>` of the transactions.
    pub(crate) rows: BTreeSet<String>,
    /// Days whose export was read.
    pub(crate) exports: BTreeSet<NaiveDate>,
}

/// Where something shows.
#[derive(Clone, Debug)]
enum Trace {
    /// Any of these rows: of the same payment made twice each stands for it alone.
    Rows(Vec<String>),
    Export(NaiveDate),
}

impl Delivered {
    fn shows(&self, trace: &Trace) -> bool {
        match trace {
            Trace::Rows(keys) => keys.iter().any(|key| self.rows.contains(key)),
            Trace::Export(day) => self.exports.contains(day),
        }
    }
}

/// Every payment with where it shows, and where its return does.
pub(crate) struct Model {
    events: Vec<(Event, Trace, Option<Trace>)>,
    /// Dossiers that a row really is about, by `<source>|<id>`.
    dossiers: BTreeMap<String, Vec<String>>,
}

impl Model {
    pub(crate) fn new(district: &District) -> Self {
        let mut rows = BTreeMap::new();
        let mut twice: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
        let mut dossiers = BTreeMap::new();
        for (source, list) in [
            ("sepay-main", &district.sepay),
            ("casso-main", &district.casso),
        ] {
            for row in list {
                let key = format!("{source}|{}", row.id);
                if row.scenario == Scenario::Duplicate {
                    let same = twice.entry(row.dossiers.clone()).or_default();
                    same.push(key.clone());
                }
                let at = (row.dossiers.clone(), row.at, row.amount > 0);
                rows.insert(at, vec![key.clone()]);
                dossiers.insert(key, row.dossiers.clone());
            }
        }
        for order in &district.gateway_orders {
            for state in &order.states {
                let Some(at) = state.paid_at else { continue };
                let key = match state.kind {
                    "01" => format!("vnpay|{}", order.order_id),
                    _ => format!("vnpay|{}#{}", order.order_id, state.number),
                };
                dossiers.insert(key.clone(), vec![order.dossier.clone()]);
                let paid = state.kind == "01" && state.status == "00";
                let at = if paid { at } else { state.at };
                rows.insert((vec![order.dossier.clone()], at, paid), vec![key]);
            }
        }
        for receipt in &district.receipts {
            let key = format!("cash|{}", receipt.id);
            dossiers.insert(key, vec![receipt.dossier.clone()]);
        }
        let trace = |event: &Event, at: NaiveDateTime, paid: bool| {
            if !event.cashless {
                return Trace::Export(at.date());
            }
            let same = twice.get(&event.dossiers);
            let found = same.or_else(|| rows.get(&(event.dossiers.clone(), at, paid)));
            Trace::Rows(
                found
                    .unwrap_or_else(|| panic!("{event:?} shows nowhere"))
                    .clone(),
            )
        };
        let events = district.events.iter().map(|event| {
            let paid = trace(event, event.at, true);
            let back = event.returned_at.map(|at| trace(event, at, false));
            (event.clone(), paid, back)
        });
        Self {
            events: events.collect(),
            dossiers,
        }
    }

    /// Whether the row really is about the dossier.
    pub(crate) fn is_about(&self, source: &str, id: &str, dossier: &str) -> bool {
        let key = format!("{source}|{id}");
        let about = self.dossiers.get(&key);
        about.is_some_and(|codes| codes.iter().any(|code| code == dossier))
    }

    /// The shares of the payments in `[from, to]` that show by now, by agency; "" is the total.
    pub(crate) fn shares(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        delivered: &Delivered,
    ) -> BTreeMap<String, Share> {
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        for (event, paid, back) in &self.events {
            let day = event.at.date();
            let gone = back.as_ref().is_some_and(|back| delivered.shows(back));
            if day < from || day > to || !delivered.shows(paid) || gone {
                continue;
            }
            let scopes = event.agencies.iter().copied().chain([""]);
            for scope in scopes {
                let share = shares.entry(scope.to_owned()).or_default();
                share.numerator += u64::from(event.cashless);
                share.denominator += 1;
            }
        }
        shares
    }
}
