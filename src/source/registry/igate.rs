//! VNPT iGate 2.x: `GET /pa/dossier/search` page by page, then the fees of the dossiers that
//! changed, `GET /pa/dossier-fee/--by-dossiers`. An interface for its own pages, read with VNPT's
//! leave; paths and fields as clients of it were seen to use them. Nothing but GET can be sent: the
//! interface also deletes.
//!
//! There is no search by the time of change, so the list is read from the latest change backwards
//! until it lies before what is asked for. A change meanwhile moves its dossier to the front, a
//! deletion shifts the rest: the first page and the total are read again at the end, and what does
//! not stand still is read anew.

mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use secrecy::SecretString;

use super::dossier::{DossierRecord, RegistryPull};
use super::words::Words;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Completeness, Day, Instrument};
use crate::source::error::{Gap, SourceError};
use crate::source::http::{BaseUrl, Get, Grant, Reader, Reading};
use crate::source::registration::{Ability, Defaults, Key, KeyForm, Opening, Registration};
use crate::source::{ArchiveError, BoxFuture, Handle, RawSink, Registry};
use wire::{Page, Row};

const FIX_TOKEN: &str = "write the address that gives tokens: \
    token_url = \"https://…/auth/realms/digo/protocol/openid-connect/token\"";
const FIX_GRANT: &str = "name client_secret = { env = \"IGATE_SECRET\" }, or username and password";

const fn text(name: &'static str, form: &'static str, required: Option<&'static str>) -> Key {
    let fits = |raw: &str| !raw.trim().is_empty();
    Key {
        name,
        form: KeyForm::Text { form, fits },
        required,
    }
}

const fn secret(name: &'static str) -> Key {
    Key {
        name,
        form: KeyForm::Secret,
        required: None,
    }
}

/// VNPT iGate.
pub const REGISTRATION: Registration = Registration {
    kind: "igate",
    label: "VNPT iGate",
    ability: Ability::Registry,
    is_gateway: false,
    carries_money: false,
    pushes: None,
    keys: &[
        text("token_url", "an address", Some(FIX_TOKEN)),
        text(
            "client_id",
            "the client's id",
            Some("write the client that VNPT set up for the program: client_id = \"…\""),
        ),
        secret("client_secret"),
        secret("username"),
        secret("password"),
        Key {
            name: "agency_id",
            form: KeyForm::Text {
                form: "the 24 hex digits by which iGate knows the agency",
                fits: wire::is_id,
            },
            required: None,
        },
        Key {
            name: "map",
            form: KeyForm::Map,
            required: None,
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 2,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Portal,
        base_url: None,
    },
    open,
};

const SEARCH: &str = "/pa/dossier/search";
const FEES: &str = "/pa/dossier-fee/--by-dossiers";
const PAGE_SIZE: usize = 50;
/// Dossiers whose fees are asked for together: their ids stand in the address.
const FEES_AT_ONCE: usize = 20;
/// The list is read at most so often until it stands still.
const WALKS_MAX: u32 = 4;
const PAGES_MAX: u32 = 2_000;

/// The words that `[source.map]` may tell.
pub fn words(table: Option<&BTreeMap<String, String>>) -> Result<Words, (String, String)> {
    let Some(table) = table else {
        return Ok(Words::default());
    };
    let mut known = Words::keys_of(&["fee_kind"]);
    known.push("status_cancelled".to_owned());
    Words::parse(table, &known)
}

#[derive(Debug)]
struct IGate {
    reader: Reader,
    agency: Option<Box<str>>,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let http = settings.http()?;
    let raw = settings.text("token_url").unwrap_or_default();
    // the machine's own addresses are for those who read from it anyway
    let token_url = BaseUrl::parse(raw, http.base_url.is_loopback())
        .map_err(|why| settings.fail(format!("token_url is not allowed: {why}"), FIX_TOKEN))?;
    if let Err((message, fix)) = words(settings.map("map")) {
        return Err(settings.fail(message, &fix));
    }
    let id: Box<str> = settings.text("client_id").unwrap_or_default().into();
    let get = |key: &str| -> Result<Option<SecretString>, ConfigError> {
        let named = settings.names_secret(key);
        named
            .then(|| settings.secret(key, opening.around))
            .transpose()
    };
    let grant = match (get("client_secret")?, get("username")?, get("password")?) {
        (secret, Some(user), Some(password)) => Grant::Password {
            id,
            secret,
            user,
            password,
        },
        (Some(secret), None, None) => Grant::Client { id, secret },
        _ => return Err(settings.fail("no way to ask for a token is named", FIX_GRANT)),
    };
    Ok(Handle::Registry(Box::new(IGate {
        reader: Reader::open(settings, token_url, grant, opening.pace.clone())?,
        agency: settings.text("agency_id").map(Into::into),
    })))
}

impl Registry for IGate {
    fn changed<'a>(
        &'a self,
        from: Day,
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<RegistryPull, ArchiveError>> {
        Box::pin(async move {
            let reading = self.reader.session(raw);
            let failed = |state, error| RegistryPull {
                dossiers: Vec::new(),
                state,
                trouble: Some(error),
            };
            match self.read(&reading, from).await {
                Ok(dossiers) => Ok(RegistryPull {
                    dossiers,
                    state: Completeness::Complete,
                    trouble: None,
                }),
                Err(SourceError::Archive { detail }) => Err(ArchiveError(detail)),
                Err(error) if error.is_refusal() => Ok(failed(Completeness::Refused, error)),
                Err(error) => Ok(failed(Completeness::Missing, error)),
            }
        })
    }
}

impl IGate {
    async fn read(
        &self,
        reading: &Reading<'_>,
        from: Day,
    ) -> Result<Vec<DossierRecord>, SourceError> {
        let mut gap = Gap::Short {
            expected: 0,
            got: 0,
        };
        for _ in 0..WALKS_MAX {
            let walk = self.walk(reading, from).await?;
            let again = reading.get(&self.search(0), &wire::read_page).await?;
            if walk.is_whole(&again) {
                return with_fees(reading, walk.changed(from)).await;
            }
            gap = walk.gap(&again);
        }
        Err(SourceError::Incomplete {
            at: reading.at(&self.search(0)),
            gap,
        })
    }

    /// From the latest change backwards, until changes lie before `from` or the list ends.
    async fn walk(&self, reading: &Reading<'_>, from: Day) -> Result<Walk, SourceError> {
        let mut walk = Walk::default();
        for number in 0..PAGES_MAX {
            let get = self.search(number);
            let page = reading.get(&get, &wire::read_page).await?;
            let at = || reading.at(&get);
            let (last, empty) = (page.last, page.rows.is_empty());
            if walk.take(page, number == 0) == 0 && !last {
                let gap = if empty {
                    walk.gap_of_total()
                } else {
                    Gap::Loop
                };
                return Err(SourceError::Incomplete { at: at(), gap });
            }
            walk.ended = last;
            if !last && walk.is_past(from) {
                self.look_at_the_end(reading, number, &mut walk).await?;
            }
            if last || walk.is_past(from) {
                return Ok(walk);
            }
        }
        Err(SourceError::Incomplete {
            at: reading.at(&self.search(0)),
            gap: Gap::Endless,
        })
    }

    /// Before the rest of the list is left unread: are the last dossiers the ones that changed
    /// first? A list that is in another order has to be read to its end.
    async fn look_at_the_end(
        &self,
        reading: &Reading<'_>,
        read: u32,
        walk: &mut Walk,
    ) -> Result<(), SourceError> {
        let size = u64::try_from(walk.first.len().max(1)).unwrap_or(1);
        let total = walk.totals.iter().flatten().max().copied().unwrap_or(0);
        let end = u32::try_from(total.saturating_sub(1) / size).unwrap_or(u32::MAX);
        if end > read {
            let page = reading.get(&self.search(end), &wire::read_page).await?;
            let later = |row: &Row| row.updated_ms > walk.oldest_ms;
            walk.falling &= !page.rows.iter().any(later);
        }
        Ok(())
    }

    fn search(&self, page: u32) -> Get {
        let mut query = vec![
            ("page", page.to_string()),
            ("size", PAGE_SIZE.to_string()),
            ("spec", "page".to_owned()),
            ("sort", "updatedDate,desc".to_owned()),
        ];
        let agency = self.agency.as_deref();
        query.extend(agency.map(|id| ("ancestor-agency-id", id.to_owned())));
        Get {
            path: SEARCH,
            query,
            what: format!("dossiers page {page}"),
        }
    }
}

/// One walk through the list.
#[derive(Debug, Default)]
struct Walk {
    /// The first page, to be found again at the end.
    first: Vec<(Box<str>, Box<str>)>,
    rows: BTreeMap<Box<str>, Row>,
    totals: BTreeSet<Option<u64>>,
    /// The time of the last row whose time could be read.
    oldest_ms: Option<i64>,
    /// False once a later row was told after an earlier one.
    falling: bool,
    ended: bool,
}

impl Walk {
    /// Takes a page; tells how many dossiers are new.
    fn take(&mut self, page: Page, first: bool) -> usize {
        if first {
            self.first = stamps(&page.rows);
            self.falling = true;
        }
        self.totals.insert(page.total);
        let before = self.rows.len();
        for row in page.rows {
            if let Some(ms) = row.updated_ms {
                self.falling &= self.oldest_ms.is_none_or(|oldest| ms <= oldest);
                self.oldest_ms = Some(ms);
            }
            let known = self.rows.get(&row.key);
            if known.is_none_or(|known| known.updated_ms < row.updated_ms) {
                self.rows.insert(row.key.clone(), row);
            }
        }
        self.rows.len() - before
    }

    /// True when everything from `from` on has been told; a list that is not in order has to be
    /// read to its end.
    fn is_past(&self, from: Day) -> bool {
        self.falling
            && self
                .oldest_ms
                .is_some_and(|oldest| oldest < from.start_ms())
    }

    /// True when nothing moved meanwhile, and a list read to its end has its total.
    fn is_whole(&self, again: &Page) -> bool {
        let total = self.totals.iter().next().copied().flatten();
        let held = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        let still = self.totals.len() == 1
            && self.totals.contains(&again.total)
            && self.first == stamps(&again.rows);
        still && (!self.ended || total.is_none_or(|total| total == held))
    }

    fn changed(self, from: Day) -> Vec<Row> {
        let since = from.start_ms();
        // what cannot be dated is kept: `normalise` puts it aside
        let in_time = |row: &Row| row.updated_ms.is_none_or(|ms| ms >= since);
        self.rows.into_values().filter(in_time).collect()
    }

    fn gap(&self, again: &Page) -> Gap {
        let totals = self.totals.iter().copied().chain([again.total]);
        Gap::Short {
            expected: totals.flatten().max().unwrap_or(0),
            got: u64::try_from(self.rows.len()).unwrap_or(u64::MAX),
        }
    }

    fn gap_of_total(&self) -> Gap {
        Gap::Short {
            expected: self.totals.iter().flatten().max().copied().unwrap_or(0),
            got: u64::try_from(self.rows.len()).unwrap_or(u64::MAX),
        }
    }
}

/// Which dossiers a page tells, and of when.
fn stamps(rows: &[Row]) -> Vec<(Box<str>, Box<str>)> {
    let stamp = |row: &Row| (row.key.clone(), row.dossier.updated.clone());
    rows.iter().map(stamp).collect()
}

/// Asks for the fees of the dossiers.
async fn with_fees(
    reading: &Reading<'_>,
    rows: Vec<Row>,
) -> Result<Vec<DossierRecord>, SourceError> {
    let mut dossiers: Vec<DossierRecord> = rows.into_iter().map(|row| row.dossier).collect();
    let known = dossiers
        .iter_mut()
        .filter(|dossier| wire::is_id(&dossier.id));
    let mut known: Vec<&mut DossierRecord> = known.collect();
    for some in known.chunks_mut(FEES_AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|dossier| &*dossier.id).collect();
        let get = Get {
            path: FEES,
            query: vec![("dossier-ids", ids.join(",")), ("required", String::new())],
            what: format!("fees of dossiers {} to {}", ids[0], ids[ids.len() - 1]),
        };
        let asked: BTreeSet<&str> = ids.into_iter().collect();
        let read = |body: &[u8]| wire::read_fees(body, &asked);
        let (mut fees, answer) = reading.get_kept(&get, &read).await?;
        for came in fees
            .values_mut()
            .flatten()
            .filter_map(|fee| fee.came.0.as_mut())
        {
            came.name.clone_from(&answer.name);
            came.sha256.clone_from(&answer.sha256);
        }
        // an answer without any fee may also be one for which a right is missing
        let listed = !fees.is_empty();
        for dossier in some {
            dossier.fees = fees.remove(&dossier.id).unwrap_or_default();
            dossier.listed = listed;
        }
    }
    Ok(dossiers)
}
