//! How the cells of a paper look, and how much room a text takes.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use crate::domain::Lang;
use crate::report::forms::paper::{Align, Line};
use crate::report::xlsx::day_format;

/// The letters of administrative papers (Decree 30/2020/NĐ-CP).
const FONT: &str = "Times New Roman";
/// Points of letters in tables.
pub(super) const TABLE: u32 = 11;

/// The formats of a table's cells, plain and bold.
pub(super) struct Looks {
    pub(super) heading: Format,
    /// The number of a row.
    pub(super) order: [Format; 2],
    pub(super) text: [Format; 2],
    pub(super) quoted: [Format; 2],
    pub(super) right: [Format; 2],
    pub(super) number: [Format; 2],
    pub(super) day: [Format; 2],
    pub(super) share: [Format; 2],
}

impl Looks {
    pub(super) fn new(lang: Lang) -> Self {
        let cell = base(TABLE)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let both = |format: Format| [format.clone(), format.set_bold()];
        // a code stays a text when somebody edits it
        let text = cell.clone().set_text_wrap().set_num_format("@");
        let right = cell.clone().set_align(FormatAlign::Right).set_indent(1);
        let middle = cell.clone().set_align(FormatAlign::Center);
        Self {
            heading: cell
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0xF2_F2F2)),
            order: both(middle.clone()),
            quoted: both(text.clone().set_quote_prefix()),
            text: both(text),
            number: both(right.clone().set_num_format("#,##0")),
            share: both(right.clone().set_num_format("0.00%")),
            right: both(right),
            day: both(middle.set_num_format(day_format(lang))),
        }
    }

    /// The format of a line in letters of so many points.
    pub(super) fn line(line: &Line, size: u32) -> Format {
        let align = match line.align {
            Align::Left | Align::Both => FormatAlign::Left,
            Align::Center => FormatAlign::Center,
            Align::Right => FormatAlign::Right,
        };
        let mut format = base(size)
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_align(align);
        if line.bold {
            format = format.set_bold();
        }
        if line.italic {
            format = format.set_italic();
        }
        if line.underline {
            format = format.set_underline(FormatUnderline::Single);
        }
        format
    }
}

fn base(size: u32) -> Format {
    Format::new().set_font_name(FONT).set_font_size(size)
}

/// How wide a text is in pixels, a little more than less.
pub(super) fn width_of(text: &str, bold: bool, size: u32) -> u32 {
    let thousandths: u32 = text.chars().map(letter).sum();
    let bold = if bold { 106 } else { 100 };
    // 96 pixels are 72 points
    thousandths / 10 * bold / 10 * size / 750
}

/// A letter in thousandths of its size.
fn letter(c: char) -> u32 {
    match c {
        ' ' | '.' | ',' | ':' | ';' | '\'' | 'i' | 'l' | 't' | 'I' => 280,
        '…' | '—' => 1_000,
        c if c.is_uppercase() => 660,
        c if c.is_ascii() => 500,
        _ => 480,
    }
}

/// How many lines a text takes in so many pixels.
pub(super) fn lines_of(text: &str, bold: bool, size: u32, pixels: u32) -> u32 {
    // words leave room at the end of a line
    let room = pixels.saturating_sub(8).max(1) * 97 / 100;
    width_of(text, bold, size)
        .div_ceil(room.max(1))
        .clamp(1, 20)
}
