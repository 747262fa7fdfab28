//! What a Kafka error means for the bus.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::error::BusError;

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
        Some(
            Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::TransactionalIdAuthorizationFailed
            | Code::SaslAuthenticationFailed
            | Code::UnsupportedSASLMechanism
            | Code::InvalidTopic
            | Code::InvalidReplicationFactor
            | Code::InvalidConfig
            | Code::PolicyViolation,
        ) => BusError::Config(format!("Kafka: {error}")),
        _ => BusError::Unavailable(format!("Kafka: {error}")),
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
