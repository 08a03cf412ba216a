//! Why a server's certificate was not accepted: not trusted, of another name, or not of today. What
//! speaks for us over TLS tells it as a connection that failed.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

/// The key of what is the matter with the certificate, or with the TLS connection; none where the
/// error is of something else.
pub(super) fn refused(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<TlsError>() {
            return Some(key(found));
        }
        // the error inside of one of these is not its source
        if let Some(inner) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            let inner: &(dyn Error + 'static) = inner;
            if let Some(key) = refused(inner) {
                return Some(key);
            }
        }
        next = error.source();
    }
    None
}

fn key(error: &TlsError) -> &'static str {
    let TlsError::InvalidCertificate(why) = error else {
        return "notify-tls";
    };
    match why {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "notify-tls-name"
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => "notify-tls-expired",
        _ => "notify-tls-untrusted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_matter_is_found_inside_of_other_errors() {
        let check = |why: CertificateError, key: &str| {
            let error = io::Error::new(
                io::ErrorKind::InvalidData,
                TlsError::InvalidCertificate(why),
            );
            assert_eq!(refused(&io::Error::other(error)), Some(key));
        };
        check(CertificateError::UnknownIssuer, "notify-tls-untrusted");
        check(CertificateError::NotValidForName, "notify-tls-name");
        check(CertificateError::Expired, "notify-tls-expired");
        let closed = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(refused(&closed), None);
        let other = io::Error::other(TlsError::HandshakeNotComplete);
        assert_eq!(refused(&other), Some("notify-tls"));
    }
}
