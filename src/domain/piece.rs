//! The texts of rows. A night holds millions of them, most of them short or said again and again:
//! a short one stands in the row itself, a longer one is a piece of a page that the rows of one
//! block share. Sixteen bytes each, cheap to clone, read as `str`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

/// Bytes that stand in the row itself.
const SHORT: usize = 14;

/// A text of a row.
#[derive(Clone)]
pub struct Piece(Form);

#[derive(Clone)]
enum Form {
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    OnPage {
        length: u16,
        start: u32,
        page: Arc<Page>,
    },
    /// A page of its own: beyond the length of a piece, or made alone.
    Whole(Arc<Page>),
}

/// What many pieces are cut from; empty until it is written to the end.
struct Page(OnceLock<Box<str>>);

impl Page {
    fn text(&self) -> &str {
        self.0.get().map_or("", |text| text)
    }
}

impl Piece {
    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Short { length, bytes } => {
                let bytes = bytes.get(..usize::from(*length)).unwrap_or_default();
                str::from_utf8(bytes).unwrap_or_default()
            }
            Form::OnPage {
                length,
                start,
                page,
            } => {
                let start = usize::try_from(*start).unwrap_or(usize::MAX);
                let end = start.saturating_add(usize::from(*length));
                page.text().get(start..end).unwrap_or_default()
            }
            Form::Whole(page) => page.text(),
        }
    }

    /// The bytes of the text: comparing needs no more.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Form::OnPage {
                length,
                start,
                page,
            } => {
                let start = usize::try_from(*start).unwrap_or(usize::MAX);
                let end = start.saturating_add(usize::from(*length));
                page.text().as_bytes().get(start..end).unwrap_or_default()
            }
            Form::Whole(page) => page.text().as_bytes(),
        }
    }

    /// True when nothing is written.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// True when the two are the same piece of the same page.
    pub fn same_place(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                Form::OnPage { start, page, .. },
                Form::OnPage {
                    start: s, page: p, ..
                },
            ) => start == s && Arc::ptr_eq(page, p),
            _ => false,
        }
    }

    /// A text that stands in the row itself.
    fn short(text: &str) -> Option<Self> {
        let length = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; SHORT];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self(Form::Short { length, bytes }))
    }
}

/// Writes the texts of one block of rows on one page. The pieces read as empty until
/// [`Pages::end`]: hand no row out before.
pub struct Pages {
    page: Arc<Page>,
    text: String,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            page: Arc::new(Page(OnceLock::new())),
            text: String::new(),
        }
    }
}

impl Pages {
    /// Writes a text down.
    pub fn piece(&mut self, text: &str) -> Piece {
        if let Some(short) = Piece::short(text) {
            return short;
        }
        let place = u32::try_from(self.text.len()).ok();
        let (Some(start), Ok(length)) = (place, u16::try_from(text.len())) else {
            return text.into();
        };
        self.text.push_str(text);
        self.on_page(start, length)
    }

    /// Writes a text down together with one that is wanted alone too: nothing is written twice when
    /// `part` stands at the end of `text`.
    pub fn piece_with_end(&mut self, text: &str, part: &str) -> (Piece, Piece) {
        let whole = self.piece(text);
        let end = match &whole.0 {
            Form::OnPage { length, start, .. } if part.len() > SHORT && text.ends_with(part) => {
                let part = u16::try_from(part.len()).unwrap_or(0);
                Some((start + u32::from(length - part), part))
            }
            _ => None,
        };
        let part = match end {
            Some((start, length)) => self.on_page(start, length),
            None => self.piece(part),
        };
        (whole, part)
    }

    /// True when the piece reads so; also where its page is still being written.
    pub fn reads(&self, piece: &Piece, text: &str) -> bool {
        match &piece.0 {
            Form::OnPage {
                length,
                start,
                page,
            } if Arc::ptr_eq(page, &self.page) => {
                let written = self.text.as_bytes();
                let start = usize::try_from(*start).unwrap_or(usize::MAX);
                let end = start.saturating_add(usize::from(*length));
                written.get(start..end) == Some(text.as_bytes())
            }
            _ => piece == text,
        }
    }

    fn on_page(&self, start: u32, length: u16) -> Piece {
        Piece(Form::OnPage {
            length,
            start,
            page: Arc::clone(&self.page),
        })
    }

    /// The page is full: its pieces can be read, the next ones go to a new page.
    pub fn end(&mut self) {
        let page = std::mem::replace(&mut self.page, Self::default().page);
        let _new = page.0.set(self.text.as_str().into());
        self.text.clear();
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::short(text).unwrap_or_else(|| String::from(text).into())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        let whole = || Self(Form::Whole(Arc::new(Page(Box::<str>::from(&*text).into()))));
        Self::short(&text).unwrap_or_else(whole)
    }
}

impl From<Box<str>> for Piece {
    fn from(text: Box<str>) -> Self {
        String::from(text).into()
    }
}

impl From<&Piece> for Box<str> {
    fn from(text: &Piece) -> Self {
        text.as_str().into()
    }
}

impl From<Piece> for Box<str> {
    fn from(text: Piece) -> Self {
        text.as_str().into()
    }
}

impl Default for Piece {
    fn default() -> Self {
        "".into()
    }
}

impl Deref for Piece {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Piece {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Piece {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Piece {}

impl PartialEq<str> for Piece {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Piece {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Piece {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Piece {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Piece {
    /// As `str`, which it is looked up by: the bytes, and one that stands in no text.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
        state.write_u8(0xff);
    }
}

impl Serialize for Piece {
    /// A text; for a form that people do not read its bytes, which need no check.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self)
        } else {
            serializer.serialize_bytes(self.as_bytes())
        }
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<str>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Thanh toan ho so H48.18.22-221202-0001";

    #[test]
    fn a_piece_is_small_also_where_it_is_optional() {
        assert_eq!(size_of::<Piece>(), 16);
        assert_eq!(size_of::<Option<Piece>>(), 16);
    }

    #[test]
    fn texts_of_every_length_come_back() {
        let huge = "x".repeat(70_000);
        let texts = [
            "",
            "F0000000000",
            "Nguyễn Văn",
            "exactly14bytes",
            LONG,
            &huge,
        ];
        let mut pages = Pages::default();
        let pieces: Vec<Piece> = texts.iter().map(|text| pages.piece(text)).collect();
        pages.end();
        let later = pages.piece(LONG);
        assert_eq!(&*later, "", "its page is not at its end");
        pages.end();
        assert_eq!(&*later, LONG);
        for (piece, text) in pieces.iter().zip(texts) {
            assert_eq!(piece.as_str(), text);
            assert_eq!(*piece, Piece::from(text), "made alone");
            assert_eq!(piece.cmp(&later), text.cmp(LONG), "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_another_is_written_once() {
        let mut pages = Pages::default();
        let code = "H48.18.22-221202-0001";
        let (memo, reference) = pages.piece_with_end(LONG, code);
        let (short, other) = pages.piece_with_end("H48", "no end of it, and longer");
        assert_eq!(pages.text.len(), LONG.len() + 24);
        pages.end();
        assert_eq!((&*memo, &*reference), (LONG, code));
        assert_eq!((&*short, &*other), ("H48", "no end of it, and longer"));
    }
}
