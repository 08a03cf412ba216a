//! Casso v2, a bank feed: `GET /v2/transactions`, `Authorization: Apikey`, pages from 1, signed
//! amounts. Source: developer.casso.vn, "Lấy giao dịch".
//!
//! Paging is by offset, so rows that arrive or vanish meanwhile shift the pages; `paged` notices.

mod wire;

use std::ops::RangeInclusive;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::paged::{PAGES_MAX, Page, Plan};
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Day, Instrument};
use crate::source::error::SourceError;
use crate::source::http::{Client, Request, Session};
use crate::source::window::{Listed, Row, Window};
use crate::source::{
    Ability, ArchiveError, BoxFuture, Defaults, Feed, Handle, Key, KeyForm, Opening, Protocol,
    Pull, RawSink, Registration,
};

/// Casso v2.
pub const REGISTRATION: Registration = Registration {
    kind: "casso",
    label: "Casso",
    ability: Ability::List,
    is_gateway: false,
    carries_money: true,
    pushes: Some(Protocol::Casso),
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
    async fn list_day(&self, session: &Session<'_>, day: Day) -> Result<Listed, SourceError> {
        let plan = Plan {
            day,
            first: 1,
            size: PAGE_SIZE,
            pages_max: PAGES_MAX,
            shifts: true,
        };
        let fetch = |page| -> BoxFuture<'_, Result<Page<u64>, SourceError>> {
            Box::pin(async move {
                let build = |_| request(day, page);
                let (mut read, answer) = session.fetch_kept(&build, &wire::read_page).await?;
                Row::came_in(&mut read.rows, &answer);
                Ok(read)
            })
        };
        let at = |page: &u64| session.at(&request(day, *page));
        let mut listed = super::paged::list_day(&plan, &fetch, &at).await?;
        let account = self.account.as_deref();
        super::keep_account(&mut listed, account, |row| row.word_of("bankSubAccId"));
        Ok(listed)
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
