//! Cutting records of texts out of an answer. Pure.

use super::facts::Facts;
use super::spec::{Amount, Shape, Time, Words, Written};
use super::template::Template;
use crate::domain::{Moment, TxnKind, TxnStatus};
use crate::source::provider::direction;
use crate::source::provider::states::order_time;
use crate::source::{Record, TimeForm};

/// A time as text with its form, and its instant where it can be read.
struct Read {
    text: Box<str>,
    form: TimeForm,
}

impl Shape {
    /// The id of a row.
    pub(super) fn id(&self, facts: &Facts<'_>) -> Option<String> {
        self.id.as_ref()?.fill(facts)
    }

    /// The time of a row in a form that tells its instant.
    pub(super) fn time_text(&self, facts: &Facts<'_>) -> Option<Box<str>> {
        let read = self.time.read(facts, true)?;
        match read.form {
            TimeForm::Compact => {
                let at = Moment::parse_compact(&read.text).ok()?;
                Some(Moment::of_ms(at.ms()).text().into())
            }
            TimeForm::EpochMs => {
                let at = Moment::of_ms(read.text.parse().ok()?);
                Some(at.text().into())
            }
            _ => Some(read.text),
        }
    }

    /// A text that says something.
    pub(super) fn some(&self, text: Option<String>) -> Option<Box<str>> {
        let none = |text: &str| text.is_empty() || (self.zero_is_none && text == "0");
        text.filter(|text| !none(text)).map(Into::into)
    }

    /// A record of texts.
    pub(super) fn record(&self, facts: &Facts<'_>) -> Record {
        let text = |at: &Option<Template>| at.as_ref()?.fill(facts).filter(|t| !t.is_empty());
        let own = |at: &Option<Template>| text(at).map(Box::from);
        let mut record = Record {
            id: self.id(facts).filter(|id| !id.is_empty()).map(Into::into),
            order_ref: own(&self.order),
            memo: own(&self.memo).unwrap_or_default(),
            amount_form: self.amount_form,
            fee: own(&self.fee),
            net: own(&self.net),
            currency: own(&self.currency),
            payer: own(&self.payer).unwrap_or_default(),
            account: own(&self.account),
            bank_ref: self.some(self.bank_ref.as_ref().and_then(|at| at.fill(facts))),
            business_date: own(&self.business_date),
            status: Some(TxnStatus::Success),
            kind: Some(TxnKind::Payment),
            ..Record::default()
        };
        if let Some(words) = &self.status {
            put_status(words, facts, &mut record);
        }
        if let (Some(words), Some(json)) = (&self.kind, facts.json) {
            let word = words.at.word(json).unwrap_or_default();
            // an answer that tells of no money received need not say what kind it would have been
            let untold = word.is_empty() && record.status != Some(TxnStatus::Success);
            record.kind = words.of(word).or(untold.then_some(TxnKind::Payment));
            record.kind_text = word.into();
        }
        if let (Some(words), Some(json)) = (&self.instrument, facts.json) {
            record.instrument = words.at.word(json).and_then(|word| words.of(word));
        }
        self.amount(facts, &mut record);
        self.time.put(facts, &mut record);
        record
    }

    fn amount(&self, facts: &Facts<'_>, record: &mut Record) {
        match &self.amount {
            Amount::One(at) => {
                record.amount = self.some(at.fill(facts));
                record.amount_column = at.column();
            }
            Amount::Columns(money_in, money_out) => {
                let (inn, out) = (money_in.fill(facts), money_out.fill(facts));
                let (kind, amount, is_out) = direction(inn.as_deref(), out.as_deref());
                record.amount = amount.map(Into::into);
                record.amount_column = if is_out { money_out } else { money_in }.column();
                record.kind = kind;
                if kind.is_none() {
                    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
                    record.kind_text = format!("in {} out {}", shown(&inn), shown(&out)).into();
                }
            }
            Amount::Sum(list, at) => {
                let all = facts.json.and_then(|json| list.find(json)?.list());
                let words = all.unwrap_or_default().iter().map(|one| at.word(one));
                record.amount = sum(words).map(Into::into);
                record.amount_column = at.name;
            }
        }
        let unpaid = matches!(record.status, Some(TxnStatus::Pending | TxnStatus::Failed));
        if record.amount.is_none() && unpaid {
            // An answer that says that nothing was paid need not name an amount.
            let otherwise = self.amount_else.as_ref();
            record.amount = otherwise.and_then(|at| at.fill(facts)).map(Into::into);
        }
    }
}

/// Whole amounts added up; the first that is none stands for all, so that it is put aside by name.
fn sum<'t>(words: impl Iterator<Item = Option<&'t str>>) -> Option<String> {
    let mut total: i128 = 0;
    let mut any = false;
    for word in words {
        let word = word?;
        let whole = word.split_once('.').map_or(word, |(whole, rest)| {
            let zeros = !rest.is_empty() && rest.bytes().all(|b| b == b'0');
            if zeros { whole } else { word }
        });
        match whole.parse::<i64>() {
            Ok(dong) => total += i128::from(dong),
            Err(_) => return Some(word.to_owned()),
        }
        any = true;
    }
    any.then(|| total.to_string())
}

pub(super) fn put_status(words: &Words<TxnStatus>, facts: &Facts<'_>, record: &mut Record) {
    let word = facts.json.and_then(|json| words.at.word(json));
    let word = word.unwrap_or_default();
    // What is not listed goes to a person and is never paid.
    record.status = Some(words.of(word).unwrap_or(TxnStatus::Unmapped));
    record.status_text = word.into();
}

impl Time {
    fn read(&self, facts: &Facts<'_>, is_paid: bool) -> Option<Read> {
        let told = self.at.fill(facts).filter(|_| is_paid || !self.if_paid);
        // Zeros are how some sources write "none".
        let is_none = |text: &str| match self.form {
            Written::Seconds | Written::Ms => matches!(text, "" | "0"),
            _ => text.bytes().all(|b| b == b'0'),
        };
        let told = told.filter(|text| !is_none(text));
        match (told, &self.otherwise) {
            (Some(text), _) => {
                let is_of_order = is_order_time(&self.at, facts, &text);
                Some(in_form(&text, self.form).of_order(is_of_order))
            }
            (None, Some(otherwise)) => {
                let text = otherwise.fill(facts)?;
                let is_of_order = is_order_time(otherwise, facts, &text);
                Some(in_form(&text, Written::CompactOrIso).of_order(is_of_order))
            }
            (None, None) => {
                // All zeros where nothing else is known: a row to put aside, as written.
                let text = self.at.fill(facts)?;
                Some(in_form(&text, self.form))
            }
        }
    }

    pub(super) fn put(&self, facts: &Facts<'_>, record: &mut Record) {
        record.time_column = self.at.column();
        let is_paid = record.status == Some(TxnStatus::Success);
        if let Some(read) = self.read(facts, is_paid) {
            record.time = Some(read.text);
            record.time_form = read.form;
        }
    }
}

/// True when a template tells the order's own time, whatever the answer says.
fn is_order_time(at: &Template, facts: &Facts<'_>, text: &str) -> bool {
    let without = Facts {
        json: None,
        ..*facts
    };
    let own = facts.order.is_some_and(|order| *order_time(order) == *text);
    own && at.fill(&without).as_deref() == Some(text)
}

impl Read {
    /// The same as a time that stands in for one that is not told.
    fn of_order(self, is_of_order: bool) -> Self {
        match self.form {
            TimeForm::Compact if is_of_order => Self {
                form: TimeForm::OrderTime,
                ..self
            },
            _ => self,
        }
    }
}

/// A time as `normalise` reads it; one that is no number stays as it is and is put aside there.
fn in_form(text: &str, form: Written) -> Read {
    let (text, form) = match form {
        Written::IsoOrDay => (text.to_owned(), TimeForm::IsoOrDay),
        Written::Compact => (text.to_owned(), TimeForm::Compact),
        Written::CompactOrIso if is_stamp(text) => (text.to_owned(), TimeForm::Compact),
        Written::Iso | Written::CompactOrIso => (text.to_owned(), TimeForm::Iso),
        Written::Ms => (text.to_owned(), TimeForm::EpochMs),
        Written::Seconds => {
            let seconds = text.parse::<u64>().ok();
            let ms = seconds.and_then(|seconds| seconds.checked_mul(1_000));
            let text = ms.map_or_else(|| text.to_owned(), |ms| ms.to_string());
            (text, TimeForm::EpochMs)
        }
    };
    Read {
        text: text.into(),
        form,
    }
}

/// Fourteen digits.
fn is_stamp(text: &str) -> bool {
    text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit())
}
