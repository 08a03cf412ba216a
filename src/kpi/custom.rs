//! `CUSTOM`: a free combination of the parameters that offices differ in, over the items of
//! `TX_CASHLESS`, `AMOUNT_CASHLESS` or `DOSSIER_CASHLESS`.

mod dossiers;
mod money;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::custom::{CountUnit, Counted, DateBasis, RollUp};
use crate::domain::{AgencyDirectory, Cell, Custom, Day, Dimension, Instrument, Side, Text};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::Effect;
use crate::matching::pool::{Index, at, index};

use super::facts::{Facts, Open};
use super::joined;
use super::origin::Origin;
use super::share::{Contribution, Elsewhere, Scope};
use super::tally::Tally;
use super::unread::{self, Unit};
use super::{Definition, amount_cashless, dossier_cashless, tx_cashless};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "CUSTOM",
    name: Text {
        vi: "Tỷ lệ theo định nghĩa riêng",
        en: "Share by a definition of one's own",
    },
    unit: Text {
        vi: "theo cấu hình",
        en: "as configured",
    },
    formula: Text {
        vi: "Theo các tham số ở mục [definitions.custom]: đơn vị đếm, tử số, phí 0 đồng, đối tượng miễn, nghĩa vụ đất đai, \
             hồ sơ chưa nộp, nộp một phần, ngày tính kỳ, khoản đã hoàn, cộng dồn đơn vị trực thuộc.",
        en: "By the parameters of [definitions.custom]: unit, numerator, zero fees, the exempt, land obligations, \
             unpaid dossiers, partial payments, the day that decides, refunds, roll-up of sub-units.",
    },
    enough: |_, rules| rules.custom.is_some(),
    distinct: |rules| {
        let procedures = |custom: Custom| custom.unit == CountUnit::Procedure;
        rules
            .custom
            .is_some_and(procedures)
            .then_some(super::Distinct::Seen)
    },
    contributions,
};

fn contributions(facts: &Facts, out: &mut Tally) {
    let Some(custom) = facts.pool.rules.custom else {
        return;
    };
    let mut base = Tally::of_each();
    let by_dossier = matches!(custom.unit, CountUnit::Dossier | CountUnit::Procedure);
    match custom.unit {
        CountUnit::Transaction => tx_cashless::contributions(facts, &mut base),
        CountUnit::Dong => amount_cashless::contributions(facts, &mut base),
        CountUnit::Dossier | CountUnit::Procedure => {
            dossier_cashless::contributions(facts, &mut base);
        }
    }
    let maker = Maker::new(facts, custom);
    let items = if by_dossier {
        maker.dossiers(base.items)
    } else {
        maker.money(base.items)
    };
    for item in items {
        if let Some(item) = maker.one(item) {
            out.items.push(item);
        }
    }
    let unit = match custom.unit {
        CountUnit::Transaction => Unit::Event,
        CountUnit::Dong => Unit::Dong,
        CountUnit::Dossier | CountUnit::Procedure => Unit::Dossier,
    };
    let mut unread = Tally::of_each();
    unread::items(facts, (DEFINITION.id, unit), maker.last, &mut unread);
    out.items.append(&mut unread.items);
    if custom.roll_up == RollUp::SubUnits {
        maker.roll_up(&mut out.items);
    }
    if custom.unit == CountUnit::Procedure {
        maker.by_procedure(&mut out.items);
    }
}

struct Maker<'m, 'f, 'a> {
    facts: &'m Facts<'f, 'a>,
    custom: Custom,
    /// The last day on which anything can count.
    last: Day,
    /// Whether some payment that is open, or may be one, was paid online, and whether some was not.
    open_means: BTreeSet<bool>,
}

impl<'m, 'f, 'a> Maker<'m, 'f, 'a> {
    fn new(facts: &'m Facts<'f, 'a>, custom: Custom) -> Self {
        let mut maker = Self {
            facts,
            custom,
            last: facts.last_day,
            open_means: open_means(facts),
        };
        let dossiers = (0..facts.pool.dossiers.len()).map(index);
        let last = dossiers.filter_map(|d| maker.day_of(d)).max();
        maker.last = maker.last.max(last.unwrap_or(maker.last));
        maker
    }

    /// An item with the numerator and the day that are asked for; none where it counts nowhere.
    fn one(&self, mut item: Contribution) -> Option<Contribution> {
        item.definition = DEFINITION.id;
        if self.custom.numerator == Counted::Online {
            let online = self.is_online(&item);
            item.outcomes = seen_online(&item.outcomes, online);
            let spans = std::mem::take(&mut item.elsewhere);
            for span in spans {
                let outcomes = seen_online(&[span.outcome], online);
                let moved = outcomes
                    .into_iter()
                    .map(|outcome| Elsewhere { outcome, ..span });
                item.elsewhere.extend(moved);
            }
            item.elsewhere.sort_unstable();
            item.elsewhere.dedup();
        }
        let mut item = self.on_its_day(item)?;
        if !item.is_open() {
            // one day and one outcome, whatever becomes of what it hung on
            item.exceptions.clear();
            item.coupled = false;
        }
        Some(item)
    }

    /// The dossier that an item is of, whatever becomes of it; none for a payment, which may be of
    /// several or of others.
    fn dossier_of(&self, item: &Contribution) -> Option<Index> {
        let code = match Origin::parse(&item.item) {
            Origin::Cash(code, _)
            | Origin::Receipt(code, _)
            | Origin::Dossier(code)
            | Origin::Line(code, _) => code,
            Origin::Txn(..) => return None,
            // of our own: kind, dossier
            Origin::Other => item.item.split('|').nth(1)?,
        };
        let place = |d: &crate::matching::pool::Dossier| d.code.as_str().cmp(code);
        let found = self.facts.pool.dossiers.binary_search_by(place).ok()?;
        Some(index(found))
    }

    fn txn(&self, source: &str, id: &str) -> Option<Index> {
        let order = |t: &crate::domain::Txn| (t.source.as_str(), &*t.id).cmp(&(source, id));
        let found = self.facts.pool.inputs.txns.binary_search_by(order).ok()?;
        Some(index(found))
    }

    /// Whether what an item counts without cash was paid online.
    fn is_online(&self, item: &Contribution) -> Online {
        let online = |txn: Index| self.facts.pool.txn(txn).instrument != Instrument::Transfer;
        let back = |(a, b): &(i64, i64)| *a < 0 || *b < 0;
        // other money may take its place
        let hangs = item.coupled;
        let both = Online {
            known: true,
            perhaps: true,
        };
        let of = |known: bool, mixed: bool| Online {
            known,
            perhaps: mixed || (hangs && self.open_means.contains(&!known)),
        };
        match Origin::parse(&item.item) {
            Origin::Txn(..) if item.pairs().iter().any(back) => both,
            Origin::Txn(source, id) => match self.txn(source, id) {
                Some(txn) => of(online(txn), self.is_mixed(txn)),
                None => both,
            },
            Origin::Dossier(_) => {
                let dossier = self.dossier_of(item);
                let money = dossier.map_or_else(Vec::new, |dossier| self.money_of(dossier));
                let mut txns = money.iter().filter_map(|money| money.txn());
                let all = txns.clone().all(online);
                // of a certified set nobody knows which payment is its
                let mixed = !all && self.is_in_set(item) && txns.clone().any(online);
                // of several payments one may be the repeat
                let several = hangs && !all && txns.any(online);
                of(all, mixed || several || self.waits(item))
            }
            // more or back, dossier, source, id; or back, the event
            Origin::Other => {
                let mut parts = item.item.splitn(4, '|').skip(2);
                let key = parts.next().zip(parts.next());
                let txn = key.and_then(|(source, id)| self.txn(source, id));
                txn.map_or(both, |txn| of(online(txn), false))
            }
            _ => both,
        }
    }

    /// True for a dossier with a line of whose payment the registry says what nobody has seen.
    fn waits(&self, item: &Contribution) -> bool {
        let dossier = self.dossier_of(item);
        dossier.is_some_and(|dossier| !self.waiting(dossier).is_empty())
    }

    /// True for a payment of a certified set of which some were paid online and some not, where
    /// it counts by the day of its dossier.
    fn is_mixed(&self, txn: Index) -> bool {
        let desk = self.facts.desk;
        let Standing::InSet(set) = desk.txns[at(txn)] else {
            return false;
        };
        let online = |txn: &Index| self.facts.pool.txn(*txn).instrument != Instrument::Transfer;
        let txns = &desk.sets[at(set)].txns;
        let some = txns.iter().filter(|txn| online(txn)).count();
        self.custom.date != DateBasis::Payment && some > 0 && some < txns.len()
    }

    /// True for a dossier of a certified set: which of the payments is its, nobody knows.
    fn is_in_set(&self, item: &Contribution) -> bool {
        let dossier = self.dossier_of(item);
        dossier.is_some_and(|d| self.facts.desk.set_of.contains_key(&d))
    }

    /// The money that a dossier keeps; of one in a certified set that of the whole set.
    fn money_of(&self, dossier: Index) -> Vec<Money> {
        let desk = self.facts.desk;
        if let Some(set) = desk.set_of.get(&dossier) {
            return desk.sets[at(*set)]
                .txns
                .iter()
                .copied()
                .map(Money::Txn)
                .collect();
        }
        if desk.ledgers.is_plain(dossier) {
            return desk.credits.of(dossier).map(|put| put.money).collect();
        }
        let entries = desk.ledgers.of(dossier).entries.iter();
        let kept = entries.filter(|entry| dossiers::is_kept(entry));
        kept.map(|entry| entry.credit.money).collect()
    }

    /// Each agency's row holds its sub-units', every item once.
    fn roll_up(&self, items: &mut Vec<Contribution>) {
        let directory = AgencyDirectory::new(self.facts.pool.inputs.agencies.iter().cloned());
        items.sort();
        let in_dong = self.custom.unit == CountUnit::Dong;
        let mut rolled: Vec<Contribution> = Vec::new();
        for item in items.chunk_by(|a, b| a.item == b.item) {
            let mut units: BTreeMap<crate::domain::AgencyCode, Vec<&Contribution>> =
                BTreeMap::new();
            let mut count = 0;
            for own in item {
                let Scope::Agency(code) = &own.scope else {
                    rolled.push(own.clone());
                    continue;
                };
                count += 1;
                let mut above = directory.above(code, own.day);
                above.retain(|unit| unit != code);
                for unit in above.into_iter().chain([code.clone()]) {
                    units.entry(unit).or_default().push(own);
                }
            }
            let total = item.iter().find(|own| own.scope == Scope::Total);
            for (unit, parts) in units {
                let all = total.filter(|_| parts.len() == count && count > 1);
                rolled.extend(joined::in_unit(Scope::Agency(unit), all, &parts, in_dong));
            }
        }
        *items = rolled;
    }

    /// The items in the cells of their dossiers' procedures, over all and by agency. What names no
    /// dossier may be of any.
    fn by_procedure(&self, items: &mut Vec<Contribution>) {
        let all = std::mem::take(items);
        for item in all {
            let agency = match &item.scope {
                Scope::Total => "",
                Scope::Agency(code) => code.as_str(),
                Scope::AnyAgency | Scope::Cell(_) => continue,
            };
            let cell = match self.dossier_of(&item) {
                Some(dossier) => {
                    let Some(fee) = self.fees(dossier).first() else {
                        continue;
                    };
                    let value = format!("{}@{agency}", fee.procedure_code);
                    Cell::new(Dimension::Procedure, &value)
                }
                None if agency.is_empty() => Cell::any(Dimension::Procedure),
                None => continue,
            };
            items.push(Contribution {
                scope: Scope::Cell(cell),
                ..item
            });
        }
    }
}

/// How payments were paid that are open, or may be repeats: online or not.
fn open_means(facts: &Facts) -> BTreeSet<bool> {
    let inputs = facts.pool.inputs;
    if inputs.rejects.iter().any(|reject| reject.side == Side::Txn) {
        return BTreeSet::from([true, false]);
    }
    let open = (0..inputs.txns.len()).map(index).filter(|txn| {
        let mut entries = facts.entries(Money::Txn(*txn));
        let repeat = entries.any(|(_, _, entry)| entry.effect != Effect::Settles);
        repeat || matches!(facts.open(*txn), Open::Fee | Open::Credit)
    });
    open.map(|txn| facts.pool.txn(txn).instrument != Instrument::Transfer)
        .collect()
}

/// Whether something was paid online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Online {
    /// As far as anybody knows.
    known: bool,
    /// It may be the other way.
    perhaps: bool,
}

/// Outcomes where only what was paid online is in the numerator; both where nobody knows.
fn seen_online(outcomes: &[(i64, i64)], online: Online) -> Vec<(i64, i64)> {
    let mut seen = Vec::new();
    for (a, b) in outcomes {
        let (is, not) = ((*a, *b), (0, *b));
        let known = if online.known { is } else { not };
        seen.push(known);
        if online.perhaps {
            seen.extend([is, not]);
        }
    }
    joined::once(seen)
}
