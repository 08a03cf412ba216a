//! The grey zones of "without cash": payments that reach the agency's account and yet may be cash.
//! No rule of law decides them, so each is a setting that the report names beside the share.

use serde::Serialize;

use super::day::Day;
use super::fee::words;
use super::fold::fold_name;
use super::txn::{Txn, TxnKind};

words!(
    /// Why a payment is in a grey zone.
    GreyZone {
        /// Cash that a citizen paid in at a bank, into the agency's account.
        BankCash = "bank_cash",
        /// Paid on others' behalf (nộp hộ, thanh toán hộ): a clerk takes cash and transfers it.
        OnBehalf = "on_behalf",
        /// The post collected cash and remits it.
        Post = "post",
    }
);

words!(
    /// How a grey zone counts.
    Treat {
        /// As what it looks like: without cash.
        Cashless = "cashless",
        /// As cash.
        Cash = "cash",
        /// Not at all.
        Out = "out",
    }
);

/// How the payments of one zone are told, and how they count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GreyRule {
    /// The zone.
    pub zone: GreyZone,
    /// How it counts.
    pub treat: Treat,
    /// Words of the memo that tell it: folded, whole words.
    pub words: Vec<Box<str>>,
    /// Names of payers that tell it: folded.
    pub payers: Vec<Box<str>>,
    /// A payer with a name who pays for at least so many dossiers on one day is of the zone; 0:
    /// never.
    pub together: u32,
}

/// The settings of all zones, in the order in which they are asked: the first that tells counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grey {
    /// One a zone.
    pub rules: Vec<GreyRule>,
}

impl Default for Grey {
    /// Every zone counts as without cash, as the figures did before anybody set it.
    fn default() -> Self {
        let rule = |zone, words: &[&str], together| GreyRule {
            zone,
            treat: Treat::Cashless,
            words: words.iter().map(|word| (*word).into()).collect(),
            payers: Vec::new(),
            together,
        };
        Self {
            rules: vec![
                rule(
                    GreyZone::Post,
                    &["BUU DIEN", "BUU CHINH", "VNPOST", "BCCI"],
                    0,
                ),
                rule(
                    GreyZone::BankCash,
                    &["NOP TIEN MAT", "NOP TM", "CASH DEPOSIT"],
                    0,
                ),
                rule(
                    GreyZone::OnBehalf,
                    &["NOP HO", "THANH TOAN HO", "TT HO", "CHUYEN HO"],
                    10,
                ),
            ],
        }
    }
}

impl Grey {
    /// The rule of a zone.
    pub fn rule(&self, zone: GreyZone) -> Option<&GreyRule> {
        self.rules.iter().find(|rule| rule.zone == zone)
    }

    /// True when some zone counts as another thing than it looks like.
    pub fn changes(&self) -> bool {
        self.rules.iter().any(|rule| rule.treat != Treat::Cashless)
    }

    /// True when some zone is told by how many dossiers a payer pays for.
    pub fn counts_dossiers(&self) -> bool {
        self.rules.iter().any(|rule| rule.together > 0)
    }

    /// The zone of a payment whose payer paid for so many dossiers on its day.
    pub fn zone(&self, txn: &Txn, together: usize) -> Option<GreyZone> {
        if txn.kind != TxnKind::Payment {
            return None;
        }
        let memo = spaced(&txn.memo);
        let payer = fold_name(&txn.payer);
        let told = |rule: &&GreyRule| {
            let mut words = rule.words.iter();
            let mut payers = rule.payers.iter();
            let many = usize::try_from(rule.together).unwrap_or(usize::MAX);
            words.any(|word| says(&memo, &spaced(word)))
                || payers.any(|name| !payer.is_empty() && payer == fold_name(name))
                || (many > 0 && together >= many)
        };
        self.rules.iter().find(told).map(|rule| rule.zone)
    }
}

/// A payer on a day, where it has a name: who pays for many dossiers at once.
pub fn payer_on(txn: &Txn) -> Option<(String, Day)> {
    let payer = fold_name(&txn.payer);
    (!payer.is_empty()).then_some((payer, txn.paid_on))
}

/// The memo says the words; `NOP HO SO` (to file a dossier) does not say `NOP HO`.
fn says(memo: &str, words: &str) -> bool {
    let mut at = memo.match_indices(words);
    at.any(|(i, _)| {
        let next = memo.get(i + words.len()..).unwrap_or("");
        !(words.ends_with(" HO ") && next.starts_with("SO "))
    })
}

/// A folded text with a blank around each word.
fn spaced(text: &str) -> String {
    format!(" {} ", fold_name(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instrument, Moment, SourceName, TxnStatus, Vnd};

    fn txn(memo: &str, payer: &str) -> Txn {
        let paid_at = Moment::of_ms(0);
        Txn {
            status_word: None,
            source: SourceName::new("bank"),
            id: "1".into(),
            order_ref: None,
            memo: memo.into(),
            amount: Vnd::new(8_000),
            fee: Vnd::ZERO,
            net: Vnd::new(8_000),
            paid_on: paid_at.day(),
            business_date: paid_at.day(),
            paid_at,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: payer.into(),
            account: None,
            bank_ref: None,
            instrument: Instrument::Transfer,
            spot: crate::domain::Aside::default(),
        }
    }

    #[test]
    fn a_zone_is_told_by_words_names_or_number() {
        let mut grey = Grey::default();
        grey.rules[2].payers.push("Nguyễn Văn A".into());
        let check = |memo: &str, payer: &str, together: usize, zone: Option<GreyZone>| {
            let found = grey.zone(&txn(memo, payer), together);
            assert_eq!(found, zone, "{memo} {payer} {together}");
        };
        check("nộp tiền mặt hồ sơ 0001", "", 1, Some(GreyZone::BankCash));
        check("khong dung tien mat", "", 1, None);
        check("BUU DIEN HUYEN MO DUC CHUYEN", "", 1, Some(GreyZone::Post));
        check("NGUYEN VAN B nop ho", "", 1, Some(GreyZone::OnBehalf));
        check("NOP HO SO 0001", "", 1, None);
        check("0001", "NGUYEN VAN A", 1, Some(GreyZone::OnBehalf));
        check("0001", "NGUYEN VAN B", 9, None);
        check("0001", "NGUYEN VAN B", 10, Some(GreyZone::OnBehalf));
    }
}
