//! Pure: an exception in a line.

use serde::Serialize;

use crate::classify::{AtRisk, Severity};
use crate::domain::{ExceptionId, Vnd};
use crate::report::facts::RunFacts;

use super::Classes;
use super::exceptions::{ExceptionList, Item, is_new};
use super::index::Index;
use super::row::field;
use super::ruled::RuledView;

/// One exception in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BriefView {
    /// Stable id.
    pub id: ExceptionId,
    /// Class id.
    pub class: &'static str,
    /// Short name of the class.
    pub label: String,
    /// How much a person has to do.
    pub severity: Severity,
    /// The source of the row.
    pub source: Box<str>,
    /// The dossier, else the row's id.
    pub what: String,
    /// The dossier's agency.
    pub agency: String,
    /// The dossier's field (lĩnh vực); empty where none is told.
    #[serde(skip)]
    pub field: String,
    /// Who is to settle it; empty for nobody.
    #[serde(skip)]
    pub assignee: Box<str>,
    /// What was ruled on it last, in a line; empty where nobody did.
    #[serde(skip)]
    pub ruled: String,
    /// The money at risk.
    pub amount: Vnd,
    /// Where it is counted.
    #[serde(skip)]
    pub counted: AtRisk,
    /// Days since it was first seen.
    pub age_days: i64,
    /// True when it was not open the night before.
    pub is_new: bool,
}

impl ExceptionList {
    /// Those that stand in a line each.
    pub fn lines(&self) -> impl Iterator<Item = &BriefView> {
        self.further.iter().chain(&self.brief)
    }
}

pub(super) fn brief(
    item: &Item<'_>,
    index: &Index<'_>,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> BriefView {
    let row = item.row;
    let dossier = row.dossier_code.as_ref();
    let agency = dossier.and_then(|dossier| index.agency_of(dossier));
    BriefView {
        id: item.id.clone(),
        class: row.class,
        label: classes.text(row.class, facts.lang, |c| c.label),
        severity: item.severity,
        source: row.key.source.as_str().into(),
        what: dossier.map_or_else(
            || index.person_reference(facts.lang, &row.key),
            ToString::to_string,
        ),
        agency: agency.map_or_else(String::new, |c| index.agency_name(&c, facts.business_date)),
        field: field(index, row),
        assignee: facts.page.assignee(&row.key).into(),
        ruled: (facts.page.ruled(&row.key)).map_or_else(String::new, |ruled| {
            RuledView::new(facts.lang, ruled).said(facts.lang)
        }),
        amount: item.at_risk,
        counted: row.at_risk(),
        age_days: facts.business_date.days_since(item.opened).max(0),
        is_new: is_new(facts, item.id),
    }
}
