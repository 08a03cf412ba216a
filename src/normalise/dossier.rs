//! PURE: a dossier as the interface of a one-stop system tells it -> `Fee`s or rejects.
//!
//! - Instants are UTC there; days are those of Viet Nam.
//! - Amounts are decimal texts (`45000.0`, and `1.0E7` from ten million on, as Java writes floats);
//!   they are read digit by digit, never as a float. What is due is the amount times the quantity.
//! - A fee is paid when at least what is due is paid. What the interface does not tell (means of
//!   payment, mode of collection, deadline) stays untold.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::cells::Fault;
use super::ids::{self, Refused};
use super::memo::{fold_name, stored};
use super::registry::{FileAt, RegistryRows, one_a_key};
use crate::domain::fee::FeeMore;
use crate::domain::{
    AgencyCode, Aside, Day, DeclaredMethod, DossierCode, DossierCodeError, Fee, FeeId, FeeKind,
    FeeStatus, Moment, Piece, Reject, RejectCode, Side, SourceName, Spot, ToldBy, Vnd, sorting,
};
use crate::source::{DossierRecord, FeeRecord, Words};

/// What a dossier holds, and the day that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierRows {
    /// The day of its last change; none where that cannot be read.
    pub day: Option<Day>,
    /// Its fees and what could not be read of them.
    pub rows: RegistryRows,
    /// Its code and the ids of all fees that it has, readable or not; none where nobody can tell.
    pub listed: Option<(DossierCode, BTreeSet<FeeId>)>,
}

/// Reads a dossier. `today` is the day on which it was told; `fallback` is the day of what cannot
/// be dated.
pub fn read(
    dossier: &DossierRecord,
    words: &Words,
    source: &SourceName,
    (today, fallback): (Day, Day),
) -> DossierRows {
    let head = head(dossier, words, today);
    let day = head.as_ref().ok().map(|head| head.changed);
    let name = format!("dossier {}", stored(&dossier.code));
    let file = FileAt {
        name: &name,
        source,
        day: day.unwrap_or(fallback),
    };
    let listed = head.as_ref().ok().and_then(|head| listed(dossier, head));
    let (mut fees, mut refused) = (Vec::new(), Vec::new());
    let mut files: Vec<ToldBy> = Vec::new();
    for (fee, line) in dossier.fees.iter().zip(1_u64..) {
        let read = head
            .as_ref()
            .map_err(Fault::clone)
            .and_then(|head| fee_of(fee, head, words));
        let spot = spot_of(fee, &mut files);
        match read {
            Ok(fee) => fees.push(Fee { spot, ..fee }),
            Err(fault) => {
                let mut row = refuse(&file, dossier, Some((fee, line)), fault);
                row.reject.spot = spot;
                refused.push(row);
            }
        }
    }
    if let (Err(fault), true) = (&head, dossier.fees.is_empty()) {
        refused.push(refuse(&file, dossier, None, fault.clone()));
    }
    let lines = u64::try_from(fees.len() + refused.len()).unwrap_or(u64::MAX);
    let conflicts = one_a_key(&mut fees, Vec::new(), &file, &mut refused);
    DossierRows {
        day,
        rows: RegistryRows {
            fees,
            rejects: ids::settle_refused(refused, |_| false),
            conflicts,
            lines,
            files,
            ..RegistryRows::default()
        },
        listed,
    }
}

/// The whole list of a dossier's fees; none where it was not told, or a fee of it has no id.
fn listed(dossier: &DossierRecord, head: &Head) -> Option<(DossierCode, BTreeSet<FeeId>)> {
    let named = |fee: &FeeRecord| {
        let id = fee.id.trim();
        (!id.is_empty()).then(|| FeeId::new(&stored(id)))
    };
    let ids: Option<BTreeSet<FeeId>> = dossier.fees.iter().map(named).collect();
    ids.filter(|_| dossier.listed)
        .map(|ids| (head.code.clone(), ids))
}

/// Where a fee stood in the answers that told the dossier's fees.
fn spot_of(fee: &FeeRecord, files: &mut Vec<ToldBy>) -> Aside<Spot> {
    let Some(came) = &fee.came.0 else {
        return Aside::default();
    };
    let answer = ToldBy {
        name: came.name.clone(),
        sha256: came.sha256.clone(),
    };
    let known = files.iter().position(|file| *file == answer);
    let number = known.unwrap_or_else(|| {
        files.push(answer);
        files.len() - 1
    });
    Spot::of(sorting::place(number), came.line)
}

/// What the fees of a dossier have in common.
struct Head {
    code: DossierCode,
    agency: AgencyCode,
    procedure: Piece,
    applicant: Piece,
    changed: Day,
    cancelled: bool,
    more: FeeMore,
}

fn head(dossier: &DossierRecord, words: &Words, today: Day) -> Result<Head, Fault> {
    let code = DossierCode::parse(&dossier.code).map_err(|error| {
        let code = match error {
            _ if dossier.code.trim().is_empty() => RejectCode::MissingValue,
            DossierCodeError::Shape(_) => RejectCode::BadDossierCode,
            DossierCodeError::Date(_) => RejectCode::ImpossibleDossierDate,
        };
        Fault::new("code", &dossier.code, code)
    })?;
    let updated = moment("updatedDate", &dossier.updated)?;
    let missing = || Fault::new("updatedDate", "", RejectCode::MissingValue);
    let changed = updated.ok_or_else(missing)?.day();
    if changed > today.plus(1) {
        let code = RejectCode::FutureRow;
        return Err(Fault::new("updatedDate", &dossier.updated, code));
    }
    let agency = match dossier.agency.trim() {
        "" => code.agency(),
        told => AgencyCode::new(&stored(told)),
    };
    let piece = |text: &str| Piece::from(&*stored(text.trim()));
    Ok(Head {
        agency,
        procedure: piece(&dossier.procedure),
        applicant: piece(&dossier.applicant),
        changed,
        cancelled: is_any(&dossier.status, words.texts("status_cancelled")),
        more: FeeMore {
            received_at: moment("acceptedDate", &dossier.received)?,
            result_at: moment("completedDate", &dossier.completed)?,
            paid_at: moment("paidDate", &dossier.paid)?,
            field_code: Some(piece(&dossier.field)).filter(|field| !field.is_empty()),
            ..FeeMore::default()
        },
        code,
    })
}

/// An instant at +07:00, or nothing.
fn moment(column: &'static str, raw: &str) -> Result<Option<Moment>, Fault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    let ms = DossierRecord::instant_ms(raw.trim());
    let ms = ms.ok_or_else(|| Fault::new(column, raw, RejectCode::BadTime))?;
    Ok(Some(Moment::of_ms(ms)))
}

fn fee_of(fee: &FeeRecord, head: &Head, words: &Words) -> Result<Fee, Fault> {
    if fee.id.trim().is_empty() {
        return Err(Fault::new("id", "", RejectCode::MissingValue));
    }
    let quantity = match fee.quantity.trim() {
        "" => Decimal::ONE,
        told => decimal("quantity", told)?,
    };
    let each = decimal("amount", &fee.amount)?;
    let amount = dong("amount", &fee.amount, each.checked_mul(quantity))?;
    let paid = match fee.paid.trim() {
        "" => Vnd::ZERO,
        told => dong("paid", told, Some(decimal("paid", told)?))?,
    };
    let status = if head.cancelled {
        FeeStatus::Cancelled
    } else if paid >= amount && !amount.is_zero() {
        FeeStatus::Paid
    } else {
        FeeStatus::Unpaid
    };
    let mut more = head.more.clone();
    if status != FeeStatus::Paid {
        more.paid_at = None;
    }
    Ok(Fee {
        dossier_code: head.code.clone(),
        fee_id: FeeId::new(&stored(fee.id.trim())),
        kind: kind(fee, words)?,
        amount,
        agency_code: head.agency.clone(),
        procedure_code: head.procedure.clone(),
        declared_method: DeclaredMethod::None,
        due_at: None,
        payer_name: head.applicant.clone(),
        status,
        more: more.into(),
        spot: Aside::default(),
    })
}

/// A decimal of digits, with a point and an exponent where there are some.
fn decimal(column: &'static str, raw: &str) -> Result<Decimal, Fault> {
    let fault = |code| Fault::new(column, raw, code);
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(fault(RejectCode::MissingValue));
    }
    if raw.starts_with('-') {
        return Err(fault(RejectCode::NegativeAmount));
    }
    let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    if !raw.bytes().all(plain) {
        return Err(fault(RejectCode::BadAmount));
    }
    let read = if raw.contains(['e', 'E']) {
        Decimal::from_scientific(raw)
    } else {
        Decimal::from_str_exact(raw)
    };
    read.map_err(|_| {
        let long = raw.bytes().filter(u8::is_ascii_digit).count() > 15;
        fault(if long {
            RejectCode::AmountTooLarge
        } else {
            RejectCode::BadAmount
        })
    })
}

/// Whole dong.
fn dong(column: &'static str, raw: &str, amount: Option<Decimal>) -> Result<Vnd, Fault> {
    let fault = |code| Fault::new(column, raw, code);
    let amount = amount.ok_or_else(|| fault(RejectCode::AmountTooLarge))?;
    if !amount.fract().is_zero() {
        return Err(fault(RejectCode::FractionOfDong));
    }
    Vnd::from_decimal(amount).map_err(|_| fault(RejectCode::AmountTooLarge))
}

/// Phí, lệ phí or a land obligation, by the office's own words, else by the usual ones.
fn kind(fee: &FeeRecord, words: &Words) -> Result<FeeKind, Fault> {
    let told = FeeKind::ALL.iter().copied();
    let mut told =
        told.filter(|kind| is_any(&fee.kind, words.texts(&format!("fee_kind_{}", kind.id()))));
    if let Some(kind) = told.next() {
        return Ok(kind);
    }
    let usual = fee.kind.iter().find_map(|word| usual_kind(word));
    usual.ok_or_else(|| {
        let value = fee.kind.join(", ");
        let code = if value.is_empty() {
            RejectCode::MissingValue
        } else {
            RejectCode::UnknownWord
        };
        Fault::new("procost.type", &value, code)
    })
}

/// What the usual names mean.
pub(super) fn usual_kind(word: &str) -> Option<FeeKind> {
    const LAND: [&str; 4] = [
        "NGHIA VU TAI CHINH",
        "TIEN SU DUNG DAT",
        "LE PHI TRUOC BA",
        "THUE ",
    ];
    let folded = fold_name(word);
    if LAND.iter().any(|land| folded.starts_with(land.trim_end())) {
        Some(FeeKind::LandObligation)
    } else if folded == "LE PHI" || folded.starts_with("LE PHI ") {
        Some(FeeKind::LePhi)
    } else if folded == "PHI" || folded.starts_with("PHI ") {
        Some(FeeKind::Phi)
    } else {
        None
    }
}

/// True when one of the words is one of the texts, without regard to case and marks.
fn is_any(words: &[Box<str>], texts: &[Box<str>]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| fold_name(text)).collect();
    words.iter().any(|word| texts.contains(&fold_name(word)))
}

fn refuse(
    file: &FileAt<'_>,
    dossier: &DossierRecord,
    fee: Option<(&FeeRecord, u64)>,
    fault: Fault,
) -> Refused {
    let own = fee.map_or(&*dossier.id, |(fee, _)| &fee.id);
    let (amount, line) = fee.map_or(("", 1), |(fee, line)| (&*fee.amount, line));
    let parts = [&*dossier.id, &dossier.code, &dossier.updated, own, amount];
    let content = ids::content_id(&parts);
    let id = stored(own.trim());
    Refused {
        named: !id.is_empty(),
        reject: Reject {
            side: Side::Fee,
            source: file.source.clone(),
            id: if id.is_empty() { &content } else { &*id }.into(),
            file: file.name.into(),
            line,
            column: fault.column.into(),
            value: fault.value,
            code: fault.code,
            amount: decimal("amount", amount)
                .and_then(|each| dong("amount", amount, Some(each)))
                .ok(),
            business_date: file.day,
            spot: Aside::default(),
        },
        content,
    }
}

#[cfg(test)]
mod tests;
