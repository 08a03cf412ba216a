//! What iGate's answers look like. Pure. Numbers stay texts: amounts are written as JSON floats.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Aside, Origin};
use crate::source::error::BodyFault;
use crate::source::http::Bad;
use crate::source::json::Json;
use crate::source::registry::dossier::{DossierRecord, FeeRecord};

/// One page of the list: a Spring page, or a slice (which has no total).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    pub(super) total: Option<u64>,
    pub(super) last: bool,
}

/// One dossier of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its id, else the row itself.
    pub(super) key: Box<str>,
    /// When it last changed, where that can be read.
    pub(super) updated_ms: Option<i64>,
    pub(super) dossier: DossierRecord,
}

/// True for the ids of iGate: 24 hex digits.
pub(super) fn is_id(raw: &str) -> bool {
    raw.len() == 24 && raw.bytes().all(|b| b.is_ascii_hexdigit())
}

pub(super) fn read_page(body: &[u8]) -> Result<Page, Bad> {
    let json = Json::parse(body)?;
    let content = json.get("content").and_then(Json::list);
    let rows = content.ok_or(BodyFault::Shape("content"))?;
    let last = match json.get("last") {
        Some(Json::Flag(last)) => *last,
        _ => return Err(BodyFault::Shape("last").into()),
    };
    Ok(Page {
        rows: rows.iter().map(row).collect(),
        total: json.count_of("totalElements"),
        last,
    })
}

fn row(json: &Json) -> Row {
    let text = |at: Option<&Json>, key: &str| -> Box<str> {
        at.and_then(|at| at.word_of(key)).unwrap_or_default().into()
    };
    let at = |path: &[&str]| path.iter().try_fold(json, |at, key| at.get(key));
    let dossier = DossierRecord {
        id: text(Some(json), "id"),
        code: text(Some(json), "code"),
        applicant: text(at(&["applicant", "data"]), "fullname"),
        agency: text(at(&["agency"]), "code"),
        procedure: text(at(&["procedure"]), "code"),
        field: text(at(&["procedure", "sector"]), "code"),
        status: at(&["dossierStatus"]).map(words).unwrap_or_default(),
        received: text(Some(json), "acceptedDate"),
        completed: text(Some(json), "completedDate"),
        paid: text(at(&["paymentRequestData"]), "paidDate"),
        updated: text(Some(json), "updatedDate"),
        fees: Vec::new(),
        listed: false,
    };
    Row {
        key: if is_id(&dossier.id) {
            dossier.id.clone()
        } else {
            format!("{json:?}").into()
        },
        updated_ms: DossierRecord::instant_ms(&dossier.updated),
        dossier,
    }
}

/// The fees by dossier; rows of dossiers that were not asked for are no answer to the question.
pub(super) fn read_fees(
    body: &[u8],
    asked: &BTreeSet<&str>,
) -> Result<BTreeMap<Box<str>, Vec<FeeRecord>>, Bad> {
    let json = Json::parse(body)?;
    let rows = json.list().ok_or(BodyFault::Shape("a list of fees"))?;
    let mut fees: BTreeMap<Box<str>, Vec<FeeRecord>> = BTreeMap::new();
    for (row, line) in rows.iter().zip(1_u64..) {
        let dossier = row.get("dossier").and_then(|dossier| dossier.word_of("id"));
        let dossier = dossier.ok_or(BodyFault::Shape("dossier.id"))?;
        if !asked.contains(dossier) {
            return Err(BodyFault::Shape("the dossiers that were asked for").into());
        }
        let of_dossier = fees.entry(dossier.into()).or_default();
        let mut fee = fee(row);
        fee.came = Aside(Some(Origin {
            line,
            ..Origin::default()
        }));
        // the same fee twice is one
        if !of_dossier.contains(&fee) {
            of_dossier.push(fee);
        }
    }
    for of_dossier in fees.values_mut() {
        of_dossier.sort();
    }
    Ok(fees)
}

fn fee(row: &Json) -> FeeRecord {
    let text = |key: &str| row.word_of(key).unwrap_or_default().into();
    let kind = row.get("procost").and_then(|cost| cost.get("type"));
    FeeRecord {
        id: text("id"),
        kind: kind.map(words).unwrap_or_default(),
        amount: text("amount"),
        quantity: text("quantity"),
        paid: text("paid"),
        came: Aside(None),
    }
}

/// What names a thing: its id, type and code, and its names; the Vietnamese one (228) first.
fn words(thing: &Json) -> Vec<Box<str>> {
    let list = thing.get("name").and_then(Json::list).unwrap_or_default();
    let (mut names, others): (Vec<&Json>, Vec<&Json>) = list
        .iter()
        .partition(|name| name.word_of("languageId") == Some("228"));
    names.extend(others);
    let names = names.into_iter().filter_map(|name| name.word_of("name"));
    let own = ["id", "type", "code", "name"];
    let own = own.into_iter().filter_map(|key| thing.word_of(key));
    let plain = thing.word().into_iter();
    names.chain(own).chain(plain).map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_list_that_says_whether_it_is_the_last() {
        let shape = |what| Err(Bad::from(BodyFault::Shape(what)));
        let check = |body: &str, bad| assert_eq!(read_page(body.as_bytes()), bad, "{body}");
        check("{}", shape("content"));
        check(r#"{"content":null,"last":true}"#, shape("content"));
        check(r#"{"content":[]}"#, shape("last"));
        check(r#"{"content":[],"last":"true"}"#, shape("last"));
        let page = read_page(br#"{"content":[17,{"id":"x"}],"last":false}"#).unwrap();
        assert_eq!((page.rows.len(), page.total, page.last), (2, None, false));
        assert_ne!(page.rows[0].key, page.rows[1].key);
    }

    #[test]
    fn fees_keep_the_text_of_their_floats() {
        let asked = BTreeSet::from(["a"]);
        let fee = r#"{"id":"F1","procost":{"id":"p","type":{"id":"t","type":1,
            "name":[{"languageId":46,"name":"Fee"},{"languageId":228,"name":"Phí"}]}},
            "amount":10000.0,"quantity":3,"paid":1.0E4,"required":1,"dossier":{"id":"a"}}"#;
        let fees = read_fees(format!("[{fee},{fee}]").as_bytes(), &asked).unwrap();
        let [told] = fees["a"].as_slice() else {
            panic!("the same fee twice")
        };
        let texts = [&*told.amount, &*told.quantity, &*told.paid];
        assert_eq!(texts, ["10000.0", "3", "1.0E4"]);
        assert_eq!(told.kind, ["Phí", "Fee", "t", "1"].map(Into::into));
        let other = fee.replace(r#""dossier":{"id":"a"}"#, r#""dossier":{"id":"b"}"#);
        let shape = Err(Bad::from(BodyFault::Shape(
            "the dossiers that were asked for",
        )));
        assert_eq!(read_fees(format!("[{other}]").as_bytes(), &asked), shape);
    }
}
