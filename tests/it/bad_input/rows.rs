//! Rows that cannot be read: in the registry's files and in a provider's answer.

use serde_json::Value;

use super::proxy::Proxy;
use super::*;

/// Adds one row to a file of the export, cells by column; tells its line.
fn plant(town: &Town, file: &str, cells: &[(&str, &str)]) -> usize {
    let path = town.dir().join("inbox").join(format!("{file}_{FIRST}.csv"));
    let text = std::fs::read_to_string(&path).unwrap();
    let header = text.lines().next().unwrap();
    let cell = |column: &str| {
        cells
            .iter()
            .find(|(name, _)| *name == column)
            .map_or("", |(_, value)| *value)
    };
    let row: Vec<&str> = header.split(',').map(cell).collect();
    for (name, _) in cells {
        assert!(
            header.split(',').any(|column| column == *name),
            "{file} has no {name}"
        );
    }
    std::fs::write(&path, format!("{text}{}\n", row.join(","))).unwrap();
    text.lines().count() + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn explore() {
    let before = reference().await;
    let town = morning().await;
    configure(&town, &as_is);
    let line = plant(
        &town,
        "dossier_fees",
        &[
            ("dossier_code", "H48.18.22-221205-9999"),
            ("fee_id", "F-BAD"),
            ("fee_kind", "phi"),
            ("amount_vnd", "1.250.00"),
            ("agency_code", "H48.18.22"),
            ("declared_method", "qr"),
            ("status", "unpaid"),
        ],
    );
    let t = std::time::Instant::now();
    let (output, files) = night(&town, &[], 0).await;
    eprintln!("took {:?} line {line}", t.elapsed());
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    for name in ["links.csv", "exceptions.csv", "share.csv"] {
        eprintln!("{name} {:#?}", changes(before, &files, name));
    }
    let page = page(&files);
    let at = page.find("1.250.00").unwrap();
    eprintln!(
        "{}",
        &page[at.saturating_sub(400)..]
            .chars()
            .take(900)
            .collect::<String>()
    );
    let run = run_json(&files);
    eprintln!("{:#}", run["totals"]);
    eprintln!("{:#}", run["sources"]);
    let _ = Value::Null;
    let town = morning().await;
    let proxy = Proxy::before(&town, |line, body| {
        eprintln!("{line} {}", body.chars().take(300).collect::<String>());
        body
    })
    .await;
    configure(&town, &|toml| {
        proxy.in_front_of("sepay", &proxy.in_front_of("casso", &toml))
    });
    let (_output, files) = night(&town, &[], 0).await;
    eprintln!("{}", files == *before);
    panic!("look");
}
