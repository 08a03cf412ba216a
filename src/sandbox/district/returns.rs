//! Money that comes back: refunds, reversals, and the gateway orders that went wrong before.

use chrono::{NaiveDateTime, TimeDelta};

use super::build::{Account, Builder, later, moment, next_office_day};
use super::cashless::Transfer;
use super::orders::open;
use super::{GatewayState, Method, Scenario};
use crate::sandbox::gateway::{self, Refunds};

impl Builder {
    /// What goes wrong with a gateway order.
    pub(crate) fn gateway_story(&mut self, at: usize, scenario: Scenario) {
        let method = *self
            .dice
            .pick(&[Method::Card, Method::Portal, Method::MobileMoney]);
        self.declare(at, method);
        let paid_at = self.pay_moment(at);
        match scenario {
            Scenario::RefundFullGateway | Scenario::RefundPartialGateway => {
                self.gateway_refund(at, method, paid_at, scenario);
            }
            Scenario::ReversalGateway => self.gateway_reversal(at, method),
            Scenario::OrderFailed => {
                let (created, paid_at) = (paid_at, later(paid_at, 300));
                let amount = self.due(at);
                let number = self.gateway_number();
                let failed_at = later(created, 70);
                let failed = GatewayState {
                    at: failed_at,
                    kind: "01",
                    status: "02",
                    number,
                    amount,
                    paid_at: None,
                };
                let day = created.date();
                let history = vec![(day, "created"), (day, "failed")];
                self.order(
                    at,
                    "01",
                    created,
                    (vec![open(created, amount), failed], history),
                    scenario,
                );
                self.order_paid(at, "02", paid_at, scenario);
                self.record(at, "paid", Some(method), later(paid_at, 15));
            }
            Scenario::OrderAbandoned => {
                let amount = self.due(at);
                let expired = paid_at.date() + chrono::Days::new(2);
                let history = vec![(paid_at.date(), "created"), (expired, "expired")];
                self.order(
                    at,
                    "01",
                    paid_at,
                    (vec![open(paid_at, amount)], history),
                    scenario,
                );
                self.cash(at, scenario);
            }
            _ => self.pending_order(at, method, scenario),
        }
    }

    /// The order is created in the evening and paid the next morning.
    fn pending_order(&mut self, at: usize, method: Method, scenario: Scenario) {
        let day = self.district.dossiers[at].received_at.date();
        let created = later(moment(day, 22, 0, 0), self.dice.between(0, 6_000));
        let next = day + chrono::Days::new(1);
        let paid_at = later(moment(next, 6, 30, 0), self.dice.between(0, 7_200));
        let states = self.paid_states(at, created, paid_at);
        let history = vec![(day, "pending"), (next, "paid")];
        self.order(at, "01", created, (states, history), scenario);
        self.gateway_event(at, paid_at, scenario);
        self.record(at, "pending", Some(method), created);
        self.record(at, "paid", Some(method), later(paid_at, 15));
    }

    /// Paid, then returned by the gateway within the same day.
    fn gateway_refund(
        &mut self,
        at: usize,
        method: Method,
        paid_at: NaiveDateTime,
        scenario: Scenario,
    ) {
        let due = self.due(at);
        let full = scenario == Scenario::RefundFullGateway;
        let kind = if full { "02" } else { "03" };
        let amount = if full { due } else { due / 2 / 1_000 * 1_000 };
        // Within the day: what is paid in the evening is returned at once.
        let evening = paid_at > moment(paid_at.date(), 18, 0, 0);
        let wait = if evening {
            120
        } else {
            self.dice.between(1_800, 9_000)
        };
        let (asked, done) = (later(paid_at, wait), later(paid_at, 2 * wait));
        let created = later(paid_at, -90);
        let mut states = self.paid_states(at, created, paid_at);
        let number = self.gateway_number();
        for (from, status) in [(asked, "05"), (done, "00")] {
            let number = number.clone();
            states.push(GatewayState {
                at: from,
                kind,
                status,
                number,
                amount,
                paid_at: Some(from),
            });
        }
        let day = paid_at.date();
        let mut history = vec![(day, "created"), (day, "paid")];
        if full {
            history.push((done.date(), "refunded"));
        }
        self.order(at, "01", created, (states, history), scenario);
        self.gateway_event(at, paid_at, scenario);
        self.record(at, "paid", Some(method), later(paid_at, 15));
        if full {
            self.return_last(done);
            self.record(at, "refunded", Some(method), later(done, 15));
        }
    }

    /// Paid before midnight, reversed after it, paid again in the morning.
    fn gateway_reversal(&mut self, at: usize, method: Method) {
        let scenario = Scenario::ReversalGateway;
        let day = self.district.dossiers[at].received_at.date();
        let paid_at = later(moment(day, 23, 50, 0), self.dice.between(0, 420));
        let back = later(moment(day, 23, 59, 59), self.dice.between(120, 600));
        let created = later(paid_at, -120);
        let mut states = self.paid_states(at, created, paid_at);
        if let Some(paid) = states.last().cloned() {
            states.push(GatewayState {
                at: back,
                status: "04",
                ..paid
            });
        }
        let history = vec![(day, "created"), (day, "paid"), (back.date(), "cancelled")];
        self.order(at, "01", created, (states, history), scenario);
        self.gateway_event(at, paid_at, scenario);
        self.return_last(back);
        self.record(at, "paid", Some(method), later(paid_at, 15));
        self.record(at, "pending", Some(method), later(back, 15));
        let again = later(moment(back.date(), 7, 30, 0), self.dice.between(0, 7_200));
        self.order_paid(at, "02", again, scenario);
        self.record(at, "paid", Some(method), later(again, 15));
    }

    /// A payment into an account that the office or the bank sends back.
    pub(crate) fn bank_return(&mut self, at: usize, scenario: Scenario) {
        let method = Method::Qr;
        self.declare(at, method);
        let mut paid_at = self.pay_moment(at);
        if scenario == Scenario::ReversalMidnight {
            paid_at = later(moment(paid_at.date(), 23, 55, 0), self.dice.between(0, 200));
        }
        let due = self.due(at);
        let memo = self.memo_of(at, method, paid_at, scenario);
        self.pay_into(at, method, (memo, due), paid_at, scenario);
        self.record(at, "paid", Some(method), later(paid_at, 15));
        let code = self.district.dossiers[at].code.clone();
        let next = next_office_day(paid_at.date());
        let back_at = later(moment(next, 9, 0, 0), self.dice.between(0, 9_000));
        match scenario {
            Scenario::RefundFullBank => {
                self.debit(at, format!("HOAN PHI HO SO {code}"), due, back_at, scenario);
                self.return_last(back_at);
                self.record(at, "refunded", Some(method), later(back_at, 60));
            }
            Scenario::RefundPartialBank => {
                let part = due / 3 / 1_000 * 1_000;
                self.debit(
                    at,
                    format!("HOAN MOT PHAN PHI HO SO {code}"),
                    part,
                    back_at,
                    scenario,
                );
            }
            _ => {
                let back_at = later(
                    moment(paid_at.date(), 23, 59, 59),
                    self.dice.between(90, 420),
                );
                self.debit(at, format!("DAO GIAO DICH {code}"), due, back_at, scenario);
                self.return_last(back_at);
                self.record(at, "pending", Some(method), later(back_at, 15));
                let again = later(moment(back_at.date(), 8, 0, 0), self.dice.between(0, 7_200));
                let memo = self.memo_of(at, method, again, scenario);
                self.pay_into(at, method, (memo, due), again, scenario);
                self.record(at, "paid", Some(method), later(again, 15));
            }
        }
    }

    /// Where the gateway cannot send money back, the office does so from account A, at the moment
    /// at which the gateway would have.
    pub(crate) fn returns_by_bank(&mut self) {
        let gateway = gateway::named(self.district.gateway);
        if !gateway.is_some_and(|(_, gateway)| matches!(gateway.refunds, Refunds::ByBank)) {
            return;
        }
        let mut returned = Vec::new();
        for order in &mut self.district.gateway_orders {
            let done = |state: &&GatewayState| state.kind != "01" && state.status == "00";
            let back = order.states.iter().find(done).cloned();
            returned.extend(back.map(|state| (order.dossier.clone(), order.scenario, state)));
            order.states.retain(|state| state.kind == "01");
        }
        for (code, scenario, state) in returned {
            let at = self
                .district
                .dossiers
                .iter()
                .position(|one| one.code == code);
            if let Some(at) = at {
                let memo = format!("HOAN PHI HO SO {code}");
                self.debit(at, memo, state.amount, state.at, scenario);
            }
        }
    }

    /// Money out of account A with the dossier's code in the memo.
    fn debit(
        &mut self,
        at: usize,
        memo: String,
        amount: i64,
        when: NaiveDateTime,
        scenario: Scenario,
    ) {
        let dossier = &self.district.dossiers[at];
        let (payer, dossiers) = (dossier.payer.bank_name.clone(), vec![dossier.code.clone()]);
        self.row(Transfer {
            account: Account::A,
            memo,
            amount: -amount,
            at: when,
            arrives: when + TimeDelta::seconds(30),
            payer,
            scenario,
            dossiers,
        });
    }
}
