{{/* What every pod has: who it is, where it runs. (root, component, priorityClassName) */}}
{{- define "wiredesk.podBase" -}}
{{- $v := .root.Values -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $v.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with $v.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $v.runAsUser | int }}
  runAsGroup: {{ $v.runAsUser | int }}
  fsGroup: {{ $v.runAsUser | int }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $v.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Pods of one service go to different machines and zones, where there are any. */}}
{{- define "wiredesk.spread" -}}
{{- with .root.Values.topologySpread }}
topologySpreadConstraints:
{{- range . }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "wiredesk.selector" $.root | nindent 8 }}
        app.kubernetes.io/component: {{ $.name }}
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end -}}

{{- define "wiredesk.containerSecurity" -}}
{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
{{- end -}}

{{/* A container that runs one subcommand with configuration and secrets: (root, name, login, args, resources, configMap) */}}
{{- define "wiredesk.container" -}}
name: {{ .name }}
image: {{ include "wiredesk.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: {{ .args | toJson }}
env:
  {{- include "wiredesk.env" . | nindent 2 }}
securityContext: {{ include "wiredesk.containerSecurity" . }}
resources:
  {{- toYaml .resources | nindent 2 }}
{{- end -}}

{{- define "wiredesk.mounts" -}}
- {name: config, mountPath: /etc/wiredesk/config, readOnly: true}
- {name: secrets, mountPath: /run/secrets/wiredesk, readOnly: true}
{{- end -}}

{{- define "wiredesk.volumes" -}}
- name: config
  configMap: {name: {{ .configMap }}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- include "wiredesk.secretSources" . | nindent 6 }}
{{- end -}}
