//! A small night with one of everything, made by hand: what `settle` would say of it is written
//! down here, so that the report's tests depend on no other stage.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::classify::{Bucket, Class, Classified, Severity};
use doisoat::domain::source::Control;
use doisoat::domain::*;
use doisoat::kpi::{Fraction, Period, Share, Target, Verdict};
use doisoat::matching::{Evidence, Leg, MatchGroup, Nearest, Role, Suggestion, Test};
use doisoat::report::{
    Changes, Closed, Digests, Estimate, Figure, KindFigure, Previous, RunFacts, SourceNight,
};
use doisoat::settle::{Inputs, Settlement};

/// A night as the report sees it.
pub struct Scene {
    pub inputs: Inputs,
    pub settlement: Settlement,
    pub facts: RunFacts,
}

pub const SEPAY: &str = "sepay-main";
pub const VNPAY: &str = "vnpay";

pub fn night() -> Day {
    day("2022-12-05")
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn code(text: &str) -> DossierCode {
    DossierCode::parse(text).unwrap()
}

fn class(
    id: &'static str,
    severity: Severity,
    label: (&'static str, &'static str),
    explanation: (&'static str, &'static str),
    advice: (&'static str, &'static str),
) -> Class {
    let text = |(vi, en)| Text { vi, en };
    Class {
        id,
        label: text(label),
        explanation: text(explanation),
        advice: text(advice),
        severity,
        carried: false,
        on_fee: doisoat::classify::class::no_fee,
        on_money: doisoat::classify::class::no_money,
    }
}

/// The classes that the scene uses.
pub fn classes() -> Vec<Class> {
    use Severity::{Action, Info, Warn};
    vec![
        class(
            "reject",
            Action,
            ("Dòng không đọc được", "Unreadable row"),
            ("", ""),
            ("", ""),
        ),
        class(
            "failed",
            Info,
            ("Giao dịch thất bại", "Failed"),
            ("", ""),
            ("", ""),
        ),
        class(
            "late",
            Info,
            ("Nộp muộn so với hạn", "Paid late"),
            (
                "Tiền đến sau ngày hẹn.",
                "The money came after the due day.",
            ),
            ("Không phải làm gì.", "Nothing to do."),
        ),
        class(
            "duplicate",
            Action,
            ("Thanh toán trùng", "Duplicate payment"),
            (
                "Khoản thu này đã được nộp đủ trước đó.",
                "This fee was paid in full before.",
            ),
            (
                "Kế toán lập đề nghị hoàn trả cho người nộp.",
                "The accountant prepares a refund to the payer.",
            ),
        ),
        class(
            "underpaid",
            Action,
            ("Lệch số tiền: nộp thiếu", "Underpaid"),
            (
                "Số tiền nhận được ít hơn số phải thu.",
                "Less came than was due.",
            ),
            (
                "Một cửa mời người nộp bổ sung phần thiếu.",
                "The one-stop counter asks for the rest.",
            ),
        ),
        class(
            "missing_payment",
            Action,
            ("Thiếu phía nhà cung cấp", "Only in the one-stop system"),
            (
                "Hệ thống một cửa ghi đã thu nhưng chưa thấy tiền ở nguồn nào.",
                "The registry says paid, but no source shows the money.",
            ),
            (
                "Kế toán tra soát với nhà cung cấp theo mã yêu cầu.",
                "The accountant asks the provider.",
            ),
        ),
        class(
            "unidentified",
            Action,
            ("Chưa xác định hồ sơ", "Unidentified payment"),
            (
                "Tiền đã vào nhưng nội dung không có mã hồ sơ.",
                "Money came without a dossier code.",
            ),
            (
                "Kế toán tìm hồ sơ theo người nộp và số tiền.",
                "Find the dossier by payer and amount.",
            ),
        ),
        class(
            "cutoff",
            Warn,
            ("Lệch ngày, lệch kỳ", "Cut-off difference"),
            (
                "Hai bên ghi hai ngày khác nhau.",
                "The two sides record different days.",
            ),
            (
                "Xem lại khi khóa sổ tháng.",
                "Look at it when the month is closed.",
            ),
        ),
    ]
}

impl Scene {
    fn txn(&mut self, source: &str, id: &str, amount: i64, memo: &str) -> &mut Txn {
        let at = Moment::parse("2022-12-05T09:15:00+07:00").unwrap();
        self.inputs.txns.push(Txn {
            source: SourceName::new(source),
            id: id.into(),
            order_ref: None,
            memo: memo.into(),
            amount: Vnd::new(amount),
            fee: Vnd::ZERO,
            net: Vnd::new(amount),
            paid_on: at.day(),
            business_date: night(),
            paid_at: at,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: "NGUYEN VAN A".into(),
            account: Some("19001234567890".into()),
            bank_ref: None,
            instrument: if source == VNPAY {
                Instrument::Card
            } else {
                Instrument::Transfer
            },
        });
        self.inputs.txns.last_mut().unwrap()
    }

    fn fee(&mut self, dossier: &str, id: &str, amount: i64, method: DeclaredMethod) {
        self.inputs.fees.push(Fee {
            dossier_code: code(dossier),
            fee_id: FeeId::new(id),
            kind: FeeKind::Phi,
            amount: Vnd::new(amount),
            agency_code: code(dossier).agency(),
            procedure_code: "2.000815".into(),
            declared_method: method,
            due_at: Moment::parse("2022-12-05T17:00:00").ok(),
            payer_name: "Nguyễn Văn A".into(),
            status: FeeStatus::Paid,
            more: fee::FeeMore::default(),
        });
    }

    fn receipt(&mut self, id: &str, dossier: &str, fee_id: &str, amount: i64) {
        self.inputs.receipts.push(Receipt {
            receipt_id: id.into(),
            receipt_no: "0000123".into(),
            dossier_code: code(dossier),
            fee_id: FeeId::new(fee_id),
            amount: Vnd::new(amount),
            collected_at: Moment::parse("2022-12-05T10:00:00").unwrap(),
            cashier: "Trần Thị B".into(),
            agency_code: code(dossier).agency(),
            status: ReceiptStatus::Valid,
        });
    }

    fn row(
        &mut self,
        key: RowKey,
        class: &'static str,
        bucket: Bucket,
        amount: i64,
    ) -> &mut Classified {
        let exception_id = (class != "ok").then(|| ExceptionId::of(class, &key));
        self.settlement.rows.push(Classified {
            dossier_code: key.dossier.clone(),
            key,
            class,
            amount: Vnd::new(amount),
            evidence: Vec::new(),
            nearest: Vec::new(),
            also: Vec::new(),
            exception_id,
            carried: false,
            bucket,
            business_date: night(),
        });
        self.settlement.rows.last_mut().unwrap()
    }

    /// A fee line, the money that settles it, and both rows in order.
    fn paid(
        &mut self,
        source: &str,
        id: &str,
        dossier: &str,
        fee: &str,
        amount: i64,
        how: DeclaredMethod,
    ) {
        self.fee(dossier, fee, amount, how);
        let money = if source == "cash" {
            self.receipt(id, dossier, fee, amount);
            RowKey::receipt(id)
        } else {
            self.txn(source, id, amount, dossier);
            RowKey::txn(&SourceName::new(source), id)
        };
        self.link(
            &money,
            dossier,
            fee,
            amount,
            Role::Settles,
            Evidence::MemoIsCode(code(dossier)),
        );
        self.row(money, "ok", Bucket::Matched, amount);
        let key = RowKey::fee(&code(dossier), &FeeId::new(fee));
        self.row(key, "ok", Bucket::Matched, amount);
    }

    fn link(
        &mut self,
        money: &RowKey,
        dossier: &str,
        fee: &str,
        amount: i64,
        role: Role,
        why: Evidence,
    ) {
        self.settlement.groups.push(MatchGroup {
            id: ids::short_hash(format!("{money:?}{dossier}{fee}").as_bytes(), 16).into(),
            pass: "exact_key",
            legs: vec![Leg {
                money: money.clone(),
                dossier_code: Some(code(dossier)),
                fee_id: Some(FeeId::new(fee)),
                amount: Vnd::new(amount),
                role,
                pass: "exact_key",
                why,
            }],
            score: 1000,
            margin: None,
            evidence: vec![Evidence::AmountFits(Vnd::new(amount))],
            runner_up: None,
            difference: None,
        });
    }

    /// Figures of a source as the store would tell them.
    fn source(&mut self, name: &str, kind: &str, control: bool) {
        let mut kinds: BTreeMap<(&str, &str), Figure> = BTreeMap::new();
        let mut rows = Figure::default();
        for txn in self
            .inputs
            .txns
            .iter()
            .filter(|t| t.source.as_str() == name)
        {
            kinds
                .entry((txn.kind.id(), txn.status.id()))
                .or_default()
                .add(txn.amount);
            rows.add(txn.amount);
        }
        let sum = Vnd::from_wide(rows.sum_vnd).unwrap();
        let facts = SourceFacts {
            name: SourceName::new(name),
            kind: kind.into(),
            carries_money: true,
            required: true,
            state: Completeness::Complete,
            missing_days: Vec::new(),
            missing_orders: 0,
            deadline_passed: true,
            control: control.then_some(Control {
                expected_count: rows.count,
                expected_sum: Some(sum),
                count: rows.count,
                sum,
            }),
            trouble: None,
        };
        let rejects = self
            .inputs
            .rejects
            .iter()
            .filter(|r| r.source.as_str() == name)
            .count();
        let by_kind = |((kind, status), figure): ((&str, &str), Figure)| KindFigure {
            kind: kind.into(),
            status: status.into(),
            figure,
        };
        self.facts.sources.push(SourceNight {
            facts,
            rows,
            rejects: rejects.try_into().unwrap(),
            by_kind: kinds.into_iter().map(by_kind).collect(),
            arrived: Figure::default(),
        });
    }
}

fn empty_facts() -> RunFacts {
    RunFacts {
        run_id: RunId::new("2022-12-05-0123456789ab-2"),
        business_date: night(),
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
        opened_on: BTreeMap::new(),
        changed_groups: BTreeSet::new(),
        estimates: Vec::new(),
    }
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

fn shares(deciding: &[ExceptionId]) -> Vec<Share> {
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
                    deciding.to_vec()
                } else {
                    Vec::new()
                },
            });
        }
    }
    shares.push(Share {
        definition: "DOSSIER_ONLINE",
        agency: None,
        period: Period::year_to(night()),
        numerator: 0,
        denominator: 0,
        low: None,
        high: None,
        outer: false,
        enough_data: false,
        target: Some(Fraction { num: 4, den: 5 }),
        verdict: Some(Verdict::NoData),
        deciding: Vec::new(),
    });
    shares
}

/// A night with one of everything; undecided, because the target lies between the bounds.
pub fn undecided() -> Scene {
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
pub fn incomplete() -> Scene {
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
pub fn untied() -> Scene {
    let mut scene = undecided();
    scene.facts.exit_codes = vec![5];
    let control = scene.facts.sources[0].facts.control.as_mut().unwrap();
    control.expected_sum = control.sum.checked_add(Vnd::new(1)).ok();
    scene
}

/// A complete night that proves the target met, nothing open, the first one ever.
pub fn met() -> Scene {
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
pub fn missed() -> Scene {
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
        share.deciding.clear();
    }
}
