//! What is said of days that are not whole where nothing else tells why: which file of such a day
//! was read and does not tell it, or that there is none.

use super::super::Stage;
use super::chain::{Finding, is_in};
use crate::domain::Day;
use crate::job::error::JobError;
use crate::source::registry::day_in_name;
use crate::source::{FileRole, FileSource};
use crate::store::{AccountStatement, ExportFile};
use crate::text::{self, mask_file, say};

/// A sentence for each of the days `missing` of which a file was read, and one for the others.
pub(super) async fn said(
    stage: &Stage,
    files: &FileSource,
    (told, findings): (&[AccountStatement], &[Finding<'_>]),
    missing: &[Day],
) -> Result<Vec<String>, JobError> {
    let (lang, folder) = (stage.desk.config.lang, stage.folder(&files.path));
    let known = stage.desk.store.known_files(&stage.settings.name).await?;
    let (mut said, mut none) = (Vec::new(), Vec::new());
    for day in missing {
        let covers = |s: &&AccountStatement| (s.from..=s.to).contains(day);
        let mut of_day = told.iter().filter(covers);
        let in_part = of_day.find(|s| s.whole_to < *day || is_in(findings, s));
        let names = |file: &&ExportFile| {
            let tells = told.iter().filter(covers).any(|s| s.name == file.name);
            !tells && file.night <= stage.night && named(files, &file.name) == Some(*day)
        };
        let (key, file, last) = match (in_part, known.iter().find(names)) {
            (Some(statement), _) => ("folder-day-in-part", &statement.name, statement.to),
            (None, Some(file)) => ("folder-other-days", &file.name, file.day),
            (None, None) => {
                none.push(*day);
                continue;
            }
        };
        let (file, days) = (
            mask_file(file),
            [*day, last].map(|day| text::day(lang, day)),
        );
        let args = [
            ("file", &*file),
            ("day", &*days[0]),
            ("last", &*days[1]),
            ("folder", &*folder),
        ];
        said.push(match key {
            "folder-other-days" => say(lang, "folder-other-days", &args),
            _ => say(lang, "folder-day-in-part", &args),
        });
    }
    if !none.is_empty() {
        said.push(stage.no_file(&files.path, &none));
    }
    Ok(said)
}

/// The day that a file's name says it tells of.
fn named(files: &FileSource, name: &str) -> Option<Day> {
    let statement = files.role == FileRole::Statement;
    let same_day = files.mapping.same_day.unwrap_or(statement);
    let day = day_in_name(name)?;
    Some(if same_day { day } else { day.minus(1) })
}
