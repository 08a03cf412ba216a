//! PURE: the meanings that a column may have.

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// When.
    Time,
    /// The bank's reference.
    Reference,
    /// An order reference.
    OrderRef,
    /// Money out.
    Debit,
    /// Money in.
    Credit,
    /// Both, by sign or by the direction beside it.
    Amount,
    /// Whether the amount came in or went out.
    Direction,
    /// The provider's fee.
    Fee,
    /// What reaches the account after the fee.
    Net,
    /// Running balance.
    Balance,
    /// Free text.
    Memo,
    /// The other party.
    Payer,
    /// Own account.
    Account,
    /// Currency.
    Currency,
    /// State.
    Status,
    /// What the row does.
    Kind,
    /// No meaning for reconciliation.
    Other,
}

impl Role {
    /// The meaning of a key under `[source.map]`.
    pub fn of_key(key: &str) -> Self {
        let all = [
            Self::Time,
            Self::Reference,
            Self::OrderRef,
            Self::Debit,
            Self::Credit,
            Self::Amount,
            Self::Direction,
            Self::Fee,
            Self::Net,
            Self::Balance,
            Self::Memo,
            Self::Payer,
            Self::Account,
            Self::Currency,
            Self::Status,
            Self::Kind,
        ];
        let found = all.into_iter().find(|role| role.key() == key);
        found.unwrap_or(Self::Other)
    }

    /// The key under `[source.map]`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Reference => "bank_ref",
            Self::OrderRef => "order_ref",
            Self::Debit => "debit",
            Self::Credit => "credit",
            Self::Amount => "amount",
            Self::Direction => "direction",
            Self::Fee => "fee",
            Self::Net => "net",
            Self::Balance => "balance",
            Self::Memo => "memo",
            Self::Payer => "payer",
            Self::Account => "account",
            Self::Currency => "currency",
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Other => "",
        }
    }
}
