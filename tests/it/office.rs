//! An office with a registry and one folder of statement or settlement files.

use std::path::PathBuf;

use doisoat::job::Desk;
use doisoat::job::nightly::Night;
use serde_json::Value;

use crate::database::Kind;
use crate::town::{FIRST, Town, day, document, night, source};

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";

pub(crate) fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "statements", name]
        .iter()
        .collect()
}

/// A town with a registry and one folder of files.
pub(crate) struct Office {
    pub(crate) town: Town,
    pub(crate) desk: Desk,
}

impl Office {
    pub(crate) async fn new(kind: Kind, source: &str) -> Self {
        let town = Town::new(kind).await;
        let source = source.to_owned();
        let edit = move |text: String| {
            let (head, _) = text.split_once("[[source]]").unwrap();
            let registry = "[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n";
            format!("{head}{registry}\n{source}")
        };
        let desk = town.desk(&edit).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&edit)).unwrap();
        let office = Self { town, desk };
        for folder in office.desk.config.folders() {
            std::fs::create_dir_all(folder).unwrap();
        }
        office.fees(FIRST);
        office
            .town
            .set_now(day(FIRST).plus(1).start_ms() + 5_400_000);
        office
    }

    pub(crate) async fn bank(kind: Kind) -> Self {
        Self::new(kind, BANK).await
    }

    /// Three unpaid dossiers of a day, numbered from 1.
    pub(crate) fn fees(&self, date: &str) {
        let compact = date[2..].replace('-', "");
        let line = |n: u32, dong: u32| {
            format!(
                "H48.18.22-{compact}-000{n},F1,phi,{dong},H48.18.22,P1,transfer,,NGUYEN VAN A,unpaid\n"
            )
        };
        let lines = [line(1, 50_000), line(2, 8_000), line(3, 20_000)].concat();
        let text = format!("{FEES}{lines}");
        let name = format!("inbox/dossier_fees_{date}.csv");
        std::fs::write(self.town.dir().join(name), text).unwrap();
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.town.dir().join("inbox/bank").join(name);
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn fixture(&self, name: &str) {
        self.put(name, &std::fs::read(fixture(name)).unwrap());
    }

    pub(crate) async fn night(&self, date: &str) -> (Night, Value) {
        let night = night(&self.desk, date).await;
        let run = document(&night);
        let of = source(&run, "bank").clone();
        (night, of)
    }

    pub(crate) async fn next(&self, date: &str) -> (Night, Value) {
        self.fees(date);
        self.town.set_now(day(date).plus(1).start_ms() + 5_400_000);
        self.night(date).await
    }
}

pub(crate) const BANK: &str =
    "[[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"inbox/bank\"\n";

pub(crate) fn figures(of: &Value) -> (&str, u64, i64) {
    (
        of["state"].as_str().unwrap(),
        of["rows"].as_u64().unwrap(),
        of["sum_vnd"].as_i64().unwrap(),
    )
}

/// A statement as text: rows of day, reference, debit, credit, balance, memo.
pub(crate) fn csv(rows: &[&str]) -> String {
    let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n";
    format!("{head}{}\n", rows.join("\n"))
}
