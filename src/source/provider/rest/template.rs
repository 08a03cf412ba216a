//! Texts of requests and records with named values in them: `"Truy van {order_id}"`. There is no
//! expression, no condition and no script: a name stands for its value, and that is all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::facts::Facts;
use super::pointer::Pointer;
use crate::config::section::suggest;
use crate::source::http::path_text;

/// A value that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The id of the order that is asked about.
    OrderId,
    /// Its amount.
    OrderAmount,
    /// The dossier that it pays for.
    DossierCode,
    /// When the order was made.
    CreatedAt,
    /// The time of the request.
    Now,
    /// The first instant of the days asked for.
    From,
    /// The last one.
    To,
    /// The first one after them.
    Until,
    /// The number of the page.
    Page,
    /// Rows before the page.
    Offset,
    /// Rows of a page.
    Size,
    /// What the page before says about the next.
    Cursor,
    /// The id of the last row read.
    Since,
    /// A new id for each request.
    RequestId,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `yyyyMMddHHmmss` for an instant, `YYYY-MM-DD` for the days asked for.
    Plain,
    /// As the registry wrote it.
    Text,
    /// `yyyyMMddHHmmss`.
    Compact,
    /// `YYYY-MM-DDTHH:MM:SS+07:00`.
    Iso,
    /// `YYYY-MM-DD HH:MM:SS`.
    Time,
    /// `YYYY-MM-DD`.
    Day,
    /// `dd/MM/yyyy`.
    Dmy,
    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    Utc,
    /// Milliseconds since 1970.
    Ms,
    /// Seconds since 1970.
    Seconds,
    /// Whole hundredths of a dong.
    Hundredths,
    /// The first characters.
    First(usize),
    /// So many decimal digits.
    Digits(usize),
}

pub(super) const PROBE: &[(&str, Name)] = &[
    ("order_id", Name::OrderId),
    ("order_amount", Name::OrderAmount),
    ("dossier_code", Name::DossierCode),
    ("created_at", Name::CreatedAt),
    ("now", Name::Now),
    ("request_id", Name::RequestId),
];
pub(super) const LIST: &[(&str, Name)] = &[
    ("from", Name::From),
    ("to", Name::To),
    ("until", Name::Until),
    ("page", Name::Page),
    ("offset", Name::Offset),
    ("size", Name::Size),
    ("cursor", Name::Cursor),
    ("since", Name::Since),
    ("now", Name::Now),
    ("request_id", Name::RequestId),
];

/// Of these a path may hold: what a source says of the next page never leads a path.
pub(super) const LIST_PATH: &[(&str, Name)] = &[
    ("from", Name::From),
    ("to", Name::To),
    ("until", Name::Until),
    ("page", Name::Page),
    ("offset", Name::Offset),
    ("size", Name::Size),
];

const FORMS: &[(&str, Form)] = &[
    ("text", Form::Text),
    ("compact", Form::Compact),
    ("iso", Form::Iso),
    ("time", Form::Time),
    ("day", Form::Day),
    ("dmy", Form::Dmy),
    ("utc", Form::Utc),
    ("ms", Form::Ms),
    ("s", Form::Seconds),
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Named(Name, Form),
    Secret(Box<str>),
    Pointer(Pointer),
}

/// A text with named values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

/// What may stand between braces in one place of the configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    pub(super) names: &'static [(&'static str, Name)],
    /// Values of `[source.values]`.
    pub(super) values: &'s BTreeMap<String, String>,
    /// Names of `[source.secrets]`.
    pub(super) secrets: &'s [&'s str],
    /// Whether `{/pointer}` into an answer has a meaning.
    pub(super) pointers: bool,
}

/// What is wrong with a template, and what to do. Never quotes more than a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadTemplate {
    pub(super) what: String,
    pub(super) fix: String,
}

impl Template {
    /// Reads a template. A text that begins with `/` is a pointer where pointers have a meaning;
    /// `{{` and `}}` are braces.
    pub(super) fn parse(raw: &str, scope: Scope<'_>) -> Result<Self, BadTemplate> {
        if scope.pointers && raw.starts_with('/') {
            return Ok(Self(vec![Part::Pointer(pointer(raw)?)]));
        }
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = raw;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace) {
                text.push_str(brace);
                rest = after;
                continue;
            }
            let end = after.find('}').filter(|_| brace == "{");
            let Some(end) = end else {
                return Err(BadTemplate {
                    what: "a brace stands alone".to_owned(),
                    fix: "write {name}, or {{ and }} for braces".to_owned(),
                });
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text).into()));
            }
            parts.push(part(&after[..end], scope)?);
            rest = &after[end + 1..];
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        Ok(Self(parts))
    }

    /// A text without names.
    pub(super) fn fixed(text: &str) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// A secret by its name.
    pub(super) fn secret(name: &str) -> Self {
        Self(vec![Part::Secret(name.into())])
    }

    /// True when days asked for are written without a time of day.
    pub(super) fn is_whole_day(&self) -> bool {
        let day = |part: &Part| {
            let Part::Named(Name::From | Name::To | Name::Until, form) = part else {
                return false;
            };
            matches!(form, Form::Plain | Form::Day | Form::Dmy)
        };
        self.0.iter().any(day)
    }

    /// True when the end of the days is a whole second, and what follows in it is not asked for.
    pub(super) fn ends_in_a_second(&self) -> bool {
        let second = |part: &Part| {
            let Part::Named(Name::To, form) = part else {
                return false;
            };
            matches!(form, Form::Compact | Form::Iso | Form::Time | Form::Seconds)
        };
        self.0.iter().any(second)
    }

    /// True when no name stands in it.
    pub(super) fn is_fixed(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// True when one of the names stands in it.
    pub(super) fn uses(&self, names: &[Name]) -> bool {
        let used = |part: &Part| matches!(part, Part::Named(name, _) if names.contains(name));
        self.0.iter().any(used)
    }

    /// The last name of a pointer in it, for messages about a column.
    pub(super) fn column(&self) -> &'static str {
        let name = self.0.iter().find_map(|part| match part {
            Part::Pointer(pointer) => Some(pointer.name),
            _ => None,
        });
        name.unwrap_or("")
    }

    /// The text; none when it is a pointer to nothing, or says how to go on where there is nothing
    /// yet to go on from.
    pub(super) fn fill(&self, facts: &Facts<'_>) -> Option<String> {
        if let [Part::Pointer(pointer)] = self.0.as_slice() {
            return pointer.text(facts.json?).map(str::to_owned);
        }
        self.put_together(facts, &|text| Cow::Borrowed(text))
    }

    /// The text as a path: values are encoded, and one that would lead elsewhere is refused.
    pub(super) fn fill_path(&self, facts: &Facts<'_>) -> Option<String> {
        let path = self.put_together(facts, &|text| Cow::Owned(path_text(text)))?;
        (!path.split('/').any(|part| matches!(part, "." | ".."))).then_some(path)
    }

    fn put_together(
        &self,
        facts: &Facts<'_>,
        encode: &dyn Fn(&str) -> Cow<'_, str>,
    ) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Named(name, form) => out.push_str(&encode(&facts.value(*name, *form)?)),
                Part::Secret(name) => {
                    out.push_str(&encode(facts.secrets.get(name)?.expose_secret()));
                }
                Part::Pointer(pointer) => {
                    out.push_str(&encode(pointer.word(facts.json?).unwrap_or_default()));
                }
            }
        }
        Some(out)
    }
}

fn pointer(raw: &str) -> Result<Pointer, BadTemplate> {
    Pointer::parse(raw).ok_or_else(|| BadTemplate {
        what: "a JSON pointer cannot be read".to_owned(),
        fix: "write /name, or /outer/inner (RFC 6901)".to_owned(),
    })
}

fn part(raw: &str, scope: Scope<'_>) -> Result<Part, BadTemplate> {
    if raw.starts_with('/') && scope.pointers {
        return Ok(Part::Pointer(pointer(raw)?));
    }
    if let Some(name) = raw.strip_prefix("secret.") {
        return if scope.secrets.contains(&name) {
            Ok(Part::Secret(name.into()))
        } else {
            Err(BadTemplate {
                what: format!("there is no secret \"{name}\" that may stand here"),
                fix: match scope.secrets {
                    [] => "secrets stand in headers, bodies and signatures only".to_owned(),
                    known => suggest(name, known),
                },
            })
        };
    }
    let (word, form) = raw.split_once(':').unwrap_or((raw, ""));
    if let Some((_, name)) = scope.names.iter().find(|(known, _)| *known == word) {
        return Ok(Part::Named(*name, form_of(*name, form)?));
    }
    if let Some(value) = scope.values.get(raw) {
        return Ok(Part::Text(value.as_str().into()));
    }
    let mut known: Vec<&str> = scope.names.iter().map(|(name, _)| *name).collect();
    known.extend(scope.values.keys().map(String::as_str));
    Err(BadTemplate {
        what: format!("nothing is named \"{word}\" here"),
        fix: suggest(word, &known),
    })
}

fn form_of(name: Name, raw: &str) -> Result<Form, BadTemplate> {
    let is_time = matches!(
        name,
        Name::CreatedAt | Name::Now | Name::From | Name::To | Name::Until
    );
    let found = match (name, raw) {
        (_, "") => Some(Form::Plain),
        (Name::OrderAmount, "hundredths") => Some(Form::Hundredths),
        (Name::RequestId, told) => {
            let (count, form): (&str, fn(usize) -> Form) = match told.strip_prefix("digits:") {
                Some(count) => (count, Form::Digits),
                None => (told, Form::First),
            };
            let count = count.parse().ok().filter(|n| (8..=64).contains(n));
            count.map(form)
        }
        _ if is_time => {
            let known = FORMS.iter().find(|(word, _)| *word == raw);
            let known = known.map(|(_, form)| *form);
            known.filter(|form| *form != Form::Text || name == Name::CreatedAt)
        }
        _ => None,
    };
    let forms: Vec<&str> = FORMS.iter().map(|(word, _)| *word).collect();
    found.ok_or_else(|| BadTemplate {
        what: format!("\"{raw}\" is no form of this value"),
        fix: match name {
            Name::RequestId => "write the number of characters, 8 to 64: {request_id:20}, or \
                                {request_id:digits:20} for decimal digits"
                .into(),
            Name::OrderAmount => "write {order_amount} or {order_amount:hundredths}".into(),
            _ if is_time => suggest(raw, &forms),
            _ => "write the name alone".into(),
        },
    })
}

#[cfg(test)]
mod tests;
