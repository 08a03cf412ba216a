//! Stands between the program and one simulator and changes answers on their way.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use std::sync::Arc;

use crate::town::Town;

/// Changes a body; given the request's first line.
type Change = Arc<dyn Fn(&str, String) -> String + Send + Sync>;

/// A proxy on loopback.
pub(super) struct Proxy {
    port: u16,
    upstream: u16,
}

impl Proxy {
    /// Changes the bodies of a town's simulators; each answer has the length it claims.
    pub(super) async fn before(
        town: &Town,
        change: impl Fn(&str, String) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, upstream) = (
            listener.local_addr().unwrap().port(),
            town.sandbox.address().port(),
        );
        let change: Change = Arc::new(change);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that leaves early is no failure of the proxy.
                drop(tokio::spawn(forward(stream, upstream, Arc::clone(&change))));
            }
        });
        Self { port, upstream }
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Puts itself before the simulator of `provider` in a configuration.
    pub(super) fn in_front_of(&self, provider: &str, toml: &str) -> String {
        let at = |port: u16| format!("http://127.0.0.1:{port}/{provider}\"");
        let through = toml.replace(&at(self.upstream), &at(self.port));
        assert_ne!(through, toml, "{provider} is not in the configuration");
        through
    }
}

/// One request a connection.
async fn forward(mut client: TcpStream, upstream: u16, change: Change) -> std::io::Result<()> {
    let request = whole_request(&mut client).await?;
    let line = request.lines().next().unwrap_or_default().to_owned();
    let (first, rest) = request.split_once("\r\n").unwrap_or((&request, ""));
    let mut server = TcpStream::connect(("127.0.0.1", upstream)).await?;
    server
        .write_all(format!("{first}\r\nconnection: close\r\n{rest}").as_bytes())
        .await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body = change(&line, body.to_owned());
    let kept = |line: &&str| {
        let name = line
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        name != "content-length" && name != "connection"
    };
    let head: Vec<&str> = head.split("\r\n").filter(kept).collect();
    let head = head.join("\r\n");
    let length = body.len();
    let answer = format!("{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}

async fn whole_request(client: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}
