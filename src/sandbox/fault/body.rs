//! Faults of the body: cut, empty, in another encoding, or something else altogether.

use super::{BodyAct, gzip};
use crate::sandbox::wire::Reply;

/// Nested arrays of `deep_json`.
const DEPTH: usize = 100_000;

/// The right answer, spoiled.
pub(crate) fn spoil(act: BodyAct, reply: Reply) -> Reply {
    let half = reply.body.len() / 2;
    let with_body = |body: Vec<u8>| Reply {
        body,
        ..reply.clone()
    };
    let encoded = |body: Vec<u8>| with_body(body).with("Content-Encoding", "gzip");
    match act {
        BodyAct::Empty => with_body(Vec::new()),
        BodyAct::Truncated => with_body(reply.body[..half].to_vec()),
        BodyAct::WrongType => Reply::new(reply.status, "text/html", reply.body),
        BodyAct::HtmlLogin => {
            let page = "<!DOCTYPE html><html><body><form action=\"/login\"></form></body></html>";
            Reply::new(200, "text/html; charset=utf-8", page.into())
        }
        BodyAct::Bom => with_body([b"\xef\xbb\xbf".as_slice(), &reply.body].concat()),
        BodyAct::Utf16 => {
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            with_body(units.flat_map(u16::to_le_bytes).collect())
        }
        BodyAct::InvalidUtf8 => with_body(invalid_utf8(&reply.body)),
        BodyAct::DeepJson => {
            with_body(format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)).into())
        }
        BodyAct::GzipBomb => encoded(gzip::bomb()),
        BodyAct::GzipTruncated => {
            let packed = gzip::stored(&reply.body);
            let kept = packed.len() / 2;
            encoded(packed[..kept].to_vec())
        }
        BodyAct::DuplicateKeys => with_body(duplicate_keys(&reply.body)),
    }
}

/// Puts 0xFF 0xC0 into the first description, or into the first text of any kind.
fn invalid_utf8(body: &[u8]) -> Vec<u8> {
    let keys = [
        "\"description\":\"",
        "\"transaction_content\":\"",
        "\"vnp_OrderInfo\":\"",
        "\"ADDITIONAL_INFO\":\"",
        "\"ThongTinGiaoDich\":\"",
        "\"return_other_info\":\"",
        "\"fullname\":\"",
        "\"return_message\":\"",
        "\"message\":\"",
    ];
    let text = String::from_utf8_lossy(body);
    let at = keys
        .iter()
        .find_map(|key| text.find(key).map(|at| at + key.len()));
    let mut bytes = body.to_vec();
    if let Some(at) = at.filter(|at| *at <= bytes.len()) {
        bytes.splice(at..at, [0xff, 0xc0]);
    }
    bytes
}

/// Gives the first record its amount twice, with different values.
fn duplicate_keys(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).into_owned();
    // Where a service bus wraps the answer as text, its quotes are escaped.
    for (key, value) in [
        ("\"amount\":", "1"),
        ("\"amount_in\":", "\"100\""),
        ("\"vnp_Amount\":", "\"100\""),
        ("\"AMOUNT\":", "\"100\""),
        ("\"SoTien\":", "100"),
        ("\\\"SoTien\\\":", "100"),
        ("\"trans_amount\":", "100"),
    ] {
        if text.contains(key) {
            return text
                .replacen(key, &format!("{key}{value},{key}"), 1)
                .into_bytes();
        }
    }
    text.into_bytes()
}
