//! What the table says of single fee lines, and of itself.

use crate::domain::CollectionMode::{Before, Exempt, Zero};

use super::*;
use crate::domain::{
    AgencyCode, DeclaredMethod, DossierCode, FeeId, Moment, RateUnit, fee::FeeMore,
};

pub(super) fn day(raw: &str) -> Day {
    Day::parse(raw).unwrap()
}

pub(super) fn rate(procedure: &str, dong: i64) -> FeeRate {
    FeeRate {
        procedure: Some(procedure.into()),
        field: None,
        kind: FeeKind::LePhi,
        item: "".into(),
        channel: None,
        applicant: "".into(),
        valid_from: day("2017-01-01"),
        valid_to: None,
        rate: Vnd::new(dong),
        unit: RateUnit::Case,
        first_pages: None,
        next_rate: None,
        most: None,
        part: 10_000,
        legal_basis: "NQ 1/2017/NQ-HĐND".into(),
    }
}

fn copies() -> FeeRate {
    FeeRate {
        unit: RateUnit::Page,
        first_pages: Some(2),
        next_rate: Some(Vnd::new(1_000)),
        most: Some(Vnd::new(200_000)),
        ..rate("2.000815", 2_000)
    }
}

fn fee(procedure: &str, dong: i64) -> Fee {
    Fee {
        dossier_code: DossierCode::parse("000.00.31.H48-221205-0001").unwrap(),
        fee_id: FeeId::new("F1"),
        kind: FeeKind::LePhi,
        amount: Vnd::new(dong),
        agency_code: AgencyCode::new("000.00.31.H48"),
        procedure_code: procedure.into(),
        declared_method: DeclaredMethod::None,
        due_at: None,
        payer_name: "".into(),
        status: FeeStatus::Paid,
        more: FeeMore::default().into(),
        spot: crate::domain::Aside::default(),
    }
}

fn with(mut fee: Fee, change: impl FnOnce(&mut FeeMore)) -> Fee {
    change(&mut fee.more);
    fee
}

fn judged(rates: Vec<FeeRate>, fee: Fee) -> FeeChecks {
    let table = FeeTable {
        rates,
        ..FeeTable::default()
    };
    judge(&[fee], &table, None)
}

fn word(rates: &[FeeRate], fee: &Fee) -> Option<FeeWord> {
    let checks = judged(rates.to_vec(), fee.clone());
    checks.notes.first().map(|note| note.word)
}

/// What several copies of one to 400 pages can come to, counted one by one.
fn counted(upto: usize) -> Vec<bool> {
    let copy = |pages: usize| {
        if pages <= 2 {
            2 * pages
        } else {
            (4 + pages - 2).min(200)
        }
    };
    let mut can = vec![false; upto + 1];
    can[0] = true;
    for sum in 1..=upto {
        can[sum] = (1..=400).any(|pages| copy(pages) <= sum && can[sum - copy(pages)]);
    }
    can
}

#[test]
fn copies_of_any_number_of_pages_fit_and_nothing_else() {
    let amounts = Amounts::of(&copies());
    for (thousands, can) in counted(1_000).into_iter().enumerate().skip(1) {
        let dong = i64::try_from(thousands).unwrap() * 1_000;
        assert_eq!(amounts.allow(Vnd::new(dong)), can, "{dong}");
        assert!(!amounts.allow(Vnd::new(dong + 500)), "{dong} and a half");
    }
    assert!(!amounts.allow(Vnd::ZERO) && !amounts.allow(Vnd::ROW_MAX));
    // a half of it, and a maximum that no number of pages hits
    let half = FeeRate {
        part: 5_000,
        ..copies()
    };
    let half = Amounts::of(&half);
    assert!(half.allow(Vnd::new(1_000)) && half.allow(Vnd::new(2_500)));
    assert!(!half.allow(Vnd::new(1_500)) && !half.allow(Vnd::new(1_250)));
    let odd = FeeRate {
        first_pages: Some(1),
        next_rate: Some(Vnd::new(2_000)),
        most: Some(Vnd::new(7_000)),
        ..copies()
    };
    let odd = Amounts::of(&odd);
    // 2, 4, 6, then 7 at most: an odd sum has a whole copy in it
    assert!(odd.allow(Vnd::new(7_000)) && odd.allow(Vnd::new(9_000)));
    assert!(!odd.allow(Vnd::new(5_000)) && !odd.allow(Vnd::new(1_000)));
}

#[test]
fn units_cases_and_parts() {
    let signature = FeeRate {
        unit: RateUnit::Copy,
        ..rate("2.000884", 10_000)
    };
    assert_eq!(
        word(std::slice::from_ref(&signature), &fee("2.000884", 30_000)),
        None
    );
    assert_eq!(
        word(&[signature], &fee("2.000884", 35_000)),
        Some(FeeWord::NoRate)
    );
    assert_eq!(word(&[rate("1.1", 75_000)], &fee("1.1", 75_000)), None);
    assert_eq!(
        word(&[rate("1.1", 75_000)], &fee("1.1", 150_000)),
        Some(FeeWord::NoRate)
    );
    let reduced = FeeRate {
        part: 6_000,
        ..rate("1.1", 8_000)
    };
    assert_eq!(
        word(std::slice::from_ref(&reduced), &fee("1.1", 4_800)),
        None
    );
    assert_eq!(word(&[reduced], &fee("1.1", 8_000)), Some(FeeWord::NoRate));
}

#[test]
fn the_rate_of_the_day_of_receipt_applies() {
    let old = FeeRate {
        valid_to: Some(day("2022-12-04")),
        ..rate("1.1", 5_000)
    };
    let new = FeeRate {
        valid_from: day("2022-12-05"),
        ..rate("1.1", 8_000)
    };
    let both = [old, new];
    let received = |raw: &str, dong| {
        let at = Moment::parse(&format!("{raw}T10:00:00+07:00")).unwrap();
        with(fee("1.1", dong), |more| more.received_at = Some(at))
    };
    assert_eq!(word(&both, &received("2022-12-04", 5_000)), None);
    assert_eq!(word(&both, &received("2022-12-05", 8_000)), None);
    assert_eq!(
        word(&both, &received("2022-12-05", 5_000)),
        Some(FeeWord::EndedRate)
    );
    assert_eq!(
        word(&both, &received("2022-12-04", 8_000)),
        Some(FeeWord::EarlyRate)
    );
    // the code tells the day where the registry does not
    assert_eq!(word(&both, &fee("1.1", 5_000)), Some(FeeWord::EndedRate));
    let checks = judged(both.to_vec(), fee("1.1", 5_000));
    let note = &checks.notes[0];
    assert_eq!((note.due.clone(), note.used.clone()), (vec![1], vec![0]));
    assert_eq!(note.amount, Vnd::new(5_000));
}

#[test]
fn the_two_zeros_are_told_apart() {
    let exemption = FeeRate {
        applicant: "trẻ em".into(),
        part: 0,
        ..rate("1.1", 8_000)
    };
    let online = FeeRate {
        channel: Some(FilingChannel::Online),
        part: 0,
        ..rate("1.1", 8_000)
    };
    let all = [rate("1.1", 8_000), exemption, online];
    let check = |mode: Option<CollectionMode>, channel, dong, expected: Option<FeeWord>| {
        let fee = with(fee("1.1", dong), |more| {
            more.collection_mode = mode;
            more.filing_channel = channel;
        });
        assert_eq!(word(&all, &fee), expected, "{mode:?} {channel:?} {dong}");
    };
    let (counter, net) = (Some(FilingChannel::Counter), Some(FilingChannel::Online));
    check(Some(Exempt), counter, 0, Some(FeeWord::Exempt));
    check(Some(Exempt), net, 0, Some(FeeWord::Exempt));
    check(Some(Zero), net, 0, Some(FeeWord::ZeroRate));
    check(Some(Before), net, 0, Some(FeeWord::ZeroRate));
    check(None, net, 0, Some(FeeWord::ZeroRate));
    // an exempt person, where the registry says nothing of the reason
    check(None, counter, 0, Some(FeeWord::Exempt));
    check(Some(Zero), counter, 0, Some(FeeWord::WrongZero));
    check(Some(Before), counter, 0, Some(FeeWord::OtherChannel));
    check(Some(Before), counter, 8_000, None);
    check(Some(Before), net, 8_000, Some(FeeWord::OtherChannel));
    // how it was filed is not told: any of the rates may be it
    check(Some(Before), None, 8_000, None);
    let no_exemption = [all[0].clone(), all[2].clone()];
    let exempt = |channel| {
        with(fee("1.1", 0), |more| {
            more.collection_mode = Some(Exempt);
            more.filing_channel = channel;
        })
    };
    assert_eq!(word(&no_exemption, &exempt(net)), Some(FeeWord::WrongZero));
    assert_eq!(
        word(&all[..1], &exempt(counter)),
        Some(FeeWord::PayableZero)
    );
}

#[test]
fn what_is_not_known_is_not_judged() {
    let rates = || vec![rate("1.001612", 100_000)];
    let unjudged = |fee| judged(rates(), fee).unjudged;
    assert_eq!(unjudged(fee("9.9", 1)).unlisted, 1);
    // a local code is the national one with something behind it
    let local = judged(rates(), fee("1.001612.000.00.00.H48", 5));
    assert_eq!(local.notes.len(), 1);
    let phi = Fee {
        kind: FeeKind::Phi,
        ..fee("1.001612", 2_000)
    };
    assert_eq!(unjudged(phi).unlisted, 1);
    let later = FeeRate {
        valid_from: day("2023-01-01"),
        ..rate("1.001612", 100_000)
    };
    let none = judged(vec![later], fee("1.001612", 7));
    assert_eq!((none.unjudged.not_in_force, none.notes.len()), (1, 0));
    let table = FeeTable {
        rates: rates(),
        unread: vec!["1.001612".into()],
        ..FeeTable::default()
    };
    assert_eq!(
        judge(&[fee("1.001612", 7)], &table, None).unjudged.unread,
        1
    );
    // a line of a field that cannot be read names no procedure: it may be the rate of any field
    let by_field = with(fee("9.999999", 7), |more| {
        more.field_code = Some("HT".into());
    });
    let of_field = FeeRate {
        procedure: None,
        field: Some("HT".into()),
        ..rate("1.001612", 777)
    };
    let table = FeeTable {
        rates: vec![of_field],
        unread: vec!["".into()],
        ..FeeTable::default()
    };
    let found = judge(&[by_field, fee("1.001612", 7)], &table, None);
    assert_eq!((found.unjudged.unread, found.notes.len()), (2, 0));
    // set afterwards, cancelled, of the tax office, from before go-live: nothing to say
    let waits = with(fee("1.001612", 0), |more| {
        more.collection_mode = Some(CollectionMode::After);
    });
    let waits = Fee {
        status: FeeStatus::Unpaid,
        ..waits
    };
    let cancelled = Fee {
        status: FeeStatus::Cancelled,
        ..fee("1.001612", 7)
    };
    let land = Fee {
        kind: FeeKind::LandObligation,
        ..fee("1.001612", 7)
    };
    let table = FeeTable {
        rates: rates(),
        ..FeeTable::default()
    };
    let silent = FeeChecks {
        rates: rates(),
        ..FeeChecks::default()
    };
    assert_eq!(judge(&[waits, cancelled, land], &table, None), silent);
    let opening = judge(&[fee("1.001612", 7)], &table, Some(day("2022-12-06")));
    assert_eq!(opening, silent);
}

#[test]
fn a_rate_of_the_field_stands_in() {
    let field = FeeRate {
        procedure: None,
        field: Some("CT".into()),
        ..copies()
    };
    let of_field = |procedure: &str, dong| {
        with(fee(procedure, dong), |more| {
            more.field_code = Some("CT".into());
        })
    };
    let rates = [field, rate("1.1", 50_000)];
    assert_eq!(word(&rates, &of_field("2.2", 7_000)), None);
    assert_eq!(word(&rates, &of_field("2.2", 3_000)), Some(FeeWord::NoRate));
    assert_eq!(word(&rates, &of_field("1.1", 7_000)), Some(FeeWord::NoRate));
}

#[test]
fn a_night_knows_what_begins_within_a_month() {
    let old = FeeRate {
        valid_to: Some(day("2025-12-31")),
        ..rate("1.1", 5_000)
    };
    let new = FeeRate {
        valid_from: day("2026-01-01"),
        ..rate("1.1", 8_000)
    };
    let before = FeeTable {
        rates: vec![rate("1.1", 5_000)],
        ..FeeTable::default()
    };
    let after = FeeTable {
        rates: vec![old, new],
        ..FeeTable::default()
    };
    let same = |night: &str| before.as_of(day(night)) == after.as_of(day(night));
    assert!(same("2022-12-05") && same("2025-11-30"));
    assert!(!same("2025-12-05") && !same("2026-03-01"));
}
