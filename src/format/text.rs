//! PURE: a table of text that is walked as often as is needed and never held. One look over all of
//! it tells its encoding, by the rules of [`super::encoding`]; each walk decodes and cuts it anew.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;

use super::blocks::{BLOCK, Block, Blocks, Content};
use super::csv::reader;
use super::encoding::{SAMPLE, by_words, font_of, is_big_endian, text_head, text_of, typed_with};
use super::lines::Lines;
use super::sniff::{delimiter_of, row_of};
use super::spoiled::ends_in_quote;
use super::tables::{End, Forms};
use super::transcode::{Transcoded, fault_of};
use super::{FormatError, GridRow, Limits, html, legacy};

/// So many bytes hold the letters that tell encoding and separator.
const SAMPLE_BYTES: usize = 4 * SAMPLE;

/// How the letters of a block are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letters {
    /// UTF-8.
    Plain,
    /// UTF-8 once transcoded; marks that stand apart are composed.
    Composed(&'static Encoding),
    /// UTF-8 that was typed with a font of before Unicode.
    Typed(&'static str),
    /// One byte a sign, of such a font.
    Font(&'static str),
}

/// A table of text.
pub struct Text<'c> {
    content: Box<dyn Content + Send + 'c>,
    letters: Letters,
    limits: Limits,
    /// The name of its encoding.
    pub encoding: &'static str,
    /// `,`, `;`, a tab or `|`.
    pub delimiter: char,
    /// How it ends.
    pub end: End,
    /// More rows are refused.
    rows_max: u64,
    /// Why a walk ended early.
    fault: Mutex<Option<FormatError>>,
}

impl<'c> Text<'c> {
    /// Looks over a text; gives it back where it is a page, which is held as a whole.
    ///
    /// # Errors
    /// What is no text of the known encodings, or beyond the limits.
    pub fn open(
        content: Box<dyn Content + Send + 'c>,
        forms: Forms,
        limits: Limits,
    ) -> Result<Result<Self, Box<dyn Content + Send + 'c>>, FormatError> {
        let limits = Limits {
            file_bytes: limits.file_bytes.min(forms.sizes.text_bytes()),
            ..limits
        };
        let mut head = Vec::new();
        let size = {
            let (size, stream) = content.open()?;
            let limit = u64::try_from(SAMPLE_BYTES).unwrap_or(u64::MAX);
            stream.take(limit).read_to_end(&mut head)?;
            size
        };
        let too_large = |bytes: u64| FormatError::TooLarge {
            bytes,
            limit: limits.file_bytes,
        };
        if size > limits.file_bytes {
            return Err(too_large(size));
        }
        let wide = sixteen(&head, forms);
        let seen = match wide {
            Some((_, encoding)) => Seen::of(Transcoded::new(content.open()?.1, encoding), limits),
            None => Seen::of(content.open()?.1, limits),
        }?;
        if seen.blank {
            return Err(FormatError::Empty);
        }
        let (letters, encoding) = match wide {
            Some((name, encoding)) => (Letters::Composed(encoding), name),
            None => letters_of(&head, &seen, forms, limits)?,
        };
        let mut text = Self {
            content,
            letters,
            limits,
            encoding,
            delimiter: ',',
            rows_max: forms.sizes.rows(),
            end: if seen.ended { End::Whole } else { End::InLine },
            fault: Mutex::new(None),
        };
        let sample = text.sample()?;
        if html::is_page(&sample) {
            return Ok(Err(text.content));
        }
        // zeros between its letters, or the head of another kind of file
        if let Err(error @ FormatError::NotUtf8 { .. }) = text_of(sample.as_bytes(), limits) {
            return Err(error);
        }
        text.delimiter = forms.delimiter.unwrap_or_else(|| delimiter_of(&sample));
        Ok(Ok(text))
    }

    /// Its first letters.
    fn sample(&self) -> Result<String, FormatError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(SAMPLE_BYTES).unwrap_or(u64::MAX);
        let read = self.stream()?.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| fault_of(&error))?;
        let whole = match self.letters {
            Letters::Font(_) => &bytes[..],
            _ => text_head(&bytes),
        };
        self.decoded(whole)
    }

    /// Its bytes, transcoded where they are, without a mark.
    fn stream(&self) -> Result<Box<dyn Read + Send + '_>, FormatError> {
        let (_, stream) = self.content.open()?;
        let mut stream: Box<dyn Read + Send + '_> = match self.letters {
            Letters::Composed(encoding) => Box::new(Transcoded::new(stream, encoding)),
            _ => stream,
        };
        let mut mark = Vec::new();
        let read = stream.by_ref().take(3).read_to_end(&mut mark);
        read.map_err(|error| fault_of(&error))?;
        if mark == b"\xef\xbb\xbf" {
            mark.clear();
        }
        Ok(Box::new(io::Cursor::new(mark).chain(stream)))
    }

    fn decoded(&self, bytes: &[u8]) -> Result<String, FormatError> {
        let font = |font: &str, signs: &[u8]| match font {
            "vni" => legacy::vni(signs),
            _ => legacy::tcvn3(signs),
        };
        if let Letters::Font(name) = self.letters {
            return Ok(font(name, bytes));
        }
        let text = str::from_utf8(bytes).map_err(|_| no_text())?;
        Ok(match self.letters {
            Letters::Composed(_) => text.nfc().collect(),
            Letters::Typed(name) => typed_with(text, name).unwrap_or_else(|| text.to_owned()),
            Letters::Plain | Letters::Font(_) => text.to_owned(),
        })
    }

    /// Its rows from the first on; ask [`Text::fault`] behind the last.
    pub fn walk(&self) -> Walk<'_> {
        Walk {
            text: self,
            blocks: None,
            rows: Vec::new().into_iter(),
            walked: 0,
            ended: false,
        }
    }

    /// Why the last walk ended early.
    pub fn fault(&self) -> Option<FormatError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.clone()
    }

    fn fail(&self, error: FormatError) {
        let fault = self.fault.lock();
        *fault.unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// The rows of a block.
    fn rows(&self, block: &Block) -> Result<Vec<GridRow>, FormatError> {
        let text = self.decoded(&block.bytes)?;
        let bytes = text.as_bytes();
        let delimiter = self.delimiter_byte();
        let mut reader = reader(bytes, delimiter);
        let (mut record, mut lines) = (csv::ByteRecord::new(), Lines::new(bytes, block.line));
        let mut rows = Vec::new();
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let line = lines.of_record(&record);
            rows.extend(row_of(&record, line)?);
        }
        if block.last && ends_in_quote(lines.rest(), delimiter) {
            return Err(FormatError::UnclosedQuote { line: lines.line });
        }
        Ok(rows)
    }

    fn delimiter_byte(&self) -> u8 {
        u8::try_from(self.delimiter).unwrap_or(b',')
    }
}

/// A walk over a text.
pub struct Walk<'t> {
    text: &'t Text<'t>,
    blocks: Option<Blocks<'t>>,
    rows: std::vec::IntoIter<GridRow>,
    walked: u64,
    ended: bool,
}

impl Walk<'_> {
    /// The next block that has rows; none behind the last.
    fn fill(&mut self) -> Result<(), FormatError> {
        while self.rows.len() == 0 && !self.ended {
            let blocks = if let Some(blocks) = &mut self.blocks {
                blocks
            } else {
                let blocks = Blocks::new(self.text.stream()?, BLOCK, self.text.limits);
                self.blocks
                    .insert(blocks.cells_by(self.text.delimiter_byte()))
            };
            match blocks.next(Vec::new())? {
                Some(block) => {
                    let mut rows = self.text.rows(&block)?;
                    let limit = self.text.rows_max;
                    let left = limit.saturating_sub(self.walked);
                    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
                    self.walked = self.walked.saturating_add(count);
                    if count > left {
                        rows.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                        self.text.fail(FormatError::TooManyRows { limit });
                        self.ended = true;
                    }
                    self.rows = rows.into_iter();
                }
                None => self.ended = true,
            }
        }
        Ok(())
    }
}

impl Iterator for Walk<'_> {
    type Item = GridRow;

    fn next(&mut self) -> Option<GridRow> {
        if let Err(error) = self.fill() {
            self.text.fail(error);
            self.ended = true;
        }
        self.rows.next()
    }
}

fn no_text() -> FormatError {
    FormatError::NotUtf8 {
        found: "another encoding",
    }
}

/// The encoding of two bytes a sign, where it is one; also what a mapping names that is transcoded.
fn sixteen(head: &[u8], forms: Forms) -> Option<(&'static str, &'static Encoding)> {
    let name = match forms.encoding {
        Some(name) => name,
        None => match text_of(head, Limits::TEXT) {
            Err(FormatError::NotUtf8 { found: "UTF-16" }) if is_big_endian(head) => "utf-16be",
            Err(FormatError::NotUtf8 { found: "UTF-16" }) => "utf-16le",
            _ => return None,
        },
    };
    Some((name, transcoded(name)?))
}

/// What has to be transcoded.
fn transcoded(name: &str) -> Option<&'static Encoding> {
    match name {
        "utf-16le" => Some(encoding_rs::UTF_16LE),
        "utf-16be" => Some(encoding_rs::UTF_16BE),
        "windows-1258" => Some(encoding_rs::WINDOWS_1258),
        _ => None,
    }
}

/// How one of one byte a sign, or of UTF-8, is read.
fn letters_of(
    head: &[u8],
    seen: &Seen,
    forms: Forms,
    limits: Limits,
) -> Result<(Letters, &'static str), FormatError> {
    let text = match text_of(head, limits) {
        // blank so far
        Err(FormatError::Empty) => head,
        text => text?,
    };
    let font = |name| {
        if seen.utf8 && seen.latin {
            Letters::Typed(name)
        } else {
            Letters::Font(name)
        }
    };
    let name = match forms.encoding {
        Some(name @ ("tcvn3" | "vni")) => return Ok((font(name), name)),
        Some(_) if !seen.utf8 => return Err(no_text()),
        Some(_) => return Ok((Letters::Plain, "utf-8")),
        None if seen.utf8 => {
            let sample = str::from_utf8(text_head(text)).unwrap_or_default();
            let end = sample.char_indices().nth(SAMPLE);
            let sample = end.map_or(sample, |(end, _)| &sample[..end]);
            return Ok(match font_of(sample).filter(|_| seen.latin) {
                Some(font) => (Letters::Typed(font), font),
                None => (Letters::Plain, "utf-8"),
            });
        }
        None => by_words(text),
    };
    Ok(match transcoded(name) {
        Some(encoding) => (Letters::Composed(encoding), name),
        None => (font(name), name),
    })
}

/// What all bytes of a text tell.
#[derive(Debug)]
struct Seen {
    /// True where all of it is UTF-8.
    utf8: bool,
    /// True where no letter of such stands above U+00FF.
    latin: bool,
    /// True where nothing but blanks stands in it.
    blank: bool,
    /// True where it ends with the end of a line.
    ended: bool,
}

impl Seen {
    fn of(mut stream: impl Read, limits: Limits) -> Result<Self, FormatError> {
        let mut seen = Self {
            utf8: true,
            latin: true,
            blank: true,
            ended: false,
        };
        let (mut room, mut kept, mut size) = (vec![0; BLOCK], 0, 0_u64);
        let mut first = true;
        loop {
            let part = room.get_mut(kept..).unwrap_or_default();
            let read = stream.read(part).map_err(|error| fault_of(&error))?;
            let bytes = room.get(..kept + read).unwrap_or_default();
            if read == 0 {
                // the beginning of a letter stands at the end
                seen.utf8 &= kept == 0;
                return Ok(seen);
            }
            size += u64::try_from(read).unwrap_or(u64::MAX);
            if size > limits.file_bytes {
                let (bytes, limit) = (size, limits.file_bytes);
                return Err(FormatError::TooLarge { bytes, limit });
            }
            let part = if first && bytes.len() >= 3 {
                bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
            } else {
                bytes
            };
            first = false;
            let whole = seen.take(part);
            let rest = bytes.len() - part.len() + whole..bytes.len();
            kept = rest.len();
            room.copy_within(rest, 0);
        }
    }

    /// Looks at some bytes; tells how many make whole letters.
    fn take(&mut self, bytes: &[u8]) -> usize {
        self.blank &= bytes.iter().all(u8::is_ascii_whitespace);
        self.ended = bytes.ends_with(b"\n") || bytes.ends_with(b"\r");
        if !self.utf8 {
            return bytes.len();
        }
        let whole = text_head(bytes);
        // the first byte of a letter above U+00FF is 0xc4 at least
        self.latin &= whole.iter().all(|byte| *byte < 0xc4);
        self.utf8 = str::from_utf8(whole).is_ok();
        if self.utf8 { whole.len() } else { bytes.len() }
    }
}

#[cfg(test)]
mod tests;
