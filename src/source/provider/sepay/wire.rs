//! What SePay v1's answers look like. Pure.

use crate::domain::TxnStatus;
use crate::source::error::{BodyFault, Fault};
use crate::source::http::Bad;
use crate::source::json::Json;
use crate::source::window::Row;
use crate::source::{AmountForm, Record, TimeForm};

/// The envelope: HTTP 200 carries errors inside.
fn read_envelope(body: &[u8]) -> Result<Json, Bad> {
    let json = Json::parse(body)?;
    let status = json.word_of("status").ok_or(BodyFault::Shape("status"))?;
    let error = json.get("error");
    match (status, error) {
        ("200", None | Some(Json::Null)) => Ok(json),
        ("401", _) => Err(Bad::Refused(401)),
        ("403", _) => Err(Bad::Refused(403)),
        _ => Err(Bad::Again(Fault::ErrorInside(super::super::plain_code(
            status,
        )))),
    }
}

pub(super) fn read_list(body: &[u8]) -> Result<Vec<Row>, Bad> {
    let rows = read_envelope(body)?
        .take("transactions")
        .and_then(Json::into_list);
    let rows = rows.ok_or(BodyFault::Shape("transactions"))?;
    let row = |content| Row::new(content, "id", "transaction_date");
    Ok(rows.into_iter().map(row).collect())
}

pub(super) fn read_count(body: &[u8]) -> Result<u64, Bad> {
    let json = read_envelope(body)?;
    let count = json.count_of("count_transactions");
    count.ok_or_else(|| BodyFault::Shape("count_transactions").into())
}

/// A record of texts. The column that is not zero tells the direction.
pub(super) fn record(row: &Json) -> Record {
    let text = |key: &str| row.word_of(key).filter(|text| !text.is_empty());
    let (money_in, money_out) = (text("amount_in"), text("amount_out"));
    let (kind, amount, is_out) = super::super::direction(money_in, money_out);
    let amount_column = if is_out { "amount_out" } else { "amount_in" };
    let kind_text = match kind {
        Some(kind) => kind.id().to_owned(),
        None => format!(
            "in {} out {}",
            money_in.unwrap_or("-"),
            money_out.unwrap_or("-")
        ),
    };
    Record {
        id: text("id").map(Into::into),
        memo: text("transaction_content").unwrap_or_default().into(),
        amount: amount.map(Into::into),
        amount_column,
        amount_form: AmountForm::Decimal,
        time: text("transaction_date").map(Into::into),
        time_column: "transaction_date",
        time_form: TimeForm::Iso,
        status: Some(TxnStatus::Success),
        kind,
        kind_text: kind_text.into(),
        account: text("account_number").map(Into::into),
        bank_ref: text("reference_number").map(Into::into),
        balance: text("accumulated").map(Into::into),
        ..Record::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TxnKind;

    fn one(members: &str) -> Record {
        record(&Json::parse(format!("{{{members}}}").as_bytes()).unwrap())
    }

    #[test]
    fn a_record_keeps_its_texts() {
        let body = include_bytes!("../../../../fixtures/sepay/2022-12-05_list.json");
        let rows = read_list(body).unwrap();
        let records: Vec<Record> = rows.iter().map(|row| record(&row.content)).collect();
        let [paid, sent] = records.as_slice() else {
            panic!("two rows")
        };
        assert_eq!(paid.id.as_deref(), Some("49682"));
        assert_eq!(paid.amount.as_deref(), Some("45000.00"));
        assert_eq!(
            (paid.kind, paid.amount_form),
            (Some(TxnKind::Payment), AmountForm::Decimal)
        );
        assert_eq!(paid.time.as_deref(), Some("2022-12-05 09:15:30"));
        assert_eq!(
            &*paid.memo,
            "MBVCB.1000000017.H48 18 22221202 0001 nop le phi"
        );
        assert_eq!(paid.account.as_deref(), Some("0123499999"));
        assert_eq!(paid.bank_ref.as_deref(), Some("MBVCB.1000000017"));
        assert_eq!(
            (sent.kind, sent.amount.as_deref()),
            (Some(TxnKind::Debit), Some("20000.00"))
        );
        assert_eq!(sent.amount_column, "amount_out");
    }

    #[test]
    fn the_column_that_is_not_zero_tells_the_direction() {
        let check = |members: &str, kind: Option<TxnKind>, amount: Option<&str>| {
            let found = one(members);
            assert_eq!(
                (found.kind, found.amount.as_deref()),
                (kind, amount),
                "{members}"
            );
        };
        let (paid, sent) = (Some(TxnKind::Payment), Some(TxnKind::Debit));
        check(
            r#""amount_in":"45000.00","amount_out":"0.00""#,
            paid,
            Some("45000.00"),
        );
        check(
            r#""amount_in":"0.00","amount_out":"45000.00""#,
            sent,
            Some("45000.00"),
        );
        check(
            r#""amount_in":"0.00","amount_out":"0.00""#,
            paid,
            Some("0.00"),
        );
        check(
            r#""amount_in":"150,000","amount_out":"0.00""#,
            paid,
            Some("150,000"),
        );
        check(
            r#""amount_in":"0.00","amount_out":"1e400""#,
            sent,
            Some("1e400"),
        );
        check(r#""amount_in":45000,"amount_out":0"#, paid, Some("45000"));
        check(r#""amount_in":null,"amount_out":"0.00""#, paid, None);
        check(r#""id":"1""#, paid, None);
        let negative = r#""amount_in":"-45000.00","amount_out":"0.00""#;
        check(negative, None, Some("-45000.00"));
        check(
            r#""amount_in":"5.00","amount_out":"7.00""#,
            None,
            Some("5.00"),
        );
    }

    #[test]
    fn an_error_inside_a_success_is_an_error() {
        let check = |body: &str, bad: Bad| {
            assert_eq!(read_list(body.as_bytes()), Err(bad), "{body}");
        };
        let shape = |what| Bad::Again(Fault::Body(BodyFault::Shape(what)));
        let inside = |code: &str| Bad::Again(Fault::ErrorInside(code.into()));
        check("", Bad::Again(Fault::Body(BodyFault::Empty)));
        check("{}", shape("status"));
        check(r#"{"status":200,"error":null}"#, shape("transactions"));
        check(
            r#"{"status":200,"error":null,"transactions":null}"#,
            shape("transactions"),
        );
        check(
            r#"{"status":500,"error":"Internal error","transactions":[]}"#,
            inside("500"),
        );
        check(
            r#"{"status":200,"error":"busy","transactions":[]}"#,
            inside("200"),
        );
        check(
            r#"{"status":401,"error":"Unauthorized"}"#,
            Bad::Refused(401),
        );
        assert_eq!(
            read_list(br#"{"status":"200","error":null,"transactions":[]}"#),
            Ok(vec![])
        );
        let count = br#"{"status":200,"error":null,"count_transactions":"17"}"#;
        assert_eq!(read_count(count), Ok(17));
    }
}
