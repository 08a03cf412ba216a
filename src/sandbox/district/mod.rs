//! An invented district: its agencies, dossiers, money and the truth about both.
//!
//! Everything follows from a seed. The same seed gives the same bytes on every machine, and a
//! longer simulation begins with the days of a shorter one. All times are local (+07:00), without
//! zone.

pub mod agencies;
mod build;
mod cash;
mod cashless;
pub(crate) mod dice;
mod filing;
mod memo;
mod names;
mod orders;
mod returns;
mod scenario;
mod settlement;
mod strangers;
mod tariff;
mod truth;

use chrono::{NaiveDate, NaiveDateTime};

pub use agencies::Agency;
pub(crate) use cashless::provider_fee;
pub use names::Person;
pub use scenario::Scenario;
pub use truth::{Event, Share};

/// What a fee line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeeKind {
    /// Phí: pays for a service.
    Phi,
    /// Lệ phí: a charge for an act of state management.
    LePhi,
    /// Land-use levy and registration tax; paid to the Treasury.
    LandObligation,
}

impl FeeKind {
    /// The word of the export.
    pub fn id(self) -> &'static str {
        match self {
            Self::Phi => "phi",
            Self::LePhi => "le_phi",
            Self::LandObligation => "land_obligation",
        }
    }
}

/// When a fee is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// "Thu trước": at receipt.
    Before,
    /// "Thu sau": the amount is set when the result is ready.
    After,
    /// An exempt person.
    Exempt,
    /// A rate of zero.
    Zero,
}

impl Mode {
    /// The word of the export.
    pub fn id(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Exempt => "exempt",
            Self::Zero => "zero",
        }
    }
}

/// How the applicant declared to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Cash at the counter.
    Cash,
    /// Bank transfer.
    Transfer,
    /// VietQR.
    Qr,
    /// E-wallet.
    Wallet,
    /// Domestic or international card.
    Card,
    /// The national portal.
    Portal,
    /// Mobile money.
    MobileMoney,
    /// Cash taken by the public post.
    Post,
}

impl Method {
    /// The word of the export.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Transfer => "transfer",
            Self::Qr => "qr",
            Self::Wallet => "wallet",
            Self::Card => "card",
            Self::Portal => "portal",
            Self::MobileMoney => "mobile_money",
            Self::Post => "post",
        }
    }
}

/// What the registry says about a fee line from some day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeState {
    /// The day whose export first shows it.
    pub day: NaiveDate,
    /// `paid`, `pending`, `unpaid`, `refunded` or `cancelled`.
    pub status: &'static str,
    /// Amount due in dong.
    pub amount: i64,
    /// Declared method, where the applicant has chosen one.
    pub method: Option<Method>,
    /// When the registry learned of the payment.
    pub paid_at: Option<NaiveDateTime>,
    /// Number of the e-receipt, where one was issued.
    pub receipt_no: Option<String>,
}

/// One fee line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Identity within the registry.
    pub id: String,
    /// What it is for.
    pub kind: FeeKind,
    /// States in order of time; the last of a day is what that day's export shows.
    pub history: Vec<FeeState>,
}

/// One dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// `<agency>-yymmdd-nnnn`.
    pub code: String,
    /// Receiving agency.
    pub agency: &'static str,
    /// National procedure code.
    pub procedure: &'static str,
    /// Field (lĩnh vực).
    pub field: &'static str,
    /// Who files and, as a rule, pays.
    pub payer: Person,
    /// 1 counter, 2 online, 3 public post.
    pub channel: u8,
    /// When the fee is collected.
    pub mode: Mode,
    /// Receipt of the dossier.
    pub received_at: NaiveDateTime,
    /// Last moment to pay in time.
    pub due_at: NaiveDateTime,
    /// Result, for dossiers that pay at the result.
    pub result_at: Option<NaiveDateTime>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// The truth about it.
    pub scenario: Scenario,
}

/// A payment order at the gateway, as the one-stop system knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// `<dossier code>-nn`.
    pub order_id: String,
    /// Dossier.
    pub dossier: String,
    /// Fee lines it collects.
    pub fee_ids: Vec<String>,
    /// Amount in dong.
    pub amount: i64,
    /// Creation; the gateway wants this very moment back.
    pub created_at: NaiveDateTime,
    /// (day, status) in order of time.
    pub history: Vec<(NaiveDate, &'static str)>,
}

/// A counter receipt for cash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Identity.
    pub id: String,
    /// Printed number.
    pub no: String,
    /// Dossier.
    pub dossier: String,
    /// Fee line.
    pub fee_id: String,
    /// Amount in dong.
    pub amount: i64,
    /// When the cash was taken.
    pub collected_at: NaiveDateTime,
    /// Who took it.
    pub cashier: String,
    /// Agency.
    pub agency: &'static str,
    /// (day, status) in order of time.
    pub history: Vec<(NaiveDate, &'static str)>,
    /// The truth about it.
    pub scenario: Scenario,
}

/// A line of one of the district's two collection accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankRow {
    /// The feed's id, in order of arrival.
    pub id: i64,
    /// The bank's reference.
    pub reference: String,
    /// Memo as the bank prints it.
    pub memo: String,
    /// Dong; negative when money goes out.
    pub amount: i64,
    /// When the bank booked it.
    pub at: NaiveDateTime,
    /// When the feed learned of it.
    pub arrives: NaiveDateTime,
    /// The other side's name, where the bank tells it.
    pub payer: String,
    /// Balance of the account after it, in order of arrival.
    pub balance: i64,
    /// The truth about it.
    pub scenario: Scenario,
    /// Dossiers it really pays for (or returns money of).
    pub dossiers: Vec<String>,
}

/// What the gateway says about an order from some moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayState {
    /// From when.
    pub at: NaiveDateTime,
    /// In VNPAY's words: `01` payment, `02` full refund, `03` partial refund.
    pub kind: &'static str,
    /// In VNPAY's words: `vnp_TransactionStatus`.
    pub status: &'static str,
    /// The gateway's number of the payment or refund; `0` while nothing was paid.
    pub number: String,
    /// Dong.
    pub amount: i64,
    /// When money moved.
    pub paid_at: Option<NaiveDateTime>,
}

/// An order as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayOrder {
    /// The district's own id; each gateway writes it its own way.
    pub order_id: String,
    /// Creation.
    pub created_at: NaiveDateTime,
    /// `vnp_BankCode`.
    pub bank: &'static str,
    /// `vnp_OrderInfo`.
    pub info: String,
    /// States in order of time.
    pub states: Vec<GatewayState>,
    /// The truth about it.
    pub scenario: Scenario,
    /// Dossier it pays for.
    pub dossier: String,
}

/// The whole invented district of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// What it was made from.
    pub seed: u64,
    /// First simulated day.
    pub first_day: NaiveDate,
    /// Number of simulated days.
    pub days: u32,
    /// Agencies of all periods.
    pub agencies: Vec<Agency>,
    /// Dossiers in order of receipt.
    pub dossiers: Vec<Dossier>,
    /// Gateway orders as the registry knows them.
    pub orders: Vec<Order>,
    /// Cash receipts.
    pub receipts: Vec<Receipt>,
    /// Account A, seen through SePay; in order of arrival.
    pub sepay: Vec<BankRow>,
    /// Account B, seen through Casso; in order of arrival.
    pub casso: Vec<BankRow>,
    /// The gateway that the district pays through: the word of the registry's payment orders.
    pub gateway: &'static str,
    /// Orders at the gateway under the district's own ids, in order of creation.
    pub gateway_orders: Vec<GatewayOrder>,
    /// Payment events: what really happened.
    pub events: Vec<Event>,
}

impl District {
    /// The earliest first day: the agencies are no older.
    pub fn opened() -> NaiveDate {
        agencies::opened()
    }

    /// Invents the district of `seed` for `days` days from `first_day`.
    pub fn generate(seed: u64, first_day: NaiveDate, days: u32) -> Self {
        Self::sized(seed, first_day, days, 1000)
    }

    /// [`Self::generate`] with `permille` thousandths of the dossiers a day, and nearly as many
    /// anomalies: long simulations need many days more than many dossiers.
    pub fn sized(seed: u64, first_day: NaiveDate, days: u32, permille: u32) -> Self {
        build::Builder::new(seed, first_day, days, permille).run()
    }

    /// The district of `seed` as it would be with another gateway: the same dossiers, payments and
    /// truth. None for a name that is no gateway's.
    pub fn generate_at(gateway: &str, seed: u64, first_day: NaiveDate, days: u32) -> Option<Self> {
        Self::sized_at(gateway, seed, first_day, days, 1000)
    }

    /// [`Self::sized`] and [`Self::generate_at`] together.
    pub fn sized_at(
        gateway: &str,
        seed: u64,
        first_day: NaiveDate,
        days: u32,
        permille: u32,
    ) -> Option<Self> {
        let (provider, _) = super::gateway::named(gateway)?;
        let mut builder = build::Builder::new(seed, first_day, days, permille);
        builder.district.gateway = provider.name;
        Some(builder.run())
    }

    /// The last simulated day.
    pub fn last_day(&self) -> NaiveDate {
        let after_first = u64::from(self.days.saturating_sub(1));
        self.first_day + chrono::Days::new(after_first)
    }

    /// The id that the district's gateway, and so the registry, has of an order.
    pub fn order_id_at_gateway(&self, order_id: &str, created_at: NaiveDateTime) -> String {
        match super::gateway::named(self.gateway) {
            Some((_, gateway)) => (gateway.order_id)(order_id, created_at),
            None => order_id.to_owned(),
        }
    }
}

impl GatewayOrder {
    /// What the gateway says at `now`; `None` before the order exists.
    pub fn state_at(&self, now: NaiveDateTime) -> Option<&GatewayState> {
        self.states.iter().rev().find(|state| state.at <= now)
    }

    /// The payment and, apart from it, what went back, as they stand at `now`: for gateways that
    /// tell both. `None` before the order exists.
    pub(crate) fn parts_at(
        &self,
        now: NaiveDateTime,
    ) -> Option<(&GatewayState, Option<&GatewayState>)> {
        let known = || self.states.iter().rev().filter(|state| state.at <= now);
        let payment = known().find(|state| state.kind == "01")?;
        Some((payment, known().find(|state| state.kind != "01")))
    }
}
