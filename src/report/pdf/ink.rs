//! Marks to bytes, by krilla: the only file that knows the library. It checks what it writes
//! against PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) and refuses what does not hold.
//!
//! The library draws in floats; nothing is counted in them here.

#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "coordinates of a drawing, from whole twentieths of a point"
)]

use std::io;
use std::num::NonZeroU16;

use krilla::color::luma;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as Tagged, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use crate::domain::{Day, Lang};

use super::flow::Flow;
use super::letters::{FILES, Letters};
use super::marks::{Child, Heading, Mark, Node, Part, Role};

/// Titles in a file's own records are no longer than this; on the page they are whole.
const TITLE_MAX: usize = 500;

fn short(title: &str) -> String {
    title.chars().take(TITLE_MAX).collect()
}

/// Twentieths of a point as points.
fn points(twips: i32) -> f32 {
    f32::from(i16::try_from(twips).unwrap_or(i16::MAX)) / 20.0
}

/// The file.
pub(super) fn write(flow: &Flow<'_>, title: &str, of: Day) -> io::Result<Vec<u8>> {
    let configuration = ConfigurationBuilder::new()
        .with_version(PdfVersion::Pdf17)
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| io::Error::other(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let pen = Pen {
        letters: flow.letters,
        fonts: fonts()?,
    };
    let mut leaves = Vec::new();
    for page in &flow.pages {
        let (look, marks) = (page.look, &page.marks);
        let settings = PageSettings::from_wh(points(look.page_width), points(look.page_height));
        let settings = settings.ok_or_else(|| io::Error::other("a page without a size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        pen.draw(&mut surface, marks, &mut leaves);
        surface.finish();
        page.finish();
    }
    let lang = match flow.lang {
        Lang::Vi => "vi-VN",
        Lang::En => "en-US",
    };
    let mut tree = TagTree::new().with_lang(Some(lang.to_owned()));
    for node in flow.tree.iter().filter(|node| says(node)) {
        tree.push(group(node, &leaves));
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(flow.look.left, &flow.headings));
    document.set_metadata(
        Metadata::new()
            .title(short(title))
            .language(lang.to_owned())
            .creator("doisoat".to_owned())
            .creation_date(start_of(of)),
    );
    document.finish().map_err(refused)
}

fn fonts() -> io::Result<Vec<Font>> {
    let read = |file: &'static [u8]| Font::new(file.into(), 0);
    let fonts: Option<Vec<Font>> = FILES.into_iter().map(read).collect();
    fonts.ok_or_else(|| io::Error::other("an embedded font cannot be read"))
}

fn refused(error: KrillaError) -> io::Error {
    io::Error::other(match error {
        KrillaError::Validation(errors) => {
            let first = errors.first();
            first.map_or_else(String::new, |(error, _)| format!("no valid PDF: {error:?}"))
        }
        error => error.to_string(),
    })
}

/// The beginning of the day that the paper tells of: a file knows no clock.
fn start_of(day: Day) -> DateTime {
    let part = |format: &str| day.date().format(format).to_string();
    let small = |format: &str| part(format).parse::<u8>().unwrap_or(1);
    DateTime::new(part("%Y").parse().unwrap_or(1))
        .month(small("%m"))
        .day(small("%d"))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(7)
        .utc_offset_minute(0)
}

/// What draws: the fonts for the library, and their shapes for us.
struct Pen<'a> {
    letters: &'a Letters,
    fonts: Vec<Font>,
}

impl Pen<'_> {
    /// Draws the marks of a page: grounds below lines below letters.
    fn draw(&self, surface: &mut Surface<'_>, marks: &[Mark], leaves: &mut Vec<Identifier>) {
        let ground = |mark: &Mark| match mark {
            Mark::Ground(edges) => Some(*edges),
            Mark::Rule(_) | Mark::Text { .. } => None,
        };
        let rule = |mark: &Mark| match mark {
            Mark::Rule(ends) => Some(*ends),
            Mark::Ground(_) | Mark::Text { .. } => None,
        };
        grounds(surface, marks.iter().filter_map(ground));
        rules(surface, marks.iter().filter_map(rule));
        surface.set_stroke(None);
        surface.set_fill(Some(fill(0)));
        for mark in marks {
            let Mark::Text { text, part, .. } = mark else {
                continue;
            };
            let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
            let tag = match part {
                Part::Leaf(_) => ContentTag::Span(SpanTag::empty()),
                Part::Again => artifact(ArtifactType::PaginationOther),
                Part::Margin => artifact(ArtifactType::Footer),
            };
            let leaf = surface.start_tagged(tag);
            self.text(surface, mark, text);
            surface.end_tagged();
            if matches!(part, Part::Leaf(_)) {
                leaves.push(leaf);
            }
        }
    }

    fn text(&self, surface: &mut Surface<'_>, mark: &Mark, text: &str) {
        let Mark::Text {
            x,
            y,
            face,
            size,
            stretch,
            ..
        } = mark
        else {
            return;
        };
        let em = f32::from(self.letters.em.max(1));
        let stretch = f32::from(i16::try_from(*stretch).unwrap_or(i16::MAX));
        let glyph = |(at, letter): (usize, char)| {
            let shape = self.letters.shape(*face, letter)?;
            let wider = if letter == ' ' { stretch } else { 0.0 };
            let advance = (f32::from(shape.width) + wider) / em;
            let range = at..at + letter.len_utf8();
            let id = GlyphId::new(shape.glyph);
            Some(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, range, None))
        };
        let glyphs: Vec<KrillaGlyph> = text.char_indices().filter_map(glyph).collect();
        let Some(font) = self.fonts.get(face.index()) else {
            return;
        };
        let start = Point::from_xy(points(*x), points(*y));
        surface.draw_glyphs(start, &glyphs, font.clone(), text, points(*size), false);
    }
}

fn fill(lightness: u8) -> Fill {
    Fill {
        paint: luma::Color::new(lightness).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn grounds(surface: &mut Surface<'_>, edges: impl Iterator<Item = [i32; 4]>) {
    let mut path = PathBuilder::new();
    for [left, top, right, bottom] in edges {
        let [left, top, right, bottom] = [left, top, right, bottom].map(points);
        if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
            path.push_rect(rect);
        }
    }
    if let Some(path) = path.finish() {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
            ArtifactType::Layout,
        )));
        surface.set_stroke(None);
        surface.set_fill(Some(fill(235)));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

fn rules(surface: &mut Surface<'_>, ends: impl Iterator<Item = [i32; 4]>) {
    let mut path = PathBuilder::new();
    for [x1, y1, x2, y2] in ends {
        path.move_to(points(x1), points(y1));
        path.line_to(points(x2), points(y2));
    }
    if let Some(path) = path.finish() {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
            ArtifactType::Layout,
        )));
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            width: 0.5,
            ..Stroke::default()
        }));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

/// False for a paragraph without a letter; an empty cell still says that it is one.
fn says(node: &Node) -> bool {
    match node.role {
        Role::Heading(..) | Role::Paragraph => !node.parts.is_empty(),
        Role::Group | Role::Table(_) | Role::Row | Role::Name | Role::Cell => true,
    }
}

fn group(node: &Node, leaves: &[Identifier]) -> TagGroup {
    let mut group = match &node.role {
        Role::Heading(level, text) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(Tag::Hn(level, Some(short(text))))
        }
        Role::Paragraph => TagGroup::new(Tag::P),
        Role::Group => TagGroup::new(Tag::Div),
        Role::Table(name) => TagGroup::new(Tag::Table.with_summary(Some(short(name)))),
        Role::Row => TagGroup::new(Tag::TR),
        Role::Name => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Role::Cell => TagGroup::new(Tag::TD),
    };
    for part in &node.parts {
        match part {
            Child::Node(node) if says(node) => group.push(self::group(node, leaves)),
            Child::Node(_) => {}
            Child::Leaf(number) => {
                if let Some(leaf) = leaves.get(*number) {
                    group.push(Tagged::Leaf(*leaf));
                }
            }
        }
    }
    group
}

/// Titles with the headings below them.
fn outline(left: i32, headings: &[Heading]) -> Outline {
    let node = |heading: &Heading| {
        let point = Point::from_xy(points(left), points(heading.y));
        OutlineNode::new(
            short(&heading.text),
            XyzDestination::new(heading.page, point),
        )
    };
    let mut outline = Outline::new();
    let mut title: Option<OutlineNode> = None;
    for heading in headings {
        match &mut title {
            Some(title) if heading.level > 1 => title.push_child(node(heading)),
            _ => {
                if let Some(title) = title.replace(node(heading).with_open(true)) {
                    outline.push_child(title);
                }
            }
        }
    }
    if let Some(title) = title {
        outline.push_child(title);
    }
    outline
}
