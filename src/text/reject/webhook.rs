//! PURE: what a person reads of a webhook that is no evidence: whose it is, or what its file lacks.

use super::Cell;
use crate::domain::{RejectCode, Text};

/// The fields by which providers name the merchant.
const MERCHANTS: [&str; 3] = ["vnp_TmnCode", "partnerCode", "app_id"];

/// A webhook of another merchant: what is wrong, what to do.
const OTHER_MERCHANT: [Text; 2] = [
    Text {
        vi: "chữ ký đúng, nhưng đây là bản tin của đơn vị (merchant) khác",
        en: "the signature is right, but the message is for another merchant",
    },
    Text {
        vi: "Nội dung không được dùng. So mã đơn vị trong cấu hình (tmn_code, partner_code, app_id) với mã nhà cung cấp \
             đã cấp; nếu đúng, báo bên nhận webhook để bản tin này được ghi vào thư mục của đơn vị kia.",
        en: "Nothing of it is used. Compare the merchant in the configuration (tmn_code, partner_code, app_id) with the one \
             that the provider gave you; if it is right, have the receiver write the message into the other one's folder.",
    },
];

/// A file that is no webhook as it came.
const NOT_AS_IT_CAME: [Text; 2] = [
    Text {
        vi: "tệp không giữ bản tin đúng như đã nhận",
        en: "the file does not hold the message as it came",
    },
    Text {
        vi: "Đề nghị bên nhận webhook ghi body và query là chữ, đúng nguyên văn đã nhận, không phải đối tượng JSON \
             (docs/PUSH.md), rồi chạy lại.",
        en: "Have the receiver write body and query as texts, exactly as they came, not as JSON objects (docs/PUSH.md), \
             then run again.",
    },
];

/// The texts of a webhook; none for other rows.
pub(super) fn texts(cell: &Cell<'_>) -> Option<[Text; 2]> {
    let is_member = matches!(cell.column, "body" | "query" | "JSON" | "UTF-8");
    match cell.code {
        RejectCode::Unverified if MERCHANTS.contains(&cell.column) => Some(OTHER_MERCHANT),
        RejectCode::BadRecord if cell.value.is_empty() && is_member => Some(NOT_AS_IT_CAME),
        _ => None,
    }
}
