//! Pure: the lines of banks that hand on money of gateways, and the rows of gateways that another
//! source of theirs tells too.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{self, Day, RowKey, Side, Txn, TxnKind, Vnd};
use crate::matching::Evidence;
use crate::report::facts::{GatewayFacts, StandingRow};
use crate::report::model::index::Index;
use crate::settle::Settlement;

/// A line of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: RowKey,
    pub(super) reference: Box<str>,
    /// Dong; negative where it went out.
    pub(super) received: i128,
    pub(super) on: Day,
    business_date: Day,
    /// False where it is a part of a line over several days, but for the last of them: one line is
    /// one credit.
    pub(super) counts: bool,
}

/// A row that was decided to be a batch, or a payment told again.
struct Decided<'a> {
    line: Line,
    class: &'a str,
    evidence: &'a [Evidence],
    amount: Vnd,
}

/// What they hand on, as tonight decides it or as it stood before.
#[derive(Default)]
pub(super) struct Lines<'a> {
    /// The credits for whole days, by source and day.
    pub(super) batches: BTreeMap<(Box<str>, Day), Line>,
    /// The payments and refunds that banks saw one by one, by source and id.
    pub(super) singles: BTreeMap<(&'a str, &'a str), (&'a Txn, Line)>,
    /// Rows of gateways that another gateway's row tells, and that row where it is known.
    pub(super) twins: FxHashMap<(&'a str, &'a str), Option<&'a Txn>>,
    /// Sources that tell again of another's rows, and those others.
    pub(super) twins_of: BTreeSet<(&'a str, &'a str)>,
    /// The lines of banks that hand on, and those that tell another bank's line again.
    pub(super) hands_on: FxHashSet<RowKey>,
    pub(super) repeats: FxHashSet<RowKey>,
}

impl<'a> Lines<'a> {
    /// Those that stand after tonight, and those that stood before.
    pub(super) fn read(
        index: &Index<'a>,
        settlement: &'a Settlement,
        (gateways, night): (&'a GatewayFacts, Day),
    ) -> [Self; 2] {
        let hands_on = |class: &str| matches!(class, "batch_settlement" | "sighting");
        let rows = settlement.rows.iter();
        let rows = rows.filter(|row| row.key.side == Side::Txn && hands_on(row.class));
        let mut now: Vec<Decided<'a>> = Vec::new();
        for row in rows {
            let Some(txn) = index.txn(&row.key) else {
                continue;
            };
            now.push(Decided {
                line: line_of(txn),
                class: row.class,
                evidence: &row.evidence,
                amount: txn.amount,
            });
        }
        let stood = gateways.standing.iter().filter(|row| hands_on(&row.class));
        let before: Vec<Decided<'a>> = stood.clone().map(|row| stood_as(index, row)).collect();
        // what tonight does not read stands as it did
        let unread = stood.filter(|row| index.txn(&row.key).is_none());
        let now: Vec<Decided<'a>> = now
            .into_iter()
            .chain(unread.map(|row| stood_as(index, row)))
            .collect();
        let names = Names::of(index, now.iter().chain(&before), gateways);
        // the first night tells what came before it as if it had stood
        let is_known =
            |row: &&Decided<'a>| gateways.before.is_none() && row.line.business_date < night;
        let early = now.iter().filter(is_known);
        let stood = Self::of(before.iter().chain(early), &names);
        [Self::of(now.iter(), &names), stood]
    }

    fn of<'d>(rows: impl Iterator<Item = &'d Decided<'a>>, names: &Names<'a>) -> Self
    where
        'a: 'd,
    {
        let mut lines = Self::default();
        let (own, banks): (Vec<_>, Vec<_>) =
            rows.partition(|row| names.is_gateway(row.line.key.source.as_str()));
        for row in own.into_iter().filter(|row| row.class == "sighting") {
            let Some(txn) = names.own(&row.line.key) else {
                continue;
            };
            let event = names.event(row);
            match event {
                Some(event) if !names.is_gateway(event.source.as_str()) => {
                    lines.hands_on.insert(event.key());
                    let place = lines.singles.entry(id(txn));
                    place.or_insert_with(|| (txn, line_of(event)));
                }
                event => {
                    let twin = event.map(|event| (txn.source.as_str(), event.source.as_str()));
                    lines.twins_of.extend(twin);
                    lines.twins.insert(id(txn), event);
                }
            }
        }
        for row in banks {
            lines.bank(row, names);
        }
        lines
    }

    /// A line of a bank.
    fn bank(&mut self, row: &Decided<'a>, names: &Names<'a>) {
        if row.class == "batch_settlement" {
            let Some((source, days)) = row.evidence.iter().find_map(Evidence::paid_out) else {
                return;
            };
            self.hands_on.insert(row.line.key.clone());
            let last = days.len().saturating_sub(1);
            for (nth, (day, part)) in days.iter().enumerate() {
                let mut line = row.line.clone();
                if last > 0 {
                    (line.received, line.counts) = (part.wide(), nth == last);
                }
                self.batches.entry((source.into(), *day)).or_insert(line);
            }
            return;
        }
        let Some(mut event) = names.event(row) else {
            return;
        };
        // a row that is itself told again: the one that counts
        let mut seen = FxHashSet::default();
        while let Some(Some(carrier)) = self.twins.get(&id(event)) {
            if !seen.insert(id(event)) {
                return;
            }
            event = carrier;
        }
        let key = row.line.key.clone();
        if !names.is_gateway(event.source.as_str()) || self.singles.contains_key(&id(event)) {
            self.repeats.insert(key);
            return;
        }
        self.hands_on.insert(key);
        self.singles.insert(id(event), (event, row.line.clone()));
    }
}

/// A transaction by source and id.
pub(super) fn id(txn: &Txn) -> (&str, &str) {
    (txn.source.as_str(), &*txn.id)
}

fn line_of(txn: &Txn) -> Line {
    let sign = if txn.kind == TxnKind::Payment { 1 } else { -1 };
    Line {
        key: txn.key(),
        reference: txn.reference().into(),
        received: sign * txn.amount.wide(),
        on: txn.paid_on,
        business_date: txn.business_date,
        counts: true,
    }
}

fn stood_as<'a>(index: &Index<'a>, row: &'a StandingRow) -> Decided<'a> {
    let reference = domain::txn::reference(&row.key.id, row.bank_ref.as_deref());
    let line = Line {
        key: row.key.clone(),
        reference: reference.into(),
        received: row.amount.wide(),
        on: row.paid_on,
        business_date: row.business_date,
        counts: true,
    };
    Decided {
        line: index.txn(&row.key).map_or(line, line_of),
        class: &row.class,
        evidence: &row.evidence,
        amount: row.amount,
    }
}

/// The rows that others name by their ids.
struct Names<'a> {
    gateways: FxHashSet<&'a str>,
    by_id: FxHashMap<&'a str, Vec<&'a Txn>>,
    own: FxHashMap<(&'a str, &'a str), &'a Txn>,
}

impl<'a> Names<'a> {
    fn of<'d>(
        index: &Index<'a>,
        rows: impl Iterator<Item = &'d Decided<'a>>,
        gateways: &'a GatewayFacts,
    ) -> Self
    where
        'a: 'd,
    {
        let named: FxHashSet<&str> = rows.filter_map(|row| named(row.evidence)).collect();
        let gateways = gateways.gateways.iter().map(|source| source.as_str());
        let mut names = Self {
            gateways: gateways.collect(),
            by_id: FxHashMap::default(),
            own: FxHashMap::default(),
        };
        for txn in &index.inputs.txns {
            if named.contains(&*txn.id) {
                names.by_id.entry(&txn.id).or_default().push(txn);
            }
            if names.is_gateway(txn.source.as_str()) {
                names.own.insert(id(txn), txn);
            }
        }
        names
    }

    fn is_gateway(&self, source: &str) -> bool {
        self.gateways.contains(source)
    }

    fn own(&self, key: &RowKey) -> Option<&'a Txn> {
        self.own.get(&(key.source.as_str(), &*key.id)).copied()
    }

    /// The row that this one tells again: of a gateway before others, of the same amount before
    /// others.
    fn event(&self, row: &Decided<'a>) -> Option<&'a Txn> {
        let all = self.by_id.get(named(row.evidence)?)?.iter().copied();
        let others = all.filter(|txn| txn.source != row.line.key.source);
        others.min_by_key(|txn| {
            let is_same = txn.amount == row.amount || txn.net == row.amount;
            let is_gateway = self.is_gateway(txn.source.as_str());
            (!is_gateway, !is_same, txn.source.as_str())
        })
    }
}

fn named(evidence: &[Evidence]) -> Option<&str> {
    evidence.iter().find_map(|said| match said {
        Evidence::NamesTransaction(id) | Evidence::SameAs(id) => Some(&**id),
        _ => None,
    })
}
