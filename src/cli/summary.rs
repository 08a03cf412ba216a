//! A published night in a few lines for a terminal, read from its `run.json`.

mod fees;

use std::time::Duration;

use serde_json::Value;

use super::output::table;
use crate::classify;
use crate::domain::vnd::grouped;
use crate::domain::{Lang, Text};
use crate::job::nightly::Night;
use crate::job::stage::peak_memory_bytes;
use crate::report::json::seconds;

/// One night.
pub(super) fn of_night(night: &Night, lang: Lang) -> String {
    let Ok(run) = serde_json::from_str::<Value>(&night.run.run_json) else {
        return String::new();
    };
    let parts = [
        headline(&run, night, lang),
        shares(&run, lang),
        deciding(&run, lang),
        totals(&run, lang),
        open(&run, lang),
        fees::line(&run, lang),
        sources(&run, lang),
        format!("{}\n", night.folder.join("index.html").display()),
    ];
    parts.concat()
}

/// How long the stages took, and the most memory that the program held.
pub(super) fn of_times(night: &Night, lang: Lang) -> String {
    let stage = |(name, took): &(Box<str>, Duration)| format!("{name} {} s", seconds(*took));
    let stages: Vec<String> = night.times.stages().iter().map(stage).collect();
    let memory = peak_memory_bytes().unwrap_or_default() / (1024 * 1024);
    let (times, most) = match lang {
        Lang::Vi => ("thời gian", "bộ nhớ nhiều nhất"),
        Lang::En => ("times", "most memory"),
    };
    format!("{times}: {}; {most} {memory} MiB\n", stages.join(", "))
}

/// All nights in a line each, the last one in full.
pub(super) fn of_demo(nights: &[Night], last: &Night, lang: Lang) -> String {
    let head = match lang {
        Lang::Vi => [
            "đêm",
            "tỷ lệ từ đầu năm",
            "khoảng chứng minh được",
            "kết luận",
            "còn mở",
            "mã thoát",
        ],
        Lang::En => [
            "night",
            "share, year to date",
            "proven interval",
            "verdict",
            "open",
            "exit",
        ],
    };
    let rows: Vec<Vec<String>> = nights
        .iter()
        .filter_map(|night| {
            let run = serde_json::from_str::<Value>(&night.run.run_json).ok()?;
            let share = verdict_share(&run)?;
            Some(vec![
                night.run.business_date.to_string(),
                percent(&share["share"], lang),
                format!(
                    "{} – {}",
                    percent(&share["low"], lang),
                    percent(&share["high"], lang)
                ),
                verdict(&share["verdict"], lang).to_owned(),
                count_and_sum(&run["work"]["closing"], lang),
                night.exit().code().to_string(),
            ])
        })
        .collect();
    format!(
        "{}\n{}",
        table(&head, &[1, 4, 5], &rows),
        of_night(last, lang)
    )
}

fn headline(run: &Value, night: &Night, lang: Lang) -> String {
    let share = verdict_share(run);
    let word = share
        .as_ref()
        .map_or("", |share| verdict(&share["verdict"], lang));
    let day = night.run.business_date;
    match lang {
        Lang::Vi => format!("Đêm {}: {word}  ({})\n", day.vi(), night.run.id),
        Lang::En => format!("Night {day}: {word}  ({})\n", night.run.id),
    }
}

/// The share that carries the verdict: the first one with a target, for the whole unit and year.
fn verdict_share(run: &Value) -> Option<Value> {
    let shares = run["share"].as_array()?;
    let year = run["business_date"].as_str()?.get(..4)?;
    let is_it = |share: &&Value| {
        share["scope"] == "" && share["period"] == year && !share["target"].is_null()
    };
    shares.iter().find(is_it).cloned()
}

fn shares(run: &Value, lang: Lang) -> String {
    let year = run["business_date"]
        .as_str()
        .and_then(|day| day.get(..4))
        .unwrap_or("");
    let Some(all) = run["share"].as_array() else {
        return String::new();
    };
    let is_it = |share: &&Value| share["scope"] == "" && share["period"] == year;
    let line = |share: &Value| {
        let name = share["definition"].as_str().unwrap_or("");
        let [point, low, high] = ["share", "low", "high"].map(|key| percent(&share[key], lang));
        let goal = match &share["target"] {
            Value::Null => String::new(),
            target => {
                let word = Text {
                    vi: "mục tiêu",
                    en: "target",
                }
                .get(lang);
                format!(
                    "  {word} {}: {}",
                    percent(target, lang),
                    verdict(&share["verdict"], lang)
                )
            }
        };
        format!("  {name} {year}: {point}  [{low} – {high}]{goal}\n")
    };
    all.iter().filter(is_it).map(line).collect()
}

/// Of lists that prove a verdict.
const LISTS_PROVE: [Text; 2] = [
    Text {
        vi: "ngoại lệ đủ để chắc chắn đạt, nếu đều thuận lợi",
        en: "exceptions prove the target met, if all turn out well",
    },
    Text {
        vi: "ngoại lệ đủ để chắc chắn không đạt, nếu đều bất lợi",
        en: "exceptions prove it missed, if all turn out badly",
    },
];

/// Of lists after which the bounds may be outer ones.
const LISTS_MAY: [Text; 2] = [
    Text {
        vi: "ngoại lệ có thể đủ để đạt, nếu đều thuận lợi",
        en: "exceptions may be enough to meet the target, if all turn out well",
    },
    Text {
        vi: "ngoại lệ có thể dẫn đến không đạt, nếu đều bất lợi",
        en: "exceptions may make it missed, if all turn out badly",
    },
];

/// How many exceptions would settle an open verdict, either way.
fn deciding(run: &Value, lang: Lang) -> String {
    let Some(share) = verdict_share(run) else {
        return String::new();
    };
    let count = |key: &str| share[key].as_array().map_or(0, Vec::len);
    let [met, missed] = if share["deciding_proved"] == true {
        LISTS_PROVE
    } else {
        LISTS_MAY
    };
    let lists = [("deciding_met", met), ("deciding_missed", missed)];
    let told = lists.into_iter().filter(|(key, _)| count(key) > 0);
    let line = |(key, text): (&str, Text)| format!("  {} {}\n", count(key), text.get(lang));
    told.map(line).collect()
}

fn totals(run: &Value, lang: Lang) -> String {
    let parts = [
        (
            "transactions",
            Text {
                vi: "giao dịch",
                en: "transactions",
            },
        ),
        (
            "matched",
            Text {
                vi: "khớp",
                en: "matched",
            },
        ),
        (
            "open",
            Text {
                vi: "còn mở",
                en: "open",
            },
        ),
        (
            "excluded",
            Text {
                vi: "loại trừ",
                en: "excluded",
            },
        ),
        (
            "rejected",
            Text {
                vi: "không đọc được",
                en: "rejected",
            },
        ),
    ];
    let cell = |(key, label): &(&str, Text)| {
        format!(
            "{} {}",
            label.get(lang),
            count_and_sum(&run["totals"][*key], lang)
        )
    };
    format!(
        "  {}\n",
        parts.iter().map(cell).collect::<Vec<_>>().join(", ")
    )
}

/// The work list by class, the most money at risk first.
fn work_classes(run: &Value) -> Vec<&Value> {
    let all = run["work"]["classes"].as_array();
    let mut classes: Vec<&Value> = all.into_iter().flatten().collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class["sum_vnd"].as_i64().unwrap_or(0)));
    classes
}

fn open(run: &Value, lang: Lang) -> String {
    let rows: Vec<Vec<String>> = work_classes(run)
        .into_iter()
        .map(|class| {
            let id = class["class"].as_str().unwrap_or("");
            let label = classify::class(id).map_or(id, |class| class.label.get(lang));
            vec![
                format!("  {label}"),
                class["count"].to_string(),
                grouped(i128::from(class["sum_vnd"].as_i64().unwrap_or(0))),
            ]
        })
        .collect();
    let closing = &run["work"]["closing"];
    if rows.is_empty() && closing["count"].as_u64().is_none_or(|count| count == 0) {
        let text = Text {
            vi: "  không có gì còn mở\n",
            en: "  nothing is open\n",
        };
        return text.get(lang).to_owned();
    }
    let head = match lang {
        Lang::Vi => ["  còn mở theo loại", "số", "rủi ro, đồng"],
        Lang::En => ["  open by class", "count", "at risk, dong"],
    };
    let (label, unit) = match lang {
        Lang::Vi => ("cộng", "đồng rủi ro"),
        Lang::En => ("in all", "dong at risk"),
    };
    let sum = grouped(i128::from(closing["sum_vnd"].as_i64().unwrap_or(0)));
    let total = format!("  {label}: {}, {sum} {unit}\n", closing["count"]);
    table(&head, &[1, 2], &rows) + &total
}

fn sources(run: &Value, lang: Lang) -> String {
    let word = |state: &str| {
        let text = match state {
            "complete" => Text {
                vi: "đủ",
                en: "complete",
            },
            "late" => Text {
                vi: "trễ",
                en: "late",
            },
            "partial" => Text {
                vi: "chưa đủ",
                en: "partial",
            },
            "refused" => Text {
                vi: "bị từ chối",
                en: "refused",
            },
            _ => Text {
                vi: "thiếu",
                en: "missing",
            },
        };
        text.get(lang)
    };
    let all = run["sources"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let one = |source: &Value| {
        let (name, state) = (source["name"].as_str(), source["state"].as_str());
        format!(
            "{} {} ({})",
            name.unwrap_or(""),
            word(state.unwrap_or("")),
            source["rows"]
        )
    };
    let label = Text {
        vi: "nguồn",
        en: "sources",
    }
    .get(lang);
    format!(
        "  {label}: {}\n",
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    )
}

fn verdict(value: &Value, lang: Lang) -> &'static str {
    let text = match value.as_str() {
        Some("met") => Text {
            vi: "ĐẠT",
            en: "MET",
        },
        Some("missed") => Text {
            vi: "CHƯA ĐẠT",
            en: "MISSED",
        },
        Some("undecided") => Text {
            vi: "CHƯA ĐỦ CĂN CỨ",
            en: "UNDECIDED",
        },
        _ => Text {
            vi: "CHƯA CÓ SỐ LIỆU",
            en: "NO DATA",
        },
    };
    text.get(lang)
}

/// `0.4231` as `42,31 %` or `42.31%`; exact, digits are only moved.
fn percent(value: &Value, lang: Lang) -> String {
    let Some(text) = value.as_str() else {
        return "–".to_owned();
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{part:0<4}");
    let at = digits.len() - 2;
    let head = digits[..at].trim_start_matches('0');
    let head = if head.is_empty() { "0" } else { head };
    match lang {
        Lang::Vi => format!("{head},{} %", &digits[at..]),
        Lang::En => format!("{head}.{}%", &digits[at..]),
    }
}

fn count_and_sum(figure: &Value, lang: Lang) -> String {
    let sum = figure["sum_vnd"].as_i64().map_or(0, i128::from);
    let unit = if lang == Lang::Vi { "đ" } else { "dong" };
    format!(
        "{} ({} {unit})",
        figure["count"].as_u64().unwrap_or(0),
        grouped(sum)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_move_digits_only() {
        let check = |raw: &str, vi: &str| {
            assert_eq!(percent(&Value::from(raw), Lang::Vi), vi);
        };
        check("0.4231", "42,31 %");
        check("0.50", "50,00 %");
        check("1.0000", "100,00 %");
        check("0.0005", "0,05 %");
        check("0.0500", "5,00 %");
        assert_eq!(percent(&Value::Null, Lang::Vi), "–");
        assert_eq!(percent(&Value::from("0.8"), Lang::En), "80.00%");
    }
}
