//! Pass 1: only final, effective money is matched. A failed attempt is no payment, a status the
//! program does not know is never paid, a row over 0 dong moves no money, an id with two contents
//! waits for a person.

use crate::domain::{DossierCode, ReceiptStatus, Side, Text, Txn, TxnStatus};

use super::super::code_scan::Scanner;
use super::super::desk::{Desk, Out, Standing};
use super::super::evidence::Evidence;
use super::super::pool::at;
use super::Pass;

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
            Some(word) => Evidence::UnknownState(word.as_str().into(), dossier_of(desk, row)),
            None if class == "void" && row.amount.is_zero() => Evidence::MovesNothing,
            None => Evidence::ProviderSays(row.status.id()),
        };
        desk.out(txn, class, vec![said]);
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
