//! SePay, a bank feed; `api = "v2"` stands in `v2`. Version 1: `GET /userapi/transactions/list`,
//! Bearer token, every value a text. Source: developer.sepay.vn, "API Giao dịch".
//!
//! One answer holds at most 5,000 rows and says nothing about the others. `since_id` is inclusive
//! by the documentation; how it and the limit cut together is not documented. So a day is read by
//! pages from the last id on, which works whether the id itself is repeated or not, and where an
//! answer was full the day counts only when `count` (called after the list) is met, or when the day
//! can be cut into spans none of which is full.

mod v2;
mod wire;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use rustc_hash::FxHashSet;
use secrecy::{ExposeSecret, SecretString};

use super::span::Span;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Day, Instrument};
use crate::source::error::{Gap, SourceError};
use crate::source::http::{Client, Request, Session};
use crate::source::window::{Listed, Row, Window};
use crate::source::{
    Ability, ArchiveError, BoxFuture, DayControl, Defaults, Feed, Handle, Key, KeyForm, Opening,
    Protocol, Pull, RawSink, Registration,
};
use v2::SepayV2;

/// SePay, both versions.
pub const REGISTRATION: Registration = Registration {
    kind: "sepay",
    label: "SePay",
    ability: Ability::List,
    is_gateway: false,
    carries_money: true,
    pushes: Some(Protocol::Sepay),
    keys: &[
        Key {
            name: "api",
            form: KeyForm::Words(&["v1", "v2"]),
            required: None,
        },
        Key {
            name: "token",
            form: KeyForm::Secret,
            required: Some("name where the API token is kept: token = { env = \"SEPAY_TOKEN\" }"),
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 2,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Transfer,
        base_url: Some(BASE_URL),
    },
    open,
};

/// Where v1 is reached when nothing else is said.
const BASE_URL: &str = "https://my.sepay.vn";
const LIST: &str = "/userapi/transactions/list";
const COUNT: &str = "/userapi/transactions/count";
/// What SePay uses in place of `Retry-After`.
const RETRY_HEADER: &str = "x-sepay-userapi-retry-after";
/// The most rows of one answer.
const LIMIT: usize = 5_000;
/// A day is listed again at most so often.
const RELISTINGS_MAX: u32 = 2;
/// Answers that one day may need: two hundred thousand rows where no span has to be cut in two.
const ANSWERS_MAX: u32 = 40;

#[derive(Debug)]
struct Sepay {
    client: Client,
    cutoff: TimeOfDay,
    account: Option<Box<str>>,
    limit: usize,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let token = settings.secret("token", opening.around)?;
    let header = SecretString::from(format!("Bearer {}", token.expose_secret()));
    if settings.text("api") == Some("v2") {
        if settings.http()?.base_url.to_string() == BASE_URL {
            let message = format!("{BASE_URL} is the address of v1");
            let fix = format!("write base_url = \"{}\"", v2::BASE_URL);
            return Err(settings.fail(message, &fix));
        }
        return Ok(Handle::Feed(Box::new(SepayV2 {
            client: Client::open(settings, Some(&header), None, opening.pace.clone())?,
            cutoff: settings.cutoff,
            account: settings.account.clone(),
        })));
    }
    Ok(Handle::Feed(Box::new(Sepay {
        client: Client::open(
            settings,
            Some(&header),
            Some(RETRY_HEADER),
            opening.pace.clone(),
        )?,
        cutoff: settings.cutoff,
        account: settings.account.clone(),
        limit: LIMIT,
    })))
}

impl Feed for Sepay {
    fn list<'a>(
        &'a self,
        window: RangeInclusive<Day>,
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>> {
        Box::pin(async move {
            let window = Window::new(&window, self.cutoff);
            let session = &self.client.session(raw);
            let (listed, trouble) =
                super::by_day(&window, &|day| Box::pin(self.list_day(session, day))).await?;
            Ok(window.assemble(&listed, trouble, wire::record))
        })
    }
}

/// The rows of a day so far.
#[derive(Debug, Default)]
struct Collected {
    rows: BTreeSet<Row>,
    ids: FxHashSet<String>,
    /// Rows as delivered, repeats at page borders not counted.
    delivered: usize,
    answers: u32,
    /// More ids than this are pages without end: the provider's count and one full answer.
    most: Option<u64>,
}

impl Sepay {
    async fn list_day(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let whole = Span::day(day);
        let mut all = Collected::default();
        let mut was_full = self.list_span(session, whole, &mut all).await?;
        let mut counted = self.count(session, whole).await?;
        for _ in 0..RELISTINGS_MAX {
            let is_whole = match counted {
                Some(count) => all.tallies(day).contains(&count),
                None => !was_full,
            };
            if is_whole {
                break;
            }
            // Full: the far end may be cut off. Not full: rows came between list and count.
            self.list_pieces(session, whole, &mut all, was_full).await?;
            was_full = false;
            counted = self.count(session, whole).await?;
        }
        let Some(expected) = counted else {
            return Ok(Listed {
                rows: all.rows.into_iter().collect(),
                control: None,
            });
        };
        let most = all.tallies(day).into_iter().max().unwrap_or(0);
        if most < expected {
            let gap = Gap::Short {
                expected,
                got: most,
            };
            return Err(SourceError::Incomplete {
                at: session.at(&self.list_request(whole, None)),
                gap,
            });
        }
        let tie = all
            .tallies(day)
            .into_iter()
            .find(|tally| *tally == expected);
        let control = DayControl {
            expected,
            delivered: tie.unwrap_or(most),
        };
        Ok(Listed {
            rows: all.rows.into_iter().collect(),
            control: Some(control),
        })
    }

    /// Lists again; spans whose answer is full are cut in two until none is.
    async fn list_pieces(
        &self,
        session: &Session<'_>,
        whole: Span,
        all: &mut Collected,
        was_full: bool,
    ) -> Result<(), SourceError> {
        let mut spans = if was_full {
            whole.halves()
        } else {
            vec![whole]
        };
        while let Some(span) = spans.pop() {
            if self.list_span(session, span, all).await? {
                let halves = span.halves();
                if halves.is_empty() {
                    let at = session.at(&self.list_request(span, None));
                    return Err(SourceError::Incomplete {
                        at,
                        gap: Gap::Endless,
                    });
                }
                spans.extend(halves);
            }
        }
        Ok(())
    }

    /// Reads a span by pages from the last id on; true when an answer was full, so that rows at the
    /// other end may be missing.
    async fn list_span(
        &self,
        session: &Session<'_>,
        span: Span,
        all: &mut Collected,
    ) -> Result<bool, SourceError> {
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        let mut since: Option<u64> = None;
        let mut was_full = false;
        loop {
            all.answers += 1;
            if all.answers > ANSWERS_MAX {
                let at = session.at(&self.list_request(span, since));
                return Err(SourceError::Incomplete {
                    at,
                    gap: Gap::Endless,
                });
            }
            let build = |_| self.list_request(span, since);
            let (mut rows, answer) = session.fetch_kept(&build, &wire::read_list).await?;
            Row::came_in(&mut rows, &answer);
            let full = rows.len() >= self.limit;
            if full && all.most.is_none() {
                let counted = self.count(session, Span::day(span.day)).await?;
                let most = counted.map_or(u64::MAX, |count| count.saturating_add(limit));
                all.most = Some(most);
            }
            was_full |= full;
            let last = rows
                .iter()
                .filter_map(|row| row.key.parse::<u64>().ok())
                .max();
            let is_new = all.add(rows);
            let next = last.filter(|last| since.is_none_or(|since| *last > since));
            let ids = u64::try_from(all.ids.len()).unwrap_or(u64::MAX);
            if full && all.most.is_some_and(|most| ids > most) {
                let at = session.at(&self.list_request(span, since));
                return Err(SourceError::Incomplete {
                    at,
                    gap: Gap::Endless,
                });
            }
            if !full || !is_new || next.is_none() {
                return Ok(was_full);
            }
            since = next;
        }
    }

    /// The provider's own count of a span; none where there is no such address.
    async fn count(&self, session: &Session<'_>, span: Span) -> Result<Option<u64>, SourceError> {
        let build = |_| Request {
            path: COUNT.into(),
            query: self.filter(span),
            body: None,
            what: format!("transactions count {}", span.day),
        };
        match session.fetch(&build, &wire::read_count).await {
            Ok(count) => Ok(Some(count)),
            Err(SourceError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn filter(&self, span: Span) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        if let Some(account) = &self.account {
            query.push(("account_number", account.to_string()));
        }
        query.push(("transaction_date_min", span.first()));
        query.push(("transaction_date_max", span.last()));
        query
    }

    fn list_request(&self, span: Span, since: Option<u64>) -> Request {
        let mut query = self.filter(span);
        query.push(("limit", self.limit.to_string()));
        let mut what = format!("transactions {}", span.day);
        if let Some(since) = since {
            query.push(("since_id", since.to_string()));
            what = format!("{what} since {since}");
        }
        Request {
            path: LIST.into(),
            query,
            body: None,
            what,
        }
    }
}

impl Collected {
    /// Adds an answer; true when it held an id that was not there.
    fn add(&mut self, rows: Vec<Row>) -> bool {
        // Against the ids from before this answer: its own repeats count as delivered, the row that
        // the next page repeats does not.
        let is_fresh = |row: &&Row| !self.ids.contains(&row.key);
        let fresh = rows.iter().filter(is_fresh).count();
        self.delivered += fresh;
        for row in &rows {
            if !self.ids.contains(&row.key) {
                self.ids.insert(row.key.clone());
            }
        }
        self.rows.extend(rows);
        fresh > 0
    }

    /// Ways in which the provider may have counted: distinct ids, those of them dated on the day
    /// (rows of other days may be mixed in), and rows with their repeats.
    fn tallies(&self, day: Day) -> [u64; 3] {
        // Rows are in the order of their ids.
        let mut of_day: Vec<&str> = Vec::new();
        let dated = |row: &&Row| row.day().is_none_or(|dated| dated == day);
        of_day.extend(self.rows.iter().filter(dated).map(|r| r.key.as_str()));
        of_day.dedup();
        [self.ids.len(), of_day.len(), self.delivered].map(|n| u64::try_from(n).unwrap_or(u64::MAX))
    }
}
