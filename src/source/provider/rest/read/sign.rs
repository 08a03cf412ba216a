//! `[source.request.signature]` and `[source.answer.signature]`.

use super::{Names, pointer};
use crate::config::ConfigError;
use crate::config::section::{Item, Section, suggest};
use crate::source::http::is_header_name;
use crate::source::provider::rest::pointer::Pointer;
use crate::source::provider::rest::spec::{Layout, SealAt, Signed, Signing, Stamp};
use crate::source::signature::{Hash, Place};

const HASHES: &[(&str, Hash)] = &[
    ("md5", Hash::Md5),
    ("sha256", Hash::Sha256),
    ("hmac-sha1", Hash::HmacSha1),
    ("hmac-sha256", Hash::HmacSha256),
    ("hmac-sha512", Hash::HmacSha512),
];
const PLACES: &[(&str, Place)] = &[
    ("key", Place::Key),
    ("append", Place::Appended),
    ("prepend", Place::Prepended),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Values,
    SortedValues,
    Pairs,
    Json,
    Body,
}

const FORMS: &[(&str, Form)] = &[
    ("values", Form::Values),
    ("sorted_values", Form::SortedValues),
    ("pairs", Form::Pairs),
    ("json", Form::Json),
    ("body", Form::Body),
];

/// How our request is signed; `known` are its fields.
pub(super) fn of_request(
    mut table: Section<'_>,
    names: &Names<'_>,
    known: &[&str],
) -> Result<Signing, ConfigError> {
    let form = form(&mut table)?;
    if matches!(form, Form::Json | Form::Body) {
        let fix = "write layout = \"values\", \"sorted_values\" or \"pairs\"";
        return Err(table.fail("a request is signed over its fields".to_owned(), fix));
    }
    let signed = |item: &Item<'_>| {
        let name = item.text()?;
        if !known.contains(&name) {
            let message = format!("{} names \"{name}\", no field of the request", item.path());
            return Err(item.fail(message, &suggest(name, known)));
        }
        Ok(Signed {
            name: name.into(),
            pointer: None,
        })
    };
    let fields = table.get("fields");
    let fields = match fields {
        Some(item) => item.list()?.iter().map(signed).collect::<Result<_, _>>()?,
        None if form == Form::Values => {
            let fix = "list the signed fields in their documented order: fields = [\"…\"]";
            return Err(table.fail("request.signature.fields is missing".to_owned(), fix));
        }
        None => known
            .iter()
            .map(|name| Signed {
                name: (*name).into(),
                pointer: None,
            })
            .collect(),
    };
    let into = table.get("into").map(|item| item.text().map(Box::from));
    let header = header(&mut table)?;
    let at = match (into.transpose()?, header) {
        (Some(field), None) => SealAt::Field(field),
        (None, Some(header)) => header,
        _ => {
            let fix = "write into = \"field\" or header = \"X-Signature\"";
            return Err(table.fail("the signature has no one place".to_owned(), fix));
        }
    };
    rest(table, names, layout(form, fields, None), at, None)
}

/// How an answer is verified.
pub(super) fn of_answer(mut table: Section<'_>, names: &Names<'_>) -> Result<Signing, ConfigError> {
    let form = form(&mut table)?;
    let signed = |item: &Item<'_>| {
        let found = pointer(item)?;
        Ok(Signed {
            name: found.name.into(),
            pointer: Some(found),
        })
    };
    let object = table.get("object");
    let object = object.map(|item| pointer(&item)).transpose()?;
    let fields: Option<Vec<Signed>> = table
        .get("fields")
        .map(|item| item.list()?.iter().map(signed).collect())
        .transpose()?;
    let needs_fields = match form {
        Form::Values | Form::SortedValues => true,
        Form::Pairs => object.is_none(),
        Form::Json | Form::Body => false,
    };
    if needs_fields && fields.as_ref().is_none_or(Vec::is_empty) {
        let fix =
            "list where the signed values stand, in their documented order: fields = [\"/…\"]";
        return Err(table.fail("answer.signature.fields is missing".to_owned(), fix));
    }
    let at = table.get("at").map(|item| pointer(&item)).transpose()?;
    let header = header(&mut table)?;
    let stamp_header = table.get("stamp_header").map(|item| item.text());
    let stamp_part = table.get("stamp_part").map(|item| item.text());
    let stamp = match (stamp_header.transpose()?, stamp_part.transpose()?) {
        (None, None) => None,
        (Some(name), None) => Some(Stamp::Header(name.into())),
        (None, Some(part)) if header.is_some() => Some(Stamp::Part(part.into())),
        _ => {
            let fix = "write stamp_header, or stamp_part beside header";
            return Err(table.fail("the time stamp has no one place".to_owned(), fix));
        }
    };
    let at = match (at, header) {
        (Some(at), None) => SealAt::Pointer(at),
        (None, Some(header)) => header,
        _ => {
            let fix = "write at = \"/signature\" or header = \"X-Signature\"";
            return Err(table.fail("the signature has no one place".to_owned(), fix));
        }
    };
    let unsent = super::request::fields(table.get("unsent"), names.of_request(true))?;
    if !unsent.is_empty() && !matches!(form, Form::Pairs) {
        let fix = "leave unsent out, or write layout = \"pairs\"";
        return Err(table.fail(
            "unsent values have names, so they are signed in pairs".to_owned(),
            fix,
        ));
    }
    let layout = layout(form, fields.unwrap_or_default(), object);
    let mut signing = rest(table, names, layout, at, stamp)?;
    signing.unsent = unsent;
    Ok(signing)
}

fn form(table: &mut Section<'_>) -> Result<Form, ConfigError> {
    let given = table.get("layout").map(|item| item.word(FORMS));
    Ok(given.transpose()?.unwrap_or(Form::Values))
}

fn layout(form: Form, mut fields: Vec<Signed>, object: Option<Pointer>) -> Layout {
    if matches!(form, Form::SortedValues | Form::Pairs) {
        fields.sort_by(|a, b| a.name.cmp(&b.name));
    }
    match (form, object) {
        (Form::Values | Form::SortedValues, _) => Layout::Values(fields),
        (Form::Pairs, Some(object)) => Layout::Members(object),
        (Form::Pairs, None) => Layout::Pairs(fields),
        (Form::Json, object) => Layout::Json(object.unwrap_or_else(Pointer::whole)),
        (Form::Body, _) => Layout::Body,
    }
}

fn header(table: &mut Section<'_>) -> Result<Option<SealAt>, ConfigError> {
    let part = table.get("part").map(|item| item.text().map(Box::from));
    let part = part.transpose()?;
    let Some(item) = table.get("header") else {
        return Ok(None);
    };
    let name = |raw: &str| is_header_name(raw).then(|| raw.into());
    let name = item.parse("the name of a header", name)?;
    Ok(Some(SealAt::Header { name, part }))
}

fn rest(
    mut table: Section<'_>,
    names: &Names<'_>,
    layout: Layout,
    at: SealAt,
    stamp: Option<Stamp>,
) -> Result<Signing, ConfigError> {
    let fix = "write one of: md5, sha256, hmac-sha1, hmac-sha256, hmac-sha512";
    let hash = table.require("algorithm", fix)?.word(HASHES)?;
    let is_keyed = !matches!(hash, Hash::Md5 | Hash::Sha256);
    let place = match table.get("secret_place") {
        Some(item) => {
            let place = item.word(PLACES)?;
            let takes_key = place == Place::Key;
            if takes_key != is_keyed {
                let message = format!("{} does not go with the algorithm", item.path());
                let fix = "write \"key\" for hmac-…, \"append\" or \"prepend\" for md5 and sha256";
                return Err(item.fail(message, fix));
            }
            place
        }
        None if is_keyed => Place::Key,
        None => {
            let fix = "write secret_place = \"append\" or \"prepend\"";
            return Err(table.fail("signature.secret_place is missing".to_owned(), fix));
        }
    };
    let fix = "name a secret of [source.secrets]: secret = \"hash_secret\"";
    let secret = names.secret(&table.require("secret", fix)?)?;
    let default = if matches!(layout, Layout::Values(_)) {
        "|"
    } else {
        "&"
    };
    let join = table.get("join").map(|item| item.text().map(Box::from));
    let empty = table.get("empty");
    let empty = empty.map(|item| item.word(&[("keep", false), ("skip", true)]));
    let encoding = table.get("encoding");
    let encoding = encoding.map(|item| item.word(&[("raw", false), ("form", true)]));
    let prefix = table.get("prefix").map(|item| item.text().map(Box::from));
    let signing = Signing {
        hash,
        place,
        secret,
        layout,
        join: join.transpose()?.unwrap_or_else(|| default.into()),
        skip_empty: empty.transpose()?.unwrap_or(false),
        as_form: encoding.transpose()?.unwrap_or(false),
        at,
        unsent: Vec::new(),
        prefix: prefix.transpose()?.unwrap_or_default(),
        stamp,
    };
    table.finish()?;
    Ok(signing)
}
