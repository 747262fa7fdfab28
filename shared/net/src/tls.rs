//! TLS: who is believed, and failures in plain words.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{AlertDescription, CertificateError, ClientConfig, Error};
use rustls_platform_verifier::Verifier;

use crate::config::NetConfig;
use crate::error::NetError;

/// Believes the system's authorities and the operator's own. Made once a client: reading the system's takes milliseconds.
pub(crate) fn client(config: &NetConfig) -> Result<ClientConfig, NetError> {
    // Somebody else in the process may have installed a provider already: that one serves.
    let _ = ring::default_provider().install_default();
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    let setup = |e: Error| NetError::Setup(e.to_string());
    let verifier = Verifier::new_with_extra_roots(authorities(config)?, provider.clone()).map_err(setup)?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// The operator's own authorities.
fn authorities(config: &NetConfig) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let Some(path) = &config.ca_file else { return Ok(Vec::new()) };
    let wrong = |why: String| NetError::BadCa { path: path.display().to_string(), why };
    let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|e| wrong(e.to_string()))?;
    if found.is_empty() { Err(wrong("no certificate in it".to_owned())) } else { Ok(found) }
}

/// What is wrong, and what to do.
pub(crate) fn words(error: &Error) -> String {
    let text = match error {
        Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired; its operator must renew it (or is this machine's clock wrong?)"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet; is this machine's clock right?"
            }
            CertificateError::UnknownIssuer => {
                "its certificate comes from an authority that this machine does not know; either the server does not send the whole chain, or the authority is private: name its certificate in net.ca_file"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another host; check the address"
            }
            CertificateError::Revoked => "its certificate was revoked; its operator must get a new one",
            other => return format!("its certificate is not believed ({other})"),
        },
        Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        )
        | Error::PeerIncompatible(_) => {
            "it speaks only versions or ciphers of TLS that are not safe; TLS 1.2 and 1.3 are spoken here"
        }
        Error::InvalidMessage(_) => "what answers there does not speak TLS; is it an http: address?",
        other => return format!("the handshake failed ({other})"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_plain_words() {
        for (error, part) in [
            (Error::InvalidCertificate(CertificateError::Expired), "renew"),
            (Error::InvalidCertificate(CertificateError::NotValidYet), "clock"),
            (Error::InvalidCertificate(CertificateError::UnknownIssuer), "ca_file"),
            (Error::InvalidCertificate(CertificateError::NotValidForName), "another host"),
            (Error::InvalidCertificate(CertificateError::Revoked), "revoked"),
            (Error::InvalidCertificate(CertificateError::BadSignature), "not believed"),
            (Error::AlertReceived(AlertDescription::ProtocolVersion), "TLS 1.2 and 1.3"),
            (Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType), "http: address"),
            (Error::DecryptError, "handshake failed"),
        ] {
            assert!(words(&error).contains(part), "{error}");
        }
    }
}
