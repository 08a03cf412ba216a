//! The CSV files of `match` and of a night.
//!
//! UTF-8, LF, RFC 4180, rows in byte order of (side, source, id, dossier, fee). A night's files
//! open in a spreadsheet program, so they begin with a byte order mark and text cells that a
//! spreadsheet would read as a formula get a leading quote (CWE-1236); `match` writes plain CSV.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::classify::Severity;
use crate::domain::{AgencyCode, ExceptionId, Lang, RowKey};
use crate::kpi::{Fraction, Share};
use crate::matching::{Evidence, Nearest, Suggestion};
use crate::report::facts::Ruled;
use crate::report::model::{Index, mask_seen, ruling_word};

pub use changes::write_changes;
pub use closed::{CLOSED, write_closed};
pub use differences::{DifferenceRow, write_differences};
pub use fees::{FEE_FINDINGS, write_fee_findings};
pub use known::{KnownShare, figures, outer, write_arrived, write_known, write_moved};
pub use links::{
    sorted_links, write_lean_links, write_links, write_night_links, write_period_links,
};
pub use rows::{exceptions, exceptions_of, night_exceptions, night_groups, night_shares};
pub use separator::separated;
pub use table::is_formula;

use table::Table;

mod changes;
mod closed;
mod fees;
mod differences;
mod known;
mod links;
mod rows;
mod separator;
mod table;

/// How the files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The language of evidence, nearest candidates and reasons.
    pub lang: Lang,
    /// True for a night's files: byte order mark and formula guard.
    pub spreadsheet: bool,
}

impl Style {
    /// The files of `match`: plain.
    pub fn plain(lang: Lang) -> Self {
        Self {
            lang,
            spreadsheet: false,
        }
    }

    /// The files of a night: for spreadsheet programs.
    pub fn spreadsheet(lang: Lang) -> Self {
        Self {
            lang,
            spreadsheet: true,
        }
    }
}

/// One row of `exceptions.csv` before it is written.
#[derive(Clone, Debug)]
pub struct ExceptionRow<'a> {
    /// The row.
    pub key: &'a RowKey,
    /// Class id.
    pub class: &'a str,
    /// The money at risk.
    pub amount: i64,
    /// The dossier it belongs to or names.
    pub dossier_code: &'a str,
    /// What was seen.
    pub evidence: &'a [Evidence],
    /// The nearest candidates.
    pub nearest: &'a [Nearest],
    /// Stable id.
    pub exception_id: Option<&'a ExceptionId>,
    /// Label of the class, and the ids of the classes that apply too.
    pub detail: String,
    /// How much a person has to do.
    pub severity: Severity,
    /// What a person ruled on it; in the files of a night alone.
    pub ruled: Option<&'a Ruled>,
}

/// `exceptions.csv` of a night: other rows are called by what the bank knows them by.
pub fn write_night_exceptions(
    to: impl Write,
    rows: Vec<ExceptionRow<'_>>,
    names: &Index<'_>,
    style: Style,
) -> io::Result<()> {
    let evidence = |said: &Evidence| names.say(style.lang, said);
    let nearest = |near: &Nearest| names.say_near(style.lang, near);
    let header: Vec<&str> = EXCEPTIONS.iter().chain(&RULED).copied().collect();
    exception_rows(to, rows, (style, &header), evidence, nearest)
}

/// Sentences joined by `; ` into one reused buffer.
fn join<T>(buffer: &mut String, items: &[T], say: impl Fn(&T) -> String) {
    buffer.clear();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            buffer.push_str("; ");
        }
        buffer.push_str(&say(item));
    }
}

const EXCEPTIONS: [&str; 11] = [
    "side",
    "id",
    "class",
    "amount_vnd",
    "dossier_code",
    "evidence",
    "nearest",
    "exception_id",
    "source",
    "detail",
    "severity",
];

/// What a person ruled, behind these in the file of a night.
const RULED: [&str; 4] = ["ruling", "ruled_by", "ruled_on", "ruled_reason"];

/// `exceptions.csv`: the given rows, sorted here.
pub fn write_exceptions(
    to: impl Write,
    rows: Vec<ExceptionRow<'_>>,
    style: Style,
) -> io::Result<()> {
    let evidence = |said: &Evidence| mask_seen(said).say(style.lang);
    let nearest = |near: &Nearest| near.say(style.lang);
    exception_rows(to, rows, (style, &EXCEPTIONS), evidence, nearest)
}

fn exception_rows(
    to: impl Write,
    mut rows: Vec<ExceptionRow<'_>>,
    (style, header): (Style, &[&str]),
    evidence: impl Fn(&Evidence) -> String,
    nearest: impl Fn(&Nearest) -> String,
) -> io::Result<()> {
    let sorted = |a: &ExceptionRow<'_>, b: &ExceptionRow<'_>| (a.key, a.class) <= (b.key, b.class);
    if !rows.is_sorted_by(sorted) {
        rows.sort_by(|a, b| (a.key, a.class).cmp(&(b.key, b.class)));
    }
    let mut table = Table::new(to, style, header)?;
    let tells_rulings = header.len() > EXCEPTIONS.len();
    let mut sentence = String::new();
    for row in rows {
        table.text(row.key.side.id());
        table.text(&row.key.id);
        table.text(row.class);
        table.whole(row.amount);
        table.text(row.dossier_code);
        join(&mut sentence, row.evidence, &evidence);
        table.text(&sentence);
        join(&mut sentence, row.nearest, &nearest);
        table.text(&sentence);
        table.text(row.exception_id.map_or("", ExceptionId::as_str));
        table.text(row.key.source.as_str());
        table.text(&row.detail);
        table.text(row.severity.id());
        if tells_rulings {
            let ruled = row.ruled;
            let what = ruled.map(|ruled| ruling_word(style.lang, &ruled.ruling));
            table.text(what.as_deref().unwrap_or_default());
            table.text(ruled.map_or("", |ruled| &ruled.by));
            table.number(&ruled.map_or_else(String::new, |ruled| ruled.on.to_string()));
            table.text(ruled.map_or("", |ruled| &ruled.reason));
        }
        table.end_row()?;
    }
    table.finish()
}

/// `suggestions.csv`: pairings that a person might accept.
pub fn write_suggestions(
    to: impl Write,
    suggestions: &[Suggestion],
    style: Style,
) -> io::Result<()> {
    let mut rows: Vec<&Suggestion> = suggestions.iter().collect();
    rows.sort_by(|a, b| {
        (&a.txn, &a.dossier_code, &a.fee_id).cmp(&(&b.txn, &b.dossier_code, &b.fee_id))
    });
    let header = ["txn_id", "dossier_code", "fee_id", "score", "reason"];
    let mut table = Table::new(to, style, &header)?;
    let mut sentence = String::new();
    for row in rows {
        table.text(&row.txn.id);
        table.text(row.dossier_code.as_str());
        table.text(row.fee_id.as_ref().map_or("", |id| id.as_str()));
        table.number(&row.score.to_string());
        join(&mut sentence, &row.reason, |e| e.say(style.lang));
        table.text(&sentence);
        table.end_row()?;
    }
    table.finish()
}

/// `share.csv`: per definition a row an agency in byte order, then the total with an empty agency.
/// The caller gives the shares of one period.
pub fn write_shares<'a>(
    to: impl Write,
    shares: impl IntoIterator<Item = &'a Share>,
    style: Style,
) -> io::Result<()> {
    shares_table(to, shares, None, style)
}

/// The same of a night, with the agency's name behind: of several that bore the code in the period
/// each with the day on which it ended or began, as the figures are theirs together.
pub fn write_night_shares<'a>(
    to: impl Write,
    shares: impl IntoIterator<Item = &'a Share>,
    names: &Index<'_>,
    style: Style,
) -> io::Result<()> {
    shares_table(to, shares, Some(names), style)
}

const SHARE_COLUMNS: [&str; 8] = [
    "agency_code",
    "definition",
    "numerator",
    "denominator",
    "share",
    "low",
    "high",
    "agency_name",
];

fn shares_table<'a>(
    to: impl Write,
    shares: impl IntoIterator<Item = &'a Share>,
    names: Option<&Index<'_>>,
    style: Style,
) -> io::Result<()> {
    let mut by_definition: BTreeMap<&str, Vec<&Share>> = BTreeMap::new();
    for share in shares {
        by_definition
            .entry(share.definition)
            .or_default()
            .push(share);
    }
    let columns = SHARE_COLUMNS.len() - usize::from(names.is_none());
    let mut table = Table::new(to, style, &SHARE_COLUMNS[..columns])?;
    let bound = |share: Option<Fraction>, round: fn(Fraction, u32) -> String| {
        share.map_or_else(String::new, |share| round(share, 4))
    };
    for (definition, mut shares) in by_definition {
        shares.sort_by_key(|s| (s.agency.is_none(), s.agency.clone(), s.period.clone()));
        for share in shares {
            table.text(share.agency.as_ref().map_or("", AgencyCode::as_str));
            table.text(definition);
            if share.enough_data {
                table.number(&share.numerator.to_string());
                table.number(&share.denominator.to_string());
                table.number(&bound(share.point(), Fraction::half_up));
                table.number(&bound(share.low, Fraction::down));
                table.number(&bound(share.high, Fraction::up));
            } else {
                (0..5).for_each(|_| table.number(""));
            }
            if let Some(names) = names {
                let period = (share.period.from, share.period.to);
                let name = share.agency.as_ref().map_or_else(String::new, |code| {
                    names.agency_within(code, period, style.lang)
                });
                table.text(&name);
            }
            table.end_row()?;
        }
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, style: Style) -> String {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out, style, &["a", "b"]).unwrap();
        table.text(text);
        table.number("-150000");
        table.end_row().unwrap();
        table.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        text.trim_start_matches("\u{feff}")
            .strip_prefix("a,b\n")
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_night_guards_formulas_and_leaves_numbers_alone() {
        let night = Style::spreadsheet(Lang::Vi);
        for (raw, expected) in [
            ("=1+1", "'=1+1"),
            ("+84", "'+84"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'‹U+0009›=1"),
            ("\0=1", "'‹U+0000›=1"),
            ("gpj.\u{202e}exe", "gpj.‹U+202E›exe"),
            ("1\u{a0}000", "1\u{a0}000"),
            ("＝1", "'＝1"),
            ("＠x", "'＠x"),
            ("a=1", "a=1"),
            ("", ""),
            ("~0123", "~0123"),
        ] {
            assert_eq!(cell(raw, night), format!("{expected},-150000\n"), "{raw:?}");
        }
        assert_eq!(cell("\r=1", night), "'‹U+000D›=1,-150000\n");
        let plain = Style::plain(Lang::Vi);
        assert_eq!(cell("a\u{202e}b", plain), "a\u{202e}b,-150000\n");
        assert_eq!(
            cell("say \"x\", y", night),
            "\"say \"\"x\"\", y\",-150000\n"
        );
        assert_eq!(cell("=1+1", Style::plain(Lang::Vi)), "=1+1,-150000\n");
    }
}
