//! Payments and dong of an own definition: those of the definition underneath, and what only the
//! parameters let count (land obligations, what went back, what is not paid), from the legs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::{Money, MoneyRow, Stake, class};
use super::super::Pair;
use super::super::events::{Event, agencies, event};
use super::super::spans::counted;
use super::super::unread::UNREAD;
use super::{Made, Own, Wanted};
use crate::classify::Bucket;
use crate::domain::custom::{CountUnit, RefundRule};
use crate::domain::{AgencyCode, Day};
use crate::kpi::Scope;

/// What the payments of one event did.
#[derive(Default)]
struct Told {
    agencies: BTreeSet<AgencyCode>,
    counts: bool,
    kept: bool,
    loose: bool,
    back: Option<Day>,
}

impl Own<'_, '_> {
    pub(super) fn money(&self, wanted: &mut Wanted) {
        let keeps = self.custom.refunded != RefundRule::Drop;
        let rows = self.base();
        for item in rows.filter(|item| !item.item.starts_with(UNREAD)) {
            let mut made = self.made(item);
            let back = made.pairs.iter().any(|(a, b)| *a < 0 || *b < 0);
            if back && self.custom.refunded == RefundRule::Keep {
                continue;
            }
            if back {
                self.refund(&mut made);
            }
            let scopes = wanted.entry(item.item.to_string()).or_default();
            scopes.insert(item.scope.clone(), made);
        }
        if self.custom.unit == CountUnit::Transaction {
            if keeps || self.custom.land {
                self.events(wanted);
            }
            return;
        }
        for stake in &self.books.stakes {
            if keeps || self.custom.land {
                self.dong_of(stake, wanted);
            }
        }
        if self.custom.unpaid {
            (0..self.books.dossiers.len()).for_each(|dossier| self.unpaid(dossier, wanted));
        }
    }

    /// A refund whose payment nobody knows: of the day of that payment, or against its own; where
    /// what is not paid counts, what it returned is owed again.
    fn refund(&self, made: &mut Made) {
        let most = made.pairs.iter().map(|(_, b)| -b).max().unwrap_or(0);
        if self.custom.refunded == RefundRule::Negative {
            made.pairs = BTreeSet::from([(0, 0), (-most, -most), (0, -most)]);
            made.spans = BTreeSet::new();
        } else if self.custom.unpaid {
            made.pairs.insert((0, most));
            let to = self.reach.last_day.max(made.day);
            made.spans.insert((Day::of_ms(0), to, (0, most)));
        }
    }

    /// Events that only land obligations, or the rule of refunds, let count.
    fn events(&self, wanted: &mut Wanted) {
        let mut events: BTreeMap<String, (Day, i64, Vec<&Money>)> = BTreeMap::new();
        for money in &self.books.money {
            let (name, cashless) = match money.row {
                MoneyRow::Txn(txn) => (format!("txn|{}|{}", txn.source, txn.id), 1),
                MoneyRow::Receipt(receipt) => {
                    let (code, ms) = (&receipt.dossier_code, receipt.collected_at.ms());
                    (format!("cash|{code}|{}|{ms}", receipt.cashier), 0)
                }
            };
            let of = events
                .entry(name)
                .or_insert((money.day(), cashless, Vec::new()));
            of.2.push(money);
        }
        for (name, (day, cashless, members)) in events {
            let told = self.event(&members);
            if !told.counts && !told.loose {
                continue;
            }
            // whether it is still there nobody can tell
            let any = !told.counts;
            let back = told.back.filter(|_| any || !told.kept);
            let negative = self.custom.refunded == RefundRule::Negative;
            let made = |day: Day, sign: i64| Made {
                loose: told.loose,
                any,
                ..Made::firm(day, (sign * cashless, sign))
            };
            if let (true, Some(day)) = (negative, back) {
                let name = format!("back|{name}");
                spread(wanted, &name, &told.agencies, &made(day, -1));
            }
            spread(wanted, &name, &told.agencies, &made(day, 1));
        }
    }

    fn event(&self, members: &[&Money]) -> Told {
        let mut told = Told::default();
        let stakes = members.iter().flat_map(|money| &money.stakes);
        for stake in stakes.map(|s| &self.books.stakes[*s]) {
            if stake.undone || !stake.settles() {
                continue;
            }
            if stake.unsure || matches!(event(self.books, stake), Event::Unknown) {
                (told.loose, told.kept) = (true, true);
            }
            let gone = stake.is_gone();
            let land = |line: &usize| self.books.lines[*line].land;
            let lines: Vec<usize> = stake.parts.iter().map(|(line, _)| *line).collect();
            let counted = lines.iter().filter(|line| self.custom.land || !land(line));
            let touched: BTreeSet<AgencyCode> = if lines.is_empty() {
                agencies(self.books, stake)
            } else {
                let of = |line: &usize| self.books.lines[*line].fee.agency_code.clone();
                counted.map(of).collect()
            };
            let dropped = gone && self.custom.refunded == RefundRule::Drop;
            told.kept |= !gone;
            if touched.is_empty() || dropped {
                continue;
            }
            told.counts |= gone || (self.custom.land && !lines.is_empty());
            told.agencies.extend(touched);
            let day = stake.refund.map(|refund| self.books.money[refund].day());
            told.back = told.back.max(day);
        }
        told
    }

    /// Dong on land obligations, and dong that went back, by the agency of their line.
    fn dong_of(&self, stake: &Stake, wanted: &mut Wanted) {
        if stake.undone || !stake.settles() {
            return;
        }
        let keeps = self.custom.refunded != RefundRule::Drop;
        let mut stays: BTreeMap<AgencyCode, i128> = BTreeMap::new();
        let mut back: BTreeMap<AgencyCode, i128> = BTreeMap::new();
        for (line, part) in &stake.parts {
            let of = &self.books.lines[*line];
            if of.land && !self.custom.land {
                continue;
            }
            let sent = stake.sent_back.iter().filter(|(l, _)| l == line);
            let sent: i128 = sent.map(|(_, dong)| *dong).sum();
            let own = if of.land { part - sent } else { 0 };
            let taken = if keeps { sent } else { 0 };
            let agency = &of.fee.agency_code;
            *stays.entry(agency.clone()).or_default() += own + taken;
            *back.entry(agency.clone()).or_default() += taken;
        }
        let money = &self.books.money[stake.money];
        let code = self.books.dossiers[stake.dossier].code;
        let cashless = !money.is_cash();
        let unsure = stake.unsure
            || self.books.dossiers[stake.dossier].went_back && {
                // of several payments the legs do not always tell which one went back
                self.books.dossiers[stake.dossier].stakes.len() > 1
            };
        let mut add = |kind: &str, day: Day, sums: BTreeMap<AgencyCode, i128>, sign: i64| {
            let pair = |sum: i128| -> Pair {
                let v = sign * i64::try_from(sum).unwrap_or(i64::MAX);
                (if cashless { v } else { 0 }, v)
            };
            let name = format!("{kind}|{code}|{}|{}", money.key.source, money.key.id);
            let total: i128 = sums.values().sum();
            let all = sums
                .into_iter()
                .map(|(code, sum)| (Scope::Agency(code), sum));
            let all = std::iter::once((Scope::Total, total)).chain(all);
            for (scope, sum) in all.filter(|(_, sum)| *sum > 0 || unsure) {
                let mut made = Made::firm(day, pair(sum));
                made.loose = unsure;
                wanted.entry(name.clone()).or_default().insert(scope, made);
            }
        };
        add("more", money.day(), stays, 1);
        if self.custom.refunded == RefundRule::Negative {
            let day = stake.refund.map(|refund| self.books.money[refund].day());
            add("back", day.unwrap_or(money.day()), back, -1);
        }
    }

    /// What a dossier still owes.
    fn unpaid(&self, d: usize, wanted: &mut Wanted) {
        let dossier = &self.books.dossiers[d];
        let lines = || counted(self.books, d).map(|(_, line)| line);
        let told = |line: &&super::super::super::books::Line| {
            // of a line paid in part, a provider may have kept the rest
            let net = line.gap() > 0 && line.paid > 0 && !Self::is_net(line);
            let differs = line.says("receipt_mismatch");
            !net && !differs && !self.books.differs(line)
        };
        if dossier.set.is_some() {
            return;
        }
        let owed = |wanted: &dyn Fn(&super::super::super::books::Line) -> bool| -> i64 {
            let owes =
                |line: &&super::super::super::books::Line| wanted(line) && !Self::is_net(line);
            let gaps = lines().filter(owes).map(|line| line.gap());
            i64::try_from(gaps.sum::<i128>()).unwrap_or(i64::MAX)
        };
        let waits = |line: &super::super::super::books::Line| {
            let row = line.said;
            let classes = [
                "pending",
                "status_mismatch",
                "missing_payment",
                "missing_receipt",
            ];
            row.is_some_and(|row| row.bucket == Bucket::Open && classes.contains(&class(row)))
        };
        let all = owed(&|_| true);
        let day = dossier.code.received_on().unwrap_or(self.reach.last_day);
        let mut made = Made::firm(day, (0, all));
        made.loose = dossier.went_back || !lines().all(|line| told(&line));
        let rest = owed(&|line| !waits(line) && !line.says("receipt_mismatch"));
        made.pairs.insert((0, rest));
        let open = all > 0 && self.reach.sure_days().is_some();
        if open || self.reach.claims.contains_key(&d) {
            made.pairs.insert((0, 0));
        }
        if self.reach.claims.contains_key(&d) {
            let due: i128 = lines().map(super::super::super::books::Line::due).sum();
            made.pairs
                .insert((0, i64::try_from(due).unwrap_or(i64::MAX)));
        }
        made.firm = made.pairs.len() == 1;
        if made.pairs.iter().all(|pair| *pair == (0, 0)) && !made.loose {
            return;
        }
        let first = self.books.lines[dossier.lines.start].fee;
        let agencies = BTreeSet::from([first.agency_code.clone()]);
        spread(
            wanted,
            &format!("unpaid|{}", dossier.code),
            &agencies,
            &made,
        );
    }
}

/// An item over all and in agencies; what is there already of another definition stays.
fn spread(wanted: &mut Wanted, name: &str, agencies: &BTreeSet<AgencyCode>, made: &Made) {
    let scopes = wanted.entry(name.to_owned()).or_default();
    let all = agencies.iter().cloned().map(Scope::Agency);
    for scope in std::iter::once(Scope::Total).chain(all) {
        let total = scopes.get(&Scope::Total).cloned();
        let open = total.filter(|made| !made.firm);
        scopes
            .entry(scope)
            .or_insert_with(|| open.unwrap_or_else(|| made.clone()));
    }
}
