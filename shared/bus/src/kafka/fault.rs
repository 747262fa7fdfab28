//! What a Kafka error means for the bus.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::error::BusError;

/// What helps against a right that is missing.
const REMEDY: &str =
    "give it the rights that `wiredesk acls` prints for its service, or log in as that service";

/// A client that cannot be made as configured.
pub(super) fn config(error: KafkaError) -> BusError {
    BusError::Config(format!("Kafka: {error}"))
}

/// Any other failure.
pub(super) fn bus(error: KafkaError, topic: &str) -> BusError {
    match error.rdkafka_error_code() {
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => {
            BusError::NoTopic(topic.to_owned())
        }
        Some(code @ (Code::TopicAuthorizationFailed | Code::GroupAuthorizationFailed)) => {
            let what = if code == Code::GroupAuthorizationFailed { "the group that reads" } else { "topic" };
            BusError::Config(format!(
                "Kafka allows this principal less than it needs of {what} {topic} ({error}); {REMEDY}"
            ))
        }
        Some(Code::ClusterAuthorizationFailed | Code::TransactionalIdAuthorizationFailed) => {
            BusError::Config(format!("Kafka allows this principal less than it needs ({error}); {REMEDY}"))
        }
        Some(Code::SaslAuthenticationFailed | Code::Authentication) => BusError::Config(format!(
            "Kafka refuses the login ({error}); look at sasl_username, sasl_password (or its file) and sasl_mechanism in [bus.kafka]"
        )),
        Some(
            Code::UnsupportedSASLMechanism
            | Code::InvalidTopic
            | Code::InvalidReplicationFactor
            | Code::InvalidConfig
            | Code::PolicyViolation,
        ) => BusError::Config(format!("Kafka: {error}")),
        _ => BusError::Unavailable(format!("Kafka: {error}")),
    }
}

/// The same of a publisher, which has an id besides.
pub(super) fn publishing(error: KafkaError, id: &str) -> BusError {
    match error.rdkafka_error_code() {
        Some(Code::TransactionalIdAuthorizationFailed) => BusError::Config(format!(
            "Kafka does not let this principal hold the transactional id {id} ({error}); {REMEDY}"
        )),
        _ => bus(error, ""),
    }
}

/// Does it say that another member has the partitions now, or soon will?
pub(super) fn lost_membership(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::IllegalGeneration
                | Code::UnknownMemberId
                | Code::RebalanceInProgress
                | Code::FencedInstanceId
                | Code::FencedMemberEpoch
                | Code::AssignmentLost
        )
    )
}

/// Does it say that a newer producer has the transactional id?
pub(super) fn lost_fence(error: &KafkaError) -> bool {
    error.rdkafka_error_code().is_some_and(is_fence)
}

/// The same, of a code.
pub(super) fn is_fence(code: Code) -> bool {
    matches!(
        code,
        Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch | Code::TransactionCoordinatorFenced
    )
}
