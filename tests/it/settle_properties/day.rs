//! Small random days: a few dossiers with neighbouring codes and equal tariffs, and many defects.

use std::fmt;

use doisoat::domain::fee::FeeMore;
use doisoat::domain::{
    Conflict, DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs, Instrument,
    Moment, Receipt, ReceiptStatus, Reject, RejectCode, Side, SourceName, Txn, TxnKind, TxnStatus,
    Vnd,
};
use proptest::prelude::*;

/// Amounts that collide: two tariffs, their sum, its net, instalments, a strange one.
const AMOUNTS: [i64; 9] = [
    50_000, 8_000, 58_000, 49_450, 57_362, 20_000, 30_000, 60_000, 33_333,
];
pub(super) const PAYERS: [&str; 3] = ["", "NGUYEN VAN A", "TRAN THI B"];
const WHEN: i64 = 1_669_942_800_000;

/// A day that prints itself as the rows of a case.
#[derive(Clone)]
pub(crate) struct ADay(pub(crate) Inputs);

impl fmt::Debug for ADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for fee in &self.0.fees {
            let (kind, status, method) = (fee.kind.id(), fee.status.id(), fee.declared_method.id());
            let (id, code, amount) = (&fee.fee_id, &fee.dossier_code, fee.amount.grouped());
            let payer = &fee.payer_name;
            write!(
                f,
                "fee {id} {code} {kind} {amount} status={status} method={method} payer={payer:?}"
            )?;
            match fee.more.collection_mode {
                Some(mode) => writeln!(f, " collection={}", mode.id())?,
                None => writeln!(f)?,
            }
        }
        for t in &self.0.txns {
            let (at, kind, status) = (t.paid_at.text(), t.kind.id(), t.status.id());
            let (amount, memo, payer) = (t.amount.grouped(), &t.memo, &t.payer);
            let reference = t.order_ref.as_deref().unwrap_or("-");
            write!(
                f,
                "{} {} {at} {kind} {amount} ref={reference} memo={memo:?}",
                t.source, t.id
            )?;
            writeln!(
                f,
                " payer={payer:?} status={status} bank_ref={:?}",
                t.bank_ref
            )?;
        }
        for r in &self.0.receipts {
            let (at, status) = (r.collected_at.text(), r.status.id());
            writeln!(
                f,
                "receipt {} {at} {} {} status={status}",
                r.receipt_id, r.fee_id, r.amount
            )?;
        }
        for c in &self.0.conflicts {
            writeln!(f, "conflict {} {}", c.key.id, c.largest)?;
        }
        for r in &self.0.rejects {
            writeln!(f, "reject {} {:?}", r.id, r.amount)?;
        }
        Ok(())
    }
}

/// One dossier: which lines it has, its agency, status and payer.
#[derive(Clone, Debug)]
struct DossierPlan {
    lines: usize,
    status: FeeStatus,
    method: DeclaredMethod,
    payer: usize,
}

/// One row of the money side.
#[derive(Clone, Debug)]
pub(super) struct RowPlan {
    pub(super) what: u8,
    pub(super) dossier: usize,
    other: usize,
    amount: usize,
    pub(super) minute: i64,
    payer: usize,
}

fn dossiers() -> impl Strategy<Value = Vec<DossierPlan>> {
    let statuses = prop::sample::select(FeeStatus::ALL.to_vec());
    let methods = prop::sample::select(vec![
        DeclaredMethod::Cash,
        DeclaredMethod::Qr,
        DeclaredMethod::None,
    ]);
    let plan =
        (0_usize..5, statuses, methods, 0_usize..3).prop_map(|(lines, status, method, payer)| {
            DossierPlan {
                lines,
                status,
                method,
                payer,
            }
        });
    prop::collection::vec(plan, 1..5)
}

fn rows() -> impl Strategy<Value = Vec<RowPlan>> {
    prop::collection::vec(a_row(), 0..9)
}

pub(super) fn a_row() -> impl Strategy<Value = RowPlan> {
    let row = (
        0_u8..21,
        0_usize..5,
        0_usize..5,
        0_usize..9,
        0_i64..400,
        0_usize..3,
    );
    row.prop_map(|(what, dossier, other, amount, minute, payer)| RowPlan {
        what,
        dossier,
        other,
        amount,
        minute,
        payer,
    })
}

/// A day with every kind of defect.
pub(crate) fn a_day() -> impl Strategy<Value = ADay> {
    (dossiers(), rows()).prop_map(|(dossiers, rows)| {
        let mut day = Inputs::default();
        for (d, plan) in dossiers.iter().enumerate() {
            add_fees(&mut day, d, plan);
        }
        for (i, row) in rows.iter().enumerate() {
            add_row(&mut day, i, row);
        }
        ADay(day)
    })
}

/// Neighbouring codes: each is one edit away from the others.
pub(super) fn code(d: usize) -> DossierCode {
    DossierCode::parse(&format!("H48.18.22-221202-000{}", d + 1)).unwrap()
}

fn add_fees(day: &mut Inputs, d: usize, plan: &DossierPlan) {
    let lines: &[(FeeKind, i64)] = match plan.lines {
        0 => &[(FeeKind::Phi, 50_000)],
        1 => &[(FeeKind::Phi, 50_000), (FeeKind::LePhi, 8_000)],
        2 => &[(FeeKind::LePhi, 8_000), (FeeKind::LePhi, 8_000)],
        3 => &[(FeeKind::Phi, 0)],
        _ => &[(FeeKind::Phi, 8_000), (FeeKind::LandObligation, 50_000)],
    };
    for (l, (kind, amount)) in lines.iter().enumerate() {
        let id = format!("F{d}{l}");
        day.fees.push(fee(
            code(d),
            &id,
            *kind,
            *amount,
            plan.status,
            PAYERS[plan.payer],
        ));
        day.fees.last_mut().unwrap().declared_method = plan.method;
    }
}

pub(super) fn fee(
    dossier_code: DossierCode,
    id: &str,
    kind: FeeKind,
    amount: i64,
    status: FeeStatus,
    payer: &str,
) -> Fee {
    Fee {
        agency_code: dossier_code.agency(),
        dossier_code,
        fee_id: FeeId::new(id),
        kind,
        amount: Vnd::new(amount),
        procedure_code: "".into(),
        declared_method: DeclaredMethod::None,
        due_at: None,
        payer_name: payer.into(),
        status,
        more: FeeMore::default().into(),
        spot: doisoat::domain::Aside::default(),
    }
}

fn txn(source: &str, id: &str, minute: i64, amount: i64) -> Txn {
    let paid_at = Moment::of_ms(WHEN + minute * 60_000);
    Txn {
        status_word: None,
        source: SourceName::new(source),
        id: id.into(),
        order_ref: None,
        memo: "".into(),
        amount: Vnd::new(amount),
        fee: Vnd::ZERO,
        net: Vnd::new(amount),
        paid_on: paid_at.day(),
        business_date: paid_at.day(),
        paid_at,
        status: TxnStatus::Success,
        kind: TxnKind::Payment,
        payer: "".into(),
        account: None,
        bank_ref: None,
        instrument: Instrument::Transfer,
        spot: doisoat::domain::Aside::default(),
    }
}

pub(super) fn add_row(day: &mut Inputs, i: usize, plan: &RowPlan) {
    let id = format!("TXN{i:04}");
    let amount = AMOUNTS[plan.amount];
    let code = code(plan.dossier);
    let by_ref = |kind, status| Txn {
        order_ref: Some(code.as_str().into()),
        payer: PAYERS[plan.payer].into(),
        kind,
        status,
        ..txn("vnpay", &id, plan.minute, amount)
    };
    let by_memo = |memo: String| Txn {
        memo: memo.into(),
        payer: PAYERS[plan.payer].into(),
        ..txn("bank", &id, plan.minute, amount)
    };
    let row = match plan.what {
        0..=2 => by_ref(TxnKind::Payment, TxnStatus::Success),
        3 => by_memo(code.to_string()),
        4 | 5 => by_memo(format!("NOP PHI {code}")),
        6 => by_memo("TT DVC".to_owned()),
        7 => by_memo(format!("{code} va {}", self::code(plan.other))),
        8 => by_memo(format!("{code}{}", plan.other)),
        9 => by_ref(TxnKind::Refund, TxnStatus::Success),
        10 => by_ref(TxnKind::Reversal, TxnStatus::Success),
        11 => Txn {
            kind: TxnKind::Debit,
            ..by_memo(format!("HOAN {code}"))
        },
        12 => by_ref(TxnKind::Payment, TxnStatus::ALL[plan.other]),
        13 => return add_receipt(day, &id, plan),
        14 => match day.txns.last().cloned() {
            Some(last) => Txn {
                source: SourceName::new("feed"),
                order_ref: None,
                memo: format!("VNPAY {}", last.id).into(),
                ..last
            },
            None => return,
        },
        15 => {
            let Some(last) = day.txns.last_mut() else {
                return;
            };
            last.account = Some("0123".into());
            last.bank_ref = Some("FT1".into());
            let mut copy = last.clone();
            copy.source = SourceName::new("feed");
            copy
        }
        16 => return add_conflict(day, amount),
        // the account that a payment landed in shows it again: in a feed, in a statement, in both,
        // up to a day off, perhaps in another account
        18..=20 => {
            let Some(last) = day.txns.last_mut() else {
                return;
            };
            last.account = Some("0123".into());
            last.bank_ref = Some("FT1".into());
            let paid_at = Moment::of_ms(last.paid_at.ms() + (plan.minute % 5 - 2) * 43_200_000);
            Txn {
                id: id.as_str().into(),
                source: SourceName::new(["feed", "bank", "second"][plan.other % 3]),
                order_ref: None,
                memo: match plan.payer {
                    0 => "TT DVC".into(),
                    _ => format!("NOP {code}").into(),
                },
                account: Some(["0123", "0123", "0123", "9999"][plan.dossier % 4].into()),
                paid_on: paid_at.day(),
                business_date: paid_at.day(),
                paid_at,
                ..last.clone()
            }
        }
        _ => return add_reject(day, &id, plan),
    };
    let taken = day.txns.iter().any(|known| known.key() == row.key());
    if !taken {
        day.txns.push(row);
    }
}

fn add_receipt(day: &mut Inputs, id: &str, plan: &RowPlan) {
    day.receipts.push(Receipt {
        receipt_id: id.into(),
        receipt_no: id.into(),
        dossier_code: code(plan.dossier),
        fee_id: FeeId::new(&format!("F{}{}", plan.dossier, plan.other % 2)),
        amount: Vnd::new(AMOUNTS[plan.amount]),
        collected_at: Moment::of_ms(WHEN + plan.minute * 60_000),
        cashier: "C1".into(),
        agency_code: code(plan.dossier).agency(),
        status: ReceiptStatus::ALL[usize::from(plan.payer == 2)],
        spot: doisoat::domain::Aside::default(),
    });
}

fn add_conflict(day: &mut Inputs, amount: i64) {
    let Some(last) = day.txns.last() else { return };
    if day.conflicts.iter().any(|c| c.key == last.key()) {
        return;
    }
    day.conflicts.push(Conflict {
        key: last.key(),
        kept: last.amount,
        largest: last.amount.max(Vnd::new(amount)),
        versions: vec!["a".into(), "b".into()],
        business_date: last.business_date,
    });
}

fn add_reject(day: &mut Inputs, id: &str, plan: &RowPlan) {
    let (side, source, file) = match plan.other {
        3 => (Side::Receipt, "registry", "cash_receipts.csv"),
        4 => (Side::Fee, "registry", "dossier_fees.csv"),
        _ => (Side::Txn, "bank", "transactions_bank.csv"),
    };
    day.rejects.push(Reject {
        side,
        source: SourceName::new(source),
        id: id.into(),
        file: file.into(),
        line: 7,
        column: "amount_vnd".into(),
        value: "1.250.00".into(),
        code: RejectCode::BadAmount,
        amount: (plan.payer == 1).then(|| Vnd::new(AMOUNTS[plan.amount])),
        business_date: Moment::of_ms(WHEN).day(),
        spot: doisoat::domain::Aside::default(),
    });
}

/// The same day and a stranger who pays the fee of a far dossier at another provider.
pub(super) fn stranger(day: &Inputs) -> Inputs {
    let mut day = day.clone();
    let code = DossierCode::parse("H48.77-221130-7777").unwrap();
    let (id, kind, paid) = ("STRANGER-FEE", FeeKind::Phi, FeeStatus::Paid);
    let fee = fee(code.clone(), id, kind, 77_777, paid, "");
    day.fees.push(fee);
    day.txns.push(Txn {
        order_ref: Some(code.as_str().into()),
        ..txn("momo", "STRANGER-TXN", 3, 77_777)
    });
    day
}

/// A day of one-line dossiers with far codes and payments by reference: exact, over, under, net,
/// again, undone, sent back whole. One moment a row, so that nothing is ambiguous.
pub(super) fn a_plain_day() -> impl Strategy<Value = ADay> {
    let row = (0_usize..4, 0_u8..6, 0_usize..9);
    prop::collection::vec(row, 0..10).prop_map(|rows| {
        let mut day = Inputs::default();
        let code =
            |d: usize| DossierCode::parse(&format!("H48.18.22-221202-{d}{d}{d}{d}")).unwrap();
        for d in 0..4 {
            let id = format!("F{d}");
            day.fees
                .push(fee(code(d), &id, FeeKind::Phi, 50_000, FeeStatus::Paid, ""));
        }
        for (i, (d, what, amount)) in rows.into_iter().enumerate() {
            let kind = match what {
                0..=3 => TxnKind::Payment,
                4 => TxnKind::Refund,
                _ => TxnKind::Reversal,
            };
            let minute = i64::try_from(i).unwrap();
            day.txns.push(Txn {
                order_ref: Some(code(d).as_str().into()),
                kind,
                ..txn("vnpay", &format!("T{i}"), minute, AMOUNTS[amount])
            });
        }
        ADay(day)
    })
}
