//! PURE: the texts of one reader of rows: written on the page of its block, and once where the same
//! text comes again soon.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::FxHasher;

use super::memo::stored;
use crate::domain::{DossierCode, DossierCodeError, Pages, Piece};

/// Texts that are remembered; a later one takes the place of an earlier one.
const KNOWN: usize = 1 << 12;

/// Writes the texts of rows down.
pub(super) struct Texts {
    pages: Pages,
    known: Vec<Option<Piece>>,
    /// The code of the last row: the lines of a dossier stand together.
    last_code: Option<DossierCode>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            pages: Pages::default(),
            known: vec![None; KNOWN],
            last_code: None,
        }
    }
}

impl Texts {
    /// A text as it is stored, without blanks around it.
    pub(super) fn own(&mut self, raw: &str) -> Piece {
        self.pages.piece(&stored(raw.trim()))
    }

    /// The same for texts that many rows share, such as names and procedures.
    pub(super) fn shared(&mut self, raw: &str) -> Piece {
        let raw = raw.trim();
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(raw);
        let place = usize::try_from(hash >> 40).unwrap_or(0) % KNOWN;
        if let Some(Some(known)) = self.known.get(place)
            && self.pages.reads(known, raw)
        {
            // what is stored is stored the same again
            return known.clone();
        }
        let piece = self.pages.piece(&stored(raw));
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(piece.clone());
        }
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
            && self.pages.reads(last.piece(), raw)
        {
            return Ok(last.clone());
        }
        let code = DossierCode::parse_with(raw, |text| self.pages.piece(text))?;
        self.last_code = Some(code.clone());
        Ok(code)
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
    fn the_lines_of_a_dossier_share_its_code() {
        let mut texts = Texts::default();
        let raw = "000.00.53.H48-220921-0099";
        let codes = [raw, raw, "000.00.53.H48-220921-0100"].map(|raw| texts.code(raw).unwrap());
        assert!(texts.code("x").is_err());
        texts.end_block();
        assert_eq!(codes[0], codes[1]);
        assert!(codes[0].piece().same_place(codes[1].piece()));
        assert_eq!(codes[2].as_str(), "000.00.53.H48-220921-0100");
    }
}
