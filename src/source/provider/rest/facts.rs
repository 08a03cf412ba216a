//! What the names of a template stand for in one request or one row.

use std::collections::BTreeMap;

use chrono::DateTime;
use secrecy::SecretString;

use super::template::{Form, Name};
use crate::domain::{Day, Moment, PaymentOrder};
use crate::source::json::Json;
use crate::source::provider::span::Span;

/// What the names stand for.
#[derive(Clone, Copy)]
pub(super) struct Facts<'f> {
    pub(super) order: Option<&'f PaymentOrder>,
    pub(super) now_ms: i64,
    pub(super) span: Option<Span>,
    pub(super) page: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) mark: Option<&'f str>,
    pub(super) request_id: &'f str,
    pub(super) secrets: &'f BTreeMap<Box<str>, SecretString>,
    pub(super) json: Option<&'f Json>,
}

impl Facts<'_> {
    /// The value of a name; none where there is nothing yet to go on from.
    pub(super) fn value(&self, name: Name, form: Form) -> Option<String> {
        Some(match name {
            Name::OrderId => self.order?.order_id.to_string(),
            Name::OrderAmount => {
                let dong = self.order?.amount.wide();
                let hundredths = form == Form::Hundredths;
                (if hundredths { dong * 100 } else { dong }).to_string()
            }
            Name::DossierCode => self.order?.dossier_code.to_string(),
            Name::CreatedAt => {
                let at = &self.order?.created_at;
                match form {
                    Form::Text => at.text().into_owned(),
                    form => written(at.ms(), form),
                }
            }
            Name::Now => written(self.now_ms, form),
            Name::From => bound(self.span?.first_ms(), form),
            Name::To => bound(self.span?.end_ms(), form),
            Name::Until => bound(self.span?.after_ms(), form),
            Name::Page => self.page.to_string(),
            Name::Offset => self.offset.to_string(),
            Name::Size => self.size.to_string(),
            Name::Cursor | Name::Since => self.mark?.to_owned(),
            Name::RequestId => match form {
                Form::First(count) => self.request_id.get(..count)?.to_owned(),
                Form::Digits(count) => decimal(self.request_id.get(..count)?),
                _ => self.request_id.get(..32)?.to_owned(),
            },
        })
    }
}

/// An end of the days asked for, as a day where no form is named.
fn bound(at_ms: i64, form: Form) -> String {
    let form = if form == Form::Plain { Form::Day } else { form };
    written(at_ms, form)
}

/// Hex digits as decimal ones, one for one.
fn decimal(hex: &str) -> String {
    let digits = hex.chars().filter_map(|c| c.to_digit(16));
    digits
        .filter_map(|d| char::from_digit(d % 10, 10))
        .collect()
}

fn written(ms: i64, form: Form) -> String {
    let at = Moment::of_ms(ms);
    match form {
        Form::Iso => at.text().into_owned(),
        Form::Time => {
            let iso = at.text();
            let (day, time) = (iso.get(..10), iso.get(11..19));
            format!("{} {}", day.unwrap_or_default(), time.unwrap_or_default())
        }
        Form::Day => Day::of_ms(ms).to_string(),
        Form::Dmy => Day::of_ms(ms).vi(),
        Form::Utc => DateTime::from_timestamp_millis(ms).map_or_else(String::new, |at| {
            at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
        }),
        Form::Ms => ms.to_string(),
        Form::Seconds => ms.div_euclid(1_000).to_string(),
        Form::Plain
        | Form::Text
        | Form::Compact
        | Form::Hundredths
        | Form::First(_)
        | Form::Digits(_) => at.compact(),
    }
}
