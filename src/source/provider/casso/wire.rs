//! What Casso v2's answers look like. Pure.

use crate::domain::{TxnKind, TxnStatus};
use crate::source::error::{BodyFault, Fault};
use crate::source::http::Bad;
use crate::source::json::Json;
use crate::source::provider::paged::Page;
use crate::source::window::Row;
use crate::source::{AmountForm, Record, TimeForm};

/// One page.
pub(super) fn read_page(body: &[u8]) -> Result<Page<u64>, Bad> {
    let mut json = Json::parse(body)?;
    match json.text_of("error") {
        Some("0") => {}
        Some("401") => return Err(Bad::Refused(401)),
        Some("403") => return Err(Bad::Refused(403)),
        None => return Err(BodyFault::Shape("error").into()),
        Some(code) => {
            return Err(Bad::Again(Fault::ErrorInside(super::super::plain_code(
                code,
            ))));
        }
    }
    let mut data = json.take("data").ok_or(BodyFault::Shape("data"))?;
    let rows = data.take("records").and_then(Json::into_list);
    let rows = rows.ok_or(BodyFault::Shape("data.records"))?;
    let row = |content| Row::new(content, "id", "when");
    Ok(Page {
        rows: rows.into_iter().map(row).collect(),
        total: data.count_of("totalRecords"),
        next: next_page(&data)?,
        overlap: None,
        trial: false,
    })
}

/// The next page; null or nothing at the end. What cannot be read is not taken for the end.
fn next_page(data: &Json) -> Result<Option<u64>, BodyFault> {
    match data.get("nextPage") {
        None | Some(Json::Null) => Ok(None),
        Some(_) => {
            let next = data.count_of("nextPage");
            next.map(Some).ok_or(BodyFault::Shape("data.nextPage"))
        }
    }
}

/// A record of texts. The amount keeps its sign: negative means that money went out.
pub(super) fn record(row: &Json) -> Record {
    let text = |key: &str| row.text_of(key).filter(|text| !text.is_empty());
    let amount = text("amount");
    let kind = match amount {
        Some(amount) if amount.starts_with('-') => TxnKind::Debit,
        _ => TxnKind::Payment,
    };
    Record {
        id: text("id").map(Into::into),
        memo: text("description").unwrap_or_default().into(),
        amount: amount.map(Into::into),
        amount_column: "amount",
        amount_form: AmountForm::Decimal,
        time: text("when").map(Into::into),
        time_column: "when",
        time_form: TimeForm::IsoOrDay,
        status: Some(TxnStatus::Success),
        kind: Some(kind),
        payer: text("corresponsiveName").unwrap_or_default().into(),
        account: text("bankSubAccId").map(Into::into),
        bank_ref: text("tid").map(Into::into),
        // written both ways in the documentation
        balance: text("cusum_balance")
            .or_else(|| text("cusumBalance"))
            .map(Into::into),
        ..Record::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_keeps_its_texts_and_its_sign() {
        let body = include_bytes!("../../../../fixtures/casso/2022-12-05_page.json");
        let page = read_page(body).unwrap();
        assert_eq!((page.total, page.next), (Some(3), None));
        let records: Vec<Record> = page.rows.iter().map(|row| record(&row.content)).collect();
        let [paid, sent, day_only] = records.as_slice() else {
            panic!("three rows")
        };
        assert_eq!(
            (paid.id.as_deref(), paid.amount.as_deref()),
            (Some("501"), Some("45000"))
        );
        assert_eq!(paid.time.as_deref(), Some("2022-12-05T09:15:30"));
        assert_eq!(&*paid.payer, "NGUYEN VAN A");
        assert_eq!(paid.bank_ref.as_deref(), Some("FT22339123456"));
        assert_eq!(paid.account.as_deref(), Some("88888888"));
        assert_eq!(
            (sent.kind, sent.amount.as_deref()),
            (Some(TxnKind::Debit), Some("-20000"))
        );
        assert_eq!(day_only.id.as_deref(), Some("503"), "an id as a text");
        assert_eq!(
            (day_only.time.as_deref(), day_only.time_form),
            (Some("2022-12-05"), TimeForm::IsoOrDay)
        );
    }

    #[test]
    fn an_error_inside_a_success_is_an_error() {
        let check = |body: &str, bad: Bad| {
            assert_eq!(read_page(body.as_bytes()).unwrap_err(), bad, "{body}");
        };
        let shape = |what| Bad::Again(Fault::Body(BodyFault::Shape(what)));
        check("{}", shape("error"));
        check(r#"{"error":0}"#, shape("data"));
        check(
            r#"{"error":0,"data":{"records":null}}"#,
            shape("data.records"),
        );
        check(
            r#"{"error":500,"message":"busy"}"#,
            Bad::Again(Fault::ErrorInside("500".into())),
        );
        check(
            r#"{"error":401,"message":"Unauthorized"}"#,
            Bad::Refused(401),
        );
    }

    #[test]
    fn a_row_that_is_no_object_is_a_record_without_content() {
        let page = read_page(br#"{"error":0,"data":{"records":[17,null]}}"#).unwrap();
        let records: Vec<Record> = page.rows.iter().map(|row| record(&row.content)).collect();
        assert!(
            records
                .iter()
                .all(|record| record.id.is_none() && record.amount.is_none())
        );
        assert_eq!(records.len(), 2);
    }
}
