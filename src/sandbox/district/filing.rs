//! How a dossier is filed: where, by whom, when, and what it will cost.

use chrono::{NaiveDate, NaiveDateTime};

use super::build::{Builder, ONLINE_PERMILLE, later, moment, next_office_day};
use super::tariff::{Draft, Place};
use super::{Dossier, Fee, FeeKind, FeeState, Mode, Scenario, agencies, names};

impl Builder {
    /// Files a dossier and returns its index. With `like`, at the same agency and by the same
    /// person as that dossier.
    pub(crate) fn file(
        &mut self,
        (received_at, channel): (NaiveDateTime, u8),
        draft: &Draft,
        like: Option<usize>,
    ) -> usize {
        let day = received_at.date();
        let (agency, payer) = match like {
            Some(at) => {
                let other = &self.district.dossiers[at];
                (other.agency, other.payer.clone())
            }
            None => (self.agency(day, draft.place), names::person(&mut self.dice)),
        };
        let sequence = self.sequence.entry(agency).or_default();
        *sequence += 1;
        let code = format!("{agency}-{}-{sequence:04}", day.format("%y%m%d"));
        let due_at = due_at(draft.mode, received_at, channel);
        let mut dossier = Dossier {
            code,
            agency,
            procedure: draft.procedure,
            field: draft.field,
            payer,
            channel,
            mode: draft.mode,
            received_at,
            due_at,
            result_at: None,
            fees: Vec::new(),
            scenario: Scenario::Plain,
        };
        for (kind, amount) in &draft.lines {
            let status = match (draft.mode, *kind) {
                (Mode::Before, FeeKind::Phi | FeeKind::LePhi) => "pending",
                _ => "unpaid",
            };
            let shown = if draft.mode == Mode::After {
                0
            } else {
                *amount
            };
            let first = FeeState {
                day,
                status,
                amount: shown,
                method: None,
                paid_at: None,
                receipt_no: None,
            };
            self.fee_count += 1;
            let id = format!("PL{:08}", self.fee_count);
            dossier.fees.push(Fee {
                id,
                kind: *kind,
                history: vec![first],
            });
        }
        self.district.dossiers.push(dossier);
        let at = self.district.dossiers.len() - 1;
        if draft.mode == Mode::After {
            self.set_amounts(at, draft);
        }
        at
    }

    /// "Thu sau": the amounts are known when the result is.
    fn set_amounts(&mut self, at: usize, draft: &Draft) {
        let wait = self.dice.below(3);
        let mut day = self.district.dossiers[at].received_at.date();
        for _ in 0..wait {
            day = next_office_day(day);
        }
        let minutes = self.dice.between(0, 70);
        let result_at = if wait == 0 {
            later(self.district.dossiers[at].received_at, 60 * (20 + minutes))
        } else {
            later(moment(day, 8, 0, 0), 60 * (minutes * 6))
        };
        let dossier = &mut self.district.dossiers[at];
        dossier.result_at = Some(result_at);
        for (fee, (_, amount)) in dossier.fees.iter_mut().zip(&draft.lines) {
            let state = FeeState {
                day: result_at.date(),
                amount: *amount,
                ..fee.history[0].clone()
            };
            fee.history.push(state);
        }
    }

    fn agency(&mut self, day: NaiveDate, place: Place) -> &'static str {
        let valid = |agency: &&agencies::Agency| agency.valid_on(day);
        let known = self.district.agencies.iter().filter(valid);
        let communes: Vec<&'static str> = known
            .clone()
            .filter(|one| one.level == "commune")
            .map(|one| one.code)
            .collect();
        let named = place
            .code()
            .filter(|code| known.clone().any(|one| one.code == *code));
        named.unwrap_or_else(|| *self.dice.pick(&communes))
    }

    /// Counter, online or post, so that the share of online filing stays near the sought one.
    pub(crate) fn channel(&mut self) -> u8 {
        self.filed += 1;
        let filed = self.filed;
        let behind = ONLINE_PERMILLE * filed / 1000 - self.online_dossiers;
        let permille = (ONLINE_PERMILLE + 20 * behind).clamp(50, 950);
        if self.dice.chance(u32::try_from(permille).unwrap_or(0)) {
            self.online_dossiers += 1;
            2
        } else if self.dice.chance(80) {
            3
        } else {
            1
        }
    }

    pub(crate) fn received_at(&mut self, day: NaiveDate, channel: u8) -> NaiveDateTime {
        let (first, minutes) = match (channel, self.dice.chance(600)) {
            (2, true) => (moment(day, 7, 30, 0), 600),
            (2, false) => (moment(day, 6, 0, 0), 930),
            (_, true) => (moment(day, 7, 15, 0), 240),
            (_, false) => (moment(day, 13, 30, 0), 180),
        };
        later(first, self.dice.between(0, minutes * 60))
    }
}

/// The last moment to pay in time.
fn due_at(mode: Mode, received: NaiveDateTime, channel: u8) -> NaiveDateTime {
    let mut day = received.date();
    let office_days = match (mode, channel) {
        (Mode::After, _) => 5,
        (_, 1) => 0,
        _ => 1,
    };
    for _ in 0..office_days {
        day = next_office_day(day);
    }
    moment(day, 23, 59, 59).min(moment(day, 17, 0, 0).max(later(received, 7_200)))
}
