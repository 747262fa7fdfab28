"""The SBOM is valid CycloneDX 1.6, and the validator does see what is not: `valid.py SBOM`."""

import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    error = validator.validate_str(text)
    if error is not None:
        sys.exit(f"the SBOM is not CycloneDX 1.6: {str(error)[:500]}")
    for worsen in (lambda d: d["components"][0].pop("name"), lambda d: d["components"].append(dict(d["components"][0])), lambda d: d.update(x=1)):
        worse = json.loads(text)
        worsen(worse)
        if validator.validate_str(json.dumps(worse)) is None:
            sys.exit("the validator takes what is no CycloneDX")
    print("SBOM: valid CycloneDX 1.6")


if __name__ == "__main__":
    main()
