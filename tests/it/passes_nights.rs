//! Provisional results over several nights: rows that come one night after the other end in the
//! same state as if all had come together, once the pairing days are over.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::classify::OK;
use doisoat::domain::{
    Day, DossierCode, Fee, Moment, PaymentOrder, Period, Rules, SourceName, Txn, TxnKind, Vnd,
};
use doisoat::matching::spoken;
use doisoat::settle::{Inputs, Settlement, settle};
use doisoat::store::{Lease, Store, Window};

use crate::database::{Database, Kind};
use crate::nights::{publish, pull, run_after};
use crate::rows::{code, fee, near_spellings, night_of, registry_file, rival_spellings, txn};
use crate::simulate::state;
use crate::store_open::holder;

pub(crate) const A: &str = "H48.18.22-221205-0001";
pub(crate) const B: &str = "H48.18.22-221205-0002";
pub(crate) const THANH: &str = "NGUYEN VAN THANH";
const ACCOUNT: &str = "8888";

/// A dossier of which the registry wrote down the day of payment.
fn recorded(dossier: &str, payer: &str) -> Fee {
    let mut line = due(dossier, payer);
    line.more.paid_at = Some(Moment::of_day(night_of(5)));
    line
}

/// What comes in one night.
#[derive(Clone, Default)]
pub(crate) struct Comes {
    night: u32,
    fees: Vec<Fee>,
    pub(crate) orders: Vec<PaymentOrder>,
    txns: Vec<Txn>,
}

pub(crate) fn due(dossier: &str, payer: &str) -> Fee {
    Fee {
        payer_name: payer.into(),
        ..fee(dossier, "F1", 50_000)
    }
}

pub(crate) fn paid(id: &str, of: u32, memo: &str, payer: &str) -> Txn {
    Txn {
        memo: memo.into(),
        payer: payer.into(),
        account: Some(ACCOUNT.into()),
        ..txn(id, 50_000, &night_of(of).to_string())
    }
}

pub(crate) fn comes(night: u32, fees: Vec<Fee>, txns: Vec<Txn>) -> Comes {
    Comes {
        night,
        fees,
        orders: Vec::new(),
        txns,
    }
}

fn rules(night: Day) -> Rules {
    Rules {
        collection_accounts: vec![(ACCOUNT.into(), Some("H48.18.22".into()))],
        periods: vec![Period::year_to(night)],
        ..Rules::default()
    }
}

/// What the night's rows name, as the job reads it.
async fn pool(store: &Store, night: Day) -> Inputs {
    let new = store.new_rows(night).await.unwrap();
    let open = store.open_txns(night).await.unwrap();
    let agency = code(A).agency();
    let speak = |txns: &[Txn]| spoken([&agency], txns, &new.fees, &new.orders, &new.receipts);
    let fresh = speak(&new.txns).spellings;
    let named = store.existing_dossiers(night, &fresh).await.unwrap();
    let codes = named.iter().map(DossierCode::squeezed).collect();
    let again = store.spelling_txns(night, &codes).await.unwrap();
    let all: Vec<Txn> = new
        .txns
        .iter()
        .chain(&again)
        .chain(&open)
        .cloned()
        .collect();
    let spoken = speak(&all);
    let mut wanted: BTreeSet<String> = spoken.spellings.clone();
    wanted.extend(near_spellings([&agency], &all, &BTreeSet::new()));
    let mut existing: BTreeSet<DossierCode> = BTreeSet::new();
    existing.extend(store.existing_dossiers(night, &wanted).await.unwrap());
    let rivals = rival_spellings(&new.fees);
    let settled = store.settled_payers(night, rivals.keys()).await.unwrap();
    existing.extend(settled.into_iter().map(|(code, _)| code));
    let window = Window {
        days: 7,
        sum_days: 3,
        gateways: Vec::new(),
    };
    let mut names = spoken.resolve(existing);
    names.txns = again.iter().map(Txn::key).collect();
    store.pool(night, &names, &window).await.unwrap()
}

async fn run(store: &Store, lease: &Lease, night: Day) -> Settlement {
    let pool = pool(store, night).await;
    let rules = rules(night);
    let prior = store.prior(night, &rules.periods, &pool).await.unwrap();
    let settlement = settle(&pool, &rules, &prior).unwrap();
    let run = run_after(store, night, "d").await;
    publish(store, lease, &run, &pool, &settlement)
        .await
        .unwrap();
    settlement
}

/// Classes by row id, and for rows in order the pass that linked them.
fn told(settlement: &Settlement) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for row in &settlement.rows {
        let dossier = row.key.dossier.as_ref();
        let name = dossier.map_or(&*row.key.id, |code| &code.as_str()[17..]);
        let legs = settlement.groups.iter().flat_map(|group| &group.legs);
        let mut legs = legs.filter(|leg| {
            let same_fee = leg.dossier_code.as_ref() == dossier && dossier.is_some();
            leg.money == row.key || same_fee
        });
        let pass = legs.next().map_or("-", |leg| leg.pass);
        let class = if row.class == OK { pass } else { row.class };
        told.insert(name.to_owned(), class.to_owned());
    }
    told
}

/// Runs the story night by night up to `last`, and at once; both end alike. Tells what the rows
/// were after the nights asked for, and in the end.
pub(crate) async fn story(kind: Kind, all: &[Comes], ask: &[u32], last: u32) -> Vec<String> {
    let mut said = Vec::new();
    let mut dumps = Vec::new();
    for at_once in [false, true] {
        let database = Database::empty(kind);
        let store = database.create().await;
        let lease = store.acquire_lease(&holder("run")).await.unwrap();
        let mut decided: BTreeMap<String, String> = BTreeMap::new();
        for of in 5..=last {
            for rows in all.iter().filter(|rows| rows.night == of) {
                let name = format!("file-{of}");
                let (file, mut registry) = registry_file(&name, &night_of(of).to_string(), &[]);
                registry.fees.clone_from(&rows.fees);
                registry.orders.clone_from(&rows.orders);
                store.save_registry(&file, &registry).await.unwrap();
                pull(&store, night_of(of), rows.txns.clone()).await;
            }
            if !at_once || of == last {
                let settlement = run(&store, &lease, night_of(of)).await;
                decided.extend(told(&settlement));
                if !at_once && ask.contains(&of) {
                    said.push(format!("{of}: {}", line(&decided)));
                }
            }
        }
        dumps.push(state::present(&store.dump().await.unwrap()));
        if at_once {
            said.push(format!("end: {}", line(&decided)));
        }
    }
    let found = state::differences(&dumps[0], &dumps[1], 4);
    assert!(
        found.is_empty(),
        "< by night, > at once\n{}",
        found.join("\n")
    );
    said
}

fn line(decided: &BTreeMap<String, String>) -> String {
    let said = decided.iter().map(|(row, class)| format!("{row} {class}"));
    said.collect::<Vec<_>>().join(", ")
}

const SLIP: &str = "NOP PHI H48.18.22-221205-0007";

pub(crate) async fn check(all: &[Comes], ask: &[u32], last: u32, expected: &[&str]) {
    assert_eq!(story(Kind::Sqlite, all, ask, last).await, expected);
}

#[tokio::test]
async fn a_repaired_key_stands_when_nothing_comes() {
    let all = [comes(
        5,
        vec![due(A, THANH)],
        vec![paid("1", 5, SLIP, THANH)],
    )];
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let said = story(kind, &all, &[5], 14).await;
        let expected = "0001 repaired_key, 1 repaired_key";
        assert_eq!(said, [format!("5: {expected}"), format!("end: {expected}")]);
    }
}

#[tokio::test]
async fn an_exact_payment_takes_a_repaired_key_back_however_late() {
    for (night, last) in [(7, 15), (25, 26)] {
        let all = [
            comes(5, vec![due(A, THANH)], vec![paid("1", 5, SLIP, THANH)]),
            comes(night, vec![], vec![paid("2", night, A, "")]),
        ];
        let before = format!("{}: 0001 repaired_key, 1 repaired_key", night - 1);
        let after = "0001 late, 1 near_reference, 2 late";
        let said = story(Kind::Sqlite, &all, &[night - 1], last).await;
        let after = after.replace("late", "exact_key");
        assert_eq!(said, [before, format!("end: {after}")]);
    }
}

#[tokio::test]
async fn a_second_dossier_within_one_edit_takes_a_repaired_key_back() {
    let all = [
        comes(5, vec![due(A, THANH)], vec![paid("1", 5, SLIP, THANH)]),
        comes(8, vec![due(B, THANH)], vec![]),
    ];
    let before = "6: 0001 repaired_key, 1 repaired_key";
    let after = "end: 0001 missing_payment, 0002 missing_payment, 1 near_reference";
    check(&all, &[6], 16, &[before, after]).await;
}

#[tokio::test]
async fn a_second_payment_takes_a_scored_pair_back_while_the_days_last() {
    let all = [
        comes(
            5,
            vec![recorded(A, THANH)],
            vec![paid("1", 5, "nop phi", THANH)],
        ),
        comes(9, vec![], vec![paid("2", 9, "nop phi", THANH)]),
    ];
    let before = "8: 0001 scored, 1 scored";
    let after = "end: 0001 missing_payment, 1 unidentified, 2 unidentified";
    check(&all, &[8], 20, &[before, after]).await;
}

#[tokio::test]
async fn a_second_payment_after_the_days_leaves_a_scored_pair_alone() {
    let all = [
        comes(
            5,
            vec![recorded(A, THANH)],
            vec![paid("1", 5, "nop phi", THANH)],
        ),
        comes(20, vec![], vec![paid("2", 20, "nop phi", THANH)]),
    ];
    let after = "0001 scored, 1 scored, 2 unidentified";
    check(
        &all,
        &[20],
        30,
        &[&format!("20: {after}"), &format!("end: {after}")],
    )
    .await;
}

fn two_and_two() -> Comes {
    let fees = vec![due(A, "TRAN THI B"), due(B, "LE VAN C")];
    let txns = vec![paid("1", 5, "nop phi", ""), paid("2", 5, "nop phi", "")];
    comes(5, fees, txns)
}

const SET: &str =
    "0001 set_certificate, 0002 set_certificate, 1 set_certificate, 2 set_certificate";

#[tokio::test]
async fn a_set_stands_when_nothing_comes() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let said = story(kind, &[two_and_two()], &[5, 9], 14).await;
        let expected = [
            format!("5: {SET}"),
            format!("9: {SET}"),
            format!("end: {SET}"),
        ];
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_payment_that_names_a_dossier_breaks_its_set_however_late() {
    for (night, last) in [(8, 16), (27, 28)] {
        let named = comes(night, vec![], vec![paid("3", night, A, "")]);
        let after = "end: 0001 exact_key, 0002 missing_payment, 1 unidentified, \
                     2 unidentified, 3 exact_key";
        let before = format!("{}: {SET}", night - 1);
        check(
            &[two_and_two(), named],
            &[night - 1],
            last,
            &[&before, after],
        )
        .await;
    }
}

#[tokio::test]
async fn a_dossier_that_is_told_of_later_makes_the_numbers_differ() {
    let third = comes(7, vec![due("H48.18.22-221205-0030", "VO THI D")], vec![]);
    let after = "end: 0001 missing_payment, 0002 missing_payment, 0030 missing_payment, \
                 1 unidentified, 2 unidentified";
    check(
        &[two_and_two(), third],
        &[6],
        15,
        &[&format!("6: {SET}"), after],
    )
    .await;
}

#[tokio::test]
async fn a_payment_that_comes_late_makes_a_set_whole() {
    let mut first = two_and_two();
    let second = first.txns.remove(1);
    let open = "5: 0001 missing_payment, 0002 missing_payment, 1 unidentified";
    let late = comes(7, vec![], vec![second]);
    check(&[first, late], &[5], 15, &[open, &format!("end: {SET}")]).await;
}

#[tokio::test]
async fn money_sent_back_long_after_a_repaired_key() {
    let back = Txn {
        kind: TxnKind::Debit,
        amount: Vnd::new(50_000),
        ..paid("9", 24, &format!("HOAN PHI {A}"), "")
    };
    let all = [
        comes(5, vec![due(A, THANH)], vec![paid("1", 5, SLIP, THANH)]),
        comes(24, vec![], vec![back]),
    ];
    let before = "23: 0001 repaired_key, 1 repaired_key";
    let after = "end: 0001 refunded, 1 repaired_key, 9 refunded";
    check(&all, &[23], 33, &[before, after]).await;
}

/// A gateway's refund of one night, and the bank's line of it in the next, or before it: the money
/// went back once.
#[tokio::test]
async fn a_refund_is_seen_at_the_bank_a_night_later_or_sooner() {
    let gateway = |id: &str, of: u32, amount, kind| Txn {
        source: SourceName::new("vnpay"),
        order_ref: Some(A.into()),
        account: None,
        amount: Vnd::new(amount),
        net: Vnd::new(amount),
        kind,
        ..paid(id, of, "", "")
    };
    let line = Txn {
        kind: TxnKind::Debit,
        amount: Vnd::new(20_000),
        net: Vnd::new(20_000),
        ..paid("9", 6, &format!("HOAN {A} VNP00000002"), "")
    };
    for (refund, bank) in [(6, 7), (7, 6), (6, 6)] {
        let back = gateway("VNP00000002", 6, 20_000, TxnKind::Refund);
        let all = [
            comes(
                5,
                vec![due(A, THANH)],
                vec![gateway("VNP00000001", 5, 50_000, TxnKind::Payment)],
            ),
            comes(refund, vec![], vec![back]),
            comes(bank, vec![], vec![line.clone()]),
        ];
        let after = "0001 partial_refund, 9 sighting, VNP00000001 exact_key, \
                     VNP00000002 partial_refund";
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let said = story(kind, &all, &[], 9).await;
            assert_eq!(said, [format!("end: {after}")]);
        }
    }
}
