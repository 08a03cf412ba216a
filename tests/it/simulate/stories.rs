//! The stories of the district and the classes that they were invented for.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::sandbox::District;
use doisoat::sandbox::district::{FeeKind, Scenario};

use super::street::Street;

/// scenario | side | classes that its rows may end with. A story of several lines or payments
/// leaves some in order, and one of the last days may still be on its way.
const STORIES: &str = "\
arrives_late|bank|ok
arrives_late|fee|ok
bank_fee|bank out|not_fee
batch_settlement|bank|batch_settlement
cash_deposit|bank|cash_deposit unidentified
declared_cash_paid_cashless|bank|ok
declared_cash_paid_cashless|fee|method_mismatch
declared_cashless_paid_cash|fee|method_mismatch
declared_cashless_paid_cash|receipt|ok
duplicate|bank|ok duplicate
duplicate|fee|duplicate
duplicate_receipt|fee|duplicate
duplicate_receipt|receipt|ok duplicate
exempt|fee|exempt
foreign|bank|foreign
instalments|bank|ok
instalments|fee|ok
instalments_open|bank|partial
instalments_open|fee|partial
interest|bank|unidentified
late|bank|late
late|fee|late unpaid
memo_boilerplate|bank|ok
memo_boilerplate|fee|ok
memo_spaces|bank|ok
memo_spaces|fee|ok
memo_trap|bank|ambiguous
memo_trap|fee|missing_payment
memo_truncated|bank|unidentified
memo_truncated|fee|missing_payment
memo_typo|bank|near_reference
memo_typo|fee|missing_payment
memo_upper_no_separators|bank|ok
memo_upper_no_separators|fee|ok
memo_without_code|bank|unidentified
memo_without_code|fee|missing_payment
midnight|bank|ok cutoff late
midnight|fee|ok cutoff late
midnight|gateway|ok cutoff late
missing_payment|fee|missing_payment
missing_receipt|fee|missing_receipt
net_of_fee|bank|net_settlement
net_of_fee|fee|net_settlement ok
order_abandoned|fee|ok
order_abandoned|gateway|pending
order_abandoned|receipt|ok
order_failed|fee|ok
order_failed|gateway|failed ok
orphan|bank|orphan
overpaid|bank|overpaid
overpaid|fee|overpaid ok
pending_order|fee|ok late
pending_order|gateway|ok late
plain|bank|ok
plain|fee|ok not_due unpaid
plain|gateway|ok
plain|receipt|ok
receipt_amount|fee|receipt_mismatch ok
receipt_amount|receipt|receipt_mismatch ok
refund_full_bank|bank|ok
refund_full_bank|bank out|refunded
refund_full_bank|fee|refunded ok
refund_full_gateway|fee|refunded
refund_full_gateway|gateway|ok
refund_full_gateway|gateway out|refunded
refund_partial_bank|bank|ok
refund_partial_bank|bank out|partial_refund
refund_partial_bank|fee|partial_refund refunded ok
refund_partial_gateway|fee|partial_refund refunded ok
refund_partial_gateway|gateway|ok
refund_partial_gateway|gateway out|partial_refund
registry_unpaid|bank|ok
registry_unpaid|fee|status_mismatch
replaced_receipt|fee|ok
replaced_receipt|receipt|ok void
reversal_gateway|fee|ok late
reversal_gateway|gateway|ok late status_mismatch
reversal_midnight|bank|ok
reversal_midnight|bank out|refunded
reversal_midnight|fee|ok
two_codes_exact|bank|ok
two_codes_exact|fee|ok
two_codes_off|bank|ambiguous
two_codes_off|fee|missing_payment
underpaid|bank|underpaid
underpaid|fee|underpaid ok
unpaid|fee|unpaid
void_receipt|fee|missing_receipt ok
void_receipt|receipt|void ok
zero_fee|fee|zero_fee";

/// The present class of every row.
const CLASSES: &str = "SELECT side || '|' || source || '|' || dossier || '|' || id || '|' || class \
    FROM row_state WHERE until = '9999-12-31'";

/// Classes with the rows that have them, by scenario and side.
pub(crate) type Told = BTreeMap<(String, String), BTreeMap<String, Vec<String>>>;

/// What became of every story.
pub(crate) async fn told(street: &Street) -> Told {
    let rows = scenarios(street.district());
    let mut told = Told::new();
    for text in street.town.database.texts(CLASSES).await {
        let (key, class) = text.rsplit_once('|').unwrap();
        if let Some((scenario, side)) = rows.get(key) {
            let story = (scenario.id().to_owned(), (*side).to_owned());
            let classes = told.entry(story).or_default();
            classes
                .entry(class.to_owned())
                .or_default()
                .push(key.to_owned());
        }
    }
    told
}

/// Stories that were told otherwise, or not at all. A paid fee may lack its e-receipt in any story.
pub(crate) fn misses(told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for line in STORIES.lines() {
        let [scenario, side, may] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
        let story = (scenario.to_owned(), side.to_owned());
        let may: Vec<&str> = may.split(' ').collect();
        known.insert(story.clone());
        let Some(classes) = told.get(&story) else {
            // The gateway or a bank account may have had no such payment this week.
            if side == "fee" {
                wrong.push(format!("{scenario}, {side}: not seen"));
            }
            continue;
        };
        let is_right = |class: &str| {
            may.contains(&class)
                || (side == "fee" && may.contains(&"ok") && class == "no_e_receipt")
        };
        let others = classes.iter().filter(|(class, _)| !is_right(class));
        wrong.extend(others.map(|(class, rows)| format!("{scenario}, {side}: {class} {rows:?}")));
    }
    let unknown = told.keys().filter(|story| !known.contains(*story));
    wrong.extend(unknown.map(|(scenario, side)| format!("{scenario}, {side}: not expected")));
    wrong
}

/// The story of every row, by key; land obligations left out.
fn scenarios(district: &District) -> BTreeMap<String, (Scenario, &'static str)> {
    let mut rows = BTreeMap::new();
    for (source, list) in [
        ("sepay-main", &district.sepay),
        ("casso-main", &district.casso),
    ] {
        for row in list {
            let side = if row.amount > 0 { "bank" } else { "bank out" };
            rows.insert(format!("txn|{source}||{}", row.id), (row.scenario, side));
        }
    }
    for order in &district.gateway_orders {
        rows.insert(
            format!("txn|vnpay||{}", order.order_id),
            (order.scenario, "gateway"),
        );
        for state in &order.states {
            let key = format!("txn|vnpay||{}#{}", order.order_id, state.number);
            rows.insert(key, (order.scenario, "gateway out"));
        }
    }
    for receipt in &district.receipts {
        rows.insert(
            format!("receipt|cash||{}", receipt.id),
            (receipt.scenario, "receipt"),
        );
    }
    for dossier in &district.dossiers {
        for fee in dossier
            .fees
            .iter()
            .filter(|fee| fee.kind != FeeKind::LandObligation)
        {
            rows.insert(
                format!("fee||{}|{}", dossier.code, fee.id),
                (dossier.scenario, "fee"),
            );
        }
    }
    rows
}
