//! A ledger of many lines does what one of few does.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    AgencyCode, Day, DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs,
    Instrument, Moment, Receipt, ReceiptStatus, Rules, SourceName, Txn, TxnKind, TxnStatus, Vnd,
};

const CODE: &str = "H48.18.22-221205-0001";

fn code() -> DossierCode {
    DossierCode::parse(CODE).unwrap()
}

fn moment(minute: usize) -> Moment {
    let (hour, minute) = (8 + minute / 60, minute % 60);
    Moment::parse(&format!("2022-12-05T{hour:02}:{minute:02}:00")).unwrap()
}

fn line(i: usize, (amount, kind): (i64, usize)) -> Fee {
    let kinds = [FeeKind::Phi, FeeKind::LePhi, FeeKind::LandObligation];
    Fee {
        dossier_code: code(),
        fee_id: FeeId::new(&format!("F{i:02}")),
        kind: kinds[kind],
        amount: Vnd::new(amount * 100),
        agency_code: AgencyCode::new("H48.18.22"),
        procedure_code: "1.004227".into(),
        declared_method: DeclaredMethod::Transfer,
        due_at: None,
        payer_name: "NGUYEN VAN A".into(),
        status: FeeStatus::Paid,
        more: crate::domain::fee::FeeMore::default().into(),
        spot: crate::domain::Aside::default(),
    }
}

/// A money row: what it is, its amount in hundreds, the minute, who paid, the line or order.
type Row = (u8, i64, usize, usize, usize);

fn txn(i: usize, (kind, amount, minute, payer, order): Row) -> Txn {
    let kinds = [TxnKind::Payment, TxnKind::Refund, TxnKind::Reversal];
    // some came net of a fee of 220 dong
    let net = i64::from(kind == 3) * 220;
    Txn {
        status_word: None,
        source: SourceName::new(["momo", "vnpay"][order % 2]),
        id: format!("T{i:02}").into(),
        order_ref: [None, Some("A"), Some("B")][order % 3].map(Into::into),
        memo: "".into(),
        amount: Vnd::new((amount * 100 - net).max(1)),
        fee: Vnd::ZERO,
        net: Vnd::new(amount * 100),
        paid_at: moment(minute),
        paid_on: Day::parse("2022-12-05").unwrap(),
        business_date: Day::parse("2022-12-05").unwrap(),
        status: TxnStatus::Success,
        kind: kinds[usize::from(kind % 3)],
        payer: ["NGUYEN VAN A", "TRAN THI B", ""][payer].into(),
        account: None,
        bank_ref: None,
        instrument: Instrument::Transfer,
        spot: crate::domain::Aside::default(),
    }
}

fn receipt(i: usize, (_, amount, minute, _, line): Row) -> Receipt {
    Receipt {
        receipt_id: format!("R{i:02}").into(),
        receipt_no: "1".into(),
        dossier_code: code(),
        fee_id: FeeId::new(&format!("F{line:02}")),
        amount: Vnd::new(amount * 100),
        collected_at: moment(minute),
        cashier: "LE THI B".into(),
        agency_code: AgencyCode::new("H48.18.22"),
        status: ReceiptStatus::Valid,
        spot: crate::domain::Aside::default(),
    }
}

fn inputs(fees: &[(i64, usize)], rows: &[Row]) -> Inputs {
    let mut inputs = Inputs {
        fees: fees.iter().enumerate().map(|(i, f)| line(i, *f)).collect(),
        ..Inputs::default()
    };
    for (i, row) in rows.iter().enumerate() {
        if row.0 == 4 {
            inputs.receipts.push(receipt(i, *row));
        } else {
            inputs.txns.push(txn(i, *row));
        }
    }
    inputs.sort();
    inputs
}

/// Every row put to the dossier; of some only certain lines.
fn credited(pool: &Pool) -> (Vec<Credit>, Vec<Return>) {
    let lines: Vec<Index> = pool.lines(0).map(|(line, _)| line).collect();
    let credit = |money: Money, lines: Option<Vec<Index>>| Credit {
        money,
        amount: money.amount(pool),
        pass: "exact_key",
        why: Evidence::MemoIsCode(code()),
        lines,
        decided: None,
        shared: false,
        payer: match money {
            Money::Txn(txn) => pool.payer(pool.txn(txn), 0),
            Money::Receipt(_) => Payer::Unknown,
        },
    };
    let (mut credits, mut gone) = (Vec::new(), Vec::new());
    for (i, row) in pool.inputs.txns.iter().enumerate() {
        let txn = crate::matching::pool::index(i);
        if row.kind != TxnKind::Payment {
            let reversal = row.kind == TxnKind::Reversal;
            let of = None;
            gone.push(Return { txn, reversal, of });
            continue;
        }
        let bound = row.order_ref.as_deref() == Some("B");
        let some = bound.then(|| lines.iter().copied().step_by(2).collect());
        credits.push(credit(Money::Txn(txn), some));
    }
    for (i, row) in pool.inputs.receipts.iter().enumerate() {
        let of = |line: &&Index| pool.fee(**line).fee_id == row.fee_id;
        if let Some(line) = lines.iter().find(of) {
            let money = Money::Receipt(crate::matching::pool::index(i));
            credits.push(credit(money, Some(vec![*line])));
        }
    }
    (credits, gone)
}

/// What a ledger says, and what it is asked.
fn told(ledger: &Ledger) -> String {
    let asked: Vec<_> = (0..ledger.lines.len())
        .map(|l| {
            let line = &ledger.lines[l];
            let on: Vec<On> = ledger.on(l).collect();
            let back: Vec<Index> = ledger.returns_on(l).map(|back| back.txn).collect();
            let live = ledger.live_payments_of(line);
            (on, back, live, ledger.is_short_of(line))
        })
        .collect();
    let first = |entry: &Entry| ledger.first_lacking(entry).map(|line| line.fee);
    let first: Vec<_> = ledger.entries.iter().map(first).collect();
    let (lacking, may_lack) = (ledger.lacking(), ledger.may_lack());
    let amounts: Vec<bool> = (0..9).map(|n| ledger.has_amount(n * 100)).collect();
    let Ledger {
        lines,
        entries,
        returns,
        ..
    } = ledger;
    let sums = (lacking, may_lack, amounts);
    format!("{lines:#?}\n{entries:#?}\n{returns:#?}\n{asked:#?}\n{first:?} {sums:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is looked up in a large ledger is what is found by looking through a small one.
    #[test]
    fn a_large_ledger_says_what_a_small_one_says(
        fees in prop::collection::vec((1_i64..6, 0_usize..3), 1..8),
        rows in prop::collection::vec(
            (0_u8..5, 1_i64..12, 0_usize..200, 0_usize..3, 0_usize..6), 0..12)
    ) {
        let inputs = inputs(&fees, &rows);
        let rules = Rules::default();
        let pool = Pool::new(&inputs, &rules);
        let (credits, gone) = credited(&pool);
        let [small, large] = [false, true]
            .map(|large| told(&settle(&pool, 0, credits.clone(), &gone, large)));
        prop_assert_eq!(small, large);
    }
}

#[test]
fn a_payment_net_of_the_fee_of_one_of_many_lines_is_found() {
    // 11 of 1,000, at least 220: of 50,000 dong 550
    let fees: Vec<(i64, usize)> = (0..30).map(|i| (100 + 20 * i, 0)).collect();
    let mut day = inputs(&fees, &[(0, 500, 1, 0, 1)]);
    day.txns[0].amount = Vnd::new(49_450);
    let rules = Rules::default();
    let pool = Pool::new(&day, &rules);
    let (credits, gone) = credited(&pool);
    let ledger = settle_with(&pool, 0, credits, &gone);
    assert_eq!(ledger.entries[0].net_fee, Some(550));
    assert_eq!(ledger.entries[0].parts, [(20, 49_450)]);
}

#[test]
fn what_many_refunds_of_one_payment_took_is_noted_once_for_each_line() {
    let mut rows: Vec<Row> = vec![(0, 800, 1, 0, 1)];
    rows.extend((0..300).map(|i| (1, 2, 2 + i, 0, 1)));
    let day = inputs(&[(500, 0), (300, 0)], &rows);
    let rules = Rules::default();
    let pool = Pool::new(&day, &rules);
    let (credits, gone) = credited(&pool);
    let ledger = settle_with(&pool, 0, credits, &gone);
    let entry = &ledger.entries[0];
    assert_eq!((ledger.returns.len(), entry.returned), (300, 60_000));
    // the last line first: each is noted once, however many refunds took of it
    assert_eq!(entry.sent_back, [(0, 30_000), (1, 30_000)]);
}
