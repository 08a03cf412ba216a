//! Rows for tests of the store: one line makes one row.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::fee::FeeMore;
use doisoat::domain::{
    Agency, AgencyCode, Day, DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus,
    Instrument, Moment, OrderStatus, PaymentOrder, Receipt, ReceiptStatus, SourceName, Txn,
    TxnKind, TxnStatus, Vnd,
};
use doisoat::matching::edit::one_edit;
use doisoat::matching::{lost_codes, payers_of};
use doisoat::store::{ExportFile, RegistryRows};

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A night of December 2022.
pub(crate) fn night_of(day_of_month: u32) -> Day {
    day("2022-12-01").plus(day_of_month - 1)
}

pub(crate) fn code(text: &str) -> DossierCode {
    DossierCode::parse(text).unwrap()
}

pub(crate) fn sepay() -> SourceName {
    SourceName::new("sepay-main")
}

pub(crate) fn txn(id: &str, amount: i64, on: &str) -> Txn {
    Txn {
        status_word: None,
        source: sepay(),
        id: id.into(),
        order_ref: None,
        memo: format!("nop phi {id}").into(),
        amount: Vnd::new(amount),
        fee: Vnd::ZERO,
        net: Vnd::new(amount),
        paid_at: Moment::parse(&format!("{on}T10:00:00")).unwrap(),
        paid_on: day(on),
        business_date: day(on),
        status: TxnStatus::Success,
        kind: TxnKind::Payment,
        payer: "NGUYEN VAN A".into(),
        account: Some("0123456789".into()),
        bank_ref: None,
        instrument: Instrument::Transfer,
        spot: doisoat::domain::Aside::default(),
    }
}

pub(crate) fn fee(dossier: &str, id: &str, amount: i64) -> Fee {
    Fee {
        dossier_code: code(dossier),
        fee_id: FeeId::new(id),
        kind: FeeKind::Phi,
        amount: Vnd::new(amount),
        agency_code: AgencyCode::new("H48.18.22"),
        procedure_code: "1.004227".into(),
        declared_method: DeclaredMethod::Transfer,
        due_at: None,
        payer_name: "NGUYEN VAN A".into(),
        status: FeeStatus::Paid,
        more: FeeMore::default().into(),
        spot: doisoat::domain::Aside::default(),
    }
}

/// An agency of the district, valid since 2020.
pub(crate) fn agency(code: &str, name: &str) -> Agency {
    Agency {
        code: AgencyCode::new(code),
        valid_from: day("2020-01-01"),
        valid_to: None,
        name: name.into(),
        level: "commune".into(),
        parent_code: None,
        successor_code: None,
        kind: "committee".into(),
    }
}

pub(crate) fn receipt(id: &str, dossier: &str, amount: i64, on: &str) -> Receipt {
    Receipt {
        receipt_id: id.into(),
        receipt_no: "0000001".into(),
        dossier_code: code(dossier),
        fee_id: FeeId::new("F1"),
        amount: Vnd::new(amount),
        collected_at: Moment::parse(&format!("{on}T09:00:00")).unwrap(),
        cashier: "LE THI B".into(),
        agency_code: AgencyCode::new("H48.18.22"),
        status: ReceiptStatus::Valid,
        spot: doisoat::domain::Aside::default(),
    }
}

pub(crate) fn order(id: &str, dossier: &str, amount: i64, on: &str) -> PaymentOrder {
    PaymentOrder {
        provider: "vnpay".into(),
        order_id: id.into(),
        dossier_code: code(dossier),
        fee_ids: Vec::new(),
        amount: Vnd::new(amount),
        created_at: Moment::parse(&format!("{on}T08:00:00")).unwrap(),
        status: OrderStatus::Pending,
    }
}

/// A file with one fee line `F1` of 50,000 dong for each dossier.
pub(crate) fn registry_file(
    sha256: &str,
    night: &str,
    dossiers: &[&str],
) -> (ExportFile, RegistryRows) {
    let file = ExportFile {
        source: SourceName::new("one-stop"),
        sha256: sha256.into(),
        name: format!("dossier_fees-{sha256}.csv").into(),
        kind: "dossier_fees".into(),
        lines: 1,
        day: day(night),
        night: day(night),
    };
    let fees = dossiers.iter().map(|dossier| fee(dossier, "F1", 50_000));
    let rows = RegistryRows {
        fees: fees.collect(),
        ..RegistryRows::default()
    };
    (file, rows)
}

/// Spellings one edit away from the codes of rows that name no existing dossier, all written out.
pub(crate) fn near_spellings<'r>(
    agencies: impl IntoIterator<Item = &'r AgencyCode>,
    txns: &[Txn],
    existing: &BTreeSet<DossierCode>,
) -> BTreeSet<String> {
    let mut near = BTreeSet::new();
    for code in lost_codes(agencies, txns, existing) {
        one_edit(&code, |spelling, _| {
            near.insert(spelling.to_owned());
        });
    }
    near
}

/// Spellings one edit away from the dossiers of fees, all written out, each with the folded names
/// of their payers.
pub(crate) fn rival_spellings(fees: &[Fee]) -> BTreeMap<String, BTreeSet<String>> {
    let mut rivals: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (code, payers) in payers_of(fees) {
        one_edit(&code, |spelling, _| {
            let known = rivals.entry(spelling.to_owned()).or_default();
            known.extend(payers.iter().cloned());
        });
    }
    rivals
}
