//! Listing a day in spans, for sources that cut off at a limit and cannot page.

use std::collections::{BTreeMap, BTreeSet};

use super::Rest;
use super::list::Mark;
use crate::domain::Day;
use crate::source::error::{Gap, SourceError};
use crate::source::http::Session;
use crate::source::json::Json;
use crate::source::provider::span::Span;
use crate::source::window::{Listed, Row};

/// How many contents stand under a key.
type Counts = BTreeMap<String, usize>;

impl Rest {
    /// Lists spans; one whose answer is full is cut in two until none is. What stood in a full
    /// answer must stand in an answer that is not: else the parts do not hold the whole.
    pub(super) async fn list_spans(
        &self,
        session: &Session<'_>,
        day: Day,
    ) -> Result<Listed, SourceError> {
        let paging = &self.connector.paging;
        let mut rows = Vec::new();
        let mut seen = Counts::new();
        let mut spans = vec![Span::day(day)];
        let mut answers = 0;
        let incomplete = |span: Span, gap| {
            let at = session.at_call(&self.call_of(span, &Mark::default(), 0));
            SourceError::Incomplete { at, gap }
        };
        while let Some(span) = spans.pop() {
            answers += 1;
            if answers > paging.pages_max {
                let answers = paging.pages_max;
                return Err(incomplete(span, Gap::NoEnd { answers }));
            }
            let page = self.page(session, span, Mark::default()).await?;
            let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            if count >= paging.size {
                let halves = span.halves();
                if halves.is_empty() {
                    return Err(incomplete(span, Gap::FullSecond));
                }
                for (key, count) in counts(&page.rows) {
                    let most = seen.entry(key).or_default();
                    *most = count.max(*most);
                }
                spans.extend(halves);
            } else if let Some(expected) = page.total.filter(|total| *total > count) {
                let gap = Gap::Short {
                    expected,
                    got: count,
                };
                return Err(incomplete(span, gap));
            } else {
                rows.extend(page.rows);
            }
        }
        let found = counts(&rows);
        let is_lost = |(key, count): &(&String, &usize)| found.get(*key).unwrap_or(&0) < *count;
        match seen.iter().filter(is_lost).count() {
            0 => Ok(Listed {
                rows,
                control: None,
            }),
            rows => Err(incomplete(Span::day(day), Gap::OutOfParts { rows })),
        }
    }
}

fn counts(rows: &[Row]) -> Counts {
    let mut all: BTreeMap<&str, BTreeSet<&Json>> = BTreeMap::new();
    for row in rows {
        all.entry(&row.key).or_default().insert(&row.content);
    }
    let count = |(key, contents): (&str, BTreeSet<&Json>)| (key.to_owned(), contents.len());
    all.into_iter().map(count).collect()
}
