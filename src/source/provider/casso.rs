//! Casso v2, a bank feed: `GET /v2/transactions`, `Authorization: Apikey`, pages from 1, signed
//! amounts. Source: developer.casso.vn, "Lấy giao dịch".
//!
//! Paging is by offset, so rows that arrive or vanish meanwhile shift the pages: a row is repeated
//! or skipped without an error. The defence is the provider's own total and a second listing: a
//! listing counts when its total did not move and it holds as many rows.

mod wire;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Day, Instrument};
use crate::source::error::{Gap, SourceError};
use crate::source::http::{Client, Request, Session};
use crate::source::window::{Listed, Row, Window};
use crate::source::{
    Ability, ArchiveError, BoxFuture, DayControl, Defaults, Feed, Handle, Key, KeyForm, Opening,
    Pull, RawSink, Registration,
};

/// Casso v2.
pub const REGISTRATION: Registration = Registration {
    kind: "casso",
    label: "Casso",
    ability: Ability::List,
    is_gateway: false,
    carries_money: true,
    keys: &[Key {
        name: "token",
        form: KeyForm::Secret,
        required: Some("name where the API key is kept: token = { env = \"CASSO_TOKEN\" }"),
    }],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Transfer,
        base_url: Some("https://oauth.casso.vn"),
    },
    open,
};

const PATH: &str = "/v2/transactions";
const PAGE_SIZE: u64 = 100;
/// A day is listed at most so often until its total stands still.
const LISTINGS_MAX: u32 = 4;
const PAGES_MAX: u32 = 2_000;

#[derive(Debug)]
struct Casso {
    client: Client,
    cutoff: TimeOfDay,
    account: Option<Box<str>>,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let token = settings.secret("token", opening.around)?;
    let header = SecretString::from(format!("Apikey {}", token.expose_secret()));
    Ok(Handle::Feed(Box::new(Casso {
        client: Client::open(settings, Some(&header), None, opening.pace.clone())?,
        cutoff: settings.cutoff,
        account: settings.account.clone(),
    })))
}

impl Feed for Casso {
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

impl Casso {
    /// Lists a day until its total stands still and is met.
    async fn list_day(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let mut before: Option<Listing> = None;
        let mut short = Gap::Short {
            expected: 0,
            got: 0,
        };
        for _ in 0..LISTINGS_MAX {
            let listing = list_once(session, day).await?;
            if listing.is_whole(day, before.as_ref()) {
                return Ok(self.listed(listing, day));
            }
            short = listing.gap();
            before = Some(listing);
        }
        Err(SourceError::Incomplete {
            at: session.at(&request(day, 1)),
            gap: short,
        })
    }

    fn listed(&self, listing: Listing, day: Day) -> Listed {
        let control = listing.total().map(|expected| {
            let tally = listing
                .tallies(day)
                .into_iter()
                .find(|tally| *tally == expected);
            DayControl {
                expected,
                delivered: tally.unwrap_or(expected),
            }
        });
        let ours = |row: &Row| {
            let account = row.content.word_of("bankSubAccId");
            self.account
                .as_deref()
                .is_none_or(|wanted| account.is_none_or(|is| is == wanted))
        };
        Listed {
            rows: listing.rows.into_iter().filter(ours).collect(),
            control,
        }
    }
}

/// One walk through all pages of a day.
#[derive(Debug, Default)]
struct Listing {
    rows: Vec<Row>,
    totals: BTreeSet<Option<u64>>,
    /// A page came that brought nothing new: drift, or a page sent twice.
    repeated_page: bool,
}

async fn list_once(session: &Session<'_>, day: Day) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut keys = BTreeSet::new();
    let mut page = 1;
    for _ in 0..PAGES_MAX {
        let answer = session
            .fetch(&|_| request(day, page), &wire::read_page)
            .await?;
        let at = || session.at(&request(day, page));
        let new = answer
            .rows
            .iter()
            .filter(|row| keys.insert(row.key.clone()))
            .count();
        listing.repeated_page |= new == 0 && !answer.rows.is_empty();
        listing.totals.insert(answer.total);
        listing.rows.extend(answer.rows);
        let Some(next) = answer.next else {
            return Ok(listing);
        };
        if next <= page {
            return Err(SourceError::Incomplete {
                at: at(),
                gap: Gap::Loop,
            });
        }
        let most = answer
            .total
            .map_or(u64::MAX, |total| 2 * total + 5 * PAGE_SIZE);
        if count(listing.rows.len()) > most {
            return Err(SourceError::Incomplete {
                at: at(),
                gap: Gap::Endless,
            });
        }
        page = next;
    }
    let at = session.at(&request(day, page));
    Err(SourceError::Incomplete {
        at,
        gap: Gap::Endless,
    })
}

impl Listing {
    /// The total, when it stood still.
    fn total(&self) -> Option<u64> {
        match self.totals.iter().collect::<Vec<_>>().as_slice() {
            [total] => **total,
            _ => None,
        }
    }

    fn keys(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| row.key.as_str()).collect()
    }

    /// Ways in which the provider may have counted: distinct ids, and of those the ones dated on
    /// the day (rows of other days may be mixed in).
    fn tallies(&self, day: Day) -> [u64; 2] {
        let of_day = |row: &&Row| row.day().is_none_or(|dated| dated == day);
        let dated: BTreeSet<&str> = self
            .rows
            .iter()
            .filter(of_day)
            .map(|r| r.key.as_str())
            .collect();
        [count(self.keys().len()), count(dated.len())]
    }

    /// True when the listing can be trusted: its total did not move and is met. Rows that stand
    /// twice and are counted twice look like drift, so they are believed the second time they come
    /// out the same.
    fn is_whole(&self, day: Day, before: Option<&Self>) -> bool {
        if self.totals.len() != 1 || self.repeated_page {
            return false;
        }
        let Some(total) = self.total() else {
            return true;
        };
        let same_as_before = || {
            before
                .is_some_and(|before| before.totals == self.totals && before.keys() == self.keys())
        };
        self.tallies(day).contains(&total) || (count(self.rows.len()) == total && same_as_before())
    }

    fn gap(&self) -> Gap {
        let expected = self.totals.iter().flatten().max().copied().unwrap_or(0);
        Gap::Short {
            expected,
            got: count(self.keys().len()),
        }
    }
}

fn request(day: Day, page: u64) -> Request {
    Request {
        path: PATH.into(),
        query: vec![
            ("fromDate", day.to_string()),
            ("toDate", day.to_string()),
            ("page", page.to_string()),
            ("pageSize", PAGE_SIZE.to_string()),
            ("sort", "ASC".to_owned()),
        ],
        body: None,
        what: format!("transactions {day} page {page}"),
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
