//! What is asked of a dossier, a line or a payment once for each row that it has, added up when the
//! books are closed: one dossier may have very many lines, and one line very many payments.

use super::{Books, Line, Stake, class};
use crate::classify::Bucket;
use crate::domain::OrderStatus;

/// What the lines and payments of a dossier come to.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::prove) struct Totals {
    /// What the lines that count lack, refunds not taken off, in dong.
    pub(in crate::prove) lacks: i128,
    /// A line that counts is said to be short of a provider's fee.
    pub(in crate::prove) says_net: bool,
    /// A line that money can settle lacks some, or had some sent back.
    pub(in crate::prove) open: bool,
    /// The number of lines that money can settle.
    pub(in crate::prove) payable: usize,
    /// The first of them.
    pub(in crate::prove) first: Option<usize>,
    /// What is due on all of them, in dong.
    pub(in crate::prove) all_due: i128,
    /// The same without land obligations.
    pub(in crate::prove) fees_due: i128,
    /// The registry calls a line paid that nobody saw paid.
    pub(in crate::prove) may_be_found: bool,
    /// Some payment is no repeat and was not undone.
    pub(in crate::prove) live: bool,
    /// Some payment settled something.
    pub(in crate::prove) settled: bool,
    /// Some payment gives or took more than its lines, or nothing of them.
    pub(in crate::prove) loose: bool,
}

impl Books<'_> {
    /// Closes the books: every leg is entered and added up.
    pub(super) fn enter_totals(&mut self) {
        for stake in &mut self.stakes {
            stake.parts.sort_unstable();
        }
        for at in 0..self.stakes.len() {
            self.stakes[at].net = self.can_be_net(&self.stakes[at]);
        }
        for at in 0..self.lines.len() {
            let stakes = || self.lines[at].stakes.iter().map(|s| &self.stakes[*s]);
            let net = stakes().any(|stake| stake.net);
            let live = stakes().filter(|stake| !stake.undone && stake.part(at) > 0);
            let live = live.count();
            (self.lines[at].net, self.lines[at].live) = (net, live);
        }
        let dossiers = 0..self.dossiers.len();
        self.totals = dossiers.map(|dossier| self.totals_of(dossier)).collect();
        for (at, stake) in self.stakes.iter().enumerate() {
            if let Some(back) = stake.refund {
                self.by_refund.entry(back).or_default().push(at);
            }
        }
        for order in &self.inputs.orders {
            if order.status != OrderStatus::Paid {
                continue;
            }
            let code = order.dossier_code.as_str();
            if order.fee_ids.is_empty() {
                self.paid_orders.insert((code, None));
            }
            let lines = order.fee_ids.iter().map(|id| (code, Some(id.as_str())));
            self.paid_orders.extend(lines);
        }
    }

    fn totals_of(&self, dossier: usize) -> Totals {
        let mut totals = Totals::default();
        for at in self.dossiers[dossier].lines.clone() {
            let line = &self.lines[at];
            let open = line.said.filter(|row| row.bucket == Bucket::Open);
            totals.may_be_found |= open.is_some_and(|row| class(row).starts_with("missing_"));
            if !line.payable {
                continue;
            }
            totals.payable += 1;
            totals.first = totals.first.or(Some(at));
            totals.all_due += line.due();
            totals.open |= line.gap() > 0 || line.refunded > 0;
            if !line.land {
                totals.fees_due += line.due();
                totals.lacks += line.gap();
                totals.says_net |= line.says("net_settlement");
            }
        }
        for stake in &self.dossiers[dossier].stakes {
            let stake = &self.stakes[*stake];
            totals.live |= stake.settles() && !stake.undone;
            totals.settled |= stake.settles() && stake.settled() > 0;
            let beyond = stake.surplus > 0 || !stake.settles() || stake.undone;
            totals.loose |= beyond || stake.stake() == 0;
        }
        totals
    }

    /// What the lines and payments of a dossier come to.
    pub(in crate::prove) fn totals(&self, dossier: usize) -> &Totals {
        &self.totals[dossier]
    }

    /// A provider tells that an order was paid which pays this line.
    pub(in crate::prove) fn is_order_paid(&self, line: &Line) -> bool {
        let code = line.fee.dossier_code.as_str();
        let id = Some(line.fee.fee_id.as_str());
        self.paid_orders.contains(&(code, None)) || self.paid_orders.contains(&(code, id))
    }

    /// What a stake's lines lack can be what the provider kept, and nothing else is missing.
    fn can_be_net(&self, stake: &Stake) -> bool {
        if stake.surplus > 0 || stake.parts.is_empty() || !stake.settles() || stake.undone {
            return false;
        }
        let gap: i128 = stake.parts.iter().map(|(l, _)| self.lines[*l].gap()).sum();
        self.may_be_fee(stake, stake.settled() + gap)
    }
}
