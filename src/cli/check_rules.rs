//! The part of `doisoat check` about rules: the linter over what the registry has told so far.

use std::collections::BTreeSet;

use super::check::Line;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::config::lint::{Finding, Known, lint};
use crate::domain::{Agency, Day, Vnd};
use crate::job::{Exit, JobError};
use crate::store::{OpenMode, Store};

/// One line a finding, or one that says that there is none. Without a database the rules are held
/// against nothing but themselves.
pub(super) async fn lines(config: &Config) -> Vec<Line> {
    let (tariffs, agencies) = told(config).await.unwrap_or_default();
    let today = Day::of_ms(SystemClock.now_ms());
    let known = Known {
        tariffs,
        agencies: &agencies,
    };
    let found = lint(&config.rules, &config.targets, config.start, today, &known);
    if found.is_empty() {
        let count = known.tariffs.len();
        return vec![Line::ok(
            "rules",
            format!("in order, held against {count} tariffs"),
        )];
    }
    found.iter().map(line).collect()
}

fn line(finding: &Finding) -> Line {
    let message = format!("{} {}", finding.rule, finding.message);
    if finding.refused {
        Line::fail("rules", Exit::Usage, message, &finding.fix)
    } else {
        Line::warn("rules", message, &finding.fix)
    }
}

/// The tariffs and agencies that the registry has told.
async fn told(config: &Config) -> Result<(BTreeSet<Vnd>, Vec<Agency>), JobError> {
    let store = Store::open(&config.database.url(), OpenMode::Ready).await?;
    let today = Day::of_ms(SystemClock.now_ms());
    let told = (store.tariffs().await, store.agencies(today).await);
    store.close().await;
    Ok((told.0?, told.1?))
}
