//! An order that had not ended on the first night, and of which the second night's answer tells the
//! refund alone.

use std::collections::BTreeMap;

use doisoat::config::Surroundings;

use crate::database::Kind;
use crate::fake::{Fake, Step, TOKEN};
use crate::probe::vnpay_answer;
use crate::town::{FIRST, Town, codes, day, night};

const SECOND: &str = "2022-12-06";
const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";
const ORDERS: &str = "provider,order_id,dossier_code,fee_ids,amount_vnd,created_at,status\n";

/// What VNPAY says about an order: type, status, amount in hundredths, its number.
fn says(order: &str, (kind, status, amount, number): (&str, &str, &str, &str)) -> Step {
    let pay_date = if status == "01" { "" } else { "20221205101500" };
    vnpay_answer(&[
        ("ResponseCode", "00"),
        ("TmnCode", "TESTTMN1"),
        ("TxnRef", order),
        ("Amount", amount),
        ("PayDate", pay_date),
        ("TransactionNo", number),
        ("TransactionType", kind),
        ("TransactionStatus", status),
    ])
}

/// Two fees that the registry calls paid, each with an order of its own.
fn write_registry(town: &Town) {
    let (mut fees, mut orders) = (FEES.to_owned(), ORDERS.to_owned());
    for n in 1..=2 {
        let code = format!("H48.18.22-221205-000{n}");
        let fee = format!("{code},F{n},phi,50000,H48.18.22,P1,qr,,NGUYEN VAN A,paid\n");
        fees.push_str(&fee);
        let order = format!("vnpay,A{n},{code},F{n},50000,2022120509000{n},paid\n");
        orders.push_str(&order);
    }
    let inbox = town.dir().join("inbox");
    for (name, text) in [("dossier_fees", fees), ("payment_orders", orders)] {
        std::fs::write(inbox.join(format!("{name}_{FIRST}.csv")), text).unwrap();
    }
}

/// `(class or role) id amount` of the second night, from its files.
fn outcome(town: &Town, file: &str, columns: [&str; 3]) -> Vec<String> {
    let mut reader = csv::Reader::from_path(town.folder(SECOND).join(file)).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| {
        headers
            .iter()
            .position(|h| h.trim_matches('\u{feff}') == name)
            .unwrap()
    };
    let at = columns.map(at);
    let rows = reader.records().map(|row| row.unwrap());
    let mut rows: Vec<String> = rows
        .map(|row| at.map(|at| row[at].to_owned()).join(" "))
        .collect();
    rows.sort();
    rows
}

async fn two_nights(kind: Kind, first: [(&str, &str, &str, &str); 2]) -> Town {
    let town = Town::new(kind).await;
    write_registry(&town);
    let fake = Fake::doing(vec![
        says("A1", first[0]),
        says("A2", first[1]),
        says("A1", ("02", "00", "5000000", "901")),
        says("A2", ("03", "00", "2000000", "902")),
    ])
    .await;
    let port = fake.port;
    let edit = move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!(
            "{head}[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n[[source]]\n\
             name = \"vnpay\"\nkind = \"vnpay\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
             allow_loopback = true\ntmn_code = \"TESTTMN1\"\nhash_secret = {{ env = \"T\" }}\n\
             rate_limit = \"1000/s\"\n"
        )
    };
    let mut desk = town.desk(&edit).await;
    let secret = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    desk.around = Surroundings::fixed(secret, None);
    for (date, exit) in [(FIRST, 0), (SECOND, 3)] {
        town.set_now(day(date).plus(1).start_ms() + 5_400_000);
        let done = night(&desk, date).await;
        // the second night has no export of its own
        assert_eq!(codes(&done), [exit], "{date}");
    }
    assert_eq!(fake.requests().len(), 4);
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_refunded_before_its_payment_was_seen_has_both() {
    let pending = ["901", "902"].map(|_| ("01", "01", "5000000", ""));
    let unmapped = ["801", "802"].map(|number| ("01", "55", "5000000", number));
    for (kind, first) in [
        (Kind::Sqlite, pending),
        (Kind::Postgres, pending),
        (Kind::Sqlite, unmapped),
    ] {
        let town = two_nights(kind, first).await;
        assert_eq!(
            outcome(&town, "links.csv", ["role", "txn_id", "amount_vnd"]),
            [
                "refund A1#901 -50000",
                "refund A2#902 -20000",
                "settles A1 50000",
                "settles A2 50000"
            ],
            "{kind:?} {first:?}"
        );
        assert_eq!(
            outcome(&town, "exceptions.csv", ["class", "id", "amount_vnd"]),
            [
                "partial_refund A2#902 20000",
                "partial_refund F2 50000",
                "refunded A1#901 50000",
                "refunded F1 50000"
            ],
            "{kind:?} {first:?}"
        );
    }
}
