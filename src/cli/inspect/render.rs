//! What `inspect` shows a person.

use std::fmt::Write;

use super::{Found, Inspection};
use crate::domain::Lang;

/// Rows shown before the rest is only counted.
const REJECTS_SHOWN: usize = 20;

/// The text for a person, one block a file.
pub fn render(files: &[Inspection], lang: Lang) -> String {
    let blocks: Vec<String> = files.iter().map(|file| block(file, lang)).collect();
    blocks.join("\n")
}

fn block(file: &Inspection, lang: Lang) -> String {
    let t = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let mut out = format!("{}\n", file.file);
    let mut line = |name: &str, value: &str| {
        // writing to a String cannot fail
        let _ = writeln!(out, "{}", format!("  {name:<14}{value}").trim_end());
    };
    if let Some(format) = file.format {
        let header = file.header_row.map_or_else(String::new, |row| {
            format!(", {} {row}", t("tiêu đề ở dòng", "header in line"))
        });
        let encoding = file
            .encoding
            .map_or_else(String::new, |name| format!(", {name}"));
        line(
            t("Định dạng", "Format"),
            &format!("{format}{encoding}{header}"),
        );
    }
    if let Some(layout) = file.layout {
        let note = t(
            "mẫu tệp của doisoat, không cần ánh xạ",
            "a layout of doisoat, no mapping needed",
        );
        line(t("Nội dung", "Content"), &format!("{layout} ({note})"));
    }
    for found in &file.statements {
        for (name, value) in statement(found, lang) {
            line(name, &value);
        }
    }
    if !file.rejects.is_empty() {
        line(t("Dòng lỗi", "Bad rows"), &file.rejects.len().to_string());
        for row in file.rejects.iter().take(REJECTS_SHOWN) {
            let place = format!(
                "{} {}, {} \"{}\"",
                t("dòng", "line"),
                row.line,
                t("cột", "column"),
                row.column
            );
            line("", &format!("{place}: {}. {}", row.reason, row.advice));
        }
    }
    if let Some(toml) = file.toml() {
        line(
            t("Ánh xạ", "Mapping"),
            t("đề nghị cho doisoat.toml:", "proposed for doisoat.toml:"),
        );
        for text in toml.lines() {
            line("", text);
        }
    }
    for note in &file.notes {
        line(t("Lưu ý", "Note"), note);
    }
    if let Some(sha256) = &file.sha256 {
        line("SHA-256", sha256);
    }
    if let Some(error) = &file.error {
        line(t("Lỗi", "Error"), error);
    }
    out
}

fn statement(found: &Found, lang: Lang) -> Vec<(&'static str, String)> {
    let t = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let mut lines = Vec::new();
    if let Some(account) = &found.account {
        let currency = found.currency.as_deref().unwrap_or_default();
        lines.push((
            t("Tài khoản", "Account"),
            format!("{account} {currency}").trim().to_owned(),
        ));
    }
    let (credits, debits) = (&found.credits, &found.debits);
    let pending = match found.pending {
        0 => String::new(),
        n => format!("; {} {n}", t("chưa hạch toán", "not booked yet")),
    };
    lines.push((
        t("Bút toán", "Entries"),
        format!(
            "{}: {} {} ({}), {} {} ({}){pending}",
            found.entries,
            t("ghi có", "credits"),
            credits.count,
            credits.sum,
            t("ghi nợ", "debits"),
            debits.count,
            debits.sum
        ),
    ));
    let none = t("không có", "none");
    let balanced = match found.balanced {
        Some(true) => t("khớp", "agree"),
        Some(false) => t(
            "KHÔNG khớp với các bút toán",
            "do NOT agree with the entries",
        ),
        None => t("không có gì để đối chiếu", "nothing to check"),
    };
    let (opening, closing) = (found.opening.as_deref(), found.closing.as_deref());
    lines.push((
        t("Số dư", "Balances"),
        format!(
            "{} {}, {} {}: {balanced}",
            t("đầu kỳ", "opening"),
            opening.unwrap_or(none),
            t("cuối kỳ", "closing"),
            closing.unwrap_or(none)
        ),
    ));
    lines
}
