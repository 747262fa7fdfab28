# Sourced by run.sh: a Docker engine, and a command line that can build and compose. Where no engine runs, one is started with a
# data root and a socket of its own; `engine_stop` ends it. Sets DOCKER_HOST, DOCKER_CONFIG and PATH where it must.
# shellcheck shell=bash

ENGINE_PID=""
COMPOSE_VERSION=v2.36.2

# The command line: 23 and later build by the plugin buildx alone, older ones by themselves.
engine_client() {
    local candidate
    for candidate in $(type -aP docker); do
        if "$candidate" buildx version >/dev/null 2>&1 || "$candidate" --version | grep -qE ' version (1[89]|2[0-2])\.'; then
            mkdir -p "$CACHE/bin"
            ln -sf "$candidate" "$CACHE/bin/docker"
            export PATH=$CACHE/bin:$PATH
            return 0
        fi
    done
    return 1
}

# Compose: the plugin that is there, or one built from its module.
engine_compose() {
    docker compose version >/dev/null 2>&1 && return 0
    export DOCKER_CONFIG=$CACHE/config
    local plugin=$DOCKER_CONFIG/cli-plugins/docker-compose source
    if [ ! -x "$plugin" ]; then
        # Minutes of compiling, once: CI, which keeps nothing, does not wait for it.
        [ "${CI:-}" != true ] && command -v go >/dev/null || return 1
        mkdir -p "$CACHE/compose" "$(dirname "$plugin")"
        source=$(cd "$CACHE/compose" && go mod download -json "github.com/docker/compose/v2@$COMPOSE_VERSION" 2>/dev/null |
            sed -n 's/.*"Dir": "\(.*\)",/\1/p')
        [ -n "$source" ] || return 1
        # `go install` refuses a module that excludes versions: it is built in its own folder.
        cp -r "$source/." "$CACHE/compose/"
        chmod -R u+w "$CACHE/compose"
        (cd "$CACHE/compose" && go build -trimpath -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$COMPOSE_VERSION" \
            -o "$plugin" ./cmd) >"$CACHE/compose.log" 2>&1 || { rm -f "$plugin"; return 1; }
        rm -rf "$CACHE/compose"
    fi
    docker compose version >/dev/null 2>&1
}

engine_start() {
    docker version >/dev/null 2>&1 && return 0
    [ "$(id -u)" = 0 ] || return 1
    command -v dockerd >/dev/null || return 1
    ENGINE_DIR=$(mktemp -d /var/tmp/wiredesk-docker.XXXXXX)
    export DOCKER_HOST=unix://$ENGINE_DIR/docker.sock
    dockerd --data-root "$ENGINE_DIR/data" --exec-root "$ENGINE_DIR/exec" --pidfile "$ENGINE_DIR/pid" -H "$DOCKER_HOST" \
        >"$ENGINE_DIR/log" 2>&1 &
    ENGINE_PID=$!
    local tries=0
    until docker version >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ] || ! kill -0 "$ENGINE_PID" 2>/dev/null; then
            echo "the engine did not start: $(tail -n 1 "$ENGINE_DIR/log")"
            engine_stop
            return 1
        fi
        sleep 0.2
    done
}

engine_stop() {
    [ -n "$ENGINE_PID" ] || return 0
    kill "$ENGINE_PID" 2>/dev/null || true
    wait "$ENGINE_PID" 2>/dev/null || true
    ENGINE_PID=""
    rm -rf --one-file-system "$ENGINE_DIR"
}
