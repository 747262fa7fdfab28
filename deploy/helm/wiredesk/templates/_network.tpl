{{/* Out to Postgres, Kafka and the collector of traces: (root, components, dns) */}}
{{- define "wiredesk.serversPolicy" -}}
{{- $v := .root.Values -}}
{{- $np := $v.networkPolicy -}}
podSelector:
  matchLabels:
    {{- include "wiredesk.selector" .root | nindent 4 }}
  matchExpressions:
    - {key: app.kubernetes.io/component, operator: In, values: {{ .components | toJson }}}
policyTypes: [Egress]
egress:
  - to:
      {{- toYaml $np.postgres.to | nindent 6 }}
    ports: [{port: {{ $v.postgres.port | int }}, protocol: TCP}]
  {{- if $v.kafka.enabled }}
  - to:
      {{- toYaml $np.kafka.to | nindent 6 }}
    ports:
      {{- range $np.kafka.ports }}
      - {port: {{ . | int }}, protocol: TCP}
      {{- end }}
  {{- end }}
  {{- if $v.otlpEndpoint }}
  - to:
      {{- toYaml $np.telemetry.to | nindent 6 }}
    ports:
      {{- range $np.telemetry.ports }}
      - {port: {{ . | int }}, protocol: TCP}
      {{- end }}
  {{- end }}
  {{- if .dns }}
  - to:
      {{- toYaml $np.dns.to | nindent 6 }}
    ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  {{- end }}
{{- end -}}

{{/* What is not public: as shared/net has it. */}}
{{- define "wiredesk.closedV4" -}}
[0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4]
{{- end -}}

{{/* Within 2000::/3; unique local, link-local, loopback and the others are not in it. */}}
{{- define "wiredesk.closedV6" -}}
["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]
{{- end -}}

{{/* The networks of one family. */}}
{{- define "wiredesk.ofFamily" -}}
{{- $found := list -}}
{{- range .networks -}}
{{- if eq (contains ":" .) $.six -}}{{- $found = append $found . -}}{{- end -}}
{{- end -}}
{{- $found | toJson -}}
{{- end -}}
{{/* A rule of egress: the internet, at the ports and without the networks that a service's values name: (root, own). */}}
{{- define "wiredesk.internet" -}}
{{- $own := .own -}}
# The internet, and nothing that is private or reserved (RFC 6890 and its updates), whatever a name leads to.
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
          {{- range concat (include "wiredesk.closedV4" .root | fromYamlArray) (include "wiredesk.ofFamily" (dict "networks" $own.except "six" false) | fromYamlArray) }}
          - {{ . }}
          {{- end }}
    # Of IPv6 only this is given out.
    - ipBlock:
        cidr: 2000::/3
        except:
          {{- range concat (include "wiredesk.closedV6" .root | fromYamlArray) (include "wiredesk.ofFamily" (dict "networks" $own.except "six" true) | fromYamlArray) }}
          - {{ . }}
          {{- end }}
  {{- if $own.ports }}
  ports:
    {{- range $own.ports }}
    - {port: {{ . | int }}, protocol: TCP}
    {{- end }}
  {{- end }}
{{- end -}}
