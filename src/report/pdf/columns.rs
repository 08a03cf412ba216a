//! How wide the columns of a table are, and how large its letters: a column holds its longest word,
//! number, day and code in one line. The same widths serve the document, whose letters are as wide.

use std::collections::BTreeSet;

use crate::domain::Lang;
use crate::report::forms::{Align, Block, Grid};

use super::letters::{Face, Letters};

/// White at the sides of a cell, in twentieths of a point.
pub(in crate::report) const SIDE: i32 = 60;
/// A rule beside a column takes so much of it in a word processor.
const RULE: i32 = 25;
/// Letters of a table are no smaller: 8 points.
const SMALLEST: i32 = 160;
/// They become smaller by half a point: a document counts in these.
const STEP: i32 = 10;
/// A cell should take no more lines.
const LINES: usize = 3;
/// A word of more letters is no code of the usual length, and may break.
const CODE: usize = 40;

/// The columns of a table as they are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Fit {
    /// Size of letters, in twentieths of a point.
    pub(in crate::report) size: i32,
    /// Width of each column with its white, in twentieths of a point.
    pub(in crate::report) widths: Vec<i32>,
    /// True where no cell takes more than three lines and no word is broken.
    pub(in crate::report) easy: bool,
}

/// What a column asks for, in units of the font.
#[derive(Clone, Copy, Debug, Default)]
struct Asks {
    /// Its longest word.
    least: i64,
    /// The width at which each cell takes three lines at most.
    easy: i64,
    /// True where nothing in it is a text.
    figures: bool,
}

impl Asks {
    fn of(letters: &Letters, grid: &Grid, at: usize, lang: Lang) -> Self {
        let mut asks = Self {
            figures: true,
            ..Self::default()
        };
        let mut seen = BTreeSet::new();
        if let Some((heading, _)) = grid.columns.get(at) {
            asks.add(letters, Face::Bold, heading);
        }
        for row in &grid.rows {
            let Some(cell) = row.cells.get(at) else {
                continue;
            };
            let face = if row.strong {
                Face::Bold
            } else {
                Face::Regular
            };
            for text in cell.lines(lang) {
                asks.figures &= cell.align() == Align::Right || text.is_empty();
                if !seen.contains(&(row.strong, text.clone())) {
                    asks.add(letters, face, &text);
                    seen.insert((row.strong, text));
                }
            }
        }
        asks
    }

    fn add(&mut self, letters: &Letters, face: Face, text: &str) {
        let text = letters.fitted(text);
        for word in text.split(' ') {
            let end = word
                .char_indices()
                .nth(CODE)
                .map_or(word.len(), |(at, _)| at);
            let held = word.get(..end).unwrap_or(word);
            self.least = self.least.max(letters.units(face, held));
        }
        let whole = letters.units(face, &text);
        let mut width = self.easy.max(self.least);
        while width < whole && letters.wrap(face, &text, width).len() > LINES {
            width += width / 16 + 1;
        }
        self.easy = width;
    }
}

/// Lays the columns of a table into so much room, with letters of this size or smaller ones.
pub(in crate::report) fn fit(
    letters: &Letters,
    grid: &Grid,
    lang: Lang,
    (room, size): (i32, i32),
) -> Fit {
    let columns = 0..grid.columns.len();
    let asks: Vec<Asks> = columns
        .map(|at| Asks::of(letters, grid, at, lang))
        .collect();
    let em = i64::from(letters.em.max(1));
    let wide = |units: i64, size: i32| {
        let width = (units * i64::from(size) + em - 1) / em;
        i32::try_from(width).unwrap_or(i32::MAX / 1_000) + 2 * SIDE + RULE
    };
    let mut size = size;
    let needs = |size| {
        asks.iter()
            .map(|column| wide(column.easy, size))
            .sum::<i32>()
    };
    while needs(size) > room && size - STEP >= SMALLEST {
        size -= STEP;
    }
    let easy = needs(size) <= room;
    let mut widths: Vec<i32> = asks.iter().map(|column| wide(column.least, size)).collect();
    if widths.iter().sum::<i32>() > room {
        squeeze(&mut widths, &asks, room);
    }
    let eases: Vec<i32> = asks.iter().map(|column| wide(column.easy, size)).collect();
    grant(&mut widths, &eases, room);
    grant(&mut widths, &told(grid, room), room);
    Fit { size, widths, easy }
}

/// The widths as the paper tells them, as parts of the room.
fn told(grid: &Grid, room: i32) -> Vec<i32> {
    let told = grid.columns.iter().map(|(_, width)| i64::from(*width));
    let all = told.clone().sum::<i64>().max(1);
    let part = |width: i64| i32::try_from(width * i64::from(room) / all).unwrap_or(0);
    told.map(part).collect()
}

/// Gives of what is left to each column that is narrower than it wants to be.
fn grant(widths: &mut [i32], wanted: &[i32], room: i32) {
    let left = i64::from(room - widths.iter().sum::<i32>());
    let lacks = widths.iter().zip(wanted);
    let lacks: Vec<i64> = lacks
        .map(|(has, wants)| i64::from((wants - has).max(0)))
        .collect();
    let all: i64 = lacks.iter().sum();
    if left <= 0 || all == 0 {
        return;
    }
    for (width, lack) in widths.iter_mut().zip(lacks) {
        *width += i32::try_from(lack * left.min(all) / all).unwrap_or(0);
    }
}

/// Where not all words can be held, figures are and texts are broken.
fn squeeze(widths: &mut [i32], asks: &[Asks], room: i32) {
    let sum = |widths: &[i32], figures: bool| -> i64 {
        let columns = widths.iter().zip(asks);
        let columns = columns.filter(|(_, column)| column.figures == figures);
        columns.map(|(width, _)| i64::from(*width)).sum()
    };
    let (figures, texts) = (sum(widths, true), sum(widths, false));
    let left = i64::from(room) - figures;
    let (whole, part, all) = if left > texts / 4 {
        (true, left, texts)
    } else {
        (false, i64::from(room), figures + texts)
    };
    for (width, column) in widths.iter_mut().zip(asks) {
        if !(whole && column.figures) {
            *width = i32::try_from(i64::from(*width) * part / all.max(1)).unwrap_or(0);
        }
    }
}

/// True where a table up to the next new page would need smaller letters, or more lines a cell,
/// than an upright page has room for.
pub(in crate::report) fn lie(
    letters: &Letters,
    blocks: &[Block],
    lang: Lang,
    page: (i32, i32),
) -> bool {
    blocks.iter().any(|block| match block {
        Block::Table(grid) => !fit(letters, grid, lang, page).easy,
        _ => false,
    })
}
