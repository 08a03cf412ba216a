//! The files that go along with a mail: which of them fit, by which names, and the workbook with
//! links to the page as it is called there.

use std::io::{self, Cursor, Read as _, Write as _};

use zip::{ZipArchive, ZipWriter};

use crate::config::notify::{Attach, EmailTarget};
use crate::report::publish::OutFile;
use crate::report::{pdf, xlsx};

/// The page, as the workbook beside it calls it.
pub(super) const PAGE: &str = "index.html";

/// The wanted files that fit, in their order, and those that do not.
pub(super) fn fitting<'a>(
    target: &EmailTarget,
    files: &'a [OutFile],
) -> (Vec<&'a OutFile>, Vec<&'a OutFile>) {
    let mut left = target.attach_bytes_max;
    let wanted = target.attach.iter().filter_map(|attach| {
        let name = match attach {
            Attach::Html => PAGE,
            Attach::Xlsx => xlsx::FILE,
            Attach::Pdf => pdf::FILE,
        };
        files.iter().find(|file| &*file.name == name)
    });
    wanted.partition(|file| {
        let bytes = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        }
        fits
    })
}

/// The name and type under which a file goes along.
pub(super) fn known(file: &OutFile, day: &str) -> (String, &'static str) {
    if &*file.name == xlsx::FILE {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return (format!("doisoat-{day}.xlsx"), kind);
    }
    if &*file.name == pdf::FILE {
        return (format!("doisoat-{day}.pdf"), "application/pdf");
    }
    (format!("doisoat-{day}.html"), "text/html; charset=utf-8")
}

/// The bytes of a file that goes along. The links of the workbook lead to `page`: the page by its
/// name in the mail, or by its address.
pub(super) fn bytes(file: &OutFile, page: &str) -> Vec<u8> {
    if &*file.name != xlsx::FILE {
        return file.bytes.clone();
    }
    // a workbook that cannot be read goes along as it is
    relinked(&file.bytes, page).unwrap_or_else(|_| file.bytes.clone())
}

/// The same workbook; the same input gives the same bytes.
fn relinked(book: &[u8], page: &str) -> io::Result<Vec<u8>> {
    let was = format!("Target=\"{PAGE}\"");
    let is = format!("Target=\"{}\"", escaped(page));
    let mut from = ZipArchive::new(Cursor::new(book)).map_err(io::Error::other)?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).map_err(io::Error::other)?;
        if !part.name().map_err(io::Error::other)?.ends_with(".rels") {
            to.raw_copy_file(part).map_err(io::Error::other)?;
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text)?;
        let name = part.name().map_err(io::Error::other)?.into_owned();
        to.start_file(name, part.options())
            .map_err(io::Error::other)?;
        to.write_all(text.replace(&was, &is).as_bytes())?;
    }
    Ok(to.finish().map_err(io::Error::other)?.into_inner())
}

fn escaped(address: &str) -> String {
    address.replace('&', "&amp;")
}
