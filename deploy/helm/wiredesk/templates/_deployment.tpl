{{/* The Deployment of one service: (root, name, args). */}}
{{- define "wiredesk.deployment" -}}
{{- $v := .root.Values -}}
{{- $own := index $v .name -}}
{{- $full := include "wiredesk.fullname" .root -}}
{{- $config := printf "%s-config" $full -}}
{{- $ctx := dict "root" .root "name" .name "login" (include "wiredesk.login" .name) "args" .args "resources" $own.resources "configMap" $config "priorityClassName" $own.priorityClassName -}}
{{- $single := has .name (list "dedupe" "relay" "stories") -}}
{{- $pause := ternary 5 0 (eq .name "api") -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $full }}-{{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "wiredesk.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  {{- if not (include "wiredesk.replicasVary" $ctx) }}
  replicas: {{ $own.replicas | int }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    {{- if $single }}
    # The old one lets go before the new one takes over; a third would only wait.
    rollingUpdate: {maxSurge: 0, maxUnavailable: 1}
    {{- else }}
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
    {{- end }}
  selector:
    matchLabels:
      {{- include "wiredesk.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .name }}
  template:
    metadata:
      labels:
        {{- include "wiredesk.labels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .name }}
        {{- with $v.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include "wiredesk.configData" .root | sha256sum }}
        {{- if and (eq .name "fetcher") .root.Values.sources }}
        checksum/sources: {{ include "wiredesk.sourcesData" .root | sha256sum }}
        {{- end }}
        {{- with $v.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "wiredesk.podBase" $ctx | nindent 6 }}
      {{- include "wiredesk.spread" $ctx | nindent 6 }}
      # Longer than the process itself gives to its batches.
      terminationGracePeriodSeconds: {{ add (int $v.shutdownTimeoutSeconds) 15 $pause }}
      containers:
        - {{- include "wiredesk.container" $ctx | nindent 10 }}
          ports:
            - {name: admin, containerPort: 8081}
            {{- if eq .name "api" }}
            - {name: http, containerPort: 8080}
            {{- end }}
            {{- if and (eq .name "fetcher") $own.push.enabled }}
            - {name: push, containerPort: 8088}
            {{- end }}
          startupProbe:
            httpGet: {path: /livez, port: admin}
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /livez, port: admin}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet: {path: /readyz, port: admin}
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 3
          {{- if $pause }}
          # Until the Service no longer sends anybody here.
          lifecycle: {preStop: {sleep: {seconds: {{ $pause }}}}}
          {{- end }}
          volumeMounts:
            {{- include "wiredesk.mounts" . | nindent 12 }}
            {{- if eq .name "fetcher" }}
            {{- include "wiredesk.fetcherMounts" .root | nindent 12 }}
            {{- end }}
      volumes:
        {{- include "wiredesk.volumes" $ctx | nindent 8 }}
        {{- if eq .name "fetcher" }}
        {{- include "wiredesk.fetcherVolumes" .root | nindent 8 }}
        {{- end }}
{{- end -}}

{{- define "wiredesk.fetcherMounts" -}}
{{- if .Values.sources }}
- {name: sources, mountPath: /etc/wiredesk/sources, readOnly: true}
{{- end }}
{{- range .Values.fetcher.sourceSecrets }}
- {name: {{ printf "source-%s" . | replace "." "-" | trunc 63 | trimSuffix "-" }}, mountPath: /run/secrets/sources/{{ . }}, readOnly: true}
{{- end }}
{{- with .Values.fetcher.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "wiredesk.fetcherVolumes" -}}
{{- if .Values.sources }}
- name: sources
  configMap: {name: {{ include "wiredesk.fullname" . }}-sources}
{{- end }}
{{- range .Values.fetcher.sourceSecrets }}
- name: {{ printf "source-%s" . | replace "." "-" | trunc 63 | trimSuffix "-" }}
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .Values.fetcher.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
