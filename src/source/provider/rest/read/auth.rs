//! `[source.auth]`: who we are to the source.

use super::{Names, path, pointer};
use crate::config::ConfigError;
use crate::config::forms::{self, DURATION_FORM};
use crate::config::section::Section;
use crate::source::http::MARGIN;
use crate::source::provider::rest::pointer::Pointer;
use crate::source::provider::rest::spec::{Auth, Field, OAuth};
use crate::source::provider::rest::template::{Scope, Template};

#[derive(Clone, Copy)]
enum Style {
    None,
    Word(&'static str),
    Basic,
    OAuth,
}

const STYLES: &[(&str, Style)] = &[
    ("none", Style::None),
    ("bearer", Style::Word("Bearer")),
    ("apikey", Style::Word("Apikey")),
    ("basic", Style::Basic),
    ("oauth2", Style::OAuth),
];

pub(super) fn read(table: Option<Section<'_>>, names: &Names<'_>) -> Result<Auth, ConfigError> {
    let Some(mut table) = table else {
        return Ok(Auth::None);
    };
    let fix = "write one of: none, bearer, apikey, basic, oauth2";
    let style = table.require("style", fix)?.word(STYLES)?;
    let secret_fix = "name a secret of [source.secrets]: secret = \"token\"";
    let auth = match style {
        Style::None => Auth::None,
        Style::Word(word) => Auth::Word {
            word,
            secret: names.secret(&table.require("secret", secret_fix)?)?,
        },
        Style::Basic => {
            let user = table.require("user", "write the user name: user = \"…\"")?;
            Auth::Basic {
                user: user.text()?.into(),
                secret: names.secret(&table.require("secret", secret_fix)?)?,
            }
        }
        Style::OAuth => Auth::OAuth(oauth(&mut table, names)?),
    };
    table.finish()?;
    Ok(auth)
}

fn oauth(table: &mut Section<'_>, names: &Names<'_>) -> Result<OAuth, ConfigError> {
    let fix = "write the path of the token below base_url: path = \"/oauth/token\"; or the whole \
        address, where another host gives tokens: token_url = \"https://…\"";
    let (path, url) = token_place(table, names, fix)?;
    let grants = [("client_credentials", false), ("password", true)];
    let fix = "write grant = \"client_credentials\" or \"password\"";
    let by_password = table.require("grant", fix)?.word(&grants)?;
    let id_fix = "write the client's id: client_id = \"…\"";
    let id: Box<str> = table.require("client_id", id_fix)?.text()?.into();
    let secret = table.get("client_secret");
    let secret = secret.map(|item| names.secret(&item)).transpose()?;
    let mut fields = Vec::new();
    let grant = if by_password {
        "password"
    } else {
        "client_credentials"
    };
    fields.push(fixed("grant_type", grant));
    let places = [("basic", true), ("body", false)];
    let client = table.get("client").map(|item| item.word(&places));
    let basic = match (client.transpose()?.unwrap_or(false), secret) {
        (true, Some(secret)) => Some((id, secret)),
        (true, None) => {
            let fix = "name a secret of [source.secrets]: client_secret = \"…\"";
            return Err(table.fail("source.auth.client_secret is missing".to_owned(), fix));
        }
        (false, secret) => {
            fields.push(fixed("client_id", &id));
            fields.extend(secret.map(|name| by_reference("client_secret", &name)));
            None
        }
    };
    if by_password {
        let user = table.require("username", "write the user name: username = \"…\"")?;
        fields.push(fixed("username", user.text()?));
        let fix = "name a secret of [source.secrets]: password = \"…\"";
        let name = names.secret(&table.require("password", fix)?)?;
        fields.push(by_reference("password", &name));
    }
    if let Some(scope) = table.get("scope") {
        fields.push(fixed("scope", scope.text()?));
    }
    let at = |item: Option<crate::config::section::Item<'_>>, otherwise: &str| match item {
        Some(item) => pointer(&item),
        None => Ok(Pointer::parse(otherwise).unwrap_or_else(Pointer::whole)),
    };
    let span = |raw: &str| forms::duration(raw);
    let margin = table
        .get("margin")
        .map(|item| item.parse(DURATION_FORM, span));
    let send = table.get("send");
    let send = send.map(|item| item.word(&[("form", false), ("json", true)]));
    Ok(OAuth {
        path,
        url,
        as_json: send.transpose()?.unwrap_or(false),
        fields,
        basic,
        token: at(table.get("token"), "/access_token")?,
        expires: at(table.get("expires"), "/expires_in")?,
        margin: margin.transpose()?.unwrap_or(MARGIN),
    })
}

/// Where tokens are given: a path below the base address, or a whole address that is written down.
fn token_place(
    table: &mut Section<'_>,
    names: &Names<'_>,
    fix: &str,
) -> Result<(Template, Option<Box<str>>), ConfigError> {
    let nothing = Scope {
        names: &[],
        ..names.of_request(false)
    };
    let url = table.get("token_url");
    let url: Option<Box<str>> = url.map(|item| item.text().map(Into::into)).transpose()?;
    let path = match (&url, table.get("path")) {
        (None, Some(item)) => path(&item, nothing)?,
        (Some(_), None) => Template::fixed(""),
        (Some(_), Some(item)) => {
            let message = "source.auth has both path and token_url".to_owned();
            return Err(item.fail(message, "keep one of path and token_url"));
        }
        (None, None) => return Err(table.fail("source.auth.path is missing".to_owned(), fix)),
    };
    Ok((path, url))
}

fn fixed(name: &str, value: &str) -> Field {
    Field {
        name: name.into(),
        value: Template::fixed(value),
        is_number: false,
    }
}

fn by_reference(name: &str, secret: &str) -> Field {
    Field {
        name: name.into(),
        value: Template::secret(secret),
        is_number: false,
    }
}
