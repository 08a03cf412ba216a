//! Rulings on how a row is handled: they come after the classes, because they are about them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Decision, DossierCode, ExceptionId, RowKey, Ruling, Side};
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
        // the refund that was asked for has come
        let came = decision.ruling == Ruling::RefundRequested && row.class == "refunded";
        if row.class == OK || row.bucket == Bucket::Excluded || came {
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

/// The classes in which a fee line lacks money, its payment being of one of them too.
const SHORT: [&str; 3] = ["underpaid", "partial", "net_settlement"];

/// Who decided, and why.
type Said = (Box<str>, Box<str>);

/// The payment of a fee whose rest somebody gave up tells of the same matter: where every line of
/// its dossier that lacks money was given up, nobody has to work on the payment any more either.
pub(super) fn with_their_fees(decisions: &[Decision], rows: &mut [Classified]) {
    let given_up = decisions.iter().filter(|d| d.ruling == Ruling::WriteOff);
    let dossiers: BTreeSet<&DossierCode> =
        given_up.filter_map(|d| d.row.dossier.as_ref()).collect();
    if dossiers.is_empty() {
        return;
    }
    // by dossier: who gave up its lines and why; none where one still lacks money
    let mut ended: BTreeMap<DossierCode, Option<Said>> = BTreeMap::new();
    let is_short =
        |row: &Classified| SHORT.contains(&row.class) || row.also.iter().any(|c| SHORT.contains(c));
    for row in rows
        .iter()
        .filter(|row| row.key.side == Side::Fee && is_short(row))
    {
        let dossier = row.dossier_code.as_ref();
        let Some(dossier) = dossier.filter(|code| dossiers.contains(code)) else {
            continue;
        };
        let by = row.ended_by().map(|(by, why)| (by.into(), why.into()));
        let all = ended.entry(dossier.clone()).or_insert_with(|| by.clone());
        *all = all.take().filter(|_| by.is_some());
    }
    // what somebody ruled on the payment itself holds
    let own = decisions.iter().filter(|d| d.is_handling());
    let own: BTreeSet<&RowKey> = own.map(|decision| &decision.row).collect();
    for row in rows.iter_mut().filter(|row| row.key.side != Side::Fee) {
        let is_open = !own.contains(&row.key);
        if !SHORT.contains(&row.class) || !is_open {
            continue;
        }
        let ended = row.dossier_code.as_ref().and_then(|code| ended.get(code));
        if let Some(Some((by, reason))) = ended {
            let said = Evidence::DecidedBy(by.clone(), reason.clone());
            row.evidence.push(said);
            row.severity = Severity::Info;
            row.carried = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, SourceName, Vnd};

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
        // what was asked for came: nothing is stale
        check(
            Ruling::RefundRequested,
            row("refunded", 60_000),
            "refunded Action true []",
        );
    }

    #[test]
    fn a_payment_goes_with_its_fee_unless_somebody_ruled_on_it() {
        let code = DossierCode::parse("H48.18.22-221205-0001").unwrap();
        let check = |on_payment: Option<Ruling>, expected: [Severity; 2]| {
            let mut fee = row("underpaid", 50_000);
            fee.key = RowKey::fee(&code, &crate::domain::FeeId::new("F1"));
            fee.dossier_code = Some(code.clone());
            let mut payment = row("underpaid", 49_000);
            payment.dossier_code = Some(code.clone());
            let rule = |row: &Classified, ruling| Decision {
                row: row.key.clone(),
                ruling,
                amount_then: row.amount,
                class_then: "underpaid".into(),
                by: "an".into(),
                reason: "because".into(),
            };
            let mut decisions = vec![rule(&fee, Ruling::WriteOff)];
            decisions.extend(on_payment.map(|ruling| rule(&payment, ruling)));
            let mut rows = vec![fee, payment];
            rows.sort_by(|a, b| a.key.cmp(&b.key));
            apply(&decisions, &mut rows);
            with_their_fees(&decisions, &mut rows);
            rows.sort_by_key(|row| row.key.side != Side::Fee);
            assert_eq!([rows[0].severity, rows[1].severity], expected);
        };
        check(None, [Severity::Info, Severity::Info]);
        let waits = Some(Ruling::RefundRequested);
        check(waits, [Severity::Info, Severity::Action]);
    }
}
