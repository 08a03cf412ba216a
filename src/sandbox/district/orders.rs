//! Orders at the gateway: how they are created and paid.

use chrono::NaiveDateTime;

use super::build::{Builder, later};
use super::{Event, GatewayOrder, GatewayState, Order, Scenario};

impl Builder {
    /// A gateway order with its states, known to both sides.
    pub(crate) fn order(
        &mut self,
        at: usize,
        number: &str,
        created_at: NaiveDateTime,
        (states, history): (Vec<GatewayState>, Vec<(chrono::NaiveDate, &'static str)>),
        scenario: Scenario,
    ) {
        let dossier = &self.district.dossiers[at];
        let order_id = format!("{}-{number}", dossier.code);
        let info = format!("Nop phi ho so {}", dossier.code);
        let code = dossier.code.clone();
        let fee_ids = self.payable(at).map(|(fee, _)| fee.id.clone()).collect();
        let order = Order {
            order_id: order_id.clone(),
            dossier: code.clone(),
            fee_ids,
            amount: self.due(at),
            created_at,
            history,
        };
        let bank = *self
            .dice
            .pick(&["NCB", "VNPAYQR", "VCB", "BIDV", "VNMART", "AGRIBANK"]);
        let seen = GatewayOrder {
            order_id,
            created_at,
            bank,
            info,
            states,
            scenario,
            dossier: code,
        };
        self.push_order(order, seen);
    }

    /// A number that the gateway has not used before.
    pub(crate) fn gateway_number(&mut self) -> String {
        self.gateway_count += 1 + self.dice.below(9);
        format!("{}", 14_400_000 + self.gateway_count)
    }

    /// An order that is created and paid: its states and its payment event.
    pub(crate) fn order_paid(
        &mut self,
        at: usize,
        number: &str,
        paid_at: NaiveDateTime,
        scenario: Scenario,
    ) {
        let created_at = later(paid_at, -self.dice.between(45, 115));
        let states = self.paid_states(at, created_at, paid_at);
        let known = later(paid_at, 4).date();
        let history = vec![(created_at.date(), "created"), (known, "paid")];
        self.order(at, number, created_at, (states, history), scenario);
        self.gateway_event(at, paid_at, scenario);
    }

    /// Open from `created_at`, paid from `paid_at`.
    pub(crate) fn paid_states(
        &mut self,
        at: usize,
        created_at: NaiveDateTime,
        paid_at: NaiveDateTime,
    ) -> Vec<GatewayState> {
        let amount = self.due(at);
        let number = self.gateway_number();
        let paid = GatewayState {
            at: paid_at,
            kind: "01",
            status: "00",
            number,
            amount,
            paid_at: Some(paid_at),
        };
        vec![open(created_at, amount), paid]
    }

    pub(crate) fn gateway_event(&mut self, at: usize, paid_at: NaiveDateTime, scenario: Scenario) {
        let dossier = &self.district.dossiers[at];
        let (agencies, dossiers) = (vec![dossier.agency], vec![dossier.code.clone()]);
        self.event(Event {
            cashless: true,
            at: paid_at,
            known_at: paid_at,
            returned_at: None,
            agencies,
            dossiers,
            scenario,
        });
    }
}

/// The state of an order that nobody has paid yet.
pub(crate) fn open(created_at: NaiveDateTime, amount: i64) -> GatewayState {
    let number = "0".to_owned();
    GatewayState {
        at: created_at,
        kind: "01",
        status: "01",
        number,
        amount,
        paid_at: None,
    }
}
