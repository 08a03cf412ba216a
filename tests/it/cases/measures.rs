//! What the shares of a case count: lists, breakdowns, grey zones, an own definition.

use doisoat::domain::custom::{CountUnit, Counted, DateBasis, PartialRule, RefundRule, RollUp};
use doisoat::domain::{Custom, Dimension, GreyZone, Treat};

use super::parse::{Case, Words};
use super::rows::word;

/// What a share counts: lists, breakdowns, grey zones, an own definition.
pub(super) fn add(case: &mut Case, what: &str, words: &mut Words) -> Result<(), String> {
    match what {
        "procedures" => {
            let codes = std::mem::take(&mut words.words);
            case.rules.fee_procedures = codes.into_iter().map(Into::into).collect();
        }
        "by" => {
            for raw in std::mem::take(&mut words.words) {
                let dimension = Dimension::parse(&raw);
                let dimension = dimension.ok_or_else(|| format!("\"{raw}\" is no breakdown"))?;
                case.rules.breakdowns.push(dimension);
            }
        }
        "grey" => {
            let raw = words.next("a zone")?;
            let zone = GreyZone::parse(&raw).ok_or_else(|| format!("\"{raw}\" is no zone"))?;
            let raw = words.next("how it counts")?;
            let treat = Treat::parse(&raw).ok_or_else(|| format!("\"{raw}\" counts nothing"))?;
            let together = words.value("together").map(|raw| raw.parse::<u32>());
            for rule in case
                .rules
                .grey
                .rules
                .iter_mut()
                .filter(|rule| rule.zone == zone)
            {
                rule.treat = treat;
                if let Some(Ok(together)) = together {
                    rule.together = together;
                }
            }
        }
        _ => {
            let flag = |raw: Option<String>| raw.as_deref() == Some("yes");
            case.rules.custom = Some(Custom {
                unit: word(
                    words.value("unit"),
                    CountUnit::Transaction,
                    CountUnit::parse,
                )?,
                numerator: word(words.value("numerator"), Counted::Cashless, Counted::parse)?,
                zero_fee: flag(words.value("zero_fee")),
                exempt: flag(words.value("exempt")),
                land: flag(words.value("land")),
                unpaid: flag(words.value("unpaid")),
                partial: word(
                    words.value("partial"),
                    PartialRule::Full,
                    PartialRule::parse,
                )?,
                date: word(words.value("date"), DateBasis::Payment, DateBasis::parse)?,
                refunded: word(words.value("refunded"), RefundRule::Drop, RefundRule::parse)?,
                roll_up: word(words.value("roll_up"), RollUp::Own, RollUp::parse)?,
            });
            case.rules.definitions.push("CUSTOM".into());
        }
    }
    words.no_more(what)
}
