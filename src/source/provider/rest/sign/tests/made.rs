//! Every recipe that can be written, against digests of another program.

use serde_json::Value;

use super::super::*;
use super::{secrets, signing, verified};
use crate::source::provider::rest::pointer::Pointer;
use crate::source::signature::{Hash, Place};

/// What a recipe is made of: digest and place of the secret, layout, separator, whether empty
/// values are skipped and values encoded as in a form; and the first 32 digits of the signature.
type Made = (
    (Hash, Place),
    &'static str,
    &'static str,
    (bool, bool),
    &'static str,
);

/// Each digest with each place of the secret and each layout, over the values of the test below.
/// The expected digits were computed by another program (Python's hashlib and hmac).
const MADE: [Made; 21] = {
    use Hash::{HmacSha1, HmacSha256, HmacSha512, Md5, Sha256};
    use Place::{Appended, Key, Prepended};
    [
        (
            (Md5, Appended),
            "values",
            "",
            (true, false),
            "0a3f7677a8dfef4a62b7167441b2d2bf",
        ),
        (
            (Md5, Appended),
            "sorted_values",
            "#",
            (false, true),
            "7888af920bcd0d8ebbc675443b2f5574",
        ),
        (
            (Md5, Appended),
            "pairs",
            "&",
            (true, true),
            "4c24aaf9ba52f0faf88d87c8d0c31b62",
        ),
        (
            (Md5, Prepended),
            "values",
            "",
            (false, false),
            "c3722998aef34a4f629fef010d7334c7",
        ),
        (
            (Md5, Prepended),
            "sorted_values",
            "#",
            (true, false),
            "83105dda7febe97cad1ea842e5142887",
        ),
        (
            (Md5, Prepended),
            "pairs",
            "&",
            (false, true),
            "69c578ced8534197f8260d595ac87e75",
        ),
        (
            (Sha256, Appended),
            "values",
            "",
            (true, true),
            "1e22f70b83919e001160f686ded3bec5",
        ),
        (
            (Sha256, Appended),
            "sorted_values",
            "#",
            (false, false),
            "819e1432f1381c35c93914a9df08c53d",
        ),
        (
            (Sha256, Appended),
            "pairs",
            "&",
            (true, false),
            "998972f9f559d2cf7dbdb581b641fbab",
        ),
        (
            (Sha256, Prepended),
            "values",
            "",
            (false, true),
            "66484ea63a4566bffa549b5c391866d5",
        ),
        (
            (Sha256, Prepended),
            "sorted_values",
            "#",
            (true, true),
            "d0b62c5dfddf19cab8e057775b752202",
        ),
        (
            (Sha256, Prepended),
            "pairs",
            "&",
            (false, false),
            "a52028fb99b3c756e50b1747b317208d",
        ),
        (
            (HmacSha1, Key),
            "values",
            "",
            (true, false),
            "faea61eea12f33b285530ac658742dd1",
        ),
        (
            (HmacSha1, Key),
            "sorted_values",
            "#",
            (false, true),
            "1898ffd8302db09afa871181b5e9b083",
        ),
        (
            (HmacSha1, Key),
            "pairs",
            "&",
            (true, true),
            "b45f88c3a010ec196ac5a607e844d1e6",
        ),
        (
            (HmacSha256, Key),
            "values",
            "",
            (false, false),
            "5742d8a9935b582c7fe28f6732af1e93",
        ),
        (
            (HmacSha256, Key),
            "sorted_values",
            "#",
            (true, false),
            "6de115da03e23ca78ed6075ce18ab976",
        ),
        (
            (HmacSha256, Key),
            "pairs",
            "&",
            (false, true),
            "b54f0e92ec4fdb4f28704797d8055293",
        ),
        (
            (HmacSha512, Key),
            "values",
            "",
            (true, true),
            "0a28218d8e8055bd665c15e22421e831",
        ),
        (
            (HmacSha512, Key),
            "sorted_values",
            "#",
            (false, false),
            "90f1755ad04280920bf9ca0e5d6ca749",
        ),
        (
            (HmacSha512, Key),
            "pairs",
            "&",
            (true, false),
            "57af25b80da126c45d376864df5beb75",
        ),
    ]
};

#[test]
fn every_recipe_that_can_be_written_meets_its_digest() {
    let values = [
        ("order", "O1"),
        ("b_note", "Tra cứu & hỏi +/= O1"),
        ("a_empty", ""),
        ("c_word", "x y"),
    ];
    for ((hash, place), layout, join, (skip_empty, as_form), expected) in MADE {
        let mut names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        if layout != "values" {
            names.sort_unstable();
        }
        let signed = |name: &str| Signed {
            name: name.into(),
            pointer: Some(Pointer::parse(&format!("/{name}")).unwrap()),
        };
        let fields: Vec<Signed> = names.into_iter().map(signed).collect();
        let fields = if layout == "pairs" {
            Layout::Pairs(fields)
        } else {
            Layout::Values(fields)
        };
        let recipe = Signing {
            skip_empty,
            as_form,
            ..signing(hash, place, fields, join)
        };
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|v| v.1);
        let key = "S3cr+t&Key=/é";
        let made = sign(&recipe, &secrets(key), value);
        let about = format!("{hash:?} {place:?} {layout} {join:?} {skip_empty} {as_form}");
        assert_eq!(made.get(..32), Some(expected), "{about}");
        // an answer is verified over the same text
        let mut answer = serde_json::Map::new();
        for (name, value) in values {
            answer.insert(name.to_owned(), value.into());
        }
        answer.insert("sig".to_owned(), made.clone().into());
        let body = Value::Object(answer).to_string();
        assert_eq!(verified(&recipe, key, &body, &[]), Ok(()), "{about}");
        let forged = body.replace("x y", "x z");
        let found = verified(&recipe, key, &forged, &[]);
        assert_eq!(found, Err(SignatureFault::Wrong), "{about}");
    }
}
