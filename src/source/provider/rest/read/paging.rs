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
        });
    };
    let fix = "write one of: none, page, offset, cursor, since, link, window";
    let style = table.require("style", fix)?.word(STYLES)?;
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
    };
    check(&table, &paging, ask)?;
    table.finish()?;
    Ok(paging)
}

fn check(table: &Section<'_>, paging: &Paging, ask: &Ask) -> Result<(), ConfigError> {
    let all = [&*ask.query, &*ask.headers, &*ask.body];
    let used = |name| names_any(&all, &ask.path, &[name]);
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
    let ends_by = [&paging.next, &paging.last, &paging.more];
    let told = ends_by.iter().filter(|end| end.is_some()).count();
    let by_size = matches!(paging.style, Style::Page | Style::Offset | Style::Since)
        && told == 0
        && paging.total.is_none();
    if (by_size || paging.style == Style::Window) && paging.size == 0 {
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
    let mut narrow = narrow.filter(|field| field.value.uses(&[Name::From, Name::To]));
    if paging.style == Style::Window && narrow.any(|field| field.value.is_whole_day()) {
        let fix = "write {from:time} and {to:time}, or another form with a time of day";
        return fail("a window cannot be cut where only its days are sent", fix);
    }
    Ok(())
}
