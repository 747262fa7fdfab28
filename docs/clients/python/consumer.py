#!/usr/bin/env python3
"""Reads the published items into a SQLite file, each version once.

    pip install -r requirements.txt
    python consumer.py items.db            # runs until Ctrl-C or SIGTERM
    python consumer.py items.db --once     # ends at the end of the topic

KAFKA_BOOTSTRAP_SERVERS (127.0.0.1:9092), WIREDESK_TOPIC (wiredesk.items.v1) and WIREDESK_GROUP (wiredesk-example-python) name
another cluster, topic and consumer group; KAFKA_CLIENT_PROPERTIES takes more settings of librdkafka as JSON, such as those of TLS.

Offsets are committed after SQLite has committed, so a crash repeats records and loses none. The key (item_id, version) keeps
what is repeated from being written twice.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys

from confluent_kafka import Consumer, KafkaError, KafkaException, Message

SCHEMA = """
CREATE TABLE IF NOT EXISTS item_version (
    item_id  TEXT NOT NULL,
    version  INTEGER NOT NULL,
    status   TEXT NOT NULL,          -- usable, withheld (under embargo), canceled (taken back)
    change   TEXT NOT NULL,          -- new, corrected, expanded, withdrawn ...
    language TEXT NOT NULL,
    source   TEXT NOT NULL,
    headline TEXT,
    message  TEXT,                   -- the item as published; NULL once it was taken back
    PRIMARY KEY (item_id, version)
);
CREATE VIEW IF NOT EXISTS item AS
    SELECT * FROM item_version v
    WHERE version = (SELECT max(version) FROM item_version n WHERE n.item_id = v.item_id);
"""

# Somebody else has the partition by now and reads the same records again; the key keeps them from counting twice.
REBALANCED = {KafkaError.ILLEGAL_GENERATION, KafkaError.UNKNOWN_MEMBER_ID, KafkaError.REBALANCE_IN_PROGRESS}


def connect(group: str) -> Consumer:
    settings = {
        "bootstrap.servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
        "group.id": group,
        # Without it a consumer would see records of transactions that were aborted.
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        # Whoever takes over after a crash begins this much later, in milliseconds.
        "session.timeout.ms": 6000,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    }
    settings.update(json.loads(os.environ.get("KAFKA_CLIENT_PROPERTIES", "{}")))
    return Consumer(settings)


def keep(db: sqlite3.Connection, message: Message) -> bool:
    """Writes one version; true where it was new."""
    item = json.loads(message.value())
    headlines = item.get("headlines") or [{}]
    canceled = item["pubStatus"] == "canceled"
    row = (
        item["item_id"],
        item["version"],
        item["pubStatus"],
        item["change"],
        item["language"],
        item["source"]["id"],
        headlines[0].get("value"),
        None if canceled else message.value().decode(),
    )
    new = db.execute("INSERT INTO item_version VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount
    if new and canceled:
        # A kill or a takedown: the words of the earlier versions go too.
        db.execute("UPDATE item_version SET headline = NULL, message = NULL WHERE item_id = ?", (item["item_id"],))
    if new:
        print(item["versionCreated"], item["language"], f"v{item['version']}", item["change"], row[6] or "", flush=True)
    return new == 1


def consume(consumer: Consumer, db: sqlite3.Connection, topic: str, once: bool) -> tuple[int, int]:
    """Reads until a signal, or until the end of the topic: how many records, and how many versions were new."""
    stopping = False

    def stop(*_):
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    records = new = 0
    ended: set[int] = set()
    consumer.subscribe([topic])
    while not stopping:
        batch = []
        for message in consumer.consume(num_messages=500, timeout=0.5):
            error = message.error()
            if error is None:
                ended.discard(message.partition())
                batch.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(error)
        if batch:
            with db:  # one transaction
                new += sum(keep(db, message) for message in batch)
            records += len(batch)
            try:
                consumer.commit(asynchronous=False)
            except KafkaException as failed:
                if failed.args[0].code() not in REBALANCED:
                    raise
        elif once and ended and len(ended) >= len(consumer.assignment()):
            break
    return records, new


def main() -> int:
    parser = argparse.ArgumentParser(description="Reads the published items of wiredesk into a SQLite file.")
    parser.add_argument("file", help="the SQLite file, made where it is missing")
    parser.add_argument("--once", action="store_true", help="end at the end of the topic")
    args = parser.parse_args()
    db = sqlite3.connect(args.file)
    db.executescript(SCHEMA)
    consumer = connect(os.environ.get("WIREDESK_GROUP", "wiredesk-example-python"))
    try:
        topic = os.environ.get("WIREDESK_TOPIC", "wiredesk.items.v1")
        records, new = consume(consumer, db, topic, args.once)
    except KafkaException as failed:
        print(f"Kafka says: {failed.args[0].str()}; look at KAFKA_BOOTSTRAP_SERVERS and WIREDESK_TOPIC", file=sys.stderr)
        return 1
    except (KeyError, ValueError) as wrong:
        # To go on would lose it. Its offset is not committed.
        print(f"a record is no item of wiredesk ({wrong!r}); look at WIREDESK_TOPIC", file=sys.stderr)
        return 1
    finally:
        consumer.close()
    items = db.execute("SELECT count(*) FROM item").fetchone()[0]
    print(f"{records} records, {new} versions written, {items} items kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
