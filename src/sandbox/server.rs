//! The front on the wire: one request in, the provider's answer or a fault out.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::district::dice::Dice;
use super::fault::{self, Act, BodyAct, HeaderAct, StatusAct, TransportAct, transport};
use super::wire::{Reply, Request, read_request};
use super::world::World;
use super::{ALL, control};

/// Seconds by which `clock_skew` is ahead.
const SKEW_SECONDS: i64 = 86_400;
/// How often chaos strikes, in thousandths.
const CHAOS_PERMILLE: u32 = 350;

/// An answer and how to send it.
struct Outgoing {
    reply: Reply,
    date: String,
    transport: Option<TransportAct>,
}

/// Serves the simulators until the task is aborted.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let world = Arc::clone(&world);
        connections.spawn(async move {
            // A client that leaves, or that we threw out, is no failure of the sandbox.
            let _left = connection(stream, &world).await;
        });
    }
}

/// Serves "another host": notes who followed a redirect there and what it brought along.
pub(crate) async fn serve_elsewhere(listener: TcpListener, world: Arc<World>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut pending = Vec::new();
        if let Ok(Some(request)) = read_request(&mut stream, &mut pending).await {
            note_followed(&world, &request);
            let reply = Reply::new(200, "application/json", b"{}".to_vec());
            let _left = stream
                .write_all(&reply.bytes(&world.clock.http_date(0)))
                .await;
        }
    }
}

async fn connection(mut stream: TcpStream, world: &World) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut pending = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut pending).await? {
        let outgoing = prepare(world, &request);
        if let Some(act) = outgoing.transport {
            return transport::send(act, &mut stream, &outgoing.reply, &outgoing.date).await;
        }
        stream
            .write_all(&outgoing.reply.bytes(&outgoing.date))
            .await?;
        if request
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
        {
            break;
        }
    }
    stream.shutdown().await
}

fn prepare(world: &World, request: &Request) -> Outgoing {
    let plain = |reply| Outgoing {
        reply,
        date: world.clock.http_date(0),
        transport: None,
    };
    if request.path.starts_with("/__") {
        return plain(control::answer(world, request));
    }
    let first = request.path.split('/').nth(1).unwrap_or_default();
    let Some(provider) = ALL.iter().find(|provider| provider.name == first) else {
        return plain(Reply::new(404, "text/plain", b"no such provider".to_vec()));
    };
    world.note(provider.name, request);
    if request.path.contains(fault::MOVED) {
        note_followed(world, request);
    }
    let of_order = world.fault_of_order(provider.name, request);
    let act = of_order.or_else(|| world.take_fault(provider.name));
    let act = if act == Some(Act::Chaos) {
        chaos(world)
    } else {
        act
    };
    let refusal = act.and_then(|act| fault::refuse(world, provider.name, request, act));
    let reply = refusal.unwrap_or_else(|| (provider.answer)(world, request, act));
    let mut outgoing = plain(reply);
    match act {
        Some(Act::Transport(act)) => outgoing.transport = Some(act),
        Some(Act::Body(act)) => outgoing.reply = fault::spoil(act, outgoing.reply),
        Some(Act::Header(HeaderAct::ClockSkew)) => {
            outgoing.date = world.clock.http_date(SKEW_SECONDS);
        }
        Some(Act::Header(HeaderAct::SetCookie)) => outgoing.reply = cookies(outgoing.reply),
        _ => {}
    }
    outgoing
}

fn cookies(reply: Reply) -> Reply {
    reply
        .with(
            "Set-Cookie",
            "session=stolen; Domain=127.0.0.1; Path=/; Max-Age=99999999",
        )
        .with("Set-Cookie", "Authorization=Bearer%20other")
        .with("Link", "<http://169.254.169.254/latest/>; rel=preconnect")
        .with("Refresh", "0; url=http://169.254.169.254/")
}

/// One of nine transient ways to fail, or none; the seed and the number of the request decide.
fn chaos(world: &World) -> Option<Act> {
    let asked = world.desk().asked;
    let mut dice = Dice::new(world.district.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ asked);
    if !dice.chance(CHAOS_PERMILLE) {
        return None;
    }
    let ways = [
        Act::Transport(TransportAct::Reset),
        Act::Transport(TransportAct::ResetMidBody),
        Act::Transport(TransportAct::ShortBody),
        Act::Transport(TransportAct::Garbage),
        Act::Transport(TransportAct::BadChunked),
        Act::Status(StatusAct::Json(500)),
        Act::Status(StatusAct::Html(502)),
        Act::Status(StatusAct::Html(504)),
        Act::Body(BodyAct::Truncated),
    ];
    Some(*dice.pick(&ways))
}

/// Notes a request at a redirect's target.
fn note_followed(world: &World, request: &Request) {
    // Bodies are signed or hold an identity; nothing of either may follow a redirect.
    let in_query = ["vnp_SecureHash", "secure_hash"].map(|name| request.param(name).is_some());
    let signed = !request.body.is_empty() || in_query.contains(&true);
    let keys = ["authorization", "x-api-key", "x-client-id"];
    let leaked = signed || keys.iter().any(|key| request.header(key).is_some());
    let mut desk = world.desk();
    desk.counters.redirect_followed += 1;
    desk.counters.leaked_credentials += u64::from(leaked);
}
