//! Money that comes without cash: into a collection account or through the gateway.

use chrono::{Datelike, NaiveDateTime, TimeDelta, Weekday};

use super::build::{Account, Builder, later, moment};
use super::tariff::{Draft, Place};
use super::{BankRow, Event, FeeKind, Method, Mode, Scenario, memo};

/// A line in a collection account.
pub(crate) struct Transfer {
    pub(crate) account: Account,
    pub(crate) memo: String,
    pub(crate) amount: i64,
    pub(crate) at: NaiveDateTime,
    pub(crate) arrives: NaiveDateTime,
    pub(crate) payer: String,
    pub(crate) scenario: Scenario,
    pub(crate) dossiers: Vec<String>,
}

/// What a wallet keeps of `amount` when it pays out: 1.1 %, rounded half up, at least 220 dong.
pub(crate) fn provider_fee(amount: i64) -> i64 {
    ((amount * 11 + 500) / 1000).max(220)
}

impl Builder {
    /// Lets the story of a dossier's money happen.
    pub(crate) fn pay(&mut self, at: usize, scenario: Scenario) {
        use Scenario as S;
        match scenario {
            S::Exempt | S::ZeroFee => {}
            S::Unpaid => self.declare_any(at),
            S::Plain => {
                if self.wants_cashless() {
                    self.plain_cashless(at);
                } else {
                    self.cash(at, S::Plain);
                }
            }
            S::MissingReceipt
            | S::VoidReceipt
            | S::ReplacedReceipt
            | S::ReceiptAmount
            | S::DuplicateReceipt
            | S::DeclaredCashlessPaidCash => self.cash(at, scenario),
            S::RefundFullGateway
            | S::RefundPartialGateway
            | S::ReversalGateway
            | S::OrderFailed
            | S::OrderAbandoned
            | S::PendingOrder => self.gateway_story(at, scenario),
            S::RefundFullBank | S::RefundPartialBank | S::ReversalMidnight => {
                self.bank_return(at, scenario);
            }
            S::TwoCodesExact | S::TwoCodesOff => self.two_codes(at, scenario),
            S::Duplicate | S::Instalments | S::InstalmentsOpen => self.in_parts(at, scenario),
            S::Midnight => self.midnight(at),
            S::MissingPayment => self.never_came(at),
            _ => self.bank_story(at, scenario),
        }
    }

    /// When the applicant pays: soon after filing, or soon after the result; some who
    /// file online on a Saturday only on Sunday.
    pub(crate) fn pay_moment(&mut self, at: usize) -> NaiveDateTime {
        let dossier = &self.district.dossiers[at];
        let (base, channel) = (
            dossier.result_at.unwrap_or(dossier.received_at),
            dossier.channel,
        );
        let longest = if channel == 2 { 6_000 } else { 1_500 };
        let paid = later(base, self.dice.between(120, longest));
        let evening = later(moment(base.date(), 23, 40, 0), self.dice.between(0, 600));
        let on_sunday = channel == 2 && base.weekday() == Weekday::Sat && self.dice.chance(200);
        let wait = if on_sunday {
            TimeDelta::days(1)
        } else {
            TimeDelta::zero()
        };
        paid.min(evening) + wait
    }

    /// Notes the declared method in every state of the dossier's lines.
    pub(crate) fn declare(&mut self, at: usize, method: Method) {
        for fee in &mut self.district.dossiers[at].fees {
            fee.history
                .iter_mut()
                .for_each(|state| state.method = Some(method));
        }
    }

    fn declare_any(&mut self, at: usize) {
        let method = *self
            .dice
            .pick(&[Method::Cash, Method::Qr, Method::Transfer, Method::Portal]);
        self.declare(at, method);
    }

    fn bank_method(&mut self) -> Method {
        let mix = [
            (55, Method::Qr),
            (35, Method::Transfer),
            (10, Method::Wallet),
        ];
        *self.dice.weighted(&mix)
    }

    /// The account that a method pays into.
    fn account(&mut self, method: Method) -> Account {
        if method == Method::Transfer && self.dice.chance(550) {
            Account::B
        } else {
            Account::A
        }
    }

    fn plain_cashless(&mut self, at: usize) {
        let mix = [
            (30, Method::Qr),
            (22, Method::Transfer),
            (14, Method::Wallet),
            (10, Method::Card),
            (16, Method::Portal),
            (8, Method::MobileMoney),
        ];
        let method = *self.dice.weighted(&mix);
        let by_gateway = match method {
            Method::Card | Method::Portal | Method::MobileMoney => true,
            Method::Wallet => self.dice.chance(500),
            _ => false,
        };
        self.declare(at, method);
        let paid_at = self.pay_moment(at);
        if by_gateway {
            let known = later(paid_at, self.dice.between(3, 40));
            self.order_paid(at, "01", paid_at, Scenario::Plain);
            self.record(at, "paid", Some(method), known);
        } else {
            self.bank_paid(at, method, paid_at, Scenario::Plain);
        }
    }

    /// One payment into an account, as the scenario wants it.
    fn bank_story(&mut self, at: usize, scenario: Scenario) {
        let method = match scenario {
            Scenario::NetOfFee => Method::Wallet,
            _ => self.bank_method(),
        };
        let declared = match scenario {
            Scenario::DeclaredCashPaidCashless => Method::Cash,
            _ => method,
        };
        self.declare(at, declared);
        let mut paid_at = self.pay_moment(at);
        if scenario == Scenario::Late {
            let due = self.district.dossiers[at].due_at.date();
            let day = due + chrono::Days::new(1);
            paid_at = later(moment(day, 7, 0, 0), self.dice.between(0, 36_000));
        }
        self.bank_paid(at, method, paid_at, scenario);
        if scenario == Scenario::DeclaredCashPaidCashless {
            self.declare(at, Method::Cash);
        }
    }

    /// A payment of the dossier into an account, and the registry's knowledge of it.
    fn bank_paid(&mut self, at: usize, method: Method, paid_at: NaiveDateTime, scenario: Scenario) {
        let due = self.due(at);
        let amount = match scenario {
            Scenario::Overpaid => due + *self.dice.pick(&[1_000, 5_000, 10_000]),
            Scenario::Underpaid => due - *self.dice.pick(&[1_000, 3_000, 7_000]),
            Scenario::NetOfFee => due - provider_fee(due),
            _ => due,
        };
        let text = self.memo_of(at, method, paid_at, scenario);
        self.pay_into(at, method, (text, amount), paid_at, scenario);
        if scenario != Scenario::RegistryUnpaid {
            let known = later(paid_at, self.dice.between(3, 240));
            self.record(at, "paid", Some(method), known);
        }
    }

    /// A row of (memo, amount) for one dossier and its payment event.
    pub(crate) fn pay_into(
        &mut self,
        at: usize,
        method: Method,
        (memo, amount): (String, i64),
        paid_at: NaiveDateTime,
        scenario: Scenario,
    ) {
        let account = self.account(method);
        let mut arrives = later(paid_at, self.dice.between(5, 90));
        if scenario == Scenario::ArrivesLate {
            let next = paid_at.date() + chrono::Days::new(1);
            arrives = later(moment(next, 10, 0, 0), self.dice.between(0, 3_600));
        }
        let dossier = &self.district.dossiers[at];
        let (dossiers, agencies) = (vec![dossier.code.clone()], vec![dossier.agency]);
        let payer = dossier.payer.bank_name.clone();
        self.row(Transfer {
            account,
            memo,
            amount,
            at: paid_at,
            arrives,
            payer,
            scenario,
            dossiers: dossiers.clone(),
        });
        self.event(Event {
            cashless: true,
            at: paid_at,
            known_at: arrives,
            returned_at: None,
            agencies,
            dossiers,
            scenario,
        });
    }

    /// A line of a statement.
    pub(crate) fn row(&mut self, transfer: Transfer) {
        let row = BankRow {
            id: 0,
            reference: String::new(),
            memo: transfer.memo,
            amount: transfer.amount,
            at: transfer.at,
            arrives: transfer.arrives,
            payer: transfer.payer,
            balance: 0,
            scenario: transfer.scenario,
            dossiers: transfer.dossiers,
        };
        self.push_row(transfer.account, row);
    }

    /// One transfer for two dossiers of the same person.
    fn two_codes(&mut self, at: usize, scenario: Scenario) {
        let first = &self.district.dossiers[at];
        let filing = (first.received_at, first.channel);
        let draft = Draft {
            procedure: "2.000884",
            field: "CT",
            place: Place::Commune,
            mode: Mode::Before,
            lines: vec![(FeeKind::Phi, 20_000)],
        };
        let other = self.file(filing, &draft, Some(at));
        self.district.dossiers[other].scenario = scenario;
        let paid_at = self.pay_moment(at);
        let sum = self.due(at) + self.due(other);
        let amount = if scenario == Scenario::TwoCodesExact {
            sum
        } else {
            sum - 3_000
        };
        let codes = [at, other].map(|one| self.district.dossiers[one].code.clone());
        let (payer, agency) = {
            let dossier = &self.district.dossiers[at];
            (dossier.payer.bank_name.clone(), dossier.agency)
        };
        let text = format!("nop phi {} {}", codes[0], codes[1]);
        let memo = memo::printed(&mut self.dice, &text, &payer, paid_at);
        let arrives = later(paid_at, self.dice.between(5, 90));
        let account = self.account(Method::Transfer);
        let dossiers = codes.to_vec();
        self.row(Transfer {
            account,
            memo,
            amount,
            at: paid_at,
            arrives,
            payer,
            scenario,
            dossiers: dossiers.clone(),
        });
        self.event(Event {
            cashless: true,
            at: paid_at,
            known_at: arrives,
            returned_at: None,
            agencies: vec![agency],
            dossiers,
            scenario,
        });
        for one in [at, other] {
            self.declare(one, Method::Transfer);
            self.record(one, "paid", Some(Method::Transfer), later(paid_at, 60));
        }
    }

    /// Two payments: the same one twice, or two parts of it.
    fn in_parts(&mut self, at: usize, scenario: Scenario) {
        let method = self.bank_method();
        self.declare(at, method);
        let (paid_at, due) = (self.pay_moment(at), self.due(at));
        let half = due / 2 / 1_000 * 1_000;
        let (first, second) = match scenario {
            Scenario::Duplicate => (due, due),
            _ => (half, due - half),
        };
        let memo = self.memo_of(at, method, paid_at, scenario);
        self.pay_into(at, method, (memo, first), paid_at, scenario);
        if scenario == Scenario::InstalmentsOpen {
            return;
        }
        let again = later(paid_at, self.dice.between(180, 1_100));
        let memo = self.memo_of(at, method, again, scenario);
        if scenario == Scenario::Duplicate {
            // The second one is no event: the same person paid the same thing twice by mistake.
            let counted = self.district.events.len();
            self.record(at, "paid", Some(method), later(paid_at, 45));
            self.pay_into(at, method, (memo, second), again, scenario);
            self.forget_events_after(counted);
        } else {
            self.pay_into(at, method, (memo, second), again, scenario);
            self.record(at, "paid", Some(method), later(again, 45));
        }
    }

    /// Declared and recorded as paid without cash, but no money came.
    fn never_came(&mut self, at: usize) {
        let method = self.bank_method();
        self.declare(at, method);
        let known = self.pay_moment(at);
        self.record(at, "paid", Some(method), known);
    }

    /// Paid in the last or first seconds of a day; the registry learns of it some seconds later.
    fn midnight(&mut self, at: usize) {
        let day = self.district.dossiers[at].received_at.date();
        let paid_at = if self.dice.chance(600) {
            moment(day, 23, 59, 56 + self.dice.below(4))
        } else {
            later(moment(day, 23, 59, 59), 1 + self.dice.between(0, 3))
        };
        let known = later(paid_at, 4);
        if self.dice.chance(500) {
            self.declare(at, Method::Portal);
            self.order_paid(at, "01", paid_at, Scenario::Midnight);
            self.record(at, "paid", Some(Method::Portal), known);
        } else {
            self.declare(at, Method::Qr);
            let memo = self.memo_of(at, Method::Qr, paid_at, Scenario::Midnight);
            let amount = self.due(at);
            self.pay_into(at, Method::Qr, (memo, amount), paid_at, Scenario::Midnight);
            self.record(at, "paid", Some(Method::Qr), known);
        }
    }
}
