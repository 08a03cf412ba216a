//! A paper as PDF: tagged, with its title and language, with embedded letters, valid as PDF/A-2a
//! and PDF/UA-1 by krilla's own checks. `doisoat.pdf` is the summary of a night as such a paper.
//!
//! `letters` knows the fonts, `flow` and `table` set marks on pages, `ink` writes them down. The
//! same paper gives the same bytes. Texts are letters to draw: nothing in one becomes a link, a
//! form or a script.

use std::io;

use crate::domain::Day;

use super::forms::Paper;
use super::model::Report;
use flow::Flow;

pub(super) use columns::{SIDE, fit, lie};
pub(super) use letters::Letters;

mod columns;
mod flow;
mod ink;
mod letters;
mod margin;
mod marks;
mod summary;
mod table;

/// The name of the summary's file.
pub const FILE: &str = "doisoat.pdf";

/// A4, in twentieths of a point.
const SHORT: i32 = 11_906;
const LONG: i32 = 16_838;

/// Where pages are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    /// In the middle above, not on the first page (Decree 30/2020/NĐ-CP, annex I).
    Above,
    /// Below, with the number of pages.
    Below,
}

/// The looks of a page; lengths in twentieths of a point from the left or the top.
#[derive(Clone, Copy, Debug)]
struct Look {
    page_width: i32,
    page_height: i32,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    /// Size of letters.
    size: i32,
    /// The same in tables.
    table: i32,
    numbers: Numbers,
}

impl Look {
    /// An administrative paper: margins of 20, 20, 30 and 15 mm, letters of 13 points.
    fn form(landscape: bool) -> Self {
        let (page_width, page_height) = if landscape {
            (LONG, SHORT)
        } else {
            (SHORT, LONG)
        };
        Self {
            page_width,
            page_height,
            left: 1_701,
            right: page_width - 850,
            top: 1_134,
            bottom: page_height - 1_134,
            size: 260,
            table: 220,
            numbers: Numbers::Above,
        }
    }

    /// A report: margins of 15 mm, small letters.
    fn report() -> Self {
        Self {
            page_width: SHORT,
            page_height: LONG,
            left: 850,
            right: SHORT - 850,
            top: 850,
            bottom: LONG - 1_100,
            size: 210,
            table: 170,
            numbers: Numbers::Below,
        }
    }

    fn width(&self) -> i32 {
        self.right - self.left
    }

    /// The same paper with its pages on their side.
    fn turned(self) -> Self {
        match self.numbers {
            Numbers::Above => Self::form(true),
            Numbers::Below => self,
        }
    }
}

/// A paper as PDF; `of` is the day in its properties, the last one that it tells of.
pub fn paper(paper: &Paper, of: Day) -> io::Result<Vec<u8>> {
    write(paper, Look::form(paper.landscape), of)
}

/// The summary of a report on A4.
pub fn render(report: &Report) -> io::Result<Vec<u8>> {
    write(
        &summary::paper(report),
        Look::report(),
        report.business_date,
    )
}

fn write(paper: &Paper, look: Look, of: Day) -> io::Result<Vec<u8>> {
    let letters = Letters::read()?;
    let flow = Flow::of(paper, look, &letters)?;
    let title = letters.fitted(&paper.title);
    ink::write(&flow, &title, of)
}
