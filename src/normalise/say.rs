//! What a person reads of a row or file that could not be read.
use crate::domain::{Lang, Reject};
use crate::format::FileError;

/// What is wrong, and what to do.
pub fn say(_reject: &Reject, _lang: Lang) -> (String, String) {
    todo!()
}

/// The whole sentence: where, what is wrong, what to do.
pub fn sentence(_reject: &Reject, _lang: Lang) -> String {
    todo!()
}

/// The sentence of a whole file.
pub fn say_file(_error: &FileError, _lang: Lang) -> String {
    todo!()
}
