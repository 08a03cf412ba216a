//! What a paper says, before it is a file.

use crate::domain::{Day, Lang};
use crate::kpi::Fraction;
use crate::report::facts::Figure;
use crate::text;

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left margin.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right margin.
    Right,
    /// At both.
    Both,
}

/// How large letters are beside those of the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// A note.
    Small,
    /// The paper's own size.
    #[default]
    Plain,
    /// A figure to be seen at once.
    Large,
    /// The verdict.
    Huge,
}

/// A paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where.
    pub align: Align,
    /// Bold letters.
    pub bold: bool,
    /// Italic letters.
    pub italic: bool,
    /// A line under it.
    pub underline: bool,
    /// True for a heading of the document's outline.
    pub heading: bool,
    /// How large.
    pub scale: Scale,
}

impl Line {
    /// Plain text at both margins.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            align: Align::Both,
            ..Self::default()
        }
    }

    /// Plain text at the left margin: lines of dots are not stretched.
    pub fn left(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Bold text in the middle.
    pub fn title(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            align: Align::Center,
            bold: true,
            heading: true,
            ..Self::default()
        }
    }

    /// A bold line at the left.
    pub fn section(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bold: true,
            heading: true,
            ..Self::default()
        }
    }

    /// Text in the middle.
    pub fn middle(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            align: Align::Center,
            ..Self::default()
        }
    }

    /// The same in italics.
    pub fn slanted(self) -> Self {
        Self {
            italic: true,
            ..self
        }
    }

    /// The same in bold.
    pub fn strong(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same in another size.
    pub fn sized(self, scale: Scale) -> Self {
        Self { scale, ..self }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text or code.
    Text(String),
    /// A count or dong.
    Number(i128),
    /// A share or another figure as people read it.
    Right(String),
    /// A number of rows and their dong, one above the other.
    Figure(i128, i128),
    /// A day.
    Day(Day),
    /// A share, one column of its row over another; none where nothing is counted.
    Share(Option<Fraction>, u16, u16),
    /// A count or dong that is made of other cells.
    Made(i128, How),
}

/// How a figure is made of other cells of the workbook; columns count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The sum of so many rows right below it.
    Below(u32),
    /// The sum of all rows above it in its table.
    Above,
    /// The sum of two columns of its row.
    Plus(u16, u16),
    /// One column of its row less another.
    Less(u16, u16),
    /// The two rows right below it, less the third, and with a fourth where that is said.
    Balance(bool),
    /// Of the rows of an annex.
    Listed(Listed),
}

/// Rows of another table, counted or summed; its last row is a sum and no part of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The table by its name.
    pub table: String,
    /// The column that is summed; none: rows are counted.
    pub column: Option<u16>,
    /// Only rows that say in the first column what this row says in the second.
    pub alike: Option<(u16, u16)>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The sum of all rows above it.
    pub fn total(sum: i128) -> Self {
        Self::Made(sum, How::Above)
    }

    /// A figure.
    pub fn figure(figure: Figure) -> Self {
        Self::Figure(figure.count.into(), figure.sum_vnd)
    }

    /// As people read it.
    pub(super) fn shown(&self, lang: Lang) -> String {
        self.lines(lang).join(" – ")
    }

    /// The same, line by line.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Text(text) | Self::Right(text) => vec![text.clone()],
            Self::Number(number) | Self::Made(number, _) => vec![text::number(lang, *number)],
            Self::Day(day) => vec![text::day(lang, *day)],
            Self::Share(share, ..) => {
                vec![share.map_or_else(|| "-".to_owned(), |share| text::percent(lang, share))]
            }
            Self::Figure(rows, dong) => {
                vec![text::number(lang, *rows), text::money(lang, *dong)]
            }
        }
    }

    /// Where it stands in its column.
    pub fn align(&self) -> Align {
        match self {
            Self::Text(_) | Self::Day(_) => Align::Left,
            Self::Number(_)
            | Self::Right(_)
            | Self::Figure(..)
            | Self::Share(..)
            | Self::Made(..) => Align::Right,
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its cells, one a column.
    pub cells: Vec<Cell>,
    /// True for a sum.
    pub strong: bool,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// What it is called: the name of its sheet.
    pub name: String,
    /// Names of the columns with their widths in twentieths of a point.
    pub columns: Vec<(String, u32)>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A part of a paper, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Who issues it, left, and the motto, right.
    Head(Vec<Line>, Vec<Line>),
    /// A paragraph.
    Line(Line),
    /// A table.
    Table(Grid),
    /// Frames of the same width side by side.
    Boxes(Vec<Vec<Line>>),
    /// Who signs, side by side.
    Signatures(Vec<Vec<Line>>),
    /// What follows begins a page.
    NewPage,
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What the document calls itself.
    pub title: String,
    /// The language of its figures.
    pub lang: Lang,
    /// Wide tables lie on their side.
    pub landscape: bool,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// Issuer and motto of an administrative paper, with the place of the day.
pub(super) fn head(lang: Lang, unit: &str, number: &str) -> Block {
    let say = |key| text::say(lang, key, &[]);
    let unit = if unit.is_empty() {
        say("form-unit-blank")
    } else {
        unit.to_uppercase()
    };
    let left = vec![
        Line::middle(say("form-above")),
        Line::middle(unit).strong(),
        Line::middle(text::say(lang, "form-number", &[("number", number)])),
    ];
    let motto = Line {
        underline: true,
        ..Line::middle(say("form-motto")).strong()
    };
    let right = vec![
        Line::middle(say("form-state")).strong(),
        motto,
        Line::middle(say("form-place")).slanted(),
    ];
    Block::Head(left, right)
}

/// One column of signatures: the office, what to do there, and room.
pub(super) fn signer(lang: Lang, office: &str, hint: &str) -> Vec<Line> {
    vec![
        Line::middle(text::say(lang, office, &[])).strong(),
        Line::middle(text::say(lang, hint, &[])).slanted(),
    ]
}
