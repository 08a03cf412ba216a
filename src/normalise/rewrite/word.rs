//! PURE: a word of a closed list as offices write it -> the word of our files.

use super::Forms;
use crate::normalise::dossier::usual_kind;
use crate::normalise::memo::fold_name;
use crate::source::registry::FileKind;

/// Usual words by column.
const USUAL: &[(&str, &str, &str)] = &[
    ("status", "DA THANH TOAN", "paid"),
    ("status", "CHO THANH TOAN", "pending"),
    ("status", "CHUA THANH TOAN", "unpaid"),
    ("status", "DA HOAN PHI", "refunded"),
    ("status", "HUY THANH TOAN", "cancelled"),
    ("status", "DA HUY", "cancelled"),
    ("status", "HOP LE", "valid"),
    ("status", "DA THAY THE", "replaced"),
    ("declared_method", "TIEN MAT", "cash"),
    ("declared_method", "CHUYEN KHOAN", "transfer"),
    ("declared_method", "QUET MA QR", "qr"),
    ("declared_method", "VI DIEN TU", "wallet"),
    ("declared_method", "VIETTELPAY", "wallet"),
    ("declared_method", "THE", "card"),
    ("declared_method", "TRUC TUYEN", "portal"),
    ("declared_method", "KEYPAYDVCQG", "portal"),
    ("declared_method", "PAYGOV", "portal"),
    ("declared_method", "BUU CHINH", "post"),
    ("collection_mode", "THU TRUOC", "before"),
    ("collection_mode", "THU SAU", "after"),
    ("collection_mode", "DOI TUONG MIEN PHI", "exempt"),
    ("collection_mode", "PHI 0 DONG", "zero"),
    ("filing_channel", "TRUC TIEP", "1"),
    ("filing_channel", "TRUC TUYEN", "2"),
    ("filing_channel", "BUU CHINH CONG ICH", "3"),
    ("online_payment_flag", "CO", "true"),
    ("online_payment_flag", "TRUE", "true"),
    ("online_payment_flag", "X", "true"),
    ("online_payment_flag", "KHONG", "false"),
    ("online_payment_flag", "FALSE", "false"),
];

/// A word of a closed list: the office's own first, then the usual ones.
pub(super) fn of(column: &str, raw: &str, forms: &Forms<'_>) -> Option<String> {
    let folded = fold_name(raw);
    let begin = format!("{column}_");
    let own = forms.words.told().find_map(|key| {
        let word = key.strip_prefix(&begin)?;
        let mut own = forms.words.texts(key).iter();
        own.any(|text| fold_name(text) == folded).then_some(word)
    });
    if let Some(own) = own {
        return Some(own.to_owned());
    }
    if column == "fee_kind" {
        return usual_kind(raw).map(|kind| kind.id().to_owned());
    }
    if (forms.kind, column, &*folded) == (FileKind::CashReceipts, "status", "DA HUY") {
        return Some("void".to_owned());
    }
    let usual = USUAL
        .iter()
        .find(|(of, text, _)| *of == column && *text == folded);
    usual.map(|(_, _, word)| (*word).to_owned())
}
