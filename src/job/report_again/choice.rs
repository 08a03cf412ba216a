//! What somebody chose of a report: the definition that leads, the formats, and how the folder is
//! called by it.

use std::sync::Arc;

use super::{Asked, refused};
use crate::config::Format;
use crate::domain::{Day, Fraction, Target};
use crate::job::as_known::Known;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::kpi::{self, Period};

/// A desk whose settings are those asked for.
pub(super) fn lead(desk: &Desk, asked: &Asked) -> Result<Desk, JobError> {
    let mut config = (*desk.config).clone();
    if let Some(formats) = &asked.formats {
        config.formats.clone_from(formats);
    }
    if let Some(id) = &asked.definition {
        let Some(known) = kpi::definition(id) else {
            let known: Vec<&str> = kpi::DEFINITIONS.iter().map(|known| known.id).collect();
            let known = known.join(", ");
            let args = [("id", &**id), ("known", &*known)];
            let keys = ["report-no-definition", "report-no-definition-fix"];
            return Err(refused(desk, keys, &args));
        };
        let (mut first, rest): (Vec<Target>, Vec<Target>) = config
            .targets
            .into_iter()
            .partition(|target| *target.definition == *known.id);
        if first.is_empty() {
            first.push(without_target(known.id));
        }
        first.extend(rest);
        config.targets = first;
    }
    Ok(Desk {
        config: Arc::new(config),
        ..desk.clone()
    })
}

/// A definition that leads without a share to reach: its target is valid on no day of a report.
fn without_target(definition: &str) -> Target {
    let whole = Fraction { num: 1, den: 1 };
    let never = Day::of_ms(i64::MAX);
    Target {
        definition: definition.into(),
        share: whole,
        valid_from: never,
        valid_to: Some(never),
    }
}

/// What the folder's name says about the choice: nothing where it is the configured one.
pub(super) fn suffix(desk: &Desk, asked: &Asked) -> String {
    let mut suffix = match asked.known {
        Known::Standing => String::new(),
        Known::On(day) => format!("_as-of-{day}"),
        Known::Now => "_now".to_owned(),
    };
    if let Some(definition) = &asked.definition {
        suffix.push('_');
        suffix.push_str(definition);
    }
    let sorted = |formats: &[Format]| {
        let mut formats = formats.to_vec();
        formats.push(Format::Json);
        formats.sort();
        formats.dedup();
        formats
    };
    if let Some(formats) = &asked.formats {
        let formats = sorted(formats);
        if formats != sorted(&desk.config.formats) {
            let words = formats.iter().map(|format| format.word());
            suffix.push('_');
            suffix.push_str(&words.collect::<Vec<_>>().join("-"));
        }
    }
    suffix
}

/// The name of the folder of a period.
pub(in crate::job) fn name_of(period: &Period) -> String {
    period.label.replace('/', "_")
}
