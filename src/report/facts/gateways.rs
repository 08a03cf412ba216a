//! What a night has to know of the gateways besides its rows: what the night before published of
//! the money that they hold, and which lines earlier nights took for what they hand on.

use serde::Serialize;

use crate::classify::StandingRow;
use crate::domain::{Day, NetRate, SourceName};
use crate::report::model::{GatewayDay, HeldRow};

/// What the night before published of the gateways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HeldBefore {
    /// Its bridge.
    pub rows: Vec<HeldRow>,
    /// Its days.
    pub days: Vec<GatewayDay>,
}

/// The gateways of a night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GatewayFacts {
    /// The sources whose payments are handed on to the bank, in the order of the configuration.
    pub gateways: Vec<SourceName>,
    /// The first day of which the night holds every row of them.
    pub first: Day,
    /// A day before it is handed on by now: as many days of work as that takes are over.
    pub due_from: Day,
    /// The fees that the configuration knows.
    pub rates: Vec<NetRate>,
    /// What stood decided before the night, in the order of keys.
    pub standing: Vec<StandingRow>,
    /// What the night before published; none before the first night that tells it.
    pub before: Option<HeldBefore>,
}
