//! Procedures counted instead of items: for definitions of the kind "share of procedures that ...".

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AgencyCode, Cell, Dimension, Rules};

use super::Distinct;
use super::interval::Sums;
use super::share::Scope;

/// Procedures, each once: the cells of those that count, by agency and over all.
pub(super) fn count(
    distinct: Distinct,
    rules: &Rules,
    agencies: &BTreeSet<AgencyCode>,
    by_scope: &BTreeMap<Scope, Sums>,
) -> BTreeMap<Scope, Sums> {
    let mut counted: BTreeMap<Scope, Sums> = BTreeMap::new();
    // rows that could not be read: each may let one procedure count otherwise
    for scope in [Scope::Total, Scope::AnyAgency] {
        if let Some(unread) = by_scope.get(&scope) {
            counted.insert(scope, *unread);
        }
    }
    let of = |agency: &str| match agency {
        "" => Scope::Total,
        code => Scope::Agency(AgencyCode::new(code)),
    };
    if distinct == Distinct::Listed {
        let codes = agencies.iter().map(AgencyCode::as_str);
        for agency in codes.chain([""]) {
            for procedure in &rules.fee_procedures {
                let value = format!("{procedure}@{agency}");
                let cell = Scope::Cell(Cell::new(Dimension::Procedure, &value));
                let seen = by_scope.get(&cell).is_some_and(|sums| sums.point.1 > 0);
                let sums = counted.entry(of(agency)).or_default();
                sums.add(&[(i64::from(seen), 1)], false);
            }
        }
        return counted;
    }
    // what names no dossier may be of any procedure
    let any = Scope::Cell(Cell::any(Dimension::Procedure));
    let any = by_scope.get(&any).copied().unwrap_or_default();
    for (scope, own) in by_scope {
        if let Scope::Cell(cell) = scope
            && let Some((_, agency)) = cell.value.rsplit_once('@')
        {
            let mut sums = *own;
            sums.merge(&any);
            sums.point = own.point;
            let all = counted.entry(of(agency)).or_default();
            all.add(&sums.once(), sums.outer);
        }
    }
    counted
}
