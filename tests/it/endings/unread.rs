//! What rows of the registry that could not be read turn out to be.

use doisoat::domain::{
    DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs, Moment, Receipt, ReceiptStatus, Reject,
    Vnd,
};

use super::steps::Way;

fn moment(reject: &Reject) -> Moment {
    Moment::of_ms(reject.business_date.start_ms() + 36_000_000)
}

/// Nothing; a line of a dossier that is not here; a second line of each of the first two that are;
/// unpaid, or paid as the registry has it.
pub(super) fn of_fee(without: &Inputs, reject: &Reject, amount: Vnd) -> Vec<Way> {
    let mut ways = vec![(format!("{} is no line", reject.id), without.clone())];
    let mut codes = vec![DossierCode::parse("H48.18.22-221202-0009").unwrap()];
    codes.extend(
        without
            .fees
            .iter()
            .take(2)
            .map(|fee| fee.dossier_code.clone()),
    );
    let Some(like) = without.fees.first() else {
        return ways;
    };
    for code in codes {
        for status in [FeeStatus::Paid, FeeStatus::Unpaid] {
            let mut day = without.clone();
            day.fees.push(Fee {
                dossier_code: code.clone(),
                agency_code: code.agency(),
                fee_id: FeeId::new(&reject.id),
                kind: FeeKind::Phi,
                amount,
                status,
                payer_name: "".into(),
                ..like.clone()
            });
            day.fees.sort_by_cached_key(Fee::key);
            ways.push((format!("{} is {status:?} of {code}", reject.id), day));
        }
    }
    ways
}

/// Nothing; counter cash for one of the first lines.
pub(super) fn of_receipt(without: &Inputs, reject: &Reject, amount: Vnd) -> Vec<Way> {
    let mut ways = vec![(format!("{} is void", reject.id), without.clone())];
    for fee in without.fees.iter().take(3) {
        let mut day = without.clone();
        day.receipts.push(Receipt {
            receipt_id: reject.id.as_ref().into(),
            receipt_no: reject.id.as_ref().into(),
            dossier_code: fee.dossier_code.clone(),
            fee_id: fee.fee_id.clone(),
            amount,
            collected_at: moment(reject),
            cashier: "C2".into(),
            agency_code: fee.agency_code.clone(),
            status: ReceiptStatus::Valid,
            spot: doisoat::domain::Aside::default(),
        });
        day.receipts.sort_by_cached_key(Receipt::key);
        ways.push((format!("{} pays {}", reject.id, fee.fee_id), day));
    }
    ways
}
