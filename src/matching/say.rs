//! The sentences that stand beside nearly every link, written without a text in between. Their
//! words stand here once: [`Evidence::say`] uses them too.

use crate::domain::vnd::write_grouped;
use crate::domain::{Lang, Text};

use super::evidence::Evidence;

/// Before the code of [`Evidence::OrderRef`].
pub(super) const ORDER_REF: Text = Text {
    vi: "mã tham chiếu trỏ tới hồ sơ ",
    en: "the reference points to dossier ",
};
/// Before the code of [`Evidence::MemoIsCode`].
pub(super) const MEMO_IS_CODE: Text = Text {
    vi: "nội dung là đúng mã hồ sơ ",
    en: "the memo is exactly the dossier code ",
};
/// Before the code of [`Evidence::MemoHolds`].
pub(super) const MEMO_HOLDS: Text = Text {
    vi: "nội dung có mã hồ sơ ",
    en: "the memo holds the dossier code ",
};
/// Before the code of [`Evidence::ReceiptNames`].
pub(super) const RECEIPT_NAMES: Text = Text {
    vi: "biên lai ghi hồ sơ ",
    en: "the receipt names dossier ",
};
/// Before the amount of [`Evidence::AmountFits`].
pub(super) const AMOUNT_FITS: Text = Text {
    vi: "số tiền khớp ",
    en: "the amount fits: ",
};

impl Evidence {
    /// Writes the sentence behind what stands in `out`.
    pub fn say_to(&self, lang: Lang, out: &mut String) {
        let (words, code) = match self {
            Self::OrderRef(code) => (ORDER_REF, code),
            Self::MemoIsCode(code) => (MEMO_IS_CODE, code),
            Self::MemoHolds(code) => (MEMO_HOLDS, code),
            Self::ReceiptNames(code) => (RECEIPT_NAMES, code),
            Self::AmountFits(amount) => {
                out.push_str(AMOUNT_FITS.get(lang));
                let (mark, unit) = match lang {
                    Lang::Vi => ('.', " đồng"),
                    Lang::En => (',', " dong"),
                };
                write_grouped(amount.wide(), mark, out);
                out.push_str(unit);
                return;
            }
            other => {
                out.push_str(&other.say(lang));
                return;
            }
        };
        out.push_str(words.get(lang));
        out.push_str(code.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DossierCode, Vnd};

    #[test]
    fn what_is_written_is_what_is_said() {
        let code = || DossierCode::parse("H48.18.22-221202-0001").unwrap();
        let all = [
            Evidence::OrderRef(code()),
            Evidence::MemoIsCode(code()),
            Evidence::MemoHolds(code()),
            Evidence::ReceiptNames(code()),
            Evidence::AmountFits(Vnd::new(1_250_000)),
            Evidence::AmountFits(Vnd::new(-7)),
            Evidence::NoMoney,
        ];
        for evidence in all {
            for lang in [Lang::Vi, Lang::En] {
                let mut out = "x".to_owned();
                evidence.say_to(lang, &mut out);
                assert_eq!(out, format!("x{}", evidence.say(lang)));
            }
        }
    }
}
