//! PURE: is an XLS file safe to hand to the library? It trusts the file: a chain of sectors that
//! bites its own tail never ends, a sheet with a cell in each corner is a full rectangle, and a
//! told extent is believed. So the container ([MS-CFB]) and the records of the workbook ([MS-XLS])
//! are walked here first; nothing is kept.

use super::FormatError;
use super::book::{BookFault, BookPlace};

/// Marks of the allocation table from here on are no sectors.
const RESERVED: u32 = 0xffff_fffa;
/// Streams below this length stand in the small sectors.
const SMALL: usize = 4096;

/// Walks the container and the workbook in it.
pub(super) fn check(bytes: &[u8], cells_max: usize) -> Result<(), FormatError> {
    let unreadable = || FormatError::Book(BookFault::Unreadable);
    let container = Container::open(bytes).ok_or_else(unreadable)?;
    let workbook = container.workbook().ok_or_else(unreadable)?;
    extent(&workbook, cells_max)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

fn words(sector: &[u8]) -> impl Iterator<Item = u32> {
    sector.chunks_exact(4).filter_map(|word| u32_at(word, 0))
}

struct Container<'b> {
    bytes: &'b [u8],
    sector: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    directory: Vec<u8>,
}

impl<'b> Container<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        let sector = match shift {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container = Self {
            bytes,
            sector,
            table: Vec::new(),
            small_table: Vec::new(),
            directory: Vec::new(),
        };
        // the sectors of the allocation table: the first 109 in the header, the rest in a chain
        let mut parts: Vec<u32> = words(bytes.get(76..512)?).collect();
        let mut next = u32_at(bytes, 68)?;
        let most = bytes.len() / sector + 1;
        while next < RESERVED {
            let mut more: Vec<u32> = words(container.get(next)?).collect();
            next = more.pop()?;
            parts.extend(more);
            if parts.len() > most.saturating_add(109 + sector) {
                return None;
            }
        }
        let table = parts.iter().filter(|part| **part < RESERVED);
        for part in table {
            let sector = container.get(*part)?;
            container.table.extend(words(sector));
            if container.table.len() > most.saturating_mul(2) + sector.len() {
                return None;
            }
        }
        container.directory = container.stream(u32_at(bytes, 48)?, usize::MAX)?;
        let small = container.stream(u32_at(bytes, 60)?, usize::MAX)?;
        container.small_table = words(&small).collect();
        Some(container)
    }

    /// The bytes of a sector; the last may be cut.
    fn get(&self, id: u32) -> Option<&'b [u8]> {
        let from = usize::try_from(id)
            .ok()?
            .checked_add(1)?
            .checked_mul(self.sector)?;
        let to = from.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(from..to)
    }

    /// A chain of sectors up to `length` bytes; none when it never ends or leaves the file.
    fn stream(&self, start: u32, length: usize) -> Option<Vec<u8>> {
        let (mut out, mut id, mut steps) = (Vec::new(), start, 0);
        while id < RESERVED && out.len() < length {
            let sector = self.get(id)?;
            let wanted = (length - out.len()).min(sector.len());
            out.extend_from_slice(sector.get(..wanted)?);
            steps += 1;
            if steps > self.table.len() {
                return None;
            }
            id = *self.table.get(usize::try_from(id).ok()?)?;
        }
        Some(out)
    }

    /// The stream of the workbook, once every chain of the container is known to end.
    fn workbook(&self) -> Option<Vec<u8>> {
        let mut found = None;
        let root = self.directory.get(..128)?;
        let small = self.stream(u32_at(root, 116)?, size_at(root, 120)?)?;
        for entry in self.directory.chunks_exact(128) {
            // a stream, not a folder
            if entry.get(66) != Some(&2) {
                continue;
            }
            let (start, length) = (u32_at(entry, 116)?, size_at(entry, 120)?);
            let stream = if length < SMALL {
                self.small_stream(&small, start, length)?
            } else {
                self.stream(start, length)?
            };
            let name: Vec<u8> = entry
                .get(..64)?
                .iter()
                .copied()
                .filter(|b| *b != 0)
                .collect();
            if name.eq_ignore_ascii_case(b"Workbook") || name.eq_ignore_ascii_case(b"Book") {
                found = found.or(Some(stream));
            }
        }
        found
    }

    fn small_stream(&self, all: &[u8], start: u32, length: usize) -> Option<Vec<u8>> {
        let (mut out, mut id) = (Vec::new(), start);
        while id < RESERVED && out.len() < length {
            let place = usize::try_from(id).ok()?;
            let from = place.checked_mul(64)?;
            out.extend_from_slice(all.get(from..all.len().min(from + 64))?);
            if out.len() > all.len() {
                return None;
            }
            id = *self.small_table.get(place)?;
        }
        Some(out)
    }
}

/// How much room the sheets take as rectangles, as told and as their cells lie.
fn extent(workbook: &[u8], cells_max: usize) -> Result<(), FormatError> {
    let (mut at, mut total) = (0, 0_usize);
    let mut corners: Option<[u32; 4]> = None;
    let (mut names, mut name) = (Vec::new(), Box::<str>::default());
    while let (Some(kind), Some(length)) = (u16_at(workbook, at), u16_at(workbook, at + 2)) {
        let length = usize::from(length);
        let Some(record) = workbook.get(at + 4..at + 4 + length) else {
            break;
        };
        let begin = at;
        at += 4 + length;
        match kind {
            // a sheet, and where it stands
            0x0085 => names.extend(named(record)),
            // a sheet begins
            0x0809 => {
                total = total.saturating_add(area(corners.take()));
                let known = names.iter().find(|(place, _)| *place == begin);
                name = known.map(|(_, name)| name.clone()).unwrap_or_default();
            }
            0x0200 => {
                let place = BookPlace::Sheet(name.clone());
                let Some(told) = told_extent(record) else {
                    return Err(BookFault::Unreadable.at(place));
                };
                if area(Some(told)) > cells_max {
                    return Err(BookFault::TooWide.at(place));
                }
            }
            // cells: FORMULA, BLANK, NUMBER, LABEL, BOOLERR, RK, MULRK, MULBLANK, RSTRING, LABELSST
            0x0006 | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00bd | 0x00be | 0x00d6
            | 0x00fd => {
                let place = |at| u16_at(record, at).map(u32::from);
                let (Some(row), Some(first)) = (place(0), place(2)) else {
                    continue;
                };
                let last = match kind {
                    0x00bd | 0x00be => place(length.saturating_sub(2)).unwrap_or(first),
                    _ => first,
                };
                let [top, left, bottom, right] = corners.unwrap_or([row, first, row, last]);
                corners = Some([
                    top.min(row),
                    left.min(first),
                    bottom.max(row),
                    right.max(last),
                ]);
            }
            _ => {}
        }
        if total.saturating_add(area(corners)) > cells_max {
            let place = match corners {
                Some([_, _, bottom, _]) => BookPlace::Row(name, u64::from(bottom) + 1),
                None => BookPlace::Sheet(name),
            };
            return Err(BookFault::TooWide.at(place));
        }
    }
    Ok(())
}

/// Where a sheet begins, and its name: in two forms of letters, in older files in one.
fn named(record: &[u8]) -> Option<(usize, Box<str>)> {
    let place = size_at(record, 0)?;
    let (letters, text) = (usize::from(*record.get(6)?), record.get(7..)?);
    let name = match (text.first(), text.len()) {
        (Some(0), length) if length == letters + 1 => text.get(1..)?.to_vec(),
        (Some(1), length) if length == letters * 2 + 1 => {
            let pairs = text.get(1..)?.chunks_exact(2);
            let pairs = pairs.filter_map(|pair| u16_at(pair, 0));
            let name: String = char::decode_utf16(pairs).flatten().collect();
            return Some((place, name.into()));
        }
        _ => text.to_vec(),
    };
    let name: String = name.into_iter().map(char::from).collect();
    Some((place, name.into()))
}

/// First row and column, last row and column, of the record that tells them; the record's own last
/// ones stand one further.
fn told_extent(record: &[u8]) -> Option<[u32; 4]> {
    let short = |at| u16_at(record, at).map(u32::from);
    let (top, bottom, left, right) = match record.len() {
        10 => (short(0)?, short(2)?, short(4)?, short(6)?),
        14 | 16 => (
            u32_at(record, 0)?,
            u32_at(record, 4)?,
            short(8)?,
            short(10)?,
        ),
        _ => return None,
    };
    // some writers tell a first column beyond the last possible one where they mean none
    let left = if left > 0xff { 0 } else { left };
    (top <= bottom && left <= right).then_some([top, left, bottom, right])
}

/// Cells of a rectangle between two corners, both included.
fn area(corners: Option<[u32; 4]>) -> usize {
    let Some([top, left, bottom, right]) = corners else {
        return 0;
    };
    let span = |from: u32, to: u32| usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
    let rows = span(top, bottom).saturating_add(1);
    rows.saturating_mul(span(left, right).saturating_add(1))
}
