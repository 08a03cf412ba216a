//! Which exit codes a night earns.

use super::desk::Desk;
use super::outcome::Exit;
use super::unrun;
use crate::domain::{Completeness, Day, SourceFacts};
use crate::report::model::open_work;
use crate::settle::{Inputs, Settlement};
use crate::store::RunRecord;

/// Every code that applies, the strongest first; `[Done]` when all is well. The gate looks at the
/// money at risk in what is open, the figure that the report tells.
pub(super) fn of_night(
    desk: &Desk,
    night: Day,
    pool: &Inputs,
    settlement: &Settlement,
) -> Vec<Exit> {
    let mut exits = of_sources(&pool.sources);
    let open = open_work(settlement, night).sum_vnd;
    let max = desk.config.open_vnd_max;
    if max.is_some_and(|max| open > max.wide()) {
        exits.push(Exit::Gate);
    }
    Exit::ranked(exits)
}

/// What the sources alone earn: refused is missing too, so is a day before that had no night and
/// was not told since, and totals that do not tie are red. What an optional source does not bring
/// is told in the report and earns nothing; that somebody else answers in its name, or that it
/// contradicts itself, does.
pub fn of_sources(sources: &[SourceFacts]) -> Vec<Exit> {
    let mut exits = Vec::new();
    if !unrun::of_sources(sources).is_empty() {
        exits.push(Exit::Incomplete);
    }
    for facts in sources {
        if facts.state == Completeness::Refused {
            exits.push(Exit::Refused);
        }
        if facts.required && facts.state != Completeness::Complete {
            exits.push(Exit::Incomplete);
        }
        if facts.control.is_some_and(|control| !control.ties()) {
            exits.push(Exit::Untied);
        }
    }
    Exit::ranked(exits)
}

/// What `pull` ends with: as `run`, without the codes that only a published night can earn.
pub fn of_pull(sources: &[SourceFacts]) -> Vec<Exit> {
    let mut exits = of_sources(sources);
    exits.retain(|exit| !matches!(exit, Exit::Untied | Exit::Gate));
    Exit::ranked(exits)
}

/// As published.
pub(super) fn of_run(run: &RunRecord) -> Vec<Exit> {
    Exit::ranked(
        run.exit_codes
            .iter()
            .filter_map(|code| Exit::from_code(*code))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceName;
    use crate::domain::Vnd;
    use crate::domain::source::Control;

    fn source(state: Completeness, control: Option<(u64, u64)>) -> SourceFacts {
        SourceFacts {
            name: SourceName::new("a"),
            kind: "sepay".into(),
            carries_money: true,
            required: true,
            state,
            missing_days: Vec::new(),
            missing_orders: 0,
            deadline_passed: false,
            control: control.map(|(expected_count, count)| Control {
                expected_count,
                expected_sum: None,
                count,
                sum: Vnd::ZERO,
            }),
            trouble: None,
            unrun: Vec::new(),
        }
    }

    #[test]
    fn sources_decide_3_5_and_12() {
        let check = |sources: &[SourceFacts], run: &[u8], pull: &[u8]| {
            let codes = |exits: Vec<Exit>| exits.iter().map(|e| e.code()).collect::<Vec<_>>();
            assert_eq!(codes(of_sources(sources)), run);
            assert_eq!(codes(of_pull(sources)), pull);
        };
        let complete = || source(Completeness::Complete, Some((3, 3)));
        check(&[complete()], &[0], &[0]);
        check(&[complete(), source(Completeness::Late, None)], &[3], &[3]);
        check(&[source(Completeness::Refused, None)], &[12, 3], &[12, 3]);
        check(&[source(Completeness::Complete, Some((4, 3)))], &[5], &[0]);
        check(
            &[source(Completeness::Partial, Some((4, 3)))],
            &[5, 3],
            &[3],
        );
        // no night told of a day before
        let gap = SourceFacts {
            unrun: vec![Day::parse("2022-12-04").unwrap()],
            ..complete()
        };
        check(&[gap], &[3], &[3]);
        // nobody waits for an optional one
        let optional = |state, control| SourceFacts {
            required: false,
            ..source(state, control)
        };
        check(&[optional(Completeness::Missing, None)], &[0], &[0]);
        check(&[optional(Completeness::Late, None)], &[0], &[0]);
        check(&[optional(Completeness::Refused, None)], &[12], &[12]);
        let untied = optional(Completeness::Partial, Some((4, 3)));
        check(&[untied], &[5], &[0]);
    }
}
