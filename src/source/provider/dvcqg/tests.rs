//! Answers of the national portal's platform, plain and as text inside a bus's envelope.

use super::reply::testing::{changed, opened, order, say, vector};
use super::*;

const LINES: &str = "kind = \"dvcqg\"\npartner_code = \"DVCTEST\"\nsecret_key = { env = \"S\" }\n";
const SECRET: &str = "TESTDVCQGKEY";
const ORDER: &str = "dvc0000029H15240905000120240905091200";
const CREATED: &str = "20240905091200";
const PAID: [(&str, &str); 12] = [
    ("MaLoi", "00"),
    ("MoTaLoi", "Thành công"),
    ("MaDoiTac", "DVCTEST"),
    ("MaThamChieu", ORDER),
    ("ThoiGianGD", "20240905091530"),
    ("LoaiBanTin", "QUERY"),
    ("SoTien", "45000"),
    ("MaTienTe", "VND"),
    ("MaGiaoDich", "PP2409050000123"),
    ("MaNganHang", "VCB"),
    (
        "ThongTinGiaoDich",
        "THANH TOAN HO SO 000.00.29.H15-240905-0001",
    ),
    ("TrangThaiGD", "1"),
];

fn dvcqg(more: &str) -> Dvcqg {
    opened(
        &format!("{LINES}{more}"),
        &[("S", SECRET), ("T", "TOKEN")],
        Dvcqg::open,
    )
    .unwrap()
}

fn answer(changes: &[(&str, &str)]) -> String {
    let mut fields = changed(&PAID, changes);
    let of = |key: &str| {
        fields
            .iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| *v)
    };
    let values: Vec<(&str, &str)> = KNOWN.signed.iter().map(|key| (*key, of(key))).collect();
    let signature = RECIPE.sign(&SECRET.to_owned().into(), &values);
    fields.push(("MaXacThuc", &signature));
    reply::flat_json(&fields)
}

fn wrapped(inner: &str) -> String {
    reply::flat_json(&[("error_code", "0"), ("message", inner)])
}

fn read(source: &Dvcqg, body: &str) -> String {
    say(&source.read(body.as_bytes(), &order(ORDER, CREATED), "s: POST x"))
}

#[test]
fn the_request_is_that_of_the_vector() {
    let request = dvcqg("token = { env = \"T\" }\n").request(&order(ORDER, CREATED), 1);
    assert_eq!(request.path, "", "base_url is the whole address");
    assert_eq!(
        request.body.unwrap(),
        format!(
            "{{\"LoaiBanTin\":\"QUERY\",\"PhienBan\":\"1.0.6\",\"MaDoiTac\":\"DVCTEST\",\
             \"MaThamChieu\":\"{ORDER}\",\"ThoiGianGD\":\"20240905091200\",\"MaXacThuc\":\"{}\"}}",
            vector("dvcqg.query")
        )
    );
}

#[test]
fn each_answer_is_read_as_what_it_says_plain_and_wrapped() {
    let source = dvcqg("status_map = { \"5\" = \"refunded\" }\nnot_found = \"02 05\"\n");
    for (changes, expected) in [
        (vec![], "Payment Success 45000"),
        (vec![("TrangThaiGD", "3")], "Payment Pending 45000"),
        (
            vec![("TrangThaiGD", "3"), ("SoTien", "")],
            "Payment Pending 45000",
        ),
        (vec![("TrangThaiGD", "4")], "Payment Failed 45000"),
        (vec![("TrangThaiGD", "2")], "Payment Unmapped 45000"),
        (vec![("TrangThaiGD", "")], "Payment Unmapped 45000"),
        (vec![("SoTien", "450")], "Payment Success 450"),
        (
            vec![("TrangThaiGD", "5")],
            "Refund Success 45000 (Payment Success 45000)",
        ),
        (vec![("MaLoi", "05")], "not found"),
        (vec![("MaLoi", "99")], "again ErrorInside(\"99\")"),
        (vec![("MaLoi", "12")], "again OrderCode(\"12\")"),
        (vec![("MaThamChieu", "dvc2")], "signature OtherOrder"),
        (
            vec![("MaLoi", "05"), ("MaThamChieu", "dvc2")],
            "signature OtherOrder",
        ),
        (vec![("MaDoiTac", "DVCOTHER")], "signature OtherMerchant"),
        (vec![("MaDoiTac", "")], "signature OtherMerchant"),
    ] {
        let plain = answer(&changes);
        assert_eq!(read(&source, &plain), expected, "{changes:?}");
        assert_eq!(
            read(&source, &wrapped(&plain)),
            expected,
            "wrapped {changes:?}"
        );
        let object = format!("{{\"error_code\":0,\"message\":{plain}}}");
        assert_eq!(read(&source, &object), expected, "an object {changes:?}");
    }
}

#[test]
fn an_envelope_without_an_answer_is_none() {
    let source = dvcqg("");
    for (body, expected) in [
        (
            wrapped("{\"MaLoi\":\"00\",\"MaLoi\":\"00\"}"),
            "again Body(DuplicateKey(\"MaLoi\"))",
        ),
        (wrapped("{\"MaLoi\":\"00\""), "again Body(Truncated)"),
        (wrapped("Hệ thống bận"), "again Body(Shape(\"MaLoi\"))"),
        (wrapped("{}"), "again Body(Shape(\"MaLoi\"))"),
        (
            "{\"error_code\":\"-1\",\"message\":\"loi\"}".to_owned(),
            "again ErrorInside(\"1\")",
        ),
        (
            "{\"error_code\":0}".to_owned(),
            "again Body(Shape(\"MaLoi\"))",
        ),
        ("{}".to_owned(), "again Body(Shape(\"MaLoi\"))"),
    ] {
        assert_eq!(read(&source, &body), expected, "{body}");
    }
}

#[test]
fn an_unsigned_answer_is_refused_unless_answers_are_not_signed() {
    let unsigned = reply::flat_json(&PAID);
    for body in [unsigned.clone(), wrapped(&unsigned)] {
        assert_eq!(read(&dvcqg(""), &body), "signature Missing");
        let trusting = dvcqg("reply_signature = \"none\"\n");
        assert_eq!(read(&trusting, &body), "Payment Success 45000");
        assert_eq!(
            read(&trusting, &body.replace("DVCTEST", "X")),
            "signature OtherMerchant"
        );
    }
    let altered = answer(&[]).replace("45000", "450000");
    assert_eq!(read(&dvcqg(""), &wrapped(&altered)), "signature Wrong");
    let right = answer(&[]);
    let at = right.find("MaXacThuc").unwrap() + 12;
    let upper = format!("{}{}", &right[..at], right[at..].to_uppercase());
    assert_eq!(read(&dvcqg(""), &upper), "Payment Success 45000");
    let short = format!("{}\"}}", &right[..at + 32]);
    assert_eq!(read(&dvcqg(""), &short), "signature Wrong");
}
