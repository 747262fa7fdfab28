"""What the executable is made of, from `cargo metadata` and `cargo tree`: `bill.py METADATA TREE LOCK EXECUTABLE FOLDER`.

Writes THIRD-PARTY.md (every crate with its licence, and the texts of the licences) and sbom.cdx.json (CycloneDX 1.6). Both follow from
the tree and the executable alone; the time is SOURCE_DATE_EPOCH.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import sys
import tomllib
import uuid

ROOT = "wiredesk"
# Libraries in C that crates bring and build: by what they link, the name and the licence.
LIBRARIES = {"rdkafka": ("librdkafka", "BSD-2-Clause"), "zstd": ("zstd", "BSD-3-Clause")}
TEXTS = re.compile(r"^(LICEN[CS]E|COPYING|COPYRIGHT|UNLICENSE|NOTICE)([-_.].*)?$", re.I)


def linked(metadata, tree):
    """The packages that the executable is built of, as cargo's tree lists them (a line each, `NAME vVERSION …`), and what each
    depends on."""
    built = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    packages = {p["id"]: p for p in metadata["packages"] if (p["name"], "v" + p["version"]) in built}
    missing = built - {(p["name"], "v" + p["version"]) for p in packages.values()}
    if missing:
        sys.exit(f"cargo metadata does not know {sorted(missing)}")
    depends = {}
    for node in metadata["resolve"]["nodes"]:
        if node["id"] in packages:
            wanted = [d["pkg"] for d in node["deps"] if any(k["kind"] != "dev" for k in d["dep_kinds"])]
            depends[node["id"]] = sorted({d for d in wanted if d in packages})
    return packages, depends


def enclosed(package):
    """The C library that a crate brings with it: its name, version and licence."""
    brought = re.search(r"\+(?:[a-z]+\.)?([0-9][0-9.]*)$", package["version"])
    if not brought or not package["links"]:
        return None
    if package["links"] not in LIBRARIES:
        sys.exit(f"{package['name']} {package['version']} brings a library of its own: tell of it in LIBRARIES of deploy/local/bill.py")
    name, terms = LIBRARIES[package["links"]]
    ref = f"pkg:generic/{name}@{brought[1]}"
    return {"type": "library", "bom-ref": ref, "name": name, "version": brought[1], "purl": ref, "licenses": [{"expression": terms}]}


def licence(package):
    """The licence as SPDX writes it; Cargo once took a slash for OR."""
    return re.sub(r"\s*/\s*", " OR ", package["license"] or "")


def third_party(packages, folder):
    """Every crate of others, then each text once, with the crates that come with it."""
    lines = ["# Third-party software", "", "The executable is built of these crates. The data in it is told of in NOTICE.", ""]
    lines += ["| crate | version | licence | from |", "| --- | --- | --- | --- |"]
    texts = {}
    for package in packages:
        where = package["repository"] or package["homepage"] or ""
        lines.append(f"| {package['name']} | {package['version']} | {licence(package) or package['license_file']} | {where} |")
        folder_of = pathlib.Path(package["manifest_path"]).parent
        # What a crate brings in C has its terms further inside.
        for file in sorted(folder_of.rglob("*") if package["links"] else folder_of.iterdir()):
            if file.is_file() and TEXTS.match(file.name) and "packaging" not in file.parts and "debian" not in file.parts:
                text = file.read_text("utf-8", "replace").replace("\r\n", "\n").strip()
                texts.setdefault(text, []).append(f"{package['name']} {package['version']}")
    lines += ["", "# Texts", ""]
    for text, crates in sorted(texts.items(), key=lambda entry: entry[1]):
        lines += ["## " + ", ".join(crates), "", "```text", text.replace("```", "'''"), "```", ""]
    (folder / "THIRD-PARTY.md").write_text("\n".join(lines) + "\n")


def component(package, sums, kind="library"):
    name, version = package["name"], package["version"]
    made = {"type": kind, "bom-ref": f"pkg:cargo/{name}@{version}", "name": name, "version": version, "purl": f"pkg:cargo/{name}@{version}"}
    if package["description"]:
        made["description"] = " ".join(package["description"].split())
    if licence(package):
        made["licenses"] = [{"expression": licence(package)}]
    if (name, version) in sums:
        made["hashes"] = [{"alg": "SHA-256", "content": sums[name, version]}]
    if package["repository"]:
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def bill(root, packages, depends, lock, executable, folder):
    sums = {(p["name"], p["version"]): p["checksum"] for p in lock["package"] if "checksum" in p}
    ref = {p["id"]: f"pkg:cargo/{p['name']}@{p['version']}" for p in [root, *packages]}
    at = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    top = component(root, sums, "application")
    top["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(executable.read_bytes()).hexdigest()}]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": top},
        "components": [component(package, sums) for package in packages],
        "dependencies": [{"ref": ref[p["id"]], "dependsOn": [ref[d] for d in depends[p["id"]]]} for p in [root, *packages]],
    }
    for package, entry in zip([root, *packages], list(document["dependencies"]), strict=True):
        if library := enclosed(package):
            document["components"].append(library)
            document["dependencies"].append({"ref": library["bom-ref"], "dependsOn": []})
            entry["dependsOn"].append(library["bom-ref"])
    # A number that follows from the content: the same bill has the same one.
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))}"
    (folder / "sbom.cdx.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def main():
    metadata = json.loads(pathlib.Path(sys.argv[1]).read_text())
    lock = tomllib.loads(pathlib.Path(sys.argv[3]).read_text())
    executable, folder = pathlib.Path(sys.argv[4]), pathlib.Path(sys.argv[5])
    known, depends = linked(metadata, pathlib.Path(sys.argv[2]).read_text())
    root = next(p for p in known.values() if p["name"] == ROOT)
    packages = sorted((p for p in known.values() if p is not root), key=lambda p: (p["name"], p["version"]))
    unlicensed = [p["name"] for p in packages if not p["license"] and not p["license_file"]]
    if unlicensed:
        sys.exit(f"these crates name no licence: {', '.join(unlicensed)}")
    third_party([p for p in packages if p["source"]], folder)
    bill(root, packages, depends, lock, executable, folder)


if __name__ == "__main__":
    main()
