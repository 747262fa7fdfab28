{{/* Names and labels. */}}

{{- define "wiredesk.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What finds the pods of this release; it may never change. */}}
{{- define "wiredesk.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "wiredesk.labels" -}}
{{ include "wiredesk.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: wiredesk
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "wiredesk.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The login of a service at Postgres and Kafka: both halves of the cleaner share one. */}}
{{- define "wiredesk.login" -}}
{{- if has . (list "strip" "dedupe") -}}cleaner{{- else if eq . "migrate" -}}migrator{{- else -}}{{ . }}{{- end -}}
{{- end -}}

{{- define "wiredesk.postgresSecret" -}}
{{- $p := .root.Values.postgres -}}
{{- if $p.shared.name -}}{{ $p.shared.name }}
{{- else -}}{{ index $p.secrets .login | default (printf "%s-%s-postgres" (include "wiredesk.fullname" .root) .login) }}
{{- end -}}
{{- end -}}

{{- define "wiredesk.kafkaUser" -}}
{{ .root.Values.kafka.principalPrefix }}{{ .login }}
{{- end -}}

{{- define "wiredesk.kafkaSecret" -}}
{{ index .root.Values.kafka.secrets .login | default (include "wiredesk.kafkaUser" .) }}
{{- end -}}

{{/* ssl, sasl_ssl, sasl_plaintext or plaintext. */}}
{{- define "wiredesk.kafkaProtocol" -}}
{{- $k := .Values.kafka -}}
{{- if eq $k.auth "scram" -}}{{ ternary "sasl_ssl" "sasl_plaintext" $k.tls }}{{- else -}}{{ ternary "ssl" "plaintext" $k.tls }}{{- end -}}
{{- end -}}

{{/* Where the fetcher polls the bundled wire, and what its links begin with. */}}
{{- define "wiredesk.sampleWire" -}}
http://{{ include "wiredesk.fullname" . }}-sample-wire:8090
{{- end -}}

{{/* Something else than this chart says how many replicas there are. */}}
{{- define "wiredesk.replicasVary" -}}
{{- $own := index .root.Values .name -}}
{{- if and (hasKey $own "autoscaling") $own.autoscaling.enabled -}}yes{{- end -}}
{{- end -}}
