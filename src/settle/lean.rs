//! Pure: the settlement of files. It decides what a night decides, but holds what files tell and no
//! more: of a plain dossier (nine of ten, see `matching::lane`) neither rows nor legs, because both
//! follow from what was read; of the contributions that are settled their sums.

use crate::classify::{Classes, RowPlaces, classify};
use crate::domain::{Grey, Inputs, Rules};
use crate::kpi::exact::Exact;
use crate::kpi::facts::Facts;
use crate::kpi::looks_at_each;
use crate::kpi::measure::Made;
use crate::matching::desk::Desk;
use crate::matching::groups::groups;
use crate::matching::lane::Lane;
use crate::matching::pool::Pool;

use super::{Keep, Prior, SettleError, Settlement, conserved, contributions, measured};

mod plain;
mod view;

pub use plain::{Plain, PlainDossier, PlainMoney};
pub use view::{PlainGroup, PlainLeg};

/// What files are made of.
pub struct Lean<'p, 'a> {
    /// The rows that were read, and the rules.
    pub inputs: &'a Inputs,
    /// What is said of all dossiers that are not plain; the shares are those of all.
    pub settled: Settlement,
    desk: Desk<'p, 'a>,
    place: RowPlaces,
}

/// Rows and indexes, for [`lean`]. The inputs stand in their canonical order.
pub fn pool<'a>(inputs: &'a Inputs, rules: &'a Rules) -> Pool<'a> {
    debug_assert!(inputs.is_sorted(), "the pool is made of sorted rows");
    Pool::new(inputs, rules)
}

/// Settles files.
pub fn lean<'p, 'a>(pool: &'p Pool<'a>, prior: &Prior) -> Result<Lean<'p, 'a>, SettleError> {
    lean_with(pool, prior, Keep::Sums)
}

/// The same, keeping these contributions: the checker looks at those of all other dossiers.
pub fn lean_with<'p, 'a>(
    pool: &'p Pool<'a>,
    prior: &Prior,
    keep: Keep,
) -> Result<Lean<'p, 'a>, SettleError> {
    let inputs = pool.inputs;
    let desk = crate::matching::run(pool, Lane::Open);
    let (classes, groups) = std::thread::scope(|threads| {
        let groups = threads.spawn(|| {
            let groups = groups(&desk);
            conserved(&desk, &groups).map(|()| groups)
        });
        let classes = classify(&desk);
        let groups = groups.join();
        let groups = groups.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (classes, groups)
    });
    let groups = groups?;
    plain_conserved(&desk, &classes)?;
    debug_assert!(!looks_at_each(pool.rules), "breakdowns look at every row");
    let facts = Facts::new(&desk, &classes);
    let exact = Exact::new(&facts);
    let (open, settled) = contributions(&facts, keep, &exact);
    drop(facts);
    let made = Made {
        contributions: &open,
        settled: &settled,
        exact: &exact,
        rows: &classes.rows,
    };
    let shares = measured(inputs, pool.rules, prior, &made).shares;
    let suggestions = crate::matching::suggest::suggestions(&desk);
    Ok(Lean {
        inputs,
        settled: Settlement {
            groups,
            rows: classes.rows,
            contributions: if keep == Keep::Sums { Vec::new() } else { open },
            shares,
            breakdown: Vec::new(),
            suggestions,
            grey: pool.rules.grey.clone(),
        },
        desk,
        place: classes.place,
    })
}

impl Lean<'_, '_> {
    /// How the grey zones are set.
    pub fn grey(&self) -> &Grey {
        &self.desk.pool.rules.grey
    }
}

/// Every row has one class, or is one of a plain dossier; what a plain dossier got is what it owes.
fn plain_conserved(desk: &Desk, classes: &Classes) -> Result<(), SettleError> {
    let inputs = desk.pool.inputs;
    let rows = inputs.rejects.len() + inputs.fees.len() + inputs.txns.len() + inputs.receipts.len();
    let mut classified = classes.rows.len();
    for dossier in desk.plain() {
        let fees = desk.pool.fees_of(dossier);
        let due: i128 = fees.iter().map(|fee| fee.amount.wide()).sum();
        let money = || desk.credits.of(dossier).map(|put| put.money);
        let paid: i128 = money().map(|money| money.amount(desk.pool)).sum();
        if paid != due {
            return Err(SettleError::UsedTwice {
                row: desk.pool.dossier(dossier).code.to_string(),
                allocated: due,
                amount: paid,
            });
        }
        classified += fees.len() + money().count();
    }
    if classified == rows {
        Ok(())
    } else {
        Err(SettleError::NotConserved { rows, classified })
    }
}
