//! Judging an answer: our identity, its signature, whom it is about, what its code says, in this
//! order. Only then is anything of it believed.

use secrecy::{ExposeSecret, SecretString};

use super::Rest;
use super::facts::Facts;
use super::spec::{Codes, Others};
use crate::source::error::{BodyFault, Fault, SignatureFault, SourceError};
use crate::source::error::{HIDDEN, is_plain_word};
use crate::source::http::{Answer, Bad};
use crate::source::json::Json;

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
        let (json, bus) = self.unwrapped(answer.body)?;
        let failed = |code: &str| Bad::Again(Fault::ErrorInside(self.shown(code)));
        let code = match &reading.codes {
            // what carries the answer speaks for itself where nothing is inside
            Some(codes) if codes.at.text(&json).is_none() => match &bus {
                Some(bus) => return Err(failed(bus)),
                None => return Err(BodyFault::Shape(codes.at.path).into()),
            },
            Some(codes) => Some((codes, self.code_of(codes, &json, at)?)),
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
            let is_bound_by_seal = merchant.if_told && told.is_none();
            if told.is_none() && !merchant.if_told && reading.signature.is_none() {
                return Err(BodyFault::Shape(merchant.at.path).into());
            }
            if !(is_ours || is_bound_by_seal) {
                return Err(not_ours(SignatureFault::OtherMerchant));
            }
        }
        let told = reading.order.as_ref().map(|at| (at, at.word(&json)));
        let asked = facts.order.map(|order| &*order.order_id);
        let is_signed = reading.signature.is_some();
        if let Some((_, told)) = told
            && told != asked
            && (told.is_some() || is_signed)
        {
            return Err(not_ours(SignatureFault::OtherOrder));
        }
        // it contradicts the answer that it carries, whatever that says: a person decides
        if let Some(bus) = bus {
            let one_order = || Bad::Again(Fault::OrderCode(self.shown(&bus)));
            return Err(asked.map_or_else(|| failed(&bus), |_| one_order()));
        }
        let verdict = match code {
            Some((codes, code)) => self.meaning(codes, code)?,
            None => Meaning::Ok,
        };
        // An answer that knows no order need not name one; one that knows it must.
        if let (Some((at, None)), Meaning::Ok) = (told, verdict) {
            return Err(BodyFault::Shape(at.path).into());
        }
        Ok(match verdict {
            Meaning::Ok => Verdict::Ok(json),
            Meaning::NotFound => Verdict::NotFound,
            Meaning::Unaskable => Verdict::Unaskable,
        })
    }
}

impl Rest {
    /// The code, unless it says that we are not accepted.
    fn code_of<'j>(&self, codes: &Codes, json: &'j Json, at: &str) -> Result<&'j str, Bad> {
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
                code: self.shown(code),
            }),
        })
    }

    fn meaning(&self, codes: &Codes, code: &str) -> Result<Meaning, Bad> {
        let among = |list: &[Box<str>]| list.iter().any(|known| **known == *code);
        let again = || Err(Bad::Again(Fault::ErrorInside(self.shown(code))));
        if among(&codes.not_found) {
            Ok(Meaning::NotFound)
        } else if among(&codes.unaskable) {
            Ok(Meaning::Unaskable)
        } else if among(&codes.ok) {
            Ok(Meaning::Ok)
        } else if among(&codes.again) {
            again()
        } else {
            match codes.others {
                Others::Ok => Ok(Meaning::Ok),
                Others::Again => again(),
                Others::Order => Err(Bad::Again(Fault::OrderCode(self.shown(code)))),
            }
        }
    }

    /// The JSON of an answer, or the JSON inside its JSON text; the code with which what carries it
    /// says that the call did not work.
    pub(super) fn unwrapped(&self, body: &[u8]) -> Result<(Json, Option<Box<str>>), BodyFault> {
        let parse = |bytes: &[u8]| {
            Json::parse(bytes).map_err(|fault| match fault {
                BodyFault::DuplicateKey(key) => BodyFault::DuplicateKey(self.shown(&key)),
                other => other,
            })
        };
        let json = parse(body)?;
        let reading = &self.connector.reading;
        let failed = reading.wrapper.as_ref().and_then(|wrapper| {
            let code = wrapper.at.text(&json)?;
            let is_ok = wrapper.ok.iter().any(|known| **known == *code);
            (!is_ok).then(|| code.into())
        });
        let inner = reading.inner.as_ref().and_then(|at| at.find(&json));
        let json = match inner {
            Some(Json::Text(text)) if text.trim_start().starts_with('{') => parse(text.as_bytes())?,
            Some(object @ Json::Object(_)) => object.clone(),
            _ => json,
        };
        Ok((json, failed))
    }

    /// A word of the source as it may stand in a message: short, plain, and nothing of our secrets,
    /// which a source may repeat. Anything else becomes a question mark.
    fn shown(&self, word: &str) -> Box<str> {
        let is_of = |secret: &SecretString| {
            let secret = secret.expose_secret();
            word.contains(secret) || (word.len() > 3 && secret.contains(word))
        };
        let is_ours = self.secrets.values().any(is_of) || self.tokens.holds(is_of);
        if is_plain_word(word) && !is_ours {
            word.into()
        } else {
            HIDDEN.into()
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Ok,
    NotFound,
    Unaskable,
}
