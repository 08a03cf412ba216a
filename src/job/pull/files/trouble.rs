//! What people read of statements that are not whole: the file, the figures, what to do.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::Stage;
use super::chain::{Finding, What};
use super::parse::Scanned;
use super::surplus::Surplus;
use crate::domain::{Flaw, Lang, Txn};
use crate::normalise::statement::amount::text as plain;
use crate::source::FileRole;
use crate::source::registry::{FolderNote, FolderTrouble};
use crate::store::AccountStatement;
use crate::text::reject::{say_assumed, say_nets, say_turned};
use crate::text::{self, mask_file, say};

/// So many findings of one file are told one by one.
const TOLD_MAX: usize = 4;

/// What is the matter with the folder, or with a file in it as a whole.
pub(super) fn of_folder(lang: Lang, trouble: &FolderTrouble) -> String {
    let masked = match trouble.clone() {
        FolderTrouble::File { name, error } => FolderTrouble::File {
            name: mask_file(&name).into(),
            error,
        },
        FolderTrouble::TooLarge { name, bytes, limit } => FolderTrouble::TooLarge {
            name: mask_file(&name).into(),
            bytes,
            limit,
        },
        folder @ FolderTrouble::Folder { .. } => folder,
    };
    masked.say(lang)
}

/// What was left alone: a name and what to know of it.
pub(super) fn of_note(lang: Lang, note: &FolderNote) -> String {
    note.named(mask_file).say(lang)
}

/// A sentence a finding; of a file with many the rest is counted.
pub(super) fn of_findings(lang: Lang, found: &[&Finding<'_>]) -> Vec<String> {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut said = Vec::new();
    for finding in found {
        let count = told.entry(&finding.statement.name).or_default();
        *count += 1;
        if *count <= TOLD_MAX {
            said.push(of_finding(lang, finding));
        }
    }
    for (file, count) in told.into_iter().filter(|(_, count)| *count > TOLD_MAX) {
        let n = (count - TOLD_MAX).to_string();
        let file = mask_file(file);
        said.push(say(lang, "statement-more", &[("file", &*file), ("n", &*n)]));
    }
    said
}

/// A sentence a day with rows that its statement does not have.
pub(super) fn of_surplus(lang: Lang, role: FileRole, found: &[Surplus<'_>]) -> Vec<String> {
    let said = found.iter().map(|surplus| {
        let [told, stored] = [surplus.told, surplus.stored];
        let [credits, debits] = told.map(|sum| figure(lang, sum));
        let [held, out] = stored.map(|sum| figure(lang, sum));
        let shown = surplus.rows.iter().take(TOLD_MAX);
        let row = |row: &Txn| {
            let amount = text::number(lang, row.amount.wide());
            say(
                lang,
                "statement-row",
                &[("id", &row.id), ("amount", &*amount)],
            )
        };
        let mut rows: Vec<String> = shown.map(row).collect();
        if surplus.rows.len() > TOLD_MAX {
            rows.push("…".to_owned());
        }
        let n = surplus.rows.len().to_string();
        let day = text::day(lang, surplus.day);
        let file = mask_file(&surplus.statement.name);
        let args = [
            ("file", &*file),
            ("day", &*day),
            ("credits", &*credits),
            ("debits", &*debits),
            ("held", &*held),
            ("out", &*out),
            ("n", &*n),
            ("rows", &*rows.join(", ")),
        ];
        match role {
            FileRole::Statement => say(lang, "statement-surplus", &args),
            FileRole::Settlement => say(lang, "settlement-replaced", &args),
        }
    });
    said.collect()
}

fn of_finding(lang: Lang, finding: &Finding<'_>) -> String {
    let statement = finding.statement;
    let name = mask_file(&statement.name);
    let file = ("file", &*name);
    match finding.what {
        What::Gap(gap) => of_gap(lang, (statement, &name), gap),
        What::Flaw(flaw) => of_flaw(lang, &name, flaw),
        What::NoNext | What::NoPrevious => {
            let key = match finding.what {
                What::NoNext => "statement-no-next",
                _ => "statement-no-previous",
            };
            let page = statement.checked.page.map(|page| page.number.to_string());
            let page = page.unwrap_or_default();
            say(lang, key, &[file, ("page", &*page)])
        }
        What::Pages(gap) => {
            let gap = figure(lang, gap);
            say(lang, "statement-pages", &[file, ("gap", &*gap)])
        }
        What::OfPages(flaw) => of_pages(lang, &name, &flaw),
        What::Apart(before) => {
            let (from, to) = (before.to, finding.days().1);
            let [opening, closing] =
                [statement.opening, before.closing].map(|b| b.unwrap_or_default());
            let figures = [opening, closing, opening - closing].map(|sum| figure(lang, sum));
            let [opening, closing, gap] = &figures;
            let days = [from, to].map(|day| text::day(lang, day));
            let earlier = mask_file(&before.name);
            let args = [
                file,
                ("before", &*earlier),
                ("opening", opening),
                ("closing", closing),
                ("gap", gap),
                ("from", &*days[0]),
                ("to", &*days[1]),
            ];
            say(lang, "statement-apart", &args)
        }
    }
}

/// The figures that differ.
fn of_gap(lang: Lang, (statement, file): (&AccountStatement, &str), gap: Decimal) -> String {
    let debits = statement.checked.debits;
    let [credits, debits] = [statement.credits, debits].map(|sum| figure(lang, sum));
    let gap = plain(gap);
    let mut args = vec![
        ("file", file),
        ("gap", &*gap),
        ("credits", &*credits),
        ("debits", &*debits),
    ];
    let (Some(opening), Some(closing)) = (statement.opening, statement.closing) else {
        return say(lang, "statement-gap-totals", &args);
    };
    let [opening, closing] = [opening, closing].map(|sum| figure(lang, sum));
    args.extend([("opening", &*opening), ("closing", &*closing)]);
    say(lang, "statement-gap", &args)
}

/// What all pages together do not add up to.
fn of_pages(lang: Lang, file: &str, flaw: &Flaw) -> String {
    let (key, credit, told, held) = match flaw {
        Flaw::Sum { credit, told, held } => {
            let [told, held] = [*told, *held].map(|sum| figure(lang, sum));
            ("statement-pages-sum", *credit, told, held)
        }
        Flaw::Count { credit, told, held } => {
            let [told, held] = [told, held].map(ToString::to_string);
            ("statement-pages-count", *credit, told, held)
        }
        Flaw::Cut { .. }
        | Flaw::Break { .. }
        | Flaw::Unchained { .. }
        | Flaw::Exchanged { .. }
        | Flaw::Fees { .. }
        | Flaw::Net { .. } => {
            return of_flaw(lang, file, flaw);
        }
    };
    let side = side(lang, credit);
    let args = [
        ("file", file),
        ("side", &*side),
        ("told", &*told),
        ("held", &*held),
    ];
    say(lang, key, &args)
}

/// Money in, money out, or both.
fn side(lang: Lang, credit: Option<bool>) -> String {
    let key = match credit {
        Some(true) => "statement-credits",
        Some(false) => "statement-debits",
        None => "statement-both",
    };
    say(lang, key, &[])
}

fn of_flaw(lang: Lang, file: &str, flaw: &Flaw) -> String {
    let file = ("file", file);
    let side = |credit: Option<bool>| side(lang, credit);
    match flaw {
        Flaw::Cut { line } => {
            let line = line.to_string();
            say(lang, "statement-cut", &[file, ("line", &*line)])
        }
        Flaw::Break {
            after,
            before,
            amount,
        } => {
            let place = |line: Option<u64>, end: &str| match line {
                Some(line) => say(lang, "statement-line", &[("line", &*line.to_string())]),
                None => say(lang, end, &[]),
            };
            let after = place(*after, "statement-opening");
            let before = place(*before, "statement-closing");
            let amount = figure(lang, *amount);
            let places = [("after", &*after), ("before", &*before)];
            let [after, before] = places;
            say(
                lang,
                "statement-break",
                &[file, after, before, ("amount", &*amount)],
            )
        }
        Flaw::Unchained { line } => {
            let line = line.to_string();
            say(lang, "statement-unchained", &[file, ("line", &*line)])
        }
        Flaw::Exchanged { line } => {
            let line = line.to_string();
            say(lang, "statement-exchanged", &[file, ("line", &*line)])
        }
        Flaw::Sum { credit, told, held } => {
            let (side, figures) = (side(*credit), [*told, *held].map(|sum| figure(lang, sum)));
            let [told, held] = &figures;
            let args = [file, ("side", &*side), ("told", told), ("held", held)];
            say(lang, "statement-sum", &args)
        }
        Flaw::Fees { told, held } | Flaw::Net { told, held } => {
            let key = match flaw {
                Flaw::Fees { .. } => "statement-fees",
                _ => "statement-net",
            };
            let [told, held] = &[*told, *held].map(|sum| figure(lang, sum));
            say(lang, key, &[file, ("told", told), ("held", held)])
        }
        Flaw::Count { credit, told, held } => {
            let side = side(*credit);
            let [told, held] = [told, held].map(ToString::to_string);
            let args = [file, ("side", &*side), ("told", &*told), ("held", &*held)];
            say(lang, "statement-count", &args)
        }
    }
}

/// `1.234.567`; a part of a unit, as other currencies have it, stays.
fn figure(lang: Lang, sum: Decimal) -> String {
    let whole = sum.trunc();
    if whole == sum
        && let Ok(whole) = i128::try_from(whole)
    {
        return text::number(lang, whole);
    }
    plain(sum)
}

/// A file whose days all lie in as many days up to the night is read rightly: with day and month
/// the other way round each would lie four weeks away at least.
const RECENT_DAYS: u32 = 14;

/// What is told of a file that is read nevertheless: what was assumed of its dates, rows that do
/// not add up.
pub(super) fn doubts(
    stage: &Stage,
    scanned: &Scanned,
    statements: &[AccountStatement],
    file: &str,
) -> Vec<String> {
    let lang = stage.desk.config.lang;
    let recent = stage.night.minus(RECENT_DAYS)..=stage.night;
    let is_recent = |s: &AccountStatement| recent.contains(&s.from) && recent.contains(&s.to);
    let assumed = scanned
        .assumed()
        .filter(|_| !statements.iter().all(is_recent));
    let assumed = assumed.map(|assumed| say_assumed(file, assumed, lang));
    let nets = scanned.nets();
    let nets = nets.map(|nets| say_nets(file, (nets.rows, nets.line, &nets.column), lang));
    let turned = scanned.turned().map(|form| say_turned(file, form, lang));
    assumed.into_iter().chain(turned).chain(nets).collect()
}

/// What else a person should know of a statement.
pub(super) fn of(stage: &Stage, statement: &AccountStatement) -> Option<String> {
    let lang = stage.desk.config.lang;
    let file = &*mask_file(&statement.name);
    if statement.gap.is_some_and(|gap| !gap.is_zero()) {
        return None;
    }
    let balances = statement.opening.is_some() && statement.closing.is_some();
    if statement.rejects > 0 && balances {
        let n = statement.rejects.to_string();
        let args = [("file", file), ("n", &*n)];
        return Some(say(lang, "statement-unchecked", &args));
    }
    let early =
        statement.whole_to < stage.night && (statement.from..=statement.to).contains(&stage.night);
    let day = text::day(lang, stage.night);
    let args = [("file", file), ("day", &*day)];
    early.then(|| say(lang, "statement-early", &args))
}
