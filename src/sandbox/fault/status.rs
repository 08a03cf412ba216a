//! Answers instead of the right one: status codes, retry hints, redirects, errors inside a 200.

use serde_json::json;

use super::{Act, Hint, RedirectAct, StatusAct};
use crate::sandbox::wire::{Reply, Request};
use crate::sandbox::world::World;
use crate::sandbox::{casso, igate, sepay, sepay2};

/// Part of a path that only a followed redirect can ask for.
pub(crate) const MOVED: &str = "/__moved";

/// The answer that the fault gives in place of the provider's, if it is of that kind.
pub(crate) fn refuse(
    world: &World,
    provider: &'static str,
    request: &Request,
    act: Act,
) -> Option<Reply> {
    match act {
        Act::Status(act) => status(world, provider, act),
        Act::Redirect(act) => Some(redirect(world, provider, request, act)),
        _ => None,
    }
}

fn status(world: &World, provider: &'static str, act: StatusAct) -> Option<Reply> {
    match act {
        StatusAct::TooMany(hint) => Some(too_many(world, provider, hint)),
        StatusAct::RateLimit => {
            let checked_elsewhere = matches!(provider, "sepay" | "sepay2") && world.rate_limited();
            if checked_elsewhere || world.within_rate(provider, true) {
                return None;
            }
            Some(too_many(world, provider, Hint::Seconds(1)))
        }
        StatusAct::Json(code) => {
            let body = json!({"error": code, "message": "simulated failure"});
            Some(Reply::json(code, &body))
        }
        StatusAct::Html(code) => Some(html(code)),
        StatusAct::Unavailable => {
            world.ask_patience(provider, 2);
            Some(html(503).with("Retry-After", "2"))
        }
        StatusAct::NoContent => Some(Reply {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        }),
        StatusAct::ErrorInside => match provider {
            "casso" => Some(Reply::json(200, &casso::error_inside())),
            "sepay" => Some(Reply::json(200, &sepay::error_inside())),
            "igate" => Some(Reply::json(200, &igate::error_inside())),
            "sepay2" => Some(Reply::json(200, &sepay2::error_inside())),
            _ => None, // a gateway's error may be signed: its simulator gives it
        },
    }
}

fn html(code: u16) -> Reply {
    let page = format!("<html><head><title>{code}</title></head><body>nginx</body></html>");
    Reply::new(code, "text/html", page.into_bytes())
}

fn too_many(world: &World, provider: &'static str, hint: Hint) -> Reply {
    let reply = Reply::json(429, &json!({"error": 429, "message": "Too Many Requests"}));
    let header = if provider == "sepay" {
        sepay::RETRY_HEADER
    } else {
        "Retry-After"
    };
    match hint {
        Hint::None => reply,
        Hint::Text(text) => reply.with(header, text),
        Hint::Seconds(seconds) => {
            world.ask_patience(provider, seconds);
            reply.with(header, &seconds.to_string())
        }
        Hint::Date(ahead) => {
            world.ask_patience(provider, ahead.unsigned_abs());
            reply.with("Retry-After", &world.clock.http_date(ahead))
        }
    }
}

fn redirect(world: &World, provider: &str, request: &Request, act: RedirectAct) -> Reply {
    let path = &request.path;
    let (code, location) = match act {
        RedirectAct::Same => {
            let rest = path.strip_prefix(&format!("/{provider}")).unwrap_or(path);
            (307, format!("/{provider}{MOVED}{rest}"))
        }
        RedirectAct::Other => (302, format!("{}/elsewhere{path}", world.other_origin)),
        RedirectAct::Loop => (302, format!("/{provider}{MOVED}/loop")),
        RedirectAct::File => (302, "file:///etc/hostname".to_owned()),
        RedirectAct::Metadata => (302, "http://169.254.169.254/latest/".to_owned()),
    };
    Reply::new(code, "text/plain", b"moved".to_vec()).with("Location", &location)
}
