//! `timings.json`: the one file with wall-clock figures. Outside SHA256SUMS and every digest.

use std::time::Duration;

use super::SCHEMA_VERSION;

/// What `timings.json` says; the one file with wall-clock figures, covered by no digest.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Stages in their order.
    pub stages: Vec<(Box<str>, Duration)>,
    /// Input rows handled.
    pub rows: u64,
    /// Peak resident memory in bytes, where the system tells it.
    pub peak_memory_bytes: Option<u64>,
}

/// `timings.json`: seconds per stage, rows per second, peak memory.
pub fn timings_document(timings: &Timings) -> String {
    let stage = |(name, took): &(Box<str>, Duration)| {
        let name = serde_json::Value::from(&**name);
        format!("    {{\"stage\": {name}, \"seconds\": {}}}", seconds(*took))
    };
    let stages: Vec<String> = timings.stages.iter().map(stage).collect();
    let total: Duration = timings.stages.iter().map(|(_, took)| *took).sum();
    let rate = u128::from(timings.rows) * 1000 / total.as_millis().max(1);
    let memory = timings
        .peak_memory_bytes
        .map_or_else(|| "null".to_owned(), |b| b.to_string());
    format!(
        "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"stages\": [\n{}\n  ],\n  \
         \"seconds\": {},\n  \"rows\": {},\n  \"rows_per_second\": {rate},\n  \
         \"peak_memory_bytes\": {memory}\n}}\n",
        stages.join(",\n"),
        seconds(total),
        timings.rows,
    )
}

/// Seconds with three decimals, without floats.
pub fn seconds(took: Duration) -> String {
    format!("{}.{:03}", took.as_secs(), took.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_hold_no_float() {
        let timings = Timings {
            stages: vec![
                ("pull".into(), Duration::from_millis(1500)),
                ("settle".into(), Duration::from_millis(500)),
            ],
            rows: 4000,
            peak_memory_bytes: None,
        };
        let document: serde_json::Value =
            serde_json::from_str(&timings_document(&timings)).unwrap();
        assert_eq!(document["rows_per_second"], 2000);
        assert_eq!(document["seconds"].to_string(), "2.0");
        assert_eq!(document["stages"][0]["seconds"].to_string(), "1.5");
        assert!(
            serde_json::from_str::<serde_json::Value>(&timings_document(&Timings::default()))
                .is_ok()
        );
    }
}
