//! Papers of a period: the minutes with each provider, the form of payments. A closed period is
//! told as it was closed, another as known now.

mod handed;
mod knowing;
mod minutes;
mod payments;

use std::collections::BTreeSet;

use anyhow::Context;

use super::as_known::{Known as AsOf, unreadable};
use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::report_again::{none_in, refused};
use super::{recover, stage};
use crate::classify::CLASSES;
use crate::config::source::SourceSettings;
use crate::domain::{Day, Lang, Period, SourceName};
use crate::report::forms::{self, Paper};
use crate::report::pdf;
use crate::report::publish::OutFile;
use crate::source::push;
use crate::store::RunRecord;
use crate::text;
use knowing::{Knowing, knowing};
use payments::published_since;

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
    let known = known(&knowing.nights, over, knowing).ok_or_else(|| none_in(desk, over))?;
    if let Some(closing) = &knowing.closing {
        let since = published_since(desk, &knowing.run, Some(closing)).await?;
        if !since.is_empty() {
            return Err(payments::mixed(desk, &knowing.run, over, &since, true));
        }
    }
    let decided = Box::pin(decided(desk, over, knowing, known.told_to)).await?;
    let run = decided.run.clone();
    let mut files = vec![OutFile::new("run.json", decided.run.run_json.as_bytes())];
    for source in providers(desk, only)? {
        let mut minutes = Box::pin(minutes::minutes(desk, &decided, over, source, &known)).await?;
        minutes.as_of = knowing.lines(desk, Some(&source.name));
        let name = format!("bien-ban-doi-soat_{}", source.name);
        files.extend(written(&name, &minutes.paper(CLASSES), over.to)?);
        let annex = forms::file_name(source.name.as_str());
        let all = minutes.differences(CLASSES);
        files.push(OutFile::new(&annex, all.with_context(|| annex.clone())?));
    }
    Ok((run, files))
}

/// The run whose figures the minutes tell: of a closed period that of its closing, as known on a
/// day that of then; of any other the one that stands for the last night up to the end of the
/// period, and where that cannot be measured any more the last one of all.
async fn decided(
    desk: &Desk,
    over: &Period,
    knowing: &Knowing,
    told_to: Day,
) -> Result<Decided, JobError> {
    let last = &knowing.run;
    let telling = (over, knowing.telling(desk).await?);
    if let Some(closing) = &knowing.closing {
        let told = Box::pin(recover::as_closed(desk, desk, (closing, last), telling)).await?;
        return told.ok_or_else(|| unreadable(desk, last));
    }
    let own = desk.store.published(told_to).await?;
    if let Some(own) = own.filter(|own| knowing.on.is_none() && own.id != last.id) {
        match Box::pin(recover::as_known(desk, desk, &own, telling)).await {
            Ok(Some(told)) => return Ok(told),
            Ok(None) | Err(JobError::Usage { .. } | JobError::Erased { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let told = Box::pin(recover::as_known(desk, desk, last, telling)).await?;
    told.ok_or_else(|| unreadable(desk, last))
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
    /// The night as of which it is told.
    told_to: Day,
    /// The stretches of its days that none of them tells.
    missing: Vec<(Day, Day)>,
    /// True when a night before the period was published, so that an earlier paper can have told
    /// earlier days.
    had_eve: bool,
    /// The night up to which the paper before told the days before the period.
    begins: Day,
    /// True where what came of a row later is not told: of a closed period, and of what was known
    /// on an earlier day.
    is_past: bool,
}

/// The knowledge of a period: of a closed one as of its closing, else as of its end or of the last
/// night, whichever is first. So what one paper carries over is what the next one takes up. None
/// where no night of it was published.
fn known(nights: &BTreeSet<Day>, over: &Period, knowing: &Knowing) -> Option<Known> {
    let last = knowing.run.business_date;
    let until = if knowing.closing.is_some() {
        last
    } else {
        over.to.min(last)
    };
    let told_to = nights.range(..=until).next_back().copied();
    let told_to = told_to.filter(|night| *night >= over.from)?;
    Some(Known {
        told_to,
        missing: lacking(nights, over, told_to),
        had_eve: nights.first().is_some_and(|first| *first < over.from),
        begins: knowing.begins,
        is_past: knowing.closing.is_some() || knowing.on.is_some(),
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
    fn a_paper_names_the_days_it_lacks() {
        let over = Period::month("2022-12").unwrap();
        let nights = ["2022-11-30", "2022-12-01", "2022-12-04", "2023-01-02"];
        let nights: BTreeSet<Day> = nights.into_iter().map(day).collect();
        let days = [("2022-12-02", "2022-12-03"), ("2022-12-05", "2022-12-31")];
        let told = lacking(&nights, &over, day("2022-12-04"));
        assert_eq!(told, days.map(|(from, to)| (day(from), day(to))));
        let early = lacking(&nights, &over, day("2022-12-01"));
        assert_eq!(early, [(day("2022-12-02"), day("2022-12-31"))]);
    }
}
