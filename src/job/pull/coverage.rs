//! Whether the files of a registry's folder cover a night. A file covers the day that it tells of
//! and no other: yesterday's export that comes today says nothing of today. Of the kinds that
//! usually come, each is due: fees without receipts are half a day.

use std::collections::BTreeSet;
use std::path::Path;

use super::Stage;
use crate::domain::{Completeness, Day};
use crate::source::registry::FileKind;
use crate::store::ExportFile;

/// Days before the last file of a kind over which its habit is judged.
const HABIT_DAYS: u32 = 30;

/// What there is of a night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coverage {
    /// A file with rows of a day tells of it.
    is_told: bool,
    /// The kinds that are due and did not come.
    lacking: Vec<FileKind>,
}

impl Coverage {
    /// Judges `night` by all files of the source. `due` names the kinds that come every day;
    /// without it a kind is due that, up to the last time it came, came on nine of ten days of
    /// which any file told.
    pub(super) fn of(files: &[ExportFile], night: Day, due: Option<&str>) -> Self {
        let days = |kind: Option<FileKind>| -> BTreeSet<Day> {
            let of_day = |file: &&ExportFile| match kind {
                Some(kind) => *file.kind == *kind.word(),
                None => FileKind::DAILY
                    .iter()
                    .any(|kind| *file.kind == *kind.word()),
            };
            files.iter().filter(of_day).map(|file| file.day).collect()
        };
        let told = days(None);
        let is_due = |kind: FileKind| {
            if let Some(due) = due {
                return due.split(',').any(|word| word.trim() == kind.word());
            }
            let of_kind = days(Some(kind));
            of_kind.range(..night).next_back().is_some_and(|last| {
                let habit = last.minus(HABIT_DAYS)..=*last;
                let came = of_kind.range(habit.clone()).count();
                came * 10 >= told.range(habit).count() * 9
            })
        };
        let came = |kind: FileKind| days(Some(kind)).contains(&night);
        let kinds = FileKind::DAILY.into_iter();
        Self {
            is_told: told.contains(&night),
            lacking: kinds.filter(|kind| is_due(*kind) && !came(*kind)).collect(),
        }
    }

    /// The state of the source, where the folder could be read.
    pub(super) const fn state(&self) -> Completeness {
        match (self.is_told, self.lacking.is_empty()) {
            (false, _) => Completeness::Missing,
            (true, false) => Completeness::Partial,
            (true, true) => Completeness::Complete,
        }
    }

    /// What lacks and what to do; `read` are the files that the night goes by.
    pub(super) fn say(&self, stage: &Stage, path: &Path, read: &[ExportFile]) -> String {
        let lang = stage.desk.config.lang;
        let (folder, days) = (stage.folder(path), crate::text::day(lang, stage.night));
        if self.is_told && !self.lacking.is_empty() {
            let kinds: Vec<&str> = self.lacking.iter().map(|kind| kind.word()).collect();
            let kinds = kinds.join(", ");
            let args = [("folder", &*folder), ("days", &*days), ("kinds", &*kinds)];
            return crate::text::say(lang, "folder-kind-lacks", &args);
        }
        let others: Vec<String> = read
            .iter()
            .filter(|file| file.day != stage.night)
            .map(|file| format!("{} ({})", file.name, crate::text::day(lang, file.day)))
            .collect();
        if others.is_empty() {
            return stage.no_file(path, &[stage.night]);
        }
        let files = others.join(", ");
        let args = [("folder", &*folder), ("days", &*days), ("files", &*files)];
        crate::text::say(lang, "folder-files-of-other-days", &args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceName;

    fn december(n: u32) -> Day {
        Day::parse("2022-12-01").unwrap().plus(n - 1)
    }

    /// Files as `kind` and days of December.
    fn files(told: &[(FileKind, &[u32])]) -> Vec<ExportFile> {
        let file = |kind: FileKind, day: u32| ExportFile {
            source: SourceName::new("one-stop"),
            sha256: "".into(),
            name: "".into(),
            kind: kind.word().into(),
            lines: 1,
            day: december(day),
            night: december(day),
        };
        let all = told.iter();
        all.flat_map(|(kind, days)| days.iter().map(move |day| file(*kind, *day)))
            .collect()
    }

    #[test]
    fn a_night_is_covered_by_what_usually_comes_and_tells_of_it() {
        use Completeness::{Complete, Missing, Partial};
        use FileKind::{Agencies, CashReceipts, DossierFees, PaymentOrders};
        let check = |told: &[(FileKind, &[u32])], night: u32, due: Option<&str>, state| {
            let coverage = Coverage::of(&files(told), december(night), due);
            assert_eq!(coverage.state(), state, "{told:?} {night}: {coverage:?}");
        };
        // the first night goes by what it gets
        check(&[(DossierFees, &[5])], 5, None, Complete);
        check(&[(Agencies, &[5])], 5, None, Missing);
        // older and newer files tell nothing of the night
        check(&[(DossierFees, &[5, 7])], 6, None, Missing);
        // a kind that always came is due, for as long as it stays away
        let (fees, days): (FileKind, &[u32]) = (DossierFees, &[5, 6, 7, 8]);
        check(&[(fees, days), (CashReceipts, &[5, 6])], 7, None, Partial);
        check(&[(fees, days), (CashReceipts, &[5, 6])], 8, None, Partial);
        check(&[(fees, days), (CashReceipts, days)], 8, None, Complete);
        check(
            &[(PaymentOrders, days), (fees, &[5, 6, 7])],
            8,
            None,
            Partial,
        );
        // one that came now and then is not
        check(&[(fees, days), (CashReceipts, &[7])], 8, None, Complete);
        // what the office says goes before what was seen
        let due = Some("dossier_fees");
        check(&[(fees, days), (CashReceipts, &[5, 6])], 8, due, Complete);
        let due = Some("dossier_fees, cash_receipts");
        check(&[(fees, days)], 8, due, Partial);
    }
}
