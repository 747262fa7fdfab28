#!/bin/sh
# A private single-node Apache Kafka (KRaft) on loopback: `kafka.sh start DIR PORT`, `kafka.sh stop DIR`.
# Needs java 17 or newer and mvn. The jars come from Maven Central into KAFKA_CACHE (default: DIR/libs), once.
# KAFKA_PROPERTIES: further lines of server.properties. KAFKA_FORMAT: further arguments for the storage's format (--add-scram …).
set -eu

usage() { echo "usage: kafka.sh start DIR PORT | stop DIR" >&2; exit 2; }
[ $# -ge 2 ] || usage
COMMAND=$1
mkdir -p "$2"
DIR=$(cd "$2" && pwd)
VERSION=${KAFKA_VERSION:-4.4.0}
LIBS=${KAFKA_CACHE:-$DIR/libs}
JAVA="-Xms128m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"

alive() { [ -f "$DIR/kafka.pid" ] && kill -0 "$(cat "$DIR/kafka.pid")" 2>/dev/null; }

fetch() { # Kafka's jars, by a throwaway Maven project
    [ -f "$LIBS/.ok-$VERSION" ] && return
    for tool in java mvn; do
        command -v $tool >/dev/null || { echo "Kafka needs $tool: on Debian or Ubuntu, apt-get install default-jdk-headless maven" >&2; exit 1; }
    done
    rm -rf "$LIBS"; mkdir -p "$LIBS"; LIBS=$(cd "$LIBS" && pwd)
    dependency() { echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version></dependency>"; }
    echo "<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>$(dependency org.apache.kafka kafka_2.13 "$VERSION")$(dependency org.apache.logging.log4j log4j-slf4j-impl 2.25.5)</dependencies></project>" >"$LIBS/pom.xml"
    (cd "$LIBS" && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$LIBS" -DincludeScope=runtime)
    touch "$LIBS/.ok-$VERSION"
}

case $COMMAND in
fetch) fetch ;;
start)
    PORT=${3:?usage: kafka.sh start DIR PORT}
    CONTROLLER=$((PORT + 1))
    fetch
    LIBS=$(cd "$LIBS" && pwd)
    alive && exit 0
    cd "$DIR"
    cat >server.properties <<CONFIG
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$CONTROLLER
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$DIR/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
${KAFKA_PROPERTIES:-}
CONFIG
    if [ ! -f data/meta.properties ]; then
        mkdir -p data
        ID=$(java $JAVA -cp "$LIBS/*" kafka.tools.StorageTool random-uuid 2>/dev/null | tail -n 1)
        java $JAVA -cp "$LIBS/*" kafka.tools.StorageTool format --standalone -t "$ID" -c server.properties ${KAFKA_FORMAT:-} >format.log 2>&1 ||
            { cat format.log >&2; exit 1; }
    fi
    # A session of its own: Ctrl-C in the terminal is for wiredesk, which drains before Kafka is stopped.
    setsid java $JAVA -cp "$LIBS/*" kafka.Kafka server.properties >kafka.log 2>&1 </dev/null &
    echo $! >kafka.pid
    tries=0
    until bash -c "exec 3<>/dev/tcp/127.0.0.1/$PORT" 2>/dev/null; do
        tries=$((tries + 1))
        if ! alive || [ $tries -gt 300 ]; then
            echo "Kafka did not start; the end of $DIR/kafka.log:" >&2
            tail -n 20 kafka.log >&2
            exit 1
        fi
        sleep 0.2
    done
    ;;
stop)
    if alive; then
        kill "$(cat "$DIR/kafka.pid")" 2>/dev/null || true
        tries=0
        while alive && [ $tries -lt 150 ]; do tries=$((tries + 1)); sleep 0.2; done
        alive && kill -9 "$(cat "$DIR/kafka.pid")" 2>/dev/null
    fi
    rm -f "$DIR/kafka.pid"
    ;;
*) usage ;;
esac
