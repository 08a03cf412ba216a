//! What a later night must decide again, in whole nights on both databases: registry rows that
//! change what was settled, and rows that came in good order at last.

use doisoat::domain::{Ruling, SourceName, Txn};
use doisoat::job::Desk;
use doisoat::job::by_hand::Choice;
use doisoat::job::nightly::Night;
use doisoat::normalise::merge;
use doisoat::store::{Delivery, ExceptionFilter};

use crate::by_hand::{ask, open_of};
use crate::database::Kind;
use crate::rows::txn;
use crate::town::{Town, day, document, night};

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";
const RECEIPTS: &str = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,agency_code,status\n";
const A: &str = "H48.18.22-221205-0001";
const B: &str = "H48.18.22-221205-0002";

/// A registry folder, and money that stands in the store already.
struct Office {
    town: Town,
    desk: Desk,
}

impl Office {
    async fn new(kind: Kind, mode: &str) -> Self {
        let town = Town::new(kind).await;
        let only = |text: String| {
            let (head, _) = text.split_once("[[source]]").unwrap();
            format!(
                "{head}[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\nmode = \"{mode}\"\n"
            )
        };
        let desk = town.desk(&only).await;
        Self { town, desk }
    }

    fn put(&self, name: &str, head: &str, rows: &[String]) {
        let text = format!("{head}{}", rows.concat());
        std::fs::write(self.town.dir().join("inbox").join(name), text).unwrap();
    }

    async fn money(&self, on: &str, txns: Vec<Txn>) {
        let delivery = Delivery {
            txns,
            ..Delivery::default()
        };
        let source = SourceName::new("sepay-main");
        let stored = self
            .desk
            .store
            .save_transactions(&source, day(on), &delivery, merge);
        stored.await.unwrap();
    }

    /// Runs the night; tells what is open after it as `side id class`.
    async fn night(&self, date: &str) -> Vec<String> {
        self.town.set_now(day(date).plus(1).start_ms() + 1);
        night(&self.desk, date).await;
        let filter = ExceptionFilter::default();
        let open = self.desk.store.exceptions(&filter).await.unwrap();
        let mut open: Vec<String> = open
            .iter()
            .filter(|e| e.severity != doisoat::classify::Severity::Info)
            .map(|e| {
                let dossier = e.key.dossier.as_ref().map_or("", |d| &d.as_str()[17..]);
                format!("{} {}{dossier} {}", e.key.side.id(), e.key.id, e.class)
            })
            .collect();
        open.sort();
        open
    }

    /// The class of a transaction as it stands.
    async fn class(&self, id: &str) -> String {
        let dump = self.desk.store.dump().await.unwrap();
        let states = dump.lines().filter_map(|l| l.strip_prefix("row_state "));
        let rows = states.map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap());
        let mut now = rows.filter(|r| r["id"] == id && r["until"] == "9999-12-31");
        now.next().unwrap()["class"].as_str().unwrap().to_owned()
    }
}

fn fee(code: &str, method: &str, payer: &str, status: &str) -> String {
    format!("{code},F1,phi,50000,H48.18.22,P1,{method},2022-12-30,{payer},{status}\n")
}

fn receipt(id: &str, code: &str, status: &str) -> String {
    format!("{id},{id},{code},F1,50000,2022-12-05T09:00:00,LE THI B,H48.18.22,{status}\n")
}

fn from(id: &str, memo: &str, amount: i64, on: &str, payer: &str) -> Txn {
    Txn {
        memo: memo.into(),
        payer: payer.into(),
        ..txn(id, amount, on)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_moves_leaves_its_dossier_unpaid() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        let fees = [A, B].map(|code| fee(code, "cash", "NGUYEN VAN A", "paid"));
        office.put("dossier_fees_1.csv", FEES, &fees);
        office.put(
            "cash_receipts_1.csv",
            RECEIPTS,
            &[receipt("R1", A, "valid")],
        );
        let b = ["fee F10002 missing_receipt"];
        assert_eq!(office.night("2022-12-05").await, b, "{kind:?}");
        office.put(
            "cash_receipts_2.csv",
            RECEIPTS,
            &[receipt("R1", B, "valid")],
        );
        let a = ["fee F10001 missing_receipt"];
        assert_eq!(office.night("2022-12-06").await, a, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_fee_of_the_payer_makes_a_settled_neighbour_ambiguous() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        office.put(
            "dossier_fees_1.csv",
            FEES,
            &[fee(A, "transfer", "NGUYEN VAN A", "paid")],
        );
        let paid = from("1", A, 50_000, "2022-12-05", "TRAN THI C");
        office.money("2022-12-05", vec![paid]).await;
        assert_eq!(office.night("2022-12-05").await, Vec::<String>::new());
        office.put(
            "dossier_fees_2.csv",
            FEES,
            &[fee(B, "transfer", "TRAN THI C", "paid")],
        );
        office.night("2022-12-06").await;
        assert_eq!(office.class("1").await, "ambiguous", "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_added_up_again_when_a_receipt_is_made_void() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        let fees = [A, B].map(|code| fee(code, "cash", "NGUYEN VAN A", "paid"));
        office.put("dossier_fees_1.csv", FEES, &fees);
        let receipts = [receipt("R1", A, "valid"), receipt("R2", B, "valid")];
        office.put("cash_receipts_1.csv", RECEIPTS, &receipts);
        let banked = from("1", "NOP TIEN MAT", 100_000, "2022-12-06", "");
        office.money("2022-12-06", vec![banked]).await;
        office.night("2022-12-05").await;
        // nothing happened, and the registry says so: a deposit waits for its word
        office.put("dossier_fees_2.csv", FEES, &[]);
        office.put("cash_receipts_1b.csv", RECEIPTS, &[]);
        office.night("2022-12-06").await;
        assert_eq!(office.class("1").await, "cash_deposit", "{kind:?}");
        office.put("cash_receipts_1c.csv", RECEIPTS, &[]);
        office.put(
            "dossier_fees_3.csv",
            FEES,
            &[fee(B, "cash", "X", "cancelled")],
        );
        office.night("2022-12-07").await;
        assert_eq!(office.class("1").await, "cash_deposit", "{kind:?}");
        office.put("cash_receipts_2.csv", RECEIPTS, &[receipt("R2", B, "void")]);
        office.put("dossier_fees_4.csv", FEES, &[]);
        office.night("2022-12-08").await;
        assert_eq!(office.class("1").await, "unidentified", "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_fee_row_closes_when_it_comes_in_good_order() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        let row = |code: &str, id: &str, amount: &str| {
            format!("{code},{id},phi,{amount},H48.18.22,P1,qr,2022-12-30,NGUYEN VAN A,paid\n")
        };
        let rows = [row(A, "7001", "50.000"), row(A, "1", "5.0")];
        office.put("dossier_fees_1.csv", FEES, &rows);
        let both = ["fee 1 reject", "fee 7001 reject"];
        assert_eq!(office.night("2022-12-05").await, both, "{kind:?}");
        // a fee id that several dossiers use does not tell which of them was meant
        let rows = [
            row(A, "7001", "50000"),
            row(A, "1", "50000"),
            row(B, "1", "50000"),
        ];
        office.put("dossier_fees_2.csv", FEES, &rows);
        let open = office.night("2022-12-06").await;
        let rejects: Vec<&String> = open.iter().filter(|e| e.ends_with("reject")).collect();
        assert_eq!(rejects, ["fee 1 reject"], "{kind:?}");
        let dump = office.desk.store.dump().await.unwrap();
        assert!(
            !night(&office.desk, "2022-12-06").await.published,
            "{kind:?}"
        );
        assert_eq!(office.desk.store.dump().await.unwrap(), dump, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_withdraws_a_paid_fee_unless_money_is_linked() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "snapshot").await;
        let c = "H48.18.22-221205-0103";
        let fees = [A, B, c].map(|code| fee(code, "transfer", "NGUYEN VAN A", "paid"));
        office.put("dossier_fees_1.csv", FEES, &fees);
        let paid = from("1", A, 40_000, "2022-12-05", "NGUYEN VAN A");
        office.money("2022-12-05", vec![paid]).await;
        let before = office.night("2022-12-05").await;
        assert!(
            before.contains(&"fee F10002 missing_payment".to_owned()),
            "{before:?}"
        );
        assert!(
            before.contains(&"fee F10001 underpaid".to_owned()),
            "{before:?}"
        );
        office.put("dossier_fees_2.csv", FEES, &fees[2..]);
        let after = office.night("2022-12-06").await;
        assert!(
            !after.contains(&"fee F10002 missing_payment".to_owned()),
            "{after:?}"
        );
        assert!(
            after.contains(&"fee F10001 underpaid".to_owned()),
            "{after:?}"
        );
    }
}

/// The bounds of a share over the year, as the night told them.
fn bounds(of: &Night, definition: &str) -> String {
    let run = document(of);
    let shares = run["share"].as_array().unwrap();
    let mine = |share: &&serde_json::Value| {
        let whole = share["scope"] == "" && share["period"] == "2022";
        share["definition"] == definition && whole
    };
    let share = shares.iter().find(mine).unwrap();
    let told = |key: &str| share[key].as_str().unwrap_or("-").to_owned();
    format!("{}..{}", told("low"), told("high"))
}

/// Contributions of rows that could not be read, as they stand.
async fn unread(office: &Office) -> usize {
    let dump = office.desk.store.dump().await.unwrap();
    let all = dump.lines().filter_map(|l| l.strip_prefix("contribution "));
    let rows = all.map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap());
    rows.filter(|row| row["item"].as_str().unwrap().starts_with("unread|"))
        .filter(|row| row["live"] == 1 && row["until"] == "9999-12-31")
        .count()
}

async fn night_of(office: &Office, date: &str) -> Night {
    office.town.set_now(day(date).plus(1).start_ms() + 1);
    night(&office.desk, date).await
}

/// The line may be of a dossier that is not paid; once it came in good order, nothing is left of
/// it.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_fee_row_widens_the_share_until_it_is_mended() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        let row = |code: &str, id: &str, amount: &str, status: &str| {
            format!("{code},{id},phi,{amount},H48.18.22,P1,qr,2022-12-30,NGUYEN VAN A,{status}\n")
        };
        let bad = || row(B, "7002", "50000.00", "paid");
        let rows = [row(A, "7001", "50000", "paid"), bad()];
        office.put("dossier_fees_1.csv", FEES, &rows);
        let paid = from("1", A, 50_000, "2022-12-05", "NGUYEN VAN A");
        office.money("2022-12-05", vec![paid]).await;
        let told = night_of(&office, "2022-12-05").await;
        assert_eq!(
            bounds(&told, "DOSSIER_CASHLESS"),
            "0.0000..1.0000",
            "{kind:?}"
        );
        assert_eq!(
            bounds(&told, "AMOUNT_CASHLESS"),
            "0.0000..1.0000",
            "{kind:?}"
        );
        assert!(unread(&office).await > 0, "{kind:?}");
        // the same line again, as it was
        office.put("dossier_fees_2.csv", FEES, &[bad()]);
        let told = night_of(&office, "2022-12-06").await;
        assert_eq!(
            bounds(&told, "DOSSIER_CASHLESS"),
            "0.0000..1.0000",
            "{kind:?}"
        );
        // mended: it is not paid
        office.put(
            "dossier_fees_3.csv",
            FEES,
            &[row(B, "7002", "50000", "unpaid")],
        );
        let told = night_of(&office, "2022-12-07").await;
        for definition in ["TX_CASHLESS", "DOSSIER_CASHLESS", "AMOUNT_CASHLESS"] {
            assert_eq!(bounds(&told, definition), "1.0000..1.0000", "{kind:?}");
        }
        assert_eq!(unread(&office).await, 0, "{kind:?}");
        let dump = office.desk.store.dump().await.unwrap();
        assert!(!night_of(&office, "2022-12-07").await.published, "{kind:?}");
        assert_eq!(office.desk.store.dump().await.unwrap(), dump, "{kind:?}");
    }
}

/// What came without an id of its own comes in good order under another: a person says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_without_an_id_is_no_fee_of_its_own_once_it_came() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::new(kind, "delta").await;
        let row = |code: &str, id: &str| {
            format!("{code},{id},phi,50000,H48.18.22,P1,qr,2022-12-30,NGUYEN VAN A,unpaid\n")
        };
        office.put("dossier_fees_1.csv", FEES, &[row(A, "7001"), row(B, "")]);
        let paid = from("1", A, 50_000, "2022-12-05", "NGUYEN VAN A");
        office.money("2022-12-05", vec![paid]).await;
        let told = night_of(&office, "2022-12-05").await;
        assert_eq!(
            bounds(&told, "DOSSIER_CASHLESS"),
            "0.0000..1.0000",
            "{kind:?}"
        );
        office.put("dossier_fees_2.csv", FEES, &[row(B, "7002")]);
        let told = night_of(&office, "2022-12-06").await;
        assert_eq!(
            bounds(&told, "DOSSIER_CASHLESS"),
            "0.0000..1.0000",
            "{kind:?}"
        );
        let open = open_of(&office.desk.store, "reject").await;
        assert_eq!(open.len(), 1, "{kind:?}");
        // that nobody follows it does not tell what it was
        let choice = Choice::Rule(Ruling::WriteOff);
        ask(&office.desk.store, open[0].id.as_str(), choice, false)
            .await
            .unwrap();
        for (file, night) in [("3", "2022-12-07"), ("4", "2022-12-08")] {
            office.put(&format!("dossier_fees_{file}.csv"), FEES, &[row(B, "7002")]);
            let told = night_of(&office, night).await;
            let bounds = bounds(&told, "DOSSIER_CASHLESS");
            assert_eq!(bounds, "0.0000..1.0000", "{kind:?} {night}");
        }
        let choice = Choice::Rule(Ruling::NotFee);
        ask(&office.desk.store, open[0].id.as_str(), choice, true)
            .await
            .unwrap();
        office.put("dossier_fees_5.csv", FEES, &[row(B, "7002")]);
        let told = night_of(&office, "2022-12-09").await;
        assert_eq!(
            bounds(&told, "DOSSIER_CASHLESS"),
            "1.0000..1.0000",
            "{kind:?}"
        );
        assert_eq!(unread(&office).await, 0, "{kind:?}");
    }
}
