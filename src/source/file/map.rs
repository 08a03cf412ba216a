//! `[source.map]` of statement and settlement files: which column means what, and how values are
//! written. `doisoat inspect FILE` proposes it.

use std::collections::BTreeMap;

use super::FileRole;
use crate::format::Sizes;

/// Keys that name a column by its heading.
const HEADINGS: [&str; 16] = [
    "time",
    "bank_ref",
    "order_ref",
    "debit",
    "credit",
    "amount",
    "direction",
    "fee",
    "net",
    "balance",
    "memo",
    "payer",
    "account",
    "currency",
    "status",
    "kind",
];
/// Keys that tell how values are written.
const FORMS: [&str; 8] = [
    "delimiter",
    "encoding",
    "time_format",
    "thousands",
    "decimal",
    "file_day",
    "amounts",
    "sheet",
];
/// Keys that list the words of `status`, `kind` and `direction`, separated by `;`.
const WORDS: [&str; 9] = [
    "success", "failed", "pending", "void", "payment", "refund", "reversal", "in", "out",
];
/// Ways to write a time.
pub(super) const TIME_FORMATS: [&str; 50] = [
    "dd/MM/yyyy HH:mm:ss",
    "dd/MM/yyyy HH:mm",
    "dd-MM-yyyy HH:mm:ss",
    "dd-MM-yyyy HH:mm",
    "dd.MM.yyyy HH:mm:ss",
    "dd.MM.yyyy HH:mm",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm",
    "yyyy-MM-ddTHH:mm:ss",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy/MM/dd HH:mm",
    "yyyyMMddHHmmss",
    "dd/MM/yyyy hh:mm:ss a",
    "dd/MM/yyyy hh:mm a",
    "dd/MM/yyyy - HH:mm:ss",
    "dd/MM/yyyy - HH:mm",
    "HH:mm:ss dd/MM/yyyy",
    "HH:mm dd/MM/yyyy",
    "dd-MMM-yyyy HH:mm:ss",
    "dd-MMM-yyyy HH:mm",
    "dd/MM/yyyy",
    "dd-MM-yyyy",
    "dd.MM.yyyy",
    "yyyy-MM-dd",
    "yyyy/MM/dd",
    "dd-MMM-yyyy",
    "dd MMM yyyy",
    "MM/dd/yyyy HH:mm:ss",
    "MM/dd/yyyy HH:mm",
    "MM/dd/yyyy hh:mm:ss a",
    "MM/dd/yyyy hh:mm a",
    "MM/dd/yyyy - HH:mm:ss",
    "MM/dd/yyyy - HH:mm",
    "HH:mm:ss MM/dd/yyyy",
    "HH:mm MM/dd/yyyy",
    "MM/dd/yyyy",
    "dd/MM/yy",
    "dd/MM/yy HH:mm:ss",
    "dd/MM/yy HH:mm",
    "dd-MM-yy",
    "dd-MM-yy HH:mm:ss",
    "dd-MM-yy HH:mm",
    "dd.MM.yy",
    "dd-MMM-yy",
    "yy-MM-dd",
    "yy/MM/dd",
    "MM/dd/yy",
    "MM/dd/yy HH:mm:ss",
    "MM/dd/yy HH:mm",
    "excel",
];
/// Encodings of text files.
const ENCODINGS: [&str; 6] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1258",
    "tcvn3",
    "vni",
];

/// How the tables of a source are read. What is not told is found by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    headings: BTreeMap<&'static str, Box<str>>,
    words: BTreeMap<&'static str, Vec<Box<str>>>,
    /// The separator of a text table.
    pub delimiter: Option<char>,
    /// The encoding of a text file.
    pub encoding: Option<&'static str>,
    /// How times are written.
    pub time_format: Option<&'static str>,
    /// The separators of thousands and of decimals.
    pub separators: Option<(char, char)>,
    /// True when the day in a file's name is the day it tells of, false when it is the day after.
    pub same_day: Option<bool>,
    /// How amounts of one column tell whether money came in or went out, where no column does.
    pub amounts: Option<Amounts>,
    /// The sheet of a spreadsheet that is read, and no other.
    pub sheet: Option<Box<str>>,
    /// How large the files may be.
    pub sizes: Sizes,
    /// What the files tell; none where nobody knows yet.
    pub role: Option<FileRole>,
}

/// What amounts without a column beside them mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amounts {
    /// A minus is money out.
    Signed,
    /// All of them are money in.
    In,
}

/// A key that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMapping {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Mapping {
    /// Every key.
    pub fn keys() -> Vec<&'static str> {
        [&HEADINGS[..], &FORMS[..], &WORDS[..]].concat()
    }

    /// Reads the table.
    ///
    /// # Errors
    /// A value that cannot be, or columns that do not make an entry. Keys that do not exist are the
    /// caller's to tell.
    pub fn parse(table: &BTreeMap<String, String>) -> Result<Self, BadMapping> {
        let mut mapping = Self::default();
        for (key, value) in table {
            if let Some(known) = HEADINGS.iter().find(|known| **known == key.as_str()) {
                mapping.headings.insert(known, value.as_str().into());
            } else if let Some(known) = WORDS.iter().find(|known| **known == key.as_str()) {
                let words = value.split(';').map(str::trim).filter(|w| !w.is_empty());
                mapping.words.insert(known, words.map(Into::into).collect());
            }
        }
        mapping.forms(table)?;
        let has = |key| mapping.headings.contains_key(key);
        if has("direction") && !has("amount") {
            return Err(BadMapping {
                message: "source.map names a direction and no amount that it is of".into(),
                fix: "name the column of the amounts as amount; credit and debit need none".into(),
            });
        }
        let money = has("amount") || has("credit") || has("debit");
        let entries = has("time") && money;
        if !entries && !mapping.headings.is_empty() {
            return Err(BadMapping {
                message: "source.map names no time, or no amount, credit or debit".into(),
                fix: "name both columns; `doisoat inspect FILE` proposes the whole table".into(),
            });
        }
        Ok(mapping)
    }

    fn forms(&mut self, table: &BTreeMap<String, String>) -> Result<(), BadMapping> {
        let told = |key: &str| table.get(key).map(String::as_str);
        self.delimiter = one_of(table, "delimiter", &[",", ";", "\t", "|"])?.map(first);
        self.encoding = one_of(table, "encoding", &ENCODINGS)?;
        self.time_format = one_of(table, "time_format", &TIME_FORMATS)?;
        let thousands = one_of(table, "thousands", &[",", "."])?.map(first);
        let decimal = one_of(table, "decimal", &[",", "."])?.map(first);
        let other = |c: char| if c == ',' { '.' } else { ',' };
        if thousands.is_some() && thousands == decimal {
            return Err(BadMapping {
                message: "source.map.thousands and source.map.decimal are the same".into(),
                fix: "write \",\" and \".\", or \".\" and \",\"".into(),
            });
        }
        self.separators = thousands
            .map(|c| (c, other(c)))
            .or(decimal.map(|c| (other(c), c)));
        let amounts = one_of(table, "amounts", &["signed", "in"])?;
        self.amounts = amounts.map(|word| match word {
            "in" => Amounts::In,
            _ => Amounts::Signed,
        });
        self.sheet = told("sheet").map(Into::into);
        self.same_day = told("file_day")
            .is_some()
            .then(|| one_of(table, "file_day", &["T", "T+1"]))
            .transpose()?
            .flatten()
            .map(|day| day == "T");
        Ok(())
    }

    /// The heading of a meaning.
    pub fn heading(&self, key: &str) -> Option<&str> {
        self.headings.get(key).map(AsRef::as_ref)
    }

    /// Every meaning with its heading.
    pub fn headings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headings
            .iter()
            .map(|(key, heading)| (*key, &**heading))
    }

    /// The words configured for a state or kind.
    pub fn words(&self, key: &str) -> &[Box<str>] {
        self.words.get(key).map_or(&[], Vec::as_slice)
    }
}

fn first(text: &str) -> char {
    text.chars().next().unwrap_or(',')
}

/// A value of a closed list.
fn one_of(
    table: &BTreeMap<String, String>,
    key: &str,
    known: &[&'static str],
) -> Result<Option<&'static str>, BadMapping> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let found = known.iter().find(|known| **known == value.as_str());
    let shown: Vec<String> = known.iter().map(|known| format!("{known:?}")).collect();
    found.copied().map(Some).ok_or_else(|| BadMapping {
        message: format!("source.map.{key} = {value:?} is not known"),
        fix: format!("write one of: {}", shown.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<Mapping, BadMapping> {
        let table = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Mapping::parse(&table.collect())
    }

    #[test]
    fn a_mapping_names_time_and_money() {
        let mapping = parse(&[
            ("time", "Ngày"),
            ("credit", "Có"),
            ("thousands", "."),
            ("delimiter", "\t"),
            ("success", "Thành công; 00"),
            ("file_day", "T"),
        ])
        .unwrap();
        assert_eq!(mapping.heading("time"), Some("Ngày"));
        assert_eq!(mapping.separators, Some(('.', ',')));
        assert_eq!(mapping.delimiter, Some('\t'));
        assert_eq!(mapping.words("success"), ["Thành công".into(), "00".into()]);
        assert_eq!(mapping.same_day, Some(true));
        assert_eq!(
            parse(&[("decimal", ",")]).unwrap().separators,
            Some(('.', ','))
        );
        let fails = |pairs: &[(&str, &str)], said: &str| {
            let bad = parse(pairs).unwrap_err();
            assert!(bad.message.contains(said), "{bad:?}");
        };
        fails(&[("time", "Ngày")], "names no time, or no amount");
        fails(&[("thousands", " ")], "source.map.thousands");
        fails(&[("thousands", "."), ("decimal", ".")], "are the same");
        fails(&[("time_format", "yyyy/dd/MM")], "source.map.time_format");
        fails(&[("amounts", "both")], "source.map.amounts");
        let sides = [("time", "Ngày"), ("credit", "Có"), ("direction", "D/C")];
        fails(&sides, "names a direction and no amount");
        fails(&[("encoding", "latin-1")], "source.map.encoding");
    }
}
