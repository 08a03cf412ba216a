//! The record of a run against its `run.json`, and against what is settled again.

use std::collections::BTreeMap;

use crate::job::digest;
use crate::job::nightly::Decided;
use crate::prove::violation::{Findings, text};
use crate::prove::{Invariant, prove};
use crate::store::RunRecord;

/// `run.json` says what the record says.
pub(super) fn told(run: &RunRecord, findings: &mut Findings) {
    let document = serde_json::from_str(&run.run_json);
    let document: serde_json::Value = document.unwrap_or_default();
    let told = |place: &str| {
        let value = document.pointer(place);
        value.map_or_else(String::new, |value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
    };
    let codes: Vec<String> = run.exit_codes.iter().map(u8::to_string).collect();
    let wanted: BTreeMap<&str, String> = BTreeMap::from([
        ("/run_id", run.id.to_string()),
        ("/business_date", run.business_date.to_string()),
        ("/version_of_night", run.version.to_string()),
        ("/exit_codes", format!("[{}]", codes.join(","))),
        ("/digests/input", run.input_digest.to_string()),
        ("/digests/rules", run.rules_digest.to_string()),
        ("/digests/output", run.output_digest.to_string()),
    ]);
    let what = text(
        "run.json phải khớp với hồ sơ lần chạy",
        "run.json agrees with the run's record",
    );
    for (place, wanted) in wanted {
        let told = told(place);
        if told != wanted {
            let about = format!("{} {place}", run.id);
            findings.add(Invariant::Stored, about, what, wanted, told);
        }
    }
    let id = digest::run_id(
        run.business_date,
        &run.input_digest,
        &run.rules_digest,
        run.version,
    );
    if id != run.id {
        let what = text(
            "mã lần chạy phải tính từ dữ liệu vào và quy tắc",
            "the run id follows from inputs and rules",
        );
        findings.add(Invariant::Stored, run.id.as_str(), what, id, &run.id);
    }
}

/// What comes out again is proved, and is what was published.
pub(super) fn settled(run: &RunRecord, decided: &Decided, moved: bool, findings: &mut Findings) {
    let Decided { pool, rules, .. } = decided;
    let found = prove(pool, rules, &decided.prior, &decided.settlement);
    findings.0.extend(found);
    if moved {
        return;
    }
    let again = digest::of(&decided.settlement).unwrap_or_default();
    if again != run.output_digest {
        let what = text(
            "đối soát lại phải ra đúng kết quả đã công bố",
            "settled again it is what was published",
        );
        let about = run.id.as_str();
        findings.add(Invariant::Stored, about, what, &run.output_digest, again);
    }
}
