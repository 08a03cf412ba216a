//! The roads that money takes: bank lines and gateways.

use super::clock;
use super::memo::{self, Writing};
use super::rows::{BANK, PORTAL, SHARED_ACCOUNT, TxnRow};
use super::town::{Dossier, Town};

/// The provider's fee where no row tells it: 1.1 %, at least 220 dong, rounded half up.
pub(crate) fn net_fee(due: i64) -> i64 {
    ((2 * due * 11 + 1_000) / 2_000).max(220)
}

/// A bank line that names the dossier.
pub(crate) fn bank_row(
    town: &mut Town,
    dossier: &Dossier,
    amount: i64,
    at: i64,
    writing: Writing,
    payer: &str,
) -> TxnRow {
    let mut row = plain_bank_row(town, Some(dossier.agency), amount, at, payer);
    let typed = memo::typed(&mut town.dice, &dossier.code, writing);
    row.memo = printed(town, typed, payer, at);
    row
}

/// As the bank prints it, or left alone.
pub(crate) fn printed(town: &mut Town, typed: String, payer: &str, at: i64) -> String {
    if town.dice.chance(600) {
        memo::printed(&mut town.dice, &typed, payer, at)
    } else {
        typed
    }
}

/// A bank line without a memo, into the agency's account or the shared one.
pub(crate) fn plain_bank_row(
    town: &mut Town,
    agency: Option<usize>,
    amount: i64,
    at: i64,
    payer: &str,
) -> TxnRow {
    let mut row = TxnRow::new(BANK, amount, at);
    payer.clone_into(&mut row.payer);
    let own = agency.and_then(|agency| town.agencies[agency].account.clone());
    row.account = own.unwrap_or_else(|| SHARED_ACCOUNT.to_owned());
    row.bank_ref = town.dice.digits(10);
    row
}

/// A gateway's payment of a dossier, with its order.
pub(crate) fn gateway_row(
    town: &mut Town,
    dossier: &Dossier,
    gateway: &'static str,
    amount: i64,
    at: i64,
    payer: &str,
) -> TxnRow {
    let order = order(town, dossier, (gateway, "paid"), amount, at);
    gateway_row_of(town, dossier, (gateway, order), amount, at, payer)
}

/// Writes a payment order; gives its id.
pub(crate) fn order(
    town: &mut Town,
    dossier: &Dossier,
    (gateway, status): (&str, &str),
    amount: i64,
    at: i64,
) -> String {
    let created = clock::form(at - 300, "%Y%m%d%H%M%S");
    let order = format!("{}-{created}", dossier.code);
    let fees: Vec<&str> = dossier.lines.iter().map(|line| line.id.as_str()).collect();
    let header = [
        "provider",
        "order_id",
        "dossier_code",
        "fee_ids",
        "amount_vnd",
        "created_at",
        "status",
    ];
    let (fees, due) = (fees.join(";"), amount.to_string());
    let row = [
        gateway,
        &order,
        &dossier.code,
        &fees,
        &due,
        &created,
        status,
    ];
    town.files.row("payment_orders.csv", &header, &row);
    order
}

/// A gateway's payment of an order.
pub(crate) fn gateway_row_of(
    town: &mut Town,
    dossier: &Dossier,
    (gateway, order): (&'static str, String),
    amount: i64,
    at: i64,
    payer: &str,
) -> TxnRow {
    let mut row = TxnRow::new(gateway, amount, at);
    let by_order = payer == dossier.payer.bank_name && town.dice.chance(300);
    row.reference = Some(if by_order {
        order
    } else {
        dossier.code.clone()
    });
    row.memo = format!("Thanh toan ho so {}", dossier.code);
    payer.clone_into(&mut row.payer);
    if gateway != PORTAL {
        // each by its own contract, so that two days seldom pay out the same
        row.fee = net_fee(amount) - i64::try_from(gateway.len()).unwrap_or(0) * 7;
    }
    row
}
