//! The folder rules of a registry export.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use doisoat::domain::{Completeness, Lang, SourceName};
use doisoat::source::registry::{
    ExportMode, ExportSettings, FileKind, FolderDelivery, FolderNote, FolderTrouble, read_folder,
};

fn settings(path: &Path) -> ExportSettings {
    ExportSettings {
        source: SourceName::new("one-stop"),
        path: path.to_owned(),
        mode: ExportMode::Delta,
        holds: None,
        bytes_max: doisoat::source::Sizes::BYTES_MAX,
        pause: Duration::from_millis(60),
    }
}

async fn read(path: &Path, known: &BTreeSet<String>) -> FolderDelivery {
    read_folder(&settings(path), known).await
}

fn names(delivery: &FolderDelivery) -> Vec<&str> {
    delivery.files.iter().map(|file| &*file.name).collect()
}

#[tokio::test]
async fn files_come_in_byte_order_and_the_rest_is_said_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str| std::fs::write(dir.path().join(name), name).unwrap();
    for name in [
        "payment_orders.csv",
        "dossier_fees_2.csv",
        "dossier_fees_10.csv",
        "Cash_Receipts.CSV",
        "agencies.csv",
        ".dossier_fees.csv",
        "dossier_fees.csv.part",
        "dossier_fees.tmp",
        "transactions_bank.csv",
        "dossier_fees.docx",
    ] {
        write(name);
    }
    std::fs::create_dir(dir.path().join("dossier_fees_old.csv")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join("agencies_link.csv")).unwrap();
    std::fs::copy(
        dir.path().join("agencies.csv"),
        dir.path().join("agencies_copy.csv"),
    )
    .unwrap();
    let delivery = read(dir.path(), &BTreeSet::new()).await;
    assert_eq!(
        names(&delivery),
        [
            "Cash_Receipts.CSV",
            "agencies.csv",
            "dossier_fees_10.csv",
            "dossier_fees_2.csv",
            "payment_orders.csv"
        ]
    );
    assert_eq!(delivery.files[0].kind, FileKind::CashReceipts);
    assert_eq!(delivery.files[1].bytes, b"agencies.csv");
    assert_eq!(delivery.state, Completeness::Complete);
    let note = |note: fn(Box<str>) -> FolderNote, name: &str| note(name.into());
    assert_eq!(
        delivery.notes,
        [
            note(FolderNote::Unfinished, ".dossier_fees.csv"),
            note(FolderNote::Unfinished, "dossier_fees.csv.part"),
            note(FolderNote::Unfinished, "dossier_fees.tmp"),
            note(FolderNote::NotAFile, "agencies_link.csv"),
            note(FolderNote::NotAFile, "dossier_fees_old.csv"),
            note(FolderNote::UnknownName, "dossier_fees.docx"),
            note(FolderNote::UnknownName, "transactions_bank.csv"),
            note(FolderNote::Copy, "agencies_copy.csv"),
        ]
    );
    assert_eq!(
        delivery.notes[6].say(Lang::Vi),
        "transactions_bank.csv: tên tệp không cho biết nội dung; cần bắt đầu bằng dossier_fees, \
         payment_orders, cash_receipts hoặc agencies và kết thúc bằng .csv, .xlsx, .xls hoặc .ods."
    );
}

#[tokio::test]
async fn what_a_night_has_read_is_not_read_again() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("dossier_fees.csv"), "a").unwrap();
    let first = read(dir.path(), &BTreeSet::new()).await;
    let known: BTreeSet<String> = first.files.iter().map(|f| f.sha256.to_string()).collect();
    // under another name, too
    std::fs::rename(
        dir.path().join("dossier_fees.csv"),
        dir.path().join("dossier_fees_1.csv"),
    )
    .unwrap();
    let again = read(dir.path(), &known).await;
    assert_eq!(
        (names(&again).len(), again.state),
        (0, Completeness::Missing)
    );
    assert_eq!(&*again.known_again[0].0, "dossier_fees_1.csv");
    std::fs::write(dir.path().join("dossier_fees_2.csv"), "b").unwrap();
    let next = read(dir.path(), &known).await;
    assert_eq!(names(&next), ["dossier_fees_2.csv"]);
    assert_eq!(
        &*first.files[0].sha256,
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    );
}

#[tokio::test]
async fn a_growing_file_waits() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("agencies.csv"), "a").unwrap();
    let path = dir.path().join("dossier_fees.csv");
    std::fs::write(&path, "a").unwrap();
    let grow = async {
        for length in 2_usize.. {
            tokio::time::sleep(Duration::from_millis(5)).await;
            std::fs::write(&path, "a".repeat(length)).unwrap();
        }
    };
    let known = BTreeSet::new();
    let mut patient = settings(dir.path());
    patient.pause = Duration::from_millis(200);
    let delivery = tokio::select! {
        delivery = read_folder(&patient, &known) => delivery,
        () = grow => unreachable!("it grows as long as it is looked at"),
    };
    assert_eq!(names(&delivery), ["agencies.csv"]);
    assert_eq!(
        delivery.notes,
        [FolderNote::Growing("dossier_fees.csv".into())]
    );
    assert_eq!(delivery.state, Completeness::Partial);
    let later = read(dir.path(), &known).await;
    assert_eq!(names(&later), ["agencies.csv", "dossier_fees.csv"]);
}

#[tokio::test]
async fn an_empty_folder_is_missing_and_an_unreadable_one_is_trouble() {
    let dir = tempfile::tempdir().unwrap();
    let empty = read(dir.path(), &BTreeSet::new()).await;
    assert_eq!(
        (empty.state, empty.troubles.len()),
        (Completeness::Missing, 0)
    );
    let gone = read(&dir.path().join("igate"), &BTreeSet::new()).await;
    assert_eq!(gone.state, Completeness::Missing);
    let FolderTrouble::Folder { error, .. } = &gone.troubles[0] else {
        panic!("{:?}", gone.troubles)
    };
    let path = dir.path().join("igate");
    assert_eq!(
        gone.troubles[0].say(Lang::Vi),
        format!(
            "Không đọc được thư mục {} ({error}). Kiểm tra đường dẫn `path` của nguồn và quyền \
             đọc thư mục, rồi chạy lại.",
            path.display()
        )
    );
}
