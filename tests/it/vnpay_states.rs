//! VNPAY's states that are neither paid nor an end, and a refund that gets its number later.

use std::collections::BTreeMap;

use doisoat::config::Surroundings;
use doisoat::job::Desk;

use crate::database::Kind;
use crate::fake::{Fake, Step, TOKEN};
use crate::probe::vnpay_answer;
use crate::town::{FIRST, Town, day, night};

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";
const ORDERS: &str = "provider,order_id,dossier_code,fee_ids,amount_vnd,created_at,status\n";

/// What VNPAY says about an order of 50,000: type, state, the transaction's number.
fn says(order: &str, (kind, status, number): (&str, &str, &str)) -> Step {
    vnpay_answer(&[
        ("ResponseCode", "00"),
        ("TmnCode", "TESTTMN1"),
        ("TxnRef", order),
        ("Amount", "5000000"),
        ("PayDate", "20221205101500"),
        ("TransactionNo", number),
        ("TransactionType", kind),
        ("TransactionStatus", status),
    ])
}

/// A town with so many dossiers of one fee and one order each, and a desk that asks VNPAY.
async fn town(kind: Kind, dossiers: usize, answers: Vec<Step>) -> (Town, Desk, Fake) {
    let town = Town::new(kind).await;
    let (mut fees, mut orders) = (FEES.to_owned(), ORDERS.to_owned());
    for n in 1..=dossiers {
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
    let fake = Fake::doing(answers).await;
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
    (town, desk, fake)
}

/// The cells of these columns of a night's file, row by row.
async fn after(town: &Town, desk: &Desk, date: &str, columns: [&str; 3]) -> Vec<[String; 3]> {
    town.set_now(day(date).plus(1).start_ms() + 5_400_000);
    night(desk, date).await;
    let text = std::fs::read_to_string(town.folder(date).join("exceptions.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().clone();
    let at = columns.map(|name| heads.iter().position(|head| head == name).unwrap());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| at.map(|at| row[at].to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_documented_state_says_what_it_means_and_is_never_paid() {
    let states = [
        (
            "04",
            "VNPAY báo trạng thái \"04\" cho hồ sơ H48.18.22-221205-0001",
        ),
        ("05", "đang xử lý hoàn tiền"),
        ("06", "đã gửi yêu cầu hoàn tiền sang ngân hàng"),
        ("07", "nghi ngờ gian lận"),
        ("55", "trạng thái chưa biết \"55\""),
    ];
    let answers = (1..).zip(states).map(|(n, (state, _))| {
        let order = format!("A{n}");
        says(&order, ("01", state, "801"))
    });
    let (town, desk, _fake) = town(Kind::Sqlite, states.len(), answers.collect()).await;
    let rows = after(&town, &desk, FIRST, ["class", "id", "evidence"]).await;
    for (n, (_, meaning)) in (1..).zip(states) {
        let id = format!("A{n}");
        let [class, _, evidence] = rows.iter().find(|[_, of, _]| *of == id).unwrap();
        assert_eq!(class, "status_mismatch");
        assert!(evidence.contains(meaning), "{evidence}");
        // no key of this source is named that it does not know
        assert_eq!(evidence.contains("status_map"), id == "A5", "{evidence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_gets_its_number_later_is_one_refund() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let answers = vec![
            says("A1", ("02", "05", "0")),
            says("A1", ("02", "00", "990")),
        ];
        let (town, desk, fake) = town(kind, 1, answers).await;
        let columns = ["class", "id", "amount_vnd"];
        let first = after(&town, &desk, FIRST, columns).await;
        assert!(
            first.iter().all(|[_, id, _]| !id.contains('#')),
            "{first:?}"
        );
        let mut second = after(&town, &desk, "2022-12-06", columns).await;
        second.sort();
        let row = |id: &str| ["refunded", id, "50000"].map(str::to_owned);
        assert_eq!(second, [row("A1#990"), row("F1")], "{kind:?}");
        assert_eq!(fake.requests().len(), 2);
    }
}
