//! Source facts as a run keeps them: JSON out, JSON in.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::domain::source::Control;
use crate::domain::{Completeness, Day, SourceFacts, SourceName, Vnd};

/// The facts as text.
pub(super) fn text(facts: &[SourceFacts]) -> Result<String> {
    serde_json::to_string(facts).context("the source facts do not serialise")
}

/// The facts that [`text`] wrote.
pub(super) fn sources(text: &str) -> Result<Vec<SourceFacts>> {
    let all: Vec<Value> = serde_json::from_str(text).context("stored source facts")?;
    all.iter()
        .map(|value| one(value).context("stored source facts"))
        .collect()
}

fn one(value: &Value) -> Option<SourceFacts> {
    let days = value["missing_days"].as_array()?.iter();
    let days = days
        .map(|day| Day::parse(day.as_str()?).ok())
        .collect::<Option<_>>()?;
    Some(SourceFacts {
        name: SourceName::new(value["name"].as_str()?),
        kind: value["kind"].as_str()?.into(),
        carries_money: value["carries_money"].as_bool()?,
        required: value["required"].as_bool()?,
        state: Completeness::parse(value["state"].as_str()?)?,
        missing_days: days,
        missing_orders: value["missing_orders"].as_u64()?,
        deadline_passed: value["deadline_passed"].as_bool()?,
        control: match &value["control"] {
            Value::Null => None,
            told => Some(control(told)?),
        },
        trouble: value["trouble"].as_str().map(Into::into),
        unrun: unrun(&value["unrun"])?,
    })
}

/// None were known to a program before.
fn unrun(value: &Value) -> Option<Vec<Day>> {
    let days = value.as_array().into_iter().flatten();
    days.map(|day| Day::parse(day.as_str()?).ok()).collect()
}

fn control(value: &Value) -> Option<Control> {
    Some(Control {
        expected_count: value["expected_count"].as_u64()?,
        expected_sum: value["expected_sum"].as_i64().map(Vnd::new),
        count: value["count"].as_u64()?,
        sum: Vnd::new(value["sum"].as_i64()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_as_they_were() {
        let mut facts = vec![SourceFacts {
            name: SourceName::new("sepay-main"),
            kind: "sepay".into(),
            carries_money: true,
            required: false,
            state: Completeness::Partial,
            missing_days: vec![Day::parse("2022-12-05").unwrap()],
            missing_orders: 3,
            deadline_passed: true,
            control: Some(Control {
                expected_count: 5,
                expected_sum: None,
                count: 4,
                sum: Vnd::new(123),
            }),
            trouble: Some("down".into()),
            unrun: vec![Day::parse("2022-12-03").unwrap()],
        }];
        facts.push(SourceFacts {
            control: None,
            trouble: None,
            unrun: Vec::new(),
            ..facts[0].clone()
        });
        assert_eq!(sources(&text(&facts).unwrap()).unwrap(), facts);
        assert!(sources("[{}]").is_err());
    }
}
