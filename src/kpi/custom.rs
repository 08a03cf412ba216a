//! `CUSTOM`: a free combination of the parameters that offices differ in, over the items of
//! `TX_CASHLESS`, `AMOUNT_CASHLESS` or `DOSSIER_CASHLESS`.

mod dossiers;
mod money;

use std::collections::BTreeMap;

use crate::domain::custom::{CountUnit, Counted, DateBasis, RefundRule, RollUp};
use crate::domain::{AgencyDirectory, Cell, Custom, Day, Dimension, Fee, Instrument, Moment, Text};
use crate::matching::desk::Money;
use crate::matching::pool::{Index, index};

use dossiers::is_kept;

use super::facts::Facts;
use super::origin::Origin;
use super::share::{Contribution, Elsewhere, Scope};
use super::tally::Tally;
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
        CountUnit::Transaction => (tx_cashless::DEFINITION.contributions)(facts, &mut base),
        CountUnit::Dong => (amount_cashless::DEFINITION.contributions)(facts, &mut base),
        CountUnit::Dossier | CountUnit::Procedure => {
            dossier_cashless::contributions(facts, &mut base);
        }
    }
    let maker = Maker { facts, custom };
    let mut items = base.items;
    if by_dossier {
        items = maker.dossiers(items);
    } else {
        maker.more_money(&mut items);
    }
    for item in items {
        if let Some(item) = maker.one(item) {
            out.items.push(item);
        }
    }
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
}

impl Maker<'_, '_, '_> {
    /// An item with the numerator and the day that are asked for; none where it counts nowhere.
    fn one(&self, mut item: Contribution) -> Option<Contribution> {
        item.definition = DEFINITION.id;
        let back = |(a, b): &(i64, i64)| *a < 0 || *b < 0;
        let keeps = self.custom.refunded != RefundRule::Drop;
        let open = item.pairs().len() > 1;
        if keeps && open && item.pairs().iter().any(back) {
            // money that went back of whatever payment: that payment stays counted
            return None;
        }
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
        self.on_its_day(item)
    }

    fn dossier_of(&self, item: &Contribution) -> Option<Index> {
        let code = match Origin::parse(&item.item) {
            Origin::Cash(code) | Origin::Dossier(code) | Origin::Line(code, _) => code,
            Origin::Txn(source, id) => {
                let txn = self.txn(source, id)?;
                let mut entries = self.facts.entries(Money::Txn(txn));
                return entries.next().map(|(dossier, ..)| dossier);
            }
            // of our own: kind, dossier, source, id
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

    /// Whether what an item counts without cash was paid online; none where nobody knows.
    fn is_online(&self, item: &Contribution) -> Option<bool> {
        let online = |txn: Index| self.facts.pool.txn(txn).instrument != Instrument::Transfer;
        match Origin::parse(&item.item) {
            Origin::Txn(source, id) => self.txn(source, id).map(online),
            Origin::Dossier(_) if !item.coupled && item.pairs().len() == 1 => {
                let dossier = self.dossier_of(item)?;
                let entries = &self.facts.desk.ledgers.of(dossier).entries;
                let kept = entries.iter().filter(|entry| is_kept(entry));
                Some(kept.filter_map(|e| e.credit.money.txn()).all(online))
            }
            Origin::Other => {
                let mut parts = item.item.splitn(4, '|').skip(2);
                let (source, id) = (parts.next()?, parts.next()?);
                self.txn(source, id).map(online)
            }
            _ => None,
        }
    }

    /// The item on the day that decides; what names no dossier may be of any day.
    fn on_its_day(&self, mut item: Contribution) -> Option<Contribution> {
        // a refund that counts against its own day stays there
        if self.custom.date == DateBasis::Payment || item.item.starts_with("back|") {
            return Some(item);
        }
        if let Some(dossier) = self.dossier_of(&item) {
            item.day = self.day_of(dossier)?;
            item.outcomes = item.pairs();
            item.elsewhere = Vec::new();
            return Some(item);
        }
        let span = |outcome| Elsewhere {
            from: Day::of_ms(0),
            to: self.facts.last_day,
            outcome,
        };
        let pairs = item.pairs().into_iter().filter(|pair| *pair != (0, 0));
        item.elsewhere = pairs.map(span).collect();
        item.elsewhere.sort_unstable();
        item.outcomes = vec![(0, 0)];
        item.day = self.facts.last_day;
        item.coupled = true;
        Some(item)
    }

    fn fees(&self, dossier: Index) -> &[Fee] {
        let fees = self.facts.pool.dossier(dossier).fees.clone();
        &self.facts.pool.inputs.fees[fees]
    }

    fn day_of(&self, dossier: Index) -> Option<Day> {
        let fees = self.fees(dossier).iter();
        let day = |at: &Moment| at.day();
        match self.custom.date {
            DateBasis::Payment => None,
            DateBasis::Receipt => {
                let told = fees
                    .filter_map(|fee| fee.more.received_at.as_ref())
                    .map(day);
                told.min()
                    .or(self.facts.pool.dossier(dossier).code.received_on())
            }
            DateBasis::Start => {
                let told = fees.filter_map(|fee| fee.more.processing_started_at.as_ref());
                told.map(day).min()
            }
            DateBasis::Result => fees
                .filter_map(|fee| fee.more.result_at.as_ref())
                .map(day)
                .max(),
        }
    }

    /// Each agency's row holds its sub-units', every item once.
    fn roll_up(&self, items: &mut Vec<Contribution>) {
        let directory = AgencyDirectory::new(self.facts.pool.inputs.agencies.iter().cloned());
        items.sort();
        let mut more: Vec<Contribution> = Vec::new();
        for item in items.chunk_by(|a, b| a.item == b.item) {
            let mut units: BTreeMap<crate::domain::AgencyCode, Vec<&Contribution>> =
                BTreeMap::new();
            for own in item {
                if let Scope::Agency(code) = &own.scope {
                    for unit in directory.above(code, own.day) {
                        units.entry(unit).or_default().push(own);
                    }
                }
            }
            let is_own = |unit: &crate::domain::AgencyCode| {
                let scope = Scope::Agency(unit.clone());
                item.iter().any(|own| own.scope == scope)
            };
            for (unit, parts) in units.into_iter().filter(|(unit, _)| !is_own(unit)) {
                let mut made = parts[0].clone();
                made.scope = Scope::Agency(unit);
                if parts.len() > 1 && self.custom.unit == CountUnit::Dong {
                    let total: i64 = parts.iter().map(|p| p.outcomes[0].1).sum();
                    let cashless: i64 = parts.iter().map(|p| p.outcomes[0].0).sum();
                    made.outcomes = vec![(cashless, total)];
                }
                more.push(made);
            }
        }
        items.append(&mut more);
    }

    /// The items in the cells of their dossiers' procedures, over all and by agency.
    fn by_procedure(&self, items: &mut Vec<Contribution>) {
        let all = std::mem::take(items);
        for item in all {
            let dossier = self.dossier_of(&item);
            let fees = dossier.map_or(&[][..], |dossier| self.fees(dossier));
            let Some(procedure) = fees.first().map(|fee| &*fee.procedure_code) else {
                continue;
            };
            let agency = match &item.scope {
                Scope::Total => "",
                Scope::Agency(code) => code.as_str(),
                Scope::AnyAgency | Scope::Cell(_) => continue,
            };
            let value = format!("{procedure}@{agency}");
            items.push(Contribution {
                scope: Scope::Cell(Cell::new(Dimension::Procedure, &value)),
                ..item.clone()
            });
        }
    }
}

/// Outcomes where only what was paid online is in the numerator; both where nobody knows.
fn seen_online(outcomes: &[(i64, i64)], online: Option<bool>) -> Vec<(i64, i64)> {
    let mut seen = Vec::new();
    for (a, b) in outcomes {
        let not = if *a > 0 { (0, *b) } else { (*a, *b) };
        let ways: &[(i64, i64)] = match online {
            Some(true) => &[(*a, *b)],
            Some(false) => &[not],
            None => &[(*a, *b), not],
        };
        for pair in ways {
            if !seen.contains(pair) {
                seen.push(*pair);
            }
        }
    }
    seen
}
