//! `links.csv`: a row per leg, receipts before transactions.

use std::cmp::Ordering;
use std::io::{self, Write};

use crate::domain::Side;
use crate::matching::{Leg, MatchGroup};

use super::Style;
use super::table::Table;

const LINKS: [&str; 10] = [
    "txn_id",
    "dossier_code",
    "fee_id",
    "amount_vnd",
    "pass",
    "score",
    "margin",
    "evidence",
    "source",
    "role",
];

/// A leg and its group.
type Of<'a> = (&'a Leg, &'a MatchGroup);

/// Writes the legs of the groups.
pub fn write_links<'a>(
    to: impl Write,
    groups: impl IntoIterator<Item = &'a MatchGroup>,
    style: Style,
) -> io::Result<()> {
    let mut table = Table::new(to, style, &LINKS)?;
    let mut sentence = String::new();
    for (leg, group) in sorted(groups) {
        table.text(&leg.money.id);
        table.text(leg.dossier_code.as_ref().map_or("", |code| code.as_str()));
        table.text(leg.fee_id.as_ref().map_or("", |id| id.as_str()));
        table.whole(leg.amount.get());
        table.text(leg.pass);
        table.whole(group.score.into());
        match group.margin {
            Some(margin) => table.whole(margin.into()),
            None => table.number(""),
        }
        sentence.clear();
        leg.why.say_to(style.lang, &mut sentence);
        for said in &group.evidence {
            sentence.push_str("; ");
            said.say_to(style.lang, &mut sentence);
        }
        table.text(&sentence);
        table.text(leg.money.source.as_str());
        table.text(leg.role.id());
        table.end_row()?;
    }
    table.finish()
}

/// All legs in order. Groups come in the order of their first legs, so that the first legs of each
/// side are sorted already: only the others are, and both are merged.
fn sorted<'a>(groups: impl IntoIterator<Item = &'a MatchGroup>) -> Vec<Of<'a>> {
    let (mut receipts, mut txns, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for group in groups {
        let mut links = group.links();
        let Some(first) = links.next() else { continue };
        match first.money.side {
            Side::Receipt => receipts.push((first, group)),
            Side::Fee | Side::Txn => txns.push((first, group)),
        }
        others.extend(links.map(|leg| (leg, group)));
    }
    receipts.append(&mut txns);
    let mut firsts = receipts;
    if !firsts.is_sorted_by(|a, b| order(a, b).is_le()) {
        firsts.sort_unstable_by(order);
    }
    others.sort_unstable_by(order);
    let mut all = Vec::with_capacity(firsts.len() + others.len());
    let mut firsts = firsts.into_iter().peekable();
    for other in others {
        while let Some(first) = firsts.next_if(|first| order(first, &other).is_le()) {
            all.push(first);
        }
        all.push(other);
    }
    all.extend(firsts);
    all
}

type LegOrder<'a> = (Side, &'a str, &'a str, &'a str, &'a str, &'static str, i64);

fn order(a: &Of<'_>, b: &Of<'_>) -> Ordering {
    let legs = leg_order(a.0).cmp(&leg_order(b.0));
    legs.then_with(|| a.1.id.cmp(&b.1.id))
}

fn leg_order(leg: &Leg) -> LegOrder<'_> {
    (
        leg.money.side,
        leg.money.source.as_str(),
        &leg.money.id,
        leg.dossier_code.as_ref().map_or("", |code| code.as_str()),
        leg.fee_id.as_ref().map_or("", |id| id.as_str()),
        leg.role.id(),
        leg.amount.get(),
    )
}
