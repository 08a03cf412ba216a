//! What is known of the classes of a transaction or receipt.

use super::super::books::{Books, Line, Money, MoneyRow, Stake};
use super::super::memo::{one_slip, squeezed};
use super::super::violation::{Findings, Invariant, name, text};
use super::fee::account_of_another;
use super::{Known, May, Must, Not, exactly, is_conflict, perhaps};
use crate::classify::Classified;
use crate::domain::{Day, FeeStatus, Moment, Receipt, ReceiptStatus, Ruling, TxnKind, TxnStatus};
use crate::matching::{Evidence, Role};

/// The classes of a payment that no dossier was found for.
const UNREAD: [&str; 5] = [
    "near_reference",
    "orphan",
    "foreign",
    "ambiguous",
    "unidentified",
];

/// What the legs say of a money row.
pub(super) struct Facts<'b, 'a> {
    books: &'b Books<'a>,
    money: &'b Money<'a>,
    stakes: Vec<&'b Stake<'a>>,
    /// A settling, refund, reversal or duplicate leg.
    pub(super) linked: bool,
    conflict: bool,
    /// A person ruled on it.
    ruled: bool,
    /// The ruling was applied.
    applied: bool,
    /// Its text holds the code of a dossier that exists.
    names_any: bool,
}

impl<'b, 'a> Facts<'b, 'a> {
    pub(super) fn new(books: &'b Books<'a>, money: &'b Money<'a>) -> Self {
        let stakes: Vec<&Stake> = money.stakes.iter().map(|s| &books.stakes[*s]).collect();
        let does = |stake: &&&Stake| !stake.parts.is_empty() || !stake.settles();
        let row = money.said;
        let aside = row.is_some_and(|row| row.class == "not_fee" || row.also.contains(&"not_fee"));
        let rulings = books.decisions.get(&money.key);
        let rulings = || rulings.into_iter().flatten().filter(|d| !d.is_handling());
        let not_fee = rulings().any(|decision| decision.ruling == Ruling::NotFee);
        let paid_out = |d: &&crate::domain::Decision| matches!(d.ruling, Ruling::Payout { .. });
        let paid_out =
            row.is_some_and(|row| row.class == "batch_settlement") && rulings().any(paid_out);
        // only what its text alone decides is asked for its text
        let text_alone = stakes.is_empty() && money.back.is_empty();
        let memo = money.txn().filter(|_| text_alone);
        let names = |txn: &crate::domain::Txn| !books.codes.within(&squeezed(&txn.memo)).is_empty();
        Self {
            names_any: memo.is_some_and(names),
            linked: stakes.iter().any(|s| does(&s)) || !money.back.is_empty(),
            conflict: is_conflict(books, &money.key),
            ruled: rulings().next().is_some(),
            applied: stakes.iter().any(|stake| stake.decided) || (aside && not_fee) || paid_out,
            books,
            money,
            stakes,
        }
    }

    /// What is known of one class.
    pub(super) fn known(&self, class: &str) -> Known {
        let role = |role: Role| self.money.back.iter().any(|leg| leg.role == role);
        match class {
            "conflict" if self.applied => May,
            "conflict" => exactly(self.conflict),
            "decision_stale" if self.ruled && self.applied => May,
            "decision_stale" => exactly(self.ruled),
            "failed" => self.status(TxnStatus::Failed),
            "pending" => self.status(TxnStatus::Pending),
            "status_mismatch" => self.status(TxnStatus::Unmapped),
            "void" => match self.money.row {
                MoneyRow::Txn(_) => self.status(TxnStatus::Void),
                MoneyRow::Receipt(receipt) => {
                    exactly(receipt.status != ReceiptStatus::Valid && !self.conflict)
                }
            },
            "not_fee" => perhaps(self.is_free() && (self.ruled || self.goes(TxnKind::Debit))),
            "sighting" => exactly(!self.money.seen.is_empty()),
            "batch_settlement" | "cash_deposit" | "ambiguous" => {
                perhaps(self.is_free() && self.pays())
            }
            "reversed" => exactly(role(Role::Reversal)),
            "refunded" => match self.refunded(true) {
                Not => self.repeat(true),
                known => known,
            },
            "partial_refund" => self.refunded(false),
            "unlinked_refund" => perhaps(self.is_free() && self.goes_out()),
            "duplicate" => self.repeat(false),
            "wrong_agency" => exactly(self.wrong_agency()),
            "overpaid" => self.overpaid(),
            "net_settlement" => self.net(),
            "underpaid" => self.short(true),
            "partial" => self.short(false),
            "receipt_mismatch" => self.receipt_mismatch(),
            "late" => self.by_line(|line, money| {
                let due = line.fee.due_at.as_ref().map(Moment::day);
                due.is_some_and(|due| money.day() > due)
            }),
            "cutoff" => self.by_line(|line, money| {
                let said: Option<Day> = line.fee.more.paid_at.as_ref().map(Moment::day);
                let booked = money.txn().map(|txn| txn.business_date);
                said.is_some_and(|said| booked.is_some_and(|booked| booked != said))
            }),
            class if UNREAD.contains(&class) => {
                perhaps(self.is_free() && self.pays() && !self.names_any)
            }
            _ => Not,
        }
    }

    /// No leg, final, not contradictory: decided by its text alone.
    fn is_free(&self) -> bool {
        let bare = self.stakes.is_empty() && self.money.back.is_empty();
        bare && self.money.seen.is_empty()
    }

    fn goes(&self, kind: TxnKind) -> bool {
        self.money.txn().is_some_and(|txn| txn.kind == kind)
    }

    fn goes_out(&self) -> bool {
        let out = self
            .money
            .txn()
            .is_some_and(|txn| txn.kind != TxnKind::Payment);
        out && self.is_final()
    }

    fn is_final(&self) -> bool {
        let status = self.money.txn().map(|txn| txn.status);
        !self.conflict && status == Some(TxnStatus::Success)
    }

    fn pays(&self) -> bool {
        self.goes(TxnKind::Payment) && self.is_final()
    }

    /// By the provider's word, unless a person or a contradiction comes first.
    fn status(&self, status: TxnStatus) -> Known {
        let is = self.money.txn().is_some_and(|txn| txn.status == status);
        exactly(is && !self.conflict && !self.applied)
    }

    /// Returned whole: the whole of one payment.
    fn refunded(&self, whole: bool) -> Known {
        let mut back = self
            .money
            .back
            .iter()
            .filter(|leg| leg.role == Role::Refund);
        let Some(leg) = back.next() else { return Not };
        let Evidence::Undoes(id) = &leg.why else {
            return May;
        };
        let same = |at: &usize| self.books.money[*at].amount() == self.money.amount();
        let paid = self.books.by_id.get(&**id).into_iter().flatten();
        let cash = self.books.receipt_at(id);
        let equal = paid.copied().chain(cash).any(|at| same(&at));
        if equal { May } else { exactly(!whole) }
    }

    /// A repeat that is there, or one of which all went back (`gone`).
    fn repeat(&self, gone: bool) -> Known {
        let repeats = || self.stakes.iter().filter(|stake| !stake.settles());
        let told = |stake: &&&Stake| !stake.unsure && self.stakes.len() == 1;
        if repeats().next().is_none() || repeats().all(|stake| told(&stake)) {
            let back = |s: &Stake| s.returned > 0 && s.returned >= self.money.amount();
            return exactly(repeats().any(|stake| back(stake) == gone));
        }
        May
    }

    /// Beyond the due, and not all of that went back.
    fn overpaid(&self) -> Known {
        let over = || self.stakes.iter().filter(|stake| stake.surplus > 0);
        let may = !self.money.is_cash() || self.is_whole();
        if !may || over().any(|s| !s.unsure && s.beyond() > 0) {
            return exactly(may);
        }
        perhaps(over().any(|stake| stake.unsure))
    }

    fn wrong_agency(&self) -> bool {
        let Some(txn) = self.money.txn() else {
            return false;
        };
        let mut lines = self.stakes.iter().flat_map(|stake| &stake.parts);
        lines.any(|(line, dong)| {
            *dong > 0 && account_of_another(self.books, txn, &self.books.lines[*line])
        })
    }

    fn net(&self) -> Known {
        if !self.stakes.iter().any(|stake| stake.net) {
            let back = self.stakes.iter();
            let mut back = back.map(|stake| self.books.dossiers[stake.dossier].went_back);
            return perhaps(back.any(|back| back) && !self.money.is_cash());
        }
        let [stake] = self.stakes.as_slice() else {
            return May;
        };
        let dossier = &self.books.dossiers[stake.dossier];
        let one = self.books.totals(stake.dossier).payable == 1;
        if one && dossier.stakes.len() == 1 && !dossier.went_back {
            Must
        } else {
            May
        }
    }

    /// Did not reach: some line of its dossiers lacks money.
    fn short(&self, underpaid: bool) -> Known {
        let open = |stake: &&&Stake| {
            stake.settles() && !stake.undone && self.books.totals(stake.dossier).open
        };
        let mut stakes = self.stakes.iter().filter(|stake| open(stake));
        let Some(stake) = stakes.next().filter(|_| !self.money.is_cash()) else {
            return Not;
        };
        let dossier = &self.books.dossiers[stake.dossier];
        let totals = self.books.totals(stake.dossier);
        let Some(line) = totals.first.filter(|_| totals.payable == 1) else {
            return May;
        };
        let line = &self.books.lines[line];
        let alone = dossier.stakes.len() == 1 && !dossier.went_back;
        if alone && line.paid > 0 && !stake.net && stake.surplus == 0 {
            exactly((line.fee.status == FeeStatus::Paid) == underpaid)
        } else {
            May
        }
    }

    /// A receipt over another amount, or for a line that is not there.
    fn receipt_mismatch(&self) -> Known {
        let MoneyRow::Receipt(receipt) = self.money.row else {
            return Not;
        };
        if receipt.status != ReceiptStatus::Valid || self.conflict {
            return Not;
        }
        let [stake] = self.stakes.as_slice() else {
            return exactly(self.stakes.is_empty());
        };
        if stake.surplus > 0 {
            // too much because of other money, not because the receipt is wrong
            return exactly(!self.is_whole());
        }
        match self.line_of(receipt) {
            Some(line) if line.stakes.len() == 1 && line.refunded == 0 => {
                exactly(stake.settled() != line.due())
            }
            _ => perhaps(stake.settles()),
        }
    }

    /// The line that a receipt names.
    fn line_of(&self, receipt: &Receipt) -> Option<&'b Line<'a>> {
        let (code, fee) = (receipt.dossier_code.as_str(), receipt.fee_id.as_str());
        let at = self.books.line_at(code, fee);
        at.map(|at| &self.books.lines[at])
    }

    /// A receipt over exactly what its line owes.
    fn is_whole(&self) -> bool {
        let MoneyRow::Receipt(receipt) = self.money.row else {
            return false;
        };
        let line = self.line_of(receipt);
        line.is_some_and(|line| line.due() == self.money.amount())
    }

    /// By the lines that it completed.
    fn by_line(&self, differs: impl Fn(&Line, &Money) -> bool) -> Known {
        let mut known = Not;
        for stake in self.stakes.iter().filter(|s| s.settles() && !s.undone) {
            for (at, dong) in &stake.parts {
                let line = &self.books.lines[*at];
                if *dong == 0 || !differs(line, self.money) {
                    continue;
                }
                let full = line.gap() == 0 && line.refunded == 0;
                if full && line.live == 1 {
                    return Must;
                }
                let could = full || line.refunded > 0 || stake.net;
                if could {
                    known = May;
                }
            }
        }
        known
    }
}

/// A payment that left a line short is `underpaid` or `partial`, unless it came net of a fee.
pub(super) fn at_least(facts: &Facts, row: &Classified, findings: &mut Findings) {
    let books = facts.books;
    let short = |stake: &&&Stake| {
        let lines = stake.parts.iter().filter(|(_, dong)| *dong > 0);
        let mut lines = lines.map(|(line, _)| &books.lines[*line]);
        let plain = stake.settles() && !stake.undone && !stake.net;
        let back = books.dossiers[stake.dossier].went_back;
        plain && !back && lines.any(|line| line.gap() > 0 && !line.net)
    };
    let said = |class| row.class == class || row.also.contains(&class);
    let back = facts.money.back.iter().any(|leg| leg.role == Role::Refund);
    if back && said("refunded") == said("partial_refund") {
        let what = text(
            "khoản hoàn phải là hoàn hết hoặc hoàn một phần",
            "a refund is refunded or partial_refund",
        );
        let expected = "refunded|partial_refund";
        findings.add(Invariant::Class, name(&row.key), what, expected, row.class);
    }
    let told = said("underpaid") || said("partial") || said("net_settlement");
    if !facts.money.is_cash() && facts.stakes.iter().any(|s| short(&s)) && !told {
        let what = text(
            "khoản nộp chưa đủ phải là nộp thiếu hoặc nộp một phần",
            "a payment that did not reach is underpaid or partial",
        );
        let expected = "underpaid|partial";
        findings.add(Invariant::Class, name(&row.key), what, expected, row.class);
    }
}

/// A row without a leg says what its text says; nothing that is open is without a class.
pub(super) fn reads(facts: &Facts, row: &Classified, findings: &mut Findings) {
    let (books, money) = (facts.books, facts.money);
    let Some(txn) = money.txn().filter(|_| facts.is_free() && facts.pays()) else {
        return;
    };
    let out = ["not_fee", "batch_settlement", "cash_deposit"];
    let mut said = std::iter::once(row.class).chain(row.also.iter().copied());
    let class = said.find(|class| UNREAD.contains(class) || out.contains(class));
    let memo = squeezed(&txn.memo);
    let reference = squeezed(txn.order_ref.as_deref().unwrap_or_default());
    let holds = |code: &str| {
        let code = squeezed(code);
        memo.contains(&code) || reference.contains(&code)
    };
    let told = row.evidence.iter().any(|why| match (class, why) {
        (Some("unidentified"), Evidence::NoCode)
        | (Some("ambiguous"), Evidence::PayerDiffers)
        | (Some("decision_stale"), _) => true,
        (Some("orphan"), Evidence::UnknownCode(code)) => {
            holds(code) && books.dossier_at(code).is_none()
        }
        (Some("foreign"), Evidence::OtherProvince(code)) => holds(code),
        (Some("near_reference"), Evidence::OneEdit(raw, code, _)) => {
            let near = one_slip(raw, &squeezed(code.as_str()));
            holds(raw) && near && books.dossier_at(code.as_str()).is_some()
        }
        (Some("ambiguous"), Evidence::MemoHolds(_) | Evidence::SeveralCodes(_)) => facts.names_any,
        (Some(class), _) => out.contains(&class),
        (None, _) => false,
    });
    let stale = row.class == "decision_stale" && class.is_some();
    if !told && !stale {
        let what = text(
            "tiền chưa ghép phải nêu đúng điều đọc được trong nội dung",
            "money without a link says what its text says",
        );
        let expected = UNREAD.join("|");
        findings.add(Invariant::Class, name(&row.key), what, expected, row.class);
    }
}
