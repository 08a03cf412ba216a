//! A plain dossier read again: the sentences that make it one.

use super::{LINES_MAX, Lane, slot};
use crate::domain::{
    CollectionMode, DeclaredMethod, Fee, FeeKind, FeeStatus, Moment, Receipt, ReceiptStatus, Side,
    Txn, TxnKind, TxnStatus,
};
use crate::prove::memo::{person, squeezed};
use crate::prove::violation::{Findings, Invariant, text};
use crate::settle::{By, PlainMoney};

impl Lane<'_> {
    /// True when what is said of a dossier holds by its own rows alone: its lines are all of it,
    /// due and called paid; its money is final, names it by what is said, and pays every line once
    /// and exactly, in time and as declared.
    pub(super) fn is_right(&self, place: usize) -> bool {
        let of = &self.plain.dossiers[place];
        let (fees, money) = (self.fees(of), self.money(place));
        let [first, ..] = fees else { return false };
        if fees.len() > LINES_MAX || money.is_empty() || !self.is_whole(place) {
            return false;
        }
        let twice = |at: usize| fees[..at].iter().any(|fee| fee.fee_id == fees[at].fee_id);
        let due: i128 = fees.iter().map(|fee| fee.amount.wide()).sum();
        let day = first.dossier_code.received_on();
        let day = day.unwrap_or_else(|| crate::domain::Day::of_ms(0));
        let loose = money.iter().any(|row| row.by == By::Extracted);
        let pass = if loose { "extracted_key" } else { "exact_key" };
        let told = of.day == day && of.due.wide() == due && of.pass == pass;
        let lines = (0..fees.len()).all(|at| self.is_due(&fees[at], first) && !twice(at));
        told && lines && self.pays(slot(of.first), fees, money)
    }

    /// No other line of the dossier stands beside its lines.
    fn is_whole(&self, place: usize) -> bool {
        let of = &self.plain.dossiers[place];
        let (first, end) = (slot(of.first), slot(of.first) + slot(of.lines));
        let code = |at: usize| self.inputs.fees.get(at).map(|fee| &fee.dossier_code);
        let own = code(first);
        let before = first.checked_sub(1).and_then(code);
        let all = (first..end).all(|at| code(at) == own);
        own.is_some() && all && before != own && code(end) != own
    }

    /// Called paid, due in full to the agency of the first line, nothing the matter with it.
    fn is_due(&self, fee: &Fee, first: &Fee) -> bool {
        let key = (Side::Fee, fee.dossier_code.as_str(), fee.fee_id.as_str());
        fee.status == FeeStatus::Paid
            && fee.amount.get() > 0
            && fee.kind != FeeKind::LandObligation
            && fee.more.collection_mode != Some(CollectionMode::Exempt)
            && fee.agency_code == first.agency_code
            && !self.differs(key)
    }

    fn differs(&self, key: (Side, &str, &str)) -> bool {
        !self.conflicts.is_empty() && self.conflicts.contains(&key)
    }

    /// Each line is paid once, by all of a row that is for it alone, or by one row for all.
    fn pays(&self, start: usize, fees: &[Fee], money: &[PlainMoney]) -> bool {
        let mut paid = [false; LINES_MAX];
        for row in money {
            let lines = match row.line {
                None => 0..fees.len(),
                Some(line) => match slot(line).checked_sub(start) {
                    Some(at) if at < fees.len() => at..at + 1,
                    _ => return false,
                },
            };
            let amount: i128 = fees[lines.clone()]
                .iter()
                .map(|fee| fee.amount.wide())
                .sum();
            let right = match (self.txn(row), self.receipt(row)) {
                (Some(txn), None) => {
                    let fit = |fee: &Fee| self.in_order(txn, fee);
                    txn.amount.wide() == amount
                        && row.day == txn.business_date
                        && self.is_final(txn)
                        && fees[lines.clone()].iter().all(fit)
                        && self.names(txn, row.by, &fees[0])
                }
                (None, Some(receipt)) => {
                    let own = |fee: &Fee| self.covers(receipt, fee);
                    receipt.amount.wide() == amount
                        && row.day == receipt.collected_at.day()
                        && matches!(row.by, By::Receipt(line) if Some(line) == row.line)
                        && fees[lines.clone()].iter().all(own)
                }
                _ => false,
            };
            let again = lines.clone().any(|line| paid[line]);
            if !right || again {
                return false;
            }
            paid[lines].fill(true);
        }
        paid[..fees.len()].iter().all(|paid| *paid)
    }

    fn is_final(&self, txn: &Txn) -> bool {
        txn.kind == TxnKind::Payment
            && txn.status == TxnStatus::Success
            && !self.differs((Side::Txn, txn.source.as_str(), &txn.id))
    }

    /// In time, on the day that the registry tells, without cash as declared, with its e-receipt
    /// where they are told, and not into another agency's account.
    fn in_order(&self, txn: &Txn, fee: &Fee) -> bool {
        let late = fee.due_at.as_ref().map(Moment::day);
        let told = fee.more.paid_at.as_ref().map(Moment::day);
        let no = fee.more.receipt_no.as_deref().unwrap_or_default();
        let mut accounts = self.rules.collection_accounts.iter();
        let collected = accounts.any(|(known, _)| Some(&**known) == txn.account.as_deref());
        late.is_none_or(|due| txn.paid_on <= due)
            && told.is_none_or(|told| told == txn.business_date)
            && !fee.declared_method.is_cash()
            && (!no.is_empty() || !self.rules.e_receipts)
            && !collected
    }

    /// A valid receipt for this line, over its amount, in time, as declared.
    fn covers(&self, receipt: &Receipt, fee: &Fee) -> bool {
        let due = fee.due_at.as_ref().map(Moment::day);
        let declared = fee.declared_method;
        receipt.status == ReceiptStatus::Valid
            && receipt.dossier_code == fee.dossier_code
            && receipt.fee_id == fee.fee_id
            && (declared.is_cash() || declared == DeclaredMethod::None)
            && due.is_none_or(|due| receipt.collected_at.day() <= due)
            && !self.differs((Side::Receipt, "cash", &receipt.receipt_id))
    }

    /// Each row names the dossier in the way that is said, whatever else it names.
    pub(super) fn reasons(&self, place: usize, findings: &mut Findings) {
        let Some(fee) = self.fees(&self.plain.dossiers[place]).first() else {
            return;
        };
        let code = fee.dossier_code.as_str();
        for row in self.money(place) {
            let txn = self.txn(row);
            let memo = || txn.map(|txn| squeezed(&txn.memo)).unwrap_or_default();
            let reference = txn.and_then(|txn| txn.order_ref.as_deref());
            let holds = match row.by {
                By::Reference => reference.is_some_and(|text| self.refers(text, code)),
                By::WholeMemo => memo() == squeezed(code),
                By::Extracted => memo().contains(&squeezed(code)),
                By::Receipt(line) => self.receipt(row).is_some() && row.line == Some(line),
                By::Other(_) => false,
            };
            if !holds {
                let what = text(
                    "căn cứ của liên kết phải có thật trong dòng tiền",
                    "the reason of a link stands in its row",
                );
                let found = format!("{:?}", row.by);
                findings.add(Invariant::Rule, code, what, "-", found);
            }
        }
    }

    /// A reference is a dossier's code, or an order of it.
    fn refers(&self, text: &str, code: &str) -> bool {
        let orders = &self.inputs.orders;
        let from = orders.partition_point(|order| *order.order_id < *text);
        let same = orders[from..].iter();
        let mut same = same.take_while(|order| *order.order_id == *text);
        let of = |code_of: &str| code_of.eq_ignore_ascii_case(code);
        of(text.trim()) || same.any(|order| of(order.dossier_code.as_str()))
    }

    /// The row names the dossier in the way that is said, and no other.
    fn names(&self, txn: &Txn, by: By, fee: &Fee) -> bool {
        let code = fee.dossier_code.as_str();
        let reference = || txn.order_ref.as_deref().unwrap_or_default().trim();
        match by {
            By::Reference => reference().eq_ignore_ascii_case(code),
            By::WholeMemo => {
                let memo = squeezed(&txn.memo);
                let found = self.codes.within(&memo);
                let own = self.dossier(code);
                let alone = found.iter().all(|found| Some(found.dossier) == own);
                memo == squeezed(code) && !found.is_empty() && alone
            }
            By::Extracted => self.reads(txn, fee),
            By::Receipt(_) | By::Other(_) => false,
        }
    }

    /// The memo holds the code, apart from it no other, and the payer is not known to be another:
    /// else the books see whose it may be.
    fn reads(&self, txn: &Txn, fee: &Fee) -> bool {
        let found = self.codes.within(&squeezed(&txn.memo));
        let own = self.dossier(fee.dossier_code.as_str());
        let alone = found.iter().all(|found| Some(found.dossier) == own);
        let same = || {
            let (paid, owed) = (person(&txn.payer), person(&fee.payer_name));
            paid.is_empty() || owed.is_empty() || paid == owed
        };
        !found.is_empty() && alone && (*txn.payer == *fee.payer_name || same())
    }
}
