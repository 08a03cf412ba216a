//! Cash at the counter and through the post, with its receipts.

use chrono::{NaiveDate, NaiveDateTime};

use super::build::{Builder, later, moment, next_office_day};
use super::{Event, Method, Receipt, Scenario};

impl Builder {
    /// The dossier is paid in cash, as the scenario wants it.
    pub(crate) fn cash(&mut self, at: usize, scenario: Scenario) {
        let by_post = self.district.dossiers[at].channel == 3;
        let declared = match scenario {
            Scenario::DeclaredCashlessPaidCash => *self.dice.pick(&[Method::Transfer, Method::Qr]),
            Scenario::Plain if by_post && self.dice.chance(600) => Method::Post,
            _ => Method::Cash,
        };
        self.declare(at, declared);
        let collected_at = self.collected_at(at, declared);
        self.record(at, "paid", Some(declared), later(collected_at, 20));
        let mut event = self.cash_event(at, collected_at, scenario);
        match scenario {
            Scenario::MissingReceipt => {}
            Scenario::VoidReceipt => {
                let next = next_office_day(collected_at.date());
                event.returned_at = Some(moment(next, 8, 30, 0));
                self.receipts(at, collected_at, scenario, |day| {
                    vec![(day, "valid"), (next, "void")]
                });
            }
            Scenario::ReplacedReceipt => {
                let first = later(collected_at, -420);
                self.receipts(at, first, scenario, |day| {
                    vec![(day, "valid"), (day, "replaced")]
                });
                self.receipts(at, collected_at, scenario, |day| vec![(day, "valid")]);
            }
            _ => self.receipts(at, collected_at, scenario, |day| vec![(day, "valid")]),
        }
        if scenario == Scenario::DuplicateReceipt {
            self.receipts(at, later(collected_at, 660), scenario, |day| {
                vec![(day, "valid")]
            });
        }
        if scenario == Scenario::ReceiptAmount
            && let Some(receipt) = self.district.receipts.last_mut()
        {
            receipt.amount += 2_000;
        }
        self.event(event);
    }

    /// Counters take cash while they are open; what the post took comes in the next morning.
    fn collected_at(&mut self, at: usize, declared: Method) -> NaiveDateTime {
        let paid = self.pay_moment(at);
        let day = paid.date();
        if declared == Method::Post {
            return later(
                moment(next_office_day(day), 8, 0, 0),
                self.dice.between(0, 5_400),
            );
        }
        let (opens, closes) = (moment(day, 7, 15, 0), moment(day, 16, 59, 0));
        if paid < opens {
            later(opens, self.dice.between(300, 3_600))
        } else if paid > closes {
            later(
                moment(next_office_day(day), 7, 20, 0),
                self.dice.between(0, 9_000),
            )
        } else {
            paid
        }
    }

    fn cash_event(&self, at: usize, collected_at: NaiveDateTime, scenario: Scenario) -> Event {
        let dossier = &self.district.dossiers[at];
        Event {
            cashless: false,
            at: collected_at,
            known_at: collected_at,
            returned_at: None,
            agencies: vec![dossier.agency],
            dossiers: vec![dossier.code.clone()],
            scenario,
        }
    }

    /// A receipt for each line that the district collects: phí and lệ phí have separate ones.
    fn receipts(
        &mut self,
        at: usize,
        collected_at: NaiveDateTime,
        scenario: Scenario,
        history: impl Fn(NaiveDate) -> Vec<(NaiveDate, &'static str)>,
    ) {
        let dossier = &self.district.dossiers[at];
        let (code, agency) = (dossier.code.clone(), dossier.agency);
        let lines: Vec<(String, i64)> = self
            .payable(at)
            .map(|(fee, state)| (fee.id.clone(), state.amount))
            .collect();
        for (fee_id, amount) in lines {
            self.receipt_count += 1;
            let no = format!("{:07}", self.receipt_count);
            let fees = &mut self.district.dossiers[at].fees;
            let fee = fees.iter_mut().find(|fee| fee.id == fee_id);
            if let Some(state) = fee.and_then(|fee| fee.history.last_mut()) {
                state.receipt_no = Some(no.clone());
            }
            self.push_receipt(Receipt {
                id: format!("BL{:08}", self.receipt_count),
                no,
                dossier: code.clone(),
                fee_id,
                amount,
                collected_at,
                cashier: cashier(agency),
                agency,
                history: history(collected_at.date()),
                scenario,
            });
        }
    }
}

/// The one cashier of an agency's counter.
fn cashier(agency: &str) -> String {
    format!("Thu ngân {agency}")
}
