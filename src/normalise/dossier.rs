//! PURE: a dossier as the interface of a one-stop system tells it -> `Fee`s or rejects.
//!
//! - Instants are UTC there; days are those of Viet Nam.
//! - Amounts are decimal texts (`45000.0`, and `1.0E7` from ten million on, as Java writes floats);
//!   they are read digit by digit, never as a float. What is due is the amount times the quantity.
//! - A fee is paid when at least what is due is paid. What the interface does not tell (means of
//!   payment, mode of collection, deadline) stays untold.

use rust_decimal::Decimal;

use super::cells::Fault;
use super::ids::{self, Refused};
use super::memo::{fold_name, stored};
use super::registry::{FileAt, RegistryRows, one_a_key};
use crate::domain::fee::FeeMore;
use crate::domain::{
    AgencyCode, Day, DeclaredMethod, DossierCode, DossierCodeError, Fee, FeeId, FeeKind, FeeStatus,
    Moment, Piece, Reject, RejectCode, Side, SourceName, Vnd,
};
use crate::source::{DossierRecord, FeeRecord, Words};

/// What a dossier holds, and the day that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierRows {
    /// The day of its last change; none where that cannot be read.
    pub day: Option<Day>,
    /// Its fees and what could not be read of them.
    pub rows: RegistryRows,
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
    let (mut fees, mut refused) = (Vec::new(), Vec::new());
    for (fee, line) in dossier.fees.iter().zip(1_u64..) {
        let read = head
            .as_ref()
            .map_err(Fault::clone)
            .and_then(|head| fee_of(fee, head, words));
        match read {
            Ok(fee) => fees.push(fee),
            Err(fault) => refused.push(refuse(&file, dossier, Some((fee, line)), fault)),
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
            ..RegistryRows::default()
        },
    }
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
        },
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn day(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    fn fee(amount: &str, quantity: &str, paid: &str) -> FeeRecord {
        FeeRecord {
            id: "F1".into(),
            kind: vec!["Lệ phí".into()],
            amount: amount.into(),
            quantity: quantity.into(),
            paid: paid.into(),
        }
    }

    fn dossier(fee: FeeRecord) -> DossierRecord {
        DossierRecord {
            id: "0123456789abcdef01234567".into(),
            code: "H48.18.22-221205-0001".into(),
            applicant: "NGUYEN VAN A".into(),
            procedure: "1.001612".into(),
            received: "2022-12-04T17:30:00.000+0000".into(),
            paid: "2022-12-05T16:59:59.000+0000".into(),
            updated: "2022-12-05T17:00:00.000+0000".into(),
            fees: vec![fee],
            ..DossierRecord::default()
        }
    }

    fn rows(dossier: &DossierRecord, words: &Words) -> DossierRows {
        let days = (day("2022-12-07"), day("2022-12-05"));
        read(dossier, words, &SourceName::new("igate"), days)
    }

    #[test]
    fn instants_become_local_days() {
        let read = rows(&dossier(fee("45000.0", "1", "45000.0")), &Words::default());
        assert_eq!(read.day, Some(day("2022-12-06")));
        let fee = &read.rows.fees[0];
        let times = [&fee.more.received_at, &fee.more.paid_at];
        let texts = times.map(|at| at.as_ref().unwrap().text().into_owned());
        assert_eq!(
            texts,
            ["2022-12-05T00:30:00+07:00", "2022-12-05T23:59:59+07:00"]
        );
        assert_eq!(fee.agency_code.as_str(), "H48.18.22");
    }

    #[test]
    fn amounts_are_decimal_texts() {
        let check = |amount: &str, quantity: &str, paid: &str, dong: i64, status| {
            let read = rows(&dossier(fee(amount, quantity, paid)), &Words::default());
            let fee = &read.rows.fees[0];
            assert_eq!(
                (fee.amount, fee.status),
                (Vnd::new(dong), status),
                "{amount}"
            );
        };
        check("45000.0", "1", "45000.0", 45_000, FeeStatus::Paid);
        check("45000", "1", "0.0", 45_000, FeeStatus::Unpaid);
        check("2000.0", "7", "13999.0", 14_000, FeeStatus::Unpaid);
        check("1.0E7", "1", "1.0E7", 10_000_000, FeeStatus::Paid);
        check("1.23456789E9", "1", "", 1_234_567_890, FeeStatus::Unpaid);
        check(
            "9007199254740.0",
            "1",
            "0",
            9_007_199_254_740,
            FeeStatus::Unpaid,
        );
        check("0.0", "1", "0.0", 0, FeeStatus::Unpaid);
        let bad = |amount: &str, quantity: &str, code| {
            let read = rows(&dossier(fee(amount, quantity, "0")), &Words::default());
            assert_eq!(read.rows.rejects[0].code, code, "{amount} {quantity}");
            assert!(read.rows.fees.is_empty());
        };
        bad("45000.5", "1", RejectCode::FractionOfDong);
        bad("1.5E0", "1", RejectCode::FractionOfDong);
        bad("0.1", "3", RejectCode::FractionOfDong);
        bad("-1.0", "1", RejectCode::NegativeAmount);
        bad("", "1", RejectCode::MissingValue);
        bad("45.000,0", "1", RejectCode::BadAmount);
        bad("NaN", "1", RejectCode::BadAmount);
        bad("1.0E16", "1", RejectCode::AmountTooLarge);
        bad("1000000000000000", "1", RejectCode::AmountTooLarge);
        bad("1", "x", RejectCode::BadAmount);
    }

    #[test]
    fn kinds_are_the_offices_words_or_the_usual_ones() {
        let table = BTreeMap::from([
            ("fee_kind_phi".to_owned(), "7; Tiền dịch vụ".to_owned()),
            ("status_cancelled".to_owned(), "6".to_owned()),
        ]);
        let known: Vec<String> = table.keys().cloned().collect();
        let words = Words::parse(&table, &known).unwrap();
        let check = |kind: &str, expected: Option<FeeKind>| {
            let fee = FeeRecord {
                kind: vec![kind.into()],
                ..fee("1", "1", "1")
            };
            let read = rows(&dossier(fee), &words);
            assert_eq!(
                read.rows.fees.first().map(|fee| fee.kind),
                expected,
                "{kind}"
            );
        };
        check("Lệ phí hộ tịch", Some(FeeKind::LePhi));
        check("PHÍ", Some(FeeKind::Phi));
        check("Lệ phí trước bạ", Some(FeeKind::LandObligation));
        check("Nghĩa vụ tài chính", Some(FeeKind::LandObligation));
        check("7", Some(FeeKind::Phi));
        check("tiền dịch vụ", Some(FeeKind::Phi));
        check("Khác", None);
        let mut gone = dossier(fee("1", "1", "0"));
        gone.status = vec!["6".into(), "Đã rút".into()];
        assert_eq!(
            rows(&gone, &words).rows.fees[0].status,
            FeeStatus::Cancelled
        );
    }

    #[test]
    fn what_cannot_be_read_is_a_reject_with_its_amount() {
        let mut bad = dossier(fee("45000.0", "1", "0"));
        bad.code = "123/2022/BNHS".into();
        let read = rows(&bad, &Words::default());
        let reject = &read.rows.rejects[0];
        assert_eq!(
            (reject.code, &*reject.column),
            (RejectCode::BadDossierCode, "code")
        );
        assert_eq!(
            (reject.amount, read.rows.lines),
            (Some(Vnd::new(45_000)), 1)
        );
        assert_eq!((read.day, reject.business_date), (None, day("2022-12-05")));
        bad.fees.clear();
        assert_eq!(rows(&bad, &Words::default()).rows.rejects.len(), 1);
        let mut far = dossier(fee("1", "1", "0"));
        far.updated = "2023-12-05T17:00:00.000+0000".into();
        let read = rows(&far, &Words::default());
        assert_eq!(read.rows.rejects[0].code, RejectCode::FutureRow);
        let mut twice = dossier(fee("1", "1", "0"));
        twice.fees.push(fee("2", "1", "0"));
        let read = rows(&twice, &Words::default());
        assert_eq!((read.rows.fees.len(), read.rows.conflicts.len()), (1, 1));
    }
}
