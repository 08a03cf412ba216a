//! An answer of each provider as its documents tell it, and how it is sealed.

use doisoat::source::signature::{Algorithm, Layout, Recipe};
use serde_json::{Value, json as value};

use super::ORDER;

/// A provider: an answer of it, where the tables tell what is read, and how it is sealed.
pub(super) struct Dialect {
    pub(super) name: &'static str,
    pub(super) answer: fn() -> Value,
    pub(super) recipe: Option<Recipe>,
    pub(super) secret: &'static str,
    /// The signed fields in their order; a leading `=` is what is signed without being sent.
    pub(super) signed: &'static [&'static str],
    pub(super) seal: &'static str,
}

const fn appended() -> Recipe {
    Recipe {
        algorithm: Algorithm::Sha256Appended,
        layout: Layout::Ordered("|"),
    }
}

fn vnpay() -> Value {
    value!({
        "vnp_ResponseId": "R1", "vnp_Command": "querydr", "vnp_ResponseCode": "00", "vnp_Message": "ok",
        "vnp_TmnCode": "SANDBOX1", "vnp_TxnRef": ORDER, "vnp_Amount": "4500000", "vnp_OrderInfo": "nop phi",
        "vnp_BankCode": "NCB", "vnp_PayDate": "20221205091530", "vnp_TransactionNo": "14422574",
        "vnp_TransactionType": "01", "vnp_TransactionStatus": "00"
    })
}

fn momo() -> Value {
    value!({
        "partnerCode": "MOMOSANDBOX1", "requestId": "1", "orderId": ORDER, "extraData": "", "amount": 45000,
        "transId": 4_088_878_653_u64, "payType": "qr", "resultCode": 0, "message": "ok", "orderInfo": "nop phi",
        "responseTime": 1_670_209_200_000_u64,
        "refundTrans": [{"orderId": "R1", "amount": 5000, "resultCode": 0, "transId": 7,
            "createdTime": 1_670_212_800_000_u64}]
    })
}

fn vnptpay() -> Value {
    value!({
        "RESPONSE_CODE": "00", "DESCRIPTION": "ok", "MERCHANT_SERVICE_ID": "636", "MERCHANT_ORDER_ID": ORDER,
        "VNPTPAY_TRANSACTION_ID": "VP1", "AMOUNT": "45000", "LOCALE": "vi", "CURRENCY_CODE": "VND",
        "PAYMENT_METHOD": "ATM", "PAY_DATE": "20221205091530", "TRANSACTION_STATUS": "1", "ADDITIONAL_INFO": "nop phi"
    })
}

pub(super) fn dvcqg() -> Value {
    value!({
        "MaLoi": "00", "MoTaLoi": "", "MaDoiTac": "DVCSANDBOX", "MaThamChieu": ORDER, "ThoiGianGD": "20221205080000",
        "LoaiBanTin": "QUERY", "SoTien": "45000", "MaTienTe": "VND", "MaGiaoDich": "PP1", "MaNganHang": "VCB",
        "ThongTinGiaoDich": "nop phi", "TrangThaiGD": "1"
    })
}

fn casso() -> Value {
    value!({
        "id": 501, "tid": "FT22339123456", "description": "nop phi", "amount": 45000, "cusum_balance": 1_000_000,
        "when": "2022-12-05 09:15:30", "bankSubAccId": "88888888", "corresponsiveName": "NGUYEN VAN A"
    })
}

pub(super) const VNPAY: Dialect = Dialect {
    name: "vnpay",
    answer: vnpay,
    recipe: Some(Recipe {
        algorithm: Algorithm::HmacSha512,
        layout: Layout::Ordered("|"),
    }),
    secret: "HASH_SECRET",
    signed: &[
        "vnp_ResponseId",
        "vnp_Command",
        "vnp_ResponseCode",
        "vnp_Message",
        "vnp_TmnCode",
        "vnp_TxnRef",
        "vnp_Amount",
        "vnp_BankCode",
        "vnp_PayDate",
        "vnp_TransactionNo",
        "vnp_TransactionType",
        "vnp_TransactionStatus",
        "vnp_OrderInfo",
        "vnp_PromotionCode",
        "vnp_PromotionAmount",
    ],
    seal: "vnp_SecureHash",
};
pub(super) const MOMO: Dialect = Dialect {
    name: "momo",
    answer: momo,
    recipe: Some(Recipe {
        algorithm: Algorithm::HmacSha256,
        layout: Layout::SortedPairs,
    }),
    secret: "SECRET_KEY",
    signed: &[
        "=accessKey",
        "amount",
        "extraData",
        "message",
        "orderId",
        "partnerCode",
        "payType",
        "requestId",
        "responseTime",
        "resultCode",
        "transId",
    ],
    seal: "signature",
};
pub(super) const VNPTPAY: Dialect = Dialect {
    name: "vnptpay",
    answer: vnptpay,
    recipe: Some(appended()),
    secret: "SECRET_KEY",
    signed: &[
        "RESPONSE_CODE",
        "DESCRIPTION",
        "MERCHANT_ORDER_ID",
        "VNPTPAY_TRANSACTION_ID",
        "AMOUNT",
        "LOCALE",
        "CURRENCY_CODE",
        "PAYMENT_METHOD",
        "PAY_DATE",
        "TRANSACTION_STATUS",
        "ADDITIONAL_INFO",
    ],
    seal: "SECURE_CODE",
};
pub(super) const DVCQG: Dialect = Dialect {
    name: "dvcqg",
    answer: dvcqg,
    recipe: Some(appended()),
    secret: "SECRET_KEY",
    signed: &[
        "MaLoi",
        "MoTaLoi",
        "MaDoiTac",
        "MaThamChieu",
        "ThoiGianGD",
        "LoaiBanTin",
        "SoTien",
        "MaTienTe",
        "MaGiaoDich",
        "MaNganHang",
        "ThongTinGiaoDich",
        "TrangThaiGD",
    ],
    seal: "MaXacThuc",
};
pub(super) const CASSO: Dialect = Dialect {
    name: "casso",
    answer: casso,
    recipe: None,
    secret: "",
    signed: &[],
    seal: "",
};

/// A number as it is written.
fn number(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// What may stand where a text or a number should.
pub(super) fn odd_values() -> Vec<(&'static str, Option<Value>)> {
    let texts = [
        "",
        " ",
        "0",
        "00",
        " 1",
        "01",
        "9",
        "true",
        "-45000",
        "45000.00",
        "45000.5",
        "45,000",
        "4.5e4",
        " 45000",
        "99999999999999999999",
        "USD",
        "20221232091530",
        "2022-12-05T09:15:30",
        "thành công",
    ];
    let mut all: Vec<(&str, Option<Value>)> = vec![("nothing", None)];
    all.extend(texts.map(|text| (text, Some(text.into()))));
    all.extend([
        ("null, as such", Some(Value::Null)),
        ("true, as such", Some(true.into())),
        ("false, as such", Some(false.into())),
        ("0, a number", Some(0.into())),
        ("1, a number", Some(1.into())),
        ("45000, a number", Some(45_000.into())),
        ("-45000, a number", Some((-45_000).into())),
        ("45000.0", number("45000.0")),
        ("45000.5, a number", number("45000.5")),
        ("a list", Some(value!(["1"]))),
        ("an empty list", Some(value!([]))),
        ("an object", Some(value!({"a": 1}))),
    ]);
    all
}

/// Fields of which nothing is read but that they are signed.
pub(super) const UNREAD: [&str; 14] = [
    "vnp_ResponseId",
    "vnp_Command",
    "vnp_Message",
    "extraData",
    "message",
    "payType",
    "responseTime",
    "DESCRIPTION",
    "LOCALE",
    "PAYMENT_METHOD",
    "MoTaLoi",
    "ThoiGianGD",
    "LoaiBanTin",
    "MaNganHang",
];
