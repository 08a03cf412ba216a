//! The embedded fonts: which letter is which glyph, how wide it is, and where a text breaks.
//!
//! Widths are in units of the font (2048 an em), so that nothing is rounded before a line is drawn.

use std::collections::BTreeMap;
use std::io;

use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};
use unicode_normalization::UnicodeNormalization as _;

use crate::report::escape::visible;

/// The three faces of Doisoat Serif: see `fonts/README.md`.
pub(super) const FILES: [&[u8]; 3] = [
    include_bytes!("fonts/DoisoatSerif-Regular.ttf"),
    include_bytes!("fonts/DoisoatSerif-Bold.ttf"),
    include_bytes!("fonts/DoisoatSerif-Italic.ttf"),
];

/// After these a word that is longer than its line breaks first.
const BREAKS: &str = "-./_,:;)";

/// One of the faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Face {
    /// Upright.
    #[default]
    Regular,
    /// Bold.
    Bold,
    /// Slanted.
    Italic,
}

impl Face {
    /// Its place in [`FILES`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::Regular => 0,
            Self::Bold => 1,
            Self::Italic => 2,
        }
    }
}

/// Glyph and width of a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// The glyph's number in the font.
    pub(super) glyph: u32,
    /// Its width in units of the font.
    pub(super) width: u16,
}

/// What a line of text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// The letters, with the space that it was broken at.
    pub(super) text: String,
    /// Its width without that space, in units of the font.
    pub(super) units: i64,
    /// Spaces inside it.
    pub(super) gaps: i64,
    /// True when the paragraph ends with it.
    pub(super) last: bool,
}

/// The shapes of all letters of all faces.
#[derive(Debug)]
pub(in crate::report) struct Letters {
    faces: [BTreeMap<char, Shape>; 3],
    /// Units an em.
    pub(super) em: u16,
}

impl Letters {
    /// Reads the embedded fonts.
    pub(in crate::report) fn read() -> io::Result<Self> {
        let mut letters = Self {
            faces: std::array::from_fn(|_| BTreeMap::new()),
            em: 1,
        };
        for (shapes, file) in letters.faces.iter_mut().zip(FILES) {
            let font = FontRef::new(file).map_err(io::Error::other)?;
            letters.em = font.head().map_err(io::Error::other)?.units_per_em();
            let widths = font.hmtx().map_err(io::Error::other)?;
            for (code, glyph) in font.charmap().mappings() {
                let Some(letter) = char::from_u32(code) else {
                    continue;
                };
                let width = widths.advance(glyph).unwrap_or_default();
                let glyph = glyph.to_u32();
                shapes.insert(letter, Shape { glyph, width });
            }
        }
        Ok(letters)
    }

    /// The shape of a letter of a text that [`Letters::fitted`] made.
    pub(super) fn shape(&self, face: Face, letter: char) -> Option<Shape> {
        self.faces.get(face.index())?.get(&letter).copied()
    }

    /// The text with composed letters; what cannot be seen and what the fonts lack is shown by its
    /// code, `‹U+1F600›`.
    pub(super) fn fitted(&self, text: &str) -> String {
        let mut fitted = String::with_capacity(text.len());
        for letter in visible(text).nfc() {
            if self.faces.iter().all(|face| face.contains_key(&letter)) {
                fitted.push(letter);
            } else {
                fitted.extend(format!("‹U+{:04X}›", u32::from(letter)).chars());
            }
        }
        fitted
    }

    fn width(&self, face: Face, letter: char) -> i64 {
        self.shape(face, letter)
            .map_or(0, |shape| i64::from(shape.width))
    }

    /// The width of a fitted text in units of the font.
    pub(super) fn units(&self, face: Face, text: &str) -> i64 {
        text.chars().map(|letter| self.width(face, letter)).sum()
    }

    /// Breaks a fitted text into lines of at most so many units: at spaces, and a word that is
    /// longer than a line inside it. Nothing is dropped.
    pub(super) fn wrap(&self, face: Face, text: &str, limit: i64) -> Vec<Piece> {
        let (limit, space) = (limit.max(1), self.width(face, ' '));
        let mut lines = Vec::new();
        let mut line = Piece::default();
        for (at, word) in text.split(' ').enumerate() {
            let mut word = word;
            let mut units = self.units(face, word);
            if at > 0 {
                if line.units + space + units <= limit {
                    line.text.push(' ');
                    line.units += space;
                    line.gaps += 1;
                } else {
                    line.text.push(' ');
                    lines.push(std::mem::take(&mut line));
                }
            }
            while line.units + units > limit {
                let head = self.head(face, word, limit);
                let (first, rest) = word.split_at(head);
                lines.push(Piece {
                    text: first.to_owned(),
                    units: self.units(face, first),
                    ..Piece::default()
                });
                word = rest;
                units = self.units(face, word);
            }
            line.text.push_str(word);
            line.units += units;
        }
        line.last = true;
        lines.push(line);
        lines
    }

    /// How many bytes of a word too long stand on a line: up to the last sign that it may break
    /// after in the second half of what fits, else all that fits; one letter at least.
    fn head(&self, face: Face, word: &str, limit: i64) -> usize {
        let (mut units, mut fits, mut at_sign) = (0, 0, 0);
        for (at, letter) in word.char_indices() {
            units += self.width(face, letter);
            if units > limit && fits > 0 {
                break;
            }
            fits = at + letter.len_utf8();
            if BREAKS.contains(letter) && units * 2 > limit {
                at_sign = fits;
            }
        }
        if at_sign > 0 { at_sign } else { fits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> Letters {
        Letters::read().unwrap()
    }

    #[test]
    fn every_vietnamese_letter_has_a_shape_in_each_face() {
        let letters = letters();
        let vowels = "aăâeêioôơuưy";
        let marks = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
        for vowel in vowels.chars().chain(vowels.to_uppercase().chars()) {
            for mark in marks {
                let letter: String = format!("{vowel}{mark}").nfc().collect();
                assert_eq!(letters.fitted(&letter), letter);
                assert_eq!(letter.chars().count(), 1, "{letter}");
            }
        }
        for letter in "đĐ₫–—−…‹›“”≥".chars() {
            assert_eq!(letters.fitted(&letter.to_string()), letter.to_string());
        }
    }

    #[test]
    fn what_the_fonts_lack_is_shown_by_its_code() {
        let letters = letters();
        assert_eq!(letters.fitted("e\u{302}\u{323}"), "ệ");
        assert_eq!(letters.fitted("x\u{331}"), "x‹U+0331›");
        assert_eq!(
            letters.fitted("😀\u{202e}a\n"),
            "‹U+1F600›‹U+202E›a‹U+000A›"
        );
        assert_eq!(letters.fitted("שלום"), "‹U+05E9›‹U+05DC›‹U+05D5›‹U+05DD›");
        assert_eq!(letters.fitted("\u{e000}"), "‹U+E000›");
    }

    #[test]
    fn lines_hold_all_letters_and_are_never_wider() {
        let letters = letters();
        let long = "H48.18.22-221202-0001".repeat(9);
        for text in [
            "",
            " ",
            "một hai  ba",
            "a b c d e f",
            &long,
            "ừ ".repeat(50).as_str(),
        ] {
            for limit in [1, 500, 3_000, 20_000] {
                let lines = letters.wrap(Face::Regular, text, limit);
                let all: String = lines.iter().map(|line| &*line.text).collect();
                assert_eq!(all, text);
                assert!(lines.last().unwrap().last);
                let one = |line: &Piece| line.text.trim_end_matches(' ').chars().count() <= 1;
                assert!(lines.iter().all(|line| line.units <= limit || one(line)));
            }
        }
        let lines = letters.wrap(Face::Regular, "H48.18.22-221202-0001", 9_000);
        assert!(lines[0].text.ends_with(['-', '.']), "{lines:?}");
    }
}
