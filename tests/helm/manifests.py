"""Rendered manifests, read: pods wherever they stand, and who may reach what by the network policies."""

import ipaddress
import pathlib

import yaml

SERVICES = ["fetcher", "strip", "dedupe", "processor", "relay", "stories", "api", "alerts"]


def load(path):
    return [doc for doc in yaml.safe_load_all(pathlib.Path(path).read_text()) if doc]


def of_kind(docs, *kinds):
    return [doc for doc in docs if doc["kind"] in kinds]


def name(doc):
    return f"{doc['kind']} {doc['metadata']['name']}"


def workloads(docs):
    """Whatever starts pods, with the pod's template."""
    return [(doc, doc["spec"]["template"]) for doc in of_kind(docs, "Deployment", "Job", "CronJob", "StatefulSet", "DaemonSet")]


def component(template):
    return template["metadata"]["labels"]["app.kubernetes.io/component"]


def matches(selector, labels):
    """Does a label selector choose these labels?"""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for wish in selector.get("matchExpressions") or []:
        within = labels.get(wish["key"]) in wish["values"]
        if (wish["operator"] == "In") != within:
            return False
    return True


def policies(docs, labels):
    return [p for p in of_kind(docs, "NetworkPolicy") if matches(p["spec"]["podSelector"], labels)]


def in_block(address, block):
    """Is the address in the block and in none of its exceptions?"""
    ip = ipaddress.ip_address(address)
    within = lambda network: ip.version == ipaddress.ip_network(network).version and ip in ipaddress.ip_network(network)
    return within(block["cidr"]) and not any(within(closed) for closed in block.get("except", []))


def may_leave_to(docs, labels, address, port):
    """May a pod with these labels open a connection to an address outside the cluster?"""
    chosen = [p for p in policies(docs, labels) if "Egress" in p["spec"]["policyTypes"]]
    if not chosen:
        return True
    for policy in chosen:
        for rule in policy["spec"].get("egress") or []:
            ports = rule.get("ports")
            if ports and not any(p["port"] == port and p.get("protocol", "TCP") == "TCP" for p in ports):
                continue
            if not rule.get("to") or any("ipBlock" in peer and in_block(address, peer["ipBlock"]) for peer in rule["to"]):
                return True
    return False


def mounted_secrets(spec):
    """Names of the Secrets that a pod sees."""
    found = set()
    for volume in spec.get("volumes") or []:
        if "secret" in volume:
            found.add(volume["secret"]["secretName"])
        for source in (volume.get("projected") or {}).get("sources", []):
            if "secret" in source:
                found.add(source["secret"]["name"])
    return found
