//! Listing days, page by page or span by span.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use super::Rest;
use super::answer::Verdict;
use super::ask::{call, request_id};
use super::facts::Facts;
use super::spec::Style;
use crate::domain::Day;
use crate::source::error::{BodyFault, Fault, Gap, SourceError};
use crate::source::http::{Answer, Bad, Call, Session};
use crate::source::json::Json;
use crate::source::provider::by_day;
use crate::source::provider::paged::{self, Page, Plan};
use crate::source::provider::span::Span;
use crate::source::window::{Listed, Row, Window, instant};
use crate::source::{ArchiveError, BoxFuture, Feed, Pull, RawSink, Record};

/// Where a listing stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// The number of the page, or rows before it.
    pub(super) number: u64,
    /// A cursor, an id, or a link.
    pub(super) text: Option<String>,
    /// The link that leads on.
    pub(super) link: Option<(String, Vec<(String, String)>)>,
    /// Rows read so far; no part of where it stands, nor is what follows.
    pub(super) read: u64,
    /// Rows of the fullest page so far: what the source gives, whatever was asked for.
    pub(super) fullest: u64,
    /// Asked for only to see whether the page before was the last.
    pub(super) trial: bool,
    /// By ids: the only answer so far was full, and its newest row stood first.
    pub(super) newest_first: bool,
}

impl Ord for Mark {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |mark: &Self| (mark.number, mark.text.clone(), mark.link.clone());
        place(self).cmp(&place(other))
    }
}

impl PartialOrd for Mark {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Mark {}

impl Feed for Rest {
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
            Ok(window.assemble(&listed, trouble, |row| self.record(row)))
        })
    }
}

impl Rest {
    async fn list_day(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let paging = &self.connector.paging;
        let mut listed = if paging.style == Style::Window {
            self.list_spans(session, day).await?
        } else {
            let first = match paging.style {
                Style::Page => paging.first,
                _ => 0,
            };
            let plan = Plan {
                day,
                first: Mark {
                    number: first,
                    ..Mark::default()
                },
                size: paging.size.max(100),
                pages_max: paging.pages_max,
                shifts: matches!(paging.style, Style::Page | Style::Offset),
            };
            let span = Span::day(day);
            let fetch = |mark: Mark| -> BoxFuture<'_, Result<Page<Mark>, SourceError>> {
                Box::pin(self.page(session, span, mark))
            };
            let at = |mark: &Mark| session.at_call(&self.call_of(span, mark, 0));
            paged::list_day(&plan, &fetch, &at).await?
        };
        self.ends_where_rows_do(&listed, session, day)?;
        if let Some(account) = &self.connector.shape.account {
            let of = |row: &Json| account.fill(&self.facts_of(row));
            if let Some(wanted) = self.account.as_deref() {
                listed
                    .rows
                    .retain(|row| of(&row.content).is_none_or(|is| is == wanted));
            }
        }
        Ok(listed)
    }

    /// Rows with fractions of a second, asked for up to a whole second: the last second's are lost.
    fn ends_where_rows_do(
        &self,
        listed: &Listed,
        session: &Session<'_>,
        day: Day,
    ) -> Result<(), SourceError> {
        let ask = &self.connector.ask;
        let mut fields = ask.query.iter().chain(&ask.headers).chain(&ask.body);
        let is_cut = ask.path.ends_in_a_second() || fields.any(|f| f.value.ends_in_a_second());
        let is_fine = |row: &Row| row.at_ms.is_some_and(|at_ms| at_ms.rem_euclid(1_000) != 0);
        if is_cut && listed.rows.iter().any(is_fine) {
            let at = session.at_call(&self.call_of(Span::day(day), &Mark::default(), 0));
            let gap = Gap::Fractions;
            return Err(SourceError::Incomplete { at, gap });
        }
        Ok(())
    }

    pub(super) async fn page(
        &self,
        session: &Session<'_>,
        span: Span,
        mark: Mark,
    ) -> Result<Page<Mark>, SourceError> {
        let build = |attempt| self.call_of(span, &mark, attempt);
        let at = session.at_call(&build(0));
        let check = |answer: Answer<'_>| self.read_page(answer, &mark, &at);
        match self.send(session, &build, &check).await {
            // no such page: the one before was the last
            Err(SourceError::NotFound { .. }) if mark.newest_first => {
                let (at, gap) = (at.clone(), Gap::NewestFirst);
                Err(SourceError::Incomplete { at, gap })
            }
            Err(SourceError::NotFound { .. }) if mark.trial => Ok(Page {
                rows: Vec::new(),
                total: None,
                next: None,
                overlap: None,
                trial: true,
            }),
            sent => {
                let (mut page, answer) = sent?;
                Row::came_in(&mut page.rows, &answer);
                Ok(page)
            }
        }
    }

    pub(super) fn call_of(&self, span: Span, mark: &Mark, attempt: u32) -> Call {
        let paging = &self.connector.paging;
        let ask = &self.connector.ask;
        let facts = self.facts();
        let about = format!("{}{}{:?}", span.first(), mark.number, mark.text);
        let id = request_id(facts.now_ms, &about, attempt);
        let facts = Facts {
            span: Some(span),
            page: mark.number,
            offset: mark.number,
            mark: mark.text.as_deref(),
            request_id: &id,
            ..facts
        };
        let what = match paging.style {
            Style::None => format!("{} {}", ask.label, span.day),
            Style::Page => format!("{} {} page {}", ask.label, span.day, mark.number),
            Style::Window if span.is_whole() => format!("{} {}", ask.label, span.day),
            Style::Window => format!("{} {} to {}", ask.label, span.first(), span.last()),
            _ => format!("{} {} from {}", ask.label, span.day, mark.read),
        };
        // What may stand in a path of a listing are days and numbers: they lead nowhere else.
        let mut call = call(ask, &facts, what).unwrap_or_default();
        if let Some((path, query)) = &mark.link {
            call.path.clone_from(path);
            call.query.clone_from(query);
        }
        call
    }

    fn read_page(&self, answer: Answer<'_>, mark: &Mark, at: &str) -> Result<Page<Mark>, Bad> {
        let json = match self.judge(answer, &self.facts(), at)? {
            Verdict::Ok(json) => json,
            Verdict::NotFound | Verdict::Unaskable => {
                return Err(Bad::Again(Fault::ErrorInside("not_found".into())));
            }
        };
        let reading = &self.connector.reading;
        let rows = reading.records.find(&json).and_then(Json::list);
        let rows = rows.ok_or(BodyFault::Shape(reading.records.path))?;
        let rows: Vec<Row> = rows.iter().map(|row| self.row(row)).collect();
        let paging = &self.connector.paging;
        let total = match &paging.total {
            Some(at) => Some(at.count(&json).ok_or(BodyFault::Shape(at.path))?),
            None => None,
        };
        if mark.newest_first && rows.iter().all(|row| Some(&row.key) == mark.text.as_ref()) {
            let (at, gap) = (at.into(), Gap::NewestFirst);
            return Err(Bad::Stop(SourceError::Incomplete { at, gap }));
        }
        let next = self.next(answer, &json, mark, &rows)?;
        Ok(Page {
            overlap: (paging.style == Style::Since)
                .then(|| mark.text.clone())
                .flatten(),
            rows,
            total,
            next,
            trial: mark.trial,
        })
    }

    fn facts_of<'a>(&'a self, row: &'a Json) -> Facts<'a> {
        Facts {
            json: Some(row),
            ..self.facts()
        }
    }

    fn row(&self, row: &Json) -> Row {
        let shape = &self.connector.shape;
        let facts = self.facts_of(row);
        let (id, time) = (shape.id(&facts), shape.time_text(&facts));
        let at_ms = time.as_deref().and_then(instant);
        Row::told(row.clone(), id.as_deref().map(str::to_owned), at_ms)
    }

    fn record(&self, row: &Json) -> Record {
        self.connector.shape.record(&self.facts_of(row))
    }
}
