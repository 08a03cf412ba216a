//! The expected side: one-stop systems and their exports.

pub mod export;
mod name;

pub use export::{
    ExportFile, ExportMode, ExportSettings, FolderDelivery, FolderNote, FolderTrouble, read_folder,
};
pub use name::{FileKind, day_in_name};
