//! The expected side: one-stop systems and their exports.

pub mod export;

pub use export::{
    ExportFile, ExportMode, ExportSettings, FileKind, FolderDelivery, FolderNote, FolderTrouble,
    read_folder,
};
