//! Papers of a period: the minutes with each provider, the form of payments. A closed period is
//! told as it was closed, another as known now.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::{period, recover, stage};
use crate::classify::CLASSES;
use crate::config::source::SourceSettings;
use crate::domain::{AgencyCode, Day, Period, SourceName};
use crate::kpi::Share;
use crate::report::forms::{self, AgencyPayments, Minutes, Paper, Payments};
use crate::report::pdf;
use crate::report::publish::OutFile;
use crate::store::RunRecord;

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

/// The definition whose amounts the sum of that form is held against.
const AMOUNTS: &str = "AMOUNT_CASHLESS";
/// The definition whose dossiers the form of payments counts.
const DOSSIERS: &str = "DOSSIER_CASHLESS";

/// The files of a form, and the run whose knowledge they tell.
pub(super) async fn files(
    desk: &Desk,
    over: &Period,
    form: &Form,
) -> Result<(RunRecord, Vec<OutFile>), JobError> {
    let run = knowing(desk, over).await?;
    let decided = recover::as_known(desk, desk, &run, over).await?;
    let decided = decided.ok_or_else(|| JobError::Usage {
        message: format!("what {} read cannot be read again", run.id),
        fix: "its documents were pruned, or the rules are others today: see `doisoat replay`"
            .into(),
    })?;
    let mut files = vec![OutFile::new("run.json", decided.run.run_json.as_bytes())];
    match form {
        Form::Payments => {
            let paper = payments(desk, &decided, over).await?.paper();
            files.extend(written("thanh-toan-766", &paper, over.to)?);
        }
        Form::Minutes(only) => {
            for source in providers(desk, only.as_ref())? {
                let minutes = minutes(desk, &decided, over, source).await?;
                let name = format!("bien-ban-doi-soat_{}", source.name);
                files.extend(written(&name, &minutes.paper(CLASSES), over.to)?);
                let annex = forms::file_name(source.name.as_str());
                let all = minutes.differences(CLASSES);
                files.push(OutFile::new(&annex, all.with_context(|| annex.clone())?));
            }
        }
    }
    stage::spell(desk, &mut files);
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

/// The run that knows the period: of a closed one that of its closing, else the last of all.
async fn knowing(desk: &Desk, over: &Period) -> Result<RunRecord, JobError> {
    let run = match period::closing_of(desk, over).await? {
        Some(closing) => desk.store.run(&closing.run_id).await?,
        None => desk.store.last_run().await?,
    };
    let run = run.ok_or_else(|| anyhow!("the run of the figures is not there"))?;
    if run.business_date < over.from {
        return Err(JobError::Usage {
            message: format!("no night of {} was published", over.label),
            fix: "see `doisoat status`".into(),
        });
    }
    Ok(run)
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
        return Err(JobError::Usage {
            message: match only {
                Some(name) => format!("there is no money source \"{name}\""),
                None => "no source carries money".into(),
            },
            fix: format!("choose one of {}", known.join(", ")),
        });
    }
    Ok(chosen)
}

async fn minutes<'a>(
    desk: &Desk,
    decided: &'a Decided,
    over: &'a Period,
    source: &'a SourceSettings,
) -> Result<Minutes<'a>, JobError> {
    let night = decided.run.business_date;
    let (store, name) = (&desk.store, &source.name);
    let before = over.from.minus(1);
    Ok(Minutes {
        lang: decided.facts.lang,
        unit: &decided.facts.unit,
        provider: (source.registration.label, name.as_str()),
        period: over,
        run: &decided.run.id,
        opening: store.open_provider_rows(name, over.from, before).await?,
        rows: store.provider_rows(name, over, night).await?,
        closing: store
            .open_provider_rows(name, over.to.plus(1), night)
            .await?,
    })
}

async fn payments<'a>(
    desk: &Desk,
    decided: &'a Decided,
    over: &'a Period,
) -> Result<Payments<'a>, JobError> {
    let mut by_code: BTreeMap<AgencyCode, AgencyPayments> = BTreeMap::new();
    let mut total = AgencyPayments {
        name: crate::text::say(decided.facts.lang, "form-total", &[]).into(),
        ..AgencyPayments::default()
    };
    let shares = &decided.settlement.shares;
    let of = |definition: &'static str| {
        let is_it = move |share: &&Share| {
            share.definition == definition && share.period == *over && share.cell.is_none()
        };
        shares.iter().filter(is_it)
    };
    let mut measured = of(AMOUNTS).filter(|share| share.agency.is_none() && share.enough_data);
    let measured = measured.next().map(|share| share.denominator);
    for share in of(DOSSIERS) {
        let line = match &share.agency {
            None => &mut total,
            Some(code) if share.denominator != 0 => by_code.entry(code.clone()).or_default(),
            Some(_) => continue,
        };
        (line.dossiers, line.online) = (share.denominator, share.numerator);
    }
    for taken in desk.store.taken(over, decided.run.business_date).await? {
        let amount = i128::from(taken.amount);
        let line = by_code.entry(taken.agency).or_default();
        match &*taken.fee_kind {
            "phi" => {
                line.phi += amount;
                total.phi += amount;
            }
            "le_phi" => {
                line.le_phi += amount;
                total.le_phi += amount;
            }
            _ => {}
        }
    }
    let names = decided.pool.agencies.iter();
    let names: BTreeMap<&AgencyCode, &str> = names.map(|a| (&a.code, &*a.name)).collect();
    for (code, line) in &mut by_code {
        let name = names.get(code).copied().unwrap_or(code.as_str());
        line.name = name.into();
    }
    Ok(Payments {
        lang: decided.facts.lang,
        unit: &decided.facts.unit,
        period: over,
        run: &decided.run.id,
        agencies: by_code.into_values().collect(),
        total,
        measured,
    })
}
