//! What keeps a client from its brokers: said by librdkafka beside the calls, which only run out of time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::error::BusError;

/// The last trouble of one client.
#[derive(Debug, Default)]
pub(super) struct Trouble(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    /// What does not go away by itself, in a sentence, and since when.
    lasting: Option<(String, Instant)>,
    /// The last reason of any kind.
    last: Option<String>,
}

impl Trouble {
    /// Notes what librdkafka tells.
    pub fn note(&self, error: &KafkaError, reason: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sentence) = lasting(error.rdkafka_error_code(), reason)
            && noted.lasting.as_ref().is_none_or(|(known, _)| *known != sentence)
        {
            // Once, and loudly: whatever is tried again meanwhile is tried in vain.
            tracing::error!("{sentence}");
            noted.lasting = Some((sentence, Instant::now()));
        }
        // This one only follows from the others.
        if error.rdkafka_error_code() != Some(Code::AllBrokersDown) {
            noted.last = Some(reason.to_owned());
        }
    }

    /// What does not go away, where it was noted this long ago: a broker of several may be wrong while others answer.
    pub fn lasting(&self, since: std::time::Duration) -> Option<BusError> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (sentence, at) = noted.lasting.as_ref()?;
        (at.elapsed() >= since).then(|| BusError::Config(sentence.clone()))
    }

    /// A call has worked.
    pub fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Noted::default();
    }

    /// The same error, said by its cause.
    pub fn explain(&self, error: BusError) -> BusError {
        let BusError::Unavailable(what) = error else { return error };
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (&noted.lasting, &noted.last) {
            (Some((sentence, _)), _) => BusError::Config(sentence.clone()),
            (None, Some(last)) => BusError::Unavailable(format!("{what}: {last}")),
            (None, None) => BusError::Unavailable(what),
        }
    }
}

/// A sentence where trying again does not help: a login that is refused, a certificate that is not accepted.
fn lasting(code: Option<Code>, reason: &str) -> Option<String> {
    let what = match code? {
        Code::Authentication | Code::SaslAuthenticationFailed => {
            "Kafka refuses the login: look at sasl_username, sasl_password (or its file) and sasl_mechanism in [bus.kafka]"
        }
        Code::SSL if reason.contains("verify") || reason.contains("unknown ca") => {
            "the certificate of a Kafka broker is not accepted: ssl_ca_file in [bus.kafka] must name the authority that signed it, and \
             bootstrap_servers the host that is in it"
        }
        Code::SSL if reason.contains("PLAINTEXT") => {
            "a Kafka broker speaks no TLS at this port: look at security_protocol and bootstrap_servers in [bus.kafka]"
        }
        // TLS 1.3 tells it after the handshake, when it looks like any other lost connection.
        Code::SSL | Code::BrokerTransportFailure
            if reason.contains("alert") && reason.contains("certificate") =>
        {
            "a Kafka broker refuses this client's certificate, or gets none: look at ssl_certificate_file and ssl_key_file in [bus.kafka]"
        }
        _ => return None,
    };
    Some(format!("{what} ({reason})"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn noted(code: Code, reason: &str) -> BusError {
        let trouble = Trouble::default();
        trouble.note(&KafkaError::Global(code), reason);
        trouble.note(&KafkaError::Global(Code::AllBrokersDown), "1/1 brokers are down");
        trouble.explain(BusError::Unavailable("Kafka: timed out".to_owned()))
    }

    #[test]
    fn what_does_not_go_away_is_said_with_what_to_do() {
        for (code, reason, part) in [
            (Code::Authentication, "SASL authentication error: invalid credentials", "sasl_password"),
            (Code::SSL, "SSL handshake failed: certificate verify failed", "ssl_ca_file"),
            (Code::SSL, "Disconnected: connecting to a PLAINTEXT broker listener?", "security_protocol"),
            (Code::SSL, "SSL handshake failed: tlsv13 alert certificate required", "ssl_certificate_file"),
            (
                Code::BrokerTransportFailure,
                "Receive failed: sslv3 alert bad certificate",
                "ssl_certificate_file",
            ),
        ] {
            let error = noted(code, reason);
            assert!(!error.is_transient(), "{error}");
            assert!(error.to_string().contains(part) && error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn what_goes_away_stays_transient_and_has_its_reason() {
        let error = noted(Code::BrokerTransportFailure, "Connect to 127.0.0.1:9 failed: Connection refused");
        assert!(error.is_transient());
        assert!(
            error.to_string().contains("Connection refused")
                && !error.to_string().contains("brokers are down")
        );
    }

    #[test]
    fn a_call_that_works_ends_it() {
        let trouble = Trouble::default();
        trouble.note(&KafkaError::Global(Code::Authentication), "x");
        assert!(trouble.lasting(Duration::ZERO).is_some());
        assert!(trouble.lasting(Duration::from_secs(60)).is_none(), "not at once: other brokers may answer");
        trouble.over();
        assert!(trouble.lasting(Duration::ZERO).is_none());
    }
}
