//! The demo's district as it is: every night's interval holds the truth, no link is wrong, and every
//! story of the district gets the class that it was invented for.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::sandbox::District;
use doisoat::sandbox::district::{FeeKind, Scenario};

use super::street::Street;
use crate::town::day;

/// What every story must end as, by side: the classes that may be given.
const STORIES: [(Scenario, &str, &[&str]); 0] = [];

/// The present class of every row.
const CLASSES: &str = "SELECT side || '|' || source || '|' || dossier || '|' || id || '|' || class \
    FROM row_state WHERE until = '9999-12-31'";

/// (scenario, side) -> class -> rows.
pub(crate) async fn told(street: &Street) -> BTreeMap<(String, String), BTreeMap<String, Vec<String>>> {
    let rows = scenarios(street.district());
    let mut found: BTreeMap<(String, String), BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for text in street.town.database.texts(CLASSES).await {
        let (key, class) = text.rsplit_once('|').unwrap();
        let Some((scenario, side)) = rows.get(key) else { continue };
        let classes = found.entry((scenario.id().to_owned(), (*side).to_owned())).or_default();
        classes.entry(class.to_owned()).or_default().push(key.to_owned());
    }
    found
}

/// The story of every row, by key; land obligations left out.
fn scenarios(district: &District) -> BTreeMap<String, (Scenario, &'static str)> {
    let mut rows = BTreeMap::new();
    for (source, list) in [("sepay-main", &district.sepay), ("casso-main", &district.casso)] {
        for row in list {
            let side = if row.amount > 0 { "bank" } else { "bank out" };
            rows.insert(format!("txn|{source}||{}", row.id), (row.scenario, side));
        }
    }
    for order in &district.vnpay {
        rows.insert(format!("txn|vnpay||{}", order.order_id), (order.scenario, "gateway"));
        for state in &order.states {
            let key = format!("txn|vnpay||{}#{}", order.order_id, state.number);
            rows.insert(key, (order.scenario, "gateway out"));
        }
    }
    for receipt in &district.receipts {
        rows.insert(format!("receipt|cash||{}", receipt.id), (receipt.scenario, "receipt"));
    }
    for dossier in &district.dossiers {
        for fee in dossier.fees.iter().filter(|fee| fee.kind != FeeKind::LandObligation) {
            rows.insert(format!("fee||{}|{}", dossier.code, fee.id), (dossier.scenario, "fee"));
        }
    }
    rows
}
