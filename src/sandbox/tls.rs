//! The simulators behind TLS: with a good certificate, and with everything that a client must not
//! accept. What comes through a good connection is handed to the plain front on loopback.
//!
//! The certificates are invented and open nothing: they name `localhost` and stand, with their
//! keys, in `fixtures/tls`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/tls/", $name))
    };
}

/// How the simulators speak TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsMode {
    /// Its word.
    pub name: &'static str,
    /// What a client meets.
    pub what: &'static str,
    /// True where a client that trusts [`Self::ca`] must go on; else it must send nothing.
    pub good: bool,
    /// The certificate authority that the client is told to trust, as PEM.
    pub ca: &'static str,
    side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// A certificate and its key.
    Serve(&'static str, &'static str),
    /// Nothing newer than TLS 1.0.
    Old,
    /// No TLS at all.
    Plain,
}

const KEY: &str = fixture!("other.key");
const CA: &str = fixture!("ca.pem");
const OTHER_CA: &str = fixture!("other-ca.pem");

/// Every mode.
pub const TLS_MODES: &[TlsMode] = &[
    TlsMode {
        name: "good",
        what: "a certificate for localhost by the authority of --ca-file",
        good: true,
        ca: CA,
        side: Side::Serve(fixture!("server.pem"), fixture!("server.key")),
    },
    TlsMode {
        name: "selfsigned",
        what: "a certificate that signs itself",
        good: false,
        ca: CA,
        side: Side::Serve(fixture!("selfsigned.pem"), KEY),
    },
    TlsMode {
        name: "expired",
        what: "a certificate that ended in 2021",
        good: false,
        ca: OTHER_CA,
        side: Side::Serve(fixture!("expired.pem"), KEY),
    },
    TlsMode {
        name: "wronghost",
        what: "a certificate for another host",
        good: false,
        ca: OTHER_CA,
        side: Side::Serve(fixture!("wronghost.pem"), KEY),
    },
    TlsMode {
        name: "untrusted",
        what: "a certificate by an authority that is not in --ca-file",
        good: false,
        ca: OTHER_CA,
        side: Side::Serve(fixture!("server.pem"), fixture!("server.key")),
    },
    TlsMode {
        name: "tls10",
        what: "nothing newer than TLS 1.0",
        good: false,
        ca: CA,
        side: Side::Old,
    },
    TlsMode {
        name: "plaintext",
        what: "no TLS behind an https address",
        good: false,
        ca: CA,
        side: Side::Plain,
    },
];

impl TlsMode {
    /// A mode by its word.
    pub fn named(name: &str) -> Option<Self> {
        TLS_MODES.iter().find(|mode| mode.name == name).copied()
    }

    /// What the certificate and key of this mode make.
    fn acceptor(self) -> io::Result<Option<TlsAcceptor>> {
        let Side::Serve(certificate, key) = self.side else {
            return Ok(None);
        };
        let certificates = CertificateDer::pem_slice_iter(certificate.as_bytes());
        let certificates = certificates.collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(io::Error::other)?;
        Ok(Some(TlsAcceptor::from(Arc::new(config))))
    }
}

/// The front of a mode; `inner` is where the simulators listen without TLS.
pub(super) struct Front {
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    old: bool,
    inner: SocketAddr,
}

impl Front {
    /// Ready to serve.
    pub(super) fn new(listener: TcpListener, mode: TlsMode, inner: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            listener,
            acceptor: mode.acceptor()?,
            old: mode.side == Side::Old,
            inner,
        })
    }

    /// Serves until the task is aborted.
    pub(super) async fn serve(self) {
        while let Ok((stream, _)) = self.listener.accept().await {
            let (acceptor, old, inner) = (self.acceptor.clone(), self.old, self.inner);
            tokio::spawn(async move {
                // a client that does not accept what it meets leaves
                let _left = one(stream, acceptor, old, inner).await;
            });
        }
    }
}

async fn one(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    old: bool,
    inner: SocketAddr,
) -> io::Result<()> {
    if old {
        return of_1999(stream).await;
    }
    let Some(acceptor) = acceptor else {
        return plain(stream).await;
    };
    let mut stream = acceptor.accept(stream).await?;
    let mut behind = TcpStream::connect(inner).await?;
    copy_bidirectional(&mut stream, &mut behind).await?;
    Ok(())
}

/// Answers whatever comes as a web server does that knows no TLS.
async fn plain(mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = [0; 4096];
    if stream.read(&mut bytes).await? > 0 {
        let answer = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).await?;
    }
    stream.shutdown().await
}

/// Answers whatever is offered with a `ServerHello` of version 3.1 (RFC 2246 7.4.1.3): no session,
/// `TLS_RSA_WITH_AES_128_CBC_SHA`, no compression.
async fn of_1999(mut stream: TcpStream) -> io::Result<()> {
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await? > 0 {
        stream.write_all(&hello).await?;
    }
    Ok(())
}
