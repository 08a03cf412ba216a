//! Our own proof between settle and publish: a night that it does not prove is not published.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use crate::domain::{Inputs, Lang, Rules};
use crate::prove::{Invariant, Violation};
use crate::settle::{Prior, Settlement};

/// What proves a settlement: [`crate::prove::prove`], or in a test one that does not agree.
pub type Prover = fn(&Inputs, &Rules, &Prior, &Settlement) -> Vec<Violation>;

/// So many findings are told one by one; the others are counted.
const TOLD: usize = 200;

/// What to do when a proof failed, for people.
pub const FIX: &str = "nothing was published and the last good report stands; send the diagnosis to \
    the maintainers, and do not publish by other means";

/// Refuses a night that is not proved; the diagnosis goes to `failed/<run id>/`.
pub(super) fn demand(desk: &Desk, decided: &Decided, prover: Prover) -> Result<(), JobError> {
    let Decided { pool, rules, .. } = decided;
    let found = prover(pool, rules, &decided.prior, &decided.settlement);
    if found.is_empty() {
        return Ok(());
    }
    let dir = desk.config.report_dir.join("failed");
    let dir = dir.join(decided.run.id.as_str());
    let subject = format!("run {}", decided.run.id);
    let place = write(&dir, &subject, &found)?;
    Err(JobError::Unproved {
        message: summary(&found, desk.config.lang, &place),
        fix: FIX.into(),
    })
}

/// One sentence: how much does not hold, and the first of it.
pub fn summary(found: &[Violation], lang: Lang, place: &Path) -> String {
    let first = found.first().map(|violation| violation.sentence(lang));
    let (count, first, place) = (found.len(), first.unwrap_or_default(), place.display());
    match lang {
        Lang::Vi => format!(
            "kết quả không qua được phép kiểm chứng độc lập ({count} điểm), đầu tiên: {first}. \
             Chẩn đoán: {place}"
        ),
        Lang::En => format!(
            "the independent checker does not prove the result ({count} findings), first: {first}. \
             Diagnosis: {place}"
        ),
    }
}

/// Writes `diagnosis.txt` and `violations.json` into `dir`; tells where the text is.
pub fn write(dir: &Path, subject: &str, found: &[Violation]) -> Result<PathBuf, JobError> {
    let file = dir.join("diagnosis.txt");
    let json = serde_json::to_string_pretty(found).unwrap_or_default();
    let written = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&file, diagnosis(subject, found)))
        .and_then(|()| std::fs::write(dir.join("violations.json"), json + "\n"));
    match written {
        Ok(()) => Ok(file),
        Err(io) => {
            let first = found.first().map(|violation| violation.sentence(Lang::En));
            let first = first.unwrap_or_default();
            Err(JobError::Other(anyhow!(
                "the proof failed ({first}) and {} cannot be written: {io}; {FIX}",
                dir.display()
            )))
        }
    }
}

/// For people: what it means, what to do, what does not hold; Vietnamese first.
fn diagnosis(subject: &str, found: &[Violation]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = format!(
        "doisoat {version}, {subject}\n\n\
         PHÉP KIỂM CHỨNG ĐỘC LẬP KHÔNG ĐẠT: KHÔNG CÔNG BỐ GÌ.\n\
         Báo cáo tốt gần nhất vẫn giữ nguyên. Đây là lỗi của chương trình, không phải của số liệu.\n\
         Cán bộ tài chính: dùng báo cáo gần nhất, không lập lại bằng tay.\n\
         Người vận hành: gửi tệp này cho đơn vị bảo trì; chạy lại không hại gì nhưng sẽ dừng ở \
         chỗ này cho tới khi có bản sửa.\n\n\
         THE INDEPENDENT CHECKER DOES NOT AGREE: NOTHING WAS PUBLISHED.\n\
         The last good report stands. This is a defect of the program, not of the data.\n\
         Finance: use the last report. Operators: send this file to the maintainers; running\n\
         again does no harm, but ends here until there is a corrected version.\n"
    );
    for invariant in Invariant::ALL {
        let mine = || found.iter().filter(|v| v.invariant == *invariant);
        let count = mine().count();
        if count > 0 {
            let label = invariant.label();
            let (vi, en) = (label.get(Lang::Vi), label.get(Lang::En));
            let id = invariant.id();
            text.extend(["\n", id, ": ", vi, " / ", en]);
            text.extend([format!(" ({count})\n")]);
        }
        for violation in mine().take(TOLD) {
            for lang in [Lang::Vi, Lang::En] {
                text.extend(["  ", &violation.sentence(lang), "\n"]);
            }
        }
        if count > TOLD {
            text.extend([format!("  … {}\n", count - TOLD)]);
        }
    }
    text
}
