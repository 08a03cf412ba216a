//! The message files: same keys, same arguments, nothing missing, nothing left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::kpi::Fraction;

/// Keys with the arguments they use.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for line in source
        .lines()
        .filter(|l| !l.starts_with(['#', ' ']) && !l.is_empty())
    {
        let (key, text) = line
            .split_once(" = ")
            .unwrap_or_else(|| panic!("no message: {line}"));
        let args = text
            .split("{ $")
            .skip(1)
            .filter_map(|rest| rest.split(' ').next());
        let twice = found.insert(key.to_owned(), args.map(str::to_owned).collect());
        assert!(twice.is_none(), "{key} stands twice");
    }
    found
}

fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The keys named as the first literal of a call of `say` or `lookup`, or of a template's `t`.
fn used_keys() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut keys = BTreeSet::new();
    for text in &texts {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["say(", "lookup(", ".t("] {
            for rest in code.split(call).skip(1) {
                let literal = rest.split('"').nth(1).filter(|_| {
                    rest.split('"').next().is_some_and(|before| {
                        !before.contains([')', ';', '{']) && before.len() < 60
                    })
                });
                keys.extend(literal.filter(|key| is_key(key)).map(str::to_owned));
            }
        }
        // Keys chosen by a match or from a table stand as literals with a marker prefix.
        for literal in code.split('"').skip(1).step_by(2).filter(|l| is_key(l)) {
            if messages(VI).contains_key(literal) {
                keys.insert(literal.to_owned());
            }
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    text.len() > 1
        && text.contains('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

#[test]
fn the_way_of_a_share_is_the_difference_of_what_is_printed() {
    let share = |num| Fraction::new(num, 1_000_000).unwrap();
    // 50,8249 % and 50,7450 %: 0,08 apart, 0,07 by what is printed
    let (then, now) = (share(508_249), share(507_450));
    assert_eq!(percent(Lang::Vi, then), "50,82\u{a0}%");
    assert_eq!(percent(Lang::Vi, now), "50,75\u{a0}%");
    assert_eq!(points(Lang::Vi, then, now), "−0,07");
    assert_eq!(points(Lang::Vi, now, then), "+0,07");
    assert_eq!(points(Lang::Vi, share(1), share(2)), "+0,00");
}

#[test]
fn every_form_of_one_has_another() {
    for line in EN.lines().filter(|line| line.contains("<<")) {
        for part in line.split("<<").skip(1) {
            let forms = part
                .split_once(">>")
                .map(|(forms, _)| forms.split('|').count());
            assert_eq!(forms, Some(2), "{line}");
            assert!(line.contains("{ $n }"), "{line}");
        }
    }
    assert!(!VI.contains("<<"));
}

#[test]
fn one_is_no_plural_in_english() {
    let said = |key: &str, n: &str| say(Lang::En, key, &[("n", n), ("target", "50%")]);
    assert_eq!(said("age-days", "1"), "1 day");
    assert_eq!(said("age-days", "11"), "11 days");
    let way = "if the one deciding exception turns out well, the target of 50% is met for certain";
    assert_eq!(said("why-way-met", "1"), way);
    let way =
        "if the 21 deciding exceptions all turn out well, the target of 50% is met for certain";
    assert_eq!(said("why-way-met", "21"), way);
}

#[test]
fn both_files_have_the_same_messages_and_arguments() {
    assert_eq!(messages(VI), messages(EN));
}

#[test]
fn every_message_parses_and_says_something() {
    for (lang, source) in [(Lang::Vi, VI), (Lang::En, EN)] {
        assert!(
            FluentResource::try_new(source.to_owned()).is_ok(),
            "{lang:?}"
        );
        for (key, args) in messages(source) {
            let args: Vec<(&str, &str)> = args.iter().map(|a| (a.as_str(), "x")).collect();
            let text = lookup(lang, &key, &args).unwrap_or_else(|| panic!("{key} is not read"));
            assert!(!text.is_empty() && !text.contains('{'), "{key}: {text}");
        }
    }
}

#[test]
fn no_key_used_in_code_is_missing_and_none_is_left_over() {
    // letters are named after sides and classes; their own test asks for each
    let letters = ["any", "fee", "receipt", "row", "txn"].map(|of| format!("letter-{of}-"));
    let is_letter = |key: &String| letters.iter().any(|begin| key.starts_with(begin.as_str()));
    let known = messages(VI).into_keys().filter(|key| !is_letter(key));
    let known: BTreeSet<String> = known.collect();
    let used = used_keys();
    assert_eq!(
        used.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "missing"
    );
    assert_eq!(
        known.difference(&used).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "left over"
    );
}

#[test]
fn a_message_takes_its_arguments() {
    let vi = say(Lang::Vi, "age-days", &[("n", "3")]);
    assert_eq!(vi, "3 ngày");
    assert_eq!(say(Lang::En, "no such key", &[]), "no such key");
}
