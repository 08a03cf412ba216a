//! The form of payments, made from one state: the book of nights as of the run's night. What the
//! run measured has to be what the book holds; where nights were published again since, an open
//! period is measured anew with the sums of today, and a closed one is refused.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::knowing::Knowing;
use super::known;
use crate::domain::{Added, AgencyCode, Completeness, Day, Period, SourceFacts, Taken};
use crate::job::as_known::unreadable;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::nightly::Decided;
use crate::job::of_nights::Telling;
use crate::job::order::{Known, Order};
use crate::job::report_again::none_in;
use crate::job::{recover, told};
use crate::kpi::Share;
use crate::report::forms::{AgencyPayments, Bridge, Carried, Paper, Payments, Untold, is_summed};
use crate::store::{Closing, RunRecord};
use crate::text;

/// The definition whose amounts the sum of the form is held against.
const AMOUNTS: &str = "AMOUNT_CASHLESS";
/// The definition that the form counts by: requests that the registry says are paid, online by its
/// flag or its method, whatever the money says. A plain transfer is not online.
const REQUESTS: &str = "THU_PHI_PROV";
/// A definition that hangs on every link, so that it tells one state from another.
const LINKED: &str = "DOSSIER_CASHLESS";

/// What the form tells, all of one state.
pub(super) struct Told {
    decided: Decided,
    taken: Taken,
    bridge: Option<Bridge>,
    carried: Option<Carried>,
    republished: Vec<Day>,
    missing: Vec<(Day, Day)>,
    as_of: Vec<String>,
}

/// What the book holds of a period, as of a night.
struct Book {
    amounts: Vec<Added>,
    requests: Vec<Added>,
    linked: Vec<Added>,
}

impl Book {
    async fn of(desk: &Desk, over: &Period, night: Day) -> Result<Self, JobError> {
        Ok(Self {
            amounts: desk.store.added(AMOUNTS, over, night).await?,
            requests: desk.store.added(REQUESTS, over, night).await?,
            linked: desk.store.added(LINKED, over, night).await?,
        })
    }

    /// True when the shares are made of what the book holds.
    fn is_of(&self, decided: &Decided, over: &Period) -> bool {
        let same = |definition, added: &[Added]| {
            let sum = |part: fn(&Added) -> i64| -> i128 {
                added.iter().map(|one| i128::from(part(one))).sum()
            };
            let mut total = of(decided, over, definition).filter(|share| share.agency.is_none());
            total.next().is_none_or(|share| {
                share.numerator == sum(|one| one.numerator)
                    && share.denominator == sum(|one| one.denominator)
            })
        };
        same(AMOUNTS, &self.amounts) && same(REQUESTS, &self.requests) && same(LINKED, &self.linked)
    }
}

/// The shares of a definition over the period, of agencies and in total.
fn of<'d>(
    decided: &'d Decided,
    over: &Period,
    definition: &'static str,
) -> impl Iterator<Item = &'d Share> {
    let shares = decided.settlement.shares.iter();
    shares.filter(move |share| {
        share.definition == definition && share.period == *over && share.cell.is_none()
    })
}

/// Reads and measures it, or says why there is no one state. Of an open period the run is that
/// of the last night up to its end, so that consecutive forms hang together; where the rules are
/// others since, the last run of all.
pub(super) async fn told(
    desk: &Desk,
    over: &Period,
    knowing: &Knowing,
) -> Result<(RunRecord, Told), JobError> {
    let last = &knowing.run;
    let nights = &knowing.nights;
    let known = known(nights, over, knowing).ok_or_else(|| none_in(desk, over))?;
    let closing = knowing.closing.as_ref();
    let own = desk.store.published(known.told_to).await?;
    let own = own.filter(|own| closing.is_none() && own.id != last.id);
    let mut found = None;
    for run in own.into_iter().chain([last.clone()]) {
        let told = Box::pin(of_run(desk, &run, over, closing)).await?;
        if let Some(told) = told {
            found = Some((run, told));
            break;
        }
    }
    let (run, mut told) = found.ok_or_else(|| unreadable(desk, last))?;
    told.missing = known.missing;
    told.as_of = knowing.lines(desk, None);
    if known.had_eve {
        // the form before ended with the night of its closing, or with its last one
        let eve = known.begins;
        let since = desk
            .store
            .carried(over.from, eve, run.business_date)
            .await?;
        let dong = |kind: &str| since.get(kind).copied().unwrap_or(0);
        let (phi, le_phi) = (dong("phi"), dong("le_phi"));
        let is_some = phi != 0 || le_phi != 0;
        told.carried = is_some.then_some(Carried { eve, phi, le_phi });
    }
    Ok((run, told))
}

/// What the book tells as of the night of a run; none where the run cannot be read again.
async fn of_run(
    desk: &Desk,
    run: &RunRecord,
    over: &Period,
    closing: Option<&Closing>,
) -> Result<Option<Told>, JobError> {
    let night = run.business_date;
    let book = Book::of(desk, over, night).await?;
    let since = published_since(desk, run, closing).await?;
    let closed = closing.is_some();
    if closed && !since.is_empty() && !is_of_months(over) {
        // the sums of such days are told by what nights kept, the lines of the form by the book
        return Err(mixed(desk, run, over, &since, closed));
    }
    let by = &told::measuring(desk, REQUESTS);
    let telling = (over, Telling::default());
    let kept = match closing {
        Some(closing) => recover::as_closed(desk, by, (closing, run), telling).await,
        None => recover::as_known(desk, by, run, telling).await,
    };
    let kept = match kept {
        Err(JobError::Usage { .. }) if !since.is_empty() => None,
        kept => match kept? {
            None => return Ok(None),
            kept => kept,
        },
    };
    let (decided, republished) = match kept.filter(|kept| book.is_of(kept, over)) {
        Some(kept) => (kept, Vec::new()),
        None if since.is_empty() => {
            return Err(anyhow!("the book of nights is not what {} measured", run.id).into());
        }
        None if closed => return Err(mixed(desk, run, over, &since, closed)),
        None => {
            let Some(today) = recover::with_sums_of_today(desk, by, run, over).await? else {
                return Ok(None);
            };
            if !book.is_of(&today, over) {
                return Err(mixed(desk, run, over, &since, closed));
            }
            (today, since)
        }
    };
    let taken = desk.store.taken(over, night).await?;
    let is_measured =
        of(&decided, over, AMOUNTS).any(|share| share.agency.is_none() && share.enough_data);
    let bridge = if is_measured {
        let returned = Bridge::short(&taken, &book.amounts);
        let returned = desk.store.returned(&returned, night).await?;
        let bridge = Bridge::new(&taken, &book.amounts, &returned);
        if !bridge.adds_up() {
            return Err(anyhow!("the bridge of the form does not add up: {bridge:?}").into());
        }
        Some(bridge)
    } else {
        None
    };
    Ok(Some(Told {
        decided,
        taken,
        bridge,
        carried: None,
        republished,
        missing: Vec::new(),
        as_of: Vec::new(),
    }))
}

/// True of whole months, of which a run keeps the sums.
fn is_of_months(over: &Period) -> bool {
    let next = over.to.plus(1);
    over.from == over.from.month_start() && next == next.month_start()
}

/// Nights up to the run's that were published, or published again, after it; of a closed period
/// after its closing, which knew those before.
pub(super) async fn published_since(
    desk: &Desk,
    run: &RunRecord,
    closing: Option<&Closing>,
) -> Result<Vec<Day>, JobError> {
    let runs = desk.store.run_places().await?;
    let order = Order::read(desk).await?;
    let by = closing.map(Known::at);
    let since = runs.iter().filter(|other| {
        let known = by.is_some_and(|by| order.is_known(other, by));
        other.business_date <= run.business_date && order.is_after(other, run) && !known
    });
    let mut nights: Vec<Day> = since.map(|other| other.business_date).collect();
    nights.dedup();
    Ok(nights)
}

pub(super) fn mixed(
    desk: &Desk,
    run: &RunRecord,
    over: &Period,
    since: &[Day],
    closed: bool,
) -> JobError {
    let nights: Vec<String> = since.iter().map(Day::to_string).collect();
    let (nights, night) = (nights.join(", "), run.business_date.to_string());
    let args = [
        ("run", run.id.as_str()),
        ("period", &*over.label),
        ("nights", &*nights),
        ("night", &*night),
    ];
    let say = |key| text::say(desk.config.lang, key, &args);
    let [message, fix] = if closed {
        [
            "form-payments-mixed-closed",
            "form-payments-mixed-closed-fix",
        ]
    } else {
        ["form-payments-mixed", "form-payments-mixed-fix"]
    };
    JobError::Usage {
        message: say(message),
        fix: say(fix),
    }
}

impl Told {
    /// `run.json` of the state.
    pub(super) fn run_json(&self) -> &[u8] {
        self.decided.run.run_json.as_bytes()
    }

    /// The paper.
    pub(super) fn paper(&self, over: &Period) -> Paper {
        let decided = &self.decided;
        let lang = decided.facts.lang;
        let mut by_code: BTreeMap<AgencyCode, AgencyPayments> = BTreeMap::new();
        let mut total = AgencyPayments {
            name: text::say(lang, "form-total", &[]).into(),
            ..AgencyPayments::default()
        };
        let mut counted = false;
        for share in of(decided, over, REQUESTS) {
            counted |= share.enough_data && share.agency.is_none();
            let line = match &share.agency {
                None => &mut total,
                Some(code) if share.denominator != 0 => by_code.entry(code.clone()).or_default(),
                Some(_) => continue,
            };
            (line.dossiers, line.online) = (share.denominator, share.numerator);
        }
        for leg in self.taken.legs.iter().filter(|leg| is_summed(leg)) {
            let line = by_code.entry(leg.agency.clone()).or_default();
            for line in [line, &mut total] {
                let sum = if &*leg.fee_kind == "phi" {
                    &mut line.phi
                } else {
                    &mut line.le_phi
                };
                *sum += i128::from(leg.amount);
            }
        }
        let names = decided.pool.agencies.iter();
        let names: BTreeMap<&AgencyCode, &str> = names.map(|a| (&a.code, &*a.name)).collect();
        for (code, line) in &mut by_code {
            line.name = names.get(code).copied().unwrap_or(code.as_str()).into();
        }
        let payments = Payments {
            lang,
            unit: &decided.facts.unit,
            period: over,
            run: &decided.run.id,
            agencies: by_code.into_values().collect(),
            total,
            counted,
            untold: untold(&decided.pool.sources, over),
            bridge: self.bridge,
            carried: self.carried,
            night: decided.run.business_date,
            republished: self.republished.clone(),
            missing: self.missing.clone(),
            as_of: &self.as_of,
        };
        payments.paper()
    }
}

/// What the sources had not told by the run's night: what comes of it later stands in no earlier
/// form, so this one has to name it.
fn untold(sources: &[SourceFacts], over: &Period) -> Vec<Untold> {
    let of = |facts: &SourceFacts| {
        let days = facts.missing_days.iter().copied();
        let days: Vec<Day> = days
            .filter(|day| (over.from..=over.to).contains(day))
            .collect();
        // a state that no day and no order explains is told by itself
        let alone = facts.missing_days.is_empty() && facts.missing_orders == 0;
        let lacks = facts.state != Completeness::Complete && alone;
        let untold = Untold {
            source: facts.name.as_str().into(),
            days,
            orders: facts.missing_orders,
            lacks,
        };
        (!untold.days.is_empty() || untold.orders > 0 || lacks).then_some(untold)
    };
    sources.iter().filter_map(of).collect()
}
