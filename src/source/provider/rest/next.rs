//! How a listing goes on after a page, and how its end is known.

use super::Rest;
use super::list::Mark;
use super::pointer::Pointer;
use super::spec::Style;
use crate::domain::Day;
use crate::source::error::{BodyFault, SourceError};
use crate::source::http::{Answer, Bad};
use crate::source::json::Json;
use crate::source::provider::span::Span;
use crate::source::window::Row;

impl Rest {
    /// The next page by the source's own word, else by what came; none at the end.
    pub(super) fn next(
        &self,
        answer: Answer<'_>,
        json: &Json,
        mark: &Mark,
        rows: &[Row],
    ) -> Result<Option<Mark>, Bad> {
        let paging = &self.connector.paging;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let read = mark.read.saturating_add(count);
        let told = match (&paging.last, &paging.more) {
            (Some(at), _) => Some(!at.flag(json).ok_or(BodyFault::Shape(at.path))?),
            (_, Some(at)) => Some(at.flag(json).ok_or(BodyFault::Shape(at.path))?),
            _ => None,
        };
        let by_total = paging.total.as_ref().and_then(|at| at.count(json));
        let by_rows = by_rows(count, paging.size, mark.fullest);
        let goes = match (told, by_total) {
            (Some(told), _) => told.then_some(Further::Surely),
            (None, Some(total)) => (count > 0 && read < total).then_some(Further::Surely),
            (None, None) => by_rows,
        };
        let to = |number, text, further| Mark {
            number,
            text,
            link: None,
            read,
            fullest: mark.fullest.max(count),
            trial: further != Further::Surely,
            newest_first: false,
        };
        let numbered = |next| match paging.next.as_ref().map(|at| said(at, json)).transpose()? {
            Some(Said::Number(number)) => Ok(Some(to(number, None, Further::Surely))),
            Some(Said::End) => Ok(None),
            // where it says nothing, neither does this page say that it is the last
            Some(Said::Nothing) if paging.total.is_none() => {
                Ok(by_rows.map(|_| to(next, None, Further::Perhaps)))
            }
            Some(Said::Nothing) | None => Ok(goes.map(|further| to(next, None, further))),
            Some(Said::Text(text)) => match text.parse() {
                Ok(number) => Ok(Some(to(number, None, Further::Surely))),
                Err(_) => Err(unreadable(paging.next.as_ref())),
            },
        };
        match paging.style {
            Style::None | Style::Window => Ok(None),
            Style::Page => numbered(mark.number + 1),
            Style::Offset => numbered(read),
            Style::Cursor => {
                let may_end = mark.text.is_some() || self.may_end(by_rows);
                let cursor = self.cursor(json, told, may_end)?;
                Ok(cursor.map(|cursor| to(0, Some(cursor), Further::Surely)))
            }
            Style::Since => {
                let goes = told.map_or(by_rows, |on| on.then_some(Further::Surely));
                Ok(goes.map(|further| self.since(mark, rows, to(0, furthest(rows), further))))
            }
            Style::Link => {
                let is_first = mark.link.is_none();
                if is_first && answer.header("link").is_none() && !self.may_end(by_rows) {
                    return Err(BodyFault::Shape("Link").into());
                }
                self.link(answer, read)
            }
        }
    }

    /// The next cursor; none at the end, which an answer without one is where it `may_end`.
    fn cursor(
        &self,
        json: &Json,
        told: Option<bool>,
        may_end: bool,
    ) -> Result<Option<String>, Bad> {
        let at = self.connector.paging.next.as_ref();
        if told == Some(false) {
            return Ok(None);
        }
        match at.map(|at| said(at, json)).transpose()? {
            Some(Said::Text(cursor)) => Ok(Some(cursor)),
            Some(Said::Number(id)) => Ok(Some(id.to_string())),
            // there is more, and it does not say where
            _ if told == Some(true) => Err(unreadable(at)),
            Some(Said::Nothing) if !may_end => Err(unreadable(at)),
            Some(Said::Nothing | Said::End) | None => Ok(None),
        }
    }

    /// Whether a first answer that does not say how to go on may be the last: how to go on may as
    /// well stand where nobody looked. A total is held against the rows; else the tables must say
    /// so, and a full answer is not believed even then.
    fn may_end(&self, by_rows: Option<Further>) -> bool {
        let paging = &self.connector.paging;
        let by_tables = paging.absent_is_end && by_rows != Some(Further::Full);
        paging.total.is_some() || by_tables
    }

    /// Where a listing by ids goes on, and whether it may begin with what is newest.
    fn since(&self, mark: &Mark, rows: &[Row], next: Mark) -> Mark {
        let size = self.connector.paging.size;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let is_full = mark.text.is_none() && size > 0 && count >= size;
        Mark {
            newest_first: is_full && falls(rows),
            ..next
        }
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
}

/// Whether there is a further page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Further {
    /// The source says so.
    Surely,
    /// The page is as full as was asked for.
    Full,
    /// Nothing says that this page is the last.
    Perhaps,
}

/// Whether a page of so many rows has one behind it. A source may give fewer rows than are asked
/// for: only a page that holds fewer than one before it is the last for certain.
fn by_rows(count: u64, asked: u64, fullest: u64) -> Option<Further> {
    match count {
        0 => None,
        count if asked > 0 && count >= asked => Some(Further::Full),
        count if count < fullest => None,
        _ => Some(Further::Perhaps),
    }
}

/// What an answer says about the next page.
enum Said {
    Number(u64),
    Text(String),
    /// Null, false or an empty text: there is none.
    End,
    /// Not a word.
    Nothing,
}

/// Reads it; what is neither a number, a text nor an end is an error, not the end.
fn said(at: &Pointer, json: &Json) -> Result<Said, BodyFault> {
    match (at.find(json), at.word(json)) {
        (None, _) => Ok(Said::Nothing),
        (Some(Json::Null | Json::Flag(false)), _) | (_, Some("")) => Ok(Said::End),
        (Some(Json::Flag(true)), _) | (_, None) => Err(BodyFault::Shape(at.path)),
        (_, Some(word)) => Ok(at
            .count(json)
            .filter(|number| number.to_string() == word)
            .map_or_else(|| Said::Text(word.to_owned()), Said::Number)),
    }
}

fn unreadable(at: Option<&Pointer>) -> Bad {
    BodyFault::Shape(at.map_or("next", |at| at.path)).into()
}

/// The id to go on from: the largest where ids are numbers, else the last.
fn furthest(rows: &[Row]) -> Option<String> {
    let number = |row: &Row| row.key.parse::<u64>().ok();
    let largest = rows.iter().map(number).collect::<Option<Vec<u64>>>();
    let largest = largest.and_then(|all| all.into_iter().max());
    let last = || rows.last().map(|row| row.key.clone());
    largest.map(|id| id.to_string()).or_else(last)
}

/// True where the first row has a higher number than the last.
fn falls(rows: &[Row]) -> bool {
    let number = |row: Option<&Row>| row.and_then(|row| row.key.parse::<u64>().ok());
    let ends = number(rows.first()).zip(number(rows.last()));
    ends.is_some_and(|(first, last)| first > last)
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
