//! Rulings on how a row is handled: they come after the classes, because they are about them.

use crate::domain::{Decision, ExceptionId, Ruling};
use crate::matching::Evidence;

use super::class::{Bucket, Classified, OK, Severity};
use super::data::DECISION_STALE;

/// Applies rulings on handling to `rows`, sorted by key. A ruling was made on a class and an
/// amount: a row that is in order by now needs none, one that is something else by now comes back.
pub(super) fn apply(decisions: &[Decision], rows: &mut [Classified]) {
    let handling = decisions.iter().filter(|d| d.is_handling());
    for decision in handling {
        let Ok(at) = rows.binary_search_by(|row| row.key.cmp(&decision.row)) else {
            continue;
        };
        let row = &mut rows[at];
        if row.class == OK || row.bucket == Bucket::Excluded {
            continue;
        }
        let (by, reason) = (decision.by.clone(), decision.reason.clone());
        if *row.class != *decision.class_then || row.amount != decision.amount_then {
            row.also.insert(0, row.class);
            row.class = DECISION_STALE.id;
            row.exception_id = Some(ExceptionId::of(row.class, &row.key));
            row.evidence.insert(0, Evidence::StaleDecision(by, reason));
            row.severity = DECISION_STALE.severity;
            row.carried = true;
        } else {
            row.evidence.push(Evidence::DecidedBy(by, reason));
            if decision.ruling != Ruling::RefundRequested {
                row.severity = Severity::Info;
                row.carried = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, RowKey, SourceName, Vnd};

    fn row(class: &'static str, amount: i64) -> Classified {
        let key = RowKey::txn(&SourceName::new("bank"), "T1");
        Classified {
            exception_id: Some(ExceptionId::of(class, &key)),
            key,
            class,
            amount: Vnd::new(amount),
            dossier_code: None,
            evidence: Vec::new(),
            nearest: Vec::new(),
            also: Vec::new(),
            severity: Severity::Action,
            bucket: Bucket::Open,
            carried: true,
            business_date: Day::of_ms(0),
        }
    }

    #[test]
    fn a_ruling_on_handling_holds_while_the_row_is_what_it_was() {
        let check = |ruling: Ruling, now: Classified, expected: &str| {
            let decision = Decision {
                row: now.key.clone(),
                ruling,
                amount_then: Vnd::new(50_000),
                class_then: "unidentified".into(),
                by: "an".into(),
                reason: "because".into(),
            };
            let mut rows = [now];
            apply(&[decision], &mut rows);
            let [row] = rows;
            let said = format!(
                "{} {:?} {} {:?}",
                row.class, row.severity, row.carried, row.also
            );
            assert_eq!(said, expected);
        };
        let open = || row("unidentified", 50_000);
        check(Ruling::WriteOff, open(), "unidentified Info false []");
        check(
            Ruling::RefundRequested,
            open(),
            "unidentified Action true []",
        );
        check(Ruling::NotFee, open(), "unidentified Action true []");
        check(
            Ruling::WriteOff,
            row("unidentified", 60_000),
            "decision_stale Action true [\"unidentified\"]",
        );
        check(
            Ruling::RefundRequested,
            row("ambiguous", 50_000),
            "decision_stale Action true [\"ambiguous\"]",
        );
        check(Ruling::WriteOff, row(OK, 50_000), "ok Action true []");
    }
}
