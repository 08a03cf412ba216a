//! The money at risk of a row: what may be lost, or may have to be given back, if nobody settles
//! it.
//!
//! Two rows tell of many matters, a fee line and a payment, and each has its class. The money is
//! counted at one of them, or sums would hold it twice: what is missing at the fee that misses it,
//! what came too much or went back at the row that brought or took it.

use crate::domain::{RowKey, Side, Vnd};
use crate::matching::Evidence;

/// Where the money at risk of a matter is counted, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtRisk {
    /// At this row.
    Here(Vnd),
    /// At the fee line that the row is for: so much of it is missing or went back, in dong.
    AtFee(Vnd),
    /// At the payment, receipt or refund that the row is about; the amount where it is known here.
    AtMoney(Option<Vnd>),
}

impl AtRisk {
    /// True when it is counted at this row.
    pub fn is_here(self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// What is at stake, wherever it is counted, in dong; none where it is not known here.
    pub fn amount(self) -> Option<Vnd> {
        match self {
            Self::Here(amount) | Self::AtFee(amount) => Some(amount),
            Self::AtMoney(amount) => amount,
        }
    }

    /// What this row adds to a sum, in dong.
    pub fn here(self) -> Vnd {
        match self {
            Self::Here(amount) => amount,
            Self::AtFee(_) | Self::AtMoney(_) => Vnd::default(),
        }
    }
}

/// The money at risk of a row of `class`, by what was seen on it; `amount` is the row's own.
pub fn at_risk(class: &str, key: &RowKey, amount: Vnd, evidence: &[Evidence]) -> AtRisk {
    let is_fee = key.side == Side::Fee;
    // what is left of a repeat is counted at the repeat, that of a surplus at its payment, and not
    // at what sent it back
    let of_repeat = evidence.iter().find_map(left_of_repeat);
    if let Some(counted) = of_repeat.filter(|_| !is_fee) {
        return counted;
    }
    if !is_fee && evidence.contains(&Evidence::RefundAgreed) {
        return AtRisk::Here(Vnd::default());
    }
    let difference = evidence.iter().find_map(difference);
    let surplus = evidence.iter().find_map(left_of_surplus);
    match class {
        // what is missing
        "underpaid" | "partial" | "net_settlement" if is_fee => {
            AtRisk::Here(difference.unwrap_or(amount))
        }
        "underpaid" | "partial" | "net_settlement" => AtRisk::AtFee(difference.unwrap_or(amount)),
        "reversed" if !is_fee => AtRisk::AtFee(amount),
        // what is too much, lies elsewhere or went back
        "overpaid" if !is_fee => AtRisk::Here(surplus.or(difference).unwrap_or(amount)),
        "overpaid" => AtRisk::AtMoney(surplus.or(difference)),
        "duplicate" | "wrong_agency" | "refunded" | "partial_refund" if is_fee => {
            AtRisk::AtMoney(difference)
        }
        // the receipt and its line differ; a receipt that names no line is at risk as a whole
        "receipt_mismatch" if is_fee => AtRisk::AtMoney(difference),
        "receipt_mismatch" => AtRisk::Here(difference.unwrap_or(amount)),
        _ => AtRisk::Here(amount),
    }
}

/// What is still due of a fee line that something was paid for, by its class or by one that applies
/// too; none for any other.
pub fn still_due(
    (class, also): (&str, &[impl AsRef<str>]),
    key: &RowKey,
    amount: Vnd,
    evidence: &[Evidence],
) -> Option<Vnd> {
    let named = |wanted: &str| class == wanted || also.iter().any(|id| id.as_ref() == wanted);
    if key.side != Side::Fee {
        return None;
    }
    if SHORT.into_iter().any(named) {
        // of a class that came first nothing is known but what was seen
        let whole = SHORT.contains(&class).then_some(amount);
        return evidence.iter().rev().find_map(missing).or(whole);
    }
    named("reversed").then_some(amount)
}

/// The classes of a fee line of which a part was paid.
pub(super) const SHORT: [&str; 2] = ["underpaid", "partial"];

/// What has not gone back of a repeat, or went back and was no surplus, and where it is counted.
fn left_of_repeat(seen: &Evidence) -> Option<AtRisk> {
    match seen {
        Evidence::RepeatBack(_, _, left) => Some(AtRisk::Here(*left)),
        Evidence::OfRepeat(_) => Some(AtRisk::AtMoney(None)),
        Evidence::OfSurplus(_, rest) if rest.is_zero() => Some(AtRisk::AtMoney(None)),
        Evidence::OfSurplus(_, rest) => Some(AtRisk::Here(*rest)),
        _ => None,
    }
}

/// What has not gone back of a surplus.
fn left_of_surplus(seen: &Evidence) -> Option<Vnd> {
    match seen {
        Evidence::SurplusBack(_, _, left) => Some(*left),
        _ => None,
    }
}

/// So much less was paid than is due.
fn missing(seen: &Evidence) -> Option<Vnd> {
    let of_parts = matches!(
        seen,
        Evidence::AmountDiffers(..) | Evidence::Instalments(..)
    );
    of_parts.then(|| difference(seen)).flatten()
}

/// What is due and what was paid differ by so much.
fn difference(seen: &Evidence) -> Option<Vnd> {
    let wide = match seen {
        Evidence::AmountDiffers(due, paid) | Evidence::Instalments(_, paid, due) => {
            (due.wide() - paid.wide()).abs()
        }
        Evidence::NetOfFee(fee) => fee.wide(),
        _ => return None,
    };
    Vnd::from_wide(wide).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceName;

    fn check(class: &str, amount: i64, evidence: &[Evidence], fee: AtRisk, money: AtRisk) {
        let source = SourceName::new("bank");
        let payment = RowKey::txn(&source, "1");
        let line = RowKey {
            side: Side::Fee,
            ..payment.clone()
        };
        let of = |key: &RowKey| at_risk(class, key, Vnd::new(amount), evidence);
        assert_eq!((of(&line), of(&payment)), (fee, money), "{class}");
    }

    fn here(amount: i64) -> AtRisk {
        AtRisk::Here(Vnd::new(amount))
    }

    fn at_fee(amount: i64) -> AtRisk {
        AtRisk::AtFee(Vnd::new(amount))
    }

    fn at_money(amount: i64) -> AtRisk {
        AtRisk::AtMoney(Some(Vnd::new(amount)))
    }

    #[test]
    fn a_matter_of_two_rows_is_counted_once() {
        let (due, paid) = (Vnd::new(70_000), Vnd::new(69_000));
        let short = [Evidence::PayerAgrees, Evidence::AmountDiffers(due, paid)];
        check("underpaid", 70_000, &short, here(1_000), at_fee(1_000));
        let part = [Evidence::Instalments(2, paid, due)];
        check("partial", 30_000, &part, here(1_000), at_fee(1_000));
        let net = [Evidence::NetOfFee(Vnd::new(770))];
        check("net_settlement", 70_000, &net, here(770), at_fee(770));
        let over = [Evidence::AmountDiffers(paid, due)];
        check("overpaid", 70_000, &over, at_money(1_000), here(1_000));
        check(
            "receipt_mismatch",
            70_000,
            &over,
            at_money(1_000),
            here(1_000),
        );
        check("reversed", 70_000, &[], here(70_000), at_fee(70_000));
        for class in ["duplicate", "wrong_agency", "refunded", "partial_refund"] {
            check(class, 70_000, &[], AtRisk::AtMoney(None), here(70_000));
        }
    }

    #[test]
    fn of_a_repeat_that_was_sent_back_what_is_left_is_at_risk() {
        let day = crate::domain::Day::of_ms(0);
        let back = |left: i64| Evidence::RepeatBack("R1".into(), day, Vnd::new(left));
        let none = AtRisk::AtMoney(None);
        check("duplicate", 70_000, &[back(30_000)], none, here(30_000));
        check("refunded", 70_000, &[back(0)], none, here(0));
        let of = [Evidence::OfRepeat("B1".into())];
        check("refunded", 70_000, &of, none, none);
        check("partial_refund", 40_000, &of, none, none);
    }

    #[test]
    fn of_a_surplus_that_was_sent_back_what_is_left_is_at_risk() {
        let day = crate::domain::Day::of_ms(0);
        let over = Evidence::AmountDiffers(Vnd::new(70_000), Vnd::new(79_000));
        let back = Evidence::SurplusBack("R1".into(), day, Vnd::new(4_000));
        let seen = [over, back];
        check("overpaid", 79_000, &seen, at_money(4_000), here(4_000));
        // what is late is at risk as ever
        check("late", 79_000, &seen[1..], here(79_000), here(79_000));
        let none = AtRisk::AtMoney(None);
        let of = |rest: i64| [Evidence::OfSurplus("V1".into(), Vnd::new(rest))];
        check("partial_refund", 5_000, &of(0), none, none);
        check("partial_refund", 15_000, &of(6_000), none, here(6_000));
    }

    #[test]
    fn what_is_still_due_is_known_under_any_class() {
        let code = crate::domain::DossierCode::parse("H48.18.22-221205-0001").ok();
        let source = SourceName::new("bank");
        let fee = RowKey {
            side: Side::Fee,
            dossier: code,
            ..RowKey::txn(&source, "F1")
        };
        let (due, paid) = (Vnd::new(300_000), Vnd::new(250_000));
        let seen = [
            Evidence::AccountOf("H48.18.21".into(), "H48.18.22".into()),
            Evidence::AmountDiffers(due, paid),
        ];
        let of = |class: &str, also: &[&str], key: &RowKey, seen: &[Evidence]| {
            still_due((class, also), key, due, seen).map(Vnd::get)
        };
        assert_eq!(of("underpaid", &[], &fee, &seen), Some(50_000));
        assert_eq!(
            of("wrong_agency", &["underpaid"], &fee, &seen),
            Some(50_000)
        );
        assert_eq!(of("wrong_agency", &[], &fee, &seen), None);
        // kept by an older program: what it did not see it does not tell
        assert_eq!(of("wrong_agency", &["partial"], &fee, &seen[..1]), None);
        assert_eq!(of("partial", &[], &fee, &[]), Some(300_000));
        assert_eq!(of("reversed", &[], &fee, &[]), Some(300_000));
        let money = RowKey::txn(&source, "1");
        assert_eq!(of("underpaid", &[], &money, &seen), None);
    }

    #[test]
    fn what_stands_alone_is_at_risk_as_a_whole() {
        for class in [
            "missing_payment",
            "unidentified",
            "unlinked_refund",
            "reject",
        ] {
            check(class, 70_000, &[], here(70_000), here(70_000));
        }
        // no line is known that it could differ from
        let nowhere = [Evidence::NoSuchLine("7".into())];
        check(
            "receipt_mismatch",
            50_000,
            &nowhere,
            AtRisk::AtMoney(None),
            here(50_000),
        );
    }
}
