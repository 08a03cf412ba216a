//! `[source.answer]`: how an answer is judged before anything of it is believed.

use super::{Mode, Names, pointer, pointer_at, sign, template, words_at};
use crate::config::ConfigError;
use crate::config::section::Section;
use crate::source::http::is_header_name;
use crate::source::provider::rest::pointer::{Pointer, known};
use crate::source::provider::rest::spec::{Codes, Merchant, Others, Reading, Wrapper};

const OTHERS: &[(&str, Others)] = &[
    ("again", Others::Again),
    ("ok", Others::Ok),
    ("order", Others::Order),
];

pub(super) fn read(
    table: Option<Section<'_>>,
    names: &Names<'_>,
    whole: &ConfigError,
) -> Result<Reading, ConfigError> {
    let Some(mut table) = table else {
        let (message, fix) = missing(names.mode);
        return Err(ConfigError::new(whole.place.clone(), message, fix));
    };
    let records = pointer_at(&mut table, "records")?;
    let whole_list = table.get("records_are_all").map(|item| item.flag());
    let whole_list = whole_list.transpose()?.unwrap_or(false);
    let order = pointer_at(&mut table, "order")?;
    meant_for(names.mode, &mut table, order.is_some())?;
    let is_there = match names.mode {
        Mode::List => records.is_some() != whole_list,
        Mode::Probe => order.is_some(),
    };
    if !is_there {
        let (message, fix) = missing(names.mode);
        return Err(table.fail(message.to_owned(), fix));
    }
    let not_found = [("error", false), ("not_found", true)];
    let not_found = table.get("http_404").map(|item| item.word(&not_found));
    let retry_header = table.get("retry_header").map(|item| {
        let name = |raw: &str| is_header_name(raw).then(|| known(&raw.to_ascii_lowercase()));
        item.parse("the name of a header", name)
    });
    let codes = table.section("code")?.map(codes).transpose()?;
    let signature = table.section("signature")?;
    let signature = signature.map(|table| sign::of_answer(table, names));
    let reading = Reading {
        inner: pointer_at(&mut table, "inner")?,
        wrapper: wrapper(&mut table)?,
        records: records.unwrap_or_else(Pointer::whole),
        codes,
        not_found_404: not_found.transpose()?.unwrap_or(false),
        order,
        merchant: merchant(&mut table, names)?,
        signature: signature.transpose()?,
        retry_header: retry_header.transpose()?,
    };
    table.finish()?;
    Ok(reading)
}

/// What one of the modes alone can use is a mistake in the other.
fn meant_for(mode: Mode, table: &mut Section<'_>, has_order: bool) -> Result<(), ConfigError> {
    let stray = match mode {
        Mode::List if has_order => "order",
        Mode::List if table.get("http_404").is_some() => "http_404",
        Mode::Probe if table.get("records").is_some() => "records",
        Mode::Probe if table.get("records_are_all").is_some() => "records_are_all",
        _ => return Ok(()),
    };
    let (is, other) = match mode {
        Mode::List => ("list", "probe"),
        Mode::Probe => ("probe", "list"),
    };
    let message = format!("source.answer.{stray} has no meaning for mode = \"{is}\"");
    let fix = format!("leave it out, or write mode = \"{other}\"");
    Err(table.fail(message, &fix))
}

fn missing(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::List => (
            "source.answer.records is missing",
            "say where the rows stand: records = \"/data/records\", or records_are_all = true",
        ),
        Mode::Probe => (
            "source.answer.order is missing",
            "say where the answer names the order, so that it cannot be another's: order = \"/orderId\"",
        ),
    }
}

fn merchant(table: &mut Section<'_>, names: &Names<'_>) -> Result<Option<Merchant>, ConfigError> {
    let Some(mut table) = table.section("merchant")? else {
        return Ok(None);
    };
    let fix = "write merchant = { at = \"/partnerCode\", is = \"{partner_code}\" }";
    let at = pointer(&table.require("at", fix)?)?;
    let is = template(&table.require("is", fix)?, names.of_request(true))?;
    let if_told = table.get("if_told").map(|item| item.flag());
    let merchant = Merchant {
        at,
        is,
        if_told: if_told.transpose()?.unwrap_or(false),
    };
    table.finish()?;
    Ok(Some(merchant))
}

fn wrapper(table: &mut Section<'_>) -> Result<Option<Wrapper>, ConfigError> {
    let Some(mut table) = table.section("wrapper")? else {
        return Ok(None);
    };
    let fix = "write wrapper = { at = \"/error_code\", ok = [\"0\"] }";
    let wrapper = Wrapper {
        at: pointer(&table.require("at", fix)?)?,
        ok: words_at(&mut table, "ok")?,
    };
    if wrapper.ok.is_empty() {
        return Err(table.fail("source.answer.wrapper.ok is missing".to_owned(), fix));
    }
    table.finish()?;
    Ok(Some(wrapper))
}

fn codes(mut table: Section<'_>) -> Result<Codes, ConfigError> {
    let fix = "say where the source's own code stands: at = \"/code\"";
    let codes = Codes {
        at: pointer(&table.require("at", fix)?)?,
        ok: words_at(&mut table, "ok")?,
        not_found: words_at(&mut table, "not_found")?,
        refused: words_at(&mut table, "refused")?,
        unaskable: words_at(&mut table, "unaskable")?,
        again: words_at(&mut table, "again")?,
        others: match table.get("others") {
            Some(item) => item.word(OTHERS)?,
            None => Others::Again,
        },
    };
    if codes.ok.is_empty() && codes.others != Others::Ok {
        let fix = "list the codes of a call that worked: ok = [\"00\"]";
        return Err(table.fail("source.answer.code.ok is missing".to_owned(), fix));
    }
    let lists = [&codes.ok, &codes.not_found, &codes.refused];
    let more = [&codes.unaskable, &codes.again];
    let lists = lists.into_iter().chain(more).flatten();
    let mut all: Vec<&str> = lists.map(AsRef::as_ref).collect();
    all.sort_unstable();
    if let Some(twice) = all
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
    {
        let message = format!("the code \"{twice}\" stands twice in source.answer.code");
        return Err(table.fail(message, "give each code one meaning"));
    }
    table.finish()?;
    Ok(codes)
}
