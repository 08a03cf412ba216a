//! `CUSTOM`: what its items must be, from those of the definition that its unit follows. Where a
//! parameter lets more count (what is not paid, zero fees, land obligations, refunds that stay),
//! only that the items of that definition are there is asked.

use std::collections::BTreeMap;

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, text};
use super::{Expected, Pair, Wanted};
use crate::domain::custom::{CountUnit, Counted, DateBasis, RollUp};
use crate::domain::{Cell, Custom, Day, Dimension, Fee, Instrument, Moment, Side};
use crate::kpi::Scope;
use crate::matching::Role;

/// Names of items that only some parameters bring.
pub(super) fn is_more(item: &str) -> bool {
    ["more|", "back|", "unpaid|"]
        .iter()
        .any(|kind| item.starts_with(kind))
}

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
    let more = by_dossier && (custom.unpaid || custom.zero_fee || custom.exempt || custom.land);
    let loose = more || custom.partial != crate::domain::custom::PartialRule::Full;
    let keeps = custom.refunded != crate::domain::custom::RefundRule::Drop;
    let mut made = Vec::new();
    for of in expected.iter().filter(|of| of.definition == base) {
        let wanted = match &of.wanted {
            Wanted::Firm(scopes) if !(by_dossier && loose) => {
                let online = |pair: Pair| counted(books, custom, &of.item, pair);
                let scopes: Vec<(Scope, Pair)> = scopes
                    .iter()
                    .map(|(scope, pair)| (scope.clone(), online(*pair)))
                    .collect();
                let firm = custom.roll_up == RollUp::Own && custom.numerator == Counted::Cashless;
                match scopes.iter().find(|(scope, _)| *scope == Scope::Total) {
                    _ if firm => Wanted::Firm(scopes),
                    Some((_, pair)) if custom.unit != CountUnit::Dong => Wanted::First(*pair),
                    _ => Wanted::Anything,
                }
            }
            _ => Wanted::Anything,
        };
        let back = matches!(of.wanted, Wanted::Back(_));
        let wanted = if keeps && back {
            Wanted::Anything
        } else {
            wanted
        };
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
        let known: Vec<String> = made.iter().map(|of| of.item.clone()).collect();
        for dossier in &books.dossiers {
            let item = format!("dossier|{}", dossier.code);
            if !known.contains(&item) {
                made.push(Expected {
                    definition: "CUSTOM",
                    item,
                    day: None,
                    wanted: Wanted::Anything,
                });
            }
        }
    }
    expected.append(&mut made);
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
