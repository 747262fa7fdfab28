{{/* What a schema cannot say: how values belong together. */}}
{{- define "wiredesk.checks" -}}
{{- $v := .Values -}}
{{- range list "strip" "processor" -}}
{{- $scaling := (index $v .).autoscaling -}}
{{- if and $scaling.enabled (not $v.kafka.enabled) -}}
{{- fail (printf "%s.autoscaling follows the lag of a Kafka group: set kafka.enabled, or %s.replicas" . .) -}}
{{- end -}}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- fail (printf "%s.autoscaling.minReplicas is above maxReplicas" .) -}}
{{- end -}}
{{- if and $v.fetcher.push.publicUrl (not $v.fetcher.push.enabled) -}}
{{- fail "fetcher.push.publicUrl names a listener that is off: set fetcher.push.enabled" -}}
{{- end -}}
{{- end -}}
{{- if and $v.kafka.enabled (eq $v.kafka.auth "certificate") (not $v.kafka.tls) -}}
{{- fail "kafka.auth = certificate needs kafka.tls" -}}
{{- end -}}
{{- if and $v.fetcher.push.ingress.enabled (not $v.fetcher.push.enabled) -}}
{{- fail "fetcher.push.ingress leads to a listener that is off: set fetcher.push.enabled" -}}
{{- end -}}
{{- if and $v.fetcher.push.publicUrl (not $v.fetcher.push.enabled) -}}
{{- fail "fetcher.push.publicUrl names a listener that is off: set fetcher.push.enabled" -}}
{{- end -}}
{{- end -}}
