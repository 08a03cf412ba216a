//! What the interface of a one-stop system tells of a dossier, as texts; judging them is
//! `normalise`'s work.

use serde::Serialize;

use crate::domain::{Aside, Completeness, Moment, Origin};
use crate::source::SourceError;

/// A dossier with its fees.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DossierRecord {
    /// The interface's own id.
    pub id: Box<str>,
    /// Mã hồ sơ.
    pub code: Box<str>,
    /// The applicant's name: personal data.
    pub applicant: Box<str>,
    /// Code of the agency, where it is told.
    pub agency: Box<str>,
    /// Code of the procedure.
    pub procedure: Box<str>,
    /// Code of the field.
    pub field: Box<str>,
    /// Words of its state: code and names.
    pub status: Vec<Box<str>>,
    /// When it was received, as written.
    pub received: Box<str>,
    /// When the result was ready, as written.
    pub completed: Box<str>,
    /// When the fees were paid, as far as the system knows, as written.
    pub paid: Box<str>,
    /// When it last changed, as written.
    pub updated: Box<str>,
    /// Its fees.
    pub fees: Vec<FeeRecord>,
    /// True when an answer told all of its fees: what is not among them, it does not have.
    #[serde(skip)]
    pub listed: bool,
}

impl DossierRecord {
    /// Milliseconds since 1970 of an instant as such interfaces write it:
    /// `2022-12-04T17:00:00.000+0000`, always with an offset; without one nobody knows the day.
    pub fn instant_ms(raw: &str) -> Option<i64> {
        let (head, zone) = raw.split_at_checked(raw.len().checked_sub(5)?)?;
        let at = if zone.starts_with(['+', '-']) && !zone.contains(':') {
            Moment::parse(&format!("{head}{}:{}", zone.get(..3)?, zone.get(3..)?))
        } else if raw.ends_with('Z') || raw.contains('+') || raw.matches('-').count() > 2 {
            Moment::parse(raw)
        } else {
            return None;
        };
        at.ok().map(|at| at.ms())
    }
}

/// One fee of a dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FeeRecord {
    /// The interface's own id.
    pub id: Box<str>,
    /// Words of its kind: ids and names.
    pub kind: Vec<Box<str>>,
    /// For one piece, as written.
    pub amount: Box<str>,
    /// Pieces, as written.
    pub quantity: Box<str>,
    /// Paid so far, as written.
    pub paid: Box<str>,
    /// The answer that told it, and its position there.
    #[serde(skip)]
    pub came: Aside<Option<Origin>>,
}

/// What one reading brought: all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPull {
    /// The dossiers that changed, in order of their ids; empty unless `complete`.
    pub dossiers: Vec<DossierRecord>,
    /// `complete`, `missing` or `refused`.
    pub state: Completeness,
    /// Why it is not complete.
    pub trouble: Option<SourceError>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Day;

    #[test]
    fn instants_are_utc_and_days_are_local() {
        let day = |raw: &str| DossierRecord::instant_ms(raw).map(|ms| Day::of_ms(ms).to_string());
        let check = |raw: &str, expected: Option<&str>| {
            assert_eq!(day(raw).as_deref(), expected, "{raw}");
        };
        check("2022-12-04T17:00:00.000+0000", Some("2022-12-05"));
        check("2022-12-04T16:59:59.999+0000", Some("2022-12-04"));
        check("2022-12-04T17:00:00.000Z", Some("2022-12-05"));
        check("2022-12-05T00:00:00.000+07:00", Some("2022-12-05"));
        check("2022-12-04T12:00:00-0500", Some("2022-12-05"));
        // without an offset nobody knows which day it is
        check("2022-12-04T17:00:00.000", None);
        check("1670173200000", None);
        check("", None);
    }
}
