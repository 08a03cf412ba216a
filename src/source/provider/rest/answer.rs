//! Judging an answer: our identity, its signature, whom it is about, what its code says, in this
//! order. Only then is anything of it believed.

use super::Rest;
use super::pointer::Pointer;
use super::spec::{Codes, Others};
use super::template::Facts;
use crate::source::error::{BodyFault, Fault, SignatureFault, SourceError};
use crate::source::http::{Answer, Bad};
use crate::source::json::Json;
use crate::source::provider::plain_code;

/// What the source's own code of the call says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The call worked.
    Ok(Json),
    /// There is no such order.
    NotFound,
    /// This one order cannot be asked about.
    Unaskable,
}

impl Rest {
    /// Judges an answer to a request made with `facts`; `at` names the request.
    pub(super) fn judge(
        &self,
        answer: Answer<'_>,
        facts: &Facts<'_>,
        at: &str,
    ) -> Result<Verdict, Bad> {
        let reading = &self.connector.reading;
        let json = unwrapped(Json::parse(answer.body)?, reading.inner.as_ref())?;
        let code = match &reading.codes {
            Some(codes) => Some((codes, code_of(codes, &json, at)?)),
            None => None,
        };
        let not_ours = |why| {
            let at = at.into();
            Bad::Stop(SourceError::Signature { at, why })
        };
        if let Some(signing) = &reading.signature {
            super::sign::verify(signing, facts, answer, &json).map_err(not_ours)?;
        }
        if let Some(merchant) = &reading.merchant {
            let told = merchant.at.text(&json);
            let is_ours = told == merchant.is.fill(facts).as_deref();
            if !is_ours && !(merchant.if_told && told.is_none()) {
                return Err(not_ours(SignatureFault::OtherMerchant));
            }
        }
        let told = reading.order.as_ref().map(|at| at.word(&json));
        let asked = facts.order.map(|order| &*order.order_id);
        let verdict = match code {
            Some((codes, code)) => meaning(codes, code)?,
            None => Meaning::Ok,
        };
        match told {
            // An answer that knows no order need not name one, unless it is signed.
            Some(None) if verdict != Meaning::Ok && reading.signature.is_none() => {}
            Some(told) if told != asked => return Err(not_ours(SignatureFault::OtherOrder)),
            _ => {}
        }
        Ok(match verdict {
            Meaning::Ok => Verdict::Ok(json),
            Meaning::NotFound => Verdict::NotFound,
            Meaning::Unaskable => Verdict::Unaskable,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Ok,
    NotFound,
    Unaskable,
}

/// The code, unless it says that we are not accepted.
fn code_of<'j>(codes: &Codes, json: &'j Json, at: &str) -> Result<&'j str, Bad> {
    let code = codes.at.text(json);
    let code = code.ok_or(BodyFault::Shape(codes.at.path))?;
    if !codes.refused.iter().any(|known| **known == *code) {
        return Ok(code);
    }
    Err(match code {
        "401" => Bad::Refused(401),
        "403" => Bad::Refused(403),
        _ => Bad::Stop(SourceError::RefusedByCode {
            at: at.into(),
            code: plain_code(code),
        }),
    })
}

fn meaning(codes: &Codes, code: &str) -> Result<Meaning, Bad> {
    let among = |list: &[Box<str>]| list.iter().any(|known| **known == *code);
    if among(&codes.not_found) {
        Ok(Meaning::NotFound)
    } else if among(&codes.unaskable) {
        Ok(Meaning::Unaskable)
    } else if among(&codes.ok) {
        Ok(Meaning::Ok)
    } else if among(&codes.again) {
        Err(Bad::Again(Fault::ErrorInside(plain_code(code))))
    } else {
        match codes.others {
            Others::Ok => Ok(Meaning::Ok),
            Others::Again => Err(Bad::Again(Fault::ErrorInside(plain_code(code)))),
            Others::Order => Err(Bad::Again(Fault::OrderCode(plain_code(code)))),
        }
    }
}

/// The JSON inside a JSON text, where the answer carries one.
fn unwrapped(json: Json, inner: Option<&Pointer>) -> Result<Json, BodyFault> {
    match inner.and_then(|at| at.find(&json)) {
        Some(Json::Text(text)) => Json::parse(text.as_bytes()),
        Some(object @ Json::Object(_)) => Ok(object.clone()),
        _ => Ok(json),
    }
}
