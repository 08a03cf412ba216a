//! Vietnamese and English for everything a person reads: messages by key from `vi.ftl` and
//! `en.ftl`, formatters for money, shares and days, and masks for personal data. Shared by `cli`,
//! `report`, `notify` and `web`. Pure: nothing here asks the host for a language.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::Lang;

pub mod figure;
pub mod letter;
pub mod mask;
pub mod memo;
pub mod reject;
pub mod words;

pub use figure::{
    day, day_short, moment, money, money_of, month_short, number, percent, percent_down,
    percent_up, percent_whole, points, when,
};
pub use mask::{is_file, mask_account, mask_file, mask_name, mask_origin};
pub use memo::{mask_memo, mask_party};
pub use words::dong_in_words;

const VI: &str = include_str!("vi.ftl");
const EN: &str = include_str!("en.ftl");

static VI_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("vi-VN", VI));
static EN_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", EN));

/// The message `key` in `lang` with its arguments put in. Arguments are texts: figures are
/// formatted by [`money`], [`percent`], [`number`] and [`day`] first, so that no amount ever passes
/// through a float. Of `<<one|other>>` in a message the first is said where `n` is 1. A key that
/// does not exist is shown as it is; a test makes sure there is none.
pub fn say(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    lookup(lang, key, args).unwrap_or_else(|| key.to_owned())
}

/// The message `key`, or none where there is no such message.
pub fn lookup(lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
    let bundle = match lang {
        Lang::Vi => &*VI_BUNDLE,
        Lang::En => &*EN_BUNDLE,
    };
    let is_one = args.contains(&("n", "1"));
    let one = is_one.then(|| bundle.get_message(&format!("{key}{ONE}")));
    let message = one.flatten().or_else(|| bundle.get_message(key));
    let pattern = message?.value()?;
    let mut values = FluentArgs::new();
    for (name, value) in args {
        values.set(*name, FluentValue::from(*value));
    }
    let mut troubles = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&values), &mut troubles);
    Some(text.into_owned())
}

/// What a key has behind it for the message of one.
const ONE: &str = "--one";

/// The messages with the forms of one beside them: figures come as texts, so that no selector of
/// numbers can tell them.
fn with_one(source: &str) -> String {
    let mut all = String::with_capacity(source.len());
    for line in source.lines() {
        let forms = line.contains("<<");
        all.push_str(&chosen(line, 1));
        all.push('\n');
        if let Some((key, text)) = line.split_once(" = ").filter(|_| forms) {
            all.extend([key, ONE, " = ", &chosen(text, 0), "\n"]);
        }
    }
    all
}

/// The line with the form at this place of each `<<one|other>>`.
fn chosen(line: &str, form: usize) -> String {
    let mut parts = line.split("<<");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (forms, rest) = part.split_once(">>").unwrap_or((part, ""));
        said.push_str(forms.split('|').nth(form).unwrap_or(forms));
        said.push_str(rest);
    }
    said
}

/// Reads one embedded file; a message that cannot be read is left out, which a test refuses.
fn bundle(id: &str, source: &str) -> FluentBundle<FluentResource> {
    let resource = match FluentResource::try_new(with_one(source)) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle =
        FluentBundle::new_concurrent(vec![id.parse::<LanguageIdentifier>().unwrap_or_default()]);
    // Isolation marks are for mixed writing directions; they would only litter our texts.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests;
