//! What a gateway handed on to the banks, as the published nights tell it: the lines of the minutes
//! that lead from what was still to be transferred to what is.
//!
//! A paper ends with a night: a closed period with that of its closing, which may tell days after
//! the period. What is held, received and kept of such days is none of the paper, so it is taken
//! off; and where the paper before ended after its own last day, what it could tell of the days of
//! this one is taken up here.

use std::collections::BTreeMap;

use anyhow::Context;

use crate::domain::{Day, Period, SourceName};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::report::facts::HeldBefore;
use crate::report::forms::Handed;
use crate::report::json;
use crate::report::model::{GatewayDay, HeldRow};

/// What is handed on, and what was kept of it beyond what rows tell, dong; none where nothing was.
pub(super) struct HandedOn {
    pub(super) handed: Handed,
    pub(super) withheld: Option<i128>,
}

/// Of the days of a period up to the night `told_to`, beyond what a paper up to the night `begins`
/// told.
pub(super) async fn handed_on(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    (begins, told_to): (Day, Day),
) -> Result<HandedOn, JobError> {
    let begins = begins.min(told_to);
    let mut flow = Flow::default();
    let nights = desk.store.published_between(over.from, told_to.plus(1));
    for run in nights.await? {
        let told = json::told_gateways(&run.run_json)
            .with_context(|| format!("run.json of {} cannot be read", run.id))?;
        match told {
            Some(told) => flow.night(name, &told, (over, begins, run.business_date)),
            None => flow.is_untold = true,
        }
    }
    Ok(flow.told())
}

/// The nights of a period, one after the other.
#[derive(Default)]
struct Flow {
    /// A night tells nothing of gateways.
    is_untold: bool,
    /// The source under which the last night tells the gateway, where that is another.
    with: Option<Box<str>>,
    opening: Option<i128>,
    closing: Option<i128>,
    received: i128,
    kept: i128,
    /// The days from the first of the period on as a paper up to the night `begins` knew them, and
    /// those after the period as they are known at the end.
    early: BTreeMap<Day, GatewayDay>,
    after: BTreeMap<Day, GatewayDay>,
}

impl Flow {
    fn night(
        &mut self,
        name: &SourceName,
        told: &HeldBefore,
        (over, begins, night): (&Period, Day, Day),
    ) {
        let is_own = |row: &&HeldRow| *row.source == *name.as_str();
        let Some(row) = told.rows.iter().find(is_own) else {
            let has = |row: &&HeldRow| row.also.iter().any(|also| **also == *name.as_str());
            let with = told.rows.iter().find(has);
            self.with = with.map(|row| row.source.clone());
            return;
        };
        self.with = None;
        self.closing = Some(row.closing);
        let days = told.days.iter();
        let days = days.filter(|day| *day.source == *name.as_str());
        let by_day = |day: &GatewayDay| (day.day, day.clone());
        if night > over.to {
            let later = days.clone().filter(|day| day.day > over.to);
            self.after.extend(later.map(by_day));
        }
        if night <= begins {
            let own = days.filter(|day| day.day >= over.from);
            self.early.extend(own.map(by_day));
            return;
        }
        self.opening.get_or_insert(row.opening);
        self.received += row.batches.sum_vnd + row.singles.sum_vnd;
        self.kept += row.kept;
    }

    fn told(self) -> HandedOn {
        let (early, after) = (Days::of(&self.early), Days::of(&self.after));
        let kept = self.kept + early.kept - after.kept;
        let handed = match (self.with, self.closing) {
            (Some(source), _) => Handed::With(source),
            (None, Some(closing)) if !self.is_untold => {
                let opening = self.opening.unwrap_or(closing);
                Handed::Told {
                    before: opening - early.held,
                    received: self.received + early.received - after.received,
                    left: closing - after.held,
                }
            }
            _ => Handed::Untold,
        };
        HandedOn {
            handed,
            withheld: (kept != 0).then_some(kept),
        }
    }
}

/// Some days of a gateway together.
struct Days {
    held: i128,
    received: i128,
    /// Beyond what the rows tell, dong.
    kept: i128,
}

impl Days {
    fn of(days: &BTreeMap<Day, GatewayDay>) -> Self {
        let mut all = Self {
            held: 0,
            received: 0,
            kept: 0,
        };
        for day in days.values() {
            all.held += day.held();
            all.received += day.received();
            all.kept += day.settled() - day.received();
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::facts::Figure;
    use crate::report::model::DayCredit;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// A day of 100 dong, of which a credit of `received` settled all but what is 0.
    fn of_day(on: &str, received: i128) -> GatewayDay {
        let settled = if received == 0 { 0 } else { 100 };
        GatewayDay {
            source: "gw".into(),
            day: day(on),
            paid: Figure::new(1, 100),
            fees: 0,
            returned: Figure::default(),
            due: 100,
            rows: 1,
            batch: (received != 0).then(|| DayCredit {
                received,
                settled,
                ..DayCredit::default()
            }),
            singles: Figure::default(),
            singles_settled: 0,
            singles_on: None,
            expected: None,
            odd: Figure::default(),
            overdue: false,
        }
    }

    /// A gateway that collects 100 dong a day and pays 98 for them on the next one.
    fn night(on: &str, is_first: bool) -> HeldBefore {
        let on = day(on);
        let eve = on.minus(1);
        let mut days = vec![of_day(&on.to_string(), 0)];
        if !is_first {
            days.push(of_day(&eve.to_string(), 98));
        }
        let (opening, batches) = if is_first { (0, 0) } else { (100, 98) };
        HeldBefore {
            rows: vec![HeldRow {
                source: "gw".into(),
                opening,
                paid: Figure::new(1, 100),
                batches: Figure::new(u64::from(!is_first), batches),
                kept: if is_first { 0 } else { 2 },
                closing: 100,
                ..HeldRow::default()
            }],
            days,
        }
    }

    fn paper(from: &str, to: &str, begins: &str, nights: &[&str]) -> (i128, i128, i128, i128) {
        let over = Period::range(day(from), day(to));
        let mut flow = Flow::default();
        for on in nights {
            let told = night(on, *on == "2024-02-01");
            let at = (&over, day(begins), day(on));
            flow.night(&SourceName::new("gw"), &told, at);
        }
        let told = flow.told();
        let Handed::Told {
            before,
            received,
            left,
        } = told.handed
        else {
            panic!("told");
        };
        (before, received, left, told.withheld.unwrap_or(0))
    }

    #[test]
    fn papers_hang_together_wherever_they_end() {
        let nights = ["2024-02-01", "2024-02-02", "2024-02-03", "2024-02-04"];
        // as of their own last night
        let one = paper("2024-02-01", "2024-02-02", "2024-01-31", &nights[..2]);
        let two = paper("2024-02-03", "2024-02-04", "2024-02-02", &nights[2..]);
        assert_eq!(one, (0, 98, 100, 2));
        assert_eq!(two, (100, 196, 100, 4));
        // the first closed with the night of the third day: what came of its second day is its own,
        // what is held of the third is none of it
        let one = paper("2024-02-01", "2024-02-02", "2024-01-31", &nights[..3]);
        let two = paper("2024-02-03", "2024-02-04", "2024-02-03", &nights[2..]);
        assert_eq!(one, (0, 196, 0, 4));
        assert_eq!(two, (0, 98, 100, 2));
        // the first closed after the end of the second: what that one adds is what came of its days
        let two = paper("2024-02-03", "2024-02-03", "2024-02-04", &nights[2..]);
        assert_eq!(two, (0, 98, 0, 2));
        // closed two nights later: a day after it was paid out already
        let one = paper("2024-02-01", "2024-02-02", "2024-01-31", &nights);
        let two = paper("2024-02-03", "2024-02-04", "2024-02-04", &nights[2..]);
        assert_eq!(one, (0, 196, 0, 4));
        assert_eq!(two, (0, 98, 100, 2));
    }

    #[test]
    fn what_no_night_tells_is_not_told() {
        let over = Period::month("2024-02").unwrap();
        let at = (&over, day("2024-01-31"), day("2024-02-01"));
        let mut flow = Flow::default();
        flow.night(&SourceName::new("gw"), &night("2024-02-01", true), at);
        flow.is_untold = true;
        assert_eq!(flow.told().handed, Handed::Untold);
        let mut with = night("2024-02-01", true);
        with.rows[0].also = vec!["file".into()];
        let mut flow = Flow::default();
        flow.night(&SourceName::new("file"), &with, at);
        assert_eq!(flow.told().handed, Handed::With("gw".into()));
        assert_eq!(Flow::default().told().handed, Handed::Untold);
    }
}
