//! Faults of the connection, as they are on the wire.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::TransportAct;
use crate::sandbox::wire::Reply;

/// Headers of `header_flood`.
const FLOOD: usize = 5_000;
/// Bytes of the one header of `header_huge`.
const HUGE_HEADER: usize = 1024 * 1024;
/// How late `slow_reply` begins.
const LATE: Duration = Duration::from_secs(25);
/// Chunks of 64 KiB that make 1 GiB.
const HUGE_CHUNKS: usize = 16 * 1024;

/// Sends `reply` the way the fault wants it. The connection is not used again.
pub(crate) async fn send(
    act: TransportAct,
    stream: &mut TcpStream,
    reply: &Reply,
    date: &str,
) -> io::Result<()> {
    let bytes = reply.bytes(date);
    let head_bytes = bytes.len() - reply.body.len();
    let half = head_bytes + reply.body.len() / 2;
    match act {
        TransportAct::Hang => wait_for_close(stream).await,
        TransportAct::HangBody => {
            stream.write_all(&bytes[..half]).await?;
            wait_for_close(stream).await
        }
        TransportAct::SlowLoris => slowly(stream, &bytes).await,
        TransportAct::Reset => stream.set_zero_linger(),
        TransportAct::ResetMidBody => {
            stream.write_all(&bytes[..half]).await?;
            stream.flush().await?;
            // Lets the half reach the client before the reset throws the rest away.
            tokio::time::sleep(Duration::from_millis(30)).await;
            stream.set_zero_linger()
        }
        TransportAct::Garbage => {
            let garbage =
                b"\x16\x03\x01\x00\xa5SSH-2.0-none\r\n\x00\x01\x02 not http at all\r\n\r\n";
            stream.write_all(garbage).await
        }
        TransportAct::BadChunked => {
            let head = reply.head(date);
            let broken = format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"err\r\nZZZ\r\n");
            stream.write_all(broken.as_bytes()).await
        }
        TransportAct::ShortBody => {
            let length = reply.body.len() + 1_000;
            let head = format!("{}Content-Length: {length}\r\n\r\n", reply.head(date));
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&reply.body).await
        }
        TransportAct::HeaderFlood => {
            let flood: Vec<(String, String)> = (0..FLOOD)
                .map(|at| (format!("X-Flood-{at}"), "1".to_owned()))
                .collect();
            let mut flooded = reply.clone();
            flooded.headers.extend(flood);
            stream.write_all(&flooded.bytes(date)).await
        }
        TransportAct::HeaderHuge => {
            let huge = reply.clone().with("X-Huge", &"a".repeat(HUGE_HEADER));
            stream.write_all(&huge.bytes(date)).await
        }
        TransportAct::Late => {
            tokio::time::sleep(LATE).await;
            stream.write_all(&bytes).await
        }
        TransportAct::HugeBody => huge_body(stream, reply, date).await,
    }
}

/// Says nothing until the client gives up.
async fn wait_for_close(stream: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// One byte a second.
async fn slowly(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// 1 GiB of JSON whitespace in chunks, then the right body.
async fn huge_body(stream: &mut TcpStream, reply: &Reply, date: &str) -> io::Result<()> {
    let head = format!("{}Transfer-Encoding: chunked\r\n\r\n", reply.head(date));
    stream.write_all(head.as_bytes()).await?;
    let mut chunk = b"10000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x10000, b' ');
    chunk.extend(b"\r\n");
    for _ in 0..HUGE_CHUNKS {
        stream.write_all(&chunk).await?;
    }
    stream
        .write_all(format!("{:x}\r\n", reply.body.len()).as_bytes())
        .await?;
    stream.write_all(&reply.body).await?;
    stream.write_all(b"\r\n0\r\n\r\n").await
}
