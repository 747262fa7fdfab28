"""Every alert has a severity, a sentence, a section of docs/runbooks.md, and a test each way; Grafana's files name the same datasources."""

import json
import pathlib
import re
import sys

rules = pathlib.Path("deploy/prometheus/rules.yml").read_text()
tests = pathlib.Path("deploy/prometheus/rules_test.yml").read_text()
runbooks = pathlib.Path("docs/runbooks.md").read_text()
provisioned = pathlib.Path("deploy/grafana/provisioning/datasources/wiredesk.yaml").read_text()

wrong = []
alerts = re.findall(r"- alert: (\w+)\n(.*?)(?=\n      - |\n  - name|\Z)", rules, re.S)
for name, body in alerts:
    if not re.search(r"severity: (critical|warning)\b", body):
        wrong.append(f"{name} has no severity")
    if not re.search(r'summary: ".+\."\n', body):
        wrong.append(f"{name} has no summary in a sentence")
    if f"runbook: docs/runbooks.md#{name.lower()}" not in body:
        wrong.append(f"{name} does not name its runbook")
    if f"\n## {name}\n" not in runbooks:
        wrong.append(f"docs/runbooks.md has no section {name}")
    said = re.findall(rf"- alertname: {name}\n        eval_time: \S+\n        exp_alerts:(.*)", tests)
    if not any(expected.strip() == "" for expected in said):
        wrong.append(f"{name} is not tested to fire")
    if not any(expected.strip() == "[]" for expected in said):
        wrong.append(f"{name} is not tested to be quiet")
for section in re.findall(r"\n## (Wiredesk\w+)\n", runbooks):
    if section not in dict(alerts):
        wrong.append(f"docs/runbooks.md has a section {section}, and there is no such alert")
for path in pathlib.Path("deploy/grafana/dashboards").glob("*.json"):
    for variable in json.loads(path.read_text())["templating"]["list"]:
        if variable["type"] == "datasource" and f"uid: {variable['current']['value']}\n" not in provisioned:
            wrong.append(f"{path.name} asks the datasource {variable['current']['value']}, which is not provisioned")

if len(alerts) < 10:
    wrong.append(f"only {len(alerts)} alerts were found")
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(alerts)} alerts: each with a runbook, and tested both ways")
