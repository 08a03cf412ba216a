//! `exceptions list` as a table.

use std::collections::BTreeMap;

use super::{groups, label, print_day};
use crate::cli::output::table;
use crate::domain::{Day, Lang, RowKey, Text};
use crate::job::{at_risk, counted};
use crate::report::model::stake_line;
use crate::store::ExceptionRecord;

/// The columns of the list.
fn headings(lang: Lang) -> [&'static str; 9] {
    match lang {
        Lang::Vi => [
            "mã",
            "loại",
            "tiền rủi ro",
            "hồ sơ",
            "nguồn",
            "dòng",
            "ngày",
            "tuổi",
            "người xử lý",
        ],
        Lang::En => [
            "id", "class", "at risk", "dossier", "source", "row", "day", "age", "owner",
        ],
    }
}

/// The records with the sum of their amounts and of the money at risk.
pub(super) fn print_list(
    records: &[ExceptionRecord],
    owners: &BTreeMap<&RowKey, &str>,
    night: Option<Day>,
    lang: Lang,
) -> String {
    if records.is_empty() {
        let text = Text {
            vi: "Không có khoản nào còn mở.\n",
            en: "Nothing is open.\n",
        };
        return text.get(lang).to_owned();
    }
    let head = headings(lang);
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            vec![
                record.id.as_str()[..8].to_owned(),
                label(&record.class, lang),
                stake_line(lang, counted(record)),
                record
                    .dossier_code
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                record.key.source.to_string(),
                record.key.id.to_string(),
                print_day(record.business_date, lang),
                night.map_or_else(String::new, |n| n.days_since(record.opened).to_string()),
                owners
                    .get(&record.key)
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
            ]
        })
        .collect();
    // a column that is empty throughout is left out
    let columns = if rows.iter().all(|row| row[8].is_empty()) {
        8
    } else {
        9
    };
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row[..columns].to_vec())
        .collect();
    let sum: i128 = records.iter().map(|record| record.amount.wide()).sum();
    let at_risk: i128 = records.iter().map(|r| at_risk(r).wide()).sum();
    let text = Text {
        vi: "{n} khoản, {sum} đồng, trong đó rủi ro {risk} đồng\n",
        en: "{n} items, {sum} dong, of which at risk {risk} dong\n",
    };
    let total = text.get(lang).replace("{n}", &records.len().to_string());
    let total = total.replace("{risk}", &groups(at_risk, lang));
    table(&head[..columns], &[2, 7], &rows) + &total.replace("{sum}", &groups(sum, lang))
}
