//! How cells look: one set of formats, so that every sheet reads alike.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use crate::domain::Lang;

/// The font of the workbook; on every Windows and Office, with all Vietnamese letters. Other
/// programs take one of the same widths.
const FONT: &str = "Arial";

pub(super) const INK: Color = Color::RGB(0x1F_2937);
pub(super) const QUIET: Color = Color::RGB(0x6B_7280);
pub(super) const LINE: Color = Color::RGB(0xD1_D5DB);
pub(super) const BLUE: Color = Color::RGB(0x1D_4ED8);
pub(super) const GREEN: Color = Color::RGB(0x16_6534);
pub(super) const RED: Color = Color::RGB(0xB9_1C1C);
pub(super) const AMBER: Color = Color::RGB(0x92_400E);
const HEAD_FILL: Color = Color::RGB(0xE5_E7EB);
const INPUT_FILL: Color = Color::RGB(0xFE_FCE8);
const GREEN_FILL: Color = Color::RGB(0xDC_FCE7);
const RED_FILL: Color = Color::RGB(0xFE_E2E2);
const AMBER_FILL: Color = Color::RGB(0xFE_F3C7);

/// What a cell holds; decides its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A sentence; wraps.
    Text,
    /// A sentence that a spreadsheet would read as a formula when somebody edits it.
    Quoted,
    /// A code: text that never becomes a number.
    Code,
    /// A whole number.
    Whole,
    /// Dong.
    Money,
    /// A day.
    Day,
    /// A share.
    Share,
    /// A cell for people to fill in.
    Input,
    /// A mark in the middle.
    Mark,
    /// A word that leads to another place.
    Link,
}

/// All formats.
#[derive(Clone, Debug)]
pub(super) struct Looks {
    pub(super) title: Format,
    pub(super) intro: Format,
    pub(super) said: Format,
    pub(super) warning: Format,
    pub(super) untold: Format,
    pub(super) heading: Format,
    pub(super) right_heading: Format,
    pub(super) input_heading: Format,
    pub(super) label: Format,
    pub(super) plain: Format,
    pub(super) tile_label: Format,
    pub(super) tile_note: Format,
    pub(super) tile: [Format; 3],
    pub(super) total_text: Format,
    pub(super) good: Format,
    pub(super) bad: Format,
    pub(super) amber: Format,
    cells: [Format; 10],
    totals: [Format; 10],
}

fn base() -> Format {
    Format::new()
        .set_font_name(FONT)
        .set_font_size(10)
        .set_font_color(INK)
}

/// The formats of the cells of a table, in the order of [`place`].
fn cells(lang: Lang) -> [Format; 10] {
    let cell = base()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Hair)
        .set_border_bottom_color(LINE);
    let numbers = [
        "General",
        "General",
        "@",
        "#,##0",
        "#,##0",
        day_format(lang),
        "0.00%",
        "@",
        "General",
        "General",
    ];
    let mut at = 0;
    numbers.map(|number| {
        at += 1;
        let format = cell.clone().set_num_format(number);
        match at {
            1 => format.set_text_wrap(),
            2 => format.set_text_wrap().set_quote_prefix(),
            8 => format.set_text_wrap().set_background_color(INPUT_FILL),
            6 => format.set_align(FormatAlign::Left),
            9 => format.set_align(FormatAlign::Center),
            10 => format
                .set_font_color(BLUE)
                .set_underline(FormatUnderline::Single),
            4..=7 if at != 6 => format.set_align(FormatAlign::Right).set_indent(1),
            _ => format,
        }
    })
}

impl Looks {
    pub(super) fn new(lang: Lang) -> Self {
        let cells = cells(lang);
        let totals = cells.clone().map(|format| {
            format
                .set_bold()
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(QUIET)
        });
        let heading = base()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color(HEAD_FILL)
            .set_border_bottom(FormatBorder::Thin);
        let fill = |ink: Color, fill: Color| {
            base()
                .set_bold()
                .set_text_wrap()
                .set_font_color(ink)
                .set_background_color(fill)
                .set_align(FormatAlign::VerticalCenter)
        };
        let tile = base()
            .set_bold()
            .set_font_size(16)
            .set_align(FormatAlign::Left);
        Self {
            title: base().set_bold().set_font_size(14),
            intro: base().set_font_color(QUIET),
            said: base()
                .set_font_color(QUIET)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            warning: base().set_bold().set_font_color(RED),
            untold: base()
                .set_bold()
                .set_font_color(RED)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            input_heading: heading.clone().set_background_color(Color::RGB(0xFE_F08A)),
            right_heading: heading.clone().set_align(FormatAlign::Right).set_indent(1),
            heading,
            label: base().set_bold(),
            plain: base().set_text_wrap().set_align(FormatAlign::Top),
            tile_label: base()
                .set_font_color(QUIET)
                .set_text_wrap()
                .set_align(FormatAlign::Bottom),
            tile_note: base()
                .set_font_size(9)
                .set_font_color(QUIET)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            tile: [
                tile.clone().set_num_format("#,##0"),
                tile.clone().set_num_format("0.00%"),
                tile.set_num_format("General"),
            ],
            total_text: base().set_bold(),
            good: fill(GREEN, GREEN_FILL),
            bad: fill(RED, RED_FILL),
            amber: fill(AMBER, AMBER_FILL),
            cells,
            totals,
        }
    }

    /// The format of a cell of a table.
    pub(super) fn cell(&self, look: Look) -> &Format {
        &self.cells[place(look)]
    }

    /// The format of a total above a table.
    pub(super) fn total(&self, look: Look) -> &Format {
        &self.totals[place(look)]
    }
}

fn place(look: Look) -> usize {
    match look {
        Look::Text => 0,
        Look::Quoted => 1,
        Look::Code => 2,
        Look::Whole => 3,
        Look::Money => 4,
        Look::Day => 5,
        Look::Share => 6,
        Look::Input => 7,
        Look::Mark => 8,
        Look::Link => 9,
    }
}

/// How a day is shown.
pub(in crate::report) fn day_format(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "dd/mm/yyyy",
        Lang::En => "yyyy-mm-dd",
    }
}
