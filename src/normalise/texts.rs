//! PURE: the texts of one reader of rows: written on the page of its block, and once where the same
//! text comes again soon.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::FxHasher;

use super::memo::{stored, trimmed};
use crate::domain::{AgencyCode, DossierCode, DossierCodeError, Pages, Piece};

/// Texts that are remembered; a later one takes the place of an earlier one.
const KNOWN: usize = 1 << 12;

/// Writes the texts of rows down.
pub(super) struct Texts {
    pages: Pages,
    known: Vec<Option<Piece>>,
    /// The code of the last row: the lines of a dossier stand together.
    last_code: Option<DossierCode>,
    last_agency: Option<AgencyCode>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            pages: Pages::default(),
            known: vec![None; KNOWN],
            last_code: None,
            last_agency: None,
        }
    }
}

impl Texts {
    /// A text as it is stored, without blanks around it.
    pub(super) fn own(&mut self, raw: &str) -> Piece {
        self.pages.piece(&stored(trimmed(raw)))
    }

    /// The same for texts that many rows share, such as names and procedures.
    pub(super) fn shared(&mut self, raw: &str) -> Piece {
        let raw = trimmed(raw);
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(raw);
        let place = (usize::try_from(hash >> 40).unwrap_or(0) % KNOWN) & !1;
        let Some([one, other]) = self.known.get_mut(place..place + 2) else {
            return self.own(raw);
        };
        for known in [&*one, &*other].into_iter().flatten() {
            if self.pages.reads(known, raw) {
                // what is stored is stored the same again
                return known.clone();
            }
        }
        let piece = self.pages.piece(&stored(raw));
        std::mem::swap(one, other);
        *one = Some(piece.clone());
        piece
    }

    /// A memo, which keeps its blanks, and the reference that often stands at its end.
    pub(super) fn memo(&mut self, memo: &str, reference: &str) -> (Piece, Option<Piece>) {
        let (memo, reference) = (stored(memo), stored(reference.trim()));
        if reference.is_empty() {
            return (self.pages.piece(&memo), None);
        }
        let (memo, reference) = self.pages.piece_with_end(&memo, &reference);
        (memo, Some(reference))
    }

    /// A dossier code.
    pub(super) fn code(&mut self, raw: &str) -> Result<DossierCode, DossierCodeError> {
        if let Some(last) = &self.last_code
            && last.as_bytes() == raw.as_bytes()
        {
            return Ok(last.clone());
        }
        let code = DossierCode::parse(raw)?;
        self.last_code = Some(code.clone());
        Ok(code)
    }

    /// The code of an agency.
    pub(super) fn agency(&mut self, raw: &str) -> AgencyCode {
        if let Some(last) = &self.last_agency
            && last.as_bytes() == raw.as_bytes()
        {
            return last.clone();
        }
        let agency = AgencyCode::new(&stored(raw));
        self.last_agency = Some(agency.clone());
        agency
    }

    /// Ends the page of a block: its rows can be read.
    pub(super) fn end_block(&mut self) {
        self.pages.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_written_once() {
        let mut texts = Texts::default();
        let name = "NGUYEN VAN A, KHU PHO 3";
        let all = [
            texts.shared(name),
            texts.shared(" NGUYEN VAN A, KHU PHO 3 "),
        ];
        texts.end_block();
        let later = texts.shared(name);
        texts.end_block();
        for piece in all.iter().chain([&later]) {
            assert_eq!(piece, name);
            assert!(piece.same_place(&later));
        }
        let own = texts.own(name);
        texts.end_block();
        assert!(!own.same_place(&later));
    }

    #[test]
    fn the_code_of_the_last_row_is_known() {
        let mut texts = Texts::default();
        let raws = ["H48-220921-0099", "H48-220921-0099", "h48-220921-0100"];
        let codes = raws.map(|raw| texts.code(raw).unwrap());
        assert!(texts.code("x").is_err());
        assert_eq!(codes[0], codes[1]);
        assert_eq!(codes[2].as_str(), "H48-220921-0100");
    }
}
