//! What is drawn on a page, and the tree of what it means. Lengths are in twentieths of a point
//! from the left and the top.

use super::letters::Face;

/// What a mark is for those who hear the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The leaf of the tree with this number.
    Leaf(usize),
    /// The header of a table, once more.
    Again,
    /// What stands in the margin.
    Margin,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A line of letters.
    Text {
        /// Left end.
        x: i32,
        /// Base line, from the top.
        y: i32,
        /// Which face.
        face: Face,
        /// Height of an em.
        size: i32,
        /// The letters.
        text: String,
        /// By how many units of the font each space is wider.
        stretch: i64,
        /// What it is.
        part: Part,
    },
    /// A line from one point to another.
    Rule([i32; 4]),
    /// A grey ground: left, top, right, bottom.
    Ground([i32; 4]),
}

/// What a group of leaves means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A heading of a level with its text.
    Heading(u16, String),
    /// A paragraph.
    Paragraph,
    /// Things that belong together.
    Group,
    /// A table with its name.
    Table(String),
    /// A row of it.
    Row,
    /// A cell that names its column.
    Name,
    /// Another cell.
    Cell,
}

/// A group of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// What it means.
    pub(super) role: Role,
    /// What it holds, in the order of reading.
    pub(super) parts: Vec<Child>,
}

/// A part of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Child {
    /// A smaller group.
    Node(Node),
    /// The mark with this number.
    Leaf(usize),
}

impl Node {
    pub(super) fn new(role: Role) -> Self {
        let parts = Vec::new();
        Self { role, parts }
    }

    pub(super) fn push(&mut self, node: Self) {
        self.parts.push(Child::Node(node));
    }

    pub(super) fn leaf(&mut self, number: usize) {
        self.parts.push(Child::Leaf(number));
    }
}

/// A heading for the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// 1 or 2.
    pub(super) level: u16,
    /// What it says.
    pub(super) text: String,
    /// The page, from 0.
    pub(super) page: usize,
    /// Its top.
    pub(super) y: i32,
}
