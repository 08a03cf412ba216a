//! The checksum of `data`, in answers and in webhooks alike: `key=value` sorted by key, joined with
//! `&`; a value as `source::canonical` has it. Pure.

use std::borrow::Cow;

use secrecy::SecretString;

use crate::source::canonical::member;
use crate::source::json::Member;
use crate::source::signature::{Algorithm, Layout, Recipe};

const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::SortedPairs,
};

/// True when `signature` is the checksum of these members.
pub(in crate::source) fn verify(key: &SecretString, data: &[Member], signature: &str) -> bool {
    let texts: Vec<(&str, Cow<'_, str>)> = data
        .iter()
        .map(|(name, value)| (&**name, member(value)))
        .collect();
    let values: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    RECIPE.verify(key, &values, signature)
}
