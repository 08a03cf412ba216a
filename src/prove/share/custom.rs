//! `CUSTOM`: what its items must be, from those of the definition that its unit follows; what a
//! parameter lets count beside them (what is not paid, zero fees, land obligations, refunds that
//! stay) is in the numerator only where it was paid without cash, and on its own day.

mod more;

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Stake};
use super::super::violation::{Findings, Invariant, text};
use super::{Expected, Pair, Wanted};
use crate::domain::custom::{CountUnit, Counted, DateBasis, PartialRule, RollUp};
use crate::domain::{
    Cell, CollectionMode, Custom, Day, Dimension, Fee, FeeKind, Instrument, Moment, Side,
};
use crate::kpi::Scope;
use crate::matching::Role;
pub(super) use more::{check as more, is_more};

/// What items follow from those of the definition underneath.
pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    let Some(custom) = books.rules.custom else {
        return;
    };
    let base = match custom.unit {
        CountUnit::Transaction => "TX_CASHLESS",
        CountUnit::Dong => "AMOUNT_CASHLESS",
        CountUnit::Dossier => "DOSSIER_CASHLESS",
        // counted in cells
        CountUnit::Procedure => return,
    };
    let dossiers = Dossiers::new(books);
    let by_dossier = custom.unit == CountUnit::Dossier;
    let mut made = Vec::new();
    for of in expected.iter().filter(|of| of.definition == base) {
        let wanted = wanted(books, custom, of);
        let day = match custom.date {
            DateBasis::Payment => of.day,
            _ => dossiers.day(custom.date, &of.item),
        };
        let moved = custom.date != DateBasis::Payment && day.is_none();
        made.push(Expected {
            definition: "CUSTOM",
            item: of.item.clone(),
            day: day.filter(|_| matches!(wanted, Wanted::Firm(_) | Wanted::First(_))),
            wanted: if moved { Wanted::Anything } else { wanted },
        });
    }
    if by_dossier {
        let known: BTreeSet<String> = made.iter().map(|of| of.item.clone()).collect();
        for (at, dossier) in books.dossiers.iter().enumerate() {
            let item = format!("dossier|{}", dossier.code);
            if known.contains(&item) {
                continue;
            }
            let day = match custom.date {
                DateBasis::Payment => last_paid(books, at).or(dossier.code.received_on()),
                _ => dossiers.day(custom.date, &item),
            };
            let wanted = match standing(books, custom, at) {
                Some(Wanted::First((0, 0))) | None => continue,
                Some(_) if day.is_none() => Wanted::Anything,
                Some(wanted) => wanted,
            };
            made.push(Expected {
                definition: "CUSTOM",
                item,
                day,
                wanted,
            });
        }
    }
    expected.append(&mut made);
}

/// What an item must be, by what it is for the definition underneath.
fn wanted(books: &Books, custom: Custom, of: &Expected) -> Wanted {
    let by_dossier = custom.unit == CountUnit::Dossier;
    match &of.wanted {
        Wanted::Firm(scopes) => {
            let firm: Vec<(Scope, Pair)> = scopes
                .iter()
                .map(|(scope, pair)| (scope.clone(), counted(books, custom, &of.item, *pair)))
                .collect();
            let total = firm.iter().find(|(scope, _)| *scope == Scope::Total);
            // of several payments some may be online and some not
            let told = !by_dossier
                || custom.numerator == Counted::Cashless
                || firm.iter().all(|(_, (a, _))| *a == 0);
            match total {
                _ if !told => Wanted::Anything,
                _ if custom.roll_up == RollUp::Own => Wanted::Firm(firm),
                Some((_, pair)) if custom.unit != CountUnit::Dong => Wanted::First(*pair),
                _ => Wanted::Anything,
            }
        }
        Wanted::Open if by_dossier => {
            let code = of.item.trim_start_matches("dossier|");
            let dossier = books.dossier_at(code);
            let standing = dossier.and_then(|dossier| standing(books, custom, dossier));
            match standing {
                Some(Wanted::First(pair)) if pair != (0, 0) => Wanted::First(pair),
                _ => Wanted::Anything,
            }
        }
        _ => Wanted::Anything,
    }
}

/// Payments of a dossier that settle and are still there; none where the legs do not tell.
fn kept<'b, 'a>(books: &'b Books<'a>, dossier: usize) -> Option<Vec<&'b Stake<'a>>> {
    let stakes = books.dossiers[dossier].stakes.iter();
    let stakes: Vec<_> = stakes.map(|stake| &books.stakes[*stake]).collect();
    let told = stakes.iter().all(|stake| !stake.unsure);
    let live = stakes
        .into_iter()
        .filter(|stake| stake.settles() && !stake.is_gone() && stake.settled() > 0);
    told.then(|| live.collect())
}

fn last_paid(books: &Books, dossier: usize) -> Option<Day> {
    let kept = kept(books, dossier)?;
    kept.iter()
        .map(|stake| books.money[stake.money].day())
        .max()
}

/// What a dossier is while it is not paid in full, as its first outcome; none where it does not
/// count.
fn standing(books: &Books, custom: Custom, dossier: usize) -> Option<Wanted> {
    let lines = books.dossiers[dossier].lines.clone();
    let fees = lines.map(|line| books.lines[line].fee);
    let land = |fee: &&Fee| fee.kind == FeeKind::LandObligation;
    let fees: Vec<&Fee> = fees.filter(|fee| custom.land || !land(fee)).collect();
    let exempt = |fee: &&Fee| fee.more.collection_mode == Some(CollectionMode::Exempt);
    let owes = fees.iter().any(|fee| fee.amount.get() > 0 && !exempt(fee));
    if !owes {
        let is_exempt = fees.iter().any(exempt);
        let zero = custom.zero_fee && !is_exempt && !fees.is_empty();
        return (zero || (is_exempt && custom.exempt)).then_some(Wanted::First((0, 1)));
    }
    let unpaid = Wanted::First((0, i64::from(custom.unpaid)));
    if custom.partial != PartialRule::Any {
        return Some(unpaid);
    }
    Some(match kept(books, dossier) {
        None => Wanted::Anything,
        Some(kept) if kept.is_empty() => unpaid,
        Some(kept) => {
            let cashless = kept.iter().all(|stake| !books.money[stake.money].is_cash());
            if cashless && custom.numerator == Counted::Online {
                Wanted::Anything
            } else {
                Wanted::First((i64::from(cashless), 1))
            }
        }
    })
}

/// The dossiers that items are of.
struct Dossiers<'a> {
    of_money: BTreeMap<(&'a str, &'a str), &'a str>,
    lines: BTreeMap<&'a str, Vec<&'a Fee>>,
}

impl<'a> Dossiers<'a> {
    fn new(books: &Books<'a>) -> Self {
        let mut all = Self {
            of_money: BTreeMap::new(),
            lines: BTreeMap::new(),
        };
        for fee in &books.inputs.fees {
            all.lines
                .entry(fee.dossier_code.as_str())
                .or_default()
                .push(fee);
        }
        let legs = books.settlement.groups.iter().flat_map(|group| &group.legs);
        for leg in legs.filter(|leg| leg.role == Role::Settles && leg.money.side == Side::Txn) {
            if let Some(code) = &leg.dossier_code {
                let key = (leg.money.source.as_str(), &*leg.money.id);
                let first = all.of_money.entry(key).or_insert(code.as_str());
                *first = (*first).min(code.as_str());
            }
        }
        all
    }

    fn fees(&self, item: &str) -> &[&'a Fee] {
        let mut parts = item.splitn(3, '|');
        let (kind, one, two) = (parts.next(), parts.next(), parts.next());
        let code = match (kind, one, two) {
            (Some("txn"), Some(source), Some(id)) => self.of_money.get(&(source, id)).copied(),
            (_, code, _) => code,
        };
        let lines = code.and_then(|code| self.lines.get(code));
        lines.map_or(&[], Vec::as_slice)
    }

    fn day(&self, basis: DateBasis, item: &str) -> Option<Day> {
        let fees = self.fees(item);
        let days = |told: fn(&Fee) -> Option<&Moment>| {
            fees.iter()
                .filter_map(|fee| told(fee))
                .map(Moment::day)
                .collect::<Vec<_>>()
        };
        match basis {
            DateBasis::Payment => None,
            DateBasis::Receipt => {
                let told = days(|fee| fee.more.received_at.as_ref()).into_iter().min();
                told.or(fees.first()?.dossier_code.received_on())
            }
            DateBasis::Start => days(|fee| fee.more.processing_started_at.as_ref())
                .into_iter()
                .min(),
            DateBasis::Result => days(|fee| fee.more.result_at.as_ref()).into_iter().max(),
        }
    }
}

/// A pair with only what was paid online in the numerator, where that is asked for.
fn counted(books: &Books, custom: Custom, item: &str, (a, b): Pair) -> Pair {
    let mut parts = item.splitn(3, '|');
    let txn = match (parts.next(), parts.next(), parts.next()) {
        (Some("txn"), Some(source), Some(id)) => books
            .inputs
            .txns
            .iter()
            .find(|txn| txn.source.as_str() == source && *txn.id == *id),
        _ => None,
    };
    let transfer = txn.is_some_and(|txn| txn.instrument == Instrument::Transfer);
    let out = custom.numerator == Counted::Online && transfer && a > 0;
    (if out { 0 } else { a }, b)
}

/// The day of an item and what it adds.
type Placed<'a> = (Day, &'a [Pair]);

/// Procedures: every dossier that is paid in full stands in the cells of its procedure.
pub(super) fn procedures(books: &Books, expected: &[Expected], findings: &mut Findings) {
    let custom = books.rules.custom;
    let Some(custom) = custom.filter(|custom| custom.unit == CountUnit::Procedure) else {
        return;
    };
    let mut found: BTreeMap<(&str, String), Vec<Placed>> = BTreeMap::new();
    for item in &books.settlement.contributions {
        if let (Scope::Cell(cell), "CUSTOM") = (&item.scope, item.definition) {
            let place = (&*item.item, cell.to_string());
            found
                .entry(place)
                .or_default()
                .push((item.day, &item.outcomes));
        }
    }
    let asked = super::figures::is_wanted(books, "CUSTOM") || books.inputs.business_date.is_some();
    let simple = asked
        && custom.date == DateBasis::Payment
        && custom.numerator == Counted::Cashless
        && books.rules.start.is_none();
    for of in expected
        .iter()
        .filter(|of| of.definition == "DOSSIER_CASHLESS")
    {
        let Wanted::Firm(scopes) = &of.wanted else {
            continue;
        };
        let code = of.item.trim_start_matches("dossier|");
        let fee = books
            .inputs
            .fees
            .iter()
            .find(|fee| fee.dossier_code.as_str() == code);
        let Some(fee) = fee.filter(|_| simple) else {
            continue;
        };
        in_cells(fee, of, scopes, &found, findings);
    }
    for ((item, _), all) in &found {
        if all.len() > 1 {
            let what = text(
                "mỗi phạm vi chỉ có một đóng góp",
                "an item adds once in a scope",
            );
            findings.add(
                Invariant::Item,
                format!("CUSTOM {item}"),
                what,
                1,
                all.len(),
            );
        }
    }
}

/// A dossier stands in the cells of its procedure, over all and by agency.
fn in_cells(
    fee: &Fee,
    of: &Expected,
    scopes: &[(Scope, Pair)],
    found: &BTreeMap<(&str, String), Vec<Placed>>,
    findings: &mut Findings,
) {
    for (scope, pair) in scopes {
        let agency = match scope {
            Scope::Agency(code) => code.as_str(),
            _ => "",
        };
        let value = format!("{}@{agency}", fee.procedure_code);
        let cell = Cell::new(Dimension::Procedure, &value).to_string();
        let mine = found
            .get(&(of.item.as_str(), cell))
            .map_or(&[][..], Vec::as_slice);
        let right = matches!(mine, [(day, pairs)]
            if of.day.is_none_or(|wanted| wanted == *day) && pairs.first() == Some(pair));
        if !right {
            let what = text(
                "thủ tục được đếm phải đúng với hồ sơ của nó",
                "a procedure counts by its dossiers",
            );
            let about = format!("CUSTOM {}", of.item);
            findings.add(
                Invariant::Item,
                about,
                what,
                format!("{pair:?}"),
                mine.len(),
            );
        }
    }
}
