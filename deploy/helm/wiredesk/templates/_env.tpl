{{/* The environment of a service: (root, name, login). Secrets are named by their files. */}}
{{- define "wiredesk.env" -}}
{{- $v := .root.Values -}}
{{- $secrets := "/run/secrets/wiredesk" -}}
- {name: WIREDESK_CONFIG, value: /etc/wiredesk/config/wiredesk.toml}
- {name: WIREDESK__SHUTDOWN_TIMEOUT_S, value: {{ $v.shutdownTimeoutSeconds | int | quote }}}
- {name: WIREDESK__ADMIN__LISTEN, value: {{ printf "%s:8081" $v.listenAddress | quote }}}
- {name: WIREDESK__TOPICS__PREFIX, value: {{ $v.topicPrefix | quote }}}
- {name: DATABASE_URL_FILE, value: {{ $secrets }}/database-url}
- {name: PGSSLMODE, value: {{ $v.postgres.sslMode }}}
{{- if $v.postgres.ca.name }}
- {name: PGSSLROOTCERT, value: {{ $secrets }}/postgres-ca.pem}
{{- end }}
{{- if $v.otlpEndpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ $v.otlpEndpoint | quote }}}
{{- end }}
{{- if $v.kafka.enabled }}
- {name: KAFKA_BOOTSTRAP_SERVERS, value: {{ $v.kafka.bootstrapServers | quote }}}
- {name: WIREDESK__BUS__KAFKA__SECURITY_PROTOCOL, value: {{ include "wiredesk.kafkaProtocol" .root }}}
{{- if and $v.kafka.tls $v.kafka.ca.name }}
- {name: WIREDESK__BUS__KAFKA__SSL_CA_FILE, value: {{ $secrets }}/kafka-ca.pem}
{{- end }}
{{- if eq $v.kafka.auth "certificate" }}
- {name: WIREDESK__BUS__KAFKA__SSL_CERTIFICATE_FILE, value: {{ $secrets }}/kafka.pem}
- {name: WIREDESK__BUS__KAFKA__SSL_KEY_FILE, value: {{ $secrets }}/kafka.key}
{{- else if eq $v.kafka.auth "scram" }}
- {name: WIREDESK__BUS__KAFKA__SASL_MECHANISM, value: {{ $v.kafka.saslMechanism }}}
- {name: WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE, value: {{ $secrets }}/kafka-password}
{{- if $v.kafka.keys.username }}
- {name: WIREDESK__BUS__KAFKA__SASL_USERNAME_FILE, value: {{ $secrets }}/kafka-username}
{{- else }}
- {name: WIREDESK__BUS__KAFKA__SASL_USERNAME, value: {{ include "wiredesk.kafkaUser" . | quote }}}
{{- end }}
{{- end }}
{{- with $v.kafka.replicationFactor }}
- {name: WIREDESK__BUS__KAFKA__REPLICATION_FACTOR, value: {{ . | int | quote }}}
{{- end }}
{{- with $v.kafka.minInsyncReplicas }}
- {name: WIREDESK__BUS__KAFKA__MIN_INSYNC_REPLICAS, value: {{ . | int | quote }}}
{{- end }}
{{- else }}
- {name: WIREDESK__BUS__KIND, value: postgres}
{{- end }}
{{- if eq .name "fetcher" }}
{{ include "wiredesk.env.fetcher" .root }}
{{- else if eq .name "api" }}
{{ include "wiredesk.env.api" .root }}
{{- else if eq .name "alerts" }}
{{ include "wiredesk.env.alerts" .root }}
{{- end }}
{{- with (index $v .name | default dict).extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "wiredesk.env.fetcher" -}}
{{- $f := .Values.fetcher -}}
- {name: WIREDESK__FETCHER__CONTACT, value: {{ required "fetcher.contact is empty: name an address that reaches you, for the operators of the servers that are polled" $f.contact | quote }}}
- {name: WIREDESK__FETCHER__PUSH__LISTEN, value: {{ ternary (printf "%s:8088" .Values.listenAddress) "" $f.push.enabled | quote }}}
- {name: WIREDESK__SAMPLE_WIRE__ENABLED, value: {{ .Values.sampleWire.enabled | quote }}}
{{- if .Values.sampleWire.enabled }}
- {name: WIREDESK__SAMPLE_WIRE__URL, value: {{ include "wiredesk.sampleWire" . }}}
{{- end }}
{{- if $f.push.publicUrl }}
- {name: WIREDESK__FETCHER__PUSH__PUBLIC_URL, value: {{ $f.push.publicUrl | quote }}}
{{- end }}
{{- end -}}

{{- define "wiredesk.env.api" -}}
{{- $a := .Values.api -}}
- {name: WIREDESK__API__LISTEN, value: {{ printf "%s:8080" .Values.listenAddress | quote }}}
- {name: WIREDESK__API__ACCESS, value: {{ $a.access }}}
{{- if eq $a.access "open" }}
- {name: WIREDESK__API__OPEN_TO_NETWORK, value: "true"}
{{- end }}
{{- $hosts := $a.hosts }}
{{- if $a.ingress.enabled }}{{ $hosts = append $hosts $a.ingress.host }}{{ end }}
{{- with $hosts | uniq }}
- {name: WIREDESK__API__HOSTS, value: {{ . | toJson | quote }}}
{{- end }}
{{- if and $a.ingress.enabled $a.ingress.tlsSecret }}
- {name: WIREDESK__API__BEHIND_TLS, value: "true"}
{{- end }}
{{- with $a.trustedProxies }}
- {name: WIREDESK__API__TRUSTED_PROXIES, value: {{ . | toJson | quote }}}
{{- end }}
{{- end -}}

{{- define "wiredesk.env.alerts" -}}
{{- with .Values.alerts.allow }}
- {name: WIREDESK__ALERTS__NET__ALLOW, value: {{ . | toJson | quote }}}
{{- end }}
{{- end -}}

{{/* The secrets of a service, its own alone, as files of one volume. */}}
{{- define "wiredesk.secretSources" -}}
{{- $v := .root.Values -}}
- secret:
    name: {{ include "wiredesk.postgresSecret" . }}
    items: [{key: {{ ternary $v.postgres.shared.key $v.postgres.key (ne $v.postgres.shared.name "") }}, path: database-url}]
{{- with $v.postgres.ca }}{{ if .name }}
- secret: {name: {{ .name }}, items: [{key: {{ .key }}, path: postgres-ca.pem}]}
{{- end }}{{ end }}
{{- if $v.kafka.enabled }}
{{- if and $v.kafka.tls $v.kafka.ca.name }}
- secret: {name: {{ $v.kafka.ca.name }}, items: [{key: {{ $v.kafka.ca.key }}, path: kafka-ca.pem}]}
{{- end }}
{{- if eq $v.kafka.auth "certificate" }}
- secret:
    name: {{ include "wiredesk.kafkaSecret" . }}
    items:
      - {key: {{ $v.kafka.keys.certificate }}, path: kafka.pem}
      - {key: {{ $v.kafka.keys.key }}, path: kafka.key}
{{- else if eq $v.kafka.auth "scram" }}
- secret:
    name: {{ include "wiredesk.kafkaSecret" . }}
    items:
      - {key: {{ $v.kafka.keys.password }}, path: kafka-password}
      {{- with $v.kafka.keys.username }}
      - {key: {{ . }}, path: kafka-username}
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}
