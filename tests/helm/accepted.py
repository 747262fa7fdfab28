"""The real executable takes what the chart hands to each container: `accepted.py WIREDESK RENDERED…`.

The volumes of every pod are laid out in a folder, its variables set, and its command run. What it says of its configuration must
name every variable as in force; then it is started, and must come as far as asking for a Postgres that is not there.
"""

import concurrent.futures
import copy
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.error
import urllib.request

from manifests import load, name, of_kind, workloads

# Nobody listens on port 1.
URL = "postgresql://desk:S3cret-of-the-test@127.0.0.1:1/desk"
# Read by the driver of Postgres.
NOT_OURS = {"PGSSLMODE", "PGSSLROOTCERT"}


def lay_out(docs, pod, folder):
    """The pod's volumes as files; answers where each mount path is."""
    maps = {doc["metadata"]["name"]: doc["data"] for doc in of_kind(docs, "ConfigMap")}
    places = {}
    for mount in pod["containers"][0].get("volumeMounts", []):
        volume = next(v for v in pod["volumes"] if v["name"] == mount["name"])
        place = folder / volume["name"]
        place.mkdir(exist_ok=True)
        files = {}
        if "configMap" in volume:
            files = maps[volume["configMap"]["name"]]
        elif "secret" in volume:
            files = {"secret": "0123456789abcdef0123456789abcdef"}
        elif "projected" in volume:
            for source in volume["projected"]["sources"]:
                for item in source["secret"]["items"]:
                    known = {"database-url": URL, "kafka-username": "desk"}
                    files[item["path"]] = known.get(item["path"], "S3cret-of-the-test") + "\n"
        for file, text in files.items():
            (place / file).write_text(text)
        places[mount["mountPath"]] = str(place)
    return places


def environment(container, places):
    """The container's variables, their paths those of the folder."""
    variables = {}
    for entry in container["env"]:
        variables[entry["name"]] = moved(entry["value"], places)
    return variables


def moved(text, places):
    """A path in the pod, or a setting of one, as the path in the folder."""
    for path, place in places.items():
        text = re.sub(rf"(^|=){re.escape(path)}(?=/|$)", rf"\g<1>{place}", text)
    return text


def run(binary, args, variables):
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
    done = subprocess.run([binary, *args], env=clean, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def relocate(places):
    """Lists of wires name secrets by their paths in the pod."""
    for path, place in places.items():
        if path.startswith("/etc/wiredesk/sources"):
            for file in pathlib.Path(place).iterdir():
                text = file.read_text()
                for other, there in places.items():
                    text = text.replace(f"file:{other}/", f"file:{there}/")
                file.write_text(text)


def judge(binary, docs, doc, pod):
    """What the executable does not take, in words."""
    container = pod["containers"][0]
    with tempfile.TemporaryDirectory() as folder:
        places = lay_out(docs, pod, pathlib.Path(folder))
        relocate(places)
        variables = environment(container, places)
        args = [moved(argument, places) for argument in container["args"]]
        # What a flag says is of the command; `config` prints it among the rest.
        said = args[args.index("--set") :] if "--set" in args else []
        code, out, err = run(binary, ["config", *said], variables)
        if code:
            return [f"refuses its configuration: {err.strip()[-500:]}"]
        wrong = []
        for variable in variables.keys() - NOT_OURS - {"WIREDESK_CONFIG"}:
            # Each line of the answer ends with where its value came from.
            if not re.search(rf"# .*\b{variable}$", out, re.M):
                wrong.append(f"{variable} has no effect")
        if "S3cret" in out:
            wrong.append("prints a secret")
        if container["args"][0] != "sample-wire":
            config = tomllib.loads(out)
            grace = pod.get("terminationGracePeriodSeconds", 1e9)
            if grace < config["shutdown_timeout_s"] + 10:
                wrong.append("is killed before it may have drained")
            # A configuration may not move what probes, Services and policies rely on.
            if config["admin"]["listen"] != "0.0.0.0:8081":
                wrong.append(f"answers probes at {config['admin']['listen']}")
            flags = ["--set", "database.wait_s=1", "--set", "admin.listen=127.0.0.1:0"]
            # The authority's certificate is none here; how it is used is asked below.
            variables.pop("PGSSLROOTCERT", None)
            code, out, err = run(binary, args + flags, variables)
            if code != 1 or "has not answered for" not in out + err:
                wrong.append(f"does not start: exit {code}, {(out + err).strip()[-500:]}")
        return wrong


def encrypts(binary, docs):
    """A server without TLS is not spoken to in the open: after its refusal not a byte comes."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryDirectory() as folder:

        def serve():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(64))
                connection.sendall(b"N")
                heard.append(connection.recv(64))

        threading.Thread(target=serve, daemon=True).start()
        pod = next(t["spec"] for d, t in workloads(docs) if d["metadata"]["name"].endswith("-relay"))
        places = lay_out(docs, pod, pathlib.Path(folder))
        variables = environment(pod["containers"][0], places)
        url = URL.replace(":1/", f":{server.getsockname()[1]}/")
        pathlib.Path(variables["DATABASE_URL_FILE"]).write_text(url)
        variables.pop("PGSSLROOTCERT", None)
        code, out, err = run(binary, ["relay", "--set", "database.wait_s=1", "--set", "admin.listen=127.0.0.1:0"], variables)
    asked = bytes.fromhex("0000000804d2162f")
    if heard == [asked, b""] and code == 1 and "TLS" in out + err:
        return []
    return [f"PGSSLMODE has no effect: the server heard {heard}, exit {code}: {(out + err)[-300:]}"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def ask(url):
    """Status and text, as soon as somebody answers."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            time.sleep(0.1)
    return 0, ""


def sample_wire(binary, docs):
    """The bundled wire's links lead where the fetcher polls it, which is its Service; it is alive and ready by its probes."""
    pods = {d["metadata"]["name"]: t["spec"]["containers"][0] for d, t in workloads(docs)}
    (name_of, wire) = next((n, c) for n, c in pods.items() if n.endswith("-sample-wire"))
    variables = environment(wire, {})
    fetcher = environment(next(c for n, c in pods.items() if n.endswith("-fetcher")), {})
    service = next(d for d in of_kind(docs, "Service") if d["metadata"]["name"] == name_of)
    url = f"http://{name_of}:{service['spec']['ports'][0]['port']}"
    wrong = []
    if {variables["WIREDESK__SAMPLE_WIRE__URL"], fetcher.get("WIREDESK__SAMPLE_WIRE__URL")} != {url}:
        wrong.append(f"the fetcher polls {fetcher.get('WIREDESK__SAMPLE_WIRE__URL')}, the Service is {url}")
    with tempfile.TemporaryDirectory() as folder:
        port, admin = free_port(), free_port()
        args = [moved(argument, {"/var/lib/wiredesk": folder}) for argument in wire["args"]]
        flags = ["--listen", f"127.0.0.1:{port}", "--set", f"admin.listen=127.0.0.1:{admin}"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = subprocess.Popen([binary, *args, *flags], env={"PATH": os.environ["PATH"], **variables}, **silent)
        try:
            _, feed = ask(f"http://127.0.0.1:{port}/europapress/rss/rss.aspx")
            if f"<link>{url}/" not in feed:
                wrong.append(f"the wire's links do not lead to {url}")
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                status, _ = ask(f"http://127.0.0.1:{admin}{wire[probe]['httpGet']['path']}")
                if status != 200:
                    wrong.append(f"the sample wire's {probe} is answered {status}")
        finally:
            started.terminate()
            started.wait(timeout=30)
    return wrong


def blind(binary, docs):
    """Changes for the worse that the questions above do not see."""
    worse = copy.deepcopy(docs)
    doc, template = next((d, t) for d, t in workloads(worse) if d["metadata"]["name"].endswith("-relay"))
    env = template["spec"]["containers"][0]["env"]
    env.append({"name": "WIREDESK__RELAY__NO_SUCH_KEY", "value": "1"})
    if not judge(binary, worse, doc, template["spec"]):
        yield "a variable of no meaning is not seen"
    next(e for e in env if e["name"] == "PGSSLMODE")["value"] = "prefer"
    env.pop()
    if not encrypts(binary, worse):
        yield "a connection in the open is not seen"
    wires = [e for _, t in workloads(worse) for e in t["spec"]["containers"][0]["env"] if e["name"] == "WIREDESK__SAMPLE_WIRE__URL"]
    if wires:
        wires[0]["value"] = "http://elsewhere:8090"
        if not sample_wire(binary, worse):
            yield "a wire that nobody polls is not seen"


def main():
    binary, bad, started = sys.argv[1], 0, 0
    for path in sys.argv[2:]:
        docs = load(path)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = {name(doc): pool.submit(judge, binary, docs, doc, template["spec"]) for doc, template in workloads(docs)}
            started += len(answers)
        complaints = [f"{who} {what}" for who, answer in answers.items() for what in answer.result()]
        complaints += encrypts(binary, docs)
        if any(doc["metadata"]["name"].endswith("-sample-wire") for doc in of_kind(docs, "Deployment")):
            complaints += sample_wire(binary, docs)
            complaints += blind(binary, docs)
        for complaint in complaints:
            bad += 1
            print(f"{pathlib.Path(path).stem}: {complaint}")
    print(f"executable: {started} containers started as the chart has it: {bad} complaints")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
