//! The part of `doisoat check` about rules: the linter over what the registry has told so far.

use std::collections::BTreeSet;

use super::check::Line;
use crate::clock::{Clock, SystemClock};
use crate::config::lint::{Finding, Known, lint};
use crate::config::{Config, SourceSettings};
use crate::domain::{Agency, Day, Vnd};
use crate::job::{Exit, JobError, lost};
use crate::source::Ability;
use crate::store::OpenMode;

/// One line a finding, or one that says that there is none. Without a database the rules are held
/// against nothing but themselves.
pub(super) async fn lines(config: &Config) -> Vec<Line> {
    let mut lines = settled_twice(&config.sources);
    lines.extend(of_rules(config).await);
    lines
}

/// Settlement files that name no order or no transaction beside a gateway that is asked about
/// orders: nothing says that a row of the file and an answer are one payment.
fn settled_twice(sources: &[SourceSettings]) -> Vec<Line> {
    let is_asked = |source: &SourceSettings| source.registration.ability == Ability::Probe;
    if !sources.iter().any(is_asked) {
        return Vec::new();
    }
    let lacking = |source: &SourceSettings| -> Option<Line> {
        let mapping = source
            .mapping("map")
            .filter(|_| source.kind() == "settlement")?;
        let lacks = ["order_ref", "bank_ref"].into_iter();
        let lacks: Vec<&str> = lacks.filter(|key| mapping.heading(key).is_none()).collect();
        let keys = lacks.join(" and ");
        (!lacks.is_empty()).then(|| {
            Line::warn(
                source.name.as_str(),
                format!(
                    "its map names no {keys}: if its provider is asked about orders too, each payment \
                     counts twice"
                ),
                format!("name {keys} under [source.map], or take one of the two sources out"),
            )
        })
    };
    sources.iter().filter_map(lacking).collect()
}

async fn of_rules(config: &Config) -> Vec<Line> {
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
    let store = lost::open(config, OpenMode::Ready).await?;
    let today = Day::of_ms(SystemClock.now_ms());
    let told = (store.tariffs().await, store.agencies(today).await);
    store.close().await;
    Ok((told.0?, told.1?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::read;

    #[test]
    fn a_settlement_file_that_cannot_be_joined_is_told() {
        let source = |text: &str| read(&format!("[[source]]\n{text}")).unwrap();
        let momo = source(
            "name = \"momo\"\nkind = \"momo\"\nbase_url = \"https://momo.example\"\npartner_code = \"P\"\n\
             access_key = { env = \"A\" }\nsecret_key = { env = \"S\" }\n",
        );
        let file = |more: &str| {
            source(&format!(
                "name = \"file\"\nkind = \"settlement\"\npath = \"inbox\"\n[source.map]\ntime = \"T\"\n\
                 amount = \"A\"\n{more}"
            ))
        };
        let whole = "order_ref = \"O\"\nbank_ref = \"R\"\n";
        let count = |sources: &[SourceSettings]| settled_twice(sources).len();
        assert_eq!(count(&[momo.clone(), file("")]), 1);
        assert_eq!(count(&[momo.clone(), file("bank_ref = \"R\"\n")]), 1);
        assert_eq!(count(&[momo, file(whole)]), 0);
        assert_eq!(count(&[file("")]), 0, "no gateway is asked");
    }
}
