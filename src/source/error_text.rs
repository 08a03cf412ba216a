//! The texts of [`SourceError`], Vietnamese and English side by side.

use super::error::{BodyFault, Fault, Gap, SignatureFault, SourceError};
use crate::domain::Lang;

/// Chooses the language of a formatted text.
macro_rules! pick {
    ($lang:expr, vi: $vi:literal, en: $en:literal $(,)?) => {
        match $lang {
            Lang::Vi => format!($vi),
            Lang::En => format!($en),
        }
    };
}

/// What to do about an answer without end, Vietnamese and English.
const NIGHT_OVER_FIX: (&str, &str) = (
    "Báo cáo dùng những gì đã lấy được; đêm sau sẽ đọc lại phần còn thiếu. Nếu lặp lại, chạy sớm hơn ([schedule] cron).",
    "The report stands on what had come; the next night reads what is missing. If it happens again, start earlier ([schedule] cron).",
);
const TOO_LARGE_FIX: (&str, &str) = (
    "Không có ngày nào lớn như vậy: hỏi nhà cung cấp.",
    "No day is that large: ask the provider.",
);

/// What to do about a code of an order that nobody documents, Vietnamese and English.
const ORDER_CODE_FIX: (&str, &str) = (
    "Lệnh này chưa có câu trả lời; các lệnh khác vẫn được hỏi. Hỏi nhà cung cấp mã này nghĩa là gì; \
     nếu là \"không có giao dịch\", ghi mã đó vào not_found trong doisoat.toml.",
    "This order has no answer; the others were asked about. Ask the provider what the code means; \
     if it is \"no such order\", write it under not_found in doisoat.toml.",
);

/// What to do about orders that were not asked about.
const NOT_ASKABLE_FIX: (&str, &str) = (
    "Cho hệ thống một cửa xuất order_id đúng như đã gửi cho nguồn (ViettelPay và KeyPay: không quá \
     20 ký tự).",
    "Let the one-stop system export order_id exactly as it was sent to the source (ViettelPay and \
     KeyPay: at most 20 characters).",
);

impl SourceError {
    /// What happened.
    pub fn what(&self, lang: Lang) -> String {
        match self {
            Self::Refused { status, .. } => pick!(lang,
                vi: "nguồn không chấp nhận thông tin xác thực của chúng ta (HTTP {status})",
                en: "the source does not accept our credentials (HTTP {status})"),
            Self::RefusedByCode { code, .. } => pick!(lang,
                vi: "nguồn không chấp nhận mã đơn vị hoặc chữ ký của chúng ta (mã {code})",
                en: "the source does not accept our merchant code or our signature (code {code})"),
            Self::Signature { why, .. } => signature_fault(*why, lang),
            Self::NotFound { .. } => pick!(lang,
                vi: "không có địa chỉ này tại nguồn (HTTP 404); đây không phải là một ngày trống",
                en: "the source has no such address (HTTP 404); this is not an empty day"),
            Self::Rejected { status, .. } => pick!(lang,
                vi: "nguồn từ chối yêu cầu (HTTP {status})",
                en: "the source rejects the request (HTTP {status})"),
            Self::Redirect { status, to, .. } => pick!(lang,
                vi: "nguồn chuyển hướng (HTTP {status}) sang {to}; không đi theo chuyển hướng",
                en: "the source redirects (HTTP {status}) to {to}; redirects are never followed"),
            Self::TooLarge { bytes_max, .. } => pick!(lang,
                vi: "câu trả lời lớn hơn {bytes_max} byte",
                en: "the answer is larger than {bytes_max} bytes"),
            Self::NightOver { time, .. } => pick!(lang,
                vi: "đã đến {time}, giờ chót của đêm ([schedule] deadline): ngừng lấy dữ liệu",
                en: "it is {time}, the night's deadline ([schedule] deadline): the pull was cut"),
            Self::Deadline { seconds, .. } => pick!(lang,
                vi: "hết {seconds} giây dành cho nguồn này",
                en: "the {seconds} seconds for this source are used up"),
            Self::ComeBackLater { seconds, .. } => pick!(lang,
                vi: "nguồn yêu cầu chờ {seconds} giây, lâu hơn mức được phép chờ",
                en: "the source asks us to wait {seconds} seconds, longer than we may wait"),
            Self::Exhausted { attempts, last, .. } => {
                let last = fault(last, lang);
                pick!(lang,
                    vi: "cả {attempts} lần thử đều hỏng; lần cuối: {last}",
                    en: "all {attempts} attempts failed; the last one: {last}")
            }
            Self::Tls { detail, .. } => pick!(lang,
                vi: "kết nối TLS không được chấp nhận ({detail}); chưa gửi gì đi",
                en: "the TLS connection is not acceptable ({detail}); nothing was sent"),
            Self::NotAllowed { detail, .. } => pick!(lang,
                vi: "địa chỉ không được phép gọi: {detail}",
                en: "this address may not be called: {detail}"),
            Self::Incomplete { gap, .. } => gap_text(*gap, lang),
            Self::NotAskable { orders, .. } => pick!(lang,
                vi: "không hỏi được {orders} lệnh thanh toán: nguồn không nhận mã lệnh như vậy, hoặc cắt ngắn nó, \
                     nên câu trả lời có thể là của lệnh khác",
                en: "{orders} orders were not asked about: the source takes no such order id, or cuts it, so that \
                     an answer could be about another order"),
            Self::Archive { detail } => pick!(lang,
                vi: "không lưu được dữ liệu gốc: {detail}",
                en: "the raw bytes could not be kept: {detail}"),
        }
    }

    /// What to do.
    pub fn fix(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::Refused { .. } => (
                "Kiểm tra mã truy cập của nguồn này trong doisoat.toml (đã hết hạn hoặc bị thu hồi?), rồi chạy `doisoat check`.",
                "Check this source's token in doisoat.toml (expired or withdrawn?), then run `doisoat check`.",
            ),
            Self::RefusedByCode { .. } => (
                "Kiểm tra mã đơn vị và các khóa của nguồn này trong doisoat.toml với nhà cung cấp, rồi chạy `doisoat check`.",
                "Check this source's merchant code and keys in doisoat.toml with the provider, then run `doisoat check`.",
            ),
            Self::Signature { .. } => (
                "Không dòng nào của lần lấy này được dùng. Kiểm tra các khóa của nguồn này trong doisoat.toml; nếu đúng, \
                 báo cho nhà cung cấp: có người có thể đã sửa câu trả lời.",
                "No row of this pull is used. Check the keys of this source in doisoat.toml; if they are right, \
                 tell the provider: somebody may have altered the answer.",
            ),
            Self::NotFound { .. } | Self::Redirect { .. } => (
                "Kiểm tra base_url của nguồn này trong doisoat.toml.",
                "Check this source's base_url in doisoat.toml.",
            ),
            Self::Rejected { .. } => (
                "Kiểm tra account và base_url của nguồn này trong doisoat.toml; nếu đúng, hỏi nhà cung cấp.",
                "Check this source's account and base_url in doisoat.toml; if they are right, ask the provider.",
            ),
            Self::TooLarge { .. } => TOO_LARGE_FIX,
            Self::Deadline { .. } => (
                "Các ngày đã đọc đủ vẫn được dùng; đêm sau sẽ đọc lại phần còn thiếu. Nếu lặp lại, tăng source_deadline.",
                "Days read in full are used; the next night reads what is missing. If it happens again, raise source_deadline.",
            ),
            Self::NightOver { .. } => NIGHT_OVER_FIX,
            Self::Exhausted {
                last: Fault::Body(BodyFault::Empty),
                ..
            } => (
                "Câu trả lời rỗng không phải là một ngày trống. \
                 Có nhà cung cấp (SePay) trả lời như vậy khi không chấp nhận mã truy cập: kiểm tra token, rồi chạy lại.",
                "An empty answer is not an empty day. Some providers (SePay) answer this way when they do not accept the token: check it, then run again.",
            ),
            Self::Exhausted {
                last: Fault::OrderCode(_),
                ..
            } => ORDER_CODE_FIX,
            Self::NotAskable { .. } => NOT_ASKABLE_FIX,
            Self::ComeBackLater { .. } | Self::Exhausted { .. } => (
                "Các ngày đã đọc đủ vẫn được dùng. Chạy lại sau; nếu lặp lại, hỏi nhà cung cấp.",
                "Days read in full are used. Run again later; if it happens again, ask the provider.",
            ),
            Self::Tls { .. } => (
                "Kiểm tra base_url và đồng hồ máy; chứng thư của đơn vị cấp riêng được khai báo bằng ca_file. Không thể tắt việc kiểm tra.",
                "Check base_url and the machine's clock; a private certificate authority is named with ca_file. Checking cannot be turned off.",
            ),
            Self::NotAllowed { .. } => (
                "Sửa base_url trong doisoat.toml; http chỉ được dùng tới máy này và khi có allow_loopback = true.",
                "Correct base_url in doisoat.toml; http is for this machine only, with allow_loopback = true.",
            ),
            Self::Incomplete { .. } => (
                "Ngày này được coi là chưa đủ và không dòng nào được dùng; đêm sau sẽ đọc lại. Nếu lặp lại, hỏi nhà cung cấp.",
                "The day counts as incomplete and none of its rows is used; the next night reads it again. If it happens again, ask the provider.",
            ),
            Self::Archive { .. } => (
                "Kiểm tra dung lượng đĩa và quyền ghi của thư mục lưu trữ, rồi chạy lại.",
                "Check free space and write permission of the archive folder, then run again.",
            ),
        };
        match lang {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

fn signature_fault(why: SignatureFault, lang: Lang) -> String {
    match why {
        SignatureFault::Missing => pick!(lang,
            vi: "câu trả lời không có chữ ký",
            en: "the answer carries no signature"),
        SignatureFault::Wrong => pick!(lang,
            vi: "chữ ký của câu trả lời không đúng",
            en: "the answer's signature does not verify"),
        SignatureFault::OtherOrder => pick!(lang,
            vi: "câu trả lời là của một giao dịch khác với giao dịch được hỏi",
            en: "the answer is about another order than the one asked about"),
        SignatureFault::OtherMerchant => pick!(lang,
            vi: "câu trả lời là của một đơn vị khác",
            en: "the answer is for another merchant"),
    }
}

fn gap_text(gap: Gap, lang: Lang) -> String {
    match gap {
        Gap::Short { expected, got } => pick!(lang,
            vi: "nguồn báo có {expected} dòng nhưng chỉ giao {got}",
            en: "the source counts {expected} rows but delivered {got}"),
        Gap::Loop => pick!(lang,
            vi: "nguồn giao mãi cùng một trang",
            en: "the source delivers the same page again and again"),
        Gap::Endless => pick!(lang,
            vi: "nguồn giao nhiều trang hơn số dòng nó báo",
            en: "the source delivers more pages than its own total allows"),
        Gap::Moved => pick!(lang,
            vi: "danh sách của nguồn thay đổi trong khi đọc",
            en: "the source's list moved while it was read"),
    }
}

/// One attempt's fault.
fn fault(fault: &Fault, lang: Lang) -> String {
    match fault {
        Fault::Connect => pick!(lang, vi: "không kết nối được", en: "no connection"),
        Fault::Broken => pick!(lang, vi: "kết nối bị đứt giữa chừng", en: "the connection broke"),
        Fault::Timeout => {
            pick!(lang, vi: "quá thời hạn chờ", en: "no complete answer in time")
        }
        Fault::Status(status) => pick!(lang, vi: "HTTP {status}", en: "HTTP {status}"),
        Fault::ErrorInside(code) => pick!(lang,
            vi: "HTTP 200 nhưng bên trong báo lỗi {code}",
            en: "HTTP 200 with error {code} inside"),
        Fault::OrderCode(code) => pick!(lang,
            vi: "nguồn trả lời về lệnh này bằng mã {code} không có trong tài liệu",
            en: "the source answers about this order with code {code}, which nobody documents"),
        Fault::Body(why) => body_fault(why, lang),
    }
}

fn body_fault(why: &BodyFault, lang: Lang) -> String {
    match why {
        BodyFault::Empty => pick!(lang,
            vi: "câu trả lời rỗng với trạng thái thành công",
            en: "an empty body with a success status"),
        BodyFault::Html => {
            pick!(lang, vi: "một trang web thay cho dữ liệu", en: "a web page instead of data")
        }
        BodyFault::NotUtf8 => {
            pick!(lang, vi: "dữ liệu không phải UTF-8", en: "a body that is not UTF-8")
        }
        BodyFault::Truncated => {
            pick!(lang, vi: "JSON bị cắt giữa chừng", en: "JSON that ends in the middle")
        }
        BodyFault::NotJson { line, column } => pick!(lang,
            vi: "không phải JSON, dòng {line} cột {column}",
            en: "not JSON at line {line} column {column}"),
        BodyFault::TooDeep => {
            pick!(lang, vi: "JSON lồng quá sâu", en: "JSON nested too deep")
        }
        BodyFault::DuplicateKey(key) => pick!(lang,
            vi: "khóa \"{key}\" có hai lần trong một bản ghi",
            en: "the key \"{key}\" stands twice in one record"),
        BodyFault::Shape(missing) => pick!(lang,
            vi: "JSON không đúng dạng tài liệu: thiếu {missing}",
            en: "JSON of another form than documented: {missing} is missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<SourceError> {
        let at = || -> Box<str> { "sepay-main: GET https://my.sepay.vn/x".into() };
        let exhausted = |last| SourceError::Exhausted {
            at: at(),
            attempts: 5,
            last,
        };
        let mut all = vec![
            SourceError::Refused {
                at: at(),
                status: 401,
            },
            SourceError::RefusedByCode {
                at: at(),
                code: "97".into(),
            },
            SourceError::NotFound { at: at() },
            SourceError::Rejected {
                at: at(),
                status: 400,
            },
            SourceError::Redirect {
                at: at(),
                status: 302,
                to: "https://x".into(),
            },
            SourceError::TooLarge {
                at: at(),
                bytes_max: 1,
            },
            SourceError::Deadline {
                at: at(),
                seconds: 900,
            },
            SourceError::ComeBackLater {
                at: at(),
                seconds: 86_400,
            },
            SourceError::Tls {
                at: at(),
                detail: "x".into(),
            },
            SourceError::NotAllowed {
                at: at(),
                detail: "x".into(),
            },
            SourceError::NotAskable {
                at: at(),
                orders: 3,
            },
            SourceError::Archive { detail: "x".into() },
        ];
        for why in [
            SignatureFault::Missing,
            SignatureFault::Wrong,
            SignatureFault::OtherOrder,
            SignatureFault::OtherMerchant,
        ] {
            all.push(SourceError::Signature { at: at(), why });
        }
        for gap in [
            Gap::Short {
                expected: 9,
                got: 7,
            },
            Gap::Loop,
            Gap::Endless,
            Gap::Moved,
        ] {
            all.push(SourceError::Incomplete { at: at(), gap });
        }
        let body = Fault::Body;
        all.extend(
            [
                Fault::Connect,
                Fault::Broken,
                Fault::Timeout,
                Fault::Status(503),
                Fault::ErrorInside("500".into()),
                Fault::OrderCode("12".into()),
                body(BodyFault::Empty),
                body(BodyFault::Html),
                body(BodyFault::NotUtf8),
                body(BodyFault::Truncated),
                body(BodyFault::NotJson { line: 1, column: 2 }),
                body(BodyFault::TooDeep),
                body(BodyFault::DuplicateKey("amount".into())),
                body(BodyFault::Shape("data")),
            ]
            .map(exhausted),
        );
        all
    }

    #[test]
    fn every_trouble_says_what_where_and_what_to_do_in_both_languages() {
        let mut texts = std::collections::BTreeSet::new();
        for error in all() {
            let (vi, en) = (error.say(Lang::Vi), error.say(Lang::En));
            assert_ne!(error.fix(Lang::Vi), error.fix(Lang::En), "{error:?}");
            assert!(
                vi.starts_with(error.at()) && en.starts_with(error.at()),
                "{error:?}"
            );
            assert_eq!(
                (vi.matches('\n').count(), en.matches('\n').count()),
                (1, 1),
                "{error:?}"
            );
            assert!(texts.insert(vi) && texts.insert(en), "{error:?}");
        }
    }

    #[test]
    fn finance_staff_read_vietnamese() {
        let say = |index: usize| all()[index].say(Lang::Vi);
        assert_eq!(
            say(0),
            "sepay-main: GET https://my.sepay.vn/x: nguồn không chấp nhận thông tin xác thực của chúng ta (HTTP \
             401)\n  Kiểm tra mã truy cập của nguồn này trong doisoat.toml (đã hết hạn hoặc bị thu hồi?), rồi \
             chạy `doisoat check`."
        );
        let truncated = SourceError::Exhausted {
            at: "casso-1".into(),
            attempts: 5,
            last: Fault::Body(BodyFault::Truncated),
        };
        assert_eq!(
            truncated.say(Lang::Vi),
            "casso-1: cả 5 lần thử đều hỏng; lần cuối: JSON bị cắt giữa chừng\n  Các ngày đã đọc đủ vẫn được \
             dùng. Chạy lại sau; nếu lặp lại, hỏi nhà cung cấp."
        );
    }
}
