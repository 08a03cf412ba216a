//! What was paired without an exact key: tonight's repaired codes, pairs by evidence and certified
//! sets, with what speaks for each. They may be taken back; people look at them first.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::{Lang, Side};
use crate::matching::{MatchGroup, Role};
use crate::report::RunFacts;
use crate::settle::Settlement;

use super::SHOWN_MAX;
use super::index::Index;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PairingView {
    /// The name of the pass.
    pub pass: &'static str,
    /// What others know its money by.
    pub money: Vec<String>,
    /// Codes of its dossiers.
    pub dossiers: Vec<String>,
    /// What its links settle; none for a set, which has no links.
    pub amount: Option<i128>,
    /// Score and margin, where it was scored.
    pub score: Option<(u16, u16)>,
    /// What speaks for it.
    pub evidence: Vec<String>,
    /// What came second.
    pub runner_up: Option<String>,
}

/// Those that were decided tonight or otherwise than the night before: all of them counted, the
/// first shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pairings {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub shown: Vec<PairingView>,
}

pub(super) fn list(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Pairings {
    let new =
        |group: &&MatchGroup| group.is_provisional() && facts.changed_groups.contains(&group.id);
    let groups: Vec<&MatchGroup> = settlement.groups.iter().filter(new).collect();
    let shown = groups.iter().take(SHOWN_MAX);
    Pairings {
        count: u64::try_from(groups.len()).unwrap_or(u64::MAX),
        shown: shown.map(|group| view(index, group, facts.lang)).collect(),
    }
}

fn view(index: &Index<'_>, group: &MatchGroup, lang: Lang) -> PairingView {
    let money = group.legs.iter().filter(|leg| leg.money.side != Side::Fee);
    let money: BTreeSet<String> = money
        .map(|leg| index.person_reference(lang, &leg.money))
        .collect();
    let dossiers = group
        .legs
        .iter()
        .filter_map(|leg| leg.dossier_code.as_ref());
    let dossiers: BTreeSet<String> = dossiers.map(ToString::to_string).collect();
    let settles = group.links().filter(|leg| leg.role == Role::Settles);
    let said = group.legs.iter().map(|leg| &leg.why).chain(&group.evidence);
    let mut evidence: Vec<String> = Vec::new();
    for text in said.map(|said| index.say(lang, said)) {
        if !evidence.contains(&text) {
            evidence.push(text);
        }
    }
    PairingView {
        pass: group.label().get(lang),
        money: money.into_iter().collect(),
        dossiers: dossiers.into_iter().collect(),
        amount: (!group.is_set()).then(|| settles.map(|leg| leg.amount.wide()).sum()),
        score: group.margin.map(|margin| (group.score, margin)),
        evidence,
        runner_up: group
            .runner_up
            .as_ref()
            .map(|near| index.say_near(lang, near)),
    }
}
