//! Strict JSON for answers that carry money. Numbers keep their text (an amount of 23 digits, or
//! `1e400`, is a row to put aside, not a reason to lose the page, and signatures are made over the
//! text); a key that stands twice is an error, because which value counts is anyone's guess.

use std::sync::Arc;

use jiter::{Jiter, JiterError, Peek};
use serde::de::IgnoredAny;

use super::error::BodyFault;

/// Nested deeper than this is no answer of a provider.
const DEPTH_MAX: u32 = 32;

/// A member of an object. The rows of an answer share their names.
pub type Member = (Arc<str>, Json);

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`.
    Null,
    /// `true`, `false`.
    Flag(bool),
    /// A number by its text as received.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Json>),
    /// An object in the order received, every key once.
    Object(Vec<Member>),
}

impl Json {
    /// Reads a body: UTF-8 with or without a byte-order mark, nothing else.
    pub fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let start = body.iter().copied().find(|b| !b.is_ascii_whitespace());
        if start.is_none() {
            return Err(BodyFault::Empty);
        }
        if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") || body.contains(&0) {
            return Err(BodyFault::NotUtf8);
        }
        if start == Some(b'<') {
            return Err(BodyFault::Html);
        }
        let text = std::str::from_utf8(body).map_err(|_| BodyFault::NotUtf8)?;
        let mut reading = Reading {
            text: Jiter::new(text.as_bytes()),
            names: Names::default(),
        };
        let whole = reading.value(0).and_then(|json| {
            reading.text.finish()?;
            Ok(json)
        });
        whole.map_err(|unread| unread.told(text, &reading.text))
    }

    /// The member of an object; none for anything else.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(k, _)| &**k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The member of an object, which keeps null in its place; none for anything else.
    pub fn take(&mut self, key: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter_mut().find(|(k, _)| &**k == key);
        member.map(|(_, value)| std::mem::replace(value, Self::Null))
    }

    /// The elements of a list, as their own.
    pub fn into_list(self) -> Option<Vec<Self>> {
        match self {
            Self::List(all) => Some(all),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(all) => Some(all),
            _ => None,
        }
    }

    /// A text or a number by its text; none for null, flags, lists and objects.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The same, and `true` and `false`: what a provider signs and what a table of states may list.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Flag(true) => Some("true"),
            Self::Flag(false) => Some("false"),
            other => other.word(),
        }
    }

    /// The text, number or flag of a member.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// The member as it is signed between others: its text, nothing where it is absent or null.
    /// None for a list or an object, which no such signature covers.
    pub fn signed_of(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::List(_) | Self::Object(_)) => None,
            member => Some(member.and_then(Self::text).unwrap_or_default()),
        }
    }

    /// The text or number of a member.
    pub fn word_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::word)
    }

    /// The texts and numbers among an object's members, in the order received.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = match self {
            Self::Object(members) => members.as_slice(),
            _ => &[],
        };
        let all = members.iter();
        all.filter_map(|(key, value)| Some((&**key, value.word()?)))
    }

    /// A member as a whole number, written as a number or as a text.
    pub fn count_of(&self, key: &str) -> Option<u64> {
        let word = self.word_of(key)?;
        word.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| word.parse().ok())
            .flatten()
    }
}

/// Why a text was not read on.
enum Unread {
    /// It is not JSON.
    Syntax,
    /// It is nested too deep.
    TooDeep,
    /// A key stands twice in an object.
    Twice(Box<str>),
}

impl From<JiterError> for Unread {
    fn from(_: JiterError) -> Self {
        Self::Syntax
    }
}

impl Unread {
    /// The fault in words. A text that is no JSON is that first of all, wherever it was left, so
    /// it is gone through once more, to its end and without a limit of depth.
    fn told(self, text: &str, reading: &Jiter<'_>) -> BodyFault {
        if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
            return fault(&error);
        }
        match self {
            Self::Syntax => {
                let at = reading.current_position();
                BodyFault::NotJson {
                    line: at.line,
                    column: at.column,
                }
            }
            Self::TooDeep => BodyFault::TooDeep,
            Self::Twice(key) => BodyFault::twice(&key),
        }
    }
}

/// A text that is being read.
struct Reading<'t> {
    text: Jiter<'t>,
    names: Names,
}

impl Reading<'_> {
    fn value(&mut self, depth: u32) -> Result<Json, Unread> {
        if depth > DEPTH_MAX {
            return Err(Unread::TooDeep);
        }
        let next = self.text.peek()?;
        Ok(match next {
            Peek::Object => self.object(depth)?,
            Peek::Array => self.list(depth)?,
            Peek::String => Json::Text(self.text.known_str()?.into()),
            Peek::True | Peek::False => Json::Flag(self.text.known_bool(next)?),
            Peek::Null => {
                self.text.known_null()?;
                Json::Null
            }
            _ => {
                let digits = self.text.known_number_bytes(next)?;
                let text = std::str::from_utf8(digits).map_err(|_| Unread::Syntax)?;
                Json::Number(text.into())
            }
        })
    }

    fn list(&mut self, depth: u32) -> Result<Json, Unread> {
        let mut all = Vec::new();
        let mut more = self.text.known_array()?;
        while more.is_some() {
            all.push(self.value(depth + 1)?);
            more = self.text.array_step()?;
        }
        Ok(Json::List(all))
    }

    fn object(&mut self, depth: u32) -> Result<Json, Unread> {
        let mut members = Vec::with_capacity(self.names.width);
        let (mut seen, mut all_known) = (0_u64, true);
        let mut key = self.text.known_object()?.map(|name| self.names.known(name));
        while let Some((name, bit)) = key {
            all_known &= bit != 0 && seen & bit == 0;
            seen |= bit;
            members.push((name, self.value(depth + 1)?));
            key = self.text.next_key()?.map(|name| self.names.known(name));
        }
        if !all_known {
            distinct(&members)?;
        }
        self.names.width = members.len().min(WIDTH_MAX);
        Ok(Json::Object(members))
    }
}

/// That no name stands twice.
fn distinct(members: &[Member]) -> Result<(), Unread> {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    twice.map_or(Ok(()), |pair| Err(Unread::Twice(pair[0].into())))
}

/// As many as a mask has bits.
const MET_MAX: usize = 64;
/// Room is made for at most so many members before they are read.
const WIDTH_MAX: usize = 64;

/// The names met so far, each held once: an answer has thousands of rows of the same few.
#[derive(Default)]
struct Names {
    /// At most one for each bit of a mask; what is met when all are taken is held by itself.
    met: Vec<Arc<str>>,
    /// The name that followed the last one before.
    next: usize,
    /// Members of the last object.
    width: usize,
}

impl Names {
    /// The name, and its bit; 0 where it has none.
    fn known(&mut self, name: &str) -> (Arc<str>, u64) {
        let is_next = self.met.get(self.next).is_some_and(|met| **met == *name);
        let at = if is_next {
            Some(self.next)
        } else {
            self.met.iter().position(|met| **met == *name)
        };
        if at.is_none() && self.met.len() < MET_MAX {
            self.met.push(name.into());
        }
        let at = at.unwrap_or(self.met.len().saturating_sub(1));
        match self.met.get(at).filter(|met| ***met == *name) {
            Some(met) => {
                self.next = at + 1;
                (Arc::clone(met), 1 << at)
            }
            None => (name.into(), 0),
        }
    }
}

fn fault(error: &serde_json::Error) -> BodyFault {
    if error.is_eof() {
        BodyFault::Truncated
    } else {
        BodyFault::NotJson {
            line: error.line(),
            column: error.column(),
        }
    }
}

#[cfg(test)]
mod tests;
