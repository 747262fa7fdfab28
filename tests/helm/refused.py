"""Values that make no sense are refused, with words that say which: `refused.py HELM CHART KUBE_VERSION`."""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

GOOD = {"fetcher": {"contact": "https://newsroom.example"}}
KAFKA = {"enabled": True, "bootstrapServers": "kafka:9093"}

# (values over the good ones, what the refusal names)
BAD = [
    ({"fetcher": {"contact": ""}}, "fetcher.contact"),
    ({"imagee": {}}, "imagee"),
    ({"image": {"tagg": "1"}}, "tagg"),
    ({"image": {"digest": "sha256:12"}}, "digest"),
    ({"api": {"replicas": 0}}, "/api/replicas"),
    ({"api": {"access": "public"}}, "/api/access"),
    ({"api": {"trustedProxies": ["10.0.0.0"]}}, "trustedProxies"),
    ({"api": {"ingress": {"enabled": True}}}, "host"),
    ({"relay": {"replicas": 9}}, "/relay/replicas"),
    ({"relay": {"autoscaling": {"enabled": True}}}, "autoscaling"),
    ({"dedupe": {"autoscaling": {"enabled": True}}}, "autoscaling"),
    ({"strip": {"replicas": 49}}, "/strip/replicas"),
    ({"strip": {"autoscaling": {"enabled": True}}}, "kafka.enabled"),
    ({"kafka": KAFKA, "strip": {"autoscaling": {"enabled": True, "minReplicas": 9, "maxReplicas": 3}}}, "minReplicas"),
    ({"kafka": {"enabled": True}}, "bootstrapServers"),
    ({"kafka": {**KAFKA, "bootstrapServers": "kafka"}}, "bootstrapServers"),
    ({"kafka": {**KAFKA, "auth": "password"}}, "/kafka/auth"),
    ({"kafka": {**KAFKA, "tls": False}}, "needs kafka.tls"),
    ({"kafka": {"secrets": {"wire": "x"}}}, "wire"),
    ({"postgres": {"sslMode": "always"}}, "sslMode"),
    ({"postgres": {"url": "postgres://a:b@c/d"}}, "url"),
    ({"config": "[database]\nurl = \"postgres://a:b@c/d\"\n"}, "/config"),
    ({"config": "[bus.kafka]\nsasl_password = \"x\"\n"}, "/config"),
    ({"sources": {"wires.txt": ""}}, "wires.txt"),
    ({"otlpEndpoint": "http://user:word@collector:4318"}, "otlpEndpoint"),
    ({"shutdownTimeoutSeconds": 0}, "shutdownTimeoutSeconds"),
    ({"runAsUser": 0}, "runAsUser"),
    ({"listenAddress": "127.0.0.1"}, "listenAddress"),
    ({"networkPolicy": {"postgres": {"to": []}}}, "/networkPolicy/postgres/to"),
    ({"networkPolicy": {"api": {"from": [{"podselector": {}}]}}}, "podselector"),
    ({"networkPolicy": {"fetcher": {"except": ["fd00::/8"]}}}, "except"),
    ({"fetcher": {"extraEnv": [{"name": "X", "valueFrom": {}}]}}, "extraEnv"),
    ({"relay": {"extraEnv": [{"name": "WIREDESK__ADMIN__LISTEN", "value": "127.0.0.1:1"}]}}, "extraEnv"),
    ({"relay": {"extraEnv": [{"name": "WIREDESK__BUS__KAFKA__SASL_PASSWORD", "value": "x"}]}}, "extraEnv"),
    ({"relay": {"extraEnv": [{"name": "DATABASE_URL", "value": "x"}]}}, "extraEnv"),
    ({"fetcher": {"push": {"ingress": {"enabled": True, "host": "push.example"}}}}, "fetcher.push.enabled"),
    ({"fetcher": {"push": {"publicUrl": "https://push.example"}}}, "fetcher.push.enabled"),
    ({"sampleWire": {"speed": 0}}, "speed"),
    ({"migration": {"roles": {"prefix": "a; DROP"}}}, "prefix"),
]


def merged(base, over):
    out = dict(base)
    for key, value in over.items():
        out[key] = merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def template(helm, chart, version, values):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(values))
        file.flush()
        command = [helm, "template", "desk", chart, "--kube-version", version, "-f", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def judge(tools, case):
    over, word = case
    code, said = template(*tools, merged(GOOD, over))
    if code == 0:
        return f"{json.dumps(over)} is taken"
    return None if word in said else f"{json.dumps(over)} is refused without a word of {word}: {said.strip()[-300:]}"


def main():
    tools = sys.argv[1:4]
    code, said = template(*tools, GOOD)
    complaints = [f"the good values are refused: {said}"] if code else []
    code, said = template(tools[0], tools[1], "1.29.0", GOOD)
    if code == 0 or "1.30" not in said:
        complaints.append("a cluster that is too old is taken")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        complaints += [said for said in pool.map(lambda case: judge(tools, case), BAD) if said]
    for complaint in complaints:
        print(complaint)
    print(f"values: {len(BAD)} bad ones tried: {len(complaints)} complaints")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
