//! Tables over pages.

use crate::report::forms::{Grid, Line};

use super::columns::{Fit, SIDE, fit};
use super::flow::{Flow, Set};
use super::marks::{Mark, Node, Role};

/// White above and below what a cell says.
const ABOVE: i32 = 35;

/// A cell's lines and how many of them are drawn.
struct Laid {
    sets: Vec<Set>,
    drawn: usize,
    node: Node,
}

/// A row before it is drawn.
type Band = Vec<Laid>;

/// The columns as they are drawn on this page.
fn columns(flow: &Flow<'_>, grid: &Grid) -> Fit {
    let page = (flow.look.width(), flow.look.table);
    fit(flow.letters, grid, flow.lang, page)
}

fn header(flow: &Flow<'_>, grid: &Grid, fit: &Fit) -> Band {
    let cells = grid.columns.iter().zip(&fit.widths);
    cells
        .map(|((name, _), width)| {
            let line = Line::middle(name.as_str()).strong();
            Laid {
                sets: flow.set(&line, fit.size, width - 2 * SIDE),
                drawn: 0,
                node: Node::new(Role::Name),
            }
        })
        .collect()
}

fn band(flow: &Flow<'_>, grid: &Grid, row: usize, fit: &Fit) -> Band {
    let Some(row) = grid.rows.get(row) else {
        return Band::new();
    };
    let cells = row.cells.iter().zip(&fit.widths);
    cells
        .map(|(cell, width)| {
            let lines = cell.lines(flow.lang).into_iter();
            let sets = lines.flat_map(|text| {
                let line = Line {
                    text,
                    align: cell.align(),
                    bold: row.strong,
                    ..Line::default()
                };
                flow.set(&line, fit.size, width - 2 * SIDE)
            });
            Laid {
                sets: sets.collect(),
                drawn: 0,
                node: Node::new(Role::Cell),
            }
        })
        .collect()
}

/// The height of what is not drawn yet.
fn height(band: &[Laid]) -> i32 {
    let left = |cell: &Laid| -> i32 { cell.sets.iter().skip(cell.drawn).map(Set::height).sum() };
    band.iter().map(left).max().unwrap_or(0) + 2 * ABOVE
}

/// The height of the header with the first row, or of what a page can hold of them.
pub(super) fn first_rows(flow: &Flow<'_>, grid: &Grid) -> i32 {
    let fit = columns(flow, grid);
    let header = height(&header(flow, grid, &fit));
    let first = height(&band(flow, grid, 0, &fit));
    (header + first).min((flow.look.bottom - flow.look.top) / 2)
}

/// Draws the table from where the page is.
pub(super) fn write(flow: &mut Flow<'_>, grid: &Grid) -> Node {
    let fit = columns(flow, grid);
    let widths = &fit.widths[..];
    let mut table = Node::new(Role::Table(flow.letters.fitted(&grid.name)));
    let mut head = header(flow, grid, &fit);
    let head_height = height(&head);
    let whole = flow.look.bottom - flow.look.top - head_height;
    if head_height > flow.room() {
        flow.new_page();
    }
    slice(flow, &mut head, widths, Kind::Header);
    table.push(finished(head));
    for at in 0..grid.rows.len() {
        let mut band = band(flow, grid, at, &fit);
        loop {
            let needs = height(&band);
            if needs <= flow.room() {
                slice(flow, &mut band, widths, Kind::Row);
                break;
            }
            let least = band.iter().flat_map(|c| &c.sets).map(Set::height).max();
            let some = flow.room() >= least.unwrap_or(0) + 2 * ABOVE;
            if needs > whole && some {
                slice(flow, &mut band, widths, Kind::Row);
            }
            let fresh = flow.y <= flow.look.top + head_height;
            if fresh && !some {
                // not even one line fits a page: it is drawn over the margin, and nothing is lost
                slice(flow, &mut band, widths, Kind::Over);
                break;
            }
            flow.new_page();
            again(flow, grid, &fit);
        }
        table.push(finished(band));
    }
    table
}

/// The header once more, at the top of a page.
fn again(flow: &mut Flow<'_>, grid: &Grid, fit: &Fit) {
    let mut head = header(flow, grid, fit);
    if height(&head) * 2 < flow.look.bottom - flow.look.top {
        slice(flow, &mut head, &fit.widths, Kind::Again);
    }
}

fn finished(band: Band) -> Node {
    let mut row = Node::new(Role::Row);
    for cell in band {
        row.push(cell.node);
    }
    row
}

/// What is drawn of a band.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The header.
    Header,
    /// The header once more.
    Again,
    /// As much of a row as fits.
    Row,
    /// All of it.
    Over,
}

/// Draws of each cell as many lines as fit, with the lines around them.
fn slice(flow: &mut Flow<'_>, band: &mut [Laid], widths: &[i32], kind: Kind) {
    let top = flow.y;
    let room = if kind == Kind::Row {
        flow.room() - 2 * ABOVE
    } else {
        i32::MAX
    };
    let is_header = matches!(kind, Kind::Header | Kind::Again);
    let whole = height(band).min(room.saturating_add(2 * ABOVE));
    let (left, right) = (flow.look.left, flow.look.left + widths.iter().sum::<i32>());
    if is_header {
        flow.mark(Mark::Ground([left, top, right, top + whole]));
    }
    let (mut x, mut bottom) = (left, top + 2 * ABOVE);
    for (cell, width) in band.iter_mut().zip(widths) {
        let mut y = top + ABOVE;
        let own: i32 = cell.sets.iter().map(Set::height).sum();
        if is_header {
            y += (whole - 2 * ABOVE - own).max(0) / 2;
        }
        while let Some(set) = cell.sets.get(cell.drawn) {
            if y + set.height() - top - ABOVE > room {
                break;
            }
            let column = (x + SIDE, y, width - 2 * SIDE);
            if let Some(leaf) = flow.draw(set, column, kind == Kind::Again) {
                cell.node.leaf(leaf);
            }
            y += set.height();
            cell.drawn += 1;
        }
        bottom = bottom.max(y + ABOVE);
        x += width;
    }
    if is_header {
        bottom = top + whole;
    }
    let mut x = left;
    for y in [top, bottom] {
        flow.mark(Mark::Rule([left, y, right, y]));
    }
    flow.mark(Mark::Rule([x, top, x, bottom]));
    for width in widths {
        x += width;
        flow.mark(Mark::Rule([x, top, x, bottom]));
    }
    flow.y = bottom;
}
