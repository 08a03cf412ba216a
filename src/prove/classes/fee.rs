//! What is known of the classes of a fee line.

use super::super::books::{Books, Line, MoneyRow, Stake};
use super::super::violation::{Findings, Invariant, name, text};
use super::{Known, May, Not, exactly, is_conflict, perhaps};
use crate::classify::Classified;
use crate::domain::{CollectionMode, Day, FeeStatus, Moment};

/// What the legs say of a fee line.
pub(super) struct Facts<'b, 'a> {
    books: &'b Books<'a>,
    line: &'b Line<'a>,
    /// Its position in `Books::lines`.
    at: usize,
    /// Stakes that settled some of it and were not undone.
    live: Vec<&'b Stake<'a>>,
    /// The first line of a dossier of which nothing can be paid: money for it is shown here.
    unowed: bool,
    /// A settling, refund, reversal or duplicate leg that took or gave something here.
    pub(super) linked: bool,
    has_money: bool,
    /// A payment that may be net of the provider's fee settled some of it.
    net: bool,
    /// Paid in full, as far as that can be told.
    full: Known,
    /// A receipt over another amount than the line's.
    receipt_differs: Known,
}

impl<'b, 'a> Facts<'b, 'a> {
    pub(super) fn new(books: &'b Books<'a>, at: usize) -> Self {
        let line = &books.lines[at];
        let dossier = &books.dossiers[line.dossier];
        let stakes = || line.stakes.iter().map(|s| &books.stakes[*s]);
        let mine = |stake: &&Stake| !stake.undone && stake.part(at) > 0;
        let live: Vec<&Stake> = stakes().filter(mine).collect();
        let unowed = !dossier.payable && dossier.lines.start == at;
        let net = live.iter().any(|stake| stake.net);
        let full = if line.paid == 0 || !line.payable {
            Not
        } else if line.refunded > 0 {
            May
        } else if line.gap() == 0 {
            Known::Must
        } else {
            perhaps(net)
        };
        Self {
            receipt_differs: differs(books, line, at),
            linked: line.paid > 0 || line.undone > 0 || (unowed && line.touched),
            has_money: line.paid > 0 || line.undone > 0 || line.surplus > 0,
            books,
            line,
            at,
            live,
            unowed,
            net,
            full,
        }
    }

    /// What is known of one class.
    pub(super) fn known(&self, class: &str) -> Known {
        let (line, fee) = (self.line, self.line.fee);
        let exempt = fee.more.collection_mode == Some(CollectionMode::Exempt);
        let paid = fee.status == FeeStatus::Paid;
        match class {
            "conflict" => exactly(is_conflict(self.books, &fee.key())),
            "void" => exactly(fee.status == FeeStatus::Cancelled && !self.has_money),
            "reversed" => exactly(line.payable && line.undone > 0 && line.paid == 0),
            "refunded" => self.refunded(line.paid <= line.refunded),
            "partial_refund" => self.refunded(line.paid > line.refunded),
            "duplicate" => self.again(),
            "wrong_agency" => exactly(self.live.iter().any(|s| self.wrong_agency(s))),
            "overpaid" => self.overpaid(),
            "net_settlement" => self.net_settlement(),
            "underpaid" => self.short(true),
            "partial" => self.short(false),
            "receipt_mismatch" => self.receipt_differs,
            "method_mismatch" => exactly(self.method_differs()),
            "late" => self.late(),
            "cutoff" => self.cutoff(),
            "zero_fee" => {
                let zero = fee.amount.is_zero() && !exempt && !self.waits();
                exactly(zero && !self.has_money)
            }
            "exempt" => exactly(exempt && !self.has_money),
            "land_obligation" => exactly(line.land && !self.has_money),
            "status_mismatch" => self.status_mismatch(),
            "pending" => self.pending(),
            "missing_payment" => exactly(paid && !fee.declared_method.is_cash() && !self.has_money),
            "missing_receipt" => exactly(paid && fee.declared_method.is_cash() && !self.has_money),
            "no_e_receipt" => self.no_e_receipt(),
            "not_due" => exactly(self.waits()),
            "unpaid" => exactly(!paid && !self.has_money),
            _ => Not,
        }
    }

    /// Paid again by a payment that has not gone back.
    fn again(&self) -> Known {
        let (books, at) = (self.books, self.at);
        let stakes = || self.line.stakes.iter().map(|stake| &books.stakes[*stake]);
        let back = |stake: &Stake| stake.returned > 0 || stake.unsure;
        if self.line.again == 0 || !stakes().any(back) {
            return exactly(self.line.again > 0);
        }
        let mut known = Not;
        for stake in stakes().filter(|stake| stake.again.contains(&at)) {
            let money = &books.money[stake.money];
            let gone = stake.returned > 0 && stake.returned >= money.amount();
            match (stake.unsure || money.stakes.len() > 1, gone) {
                (true, _) => known = May,
                (false, false) => return Known::Must,
                (false, true) => {}
            }
        }
        known
    }

    /// A refund may have opened the line again for a later payment; that is not told by the legs.
    fn refunded(&self, mine: bool) -> Known {
        let line = self.line;
        if !line.payable || line.refunded == 0 || !mine {
            return Not;
        }
        let later = |s: &&Stake| self.books.money[s.money].ms() > line.refunded_ms;
        if self.live.iter().any(later) {
            May
        } else {
            Known::Must
        }
    }

    /// Into a collection account of another agency.
    fn wrong_agency(&self, stake: &Stake) -> bool {
        let MoneyRow::Txn(txn) = self.books.money[stake.money].row else {
            return false;
        };
        account_of_another(self.books, txn, self.line)
    }

    fn overpaid(&self) -> Known {
        let line = self.line;
        let stakes = || line.stakes.iter().map(|s| &self.books.stakes[*s]);
        if line.surplus == 0 || !(line.payable || self.unowed) {
            return Not;
        }
        if stakes().any(|stake| stake.decided) || stakes().any(|stake| stake.undone) {
            return May;
        }
        let over = || stakes().filter(|stake| stake.surplus > 0);
        match over()
            .filter(|stake| stake.returned > 0 || stake.unsure)
            .count()
        {
            0 => Known::Must,
            1 if over().count() == 1 => {
                let unsure = over().any(|stake| stake.unsure);
                let left = over().any(|stake| stake.beyond() > 0);
                if unsure { May } else { exactly(left) }
            }
            _ => May,
        }
    }

    fn net_settlement(&self) -> Known {
        let (line, dossier) = (self.line, &self.books.dossiers[self.line.dossier]);
        if line.refunded > 0 {
            // what was open when the payment came is not told by the legs
            let cashless = |s: &&Stake| !self.books.money[s.money].is_cash();
            return perhaps(self.live.iter().any(cashless));
        }
        if !self.net || line.gap() == 0 {
            return Not;
        }
        let payable = self.books.totals(self.line.dossier).payable;
        if payable == 1 && dossier.stakes.len() == 1 && !dossier.went_back {
            Known::Must
        } else {
            May
        }
    }

    /// Short in one payment although the registry says paid (`underpaid`), or otherwise short.
    fn short(&self, underpaid: bool) -> Known {
        let line = self.line;
        let paid = line.fee.status == FeeStatus::Paid;
        if !line.payable || (line.gap() == 0 && line.refunded == 0) {
            return Not;
        }
        if underpaid && (!paid || self.live.len() > 1) {
            return Not;
        }
        if self.net || line.refunded > 0 || self.receipt_differs != Not || self.live.is_empty() {
            // spread over the dossier's lines without reaching this one
            let spread = self.books.totals(line.dossier).live;
            return perhaps(spread || line.refunded > 0);
        }
        match (paid, self.live.len()) {
            (true, 1) if self.books.dossiers[line.dossier].stakes.len() == 1 => exactly(underpaid),
            (true, 1) => May,
            _ => exactly(!underpaid),
        }
    }

    fn method_differs(&self) -> bool {
        let declared = self.line.fee.declared_method;
        let cash = |s: &&Stake| self.books.money[s.money].is_cash();
        let told = declared != crate::domain::DeclaredMethod::None;
        told && self.live.iter().any(|s| cash(s) != declared.is_cash())
    }

    /// By the days of the payments that can have completed it.
    fn by_days(&self, differs: impl Fn(&Stake) -> bool) -> Known {
        if self.live.is_empty() || (self.full == Not && self.line.refunded == 0) {
            return Not;
        }
        let all = self.live.iter().all(|s| differs(s));
        let any = self.live.iter().any(|s| differs(s));
        match (all, any) {
            (true, _) if self.full == Known::Must => Known::Must,
            (_, true) => May,
            _ => Not,
        }
    }

    fn late(&self) -> Known {
        let Some(due) = self.line.fee.due_at.as_ref().map(Moment::day) else {
            return Not;
        };
        self.by_days(|stake| self.books.money[stake.money].day() > due)
    }

    fn cutoff(&self) -> Known {
        let Some(said) = self.line.fee.more.paid_at.as_ref().map(Moment::day) else {
            return Not;
        };
        self.by_days(|stake| {
            let txn = self.books.money[stake.money].txn();
            txn.is_some_and(|txn| txn.business_date != said)
        })
    }

    /// Collected with the result, whose day has not come.
    fn waits(&self) -> bool {
        let fee = self.line.fee;
        let after = fee.more.collection_mode == Some(CollectionMode::After);
        let open = matches!(fee.status, FeeStatus::Unpaid | FeeStatus::Pending);
        let tonight = self.books.inputs.business_date;
        let due: Option<Day> = fee.due_at.as_ref().map(Moment::day);
        let not_yet = due.is_none_or(|due| tonight.is_some_and(|tonight| tonight <= due));
        after && open && !self.has_money && (fee.amount.is_zero() || not_yet)
    }

    fn status_mismatch(&self) -> Known {
        let status = self.line.fee.status;
        let denies = matches!(
            status,
            FeeStatus::Unpaid | FeeStatus::Pending | FeeStatus::Cancelled
        );
        let untouched = self.line.refunded == 0 && self.line.undone == 0;
        let contradicts = denies || (status == FeeStatus::Refunded && untouched);
        match self.full {
            Known::Must => return exactly(contradicts),
            May => return perhaps(contradicts || denies || status == FeeStatus::Refunded),
            Not => {}
        }
        if self.has_money {
            return Not;
        }
        let paid = self.books.is_order_paid(self.line);
        let open = matches!(status, FeeStatus::Unpaid | FeeStatus::Pending);
        exactly(status == FeeStatus::Refunded || (open && paid))
    }

    /// Only on a night, without money, while some source has not passed its limit.
    fn pending(&self) -> Known {
        let fee = self.line.fee;
        let said = match fee.status {
            FeeStatus::Pending => true,
            FeeStatus::Paid => !fee.declared_method.is_cash(),
            _ => false,
        };
        let night = self.books.inputs.business_date.is_some();
        let mut sources = self.books.inputs.sources.iter();
        let waiting = sources.any(|source| !source.deadline_passed);
        perhaps(night && said && !self.has_money && waiting)
    }

    fn no_e_receipt(&self) -> Known {
        let (line, fee) = (self.line, self.line.fee);
        let none = fee.more.receipt_no.as_deref().is_none_or(str::is_empty);
        let cash = |s: &&Stake| self.books.money[s.money].is_cash();
        let cashless = !self.live.iter().any(cash) && fee.status == FeeStatus::Paid;
        let kept = line.paid > line.refunded;
        let asked = self.books.rules.e_receipts && none && cashless && kept;
        if asked { self.full } else { Not }
    }
}

/// A receipt whose amount is not what its line lacked when it came.
fn differs(books: &Books, line: &Line, at: usize) -> Known {
    let stakes = line.stakes.iter().map(|s| &books.stakes[*s]);
    let cash = |s: &&Stake| books.money[s.money].is_cash() && s.settles();
    let receipts: Vec<&Stake> = stakes.filter(cash).collect();
    let whole = |receipt: &&Stake| books.money[receipt.money].amount() == line.due();
    let mut beyond = receipts.iter().filter(|receipt| receipt.surplus > 0);
    if beyond.clone().any(|receipt| !whole(receipt)) {
        return Known::Must;
    }
    if beyond.next().is_some() {
        return May;
    }
    match (receipts.as_slice(), line.stakes.len()) {
        ([], _) => Not,
        ([only], 1) if line.refunded == 0 => exactly(only.part(at) != line.due()),
        _ => May,
    }
}

/// The collection account's agency is not the fee's.
pub(super) fn account_of_another(books: &Books, txn: &crate::domain::Txn, line: &Line) -> bool {
    let Some(account) = txn.account.as_deref() else {
        return false;
    };
    let known = books.rules.collection_accounts.iter();
    let agency = known
        .filter(|(known, _)| **known == *account)
        .find_map(|(_, agency)| agency.as_deref());
    agency.is_some_and(|agency| !agency.eq_ignore_ascii_case(line.fee.agency_code.as_str()))
}

/// A line that got something, not all, and not net of a fee, is `underpaid` or `partial`.
pub(super) fn at_least(facts: &Facts, row: &Classified, findings: &mut Findings) {
    let line = facts.line;
    let plain = !facts.net && line.refunded == 0 && facts.receipt_differs == Not;
    let short = line.payable && line.paid > 0 && line.gap() > 0 && plain;
    let said = |class| row.class == class || row.also.contains(&class);
    if short && said("underpaid") == said("partial") {
        let what = text(
            "khoản thu nhận chưa đủ phải là nộp thiếu hoặc nộp một phần",
            "a line that lacks money is underpaid or partial",
        );
        let expected = "underpaid|partial";
        findings.add(Invariant::Class, name(&row.key), what, expected, row.class);
    }
}
