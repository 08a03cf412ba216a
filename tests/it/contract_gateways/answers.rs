//! One answer after the other, signed here from the published recipes and not by the program.

use doisoat::domain::{Completeness, Lang, TxnStatus};
use doisoat::source::Pull;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{opened, settings};
use crate::fake::{Fake, Kept, Step, json as good, quick};
use doisoat::domain::{DossierCode, Moment, OrderStatus, PaymentOrder, Vnd};

const SECRET: &str = "CANARY-SECRET";
const DVCQG_FIELDS: [&str; 12] = [
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
];

fn order(id: &str, created_at: &str) -> PaymentOrder {
    PaymentOrder {
        provider: "dvcqg".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse_compact(created_at).unwrap(),
        status: OrderStatus::Pending,
    }
}

/// An answer about `id` with these members, signed after that.
fn answer(id: &str, members: &[(&str, Value)]) -> String {
    let mut all = Map::new();
    all.insert("MaDoiTac".to_owned(), json!("DVCTEST"));
    all.insert("MaThamChieu".to_owned(), json!(id));
    for (key, value) in members {
        all.insert((*key).to_owned(), value.clone());
    }
    let text = |key: &str| match all.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let mut values: Vec<String> = DVCQG_FIELDS.map(text).to_vec();
    values.push(SECRET.to_owned());
    let digest = Sha256::digest(values.join("|").as_bytes());
    all.insert("MaXacThuc".to_owned(), json!(hex::encode(digest)));
    Value::Object(all).to_string()
}

fn paid(id: &str) -> String {
    let members = [
        ("MaLoi", json!("00")),
        ("SoTien", json!(45_000)),
        ("TrangThaiGD", json!("1")),
        ("ThoiGianGD", json!("20221205091530")),
    ];
    answer(id, &members)
}

fn coded(id: &str, code: &str) -> String {
    answer(id, &[("MaLoi", json!(code))])
}

fn wrapped(inner: &str) -> String {
    json!({"error_code": "0", "message": inner}).to_string()
}

async fn ask(bodies: &[String], ids: &[&str], more: &str) -> (Pull, Vec<String>) {
    let steps: Vec<Step> = bodies.iter().map(good).collect();
    let fake = Fake::doing(steps).await;
    let text = format!(
        "[[source]]\nname = \"cong-dvcqg\"\nkind = \"dvcqg\"\nbase_url = \"http://127.0.0.1:{}/bus\"\n\
         allow_loopback = true\nrate_limit = \"1000/s\"\nretries = 2\npartner_code = \"DVCTEST\"\n\
         secret_key = {{ env = \"S\" }}\n{more}\n",
        fake.port
    );
    let secrets = [("S".to_owned(), SECRET.to_owned())].into();
    let probe = opened(&settings(&text).unwrap(), secrets, quick().0).unwrap();
    // The hour of a twelve-hour clock: the true one was 21:12.
    let orders: Vec<PaymentOrder> = ids.iter().map(|id| order(id, "20221205091200")).collect();
    let pull = probe.ask(&orders, &Kept::default()).await.unwrap();
    (pull, fake.requests())
}

#[tokio::test]
async fn an_answer_in_an_envelope_counts_like_a_plain_one() {
    let bodies = [paid("A"), wrapped(&paid("B"))];
    let (pull, requests) = ask(&bodies, &["A", "B"], "").await;
    assert_eq!(pull.state, Completeness::Complete, "{:?}", pull.trouble);
    let statuses: Vec<_> = pull.records.iter().map(|record| record.status).collect();
    assert_eq!(statuses, [Some(TxnStatus::Success); 2]);
    let head = &requests[0];
    assert!(head.starts_with("POST /bus HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\"ThoiGianGD\":\"20221205091200\""), "{head}");
    assert!(
        !head.contains(SECRET) && !head.to_lowercase().contains("authorization"),
        "{head}"
    );
}

#[tokio::test]
async fn a_code_that_nobody_documents_leaves_that_order_open_and_the_next_is_asked() {
    let bodies = [coded("A", "12"), coded("A", "12"), paid("B")];
    let (pull, requests) = ask(&bodies, &["A", "B"], "").await;
    assert_eq!((pull.state, requests.len()), (Completeness::Partial, 3));
    assert_eq!((pull.answered, pull.known), (1, 1));
    let unanswered: Vec<&str> = pull.unanswered.iter().map(AsRef::as_ref).collect();
    assert_eq!(unanswered, ["A"]);
    let said = pull.trouble.unwrap().say(Lang::Vi);
    assert!(
        said.starts_with("cong-dvcqg: POST http://127.0.0.1:"),
        "{said}"
    );
    assert!(
        said.contains("bằng mã 12 không có trong tài liệu"),
        "{said}"
    );
    assert!(said.contains("ghi mã đó vào not_found"), "{said}");
    let known = [coded("A", "12"), paid("B")];
    let (pull, _) = ask(&known, &["A", "B"], "not_found = \"12\"").await;
    assert_eq!(
        (pull.state, pull.answered, pull.known),
        (Completeness::Complete, 2, 1)
    );
}

#[tokio::test]
async fn an_answer_that_is_not_ours_keeps_nothing_of_the_pull() {
    let unsigned = paid("B").replace("MaXacThuc", "MaXacThucCu");
    let other_merchant = paid("B").replace("DVCTEST", "DVCOTHER");
    for bad in [
        unsigned.clone(),
        other_merchant,
        paid("A"),
        wrapped(&unsigned),
    ] {
        let (pull, requests) = ask(&[paid("A"), bad.clone()], &["A", "B", "C"], "").await;
        assert_eq!(
            (pull.state, pull.records.len()),
            (Completeness::Refused, 0),
            "{bad}"
        );
        assert_eq!(
            (requests.len(), pull.unanswered.len()),
            (2, 2),
            "never tried again"
        );
        let said = pull.trouble.unwrap().to_string();
        assert!(
            !said.contains(SECRET) && !said.contains("DVCOTHER"),
            "{said}"
        );
    }
}
