//! From the blocks of a paper to marks on pages and the tree of what they mean. Pure, and in
//! twentieths of a point: the same paper gives the same marks.
//!
//! A heading, and a line above a table or the two above signatures, stay with what follows.
//! Signatures are never cut. A table repeats its header, and only a row that is higher than a page
//! is cut.

use std::io;

use crate::domain::Lang;
use crate::report::forms::{Align, Block, Line, Paper, Scale};

use super::letters::{Face, Letters, Piece};
use super::marks::{Heading, Mark, Node, Part, Role};
use super::table;
use super::{Look, columns};

/// White between the blocks.
const GAP: i32 = 80;
/// More of it above a heading.
const ABOVE_HEADING: i32 = 140;
/// White inside a frame.
const INSET: i32 = 90;
/// Room for a signature.
const SIGNATURE: i32 = 1_200;
/// A line of letters that knows its place in its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) piece: Piece,
    pub(super) face: Face,
    pub(super) size: i32,
    pub(super) align: Align,
    pub(super) underline: bool,
    /// True for the first line of its paragraph.
    pub(super) first: bool,
}

impl Set {
    /// From the top of this line to that of the next.
    pub(super) fn height(&self) -> i32 {
        self.size * 6 / 5
    }
}

fn height(sets: &[Set]) -> i32 {
    sets.iter().map(Set::height).sum()
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) look: Look,
    pub(super) marks: Vec<Mark>,
}

/// The marks of a paper.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    pub(super) letters: &'a Letters,
    /// The looks of the page that is being filled.
    pub(super) look: Look,
    pub(super) lang: Lang,
    pub(super) pages: Vec<Page>,
    pub(super) tree: Vec<Node>,
    pub(super) headings: Vec<Heading>,
    /// Leaves so far.
    pub(super) leaves: usize,
    /// Where the next block begins.
    pub(super) y: i32,
}

impl<'a> Flow<'a> {
    /// Lays out the paper.
    pub(super) fn of(paper: &Paper, look: Look, letters: &'a Letters) -> io::Result<Self> {
        let mut flow = Self {
            letters,
            look,
            lang: paper.lang,
            pages: Vec::new(),
            tree: Vec::new(),
            headings: Vec::new(),
            leaves: 0,
            y: look.top,
        };
        flow.new_page();
        let mut rest = &paper.blocks[..];
        while let Some((block, after)) = rest.split_first() {
            let blocks = rest;
            rest = after;
            if *block == Block::NewPage {
                flow.turn(after, look);
                flow.new_page();
                continue;
            }
            if flow.needs(blocks) > flow.room() && flow.y > flow.look.top {
                flow.new_page();
            }
            flow.block(block);
        }
        if flow.headings.is_empty() {
            return Err(io::Error::other("a paper without a heading"));
        }
        super::margin::write(&mut flow, paper);
        Ok(flow)
    }

    /// What is left of the page.
    pub(super) fn room(&self) -> i32 {
        self.look.bottom - self.y
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Page {
            look: self.look,
            marks: Vec::new(),
        });
        self.y = self.look.top;
    }

    /// The looks of the pages from the next one on, which hold these blocks.
    fn turn(&mut self, blocks: &[Block], look: Look) {
        let page = (look.width(), look.table);
        self.look = if columns::lie(self.letters, blocks, self.lang, page) {
            look.turned()
        } else {
            look
        };
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    /// The height that has to be left for the first block, with what it must not be parted from.
    fn needs(&self, blocks: &[Block]) -> i32 {
        let Some((block, after)) = blocks.split_first() else {
            return 0;
        };
        let width = self.look.width();
        match block {
            Block::Line(line) => {
                let above = if line.heading { ABOVE_HEADING } else { 0 };
                let own = above + height(&self.set(line, self.look.size, width)) + GAP;
                let keeps = line.heading
                    || matches!(
                        after,
                        [Block::Table(_) | Block::Signatures(_) | Block::Boxes(_), ..]
                            | [Block::Line(_), Block::Signatures(_), ..]
                    );
                if keeps { own + self.needs(after) } else { own }
            }
            Block::Table(grid) => table::first_rows(self, grid),
            Block::Head(left, right) => {
                let heights = [left, right].map(|lines| self.stack(lines, width / 2));
                heights.into_iter().max().unwrap_or(0)
            }
            Block::Boxes(columns) => self.highest(columns) + 2 * INSET,
            Block::Signatures(columns) => self.highest(columns) + SIGNATURE,
            Block::NewPage => 0,
        }
    }

    fn highest(&self, columns: &[Vec<Line>]) -> i32 {
        let each = self.each(columns.len());
        let heights = columns
            .iter()
            .map(|lines| self.stack(lines, each - 2 * INSET));
        heights.max().unwrap_or(0)
    }

    /// The width of one of so many columns.
    fn each(&self, columns: usize) -> i32 {
        self.look.width() / i32::try_from(columns.max(1)).unwrap_or(i32::MAX)
    }

    fn stack(&self, lines: &[Line], width: i32) -> i32 {
        let heights = lines
            .iter()
            .map(|line| height(&self.set(line, self.look.size, width)));
        heights.sum()
    }

    /// The lines of a paragraph in a column.
    pub(super) fn set(&self, line: &Line, size: i32, width: i32) -> Vec<Set> {
        let size = match line.scale {
            Scale::Small => size * 4 / 5,
            Scale::Plain => size,
            Scale::Large => size * 5 / 4,
            Scale::Huge => size * 2,
        };
        let face = match (line.bold, line.italic) {
            (true, _) => Face::Bold,
            (false, true) => Face::Italic,
            (false, false) => Face::Regular,
        };
        let text = self.letters.fitted(&line.text);
        let limit = i64::from(width) * i64::from(self.letters.em) / i64::from(size.max(1));
        let pieces = self.letters.wrap(face, &text, limit);
        let set = |(at, piece): (usize, Piece)| Set {
            piece,
            face,
            size,
            align: line.align,
            underline: line.underline,
            first: at == 0,
        };
        pieces.into_iter().enumerate().map(set).collect()
    }

    fn twips(&self, units: i64, size: i32) -> i32 {
        let width = units * i64::from(size) / i64::from(self.letters.em.max(1));
        i32::try_from(width).unwrap_or(i32::MAX)
    }

    /// Draws one line with its top at `y` and tells the number of its leaf; none where it is empty.
    pub(super) fn draw(
        &mut self,
        set: &Set,
        (x, y, width): (i32, i32, i32),
        again: bool,
    ) -> Option<usize> {
        let taken = self.twips(set.piece.units, set.size);
        let spare = (width - taken).max(0);
        let dx = match set.align {
            Align::Left | Align::Both => 0,
            Align::Center => spare / 2,
            Align::Right => spare,
        };
        let units = i64::from(spare) * i64::from(self.letters.em) / i64::from(set.size.max(1));
        // a line that a long word left half empty stays as it is
        let wider = units.checked_div(set.piece.gaps).unwrap_or(0);
        let stretched = set.align == Align::Both && !set.piece.last;
        let stretch = if stretched && wider < i64::from(self.letters.em) / 3 {
            wider
        } else {
            0
        };
        if set.underline {
            let under = y + set.size * 23 / 20;
            self.mark(Mark::Rule([x + dx, under, x + dx + taken, under]));
        }
        if set.piece.text.is_empty() {
            return None;
        }
        let part = if again {
            Part::Again
        } else {
            self.leaves += 1;
            Part::Leaf(self.leaves - 1)
        };
        self.mark(Mark::Text {
            x: x + dx,
            y: y + set.size * 19 / 20,
            face: set.face,
            size: set.size,
            text: set.piece.text.clone(),
            stretch,
            part,
        });
        match part {
            Part::Leaf(number) => Some(number),
            Part::Again | Part::Margin => None,
        }
    }

    /// Draws lines below each other; tells the paragraph and where it ends.
    fn paragraph(&mut self, line: &Line, (x, y, width): (i32, i32, i32)) -> (Node, i32) {
        let mut node = Node::new(Role::Paragraph);
        let mut y = y;
        for set in self.set(line, self.look.size, width) {
            if let Some(leaf) = self.draw(&set, (x, y, width), false) {
                node.leaf(leaf);
            }
            y += set.height();
        }
        (node, y)
    }

    fn block(&mut self, block: &Block) {
        let page = self.look.bottom - self.look.top;
        if let Block::Boxes(columns) | Block::Signatures(columns) = block
            && self.needs(std::slice::from_ref(block)) > page
        {
            // no page holds them side by side: below each other, so that nothing is cut off
            columns.iter().flatten().for_each(|line| self.line(line));
            return;
        }
        match block {
            Block::Line(line) => self.line(line),
            Block::Table(grid) => {
                let node = table::write(self, grid);
                self.tree.push(node);
                self.y += GAP;
            }
            Block::Head(left, right) => {
                let width = self.look.width();
                let first = width * 38 / 100;
                self.columns(&[(left, first), (right, width - first)], false);
                self.y += GAP;
            }
            Block::Boxes(columns) => {
                let each = self.each(columns.len());
                let columns: Vec<(&Vec<Line>, i32)> = columns.iter().map(|c| (c, each)).collect();
                self.columns(&columns, true);
                self.y += GAP;
            }
            Block::Signatures(columns) => {
                let each = self.each(columns.len());
                let columns: Vec<(&Vec<Line>, i32)> = columns.iter().map(|c| (c, each)).collect();
                self.columns(&columns, false);
                self.y += SIGNATURE;
            }
            Block::NewPage => {}
        }
    }

    /// A paragraph over the whole width, which may go on on the next page.
    fn line(&mut self, line: &Line) {
        let (x, width) = (self.look.left, self.look.width());
        if line.heading && self.y > self.look.top {
            self.y += ABOVE_HEADING.min(self.room().max(0));
        }
        let mut node = Node::new(Role::Paragraph);
        if line.heading {
            node.role = self.heading(line);
        }
        for set in self.set(line, self.look.size, width) {
            if set.height() > self.room() {
                self.new_page();
            }
            if let Some(leaf) = self.draw(&set, (x, self.y, width), false) {
                node.leaf(leaf);
            }
            self.y += set.height();
        }
        self.y += GAP;
        self.tree.push(node);
    }

    /// Notes a heading: titles are of the first level, and so is whatever comes before any title.
    fn heading(&mut self, line: &Line) -> Role {
        let level = if line.align == Align::Center || self.headings.is_empty() {
            1
        } else {
            2
        };
        let text = self.letters.fitted(&line.text);
        self.headings.push(Heading {
            level,
            text: text.clone(),
            page: self.pages.len() - 1,
            y: self.y,
        });
        Role::Heading(level, text)
    }

    /// Columns side by side, framed or not.
    fn columns(&mut self, columns: &[(&Vec<Line>, i32)], framed: bool) {
        let mut group = Node::new(Role::Group);
        let inset = if framed { INSET } else { 0 };
        let (top, mut x, mut bottom) = (self.y, self.look.left, self.y);
        for (lines, width) in columns {
            let mut column = Node::new(Role::Group);
            let mut y = top + inset;
            for line in *lines {
                let (node, end) = self.paragraph(line, (x + inset, y, width - 2 * inset));
                column.push(node);
                y = end;
            }
            bottom = bottom.max(y + inset);
            x += width;
            group.push(column);
        }
        if framed {
            self.frame(columns, top, bottom);
        }
        self.y = bottom;
        self.tree.push(group);
    }

    fn frame(&mut self, columns: &[(&Vec<Line>, i32)], top: i32, bottom: i32) {
        let mut x = self.look.left;
        let right = columns.iter().fold(x, |x, (_, width)| x + width);
        for y in [top, bottom] {
            self.mark(Mark::Rule([x, y, right, y]));
        }
        self.mark(Mark::Rule([x, top, x, bottom]));
        for (_, width) in columns {
            x += width;
            self.mark(Mark::Rule([x, top, x, bottom]));
        }
    }
}
