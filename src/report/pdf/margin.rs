//! What stands in the margins once the number of pages is known: page numbers, and in a report its
//! name. Those who hear the document do not hear it.

use crate::report::forms::{Align, Paper};
use crate::text;

use super::Numbers;
use super::flow::Flow;
use super::letters::Face;
use super::marks::{Mark, Part};

pub(super) fn write(flow: &mut Flow<'_>, paper: &Paper) {
    let pages = flow.pages.len();
    let title = flow.letters.fitted(&paper.title);
    for at in 0..pages {
        if let Some(page) = flow.pages.get(at) {
            flow.look = page.look;
        }
        let marks = match flow.look.numbers {
            Numbers::Above if at == 0 => Vec::new(),
            Numbers::Above => {
                let y = flow.look.top * 2 / 3;
                vec![line(
                    flow,
                    &(at + 1).to_string(),
                    (flow.look.size, y),
                    Align::Center,
                )]
            }
            Numbers::Below => {
                let (size, y) = (flow.look.table, flow.look.bottom + 400);
                let (number, of) = ((at + 1).to_string(), pages.to_string());
                let args = [("page", &*number), ("pages", &*of)];
                let page = flow
                    .letters
                    .fitted(&text::say(paper.lang, "pdf-page", &args));
                vec![
                    line(
                        flow,
                        &first_part(flow, &title, size),
                        (size, y),
                        Align::Left,
                    ),
                    line(flow, &page, (size, y), Align::Right),
                ]
            }
        };
        if let Some(page) = flow.pages.get_mut(at) {
            page.marks.extend(marks);
        }
    }
}

/// As much of the title as leaves room for the page's number.
fn first_part(flow: &Flow<'_>, title: &str, size: i32) -> String {
    let width = i64::from(flow.look.width()) * 3 / 4;
    let limit = width * i64::from(flow.letters.em) / i64::from(size.max(1));
    let pieces = flow.letters.wrap(Face::Regular, title, limit);
    pieces
        .into_iter()
        .next()
        .map_or_else(String::new, |p| p.text)
}

fn line(flow: &Flow<'_>, text: &str, (size, y): (i32, i32), align: Align) -> Mark {
    let units = flow.letters.units(Face::Regular, text);
    let taken = units * i64::from(size) / i64::from(flow.letters.em.max(1));
    let spare = flow.look.width() - i32::try_from(taken).unwrap_or(0);
    let dx = match align {
        Align::Left | Align::Both => 0,
        Align::Center => spare / 2,
        Align::Right => spare,
    };
    Mark::Text {
        x: flow.look.left + dx,
        y,
        face: Face::Regular,
        size,
        text: text.to_owned(),
        stretch: 0,
        part: Part::Margin,
    }
}
