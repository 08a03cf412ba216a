//! Days on which very much happens to few dossiers: many lines of many kinds, instalments, repeats,
//! money that went back in part and whole, orders that name lines.

use doisoat::domain::{
    DeclaredMethod, FeeId, FeeKind, FeeStatus, Inputs, Moment, OrderStatus, PaymentOrder, Vnd,
};
use proptest::prelude::*;

use super::day::{ADay, PAYERS, RowPlan, a_row, add_row, code, fee};

/// Tariffs, what a provider left of them, instalments, and what is none of them.
const AMOUNTS: [i64; 12] = [
    50_000, 51_000, 49_450, 50_439, 101_000, 8_000, 58_000, 10_000, 9_450, 777, 1_000, 20_000,
];
const DAY_MS: i64 = 86_400_000;

/// A line: its kind, amount, status and declared way of paying.
type Line = (FeeKind, usize, FeeStatus, DeclaredMethod);

fn a_line() -> impl Strategy<Value = Line> {
    let kinds = [
        FeeKind::Phi,
        FeeKind::Phi,
        FeeKind::LePhi,
        FeeKind::LandObligation,
    ];
    let statuses = [
        FeeStatus::Paid,
        FeeStatus::Paid,
        FeeStatus::Paid,
        FeeStatus::Unpaid,
        FeeStatus::Refunded,
        FeeStatus::Pending,
        FeeStatus::Cancelled,
    ];
    let methods = [DeclaredMethod::Qr, DeclaredMethod::Cash];
    (
        prop::sample::select(kinds.to_vec()),
        0..6_usize,
        prop::sample::select(statuses.to_vec()),
        prop::sample::select(methods.to_vec()),
    )
}

/// Few dossiers, many rows over three days, most of them of the first dossier.
pub(crate) fn a_crowd() -> impl Strategy<Value = ADay> {
    let dossiers = prop::collection::vec((prop::collection::vec(a_line(), 1..6), 0..3_usize), 1..4);
    let row = (a_row(), 0..AMOUNTS.len(), 0..3_i64, 0..4_usize);
    (dossiers, prop::collection::vec(row, 0..17)).prop_map(|(dossiers, rows)| {
        let mut day = Inputs::default();
        for (d, (lines, payer)) in dossiers.iter().enumerate() {
            for (l, line) in lines.iter().enumerate() {
                add_line(&mut day, (d, l), line, PAYERS[*payer]);
            }
        }
        for (i, (plan, amount, later, order)) in rows.into_iter().enumerate() {
            let amount = Vnd::new(AMOUNTS[amount]);
            a_plan(&mut day, (i, plan), amount, later * DAY_MS, order);
        }
        day.sort();
        ADay(day)
    })
}

fn add_line(day: &mut Inputs, (d, l): (usize, usize), line: &Line, payer: &str) {
    let (kind, amount, status, method) = *line;
    let mut fee = fee(
        code(d),
        &format!("F{d}{l}"),
        kind,
        AMOUNTS[amount],
        status,
        payer,
    );
    fee.declared_method = method;
    day.fees.push(fee);
}

/// A row of any kind, with another amount and on a later day.
fn a_plan(day: &mut Inputs, (i, plan): (usize, RowPlan), amount: Vnd, later: i64, order: usize) {
    let mut plan = plan;
    plan.dossier = [0, 0, 0, 1, 2][plan.dossier];
    let (txns, receipts) = (day.txns.len(), day.receipts.len());
    add_row(day, i, &plan);
    // what shows another row again keeps its distance to it
    if plan.what >= 14 {
        return;
    }
    for txn in day.txns.iter_mut().skip(txns) {
        (txn.amount, txn.net) = (amount, amount);
        txn.paid_at = Moment::of_ms(txn.paid_at.ms() + later);
        txn.paid_on = txn.paid_at.day();
        txn.business_date = txn.paid_on;
    }
    for receipt in day.receipts.iter_mut().skip(receipts) {
        receipt.amount = amount;
        receipt.collected_at = Moment::of_ms(receipt.collected_at.ms() + later);
    }
    if order == 0 && plan.what < 3 && day.txns.len() > txns {
        by_order(day, i, &plan);
    }
}

/// The last payment names an order, which names one line of its dossier or two.
fn by_order(day: &mut Inputs, i: usize, plan: &RowPlan) {
    let Some(txn) = day.txns.last_mut() else {
        return;
    };
    let id = format!("O{i}");
    txn.order_ref = Some(id.as_str().into());
    let lines = day
        .fees
        .iter()
        .filter(|fee| fee.dossier_code == code(plan.dossier));
    let ids: Vec<FeeId> = lines.map(|fee| fee.fee_id.clone()).collect();
    let at = i % ids.len().max(1);
    day.orders.push(PaymentOrder {
        provider: txn.source.as_str().into(),
        order_id: id.into(),
        dossier_code: code(plan.dossier),
        fee_ids: ids.into_iter().skip(at).take(1 + i % 2).collect(),
        amount: txn.amount,
        created_at: txn.paid_at.clone(),
        status: if i.is_multiple_of(3) {
            OrderStatus::Paid
        } else {
            OrderStatus::Pending
        },
    });
}
