//! The run and the shares of the example.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::*;
use doisoat::kpi::{Deciding, Fraction, Period, Share, Target, Verdict};
use doisoat::report::{Digests, Figure, PageFacts, Previous, RunFacts};

use super::{day, night};

pub(super) fn empty_facts() -> RunFacts {
    RunFacts {
        run_id: RunId::new("2022-12-05-0123456789ab-2"),
        business_date: night(),
        over: None,
        lacking: Vec::new(),
        unrun: BTreeSet::new(),
        nights: None,
        known: None,
        version_of_night: 2,
        replaces: Some(RunId::new("2022-12-05-ba9876543210-1")),
        state: "published".into(),
        exit_codes: vec![0],
        program_version: "0.1.0".into(),
        digests: Digests {
            input: "1f".repeat(32).into(),
            rules: "2e".repeat(32).into(),
            output: "3d".repeat(32).into(),
        },
        lang: Lang::Vi,
        unit: "UBND huyện Mộ Đức".into(),
        sources: Vec::new(),
        targets: vec![Target {
            definition: "TX_CASHLESS".into(),
            share: Fraction { num: 1, den: 2 },
            valid_from: day("2022-12-02"),
            valid_to: None,
        }],
        previous: Some(Previous {
            business_date: day("2022-12-04"),
            transactions: Figure::new(11, 2_400_000),
            share: Some(Fraction { num: 48, den: 100 }),
            open: Figure::new(3, 1_150_000),
            exceptions: Figure::new(6, 2_000_000),
            overdue: Figure::new(1, 300_000),
        }),
        changes: None,
        replaced: None,
        opened_on: BTreeMap::new(),
        changed_groups: BTreeSet::new(),
        margin_min: 950,
        calibration: None,
        estimates: Vec::new(),
        what_if: Vec::new(),
        trend: Vec::new(),
        fees: None,
        catalogue: Catalogue::default(),
        page: PageFacts::default(),
    }
}

/// (definition, agency, numerator, denominator, low, high) of the year; the month and the night
/// are made smaller by the same measure.
type Figures = (
    &'static str,
    &'static str,
    i128,
    i128,
    (i128, i128),
    (i128, i128),
);

const YEAR: [Figures; 12] = [
    (
        "AMOUNT_CASHLESS",
        "",
        61_450_000,
        128_900_000,
        (60_200_000, 129_900_000),
        (62_900_000, 128_900_000),
    ),
    (
        "AMOUNT_CASHLESS",
        "H48.18.21",
        30_000_000,
        50_000_000,
        (29_500_000, 50_400_000),
        (30_400_000, 50_000_000),
    ),
    (
        "AMOUNT_CASHLESS",
        "H48.18.22",
        21_450_000,
        58_900_000,
        (20_700_000, 59_500_000),
        (22_500_000, 58_900_000),
    ),
    (
        "AMOUNT_CASHLESS",
        "H48.18.23",
        10_000_000,
        20_000_000,
        (10_000_000, 20_000_000),
        (10_000_000, 20_000_000),
    ),
    (
        "DOSSIER_CASHLESS",
        "",
        1110,
        2391,
        (1106, 2395),
        (1119, 2391),
    ),
    (
        "DOSSIER_CASHLESS",
        "H48.18.21",
        600,
        1000,
        (598, 1002),
        (603, 1000),
    ),
    (
        "DOSSIER_CASHLESS",
        "H48.18.22",
        410,
        1191,
        (408, 1193),
        (415, 1191),
    ),
    (
        "DOSSIER_CASHLESS",
        "H48.18.23",
        100,
        200,
        (100, 200),
        (100, 200),
    ),
    ("TX_CASHLESS", "", 1268, 2554, (1264, 2559), (1281, 2554)),
    (
        "TX_CASHLESS",
        "H48.18.21",
        700,
        1100,
        (697, 1102),
        (704, 1100),
    ),
    (
        "TX_CASHLESS",
        "H48.18.22",
        458,
        1254,
        (456, 1256),
        (464, 1254),
    ),
    ("TX_CASHLESS", "H48.18.23", 110, 200, (110, 200), (110, 200)),
];

pub(super) fn shares(deciding: &[ExceptionId]) -> Vec<Share> {
    let mut shares = Vec::new();
    let periods = [
        Period::night(night()),
        Period::month_to(night()),
        Period::year_to(night()),
    ];
    for (definition, agency, num, den, low, high) in YEAR {
        for (i, period) in periods.iter().enumerate() {
            let less = [100, 10, 1][i];
            let target = (definition == "TX_CASHLESS").then_some(Fraction { num: 1, den: 2 });
            let fraction = |(num, den): (i128, i128)| Fraction { num, den };
            let low = fraction(low);
            let high = fraction(high);
            let half = Fraction { num: 1, den: 2 };
            let verdict = target.map(|_| {
                if low.compare(half).is_ge() {
                    Verdict::Met
                } else if high.compare(half).is_lt() {
                    Verdict::Missed
                } else {
                    Verdict::Undecided
                }
            });
            let total = agency.is_empty();
            shares.push(Share {
                definition,
                agency: (!total).then(|| AgencyCode::new(agency)),
                cell: None,
                period: period.clone(),
                numerator: num / less,
                denominator: den / less,
                low: Some(low),
                high: Some(high),
                outer: definition == "AMOUNT_CASHLESS" && total,
                enough_data: true,
                target,
                verdict,
                deciding: if total && target.is_some() {
                    Deciding {
                        met: deciding[..1].to_vec(),
                        missed: deciding.to_vec(),
                        proved: definition != "AMOUNT_CASHLESS",
                    }
                } else {
                    Deciding::default()
                },
            });
        }
    }
    shares.push(Share {
        definition: "DOSSIER_ONLINE",
        agency: None,
        cell: None,
        period: Period::year_to(night()),
        numerator: 0,
        denominator: 0,
        low: None,
        high: None,
        outer: false,
        enough_data: false,
        target: Some(Fraction { num: 4, den: 5 }),
        verdict: Some(Verdict::NoData),
        deciding: Deciding::default(),
    });
    shares
}
