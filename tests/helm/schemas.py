"""JSON schemas for kubeconform: Kubernetes's own from a wheel, custom resources' from the CRDs of their projects.

    schemas.py WHEEL OUT VERSION… -- CRD…

In OUT there is a folder a version, named as kubeconform asks for it, and `crds/`.
"""

import json
import pathlib
import sys
import zipfile

import yaml

# Kinds that the chart may make.
KINDS = [
    "configmap-v1",
    "deployment-apps-v1",
    "horizontalpodautoscaler-autoscaling-v2",
    "ingress-networking-v1",
    "job-batch-v1",
    "networkpolicy-networking-v1",
    "poddisruptionbudget-policy-v1",
    "service-v1",
]


def local(node):
    """References to a server's address become references to the file beside it."""
    if isinstance(node, dict):
        return {
            key: value.replace("/api/_definitions.json", "_definitions.json")
            if key == "$ref" and isinstance(value, str)
            else local(value)
            for key, value in node.items()
            if not (key in ("$id", "$schema") and isinstance(value, str))
        }
    return [local(item) for item in node] if isinstance(node, list) else node


def strict(node):
    """What a CRD does not name is refused, as the API server's strict validation does."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("x-kubernetes-int-or-string"):
        return {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    made = {key: strict(value) for key, value in node.items()}
    named = isinstance(made.get("properties"), dict) and made.get("type") == "object"
    if named and not made.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made


def main():
    wheel, out = sys.argv[1], pathlib.Path(sys.argv[2])
    split = sys.argv.index("--")
    with zipfile.ZipFile(wheel) as archive:
        for version in sys.argv[3:split]:
            folder = out / f"v{version}"
            folder.mkdir(parents=True, exist_ok=True)
            for name in ["_definitions", *KINDS]:
                inside = f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict/{name}.json"
                text = json.dumps(local(json.loads(archive.read(inside))))
                (folder / f"{name}.json").write_text(text)
    crds = out / "crds"
    crds.mkdir(exist_ok=True)
    for path in sys.argv[split + 1 :]:
        crd = yaml.safe_load(pathlib.Path(path).read_text())
        for version in crd["spec"]["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            # Kubernetes's own part of every object.
            schema["properties"]["metadata"] = {"type": "object"}
            name = f"{crd['spec']['names']['kind'].lower()}-{crd['spec']['group']}-{version['name']}.json"
            (crds / name).write_text(json.dumps(schema))


if __name__ == "__main__":
    main()
