//! A small night with one of everything, made by hand: what `settle` would say of it is written
//! down here, so that the report's tests depend on no other stage.

use doisoat::classify::Bucket;
use doisoat::domain::*;
use doisoat::kpi::{Fraction, Verdict};
use doisoat::matching::{Evidence, Nearest, Part, Role, Suggestion, Test, Why};
use doisoat::report::{Changes, Closed, Estimate, Figure, RunFacts};
use doisoat::settle::{Inputs, Settlement};

mod build;
mod classes;
mod figures;

pub(crate) use classes::classes;
use figures::{empty_facts, shares};

/// A night as the report sees it.
pub(crate) struct Scene {
    pub(crate) inputs: Inputs,
    pub(crate) settlement: Settlement,
    pub(crate) facts: RunFacts,
}

pub(crate) const SEPAY: &str = "sepay-main";
pub(crate) const VNPAY: &str = "vnpay";

pub(crate) fn night() -> Day {
    day("2022-12-05")
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn code(text: &str) -> DossierCode {
    DossierCode::parse(text).unwrap()
}

fn agency(code: &str, name: &str) -> Agency {
    Agency {
        code: AgencyCode::new(code),
        valid_from: day("2015-01-01"),
        valid_to: day("2025-06-30").into(),
        name: name.into(),
        level: "commune".into(),
        parent_code: Some(AgencyCode::new("H48.18")),
        successor_code: None,
        kind: "committee".into(),
    }
}

/// A night with one of everything; undecided, because the target lies between the bounds.
pub(crate) fn undecided() -> Scene {
    let mut scene = Scene {
        inputs: Inputs {
            business_date: Some(night()),
            ..Inputs::default()
        },
        settlement: Settlement::default(),
        facts: empty_facts(),
    };
    scene.inputs.agencies = vec![
        agency("H48.18.21", "Thị trấn Mộ Đức"),
        agency("H48.18.22", "Xã Đức Lợi"),
        agency("H48.18.23", "Xã Đức Thắng"),
    ];
    in_order(&mut scene);
    open_items(&mut scene);
    rejects(&mut scene);
    scene.source(SEPAY, "sepay", true);
    scene.source(VNPAY, "vnpay", false);
    registry(&mut scene);
    scene.facts.sources[0].arrived = Figure::new(2, 90_000);
    scene.settlement.rows.sort_by(|a, b| a.key.cmp(&b.key));
    let open = |class: &str| {
        let row = scene
            .settlement
            .rows
            .iter()
            .find(|r| r.class == class)
            .unwrap();
        row.exception_id.clone().unwrap()
    };
    let deciding = [open("missing_payment"), open("unidentified")];
    scene
        .facts
        .opened_on
        .insert(open("missing_payment"), day("2022-11-30"));
    scene.facts.changes = Some(Changes {
        opened: [open("unidentified"), open("duplicate")].into(),
        closed: vec![Closed {
            id: ExceptionId::of("orphan", &RowKey::receipt("gone")),
            class: "cutoff".into(),
            amount: Vnd::new(70_000),
            at_risk: Vnd::new(70_000),
            key: RowKey::receipt("gone"),
            day: day("2022-12-01"),
            place: None,
            dossier: None,
            opened: day("2022-12-01"),
        }],
    });
    scene.settlement.shares = shares(&deciding);
    scene
}

fn in_order(scene: &mut Scene) {
    use DeclaredMethod::{Card, Cash, None, Qr, Transfer};
    scene.paid(
        SEPAY,
        "101",
        "H48.18.21-221205-0001",
        "F1",
        150_000,
        Transfer,
    );
    scene.paid(SEPAY, "102", "H48.18.21-221205-0002", "F1", 500_000, Qr);
    scene.paid(SEPAY, "103", "H48.18.22-221205-0001", "F1", 80_000, None);
    scene.paid(
        VNPAY,
        "14112233",
        "H48.18.22-221205-0002",
        "F1",
        1_250_000,
        Card,
    );
    scene.paid("cash", "PT1", "H48.18.22-221205-0003", "F1", 15_000, Cash);
    scene.paid("cash", "PT2", "H48.18.22-221205-0003", "F2", 8_000, Cash);
    scene.paid("cash", "PT3", "H48.18.23-221205-0001", "F1", 100_000, Cash);
    let failed = scene.txn(VNPAY, "14112244", 60_000, "Thanh toan ho so");
    failed.status = TxnStatus::Failed;
    let key = failed.key();
    let row = scene.row(key, "failed", Bucket::Excluded, 60_000);
    row.evidence = vec![Evidence::ProviderSays("failed")];
}

fn open_items(scene: &mut Scene) {
    // Paid too little.
    let dossier = "H48.18.22-221205-0009";
    scene.fee(dossier, "F1", 300_000, DeclaredMethod::Transfer);
    let key = scene
        .txn(
            SEPAY,
            "104",
            250_000,
            "nop le phi H4818222212050009 tu NGUYEN VAN A",
        )
        .key();
    scene.link(
        &key,
        dossier,
        "F1",
        250_000,
        Role::Settles,
        Evidence::MemoHolds(code(dossier)),
    );
    scene.row(key, "ok", Bucket::Matched, 250_000);
    let row = scene.row(
        RowKey::fee(&code(dossier), &FeeId::new("F1")),
        "underpaid",
        Bucket::Matched,
        50_000,
    );
    row.evidence = vec![Evidence::AmountDiffers(
        Vnd::new(300_000),
        Vnd::new(250_000),
    )];
    row.also = vec!["late"];
    // Paid twice.
    let first = "H48.18.21-221205-0001";
    let key = scene.txn(SEPAY, "105", 150_000, first).key();
    scene.link(
        &key,
        first,
        "F1",
        0,
        Role::Duplicate,
        Evidence::Repeats("101".into()),
    );
    let row = scene.row(key, "duplicate", Bucket::Matched, 150_000);
    row.dossier_code = Some(code(first));
    row.evidence = vec![Evidence::Repeats("101".into())];
    without_a_pair(scene);
}

fn without_a_pair(scene: &mut Scene) {
    // Money without a code.
    let key = scene
        .txn(SEPAY, "106", 1_200_000, "nop tien 0912345678 cam on")
        .key();
    let row = scene.row(key.clone(), "unidentified", Bucket::Open, 1_200_000);
    row.evidence = vec![Evidence::NoCode];
    row.nearest = vec![
        Nearest {
            candidate: "H48.18.21-221201-0007".into(),
            amount: Some(Vnd::new(1_200_000)),
            failed: Test::Named,
        },
        Nearest {
            candidate: "H48.18.22-221205-0001".into(),
            amount: None,
            failed: Test::Open,
        },
    ];
    scene.settlement.suggestions.push(Suggestion {
        txn: key,
        dossier_code: code("H48.18.21-221201-0007"),
        fee_id: Some(FeeId::new("F1")),
        score: 640,
        reason: vec![
            Evidence::AmountFits(Vnd::new(1_200_000)),
            Evidence::PayerAgrees,
        ],
        parts: vec![Part::new(Why::Amount, 340), Part::new(Why::Payer, 300)],
    });
    // The registry says paid, no money.
    let dossier = "H48.18.21-221201-0007";
    scene.fee(dossier, "F1", 1_200_000, DeclaredMethod::Portal);
    let row = scene.row(
        RowKey::fee(&code(dossier), &FeeId::new("F1")),
        "missing_payment",
        Bucket::Open,
        1_200_000,
    );
    row.evidence = vec![Evidence::RegistrySays("paid"), Evidence::NoMoney];
    // Paid, but the days differ.
    let dossier = "H48.18.23-221204-0001";
    scene.paid(
        VNPAY,
        "14112255",
        dossier,
        "F1",
        45_000,
        DeclaredMethod::Card,
    );
    let row = scene.settlement.rows.last_mut().unwrap();
    row.class = "cutoff";
    row.severity = doisoat::classify::Severity::Warn;
    row.exception_id = Some(ExceptionId::of("cutoff", &row.key));
    row.evidence = vec![Evidence::DaysDiffer(day("2022-12-04"), night())];
}

fn reject(
    side: Side,
    source: &str,
    id: &str,
    line: u64,
    column: &str,
    value: &str,
    code: RejectCode,
) -> Reject {
    Reject {
        side,
        source: SourceName::new(source),
        id: id.into(),
        file: if side == Side::Txn {
            "transactions page 1"
        } else {
            "dossier_fees.csv"
        }
        .into(),
        line,
        column: column.into(),
        value: value.into(),
        code,
        amount: None,
        business_date: night(),
    }
}

fn rejects(scene: &mut Scene) {
    scene.inputs.rejects = vec![
        reject(
            Side::Txn,
            SEPAY,
            "107",
            7,
            "amount_in",
            "1.250.00",
            RejectCode::BadAmount,
        ),
        reject(
            Side::Fee,
            "one-stop",
            "~0123456789ab-1",
            12,
            "dossier_code",
            "H48.18.22-221302-0001",
            RejectCode::ImpossibleDossierDate,
        ),
    ];
    for reject in scene.inputs.rejects.clone() {
        let row = scene.row(reject.key(), "reject", Bucket::Rejected, 0);
        row.evidence = vec![Evidence::At(
            reject.file,
            reject.line,
            reject.column,
            reject.value,
            reject.code,
        )];
    }
}

fn registry(scene: &mut Scene) {
    scene.source("one-stop", "export", false);
    let source = scene.facts.sources.last_mut().unwrap();
    source.facts.carries_money = false;
    source.rows = Figure::new(13, 0);
}

/// The same night with a gateway that refused us and a feed that came in part.
pub(crate) fn incomplete() -> Scene {
    let mut scene = undecided();
    scene.facts.exit_codes = vec![12, 3];
    let [sepay, vnpay, ..] = scene.facts.sources.as_mut_slice() else {
        panic!("two sources")
    };
    sepay.facts.state = Completeness::Partial;
    sepay.facts.missing_days = vec![day("2022-12-04"), night()];
    vnpay.facts.state = Completeness::Refused;
    vnpay.facts.missing_orders = 17;
    vnpay.facts.trouble = Some("ResponseCode 97".into());
    scene.facts.estimates = vec![Estimate {
        definition: "TX_CASHLESS".into(),
        scope: "".into(),
        period: "2022".into(),
        low: Fraction { num: 47, den: 100 },
        high: Fraction { num: 53, den: 100 },
        basis: "28 ngày gần nhất".into(),
    }];
    set_verdict(
        &mut scene,
        Fraction { num: 51, den: 100 },
        Fraction { num: 52, den: 100 },
        Verdict::Met,
    );
    scene
}

/// The same night with a source whose own totals contradict ours by one dong.
pub(crate) fn untied() -> Scene {
    let mut scene = undecided();
    scene.facts.exit_codes = vec![5];
    let control = scene.facts.sources[0].facts.control.as_mut().unwrap();
    control.expected_sum = control.sum.checked_add(Vnd::new(1)).ok();
    scene
}

/// A complete night that proves the target met, nothing open, the first one ever.
pub(crate) fn met() -> Scene {
    let mut scene = undecided();
    scene.facts.previous = None;
    scene.facts.changes = None;
    scene.facts.replaces = None;
    scene.facts.version_of_night = 1;
    set_verdict(
        &mut scene,
        Fraction { num: 51, den: 100 },
        Fraction { num: 52, den: 100 },
        Verdict::Met,
    );
    scene
}

/// A complete night that proves the target missed.
pub(crate) fn missed() -> Scene {
    let mut scene = undecided();
    set_verdict(
        &mut scene,
        Fraction { num: 48, den: 100 },
        Fraction {
            num: 4999,
            den: 10_000,
        },
        Verdict::Missed,
    );
    scene
}

fn set_verdict(scene: &mut Scene, low: Fraction, high: Fraction, verdict: Verdict) {
    let shares = scene.settlement.shares.iter_mut();
    for share in shares.filter(|s| s.definition == "TX_CASHLESS" && s.agency.is_none()) {
        (share.low, share.high, share.verdict) = (Some(low), Some(high), Some(verdict));
        share.numerator = low.num;
        share.denominator = low.den;
        share.deciding = doisoat::kpi::Deciding::default();
    }
}
