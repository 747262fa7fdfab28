#!/bin/sh
# The way into the stand-in for the image apache/kafka: Kafka's own wrapper makes the configuration of the mounted file and of the
# variables KAFKA_…, and formats the storage under CLUSTER_ID.
set -eu
CONFIG=/opt/kafka/config
JAVA="${KAFKA_HEAP_OPTS:--Xms256m -Xmx512m} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.level=WARN"
# shellcheck disable=SC2086
if ! said=$(java $JAVA -cp '/opt/kafka/libs/*' kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
    --mounted-configs-dir /mnt/shared/config --final-configs-dir $CONFIG 2>&1); then
    case $said in *"already formatted"*) ;; *) echo "$said" >&2; exit 1 ;; esac
fi
# shellcheck disable=SC2086
exec java $JAVA -cp '/opt/kafka/libs/*' kafka.Kafka $CONFIG/server.properties
