//! Pure: links of money to fees, ready to be printed; and those of a period: what its nights
//! decided, as far as it still stands after the last one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::domain::{Day, DossierCode, FeeId, Inputs, Lang, Period, RowKey, Side, Vnd};
use crate::matching::{Leg, MatchGroup, Role};

use super::index::Index;

/// A link of a money row to a fee line, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// The money row.
    pub money: RowKey,
    /// The day it was paid or collected; none where the row is not at hand.
    pub paid_on: Option<Day>,
    /// The dossier; empty for a sighting.
    pub dossier: Box<str>,
    /// The fee line; empty for a sighting.
    pub fee: Box<str>,
    /// The amount allocated; negative where money went back.
    pub amount: Vnd,
    /// What it does.
    pub role: Role,
    /// The id of the pass that decided it.
    pub pass: &'static str,
    /// The name of the pass of its group for people.
    pub how: &'static str,
    /// 0-1000.
    pub score: u16,
    /// Distance to the runner-up, 0-1000; none for a deterministic pass.
    pub margin: Option<u16>,
    /// Why, in sentences.
    pub evidence: Box<str>,
    /// In a period: the night that decided it so.
    pub night: Option<Day>,
}

impl LinkView {
    /// A link with the rows that it is about; other rows are called by what the bank knows them by.
    pub fn of(index: &Index<'_>, (leg, group): (&Leg, &MatchGroup), lang: Lang) -> Self {
        let mut evidence = index.say(lang, &leg.why);
        for said in &group.evidence {
            evidence.push_str("; ");
            evidence.push_str(&index.say(lang, said));
        }
        let paid = index.txn(&leg.money).map(|txn| txn.paid_on);
        let collected = || index.receipt(&leg.money).map(|at| at.collected_at.day());
        Self {
            money: leg.money.clone(),
            paid_on: paid.or_else(collected),
            dossier: text_of(leg.dossier_code.as_ref().map(DossierCode::as_str)),
            fee: text_of(leg.fee_id.as_ref().map(FeeId::as_str)),
            amount: leg.amount,
            role: leg.role,
            pass: leg.pass,
            how: group.label().get(lang),
            score: group.score,
            margin: group.margin,
            evidence: evidence.into(),
            night: None,
        }
    }

    /// Its place in `links.csv`.
    fn place(&self) -> impl Ord + '_ {
        let money = (self.money.side, self.money.source.as_str(), &*self.money.id);
        (
            money,
            &*self.dossier,
            &*self.fee,
            self.role.id(),
            self.amount,
        )
    }
}

fn text_of(text: Option<&str>) -> Box<str> {
    text.unwrap_or_default().into()
}

/// What one night decided, and upon which rows.
#[derive(Debug)]
pub struct NightGroups<'a> {
    /// The night.
    pub day: Day,
    /// What it read.
    pub pool: &'a Inputs,
    /// Every row that it decided, with its business date.
    pub rows: BTreeMap<RowKey, Day>,
    /// Its groups.
    pub groups: Vec<MatchGroup>,
}

impl NightGroups<'_> {
    /// True where money of the group is of a day of the period.
    pub fn is_within(&self, group: &MatchGroup, over: &Period) -> bool {
        let mut days = group.legs.iter().filter(|leg| leg.money.side != Side::Fee);
        days.any(|leg| {
            self.rows
                .get(&leg.money)
                .is_some_and(|day| over.holds(*day))
        })
    }
}

/// A group that stands, and its links.
#[derive(Debug)]
struct Stood {
    group: MatchGroup,
    links: Vec<LinkView>,
}

/// The links that stand, night after night.
#[derive(Debug)]
pub struct Standing {
    lang: Lang,
    groups: BTreeMap<Box<str>, Stood>,
    /// By money row the groups that hold it.
    of_money: BTreeMap<RowKey, BTreeSet<Box<str>>>,
}

impl Standing {
    /// Nothing stands yet.
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            groups: BTreeMap::new(),
            of_money: BTreeMap::new(),
        }
    }

    /// The next night: whatever it decided upon stands as it decided. `before` names its groups
    /// that stood just like this before the period and are none of its links.
    pub fn night(&mut self, night: NightGroups<'_>, before: &BTreeSet<Box<str>>) {
        let index = Index::new(night.pool);
        let touched = night.rows.keys().filter_map(|key| self.of_money.get(key));
        let touched: BTreeSet<Box<str>> = touched.flatten().cloned().collect();
        let is_same = |group: &MatchGroup| {
            let stood = self.groups.get(&group.id);
            stood.is_some_and(|stood| stood.group == *group)
        };
        let same: BTreeSet<Box<str>> = night
            .groups
            .iter()
            .filter(|group| is_same(group))
            .map(|group| group.id.clone())
            .collect();
        for id in touched.difference(&same) {
            self.remove(id);
        }
        for group in night.groups {
            if same.contains(&group.id) || before.contains(&group.id) {
                continue;
            }
            self.remove(&group.id);
            let link = |leg| LinkView {
                night: Some(night.day),
                ..LinkView::of(&index, (leg, &group), self.lang)
            };
            let links: Vec<LinkView> = group.links().map(link).collect();
            for leg in group.legs.iter().filter(|leg| leg.money.side != Side::Fee) {
                let ids = self.of_money.entry(leg.money.clone()).or_default();
                ids.insert(group.id.clone());
            }
            self.groups.insert(group.id.clone(), Stood { group, links });
        }
    }

    fn remove(&mut self, id: &str) {
        let Some(stood) = self.groups.remove(id) else {
            return;
        };
        for leg in &stood.group.legs {
            if let Some(ids) = self.of_money.get_mut(&leg.money) {
                ids.remove(id);
            }
        }
    }

    /// What stands after the last night, in the order of `links.csv`.
    pub fn links(self) -> Vec<LinkView> {
        let mut links: Vec<LinkView> = self
            .groups
            .into_values()
            .flat_map(|stood| stood.links)
            .collect();
        links.sort_by(|a, b| a.place().cmp(&b.place()));
        links
    }
}
