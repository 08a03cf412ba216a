//! Values that look alike have digests of their own, and rows keep the digests that they had.

use super::*;

fn digest(value: &impl Serialize) -> String {
    let mut canonical = Canonical::new();
    value.serialize(&mut canonical).unwrap();
    canonical.finish()
}

#[test]
fn values_that_look_alike_when_joined_have_digests_of_their_own() {
    let differ = |a: String, b: String| assert_ne!(a, b);
    differ(digest(&("ab", "c")), digest(&("a", "bc")));
    differ(
        digest(&vec![vec![1_u8], vec![]]),
        digest(&vec![vec![], vec![1_u8]]),
    );
    differ(
        digest(&(None::<u8>, Some(1_u8))),
        digest(&(Some(1_u8), None::<u8>)),
    );
    differ(digest(&"x".repeat(255)), digest(&"x".repeat(256)));
    let long = "x".repeat(3 * BATCH);
    assert_eq!(digest(&long), digest(&long.clone()));
    assert_eq!(digest(&1_u8), hex::encode(Sha256::digest([1])));
}

#[test]
fn a_row_without_an_unknown_word_has_the_digest_that_it_always_had() {
    let mut txn = crate::domain::Txn {
        source: crate::domain::SourceName::new("s"),
        id: "1".into(),
        order_ref: None,
        memo: "m".into(),
        amount: crate::domain::Vnd::new(1),
        fee: crate::domain::Vnd::ZERO,
        net: crate::domain::Vnd::new(1),
        paid_at: crate::domain::Moment::parse("2022-12-05T10:00:00").unwrap(),
        paid_on: crate::domain::Day::parse("2022-12-05").unwrap(),
        business_date: crate::domain::Day::parse("2022-12-05").unwrap(),
        status: crate::domain::TxnStatus::Unmapped,
        status_word: None,
        kind: crate::domain::TxnKind::Payment,
        payer: "p".into(),
        account: None,
        bank_ref: None,
        instrument: crate::domain::Instrument::Transfer,
        spot: crate::domain::Aside::default(),
    };
    let t = &txn;
    let money = (
        &t.source,
        &t.id,
        &t.order_ref,
        &t.memo,
        t.amount,
        t.fee,
        t.net,
    );
    let days = (&t.paid_at, t.paid_on, t.business_date, t.status, t.kind);
    let rest = (&t.payer, &t.account, &t.bank_ref, t.instrument);
    let was = digest(&(money, days, rest));
    assert_eq!(digest(&txn), was);
    txn.status_word = Some(Box::new("77".into()));
    assert_ne!(digest(&txn), was);
}
