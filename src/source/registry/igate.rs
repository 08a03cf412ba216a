//! VNPT iGate 2.x: `GET /pa/dossier/search` page by page, then the fees of the dossiers that
//! changed, `GET /pa/dossier-fee/--by-dossiers`. An interface for its own pages, read with VNPT's
//! leave; paths and fields as clients of it were seen to use them. Nothing but GET can be sent: the
//! interface also deletes.
//!
//! There is no search by the time of change, so the list is read from the latest change backwards
//! until it lies before what is asked for. A change meanwhile moves its dossier to the front, a
//! deletion shifts the rest: the first page and the total are read again at the end, and what does
//! not stand still is read anew. Dossiers that changed at one instant have no order among each
//! other, and a page may show again what stood on another while others stand on none: a list in
//! which a dossier stands on two pages is read again in larger pages.

mod walk;
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
use walk::Walk;
use wire::Row;

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
/// Dossiers of a page, in the first reading of the list and in those that follow it: the more, the
/// fewer places where one page ends and another begins.
const PAGE_SIZES: [usize; 4] = [50, 200, 500, 1_000];
/// Dossiers whose fees are asked for together: their ids stand in the address.
const FEES_AT_ONCE: usize = 20;
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
        let mut ended = Err(SourceError::Incomplete {
            at: reading.at(&self.search(0, PAGE_SIZES[0])),
            gap: Gap::Moved,
        });
        for size in PAGE_SIZES {
            let get = self.search(0, size);
            let gap = match self.walk(reading, (from, size)).await {
                Ok(walk) => {
                    let again = reading.get(&get, &wire::read_page).await?;
                    if walk.is_whole(&again) {
                        return with_fees(reading, walk.changed(from)).await;
                    }
                    walk.gap(&again)
                }
                // a page with nothing but what stood on those before it
                Err(SourceError::Incomplete { gap: Gap::Loop, .. }) => Gap::Loop,
                Err(error) => return Err(error),
            };
            let at = reading.at(&get);
            ended = Err(SourceError::Incomplete { at, gap });
        }
        ended
    }

    /// From the latest change backwards, until changes lie before `from` or the list ends.
    async fn walk(
        &self,
        reading: &Reading<'_>,
        (from, size): (Day, usize),
    ) -> Result<Walk, SourceError> {
        let mut walk = Walk::default();
        for number in 0..PAGES_MAX {
            let get = self.search(number, size);
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
                self.look_at_the_end(reading, (number, size), &mut walk)
                    .await?;
            }
            if last || walk.is_past(from) {
                return Ok(walk);
            }
        }
        Err(SourceError::Incomplete {
            at: reading.at(&self.search(0, size)),
            gap: Gap::Endless,
        })
    }

    /// Before the rest of the list is left unread: are the last dossiers the ones that changed
    /// first? A list that is in another order has to be read to its end.
    async fn look_at_the_end(
        &self,
        reading: &Reading<'_>,
        (read, size): (u32, usize),
        walk: &mut Walk,
    ) -> Result<(), SourceError> {
        // as many as came: the interface may give fewer than it is asked for
        let came = u64::try_from(walk.page_rows.max(1)).unwrap_or(1);
        let total = walk.totals.iter().flatten().max().copied().unwrap_or(0);
        let end = u32::try_from(total.saturating_sub(1) / came).unwrap_or(u32::MAX);
        if end > read {
            let page = reading
                .get(&self.search(end, size), &wire::read_page)
                .await?;
            let later = |row: &Row| row.updated_ms > walk.oldest_ms;
            walk.falling &= !page.rows.iter().any(later);
        }
        Ok(())
    }

    fn search(&self, page: u32, size: usize) -> Get {
        let mut query = vec![
            ("page", page.to_string()),
            ("size", size.to_string()),
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
