//! The days a feed is asked for, and putting what it delivered together: which rows belong to which
//! day, which days are complete, and nothing of a half-read one. Pure.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::error::SourceError;
use super::json::Json;
use super::pull::{DayControl, DayState, Pull};
use super::record::{At, Record};
use crate::config::forms::TimeOfDay;
use crate::domain::{Aside, Completeness, Day, Moment, Origin, ToldBy};

/// Business days asked for, and the cut-off that tells which calendar days they lie on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: Day,
    to: Day,
    cutoff: TimeOfDay,
}

/// A row as delivered, with what putting together needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// Native id, else the row itself.
    pub(super) key: String,
    /// The row as delivered.
    pub(super) content: Json,
    /// The instant it is dated, when that can be read.
    pub(super) at_ms: Option<i64>,
    /// The answer that brought it, and its position there.
    pub(super) came: Aside<Option<Origin>>,
}

/// One calendar day, listed to its end.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) rows: Vec<Row>,
    pub(super) control: Option<DayControl>,
}

impl Row {
    /// A row with the members that hold its id and time.
    pub(super) fn new(content: Json, id: &str, time: &str) -> Self {
        let id = content.word_of(id).map(str::to_owned);
        let at_ms = content.word_of(time).and_then(instant);
        Self::told(content, id, at_ms)
    }

    /// A row with its id and the instant it is dated.
    pub(super) fn told(content: Json, id: Option<String>, at_ms: Option<i64>) -> Self {
        Self {
            key: id.unwrap_or_else(|| format!("{content:?}")),
            content,
            at_ms,
            came: Aside(None),
        }
    }

    /// Rows of one answer, in their order there.
    pub(super) fn came_in(rows: &mut [Self], answer: &ToldBy) {
        for (row, line) in rows.iter_mut().zip(1_u64..) {
            row.came = Aside(Some(Origin {
                name: answer.name.clone(),
                sha256: answer.sha256.clone(),
                line,
            }));
        }
    }

    /// The calendar day it is dated.
    pub(super) fn day(&self) -> Option<Day> {
        self.at_ms.map(Day::of_ms)
    }
}

impl Window {
    /// Business days `window` under a cut-off.
    pub(super) fn new(window: &RangeInclusive<Day>, cutoff: TimeOfDay) -> Self {
        Self {
            from: *window.start(),
            to: *window.end(),
            cutoff,
        }
    }

    /// The calendar days to list, the latest first: when a source gives out half-way, last night is
    /// what people want to know.
    pub(super) fn calendar_days(&self) -> Vec<Day> {
        let first = if self.cutoff == TimeOfDay::MIDNIGHT {
            self.from
        } else {
            self.from.minus(1)
        };
        let mut days = vec![self.to];
        while let Some(last) = days.last().copied().filter(|day| *day > first) {
            days.push(last.minus(1));
        }
        days
    }

    fn business_day(&self, at_ms: i64) -> Day {
        let day = Day::of_ms(at_ms);
        let after =
            self.cutoff != TimeOfDay::MIDNIGHT && at_ms - day.start_ms() >= self.cutoff.ms();
        if after { day.plus(1) } else { day }
    }

    fn business_days(&self) -> Vec<Day> {
        let mut days = vec![self.from];
        while let Some(last) = days.last().copied().filter(|day| *day < self.to) {
            days.push(last.plus(1));
        }
        days
    }

    fn lies_on(&self, business_day: Day) -> Vec<Day> {
        if self.cutoff == TimeOfDay::MIDNIGHT {
            vec![business_day]
        } else {
            vec![business_day.minus(1), business_day]
        }
    }

    /// The business day under which a delivered row is kept; none when it is of no day asked for
    /// (its own night reads it). A row without a readable time, or dated so far ahead that it is
    /// wrong, counts under the day whose listing brought it: `normalise` puts it aside.
    fn keeps(&self, row: &Row, listed_as: Day) -> Option<Day> {
        let far = self.to.plus(1);
        match row.at_ms {
            Some(at_ms) if Day::of_ms(at_ms) <= far => {
                let day = self.business_day(at_ms);
                (self.from..=self.to).contains(&day).then_some(day)
            }
            _ => Some(listed_as.max(self.from)),
        }
    }

    /// Puts the listed days together. A day that is not in `listed` did not come in full.
    pub(super) fn assemble(
        &self,
        listed: &BTreeMap<Day, Listed>,
        trouble: Option<SourceError>,
        record: impl Fn(&Json) -> Record,
    ) -> Pull {
        let mut pull = Pull::empty(Completeness::Missing);
        for day in self.business_days() {
            let parts = self.lies_on(day);
            let complete = parts.iter().all(|part| listed.contains_key(part));
            let state = if complete {
                DayState::Complete
            } else {
                DayState::Incomplete
            };
            pull.days.insert(day, state);
            if complete && let Some(control) = control_of(&parts, listed) {
                pull.control.insert(day, control);
            }
        }
        if !trouble.as_ref().is_some_and(SourceError::is_refusal) {
            pull.records = self.records(listed, &pull.days, record);
        }
        pull.state = state_of(&pull.days, trouble.as_ref());
        pull.trouble = trouble;
        pull
    }

    fn records(
        &self,
        listed: &BTreeMap<Day, Listed>,
        days: &BTreeMap<Day, DayState>,
        record: impl Fn(&Json) -> Record,
    ) -> Vec<Record> {
        let mut kept: Vec<(Day, &Row)> = Vec::new();
        for (listed_as, listing) in listed {
            for row in &listing.rows {
                let day = self.keeps(row, *listed_as);
                let day = day.filter(|day| days.get(day) == Some(&DayState::Complete));
                kept.extend(day.map(|day| (day, row)));
            }
        }
        // The order is stable: of a row that was listed twice the first stays, and the rows of a
        // day keep theirs.
        kept.sort_by(|a, b| a.1.cmp(b.1));
        kept.dedup_by(|later, first| later.1 == first.1);
        kept.sort_by_key(|(day, _)| *day);
        let of_a_day = kept.chunk_by(|a, b| a.0 == b.0);
        let numbered = |rows: &[(Day, &Row)]| {
            let day = rows.first().map(|(day, _)| day.to_string());
            let file: Arc<str> = format!("transactions {}", day.unwrap_or_default()).into();
            let of = |(line, (_, row)): (u64, &(Day, &Row))| Record {
                at: At {
                    file: file.clone(),
                    line,
                },
                came: row.came.clone(),
                ..record(&row.content)
            };
            (1..).zip(rows).map(of).collect::<Vec<_>>()
        };
        of_a_day.flat_map(numbered).collect()
    }
}

/// The source's counts of the calendar days together; a business day with a cut-off shares its
/// calendar days with its neighbours, so then there is no count to hold it against.
fn control_of(parts: &[Day], listed: &BTreeMap<Day, Listed>) -> Option<DayControl> {
    match parts {
        [day] => listed.get(day)?.control,
        _ => None,
    }
}

fn state_of(days: &BTreeMap<Day, DayState>, trouble: Option<&SourceError>) -> Completeness {
    let complete = days
        .values()
        .filter(|state| **state == DayState::Complete)
        .count();
    if trouble.is_some_and(SourceError::is_refusal) {
        Completeness::Refused
    } else if complete == days.len() {
        Completeness::Complete
    } else if complete > 0 {
        Completeness::Partial
    } else {
        Completeness::Missing
    }
}

/// A time with or without an offset, or a day alone.
pub(super) fn instant(raw: &str) -> Option<i64> {
    let day = || Day::parse(raw).ok().map(Day::start_ms);
    Moment::parse(raw).ok().map(|at| at.ms()).or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    fn row(id: &str, when: &str) -> Row {
        let body = format!("{{\"id\":\"{id}\",\"when\":\"{when}\"}}");
        Row::new(Json::parse(body.as_bytes()).unwrap(), "id", "when")
    }

    fn ids(pull: &Pull) -> Vec<&str> {
        pull.records
            .iter()
            .map(|r| r.id.as_deref().unwrap())
            .collect()
    }

    fn assemble(cutoff: &str, listed: &[(&str, &[(&str, &str)])]) -> Pull {
        let range = day("2022-12-04")..=day("2022-12-05");
        let window = Window::new(&range, TimeOfDay::parse(cutoff).unwrap());
        let listed = listed
            .iter()
            .map(|(d, rows)| {
                let rows = rows.iter().map(|(id, when)| row(id, when)).collect();
                (
                    day(d),
                    Listed {
                        rows,
                        control: None,
                    },
                )
            })
            .collect();
        window.assemble(&listed, None, |json| Record {
            id: json.word_of("id").map(Into::into),
            ..Record::default()
        })
    }

    #[test]
    fn rows_of_wrong_days_go_to_their_own_day_when_that_day_is_whole() {
        let pull = assemble(
            "00:00",
            &[
                (
                    "2022-12-05",
                    &[("a", "2022-12-05T08:00:00"), ("b", "2022-12-04T23:59:59")],
                ),
                (
                    "2022-12-04",
                    &[
                        ("b", "2022-12-04T23:59:59"),
                        ("c", "2022-12-04"),
                        ("x", "2022-12-03"),
                    ],
                ),
            ],
        );
        assert_eq!(ids(&pull), ["b", "c", "a"]);
        assert_eq!(pull.state, Completeness::Complete);
        let half = assemble(
            "00:00",
            &[(
                "2022-12-05",
                &[("a", "2022-12-05T08:00:00"), ("b", "2022-12-04T23:59:59")],
            )],
        );
        assert_eq!((ids(&half), half.state), (vec!["a"], Completeness::Partial));
        assert_eq!(half.missing_days().collect::<Vec<_>>(), [day("2022-12-04")]);
    }

    #[test]
    fn unreadable_and_far_times_are_passed_on_to_be_put_aside() {
        let rows: &[(&str, &str)] = &[
            ("a", "30/02/2022"),
            ("b", "2023-01-14T00:00:00"),
            ("c", "2022-12-06T01:00:00"),
        ];
        let pull = assemble("00:00", &[("2022-12-05", rows)]);
        assert_eq!(
            ids(&pull),
            ["a", "b"],
            "the day after the window is read on its own night"
        );
    }

    #[test]
    fn a_cut_off_spreads_a_business_day_over_two_calendar_days() {
        let range = day("2022-12-04")..=day("2022-12-05");
        let window = Window::new(&range, TimeOfDay::parse("16:00").unwrap());
        assert_eq!(
            window.calendar_days(),
            ["2022-12-05", "2022-12-04", "2022-12-03"].map(day)
        );
        let all: &[(&str, &[(&str, &str)])] = &[
            (
                "2022-12-05",
                &[("a", "2022-12-05T15:59:59"), ("z", "2022-12-05T16:00:00")],
            ),
            (
                "2022-12-04",
                &[("b", "2022-12-04T16:00:00"), ("c", "2022-12-04T15:00:00")],
            ),
            (
                "2022-12-03",
                &[("d", "2022-12-03T17:00:00"), ("y", "2022-12-03T15:59:59")],
            ),
        ];
        assert_eq!(ids(&assemble("16:00", all)), ["c", "d", "a", "b"]);
        let half = assemble("16:00", &all[..2]);
        assert_eq!(
            ids(&half),
            ["a", "b"],
            "4 December lacks its evening before"
        );
    }

    #[test]
    fn the_same_id_with_other_content_stands_twice() {
        let rows: &[(&str, &str)] = &[
            ("a", "2022-12-05T08:00:00"),
            ("a", "2022-12-05T08:00:00"),
            ("a", "2022-12-05T09:00:00"),
        ];
        assert_eq!(ids(&assemble("00:00", &[("2022-12-05", rows)])), ["a", "a"]);
    }
}
