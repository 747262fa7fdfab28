"""Every crate that `cargo tree` says the executable is built of is in both lists, and no other; each has a licence: `listed.py FOLDER`."""

import json
import pathlib
import re
import subprocess
import sys


def libraries():
    """What crates bring in C, by the versions that Cargo.lock has of them."""
    lock = pathlib.Path("Cargo.lock").read_text()
    rdkafka = re.search(r'name = "rdkafka-sys"\nversion = "[^+"]*\+([^"]*)"', lock)
    zstd = re.search(r'name = "zstd-sys"\nversion = "[^+"]*\+zstd\.([^"]*)"', lock)
    return {("librdkafka", rdkafka[1]), ("zstd", zstd[1])}


LIBRARIES = libraries()


def tree():
    """Names and versions, by cargo's own walk."""
    command = ["cargo", "tree", "--locked", "-p", "wiredesk", "-e", "normal,build", "--prefix", "none", "--format", "{p}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = {line.replace(" (*)", "") for line in out.splitlines() if line}
    return {(m[1], m[2], "(/" in line) for line in lines if (m := re.match(r"(\S+) v(\S+)", line))}


def main():
    folder = pathlib.Path(sys.argv[1])
    crates = tree()
    text = (folder / "THIRD-PARTY.md").read_text()
    rows = set(re.findall(r"^\| (\S+) \| (\d\S*) \| \S", text, re.M))
    sbom = json.loads((folder / "sbom.cdx.json").read_text())
    listed = {(c["name"], c["version"]) for c in sbom["components"]}
    wrong = [f"{name} {version} is not in the SBOM" for name, version, _ in crates if (name, version) not in listed and name != "wiredesk"]
    wrong += [f"{name} {version} is not in THIRD-PARTY.md" for name, version, ours in crates if not ours and (name, version) not in rows]
    more = listed - {(name, version) for name, version, _ in crates}
    wrong += [f"the SBOM lists {name} {version}, which is not built" for name, version in more - LIBRARIES]
    wrong += [f"{name} {version} in C is not in the SBOM" for name, version in LIBRARIES - listed]
    wrong += [f"{c['name']} has no licence in the SBOM" for c in sbom["components"] if "licenses" not in c]
    refs = {c["bom-ref"] for c in sbom["components"]} | {sbom["metadata"]["component"]["bom-ref"]}
    wrong += [f"{d['ref']} depends on what is not listed" for d in sbom["dependencies"] if not {d["ref"], *d["dependsOn"]} <= refs]
    for words in ("Magnus Edenhill", "Permission is hereby granted", "Apache License", "Mozilla Public License"):
        if words not in text:
            wrong.append(f"THIRD-PARTY.md lacks the text with {words!r}")
    for complaint in wrong:
        print(complaint)
    print(f"lists: {len(crates)} crates by cargo tree, {len(listed)} in the SBOM: {len(wrong)} complaints")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
