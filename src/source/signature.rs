//! Signatures of requests and answers: which values, how they are joined, which digest. A recipe
//! belongs to a provider and stands in its file. Comparison is on decoded bytes of full length and
//! takes the same time wherever the first difference is.
//!
//! MD5 and SHA-1 are here because two providers sign with them; nothing of ours relies on either.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD as BASE64_UNPADDED};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// The digest, and where the secret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-512; the secret is the key.
    HmacSha512,
    /// HMAC with SHA-256; the secret is the key.
    HmacSha256,
    /// HMAC with SHA-1; the secret is the key (ViettelPay).
    HmacSha1,
    /// Plain SHA-256 of the text with the secret appended as one more value.
    Sha256Appended,
    /// Plain MD5 of the text with the secret prepended as one more value (KeyPay v1).
    Md5Prepended,
}

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// Plain MD5.
    Md5,
    /// Plain SHA-256.
    Sha256,
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
}

/// Where the secret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the key of an HMAC.
    Key,
    /// It is one more value at the end.
    Appended,
    /// It is one more value at the beginning.
    Prepended,
}

/// The digest of a text with the secret in its place; `separator` stands between the secret and the
/// text where the secret is one of the values.
pub fn seal(
    hash: Hash,
    place: Place,
    secret: &SecretString,
    text: &str,
    separator: &str,
) -> Vec<u8> {
    let key = secret.expose_secret();
    let text = match place {
        Place::Key => text.to_owned(),
        Place::Appended => format!("{text}{separator}{key}"),
        Place::Prepended => format!("{key}{separator}{text}"),
    };
    match hash {
        Hash::Md5 => Md5::digest(text.as_bytes()).to_vec(),
        Hash::Sha256 => Sha256::digest(text.as_bytes()).to_vec(),
        Hash::HmacSha1 => mac::<Hmac<Sha1>>(key, &text),
        Hash::HmacSha256 => mac::<Hmac<Sha256>>(key, &text),
        Hash::HmacSha512 => mac::<Hmac<Sha512>>(key, &text),
    }
}

/// True when `given` (hex, capitals accepted) is the digest in full; a prefix is refused.
pub fn is_seal(expected: &[u8], given: &str) -> bool {
    hex::decode(given.trim()).is_ok_and(|given| is_equal(expected, &given))
}

/// In the same time wherever the first difference is.
fn is_equal(expected: &[u8], given: &[u8]) -> bool {
    given.len() == expected.len() && expected.ct_eq(given).into()
}

/// How the values become one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The values in the documented order, joined; an absent value is an empty one, and trailing
    /// separators stay.
    Ordered(&'static str),
    /// `key=value` sorted by key, joined with `&`; values raw.
    SortedPairs,
    /// The values sorted by key, empty ones left out, joined without a separator (KeyPay v1). Where
    /// one value ends and the next begins is not told, so the fields that bind an answer are
    /// compared one by one besides.
    SortedValues,
}

/// How the bytes of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hex; capitals are accepted.
    Hex,
    /// Base64 with the common alphabet; padding may be left out.
    Base64,
}

/// How a provider signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The digest.
    pub algorithm: Algorithm,
    /// The text.
    pub layout: Layout,
}

impl Recipe {
    /// Signs named values: lower-case hex.
    pub fn sign(&self, secret: &SecretString, values: &[(&str, &str)]) -> String {
        hex::encode(self.digest(secret, values))
    }

    /// The same, written in another way.
    pub fn sign_in(
        &self,
        encoding: Encoding,
        secret: &SecretString,
        values: &[(&str, &str)],
    ) -> String {
        match encoding {
            Encoding::Hex => self.sign(secret, values),
            Encoding::Base64 => BASE64.encode(self.digest(secret, values)),
        }
    }

    /// True when `given` (hex, capitals accepted) is the signature of the values. A prefix, however
    /// right, is refused.
    pub fn verify(&self, secret: &SecretString, values: &[(&str, &str)], given: &str) -> bool {
        self.verify_in(Encoding::Hex, secret, values, given)
    }

    /// The same for a signature that is written in another way.
    pub fn verify_in(
        &self,
        encoding: Encoding,
        secret: &SecretString,
        values: &[(&str, &str)],
        given: &str,
    ) -> bool {
        let expected = self.digest(secret, values);
        let given = given.trim();
        let decoded = match encoding {
            Encoding::Hex => hex::decode(given).ok(),
            Encoding::Base64 => BASE64_UNPADDED.decode(given.trim_end_matches('=')).ok(),
        };
        decoded.is_some_and(|given| is_equal(&expected, &given))
    }

    fn digest(&self, secret: &SecretString, values: &[(&str, &str)]) -> Vec<u8> {
        let (hash, place) = match self.algorithm {
            Algorithm::HmacSha512 => (Hash::HmacSha512, Place::Key),
            Algorithm::HmacSha256 => (Hash::HmacSha256, Place::Key),
            Algorithm::HmacSha1 => (Hash::HmacSha1, Place::Key),
            Algorithm::Sha256Appended => (Hash::Sha256, Place::Appended),
            Algorithm::Md5Prepended => (Hash::Md5, Place::Prepended),
        };
        seal(hash, place, secret, &self.text(values), self.separator())
    }

    /// What stands between the secret and the values where the secret is one of them.
    fn separator(&self) -> &'static str {
        match self.layout {
            Layout::Ordered(separator) => separator,
            Layout::SortedPairs | Layout::SortedValues => "",
        }
    }

    /// The text that is signed.
    fn text(&self, values: &[(&str, &str)]) -> String {
        match self.layout {
            Layout::Ordered(separator) => values
                .iter()
                .map(|(_, value)| *value)
                .collect::<Vec<_>>()
                .join(separator),
            Layout::SortedPairs => {
                let mut sorted = values.to_vec();
                sorted.sort_unstable();
                let pair = |(key, value): &(&str, &str)| format!("{key}={value}");
                sorted.iter().map(pair).collect::<Vec<_>>().join("&")
            }
            Layout::SortedValues => {
                let mut sorted = values.to_vec();
                sorted.sort_unstable();
                sorted.into_iter().map(|(_, value)| value).collect()
            }
        }
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("any key length is fine");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const VECTORS: &str = include_str!("../../fixtures/provider-vectors.json");
    const VNPAY: Recipe = Recipe {
        algorithm: Algorithm::HmacSha512,
        layout: Layout::Ordered("|"),
    };

    type Values = Vec<(String, String)>;

    fn vectors() -> Vec<Value> {
        serde_json::from_str(VECTORS).unwrap()
    }

    fn field<'v>(vector: &'v Value, key: &str) -> &'v str {
        vector[key].as_str().unwrap()
    }

    /// The recipe, the secret and the values behind a vector's text; none where it is no signature.
    fn recipe_of(vector: &Value) -> Option<(Recipe, String, Values)> {
        let (id, text) = (field(vector, "id"), field(vector, "text"));
        let key = field(vector, "key").to_owned();
        let pairs = text.contains('=') && !text.contains('{') && !id.starts_with("keypay");
        let split = |text: &str, at: char| -> Vec<(String, String)> {
            text.split(at)
                .map(|part| (String::new(), part.to_owned()))
                .collect()
        };
        let named = || {
            let mut all: Vec<(String, String)> = text
                .split('&')
                .map(|part| part.split_once('=').unwrap())
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            all.reverse();
            all
        };
        let alg = field(vector, "alg");
        let (layout, values) = if pairs {
            (Layout::SortedPairs, named())
        } else if text.contains('{') || matches!(alg, "hmac-sha1" | "md5") {
            // JSON is one value; where values follow one another, nothing tells where one ends.
            let text = text.strip_prefix("MKEY").unwrap_or(text).to_owned();
            (Layout::Ordered(""), vec![(String::new(), text)])
        } else {
            (Layout::Ordered("|"), split(text, '|'))
        };
        let algorithm = match alg {
            "hmac-sha1" => Algorithm::HmacSha1,
            "md5" => {
                let recipe = Recipe {
                    algorithm: Algorithm::Md5Prepended,
                    layout,
                };
                return Some((recipe, "MKEY".to_owned(), values));
            }
            "hmac-sha512" => Algorithm::HmacSha512,
            "hmac-sha256" => Algorithm::HmacSha256,
            "sha256-plain" => {
                let mut values = values;
                let (_, secret) = values.pop().unwrap();
                let recipe = Recipe {
                    algorithm: Algorithm::Sha256Appended,
                    layout,
                };
                return Some((recipe, secret, values));
            }
            _ => return None,
        };
        Some((Recipe { algorithm, layout }, key, values))
    }

    #[test]
    fn every_vector_of_the_recipes_is_met_and_the_others_are_named() {
        let mut missing = Vec::new();
        let mut met = 0;
        for vector in vectors() {
            let id = field(&vector, "id").to_owned();
            let Some((recipe, secret, values)) = recipe_of(&vector) else {
                missing.push(id);
                continue;
            };
            let secret = SecretString::from(secret);
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            assert_eq!(recipe.sign(&secret, &values), field(&vector, "sig"), "{id}");
            assert!(
                recipe.verify(&secret, &values, field(&vector, "sig")),
                "{id}"
            );
            met += 1;
        }
        assert_eq!(
            (met, missing.as_slice()),
            (32, ["vietqr".to_owned()].as_slice()),
            "the text of a VietQR code carries a checksum and no signature"
        );
    }

    #[test]
    fn base64_is_another_way_to_write_the_same_bytes() {
        let recipe = Recipe {
            algorithm: Algorithm::HmacSha1,
            layout: Layout::Ordered(""),
        };
        let secret = SecretString::from("HKEY");
        let values = [("text", "ACTRANS_INQUIRYMCTEST1001___HS00012.0")];
        let (hex, base64) = (
            recipe.sign(&secret, &values),
            recipe.sign_in(Encoding::Base64, &secret, &values),
        );
        assert_eq!(hex, "fca48fe2739f176fe76a7884c5a68eea8349b961");
        assert_eq!(base64, "/KSP4nOfF2/naniExaaO6oNJuWE=");
        let verifies = |encoding, given: &str| recipe.verify_in(encoding, &secret, &values, given);
        assert!(verifies(Encoding::Base64, &base64) && verifies(Encoding::Hex, &hex));
        assert!(verifies(Encoding::Base64, base64.trim_end_matches('=')));
        assert!(!verifies(Encoding::Hex, &base64) && !verifies(Encoding::Base64, &hex));
        assert!(!verifies(Encoding::Base64, &base64[..24]));
        assert!(!verifies(Encoding::Base64, &base64.to_lowercase()));
        assert!(!verifies(Encoding::Base64, ""));
    }

    #[test]
    fn sorted_values_leave_out_what_is_empty() {
        let recipe = Recipe {
            algorithm: Algorithm::Md5Prepended,
            layout: Layout::SortedValues,
        };
        // The fields of `keypay_v1.pay`, in any order; an empty one changes nothing.
        let values = [
            ("merchant_code", "MCTEST"),
            ("command", "pay"),
            ("country_code", "vn"),
            ("good_code", "HS01"),
            ("currency_code", "704"),
            ("current_locale", "vn"),
            ("merchant_trans_id", "1001"),
            ("desc_1", ""),
            ("net_cost", "45000"),
            ("return_url", "https://x.test/r"),
            ("service_code", "720"),
            ("ship_fee", "0"),
            ("tax", "0"),
            ("version", "1"),
        ];
        let secret = SecretString::from("MKEY");
        assert_eq!(
            recipe.sign(&secret, &values),
            "3769b2b9e16577be703577dd3f4ee380"
        );
    }

    #[test]
    fn only_the_whole_signature_verifies() {
        let secret = SecretString::from("TESTSECRET");
        let values = [("a", "1"), ("b", ""), ("c", "")];
        let right = VNPAY.sign(&secret, &values);
        assert!(VNPAY.verify(&secret, &values, &right.to_uppercase()));
        assert!(!VNPAY.verify(&secret, &values, &right[..64]));
        assert!(!VNPAY.verify(&secret, &values, &right[..126]));
        assert!(!VNPAY.verify(&secret, &values, ""));
        assert!(!VNPAY.verify(&secret, &values, &format!("{right}00")));
        assert!(!VNPAY.verify(&secret, &values, &right.replace(&right[..1], "x")));
        assert!(
            !VNPAY.verify(&secret, &values[..2], &right),
            "trailing separators count"
        );
        let bytes = hex::decode(&right).unwrap();
        for bit in 0..512 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !VNPAY.verify(&secret, &values, &hex::encode(flipped)),
                "bit {bit}"
            );
        }
    }
}
