//! Pure: an exception beside its candidates, test by test, so that a person sees where they differ.

use serde::Serialize;

use crate::domain::{DossierCode, Fee, Lang, Moment, RowKey, Txn, Vnd};
use crate::matching::{Nearest, Part, Suggestion};
use crate::report::facts::RunFacts;
use crate::text;

use super::index::Index;
use crate::text::moment;

/// At most this many candidates stand beside a row; `exceptions.csv` and `suggestions.csv` have
/// all.
const CANDIDATES_MAX: usize = 4;

/// One line of the comparison: the row's own value and that of each candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompareRow {
    /// What is compared.
    pub label: String,
    /// The row's own.
    pub own: String,
    /// Each candidate's, and whether it is the same as the row's own.
    pub theirs: Vec<(String, bool)>,
}

/// One column.
#[derive(Clone, Debug, Default)]
struct Column {
    code: String,
    amount: Option<Vnd>,
    payer: String,
    at: String,
    source: String,
    memo: String,
    agency: String,
    score: String,
    parts: String,
    why: String,
}

/// The comparison; empty where there is no candidate.
pub(super) fn rows(
    index: &Index<'_>,
    facts: &RunFacts,
    key: &RowKey,
    suggestions: &[&Suggestion],
    nearest: &[Nearest],
) -> Vec<CompareRow> {
    let lang = facts.lang;
    let others = candidates(index, facts, suggestions, nearest);
    if others.is_empty() {
        return Vec::new();
    }
    let own = own(index, facts, key);
    let line = |label: &str, pick: fn(&Column) -> String| {
        let own = pick(&own);
        let theirs = others.iter().map(pick);
        let theirs = theirs.map(|value| {
            let same = !value.is_empty() && value == own;
            (value, same)
        });
        CompareRow {
            label: text::say(lang, label, &[]),
            theirs: theirs.collect(),
            own,
        }
    };
    let money: fn(&Column) -> String = match lang {
        Lang::Vi => |c: &Column| {
            c.amount
                .map_or_else(String::new, |a| text::money_of(Lang::Vi, a))
        },
        Lang::En => |c: &Column| {
            c.amount
                .map_or_else(String::new, |a| text::money_of(Lang::En, a))
        },
    };
    let mut rows = vec![
        line("compare-code", |c| c.code.clone()),
        line("column-sum", money),
        line("field-payer", |c| c.payer.clone()),
        line("compare-when", |c| c.at.clone()),
        line("column-source", |c| c.source.clone()),
        line("field-memo", |c| c.memo.clone()),
        line("column-agency", |c| c.agency.clone()),
        line("compare-score", |c| c.score.clone()),
        line("compare-parts", |c| c.parts.clone()),
        line("compare-why", |c| c.why.clone()),
    ];
    // who paid and when is always told, so that a candidate without it shows that it lacks it
    let always = ["field-payer", "compare-when"].map(|key| text::say(lang, key, &[]));
    rows.retain(|row| {
        let told = row.theirs.iter().any(|(value, _)| !value.is_empty());
        told || (!row.own.is_empty() && always.contains(&row.label))
    });
    rows
}

/// A column for each candidate: one that is suggested and was tried says the test that it failed,
/// one that is only suggested what speaks for it.
fn candidates(
    index: &Index<'_>,
    facts: &RunFacts,
    suggestions: &[&Suggestion],
    nearest: &[Nearest],
) -> Vec<Column> {
    let suggested = suggestions.iter().map(|s| {
        let tried = nearest.iter().find(|n| names(n, &s.dossier_code));
        of_suggestion(index, facts, s, tried)
    });
    let others = nearest.iter().enumerate().filter(|(at, near)| {
        let earlier = nearest.iter().take(*at);
        let again = earlier
            .clone()
            .any(|known| known.candidate == near.candidate);
        !again && !suggestions.iter().any(|s| names(near, &s.dossier_code))
    });
    let others = others.map(|(_, near)| of_nearest(index, facts, near));
    suggested.chain(others).take(CANDIDATES_MAX).collect()
}

fn names(near: &Nearest, code: &DossierCode) -> bool {
    DossierCode::parse(&near.candidate).is_ok_and(|candidate| candidate == *code)
}

fn own(index: &Index<'_>, facts: &RunFacts, key: &RowKey) -> Column {
    let lang = facts.lang;
    if let Some(txn) = index.txn(key) {
        return of_txn(index, lang, txn);
    }
    if let Some(receipt) = index.receipt(key) {
        return Column {
            code: receipt.receipt_no.to_string(),
            amount: Some(receipt.amount),
            at: moment(lang, &receipt.collected_at),
            agency: agency(index, facts, &receipt.dossier_code),
            ..Column::default()
        };
    }
    let dossier = key.dossier.as_ref();
    dossier.map_or_else(Column::default, |code| {
        of_dossier(index, facts, code, Some(&key.id))
    })
}

/// A transaction: by what the bank knows it by, personal data masked.
fn of_txn(index: &Index<'_>, lang: Lang, txn: &Txn) -> Column {
    Column {
        code: index.person_reference(lang, &txn.key()),
        amount: Some(txn.amount),
        payer: text::mask_party(&txn.payer),
        at: moment(lang, &txn.paid_at),
        source: txn.source.to_string(),
        memo: text::mask_memo(&txn.memo, &txn.payer, txn.account.as_deref()),
        ..Column::default()
    }
}

/// What is known of a dossier, or of one line of it: without a line who pays its first one, and
/// what all of them come to.
fn of_dossier(
    index: &Index<'_>,
    facts: &RunFacts,
    code: &DossierCode,
    fee_id: Option<&str>,
) -> Column {
    let fee = fee_id.and_then(|id| index.fee_line(code, id));
    let line = fee_id.map_or_else(String::new, |id| format!(" / {id}"));
    let whole = index.dossier(code);
    let amount = fee.map(|fee| fee.amount);
    let told = fee.or(whole.map(|(lead, _)| lead));
    Column {
        code: format!("{code}{line}"),
        amount: amount.or(whole.map(|(_, sum)| sum)),
        payer: told.map_or_else(String::new, |fee| text::mask_party(&fee.payer_name)),
        at: when(facts.lang, code, told),
        agency: agency(index, facts, code),
        ..Column::default()
    }
}

/// When the registry recorded the payment, else when the dossier was received.
fn when(lang: Lang, code: &DossierCode, fee: Option<&Fee>) -> String {
    if let Some(at) = fee.and_then(|fee| fee.more.paid_at.as_ref()) {
        return moment(lang, at);
    }
    let received = fee.and_then(|fee| fee.more.received_at.as_ref());
    let day = received.map(Moment::day).or_else(|| code.received_on());
    day.map_or_else(String::new, |day| {
        let day = text::day(lang, day);
        text::say(lang, "compare-received", &[("day", &day)])
    })
}

/// The parts of a score in words, with their points: `+300 đúng người nộp; −150 …`.
pub(super) fn parts(lang: Lang, suggestion: &Suggestion) -> String {
    let part = |part: &Part| {
        let sign = if part.points < 0 { '−' } else { '+' };
        let words = text::say(lang, part.why.key(), &[]);
        format!("{sign}{} {words}", part.points.unsigned_abs())
    };
    let parts: Vec<String> = suggestion.parts.iter().map(part).collect();
    parts.join("; ")
}

fn agency(index: &Index<'_>, facts: &RunFacts, code: &DossierCode) -> String {
    let agency = index.agency_of(code);
    agency.map_or_else(String::new, |code| {
        index.agency_name(&code, facts.business_date)
    })
}

fn of_suggestion(
    index: &Index<'_>,
    facts: &RunFacts,
    suggestion: &Suggestion,
    tried: Option<&Nearest>,
) -> Column {
    let fee = suggestion.fee_id.as_ref().map(|id| id.as_str());
    let reasons = suggestion.reason.iter();
    let reasons = reasons.map(|reason| index.say(facts.lang, reason));
    let column = of_dossier(index, facts, &suggestion.dossier_code, fee);
    Column {
        score: format!("{}/1000", suggestion.score),
        parts: parts(facts.lang, suggestion),
        amount: tried.and_then(|near| near.amount).or(column.amount),
        why: tried.map_or_else(
            || reasons.collect::<Vec<_>>().join("; "),
            |near| near.failed.say(facts.lang).to_owned(),
        ),
        ..column
    }
}

/// A candidate that was not taken: a transaction, a dossier, or a name that stands for itself.
fn of_nearest(index: &Index<'_>, facts: &RunFacts, near: &Nearest) -> Column {
    let column = if let Some(txn) = index.alone(&near.candidate) {
        of_txn(index, facts.lang, txn)
    } else if let Ok(code) = DossierCode::parse(&near.candidate) {
        of_dossier(index, facts, &code, None)
    } else {
        Column {
            code: near.candidate.to_string(),
            ..Column::default()
        }
    };
    Column {
        amount: near.amount.or(column.amount),
        why: near.failed.say(facts.lang).to_owned(),
        ..column
    }
}

/// What is suggested for one payment, a line each with what speaks for it alone: what names
/// another dossier or none, and stands in `told` or speaks for several, is left out. Where nothing
/// is left, the test that it failed.
pub(super) fn suggestions(
    index: &Index<'_>,
    lang: Lang,
    suggestions: &[&Suggestion],
    nearest: &[Nearest],
    told: &[String],
) -> Vec<String> {
    let shared = shared(index, lang, suggestions);
    let line = |one: &&Suggestion| {
        let code = one.dossier_code.to_string();
        let reasons = one.reason.iter().map(|reason| index.say(lang, reason));
        let own = reasons
            .filter(|said| said.contains(&code) || !(shared.contains(said) || told.contains(said)));
        let mut own: Vec<String> = own.collect();
        if own.is_empty() {
            let tried = nearest.iter().find(|near| names(near, &one.dossier_code));
            own.extend(tried.map(|near| near.failed.say(lang).to_owned()));
        }
        let fee = one.fee_id.as_ref();
        let fee = fee.map_or_else(String::new, |id| format!(" / {id}"));
        let said = format!("{code}{fee} ({}/1000)", one.score);
        if own.is_empty() {
            return said;
        }
        format!("{said}: {}", own.join("; "))
    };
    suggestions.iter().map(line).collect()
}

/// What speaks for several of the suggestions of one payment, as sentences.
pub(super) fn shared(index: &Index<'_>, lang: Lang, suggestions: &[&Suggestion]) -> Vec<String> {
    let mut shared: Vec<String> = Vec::new();
    for (at, one) in suggestions.iter().enumerate() {
        let others = suggestions.iter().skip(at + 1);
        for reason in &one.reason {
            let again = others.clone().any(|other| other.reason.contains(reason));
            let said = index.say(lang, reason);
            if again && !shared.contains(&said) {
                shared.push(said);
            }
        }
    }
    shared
}
