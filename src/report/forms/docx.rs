//! A paper as DOCX: a zip of a few small XML parts (ECMA-376, WordprocessingML), written by hand
//! because the library for it brings an image decoder and its own dates.
//!
//! Texts are escaped, and what cannot be seen is shown, so no text of a row can become markup, a
//! field or a link. Headings have their level and the first row of a table repeats, for those who
//! hear the document. The same paper gives the same bytes.

use std::io::{self, Cursor, Write};

use askama::filters::Escaper;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paper::{Align, Block, Grid, Line, Paper};
use crate::domain::Lang;
use crate::report::escape::Visible;
use crate::report::pdf::{Letters, SIDE, fit, lie};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;
const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>"#;
/// The page's number in the middle of the upper margin, on all pages but the first
/// (Decree 30/2020).
const HEADER: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:fldSimple w:instr=" PAGE ">"#,
    r#"<w:r><w:t>2</w:t></w:r></w:fldSimple></w:p></w:hdr>"#
);
const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman""#,
    r#" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>"#,
    r#"<w:sz w:val="26"/><w:szCs w:val="26"/><w:lang w:val="LANG"/></w:rPr></w:rPrDefault>"#,
    r#"<w:pPrDefault><w:pPr><w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>"#,
    r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>"#,
    r#"</w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>"#,
    r#"<w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr>"#,
    "</w:style></w:styles>"
);
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Width of the text on A4 between margins of 30 and 15 mm, in twentieths of a point.
const UPRIGHT: i32 = 9355;
const ON_ITS_SIDE: i32 = 14_287;
/// Letters of a table that is not too wide, in twentieths of a point.
const TABLE: i32 = 220;
/// A word processor without Times New Roman may draw with letters so much wider, in hundredths.
const LETTERS: i32 = 128;

/// The file.
pub fn render(paper: &Paper) -> io::Result<Vec<u8>> {
    let lang = match paper.lang {
        Lang::Vi => "vi-VN",
        Lang::En => "en-US",
    };
    let styles = STYLES.replace("LANG", lang);
    let core = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:language>{lang}</dc:language></cp:coreProperties>"#,
        escaped(&paper.title)
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("word/_rels/document.xml.rels", PARTS),
        ("word/styles.xml", &styles),
        ("word/header1.xml", HEADER),
        ("docProps/core.xml", &core),
        ("word/document.xml", &document(paper, &Letters::read()?)),
    ] {
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // writing to a string cannot fail
    let _written = Visible.write_escaped_str(&mut out, text);
    out
}

fn document(paper: &Paper, letters: &Letters) -> String {
    let mut lies = paper.landscape;
    let mut width = room(lies);
    let mut out = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="{WORD}" xmlns:r="{LINKS}"><w:body>"#
    );
    let mut first = true;
    for (at, block) in paper.blocks.iter().enumerate() {
        let after = paper.blocks.get(at + 1..).unwrap_or_default();
        match block {
            // what a table or signatures belong to stands on their page, and the last words
            // before who signs do
            Block::Line(line) => {
                let keep = matches!(
                    after,
                    [Block::Table(_) | Block::Signatures(_), ..]
                        | [Block::Line(_), Block::Signatures(_), ..]
                );
                spaced(&mut out, line, 26, keep);
            }
            Block::Table(grid) => table(&mut out, grid, (letters, width), paper.lang),
            Block::Head(left, right) => {
                // the name of the state stands in one line
                let columns = [(left, width * 38 / 100), (right, width * 62 / 100)];
                side_by_side(&mut out, &columns, false);
            }
            Block::Boxes(columns) | Block::Signatures(columns) => {
                let each = width / i32::try_from(columns.len().max(1)).unwrap_or(1);
                let columns: Vec<(&Vec<Line>, i32)> =
                    columns.iter().map(|lines| (lines, each)).collect();
                let room = matches!(block, Block::Signatures(_));
                side_by_side(&mut out, &columns, room);
            }
            Block::NewPage => {
                let upright = of_table(room(paper.landscape));
                let next = paper.landscape || lie(letters, after, paper.lang, upright);
                if next == lies {
                    out.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#);
                } else {
                    out.push_str("<w:p><w:pPr>");
                    section(&mut out, lies, first);
                    out.push_str("</w:pPr></w:p>");
                    (lies, first, width) = (next, false, room(next));
                }
            }
        }
    }
    section(&mut out, lies, first);
    out.push_str("</w:body></w:document>");
    out
}

/// The width of the text of a page.
fn room(lies: bool) -> i32 {
    if lies { ON_ITS_SIDE } else { UPRIGHT }
}

/// The room of a table on such a page for letters as wide as ours, and their size.
fn of_table(width: i32) -> (i32, i32) {
    (width * 100 / LETTERS, TABLE)
}

/// What the pages of a section are like; only the first of the document has no number.
fn section(out: &mut String, lies: bool, first: bool) {
    let page = if lies {
        concat!(
            r#"<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>"#,
            r#"<w:pgMar w:top="1417" w:right="1134" w:bottom="850" w:left="1417""#,
            r#" w:header="567" w:footer="567" w:gutter="0"/>"#
        )
    } else {
        concat!(
            r#"<w:pgSz w:w="11906" w:h="16838"/>"#,
            r#"<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701""#,
            r#" w:header="567" w:footer="567" w:gutter="0"/>"#
        )
    };
    out.push_str(r#"<w:sectPr><w:headerReference w:type="default" r:id="rId2"/>"#);
    out.push_str(page);
    if first {
        out.push_str("<w:titlePg/>");
    }
    out.push_str("</w:sectPr>");
}

/// A paragraph in letters of so many half points.
fn paragraph(out: &mut String, line: &Line, size: u32) {
    spaced(out, line, size, false);
}

/// The same; `keep`: on the page of what follows.
fn spaced(out: &mut String, line: &Line, size: u32, keep: bool) {
    out.push_str("<w:p><w:pPr>");
    if line.heading {
        out.push_str(r#"<w:pStyle w:val="Heading1"/>"#);
    }
    if keep {
        out.push_str("<w:keepNext/>");
    }
    let align = match line.align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
        Align::Both => "both",
    };
    out.extend([r#"<w:jc w:val=""#, align, r#""/></w:pPr><w:r><w:rPr>"#]);
    if line.bold {
        out.push_str("<w:b/>");
    }
    if line.italic {
        out.push_str("<w:i/>");
    }
    let size = size.to_string();
    out.extend([r#"<w:sz w:val=""#, &size, r#""/>"#]);
    if line.underline {
        out.push_str(r#"<w:u w:val="single"/>"#);
    }
    out.push_str(r#"</w:rPr><w:t xml:space="preserve">"#);
    out.push_str(&escaped(&line.text));
    out.push_str("</w:t></w:r></w:p>");
}

fn cell(out: &mut String, width: i32, lines: &[Line], size: u32) {
    out.extend([format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>"#
    )]);
    for line in lines {
        paragraph(out, line, size);
    }
    out.push_str("</w:tc>");
}

/// Columns of these widths without lines; for signatures with room to sign.
fn side_by_side(out: &mut String, columns: &[(&Vec<Line>, i32)], room: bool) {
    out.push_str(r#"<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/>"#);
    out.push_str(r#"<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>"#);
    for (_, width) in columns {
        out.extend([format!(r#"<w:gridCol w:w="{width}"/>"#)]);
    }
    out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>");
    for (lines, width) in columns {
        let mut lines = (*lines).clone();
        if room {
            lines.extend([Line::middle(""), Line::middle(""), Line::middle("")]);
        }
        cell(out, *width, &lines, 24);
    }
    out.push_str("</w:tr></w:tbl>");
    paragraph(out, &Line::plain(""), 12);
}

fn table(out: &mut String, grid: &Grid, (letters, width): (&Letters, i32), lang: Lang) {
    let fit = fit(letters, grid, lang, of_table(width));
    let widths = fit.widths.iter().map(|width| width * LETTERS / 100);
    let widths: Vec<i32> = widths.collect();
    // documents count in half points
    let size = fit.size.unsigned_abs() / 10;
    out.push_str(r#"<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>"#);
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        out.extend([format!(
            r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#
        )]);
    }
    out.push_str(r#"</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>"#);
    for side in ["left", "right"] {
        out.extend([format!(r#"<w:{side} w:w="{SIDE}" w:type="dxa"/>"#)]);
    }
    out.push_str("</w:tblCellMar></w:tblPr><w:tblGrid>");
    for width in &widths {
        out.extend([format!(r#"<w:gridCol w:w="{width}"/>"#)]);
    }
    out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for ((name, _), width) in grid.columns.iter().zip(&widths) {
        cell(out, *width, &[Line::middle(name.as_str()).strong()], size);
    }
    out.push_str("</w:tr>");
    for row in &grid.rows {
        out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (value, width) in row.cells.iter().zip(&widths) {
            let line = Line {
                text: value.shown(lang),
                align: value.align(),
                bold: row.strong,
                ..Line::default()
            };
            cell(out, *width, &[line], size);
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    paragraph(out, &Line::plain(""), 12);
}
