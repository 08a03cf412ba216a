//! The expected side: one-stop systems and their exports.

mod dossier;
pub mod export;
pub mod igate;
mod name;
pub mod opencps;
mod words;

pub use dossier::{DossierRecord, FeeRecord, RegistryPull};
pub use export::{
    ExportFile, ExportMode, ExportSettings, FolderDelivery, FolderNote, FolderTrouble, read_folder,
};
pub use name::{FileKind, are_daily, day_in_name};
pub use words::Words;
