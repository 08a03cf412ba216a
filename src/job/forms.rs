//! Papers of a period: the minutes with each provider, the form of payments. A closed period is
//! told as it was closed, another as known now.

mod knowing;
mod payments;

use std::collections::BTreeSet;

use anyhow::Context;

use super::as_known::{Known as AsOf, unreadable};
use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::report_again::{none_in, refused};
use super::{recover, stage, stored};
use crate::classify::CLASSES;
use crate::config::source::SourceSettings;
use crate::domain::{Day, Lang, Period, ProviderRow, SourceName};
use crate::report::facts::Figure;
use crate::report::forms::{self, Minutes, Paper};
use crate::report::json;
use crate::report::pdf;
use crate::report::publish::OutFile;
use crate::source::push;
use crate::store::RunRecord;
use crate::text;
use knowing::{Knowing, knowing};

/// Which paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Biên bản đối soát: with one provider, or with each that carries money.
    Minutes(Option<SourceName>),
    /// The payments by agency.
    Payments,
}

impl Form {
    /// What the folder is called by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Minutes(_) => "minutes",
            Self::Payments => "payments",
        }
    }
}

/// The files of a form, and the run whose knowledge they tell.
pub(super) async fn files(
    desk: &Desk,
    over: &Period,
    form: &Form,
    known: AsOf,
) -> Result<(RunRecord, Vec<OutFile>), JobError> {
    let knowing = Box::pin(knowing(desk, over, known)).await?;
    let (run, mut files) = match form {
        Form::Payments => {
            let (run, told) = Box::pin(payments::told(desk, over, &knowing)).await?;
            let mut files = vec![OutFile::new("run.json", told.run_json())];
            files.extend(written("thanh-toan-766", &told.paper(over), over.to)?);
            (run, files)
        }
        Form::Minutes(only) => all_minutes(desk, over, only.as_ref(), &knowing).await?,
    };
    files.extend(knowing.arrived(desk)?);
    stage::spell(desk, &mut files);
    Ok((run, files))
}

/// Minutes with each provider, or with one.
async fn all_minutes(
    desk: &Desk,
    over: &Period,
    only: Option<&SourceName>,
    knowing: &Knowing,
) -> Result<(RunRecord, Vec<OutFile>), JobError> {
    let run = knowing.run.clone();
    let telling = (over, knowing.telling(desk).await?);
    let decided = Box::pin(recover::as_known(desk, desk, &run, telling)).await?;
    let decided = decided.ok_or_else(|| unreadable(desk, &run))?;
    let mut files = vec![OutFile::new("run.json", decided.run.run_json.as_bytes())];
    let nights = &knowing.nights;
    let known = known(nights, over, run.business_date).ok_or_else(|| none_in(desk, over))?;
    let known = Known {
        knows_to: knowing.on.as_ref().map(|_| run.business_date),
        ..known
    };
    for source in providers(desk, only)? {
        let mut minutes = Box::pin(minutes(desk, &decided, over, source, &known)).await?;
        minutes.as_of = knowing.lines(desk, Some(&source.name));
        let name = format!("bien-ban-doi-soat_{}", source.name);
        files.extend(written(&name, &minutes.paper(CLASSES), over.to)?);
        let annex = forms::file_name(source.name.as_str());
        let all = minutes.differences(CLASSES);
        files.push(OutFile::new(&annex, all.with_context(|| annex.clone())?));
    }
    Ok((run, files))
}

fn written(name: &str, paper: &Paper, of: Day) -> Result<[OutFile; 3], JobError> {
    let docx = forms::docx(paper).with_context(|| format!("{name}.docx"))?;
    let pdf = pdf::paper(paper, of).with_context(|| format!("{name}.pdf"))?;
    let xlsx = forms::xlsx(paper, of).with_context(|| format!("{name}.xlsx"))?;
    Ok([
        OutFile::new(&format!("{name}.docx"), docx),
        OutFile::new(&format!("{name}.pdf"), pdf),
        OutFile::new(&format!("{name}.xlsx"), xlsx),
    ])
}

fn providers<'d>(
    desk: &'d Desk,
    only: Option<&SourceName>,
) -> Result<Vec<&'d SourceSettings>, JobError> {
    let money = desk.config.sources.iter();
    let money = money.filter(|source| source.registration.carries_money);
    let chosen: Vec<_> = money
        .clone()
        .filter(|source| only.is_none_or(|name| *name == source.name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = money.map(|source| source.name.as_str()).collect();
        let known = known.join(", ");
        let name = only.map_or("", SourceName::as_str);
        let args = [("name", name), ("known", &*known)];
        return Err(match only {
            Some(_) => refused(desk, ["report-no-source", "report-no-source-fix"], &args),
            None => refused(desk, ["report-no-money", "report-no-money-fix"], &args),
        });
    }
    Ok(chosen)
}

/// What the published nights know of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    /// The last of them up to its end.
    told_to: Day,
    /// The stretches of its days that none of them tells.
    missing: Vec<(Day, Day)>,
    /// True when a night before the period was published, so that an earlier paper can have told
    /// earlier days.
    had_eve: bool,
    /// The last night of the knowledge of an earlier day: what came of a row later was not known.
    knows_to: Option<Day>,
}

/// The knowledge of a period as of its end or of the night `last`, whichever is first: the eve of
/// the next period, so that what one paper carries over is what the next one takes up. None where
/// no night of it was published.
fn known(nights: &BTreeSet<Day>, over: &Period, last: Day) -> Option<Known> {
    let told_to = nights.range(..=over.to.min(last)).next_back().copied();
    let told_to = told_to.filter(|night| *night >= over.from)?;
    Some(Known {
        told_to,
        missing: lacking(nights, over, told_to),
        had_eve: nights.first().is_some_and(|first| *first < over.from),
        knows_to: None,
    })
}

/// The stretches of a period that no published night up to `told_to` tells.
pub(super) fn lacking(nights: &BTreeSet<Day>, over: &Period, told_to: Day) -> Vec<(Day, Day)> {
    let mut missing: Vec<(Day, Day)> = Vec::new();
    let mut day = over.from;
    while day <= over.to {
        if day > told_to || !nights.contains(&day) {
            match missing.last_mut() {
                Some((_, to)) if to.plus(1) == day => *to = day,
                _ => missing.push((day, day)),
            }
        }
        day = day.plus(1);
    }
    missing
}

async fn minutes<'a>(
    desk: &'a Desk,
    decided: &'a Decided,
    over: &'a Period,
    source: &'a SourceSettings,
    known: &Known,
) -> Result<Minutes<'a>, JobError> {
    let (store, name, night) = (&desk.store, &source.name, known.told_to);
    let eve = over.from.minus(1);
    let word = desk.config.provider_word(source);
    let mut rows = store.provider_rows(name, over, night).await?;
    let (mut late, mut changed) = (Vec::new(), Vec::new());
    if known.had_eve {
        let since = store.decided_since(name, over.from, eve, night).await?;
        for (before, after) in since {
            match before {
                None => late.push(after),
                Some(before) => changed.push((before, after)),
            }
        }
    }
    let since = since(desk, &rows, name, night).await?;
    let open = store.open_provider_rows(name, over.from, eve).await?;
    let (opening, _) = parted(open, eve, known);
    let open = store
        .open_provider_rows(name, over.to.plus(1), night)
        .await?;
    let (closing, waited) = parted(open, over.to, known);
    if known.knows_to.is_some() {
        add_waited(&mut rows, &closing, over);
    }
    rows.splice(..0, late);
    let (incomplete, unasked) = untold(desk, over, name, night).await?;
    let named = rows.iter().filter_map(|row| row.order_ref.as_deref());
    let orders = store
        .own_orders(word, over, &named.collect(), night)
        .await?;
    Ok(Minutes {
        lang: decided.facts.lang,
        unit: &decided.facts.unit,
        provider: (party_b(decided.facts.lang, source), name.as_str()),
        period: over,
        cutoff: source.cutoff.minutes(),
        run: &decided.run.id,
        collects: collects(source),
        told_to: night,
        missing: known.missing.clone(),
        incomplete,
        unasked,
        opening,
        rows,
        changed,
        since,
        withheld: withheld(desk, over, name, night).await?,
        kept_before: kept_before(desk, over, name, night).await?,
        as_of: Vec::new(),
        closing,
        waited,
        ordered: store.ordered(word, over, night).await?,
        orders,
        unseen: store.missing_payments(over.to, night).await?,
        word,
    })
}

/// Of rows that were open on the last day `to`, those that stay open rows of it, and those that
/// count under a later day by now, as far as that was known: a paper of that day tells them.
fn parted(open: Vec<ProviderRow>, to: Day, known: &Known) -> (Vec<ProviderRow>, Vec<ProviderRow>) {
    let mut open = open;
    for row in &mut open {
        let is_known = |day: &Day| known.knows_to.is_none_or(|last| *day <= last);
        row.since = row.since.filter(is_known);
    }
    let stays = |row: &ProviderRow| row.since.is_none_or(|day| day <= to);
    open.into_iter().partition(stays)
}

/// Rows of the period that were open at its end and count under another day by now, which was not
/// known on the day whose knowledge is told: they are rows of the paper.
fn add_waited(rows: &mut Vec<ProviderRow>, closing: &[ProviderRow], over: &Period) {
    let known: BTreeSet<Box<str>> = rows.iter().map(|row| row.id.clone()).collect();
    let waited = closing
        .iter()
        .filter(|row| over.holds(row.business_date) && !known.contains(&row.id));
    rows.extend(waited.cloned());
    rows.sort_by(|a, b| (a.business_date, &a.id).cmp(&(b.business_date, &b.id)));
}

/// What the nights of the period up to `night` add to what people paid, because it was kept before
/// the source told the amount.
async fn kept_before(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    night: Day,
) -> Result<Figure, JobError> {
    let told = Period::range(over.from, over.to.min(night));
    let (count, dong) = desk.store.kept_before(name, &told).await?;
    Ok(Figure::new(count, dong))
}

/// Of `rows`, which are of the period, those left out that were decided otherwise after the night
/// of their day: as in that night, and as on `night`.
async fn since(
    desk: &Desk,
    rows: &[ProviderRow],
    name: &SourceName,
    night: Day,
) -> Result<Vec<(ProviderRow, ProviderRow)>, JobError> {
    let left_out = rows.iter().filter(|row| &*row.bucket == "excluded");
    let days: BTreeSet<Day> = left_out.map(|row| row.business_date).collect();
    let mut all = Vec::new();
    for day in days {
        let decided = desk.store.decided_since(name, day.plus(1), day, night);
        for (before, now) in decided.await? {
            let is_of_day = now.business_date == day && &*now.bucket == "excluded";
            all.extend(before.filter(|_| is_of_day).map(|was| (was, now)));
        }
    }
    Ok(all)
}

/// What the nights of the period up to `night` published as kept by a gateway when it paid out,
/// dong; none where nothing was.
async fn withheld(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    night: Day,
) -> Result<Option<i128>, JobError> {
    let mut kept = 0;
    let nights = desk.store.published_between(over.from, night.plus(1));
    for run in nights.await? {
        let told = json::told_gateways(&run.run_json)
            .with_context(|| format!("run.json of {} cannot be read", run.id))?;
        let rows = told.into_iter().flat_map(|told| told.rows);
        let own = rows.filter(|row| *row.source == *name.as_str());
        kept += own.map(|row| row.kept).sum::<i128>();
    }
    Ok((kept != 0).then_some(kept))
}

/// What the source had not told by a night: days of the period, and orders not asked about. What
/// comes of them later stands in the next paper, so this one has to name them.
async fn untold(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    night: Day,
) -> Result<(Vec<Day>, u64), JobError> {
    let Some(run) = desk.store.published(night).await? else {
        return Ok((Vec::new(), 0));
    };
    let sources = stored::sources(&run.sources_json)?.into_iter();
    let mut own = sources.filter(|facts| facts.name == *name);
    Ok(own.next().map_or((Vec::new(), 0), |facts| {
        let days = facts.missing_days.into_iter();
        let within = |day: &Day| (over.from..=over.to).contains(day);
        (days.filter(within).collect(), facts.missing_orders)
    }))
}

/// The full name of the other party as the configuration has it; else what kind of source tells of
/// it, and the source's own name.
fn party_b(lang: Lang, source: &SourceSettings) -> String {
    if let Some(party) = &source.party {
        return party.to_string();
    }
    let kind = match source.kind() {
        "statement" => text::say(lang, "party-statement", &[]),
        "settlement" => text::say(lang, "party-settlement", &[]),
        "push" => text::say(lang, "party-push", &[]),
        "rest" => text::say(lang, "party-rest", &[]),
        "dvcqg" => text::say(lang, "party-dvcqg", &[]),
        _ => source.registration.label.to_owned(),
    };
    format!("{kind} ({})", source.name)
}

/// True for a provider that takes the money and hands it on; a bank feed, a statement or webhooks
/// of a bank feed tell what is in the agency's own account already.
fn collects(source: &SourceSettings) -> bool {
    if source.kind() == push::REGISTRATION.kind {
        return source.text("provider").is_some_and(push::is_gateway);
    }
    source.registration.is_gateway
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_paper_is_told_as_of_the_end_of_its_period_and_names_the_days_it_lacks() {
        let over = Period::month("2022-12").unwrap();
        let nights = ["2022-11-30", "2022-12-01", "2022-12-04", "2023-01-02"];
        let nights: BTreeSet<Day> = nights.into_iter().map(day).collect();
        let told = known(&nights, &over, day("2023-01-02")).unwrap();
        let lacking = [("2022-12-02", "2022-12-03"), ("2022-12-05", "2022-12-31")];
        assert_eq!(told.told_to, day("2022-12-04"));
        assert_eq!(told.missing, lacking.map(|(from, to)| (day(from), day(to))));
        assert!(told.had_eve);
        let early = known(&nights, &over, day("2022-12-01")).unwrap();
        assert_eq!(early.told_to, day("2022-12-01"));
        assert_eq!(early.missing, [(day("2022-12-02"), day("2022-12-31"))]);
        assert!(
            known(
                &nights,
                &Period::month("2023-02").unwrap(),
                day("2023-01-02")
            )
            .is_none()
        );
    }
}
