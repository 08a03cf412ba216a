//! The payment platform of the national public service portal (DVCQG), `QUERY`, a probe: POST,
//! JSON, plain SHA-256 with the secret as last value. No official document is public and every
//! province reaches the platform through its own service bus, so the whole address is
//! configuration. The source is an integrator's published C# system and OpenCPS.
//!
//! - `ThoiGianGD` of a request is the text sent when the order was made, verbatim: one public
//!   client writes the hour of a twelve-hour clock. No document says that an answer's is another,
//!   so the order's own time stands in for that of the payment unless `time_field` names one.
//! - A bus may wrap the answer as text: `{"error_code":"0","message":"{\"MaLoi\":\"00\",…}"}`.
//!   Both forms are read; signature and numbers are taken from the inner text. A bus that says
//!   that the call failed (`error_code` other than `bus_ok`, 0) contradicts what it carries: the
//!   order stays open for a person.
//! - `MaLoi` says whether the query worked, `TrangThaiGD` what became of the money: 1 paid, 3 not
//!   known yet (the bank has not answered), 4 failed. Any other value goes to a person unless
//!   `status_map` says what it means.
//! - The order of an answer's `MaXacThuc` and the code for "no such order" are not published:
//!   `reply_signature` and `not_found`.

use std::borrow::Cow;

use secrecy::SecretString;

use super::probing::{Answer, Probing, Recital, bound, must, order_code};
use super::reply::{self, Known, Meaning, Rules, Seal, Told};
use super::states::order_time;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Instrument, PaymentOrder};
use crate::source::error::{BodyFault, Fault};
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Encoding, Layout, Recipe};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};

/// The national portal's payment platform.
pub const REGISTRATION: Registration = Registration {
    kind: "dvcqg",
    label: "National portal payment platform",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "partner_code",
            form: KeyForm::Text {
                form: "the MaDoiTac that the platform gave the province",
                fits: is_code,
            },
            required: Some(
                "write the MaDoiTac that the platform gave the province: partner_code = \"…\"",
            ),
        },
        Key {
            name: "secret_key",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: secret_key = { env = \"DVCQG_SECRET\" }"),
        },
        Key {
            name: "token",
            form: KeyForm::Secret,
            required: None,
        },
        Key {
            name: "version",
            form: KeyForm::Text {
                form: "the PhienBan of the messages: \"1.0.6\"",
                fits: is_code,
            },
            required: None,
        },
        reply::PATH,
        reply::REPLY_SIGNATURE,
        reply::STATUS_MAP,
        reply::NOT_FOUND,
        reply::TIME_FIELD,
        Key {
            name: "bus_ok",
            form: KeyForm::Text {
                form: "the codes with which the service bus says that a call worked, blanks between them",
                fits: reply::is_field_list,
            },
            required: None,
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: std::time::Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: std::time::Duration::from_hours(24),
        instrument: Instrument::Portal,
        base_url: None,
    },
    open,
};

const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::Sha256Appended,
    layout: Layout::Ordered("|"),
};

/// The fields of a request that are signed, in the order of integrators' code.
const REQUEST_FIELDS: [&str; 5] = [
    "LoaiBanTin",
    "PhienBan",
    "MaDoiTac",
    "MaThamChieu",
    "ThoiGianGD",
];

const KNOWN: Known = Known {
    signed: &[
        "MaLoi",
        "MoTaLoi",
        "MaDoiTac",
        "MaThamChieu",
        "ThoiGianGD",
        "LoaiBanTin",
        "SoTien",
        "MaTienTe",
        "MaGiaoDich",
        "MaNganHang",
        "ThongTinGiaoDich",
        "TrangThaiGD",
    ],
    must_cover: &["MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "TrangThaiGD"],
    words: &[
        ("1", Meaning::Paid),
        ("3", Meaning::Pending),
        ("4", Meaning::Failed),
    ],
    not_found: &[],
};

#[derive(Debug)]
struct Dvcqg {
    client: Client,
    partner: Box<str>,
    secret: SecretString,
    version: Box<str>,
    path: Box<str>,
    /// The codes with which a bus says that the call worked.
    bus_ok: Vec<Box<str>>,
    rules: Rules,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    Ok(Handle::Probe(Box::new(Probing(Dvcqg::open(opening)?))))
}

fn is_code(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..=50).contains(&raw.len()) && raw.bytes().all(plain)
}

impl Dvcqg {
    fn open(opening: &Opening<'_>) -> Result<Self, ConfigError> {
        let settings = opening.settings;
        let text = |key: &str| settings.text(key);
        let token = reply::bearer(opening, "token")?;
        Ok(Self {
            client: Client::open(settings, token.as_ref(), None, opening.pace.clone())?,
            partner: text("partner_code").unwrap_or_default().into(),
            secret: settings.secret("secret_key", opening.around)?,
            version: text("version").unwrap_or("1.0.6").into(),
            path: text("path").unwrap_or_default().into(),
            bus_ok: text("bus_ok")
                .unwrap_or("0")
                .split(' ')
                .map(Into::into)
                .collect(),
            rules: Rules::read(settings, &KNOWN)?,
        })
    }
}

/// The answer itself: plain, or inside the text (or the object) `message` of a service bus.
fn opened<'j>(json: &'j Json, bus: Option<&str>) -> Result<Cow<'j, Json>, Bad> {
    if json.text_of("MaLoi").is_some() {
        return Ok(Cow::Borrowed(json));
    }
    match (json.get("message"), bus) {
        (Some(Json::Text(text)), _) if text.trim_start().starts_with('{') => {
            Ok(Cow::Owned(Json::parse(text.as_bytes())?))
        }
        (Some(inner @ Json::Object(_)), _) => Ok(Cow::Borrowed(inner)),
        // The bus speaks for itself: its own error, with nothing of the platform inside.
        (_, Some(code)) => Err(bus_failed(code)),
        _ => Err(BodyFault::Shape("MaLoi").into()),
    }
}

fn bus_failed(code: &str) -> Bad {
    Bad::Again(Fault::ErrorInside(super::plain_code(code)))
}

impl Recital for Dvcqg {
    fn client(&self) -> &Client {
        &self.client
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        let created = order_time(order);
        let values = [
            "QUERY",
            &*self.version,
            &*self.partner,
            &*order.order_id,
            &*created,
        ];
        let mut pairs: Vec<(&str, &str)> = REQUEST_FIELDS.into_iter().zip(values).collect();
        let signature = RECIPE.sign(&self.secret, &pairs);
        pairs.push(("MaXacThuc", &signature));
        Request {
            path: self.path.to_string().into(),
            body: Some(reply::flat_json(&pairs)),
            what: format!("QUERY {}", order.order_id),
            ..Request::default()
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let outer = Json::parse(body)?;
        let worked = |code: &&str| self.bus_ok.iter().any(|known| **known == **code);
        let bus = outer.text_of("error_code").filter(|code| !code.is_empty());
        let bus = bus.filter(|code| !worked(code));
        let json = opened(&outer, bus)?;
        let field = |key: &str| json.text_of(key).unwrap_or_default();
        let code = match (field("MaLoi"), bus) {
            ("", Some(bus)) => return Err(bus_failed(bus)),
            _ => must(&json, "MaLoi")?,
        };
        let seal = Seal {
            recipe: RECIPE,
            encoding: Encoding::Hex,
            secret: &self.secret,
            field: "MaXacThuc",
            unsent: &[],
        };
        self.rules.verify(seal, &json, at)?;
        bound(
            at,
            (field("MaDoiTac"), &self.partner),
            (field("MaThamChieu"), &order.order_id),
        )?;
        if let Some(bus) = bus {
            return Err(order_code(bus));
        }
        match code {
            "00" => Ok(Answer::Known(Box::new(self.told(&json, order).events()))),
            _ if self.rules.is_not_found(code) => Ok(Answer::NotFound),
            "99" => Err(Bad::Again(Fault::ErrorInside(super::plain_code(code)))),
            _ => Err(order_code(code)),
        }
    }
}

impl Dvcqg {
    /// What an answer with code 00 tells.
    fn told<'a>(&self, json: &'a Json, order: &'a PaymentOrder) -> Told<'a> {
        let field = |key: &str| json.text_of(key).unwrap_or_default();
        let word = field("TrangThaiGD");
        Told {
            order,
            asked: "QUERY",
            meaning: self.rules.meaning(word),
            word,
            amount: field("SoTien"),
            amount_column: "SoTien",
            time: self.rules.time(json, ""),
            time_column: "time_field",
            number: field("MaGiaoDich"),
            memo: field("ThongTinGiaoDich"),
            currency: field("MaTienTe"),
            fee: "",
            instrument: None,
        }
    }
}

#[cfg(test)]
mod tests;
