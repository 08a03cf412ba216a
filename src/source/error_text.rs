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
    "Không có ngày nào lớn như vậy: hỏi nhà cung cấp. Nếu đúng là lớn như vậy, tăng bytes_max của nguồn.",
    "No day is that large: ask the provider. If it really is, raise the source's bytes_max.",
);

/// What to do about a code of an order that nobody documents, Vietnamese and English.
const ORDER_CODE_FIX: (&str, &str) = (
    "Lệnh này chưa có câu trả lời; các lệnh khác vẫn được hỏi. Hỏi nhà cung cấp mã này nghĩa là gì; \
     nếu là \"không có giao dịch\", ghi mã đó vào not_found trong doisoat.toml.",
    "This order has no answer; the others were asked about. Ask the provider what the code means; \
     if it is \"no such order\", write it under not_found in doisoat.toml.",
);

/// What to do about orders whose answers cannot be used.
const UNUSABLE_FIX: (&str, &str) = (
    "Các lệnh này sẽ được hỏi lại vào đêm sau, sau những lệnh khác. Nếu lặp lại, hỏi nhà cung cấp về mã đó.",
    "They are asked about again the next night, after the others. If it happens again, ask the provider about it.",
);

/// What to do about orders that were not asked about.
const NOT_ASKABLE_FIX: (&str, &str) = (
    "Cho hệ thống một cửa xuất order_id đúng như đã gửi cho nguồn (ViettelPay và KeyPay: không quá \
     20 ký tự).",
    "Let the one-stop system export order_id exactly as it was sent to the source (ViettelPay and \
     KeyPay: at most 20 characters).",
);

/// What to do about a certificate.
const TLS_FIX: (&str, &str) = (
    "Kiểm tra base_url và đồng hồ máy; chứng thư của đơn vị cấp riêng được khai báo bằng ca_file. Không thể tắt việc kiểm tra.",
    "Check base_url and the machine's clock; a private certificate authority is named with ca_file. Checking cannot be turned off.",
);

/// What to do about an address that may not be called.
const NOT_ALLOWED_FIX: (&str, &str) = (
    "Sửa base_url trong doisoat.toml; http chỉ được dùng tới máy này và khi có allow_loopback = true.",
    "Correct base_url in doisoat.toml; http is for this machine only, with allow_loopback = true.",
);

/// What to do about a listing that cannot be read from id to id.
const NEWEST_FIRST_FIX: (&str, &str) = (
    "Không dòng nào của ngày này được dùng. Trong [source.request.query] yêu cầu nguồn xếp dòng cũ nhất \
     trước, hoặc đổi style trong [source.paging] thành page, offset hay window.",
    "None of the day's rows is used. Ask for the oldest first in [source.request.query], or write another \
     style in [source.paging]: page, offset or window.",
);

/// What to do about a second page that is the first.
const SAME_PAGE_FIX: (&str, &str) = (
    "Không dòng nào của ngày này được dùng. Kiểm tra tên tham số của trang trong [source.request] với tài liệu của nguồn; \
     nếu đúng, cho biết trang cuối bằng next, last, more hoặc total trong [source.paging].",
    "None of the day's rows is used. Check the page's parameter in [source.request] against the source's documentation; \
     if it is right, say where the end is by next, last, more or total in [source.paging].",
);

/// What to do about parts of a day that do not hold the whole.
const OUT_OF_PARTS_FIX: (&str, &str) = (
    "Không dòng nào của ngày này được dùng. Nếu nguồn không tính mốc cuối, viết {until:time} thay cho {to:time} trong \
     [source.request]; nếu lặp lại, hỏi nhà cung cấp cách nguồn hiểu hai mốc thời gian.",
    "None of the day's rows is used. Where the source does not count the end in, write {until:time} for {to:time} in \
     [source.request]; if it happens again, ask the provider how it understands the two times.",
);

/// What to do about an end that is too coarse.
const FRACTIONS_FIX: (&str, &str) = (
    "Không dòng nào của ngày này được dùng. Viết {until:time} (hoặc {to:ms}, {to:utc}) làm mốc cuối trong [source.request].",
    "None of the day's rows is used. Write {until:time} (or {to:ms}, {to:utc}) as the end in [source.request].",
);

/// What to do about a day of which rows are missing.
const INCOMPLETE_FIX: (&str, &str) = (
    "Ngày này được coi là chưa đủ và không dòng nào được dùng; đêm sau sẽ đọc lại. Nếu lặp lại, hỏi nhà cung cấp.",
    "The day counts as incomplete and none of its rows is used; the next night reads it again. If it happens again, ask the provider.",
);

/// What to do about our own archive.
const ARCHIVE_FIX: (&str, &str) = (
    "Kiểm tra dung lượng đĩa và quyền ghi của thư mục lưu trữ, rồi chạy lại.",
    "Check free space and write permission of the archive folder, then run again.",
);

impl SourceError {
    /// What happened.
    pub fn what(&self, lang: Lang) -> String {
        match self {
            Self::Refused {
                status,
                inside: true,
                ..
            } => pick!(lang,
                vi: "nguồn không chấp nhận thông tin xác thực của chúng ta (mã {status} trong câu trả lời)",
                en: "the source does not accept our credentials (code {status} inside the answer)"),
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
            Self::Unusable {
                orders,
                order,
                why,
                ended,
            } => unusable((*orders, order), (why, *ended), lang),
            Self::Archive { detail } => pick!(lang,
                vi: "không lưu được dữ liệu gốc: {detail}",
                en: "the raw bytes could not be kept: {detail}"),
        }
    }

    /// The same error with a word where its text names an address or a host.
    pub(super) fn without_address(&self, lang: Lang) -> Self {
        let mut plain = self.clone();
        let see_log = || pick!(lang, vi: "xem nhật ký", en: "see the log").into();
        match &mut plain {
            Self::Redirect { to, .. } => {
                *to = pick!(lang, vi: "địa chỉ khác", en: "another address").into();
            }
            Self::Tls { detail, .. } | Self::NotAllowed { detail, .. } => *detail = see_log(),
            Self::Unusable { why, .. } => **why = why.without_address(lang),
            _ => {}
        }
        plain
    }

    /// What to do.
    pub fn fix(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::Refused { .. } => (
                "Kiểm tra thông tin truy cập của nguồn này trong doisoat.toml (token, client_secret hoặc \
                 password: đã hết hạn hoặc bị thu hồi?), rồi chạy `doisoat check`.",
                "Check this source's credentials in doisoat.toml (token, client_secret or password: expired or withdrawn?), then run `doisoat check`.",
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
                "Ngày và lệnh thanh toán đã đọc đủ vẫn được dùng; đêm sau sẽ đọc lại phần còn thiếu. Nếu lặp lại, tăng source_deadline.",
                "Days and orders read in full are used; the next night reads what is missing. If it happens again, raise source_deadline.",
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
            Self::Unusable { why, .. } => match &**why {
                Self::Exhausted {
                    last: Fault::ErrorInside(_) | Fault::Body(_),
                    ..
                } => UNUSABLE_FIX,
                other => return other.fix(lang),
            },
            Self::ComeBackLater { .. } | Self::Exhausted { .. } => (
                "Ngày và lệnh thanh toán đã đọc đủ vẫn được dùng. Chạy lại sau; nếu lặp lại, hỏi nhà cung cấp.",
                "Days and orders read in full are used. Run again later; if it happens again, ask the provider.",
            ),
            Self::Tls { .. } => TLS_FIX,
            Self::NotAllowed { .. } => NOT_ALLOWED_FIX,
            Self::Incomplete { gap, .. } => gap_fix(*gap),
            Self::Archive { .. } => ARCHIVE_FIX,
        };
        match lang {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

/// Orders whose answers cannot be used.
fn unusable(
    (orders, order): (u64, &str),
    (why, ended): (&SourceError, bool),
    lang: Lang,
) -> String {
    let why = why.what(lang);
    let mut text = pick!(lang,
        vi: "{orders} lệnh thanh toán chưa có câu trả lời dùng được (đầu tiên {order}); lần cuối: {why}",
        en: "orders without a usable answer: {orders} (the first is {order}); the last one: {why}");
    if ended {
        text.push_str(&pick!(lang,
            vi: "; nhiều lệnh liên tiếp như vậy nên đêm nay không hỏi nguồn này nữa",
            en: "; so many in a row that the source is not asked any more tonight"));
    }
    text
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
        SignatureFault::OtherRequest => pick!(lang,
            vi: "câu trả lời là của một lần hỏi khác",
            en: "the answer is to another request than the one sent"),
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
        Gap::NoEnd { answers } => pick!(lang,
            vi: "đã đọc {answers} câu trả lời mà danh sách của nguồn vẫn chưa hết",
            en: "{answers} answers and still no end of the source's list"),
        Gap::SamePage => pick!(lang,
            vi: "trang thứ hai lặp lại trang đầu: nguồn có thể không đọc số trang được hỏi, và các dòng sau \
                 trang đầu chưa được thấy",
            en: "the second page is the first once more: the source may not read which page is asked for, and \
                 what follows the first was not seen"),
        Gap::FullSecond => pick!(lang,
            vi: "câu trả lời cho một giây đã đầy: có thể còn dòng nữa trong giây ấy",
            en: "the answer about a single second is full: that second may hold more rows"),
        Gap::OutOfParts { rows } => pick!(lang,
            vi: "số dòng của một câu trả lời đầy mà không phần nhỏ nào của khoảng thời gian ấy có: {rows}",
            en: "rows of a full answer that none of its parts holds: {rows}"),
        Gap::Fractions => pick!(lang,
            vi: "nguồn ghi giờ đến phần của giây, còn mốc cuối được hỏi là giây chẵn: giây cuối của ngày bị cắt",
            en: "the source tells fractions of a second, and the end that is asked for is a whole second: the \
                 last second of the day is cut"),
        Gap::Moved => pick!(lang,
            vi: "danh sách của nguồn thay đổi trong khi đọc",
            en: "the source's list moved while it was read"),
        Gap::Repeated { rows } => pick!(lang,
            vi: "{rows} dòng có ở hai trang, nên chừng ấy dòng khác không có ở trang nào: nguồn không giữ một thứ tự",
            en: "{rows} rows stood on two pages, so as many others stood on none: the source keeps no fixed order"),
        Gap::NewestFirst => pick!(lang,
            vi: "một câu trả lời đầy có dòng mới nhất đứng đầu, và sau dòng ấy không còn gì: nguồn xếp dòng \
                 mới nhất trước nên style = \"since\" không đọc được các dòng cũ hơn",
            en: "a full answer has its newest row first and nothing follows that row: the source lists the \
                 newest first, so style = \"since\" never reads what is older"),
    }
}

fn gap_fix(gap: Gap) -> (&'static str, &'static str) {
    match gap {
        Gap::NewestFirst => NEWEST_FIRST_FIX,
        Gap::SamePage => SAME_PAGE_FIX,
        Gap::OutOfParts { .. } => OUT_OF_PARTS_FIX,
        Gap::Fractions => FRACTIONS_FIX,
        Gap::Short { .. }
        | Gap::Loop
        | Gap::Endless
        | Gap::NoEnd { .. }
        | Gap::FullSecond
        | Gap::Moved
        | Gap::Repeated { .. } => INCOMPLETE_FIX,
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
mod tests;
