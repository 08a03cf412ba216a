//! The checker's own books: rows by key, legs by money row, by fee line, and by the two together.
//! Built from the inputs and the legs alone; nothing that the matcher remembered is believed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::memo::{Codes, person};
use crate::classify::Classified;
use crate::domain::{
    CollectionMode, Day, DossierCode, ExceptionId, Fee, FeeKind, FeeStatus, Inputs, PaymentOrder,
    Receipt, RowKey, Rules, Side, Txn,
};
use crate::kpi::PriorSum;
use crate::matching::{Evidence, Leg, MatchGroup, Role};
use crate::settle::Settlement;

/// A transaction or receipt with its legs.
pub(super) struct Money<'a> {
    pub(super) key: RowKey,
    pub(super) row: MoneyRow<'a>,
    /// Stakes in dossiers: positions in `Books::stakes`.
    pub(super) stakes: Vec<usize>,
    /// Its refund and reversal legs.
    pub(super) back: Vec<&'a Leg>,
    /// Its sighting legs.
    pub(super) seen: Vec<&'a Leg>,
}

/// Where it came from.
#[derive(Clone, Copy)]
pub(super) enum MoneyRow<'a> {
    Txn(&'a Txn),
    Receipt(&'a Receipt),
}

impl Money<'_> {
    pub(super) fn amount(&self) -> i128 {
        match self.row {
            MoneyRow::Txn(txn) => txn.amount.wide(),
            MoneyRow::Receipt(receipt) => receipt.amount.wide(),
        }
    }

    /// The calendar day on which it moved.
    pub(super) fn day(&self) -> Day {
        match self.row {
            MoneyRow::Txn(txn) => txn.paid_on,
            MoneyRow::Receipt(receipt) => receipt.collected_at.day(),
        }
    }

    pub(super) fn ms(&self) -> i64 {
        match self.row {
            MoneyRow::Txn(txn) => txn.paid_at.ms(),
            MoneyRow::Receipt(receipt) => receipt.collected_at.ms(),
        }
    }

    pub(super) fn is_cash(&self) -> bool {
        matches!(self.row, MoneyRow::Receipt(_))
    }

    pub(super) fn txn(&self) -> Option<&Txn> {
        match self.row {
            MoneyRow::Txn(txn) => Some(txn),
            MoneyRow::Receipt(_) => None,
        }
    }
}

/// What one money row did in one dossier.
pub(super) struct Stake<'a> {
    pub(super) money: usize,
    pub(super) dossier: usize,
    /// Settling legs: (line, dong).
    pub(super) parts: Vec<(usize, i128)>,
    pub(super) surplus: i128,
    /// Lines paid again.
    pub(super) again: Vec<usize>,
    /// Undone by a reversal.
    pub(super) undone: bool,
    /// Sent back, as far as refunds name it alone.
    pub(super) returned: i128,
    /// The one refund that names it alone, while there is only one.
    pub(super) refund: Option<usize>,
    /// Of it, off its lines.
    pub(super) sent_back: Vec<(usize, i128)>,
    /// A refund took from several payments, so it is not told from the legs what of this one.
    pub(super) unsure: bool,
    pub(super) decided: bool,
    /// Its legs name different passes.
    pub(super) mixed: bool,
    pub(super) first: &'a Leg,
}

impl Stake<'_> {
    pub(super) fn settled(&self) -> i128 {
        self.parts.iter().map(|(_, dong)| dong).sum()
    }

    /// Its share of the row's amount.
    pub(super) fn stake(&self) -> i128 {
        self.settled() + self.surplus
    }

    pub(super) fn is_gone(&self) -> bool {
        self.undone || (self.returned > 0 && self.returned >= self.stake())
    }

    /// Settles, or is beyond what was due; no repeat.
    pub(super) fn settles(&self) -> bool {
        self.again.is_empty()
    }

    pub(super) fn part(&self, line: usize) -> i128 {
        let mine = self.parts.iter().filter(|(l, _)| *l == line);
        mine.map(|(_, dong)| dong).sum()
    }
}

/// One fee line with what its legs say.
pub(super) struct Line<'a> {
    pub(super) fee: &'a Fee,
    pub(super) dossier: usize,
    /// Money can settle it.
    pub(super) payable: bool,
    pub(super) land: bool,
    pub(super) stakes: Vec<usize>,
    /// Settled by money that was not undone; what was sent back is not taken off.
    pub(super) paid: i128,
    /// Settled by money that the provider undid.
    pub(super) undone: i128,
    /// Sent back.
    pub(super) refunded: i128,
    /// The latest refund.
    pub(super) refunded_ms: i64,
    /// Legs beyond what was due, from transactions.
    pub(super) surplus: i128,
    /// Legs of repeats.
    pub(super) again: usize,
    /// Any leg that settles, undoes or returns, of whatever amount.
    pub(super) touched: bool,
}

impl Line<'_> {
    pub(super) fn due(&self) -> i128 {
        self.fee.amount.wide()
    }

    /// What live money has not covered, refunds not taken off, a provider's fee not counted.
    pub(super) fn gap(&self) -> i128 {
        (self.due() - self.paid).max(0)
    }
}

/// One dossier.
pub(super) struct Dossier<'a> {
    pub(super) code: &'a DossierCode,
    /// Positions in `Books::lines`, in the order of the waterfall.
    pub(super) lines: std::ops::Range<usize>,
    pub(super) stakes: Vec<usize>,
    /// Some line can be settled.
    pub(super) payable: bool,
    /// Refunds or reversals touched it.
    pub(super) went_back: bool,
}

/// Everything the checks look at.
pub(super) struct Books<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) rules: &'a Rules,
    pub(super) prior: &'a [PriorSum],
    pub(super) settlement: &'a Settlement,
    pub(super) money: Vec<Money<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) dossiers: Vec<Dossier<'a>>,
    pub(super) stakes: Vec<Stake<'a>>,
    pub(super) codes: Codes,
    /// The payer that each dossier expects, folded.
    pub(super) payers: Vec<Vec<String>>,
    /// Dossiers by that payer.
    pub(super) by_payer: FxHashMap<Vec<String>, Vec<usize>>,
    /// Payment orders by their id.
    pub(super) orders: FxHashMap<&'a str, Vec<&'a PaymentOrder>>,
    /// Payment orders by dossier.
    pub(super) orders_of: FxHashMap<&'a str, Vec<&'a PaymentOrder>>,
    /// Money rows by their id alone.
    pub(super) by_id: FxHashMap<&'a str, Vec<usize>>,
    /// Legs whose money row or fee line does not exist.
    pub(super) strays: Vec<&'a Leg>,
    money_at: FxHashMap<(Side, &'a str, &'a str), usize>,
    line_at: FxHashMap<(&'a str, &'a str), usize>,
    dossier_at: FxHashMap<&'a str, usize>,
    rows: FxHashMap<&'a RowKey, &'a Classified>,
    /// The exceptions of all rows.
    pub(super) exceptions: FxHashSet<&'a ExceptionId>,
    /// Rows whose id came with different content.
    pub(super) conflicts: FxHashSet<&'a RowKey>,
    /// Dossiers for which a payment is left open between several readings.
    pub(super) doubted: FxHashSet<&'a str>,
}

impl<'a> Books<'a> {
    pub(super) fn new(
        inputs: &'a Inputs,
        rules: &'a Rules,
        prior: &'a [PriorSum],
        settlement: &'a Settlement,
    ) -> Self {
        let mut books = Self {
            inputs,
            rules,
            prior,
            settlement,
            money: Vec::new(),
            lines: Vec::new(),
            dossiers: Vec::new(),
            stakes: Vec::new(),
            codes: Codes::default(),
            payers: Vec::new(),
            by_payer: FxHashMap::default(),
            orders: FxHashMap::default(),
            orders_of: FxHashMap::default(),
            by_id: FxHashMap::default(),
            strays: Vec::new(),
            money_at: FxHashMap::default(),
            line_at: FxHashMap::default(),
            dossier_at: FxHashMap::default(),
            rows: FxHashMap::default(),
            conflicts: inputs.conflicts.iter().map(|c| &c.key).collect(),
            doubted: FxHashSet::default(),
            exceptions: FxHashSet::default(),
        };
        let exceptions = settlement.rows.iter();
        books.exceptions = exceptions
            .filter_map(|row| row.exception_id.as_ref())
            .collect();
        let read = settlement.rows.iter().filter(|row| row.class != "reject");
        books.rows = read.map(|row| (&row.key, row)).collect();
        let doubtful = settlement.rows.iter();
        let doubtful =
            doubtful.filter(|row| row.class == "ambiguous" || row.also.contains(&"ambiguous"));
        let named = doubtful.filter_map(|row| row.dossier_code.as_ref());
        books.doubted = named.map(DossierCode::as_str).collect();
        books.enter_money();
        books.enter_fees();
        let codes = books.dossiers.iter().map(|dossier| dossier.code.as_str());
        books.codes = Codes::new(codes);
        books.enter_names();
        books.enter_legs();
        books.enter_returns();
        books.add_up();
        books
    }

    fn enter_money(&mut self) {
        let new = |key: RowKey, row| Money {
            key,
            row,
            stakes: Vec::new(),
            back: Vec::new(),
            seen: Vec::new(),
        };
        for txn in &self.inputs.txns {
            let key = (Side::Txn, txn.source.as_str(), &*txn.id);
            self.money_at.insert(key, self.money.len());
            self.by_id
                .entry(&txn.id)
                .or_default()
                .push(self.money.len());
            self.money.push(new(txn.key(), MoneyRow::Txn(txn)));
        }
        for receipt in &self.inputs.receipts {
            let key = (Side::Receipt, "cash", &*receipt.receipt_id);
            self.money_at.insert(key, self.money.len());
            let row = MoneyRow::Receipt(receipt);
            self.money.push(new(receipt.key(), row));
        }
    }

    fn enter_fees(&mut self) {
        let mut fees: Vec<&Fee> = self.inputs.fees.iter().collect();
        fees.sort_by_key(|fee| (fee.dossier_code.as_str(), fee.kind, fee.fee_id.as_str()));
        for of_dossier in fees.chunk_by(|a, b| a.dossier_code == b.dossier_code) {
            let dossier = self.dossiers.len();
            let start = self.lines.len();
            let may = |fee: &Fee| {
                let exempt = fee.more.collection_mode == Some(CollectionMode::Exempt);
                fee.amount.get() > 0 && !exempt
            };
            let live = |fee: &Fee| may(fee) && fee.status != FeeStatus::Cancelled;
            // where everything is cancelled, money that came all the same is for those lines
            let any_live = of_dossier.iter().any(|fee| live(fee));
            for fee in of_dossier {
                let key = (fee.dossier_code.as_str(), fee.fee_id.as_str());
                self.line_at.insert(key, self.lines.len());
                self.lines.push(Line {
                    fee,
                    dossier,
                    payable: if any_live { live(fee) } else { may(fee) },
                    land: fee.kind == FeeKind::LandObligation,
                    stakes: Vec::new(),
                    paid: 0,
                    undone: 0,
                    refunded: 0,
                    refunded_ms: i64::MIN,
                    surplus: 0,
                    again: 0,
                    touched: false,
                });
            }
            let code = &of_dossier[0].dossier_code;
            self.dossier_at.insert(code.as_str(), dossier);
            self.dossiers.push(Dossier {
                code,
                lines: start..self.lines.len(),
                stakes: Vec::new(),
                payable: of_dossier.iter().any(|fee| may(fee)),
                went_back: false,
            });
        }
    }

    /// Orders by id, dossiers by payer.
    fn enter_names(&mut self) {
        for order in &self.inputs.orders {
            self.orders.entry(&order.order_id).or_default().push(order);
            let code = order.dossier_code.as_str();
            self.orders_of.entry(code).or_default().push(order);
        }
        for (place, dossier) in self.dossiers.iter().enumerate() {
            let payer = person(&self.lines[dossier.lines.start].fee.payer_name);
            if !payer.is_empty() {
                self.by_payer.entry(payer.clone()).or_default().push(place);
            }
            self.payers.push(payer);
        }
    }

    /// Every leg to its money row and line; what settles, repeats or is beyond becomes a stake.
    fn enter_legs(&mut self) {
        let settlement = self.settlement;
        let mut stakes: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        for leg in settlement.groups.iter().flat_map(|group| &group.legs) {
            let Some(money) = self.money_of(&leg.money) else {
                self.strays.push(leg);
                continue;
            };
            if leg.role == Role::Sighting {
                self.money[money].seen.push(leg);
                continue;
            }
            let Some(line) = self.line_of(leg) else {
                self.strays.push(leg);
                continue;
            };
            let dossier = self.lines[line].dossier;
            if matches!(leg.role, Role::Refund | Role::Reversal) {
                self.money[money].back.push(leg);
                self.lines[line].touched = true;
                self.dossiers[dossier].went_back = true;
                continue;
            }
            let next = self.stakes.len();
            let place = *stakes.entry((money, dossier)).or_insert(next);
            if place == next {
                self.stakes.push(Stake {
                    money,
                    dossier,
                    parts: Vec::new(),
                    surplus: 0,
                    again: Vec::new(),
                    undone: false,
                    returned: 0,
                    refund: None,
                    sent_back: Vec::new(),
                    unsure: false,
                    decided: leg.pass == "decision",
                    mixed: false,
                    first: leg,
                });
                self.money[money].stakes.push(place);
                self.dossiers[dossier].stakes.push(place);
            }
            let stake = &mut self.stakes[place];
            stake.mixed |= leg.pass != stake.first.pass;
            match leg.role {
                Role::Settles => stake.parts.push((line, leg.amount.wide())),
                Role::Surplus => stake.surplus += leg.amount.wide(),
                _ => stake.again.push(line),
            }
            let of_line = &mut self.lines[line];
            if leg.role == Role::Surplus && leg.money.side == Side::Txn {
                of_line.surplus += leg.amount.wide();
            }
            of_line.again += usize::from(leg.role == Role::Duplicate);
            of_line.touched |= leg.role == Role::Settles;
            if of_line.stakes.last() != Some(&place) {
                of_line.stakes.push(place);
            }
        }
    }

    /// Reversals and refunds, against the payments that they name.
    fn enter_returns(&mut self) {
        for back in 0..self.money.len() {
            if self.money[back].back.is_empty() {
                continue;
            }
            let legs = self.money[back].back.clone();
            let ms = self.money[back].ms();
            let mut dossiers: Vec<usize> = Vec::new();
            for leg in &legs {
                let Some(line) = self.line_of(leg) else {
                    continue;
                };
                dossiers.push(self.lines[line].dossier);
                if leg.role == Role::Refund {
                    self.lines[line].refunded -= leg.amount.wide();
                    self.lines[line].refunded_ms = self.lines[line].refunded_ms.max(ms);
                }
            }
            dossiers.dedup();
            for dossier in &dossiers {
                self.enter_return(back, *dossier, &legs, dossiers.len() > 1);
            }
        }
    }

    fn enter_return(&mut self, back: usize, dossier: usize, legs: &[&Leg], spread: bool) {
        let named = self.undoes(back, legs);
        let source = self.money[back].key.source.clone();
        let here = self.dossiers[dossier].stakes.clone();
        let is_named = |books: &Self, s: &usize| {
            let key = &books.money[books.stakes[*s].money].key;
            named.iter().any(|id| *id == key.id.as_ref())
        };
        let mut of: Vec<usize> = here.into_iter().filter(|s| is_named(self, s)).collect();
        let own =
            |books: &Self, s: &usize| books.money[books.stakes[*s].money].key.source == source;
        let is_reversal = legs.iter().all(|leg| leg.role == Role::Reversal);
        // a reversal undoes one payment, of its own source first; a refund may be of several
        if is_reversal && of.len() > 1 && of.iter().any(|s| own(self, s)) {
            of.retain(|s| own(self, s));
        }
        let [only] = of.as_slice() else {
            for stake in of {
                self.stakes[stake].unsure = true;
            }
            return;
        };
        let code = self.dossiers[dossier].code;
        let mine = legs
            .iter()
            .filter(|leg| leg.dossier_code.as_ref() == Some(code));
        let lines: Vec<(usize, i128)> = mine
            .filter_map(|leg| Some((self.line_of(leg)?, -leg.amount.wide())))
            .collect();
        let amount = self.money[back].amount();
        let stake = &mut self.stakes[*only];
        if is_reversal {
            stake.undone = true;
            stake.refund = (!spread).then_some(back);
            return;
        }
        stake.refund = (stake.returned == 0 && !spread).then_some(back);
        stake.returned += if spread { stake.stake() } else { amount };
        stake.sent_back.extend(lines);
    }

    /// The ids of the payments that a row sends back: by its evidence, else by its legs.
    fn undoes(&self, back: usize, legs: &[&'a Leg]) -> Vec<&'a str> {
        let undone = |why: &'a Evidence| match why {
            Evidence::Undoes(id) => Some(&**id),
            _ => None,
        };
        let row = self.rows.get(&self.money[back].key);
        let mut ids: Vec<&str> = row
            .into_iter()
            .flat_map(|row| &row.evidence)
            .filter_map(undone)
            .collect();
        ids.extend(legs.iter().filter_map(|leg| undone(&leg.why)));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn add_up(&mut self) {
        for stake in &self.stakes {
            for (line, dong) in &stake.parts {
                if stake.undone {
                    self.lines[*line].undone += dong;
                } else {
                    self.lines[*line].paid += dong;
                }
            }
        }
    }

    /// The money row with this key.
    pub(super) fn money_of(&self, key: &RowKey) -> Option<usize> {
        let at = (key.side, key.source.as_str(), &*key.id);
        self.money_at.get(&at).copied()
    }

    /// The receipt with this id.
    pub(super) fn receipt_at(&self, id: &str) -> Option<usize> {
        self.money_at.get(&(Side::Receipt, "cash", id)).copied()
    }

    /// The fee line of a leg.
    pub(super) fn line_of(&self, leg: &Leg) -> Option<usize> {
        let (dossier, fee) = (leg.dossier_code.as_ref()?, leg.fee_id.as_ref()?);
        self.line_at.get(&(dossier.as_str(), fee.as_str())).copied()
    }

    pub(super) fn line_at(&self, dossier: &str, fee: &str) -> Option<usize> {
        self.line_at.get(&(dossier, fee)).copied()
    }

    /// The dossier with this code.
    pub(super) fn dossier_at(&self, code: &str) -> Option<usize> {
        self.dossier_at.get(code).copied()
    }

    /// The class that a readable row was given.
    pub(super) fn row(&self, key: &RowKey) -> Option<&'a Classified> {
        self.rows.get(key).copied()
    }

    /// True when a class was said of a row, as its own or as one that applies too.
    pub(super) fn says(&self, key: &RowKey, class: &str) -> bool {
        let said = |row: &&Classified| row.class == class || row.also.contains(&class);
        self.row(key).as_ref().is_some_and(said)
    }

    pub(super) fn groups(&self) -> &'a [MatchGroup] {
        &self.settlement.groups
    }

    /// Stakes of a dossier that settle, not undone.
    pub(super) fn live(&self, dossier: usize) -> impl Iterator<Item = &Stake<'a>> {
        let stakes = self.dossiers[dossier].stakes.iter();
        let stakes = stakes.map(|s| &self.stakes[*s]);
        stakes.filter(|stake| stake.settles() && !stake.undone)
    }

    /// The provider's fee by which a payment of `paid` may be short of `due`.
    pub(super) fn may_be_fee(&self, stake: &Stake, due: i128) -> bool {
        let money = &self.money[stake.money];
        let Some(txn) = money.txn() else { return false };
        let short = due - stake.settled();
        let by_rate = self.rules.net_rates.iter().any(|rate| {
            let (num, den) = (rate.rate.num, rate.rate.den);
            let half_up = (due * num * 2 + den).div_euclid(den * 2);
            short == half_up.max(rate.minimum.wide())
        });
        short > 0 && (money.stakes.len() > 1 || txn.fee.wide() == short || by_rate)
    }

    /// True when a stake can have been received net of the provider's fee: what its lines lack is
    /// that fee, and nothing else is missing on them.
    pub(super) fn is_net(&self, stake: &Stake) -> bool {
        if stake.surplus > 0 || stake.parts.is_empty() || !stake.settles() || stake.undone {
            return false;
        }
        let gap: i128 = stake.parts.iter().map(|(l, _)| self.lines[*l].gap()).sum();
        self.may_be_fee(stake, stake.settled() + gap)
    }

    /// The payer of a transaction, folded.
    pub(super) fn payer(&self, txn: &Txn) -> Vec<String> {
        person(&txn.payer)
    }
}
