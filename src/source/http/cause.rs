//! What stands behind a transport error.

use std::error::Error as StdError;

use rustls::{CertificateError, Error};

/// A TLS error in the words of an operator.
pub(super) fn tls_detail(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(why) => match why {
            CertificateError::UnknownIssuer => "certificate of an unknown issuer",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "certificate is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "certificate for another host name"
            }
            _ => "certificate is not valid",
        },
        Error::InvalidMessage(_) => "the other side does not speak TLS",
        Error::PeerIncompatible(_) => "TLS 1.2 or newer is needed",
        _ => "handshake failed",
    }
}

/// The first error of type `E` in a chain. An I/O error's own `source` skips the error that it
/// wraps, so that one is looked at first.
pub(super) fn cause<'e, E: StdError + 'static>(
    error: &'e (dyn StdError + 'static),
) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let io = current.downcast_ref::<std::io::Error>();
        let wrapped = io.and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    None
}
