"""The PromQL of all panels as a rules file, so that promtool reads it: each as Grafana sends it."""

import json
import pathlib

MACROS = {"$__rate_interval": "1m", "$__interval": "1m", "$__range": "6h"}

rules = []
for path in sorted(pathlib.Path("deploy/grafana/dashboards").glob("*.json")):
    for panel in json.loads(path.read_text())["panels"]:
        for target in panel.get("targets", []):
            if "expr" not in target:
                continue
            expression = target["expr"]
            for macro, value in MACROS.items():
                expression = expression.replace(macro, value)
            assert "$" not in expression, f"{path.name}, {panel['title']}: {expression} has a variable that is none"
            rules.append({"record": f"panel:{len(rules)}", "expr": expression})
assert len(rules) > 20, f"only {len(rules)} questions to Prometheus were found"
# JSON is YAML.
print(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
