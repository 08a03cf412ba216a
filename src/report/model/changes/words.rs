//! The words of a comparison: kinds of rows, causes, figures.

use crate::classify::{CLASSES, OK};
use crate::domain::{Completeness, Day, Fraction, Lang, Vnd};
use crate::kpi::Verdict;
use crate::matching::pass::PASSES;
use crate::report::facts::diff::{Became, Cause, RowChange, Said, ShareChange, TableFacts};
use crate::report::model::{definition_name, fee_label, rate_text, verdict_word};
use crate::text;

/// The columns of rows that can change, with the keys of their names.
const FIELDS: [(&str, &str); 50] = [
    ("account", "cell-account"),
    ("agency_code", "cell-agency-code"),
    ("amount", "cell-amount"),
    ("bank_ref", "cell-bank-ref"),
    ("business_date", "cell-business-date"),
    ("cashier", "cell-cashier"),
    ("code", "cell-code"),
    ("collected_at", "cell-collected-at"),
    ("collection_mode", "cell-collection-mode"),
    ("column", "cell-column"),
    ("created_at", "cell-created-at"),
    ("declared_method", "cell-declared-method"),
    ("dossier_code", "cell-dossier-code"),
    ("due_at", "cell-due-at"),
    ("fee", "cell-fee"),
    ("fee_id", "cell-fee-id"),
    ("fee_ids", "cell-fee-ids"),
    ("field_code", "cell-field-code"),
    ("file", "cell-file"),
    ("filing_channel", "cell-filing-channel"),
    ("instrument", "cell-instrument"),
    ("kept", "cell-kept"),
    ("kind", "cell-kind"),
    ("largest", "cell-largest"),
    ("level", "cell-level"),
    ("line", "cell-line"),
    ("memo", "cell-memo"),
    ("name", "cell-name"),
    ("net", "cell-net"),
    ("online_payment_flag", "cell-online-payment-flag"),
    ("order_ref", "cell-order-ref"),
    ("paid_at", "cell-paid-at"),
    ("paid_on", "cell-paid-on"),
    ("parent_code", "cell-parent-code"),
    ("payer", "cell-payer"),
    ("payer_name", "cell-payer-name"),
    ("procedure_code", "cell-procedure-code"),
    ("processing_started_at", "cell-processing-started-at"),
    ("receipt_form", "cell-receipt-form"),
    ("receipt_no", "cell-receipt-no"),
    ("receipt_series", "cell-receipt-series"),
    ("received_at", "cell-received-at"),
    ("request_id", "cell-request-id"),
    ("result_at", "cell-result-at"),
    ("side", "cell-side"),
    ("status", "cell-status"),
    ("successor_code", "cell-successor-code"),
    ("valid_to", "cell-valid-to"),
    ("value", "cell-value"),
    ("versions", "cell-versions"),
];

/// The word of a kind of row.
pub fn kind_word(kind: &str, lang: Lang) -> String {
    let key = match kind {
        "txn" => "diff-txn",
        "fee" => "diff-fee",
        "order" => "diff-order",
        "receipt" => "diff-receipt",
        "reject" => "diff-reject",
        "conflict" => "diff-conflict",
        "agency" => "diff-agency",
        "decision" => "diff-decision",
        "source" => "diff-source",
        other => return other.to_owned(),
    };
    text::say(lang, key, &[])
}

impl Became {
    /// In words.
    pub fn say(self, lang: Lang) -> String {
        let key = match self {
            Self::Added => "became-added",
            Self::Removed => "became-removed",
            Self::Changed => "became-changed",
            Self::Entered => "became-entered",
        };
        text::say(lang, key, &[])
    }
}

impl Cause {
    /// In words.
    pub fn say(&self, lang: Lang) -> String {
        match self {
            Self::Input { kind, key, told_by } => {
                let by = told_by.as_ref().map(|by| format!(" ({by})"));
                let word = kind_word(kind, lang);
                format!("{word} {key}{}", by.unwrap_or_default())
            }
            Self::Rules => text::say(lang, "cause-rules", &[]),
            Self::FeeTable => text::say(lang, "cause-fee-table", &[]),
            Self::Program => text::say(lang, "cause-program", &[]),
            Self::Source { name } => text::say(lang, "cause-source", &[("name", name)]),
            Self::Time => text::say(lang, "cause-time", &[]),
            Self::Inputs {
                kind,
                source,
                told_by,
                count,
            } => {
                let mut said = kind_word(kind, lang);
                if !source.is_empty() {
                    said.extend([" ", source]);
                }
                if let Some(file) = told_by {
                    said.extend([" (", file, ")"]);
                }
                format!("{said}: {}", count_word(*count, lang))
            }
            Self::NotSingle { each, .. } => {
                let each: Vec<String> = each.iter().map(|cause| cause.say(lang)).collect();
                each.join("; ")
            }
            Self::Unknown => text::say(lang, "cause-unknown", &[]),
        }
    }
}

fn count_word(count: usize, lang: Lang) -> String {
    text::number(lang, u64::try_from(count).unwrap_or(u64::MAX))
}

/// A fee table by the number of its rates and its digest; a dash for none.
pub fn table_word(table: Option<&TableFacts>, lang: Lang) -> String {
    let Some(table) = table else {
        return "-".to_owned();
    };
    let rates = table.rates.to_string();
    let digest = table.digest.get(..12).unwrap_or(&table.digest);
    let args = [("n", &*rates), ("digest", digest)];
    text::say(lang, "changes-fee-table-said", &args)
}

/// What the fee table says of a line, with the rates that it names; empty for nothing.
pub fn finding_word(said: Option<&Said>, lang: Lang) -> String {
    let Some(said) = said else {
        return String::new();
    };
    let mut rates: Vec<String> = said
        .rates
        .iter()
        .map(|rate| rate_text(rate, lang))
        .collect();
    rates.dedup();
    let label = fee_label(said.word, lang);
    if rates.is_empty() {
        label
    } else {
        format!("{label}: {}", rates.join("; "))
    }
}

/// The verdict of a stored word; a dash where there is none.
pub fn verdict_of(raw: &str, lang: Lang) -> String {
    Verdict::parse(raw).map_or_else(|| "-".to_owned(), |known| verdict_word(lang, known))
}

/// The label of a class, of a row in order, or the id where this version does not know it.
pub fn class_word(id: &str, lang: Lang) -> String {
    if id == OK {
        return text::say(lang, "form-class-ok", &[]);
    }
    let known = CLASSES.iter().find(|class| class.id == id);
    known.map_or_else(|| id.to_owned(), |class| class.label.get(lang).to_owned())
}

/// `0.4231` as people write it; a dash where there is none.
pub fn percent_word(raw: &str, lang: Lang) -> String {
    let Some((whole, part)) = raw.split_once('.') else {
        return "-".to_owned();
    };
    let share = format!("{whole}{part:0<4}").parse::<i128>().ok();
    let share = share.and_then(|n| Fraction::new(n, 10_000));
    share.map_or_else(|| "-".to_owned(), |share| text::percent(lang, share))
}

/// `txn sepay-main/1` with the kind in words.
pub(super) fn row_words(key: &str, lang: Lang) -> String {
    let Some((kind, rest)) = key.split_once(' ') else {
        return key.to_owned();
    };
    format!("{} {rest}", kind_word(kind, lang))
}

/// What a share is called, and its figures before and after.
pub(super) fn share_words(share: &ShareChange, lang: Lang) -> (String, String, String) {
    let mut what = definition_name(lang, &share.definition);
    if !share.scope.is_empty() {
        what.extend([" ", &*share.scope]);
    }
    what.extend([", ", &period_word(&share.period.1, lang)]);
    let one = |parts: (i64, i64), figures: [&str; 3], verdict: &str| {
        let [point, low, high] = figures.map(|figure| percent_word(figure, lang));
        let [part, whole] = [parts.0, parts.1].map(|figure| text::number(lang, i128::from(figure)));
        let mut said = format!("{point} [{low}; {high}], {part}/{whole}");
        if !verdict.is_empty() {
            said.extend([", ", &verdict_of(verdict, lang)]);
        }
        said
    };
    let before = one(
        (share.numerator.0, share.denominator.0),
        [&share.share.0, &share.low.0, &share.high.0],
        &share.verdict.0,
    );
    let after = one(
        (share.numerator.1, share.denominator.1),
        [&share.share.1, &share.low.1, &share.high.1],
        &share.verdict.1,
    );
    (what, before, after)
}

/// `2022`, `2022-12` and `2022-12-05` as people write them; any other name as it is.
pub(super) fn period_word(label: &str, lang: Lang) -> String {
    let said = match (label.len(), label.split_once('-')) {
        (4, None) => text::say(lang, "period-year", &[("year", label)]),
        (7, Some((year, month))) if month.len() == 2 => {
            let month = format!("{month}/{year}");
            text::say(lang, "period-month", &[("month", &month)])
        }
        _ => match Day::parse(label) {
            Ok(day) => text::say(lang, "period-night", &[("day", &text::day(lang, day))]),
            Err(_) => return label.to_owned(),
        },
    };
    said.to_lowercase()
}

/// A day, or a day with its time, as people write it; any other value as it is.
fn day_word(value: &str, lang: Lang) -> String {
    let known = value.get(..10).and_then(|raw| Day::parse(raw).ok());
    let Some(day) = known.map(|day| text::day(lang, day)) else {
        return value.to_owned();
    };
    let clock = value.get(10..).unwrap_or_default();
    match clock
        .strip_prefix(['T', ' '])
        .and_then(|rest| rest.get(..8))
    {
        Some(at) => format!("{at} {day}"),
        None if clock.is_empty() => day,
        None => value.to_owned(),
    }
}

/// The name of a column of a row; its own where this version has no word for it.
pub(super) fn field_word(column: &str, lang: Lang) -> String {
    let known = FIELDS.iter().find(|(name, _)| *name == column);
    known.map_or_else(|| column.to_owned(), |(_, key)| text::say(lang, key, &[]))
}

/// A value of a column: money as the page has it, the word of a state, a kind or a means of
/// payment, anything else as it is.
pub(super) fn field_value(column: &str, value: &str, lang: Lang) -> String {
    if matches!(column, "amount" | "fee" | "net") {
        let dong = value.parse::<i128>().ok();
        return dong.map_or_else(|| value.to_owned(), |dong| text::money(lang, dong));
    }
    let key = match column {
        "status" => "status",
        "kind" => "kind",
        "instrument" | "declared_method" => "instrument",
        _ => return day_word(value, lang),
    };
    let key = format!("{key}-{}", value.replace('_', "-"));
    text::lookup(lang, &key, &[]).unwrap_or_else(|| value.to_owned())
}

/// What of a source changed, before and after.
pub(super) fn source_words(row: &RowChange, lang: Lang) -> (String, String, String) {
    let key = match &*row.column {
        "state" => "column-state",
        "missing_days" => "diff-missing-days",
        "missing_orders" => "diff-missing-orders",
        "unrun" => "diff-unrun",
        _ => "diff-deadline",
    };
    let said = |value: &str| {
        match value {
            "true" => return text::say(lang, "diff-yes", &[]),
            "false" => return text::say(lang, "diff-no", &[]),
            _ => {}
        }
        let known = Completeness::parse(value).filter(|_| &*row.column == "state");
        let key = match known {
            None => {
                let days = value.split(", ").map(|day| day_word(day, lang));
                return days.collect::<Vec<_>>().join(", ");
            }
            Some(Completeness::Complete) => "source-complete",
            Some(Completeness::Late) => "source-late",
            Some(Completeness::Partial) => "source-partial",
            Some(Completeness::Missing) => "source-missing",
            Some(Completeness::Refused) => "source-refused",
        };
        text::say(lang, key, &[])
    };
    let what = format!("{}: {}", row.key, text::say(lang, key, &[]));
    (what, said(&row.before), said(&row.after))
}

/// `role amount pass` in words.
pub(super) fn link_words(raw: &str, lang: Lang) -> String {
    let parts: Vec<&str> = raw.split(' ').collect();
    let [role, amount, pass] = parts.as_slice() else {
        return raw.to_owned();
    };
    let key = match *role {
        "settles" => "role-settles",
        "surplus" => "role-surplus",
        "refund" => "role-refund",
        "reversal" => "role-reversal",
        "duplicate" => "role-duplicate",
        "sighting" => "role-sighting",
        "member" => "role-member",
        other => other,
    };
    let amount = amount.parse::<i64>().map_or_else(
        |_| (*amount).to_owned(),
        |n| text::money_of(lang, Vnd::new(n)),
    );
    let known = PASSES.iter().find(|known| known.id == *pass);
    let pass = known.map_or(*pass, |known| known.label.get(lang));
    format!("{}, {amount} ({pass})", text::say(lang, key, &[]))
}
