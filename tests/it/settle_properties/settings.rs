//! Random settings of what a share counts, and the columns that they look at.

use doisoat::domain::custom::{CountUnit, Counted, DateBasis, PartialRule, RefundRule, RollUp};
use doisoat::domain::{
    CollectionMode, Custom, Day, Dimension, FeeKind, Grey, Inputs, Instrument, Moment, Period,
    Rules, Target, Treat,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same days each time, unless `PROPTEST_RNG_SEED` names others.
pub(crate) fn seed() -> RngSeed {
    let told = std::env::var("PROPTEST_RNG_SEED").ok();
    RngSeed::Fixed(told.and_then(|seed| seed.parse().ok()).unwrap_or(1))
}

/// So many cases, two or more days each.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        ..super::config()
    }
}

/// Bits, each of which switches something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    custom: Custom,
    /// How each zone counts.
    zones: [Treat; 3],
    together: u32,
    /// What is broken down: none, or the definition at this place.
    broken: Option<usize>,
}

/// Any setting that the configuration accepts.
pub(crate) fn a_setting() -> impl Strategy<Value = Setting> {
    let treat = || prop::sample::select(vec![Treat::Cashless, Treat::Cash, Treat::Out]);
    let zones = prop_oneof![
        2 => Just([Treat::Cashless; 3]),
        3 => [treat(), treat(), treat()],
    ];
    let together = prop::sample::select(vec![0_u32, 2, 3]);
    (a_custom(), zones, together, prop::option::of(0_usize..4)).prop_map(
        |(custom, zones, together, broken)| Setting {
            custom,
            zones,
            together,
            broken,
        },
    )
}

fn a_custom() -> impl Strategy<Value = Custom> {
    let words = (
        prop::sample::select(CountUnit::ALL),
        prop::sample::select(Counted::ALL),
        prop::sample::select(PartialRule::ALL),
        prop::sample::select(DateBasis::ALL),
        prop::sample::select(RefundRule::ALL),
        prop::sample::select(RollUp::ALL),
    );
    let flags = prop::array::uniform4(any::<bool>());
    (words, flags).prop_map(
        |((unit, numerator, partial, date, refunded, roll_up), flags)| {
            let mut custom = Custom {
                unit,
                numerator,
                zero_fee: flags[0],
                exempt: flags[1],
                land: flags[2],
                unpaid: flags[3],
                partial,
                date,
                refunded,
                roll_up,
            };
            // what the configuration refuses is taken out, as it advises
            let plain = Custom::default();
            while let Some((key, _)) = custom.idle().or(custom.clash()) {
                match key {
                    "zero_fee" => custom.zero_fee = plain.zero_fee,
                    "exempt" => custom.exempt = plain.exempt,
                    "land" => custom.land = plain.land,
                    "unpaid" => custom.unpaid = plain.unpaid,
                    "partial" => custom.partial = plain.partial,
                    _ => custom.refunded = plain.refunded,
                }
            }
            custom
        },
    )
}

impl Setting {
    /// Its rules.
    pub(crate) fn rules(&self) -> Rules {
        let mut grey = Grey::default();
        for (rule, treat) in grey.rules.iter_mut().zip(self.zones) {
            rule.treat = treat;
            rule.together = if rule.together > 0 { self.together } else { 0 };
        }
        // words that the random memos hold
        grey.rules[1].words.push("PHI".into());
        let broken = [
            "TX_CASHLESS",
            "AMOUNT_CASHLESS",
            "DOSSIER_CASHLESS",
            "CUSTOM",
        ];
        let target = |at: usize| Target {
            definition: broken[at].into(),
            share: doisoat::domain::Fraction { num: 1, den: 2 },
            valid_from: Day::of_ms(0),
            valid_to: None,
        };
        Rules {
            custom: Some(self.custom),
            definitions: super::ids(),
            grey,
            targets: self.broken.into_iter().map(target).collect(),
            breakdowns: if self.broken.is_some() {
                Dimension::ALL.to_vec()
            } else {
                Vec::new()
            },
            ..Rules::default()
        }
    }
}

/// A year that holds every random day.
pub(crate) fn year() -> Period {
    Period {
        label: "2022".into(),
        from: crate::rows::day("2022-01-01"),
        to: crate::rows::day("2022-12-31"),
    }
}

/// The day with procedures, days of receipt, online payments, free and land lines, by the bits of
/// a seed.
pub(crate) fn with_more(day: &Inputs, seed: u64) -> Inputs {
    let mut day = day.clone();
    let bits = |n: usize, of: u64| seed.rotate_right(u32::try_from(n * 7 % 61).unwrap_or(0)) % of;
    for (n, fee) in day.fees.iter_mut().enumerate() {
        let code = fee.dossier_code.as_str().len()
            + fee
                .dossier_code
                .as_str()
                .bytes()
                .map(usize::from)
                .sum::<usize>();
        let own = bits(code, 6);
        fee.procedure_code = ["1.001612", "2.000815"][usize::from(own % 2 == 0)].into();
        fee.more.field_code = (bits(n, 3) == 0).then(|| "HT".into());
        let received =
            Moment::of_ms(1_669_800_000_000 - i64::try_from(own).unwrap_or(0) * 86_400_000 * 11);
        fee.more.received_at = (own < 5).then(|| received.clone());
        fee.more.processing_started_at = (own < 4).then(|| received.clone());
        fee.more.result_at = (own < 3).then_some(received);
        match bits(n + 3, 16) {
            0 => fee.amount = doisoat::domain::Vnd::ZERO,
            1 => fee.more.collection_mode = Some(CollectionMode::Exempt),
            2 | 3 => fee.kind = FeeKind::LandObligation,
            _ => {}
        }
    }
    for (n, txn) in day.txns.iter_mut().enumerate() {
        if bits(n + 11, 3) == 0 {
            txn.instrument = Instrument::Card;
        }
    }
    day.sort();
    day
}

/// What the items of a definition add over all.
pub(crate) fn items_of(settlement: &doisoat::settle::Settlement, definition: &str) -> Vec<String> {
    let all = settlement.contributions.iter();
    let mine =
        all.filter(|c| c.definition == definition && c.scope != doisoat::kpi::Scope::AnyAgency);
    let mine = mine.filter(|c| !matches!(c.scope, doisoat::kpi::Scope::Agency(_)));
    mine.map(|c| format!("{} {} {:?} {:?}", c.item, c.day, c.outcomes, c.pairs()))
        .collect()
}
