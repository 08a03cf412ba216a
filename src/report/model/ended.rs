//! Pure: fee lines that were received under a code whose agency had ended by then, and that nobody
//! bore any more.

use std::collections::BTreeMap;

use crate::domain::{AgencyCode, Day, Fee, Lang};
use crate::report::facts::Figure;
use crate::text;

use super::index::Index;

/// One code that ended, and what was received under it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedAgency {
    /// The code.
    pub code: AgencyCode,
    /// Who bore it last.
    pub name: String,
    /// Its last day.
    pub ended: Day,
    /// The fee lines, with what they ask for in dong.
    pub lines: Figure,
    /// The first of their dossiers.
    pub dossier: String,
}

impl EndedAgency {
    /// What is the matter and what to do.
    pub fn said(&self, lang: Lang) -> String {
        let (n, sum) = (
            text::number(lang, self.lines.count),
            text::money(lang, self.lines.sum_vnd),
        );
        let args = [
            ("code", self.code.as_str()),
            ("name", &*self.name),
            ("day", &*text::day(lang, self.ended)),
            ("n", &*n),
            ("sum", &*sum),
            ("dossier", &*self.dossier),
        ];
        text::say(lang, "quality-ended-agency", &args)
    }
}

/// By code, in byte order: the lines at hand that were received after the last day on which anybody
/// bore their code. Of a code that no list of agencies tells nothing is said.
pub(super) fn ended(index: &Index<'_>) -> Vec<EndedAgency> {
    let mut found: BTreeMap<&AgencyCode, EndedAgency> = BTreeMap::new();
    for fee in index.every_fee() {
        let Some(received) = received_on(fee) else {
            continue;
        };
        let bearer = index.directory.on(&fee.agency_code, received);
        let Some((bearer, ended)) = bearer.and_then(|bearer| Some((bearer, bearer.valid_to?)))
        else {
            continue;
        };
        if ended >= received {
            continue;
        }
        let of_code = found.entry(&fee.agency_code).or_insert(EndedAgency {
            code: fee.agency_code.clone(),
            name: bearer.name.to_string(),
            ended,
            lines: Figure::default(),
            dossier: fee.dossier_code.to_string(),
        });
        of_code.lines.plus(Figure::new(1, fee.amount.wide()));
    }
    found.into_values().collect()
}

/// The day on which the dossier was received: as the registry tells it, else as its code says.
fn received_on(fee: &Fee) -> Option<Day> {
    let told = fee.more.received_at.as_ref();
    told.map_or_else(|| fee.dossier_code.received_on(), |at| Some(at.day()))
}
