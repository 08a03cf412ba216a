//! Reads a case file: lines of words, `key=value` with quotes where a value holds blanks.

use std::collections::BTreeMap;

use doisoat::domain::{Inputs, RowKey, Rules, Vnd};

use super::rows;

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) title: String,
    pub(crate) inputs: Inputs,
    pub(crate) rules: Rules,
    /// What each name of the case stands for.
    pub(crate) names: BTreeMap<String, RowKey>,
    pub(crate) expected: Vec<Expected>,
    commented: bool,
}

/// One thing that must come out, in the form in which it is drawn.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Checked where it is written; its absence says nothing.
    pub(crate) optional: bool,
}

/// One line as words and values.
pub(crate) struct Words {
    pub(crate) words: Vec<String>,
    values: BTreeMap<String, String>,
}

/// Reads every case of a file, or says where one cannot be read.
pub(crate) fn parse(file: &str, text: &str) -> Vec<Result<Case, String>> {
    let mut cases: Vec<Result<Case, String>> = Vec::new();
    for (i, raw) in text.lines().enumerate() {
        let number = i + 1;
        let line = raw.trim();
        if let Some(title) = line.strip_prefix("case ") {
            cases.push(Ok(Case {
                file: file.to_owned(),
                line: number,
                title: title.trim().to_owned(),
                inputs: Inputs::default(),
                rules: Rules::default(),
                names: BTreeMap::new(),
                expected: Vec::new(),
                commented: false,
            }));
            continue;
        }
        let Some(Ok(case)) = cases.last_mut() else {
            continue;
        };
        if line.starts_with('#') {
            case.commented = true;
        } else if !line.is_empty()
            && let Err(what) = words(line).and_then(|words| take(case, number, words))
        {
            *cases.last_mut().unwrap() = Err(format!("{file}:{number}: {what}"));
        }
    }
    let commented = |case: Case| {
        let (line, title) = (case.line, &case.title);
        if case.commented {
            Ok(case)
        } else {
            Err(format!(
                "{file}:{line}: the case \"{title}\" has no comment that says why"
            ))
        }
    };
    cases
        .into_iter()
        .map(|case| case.and_then(commented))
        .collect()
}

/// One line of a case.
fn take(case: &mut Case, number: usize, mut words: Words) -> Result<(), String> {
    let first = words.next("a word")?;
    if first == "expect" {
        return expect(case, number, words);
    }
    rows::add(case, &first, &mut words)?;
    match words.words.first() {
        Some(word) => Err(format!("\"{word}\" is one word too many")),
        None => Ok(()),
    }
}

/// An expectation, in the forms in which `draw.rs` draws.
fn expect(case: &mut Case, line: usize, mut words: Words) -> Result<(), String> {
    let what = words.next("what to expect")?;
    let mut add = |text: String, optional: bool| {
        case.expected.push(Expected {
            line,
            text,
            optional,
        });
    };
    match what.as_str() {
        "match" | "surplus" | "duplicate" | "refund" | "reversal" => {
            let money = words.name(&case.names)?;
            let by = words.words.iter().position(|word| word == "by");
            let pass = by.map_or(String::new(), |at| {
                format!(" {}", words.words.split_off(at).join(" "))
            });
            while !words.words.is_empty() {
                let fee = words.name(&case.names)?;
                let amount = match what.as_str() {
                    "duplicate" => String::new(),
                    _ => format!(" {}", words.amount()?.grouped()),
                };
                add(format!("{what} {money} {fee}{amount}{pass}"), false);
            }
        }
        "sighting" => {
            let money = words.name(&case.names)?;
            words.word("of")?;
            let of = words.name(&case.names)?;
            add(format!("sighting {money} of {of}"), false);
        }
        "set" => {
            while !words.words.is_empty() {
                let name = words.name(&case.names)?;
                add(format!("set {name}"), false);
            }
        }
        "class" => {
            let mut names = Vec::new();
            while words.words.len() > 1 {
                names.push(words.name(&case.names)?);
            }
            let class = words.next("a class")?;
            for name in names {
                add(format!("class {name} {class}"), false);
            }
        }
        "near" | "evidence" | "bucket" | "also" | "carried" | "severity" => {
            let money = words.name(&case.names)?;
            add(format!("{what} {money} {}", words.words.join(" ")), true);
        }
        "share" | "cell" | "verdict" | "deciding" | "suggest" | "outer" | "outcomes" => {
            add(format!("{what} {}", words.words.join(" ")), true);
        }
        _ => return Err(format!("\"{what}\" is nothing that can be expected")),
    }
    Ok(())
}

/// Splits a line; `key="two words"` is one value.
fn words(line: &str) -> Result<Words, String> {
    let mut words = Vec::new();
    let mut values = BTreeMap::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut quoted = false;
        let end = rest.find(|c: char| {
            quoted ^= c == '"';
            !quoted && c.is_whitespace()
        });
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if quoted {
            return Err("a quote is not closed".to_owned());
        }
        match word.split_once('=') {
            Some((key, value)) if !key.starts_with('"') => {
                values.insert(key.to_owned(), value.replace('"', ""));
            }
            _ => words.push(word.replace('"', "")),
        }
        rest = after.trim_start();
    }
    Ok(Words { words, values })
}

impl Words {
    /// The next word.
    pub(crate) fn next(&mut self, what: &str) -> Result<String, String> {
        if self.words.is_empty() {
            return Err(format!("{what} is missing"));
        }
        Ok(self.words.remove(0))
    }

    /// The next word must be this one.
    pub(crate) fn word(&mut self, wanted: &str) -> Result<(), String> {
        let found = self.next(wanted)?;
        (found == wanted)
            .then_some(())
            .ok_or_else(|| format!("\"{found}\" stands where \"{wanted}\" must stand"))
    }

    /// An amount such as `50.000`.
    pub(crate) fn amount(&mut self) -> Result<Vnd, String> {
        let word = self.next("an amount")?;
        amount(&word)
    }

    /// A row of this case.
    pub(crate) fn name(&mut self, names: &BTreeMap<String, RowKey>) -> Result<String, String> {
        let word = self.next("the name of a row")?;
        if names.contains_key(&word) {
            Ok(word)
        } else {
            Err(format!("no row is called \"{word}\""))
        }
    }

    /// Takes a value out; none when it is not written.
    pub(crate) fn value(&mut self, key: &str) -> Option<String> {
        self.values.remove(key)
    }

    /// Nothing but what was taken may be written.
    pub(crate) fn no_more(&self, what: &str) -> Result<(), String> {
        match self.values.keys().next() {
            Some(key) => Err(format!("\"{key}\" is not a word of {what}")),
            None => Ok(()),
        }
    }
}

/// Reads `50.000` or `-50.000`.
pub(crate) fn amount(word: &str) -> Result<Vnd, String> {
    let digits = word.replace('.', "");
    let number = digits.parse::<i64>().ok();
    number
        .map(Vnd::new)
        .ok_or_else(|| format!("\"{word}\" is not an amount"))
}
