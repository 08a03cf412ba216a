//! A settlement simple enough to check the store with: a memo that is one or several dossier codes,
//! an amount that equals their fees.

use doisoat::classify::{Bucket, Classified, Severity};
use doisoat::domain::{ExceptionId, Fee, RowKey, Txn, Vnd};
use doisoat::kpi::{Contribution, PriorSum, Scope, Share};
use doisoat::matching::{Evidence, Leg, MatchGroup, Nearest, Role, Test};
use doisoat::settle::{Inputs, Settlement};

/// Decides the pool by itself, as if nothing had been decided before.
pub(crate) fn settle(pool: &Inputs, prior: &[PriorSum]) -> Settlement {
    let mut settlement = Settlement::default();
    let mut paid: Vec<RowKey> = Vec::new();
    paid.extend(
        pool.receipts
            .iter()
            .map(|r| RowKey::fee(&r.dossier_code, &r.fee_id)),
    );
    for txn in &pool.txns {
        let fees: Vec<&Fee> = pool
            .fees
            .iter()
            .filter(|fee| txn.memo.contains(fee.dossier_code.as_str()))
            .collect();
        let due: i64 = fees.iter().map(|fee| fee.amount.get()).sum();
        let free = fees.iter().all(|fee| !paid.contains(&fee.key()));
        if !fees.is_empty() && due == txn.amount.get() && free {
            paid.extend(fees.iter().map(|fee| fee.key()));
            settlement.groups.push(group(txn, &fees));
            settlement
                .rows
                .push(row(txn.key(), "ok", txn.amount, txn, Bucket::Matched));
            settlement
                .contributions
                .push(contribution(txn, vec![(1, 1)]));
        } else {
            settlement.rows.push(row(
                txn.key(),
                "unidentified",
                txn.amount,
                txn,
                Bucket::Open,
            ));
            settlement
                .contributions
                .push(contribution(txn, vec![(0, 0), (1, 1)]));
        }
    }
    let day = pool.business_date.unwrap();
    for fee in &pool.fees {
        let is_paid = paid.contains(&fee.key());
        let (class, bucket) = if is_paid {
            ("ok", Bucket::Matched)
        } else {
            ("unpaid", Bucket::Open)
        };
        let mut fee_row = classified(
            fee.key(),
            class,
            fee.amount,
            bucket,
            fee.dossier_code.received_on().unwrap_or(day),
        );
        fee_row.dossier_code = Some(fee.dossier_code.clone());
        settlement.rows.push(fee_row);
    }
    for receipt in &pool.receipts {
        let on = receipt.collected_at.day();
        settlement.rows.push(classified(
            receipt.key(),
            "ok",
            receipt.amount,
            Bucket::Matched,
            on,
        ));
    }
    let points = settlement.contributions.iter().map(|c| c.outcomes[0]);
    let (a, b) = points.fold((0, 0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let numerator = prior.iter().map(|p| p.numerator).sum::<i128>() + i128::from(a);
    let denominator = prior.iter().map(|p| p.denominator).sum::<i128>() + i128::from(b);
    settlement.shares.push(Share {
        definition: "TX_CASHLESS",
        agency: None,
        cell: None,
        period: doisoat::kpi::Period::year_to(day),
        numerator,
        denominator,
        low: None,
        high: None,
        outer: false,
        enough_data: true,
        target: None,
        verdict: None,
        deciding: doisoat::kpi::Deciding::default(),
    });
    settlement
}

fn group(txn: &Txn, fees: &[&Fee]) -> MatchGroup {
    let legs = fees.iter().map(|fee| Leg {
        money: txn.key(),
        dossier_code: Some(fee.dossier_code.clone()),
        fee_id: Some(fee.fee_id.clone()),
        amount: fee.amount,
        role: Role::Settles,
        pass: "exact_key",
        why: Evidence::AmountFits(fee.amount),
    });
    MatchGroup {
        id: format!("g-{}", txn.id).into(),
        pass: "exact_key",
        legs: legs.collect(),
        score: 1000,
        margin: None,
        evidence: vec![
            Evidence::MemoIsCode(fees[0].dossier_code.clone()),
            Evidence::Declared("cash", "transfer"),
        ],
        runner_up: None,
        difference: None,
    }
}

fn row(key: RowKey, class: &'static str, amount: Vnd, txn: &Txn, bucket: Bucket) -> Classified {
    classified(key, class, amount, bucket, txn.business_date)
}

fn classified(
    key: RowKey,
    class: &'static str,
    amount: Vnd,
    bucket: Bucket,
    on: doisoat::domain::Day,
) -> Classified {
    let exception_id = (class != "ok").then(|| ExceptionId::of(class, &key));
    let nearest = Nearest {
        candidate: "H48.18.22-221205-0009".into(),
        amount: Some(amount),
        failed: Test::Amount,
    };
    Classified {
        class,
        amount,
        dossier_code: None,
        evidence: vec![Evidence::NoMoney, Evidence::PaidAfterDue(on, on)],
        nearest: if class == "ok" {
            Vec::new()
        } else {
            vec![nearest]
        },
        also: Vec::new(),
        severity: match class {
            "ok" | "duplicate" => Severity::Info,
            _ => Severity::Action,
        },
        exception_id,
        carried: bucket == Bucket::Open,
        bucket,
        business_date: on,
        key,
    }
}

fn contribution(txn: &Txn, outcomes: Vec<(i64, i64)>) -> Contribution {
    Contribution {
        definition: "TX_CASHLESS",
        item: format!("txn|{}|{}", txn.source, txn.id).into(),
        scope: Scope::Total,
        day: txn.paid_on,
        elsewhere: Vec::new(),
        coupled: false,
        exceptions: if outcomes.len() > 1 {
            vec![ExceptionId::of("unidentified", &txn.key())]
        } else {
            Vec::new()
        },
        outcomes,
    }
}
