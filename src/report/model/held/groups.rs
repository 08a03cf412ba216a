//! Pure: which sources tell of one gateway: its answers and its settlement file.

use std::collections::BTreeMap;

use crate::domain::SourceName;
use crate::report::facts::GatewayFacts;

use super::lines::Lines;

/// Each source and the one under which its gateway stands: the first by the configuration.
pub(super) struct Groups {
    first: BTreeMap<Box<str>, Box<str>>,
    order: Vec<Box<str>>,
}

/// The gateways by what tonight's rows tell twice, and what the night before told.
pub(super) fn of(gateways: &GatewayFacts, now: &Lines<'_>) -> Groups {
    let mut order: Vec<Box<str>> = Vec::new();
    let name = |source: &SourceName| -> Box<str> { source.as_str().into() };
    order.extend(gateways.gateways.iter().map(name));
    let before = gateways.before.iter().flat_map(|before| &before.rows);
    // a gateway that is no source any more goes with what it held
    for row in before.clone().filter(|row| row.closing != 0) {
        if !order.contains(&row.source) {
            order.push(row.source.clone());
        }
    }
    let mut groups = Groups {
        first: order.iter().map(|s| (s.clone(), s.clone())).collect(),
        order,
    };
    for row in before {
        for other in &row.also {
            groups.join(&row.source, other);
        }
    }
    for (second, first) in &now.twins_of {
        groups.join(first, second);
    }
    groups
}

impl Groups {
    fn join(&mut self, one: &str, other: &str) {
        let (Some(one), Some(other)) = (self.first.get(one), self.first.get(other)) else {
            return;
        };
        let place = |source: &str| self.order.iter().position(|known| **known == *source);
        let (keep, gone) = if place(one) <= place(other) {
            (one.clone(), other.clone())
        } else {
            (other.clone(), one.clone())
        };
        for first in self.first.values_mut().filter(|first| **first == gone) {
            first.clone_from(&keep);
        }
    }

    /// The source under which the gateway of a source stands.
    pub(super) fn of(&self, source: &str) -> Option<&str> {
        self.first.get(source).map(|first| &**first)
    }

    /// The gateways, in the order of the configuration.
    pub(super) fn sources(&self) -> Vec<Box<str>> {
        let sources = self.order.iter().map(|source| &**source);
        let own = sources.filter(|source| self.of(source) == Some(*source));
        own.map(Box::from).collect()
    }

    /// The other sources of a gateway.
    pub(super) fn others(&self, source: &str) -> Vec<Box<str>> {
        let sources = self.order.iter().map(|source| &**source);
        let others = sources.filter(|other| *other != source && self.of(other) == Some(source));
        others.map(Box::from).collect()
    }
}
