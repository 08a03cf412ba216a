//! What stands behind a transport error.

use std::error::Error as StdError;

pub(super) fn tls_detail(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(why) => format!("certificate: {why}"),
        rustls::Error::AlertReceived(alert) => format!("alert {alert:?}"),
        rustls::Error::InvalidMessage(_) => "the other side does not speak TLS".to_owned(),
        rustls::Error::PeerIncompatible(_) => "TLS 1.2 or newer is needed".to_owned(),
        _ => "handshake failed".to_owned(),
    }
}

/// The first error of type `E` in a chain, also inside an I/O error.
pub(super) fn cause<'e, E: StdError + 'static>(
    error: &'e (dyn StdError + 'static),
) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| inner.downcast_ref::<E>()) {
            return Some(found);
        }
        next = current.source();
    }
    None
}
