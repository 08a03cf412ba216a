//! What can happen to a dossier's money, by name.

/// The story of one dossier or one row: the truth that a reconciliation has to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// Paid in full, in time, and recorded by both sides.
    Plain,
    /// An exempt person: nothing to pay.
    Exempt,
    /// A procedure of rate zero: nothing to pay.
    ZeroFee,
    /// Nobody has paid, and the registry says so.
    Unpaid,
    /// The memo is the code without separators, in capitals.
    MemoUpperNoSeparators,
    /// Spaces were inserted inside the code.
    MemoSpaces,
    /// The bank wrapped the memo into its own text.
    MemoBoilerplate,
    /// The memo was cut inside the sequence number.
    MemoTruncated,
    /// One digit of the code is wrong; no such dossier exists.
    MemoTypo,
    /// One digit of the code is wrong, and the code is another real dossier's: the trap.
    MemoTrap,
    /// The memo names no dossier at all.
    MemoWithoutCode,
    /// One transfer for two dossiers, exact sum.
    TwoCodesExact,
    /// One transfer that names two dossiers but pays another sum.
    TwoCodesOff,
    /// Paid twice by the same person.
    Duplicate,
    /// Paid too much.
    Overpaid,
    /// Paid too little, in one payment; the registry says paid.
    Underpaid,
    /// A wallet paid out less its own fee.
    NetOfFee,
    /// Paid in two parts that add up.
    Instalments,
    /// Only the first part has come.
    InstalmentsOpen,
    /// Paid after the due day.
    Late,
    /// Declared cash, paid by transfer.
    DeclaredCashPaidCashless,
    /// Declared cashless, paid in cash.
    DeclaredCashlessPaidCash,
    /// The registry says paid, no money anywhere.
    MissingPayment,
    /// Cash was taken, no receipt was written.
    MissingReceipt,
    /// The receipt was voided the next day and the registry not corrected: no money was taken.
    VoidReceipt,
    /// The receipt was replaced by another.
    ReplacedReceipt,
    /// The receipt's amount is not the fee's.
    ReceiptAmount,
    /// Two valid receipts for one fee.
    DuplicateReceipt,
    /// A well-formed code of the province that does not exist.
    Orphan,
    /// A code of another province.
    Foreign,
    /// The gateway returned the whole payment.
    RefundFullGateway,
    /// The gateway returned a part.
    RefundPartialGateway,
    /// The office returned the whole payment by bank transfer.
    RefundFullBank,
    /// The office returned a part by bank transfer.
    RefundPartialBank,
    /// The bank took a payment back after midnight; the citizen paid again in the morning.
    ReversalMidnight,
    /// The gateway reversed a payment after midnight; the citizen paid again in the morning.
    ReversalGateway,
    /// Money out that is no refund: the bank's own fees.
    BankFee,
    /// Money in that is no fee: interest.
    Interest,
    /// The office banked yesterday's cash.
    CashDeposit,
    /// The gateway's batched net settlement.
    BatchSettlement,
    /// The first gateway order failed, a second one was paid.
    OrderFailed,
    /// The gateway order was never finished; the citizen paid in cash.
    OrderAbandoned,
    /// Paid seconds around local midnight.
    Midnight,
    /// The row reached the provider a day late.
    ArrivesLate,
    /// The order is still open at night and is paid the next morning.
    PendingOrder,
    /// Fully paid, but the registry still says unpaid.
    RegistryUnpaid,
}

/// Every scenario with its stable text id and how often a week must have it at least.
///
/// The weekly number plans the rare ones on purpose, more often than real life has them: every one
/// must be seen in any seven days. 0 means that it comes about by itself.
pub(crate) const SCENARIOS: [(Scenario, &str, u32); 46] = [
    (Scenario::Plain, "plain", 0),
    (Scenario::Exempt, "exempt", 0),
    (Scenario::ZeroFee, "zero_fee", 0),
    (Scenario::Unpaid, "unpaid", 0),
    (
        Scenario::MemoUpperNoSeparators,
        "memo_upper_no_separators",
        12,
    ),
    (Scenario::MemoSpaces, "memo_spaces", 6),
    (Scenario::MemoBoilerplate, "memo_boilerplate", 20),
    (Scenario::MemoTruncated, "memo_truncated", 3),
    (Scenario::MemoTypo, "memo_typo", 4),
    (Scenario::MemoTrap, "memo_trap", 1),
    (Scenario::MemoWithoutCode, "memo_without_code", 5),
    (Scenario::TwoCodesExact, "two_codes_exact", 2),
    (Scenario::TwoCodesOff, "two_codes_off", 1),
    (Scenario::Duplicate, "duplicate", 2),
    (Scenario::Overpaid, "overpaid", 2),
    (Scenario::Underpaid, "underpaid", 2),
    (Scenario::NetOfFee, "net_of_fee", 2),
    (Scenario::Instalments, "instalments", 2),
    (Scenario::InstalmentsOpen, "instalments_open", 1),
    (Scenario::Late, "late", 4),
    (
        Scenario::DeclaredCashPaidCashless,
        "declared_cash_paid_cashless",
        2,
    ),
    (
        Scenario::DeclaredCashlessPaidCash,
        "declared_cashless_paid_cash",
        2,
    ),
    (Scenario::MissingPayment, "missing_payment", 3),
    (Scenario::MissingReceipt, "missing_receipt", 2),
    (Scenario::VoidReceipt, "void_receipt", 1),
    (Scenario::ReplacedReceipt, "replaced_receipt", 1),
    (Scenario::ReceiptAmount, "receipt_amount", 1),
    (Scenario::DuplicateReceipt, "duplicate_receipt", 1),
    (Scenario::Orphan, "orphan", 2),
    (Scenario::Foreign, "foreign", 1),
    (Scenario::RefundFullGateway, "refund_full_gateway", 1),
    (Scenario::RefundPartialGateway, "refund_partial_gateway", 1),
    (Scenario::RefundFullBank, "refund_full_bank", 1),
    (Scenario::RefundPartialBank, "refund_partial_bank", 1),
    (Scenario::ReversalMidnight, "reversal_midnight", 1),
    (Scenario::ReversalGateway, "reversal_gateway", 1),
    (Scenario::BankFee, "bank_fee", 2),
    (Scenario::Interest, "interest", 1),
    (Scenario::CashDeposit, "cash_deposit", 0),
    (Scenario::BatchSettlement, "batch_settlement", 0),
    (Scenario::OrderFailed, "order_failed", 3),
    (Scenario::OrderAbandoned, "order_abandoned", 2),
    (Scenario::Midnight, "midnight", 3),
    (Scenario::ArrivesLate, "arrives_late", 2),
    (Scenario::PendingOrder, "pending_order", 2),
    (Scenario::RegistryUnpaid, "registry_unpaid", 1),
];

impl Scenario {
    /// Stable text id.
    pub fn id(self) -> &'static str {
        SCENARIOS
            .iter()
            .find(|(one, _, _)| *one == self)
            .map_or("", |(_, id, _)| id)
    }

    /// Every scenario, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        SCENARIOS.iter().map(|(scenario, _, _)| *scenario)
    }

    /// The least amount due, in dong, with which the scenario makes sense.
    pub(crate) fn due_min(self) -> i64 {
        match self {
            Self::Instalments
            | Self::InstalmentsOpen
            | Self::RefundPartialGateway
            | Self::RefundPartialBank
            | Self::Underpaid
            | Self::NetOfFee => 30_000,
            _ => 4_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_complete() {
        let mut ids: Vec<&str> = Scenario::all().map(Scenario::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), SCENARIOS.len());
        assert!(!ids.contains(&""));
    }
}
