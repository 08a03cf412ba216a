//! The line of the archived bytes from which a row came, for a person who wants to see it.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::error::JobError;
use crate::domain::Origin;
use crate::format::{BookKind, Limits, encoding};
use crate::store::archive::Archive;
use crate::store::{Removed, Store};
use crate::text::mask_memo;

/// A longer text is cut: some files are one line throughout.
const SHOWN_MAX: usize = 2_000;
/// An entry that takes more lines is cut.
const LINES_MAX: usize = 40;
/// Words beside which a key may stand: such a line is not shown.
const SECRETS: [&str; 5] = ["authorization", "apikey", "bearer", "token", "secret"];
/// Larger files are read with the tools of their trade.
const BYTES_MAX: u64 = 64 << 20;

/// What became of the bytes that told a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// They are in the archive.
    Kept,
    /// The rule of retention removed them.
    Pruned,
    /// They are not there, and no rule says so.
    Lost,
}

impl Held {
    /// The word for scripts.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Pruned => "pruned",
            Self::Lost => "lost",
        }
    }

    fn of(archive: &Archive, removed: &Removed, sha256: &str) -> Result<Self, JobError> {
        Ok(match archive.file(sha256)? {
            Some(_) => Self::Kept,
            None if removed.holds(sha256) => Self::Pruned,
            None => Self::Lost,
        })
    }
}

/// Where a row came from, as far as the archive still holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// File or answer, digest and line.
    pub origin: Origin,
    /// Whether the bytes are there.
    pub held: Held,
    /// The line or record as it came, personal data masked; none where it cannot be shown.
    pub text: Option<String>,
}

/// Whose line it is: what of it is personal and what has to stand in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whose<'a> {
    /// The row's own id.
    pub id: &'a str,
    /// The payer's name, where the row tells it.
    pub payer: &'a str,
    /// The account, where the row tells it.
    pub account: Option<&'a str>,
}

impl Whose<'_> {
    fn mask(&self, text: &str) -> String {
        mask_memo(text, self.payer, self.account)
    }
}

/// Looks a row's line up in the archive at `dir`, which is not made where it is not there.
pub async fn find(
    store: &Store,
    dir: &Path,
    origin: Origin,
    whose: Whose<'_>,
) -> Result<Found, JobError> {
    let removed = store.pruned().await?;
    let (held, text) = if dir.is_dir() {
        let archive = Archive::open(dir)?;
        match Held::of(&archive, &removed, &origin.sha256)? {
            Held::Kept => (Held::Kept, original(&archive, &origin, whose)),
            gone => (gone, None),
        }
    } else {
        (Held::Lost, None)
    };
    Ok(Found { origin, held, text })
}

/// The line, masked; none of a spreadsheet, of a damaged or very large file, of a text in an
/// encoding that nobody knows, or of what may hold a secret.
fn original(archive: &Archive, origin: &Origin, whose: Whose<'_>) -> Option<String> {
    let mut content = archive.open_stream(&origin.sha256).ok()?;
    let mut bytes = Vec::new();
    content
        .by_ref()
        .take(BYTES_MAX)
        .read_to_end(&mut bytes)
        .ok()?;
    let is_whole = content.read(&mut [0]).is_ok_and(|more| more == 0);
    if !is_whole || BookKind::of(&bytes).is_some() || bytes.starts_with(b"%PDF") {
        return None;
    }
    let (text, _) = encoding::decoded(&bytes, Limits::TEXT).ok()?;
    let at = usize::try_from(origin.line).ok()?.checked_sub(1)?;
    let shown = match serde_json::from_str::<Value>(&text) {
        Ok(answer) => element(&answer, at, whose)?,
        Err(_) => entry(&text, at, whose)?,
    };
    let folded = shown.to_lowercase();
    let is_secret = SECRETS.iter().any(|word| folded.contains(word));
    (!is_secret).then(|| shown.chars().take(SHOWN_MAX).collect())
}

/// The record of an answer: an element of its first list that holds the row's id.
fn element(answer: &Value, at: usize, whose: Whose<'_>) -> Option<String> {
    let Value::Object(fields) = answer else {
        let element = answer.as_array()?.get(at)?;
        let holds = element.is_object() && element.to_string().contains(whose.id);
        return holds.then(|| masked(element, whose).to_string());
    };
    fields.values().find_map(|inner| element(inner, at, whose))
}

/// The same without the people in it.
fn masked(value: &Value, whose: Whose<'_>) -> Value {
    match value {
        Value::String(text) => Value::String(whose.mask(text)),
        Value::Array(all) => all.iter().map(|one| masked(one, whose)).collect(),
        Value::Object(fields) => {
            let field = |(name, one): (&String, &Value)| (name.clone(), masked(one, whose));
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// The line of a text; of an entry that takes several, all of them.
fn entry(text: &str, at: usize, whose: Whose<'_>) -> Option<String> {
    let mut lines = text.lines().skip(at);
    let first = lines.next()?.trim_start_matches('\u{feff}').trim();
    let more = lines.map(str::trim);
    let mut all = vec![first];
    if first.starts_with(":61:") {
        let ends = |line: &&str| line.starts_with(":6") || line.starts_with('-');
        all.extend(more.take_while(|line| !ends(line)).take(LINES_MAX));
    } else if first.contains("<Ntry") && !first.contains("</Ntry") {
        let inside = more
            .take(LINES_MAX)
            .take_while(|line| !line.contains("</Ntry"));
        all.extend(inside);
    }
    let is_markup = first.starts_with('<');
    let shown = all.iter().map(|line| {
        if is_markup {
            between_tags(line, whose)
        } else {
            whose.mask(line)
        }
    });
    Some(shown.collect::<Vec<_>>().join("\n"))
}

/// A line of XML: tags stay.
fn between_tags(line: &str, whose: Whose<'_>) -> String {
    let parts = line.split_inclusive('>').map(|part| {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        format!("{}{tag}", whose.mask(text))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AN: Whose<'_> = Whose {
        id: "T17",
        payer: "NGUYEN VAN AN",
        account: Some("0123456789"),
    };

    #[test]
    fn an_entry_is_shown_with_the_lines_that_belong_to_it() {
        let check = |text: &str, at, shown: &str| assert_eq!(entry(text, at, AN).unwrap(), shown);
        check("a\nFT17;50.000\nb", 1, "FT17;50.000");
        let mt = ":25:1\n:61:2212051205C50000,\n:86:FT17 NGUYEN VAN AN\n.CK\n:62F:C1\n-}";
        check(mt, 1, ":61:2212051205C50000,\n:86:FT17 N***** V** A*\n.CK");
        let camt =
            "<Stmt>\n <Ntry>\n  <Amt Ccy=\"VND\">50000</Amt><Nm>NGUYEN VAN AN</Nm>\n </Ntry>\n";
        let shown = "<Ntry>\n<Amt Ccy=\"VND\">50000</Amt><Nm>N***** V** A*</Nm>";
        check(camt, 1, shown);
        assert_eq!(entry("a\n", 7, AN), None);
    }

    #[test]
    fn a_record_of_an_answer_is_shown_where_it_is_the_rows() {
        let answer = r#"{"error":0,"data":{"page":1,"records":[{"id":"T16"},
            {"id":"T17","memo":"NGUYEN VAN AN FT17","amount":50000}]}}"#;
        let answer: Value = serde_json::from_str(answer).unwrap();
        let shown = r#"{"amount":50000,"id":"T17","memo":"N***** V** A* FT17"}"#;
        let found: Value = serde_json::from_str(&element(&answer, 1, AN).unwrap()).unwrap();
        assert_eq!(found, serde_json::from_str::<Value>(shown).unwrap());
        assert_eq!(element(&answer, 0, AN), None, "another row's");
        assert_eq!(element(&answer, 2, AN), None);
    }
}
