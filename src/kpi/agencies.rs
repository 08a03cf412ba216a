//! The agencies of one item: nearly always one.

use crate::domain::AgencyCode;

/// Agencies, each once, in order of their coming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agencies<'a> {
    first: Option<&'a AgencyCode>,
    more: Vec<&'a AgencyCode>,
}

impl<'a> Agencies<'a> {
    /// One agency.
    pub fn one(agency: &'a AgencyCode) -> Self {
        Self {
            first: Some(agency),
            more: Vec::new(),
        }
    }

    /// Adds an agency, unless it is there.
    pub fn insert(&mut self, agency: &'a AgencyCode) {
        match self.first {
            None => self.first = Some(agency),
            Some(first) if first == agency || self.more.contains(&agency) => {}
            Some(_) => self.more.push(agency),
        }
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &'a AgencyCode> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}

impl<'a> Extend<&'a AgencyCode> for Agencies<'a> {
    fn extend<I: IntoIterator<Item = &'a AgencyCode>>(&mut self, agencies: I) {
        agencies.into_iter().for_each(|agency| self.insert(agency));
    }
}

impl<'a> FromIterator<&'a AgencyCode> for Agencies<'a> {
    fn from_iter<I: IntoIterator<Item = &'a AgencyCode>>(agencies: I) -> Self {
        let mut all = Self::default();
        all.extend(agencies);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agency_stands_once() {
        let codes = ["A", "B", "A", "C", "B"].map(AgencyCode::new);
        let all: Agencies = codes.iter().collect();
        let texts: Vec<&str> = all.iter().map(AgencyCode::as_str).collect();
        assert_eq!(texts, ["A", "B", "C"]);
        assert!(Agencies::default().is_empty());
    }
}
