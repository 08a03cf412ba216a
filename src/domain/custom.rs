//! `CUSTOM`: the parameters from which an office combines a definition of its own.

use serde::Serialize;

use super::fee::words;

words!(
    /// What is counted.
    CountUnit {
        /// Payment events.
        Transaction = "transaction",
        /// Dossiers.
        Dossier = "dossier",
        /// Dong.
        Dong = "dong",
        /// Procedures, each once.
        Procedure = "procedure",
    }
);

words!(
    /// What is in the numerator.
    Counted {
        /// Everything without cash.
        Cashless = "cashless",
        /// Paid online only: a plain bank transfer is not.
        Online = "online",
    }
);

words!(
    /// When a dossier counts as paid.
    PartialRule {
        /// When it is paid in full.
        Full = "full",
        /// As soon as something is paid.
        Any = "any",
    }
);

words!(
    /// The day that decides the period.
    DateBasis {
        /// Of the payment.
        Payment = "payment",
        /// On which the dossier was received.
        Receipt = "receipt",
        /// On which its processing began.
        Start = "start",
        /// On which its result was handed over.
        Result = "result",
    }
);

words!(
    /// What becomes of payments that went back.
    RefundRule {
        /// They count nowhere.
        Drop = "drop",
        /// They stay counted on the day of the payment.
        Keep = "keep",
        /// They stay counted, and the refund counts against its own day; sums are cut at zero.
        Negative = "negative",
    }
);

words!(
    /// What an agency's row holds.
    RollUp {
        /// What it collects itself.
        Own = "own",
        /// Its sub-units too.
        SubUnits = "sub_units",
    }
);

/// One combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Custom {
    /// What is counted.
    pub unit: CountUnit,
    /// What is in the numerator.
    pub numerator: Counted,
    /// Dossiers whose fees are all zero are in the denominator.
    pub zero_fee: bool,
    /// Dossiers of exempt persons are in the denominator.
    pub exempt: bool,
    /// Land obligations count.
    pub land: bool,
    /// What is not paid is in the denominator.
    pub unpaid: bool,
    /// When a dossier counts as paid.
    pub partial: PartialRule,
    /// The day that decides the period.
    pub date: DateBasis,
    /// Payments that went back.
    pub refunded: RefundRule,
    /// What an agency's row holds.
    pub roll_up: RollUp,
}

impl Default for Custom {
    /// That of `TX_CASHLESS`.
    fn default() -> Self {
        Self {
            unit: CountUnit::Transaction,
            numerator: Counted::Cashless,
            zero_fee: false,
            exempt: false,
            land: false,
            unpaid: false,
            partial: PartialRule::Full,
            date: DateBasis::Payment,
            refunded: RefundRule::Drop,
            roll_up: RollUp::Own,
        }
    }
}

impl Custom {
    /// The setting that means nothing with this unit, if there is one: its key and why.
    pub fn idle(&self) -> Option<(&'static str, &'static str)> {
        let by_dossier = matches!(self.unit, CountUnit::Dossier | CountUnit::Procedure);
        let events = self.unit == CountUnit::Transaction;
        match () {
            () if self.zero_fee && !by_dossier => {
                Some(("zero_fee", "only dossiers and procedures can owe nothing"))
            }
            () if self.exempt && !by_dossier => {
                Some(("exempt", "only dossiers and procedures can be exempt"))
            }
            () if self.unpaid && events => Some(("unpaid", "what is not paid is no transaction")),
            () if self.partial == PartialRule::Any && !by_dossier => {
                Some(("partial", "payments and dong count as they come"))
            }
            () if self.refunded != RefundRule::Drop && by_dossier => {
                Some(("refunded", "a dossier is paid or not; refunds follow it"))
            }
            () => None,
        }
    }

    /// Two settings of which no figure could be told for certain, if there are any: the key to
    /// take out, and why.
    pub fn clash(&self) -> Option<(&'static str, &'static str)> {
        let by_dossier = matches!(self.unit, CountUnit::Dossier | CountUnit::Procedure);
        match () {
            () if self.land && by_dossier => Some((
                "land",
                "a dossier is paid by its fees and charges; whether its land obligation is paid, \
                 only the tax office sees. Count land by transaction or dong",
            )),
            () if self.land && self.unpaid => Some((
                "unpaid",
                "whether a land obligation is still unpaid, only the tax office sees",
            )),
            () if self.refunded != RefundRule::Drop && self.unpaid => Some((
                "unpaid",
                "what went back is owed again and would count twice beside the payment that stays",
            )),
            () if self.refunded == RefundRule::Negative && self.numerator == Counted::Online => {
                Some((
                    "refunded",
                    "whether what went back had been paid online cannot be told for certain; count \
                     online payments with refunded = \"drop\"",
                ))
            }
            () if self.refunded == RefundRule::Negative && self.date != DateBasis::Payment => {
                Some((
                    "refunded",
                    "a refund that counts on its own day goes only with date = \"payment\"",
                ))
            }
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_mean_nothing_are_named() {
        let check = |edit: fn(&mut Custom), expected: Option<&str>| {
            let mut custom = Custom::default();
            edit(&mut custom);
            assert_eq!(custom.idle().map(|(key, _)| key), expected);
        };
        check(|_| {}, None);
        check(|c| c.unpaid = true, Some("unpaid"));
        check(|c| c.zero_fee = true, Some("zero_fee"));
        let dossiers = |c: &mut Custom| (c.unit, c.unpaid) = (CountUnit::Dossier, true);
        check(dossiers, None);
        let refunded = |c: &mut Custom| {
            (c.unit, c.refunded) = (CountUnit::Dossier, RefundRule::Keep);
        };
        check(refunded, Some("refunded"));
    }

    #[test]
    fn settings_of_which_no_figure_is_certain_are_named() {
        let check = |edit: fn(&mut Custom), expected: Option<&str>| {
            let mut custom = Custom::default();
            edit(&mut custom);
            assert_eq!(custom.clash().map(|(key, _)| key), expected);
        };
        check(|_| {}, None);
        check(|c| c.land = true, None);
        let land = |c: &mut Custom| (c.unit, c.land) = (CountUnit::Procedure, true);
        check(land, Some("land"));
        let unpaid_land = |c: &mut Custom| {
            (c.unit, c.land, c.unpaid) = (CountUnit::Dong, true, true);
        };
        check(unpaid_land, Some("unpaid"));
        let twice = |c: &mut Custom| {
            (c.unit, c.refunded, c.unpaid) = (CountUnit::Dong, RefundRule::Keep, true);
        };
        check(twice, Some("unpaid"));
        let own_day = |c: &mut Custom| {
            (c.refunded, c.date) = (RefundRule::Negative, DateBasis::Receipt);
        };
        check(own_day, Some("refunded"));
    }
}
