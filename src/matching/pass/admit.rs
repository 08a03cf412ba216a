//! Pass 1: only final, effective money is matched. A failed attempt is no payment, a status the
//! program does not know is never paid, a row over 0 dong moves no money, an id with two contents
//! waits for a person.

use crate::domain::{DossierCode, Piece, ReceiptStatus, Side, Text, Txn, TxnKind, TxnStatus, Vnd};

use super::super::code_scan::Scanner;
use super::super::desk::{Desk, Out, Standing};
use super::super::evidence::state::meaning;
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::pool::{Index, at};
use super::super::reading::Reading;
use super::Pass;

/// At most this many dossiers are shown beside a payment that is not final.
const NEAREST_MAX: usize = 3;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "admit",
    label: Text {
        vi: "Loại dòng chưa có hiệu lực",
        en: "Admit final money only",
    },
    run,
};

fn run(desk: &mut Desk) {
    for txn in desk.waiting() {
        let row = desk.pool.txn(txn);
        if let Some(conflict) = desk.pool.conflict(Side::Txn, row.source.as_str(), &row.id) {
            let versions = desk.pool.inputs.conflicts[at(conflict)].versions.clone();
            desk.out(txn, "conflict", vec![Evidence::Versions(versions)]);
            continue;
        }
        let class = match row.status {
            TxnStatus::Success => continue,
            TxnStatus::Failed => "failed",
            TxnStatus::Void => "void",
            TxnStatus::Pending => "pending",
            TxnStatus::Unmapped => "status_mismatch",
        };
        let said = match &row.status_word {
            Some(word) => state_of(desk, row, word),
            None if class == "void" && row.amount.is_zero() => Evidence::MovesNothing,
            None => Evidence::ProviderSays(row.status.id()),
        };
        let mut out = Out::new(class, vec![said]);
        if row.kind == TxnKind::Payment && matches!(class, "pending" | "status_mismatch") {
            out.named = named(desk, txn);
            out.nearest = near(desk, &out.named);
        }
        desk.leave(txn, out);
    }
    for (i, receipt) in desk.pool.inputs.receipts.iter().enumerate() {
        let out = |class, evidence| Standing::Out(Box::new(Out::new(class, evidence)));
        if let Some(conflict) = desk
            .pool
            .conflict(Side::Receipt, "cash", &receipt.receipt_id)
        {
            let versions = desk.pool.inputs.conflicts[at(conflict)].versions.clone();
            desk.receipts[i] = out("conflict", vec![Evidence::Versions(versions)]);
        } else if receipt.status != ReceiptStatus::Valid {
            let said = if receipt.amount.is_zero() {
                Evidence::MovesNothing
            } else {
                Evidence::RegistrySays(receipt.status.id())
            };
            desk.receipts[i] = out("void", vec![said]);
        }
    }
}

/// The dossiers that a payment names which is not final.
fn named(desk: &Desk, txn: Index) -> Vec<Index> {
    match &desk.readings[at(txn)] {
        Reading::One { dossier, .. } => vec![*dossier],
        Reading::Many(several) | Reading::Glued(several) => several.clone(),
        Reading::Nothing { .. } => Vec::new(),
    }
}

/// What it may pay once it is final.
fn near(desk: &Desk, named: &[Index]) -> Vec<Nearest> {
    let near = |dossier: &Index| Nearest {
        candidate: desk.pool.dossier(*dossier).code.as_str().into(),
        amount: Vnd::from_wide(desk.pool.due(*dossier)).ok(),
        failed: Test::Final,
    };
    named.iter().take(NEAREST_MAX).map(near).collect()
}

/// A state that is none of ours: what the provider documents of it, or that nobody knows it.
fn state_of(desk: &Desk, row: &Txn, word: &Piece) -> Evidence {
    let (code, dossier) = (word.as_str().into(), dossier_of(desk, row));
    let order = desk.pool.order(row);
    let of_vnpay = order.is_some_and(|order| &*order.provider == "vnpay");
    if of_vnpay && meaning(word.as_str()).is_some() {
        Evidence::VnpayState(code, dossier)
    } else {
        Evidence::UnknownState(code, dossier)
    }
}

/// The dossier that the provider speaks of: that of the order, or the code as it is written.
fn dossier_of(desk: &Desk, row: &Txn) -> Option<DossierCode> {
    if let Some(order) = desk.pool.order(row) {
        return Some(order.dossier_code.clone());
    }
    let reference = row.order_ref.as_deref().map(DossierCode::parse);
    let written = || match &*Scanner::written_codes(&row.memo) {
        [only] => Some(only.clone()),
        _ => None,
    };
    reference.and_then(Result::ok).or_else(written)
}
