//! Pure: the rules in force, in words.

use crate::domain::{Calendar, Day, Dimension, GreyRule, Lang, Rules};
use crate::text;

use super::cells::{dimension_heading, treat_word, zone_word};

/// Every rule that the report does not tell elsewhere, as a label and a value: targets and
/// definitions stand in their tables, the margin with its reason in the box of the run. Accounts,
/// payers and rates are told by their number only.
pub fn rule_lines(
    (rules, calendar): (&Rules, &Calendar),
    day: Day,
    lang: Lang,
) -> Vec<(Box<str>, Box<str>)> {
    let say = |key: &str| text::say(lang, key, &[]);
    let days = |n: u32| text::say(lang, "rule-days", &[("n", &text::number(lang, n))]);
    let number = |n: usize| text::number(lang, u32::try_from(n).unwrap_or(u32::MAX));
    let yes = |set: bool| say(if set { "rule-yes" } else { "rule-no" });
    let rates = rules.net_rates.iter().map(|net| {
        let rate = text::percent(lang, net.rate);
        let least = text::money_of(lang, net.minimum);
        text::say(lang, "rule-net-rate", &[("rate", &rate), ("least", &least)])
    });
    let start = rules.start.map(|start| text::day(lang, start));
    let mut lines = vec![
        ("rule-start", start.unwrap_or_else(|| "—".to_owned())),
        ("rule-window", days(rules.window_days)),
        ("rule-batch", days(rules.batch_days)),
        ("rule-deposit", days(rules.deposit_days)),
        ("rule-pairing", days(rules.pairing_days)),
        ("rule-net", listed(rates)),
        ("rule-accounts", number(rules.collection_accounts.len())),
        ("rule-receipts", yes(rules.e_receipts)),
        ("rule-procedures", number(rules.fee_procedures.len())),
        ("rule-custom", yes(rules.custom.is_some())),
        ("rule-breakdowns", listed(parts(rules, lang))),
    ];
    if !rules.fee_table.is_empty() {
        let rates = number(rules.fee_table.rates.len());
        lines.push(("rule-fee-table", rates));
    }
    for (key, rests) in [("rule-holidays", true), ("rule-workdays", false)] {
        lines.push((key, named_days(calendar.of_year(day, rests), lang)));
    }
    let lines = lines.into_iter().map(|(key, value)| (say(key), value));
    let zones = rules.grey.rules.iter().map(|rule| zone(rule, lang));
    let lines = lines.chain(zones);
    lines
        .map(|(label, value)| (label.into(), value.into()))
        .collect()
}

/// Days by their names, those in a row as a stretch:
/// `Tết Nguyên đán: 31/01/2022 – 04/02/2022; Quốc khánh: 01/09/2022 – 02/09/2022`.
fn named_days<'c>(days: impl Iterator<Item = (Day, &'c str)>, lang: Lang) -> String {
    let mut named: Vec<(&str, Vec<(Day, Day)>)> = Vec::new();
    for (day, name) in days {
        match named.last_mut() {
            Some((known, stretches)) if *known == name => match stretches.last_mut() {
                Some((_, to)) if to.plus(1) == day => *to = day,
                _ => stretches.push((day, day)),
            },
            _ => named.push((name, vec![(day, day)])),
        }
    }
    let stretch = |(from, to): &(Day, Day)| {
        if from == to {
            return text::day(lang, *from);
        }
        format!("{} – {}", text::day(lang, *from), text::day(lang, *to))
    };
    let said = |(name, stretches): &(&str, Vec<(Day, Day)>)| {
        let days = listed(stretches.iter().map(stretch));
        if name.is_empty() {
            days
        } else {
            format!("{name}: {days}")
        }
    };
    let parts: Vec<String> = named.iter().map(said).collect();
    if parts.is_empty() {
        return listed(parts.into_iter());
    }
    parts.join("; ")
}

/// By what shares are broken down.
fn parts(rules: &Rules, lang: Lang) -> impl Iterator<Item = String> {
    let told = rules.breakdowns.iter();
    let told = told.filter(|dimension| **dimension != Dimension::Grey);
    told.map(move |dimension| text::say(lang, dimension_heading(*dimension), &[]))
}

/// A grey zone: how it counts, and by what it is told.
fn zone(rule: &GreyRule, lang: Lang) -> (String, String) {
    let mut told = vec![treat_word(lang, rule.treat)];
    if !rule.words.is_empty() {
        let words = listed(rule.words.iter().map(|word| word.to_string()));
        told.push(text::say(lang, "rule-zone-words", &[("words", &words)]));
    }
    let counts = [
        ("rule-zone-payers", u32::try_from(rule.payers.len())),
        ("rule-zone-together", Ok(rule.together)),
    ];
    for (key, n) in counts {
        let n = n.unwrap_or(u32::MAX);
        if n > 0 {
            told.push(text::say(lang, key, &[("n", &text::number(lang, n))]));
        }
    }
    let label = [("zone", &*zone_word(lang, rule.zone))];
    (text::say(lang, "rule-zone", &label), told.join("; "))
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return "—".to_owned();
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fraction;

    fn lines(rules: &Rules, lang: Lang) -> Vec<(Box<str>, Box<str>)> {
        let day = Day::parse("2022-12-05").unwrap();
        rule_lines((rules, &Calendar::default()), day, lang)
    }

    #[test]
    fn rules_are_told_in_words_without_accounts_and_names() {
        let mut rules = Rules {
            collection_accounts: vec![("19001234567".into(), None)],
            breakdowns: Dimension::ALL.to_vec(),
            ..Rules::default()
        };
        rules.grey.rules[0].payers = vec!["NGUYEN VAN AN".into()];
        for lang in [Lang::Vi, Lang::En] {
            let lines = lines(&rules, lang);
            for (label, value) in &lines {
                assert!(!label.contains("rule-") && !label.contains('_'), "{label}");
                let raw = ["19001234567", "NGUYEN", "{", "[", "null", "rule-", "cells-"];
                let raw = raw.iter().find(|raw| value.contains(**raw));
                assert!(raw.is_none() && !value.is_empty(), "{label}: {value}");
            }
        }
        let vi = lines(&rules, Lang::Vi);
        let find = |part: &str| &*vi.iter().find(|(label, _)| label.contains(part)).unwrap().1;
        assert_eq!(find("phải nộp quỹ"), "3 ngày");
        assert_eq!(
            find("Phí của nhà cung cấp"),
            "1,10\u{a0}%, ít nhất 220\u{a0}₫"
        );
        let holidays = find("Ngày nghỉ lễ");
        assert!(holidays.contains("Tết Nguyên đán: 31/01/2022 – 04/02/2022; "));
        assert!(holidays.ends_with("; Quốc khánh: 01/09/2022 – 02/09/2022"));
        assert!(find("Bưu chính").contains("1 người nộp có tên trong cấu hình"));
    }

    #[test]
    fn a_year_tells_its_days_by_their_names() {
        let mut calendar = Calendar::default();
        let own = "2022-12-07,holiday,\n2022-12-10,work,Làm bù, theo công văn\n";
        assert_eq!(calendar.add(own), Ok(()));
        let day = Day::parse("2022-12-05").unwrap();
        let told = |rests| named_days(calendar.of_year(day, rests), Lang::Vi);
        assert!(told(true).ends_with("; 07/12/2022"), "{}", told(true));
        assert_eq!(told(false), "Làm bù, theo công văn: 10/12/2022");
        let none = Calendar::default();
        assert_eq!(named_days(none.of_year(day, false), Lang::Vi), "—");
    }

    #[test]
    fn a_rate_is_told_as_it_is() {
        let mut rules = Rules::default();
        rules.net_rates[0].rate = Fraction { num: 11, den: 1000 };
        let en = lines(&rules, Lang::En);
        let net = en.iter().find(|(label, _)| label.contains("Fee of"));
        assert!(net.unwrap().1.contains("1.10"), "{net:?}");
    }
}
