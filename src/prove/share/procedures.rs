//! `QD766_3_5a` and `QD766_3_5b`: every dossier that owes a fee in the cell of its procedure, over
//! all and by agency, and nothing else there.

use std::collections::BTreeSet;

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, text};
use super::{Pair, figures};
use crate::domain::{Cell, Day, Fee, FeeKind, Moment};
use crate::kpi::Scope;

pub(super) const BOTH: [&str; 2] = ["QD766_3_5a", "QD766_3_5b"];

/// One dossier in one cell.
type Place = (&'static str, String, String, Day, Pair);

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let night = books.inputs.business_date.is_some();
    let counted = |id: &&'static str| night || figures::is_wanted(books, id);
    let mut wanted: BTreeSet<Place> = BTreeSet::new();
    for definition in BOTH.into_iter().filter(counted) {
        for dossier in &books.dossiers {
            let lines = dossier.lines.clone();
            let fees: Vec<&Fee> = lines.map(|line| books.lines[line].fee).collect();
            add(definition, dossier.code.as_str(), &fees, &mut wanted);
        }
    }
    let start = books.rules.start;
    wanted.retain(|(_, _, _, day, _)| start.is_none_or(|start| start <= *day));
    let mut found: BTreeSet<Place> = BTreeSet::new();
    for item in books.settlement.contributions.iter().copied() {
        let Some(definition) = BOTH.into_iter().find(|id| *id == item.definition) else {
            continue;
        };
        let Scope::Cell(cell) = &item.scope else {
            continue;
        };
        let pair = item.outcomes.first().copied().unwrap_or((0, 0));
        let place = (
            definition,
            item.item.to_string(),
            cell.to_string(),
            item.day,
            pair,
        );
        if !found.insert(place) || item.outcomes.len() != 1 || item.coupled {
            let what = text("mỗi hồ sơ tính một lần", "a dossier stands once");
            findings.add(Invariant::Item, &*item.item, what, 1, 2);
        }
    }
    for place in wanted.symmetric_difference(&found) {
        let what = text(
            "thủ tục được đếm phải đúng với hồ sơ của nó",
            "a procedure counts by its dossiers",
        );
        let is = [wanted.contains(place), found.contains(place)];
        let about = format!("{} {} {}", place.0, place.1, place.2);
        findings.add(Invariant::Item, about, what, is[0], is[1]);
    }
}

fn add(definition: &'static str, code: &str, fees: &[&Fee], wanted: &mut BTreeSet<Place>) {
    let Some(first) = fees.first().filter(|fee| !fee.procedure_code.is_empty()) else {
        return;
    };
    let mut owes = fees
        .iter()
        .filter(|fee| fee.kind != FeeKind::LandObligation);
    if !owes.any(|fee| fee.amount.get() > 0) {
        return;
    }
    let mut received = fees.iter().filter_map(|fee| fee.more.received_at.as_ref());
    let day = received.next().map(Moment::day);
    let Some(day) = day.or(first.dossier_code.received_on()) else {
        return;
    };
    let mut own = fees
        .iter()
        .filter(|fee| fee.kind != FeeKind::LandObligation);
    let online = own.any(|fee| super::registry::flag(fee) == Some(true));
    let pair = (i64::from(definition == "QD766_3_5a" || online), 1);
    for agency in ["", first.agency_code.as_str()] {
        let value = format!("{}@{agency}", first.procedure_code);
        let cell = Cell::new(crate::domain::Dimension::Procedure, &value).to_string();
        wanted.insert((definition, format!("dossier|{code}"), cell, day, pair));
    }
}
