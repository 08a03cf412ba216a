//! Entering the books: rows, names, legs, returns.

use rustc_hash::FxHashMap;

use super::super::memo::person;
use super::{Books, Dossier, Entry, Line, Money, MoneyRow, Stake, is_unread};
use crate::classify::{Bucket, Classified};
use crate::domain::{CollectionMode, Fee, FeeKind, FeeStatus, RowKey, Side, TxnKind};
use crate::matching::{Evidence, Leg, Role};

/// Classes of money of which it is not known what it paid or took back.
const OPEN: [&str; 10] = [
    "near_reference",
    "orphan",
    "foreign",
    "ambiguous",
    "unidentified",
    "conflict",
    "pending",
    "status_mismatch",
    "unlinked_refund",
    "duplicate",
];

/// With more stakes than this a dossier has many.
const FEW: usize = 16;

impl<'a> Books<'a> {
    pub(super) fn enter_money(&mut self) {
        let new = |key: RowKey, row| Money {
            key,
            row,
            said: None,
            stakes: Vec::new(),
            back: Vec::new(),
            seen: Vec::new(),
            set: None,
            nameless: std::sync::OnceLock::new(),
        };
        for txn in self.settlement.txns.iter().copied() {
            let key = (Side::Txn, txn.source.as_str(), &*txn.id);
            self.money_at.insert(key, self.money.len());
            self.by_id
                .entry(&txn.id)
                .or_default()
                .push(self.money.len());
            self.money.push(new(txn.key(), MoneyRow::Txn(txn)));
        }
        for receipt in self.settlement.receipts.iter().copied() {
            let key = (Side::Receipt, "cash", &*receipt.receipt_id);
            self.money_at.insert(key, self.money.len());
            let row = MoneyRow::Receipt(receipt);
            self.money.push(new(receipt.key(), row));
        }
    }

    pub(super) fn enter_fees(&mut self) {
        let mut fees: Vec<&'a Fee> = self.settlement.fees.clone();
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
                    said: None,
                    dossier,
                    payable: if any_live { live(fee) } else { may(fee) },
                    land: fee.kind == FeeKind::LandObligation,
                    stakes: Vec::new(),
                    paid: 0,
                    undone: 0,
                    refunded: 0,
                    refunded_ms: i64::MAX,
                    surplus: 0,
                    again: 0,
                    touched: false,
                    net: false,
                    live: 0,
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
                set: None,
            });
        }
    }

    /// What was said of every row that could be read. Where several lines have one key, it is said
    /// of each.
    pub(super) fn enter_classes(&mut self) {
        let settlement = self.settlement;
        let read = |row: &Classified| (!is_unread(row)).then(|| self.entry(&row.key)).flatten();
        let entries: Vec<Option<Entry>> = settlement.rows.iter().copied().map(read).collect();
        for (row, entry) in settlement.rows.iter().copied().zip(&entries) {
            match entry {
                Some(Entry::Line(line)) => self.lines[*line].said = Some(row),
                Some(Entry::Money(money)) => self.money[*money].said = Some(row),
                None => {}
            }
        }
        self.entries = entries;
        for line in 0..self.lines.len() {
            if self.lines[line].said.is_none() {
                self.lines[line].said = self.row(&self.lines[line].fee.key());
            }
        }
        for money in 0..self.money.len() {
            if self.money[money].said.is_none() {
                self.money[money].said = self.row(&self.money[money].key);
            }
        }
    }

    /// Orders by id, dossiers by payer.
    pub(super) fn enter_names(&mut self) {
        for order in &self.inputs.orders {
            self.orders.entry(&order.order_id).or_default().push(order);
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
    pub(super) fn enter_legs(&mut self) {
        let settlement = self.settlement;
        let mut stakes: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        let groups = settlement.groups.iter().copied().enumerate();
        for (group, leg) in groups.flat_map(|(g, group)| group.legs.iter().map(move |l| (g, l))) {
            if leg.role == Role::Member {
                self.enter_member(group, leg);
                continue;
            }
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
                    net: false,
                    mixed: false,
                    first: leg,
                });
                self.money[money].stakes.push(place);
                self.dossiers[dossier].stakes.push(place);
            }
            let stake = &mut self.stakes[place];
            stake.mixed |= leg.pass != stake.first.pass || leg.why != stake.first.why;
            match leg.role {
                Role::Settles => stake.parts.push((line, leg.amount.wide())),
                Role::Surplus => stake.surplus += leg.amount.wide(),
                _ => stake.again.push(line),
            }
            let of_line = &mut self.lines[line];
            // a receipt over another amount than its line's is told as such
            let whole = self.money[money].amount() == of_line.due();
            if leg.role == Role::Surplus && (leg.money.side == Side::Txn || whole) {
                of_line.surplus += leg.amount.wide();
            }
            of_line.again += usize::from(leg.role == Role::Duplicate);
            of_line.touched |= leg.role == Role::Settles;
            if of_line.stakes.last() != Some(&place) {
                of_line.stakes.push(place);
            }
        }
    }

    /// A member of a certified set: a payment, or a fee under its own key.
    fn enter_member(&mut self, group: usize, leg: &'a Leg) {
        match (self.money_of(&leg.money), self.line_of(leg)) {
            (Some(money), None) if leg.dossier_code.is_none() => {
                self.money[money].set = Some(group);
                let day = self.money[money].day();
                self.sets.entry(group).or_default().1 = Some(day);
            }
            (None, Some(line)) if self.lines[line].fee.key() == leg.money => {
                let dossier = self.lines[line].dossier;
                self.dossiers[dossier].set = Some(group);
                let agency = self.agency(dossier);
                self.sets.entry(group).or_default().0 = Some(agency);
            }
            _ => self.strays.push(leg),
        }
    }

    /// Reversals and refunds, against the payments that they name.
    pub(super) fn enter_returns(&mut self) {
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
                    if leg.amount.get() < 0 {
                        self.lines[line].refunded_ms = self.lines[line].refunded_ms.min(ms);
                    }
                }
            }
            dossiers.dedup();
            for dossier in &dossiers {
                self.enter_return(back, *dossier, &legs, dossiers.len() > 1);
            }
        }
    }

    fn enter_return(&mut self, back: usize, dossier: usize, legs: &[&Leg], spread: bool) {
        let named = Self::undoes(&self.money[back]);
        let source = self.money[back].key.source.clone();
        let mut of = self.stakes_named(dossier, &named);
        let own =
            |books: &Self, s: &usize| books.money[books.stakes[*s].money].key.source == source;
        let is_reversal = legs.iter().all(|leg| leg.role == Role::Reversal);
        // a reversal undoes one payment that is not undone yet, of its own source first
        if is_reversal {
            of.sort_by_key(|s| (self.stakes[*s].undone, !own(self, s)));
            of.truncate(1);
        }
        // one that names several, or one that is left open, does not tell how much of which
        let alone = is_reversal || named.len() == 1;
        let ([only], true) = (of.as_slice(), alone) else {
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
        for (line, dong) in lines {
            match stake.sent_back.last_mut() {
                Some((last, sum)) if *last == line => *sum += dong,
                _ => stake.sent_back.push((line, dong)),
            }
        }
    }

    /// The stakes in a dossier of the rows with these ids, in order: looked for among those of the
    /// dossier, or where they are many among those of the rows.
    pub(in super::super) fn stakes_named(&self, dossier: usize, ids: &[&str]) -> Vec<usize> {
        let here = &self.dossiers[dossier].stakes;
        if here.len() <= FEW {
            let named = |s: &&usize| {
                let key = &self.money[self.stakes[**s].money].key;
                ids.iter().any(|id| *id == key.id.as_ref())
            };
            return here.iter().filter(named).copied().collect();
        }
        let mut of = Vec::new();
        for id in ids {
            let txns = self.by_id.get(id).into_iter().flatten().copied();
            for money in txns.chain(self.receipt_at(id)) {
                let stakes = self.money[money].stakes.iter().copied();
                of.extend(stakes.filter(|s| self.stakes[*s].dossier == dossier));
            }
        }
        of.sort_unstable();
        of.dedup();
        of
    }

    /// The ids of the payments that a row sends back: by its evidence, and by its legs.
    pub(in super::super) fn undoes(back: &Money<'a>) -> Vec<&'a str> {
        let undone = |why: &'a Evidence| match why {
            Evidence::Undoes(id) => Some(&**id),
            _ => None,
        };
        let said = back.said.into_iter().flat_map(|row| &row.evidence);
        let mut ids: Vec<&str> = said.filter_map(undone).collect();
        ids.extend(back.back.iter().filter_map(|leg| undone(&leg.why)));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// What is open on the money side, what people ruled, keys that stand twice.
    pub(super) fn enter_open(&mut self) {
        let rows = &self.settlement.rows;
        let open = |row: &&Classified| {
            let said = |class: &&str| OPEN.contains(class);
            let money = row.key.side != Side::Fee;
            money && (said(&row.class) || row.also.iter().any(said))
        };
        let found = |row: &Classified| {
            row.bucket == Bucket::Open && super::class(row).starts_with("missing_")
        };
        let unread = self.inputs.rejects.iter();
        let unread = unread.filter(|reject| reject.side != Side::Fee).count();
        let mut of_all = rows.iter().copied();
        let told = self.lines.iter().any(Line::is_told_back);
        self.any_open = told || unread > 0 || of_all.any(|row| open(&row) || found(row));
        for decision in &self.inputs.decisions {
            let of_row = self.decisions.entry(&decision.row).or_default();
            of_row.push(decision);
        }
        let twice = rows.windows(2).filter(|pair| pair[0].key == pair[1].key);
        self.shared_keys = twice.map(|pair| &pair[0].key).collect();
        let refunds = self.money.iter().filter(|money| {
            let back = money.txn().is_some_and(|txn| txn.kind != TxnKind::Payment);
            let row = money.said;
            back && money.back.is_empty() && row.is_some_and(|row| open(&row))
        });
        self.open_refund_ms = refunds.map(Money::ms).min();
    }

    pub(super) fn add_up(&mut self) {
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
}
