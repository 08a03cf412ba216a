//! The breakdowns, item by item: each item of the broken down definition stands in every table,
//! where its row says it stands, and with what it adds to the total.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, text};
use super::{pairs, shown, told};
use crate::domain::custom::{CountUnit, Counted};
use crate::domain::{Cell, Dimension, Fee, RowKey, SourceName};
use crate::kpi::{Contribution, Scope};

/// The definition that is broken down: the first target's.
pub(super) fn broken_down<'a>(books: &Books<'a>) -> &'a str {
    let first = books.rules.targets.first();
    first.map_or("TX_CASHLESS", |target| &target.definition)
}

/// What stands in the cell of an item.
fn cell(item: &Contribution) -> Option<&Cell> {
    match &item.scope {
        Scope::Cell(cell) => Some(cell),
        _ => None,
    }
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    if books.rules.breakdowns.is_empty() {
        return;
    }
    let definition = broken_down(books);
    if super::adding::is_distinct(books, definition) {
        return;
    }
    sets(books, definition, findings);
    let all = books.settlement.contributions.iter().copied();
    let mut items: BTreeMap<&str, Vec<&Contribution>> = BTreeMap::new();
    for item in all.filter(|item| item.definition == definition) {
        items.entry(&item.item).or_default().push(item);
    }
    for (name, found) in items {
        let total = found.iter().find(|item| item.scope == Scope::Total);
        let cells = |dimension: Dimension| -> Vec<&Contribution> {
            let of = |item: &&Contribution| cell(item).is_some_and(|c| c.dimension == dimension);
            found.iter().copied().filter(of).collect()
        };
        let mut say = |what: (&'static str, &'static str), expected: String, was: String| {
            let about = told(definition, name);
            findings.add(Invariant::Item, about, text(what.0, what.1), expected, was);
        };
        for dimension in &books.rules.breakdowns {
            let mine = cells(*dimension);
            let nothing = total.is_none_or(|total| pairs(total).all(|pair| pair == (0, 0)));
            let grey = *dimension == Dimension::Grey;
            if (mine.is_empty() != nothing && !grey) || (nothing && !mine.is_empty() && !grey) {
                let what = (
                    "mỗi khoản phải có trong từng bảng phân tổ",
                    "an item stands in every breakdown",
                );
                say(what, (!nothing).to_string(), shown(&mine));
                continue;
            }
            let total = total.filter(|_| !nothing || grey);
            let wrong =
                total.and_then(|total| wrong(books, *dimension, name, total, &mine, &found));
            if let Some(wanted) = wrong {
                let what = (
                    "khoản trong bảng phân tổ phải đúng với khoản trong tổng",
                    "a cell holds what its item adds",
                );
                say(what, wanted, shown(&mine));
            }
        }
    }
}

/// What is expected instead, where the cells of an item are not in order.
fn wrong(
    books: &Books,
    dimension: Dimension,
    name: &str,
    total: &Contribution,
    cells: &[&Contribution],
    all: &[&Contribution],
) -> Option<String> {
    let values: BTreeSet<&str> = cells
        .iter()
        .filter_map(|item| cell(item).map(|cell| &*cell.value))
        .collect();
    if values.len() != cells.len() {
        return Some("once".into());
    }
    if cells.iter().any(|item| item.day != total.day) {
        return Some(total.day.to_string());
    }
    if dimension == Dimension::Grey {
        return None;
    }
    let any = cells
        .iter()
        .any(|item| cell(item).is_some_and(Cell::is_any));
    if any {
        // it may be of no cell as well
        let nothing = cells
            .iter()
            .all(|item| item.outcomes.first() == Some(&(0, 0)));
        return (cells.len() != 1 || !nothing).then(|| "0/0".to_owned());
    }
    if let Some(value) = told_by_name(dimension, name)
        && !(values.len() == 1 && values.contains(value))
    {
        return Some(value.to_owned());
    }
    if let Some(lacking) = lacking_units(dimension, &values, all) {
        return Some(lacking);
    }
    let by_agency = matches!(dimension, Dimension::Unit | Dimension::Current);
    let by_line = matches!(dimension, Dimension::Procedure | Dimension::Field);
    if set_of(books, name).is_some() && by_line {
        return one_of_set(books, total, cells);
    }
    if let Some(lines) = lines_of_receipt(books, dimension, name)
        && !lines
            .iter()
            .map(|value| &**value)
            .eq(values.iter().copied())
    {
        return Some(lines.into_iter().collect::<Vec<_>>().join(" "));
    }
    wrong_sums(books, total, cells, all, by_agency)
}

/// The certified set that a payment is of.
fn set_of(books: &Books, name: &str) -> Option<usize> {
    let (source, id) = name.strip_prefix("txn|")?.split_once('|')?;
    let money = books.money_of(&RowKey::txn(&SourceName::new(source), id))?;
    books.money[money].set
}

/// The procedure or field of a line.
fn told_of(dimension: Dimension, fee: &Fee) -> &str {
    let told = match dimension {
        Dimension::Procedure => &*fee.procedure_code,
        _ => fee.more.field_code.as_deref().unwrap_or(""),
    };
    if told.is_empty() {
        Cell::NOT_TOLD
    } else {
        told
    }
}

/// The procedures or fields of the lines that a receipt is linked to; none where it is to none.
fn lines_of_receipt(books: &Books, dimension: Dimension, name: &str) -> Option<BTreeSet<String>> {
    let (_, id) = name.strip_prefix("receipt|")?.split_once('|')?;
    if !matches!(dimension, Dimension::Procedure | Dimension::Field) {
        return None;
    }
    let money = &books.money[books.money_of(&RowKey::receipt(id))?];
    let stakes = money.stakes.iter().map(|s| &books.stakes[*s]);
    let lines = stakes.flat_map(|stake| {
        let settled = stake.parts.iter().map(|(line, _)| *line);
        settled.chain(stake.again.iter().copied())
    });
    let values = lines.map(|line| told_of(dimension, books.lines[line].fee).to_owned());
    let values: BTreeSet<String> = values.collect();
    (!values.is_empty()).then_some(values)
}

/// A payment of a certified set stands in one cell of the set's lines, and may be in any of them
/// where the payments of the set count in several ways.
fn one_of_set(books: &Books, total: &Contribution, cells: &[&Contribution]) -> Option<String> {
    let online = |custom: &crate::domain::Custom| custom.numerator == Counted::Online;
    let own = books
        .rules
        .custom
        .as_ref()
        .filter(|_| total.definition == "CUSTOM");
    let alike = !books.rules.grey.changes() && !own.is_some_and(online);
    let same =
        |item: &&Contribution| item.outcomes == total.outcomes && item.elsewhere == total.elsewhere;
    if alike || cells.len() == 1 {
        let right = cells.len() == 1 && cells.iter().all(same);
        return (!right).then(|| shown(&[total]));
    }
    let first = |item: &&&Contribution| item.outcomes.first() != Some(&(0, 0));
    let point = usize::from(total.outcomes.first() != Some(&(0, 0)));
    let may = |item: &&Contribution| {
        let can = |pair: &(i64, i64)| pairs(item).any(|seen| seen == *pair);
        item.coupled && can(&(0, 0)) && total.outcomes.iter().all(can)
    };
    let wrong = cells.iter().filter(first).count() != point || !cells.iter().all(may);
    wrong.then(|| format!("0/0, {}", shown(&[total])))
}

/// As many payments of a certified set stand in a cell as the set has dossiers there.
fn sets(books: &Books, definition: &str, findings: &mut Findings) {
    for dimension in [Dimension::Procedure, Dimension::Field] {
        if !books.rules.breakdowns.contains(&dimension) {
            continue;
        }
        let mut counts: BTreeMap<(usize, String), i64> = BTreeMap::new();
        let mut unclear: BTreeSet<usize> = BTreeSet::new();
        for dossier in &books.dossiers {
            let Some(set) = dossier.set else { continue };
            let lines = dossier.lines.clone().map(|line| books.lines[line].fee);
            let values: BTreeSet<&str> = lines.map(|fee| told_of(dimension, fee)).collect();
            if values.len() != 1 {
                unclear.insert(set);
            }
            let value = values.first().map_or("", |value| value).to_owned();
            *counts.entry((set, value)).or_default() += 1;
        }
        let all = books.settlement.contributions.iter().copied();
        for item in all.filter(|item| item.definition == definition) {
            let set = set_of(books, &item.item);
            let here = item.outcomes.first() != Some(&(0, 0));
            if let (Some(set), Some(cell), true) = (set, cell(item), here)
                && cell.dimension == dimension
                && !cell.is_any()
            {
                *counts.entry((set, cell.value.to_string())).or_default() -= 1;
            }
        }
        let wrong = counts.iter().find(|((set, _), count)| {
            **count != 0 && !unclear.contains(set) && books.rules.start.is_none()
        });
        if let Some(((_, value), count)) = wrong {
            let what = text(
                "một tập được chứng nhận có bao nhiêu hồ sơ ở một dòng thì có bấy nhiêu khoản ở đó",
                "a cell holds as many payments of a certified set as dossiers",
            );
            findings.add(Invariant::Item, told(definition, value), what, 0, *count);
        }
    }
}

/// The agencies of an item that lack a cell of their own.
fn lacking_units(
    dimension: Dimension,
    values: &BTreeSet<&str>,
    all: &[&Contribution],
) -> Option<String> {
    if dimension == Dimension::Unit {
        let own = all.iter().filter_map(|item| match &item.scope {
            Scope::Agency(code) => Some(code.as_str()),
            _ => None,
        });
        let lacking: Vec<&str> = own.filter(|code| !values.contains(code)).collect();
        if !lacking.is_empty() {
            return Some(lacking.join(" "));
        }
    }
    None
}

/// What the cells must add instead.
fn wrong_sums(
    books: &Books,
    total: &Contribution,
    cells: &[&Contribution],
    all: &[&Contribution],
    by_agency: bool,
) -> Option<String> {
    let firm = |item: &Contribution| item.outcomes.len() == 1 && item.elsewhere.is_empty();
    let same = |item: &&&Contribution| {
        item.outcomes == total.outcomes && item.elsewhere == total.elsewhere
    };
    if let [only] = cells
        && !by_agency
        && !same(&only)
    {
        return Some(shown(&[total]));
    }
    // events count once in each cell, dong add up
    let in_dong = |custom: &crate::domain::Custom| custom.unit == CountUnit::Dong;
    let own = total.definition == "CUSTOM" && books.rules.custom.as_ref().is_some_and(in_dong);
    let dong = own || total.definition == "AMOUNT_CASHLESS";
    let settled = firm(total) && cells.iter().all(|item| firm(item));
    let alone = all
        .iter()
        .filter(|item| matches!(item.scope, Scope::Agency(_)))
        .count()
        == 1;
    if settled && (!dong || alone && by_agency) && !cells.iter().all(|item| same(&item)) {
        return Some(shown(&[total]));
    }
    if settled && dong && !by_agency && cells.len() > 1 {
        let sum = cells.iter().fold((0, 0), |sum, item| {
            let (a, b) = item.outcomes[0];
            (sum.0 + a, sum.1 + b)
        });
        return (sum != total.outcomes[0]).then(|| shown(&[total]));
    }
    None
}

/// The source that an item's name tells.
fn told_by_name(dimension: Dimension, name: &str) -> Option<&str> {
    let mut parts = name.split('|');
    let kind = parts.next()?;
    match (dimension, kind) {
        (Dimension::Source, "txn") => parts.next(),
        (Dimension::Source | Dimension::Instrument, "cash" | "receipt") => Some("cash"),
        _ => None,
    }
}
