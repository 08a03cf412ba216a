//! Reading TOML tables with places: every value knows its file, line and column, and a key that
//! nobody asked for is an error with a suggestion.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;

/// The text of a configuration file and how its name is printed.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'t> {
    /// Name for messages.
    pub name: &'t str,
    /// The whole text.
    pub text: &'t str,
}

impl Doc<'_> {
    /// `name:line:column` of a byte offset; both count from 1, columns in characters.
    pub fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |tail| tail.chars().count())
            + 1;
        format!("{}:{line}:{column}", self.name)
    }

    /// An error at a span.
    pub fn fail(&self, span: &Range<usize>, message: String, fix: &str) -> ConfigError {
        ConfigError::new(self.place(span.start), message, fix)
    }
}

/// One table being read.
#[derive(Debug)]
pub struct Section<'t> {
    doc: Doc<'t>,
    path: String,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// The table at `path` (empty for the whole file).
    pub fn new(doc: Doc<'t>, path: &str, table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self {
            doc,
            path: path.to_owned(),
            table,
            span,
            asked: Vec::new(),
        }
    }

    /// The value of a key, where it stands in the file.
    pub fn get(&mut self, key: &'static str) -> Option<Item<'t>> {
        self.asked.push(key);
        let value = self
            .table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)?
            .1;
        Some(Item {
            doc: self.doc,
            path: self.join(key),
            value,
        })
    }

    /// The value of a key that must be there.
    pub fn require(&mut self, key: &'static str, fix: &str) -> Result<Item<'t>, ConfigError> {
        self.get(key).ok_or_else(|| {
            let message = format!("{} is missing", self.join(key));
            self.doc.fail(&self.span, message, fix)
        })
    }

    /// The sub-table at a key, or none.
    pub fn section(&mut self, key: &'static str) -> Result<Option<Section<'t>>, ConfigError> {
        self.get(key).map(|item| item.section()).transpose()
    }

    /// An error about the whole table.
    pub fn fail(&self, message: String, fix: &str) -> ConfigError {
        self.doc.fail(&self.span, message, fix)
    }

    /// Every key must have been asked for by now.
    pub fn finish(self) -> Result<(), ConfigError> {
        self.check()
    }

    /// The same for a table that is borrowed.
    pub fn check(&self) -> Result<(), ConfigError> {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !self.asked.contains(&name) {
                let message = format!("unknown key \"{}\"", self.join(name));
                return Err(self
                    .doc
                    .fail(&key.span(), message, &suggest(name, &self.asked)));
            }
        }
        Ok(())
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

/// `did you mean "x"?` for a near name, else the names that there are.
pub fn suggest(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(name, word), *word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(1))
        .min();
    if let Some((_, word)) = near {
        return format!("did you mean \"{word}\"?");
    }
    let mut all = known.to_vec();
    all.sort_unstable();
    all.dedup();
    format!("known here: {}", all.join(", "))
}

/// One value with its place.
#[derive(Clone, Debug)]
pub struct Item<'t> {
    doc: Doc<'t>,
    path: String,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t> Item<'t> {
    /// The key with its tables: `rules.batch_days`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// `file:line:column`.
    pub fn place(&self) -> String {
        self.doc.place(self.value.span().start)
    }

    /// An error about this value.
    pub fn fail(&self, message: String, fix: &str) -> ConfigError {
        self.doc.fail(&self.value.span(), message, fix)
    }

    /// A text.
    pub fn text(&self) -> Result<&'t str, ConfigError> {
        self.value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong("a text in quotes"))
    }

    /// A whole number from 0 on.
    pub fn number(&self) -> Result<u64, ConfigError> {
        let whole = self
            .value
            .get_ref()
            .as_integer()
            .filter(|n| n.radix() == 10);
        whole
            .and_then(|n| n.as_str().parse().ok())
            .ok_or_else(|| self.wrong("a whole number from 0 on"))
    }

    /// true or false.
    pub fn flag(&self) -> Result<bool, ConfigError> {
        self.value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.wrong("true or false"))
    }

    /// A list.
    pub fn list(&self) -> Result<Vec<Item<'t>>, ConfigError> {
        let all = self
            .value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong("a list"))?;
        Ok(all
            .iter()
            .map(|value| Item {
                value,
                path: self.path.clone(),
                doc: self.doc,
            })
            .collect())
    }

    /// A table.
    pub fn section(&self) -> Result<Section<'t>, ConfigError> {
        let table = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong("a table"))?;
        Ok(Section::new(self.doc, &self.path, table, self.value.span()))
    }

    /// True for a table (`{ env = "..." }`).
    pub fn is_section(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// A table of texts with names of the writer's own: `[source.map]`.
    pub fn texts(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        let table = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong("a table"))?;
        let mut texts = BTreeMap::new();
        for (key, value) in table {
            let path = format!("{}.{}", self.path, key.get_ref());
            let item = Item {
                doc: self.doc,
                path,
                value,
            };
            texts.insert(key.get_ref().to_string(), item.text()?.to_owned());
        }
        Ok(texts)
    }

    /// The members of a table with names of the writer's own, each with its place.
    pub fn members(&self) -> Result<Vec<(&'t str, Item<'t>)>, ConfigError> {
        let table = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong("a table"))?;
        let member = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let key: &'t std::borrow::Cow<'t, str> = key.get_ref();
            let item = Item {
                doc: self.doc,
                path: format!("{}.{key}", self.path),
                value,
            };
            (key.as_ref(), item)
        };
        Ok(table.iter().map(member).collect())
    }

    /// A text read by `parse`; `form` says how it is written, for the message.
    pub fn parse<T>(
        &self,
        form: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let raw = self.text()?;
        parse(raw).ok_or_else(|| {
            self.fail(
                format!("{} = \"{raw}\" cannot be read", self.path),
                &format!("write {form}"),
            )
        })
    }

    /// One word of a closed list.
    pub fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, ConfigError> {
        let raw = self.text()?;
        let found = words.iter().find(|(word, _)| *word == raw);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("{} = \"{raw}\" is not known", self.path);
            self.fail(message, &format!("write one of: {}", all.join(", ")))
        })
    }

    fn wrong(&self, wanted: &str) -> ConfigError {
        let found = self.value.get_ref().type_str();
        self.fail(
            format!("{} is a {found}", self.path),
            &format!("write {wanted}"),
        )
    }
}
