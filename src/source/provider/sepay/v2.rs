//! SePay v2: `GET /v2/transactions`, Bearer token, numbered pages of at most 100, integer amounts,
//! errors by status. Source: developer.sepay.vn, "API v2", "Danh sách giao dịch" and "Nâng cấp từ
//! API v1".
//!
//! The count of v1 is gone; `pagination.total` takes its place, and `paged` holds a day against it.
//! Ids are UUIDs that have nothing to do with the numbers of v1: the job recognises a line that is
//! stored under its other name, so that a change of version doubles nothing.

use std::ops::RangeInclusive;

use super::wire;
use crate::config::forms::TimeOfDay;
use crate::domain::Day;
use crate::source::error::{BodyFault, Fault, SourceError};
use crate::source::http::{Bad, Client, Request, Session};
use crate::source::json::Json;
use crate::source::provider::paged::{self, PAGES_MAX, Page, Plan};
use crate::source::provider::span::Span;
use crate::source::provider::{by_day, keep_account, plain_code};
use crate::source::window::{Listed, Row, Window};
use crate::source::{ArchiveError, BoxFuture, Feed, Pull, RawSink};

/// Where it is reached when nothing else is said.
pub(super) const BASE_URL: &str = "https://userapi.sepay.vn";
const PATH: &str = "/v2/transactions";
const PER_PAGE: u64 = 100;

#[derive(Debug)]
pub(super) struct SepayV2 {
    pub(super) client: Client,
    pub(super) cutoff: TimeOfDay,
    pub(super) account: Option<Box<str>>,
}

impl Feed for SepayV2 {
    fn list<'a>(
        &'a self,
        window: RangeInclusive<Day>,
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>> {
        Box::pin(async move {
            let window = Window::new(&window, self.cutoff);
            let session = &self.client.session(raw);
            let (listed, trouble) =
                by_day(&window, &|day| Box::pin(self.list_day(session, day))).await?;
            Ok(window.assemble(&listed, trouble, wire::record))
        })
    }
}

impl SepayV2 {
    async fn list_day(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let plan = Plan {
            day,
            first: 1,
            size: PER_PAGE,
            pages_max: PAGES_MAX,
            shifts: true,
        };
        let fetch = |page| -> BoxFuture<'_, Result<Page<u64>, SourceError>> {
            Box::pin(async move {
                let read = |body: &[u8]| read_page(body, page);
                let build = |_| request(day, page);
                let (mut read, answer) = session.fetch_kept(&build, &read).await?;
                Row::came_in(&mut read.rows, &answer);
                Ok(read)
            })
        };
        let at = |page: &u64| session.at(&request(day, *page));
        let mut listed = paged::list_day(&plan, &fetch, &at).await?;
        let account = self.account.as_deref();
        keep_account(&mut listed, account, |row| row.word_of("account_number"));
        Ok(listed)
    }
}

fn request(day: Day, page: u64) -> Request {
    let span = Span::day(day);
    Request {
        path: PATH.into(),
        query: vec![
            ("transaction_date_from", span.first()),
            ("transaction_date_to", span.last()),
            ("transaction_date_sort", "asc".to_owned()),
            ("page", page.to_string()),
            ("per_page", PER_PAGE.to_string()),
        ],
        body: None,
        what: format!("transactions {day} page {page}"),
    }
}

/// One page. The totals stand in `pagination`, at the top or in `meta`.
fn read_page(body: &[u8], page: u64) -> Result<Page<u64>, Bad> {
    let mut json = Json::parse(body)?;
    if let Some(status) = json.word_of("status").filter(|status| *status != "success") {
        let code = json.word_of("error_code").unwrap_or(status);
        return Err(Bad::Again(Fault::ErrorInside(plain_code(code))));
    }
    let rows = json.take("data").and_then(Json::into_list);
    let rows = rows.ok_or(BodyFault::Shape("data"))?;
    let meta = json.get("meta");
    let pagination = json
        .get("pagination")
        .or_else(|| meta.and_then(|meta| meta.get("pagination")))
        .or(meta);
    let pagination = pagination.ok_or(BodyFault::Shape("pagination"))?;
    let total = pagination.count_of("total");
    let total = total.ok_or(BodyFault::Shape("pagination.total"))?;
    let goes_on = match pagination.get("has_more") {
        Some(Json::Flag(more)) => *more,
        _ => u64::try_from(rows.len()).is_ok_and(|rows| rows >= PER_PAGE),
    };
    Ok(Page {
        rows: rows
            .into_iter()
            .map(|row| Row::new(row, "id", "transaction_date"))
            .collect(),
        total: Some(total),
        next: goes_on.then_some(page + 1),
        overlap: None,
        trial: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_wherever_its_totals_stand() {
        let read = |more: &str| {
            let body = format!(r#"{{"status":"success","data":[{{"id":"a-1"}}],{more}}}"#);
            read_page(body.as_bytes(), 3).map(|page| (page.rows.len(), page.total, page.next))
        };
        let told = r#""pagination":{"total":201,"has_more":true}"#;
        assert_eq!(read(told), Ok((1, Some(201), Some(4))));
        let told = r#""meta":{"pagination":{"total":"1","has_more":false}}"#;
        assert_eq!(read(told), Ok((1, Some(1), None)));
        assert_eq!(read(r#""meta":{"total":1}"#), Ok((1, Some(1), None)));
        let shape = |what| Err(Bad::Again(Fault::Body(BodyFault::Shape(what))));
        assert_eq!(read(r#""x":1"#), shape("pagination"));
        assert_eq!(read(r#""pagination":{}"#), shape("pagination.total"));
    }

    #[test]
    fn an_error_inside_a_success_is_an_error() {
        let fails = |body: &str| read_page(body.as_bytes(), 1).unwrap_err();
        let busy = r#"{"status":"error","error_code":"busy_now"}"#;
        assert_eq!(
            fails(busy),
            Bad::Again(Fault::ErrorInside("busynow".into()))
        );
        let null = r#"{"status":"success","data":null}"#;
        assert_eq!(
            fails(null),
            Bad::Again(Fault::Body(BodyFault::Shape("data")))
        );
    }
}
