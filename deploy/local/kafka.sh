#!/bin/sh
# A private Apache Kafka (KRaft) on loopback: `kafka.sh start DIR PORT [BROKERS]`, `kafka.sh stop DIR`.
# Of several brokers, each has a folder DIR/1, DIR/2, … and the ports PORT, PORT+2, …; those that run are left alone.
# Needs java 17 or newer and mvn. The jars come from Maven Central into KAFKA_CACHE (default: DIR/libs), once.
# KAFKA_PROPERTIES: further lines of server.properties. KAFKA_FORMAT: further arguments for the storage's format (--add-scram …).
set -eu

usage() { echo "usage: kafka.sh start DIR PORT [BROKERS] | stop DIR" >&2; exit 2; }
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

cluster() { # PORT BROKERS: all at once, since none serves before most of them are there
    replicas=$2; [ "$replicas" -gt 3 ] && replicas=3
    voters=""; n=1
    while [ $n -le "$2" ]; do voters="$voters${voters:+,}$n@127.0.0.1:$(($1 + 2 * n - 1))"; n=$((n + 1)); done
    starting=""; n=1
    while [ $n -le "$2" ]; do
        KAFKA_NODE=$n KAFKA_CACHE=$LIBS KAFKA_PROPERTIES="node.id=$n
controller.quorum.voters=$voters
controller.quorum.bootstrap.servers=
default.replication.factor=$replicas
min.insync.replicas=$((replicas - 1))
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$((replicas - 1))
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$((replicas - 1))
${KAFKA_PROPERTIES:-}" "$0" start "$DIR/$n" $(($1 + 2 * n - 2)) &
        starting="$starting $!"; n=$((n + 1))
    done
    for one in $starting; do wait "$one"; done
}

case $COMMAND in
fetch) fetch ;;
start)
    PORT=${3:?usage: kafka.sh start DIR PORT}
    CONTROLLER=$((PORT + 1))
    fetch
    LIBS=$(cd "$LIBS" && pwd)
    if [ "${4:-1}" -gt 1 ]; then cluster "$PORT" "$4"; exit 0; fi
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
        # The brokers of a cluster must be of one mind about its id.
        if [ -n "${KAFKA_NODE:-}" ]; then ID=d2lyZWRlc2std2lyZWRlcw STANDALONE=""
        else
            ID=$(java $JAVA -cp "$LIBS/*" kafka.tools.StorageTool random-uuid 2>/dev/null | tail -n 1)
            STANDALONE=--standalone
        fi
        # shellcheck disable=SC2086
        java $JAVA -cp "$LIBS/*" kafka.tools.StorageTool format $STANDALONE -t "$ID" -c server.properties ${KAFKA_FORMAT:-} >format.log 2>&1 ||
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
    for node in "$DIR"/[0-9]*; do [ -f "$node/kafka.pid" ] && "$0" stop "$node"; done
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
