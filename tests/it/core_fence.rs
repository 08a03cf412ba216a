//! Promises of the core that no story of a day holds by itself: what a person, a night or a report
//! reads off it. Found missing by changing the core on purpose (docs/campaigns/mutation.md).

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::{
    AgencyCode, Completeness, DossierCode, ExceptionId, Fee, Fraction, Rules, SourceFacts,
    SourceName, Txn, Vnd,
};
use doisoat::domain::{DossierCode as Code, vnd::VndError};
use doisoat::kpi::{Contribution, Scope, Share, Verdict};
use doisoat::matching::{Evidence, pass, spoken};
use doisoat::settle::{Settlement, settle};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::prove::plants::with_target;
use crate::rows::{fee, near_spellings, rival_spellings, txn};
use crate::settle_properties::day::{ADay, a_day};

#[test]
fn dong_from_decimals_hundredths_and_sums_lose_nothing() {
    let decimal = |text: &str| Vnd::from_decimal(text.parse::<Decimal>().unwrap()).map(Vnd::get);
    assert_eq!(decimal("45000.00"), Ok(45_000));
    assert_eq!(decimal("-45000"), Ok(-45_000));
    assert_eq!(decimal("0"), Ok(0));
    assert_eq!(decimal("0.5"), Err(VndError::Fraction));
    assert_eq!(decimal("-0.01"), Err(VndError::Fraction));
    let most = Vnd::ROW_MAX.get();
    assert_eq!(decimal(&most.to_string()), Ok(most));
    assert_eq!(decimal(&format!("-{most}")), Ok(-most));
    assert_eq!(decimal(&(most + 1).to_string()), Err(VndError::TooLarge));
    assert_eq!(decimal("-9999999999999999999999"), Err(VndError::TooLarge));
    assert_eq!(Vnd::from_hundredths(-100), Ok(Vnd::new(-1)));
    assert_eq!(Vnd::from_hundredths(-101), Err(VndError::Fraction));
    let (a, b, max) = (Vnd::new(7), Vnd::new(-9), Vnd::new(i64::MAX));
    assert_eq!(a.checked_add(b), Ok(Vnd::new(-2)));
    assert_eq!(a.checked_sub(b), Ok(Vnd::new(16)));
    assert_eq!(max.checked_add(a), Err(VndError::TooLarge));
    assert_eq!(Vnd::new(i64::MIN).checked_sub(a), Err(VndError::TooLarge));
    assert_eq!(Vnd::from_wide(-2), Ok(Vnd::new(-2)));
    assert_eq!(
        Vnd::from_wide(i128::from(i64::MAX) + 1),
        Err(VndError::TooLarge)
    );
    assert_eq!(Vnd::from_wide(i128::MIN), Err(VndError::TooLarge));
    assert!(Vnd::ZERO.is_zero() && !a.is_zero() && !b.is_zero());
    assert_eq!(
        (a.to_string(), b.to_string()),
        ("7".to_owned(), "-9".to_owned())
    );
    assert_eq!(Vnd::new(-1_234_567).grouped(), "-1.234.567");
    let zeros = format!("000{}", "9".repeat(15));
    assert_eq!(
        Vnd::parse_decimal(&zeros),
        Ok(Vnd::new(999_999_999_999_999))
    );
}

/// Rounded three ways, against integers alone.
#[test]
fn every_rounding_of_a_fraction_is_the_integer_next_to_it() {
    for (num, den) in (-40_i128..40).flat_map(|num| (1_i128..12).map(move |den| (num, den))) {
        let fraction = Fraction::new(num, den).unwrap();
        for digits in 0..3_u32 {
            let scale = 10_i128.pow(digits);
            let read = |text: String| -> i128 {
                let sign = if text.starts_with('-') { -1 } else { 1 };
                let bare: String = text.chars().filter(char::is_ascii_digit).collect();
                let places = text.split_once('.').map_or(0, |(_, part)| part.len());
                assert_eq!(u32::try_from(places).unwrap(), digits, "{text}");
                sign * bare.parse::<i128>().unwrap()
            };
            let (down, up) = (read(fraction.down(digits)), read(fraction.up(digits)));
            let half = read(fraction.half_up(digits));
            let shown = format!("{num}/{den} at {digits}: {down} {half} {up}");
            assert!(
                down * den <= num * scale && num * scale < (down + 1) * den,
                "{shown}"
            );
            assert!(
                up * den >= num * scale && num * scale > (up - 1) * den,
                "{shown}"
            );
            let (below, above) = (num * scale - down * den, up * den - num * scale);
            let near = if below * 2 < den { down } else { up };
            assert!(half == near || below == above, "{shown}");
        }
    }
    assert_eq!(Fraction::new(1, -1), None);
}

/// What a settled row would have been found by, had it come on an earlier night.
#[test]
fn what_new_rows_name_is_found() {
    let agency = AgencyCode::new("H48.18.22");
    let code = Code::parse("H48.18.22-221202-0001").unwrap();
    let memo = |memo: &str| Txn {
        memo: memo.into(),
        ..txn("FT0001", 50_000, "2022-12-02")
    };
    let none = BTreeSet::new();
    let names = |row: &Txn| spoken([&agency], std::slice::from_ref(row), &[], &[], &[]);
    let near = |row: &Txn, known: &BTreeSet<DossierCode>| {
        near_spellings([&agency], std::slice::from_ref(row), known)
    };
    let exact = memo("nop phi h48 18 22 221202 0001 cam on");
    assert!(names(&exact).spellings.contains(&code.squeezed()));
    assert!(names(&exact).references.contains("FT0001"));
    let slip = memo("NOP PHI H48.18.22-221202-0007");
    assert!(near(&slip, &none).contains(&code.squeezed()));
    assert!(!names(&slip).spellings.contains(&code.squeezed()));
    // a code that exists is not looked for among its neighbours
    let known = BTreeSet::from([Code::parse("H48.18.22-221202-0007").unwrap()]);
    assert!(near(&slip, &known).is_empty());
    let refund = memo("HOAN GD FT99887766 va 221202_000123");
    for word in ["FT99887766", "221202_000123", "000123"] {
        assert!(names(&refund).references.contains(word), "{word}");
    }
    let ordered = Txn {
        order_ref: Some("ORDER1".into()),
        ..memo("nop phi")
    };
    assert!(names(&ordered).orders.contains("ORDER1"));
    let by_code = Txn {
        order_ref: Some(code.as_str().into()),
        ..memo("nop phi")
    };
    assert!(names(&by_code).spellings.contains(&code.squeezed()));
    let line = fee(code.as_str(), "F1", 50_000);
    let told = spoken([&agency], &[], std::slice::from_ref(&line), &[], &[]);
    assert_eq!(told.spellings, BTreeSet::from([code.squeezed()]));
    let rivals = rival_spellings(&[
        line,
        Fee {
            payer_name: "".into(),
            ..fee("H48.18.22-221202-0002", "F2", 1)
        },
    ]);
    let payers = BTreeSet::from(["NGUYEN VAN A".to_owned()]);
    assert_eq!(rivals.get("H481822221202000".to_owned().as_str()), None);
    assert_eq!(rivals.get("H4818222212020007"), Some(&payers));
    assert!(rivals.values().all(|said| *said == payers));
}

#[test]
fn a_pass_is_known_by_its_stored_name() {
    for known in pass::PASSES {
        assert_eq!(pass::id(known.id), Some(known.id));
    }
    assert_eq!(pass::id("guess"), None);
    assert_eq!(pass::id(""), None);
}

fn settled(inputs: &doisoat::domain::Inputs, rules: &Rules) -> Settlement {
    settle(inputs, rules, &Vec::new()).unwrap()
}

/// One dossier of 50,000 dong and payments of these amounts that name it.
fn paid_by(amounts: &[i64]) -> doisoat::domain::Inputs {
    let code = "H48.18.22-221202-0001";
    let payment = |(i, amount): (usize, &i64)| Txn {
        memo: code.into(),
        ..txn(&format!("T{i}"), *amount, "2022-12-02")
    };
    doisoat::domain::Inputs {
        fees: vec![fee(code, "F1", 50_000)],
        txns: amounts.iter().enumerate().map(payment).collect(),
        ..doisoat::domain::Inputs::default()
    }
}

#[test]
fn a_group_says_how_its_sum_came_together() {
    let check = |amounts: &[i64], expected: &[Evidence]| {
        let settled = settled(&paid_by(amounts), &Rules::default());
        let [group] = settled.groups.as_slice() else {
            panic!("{} groups", settled.groups.len());
        };
        assert_eq!(group.evidence, expected, "{amounts:?}");
        assert!(!group.is_set());
    };
    let (due, fits) = (Vnd::new(50_000), Evidence::AmountFits(Vnd::new(50_000)));
    check(&[50_000], std::slice::from_ref(&fits));
    check(
        &[20_000, 30_000],
        &[fits, Evidence::Instalments(2, due, due)],
    );
    check(
        &[20_000, 10_000],
        &[Evidence::Instalments(2, Vnd::new(30_000), due)],
    );
    check(&[20_000], &[]);
}

#[test]
fn only_a_required_source_that_is_lacking_keeps_the_verdict_open() {
    let source = |required: bool, state: Completeness| SourceFacts {
        name: SourceName::new("bank"),
        carries_money: false,
        state,
        kind: "".into(),
        required,
        missing_days: Vec::new(),
        missing_orders: 0,
        deadline_passed: true,
        control: None,
        trouble: None,
        unrun: Vec::new(),
    };
    let check = |required, state, expected: Verdict| {
        let mut inputs = paid_by(&[50_000]);
        inputs.sources = vec![source(required, state)];
        let settled = settled(&inputs, &with_target(&Rules::default()));
        let total = total(&settled, "TX_CASHLESS");
        assert_eq!(total.verdict, Some(expected), "{required} {state:?}");
        assert_eq!(total.point(), Fraction::new(1, 1));
    };
    check(true, Completeness::Complete, Verdict::Met);
    check(false, Completeness::Missing, Verdict::Met);
    check(false, Completeness::Complete, Verdict::Met);
    check(true, Completeness::Missing, Verdict::Undecided);
}

fn total<'s>(settled: &'s Settlement, definition: &str) -> &'s Share {
    let wanted = |share: &&Share| share.definition == definition && share.agency.is_none();
    settled.shares.iter().find(wanted).unwrap()
}

/// The shortest list that proves `met`, then the one that proves `missed`, by sorting what each
/// open item can move.
fn deciding(settled: &Settlement, share: &Share) -> [Vec<String>; 2] {
    let target = share.target.unwrap();
    let worth =
        |pair: &(i64, i64)| target.den * i128::from(pair.0) - target.num * i128::from(pair.1);
    let mine = |c: &&Contribution| c.definition == share.definition && c.scope == Scope::Total;
    let items: Vec<&Contribution> = settled.contributions.iter().filter(mine).collect();
    let ends: Vec<(i128, i128)> = items
        .iter()
        .map(|item| {
            let pairs = item.pairs();
            let worths = || pairs.iter().map(worth);
            (worths().min().unwrap(), worths().max().unwrap())
        })
        .collect();
    let mut order: Vec<usize> = (0..items.len())
        .filter(|i| ends[*i].0 < ends[*i].1)
        .collect();
    // what moves the verdict equally goes by money at risk, then by age
    let rank = |item: &Contribution| {
        let known = settled.rows.iter().filter_map(|row| {
            let id = row.exception_id.as_ref()?;
            let mine = item.exceptions.contains(id);
            mine.then(|| (row.at_risk().here().wide(), row.business_date))
        });
        let known: Vec<_> = known.collect();
        let money: i128 = known.iter().map(|(money, _)| money).sum();
        (-money, known.iter().map(|(_, day)| *day).min())
    };
    order.sort_by_key(|i| {
        let item = items[*i];
        let moves = ends[*i].0 - ends[*i].1;
        (moves, item.exceptions.len(), rank(item), &item.item)
    });
    let least: i128 = ends.iter().map(|(least, _)| least).sum();
    let most: i128 = ends.iter().map(|(_, most)| most).sum();
    // met as soon as the least is at the target, missed as soon as the greatest is below it
    [-least, most + 1].map(|needed| {
        let (mut list, mut moved): (Vec<String>, i128) = (Vec::new(), 0);
        let mut taken = order.iter();
        while moved < needed {
            let Some(i) = taken.next() else {
                return Vec::new();
            };
            moved += ends[*i].1 - ends[*i].0;
            list.extend(items[*i].exceptions.iter().map(|id| id.to_string()));
        }
        let mut seen = BTreeSet::new();
        list.retain(|id| seen.insert(id.clone()));
        list
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// The list beside an open verdict is the shortest that decides it, and stands nowhere else.
    #[test]
    fn the_deciding_list_is_the_shortest(ADay(day) in a_day(), third in any::<bool>()) {
        let mut rules = with_target(&Rules::default());
        if third {
            rules.targets[0].share = Fraction::new(2, 3).unwrap();
        }
        let settled = settled(&day, &rules);
        for share in &settled.shares {
            let said = |ids: &[ExceptionId]| ids.iter().map(ToString::to_string).collect();
            let (met, missed) = (&share.deciding.met, &share.deciding.missed);
            let listed: [Vec<String>; 2] = [said(met), said(missed)];
            let hangs = settled.contributions.iter().any(|item| item.coupled);
            let undecided = share.verdict == Some(Verdict::Undecided) && share.agency.is_none();
            if !undecided {
                prop_assert_eq!(listed, [Vec::<String>::new(), Vec::new()]);
            } else if !share.outer && !hangs {
                prop_assert_eq!(listed, deciding(&settled, share));
            }
        }
    }

    /// An item says nothing twice, and what it says of several days is in order.
    #[test]
    fn an_item_says_nothing_twice(ADay(day) in a_day()) {
        let settled = settled(&day, &Rules::default());
        for item in &settled.contributions {
            let once: BTreeSet<_> = item.outcomes.iter().collect();
            prop_assert_eq!(once.len(), item.outcomes.len(), "{:?}", item);
            prop_assert!(item.elsewhere.is_sorted_by(|a, b| a < b), "{:?}", item);
        }
        for group in &settled.groups {
            let set = group.pass == "set_certificate";
            prop_assert_eq!(group.is_set(), set);
        }
    }

    /// A row that was linked would have been found on a later night by what the other side says.
    #[test]
    fn the_other_side_of_every_link_is_named(ADay(day) in a_day()) {
        let settled = settled(&day, &Rules::default());
        let agencies: BTreeSet<&AgencyCode> = day.fees.iter().map(|fee| &fee.agency_code).collect();
        let codes: BTreeMap<String, &DossierCode> = day
            .fees
            .iter()
            .map(|fee| (fee.dossier_code.squeezed(), &fee.dossier_code))
            .collect();
        let legs = settled.groups.iter().flat_map(|group| &group.legs);
        let by_key = ["exact_key", "extracted_key", "sum_by_key"];
        for leg in legs.filter(|leg| by_key.contains(&leg.pass)) {
            let Some(row) = day.txns.iter().find(|txn| txn.key() == leg.money) else {
                continue;
            };
            let code = leg.dossier_code.as_ref().unwrap();
            let row_alone = std::slice::from_ref(row);
            let names = spoken(agencies.iter().copied(), row_alone, &[], &[], &[]);
            let mine = codes.iter().filter(|(_, known)| **known == code);
            let named = mine.into_iter().any(|(text, _)| names.spellings.contains(text));
            let order = row.order_ref.as_ref();
            let ordered = order.is_some_and(|order| names.orders.contains(&**order));
            prop_assert!(named || ordered, "{:?} {}", row.memo, code);
        }
    }
}
