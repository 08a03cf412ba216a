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
use crate::source::window::{Listed, Row, Window};
use crate::source::{ArchiveError, BoxFuture, Feed, Pull, RawSink, Record};

/// Where a listing stands.
#[derive(Clone, Debug, Default)]
struct Mark {
    /// The number of the page, or rows before it.
    number: u64,
    /// A cursor, an id, or a link.
    text: Option<String>,
    /// The link that leads on.
    link: Option<(String, Vec<(String, String)>)>,
    /// Rows read so far; no part of where it stands.
    read: u64,
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
            };
            let span = Span::day(day);
            let fetch = |mark: Mark| -> BoxFuture<'_, Result<Page<Mark>, SourceError>> {
                Box::pin(self.page(session, span, mark))
            };
            let at = |mark: &Mark| session.at_call(&self.call_of(span, mark, 0));
            paged::list_day(&plan, &fetch, &at).await?
        };
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

    /// Lists spans; one whose answer is full is cut in two until none is.
    async fn list_spans(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let paging = &self.connector.paging;
        let mut rows = Vec::new();
        let mut spans = vec![Span::day(day)];
        let mut answers = 0;
        while let Some(span) = spans.pop() {
            let mark = Mark::default();
            let endless = || {
                let at = session.at_call(&self.call_of(span, &mark, 0));
                Err(SourceError::Incomplete {
                    at,
                    gap: Gap::Endless,
                })
            };
            answers += 1;
            if answers > paging.pages_max {
                return endless();
            }
            let page = self.page(session, span, mark.clone()).await?;
            let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            if count >= paging.size {
                let halves = span.halves();
                if halves.is_empty() {
                    return endless();
                }
                spans.extend(halves);
            } else if let Some(expected) = page.total.filter(|total| *total > count) {
                let at = session.at_call(&self.call_of(span, &mark, 0));
                let gap = Gap::Short {
                    expected,
                    got: count,
                };
                return Err(SourceError::Incomplete { at, gap });
            } else {
                rows.extend(page.rows);
            }
        }
        Ok(Listed {
            rows,
            control: None,
        })
    }

    async fn page(
        &self,
        session: &Session<'_>,
        span: Span,
        mark: Mark,
    ) -> Result<Page<Mark>, SourceError> {
        let build = |attempt| self.call_of(span, &mark, attempt);
        let at = session.at_call(&build(0));
        let check = |answer: Answer<'_>| self.read_page(answer, &mark, &at);
        self.send(session, &build, &check).await
    }

    fn call_of(&self, span: Span, mark: &Mark, attempt: u32) -> Call {
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
        let next = self.next(answer, &json, mark, &rows)?;
        Ok(Page {
            overlap: (paging.style == Style::Since)
                .then(|| mark.text.clone())
                .flatten(),
            rows,
            total,
            next,
        })
    }

    /// The next page by the source's own word, else by what came; none at the end.
    fn next(
        &self,
        answer: Answer<'_>,
        json: &Json,
        mark: &Mark,
        rows: &[Row],
    ) -> Result<Option<Mark>, Bad> {
        let paging = &self.connector.paging;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let read = mark.read.saturating_add(count);
        let go = |number, text: Option<String>| {
            Some(Mark {
                number,
                text,
                link: None,
                read,
            })
        };
        let told = match (&paging.last, &paging.more) {
            (Some(at), _) => Some(!at.flag(json).ok_or(BodyFault::Shape(at.path))?),
            (_, Some(at)) => Some(at.flag(json).ok_or(BodyFault::Shape(at.path))?),
            _ => None,
        };
        let by_total = paging.total.as_ref().and_then(|at| at.count(json));
        let goes_on = match (told, by_total) {
            (Some(told), _) => told,
            (None, Some(total)) => count > 0 && read < total,
            (None, None) => count > 0 && count >= paging.size,
        };
        Ok(match paging.style {
            Style::None | Style::Window => None,
            Style::Page => match &paging.next {
                Some(at) => at.count(json).and_then(|number| go(number, None)),
                None => goes_on.then(|| go(mark.number + 1, None)).flatten(),
            },
            Style::Offset => match &paging.next {
                Some(at) => at.count(json).and_then(|number| go(number, None)),
                None => goes_on.then(|| go(read, None)).flatten(),
            },
            Style::Cursor => {
                let cursor = paging.next.as_ref().and_then(|at| at.text(json));
                let cursor = cursor.filter(|_| told != Some(false));
                cursor.and_then(|cursor| go(0, Some(cursor.to_owned())))
            }
            Style::Since => {
                let goes_on = told.unwrap_or(count > 0 && count >= paging.size);
                goes_on.then(|| go(0, furthest(rows))).flatten()
            }
            Style::Link => self.link(answer, read)?,
        })
    }

    /// The `Link` header's next page (RFC 8288), which must lie below `base_url`.
    fn link(&self, answer: Answer<'_>, read: u64) -> Result<Option<Mark>, Bad> {
        let Some(target) = answer.header("link").and_then(next_link) else {
            return Ok(None);
        };
        let call = self.call_of(Span::day(Day::of_ms(0)), &Mark::default(), 0);
        match self.client.below(&call, target) {
            Some(link) => Ok(Some(Mark {
                link: Some(link),
                read,
                ..Mark::default()
            })),
            None => Err(Bad::Stop(SourceError::NotAllowed {
                at: self.client.name_of(&call),
                detail: "the link to the next page leads out of base_url".into(),
            })),
        }
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
        Row::told(
            row,
            shape.id(&facts).as_deref(),
            shape.time_text(&facts).as_deref(),
        )
    }

    fn record(&self, row: &Json) -> Record {
        self.connector.shape.record(&self.facts_of(row))
    }
}

/// The id to go on from: the largest where ids are numbers, else the last.
fn furthest(rows: &[Row]) -> Option<String> {
    let number = |row: &Row| row.key.parse::<u64>().ok();
    let largest = rows.iter().map(number).collect::<Option<Vec<u64>>>();
    let largest = largest.and_then(|all| all.into_iter().max());
    let last = || rows.last().map(|row| row.key.clone());
    largest.map(|id| id.to_string()).or_else(last)
}

/// The target of `rel="next"`.
fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, later) = after.split_at(end);
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value.split_whitespace().any(|word| word == "next")
        });
        if is_next {
            return Some(target);
        }
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let check = |header: &str, found: Option<&str>| {
            assert_eq!(next_link(header), found, "{header}");
        };
        check(
            "<https://a/x?page=2>; rel=\"next\"",
            Some("https://a/x?page=2"),
        );
        check(
            "<https://a/x?page=1>; rel=\"prev\", </x?page=3>; title=\"a\"; rel=next",
            Some("/x?page=3"),
        );
        check("<https://a/x>; rel=\"last\"", None);
        check("<https://a/x>; rel=\"first next\"", Some("https://a/x"));
        check("no link at all", None);
        check("", None);
    }
}
