"""What must hold of the rendered manifests, and proof that each check can fail: `checks.py CHART RENDERED…`."""

import copy
import ipaddress
import pathlib
import re
import sys
import tomllib

import yaml

from manifests import (SERVICES, component, load, mounted_secrets, may_leave_to, matches, name, of_kind, workloads)

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLOSED = ["10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
          "198.18.0.1", "fd00::1", "fe80::1", "::1", "64:ff9b::a00:1", "2002:a00:1::1", "::ffff:10.0.0.1", "2001:db8::1"]
PUBLIC = ["93.184.216.34", "2a00:1450:4001::1"]


def containers(docs):
    for doc, template in workloads(docs):
        for container in template["spec"]["containers"] + template["spec"].get("initContainers", []):
            yield doc, template["spec"], container


def security(docs):
    for doc, pod, container in containers(docs):
        own, shared = container.get("securityContext", {}), pod.get("securityContext", {})
        told = [
            (shared.get("runAsNonRoot") is True and own.get("runAsNonRoot", True), "may run as root"),
            (shared.get("runAsUser", 0) > 0 and own.get("runAsUser", 1) > 0, "has no account of its own"),
            (own.get("readOnlyRootFilesystem") is True, "may write to its root"),
            (own.get("allowPrivilegeEscalation") is False, "may gain privileges"),
            (not own.get("privileged"), "is privileged"),
            (own.get("capabilities") == {"drop": ["ALL"]}, "has capabilities"),
            (shared.get("seccompProfile") == {"type": "RuntimeDefault"}, "has no seccomp profile"),
            (pod.get("automountServiceAccountToken") is False, "gets a token of the cluster"),
            (pod.get("enableServiceLinks") is False, "gets variables of every Service"),
            (not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), "is in the machine's namespaces"),
            (not any("hostPath" in volume for volume in pod.get("volumes", [])), "sees the machine's files"),
        ]
        yield from (f"{name(doc)}: {container['name']} {what}" for good, what in told if not good)


def running(docs):
    for doc, pod, container in containers(docs):
        who = f"{name(doc)}: {container['name']}"
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get("limits", {}):
            yield f"{who} has no resources"
        if doc["kind"] == "Deployment":
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                port = container.get(probe, {}).get("httpGet", {}).get("port")
                if port not in [p["name"] for p in container.get("ports", [])]:
                    yield f"{who} has no {probe}"
        timeout = [e["value"] for e in container["env"] if e["name"] == "WIREDESK__SHUTDOWN_TIMEOUT_S"]
        if timeout and doc["kind"] == "Deployment" and pod["terminationGracePeriodSeconds"] < int(timeout[0]) + 10:
            yield f"{who} is killed before it may have drained"


def secrets(docs):
    for doc in of_kind(docs, "Secret"):
        yield f"{name(doc)}: the chart makes no Secrets"
    for doc in of_kind(docs, "ConfigMap"):
        if re.search(r"(?i)password|BEGIN [A-Z ]*PRIVATE|://[^/@\s:]+:[^/@\s]+@", str(doc["data"])):
            yield f"{name(doc)} has a secret in it"
    holders = {}
    for doc, pod, container in containers(docs):
        for variable in container["env"]:
            if "secretKeyRef" in variable.get("valueFrom", {}):
                yield f"{name(doc)} has a secret in its environment"
        login = {"strip": "cleaner", "dedupe": "cleaner"}.get(container["name"], container["name"])
        for secret in mounted_secrets(pod):
            holders.setdefault(secret, set()).add(login)
    for secret, logins in holders.items():
        # Certificates of authorities are no secrets; one login for all is asked for by name.
        if len(logins) > 1 and not re.search(r"(^|-)ca(-cert)?$|-app$", secret):
            yield f"Secret {secret} is seen by {sorted(logins)}"


def network(docs):
    deny = [p for p in of_kind(docs, "NetworkPolicy") if p["metadata"]["name"].endswith("-deny")]
    for doc, template in workloads(docs):
        labels = template["metadata"]["labels"]
        if not any(matches(p["spec"]["podSelector"], labels) and set(p["spec"]["policyTypes"]) == {"Ingress", "Egress"} for p in deny):
            yield f"{name(doc)} is not closed by default"
        for address in CLOSED + PUBLIC:
            for port in (80, 443):
                wanted = address in PUBLIC and port in {"fetcher": (80, 443), "alerts": (443,)}.get(component(template), ())
                if may_leave_to(docs, labels, address, port) != wanted:
                    yield f"{name(doc)} {'cannot' if wanted else 'may'} reach {address}:{port}"
    for policy in of_kind(docs, "NetworkPolicy"):
        for rule in policy["spec"].get("egress") or []:
            for peer in rule.get("to", []):
                block = peer.get("ipBlock", {"cidr": "0.0.0.0/0"})
                outer = ipaddress.ip_network(block["cidr"])
                for inner in map(ipaddress.ip_network, block.get("except", [])):
                    if inner.version != outer.version or not inner.subnet_of(outer) or inner == outer:
                        yield f"{name(policy)}: {inner} is not in {outer}; the cluster refuses that"


def belonging(docs):
    pods = {component(template): template["metadata"]["labels"] for _, template in workloads(docs)}
    for service in SERVICES:
        if service not in pods:
            yield f"there is no Deployment of {service}"
    deployments = {doc["metadata"]["name"]: doc for doc in of_kind(docs, "Deployment")}
    for doc in deployments.values():
        if not matches(doc["spec"]["selector"], doc["spec"]["template"]["metadata"]["labels"]):
            yield f"{name(doc)} does not select its own pods"
    for doc in of_kind(docs, "Service", "PodDisruptionBudget"):
        selector = doc["spec"]["selector"] if doc["kind"] == "PodDisruptionBudget" else {"matchLabels": doc["spec"]["selector"]}
        if sum(matches(selector, labels) for labels in pods.values()) != 1:
            yield f"{name(doc)} does not select exactly one component"
    topics = tomllib.loads((ROOT / "schemas/topics.toml").read_text())["topic"]
    for doc in of_kind(docs, "ScaledObject", "HorizontalPodAutoscaler"):
        target = deployments.get(doc["spec"]["scaleTargetRef"]["name"])
        if target is None or "replicas" in target["spec"]:
            yield f"{name(doc)} has no target that it alone scales"
        elif doc["kind"] == "ScaledObject":
            asked = doc["spec"]["triggers"][0]["metadata"]
            prefix, stage = asked["consumerGroup"].rsplit(".", 1)
            read = [t["name"].replace("wiredesk", prefix, 1) for t in topics if stage in t["readers"]]
            if component(target["spec"]["template"]) != stage or read != [asked["topic"]]:
                yield f"{name(doc)} follows {asked['topic']}, which {stage} does not read"
    for stage in ("dedupe", "relay", "stories"):
        strategy = next(d for n, d in deployments.items() if n.endswith("-" + stage))["spec"]["strategy"]
        if strategy.get("rollingUpdate", {}).get("maxSurge") != 0:
            yield f"{stage}: an update waits for a replica that waits for the one it replaces"


def version(docs):
    wanted = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    for doc, _, container in containers(docs):
        if "@sha256:" not in container["image"] and not container["image"].endswith(":" + wanted):
            yield f"{name(doc)} has image {container['image']}, not of version {wanted}"


CHECKS = [security, running, secrets, network, belonging, version]


def pod(docs, which):
    return next(t["spec"] for _, t in workloads(docs) if component(t) == which)


def policy(docs, suffix):
    return next(p for p in of_kind(docs, "NetworkPolicy") if p["metadata"]["name"].endswith(suffix))["spec"]


# A manifest made worse, and the check that has to say so.
WORSE = [
    (security, lambda d: pod(d, "relay")["securityContext"].update(runAsNonRoot=False)),
    (security, lambda d: pod(d, "api")["containers"][0]["securityContext"].update(readOnlyRootFilesystem=False)),
    (security, lambda d: pod(d, "migrate")["containers"][0]["securityContext"]["capabilities"].update(add=["NET_RAW"])),
    (security, lambda d: pod(d, "strip").pop("automountServiceAccountToken")),
    (running, lambda d: pod(d, "stories")["containers"][0].pop("livenessProbe")),
    (running, lambda d: pod(d, "dedupe")["containers"][0]["resources"].pop("limits")),
    (running, lambda d: pod(d, "processor").update(terminationGracePeriodSeconds=20)),
    (secrets, lambda d: of_kind(d, "ConfigMap")[0]["data"].update(x='url = "postgres://a:b@c/d"')),
    (secrets, lambda d: pod(d, "api")["volumes"].append({"name": "x", "secret": {"secretName": "wiredesk-relay"}})),
    (secrets, lambda d: pod(d, "api")["containers"][0]["env"].append({"name": "X", "valueFrom": {"secretKeyRef": {}}})),
    (network, lambda d: policy(d, "-fetcher")["egress"][0]["to"][0]["ipBlock"]["except"].remove("10.0.0.0/8")),
    (network, lambda d: policy(d, "-fetcher")["egress"][0]["to"][1]["ipBlock"].update(cidr="::/0")),
    (network, lambda d: policy(d, "-fetcher")["podSelector"]["matchLabels"].pop("app.kubernetes.io/component")),
    (network, lambda d: policy(d, "-deny")["podSelector"]["matchLabels"].update({"app.kubernetes.io/component": "fetcher"})),
    (network, lambda d: policy(d, "-fetcher")["egress"].pop(0)),
    (belonging, lambda d: next(x for x in d if x["kind"] == "Service")["spec"]["selector"].pop("app.kubernetes.io/component")),
    (belonging, lambda d: d.remove(next(x for x in d if x["kind"] == "Deployment"))),
    (belonging, lambda d: of_kind(d, "ScaledObject")[0]["spec"]["triggers"][0]["metadata"].update(topic="wiredesk.items.v1")),
    (version, lambda d: pod(d, "api")["containers"][0].update(image="wiredesk:latest")),
]


def told():
    """What is written twice and differs: values that README.md does not tell of, alerts."""
    chart = ROOT / "deploy/helm/wiredesk"
    readme = (chart / "README.md").read_text()
    # Of each service alike, under one line.
    shared = {"resources", "priorityClassName", "extraEnv"}
    for key, value in yaml.safe_load((chart / "values.yaml").read_text()).items():
        inner = [name for name in value if name not in shared or key in ("operator", "migration")] if isinstance(value, dict) else []
        for path in [f"{key}.{name}" for name in inner] or [key]:
            if f"`{path}`" not in readme:
                yield f"README.md of the chart does not tell of {path}"
    source, copied = ROOT / "deploy/prometheus/rules.yml", chart / "files/rules.yml"
    if source.exists() and source.read_bytes() != copied.read_bytes():
        yield "the chart's alerts are not those of deploy/prometheus: cp deploy/prometheus/rules.yml deploy/helm/wiredesk/files/"


def main():
    bad = 0
    for complaint in told():
        bad += 1
        print(complaint)
    sets = {path: load(path) for path in sys.argv[1:]}
    for path, docs in sets.items():
        for check in CHECKS:
            for complaint in check(docs):
                bad += 1
                print(f"{pathlib.Path(path).stem}: {complaint}")
    docs = next(d for d in sets.values() if len(of_kind(d, "ScaledObject")) > 1)
    for number, (check, worsen) in enumerate(WORSE):
        worse = copy.deepcopy(docs)
        worsen(worse)
        if not list(check(worse)):
            bad += 1
            print(f"the check {check.__name__} does not see what change {number} of WORSE does")
    print(f"manifests: {len(CHECKS)} checks on {len(sets)} sets of values, {len(WORSE)} changes for the worse: {bad} complaints")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
