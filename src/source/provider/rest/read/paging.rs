//! `[source.paging]`: how a listing goes on, and how its end is known.

use super::{names_any, pointer_at};
use crate::config::ConfigError;
use crate::config::section::Section;
use crate::source::provider::paged::PAGES_MAX;
use crate::source::provider::rest::spec::{Ask, Paging, Style};
use crate::source::provider::rest::template::Name;

const STYLES: &[(&str, Style)] = &[
    ("none", Style::None),
    ("page", Style::Page),
    ("offset", Style::Offset),
    ("cursor", Style::Cursor),
    ("since", Style::Since),
    ("link", Style::Link),
    ("window", Style::Window),
];

pub(super) fn read(table: Option<Section<'_>>, ask: &Ask) -> Result<Paging, ConfigError> {
    let Some(mut table) = table else {
        return Ok(Paging {
            style: Style::None,
            first: 1,
            size: 0,
            pages_max: PAGES_MAX,
            next: None,
            last: None,
            more: None,
            total: None,
            absent_is_end: false,
        });
    };
    let fix = "write one of: none, page, offset, cursor, since, link, window";
    let style = table.require("style", fix)?.word(STYLES)?;
    unread(&mut table, style, ask)?;
    let absent = table.get("absent_is_end").map(|item| item.flag());
    let absent_is_end = absent.transpose()?.unwrap_or(false);
    let mut number = |key: &'static str, default: u64, most: u64| {
        let Some(item) = table.get(key) else {
            return Ok(default);
        };
        let found = item.number()?;
        if found > most || (found == 0 && key != "first") {
            let message = format!("{} is out of range", item.path());
            return Err(item.fail(message, &format!("write a number up to {most}")));
        }
        Ok(found)
    };
    let first = number("first", 1, 1)?;
    let size = number("size", 0, 100_000)?;
    let pages_max = number("pages_max", u64::from(PAGES_MAX), 100_000)?;
    let paging = Paging {
        style,
        first,
        size,
        pages_max: u32::try_from(pages_max).unwrap_or(PAGES_MAX),
        next: pointer_at(&mut table, "next")?,
        last: pointer_at(&mut table, "last")?,
        more: pointer_at(&mut table, "more")?,
        total: pointer_at(&mut table, "total")?,
        absent_is_end,
    };
    check(&table, &paging, ask)?;
    table.finish()?;
    Ok(paging)
}

/// True when the request writes it.
fn writes(ask: &Ask, name: Name) -> bool {
    let all = [&*ask.query, &*ask.headers, &*ask.body];
    names_any(&all, &ask.path, &[name])
}

/// Refuses what the style does not read: whoever wrote it expects an end by it.
fn unread(table: &mut Section<'_>, style: Style, ask: &Ask) -> Result<(), ConfigError> {
    let mut keys: Vec<&'static str> = match style {
        Style::None => vec!["next", "last", "more", "pages_max"],
        Style::Link | Style::Window => vec!["next", "last", "more"],
        Style::Since => vec!["next"],
        Style::Page | Style::Offset | Style::Cursor => vec![],
    };
    if matches!(style, Style::None | Style::Link) && !writes(ask, Name::Size) {
        keys.push("size");
    }
    if style != Style::Page {
        keys.push("first");
    }
    if !matches!(style, Style::Cursor | Style::Link) {
        keys.push("absent_is_end");
    }
    for key in keys {
        let Some(item) = table.get(key) else { continue };
        let message = format!(
            "{} is not read where style = \"{}\"",
            item.path(),
            word(style)
        );
        return Err(item.fail(message, unread_fix(style, key)));
    }
    Ok(())
}

fn unread_fix(style: Style, key: &str) -> &'static str {
    match (key, style) {
        ("size", _) => "remove it, or write {size} in the query or the body of [source.request]",
        ("first", _) => "remove it: only style = \"page\" counts pages from a first one",
        ("absent_is_end", _) => {
            "remove it: only style = \"cursor\" and style = \"link\" can end where nothing is told"
        }
        (_, Style::Link) => {
            "remove it: style = \"link\" goes on by the HTTP header Link alone; a next page that the \
             answer names is read by style = \"cursor\" or \"page\""
        }
        (_, Style::Window) => "remove it: style = \"window\" knows a full answer by size alone",
        (_, Style::Since) => {
            "remove it: style = \"since\" goes on from the largest id; a cursor is read by style = \"cursor\""
        }
        _ => {
            "remove it, or write the style in which the source pages: page, offset, cursor, since, link \
             or window"
        }
    }
}

fn word(style: Style) -> &'static str {
    let known = STYLES.iter().find(|(_, known)| *known == style);
    known.map_or("", |(word, _)| word)
}

fn check(table: &Section<'_>, paging: &Paging, ask: &Ask) -> Result<(), ConfigError> {
    let used = |name| writes(ask, name);
    let fail = |message: &str, fix: &str| Err(table.fail(message.to_owned(), fix));
    let needed = match paging.style {
        Style::Page => Some((Name::Page, "{page}")),
        Style::Offset => Some((Name::Offset, "{offset}")),
        Style::Cursor => Some((Name::Cursor, "{cursor}")),
        Style::Since => Some((Name::Since, "{since}")),
        Style::None | Style::Link | Style::Window => None,
    };
    if let Some((_, shown)) = needed.filter(|(name, _)| !used(*name)) {
        let fix = format!("write {shown} in the query or the body of [source.request]");
        return fail(&format!("source.request never writes {shown}"), &fix);
    }
    // a cursor tells where the next page is, and a word beside it may tell whether there is one
    let next = paging
        .next
        .as_ref()
        .filter(|_| paging.style != Style::Cursor);
    let ends_by = [next, paging.last.as_ref(), paging.more.as_ref()];
    let told = ends_by.iter().filter(|end| end.is_some()).count();
    let by_size = matches!(paging.style, Style::Page | Style::Offset | Style::Since)
        && told == 0
        && paging.total.is_none();
    let needs_size = by_size || paging.style == Style::Window || used(Name::Size);
    if needs_size && paging.size == 0 {
        let fix = "write size, the most rows of one answer, so that a full answer is seen";
        return fail("source.paging.size is missing", fix);
    }
    if told > 1 {
        let fix = "keep one of next, last and more";
        return fail("source.paging has more than one end", fix);
    }
    if paging.style == Style::Cursor && paging.next.is_none() {
        let fix = "say where the next cursor stands: next = \"/next_cursor\"";
        return fail("source.paging.next is missing", fix);
    }
    let narrow = ask.query.iter().chain(&ask.body);
    let bounds = [Name::From, Name::To, Name::Until];
    let mut narrow = narrow.filter(|field| field.value.uses(&bounds));
    if paging.style == Style::Window && narrow.any(|field| field.value.is_whole_day()) {
        let fix = "write {from:time} and {to:time}, or another form with a time of day";
        return fail("a window cannot be cut where only its days are sent", fix);
    }
    let counted = [
        (Name::Page, "{page}", Style::Page),
        (Name::Offset, "{offset}", Style::Offset),
        (Name::Cursor, "{cursor}", Style::Cursor),
        (Name::Since, "{since}", Style::Since),
    ];
    let mut other = counted
        .iter()
        .filter(|(_, _, style)| *style != paging.style);
    if let Some((_, shown, style)) = other.find(|(name, _, _)| used(*name)) {
        let (is, of) = (word(paging.style), word(*style));
        let fix = format!("remove it, or write style = \"{of}\" in [source.paging]");
        let message =
            format!("source.request writes {shown}, which style = \"{is}\" does not count");
        return fail(&message, &fix);
    }
    Ok(())
}
