//! `links.csv`: a row per leg, receipts before transactions.

use std::cmp::Ordering;
use std::io::{self, Write};

use crate::domain::Side;
use crate::matching::credits::By;
use crate::matching::{Leg, MatchGroup, Role};
use crate::report::model::{Index, LinkView};
use crate::settle::Lean;

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

/// Writes the legs of files: those of plain dossiers row by row as they were read, the others
/// between them.
pub fn write_lean_links(to: impl Write, lean: &Lean, style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &LINKS)?;
    let mut sentence = String::new();
    let others = sorted(&lean.settled.groups);
    let mut others = others.into_iter().peekable();
    let mut legs = Vec::new();
    let receipts = lean.inputs.receipts.iter();
    let receipts =
        receipts.map(|row| (Side::Receipt, b"cash".as_slice(), row.receipt_id.as_bytes()));
    let txns = lean.inputs.txns.iter();
    let txns = txns.map(|txn| (Side::Txn, txn.source.as_bytes(), txn.id.as_bytes()));
    for (i, key) in receipts.enumerate().chain(txns.enumerate()) {
        let Some(group) = lean.links_of(key.0, i, &mut legs) else {
            let mine = |(leg, _): &Of| {
                let money = &leg.money;
                (money.side, money.source.as_bytes(), money.id.as_bytes()) <= key
            };
            while let Some(of) = others.next_if(mine) {
                write_leg(&mut table, of, None, &mut sentence)?;
            }
            continue;
        };
        sentence.clear();
        let by = legs.first().map_or(By::Reference, |leg| leg.by);
        group.why(by).say_to(style.lang, &mut sentence);
        for said in group.evidence() {
            sentence.push_str("; ");
            said.say_to(style.lang, &mut sentence);
        }
        for leg in &legs {
            table.id(key.2);
            table.id(group.dossier.as_bytes());
            table.id(leg.fee_id.as_bytes());
            table.whole(leg.amount.get());
            table.text(leg.by.pass());
            table.whole(1000);
            table.number("");
            table.text(&sentence);
            table.id(key.1);
            table.text(Role::Settles.id());
            table.end_row()?;
        }
    }
    others.try_for_each(|of| write_leg(&mut table, of, None, &mut sentence))?;
    table.finish()
}

/// A leg and its group.
type Of<'a> = (&'a Leg, &'a MatchGroup);

/// Writes the legs of the groups.
pub fn write_links<'a>(
    to: impl Write,
    groups: impl IntoIterator<Item = &'a MatchGroup>,
    style: Style,
) -> io::Result<()> {
    leg_rows(to, groups, None, style)
}

/// The same of a night: other rows are called by what the bank knows them by.
pub fn write_night_links<'a>(
    to: impl Write,
    groups: impl IntoIterator<Item = &'a MatchGroup>,
    names: &Index<'_>,
    style: Style,
) -> io::Result<()> {
    leg_rows(to, groups, Some(names), style)
}

/// The links of a period, each with the night that decided it.
pub fn write_period_links(to: impl Write, links: &[LinkView], style: Style) -> io::Result<()> {
    let header: Vec<&str> = LINKS.into_iter().chain(["night"]).collect();
    let mut table = Table::new(to, style, &header)?;
    for link in links {
        table.id(link.money.id.as_bytes());
        table.id(link.dossier.as_bytes());
        table.id(link.fee.as_bytes());
        table.whole(link.amount.get());
        table.text(link.pass);
        table.whole(link.score.into());
        match link.margin {
            Some(margin) => table.whole(margin.into()),
            None => table.number(""),
        }
        table.text(&link.evidence);
        table.id(link.money.source.as_bytes());
        table.text(link.role.id());
        table.number(
            &link
                .night
                .map_or_else(String::new, |night| night.to_string()),
        );
        table.end_row()?;
    }
    table.finish()
}

fn leg_rows<'a>(
    to: impl Write,
    groups: impl IntoIterator<Item = &'a MatchGroup>,
    names: Option<&Index<'_>>,
    style: Style,
) -> io::Result<()> {
    let mut table = Table::new(to, style, &LINKS)?;
    let mut sentence = String::new();
    for of in sorted(groups) {
        write_leg(&mut table, of, names, &mut sentence)?;
    }
    table.finish()
}

fn write_leg(
    table: &mut Table<impl Write>,
    (leg, group): Of<'_>,
    names: Option<&Index<'_>>,
    sentence: &mut String,
) -> io::Result<()> {
    table.id(leg.money.id.as_bytes());
    table.id(leg
        .dossier_code
        .as_ref()
        .map_or(b"", |code| code.as_bytes()));
    table.id(leg.fee_id.as_ref().map_or(b"", |id| id.as_bytes()));
    table.whole(leg.amount.get());
    table.text(leg.pass);
    table.whole(group.score.into());
    match group.margin {
        Some(margin) => table.whole(margin.into()),
        None => table.number(""),
    }
    sentence.clear();
    let lang = table.lang();
    for (nth, said) in std::iter::once(&leg.why).chain(&group.evidence).enumerate() {
        if nth > 0 {
            sentence.push_str("; ");
        }
        match names {
            Some(names) => sentence.push_str(&names.say(lang, said)),
            None => said.say_to(lang, sentence),
        }
    }
    table.text(sentence);
    table.id(leg.money.source.as_bytes());
    table.text(leg.role.id());
    table.end_row()
}

/// The links of the groups in the order of `links.csv`.
pub fn sorted_links<'a>(
    groups: impl IntoIterator<Item = &'a MatchGroup>,
) -> Vec<(&'a Leg, &'a MatchGroup)> {
    sorted(groups)
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

type LegOrder<'a> = (
    Side,
    &'a [u8],
    &'a [u8],
    &'a [u8],
    &'a [u8],
    &'static str,
    i64,
);

fn order(a: &Of<'_>, b: &Of<'_>) -> Ordering {
    let legs = leg_order(a.0).cmp(&leg_order(b.0));
    legs.then_with(|| a.1.id.cmp(&b.1.id))
}

fn leg_order(leg: &Leg) -> LegOrder<'_> {
    (
        leg.money.side,
        leg.money.source.as_bytes(),
        leg.money.id.as_bytes(),
        leg.dossier_code
            .as_ref()
            .map_or(b"", |code| code.as_bytes()),
        leg.fee_id.as_ref().map_or(b"", |id| id.as_bytes()),
        leg.role.id(),
        leg.amount.get(),
    )
}
